// Every fixture cut to every length, and with every byte changed: nothing crashes, calls stay in
// order (the sink checks that), and no content is wrong without a word about it.
#include <catch2/catch_test_macros.hpp>

#include "core/unpack/unpack.h"
#include "tests/unit/unpack/unpack_helper.h"

using namespace assay::unpack;
using namespace assay::test;

namespace {

Limits roomy() {
  Limits limits;
  limits.max_layers = 4;
  limits.max_output_bytes = 1 << 20;
  limits.zstd_window_log = 20;
  return limits;
}

bool is_told(const Unpacked& out, const std::string& name) {
  for (const Unpacked::Told& told : out.problems) {
    // Of a packed file in an archive, the archive speaks under its name there, "a.jsonl.gz";
    // checksums of a packed tar archive are the archive's.
    if (told.kind == ProblemKind::Note) continue;
    if (told.entry == name || told.entry.starts_with(name + ".") || told.entry.ends_with(".tar"))
      return true;
  }
  return false;
}

// Content under a name that the intact file has is the same, or the beginning of it and told.
void check_against(const Unpacked& intact, const Unpacked& out) {
  for (const Unpacked::Entry& entry : out.entries) {
    for (const Unpacked::Entry& original : intact.entries) {
      if (original.name != entry.name || original.bytes == entry.bytes) continue;
      CHECK(is_told(out, entry.name));
    }
  }
}

}  // namespace

TEST_CASE("every fixture cut to every length") {
  for (const auto& [name, bytes] : fixtures()) {
    const Unpacked intact = unpack_all(name, bytes, 0, roomy());
    for (size_t length = 0; length < bytes.size(); ++length) {
      INFO(name << " cut to " << length);
      const std::string_view cut = std::string_view(bytes).substr(0, length);
      const Unpacked out = unpack_all(name, cut, 0, roomy());
      if (packing_of(cut) != Packing::None) {
        CHECK_FALSE(out.problems.empty());
        check_against(intact, out);
      }
      if (length % 3 != 0) continue;
      const Unpacked slowly = unpack_all(name, cut, 7, roomy());
      CHECK(slowly.list() == out.list());
      // Places inside packed data are near ones.
      REQUIRE(slowly.problems.size() == out.problems.size());
      for (size_t i = 0; i < out.problems.size(); ++i) {
        CHECK(slowly.problems[i].entry == out.problems[i].entry);
        CHECK(slowly.problems[i].what == out.problems[i].what);
      }
    }
  }
}

TEST_CASE("every fixture with every byte changed") {
  for (const auto& [name, bytes] : fixtures()) {
    const Unpacked intact = unpack_all(name, bytes, 0, roomy());
    for (size_t at = 0; at < bytes.size(); ++at) {
      const int mask = at % 9 == 8 ? 0xFF : 1 << (at % 9);
      INFO(name << " changed at " << at << " by " << mask);
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      const Unpacked out = unpack_all(name, changed, at % 2 == 0 ? 0 : 5, roomy());
      if (packing_of(changed) == packing_of(bytes)) check_against(intact, out);
    }
  }
}

TEST_CASE("zip archives of nothing but signatures end") {
  for (const std::string part : {"PK\3\4", "PK\1\2", "PK\5\6", "PK\6\6", "PK\6\7", "PK\7\x08"}) {
    std::string bytes = "PK\3\4";
    while (bytes.size() < 20'000)
      bytes += part;
    const Unpacked out = unpack_all("a.zip", bytes, 0, roomy());
    CHECK_FALSE(out.problems.empty());
  }
  CHECK_FALSE(unpack_all("a.zip", "PK\3\4" + std::string(20'000, '\xFF')).problems.empty());
  CHECK_FALSE(unpack_all("a.zip", "PK\3\4" + std::string(20'000, '\0')).problems.empty());
}
