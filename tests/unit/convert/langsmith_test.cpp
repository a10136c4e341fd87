#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

namespace {
constexpr std::string_view kA = "0198c0de-0000-7000-8000-000000000001";
constexpr std::string_view kB = "0198c0de-0000-7000-8000-000000000002";
}  // namespace

TEST_CASE("LangSmith: ids come from dotted_order where they are absent") {
  const std::string a(kA), b(kB);
  const Converted out = converted(
      R"({"id":")" + a + R"(","dotted_order":"20260101T000000000000Z)" + a +
      R"(","name":"a","run_type":"chain","start_time":"2026-01-01T00:00:00","end_time":"2026-01-01T00:00:01"}
{"dotted_order":"20260101T000000000000Z)" +
      a + ".20260101T000000100000Z" + b +
      R"(","name":"b","run_type":"tool","start_time":"2026-01-01T00:00:00.1","end_time":"2026-01-01T00:00:00.2"})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0);
  CHECK(record["info"]["trace_id"] == a);
  REQUIRE(record["data"]["spans"].size() == 2);
  CHECK(record["data"]["spans"][1]["parent_span_id"] == record["data"]["spans"][0]["span_id"]);
  CHECK(record["data"]["spans"][1]["attributes"]["assay.source.spanId"] == "\"" + b + "\"");
}

TEST_CASE("LangSmith: parts of a run meet, whatever record they stand in") {
  const std::string a(kA);
  const Converted out = converted(
      R"({"post":[{"id":")" + a + R"(","trace_id":")" + a +
      R"(","name":"n","run_type":"chain","start_time":"2026-01-01T00:00:00","inputs":{"q":1},"outputs":{}}]}
{"patch":[{"id":")" +
      a + R"(","trace_id":")" + a +
      R"(","dotted_order":"x","end_time":"2026-01-01T00:00:02","outputs":{"r":2},"inputs":null}]})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc span = out.record(0)["data"]["spans"][0];
  CHECK(span["attributes"]["mlflow.spanInputs"] == R"({"q":1})");
  CHECK(span["attributes"]["mlflow.spanOutputs"] == R"({"r":2})");
  CHECK(out.record(0)["info"]["execution_duration_ms"] == 2000);
}

TEST_CASE("LangSmith: the session_id of a run is its project, not a conversation") {
  const std::string a(kA);
  const Converted out = converted(
      R"({"id":")" + a + R"(","trace_id":")" + a +
      R"(","name":"n","run_type":"chain","session_id":"proj","start_time":"2026-01-01T00:00:00"})");
  const json::Doc metadata = out.record(0)["info"]["trace_metadata"];
  CHECK_FALSE(metadata.contains("mlflow.trace.session"));
  CHECK(metadata["langsmith.project_id"] == "proj");
  CHECK(out.record(0)["info"]["state"] == "IN_PROGRESS");
}

TEST_CASE("LangSmith: sums of chains are not counted as the chain's own tokens") {
  const std::string a(kA), b(kB);
  const Converted out = converted(
      R"([{"id":")" + a + R"(","trace_id":")" + a +
      R"(","name":"n","run_type":"chain","start_time":"2026-01-01T00:00:00","prompt_tokens":5,"completion_tokens":1,"total_tokens":6,"total_cost":"0.25"},
{"id":")" +
      b + R"(","trace_id":")" + a + R"(","parent_run_id":")" + a +
      R"(","name":"m","run_type":"llm","start_time":"2026-01-01T00:00:00","prompt_tokens":5,"completion_tokens":1,"total_tokens":6}])");
  const json::Doc record = out.record(0);
  CHECK_FALSE(record["data"]["spans"][0]["attributes"].contains("mlflow.chat.tokenUsage"));
  CHECK(record["data"]["spans"][1]["attributes"].contains("mlflow.chat.tokenUsage"));
  CHECK(record["info"]["trace_metadata"]["mlflow.trace.cost"] == R"({"total_cost":0.25})");
}

TEST_CASE("LangSmith: tables hold feedback and events as texts") {
  const std::string a(kA);
  const Converted out = converted(
      R"({"id":")" + a + R"(","trace_id":")" + a +
      R"(","name":"n","run_type":"chain","start_time":"2026-01-01T00:00:00","end_time":"2026-01-01T00:00:01","inputs":"{\"q\":1}",
          "feedback_stats":"{\"correct\":{\"n\":2,\"avg\":0.5}}","events":"[{\"name\":\"new_token\",\"time\":\"2026-01-01T00:00:00.5\"}]"})");
  const json::Doc record = out.record(0);
  REQUIRE(record["info"]["assessments"].size() == 1);
  CHECK(record["info"]["assessments"][0]["feedback"]["value"] == 0.5);
  CHECK(record["data"]["spans"][0]["events"][0]["name"] == "new_token");
}
