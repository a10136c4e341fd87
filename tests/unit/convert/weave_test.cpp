#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

TEST_CASE("Weave: usage that calls above repeat is counted once") {
  const Converted out = converted(
      R"({"id":"a","trace_id":"t","op_name":"weave:///e/p/op/run:1","started_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T00:00:02Z","summary":{"usage":{"m":{"input_tokens":3,"output_tokens":4}}}}
         {"id":"b","trace_id":"t","parent_id":"a","op_name":"weave:///e/p/op/call:1","started_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T00:00:01Z","summary":{"usage":{"m":{"input_tokens":1,"output_tokens":2},"n":{"input_tokens":2,"output_tokens":2}}}})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc spans = out.record(0)["data"]["spans"];
  REQUIRE(spans.size() == 2);
  CHECK(spans[0]["name"] == "run");
  CHECK_FALSE(spans[0]["attributes"].contains("mlflow.chat.tokenUsage"));
  CHECK(spans[1]["attributes"]["mlflow.chat.tokenUsage"] ==
        R"({"input_tokens":3,"output_tokens":4,"total_tokens":7})");
}

TEST_CASE("Weave: an exception is an error, told by its last line") {
  const Converted out = converted(
      R"({"id":"a","trace_id":"t","op_name":"run","started_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T00:00:02Z","exception":"Traceback\n  line\nKeyError: 'x'\n"})");
  const json::Doc span = out.record(0)["data"]["spans"][0];
  CHECK(span["status"]["code"] == "STATUS_CODE_ERROR");
  CHECK(span["status"]["message"] == "KeyError: 'x'");
}
