// JSON text as text: the same document on one line.
#pragma once

#include <string>
#include <string_view>

namespace assay::journal {

// Appends `json` without the white space between tokens; strings and numbers stay byte for byte.
// Precondition: valid JSON (with other text, what stands outside quotes loses its blanks).
void append_minified(std::string& out, std::string_view json);
std::string minified(std::string_view json);

}  // namespace assay::journal
