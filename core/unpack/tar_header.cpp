#include "core/unpack/tar_header.h"

namespace assay::unpack {
namespace {

constexpr size_t kChecksumAt = 148, kChecksumBytes = 8;

// Octal with blanks or NULs around it, or, where the first bit is set, a big-endian number (GNU).
bool read_number(std::string_view field, uint64_t& value) {
  value = 0;
  if (!field.empty() && (static_cast<unsigned char>(field[0]) & 0x80) != 0) {
    value = static_cast<unsigned char>(field[0]) & 0x7F;
    for (const char c : field.substr(1)) {
      if ((value >> 55) != 0) return false;  // beyond 2^63, or negative
      value = (value << 8) | static_cast<unsigned char>(c);
    }
    return true;
  }
  size_t at = 0;
  while (at < field.size() && field[at] == ' ')
    ++at;
  for (; at < field.size() && field[at] >= '0' && field[at] <= '7'; ++at) {
    value = (value << 3) | static_cast<uint64_t>(field[at] - '0');
  }
  return at == field.size() || field[at] == ' ' || field[at] == '\0';
}

std::string_view up_to_nul(std::string_view field) { return field.substr(0, field.find('\0')); }

}  // namespace

bool is_tar_header(std::string_view block) {
  if (block.size() < kTarBlockBytes || block.substr(257, 5) != "ustar") return false;
  uint64_t claimed = 0;
  if (!read_number(block.substr(kChecksumAt, kChecksumBytes), claimed)) return false;
  uint64_t sum = 0;
  for (size_t i = 0; i < kTarBlockBytes; ++i) {
    const bool in_sum = i >= kChecksumAt && i < kChecksumAt + kChecksumBytes;
    sum += in_sum ? uint64_t{' '} : static_cast<unsigned char>(block[i]);
  }
  return sum == claimed;
}

bool read_tar_header(std::string_view block, TarHeader& header) {
  header = TarHeader{};
  header.type = block[156] == '\0' ? '0' : block[156];
  // GNU's own format has times where POSIX has the prefix.
  const bool is_posix = block[262] == '\0';
  const std::string_view prefix = is_posix ? up_to_nul(block.substr(345, 155)) : std::string_view();
  if (!prefix.empty()) header.name.append(prefix).append("/");
  header.name += up_to_nul(block.substr(0, 100));
  return read_number(block.substr(124, 12), header.size_bytes);
}

bool apply_pax_records(std::string_view records, TarHeader& header) {
  while (!records.empty() && records[0] != '\0') {
    size_t length = 0, at = 0;
    for (; at < records.size() && at < 10 && records[at] >= '0' && records[at] <= '9'; ++at) {
      length = length * 10 + static_cast<size_t>(records[at] - '0');
      if (length > records.size()) return false;
    }
    if (at >= records.size() || records[at] != ' ' || length <= at + 1 ||
        records[length - 1] != '\n')
      return false;
    const std::string_view record = records.substr(at + 1, length - at - 2);
    records.remove_prefix(length);
    const size_t equals = record.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view key = record.substr(0, equals), value = record.substr(equals + 1);
    if (key == "path") {
      header.name = value;
    } else if (key == "size") {
      uint64_t size = 0;
      if (value.empty() || value.size() > 18) return false;
      for (const char c : value) {
        if (c < '0' || c > '9') return false;
        size = size * 10 + static_cast<uint64_t>(c - '0');
      }
      header.size_bytes = size;
    }
  }
  return true;
}

}  // namespace assay::unpack
