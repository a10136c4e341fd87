#include <catch2/catch_test_macros.hpp>

#include "core/unpack/unpack.h"
#include "tests/support/files.h"
#include "tests/unit/unpack/unpack_helper.h"

using namespace assay::unpack;
using namespace assay::test;

TEST_CASE("entries that cannot be read are named, the others are read") {
  const Unpacked secret = unpack_all("a.zip", fixture("secret.zip"));
  CHECK(secret.entries.empty());
  CHECK(secret.list_problems() == "Skipped lines.jsonl@0");
  CHECK(secret.has_problem("encrypted"));
  const Unpacked bzip2 = unpack_all("a.zip", fixture("bzip2.zip"));
  CHECK(bzip2.entries.empty());
  CHECK(bzip2.problems.size() == 2);
  CHECK(bzip2.has_problem("packed with bzip2"));

  std::vector<ZipPart> parts = {stored_part("good.json", "{}"), stored_part("strange.json", "{}"),
                                stored_part("last.json", "[]")};
  parts[1].method = 77;
  const Unpacked mixed = unpack_all("a.zip", zip_of(parts));
  CHECK(mixed.list() == "good.json 2, last.json 2");
  CHECK(mixed.has_problem("method 77"));
}

TEST_CASE("sizes and checksums are looked at") {
  ZipPart part = stored_part("a.json", "{\"a\": 1}");
  part.crc ^= 1;
  Unpacked out = unpack_all("a.zip", zip_of({part}));
  CHECK(out.entries.at(0).bytes == "{\"a\": 1}");
  CHECK(out.has_problem("checksum is wrong"));
  part.crc ^= 1;
  part.unpacked_bytes = 7;
  CHECK(unpack_all("a.zip", zip_of({part})).has_problem("longer than the archive says"));
  part.unpacked_bytes = 9;
  CHECK(unpack_all("a.zip", zip_of({part})).has_problem("shorter than the archive says"));
}

TEST_CASE("an entry that occurs again replaces the one before") {
  const Unpacked out =
      unpack_all("a.zip", zip_of({stored_part("header.json", "old"), stored_part("b.json", "b"),
                                  stored_part("header.json", "newer")}));
  CHECK(out.list() == "b.json 1, header.json 5");
  CHECK(out.list_problems() == "Note header.json@0");
}

TEST_CASE("names are made safe") {
  const std::pair<std::string, std::string> cases[] = {
      {"a\\b\\c.json", "a/b/c.json"},
      {"/etc/passwd", "etc/passwd"},
      {"../../up.json", "up.json"},
      {"C:\\temp\\x.json", "temp/x.json"},
      {std::string("nul\0l.json", 10), "nul\xEF\xBF\xBDl.json"},
      {"tab\tbell\a.json",
       "tab\xEF\xBF\xBD"
       "bell\xEF\xBF\xBD.json"},
      {"caf\xE9.json", "caf\xEF\xBF\xBD.json"},
      {"日本.json", "日本.json"},
      {"evil\xE2\x80\xAEnosj.exe", "evil\xEF\xBF\xBDnosj.exe"},
      {"", "(no name)"},
      {"..", "(no name)"},
      {"a//b.json", "a/b.json"},
  };
  for (const auto& [raw, clean] : cases) {
    const Unpacked out = unpack_all("a.zip", zip_of({stored_part(raw, "x")}));
    CHECK(out.list() == clean + " 1");
    CHECK(out.problems.empty());
  }
}

TEST_CASE("a long name is shortened from its beginning") {
  std::string name;
  for (int i = 0; i < 700; ++i)
    name += "é";
  const Unpacked out = unpack_all("a.zip", zip_of({stored_part(name + ".json", "x")}));
  REQUIRE(out.entries.size() == 1);
  CHECK(out.entries[0].name.size() <= 1024);
  CHECK(out.entries[0].name.starts_with("…é"));
  CHECK(out.entries[0].name.ends_with("é.json"));
  CHECK(out.has_problem("longer than 1024 bytes"));
}

