// Every scorer that asks a model, from a trace to its prompt and from a reply to its value.
#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/json/doc.h"
#include "core/judge/judge_events.h"
#include "core/judge/prompt.h"
#include "core/judge/reply.h"
#include "core/judge/verdict_index.h"
#include "tests/unit/judge/run_harness.h"
#include "tests/unit/judge/trace_builder.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

namespace {

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(ASSAY_SOURCE_DIR) + "/tests/unit/judge/expected/" + name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  INFO(path);
  REQUIRE(file.good());
  std::stringstream expected;
  expected << file.rdbuf();
  CHECK(text == expected.str());
}

store::Assessment expectation(std::string name, std::string value_json) {
  store::Assessment a;
  a.assessment_id = "a-" + name;
  a.name = std::move(name);
  a.kind = store::AssessmentKind::Expectation;
  a.source_type = store::SourceType::Human;
  a.value_json = std::move(value_json);
  return a;
}

// A support agent: root, retriever with two documents, a model that was offered tools, two tool calls.
store::TraceRow add_agent_trace(store::Dataset& dataset, std::string_view trace_id,
                                std::string_view session = {}, int64_t time_ns = 0) {
  store::TraceFields trace;
  trace.trace_id = trace_id;
  trace.request_time_ns = time_ns;
  if (!session.empty()) trace.session = dataset.names().intern(session);
  const SpanSpec specs[] = {
      {"AGENT", -1, R"({"messages":[{"role":"user","content":"What is the weather in Paris?"}]})",
       R"("It is 21 degrees in Paris.")", false},
      {"RETRIEVER", 0, R"({"query":"Paris"})", std::string(kDocuments), false},
      {"CHAT_MODEL", 0,
       R"({"tools":[{"type":"function","function":{"name":"get_weather"}}],"messages":[]})",
       R"("…")", false},
      {"TOOL", 0, R"({"city":"Paris"})", R"({"degrees":21})", false},
  };
  const char* names[] = {"agent", "search", "model", "get_weather"};
  std::vector<store::SpanFields> spans;
  for (size_t i = 0; i < 4; ++i) {
    store::SpanFields span;
    span.span_id = i + 1;
    span.parent_index = specs[i].parent < 0 ? store::kNoRow : 0;
    span.type = dataset.names().intern(specs[i].type);
    span.name = dataset.names().intern(names[i]);
    span.inputs = put_text(dataset, specs[i].inputs);
    span.outputs = put_text(dataset, specs[i].outputs);
    span.start_ns = static_cast<int64_t>(i) * 1'000'000;
    span.end_ns = span.start_ns + 5'000'000;
    spans.push_back(span);
  }
  return dataset.add_trace(trace, spans, {}, {}, {});
}

ScorerSpec spec_of(ScorerKind kind) {
  ScorerSpec scorer;
  scorer.kind = kind;
  scorer.name = default_scorer_name(kind);
  if (takes_guidelines(kind)) scorer.guidelines = {"The assistant is courteous."};
  if (kind == ScorerKind::Instructions) {
    scorer.text = "Does {{ outputs }} answer {{ inputs }} in the tone that {{ expectations }} ask for?";
    scorer.answer = {AnswerType::Category, {"warm", "neutral", "cold"}};
  }
  return scorer;
}

std::vector<store::Assessment> expectations_for(ScorerKind kind) {
  std::vector<store::Assessment> all;
  if (kind == ScorerKind::ExpectationsGuidelines)
    all.push_back(expectation("guidelines", R"(["Names the city","Gives a number"])"));
  else if (kind == ScorerKind::RetrievalSufficiency)
    all.push_back(expectation("expected_facts", R"(["It is 21 degrees","The city is Paris"])"));
  else
    all.push_back(expectation("expected_response", R"("21 degrees")"));
  if (kind == ScorerKind::ToolCallCorrectness)
    all.push_back(expectation("expected_tool_calls",
                              R"([{"name":"get_weather","arguments":{"city":"Paris"}}])"));
  return all;
}

