#include <catch2/catch_test_macros.hpp>

#include "core/score/checks.h"

using namespace assay;
using namespace assay::score;
using namespace assay::judge;

namespace {

ScorerSpec scorer(ScorerKind kind,
                  std::initializer_list<std::pair<const char*, const char*>> params = {}) {
  ScorerSpec spec;
  spec.kind = kind;
  spec.name = default_scorer_name(kind);
  for (const auto& [key, value] : params) set_param(spec, key, value);
  return spec;
}

std::string value_of(const CheckResult& result) {
  if (result.skip != SkipReason::None) return "skip " + std::string(skip_reason_name(result.skip));
  if (const auto* failure = std::get_if<JudgeFailure>(&result.judgement))
    return "error " + failure->message;
  return std::get<Verdict>(result.judgement).value_json;
}

std::string run(const ScorerSpec& spec, const TraceInput& input, const Measures& measures = {}) {
  return value_of(run_check(spec, input, measures));
}

TraceInput said(std::string response, std::string expected = {}) {
  TraceInput input;
  input.request = "How much?";
  input.response = std::move(response);
  input.expected_response = std::move(expected);
  return input;
}

ToolCall call(std::string name, std::string arguments = "{}", bool failed = false) {
  ToolCall made;
  made.name = std::move(name);
  made.arguments_json = std::move(arguments);
  made.failed = failed;
  if (failed) made.error = "timeout";
  return made;
}

TraceInput did(std::vector<ToolCall> calls, std::string response = "Done.") {
  TraceInput input = said(std::move(response));
  input.tools = std::move(calls);
  return input;
}

}  // namespace

TEST_CASE("Checks of texts") {
  CHECK(run(scorer(ScorerKind::ResponseLength, {{"max_length", "5"}}), said("天气很好")) == "\"yes\"");
  CHECK(run(scorer(ScorerKind::ResponseLength, {{"min_length", "3"}, {"unit", "words"}}),
            said("two words")) == "\"no\"");
  CHECK(run(scorer(ScorerKind::ResponseLength), said("abc")) == "3");
  CHECK(run(scorer(ScorerKind::ExactMatch), said(" 42 ", "42")) == "true");
  CHECK(run(scorer(ScorerKind::ExactMatch, {{"expected", "Yes"}}), said("yes", "no")) == "false");
  CHECK(run(scorer(ScorerKind::ExactMatch, {{"expected", "Yes"}, {"ignore_case", "true"}}),
            said("yes")) == "true");
  CHECK(run(scorer(ScorerKind::Contains, {{"phrases", "refund\n30 days"}}),
            said("A Refund within 30 days")) == "true");
  CHECK(run(scorer(ScorerKind::Contains, {{"phrases", "refund\nvoucher"}}), said("refund")) ==
        "false");
  CHECK(run(scorer(ScorerKind::Contains, {{"phrases", "refund\nvoucher"}, {"which", "any"}}),
            said("refund")) == "true");
  CHECK(run(scorer(ScorerKind::Contains, {{"phrases", "guarantee"}, {"negate", "true"}}),
            said("we guarantee")) == "false");
  CHECK(run(scorer(ScorerKind::RegexMatch, {{"pattern", "\\d+ EUR"}}), said("40 EUR")) == "true");
  CHECK(run(scorer(ScorerKind::RegexMatch, {{"pattern", "("}}), said("x")).substr(0, 5) == "error");
  CHECK(run(scorer(ScorerKind::RegexMatch, {{"pattern", "^How"}, {"of", "inputs"}}), said("x")) ==
        "true");
  CHECK(run(scorer(ScorerKind::JsonValid), said("{\"a\":1}")) == "true");
  CHECK(run(scorer(ScorerKind::JsonValid), said("{'a':1}")) == "false");
  CHECK(run(scorer(ScorerKind::JsonSchema, {{"schema", R"({"required":["a"]})"}}),
            said("```json\n{\"a\":1}\n```")) == "true");
  CHECK(run(scorer(ScorerKind::NumericTolerance, {{"tolerance", "0.5"}}),
            said("It costs 1,240.4 EUR", "1240")) == "true");
  CHECK(run(scorer(ScorerKind::NumericTolerance, {{"tolerance", "0.01"}, {"relative", "true"}}),
            said("102", "100")) == "false");
  CHECK(run(scorer(ScorerKind::NumericTolerance), said("from 3 to 4", "3")) == "false");
  CHECK(run(scorer(ScorerKind::NumericTolerance), said("3", "no number")).substr(0, 5) == "error");
  CHECK(run(scorer(ScorerKind::EditDistance, {{"at_least", "0.5"}}), said("kitten", "sitting")) ==
        "true");
  CHECK(run(scorer(ScorerKind::RougeL), said("a b c", "a b c")) == "1.0");
}