TEST_CASE("hidden files, folders, links and the Mac's additions are left out") {
  std::string linked = zip_of({stored_part("a.json", "target")});
  const size_t entry = linked.find("PK\1\2");
  linked[entry + 5] = 3;  // made by Unix
  linked.replace(entry + 38, 4, std::string("\0\0\xFF\xA1", 4));
  CHECK(unpack_all("a.zip", linked).list() == "");
  const Unpacked out =
      unpack_all("a.zip", zip_of({stored_part(".DS_Store", "x"), stored_part("a/.git/config", "x"),
                                  stored_part("dir/", ""), stored_part("__MACOSX/a", "x"),
                                  stored_part("dir\\", ""), stored_part("./a.json", "x")}));
  CHECK(out.list() == "a.json 1");
  CHECK(out.problems.empty());
}

TEST_CASE("entries that share their data are left out") {
  const ZipPart kernel = stored_part("kernel", std::string(1000, 'x'));
  std::vector<ZipPart> parts = {kernel};
  for (int i = 0; i < 20; ++i) {
    parts.push_back(kernel);
    parts.back().name = "copy" + std::to_string(i);
    parts.back().header_at = 0;
  }
  const Unpacked out = unpack_all("a.zip", zip_of(parts));
  CHECK(out.entries.size() == 1);
  CHECK(out.problems.size() == 20);
  CHECK(out.has_problem("reaches into another file"));
}

TEST_CASE("a wrong place in the directory costs its own entry") {
  ZipPart lost = stored_part("lost.json", "x");
  lost.header_at = 3;
  const Unpacked out =
      unpack_all("a.zip", zip_of({stored_part("a.json", "a"), lost, stored_part("b.json", "b")}));
  CHECK(out.list() == "a.json 1, b.json 1");
  CHECK(out.list_problems() == "Skipped lost.json@3");
}

TEST_CASE("one entry that is a bomb does not cost the others") {
  Limits limits;
  limits.ratio_free_bytes = 1 << 20;
  ZipPart bomb{"bomb.json", zstd_zeros(400), 93, 0, 0, 400u * (128 << 10)};
  const Unpacked out =
      unpack_all("a.zip", zip_of({bomb, stored_part("good.json", "{}")}), 0, limits);
  REQUIRE(out.entries.size() == 2);
  CHECK(out.entries[0].bytes.size() < (8u << 20));
  CHECK(out.entries[0].ended);
  CHECK(out.entries[1].bytes == "{}");
  CHECK(out.problems.size() == 1);
  CHECK(out.has_problem("2000 times its size"));
}

TEST_CASE("many entries that are each just below the limit are stopped together") {
  Limits limits;
  limits.ratio_free_bytes = 1 << 20;
  std::vector<ZipPart> parts;
  const uint32_t crc = crc_of(std::string(7u * (128 << 10), '\0'));
  for (int i = 0; i < 100; ++i) {
    parts.push_back({"part" + std::to_string(i), zstd_zeros(7), 93, 0, 0, 7u * (128 << 10)});
    parts.back().crc = crc;
  }
  const Unpacked out = unpack_all("a.zip", zip_of(parts), 0, limits);
  CHECK(out.has_problem("The file grows"));
  CHECK(out.bytes_out < (30u << 20));
}

TEST_CASE("entries and buffered bytes are limited") {
  std::vector<ZipPart> parts;
  for (int i = 0; i < 30; ++i)
    parts.push_back(stored_part("n" + std::to_string(i), "x"));
  Limits limits;
  limits.max_entries = 10;
  const Unpacked few = unpack_all("a.zip", zip_of(parts), 0, limits);
  CHECK(few.entries.size() == 10);
  CHECK(few.problems.size() == 1);
  CHECK(few.has_problem("more than 10 files"));
  Limits small;
  small.max_buffered_bytes = 100 << 10;
  const Unpacked none =
      unpack_all("a.zip", zip_of({stored_part("a", std::string(300 << 10, 'x'))}), 4096, small);
  CHECK(none.entries.empty());
  CHECK(none.has_problem("not enough memory"));
}

