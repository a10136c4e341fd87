#include "core/unpack/unpack.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/unpack/unpack_helper.h"

using namespace assay;
using namespace assay::unpack;
using namespace assay::test;

namespace {

std::string lines_listed(std::string_view name) {
  return std::string(name) + " " + std::to_string(lines_jsonl().size());
}

}  // namespace

TEST_CASE("a file that is not packed comes out as it is, under its name") {
  for (const size_t chunk : {0, 1, 7, 512}) {
    const Unpacked out = unpack_all("notes.jsonl", lines_jsonl(), chunk);
    REQUIRE(out.list() == lines_listed("notes.jsonl"));
    CHECK(out.entries[0].bytes == lines_jsonl());
    CHECK(out.problems.empty());
  }
  CHECK(unpack_all("nothing.json", "").list() == "nothing.json 0");
  CHECK(unpack_all("b", "P").list() == "b 1");
}

TEST_CASE("every packer's file gives the same content, however it is cut into chunks") {
  const std::string lines = lines_listed("lines.jsonl"), both = lines + ", other.json 21";
  const std::string long_name = [] {
    std::string name;
    for (int i = 0; i < 60; ++i)
      name += "a/";
    return name + "deep-" + std::string(80, 'x') + ".jsonl";
  }();
  const std::string in_tar = lines + ", folder/other.json 21",
                    deep_in_tar = in_tar + ", " + long_name + " 21";
  const std::pair<std::string, std::string> cases[] = {
      {"one.gz", lines_listed("one")},
      {"named.gz", lines_listed("named")},
      {"header.gz", lines_listed("header")},
      {"one.zst", lines_listed("one")},
      {"empty.gz", "empty 0"},
      {"empty.zst", "empty 0"},
      {"plain.zip", lines + ", folder/other.json 21, empty.json 0"},
      {"streamed.zip", both},
      {"piped.zip", lines},
      {"zip64.zip", both},
      {"stored.zip", both},
      {"empty.zip", ""},
      {"zstd.zip", lines},
      {"nested.zip", lines + ", inner.zip/" + lines + ", inner.zip/other.json 21, other.json 21"},
      {"ustar.tgz", in_tar + ", empty.json 0"},
      {"pax.tgz", deep_in_tar + ", empty.json 0"},
      {"gnu.tar.zst", deep_in_tar + ", empty.json 0"},
  };
  for (const auto& [name, listed] : cases) {
    INFO(name);
    for (const size_t chunk : {0, 1, 7, 4096}) {
      INFO("chunks of " << chunk);
      const Unpacked out = unpack_all(name, fixture(name), chunk);
      CHECK(out.list() == listed);
      CHECK(out.list_problems() == "");
      for (const Unpacked::Entry& entry : out.entries) {
        if (entry.bytes.size() > 21) CHECK(entry.bytes == lines_jsonl());
        if (entry.bytes.size() == 21) CHECK(entry.bytes == kOtherJson);
      }
    }
  }
}

TEST_CASE("an entry's claimed size is told where the archive has one") {
  const Unpacked zip = unpack_all("a.zip", fixture("plain.zip"));
  REQUIRE(zip.entries.size() == 3);
  CHECK(zip.entries[0].size_claimed == lines_jsonl().size());
  CHECK(unpack_all("a.tgz", fixture("ustar.tgz")).entries.at(1).size_claimed == 21);
  CHECK(unpack_all("a.gz", fixture("one.gz")).entries.at(0).size_claimed == 0);
}

