// The directory at the end of a zip archive, and the headers before each of its entries.
// Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3 (Zip64).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/unpack/byte_store.h"

namespace assay::unpack {

constexpr uint32_t kZipLocalHeader = 0x04034b50, kZipDirectoryEntry = 0x02014b50,
                   kZipDescriptor = 0x08074b50;
constexpr uint16_t kZipStored = 0, kZipDeflated = 8, kZipZstd = 93;

struct ZipEntry {
  uint64_t header_at = 0;  // of its local header
  uint64_t packed_bytes = 0, unpacked_bytes = 0;
  uint64_t name_at = 0;  // in the store
  uint32_t crc = 0;
  uint16_t name_bytes = 0;
  uint16_t flags = 0;
  uint16_t method = 0;
  bool is_link = false;
  enum class Fate : uint8_t { Read, Replaced, Overlapping } fate = Fate::Read;

  bool is_encrypted() const { return (flags & 0x2041) != 0 || method == 99; }
  // Its sizes and checksum stand behind its data and not in its local header.
  bool has_descriptor() const { return (flags & 8) != 0; }
};

struct ZipDirectory {
  std::vector<ZipEntry> entries;
  bool is_cut = false;  // there were more than could be read
};

// Nothing: there is no directory that fits the archive. At most `max_entries` are read.
std::optional<ZipDirectory> read_zip_directory(const ByteStore& store, uint64_t max_entries);

// The local header at `offset`, if there is one; the data begins at `data_at`.
std::optional<ZipEntry> read_local_header(const ByteStore& store, uint64_t offset,
                                          uint64_t& data_at);

// The offset of the next local header from there on, within `max_bytes`; else where to go on, and
// false.
bool find_local_header(const ByteStore& store, uint64_t& offset, uint64_t max_bytes);

// The raw name.
std::string name_of(const ByteStore& store, const ZipEntry& entry);

}  // namespace assay::unpack
