#include <catch2/catch_test_macros.hpp>

#include "core/unpack/unpack.h"
#include "tests/unit/unpack/unpack_helper.h"

using namespace assay::unpack;
using namespace assay::test;

namespace {

std::string padded(std::string content) {
  content.resize((content.size() + 511) / 512 * 512, '\0');
  return content;
}

std::string octal(size_t size) {
  char text[12];
  std::snprintf(text, sizeof text, "%011zo", size);
  return text;
}

std::string file_in_tar(std::string_view name, std::string_view content) {
  return tar_header(name, octal(content.size()), '0') + padded(std::string(content));
}

const std::string kTarEnd(1024, '\0');

}  // namespace

TEST_CASE("a tar archive that was cut off gives what there is") {
  const std::string whole =
      file_in_tar("a.json", std::string(700, 'a')) + file_in_tar("b.json", "bb") + kTarEnd;
  for (const size_t chunk : {0, 1, 7, 4096}) {
    CHECK(unpack_all("x.tar", whole, chunk).list() == "a.json 700, b.json 2");
    const Unpacked in_content = unpack_all("x.tar", whole.substr(0, 1000), chunk);
    CHECK(in_content.list() == "a.json 488");
    CHECK(in_content.list_problems() == "Damaged a.json@1000");
    const Unpacked in_header = unpack_all("x.tar", whole.substr(0, 1700), chunk);
    CHECK(in_header.list() == "a.json 700");
    CHECK(in_header.has_problem("ends too early"));
    // Some writers leave the last blocks out.
    CHECK(unpack_all("x.tar", whole.substr(0, whole.size() - 1024), chunk).problems.empty());
  }
}

TEST_CASE("a spoiled header ends a tar archive with a word about it") {
  std::string whole = file_in_tar("a.json", "a") + file_in_tar("b.json", "b") + kTarEnd;
  whole[1024 + 20] = 'x';
  const Unpacked out = unpack_all("x.tar", whole);
  CHECK(out.list() == "a.json 1");
  CHECK(out.has_problem("damaged here"));
}

TEST_CASE("sizes in a tar archive are never trusted") {
  const std::string huge = std::string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12);
  for (const char type : {'0', 'x', 'L', 'g', '5', 'S'}) {
    const Unpacked out = unpack_all("x.tar", tar_header("a.json", huge, type) + "some bytes");
    CHECK(out.bytes_out <= 10);
    CHECK(out.problems.size() <= 2);
  }
  CHECK(unpack_all(
            "x.tar",
            tar_header("a.json", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", '0') + kTarEnd)
            .has_problem("damaged"));
  CHECK(unpack_all("x.tar", tar_header("a.json", "99999999999", '0') + kTarEnd)
            .has_problem("damaged"));
}

TEST_CASE("additional headers are taken over, spoiled ones ignored") {
  const auto with_pax = [](const std::string& records) {
    return tar_header("pax", octal(records.size()), 'x') + padded(records) +
           file_in_tar("short.json", "x") + kTarEnd;
  };
  CHECK(unpack_all("x.tar", with_pax("17 path=longer.js\n")).list() == "short.json 1");
  CHECK(unpack_all("x.tar", with_pax("18 path=longer.js\n")).list() == "longer.js 1");
  CHECK(unpack_all("x.tar", with_pax("10 mtime=\n18 path=longer.js\n")).list() == "longer.js 1");
  for (const char* records : {"0 path=a\n", "999 path=a\n", "path=a\n", "8 path=a\n",
                              "18446744073709551616 path=a\n", "7 nothing"}) {
    const Unpacked out = unpack_all("x.tar", with_pax(records));
    CHECK(out.list() == "short.json 1");
    CHECK(out.has_problem("Additional data"));
  }
}

TEST_CASE("tar archives inside tar archives count as layers") {
  std::string tar = file_in_tar("a.json", "a") + kTarEnd;
  for (int i = 0; i < 50; ++i)
    tar = file_in_tar("inner.tar", tar) + kTarEnd;
  const Unpacked out = unpack_all("x.tar", tar);
  CHECK(out.entries.empty());
  CHECK(out.has_problem("packed more than 3 times"));
}

TEST_CASE("packed files in a tar archive are unpacked") {
  const std::string tar = file_in_tar("a.jsonl.gz", fixture("one.gz")) +
                          file_in_tar("b.zip", fixture("stored.zip")) +
                          file_in_tar("c.json", "{}") + kTarEnd;
  for (const size_t chunk : {0, 1, 4096}) {
    const Unpacked out = unpack_all("x.tar", tar, chunk);
    const std::string size = std::to_string(lines_jsonl().size());
    CHECK(out.list() ==
          "a.jsonl " + size + ", b.zip/lines.jsonl " + size + ", b.zip/other.json 21, c.json 2");
    CHECK(out.problems.empty());
  }
}
