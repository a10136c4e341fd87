// One header block of a tar archive: POSIX.1-1988 (ustar), POSIX.1-2001 (pax) and GNU tar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::unpack {

constexpr size_t kTarBlockBytes = 512;

struct TarHeader {
  std::string name;  // with its prefix, as it stands there
  uint64_t size_bytes = 0;
  char type = '0';
};

// Whether a block has the mark and the checksum of a header.
bool is_tar_header(std::string_view block);
// Precondition: is_tar_header(block). False: the size is no number.
bool read_tar_header(std::string_view block, TarHeader& header);

// The records of a pax header ("27 path=…\n"): takes over path and size. False: it is broken.
bool apply_pax_records(std::string_view records, TarHeader& header);

}  // namespace assay::unpack
