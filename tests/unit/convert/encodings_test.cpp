#include "core/convert/encodings.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::convert;

TEST_CASE("base64 goes both ways in either alphabet") {
  CHECK(base64_of("") == "");
  CHECK(base64_of("a") == "YQ==");
  CHECK(base64_of("ab") == "YWI=");
  CHECK(base64_of("abc") == "YWJj");
  CHECK(base64_of_hex("00ff10") == "AP8Q");
  CHECK(bytes_of_base64("YWI=") == "ab");
  CHECK(bytes_of_base64("_-8") == "\xFF\xEF");
  CHECK_FALSE(bytes_of_base64("Y").has_value());
  CHECK_FALSE(bytes_of_base64("YW*j").has_value());
}

TEST_CASE("JSON inside strings is unwrapped as far as it is nested") {
  json::Tree tree;
  REQUIRE(tree.parse(R"({"a": "{\"b\": 1}", "twice": "\"{\\\"c\\\": 2}\"", "plain": "5", "text": "{not json", "n": null, "o": {"x": 1.50}})"));
  const json::Node root = tree.root();
  CHECK(unwrapped_json(root["a"]) == R"({"b": 1})");
  CHECK(unwrapped_json(root["twice"]) == R"({"c": 2})");
  CHECK(unwrapped_json(root["plain"]) == R"("5")");
  CHECK(unwrapped_json(root["text"]) == R"("{not json")");
  CHECK(unwrapped_json(root["n"]).empty());
  CHECK(unwrapped_json(root["missing"]).empty());
  CHECK(unwrapped_json(root["o"]) == R"({"x": 1.50})");
}

TEST_CASE("times are read in every form that exports write") {
  constexpr TimeNs kNoon = 1'704'110'400'000'000'000;  // 2024-01-01T12:00:00Z
  CHECK(time_of_text("2024-01-01T12:00:00Z") == kNoon);
  CHECK(time_of_text("2024-01-01T12:00:00") == kNoon);
  CHECK(time_of_text("2024-01-01 12:00:00") == kNoon);
  CHECK(time_of_text("2024-01-01 12:00:00+00:00") == kNoon);
  CHECK(time_of_text("2024-01-01 12:00:00 UTC") == kNoon);
  CHECK(time_of_text("2024-01-01T14:00:00+0200") == kNoon);
  CHECK(time_of_text("2024-01-01T14:00:00+02") == kNoon);
  CHECK(time_of_text("2024-01-01T12:00:00.123456") == kNoon + 123'456'000);
  CHECK(time_of_text("2024-01-01T12:00:00.1234567891234Z") == kNoon + 123'456'789);
  CHECK(time_of_text("1704110400") == kNoon);
  CHECK(time_of_text("1704110400.123456") == kNoon + 123'456'000);
  CHECK(time_of_text("1704110400123") == kNoon + 123'000'000);
  CHECK(time_of_text("1704110400123456") == kNoon + 123'456'000);
  CHECK(time_of_text("1704110400123456789") == kNoon + 123'456'789);
  CHECK(time_of_text("9999999999") == 9'999'999'999'000'000);  // more seconds than fit: milliseconds
  CHECK(time_of_text("yesterday") == kNoTime);
  CHECK(time_of_text("") == kNoTime);
  CHECK(time_of_text("2024-13-01T12:00:00Z") == kNoTime);
}

TEST_CASE("times so far away that their differences would not fit are none") {
  json::Tree tree;
  REQUIRE(tree.parse(R"([9223372036854775807, "-9223372036854775807", 1704110400])"));
  CHECK(any_time_ns(tree.root().first()) == kNoTime);
  CHECK(any_time_ns(tree.root().first().next()) == kNoTime);
  CHECK(any_time_ns(tree.root().first().next().next()) == 1'704'110'400'000'000'000);
}

TEST_CASE("UTF-16 is read: JSON as Windows PowerShell writes it, tables as spreadsheets do") {
  const auto wide = [](std::string_view ascii, bool mark) {
    std::string out = mark ? "\xFF\xFE" : "";
    for (const char c : ascii) out += {c, '\0'};
    return out;
  };
  const std::string own = R"({"info":{"trace_id":"tr-1"},"data":{"spans":[]}})";
  const std::string table = "question\tanswer\r\nhi\tyo\r\n";
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{4096}}) {
    const test::Converted lines = test::converted(wide(own + "\r\n" + own + "\r\n", true), "f.json", chunk);
    REQUIRE(lines.lines.size() == 2);
    CHECK(lines.lines[0] == own);
    CHECK(lines.report.warnings() == 0);
    CHECK(test::converted(wide(own, false), "f.json", chunk).lines.size() == 1);
    const test::Converted rows = test::converted(wide(table, true), "f.txt", chunk);
    REQUIRE(rows.lines.size() == 1);
    CHECK(rows.record(0)["data"]["spans"][0]["attributes"]["mlflow.spanOutputs"] == "\"yo\"");
  }
}
