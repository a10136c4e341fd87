#include "core/convert/python_literal.h"

#include <catch2/catch_test_macros.hpp>

#include "core/convert/encodings.h"

using namespace assay::convert;

TEST_CASE("Python's repr of plain data becomes JSON") {
  CHECK(json_of_python("{'a': None, 'b': [1, 2.5, True, False], \"c\": ('x',)}") ==
        R"({"a": null, "b": [1, 2.5, true, false], "c": ["x"]})");
  CHECK(json_of_python("[]") == "[]");
  CHECK(json_of_python("{}") == "{}");
  CHECK(json_of_python("()") == "[]");
  CHECK(json_of_python("('only brackets')") == R"("only brackets")");
  CHECK(json_of_python("{'s', 't'}") == R"(["s", "t"])");
  CHECK(json_of_python("{1: 'one', (1, 2): 'two'}") == R"({"1": "one", "[1, 2]": "two"})");
  CHECK(json_of_python("  {'a': 1,}\n") == R"({"a": 1})");
}

TEST_CASE("numbers keep their digits") {
  CHECK(json_of_python("[9007199254740993, -0.5, 1e-09, 1e+16, .5, 2., 1_000]") ==
        "[9007199254740993, -0.5, 1e-09, 1e+16, 0.5, 2.0, 1000]");
  CHECK(json_of_python("[nan, inf, -inf, NaN]") == "[NaN, Infinity, -Infinity, NaN]");
  CHECK(json_of_python("{'v': 1180591620717411303424}") == R"({"v": 1180591620717411303424})");
}

TEST_CASE("Python's escapes become the characters that they mean") {
  CHECK(json_of_python(R"('it\'s "x"\n\t\\')") == R"("it's \"x\"\n\t\\")");
  CHECK(json_of_python(R"("O'Reilly")") == R"("O'Reilly")");
  CHECK(json_of_python(R"('\xfc\u2028\U0001f600')") == "\"\xC3\xBC\xE2\x80\xA8\xF0\x9F\x98\x80\"");
  CHECK(json_of_python(R"('\ud83d\ude00')") == "\"\xF0\x9F\x98\x80\"");
  CHECK(json_of_python(R"('\ud83d')") == "\"\xEF\xBF\xBD\"");
  CHECK(json_of_python(R"(b'\xc3\xbc')") == "\"\xC3\xBC\"");
  CHECK(json_of_python(R"(r'\d+')") == R"("\\d+")");
  CHECK(json_of_python(R"('one' 'two')") == R"("onetwo")");
  CHECK(json_of_python("'''a'b''c'''") == R"("a'b''c")");
  CHECK(json_of_python(R"('\q\x1')") == R"("\\q\\x1")");
}

TEST_CASE("constructor calls become what they hold") {
  CHECK(json_of_python("datetime.datetime(2026, 1, 2, 3, 4, 5, 678)") ==
        R"("2026-01-02T03:04:05.000678")");
  CHECK(json_of_python("datetime.datetime(2026, 11, 24, 6, 2, tzinfo=datetime.timezone.utc)") ==
        R"("2026-11-24T06:02:00Z")");
  CHECK(json_of_python("datetime.datetime(2026, 11, 24, 6, 2, "
                       "tzinfo=datetime.timezone(datetime.timedelta(seconds=7200)))") ==
        R"("2026-11-24T06:02:00+02:00")");
  CHECK(json_of_python("datetime.datetime(2026, 11, 24, 6, 2, "
                       "tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=68400)))") ==
        R"("2026-11-24T06:02:00-05:00")");
  CHECK(json_of_python("[datetime.date(2026, 1, 2)]") == R"(["2026-01-02"])");
  CHECK(json_of_python("Timestamp('2026-01-02 03:04:05', tz='UTC')") == R"("2026-01-02 03:04:05")");
  CHECK(json_of_python("{'u': UUID('12345678-1234-5678-1234-567812345678')}") ==
        R"({"u": "12345678-1234-5678-1234-567812345678"})");
  CHECK(json_of_python("array([1, 2], dtype=object)") == "[1, 2]");
  CHECK(json_of_python("Source(kind=<Kind.TRACE: 'TRACE'>, data={'id': 'tr-1'})") ==
        R"({"kind": "TRACE", "data": {"id": "tr-1"}})");
  CHECK(json_of_python("[<object at 0x7f1>]") == R"(["<object at 0x7f1>"])");
  CHECK(json_of_python("Empty()") == "\"Empty()\"");
}

TEST_CASE("what is no literal gives nothing") {
  for (const char* text :
       {"", "hello", "a b", "{'a'}x", "{'a': }", "{'a': 1", "[1 2]", "'open", "1 + 2",
        "{'a': 1, 'b'}", "<", "f(", "f(a=", "0x10", "-", "\\", "{:}", "(,)", "[,]"}) {
    INFO(text);
    CHECK_FALSE(json_of_python(text).has_value());
  }
}

TEST_CASE("hostile nesting is refused, and any result is JSON") {
  CHECK_FALSE(json_of_python(std::string(100000, '[')).has_value());
  CHECK_FALSE(json_of_python(std::string(100000, '<')).has_value());
  CHECK(json_of_python(std::string(90, '[') + std::string(90, ']')).has_value());
  const std::string sample =
      R"({'a': [1.5, None, 'x\'\u00e9'], "b": <E.A: 'a'>, 'c': d(2026, e=(1,)), 3: {'s'}})";
  for (size_t cut = 0; cut <= sample.size(); ++cut) {
    const auto json = json_of_python(sample.substr(0, cut));
    if (json) CHECK(is_json(*json));
  }
  CHECK(json_of_python(sample).has_value());
}

TEST_CASE("numpy prints a list of dicts without commas") {
  CHECK(json_of_python("[{'a': 1}\n {'a': 'b'}]") == R"([{"a": 1}, {"a": "b"}])");
  CHECK_FALSE(json_of_python("[1 2]").has_value());
  CHECK_FALSE(json_of_python("({'a': 1} {'a': 2})").has_value());
}
