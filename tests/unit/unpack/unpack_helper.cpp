#include "tests/unit/unpack/unpack_helper.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <sstream>

#include "tests/support/files.h"

namespace assay::test {
namespace {

std::string from_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) continue;
    bits = (bits << 6) | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> count) & 0xFF);
  }
  return out;
}

std::map<std::string, std::string> load_fixtures() {
  std::map<std::string, std::string> packed;
  const auto text = load_file(source_path("tests/unit/unpack/fixtures.txt"));
  REQUIRE(text);
  std::istringstream in(*text);
  std::string line, name;
  while (std::getline(in, line)) {
    if (line.empty()) continue;
    if (line[0] != ' ') {
      name = line;
      packed[name];
    } else {
      packed[name] += line.substr(2);
    }
  }
  for (auto& [key, value] : packed)
    value = from_base64(value);
  return packed;
}

const char* kind_name(unpack::ProblemKind kind) {
  switch (kind) {
    case unpack::ProblemKind::Note:
      return "Note";
    case unpack::ProblemKind::Damaged:
      return "Damaged";
    case unpack::ProblemKind::Skipped:
      return "Skipped";
  }
  return "?";
}

}  // namespace

const std::map<std::string, std::string>& fixtures() {
  static const std::map<std::string, std::string> all = load_fixtures();
  return all;
}

const std::string& fixture(const std::string& name) {
  const auto found = fixtures().find(name);
  REQUIRE(found != fixtures().end());
  return found->second;
}

std::string lines_jsonl() {
  std::string out;
  for (int i = 0; i < 12; ++i) {
    char line[120];
    std::snprintf(line, sizeof line,
                  "{\"trace_id\": \"tr-%04d\", \"text\": \"the quick brown fox %d\"}\n", i * 7919,
                  i * i);
    out += line;
  }
  return out;
}

std::string Unpacked::list() const {
  std::string out;
  for (const Entry& entry : entries) {
    out += (out.empty() ? "" : ", ") + entry.name + " " + std::to_string(entry.bytes.size());
    if (!entry.ended) out += " (not ended)";
  }
  return out;
}

std::string Unpacked::list_problems() const {
  std::string out;
  for (const Told& told : problems) {
    out += (out.empty() ? "" : ", ") + std::string(kind_name(told.kind)) + " " + told.entry + "@" +
           std::to_string(told.at_byte);
  }
  return out;
}

bool Unpacked::has_problem(std::string_view part_of_what) const {
  return std::any_of(problems.begin(), problems.end(), [&](const Told& told) {
    return told.what.find(part_of_what) != std::string::npos;
  });
}

bool KeepingSink::begin_entry(std::string_view name, uint64_t size_bytes) {
  REQUIRE_FALSE(is_inside_);
  REQUIRE_FALSE(is_stopped_);
  unpacked.entries.push_back({std::string(name), {}, size_bytes, false});
  if (!unwanted.empty() && name == unwanted) return false;
  is_inside_ = true;
  return true;
}

bool KeepingSink::entry_bytes(std::string_view bytes) {
  REQUIRE(is_inside_);
  REQUIRE_FALSE(is_stopped_);
  REQUIRE_FALSE(bytes.empty());
  std::string& kept = unpacked.entries.back().bytes;
  if (kept.size() < keep_bytes)
    kept += bytes.substr(0, static_cast<size_t>(keep_bytes - kept.size()));
  unpacked.bytes_out += bytes.size();
  is_stopped_ = unpacked.bytes_out >= stop_after_bytes;
  return !is_stopped_;
}

void KeepingSink::end_entry() {
  REQUIRE(is_inside_);
  REQUIRE_FALSE(is_stopped_);
  is_inside_ = false;
  unpacked.entries.back().ended = true;
}

