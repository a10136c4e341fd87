#include <catch2/catch_test_macros.hpp>

#include <string>

#include "core/judge/python_text.h"
#include "core/judge/trace_input.h"

using namespace assay;
using namespace assay::judge;

TEST_CASE("JSON values read as Python's repr writes them") {
  struct Case {
    const char *json, *python;
  };
  // The right column is what CPython 3.11 prints for repr(json.loads(left)).
  const Case cases[] = {
      {R"({"a": 1, "b": [true, false, null]})", "{'a': 1, 'b': [True, False, None]}"},
      {R"({})", "{}"},
      {R"([])", "[]"},
      {R"({"q": "it's"})", "{'q': \"it's\"}"},
      {R"(["say \"hi\""])", "['say \"hi\"']"},
      {R"(["it's \"both\""])", "['it\\'s \"both\"']"},
      {R"(["line\nbreak\ttab\rcr \\ back"])", "['line\\nbreak\\ttab\\rcr \\\\ back']"},
      {"[\"\\u0000\\u001f\\u007f\\u00a0\\u00ad\"]", "['\\x00\\x1f\\x7f\\xa0\\xad']"},
      {"[\"\\u200b\\u2028\\ufeff\"]", "['\\u200b\\u2028\\ufeff']"},
      {"[\"caf\xC3\xA9 \xF0\x9F\x98\x80 \xE6\x97\xA5\"]",
       "['caf\xC3\xA9 \xF0\x9F\x98\x80 \xE6\x97\xA5']"},
      {"[0.1, 1.0, 1e3, 1e16, 1e22, -0.0, 1.5e-7]",
       "[0.1, 1.0, 1000.0, 1e+16, 1e+22, -0.0, 1.5e-07]"},
      {"[12345678901234567890123, -5, 0, -0]", "[12345678901234567890123, -5, 0, 0]"},
      {"[NaN, Infinity, -Infinity]", "[nan, inf, -inf]"},
      {"{\"a\":{\"b\":{\"c\":\"d\"}}}", "{'a': {'b': {'c': 'd'}}}"},
      {"\"text\"", "'text'"},
  };
  for (const Case& c : cases) {
    INFO(c.json);
    CHECK(python_repr_of_json(c.json) == c.python);
  }
}

TEST_CASE("Text that is no JSON comes back as it is") {
  for (const char* text : {"hello world", "{\"a\": ", "{} trailing", ""}) {
    CHECK(python_repr_of_json(text) == text);
  }
}

TEST_CASE("Spaced JSON keeps text readable and numbers as they stand") {
  std::string out;
  json::Reader reader("{\"a\":[1,2.50,\"\\u00e9\"],\"b\":null}");
  REQUIRE(append_spaced_json(out, reader));
  CHECK(out == "{\"a\": [1, 2.50, \"\xC3\xA9\"], \"b\": null}");
}
