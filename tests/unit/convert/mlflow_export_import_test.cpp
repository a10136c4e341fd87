#include "core/convert/mlflow_export_import.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/files.h"
#include "tests/unit/convert/converted.h"
#include "tests/unit/convert/same_json.h"

using namespace assay;

namespace {

const std::string kSpans =
    R"({"spans": [{"trace_id": "ASNFZ4mrze8BI0VniavN7w==", "span_id": "AAAAAAAAAAI=", "parent_span_id": "AAAAAAAAAAE=", "name": "tool", "start_time_unix_nano": 1795500170508500000,
 "end_time_unix_nano": 1795500170508900000, "events": [], "status": {"code": "STATUS_CODE_ERROR", "message": "x"}, "attributes": {"mlflow.traceRequestId": "\"tr-0123456789abcdef0123456789abcdef\""}},
 {"trace_id": "ASNFZ4mrze8BI0VniavN7w==", "span_id": "AAAAAAAAAAE=", "parent_span_id": null, "name": "root", "start_time_unix_nano": 1795500170508069203,
 "end_time_unix_nano": 1795500170510073363, "events": [], "status": {"code": "STATUS_CODE_OK", "message": ""}, "attributes": {"mlflow.spanInputs": "{\"q\": 1}", "mlflow.experimentId": "\"7\""}}]})";

const std::string kToolFile =
    R"({"system": {"package_version": "1.2.0"}, "mlflow": {"info": {"trace_id": "tr-0123456789abcdef0123456789abcdef",
 "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "7"}, "inference_table": null}, "request_time": 1795500170508, "state": "OK",
 "request_preview": "hi", "client_request_id": null, "execution_duration": 2, "trace_metadata": {"mlflow.user": "u"}, "tags": {"t": "1"},
 "assessments": [{"assessment_type": "feedback", "name": "good", "source": {"source_type": "HUMAN", "source_id": "ann"}, "trace_id": "tr-0123456789abcdef0123456789abcdef",
   "run_id": null, "rationale": "because", "metadata": null, "span_id": null, "create_time_ms": 1795500170600, "last_update_time_ms": 1795500170700, "assessment_id": "a-1",
   "error": null, "expectation": null, "feedback": {"value": null, "error": null}, "overrides": null, "valid": true},
  {"assessment_type": "expectation", "name": "facts", "source": {"source_type": "HUMAN", "source_id": "ann"}, "expectation": ["a", "b"], "feedback": null}]},
 "data": [{"name": "root", "trace_id": "tr-0123456789abcdef0123456789abcdef", "span_id": "0000000000000001", "parent_id": null},
  {"name": "tool", "trace_id": "tr-0123456789abcdef0123456789abcdef", "span_id": "0000000000000002", "parent_id": "0000000000000001"}]}})";

bool has_issue(const test::Converted& out, ingest::IssueKind kind) {
  return out.report.count(kind) > 0;
}

}  // namespace

TEST_CASE("an artifact's spans make a trace of their own") {
  const test::Converted out = test::converted(kSpans, "traces.json");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0), &info = record["info"];
  CHECK((info["trace_id"] == "tr-0123456789abcdef0123456789abcdef"));
  CHECK((info["request_time"] == "2026-11-24T06:02:50.508Z"));
  CHECK((info["execution_duration_ms"] == 2));
  CHECK((info["state"] == "OK"));  // the root's
  CHECK((info["tags"]["mlflow.traceName"] == "root"));
  CHECK((info["request_preview"] == "{\"q\": 1}"));
  CHECK((info["trace_location"]["mlflow_experiment"]["experiment_id"] == "7"));
  CHECK(has_issue(out, ingest::IssueKind::DerivedTraceId));
  json::Tree ours, theirs;
  REQUIRE((ours.parse(out.lines[0]) && theirs.parse(kSpans)));
  CHECK(test::json_difference(ours.root()["data"], theirs.root()) == "");
}

TEST_CASE("an artifact of version 2 keeps its request and response and gets an info of version 2") {
  const test::Converted out = test::converted(
      R"({"spans": [{"name": "r", "context": {"span_id": "0x01", "trace_id": "0x0123456789abcdef0123456789abcdef"}, "parent_id": null, "start_time": 1795500930567081018,
          "end_time": 1795500930569726513, "status_code": "ERROR", "status_message": "", "attributes": {"mlflow.traceRequestId": "\"dc4a3707e2f945259be712f33db64f79\""}, "events": []}],
          "request": "{}", "response": null})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0);
  CHECK((record["info"]["request_id"] == "dc4a3707e2f945259be712f33db64f79"));
  CHECK((record["info"]["status"] == "ERROR"));
  CHECK((record["info"]["timestamp_ms"] == 1795500930567));
  CHECK((record["data"]["request"] == "{}"));
}

