#include "core/convert/mlflow_dataset.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"
#include "tests/unit/convert/same_json.h"

using namespace assay;

namespace {

std::string record_text(const std::string& more) {
  return R"({"dataset_record_id": "dr-0123456789abcdef0123456789abcdef", "inputs": {"q": "\u00fc"}, "outputs": {"mlflow_wrapped": "four"},
    "expectations": {"expected_response": "4", "facts": ["a"]}, "tags": {"k": "v"}, "source": {"source_type": "TRACE", "source_data": {"trace_id": "tr-9", "session_id": "s-1"}},
    "created_time": 1795500480508, "created_by": "ann")" +
         more + "}";
}

}  // namespace

TEST_CASE("an expectation of nothing is metadata: MLflow refuses a trace that holds one") {
  const test::Converted out = test::converted(
      R"({"dataset_record_id": "dr-1", "inputs": {"q": "?"}, )"
      R"("expectations": {"expected_response": null, "b": 2}})");
  const json::Doc record = out.record(0), &info = record["info"];
  REQUIRE(info["assessments"].size() == 1);
  CHECK((info["assessments"][0]["assessment_name"] == "b"));
  CHECK((info["trace_metadata"]["assay.source.expectation.expected_response"] == "null"));
}

TEST_CASE("a dataset record becomes a trace of one span with its expectations") {
  const test::Converted out = test::converted(record_text(", \"new\": [1]"));
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0), &info = record["info"],
                  &metadata = info["trace_metadata"];
  CHECK((info["trace_id"] == "tr-0123456789abcdef0123456789abcdef"));
  CHECK((info["request_time"] == "2026-11-24T06:08:00.508Z"));
  CHECK((info["tags"]["k"] == "v"));
  CHECK((metadata["mlflow.trace.session"] == "s-1"));
  CHECK((metadata["mlflow_dataset.source_trace_id"] == "tr-9"));
  CHECK((metadata["mlflow_dataset.dataset_record_id"] == "dr-0123456789abcdef0123456789abcdef"));
  CHECK((metadata["mlflow_dataset.new"] == "[1]"));
  const json::Doc& attributes = record["data"]["spans"][0]["attributes"];
  CHECK((attributes["mlflow.spanInputs"] == "{\"q\": \"\xC3\xBC\"}"));
  CHECK((attributes["mlflow.spanOutputs"] == "\"four\""));
  const json::Doc& list = info["assessments"];
  REQUIRE(list.size() == 2);
  CHECK((list[0]["expectation"]["value"] == "4"));
  CHECK((list[0]["source"]["source_type"] == "HUMAN"));
  CHECK((list[0]["source"]["source_id"] == "ann"));
  CHECK((list[1]["expectation"]["serialized_value"]["value"] == "[\"a\"]"));
}

TEST_CASE("records come bare, wrapped, as JSON texts and as rows of a CSV file alike") {
  const std::string want = test::converted(record_text("")).record(0)["data"].dump();
  const std::string record = record_text("");
  std::string quoted;
  for (const char c : record) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? ' ' : c;
  }
  const test::Converted forms[] = {
      test::converted("[" + record + "]"),
      test::converted("{\"dataset_id\": \"d-1\", \"name\": \"dataset record\", \"records\": [" +
                      record + "]}"),
      test::converted("{\"records\": \"[" + quoted + "]\", \"next_page_token\": \"\"}"),
      test::converted(
          R"({"dataset_record_id": "dr-0123456789abcdef0123456789abcdef", "inputs": "{\"q\": \"ü\"}", "outputs": "{\"mlflow_wrapped\": \"four\"}",
        "created_time": 1795500480508})"),
      test::converted(
          "inputs,outputs,expectations,source,created_time,dataset_record_id\n"
          "{'q': 'ü'},four,{'expected_response': '4'},\"Source(source_type=<Type.TRACE: 'TRACE'>, "
          "source_data={'session_id': 's-1'})\",1795500480508,"
          "dr-0123456789abcdef0123456789abcdef\n",
          "dataset.csv")};
  for (const test::Converted& form : forms) {
    REQUIRE(form.lines.size() == 1);
    CHECK(form.record(0)["data"].dump() == want);
  }
  CHECK(forms[4].record(0)["info"]["trace_metadata"]["mlflow.trace.session"] == "s-1");
}

TEST_CASE("what people write for evaluate() is read, and gives the same id again") {
  const std::string text =
      R"([{"inputs": {"q": "2+2"}, "expectations": {"expected_response": "4"}}])";
  const test::Converted out = test::converted(text);
  REQUIRE(out.lines.size() == 1);
  CHECK(out.lines == test::converted(text).lines);
  CHECK((out.record(0)["info"]["state"] == "OK"));
}

TEST_CASE("wrong types in a dataset never break a record") {
  for (const std::string value :
       {"null", "5", "\"x\"", "\"\"", "[]", "{}", "[1, {}]", "true", "\"{'a\""}) {
    for (
        const char* form :
        {R"({"dataset_record_id": "x", "inputs": @, "outputs": @, "expectations": @, "tags": @, "source": @, "created_time": @, "created_by": @})",
         R"({"dataset_id": "d", "name": @, "records": @})",
         R"({"dataset_id": "d", "records": [@, {"dataset_record_id": "a"}]})",
         R"({"records": "dataset_record_id @"})"}) {
      std::string text;
      for (const char* c = form; *c != '\0'; ++c)
        *c == '@' ? text += value : text += *c;
      for (const std::string& line : test::converted(text).lines) {
        json::Tree tree;
        INFO(text);
        CHECK(tree.parse(line));
      }
    }
  }
}

TEST_CASE("records of the same inputs from several traces are all read") {
  const test::Converted result = test::converted(
      R"({"inputs":{"q":"1"},"outputs":"a","expectations":{},"source":{"source_type":"TRACE","source_data":{"trace_id":"tr-1"}},"source_id":"tr-1","source_type":"TRACE"})"
      "\n"
      R"({"inputs":{"q":"1"},"outputs":"b","expectations":{},"source":{"source_type":"TRACE","source_data":{"trace_id":"tr-2"}},"source_id":"tr-2","source_type":"TRACE"})");
  REQUIRE(result.lines.size() == 2);
  CHECK(result.record(0)["info"]["trace_id"] != result.record(1)["info"]["trace_id"]);
}
