#include "core/convert/mlflow_evaluate.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;

TEST_CASE("result tables of the older evaluate() become traces with scores") {
  const test::Converted out = test::converted(
      R"({"columns": ["inputs", "targets", "outputs", "toxicity/v1/score", "answer_similarity/v1/score", "answer_similarity/v1/justification", "token_count"],
          "data": [["What is 2+2?", "4", "four", 0.01, 5, "equal", 7]]})",
      "eval_results_table.json");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0), &info = record["info"], &list = info["assessments"];
  CHECK((record["data"]["spans"][0]["attributes"]["mlflow.spanInputs"] == "\"What is 2+2?\""));
  CHECK((record["data"]["spans"][0]["attributes"]["mlflow.spanOutputs"] == "\"four\""));
  CHECK((info["trace_metadata"]["mlflow_evaluate.token_count"] == "7"));
  REQUIRE(list.size() == 3);
  CHECK((list[0]["assessment_name"] == "expected_response"));
  CHECK((list[0]["expectation"]["value"] == "4"));
  CHECK((list[1]["assessment_name"] == "toxicity"));
  CHECK((list[1]["feedback"]["value"] == 0.01));
  CHECK((list[1]["source"]["source_type"] == "CODE"));
  CHECK((list[2]["assessment_name"] == "answer_similarity"));
  CHECK((list[2]["source"]["source_type"] == "LLM_JUDGE"));
  CHECK((list[2]["rationale"] == "equal"));
}

TEST_CASE("scores of a CSV file are numbers, booleans and texts again") {
  const test::Converted out = test::converted(
      "question,answer,ok/value,points/value,tone/value,gone/"
      "value\nhi,there,True,4.50,formal,nan\n",
      "scores.csv");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0), &list = record["info"]["assessments"];
  REQUIRE(list.size() == 3);
  CHECK((list[0]["feedback"]["value"] == true));
  CHECK((list[1]["feedback"]["value"] == 4.5));
  CHECK((list[2]["feedback"]["value"] == "formal"));
}

TEST_CASE("a table that names no inputs keeps its other columns as inputs") {
  const test::Converted out =
      test::converted(R"([{"city": "Bern", "country": "CH", "right/value": 1}])");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["data"]["spans"][0]["attributes"]["mlflow.spanInputs"] ==
        R"({"city": "Bern", "country": "CH"})");
}

TEST_CASE("the command line's answer of an evaluation gives assessments of the trace") {
  const test::Converted out = test::converted(
      R"([{"trace_id": "tr-1", "assessments": [{"name": "safe", "result": "yes", "rationale": "fine", "error": null}, {"name": "right", "result": null, "error": "no key"}]}])");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0), &list = record["info"]["assessments"];
  CHECK((record["info"]["trace_id"] == "tr-1"));
  REQUIRE(list.size() == 2);
  CHECK((list[0]["feedback"]["value"] == "yes"));
  CHECK((list[0]["rationale"] == "fine"));
  CHECK((list[1]["feedback"]["error"]["error_message"] == "no key"));
}

TEST_CASE("columns of scores are told by their ends") {
  CHECK(convert::is_score_column("tone/value"));
  CHECK(convert::is_score_column("dir/m/value"));
  CHECK(convert::is_score_column("x/v1/score"));
  CHECK(convert::is_score_column("response/llm_judged/correctness/rating"));
  CHECK_FALSE(convert::is_score_column("/value"));
  CHECK_FALSE(convert::is_score_column("value"));
  CHECK_FALSE(convert::is_score_column("x/rationale"));
  CHECK_FALSE(convert::is_score_column("a/score"));
}