void KeepingSink::problem(const unpack::Problem& problem) {
  REQUIRE_FALSE(is_stopped_);
  REQUIRE_FALSE(problem.what.empty());
  unpacked.problems.push_back(
      {problem.kind, std::string(problem.entry), std::string(problem.what), problem.at_byte});
}

Unpacked unpack_all(std::string_view file_name, std::string_view bytes, size_t chunk_bytes,
                    const unpack::Limits& limits) {
  KeepingSink sink;
  unpack::Unpacker unpacker(sink, std::string(file_name), limits);
  if (chunk_bytes == 0) chunk_bytes = std::max<size_t>(bytes.size(), 1);
  while (!bytes.empty()) {
    // A copy of its own, so that reading it later than allowed is found.
    const std::vector<char> chunk(
        bytes.begin(), bytes.begin() + static_cast<long>(std::min(chunk_bytes, bytes.size())));
    bytes.remove_prefix(chunk.size());
    if (!unpacker.push(std::string_view(chunk.data(), chunk.size()))) break;
  }
  unpacker.finish();
  return std::move(sink.unpacked);
}

uint32_t crc_of(std::string_view bytes) {
  uint32_t crc = ~uint32_t{0};
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i)
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

std::string little_endian(uint64_t value, size_t bytes) {
  std::string out;
  for (size_t i = 0; i < bytes; ++i)
    out += static_cast<char>(i < 8 ? (value >> (8 * i)) & 0xFF : 0);
  return out;
}

ZipPart stored_part(std::string name, std::string_view content) {
  return {std::move(name),
          std::string(content),
          0,
          0,
          crc_of(content),
          static_cast<uint32_t>(content.size())};
}

std::string zip_of(const std::vector<ZipPart>& parts, std::string_view comment) {
  std::string out, directory;
  for (const ZipPart& part : parts) {
    const std::string common = little_endian(20, 2) + little_endian(part.flags, 2) +
                               little_endian(part.method, 2) + little_endian(0, 4) +
                               little_endian(part.crc, 4) + little_endian(part.packed.size(), 4) +
                               little_endian(part.unpacked_bytes, 4) +
                               little_endian(part.name.size(), 2) + little_endian(0, 2);
    const bool is_elsewhere = part.header_at != UINT32_MAX;
    directory += "PK\1\2" + little_endian(20, 2) + common + little_endian(0, 10) +
                 little_endian(is_elsewhere ? part.header_at : out.size(), 4) + part.name;
    if (!is_elsewhere) out += "PK\3\4" + common + part.name + part.packed;
  }
  const std::string end = "PK\5\6" + little_endian(0, 4) + little_endian(parts.size(), 2) +
                          little_endian(parts.size(), 2) + little_endian(directory.size(), 4) +
                          little_endian(out.size(), 4) + little_endian(comment.size(), 2);
  return out + directory + end + std::string(comment);
}

std::string zstd_zeros(size_t blocks) {
  // Magic number, a frame of 128 kB window and no size or checksum.
  std::string out("\x28\xb5\x2f\xfd\x00\x38", 6);
  for (size_t i = 0; i < blocks; ++i) {
    const bool is_last = i + 1 == blocks;
    out += little_endian((is_last ? 1 : 0) | (1 << 1) | (uint64_t{128 << 10} << 3), 3) +
           std::string(1, '\0');
  }
  return out;
}

std::string tar_header(std::string_view name, std::string_view size_field, char type) {
  std::string block(512, '\0');
  const auto put = [&](size_t at, std::string_view text) { block.replace(at, text.size(), text); };
  put(0, name.substr(0, 100));
  put(100, "0000644");
  put(124, size_field.substr(0, 12));
  put(136, "00000000000");
  put(148, "        ");
  block[156] = type;
  put(257, std::string_view("ustar\0"
                            "00",
                            8));
  unsigned sum = 0;
  for (const char c : block)
    sum += static_cast<unsigned char>(c);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  put(148, std::string_view(text, 7));
  return block;
}

}  // namespace assay::test
