// Spans, infos and assessments that are written as ones before are read in another way (json/shapes.h): what comes of
// them must be the same. Each text here is read twice, once with a member that stands nowhere else put into every
// object, so that none of them is written as one before.
#include <catch2/catch_test_macros.hpp>

#include "core/store/assessment_json.h"
#include "tests/unit/ingest/import_helper.h"

using namespace assay;
using test::import_text;
using test::Imported;

namespace {

// '@' in the text becomes nothing, or a member of its own.
std::string with_marks(const std::string& text, bool all_different) {
  std::string out;
  int count = 0;
  for (const char c : text) {
    if (c != '@') out += c;
    else if (all_different) out += "\"only_here_" + std::to_string(++count) + "\": 0, ";
  }
  return out;
}

// All that was read, without places.
std::string shown(const Imported& imported) {
  const store::Dataset& data = *imported.dataset;
  std::string out, scratch;
  const auto text = [&](TextRef ref) { return std::string(data.text_now(ref, scratch)) + (ref.present() ? "" : "(absent)"); };
  for (uint32_t t = 0; t < data.trace_count(); ++t) {
    const store::TraceRow row{t};
    out += "trace " + std::string(data.trace_id(row)) + " state " + std::to_string(int(data.state(row))) + " time " +
           std::to_string(data.request_time_ns(row)) + " ms " + std::to_string(data.duration_ms(row)) + " name " +
           std::string(data.name_text(data.name(row))) + " session " + std::string(data.name_text(data.session(row))) + " user " +
           std::string(data.name_text(data.user(row))) + " tokens " + std::to_string(data.input_tokens(row)) + "/" +
           std::to_string(data.output_tokens(row)) + "/" + std::to_string(data.total_tokens(row)) + " cost " +
           std::to_string(data.cost_usd(row)) + " request " + text(data.request_preview(row)) + " response " +
           text(data.response_preview(row)) + " client " + text(data.client_request_id(row)) + " shape " +
           std::to_string(int(data.shape(row))) + "\n";
    uint32_t count = 0;
    const auto metadata = data.metadata(row, count);
    for (uint32_t i = 0; i < count; ++i) out += "  " + std::string(data.name_text(metadata[i].key)) + " = " + text(metadata[i].value) + "\n";
    const auto tags = data.tags(row, count);
    for (uint32_t i = 0; i < count; ++i) out += "  tag " + std::string(data.name_text(tags[i].key)) + " = " + text(tags[i].value) + "\n";
    for (const store::Assessment& a : data.imported_assessments(row)) {
      out += "  assessment " + a.assessment_id + " " + a.name + " " + a.span_id + " kind " + std::to_string(int(a.kind)) + " by " +
             std::to_string(int(a.source_type)) + " " + a.source_id + " at " + std::to_string(a.create_time_ms) + " " +
             std::to_string(a.last_update_time_ms) + " value " + a.value_json + " error " + a.error_code + a.error_message + " because " +
             a.rationale + " metadata " + a.metadata_json + " over " + a.overrides + (a.valid ? "" : " invalid") + "\n";
    }
    const auto spans = data.spans(row);
    for (uint32_t s = spans.begin; s < spans.begin + spans.count; ++s) {
      const store::SpanRow span{s};
      out += "  span " + data.span_id(span) + " below " + std::to_string(data.parent(span)) + (data.is_orphan(span) ? " orphan" : "") +
             " " + std::string(data.name_text(data.span_name(span))) + " " + std::string(data.name_text(data.span_type(span))) +
             " status " + std::to_string(int(data.span_status(span))) + " from " + std::to_string(data.span_start_ns(span)) + " to " +
             std::to_string(data.span_end_ns(span)) + " in " + text(data.span_inputs(span)) + " out " + text(data.span_outputs(span)) + "\n";
    }
    for (const StringId model : data.models(row)) out += "  model " + std::string(data.name_text(model)) + "\n";
  }
  return out;
}

// Numbers of bytes differ by the marks; all else is the same.
std::string issues(const Imported& imported) {
  std::string out;
  for (const ingest::Issue& issue : imported.report.first_issues)
    out += std::to_string(int(issue.kind)) + " " + std::to_string(issue.record_number) + " " + issue.detail + "\n";
  return out;
}

void check_same(const std::string& text) {
  const Imported known = import_text(with_marks(text, false)), unknown = import_text(with_marks(text, true));
  INFO(with_marks(text, false));
  CHECK(shown(known) == shown(unknown));
  CHECK(issues(known) == issues(unknown));
  CHECK(known.report.traces == unknown.report.traces);
}

std::string span(const std::string& id, const std::string& members) { return "{@\"span_id\": \"" + id + "\", " + members + "}"; }

std::string trace(const std::string& id, const std::string& info, const std::string& spans) {
  return "{\"info\": {@\"trace_id\": \"" + id + "\"" + info + "}, \"data\": {\"spans\": [" + spans + "]}}\n";
}

// Three traces of three spans each, with these members; ids are made.
std::string traces(const std::string& info, const std::string& span_members) {
  std::string out;
  for (int t = 0; t < 3; ++t) {
    std::string spans;
    for (int s = 0; s < 3; ++s) spans += (s > 0 ? ", " : "") + span("000000000000000" + std::to_string(s + 1), span_members);
    out += trace("tr-" + std::to_string(t), info, spans);
  }
  return out + std::string(200, '\n');
}

}  // namespace

