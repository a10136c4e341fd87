#include <catch2/catch_test_macros.hpp>
#include <string>

#include "ui/kit/json_view.h"

using namespace assay::kit;

namespace {

std::string pretty(std::string_view source, JsonViewOptions options = {}) {
  const PrettyJson result = pretty_json(source, options);
  return (result.valid ? "" : "INVALID ") + result.text;
}

}  // namespace

TEST_CASE("JSON is indented, short flat containers stay on one line", "[kit]") {
  CHECK(pretty(R"({"a":1,"b":[1,2,3],"c":{"d":{}}})") ==
        "{\n  \"a\": 1,\n  \"b\": [1, 2, 3],\n  \"c\": {\n    \"d\": {}\n  }\n}");
  CHECK(pretty("[]") == "[]");
  CHECK(pretty(" { } ") == "{}");
  CHECK(pretty(R"({"k" : [ ] , "z":true})", {.inline_width = 0}) ==
        "{\n  \"k\": [],\n  \"z\": true\n}");
}

TEST_CASE("Numbers and strings stand exactly as in the source", "[kit]") {
  CHECK(pretty("0.10000000000000001") == "0.10000000000000001");
  CHECK(pretty("[1E400,-0.0,123456789012345678901]") == "[1E400, -0.0, 123456789012345678901]");
  CHECK(pretty(R"("a\u00e9\n\"\\")") == R"("a\u00e9\n\"\\")");
  CHECK(pretty("[NaN,-Infinity,null]") == "[NaN, -Infinity, null]");
}

TEST_CASE("Decoded strings show the characters that their escapes mean", "[kit]") {
  const JsonViewOptions decode{.decode_strings = true};
  CHECK(pretty(R"({"k\n":"a\nb\t\u00e9\ud83c\udf89\ud800x\u0001"})", decode) ==
        "{\"k\\n\": \"a\nb\t\u00e9\U0001F389\uFFFDx\\u0001\"}");
}

TEST_CASE("Broken JSON is shown as it is", "[kit]") {
  for (const char* source : {"", "{", "[1,", "{\"a\" 1}", "[1 2]", "{a:1}", "\"open", "[1]]", "tru",
                             "{\"a\":1,}", "\"a\nb\"", "nul", "-", "{\"a\":}"}) {
    INFO(source);
    CHECK(pretty(source) == "INVALID " + std::string(source));
  }
  CHECK(pretty(std::string(100000, '[')).starts_with("INVALID "));
}

TEST_CASE("Colour runs are sorted, disjoint and cover every token", "[kit]") {
  const PrettyJson result = pretty_json(R"({"key":["s",1,true,null],"o":{"n":-2.5e3}})");
  REQUIRE(result.valid);
  uint32_t last = 0;
  for (const ColorRun& run : result.colors) {
    CHECK(run.from >= last);
    CHECK(run.to > run.from);
    last = run.to;
  }
  CHECK(last == result.text.size());
  const auto token_at = [&](std::string_view needle) {
    const auto at = static_cast<uint32_t>(result.text.find(needle));
    for (const ColorRun& run : result.colors) {
      if (at >= run.from && at < run.to) return run.token;
    }
    return Color::kCount;
  };
  CHECK(token_at("\"key\"") == Color::JsonKey);
  CHECK(token_at("\"s\"") == Color::JsonString);
  CHECK(token_at("-2.5e3") == Color::JsonNumber);
  CHECK(token_at("null") == Color::JsonKeyword);
  CHECK(token_at("{") == Color::JsonPunctuation);
}

TEST_CASE("The cache keeps results and stays inside its budget", "[kit]") {
  JsonCache cache(20000);
  const std::string big(9000, ' ');
  for (uint64_t i = 1; i <= 20; ++i) {
    const std::string source = "[" + std::to_string(i) + big + "]";
    CHECK(cache.get(i, source).text == "[" + std::to_string(i) + "]");
    CHECK(cache.size_bytes() < 40000);
  }
}
