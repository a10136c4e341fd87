// Packing: how a file is packed, by its first bytes; names say nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace assay::unpack {

enum class Packing : uint8_t {
  None,
  Gzip,  // RFC 1952
  Zstd,  // RFC 8878, also when it begins with a skippable frame
  Zip,   // PKWARE APPNOTE 6.3.10
  Tar,   // POSIX ustar, pax, GNU; packs nothing, but holds several files
};

// So many bytes are enough to tell; tar needs all of them, the others four.
constexpr size_t kPackingHeadBytes = 512;

// `head`: the file's first bytes, fewer only if the file has no more.
Packing packing_of(std::string_view head);

}  // namespace assay::unpack
