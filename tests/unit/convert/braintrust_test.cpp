#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

TEST_CASE("Braintrust: parts with _is_merge are joined member by member") {
  const Converted out = converted(
      R"([{"id":"r","span_id":"s","root_span_id":"s","_is_merge":false,"span_attributes":{"name":"n","type":"task"},"metrics":{"start":1767225600.5},"input":"q","metadata":{"a":1}},
          {"id":"r","span_id":"s","root_span_id":"s","_is_merge":true,"metrics":{"end":1767225601.5},"output":"o","metadata":{"b":2}}])");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0);
  REQUIRE(record["data"]["spans"].size() == 1);
  CHECK(record["info"]["execution_duration_ms"] == 1000);
  const json::Doc attributes = record["data"]["spans"][0]["attributes"];
  CHECK(attributes["mlflow.spanInputs"] == "\"q\"");
  CHECK(attributes["mlflow.spanOutputs"] == "\"o\"");
  CHECK(attributes["braintrust.metadata.a"] == "1");
  CHECK(attributes["braintrust.metadata.b"] == "2");
}

TEST_CASE(
    "Braintrust: null scores are no scores, and only the root's ground truth is the trace's") {
  const Converted out = converted(
      R"({"id":"r","span_id":"s","root_span_id":"s","span_attributes":{"name":"n"},"metrics":{"start":1767225600,"end":1767225601},"expected":{"x":1},"scores":{"a":null,"b":0.5}}
         {"id":"c","span_id":"t","root_span_id":"s","span_parents":["s"],"span_attributes":{"name":"m","type":"score"},"metrics":{"start":1767225600,"end":1767225601},"expected":{"x":1}})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc list = out.record(0)["info"]["assessments"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["assessment_name"] == "b");
  CHECK(list[1]["assessment_name"] == "expected_output");
  CHECK(list[1]["expectation"]["serialized_value"]["value"] == R"({"x":1})");
}

TEST_CASE("Braintrust: seconds keep their fraction to the nanosecond") {
  const Converted out = converted(
      R"({"id":"r","span_id":"s","root_span_id":"s","span_attributes":{"name":"n"},"metrics":{"start":1767225600.123456,"end":1767225600.123457}})");
  CHECK(out.record(0)["data"]["spans"][0]["start_time_unix_nano"] == 1767225600123456000);
  CHECK(out.record(0)["data"]["spans"][0]["end_time_unix_nano"] == 1767225600123457000);
}
