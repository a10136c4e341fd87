#include "core/annot/draft.h"

#include <catch2/catch_test_macros.hpp>

#include <string>

#include "tests/unit/annot/fixture.h"

namespace assay::annot {
namespace {

using store::Assessment;
using store::AssessmentKind;

const Stamp kStamp{"ann@example.com", 1795500000123, "a-0123"};

Tree payload_of(const journal::NewEvent& event) { return tree_of(event.payload_json); }

TEST_CASE("names are checked against MLflow's limits") {
  CHECK(check_name("tone").ok());
  CHECK(check_name(std::string(250, 'x')).ok());
  CHECK_FALSE(check_name(std::string(251, 'x')).ok());
  std::string wide;
  for (int i = 0; i < 250; ++i)
    wide += "✓";
  CHECK(check_name(wide).ok());
  CHECK_FALSE(check_name(wide + "x").ok());
  CHECK_FALSE(check_name("").ok());
  CHECK_FALSE(check_name(" \t ").ok());
}

TEST_CASE("values are read by their type") {
  const auto value = [](ValueType type, const char* text,
                        AssessmentKind kind = AssessmentKind::Feedback) {
    const auto result = parse_value(type, text, kind);
    return result.ok() ? result.value() : "error: " + result.error().what;
  };
  CHECK(value(ValueType::Boolean, "true") == "true");
  CHECK(value(ValueType::Boolean, " No ") == "false");
  CHECK(value(ValueType::Boolean, "maybe").substr(0, 6) == "error:");
  CHECK(value(ValueType::Number, "5") == "5.0");
  CHECK(value(ValueType::Number, " -0.25 ") == "-0.25");
  CHECK(value(ValueType::Number, "1e3") == "1000.0");
  CHECK(value(ValueType::Number, "9007199254740993") ==
        "9007199254740992.0");  // as MLflow's doubles
  CHECK(value(ValueType::Number, "4,5").substr(0, 6) == "error:");
  CHECK(value(ValueType::Number, "NaN").substr(0, 6) == "error:");
  CHECK(value(ValueType::Number, "Infinity").substr(0, 6) == "error:");
  CHECK(value(ValueType::Number, "").substr(0, 6) == "error:");
  CHECK(value(ValueType::String, "say \"hi\"\n") == R"("say \"hi\"\n")");
  CHECK(value(ValueType::String, "") == "\"\"");
  CHECK(value(ValueType::String, "5") == "\"5\"");
  CHECK(value(ValueType::Json, "null") == "null");
  CHECK(value(ValueType::Json, "{\"a\": [1, \"2\", 3.5, -7e2]}") ==
        R"({"a":[1.0,"2",3.5,-700.0]})");
  CHECK(value(ValueType::Json, "[1, 2]", AssessmentKind::Expectation) == "[1,2]");
  CHECK(value(ValueType::Json, "3", AssessmentKind::Expectation) == "3.0");
  CHECK(value(ValueType::Json, "[1, 2").substr(0, 6) == "error:");
  CHECK(value(ValueType::Json, "{\"a\": NaN}").substr(0, 6) == "error:");
  CHECK(value(ValueType::Json, "\xEF\xBB\xBF[1]") == "[1.0]");
}

TEST_CASE("a value goes back into the editor") {
  using Shown = std::pair<ValueType, std::string>;
  CHECK(value_for_editing("true") == Shown{ValueType::Boolean, "true"});
  CHECK(value_for_editing("5.0") == Shown{ValueType::Number, "5"});
  CHECK(value_for_editing("0.5") == Shown{ValueType::Number, "0.5"});
  CHECK(value_for_editing(R"("a\nb")") == Shown{ValueType::String, "a\nb"});
  CHECK(value_for_editing("[1,2]") == Shown{ValueType::Json, "[1,2]"});
  CHECK(value_for_editing("null") == Shown{ValueType::Json, "null"});
  CHECK(value_for_editing("") == Shown{ValueType::String, ""});
}

TEST_CASE("a human's feedback has MLflow's form") {
  AssessmentDraft draft = feedback_draft("tr-1", "quality", "4", ValueType::Number);
  draft.span_id = "c68c3c7d2cd3a3a3";
  draft.rationale = "clear";
  draft.overrides = "a-old";
  const auto event = create_event(draft, kStamp);
  REQUIRE(event.ok());
  CHECK(event.value().kind == "assessment.create");
  CHECK(
      payload_of(event.value()) ==
      tree_of(
          R"({"trace_id":"tr-1","assessment":{"assessment_id":"a-0123","assessment_name":"quality",
          "trace_id":"tr-1","span_id":"c68c3c7d2cd3a3a3","source":{"source_type":"HUMAN",
          "source_id":"ann@example.com"},"create_time":"2026-11-24T06:00:00.123Z",
          "last_update_time":"2026-11-24T06:00:00.123Z","feedback":{"value":4.0},"rationale":"clear",
          "overrides":"a-old","valid":true}})"));
}

TEST_CASE("expectations carry scalars in value and everything else as JSON text") {
  AssessmentDraft draft = feedback_draft("tr-1", "facts", "[\"a\", 1]", ValueType::Json);
  draft.kind = AssessmentKind::Expectation;
  Tree a = payload_of(create_event(draft, kStamp).value()).at("assessment");
  CHECK(a.at("expectation") ==
        tree_of(
            R"({"serialized_value":{"serialization_format":"JSON_FORMAT","value":"[\"a\",1]"}})"));
  CHECK_FALSE(a.has("valid"));
  draft.value_type = ValueType::String;
  draft.value_text = "Dear Alice";
  a = payload_of(create_event(draft, kStamp).value()).at("assessment");
  CHECK(a.at("expectation") == tree_of(R"({"value":"Dear Alice"})"));
  draft.value_type = ValueType::Json;
  draft.value_text = " null ";  // MLflow would refuse the trace
  CHECK_FALSE(create_event(draft, kStamp).ok());
  draft.kind = AssessmentKind::Feedback;
  CHECK(create_event(draft, kStamp).ok());
}

TEST_CASE("an author without a name is the default one, a long name is cut") {
  const AssessmentDraft draft = feedback_draft("tr-1", "q", "x");
  Stamp stamp = kStamp;
  stamp.author = "";
  Tree a = payload_of(create_event(draft, stamp).value()).at("assessment");
  CHECK(a.at("source").at("source_id").scalar == "default");
  stamp.author = std::string(300, 'n');
  a = payload_of(create_event(draft, stamp).value()).at("assessment");
  CHECK(a.at("source").at("source_id").scalar.size() == 250);
}

TEST_CASE("drafts that cannot become an assessment are refused with a reason") {
  AssessmentDraft draft = feedback_draft("", "q", "x");
  CHECK_FALSE(create_event(draft, kStamp).ok());
  draft = feedback_draft("tr-1", "", "x");
  CHECK_FALSE(create_event(draft, kStamp).ok());
  draft = feedback_draft("tr-1", "q", "perhaps", ValueType::Boolean);
  CHECK_FALSE(create_event(draft, kStamp).ok());
  draft = feedback_draft("tr-1", "q", "x");
  draft.kind = AssessmentKind::Issue;
  CHECK_FALSE(create_event(draft, kStamp).ok());
}

TEST_CASE("an update holds only what was changed") {
  Assessment current;
  current.assessment_id = "a-1";
  current.name = "quality";
  current.value_json = "5";
  current.rationale = "r";
  AssessmentDraft draft = feedback_draft("tr-1", "quality", "5", ValueType::Number);
  draft.rationale = "r";
  CHECK_FALSE(update_event(current, draft).ok());  // nothing was changed
  draft.rationale = "";
  CHECK(update_event(current, draft).value().payload_json ==
        R"({"trace_id":"tr-1","assessment_id":"a-1","rationale":""})");
  draft.rationale = "r";
  draft.value_text = "6";
  CHECK(update_event(current, draft).value().payload_json ==
        R"({"trace_id":"tr-1","assessment_id":"a-1","feedback":{"value":6.0}})");
  draft.value_text = "5";
  draft.name = "tone";
  CHECK(update_event(current, draft).value().payload_json ==
        R"({"trace_id":"tr-1","assessment_id":"a-1","name":"tone"})");
  draft.kind = AssessmentKind::Expectation;
  CHECK_FALSE(update_event(current, draft).ok());
}

TEST_CASE("a value that is only escaped otherwise is no change") {
  Assessment current;
  current.assessment_id = "a-1";
  current.name = "quality";
  current.value_json = R"("caf\u00e9")";
  CHECK_FALSE(update_event(current, feedback_draft("tr-1", "quality", "café")).ok());
  current.value_json = R"({"a": [1, 2.0]})";
  CHECK_FALSE(
      update_event(current, feedback_draft("tr-1", "quality", R"({"a":[1.0,2]})", ValueType::Json))
          .ok());
}

TEST_CASE("a judge's verdict has its source, metadata and value") {
  JudgeFeedback verdict;
  verdict.trace_id = "tr-1";
  verdict.name = "safety";
  verdict.source_id = "openai:/gpt-4o-mini";
  verdict.value_json = "5";
  verdict.rationale = "fine";
  verdict.metadata = {{"mlflow.assessment.sourceRunId", "run1"}, {"k\"", "v\n"}};
  const Tree a = payload_of(judge_event(verdict, kStamp).value()).at("assessment");
  CHECK(a.at("source") ==
        tree_of(R"({"source_type":"LLM_JUDGE","source_id":"openai:/gpt-4o-mini"})"));
  CHECK(a.at("feedback") == tree_of(R"({"value":5.0})"));
  CHECK(a.at("metadata") == tree_of(R"({"mlflow.assessment.sourceRunId":"run1","k\"":"v\n"})"));
}

TEST_CASE("a judge's error is kept with a value of null and a shortened stack trace") {
  JudgeFeedback verdict;
  verdict.trace_id = "tr-1";
  verdict.name = "safety";
  verdict.source_type = store::SourceType::Code;
  CHECK_FALSE(judge_event(verdict, kStamp).ok());  // neither value nor error
  verdict.error_message = "boom";
  verdict.stack_trace = std::string(20'000, 'a') + "end";
  const Tree feedback =
      payload_of(judge_event(verdict, kStamp).value()).at("assessment").at("feedback");
  CHECK(feedback.at("value").is_null());
  CHECK(feedback.at("error").at("error_code").scalar == "ASSESSMENT_ERROR");
  const std::string trace = feedback.at("error").at("stack_trace").scalar;
  CHECK(trace.size() == 10'000);
  CHECK(trace.substr(0, 26) == "[Stack trace is truncated]");
  CHECK(trace.substr(trace.size() - 3) == "end");
}

TEST_CASE("numbers become doubles, tokens that JSON does not know become strings") {
  CHECK(with_double_numbers(R"([1, -2, 3.50, 1e2, "4", true, null, {"5": 6}])") ==
        R"([1.0, -2.0, 3.5, 100.0, "4", true, null, {"5": 6.0}])");
  CHECK(with_double_numbers("[NaN, -Infinity, Infinity]") == R"(["NaN", "-Infinity", "Infinity"])");
  CHECK(with_double_numbers(R"("a \" 1")") == R"("a \" 1")");
  CHECK(with_double_numbers("") == "");
}

}  // namespace
}  // namespace assay::annot

TEST_CASE("a number may be written in full-width digits") {
  const auto value = assay::annot::parse_value(assay::annot::ValueType::Number, "４．５", assay::store::AssessmentKind::Feedback);
  REQUIRE(value.ok());
  CHECK(value.value() == "4.5");
}
