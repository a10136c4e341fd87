// Letters without regard to their case: Unicode's simple case folding (CaseFolding.txt, statuses C and S, of
// version 14), one code point to one code point. Two are left as they are, so that a text in ASCII is found
// by its bytes alone: the Kelvin sign and the long s, which would fold to k and s.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::search {

uint32_t fold_letter(uint32_t code_point);

// All code points that fold to the same as `code_point`, itself included; at most `most` of them.
size_t letters_like(uint32_t code_point, uint32_t* out, size_t most);

}  // namespace assay::search