TEST_CASE("a span that runs makes a trace in progress") {
  const test::Converted out = test::converted(
      R"({"spans": [{"trace_id": "ASNFZ4mrze8BI0VniavN7w==", "span_id": "AAAAAAAAAAE=", "name": "r", "start_time_unix_nano": 5, "end_time_unix_nano": null, "attributes": {}}]})");
  REQUIRE(out.lines.size() == 1);
  CHECK((out.record(0)["info"]["state"] == "IN_PROGRESS"));
  CHECK_FALSE(out.record(0)["info"].contains("execution_duration_ms"));
}

TEST_CASE("the tool's trace.json and the artifact beside it become one record, in either order") {
  for (const bool artifact_first : {true, false}) {
    test::Converted out =
        test::converted(artifact_first ? kSpans + "\n" + kToolFile : kToolFile + "\n" + kSpans,
                        "export/traces/both.json");
    REQUIRE(out.lines.size() == 1);
    const std::string want =
        R"({"info": {"trace_id": "tr-0123456789abcdef0123456789abcdef", "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "7"}},
      "request_time": "2026-11-24T06:02:50.508Z", "state": "OK", "request_preview": "hi", "execution_duration_ms": 2, "trace_metadata": {"mlflow.user": "u"}, "tags": {"t": "1"},
      "assessments": [{"assessment_name": "good", "source": {"source_type": "HUMAN", "source_id": "ann"}, "trace_id": "tr-0123456789abcdef0123456789abcdef", "rationale": "because",
        "create_time": "2026-11-24T06:02:50.600Z", "last_update_time": "2026-11-24T06:02:50.700Z", "assessment_id": "a-1", "feedback": {"value": null}, "valid": true},
       {"assessment_name": "facts", "source": {"source_type": "HUMAN", "source_id": "ann"},
        "expectation": {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "[\"a\", \"b\"]"}}}]}})";
    json::Tree ours, theirs;
    REQUIRE((ours.parse(out.lines[0]) && theirs.parse(want)));
    CHECK(test::json_difference(ours.root()["info"], theirs.root()["info"]) == "");
    CHECK(ours.root()["data"]["spans"].size() == 2);
    CHECK_FALSE(has_issue(out, ingest::IssueKind::NoSpans));
  }
}

TEST_CASE("trace.json alone gives the names of the spans") {
  const test::Converted out = test::converted(kToolFile, "trace.json");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0), &spans = record["data"]["spans"];
  REQUIRE(spans.size() == 2);
  CHECK((spans[1]["name"] == "tool"));
  CHECK((spans[1]["parent_span_id"] == "AAAAAAAAAAE="));
  CHECK(spans[0]["parent_span_id"].is_null());
  CHECK(has_issue(out, ingest::IssueKind::NoSpans));
}

TEST_CASE("the tool's other files are named, and its datasets read") {
  const test::Converted index = test::converted(R"({"system": {}, "mlflow": {"experiments": []}})");
  CHECK(index.lines.empty());
  REQUIRE_FALSE(index.report.first_issues.empty());
  CHECK(index.report.first_issues[0].detail.find("without a trace: experiments") !=
        std::string::npos);
  const test::Converted dataset = test::converted(
      R"({"system": {}, "mlflow": {"evaluation_dataset": {"dataset_id": "d-1", "name": "n", "records": [{"dataset_record_id": "dr-1", "inputs": {"q": 1}}]}}})");
  CHECK(dataset.lines.size() == 1);
}

TEST_CASE("spans without any trace id take that of their folder, or are told") {
  CHECK(test::converted(R"({"spans": []})",
                        "1/traces/tr-0123456789abcdef0123456789abcdef/artifacts/traces.json")
            .lines.size() == 1);
  const test::Converted out = test::converted(R"({"spans": []})", "traces.json");
  CHECK(out.lines.empty());
  CHECK(has_issue(out, ingest::IssueKind::MissingTraceId));
}

TEST_CASE("wrong types in a trace's files never break a record") {
  for (const char* value : {"null", "5", "\"x\"", "[]", "{}", "[1, {}]", "{\"value\": 1}", "true",
                            "-9223372036854775808"}) {
    for (const std::string* form : {&kSpans, &kToolFile}) {
      // Every member in turn gets the value.
      for (size_t at = form->find("\": "); at != std::string::npos;
           at = form->find("\": ", at + 1)) {
        const char first = (*form)[at + 3];
        if (first == '{' || first == '[') continue;
        const size_t end = form->find_first_of(",}", at + 3);
        if (first == '"' && (*form)[end - 1] != '"') continue;
        const std::string text = form->substr(0, at + 3) + value + form->substr(end);
        for (const std::string& line : test::converted(text).lines) {
          json::Tree tree;
          INFO(text);
          CHECK(tree.parse(line));
        }
      }
    }
  }
}
