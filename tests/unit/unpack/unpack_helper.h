// What the tests of core/unpack share: the fixtures, a sink that keeps everything and checks the
// order of calls, and builders for files that no packer writes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/unpack/unpack.h"

namespace assay::test {

// tests/unit/unpack/fixtures.txt, written by make_fixtures.py.
const std::map<std::string, std::string>& fixtures();
const std::string& fixture(const std::string& name);
// What they hold.
std::string lines_jsonl();
constexpr std::string_view kOtherJson = "[{\"a\": 1}, {\"a\": 2}]\n";

struct Unpacked {
  struct Entry {
    std::string name, bytes;
    uint64_t size_claimed = 0;
    bool ended = false;
  };
  struct Told {
    unpack::ProblemKind kind;
    std::string entry, what;
    uint64_t at_byte = 0;
  };
  std::vector<Entry> entries;
  std::vector<Told> problems;
  uint64_t bytes_out = 0;

  // "lines.jsonl 600, other.json 21"
  std::string list() const;
  // "Damaged a.json@12, Note b.json@0"
  std::string list_problems() const;
  bool has_problem(std::string_view part_of_what) const;
};

class KeepingSink : public unpack::EntrySink {
 public:
  bool begin_entry(std::string_view name, uint64_t size_bytes) override;
  bool entry_bytes(std::string_view bytes) override;
  void end_entry() override;
  void problem(const unpack::Problem& problem) override;

  Unpacked unpacked;
  std::string unwanted;  // the name of an entry that it does not want
  uint64_t stop_after_bytes = UINT64_MAX;
  uint64_t keep_bytes = UINT64_MAX;  // of each entry; the rest is only counted

 private:
  bool is_inside_ = false, is_stopped_ = false;
};

// In chunks of so many bytes; 0: all at once.
Unpacked unpack_all(std::string_view file_name, std::string_view bytes, size_t chunk_bytes = 0,
                    const unpack::Limits& limits = {});

// A zip archive, entry by entry, with anything wrong in it.
struct ZipPart {
  std::string name, packed;  // as it stands in the archive
  uint16_t method = 0, flags = 0;
  uint32_t crc = 0;
  uint32_t unpacked_bytes = 0;
  uint32_t header_at = UINT32_MAX;  // elsewhere than where it is; then it has no header of its own
};
ZipPart stored_part(std::string name, std::string_view content);
std::string zip_of(const std::vector<ZipPart>& parts, std::string_view comment = {});

uint32_t crc_of(std::string_view bytes);
std::string little_endian(uint64_t value, size_t bytes);
// A Zstandard frame of so many blocks of 128 kB zeros.
std::string zstd_zeros(size_t blocks);
// A ustar header block with the right checksum.
std::string tar_header(std::string_view name, std::string_view size_field, char type);

}  // namespace assay::test
