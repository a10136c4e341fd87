#include "core/convert/mlflow_old_ui.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"
#include "tests/unit/convert/same_json.h"

using namespace assay;

TEST_CASE("traces of the first user interface are read") {
  const test::Converted out = test::converted(
      R"({"trace_info": {"request_id": "4bf92f3577b34da6a3ce929d0e0e4736", "experiment_id": "3", "timestamp_ms": 1709708649000, "execution_time_ms": 1500, "status": "OK",
            "request_metadata": [{"key": "mlflow.traceInputs", "value": "x"}], "tags": [{"key": "mlflow.traceName", "value": "chat"}], "new": 1},
          "trace_data": {"spans": [
            {"context": {"span_id": "s1", "trace_id": "t"}, "name": "agent", "parent_span_id": null, "span_type": "AGENT", "status": {"status_code": "OK", "description": ""},
             "start_time": 1709708649000000000, "end_time": 1709708650500000000, "inputs": {"q": "hi"}, "outputs": "hello", "attributes": {"k": {"a": 1}}, "events": [], "odd": true},
            {"span_id": "s2", "name": "tool", "parent_id": "s1", "type": "TOOL", "status_code": "ERROR", "status_message": "bad", "start_time": 1709708649100000000,
             "end_time": null, "attributes": {"mlflow.spanInputs": "{\"x\": 1}"}, "events": [{"name": "e", "timestamp": 1709708649200000000, "attributes": {"v": 2}}]}]}})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0), &info = record["info"], &spans = record["data"]["spans"];
  CHECK((info["trace_id"] == "tr-4bf92f3577b34da6a3ce929d0e0e4736"));
  CHECK((info["execution_duration_ms"] == 1500));
  CHECK((info["tags"]["mlflow.traceName"] == "chat"));
  CHECK((info["trace_metadata"]["mlflow_ui.experiment_id"] == "3"));
  CHECK((info["trace_metadata"]["mlflow_ui.new"] == "1"));
  REQUIRE(spans.size() == 2);
  CHECK((spans[0]["attributes"]["mlflow.spanInputs"] == "{\"q\": \"hi\"}"));
  CHECK((spans[0]["attributes"]["mlflow.spanOutputs"] == "\"hello\""));
  CHECK((spans[0]["attributes"]["mlflow.spanType"] == "\"AGENT\""));
  CHECK((spans[0]["attributes"]["mlflow_ui.odd"] == "true"));
  CHECK((spans[1]["parent_span_id"] == spans[0]["span_id"]));
  CHECK((spans[1]["status"]["code"] == "STATUS_CODE_ERROR"));
  CHECK((spans[1]["status"]["message"] == "bad"));
  CHECK((spans[1]["attributes"]["mlflow.spanInputs"] == "{\"x\": 1}"));
  CHECK((spans[1]["events"][0]["attributes"]["v"] == 2));
  CHECK(spans[1]["end_time_unix_nano"].is_null());
}

TEST_CASE("the same envelope around today's spans keeps them word for word") {
  const std::string span =
      R"({"trace_id": "ASNFZ4mrze8BI0VniavN7w==", "span_id": "AAAAAAAAAAE=", "name": "r", "start_time_unix_nano": "5", "attributes": {"a": "\"b\""}})";
  const test::Converted out = test::converted(
      "{\"trace_id\": \"tr-7\", \"trace_info\": {\"state\": \"OK\"}, \"trace_data\": {\"spans\": "
      "[" +
      span + "]}}");
  REQUIRE(out.lines.size() == 1);
  CHECK(test::json_difference(
            out.lines[0],
            "{\"info\": {\"state\": \"OK\", \"trace_id\": \"tr-7\"}, \"data\": {\"spans\": [" +
                span + "]}}") == "");
}

TEST_CASE("wrong types in an early trace never break a record") {
  for (const std::string value : {"null", "5", "\"x\"", "[]", "{}", "[1, {}]", "true"}) {
    const std::string text =
        "{\"trace_info\": {\"request_id\": " + value + ", \"timestamp_ms\": " + value +
        ", \"tags\": " + value + "}, \"trace_data\": {\"spans\": [" + value +
        ", {\"span_id\": " + value + ", \"inputs\": " + value + ", \"attributes\": " + value +
        ", \"events\": " + value + ", \"status\": " + value + ", \"start_time\": " + value +
        ", \"context\": " + value + "}]}}";
    INFO(text);
    const test::Converted out = test::converted(text);
    REQUIRE(out.lines.size() == 1);
    json::Tree tree;
    CHECK(tree.parse(out.lines[0]));
  }
}
