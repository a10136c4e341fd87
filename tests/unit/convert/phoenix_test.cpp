#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

TEST_CASE("Phoenix: a score is the value, its label goes beside; a label alone is the value") {
  const Converted out = converted(
      R"({"name":"s","context":{"trace_id":"00000000000000000000000000000001","span_id":"00000000000000a1"},"span_kind":"LLM","parent_id":null,
          "start_time":"2026-01-01T00:00:00+00:00","end_time":"2026-01-01T00:00:01+00:00","status_code":"OK","attributes":{},
          "annotations":[{"name":"a","annotator_kind":"LLM","result":{"score":0.5,"label":"half","explanation":"e"}},
                         {"name":"b","annotator_kind":"CODE","result":{"label":"good"}},
                         {"name":"c","annotator_kind":"HUMAN","result":{}}]})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc list = out.record(0)["info"]["assessments"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["feedback"]["value"] == 0.5);
  CHECK(list[0]["metadata"]["label"] == "half");
  CHECK(list[0]["rationale"] == "e");
  CHECK(list[0]["source"]["source_type"] == "LLM_JUDGE");
  CHECK(list[1]["feedback"]["value"] == "good");
  CHECK(list[1]["source"]["source_type"] == "CODE");
  CHECK(out.report.count(ingest::IssueKind::BadAssessment) == 1);
}

TEST_CASE("OpenTelemetry console: ids lose their 0x and meet those without") {
  const Converted out = converted(
      R"({"name":"a","context":{"trace_id":"0x000000000000000000000000000000aa","span_id":"0x00000000000000a1"},"kind":"SpanKind.SERVER","parent_id":null,"start_time":"2026-01-01T00:00:00Z","end_time":"2026-01-01T00:00:01Z","attributes":{}}
         {"name":"b","context":{"trace_id":"0x000000000000000000000000000000AA","span_id":"0x00000000000000A2"},"kind":"SpanKind.INTERNAL","parent_id":"0x00000000000000a1","start_time":"2026-01-01T00:00:00Z","end_time":"2026-01-01T00:00:01Z","attributes":{}})");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["info"]["trace_id"] == "tr-000000000000000000000000000000aa");
  CHECK(out.record(0)["data"]["spans"].size() == 2);
}

TEST_CASE("flat spans: two of them in one file are two traces") {
  const Converted out = converted(
      R"([{"openinference.span.kind":"TOOL","tool.name":"x"},{"openinference.span.kind":"TOOL","tool.name":"x"}])");
  REQUIRE(out.lines.size() == 2);
  CHECK(out.record(0)["info"]["trace_id"] != out.record(1)["info"]["trace_id"]);
  CHECK(out.record(0)["info"]["state"] == "OK");
  CHECK(out.report.count(ingest::IssueKind::DerivedTraceId) == 2);
}

TEST_CASE("data frames: lists nested without end cost no more than their text") {
  std::string nested = "1";
  for (int i = 0; i < 60; ++i)
    nested = "[{\"a\":" + nested + "}]";
  const Converted out = converted(
      R"({"context.span_id":"00000000000000a1","context.trace_id":"00000000000000000000000000000001","name":"n","attributes.llm.input_messages":)" +
      nested + "}");
  CHECK(out.lines.size() == 1);
}

TEST_CASE("Phoenix: attributes as nested objects are the same attributes") {
  const Converted out = converted(
      R"({"name":"n","context":{"trace_id":"00000000000000000000000000000001","span_id":"00000000000000a1"},"span_kind":"LLM","parent_id":null,"start_time":"2026-01-01T00:00:00+00:00","end_time":"2026-01-01T00:00:01+00:00",
          "attributes":{"llm":{"model_name":"m","token_count":{"prompt":3,"completion":4},"input_messages":[{"message":{"role":"user","content":"hi"}}]},"session":{"id":"s"},"custom":{"a":{"b":1}}}})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc attributes = out.record(0)["data"]["spans"][0]["attributes"];
  CHECK(attributes["mlflow.llm.model"] == "\"m\"");
  CHECK(attributes["mlflow.spanInputs"] == R"({"messages":[{"role":"user","content":"hi"}]})");
  CHECK(attributes["custom"] == R"({"a":{"b":1}})");
  CHECK(out.record(0)["info"]["trace_metadata"]["mlflow.trace.session"] == "s");
}