TEST_CASE("Spans that are written alike become what they would alone") {
  for (const std::string members :
       {R"("name": "a", "parent_span_id": null)", R"("name": "", "parent_span_id": "0000000000000001")",
        R"("name": "a\nb", "parent_id": "AAAAAAAAAAE=", "start_time": 12, "end_time": 1795500001719098418)",
        R"("name": null, "start_time_unix_nano": "1795500001719098418", "end_time_unix_nano": 17.0)",
        R"("start_time_unix_nano": -5, "end_time_unix_nano": 99999999999999999999)", R"("start_time_unix_nano": 1.5, "end_time_unix_nano": "x")",
        R"("status": {"code": "STATUS_CODE_OK", "message": ""})", R"("status": {"code": "ERROR", "message": "\ud83d x"})",
        R"("status": "OK")", R"("status": "odd")", R"("status": null)", R"("status": {"code": 2})", R"("status_code": "2", "status_message": "m")",
        R"("status": {"code": null}, "status_code": "OK")", R"("events": [{"name": "e", "attributes": {"a": [1, 2, {"b": null}]}}])",
        R"("events": null)", R"("events": {})", R"("attributes": null)", R"("attributes": [])",
        R"("attributes": {"mlflow.spanType": "\"LLM\"", "mlflow.llm.model": "\"gpt\"", "mlflow.spanInputs": "{\"a\": 1}", "mlflow.spanOutputs": "1"})",
        R"("attributes": {"mlflow.spanType": "LLM", "mlflow.llm.model": null, "mlflow.spanInputs": {"a": 1}})",
        R"("attributes": {"mlflow.spanType": "\"a\\\\b\"", "mlflow.spanType": "null"})",
        R"("attributes": {"mlflow.chat.tokenUsage": "{\"input_tokens\": 5, \"output_tokens\": 7}", "mlflow.llm.cost": "{\"total_cost\": 0.25}"})",
        R"("attributes": {"mlflow.chat.tokenUsage": "{\"input_tokens\": 5.0, \"total_tokens\": -1}", "mlflow.llm.cost": "{\"input_cost\": 1, \"output_cost\": 2}"})",
        R"("context": {"span_id": "00000000000000aa", "trace_id": "x"})", R"("span_id": "00000000000000bb")", R"("span_id": 5)",
        R"("": {"name": "inner", "status": {"code": "ERROR"}}, "name": "outer")", R"("name": "caf\u00e9 ")", "\"name\": \"caf\xc3\xa9\"", "\"name\": \"bad \xff\""}) {
    check_same(traces("", members));
  }
}

TEST_CASE("What stood at the same place before is not taken for what stands there now") {
  std::string spans;
  for (int s = 0; s < 60; ++s) {
    const auto any = [s](int of, int step) { return std::to_string((s / step) % of); };
    spans += (s > 0 ? ", " : "") +
             span("00000000000000" + std::to_string(10 + s), "\"parent_span_id\": \"00000000000000" + std::to_string(10 + s * 2 / 3) +
                      "\", \"name\": \"n" + any(3, 2) + "\", \"status\": {\"code\": " + any(3, 3) + ", \"message\": \"STATUS_CODE_OK\"}, \"attributes\": " +
                      "{\"mlflow.spanType\": \"\\\"T" + any(4, 1) + "\\\"\", \"mlflow.llm.model\": \"\\\"m" + any(2, 5) + "\\\"\"}, \"status_message\": \"\"");
  }
  check_same(trace("tr-a", "", spans) + std::string(200, '\n'));
  std::string other = spans;
  for (size_t at = other.find("\"code\": "); at != std::string::npos; at = other.find("\"code\": ", at + 1))
    other.replace(at + 8, 1, other[at + 8] == '1' ? "\"OK\"" : other[at + 8] == '2' ? "\"ERROR\"" : "\"odd\"");
  check_same(trace("tr-b", "", other) + std::string(200, '\n'));
}

