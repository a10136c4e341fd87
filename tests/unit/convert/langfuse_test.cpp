#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

namespace {

std::string download(std::string_view trace, std::string_view observation) {
  return R"({"trace":{"id":"00000000000000000000000000000001","timestamp":"2026-01-01T00:00:00Z","name":"n")" +
         std::string(trace) +
         R"(},"observations":[{"id":"00000000000000a1","type":"GENERATION","startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z")" +
         std::string(observation) + "}]}";
}

}  // namespace

TEST_CASE("Langfuse: the trace's text is encoded twice") {
  const Converted out =
      converted(download(R"(,"input":"\"Hi\"","output":"\"{\\\"a\\\":1}\"")", ""));
  REQUIRE(out.lines.size() == 1);
  const json::Doc span = out.record(0)["data"]["spans"][0];
  CHECK(span["attributes"]["mlflow.spanInputs"] == "\"Hi\"");
  CHECK(span["attributes"]["mlflow.spanOutputs"] == R"({"a":1})");
}

TEST_CASE("Langfuse: booleans are 0 and 1, categories stand in stringValue") {
  const Converted out = converted(download(R"(,"scores":[
    {"name":"a","value":0,"stringValue":"False","dataType":"BOOLEAN","source":"ANNOTATION"},
    {"name":"b","value":2,"stringValue":"fair","dataType":"CATEGORICAL","source":"EVAL"},
    {"name":"c","value":0.25,"dataType":"NUMERIC","source":"API"},
    {"value":1,"dataType":"NUMERIC","source":"API"}])",
                                           ""));
  REQUIRE(out.lines.size() == 1);
  const json::Doc list = out.record(0)["info"]["assessments"];
  REQUIRE(list.size() == 3);
  CHECK(list[0]["feedback"]["value"] == false);
  CHECK(list[0]["source"]["source_type"] == "HUMAN");
  CHECK(list[1]["feedback"]["value"] == "fair");
  CHECK(list[1]["source"]["source_type"] == "LLM_JUDGE");
  CHECK(list[2]["feedback"]["value"] == 0.25);
  CHECK(list[2]["source"]["source_type"] == "CODE");
  CHECK(out.report.count(ingest::IssueKind::BadAssessment) == 1);  // the one without a name
}

TEST_CASE("Langfuse: its own counts stand before those of raw attributes") {
  const Converted out = converted(download(
      "",
      R"(,"usageDetails":{},"metadata":{"attributes":{"gen_ai.usage.input_tokens":"7","gen_ai.agent.name":"x"}})"));
  const json::Doc attributes = out.record(0)["data"]["spans"][0]["attributes"];
  CHECK_FALSE(attributes.contains("mlflow.chat.tokenUsage"));
  CHECK(attributes["gen_ai.agent.name"] == "\"x\"");
}

TEST_CASE("Langfuse: an observation without an end is still running") {
  const Converted out = converted(
      R"({"id":"o1","traceId":"t1","type":"SPAN","startTime":"2026-01-01T00:00:00Z","endTime":null,"name":"x"})");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["info"]["state"] == "IN_PROGRESS");
  CHECK(out.record(0)["data"]["spans"][0]["end_time_unix_nano"].is_null());
}

TEST_CASE("Langfuse: rows without their observations keep inputs and outputs whole") {
  const std::string text(1000, 'x');
  const Converted out = converted(
      R"({"id":"t1","timestamp":"2026-01-01T00:00:00Z","name":"n","userId":"u","sessionId":"s","release":"r","input":")" +
      text + R"(","latency":0.5})");
  REQUIRE(out.lines.size() == 1);
  REQUIRE(out.record(0)["data"]["spans"].size() == 1);
  CHECK(out.record(0)["data"]["spans"][0]["attributes"]["mlflow.spanInputs"] == "\"" + text + "\"");
  CHECK(out.record(0)["info"]["execution_duration_ms"] == 500);
  CHECK(out.report.count(ingest::IssueKind::NoSpans) == 1);
}

TEST_CASE("Langfuse: the API's trace holds its observations") {
  const Converted out = converted(
      R"({"id":"t1","timestamp":"2026-01-01T00:00:00Z","name":"n","userId":"u","sessionId":"s","release":"r","latency":9,
          "observations":[{"id":"o1","traceId":"t1","type":"SPAN","startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","name":"x"}]})");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["data"]["spans"].size() == 1);
  CHECK(out.record(0)["info"]["execution_duration_ms"] == 1000);
}

