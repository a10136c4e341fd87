#include "core/unpack/packing.h"

#include "core/unpack/tar_header.h"

namespace assay::unpack {

using namespace std::string_view_literals;

Packing packing_of(std::string_view head) {
  if (head.starts_with("\x1f\x8b\x08"sv)) return Packing::Gzip;
  if (head.starts_with("\x28\xb5\x2f\xfd"sv)) return Packing::Zstd;
  // Skippable frames have sixteen magic numbers.
  if (head.size() >= 4 && (static_cast<unsigned char>(head[0]) & 0xF0) == 0x50 &&
      head.substr(1, 3) == "\x2a\x4d\x18"sv) {
    return Packing::Zstd;
  }
  // An entry, an empty archive, or the mark of an archive that was to be split and then was not.
  if (head.starts_with("PK\3\4"sv) || head.starts_with("PK\5\6"sv) ||
      head.starts_with("PK\7\x08"sv)) {
    return Packing::Zip;
  }
  if (head.size() >= kTarBlockBytes && is_tar_header(head.substr(0, kTarBlockBytes)))
    return Packing::Tar;
  return Packing::None;
}

}  // namespace assay::unpack