TEST_CASE("Infos that are written alike become what they would alone") {
  for (const std::string members :
       {R"(, "request_time": "2026-11-24T06:00:01.719Z", "state": "OK", "execution_duration_ms": 12)",
        R"(, "request_time": "soon", "state": "ODD", "execution_duration": "1.500s")", R"(, "timestamp_ms": 1795500001719, "status": "ERROR", "execution_time_ms": "7")",
        R"(, "request_time": null, "state": null)", R"(, "request_time": 5.0, "timestamp_ms": 6)", R"(, "request_preview": "a\"b", "response_preview": null)",
        R"(, "trace_metadata": {"mlflow.trace.session": "\"s\"", "mlflow.trace.user": "u", "n": 5, "no": null, "yes": true, "t": "x"})",
        R"(, "trace_metadata": {"a": {"b": 1}}, "tags": {"mlflow.traceName": "name", "mlflow.traceName": "again"})",
        R"(, "trace_metadata": {"mlflow.trace.tokenUsage": "{\"input_tokens\": 1, \"output_tokens\": 2}", "mlflow.trace.cost": "{\"total_cost\": 1e-3}"})",
        R"(, "request_metadata": {"mlflow.traceInputs": "in", "mlflow.traceOutputs": "out"}, "request_id": "r")",
        R"(, "trace_metadata": {"": "1", "b": "2"}, "tags": {"": "x"})", R"(, "trace_metadata": {"a": "1"}, "request_metadata": {"b": "2"})", R"(, "tags": null)", R"(, "tags": [1])", R"(, "client_request_id": "c", "trace_location": {"type": "X", "deep": [{"a": 1}]})",
        R"(, "assessments": [], "after": 1, "state": "OK")", R"(, "assessments": null)", R"(, "assessments": {"a": 1})"}) {
    check_same(traces(members, R"("name": "a")"));
  }
}

TEST_CASE("Assessments that are written alike become what they would alone") {
  for (const std::string members :
       {R"("assessment_id": "a-1", "assessment_name": "n", "feedback": {"value": "yes"}, "source": {"source_type": "HUMAN", "source_id": "me"}, "valid": true)",
        R"("assessment_name": "n", "feedback": {"value": null}, "source": {"source_id": "me", "source_type": "code"}, "valid": false, "rationale": "be\ncause")",
        R"("assessment_name": "n", "feedback": {"value": "a\u00e9 \"q\""}, "create_time": "2026-11-24T06:00:01.719Z", "last_update_time_ms": 5)",
        R"("name": "n", "feedback": {"value": 5.50, "error": null}, "create_time_ms": -1500, "overrides": "a-0", "span_id": "AAAAAAAAAAE=")",
        R"("assessment_name": "n", "feedback": {"value": {"a": [1, 2]}})", R"("assessment_name": "n", "feedback": {"value": true, "error": {"error_code": "E"}})",
        R"("assessment_name": "n", "feedback": {})", R"("feedback": {"value": 1})", R"("assessment_name": "", "feedback": {"value": 1}, "valid": null)",
        R"("assessment_name": "n", "feedback": {}, "expectation": {"value": 1})", R"("assessment_name": "n", "feedback": null, "expectation": {"value": [1]})",
        R"("assessment_name": "n", "expectation": {"value": "x"})", R"("assessment_name": "n", "expectation": {"value": 1, "serialized_value": {"value": "2"}})",
        R"("assessment_name": "n", "expectation": {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "[\"a\",1]"}})",
        R"("assessment_name": "n", "expectation": {"serialized_value": {"value": "no json"}})", R"("assessment_name": "n", "expectation": {"serialized_value": {}})",
        R"("assessment_name": "n", "issue": {"issue_name": "i"})", R"("assessment_name": "n", "error": {"error_message": "m"})", R"("assessment_name": "n")",
        R"("assessment_name": "n", "feedback": {"value": 1}, "metadata": {"k": "v"}, "create_time": "soon")"}) {
    const std::string one = "{@" + members + "}";
    check_same(traces(", \"assessments\": [" + one + ", " + one + "]", R"("name": "a")"));
  }
}