TEST_CASE("a comment, also one that looks like an end, and bytes behind the archive do no harm") {
  const std::vector<ZipPart> parts = {stored_part("a.json", "{}")};
  for (const std::string& comment :
       {std::string("a comment"), std::string(65535, 'c'), "PK\5\6" + std::string(18, '\0'),
        "PK\5\6" + std::string(40, 'x')}) {
    const Unpacked out = unpack_all("a.zip", zip_of(parts, comment));
    CHECK(out.list() == "a.json 2");
    CHECK(out.problems.empty());
  }
  CHECK(unpack_all("a.zip", zip_of(parts) + "behind it").list() == "a.json 2");
}

TEST_CASE("an archive without its directory is read as far as it goes") {
  for (const char* name :
       {"plain.zip", "streamed.zip", "zip64.zip", "stored.zip", "piped.zip", "zstd.zip"}) {
    const std::string& whole = fixture(name);
    const size_t directory = whole.find("PK\1\2");
    for (const size_t chunk : {0, 1, 7}) {
      const Unpacked intact = unpack_all(name, whole);
      const Unpacked cut = unpack_all(name, std::string_view(whole).substr(0, directory), chunk);
      INFO(name);
      CHECK(cut.list() == intact.list());
      CHECK(cut.problems.size() == 1);
      CHECK(cut.has_problem("directory"));
      // In the middle of an entry: what is there of it.
      const Unpacked half = unpack_all(name, std::string_view(whole).substr(0, 120), chunk);
      CHECK(half.entries.size() <= 1);  // Zstandard gives whole blocks only
      for (const Unpacked::Entry& entry : half.entries)
        CHECK(lines_jsonl().starts_with(entry.bytes));
      CHECK(half.problems.size() == 2);
    }
  }
}

TEST_CASE("a cut archive that holds a whole one is not mistaken for it") {
  const std::string inner = zip_of({stored_part("inner.json", "x")});
  const std::string outer =
      zip_of({stored_part("first.json", "1"), stored_part("inner.zip", inner)});
  const Unpacked out = unpack_all("a.zip", outer.substr(0, outer.find(inner) + inner.size()));
  CHECK(out.list() == "first.json 1, inner.zip/inner.json 1");
  CHECK(out.has_problem("directory"));
}

TEST_CASE("behind damage the next entry is found again") {
  std::string streamed = fixture("streamed.zip");
  streamed.resize(streamed.find("PK\1\2"));
  const size_t data = streamed.find("lines.jsonl") + 11;
  streamed[data + 40] = static_cast<char>(~streamed[data + 40]);
  const Unpacked out = unpack_all("a.zip", streamed);
  REQUIRE_FALSE(out.entries.empty());
  CHECK(out.entries.back().name == "other.json");
  CHECK(out.entries.back().bytes == kOtherJson);
  CHECK(out.problems.size() == 2);
}

TEST_CASE("the archives of other evaluation tools are read") {
  for (const char* name : {"log_formats.eval", "log_message_deduplication.eval"}) {
    const auto bytes = load_file(samples_path(std::string("peers/inspect/") + name));
    if (!bytes) SKIP("no samples beside the repository");
    for (const size_t chunk : {0, 1, 4096}) {
      const Unpacked out = unpack_all(name, *bytes, chunk);
      CHECK(out.list_problems() == "");
      bool has_header = false;
      for (const Unpacked::Entry& entry : out.entries) {
        has_header = has_header || entry.name == "header.json";
        CHECK(entry.bytes.size() == entry.size_claimed);
        CHECK((entry.bytes.starts_with("{") || entry.bytes.starts_with("[")));
      }
      CHECK(has_header);
    }
  }
}