HttpReply chat_reply(std::string_view content) {
  return reply_with(200, "{\"choices\":[{\"message\":{\"content\":" + json::quoted(content) + "}}]}");
}

}  // namespace

TEST_CASE("The prompt of every scorer that asks a model stands in full in the expected files") {
  for (size_t i = 0; i < static_cast<size_t>(ScorerKind::kCount); ++i) {
    const auto kind = static_cast<ScorerKind>(i);
    if (!asks_model(kind)) continue;
    const ScorerSpec scorer = spec_of(kind);
    INFO(scorer.name);
    REQUIRE(validate_scorers({scorer}).ok());
    store::Dataset dataset;
    const store::TraceRow row = add_agent_trace(dataset, "tr-1", "s-1");
    dataset.set_assessments(row, expectations_for(kind));
    std::string span;
    if (level_of(scorer) == ScorerLevel::Retriever) span = "0000000000000002";
    if (level_of(scorer) == ScorerLevel::Chunk) span = "0000000000000002#1";
    const TraceInput input = read_trace_input(dataset, row, scorer, span);
    REQUIRE(input.skip == SkipReason::None);
    CHECK(input.error.empty());
    check_golden("builtin/" + scorer.name + ".txt", printed_prompt(render_prompt(scorer, input)));
  }
}

TEST_CASE("A scorer whose field the trace does not have is skipped for that reason") {
  const struct {
    ScorerKind kind;
    SkipReason reason;
  } cases[] = {
      {ScorerKind::Correctness, SkipReason::NoExpectedAnswer},
      {ScorerKind::Equivalence, SkipReason::NoExpectedResponse},
      {ScorerKind::ExpectationsGuidelines, SkipReason::NoExpectedGuidelines},
      {ScorerKind::RetrievalRelevance, SkipReason::NoRetrieverSpan},
      {ScorerKind::RetrievalSufficiency, SkipReason::NoExpectedAnswer},
      {ScorerKind::UserFrustration, SkipReason::NoSession},
      {ScorerKind::ConversationalGuidelines, SkipReason::NoSession},
      {ScorerKind::Instructions, SkipReason::NoExpectations},
  };
  store::Dataset dataset;
  const store::TraceRow row =
      add_trace(dataset, "tr-1", {{"AGENT", -1, R"("hi")", R"("hello")", false}});
  for (const auto& c : cases) {
    INFO(scorer_kind_name(c.kind));
    CHECK(read_trace_input(dataset, row, spec_of(c.kind), "").skip == c.reason);
    CHECK(parse_skip_reason(skip_reason_name(c.reason)) == c.reason);
    CHECK_FALSE(skip_reason_text(c.reason).empty());
  }
  // Only what a scorer reads is asked for.
  const store::TraceRow silent =
      add_trace(dataset, "tr-2", {{"AGENT", -1, "", R"("hello")", false}});
  CHECK(read_trace_input(dataset, silent, spec_of(ScorerKind::Safety), "").skip ==
        SkipReason::None);
  CHECK(read_trace_input(dataset, silent, spec_of(ScorerKind::Completeness), "").skip ==
        SkipReason::NoInputs);
}

TEST_CASE("Both ways of expecting an answer are an error, as MLflow has it") {
  store::Dataset dataset;
  const store::TraceRow row = add_agent_trace(dataset, "tr-1");
  dataset.set_assessments(row, {expectation("expected_response", R"("21")"),
                                expectation("expected_facts", R"(["21"])")});
  CHECK_FALSE(read_trace_input(dataset, row, spec_of(ScorerKind::Correctness), "").error.empty());
}

