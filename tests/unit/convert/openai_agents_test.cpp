#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

TEST_CASE("OpenAI Agents: responses without text are told") {
  const Converted out = converted(
      R"({"data":[{"object":"trace","id":"trace_1","workflow_name":"w","group_id":"g"},
          {"object":"trace.span","id":"span_1","trace_id":"trace_1","parent_id":null,"started_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T00:00:01Z","span_data":{"type":"response","response_id":"resp_1"}},
          {"object":"trace.span","id":"span_2","trace_id":"trace_1","parent_id":"span_1","started_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T00:00:01Z","span_data":{"type":"function","name":"f","input":"{\"a\":1}","output":"r"}}]})");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.report.count(ingest::IssueKind::ContentElsewhere) == 1);
  const json::Doc record = out.record(0);
  CHECK(record["info"]["trace_metadata"]["mlflow.trace.session"] == "g");
  CHECK(record["data"]["spans"][1]["attributes"]["mlflow.spanType"] == "\"TOOL\"");
  CHECK(record["data"]["spans"][1]["attributes"]["mlflow.spanInputs"] == R"({"a":1})");
}
