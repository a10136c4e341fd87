#include <string>

#include <catch2/catch_test_macros.hpp>

#include "core/search/python_json.h"
#include "core/search/python_literal.h"

using namespace assay::search;

namespace {

std::string dumped(std::string_view json, NumberForm form = NumberForm::AsWritten) {
  std::string out;
  append_python_json(out, json, form);
  return out;
}

}  // namespace

TEST_CASE("JSON is rewritten as json.dumps writes it") {
  CHECK(dumped("{\"a\":1,\n  \"b\" : [true,null , \"x\"]}") ==
        "{\"a\": 1, \"b\": [true, null, \"x\"]}");
  CHECK(dumped("\"良い👍\"") == "\"\\u826f\\u3044\\ud83d\\udc4d\"");
  CHECK(dumped("\"\\u0041\\/\\u00E9\\ud83d\\uDC4D\\u000a\"") == "\"A/\\u00e9\\ud83d\\udc4d\\n\"");
  CHECK(dumped("\"a, b: c\"") == "\"a, b: c\"");
  CHECK(dumped("7") == "7");
  CHECK(dumped("7", NumberForm::OuterDouble) == "7.0");
  CHECK(dumped("[7, 0.50]", NumberForm::OuterDouble) == "[7, 0.50]");
  CHECK(dumped("[7, 1e16, -3]", NumberForm::AllDoubles) == "[7.0, 1e+16, -3.0]");
  CHECK(dumped("9007199254740993", NumberForm::AllDoubles) == "9007199254740992.0");
  CHECK(dumped("NaN", NumberForm::AllDoubles) == "NaN");
  CHECK(dumped("-Infinity", NumberForm::AllDoubles) == "-Infinity");
  CHECK(dumped("\"\\") == "\"\\\"");  // cut short, yet safe
  CHECK(dumped("\"\\u12") == "\"12\"");
}

TEST_CASE("json.dumps' own text is recognised") {
  CHECK(is_python_json("{\"a\": 1}"));
  CHECK_FALSE(is_python_json("{\"a\":1}"));
  CHECK_FALSE(is_python_json("{\"a\": \"é\"}"));
  CHECK_FALSE(is_python_json("{\n  \"a\": 1\n}"));
  CHECK(is_python_json("{}"));
}

TEST_CASE("strings are shown as Python's repr shows them") {
  CHECK(python_string_repr("it") == "'it'");
  CHECK(python_string_repr("it's") == "\"it's\"");
  CHECK(python_string_repr("a'b\"c") == "'a\\'b\"c'");
  CHECK(python_string_repr("a\n\\\x07é\xC2\xA0") == "'a\\n\\\\\\x07é\\xa0'");
}

TEST_CASE("lists of literals are read as ast.literal_eval does") {
  using Kind = PythonList::Kind;
  CHECK(parse_python_list("('a', r'\\n', u\"b\")").strings ==
        std::vector<std::string>{"a", "\\n", "b"});
  CHECK(parse_python_list("(('a','b'))").strings == std::vector<std::string>{"a", "b"});
  CHECK(parse_python_list("(['a'])").kind == Kind::Mixed);
  CHECK(parse_python_list("('a', 5, None, 1.50)").repr == "('a', 5, None, 1.5)");
  CHECK(parse_python_list("()").kind == Kind::Empty);
  CHECK(parse_python_list("('a' b)").kind == Kind::IllFormed);
  CHECK(parse_python_list("(a)").kind == Kind::NotLiteral);
  CHECK(parse_python_list("('a\n')").kind == Kind::IllFormed);
  CHECK(parse_python_list("('''a\n''')").strings == std::vector<std::string>{"a\n"});
  CHECK(parse_python_list(std::string(100000, '(')).kind == Kind::IllFormed);
}