TEST_CASE("Langfuse: no one of several uppermost observations stands for the trace") {
  const Converted out = converted(
      R"({"id":"t1","timestamp":"2026-01-01T00:00:00Z","name":"n","observations":[
          {"id":"o1","traceId":"t1","type":"RETRIEVER","startTime":"2026-01-01T00:00:00.000Z","endTime":"2026-01-01T00:00:00.300Z","name":"find"},
          {"id":"o2","traceId":"t1","type":"GENERATION","startTime":"2026-01-01T00:00:00.300Z","endTime":"2026-01-01T00:00:01.800Z","name":"say","level":"ERROR"},
          {"id":"o3","traceId":"t1","parentObservationId":"o2","type":"TOOL","startTime":"2026-01-01T00:00:00.400Z","endTime":"2026-01-01T00:00:00.500Z","name":"look"}]})");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["data"]["spans"].size() == 3);
  CHECK(out.record(0)["info"]["execution_duration_ms"] == 1800);
  CHECK(out.record(0)["info"]["state"] == "ERROR");
}

TEST_CASE("Langfuse: an observation below that failed is not the trace's failure") {
  const Converted out = converted(
      R"({"id":"t1","timestamp":"2026-01-01T00:00:00Z","name":"n","observations":[
          {"id":"o1","traceId":"t1","type":"SPAN","startTime":"2026-01-01T00:00:00.000Z","endTime":"2026-01-01T00:00:01.000Z","name":"all"},
          {"id":"o3","traceId":"t1","parentObservationId":"o1","type":"TOOL","startTime":"2026-01-01T00:00:00.400Z","endTime":"2026-01-01T00:00:02.000Z","name":"look","level":"ERROR"}]})");
  CHECK(out.record(0)["info"]["execution_duration_ms"] == 1000);
  CHECK(out.record(0)["info"]["state"] == "OK");
}

TEST_CASE("Langfuse: a type that a later version brings is read") {
  const Converted out = converted(
      R"([{"id":"o1","traceId":"t1","type":"WORKFLOW","parentObservationId":null,"startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","name":"x","input":"hi"}])");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["data"]["spans"][0]["attributes"]["langfuse.type"] == "\"WORKFLOW\"");
}

TEST_CASE("Langfuse: a download's observations tell the resource") {
  const Converted out = converted(
      R"({"trace":{"id":"t1","timestamp":"2026-01-01T00:00:00Z","name":"n"},"observations":[{"id":"o1","traceId":"t1","type":"SPAN","startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","name":"x",
          "metadata":"{\"resourceAttributes\":{\"service.name\":\"shop\"},\"scope\":{\"name\":\"sdk\"}}"}]})");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["info"]["trace_metadata"]["otel.resource.service.name"] == "shop");
}

TEST_CASE("Langfuse: exports that overlap give each score once, the later one") {
  const std::string observation =
      R"({"id":"o1","traceId":"t1","type":"SPAN","startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","name":"x"})";
  const auto score = [](std::string_view id, std::string_view value, std::string_view author) {
    return R"({"id":")" + std::string(id) + R"(","traceId":"t1","name":"q","dataType":"NUMERIC","source":"ANNOTATION","value":)" +
           std::string(value) + R"(,"authorUserId":")" + std::string(author) + "\"}";
  };
  const Converted out = converted(observation + "\n" + score("s1", "1", "ann") + "\n" + score("s2", "1", "bob") + "\n" + observation +
                                  "\n" + score("s1", "2", "ann"));
  REQUIRE(out.lines.size() == 1);
  const json::Doc list = out.record(0)["info"]["assessments"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["feedback"]["value"] == 2);
  CHECK(list[1]["source"]["source_id"] == "bob");
}

TEST_CASE("Langfuse: a table's column keeps every value, also the same one twice") {
  const Converted out = converted(
      R"({"id":"t1","timestamp":"2026-01-01T00:00:00Z","name":"n","userId":"u","sessionId":"s","release":"r","input":"x","helpful":[1,1,0]})");
  const json::Doc list = out.record(0)["info"]["assessments"];
  REQUIRE(list.size() == 3);
  CHECK(list[0]["assessment_id"] != list[1]["assessment_id"]);
}
