#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

TEST_CASE("Opik: each author of a score said something of their own") {
  const Converted out = converted(
      R"({"trace":{"id":"t","name":"n","start_time":"2026-01-01 00:00:00+00:00","end_time":"2026-01-01 00:00:01+00:00","input":{},"output":{},
          "feedback_scores":[{"name":"q","value":0.5,"source":"ui","value_by_author":{"ann":{"value":1,"reason":"yes","source":"ui"},"bot":{"value":0,"source":"online_scoring"}}}]},"spans":[],"downloaded_at":"x"})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc list = out.record(0)["info"]["assessments"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["source"]["source_id"] == "ann");
  CHECK(list[0]["source"]["source_type"] == "HUMAN");
  CHECK(list[0]["rationale"] == "yes");
  CHECK(list[1]["source"]["source_type"] == "LLM_JUDGE");
  CHECK(list[1]["feedback"]["value"] == 0);
}

TEST_CASE("Opik: an experiment's items meet their traces") {
  const Converted out = converted(
      R"({"trace":{"id":"t","name":"n","start_time":"2026-01-01 00:00:00","input":{"q":1},"output":{"a":1},"feedback_scores":[]},"spans":[{"id":"s","trace_id":"t","parent_span_id":null,"name":"s","type":"general","start_time":"2026-01-01 00:00:00"}],"downloaded_at":"x"}
         {"experiment":{"id":"e","name":"x"},"items":[{"trace_id":"t","dataset_item_data":{"expected_output":"A"},"feedback_scores":[{"name":"eq","value":1,"source":"sdk"}]}]})");
  REQUIRE(out.lines.size() == 1);
  const json::Doc list = out.record(0)["info"]["assessments"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["assessment_name"] == "eq");
  CHECK(list[1]["expectation"]["value"] == "A");
}

TEST_CASE("Opik: a span's type that a later version brings is read") {
  const Converted out = converted(
      R"([{"id":"s","trace_id":"t","parent_span_id":null,"project_id":"p","name":"s","type":"agent","start_time":"2026-01-01 00:00:00","end_time":"2026-01-01 00:00:01"}])");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["data"]["spans"][0]["attributes"]["mlflow.spanType"] == "\"AGENT\"");
}
