#include "core/convert/record_fields.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using namespace assay::convert;

namespace {

struct Parsed {
  explicit Parsed(std::string_view text) { REQUIRE(tree.parse(text)); }
  json::Node root() const { return tree.root(); }
  json::Tree tree;
};

}  // namespace

TEST_CASE("a list of names holds whole names only") {
  CHECK(names_contain(" id trace name ", "trace"));
  CHECK(names_contain(" id trace name ", "name"));
  CHECK_FALSE(names_contain(" id trace_id name ", "trace"));
  CHECK_FALSE(names_contain(" id trace_id name ", "nam"));
  CHECK(names_contain(" a_id id ", "id"));
  CHECK_FALSE(names_contain(" id ", ""));
}

TEST_CASE("parts of a row are joined: objects by members, what is empty changes nothing") {
  CHECK(merged_json(R"({"a":1,"m":{"s":1},"t":["x"],"o":{}})",
                    R"({"m":{"e":2},"t":[],"o":{"r":1},"a":null,"n":3})") ==
        R"({"a":1,"m":{"s":1,"e":2},"t":["x"],"o":{"r":1},"n":3})");
  CHECK(merged_json(R"({"a":1})", R"({"a":{"b":2}})") == R"({"a":{"b":2}})");
}

TEST_CASE("rows of tables get the values of their cells") {
  const Parsed row(R"({"trace_id":"1","n":"","j":"{\"a\": 1}","p":"{'a': None}","t":"[x"})");
  CHECK(is_table_row(row.root()));
  CHECK(tidy_row(row.root(), true) == R"({"traceId":"1","j":{"a": 1},"p":{"a": null},"t":"[x"})");
  const Parsed object(R"({"trace_id":"1","n":null})");
  CHECK_FALSE(is_table_row(object.root()));
  CHECK(tidy_row(object.root(), true) == R"({"traceId":"1","n":null})");
}

TEST_CASE("tokens are found under the names that systems give them") {
  const auto read = [](std::string_view text) {
    const Parsed usage(text);
    Tokens tokens;
    read_usage(usage.root(), tokens);
    return tokens;
  };
  const Tokens openai = read(
      R"({"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}})");
  CHECK(openai.input == 10);
  CHECK(openai.output == 4);
  CHECK(openai.total == 14);
  CHECK(openai.cache_read == 3);
  CHECK(openai.reasoning == 2);
  const Tokens anthropic = read(
      R"({"input_tokens":"5","output_tokens":6,"cache_read_input_tokens":7,"cache_creation_input_tokens":8})");
  CHECK(anthropic.input == 5);
  CHECK(anthropic.cache_read == 7);
  CHECK(anthropic.cache_creation == 8);
  CHECK_FALSE(read(R"({"prompt_tokens":"<number>","completion_tokens":-3})").known());
}

TEST_CASE("message lists of inputs come out in one form, and nothing beside them is lost") {
  const Parsed lang_chain(
      R"({"messages":[[{"lc":1,"id":["x","HumanMessage"],"kwargs":{"content":"Hi"}}]],"k":1})");
  CHECK(io_value(lang_chain.root()) == R"({"messages":[{"role":"user","content":"Hi"}],"k":1})");
  const Parsed generations(R"({"generations":[[{"text":"a"}]],"llm_output":{"x":2}})");
  CHECK(io_value(generations.root()) ==
        R"({"messages":[{"role":"assistant","content":"a"}],"llm_output":{"x":2}})");
  const Parsed choices(
      R"([{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a"}}])");
  CHECK(
      io_value(choices.root()) ==
      R"({"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a"}}]})");
  const Parsed plain(R"("text")");
  CHECK(io_value(plain.root()) == R"("text")");
  const Parsed encoded(R"("\"text\"")");
  CHECK(io_of_encoded(encoded.root()) == R"("text")");
}

TEST_CASE("usage that a parent repeats is taken away from it, rings included") {
  CanonicalTrace trace;
  for (const auto& [id, parent] :
       {std::pair{"1", ""}, {"2", "1"}, {"3", "2"}, {"4", "5"}, {"5", "4"}}) {
    CanonicalSpan span;
    span.id = id;
    span.parent_id = parent;
    span.tokens.input = 5;
    trace.spans.push_back(span);
  }
  keep_innermost_usage(trace);
  CHECK_FALSE(trace.spans[0].tokens.known());
  CHECK_FALSE(trace.spans[1].tokens.known());
  CHECK(trace.spans[2].tokens.input == 5);
}

TEST_CASE("scalars of scores keep their digits and become truth values") {
  const Parsed values(R"([0.50, "0.50", "True", false, "good", null, "1e5x"])");
  std::vector<std::string> found;
  for (json::Node each = values.root().first(); each; each = each.next())
    found.push_back(scalar_value(each));
  CHECK(found ==
        std::vector<std::string>{"0.50", "0.50", "true", "false", "\"good\"", "", "\"1e5x\""});
}