TEST_CASE("Of two expectations of a name the later counts") {
  store::Dataset dataset;
  const store::TraceRow row = add_agent_trace(dataset, "tr-1");
  dataset.set_assessments(row, {expectation("expected_response", R"("20")"),
                                expectation("expected_response", R"("21")")});
  CHECK(read_trace_input(dataset, row, spec_of(ScorerKind::Correctness), "").expected_response ==
        "21");
}

TEST_CASE("The plan has an item for each trace, retriever, chunk and session") {
  store::Dataset dataset;
  add_agent_trace(dataset, "tr-late", "s-1", 3'000);
  add_agent_trace(dataset, "tr-early", "s-1", 1'000);
  add_agent_trace(dataset, "tr-lone", "", 2'000);
  const std::vector<ScorerSpec> scorers = {
      spec_of(ScorerKind::Safety), spec_of(ScorerKind::RetrievalGroundedness),
      spec_of(ScorerKind::RetrievalRelevance), spec_of(ScorerKind::UserFrustration)};
  const auto items = plan_items(dataset, {"tr-late", "tr-early", "tr-lone"}, scorers);
  std::string printed;
  for (const PlanItem& item : items) {
    printed += std::to_string(item.trace) + " " + std::to_string(item.scorer) + " " +
               (item.span_id.empty() ? "-" : item.span_id.substr(15)) + "\n";
  }
  CHECK(printed ==
        "0 0 -\n0 1 2\n0 2 2#0\n0 2 2#1\n"
        "1 0 -\n1 1 2\n1 2 2#0\n1 2 2#1\n1 3 -\n"
        "2 0 -\n2 1 2\n2 2 2#0\n2 2 2#1\n2 3 -\n");
}

TEST_CASE("A session's verdict stands on its earliest trace, also when only a later one was chosen") {
  store::Dataset dataset;
  add_agent_trace(dataset, "tr-late", "s-1", 3'000);
  add_agent_trace(dataset, "tr-early", "s-1", 1'000);
  JudgePlan plan;
  plan.run_id = "run-1";
  plan.trace_ids = {"tr-late"};
  plan.scorers = {spec_of(ScorerKind::Safety), spec_of(ScorerKind::KnowledgeRetention)};
  add_session_starts(dataset, plan);
  REQUIRE(plan.session_starts == 1);
  CHECK(plan.trace_ids[1] == "tr-early");
  const auto items = plan_items(dataset, plan.trace_ids, plan.scorers, plan.session_starts);
  REQUIRE(items.size() == 2);  // safety of the chosen one, and the session
  CHECK(items[0].trace == 0);
  CHECK(items[1].trace == 1);
  CHECK(items[1].scorer == 1);
  const auto again = decode_run_create(encode_run_create(plan, 1));
  REQUIRE(again.ok());
  CHECK(again.value().plan.session_starts == 1);

  const TraceInput input =
      read_trace_input(dataset, *dataset.find_trace("tr-early"), plan.scorers[1], "");
  REQUIRE(input.turns.size() == 2);
  CHECK(input.turns[0].user == "What is the weather in Paris?");
  REQUIRE(input.turns[0].tools.size() == 1);
  CHECK(input.turns[0].tools[0].name == "get_weather");
  plan.items = items;
  VerdictRecord record;
  record.item = 1;
  record.session = "s-1";
  record.verdict.value_json = "\"yes\"";
  const std::string json_text = assessment_json(plan, record, 1);
  CHECK(json_text.find(R"("mlflow.trace.session":"s-1")") != std::string::npos);
  CHECK(json_text.find(R"("trace_id":"tr-early")") != std::string::npos);
}

TEST_CASE("Chunks are judged one by one, and the span gets their precision") {
  store::Dataset dataset;
  add_agent_trace(dataset, "tr-1");
  JudgePlan plan = make_plan(0, 0);
  plan.trace_ids = {"tr-1"};
  plan.scorers = {spec_of(ScorerKind::RetrievalRelevance)};
  plan.items = plan_items(dataset, plan.trace_ids, plan.scorers);
  REQUIRE(plan.items.size() == 2);
  DatasetPrompts prompts(dataset);
  Host host;
  JudgeRun run(plan, {}, 1, prompts, nullptr, kStart);
  host.pump(run);
  REQUIRE(host.in_flight.size() == 2);
  host.answer(run, verdict_reply("yes"));
  CHECK(host.last(kRunVerdict).payload_json.find("/precision") == std::string::npos);
  host.answer(run, verdict_reply("no"));
  CHECK(run.state() == RunState::Finished);
  const std::string precision = [&] {
    for (const JudgeEvent& event : host.journal) {
      if (event.payload_json.find("retrieval_relevance/precision") != std::string::npos)
        return event.payload_json;
    }
    return std::string();
  }();
  CHECK(precision.find(R"("value":0.5)") != std::string::npos);
  CHECK(precision.find(R"("source_type":"CODE")") != std::string::npos);
  CHECK(precision.find(R"("span_id":"0000000000000002")") != std::string::npos);
  const std::string all = [&] {
    std::string text;
    for (const JudgeEvent& event : host.journal) text += event.payload_json;
    return text;
  }();
  CHECK(all.find(R"("chunk_index":"0")") != std::string::npos);
  CHECK(all.find(R"("chunk_index":"1")") != std::string::npos);

  JudgeRun again = JudgeRun::restore(plan, {}, 1, prompts, nullptr, host.journal);
  CHECK(again.state() == RunState::Finished);
  CHECK(again.progress(kStart).scored == 2);
}

TEST_CASE("Answers are read in the form that the scorer asks for, and nothing else is one") {
  const AnswerForm categories{AnswerType::Category, {"none", "resolved", "unresolved"}};
  const struct {
    AnswerForm form;
    std::string content, value_json;  // "" = no answer
  } cases[] = {
      {{}, R"({"rationale":"r","result":"yes"})", "\"yes\""},
      {{}, R"({"rationale":"r","result":true})", "\"yes\""},
      {{}, R"({"rationale":"r","result":"maybe"})", ""},
      {{AnswerType::Boolean, {}}, R"({"rationale":"r","result":false})", "false"},
      {{AnswerType::Boolean, {}}, R"({"rationale":"r","result":"Yes"})", "true"},
      {{AnswerType::Boolean, {}}, R"({"rationale":"r","result":7})", ""},
      {{AnswerType::Integer, {}}, R"({"rationale":"r","result":4})", "4"},
      {{AnswerType::Integer, {}}, R"({"rationale":"r","result":"4"})", "4"},
      {{AnswerType::Integer, {}}, R"({"rationale":"r","result":4.5})", ""},
      {{AnswerType::Number, {}}, R"({"rationale":"r","result":0.25})", "0.25"},
      {{AnswerType::Number, {}}, R"({"rationale":"r","result":"NaN"})", ""},
      {categories, R"({"rationale":"r","result":"Resolved"})", "\"resolved\""},
      {categories, "```json\n{\"rationale\": \"r\", \"result\": \"none\"}\n```", "\"none\""},
      {categories, R"({"rationale":"r","result":"angry"})", ""},
      {categories, "The user is happy.", ""},
      {{AnswerType::Text, {}}, R"({"rationale":"r","result":"two \"words\""})", R"("two \"words\"")"},
      {{AnswerType::Text, {}}, "just prose", ""},
      {{AnswerType::TextList, {}}, R"({"rationale":"r","result":["a","b"]})", R"(["a","b"])"},
      {{AnswerType::TextList, {}}, R"({"rationale":"r","result":[]})", "[]"},
      {{AnswerType::TextList, {}}, R"({"rationale":"r","result":[1]})", ""},
      {{AnswerType::TextList, {}}, R"({"rationale":"r","result":"a"})", ""},
      {{AnswerType::NumberList, {}}, R"({"rationale":"r","result":[0.5, 2]})", "[0.5,2]"},
      {{AnswerType::NumberList, {}}, R"({"rationale":"r","result":["a"]})", ""},
      {{AnswerType::IntegerList, {}}, R"({"rationale":"r","result":[1.5]})", ""},
      {{AnswerType::BooleanList, {}}, R"({"rationale":"r","result":[true, false]})", "[true,false]"},
      {{AnswerType::IntegerMap, {}}, R"({"rationale":"r","result":{"tone": 4, "result": 2}})", R"({"tone":4,"result":2})"},
      {{AnswerType::IntegerMap, {}}, R"({"result":{},"rationale":"r"})", "{}"},
      {{AnswerType::IntegerMap, {}}, R"({"rationale":"r","result":{"tone": "four"}})", ""},
      {{AnswerType::IntegerMap, {}}, R"({"tone": 4})", ""},
      {{AnswerType::NumberMap, {}}, "```json\n{\"rationale\":\"r\",\"result\":{\"tone\": 0.5}}\n```", R"({"tone":0.5})"},
      {{AnswerType::TextMap, {}}, R"({"rationale":"r","result":{"tone": "warm"}})", R"({"tone":"warm"})"},
      {{AnswerType::TextMap, {}}, R"({"rationale":"r","result":[1]})", ""},
      // Two objects that disagree are no answer.
      {categories, R"({"rationale":"r","result":"none"} {"rationale":"r","result":"resolved"})", ""},
  };
  for (const auto& c : cases) {
    INFO(c.content);
    const Judgement judgement = read_reply(chat_reply(c.content), "h", "m", 0, c.form);
    const Verdict* verdict = std::get_if<Verdict>(&judgement);
    CHECK((verdict != nullptr) == !c.value_json.empty());
    if (verdict != nullptr) CHECK(verdict->value_json == c.value_json);
    if (verdict == nullptr)
      CHECK(std::get<JudgeFailure>(judgement).message.find("Reply:") != std::string::npos);
  }
}

TEST_CASE("Templates: which variables there are, and which go together") {
  CHECK(template_variables("{{ inputs }} and {{outputs}}").value() == (kVarInputs | kVarOutputs));
  CHECK(template_variables("{{ conversation }} {{ expectations }}").ok());
  CHECK_FALSE(template_variables("{{ conversation }} {{ inputs }}").ok());
  CHECK_FALSE(template_variables("nothing").ok());
  CHECK_FALSE(template_variables("{{ answer }}").ok());
  CHECK_FALSE(template_variables("{{ inputs").ok());
  ScorerSpec scorer = spec_of(ScorerKind::Instructions);
  scorer.text = "Is the user content? {{ conversation }}";
  CHECK(level_of(scorer) == ScorerLevel::Session);
  scorer.answer.categories = {"a", "A"};
  CHECK_FALSE(validate_scorers({scorer}).ok());
}

TEST_CASE("A scorer's file form is the same after reading, and that of earlier kinds has not changed") {
  for (size_t i = 0; i < static_cast<size_t>(ScorerKind::kCount); ++i) {
    const auto kind = static_cast<ScorerKind>(i);
    ScorerSpec scorer = spec_of(kind);
    if (kind == ScorerKind::Script) scorer.text = "return true";
    for (const ParamInfo& info : scorer_params(kind))
      set_param(scorer, info.key, info.type == ParamType::Number ? "3" : "x");
    INFO(encode_scorer(scorer));
    const auto again = decode_scorers("[" + encode_scorer(scorer) + "]");
    REQUIRE(again.ok());
    CHECK(again.value()[0] == scorer);
    CHECK(parse_scorer_kind(scorer_kind_name(kind)) == kind);
  }
  CHECK(encode_scorer({"g", ScorerKind::Guidelines, {"Be kind"}, 1}) ==
        R"({"name":"g","kind":"Guidelines","guidelines":["Be kind"],"version":1})");
}
