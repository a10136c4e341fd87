// gzip and Zstandard: members and frames, what stands behind them, what is missing.
#include <catch2/catch_test_macros.hpp>

#include "core/unpack/unpack.h"
#include "tests/unit/unpack/unpack_helper.h"

using namespace assay::unpack;
using namespace assay::test;

namespace {

constexpr size_t kChunks[] = {0, 1, 7, 4096};

}  // namespace

TEST_CASE("members and frames one behind another are one content") {
  const std::string skippable = std::string("\x53\x2a\x4d\x18\x05\0\0\0hello", 13);
  for (const size_t chunk : kChunks) {
    const Unpacked gz = unpack_all(
        "a.jsonl.gz", fixture("one.gz") + fixture("empty.gz") + fixture("header.gz"), chunk);
    CHECK(gz.list() == "a.jsonl " + std::to_string(2 * lines_jsonl().size()));
    CHECK(gz.problems.empty());
    const Unpacked zst = unpack_all(
        "a.jsonl.zst", skippable + fixture("one.zst") + skippable + fixture("one.zst"), chunk);
    CHECK(zst.list() == "a.jsonl " + std::to_string(2 * lines_jsonl().size()));
    CHECK(zst.problems.empty());
  }
}

TEST_CASE("padding behind a gzip file is ignored, anything else is noted") {
  const std::string& one = fixture("one.gz");
  for (const size_t chunk : kChunks) {
    CHECK(unpack_all("a.gz", one + std::string(600, '\0'), chunk).problems.empty());
    for (const std::string rubbish : {"\x1f", "\x1f!", "rubbish", "\n"}) {
      const Unpacked out = unpack_all("a.gz", one + rubbish, chunk);
      CHECK(out.entries.at(0).bytes == lines_jsonl());
      REQUIRE(out.problems.size() == 1);
      CHECK(out.problems[0].kind == ProblemKind::Note);
      CHECK(out.problems[0].at_byte >= one.size());
      CHECK(out.problems[0].at_byte <= one.size() + rubbish.size());
    }
  }
}

TEST_CASE("anything behind a Zstandard file is noted") {
  const std::string& one = fixture("one.zst");
  for (const size_t chunk : kChunks) {
    for (const std::string rubbish : {"\n", "abc", "rubbish that is longer"}) {
      const Unpacked out = unpack_all("a.zst", one + rubbish, chunk);
      CHECK(out.entries.at(0).bytes == lines_jsonl());
      CHECK(out.problems.size() == 1);
      CHECK(out.has_problem("Behind the packed data"));
    }
  }
}

TEST_CASE("a file that was cut off gives what there is, and says so") {
  for (const char* name : {"one.gz", "named.gz", "header.gz", "one.zst"}) {
    const std::string& whole = fixture(name);
    for (const size_t chunk : {0, 7}) {
      for (size_t length = 4; length < whole.size(); ++length) {
        const Unpacked out = unpack_all(name, std::string_view(whole).substr(0, length), chunk);
        INFO(name << " cut to " << length);
        REQUIRE(out.problems.size() == 1);
        CHECK(out.problems[0].kind == ProblemKind::Damaged);
        CHECK(out.has_problem("cut off"));
        CHECK(out.problems[0].at_byte == length);
        REQUIRE(out.entries.size() <= 1);
        if (out.entries.empty()) continue;
        CHECK(out.entries[0].ended);
        CHECK(lines_jsonl().starts_with(out.entries[0].bytes));
      }
    }
  }
}

TEST_CASE("what cannot be unpacked says why") {
  const Unpacked dictionary = unpack_all("a.zst", fixture("dictionary.zst"));
  CHECK(dictionary.entries.empty());
  CHECK(dictionary.has_problem("dictionary"));
  const Unpacked window = unpack_all("a.zst", fixture("long.zst"));
  CHECK(window.entries.empty());
  CHECK(window.has_problem("window of more than 128 MB"));
  std::string spoiled = fixture("one.gz");
  spoiled[spoiled.size() - 6] = static_cast<char>(spoiled[spoiled.size() - 6] ^ 1);
  const Unpacked checksum = unpack_all("a.gz", spoiled);
  CHECK(checksum.entries.at(0).bytes == lines_jsonl());
  CHECK(checksum.has_problem("damaged (incorrect data check)"));
  spoiled = fixture("one.zst");
  spoiled.back() = static_cast<char>(spoiled.back() ^ 1);
  // All that stands before the damage comes out, however the bytes came in.
  for (const size_t chunk : {size_t{1}, size_t{7}, spoiled.size()}) {
    const Unpacked zstd = unpack_all("a.zst", spoiled, chunk);
    CHECK(zstd.has_problem("checksum"));
    REQUIRE(zstd.entries.size() == 1);
    CHECK(zstd.entries.at(0).bytes == lines_jsonl());
  }
}

TEST_CASE("a Zstandard bomb is stopped") {
  Limits limits;
  limits.ratio_free_bytes = 1 << 20;
  const std::string bomb = zstd_zeros(4000);  // 500 MB
  const Unpacked out = unpack_all("bomb.zst", bomb, 4096, limits);
  CHECK(out.has_problem("2000 times its size"));
  CHECK(out.entries.at(0).ended);
  CHECK(out.bytes_out < (20u << 20));
}

TEST_CASE("the first 64 MB may have any ratio, and no more come from a bomb") {
  KeepingSink sink;
  sink.keep_bytes = 10;
  Unpacker unpacker(sink, "bomb.zst");
  CHECK_FALSE(unpacker.push(zstd_zeros(4000)));
  CHECK(unpacker.bytes_out() > (60u << 20));
  CHECK(unpacker.bytes_out() <= (64u << 20));
  CHECK(sink.unpacked.problems.size() == 1);
}

TEST_CASE("no more than the limit comes out of a file") {
  Limits limits;
  limits.max_output_bytes = 3 << 20;
  const Unpacked out = unpack_all("a.zst", zstd_zeros(100), 0, limits);
  CHECK(out.bytes_out <= (3u << 20));
  CHECK(out.bytes_out > (2u << 20));
  CHECK(out.has_problem("more than 3 MB"));
}
