#include "core/ingest/assessments.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/ingest/import_helper.h"

using namespace assay;
using ingest::IssueKind;
using store::AssessmentKind;
using store::SourceType;

namespace {

test::Imported import_assessments(const std::string& list) {
  return test::import_checked(test::trace_json("t", "\"assessments\": " + list));
}

store::Assessment only(const std::string& json) {
  const auto imported = import_assessments("[" + json + "]");
  REQUIRE(imported.dataset->imported_assessments({0}).size() == 1);
  return imported.dataset->imported_assessments({0})[0];
}

}  // namespace

TEST_CASE("a feedback with everything") {
  const auto a = only(
      R"({"assessment_id": "a-1", "assessment_name": "tone", "trace_id": "t", "span_id": "vqn87xBCCH0=",
          "source": {"source_type": "LLM_JUDGE", "source_id": "openai:/gpt-4o-mini"},
          "create_time": "2026-11-24T06:03:51.294Z", "last_update_time": "2026-11-24T06:03:52Z",
          "feedback": {"value": ["no",  "yes"]}, "rationale": "see \"3\"", "valid": false, "overrides": "a-0",
          "metadata": {"k":"v"}, "unknown": [1]})");
  CHECK(a.assessment_id == "a-1");
  CHECK(a.name == "tone");
  CHECK(a.span_id == "bea9fcef1042087d");
  CHECK(a.kind == AssessmentKind::Feedback);
  CHECK(a.source_type == SourceType::LlmJudge);
  CHECK(a.source_id == "openai:/gpt-4o-mini");
  CHECK(a.create_time_ms == 1795500231294);
  CHECK(a.last_update_time_ms == 1795500232000);
  CHECK(a.value_json == R"(["no", "yes"])");
  CHECK(a.rationale == "see \"3\"");
  CHECK(a.metadata_json == R"({"k": "v"})");
  CHECK(a.overrides == "a-0");
  CHECK_FALSE(a.valid);
  CHECK_FALSE(a.changed);
  CHECK(a.imported_json.form == TextForm::Json);
}

TEST_CASE("values keep their JSON text") {
  const auto value = [](const std::string& json) {
    return only(R"({"assessment_name": "n", "feedback": {"value": )" + json + "}}").value_json;
  };
  CHECK(value("5.0") == "5.0");
  CHECK(value("true") == "true");
  CHECK(value("null") == "null");
  CHECK(value("\"\\u00e9\"") == "\"\\u00e9\"");
  CHECK(value("NaN") == "NaN");
  CHECK(value("{\"a\":\n1}") == "{\"a\": 1}");
}

TEST_CASE("expectations: plain values and serialized ones") {
  const auto plain = only(R"({"assessment_name": "e", "expectation": {"value": "x"}})");
  CHECK(plain.kind == AssessmentKind::Expectation);
  CHECK(plain.value_json == "\"x\"");
  CHECK(plain.source_type == SourceType::Human);
  CHECK(plain.source_id == "default");
  const auto serialized = only(
      R"({"assessment_name": "e", "expectation": {"serialized_value": {"serialization_format": "JSON_FORMAT",
          "value": "{\"min\": 3, \"tags\": [\"a\", null]}"}}})");
  CHECK(serialized.value_json == R"({"min": 3, "tags": ["a", null]})");
  const auto old = only(
      R"({"assessment_name": "e", "expectation": {"serialized_value": {"serialization_format": "json", "value": "[1]"}}})");
  CHECK(old.value_json == "[1]");
  const auto broken = only(
      R"({"assessment_name": "e", "expectation": {"serialized_value": {"value": "not json"}}})");
  CHECK(broken.value_json == "\"not json\"");
}

TEST_CASE("errors: in the feedback, at the top as older writers had it, and as a text") {
  const auto inside = only(
      R"({"assessment_name": "n", "feedback": {"error": {"error_code": "ValueError", "error_message": "bad", "stack_trace": "tb"}}})");
  CHECK(inside.error_code == "ValueError");
  CHECK(inside.error_message == "bad");
  CHECK(inside.stack_trace == "tb");
  CHECK(inside.value_json.empty());
  const auto top = only(R"({"assessment_name": "n", "error": {"error_code": "X", "error_message": "m"}})");
  CHECK(top.kind == AssessmentKind::Feedback);
  CHECK(top.error_code == "X");
  const auto text = only(R"({"assessment_name": "n", "feedback": {"error": "plain", "value": null}})");
  CHECK(text.error_code == "ASSESSMENT_ERROR");
  CHECK(text.error_message == "plain");
  CHECK(text.value_json == "null");
}

TEST_CASE("defaults: source by kind, name of a feedback, an issue's name") {
  const auto feedback = only(R"({"feedback": {"value": 1}})");
  CHECK(feedback.name == "feedback");
  CHECK(feedback.source_type == SourceType::Code);
  CHECK(feedback.valid);
  CHECK(only(R"({"assessment_name": "", "feedback": {"value": 1}})").name.empty());  // MLflow keeps it
  const auto issue = only(R"({"assessment_name": "iss-1", "issue": {"issue_name": "Wrong tone"}})");
  CHECK(issue.kind == AssessmentKind::Issue);
  CHECK(issue.name == "iss-1");
  CHECK(issue.source_type == SourceType::LlmJudge);
  const auto judge = only(R"({"source": {"source_type": "ai_judge", "source_id": "m"}, "feedback": {"value": 1}})");
  CHECK(judge.source_type == SourceType::LlmJudge);
  const auto times = only(R"({"feedback": {"value": 1}, "create_time_ms": 12, "last_update_time_ms": "13"})");
  CHECK(times.create_time_ms == 12);
  CHECK(times.last_update_time_ms == 13);
}

TEST_CASE("what is no assessment is left out and told, the others stay") {
  const auto imported = import_assessments(
      R"([5, null, {}, {"assessment_name": "x"}, {"expectation": {"value": 1}}, {"assessment_name": "good", "feedback": {"value": 1}}])");
  CHECK(imported.count(IssueKind::BadAssessment) == 5);
  REQUIRE(imported.dataset->assessments({0}).size() == 1);
  CHECK(imported.dataset->assessments({0})[0].name == "good");
  CHECK(imported.report.assessments == 1);
  const auto none = import_assessments("\"text\"");
  CHECK(none.count(IssueKind::WrongType) == 1);
  CHECK(none.report.traces == 1);
}

TEST_CASE("wrong types in every field of an assessment lose only the field") {
  const auto imported = import_assessments(
      R"([{"assessment_id": 1, "assessment_name": "n", "span_id": [], "source": "me", "create_time": {}, "last_update_time": "x",
           "feedback": {"value": 1, "error": 5}, "rationale": 3, "metadata": [], "overrides": false, "valid": "yes"},
          {"assessment_name": "m", "feedback": {"value": 2}, "source": {"source_type": 5, "source_id": {}}}])");
  CHECK(imported.report.assessments == 2);
  CHECK(imported.count(IssueKind::WrongType) == 10);
  CHECK(imported.count(IssueKind::BadTimestamp) == 2);
  CHECK(imported.dataset->assessments({0})[0].valid);
  CHECK(imported.dataset->assessments({0})[0].value_json == "1");
}
