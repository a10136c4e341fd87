#include "core/ingest/column_mapping.h"

#include <catch2/catch_test_macros.hpp>

#include "core/ingest/import_report.h"

using namespace assay;
using namespace assay::ingest;

namespace {

ColumnMapping parsed(std::string_view text) {
  auto mapping = parse_columns(text);
  INFO((mapping.ok() ? std::string() : mapping.error().what));
  REQUIRE(mapping.ok());
  return std::move(mapping).value();
}

std::string json_of(const ColumnMapping& mapping) {
  std::string out;
  json::Writer writer(out);
  write_columns(writer, mapping);
  return out;
}

std::string refused(std::string_view text) {
  const auto mapping = parse_columns(text);
  REQUIRE_FALSE(mapping.ok());
  return mapping.error().what;
}

}  // namespace

TEST_CASE("columns are said on the command line and in JSON alike") {
  const ColumnMapping line =
      parsed(" question=input, a=b=output ,rating=feedback:quality: of style,x=ignore,");
  REQUIRE(line.columns.size() == 4);
  CHECK(line.columns[0].use == ColumnUse::Input);
  CHECK(line.columns[1].column == "a=b");
  CHECK(line.columns[2].name == "quality: of style");
  CHECK(line.is_usable());
  const ColumnMapping again = parsed(json_of(line));
  CHECK(json_of(again) == json_of(line));
  CHECK(
      json_of(line) ==
      R"({"question":"input","a=b":"output","rating":"feedback:quality: of style","x":"ignore"})");
  CHECK(describe_columns(line) ==
        "question → input, a=b → output, rating → feedback quality: of style, x → ignore");
  CHECK(parsed(R"({"with, comma":"messages"})").columns[0].column == "with, comma");
}

TEST_CASE("what is wrong with columns is told") {
  CHECK(refused("question").find("COLUMN=USE") != std::string::npos);
  CHECK(refused("=input").find("COLUMN=USE") != std::string::npos);
  CHECK(refused("q=inputt").find("inputt") != std::string::npos);
  CHECK(refused("q=inputt").find("total_tokens") != std::string::npos);
  CHECK(refused("q=input,q=output").find("two uses") != std::string::npos);
  CHECK(refused(R"({"q":1})").find("text") != std::string::npos);
  CHECK(refused(R"({"q":"input")").find("JSON") != std::string::npos);
  CHECK(refused(std::string(kMaxMappingBytes + 1, 'x')).find("64 KB") != std::string::npos);
  CHECK_FALSE(parsed("").is_usable());
  CHECK_FALSE(parsed("a=time,b=metadata").is_usable());
  CHECK(parsed("m=messages").is_usable());
}

TEST_CASE("every use has a key of its own") {
  for (size_t i = 0; i < static_cast<size_t>(ColumnUse::kCount); ++i) {
    const auto use = static_cast<ColumnUse>(i);
    CHECK(find_column_use(column_use_key(use)) == use);
  }
  CHECK_FALSE(find_column_use("inputs"));
}

TEST_CASE("mappings are remembered by their columns, newest first") {
  std::vector<ColumnMapping> known;
  remember_mapping(known, parsed("a=input,b=output"));
  remember_mapping(known, parsed("c=input"));
  remember_mapping(known, parsed("b=input,a=output"));  // the same columns as the first
  REQUIRE(known.size() == 2);
  CHECK(known[0].find("a")->use == ColumnUse::Output);
  CHECK(decode_mappings(encode_mappings(known)).size() == 2);
  CHECK(
      decode_mappings(R"([{"a":"input"},{"b":"time"},7,{"c":"nothing"},{"d":"output"}])").size() ==
      2);
  CHECK(decode_mappings("[{").empty());
  CHECK(decode_mappings("what").empty());
  for (int i = 0; i < 60; ++i)
    remember_mapping(known, parsed("x" + std::to_string(i) + "=input"));
  CHECK(known.size() == kMaxMappings);
  CHECK(known[0].columns[0].column == "x59");
}

TEST_CASE("a report takes its tables along") {
  FileReport report;
  TableSample& table = report.tables.emplace_back();
  table.entry = "a.csv";
  table.unread = table.asks = true;
  table.columns.push_back({"frage", ColumnUse::Feedback, "güte", {"1", "\"zwei\""}, true});
  report.failed = true;
  report.add(IssueKind::ColumnsUnknown, 1, 0, "frage");
  FileReport back;
  REQUIRE(decode_report(encode_report(report), back));
  CHECK(back.failed);
  REQUIRE(back.tables.size() == 1);
  CHECK(back.tables[0].asks);
  REQUIRE(back.tables[0].columns.size() == 1);
  CHECK(back.tables[0].columns[0].use_name == "güte");
  CHECK(back.tables[0].columns[0].values == std::vector<std::string>{"1", "\"zwei\""});
  CHECK(back.tables[0].columns[0].in_first_row);
}