TEST_CASE("what is packed is told by its first bytes") {
  CHECK(packing_of(fixture("one.gz")) == Packing::Gzip);
  CHECK(packing_of(fixture("one.zst")) == Packing::Zstd);
  CHECK(packing_of(std::string("\x5a\x2a\x4d\x18\0\0\0\0", 8)) == Packing::Zstd);
  CHECK(packing_of(fixture("plain.zip")) == Packing::Zip);
  CHECK(packing_of(fixture("empty.zip")) == Packing::Zip);
  CHECK(packing_of(tar_header("a.json", "00000000000", '0')) == Packing::Tar);
  std::string spoiled = tar_header("a.json", "00000000000", '0');
  spoiled[3] = 'x';
  CHECK(packing_of(spoiled) == Packing::None);
  for (const std::string_view text : {"", "{", "PK", "PK are letters", "\x1f\x8b", "ustar"}) {
    CHECK(packing_of(text) == Packing::None);
  }
}

TEST_CASE("more than three layers are not unpacked") {
  const Unpacked deep = unpack_all("deep.zip", fixture("deep.zip"));
  // a.zip in deep.zip is the second layer, b.zip in it the third; the gzip file in that is one too
  // many.
  CHECK(deep.list() == "a.zip/b.zip/other.json 21");
  CHECK(deep.list_problems() == "Skipped a.zip/b.zip/c.jsonl.gz@35");
  Limits more;
  more.max_layers = 4;
  CHECK(unpack_all("deep.zip", fixture("deep.zip"), 0, more).list() ==
        lines_listed("a.zip/b.zip/c.jsonl") + ", a.zip/b.zip/other.json 21");
}

TEST_CASE("an unwanted entry is passed over") {
  for (const char* name : {"streamed.zip", "stored.zip", "ustar.tgz"}) {
    KeepingSink sink;
    sink.unwanted = "lines.jsonl";
    Unpacker unpacker(sink, name);
    unpacker.push(fixture(name));
    unpacker.finish();
    CHECK(sink.unpacked.entries.at(0).bytes.empty());
    CHECK_FALSE(sink.unpacked.entries.at(0).ended);
    CHECK(sink.unpacked.entries.at(1).bytes == kOtherJson);
    CHECK(sink.unpacked.problems.empty());
  }
}

TEST_CASE("the sink can stop everything") {
  for (const auto& [name, bytes] : fixtures()) {
    INFO(name);
    KeepingSink sink;  // it fails the test when it is called again
    sink.stop_after_bytes = 1;
    Unpacker unpacker(sink, name);
    for (size_t i = 0; i < bytes.size(); ++i) {
      if (!unpacker.push(std::string_view(bytes).substr(i, 1))) break;
    }
    unpacker.finish();
    CHECK(sink.unpacked.entries.size() <= 2);
    CHECK_FALSE(unpacker.push("more"));
  }
}

TEST_CASE("work can be done in portions, with the same result") {
  const std::string bytes = zstd_zeros(40);
  KeepingSink sink;
  Unpacker unpacker(sink, "zeros.zst");
  Budget none;
  CHECK(unpacker.work(none) == Progress::Waiting);
  unpacker.feed(bytes);
  int portions = 0;
  while (true) {
    const uint64_t before = unpacker.bytes_out();
    Budget budget;
    budget.units_left = 100'000;
    const Progress progress = unpacker.work(budget);
    CHECK(unpacker.bytes_out() - before <= 200'000);
    if (progress != Progress::Working) break;
    ++portions;
  }
  CHECK(portions >= 40);
  unpacker.end_input();
  Budget rest;
  CHECK(unpacker.work(rest) == Progress::Finished);
  CHECK(unpacker.bytes_out() == 40u * (128 << 10));
  CHECK(unpacker.bytes_in() == bytes.size());
  CHECK(sink.unpacked.problems.empty());
}

TEST_CASE("problems beyond the limit are counted, not told") {
  std::vector<ZipPart> parts;
  for (int i = 0; i < 50; ++i) {
    parts.push_back(stored_part("secret" + std::to_string(i), "x"));
    parts.back().flags = 1;
  }
  Limits limits;
  limits.max_problems = 10;
  const Unpacked out = unpack_all("a.zip", zip_of(parts), 0, limits);
  REQUIRE(out.problems.size() == 11);
  CHECK(out.problems.back().what == "40 more problems like these were found.");
}
