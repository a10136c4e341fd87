#include "core/convert/table.h"

#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::convert;

namespace {

struct Rows : TableReader::Sink {
  std::vector<std::string> rows, problems;
  std::vector<uint64_t> places;
  void row(const std::string& json, uint64_t at_byte) override {
    rows.push_back(json);
    places.push_back(at_byte);
  }
  void broken(std::string_view why, uint64_t) override { problems.emplace_back(why); }
  void odd_row(std::string_view what, uint64_t) override { problems.emplace_back(what); }
};

Rows read(std::string_view text, size_t chunk_bytes) {
  Rows rows;
  TableReader reader(rows);
  for (size_t at = 0; at < text.size(); at += chunk_bytes)
    reader.push(text.substr(at, chunk_bytes));
  reader.finish();
  return rows;
}

// Any chunks give the same.
Rows read(std::string_view text) {
  Rows whole = read(text, text.size() + 1);
  for (const size_t chunk : {1, 2, 3, 7}) {
    INFO("chunks of " << chunk);
    const Rows pieces = read(text, chunk);
    CHECK(pieces.rows == whole.rows);
    CHECK(pieces.problems == whole.problems);
    CHECK(pieces.places == whole.places);
  }
  return whole;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a table's rows become objects of texts") {
  const Rows rows = read("a,b\n1,x\n2,y\n");
  CHECK(rows.rows == Texts{R"({"a": "1", "b": "x"})", R"({"a": "2", "b": "y"})"});
  CHECK(rows.problems.empty());
  CHECK(rows.places == std::vector<uint64_t>{4, 8});
}

TEST_CASE("cells in quotes hold quotes, separators and line breaks") {
  CHECK(read("a,b\n\"x, \"\"y\"\"\",\"l1\r\nl2\"\n").rows ==
        Texts{R"({"a": "x, \"y\"", "b": "l1\r\nl2"})"});
  CHECK(read("a,b\n\"\",\"\"\"\"").rows == Texts{R"({"a": "", "b": "\""})"});
  // A quote inside of a cell without quotes is a letter; text behind a closing quote stays.
  CHECK(read("a,b\n5\" pipe,\"x\"y\n").rows == Texts{R"({"a": "5\" pipe", "b": "xy"})"});
}

TEST_CASE("the separator is told by the header line") {
  CHECK(read("a;b\n1,5;2\n").rows == Texts{R"({"a": "1,5", "b": "2"})"});
  CHECK(read("a\tb\nx y\tz\n").rows == Texts{R"({"a": "x y", "b": "z"})"});
  CHECK(read("sep=;\r\na;b\r\n1;2\r\n").rows == Texts{R"({"a": "1", "b": "2"})"});
  CHECK(read("\"a;b;c\",d\n1,2\n").rows == Texts{R"({"a;b;c": "1", "d": "2"})"});
}

TEST_CASE("rows end with any line break, or with the file") {
  CHECK(read("a,b\r\n1,2\r\n3,4").rows.size() == 2);
  CHECK(read("a,b\r1,2\r3,4\r").rows ==
        Texts{R"({"a": "1", "b": "2"})", R"({"a": "3", "b": "4"})"});
  CHECK(read("\n\na,b\n\n1,\n\n,2\n").rows ==
        Texts{R"({"a": "1", "b": ""})", R"({"a": "", "b": "2"})"});
  CHECK(read("a,b\n1,").rows == Texts{R"({"a": "1", "b": ""})"});
}

TEST_CASE("columns with one name are told apart") {
  CHECK(read(",a,a,\n1,2,3,4\n").rows == Texts{R"({"": "1", "a": "2", "a.1": "3", ".1": "4"})"});
}

TEST_CASE("rows of another length are kept and told") {
  const Rows rows = read("a,b\n1\n1,2,3\n4,5\n");
  CHECK(rows.rows == Texts{R"({"a": "1"})", R"({"a": "1", "b": "2", "column 3": "3"})",
                           R"({"a": "4", "b": "5"})"});
  REQUIRE(rows.problems.size() == 2);
  CHECK(rows.problems[0] == "a row of 1 cells; the header has 2");
}

TEST_CASE("what is no table says so") {
  std::string prose = "Dear all, this is a letter\n";
  for (int i = 0; i < 30; ++i)
    prose += "with lines and, now, and then, a comma\n";
  const Rows rows = read(prose);
  REQUIRE_FALSE(rows.problems.empty());
  CHECK(rows.problems.back().find("no table") != std::string::npos);
  CHECK(rows.rows.size() < 10);
  CHECK(read("a,b\n").problems == Texts{"a table without rows"});
  CHECK(read("a,b\n1,\"open\n2,3\n").problems == Texts{"the file ends inside a cell in quotes"});
  CHECK(read("a,b\n\xFF,2\n").problems == Texts{"text that is no UTF-8: save the table as UTF-8"});
}

TEST_CASE("hostile tables end early") {
  const std::string wide(100000, ',');
  const Rows rows = read(wide + "\n" + wide + "\n", 4096);
  CHECK(rows.rows.empty());
  CHECK_FALSE(rows.problems.empty());
}

TEST_CASE("a file is a table by its first bytes") {
  CHECK(looks_like_table("a,b\n1,2\n", "x.txt"));
  CHECK(looks_like_table("a\n1\n", "x.csv"));
  CHECK(looks_like_table("\"a\";\"b\"\n", "x"));
  CHECK(looks_like_table("a\tb\n", "x"));
  CHECK_FALSE(looks_like_table("{\"a\": 1, \"b\": 2}\n", "x.csv"));
  CHECK_FALSE(looks_like_table("[1, 2]", "x"));
  CHECK_FALSE(looks_like_table("starting, please wait\n{\"info\": {}}\n", "log.txt"));
  CHECK_FALSE(looks_like_table("a,b\n", "x.jsonl"));
  CHECK_FALSE(looks_like_table(std::string_view("a,\x01\0b\n", 6), "x.csv"));
  CHECK_FALSE(looks_like_table("plain text", "x.txt"));
  CHECK_FALSE(looks_like_table("", "x.csv"));
}

TEST_CASE("a table of nothing known names its columns in the report") {
  const test::Converted out = test::converted(
      "\xEF\xBB\xBF"
      "colour,size\nred,1\n",
      "x.csv");
  CHECK(out.lines.empty());
  REQUIRE_FALSE(out.report.first_issues.empty());
  CHECK(out.report.first_issues[0].detail.find("colour, size") != std::string::npos);
}