TEST_CASE("Checks of what a trace took") {
  Measures measures;
  measures.duration_ms = 1200;
  measures.total_tokens = 900;
  CHECK(run(scorer(ScorerKind::Latency), said("x"), measures) == "1200.0");
  CHECK(run(scorer(ScorerKind::Latency, {{"at_most_ms", "1000"}}), said("x"), measures) == "false");
  CHECK(run(scorer(ScorerKind::TokenCount, {{"at_most", "1000"}}), said("x"), measures) == "true");
  CHECK(run(scorer(ScorerKind::Cost), said("x"), measures) == "skip no_measure");
  CHECK(run(scorer(ScorerKind::Budget, {{"max_tool_calls", "1"}, {"max_ms", "5000"}}),
            did({call("a"), call("b")}), measures) == "false");
  CHECK(run(scorer(ScorerKind::Budget, {{"max_tool_calls", "2"}}), did({call("a"), call("b")}),
            measures) == "true");
  CHECK(run(scorer(ScorerKind::Budget, {{"max_usd", "1"}}), did({}), measures) ==
        "skip no_measure");
  CHECK(run(scorer(ScorerKind::Budget), did({}), measures).substr(0, 5) == "error");
}

TEST_CASE("Checks of the tools that were called") {
  const auto search = call("search", R"({"q":"Mara","top":5})");
  CHECK(run(scorer(ScorerKind::ToolUsed, {{"tool", "search"}}), did({search})) == "true");
  CHECK(run(scorer(ScorerKind::ToolUsed, {{"tool", "delete"}, {"negate", "true"}}), did({search})) ==
        "true");
  CHECK(run(scorer(ScorerKind::ToolArguments,
                   {{"tool", "search"}, {"arguments", R"({"q":"Mara"})"}}),
            did({search})) == "true");
  CHECK(run(scorer(ScorerKind::ToolArguments,
                   {{"tool", "search"}, {"match", "exact"}, {"arguments", R"({"q":"Mara"})"}}),
            did({search})) == "false");
  CHECK(run(scorer(ScorerKind::ToolArguments,
                   {{"tool", "search"}, {"match", "exact"}, {"arguments", R"({"top":5,"q":"Mara"})"}}),
            did({search})) == "true");
  CHECK(run(scorer(ScorerKind::ToolArguments,
                   {{"tool", "search"}, {"match", "pattern"}, {"arguments", "\"q\":\"M\\w+\""}}),
            did({search})) == "true");
  CHECK(run(scorer(ScorerKind::ToolArguments,
                   {{"tool", "search"}, {"which", "all"}, {"arguments", R"({"q":"Mara"})"}}),
            did({search, call("search", R"({"q":"Bob"})")})) == "false");
  CHECK(run(scorer(ScorerKind::ToolOrder, {{"tools", "search\nsend"}}),
            did({search, call("read"), call("send")})) == "true");
  CHECK(run(scorer(ScorerKind::ToolOrder, {{"tools", "send\nsearch"}}),
            did({search, call("send")})) == "false");
  CHECK(run(scorer(ScorerKind::ToolOrder, {{"tools", "send\nsearch"}, {"match", "any_order"}}),
            did({search, call("send")})) == "true");
  CHECK(run(scorer(ScorerKind::ToolOrder, {{"tools", "search"}, {"match", "exact"}}),
            did({search, call("send")})) == "false");
}

TEST_CASE("Loops, and errors that the response hides") {
  const auto a = call("a", "{\"x\":1}"), b = call("b", "{\"y\":1}");
  CHECK(run(scorer(ScorerKind::ToolLoops), did({a, b, a})) == "true");
  CHECK(run(scorer(ScorerKind::ToolLoops), did({a, a, a})) == "false");
  std::vector<ToolCall> cycle;
  for (int i = 0; i < 4; ++i) {
    cycle.push_back(call("read", "{\"page\":" + std::to_string(i) + "}"));
    cycle.push_back(call("next", "{\"page\":" + std::to_string(i) + "}"));
  }
  CHECK(run(scorer(ScorerKind::ToolLoops), did(cycle)) == "false");
  CHECK(run(scorer(ScorerKind::ToolLoops, {{"same_cycle", "4"}}), did(cycle)) == "true");

  const auto failed = call("book", "{}", true);
  CHECK(run(scorer(ScorerKind::ErrorThenSuccess), did({failed}, "Your table is booked!")) ==
        "false");
  CHECK(run(scorer(ScorerKind::ErrorThenSuccess), did({failed}, "Sorry, I could not book it.")) ==
        "true");
  CHECK(run(scorer(ScorerKind::ErrorThenSuccess), did({failed, call("book")}, "Booked!")) ==
        "true");
}

TEST_CASE("Verdicts for which no model is needed") {
  ScorerSpec equivalence = scorer(ScorerKind::Equivalence);
  CHECK(std::get<Verdict>(*verdict_without_model(equivalence, said("0.30000000000000004", "0.3")))
            .value_json == "\"yes\"");
  CHECK(verdict_without_model(equivalence, said("Paris ", "Paris")).has_value());
  CHECK_FALSE(verdict_without_model(equivalence, said("Paris", "Rome")).has_value());
  ScorerSpec tools = scorer(ScorerKind::ToolCallCorrectness, {{"should_exact_match", "true"}});
  TraceInput input = did({call("a", "{\"x\":1}"), call("b")});
  input.expected_tools_json = R"([{"name":"b"},{"name":"a","arguments":{"x":1.0}}])";
  const auto value = [&] {
    return std::get<Verdict>(*verdict_without_model(tools, input)).value_json;
  };
  CHECK(value() == "\"yes\"");
  set_param(tools, "should_consider_ordering", "true");
  CHECK(value() == "\"no\"");
  input.tools.push_back(call("c"));
  set_param(tools, "should_consider_ordering", "false");
  CHECK(value() == "\"no\"");
}
