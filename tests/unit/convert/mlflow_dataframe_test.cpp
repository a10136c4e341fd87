#include "core/convert/mlflow_dataframe.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/files.h"
#include "tests/unit/convert/converted.h"
#include "tests/unit/convert/same_json.h"

using namespace assay;

namespace {

const std::string kRecord =
    R"({"info": {"trace_id": "tr-1", "trace_metadata": {"a": "b"}, "assessments": [{"assessment_name": "safe"}]}, "data": {"spans": []}})";

std::string in_json(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string in_csv(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

TEST_CASE("the trace column is taken word for word in every orient") {
  const std::string cell = in_json(kRecord);
  const std::vector<std::string> want = {kRecord};
  CHECK(test::converted("[{\"trace_id\": \"tr-1\", \"trace\": " + cell + "}]").lines == want);
  CHECK(test::converted("{\"trace_id\": {\"0\": \"tr-1\"}, \"trace\": {\"0\": " + cell + "}}")
            .lines == want);
  CHECK(test::converted("{\"trace\": {\"0\": " + cell + "}}").lines == want);
  CHECK(test::converted("{\"0\": {\"trace_id\": \"tr-1\", \"trace\": " + cell + "}}").lines ==
        want);
  CHECK(test::converted(
            "{\"columns\": [\"trace_id\", \"trace\"], \"index\": [0], \"data\": [[\"tr-1\", " +
            cell + "]]}")
            .lines == want);
  CHECK(test::converted("{\"schema\": {\"fields\": []}, \"data\": [{\"index\": 0, \"trace_id\": "
                        "\"tr-1\", \"trace\": " +
                        cell + "}]}")
            .lines == want);
  CHECK(test::converted("[[\"tr-1\", " + cell + ", null]]").lines == want);
  CHECK(test::converted(",trace_id,trace\n0,tr-1," + in_csv(kRecord) + "\n", "df.csv").lines ==
        want);
  CHECK(test::converted("trace\ttrace_id\n" + in_csv(kRecord) + "\ttr-1\n", "df.tsv").lines ==
        want);
}

TEST_CASE("traces in a table are not taken for records that were read already") {
  convert::ConvertOptions options;
  options.skip_mlflow_records = true;
  CHECK(test::converted("[" + kRecord + "]", "a.json", 1 << 20, options).lines.empty());
  CHECK(test::converted("[{\"trace_id\": \"tr-1\", \"trace\": " + in_json(kRecord) + "}]", "a.json",
                        1 << 20, options)
            .lines.size() == 1);
}

TEST_CASE("columns that MLflow does not know are kept, extracted fields and row numbers are not") {
  const test::Converted out = test::converted(
      ",trace,label,root.inputs.q,Unnamed: 0\n0," + in_csv(kRecord) + ",good,x,7\n", "df.csv");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0);
  CHECK((record["info"]["trace_metadata"] == json::Doc({{"a", "b"}, {"dataframe.label", "good"}})));
}

TEST_CASE("scores in columns are added where the trace lacks them") {
  const std::string row =
      "{\"trace_id\": \"tr-1\", \"trace\": " + in_json(kRecord) +
      R"(, "safe/value": "yes", "right/value": false, "right/rationale": "wrong city", "expected_answer/value": ["a"], "none/value": null,
                              "broken/value": null, "broken/error_message": "timeout"})";
  const test::Converted out = test::converted(row);
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0);
  const json::Doc& list = record["info"]["assessments"];
  REQUIRE(list.size() == 4);
  CHECK((list[1]["assessment_name"] == "right"));
  CHECK((list[1]["feedback"]["value"] == false));
  CHECK((list[1]["rationale"] == "wrong city"));
  CHECK((list[1]["source"]["source_type"] == "LLM_JUDGE"));
  CHECK((list[2]["expectation"]["serialized_value"]["value"] == "[\"a\"]"));
  CHECK((list[3]["assessment_name"] == "broken"));
  CHECK((list[3]["feedback"]["error"]["error_message"] == "timeout"));
  CHECK((record["info"]["trace_metadata"].size() == 1));
}

TEST_CASE("a table without its trace column is put together from the others") {
  const std::string csv =
      "trace_id,trace,client_request_id,state,request_time,execution_duration,request,response,"
      "trace_metadata,tags,spans,assessments\n"
      "tr-0123456789abcdef0123456789abcdef,Trace(trace_id=tr-0123456789abcdef0123456789abcdef),,OK,"
      "1795500170508,1,{'q': None},hi,"
      "{'mlflow.user': 'root'},{'mlflow.traceName': 'chain'},\"[{'trace_id': "
      "'ASNFZ4mrze8BI0VniavN7w==', 'span_id': 'FVPHS/FSyA0=', "
      "'parent_span_id': None, 'name': 'chain', 'start_time_unix_nano': 1795500170508069203, "
      "'end_time_unix_nano': 1795500170509173363, 'events': [], "
      "'status': {'code': 'STATUS_CODE_OK', 'message': ''}, 'attributes': {'mlflow.spanInputs': "
      "'{\"\"q\"\": null}'}}]\",\"[{'assessment_name': 'ok', 'feedback': "
      "{'value': True}}]\"\n";
  const test::Converted out = test::converted(csv, "df.csv");
  REQUIRE(out.lines.size() == 1);
  const std::string want = R"({"info": {"trace_id": "tr-0123456789abcdef0123456789abcdef",
    "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}, "request_time": "2026-11-24T06:02:50.508Z", "state": "OK",
    "trace_metadata": {"mlflow.user": "root"}, "tags": {"mlflow.traceName": "chain"}, "request_preview": "{\"q\": null}", "response_preview": "\"hi\"",
    "assessments": [{"assessment_name": "ok", "feedback": {"value": true}}], "execution_duration_ms": 1},
    "data": {"spans": [{"trace_id": "ASNFZ4mrze8BI0VniavN7w==", "span_id": "FVPHS/FSyA0=", "parent_span_id": null, "name": "chain",
      "start_time_unix_nano": 1795500170508069203, "end_time_unix_nano": 1795500170509173363, "events": [], "status": {"code": "STATUS_CODE_OK", "message": ""},
      "attributes": {"mlflow.spanInputs": "{\"q\": null}"}}]}})";
  INFO(out.lines[0]);
  CHECK(test::json_difference(out.lines[0], want) == "");
}

TEST_CASE("inputs and outputs of a table without spans make a root span") {
  const test::Converted out = test::converted(
      R"([{"trace_id": "tr-1", "state": "ERROR", "request_time": 1795500170508, "execution_duration": 20, "request": {"q": "\u00fc"}, "response": null, "tags": {"mlflow.traceName": "n"}, "spans": []}])");
  REQUIRE(out.lines.size() == 1);
  const json::Doc record = out.record(0), &span = record["data"]["spans"][0];
  CHECK((span["name"] == "n"));
  CHECK((span["end_time_unix_nano"] == 1795500170528000000));
  CHECK((span["status"]["code"] == "STATUS_CODE_ERROR"));
  CHECK((span["attributes"]["mlflow.spanInputs"] == "{\"q\": \"\xC3\xBC\"}"));
  CHECK_FALSE(span["attributes"].contains("mlflow.spanOutputs"));
}

TEST_CASE("every real form of one search gives the same records") {
  const std::string folder = "mlflow-real/search_traces/crm-email-prod/";
  const auto lines = test::load_file(test::samples_path(folder + "lines.jsonl"));
  if (!lines) SKIP("no samples beside the repository");
  const test::Converted want = test::converted(*lines);
  REQUIRE(want.lines.size() == 77);
  for (const char* name :
       {"records.json", "default.json", "split.json", "index.json", "values.json", "table.json",
        "df.csv", "df.tsv", "df.with_index.csv", "extract_fields.csv", "json_strings.csv"}) {
    const auto text = test::load_file(test::samples_path(folder + name));
    if (!text) continue;
    INFO(name);
    CHECK((test::converted(*text, name, 65536).lines == want.lines));
  }
}

TEST_CASE("without the trace column the real table still gives the spans word for word") {
  const auto traces =
      test::load_file(test::samples_path("mlflow-real/search_traces/crm-email-prod/lines.jsonl"));
  if (!traces) SKIP("no samples beside the repository");
  const test::Converted want = test::converted(*traces);
  std::string without = *traces;
  for (size_t at = 0; (at = without.find("\"trace\":", at)) != std::string::npos;)
    without.replace(at, 8, "\"t____\":");
  const test::Converted out = test::converted(without);
  REQUIRE(out.lines.size() == want.lines.size());
  for (size_t i = 0; i < out.lines.size(); ++i) {
    json::Tree ours, theirs;
    REQUIRE(ours.parse(out.lines[i]));
    REQUIRE(theirs.parse(want.lines[i]));
    INFO("trace " << theirs.root()["info"]["trace_id"].text());
    // pandas writes NaN as null.
    if (theirs.text().find("NaN") != std::string_view::npos ||
        theirs.text().find("Infinity") != std::string_view::npos)
      continue;
    CHECK(test::json_difference(ours.root()["data"]["spans"], theirs.root()["data"]["spans"]) ==
          "");
    CHECK(test::json_difference(ours.root()["info"]["tags"], theirs.root()["info"]["tags"]) == "");
    CHECK(ours.root()["info"]["request_time"].text() ==
          theirs.root()["info"]["request_time"].text());
    CHECK(ours.root()["info"]["execution_duration_ms"].raw() ==
          theirs.root()["info"]["execution_duration_ms"].raw());
    CHECK(ours.root()["info"]["assessments"].size() == theirs.root()["info"]["assessments"].size());
  }
}

TEST_CASE("wrong types in every cell never break a record") {
  for (const char* value : {"null", "5", "\"x\"", "[]", "{}", "[1]", "{\"a\": {\"0\": 1}}", "true",
                            "\"{'a': \"", "\"(\"", "\"{\\\"info\\\": 1\"", "1e999"}) {
    for (const char* column :
         {"trace_id", "trace", "state", "request_time", "execution_duration", "request",
          "trace_metadata", "tags", "spans", "assessments", "x/value", "trace_location"}) {
      std::string row = R"({"trace_id": "tr-1", "spans": [], "tags": {}, "request_time": 5, ")" +
                        std::string(column) + "\": " + value + "}";
      INFO(row);
      std::vector<std::string> lines = test::converted(row).lines;
      const test::Converted split =
          test::converted("{\"columns\": [\"trace_id\", \"" + std::string(column) +
                          "\"], \"data\": [[\"tr-1\", " + value + "], " + value + "]}");
      lines.insert(lines.end(), split.lines.begin(), split.lines.end());
      const test::Converted columns = test::converted("{\"trace_id\": {\"0\": 1}, \"" +
                                                      std::string(column) + "\": " + value + "}");
      lines.insert(lines.end(), columns.lines.begin(), columns.lines.end());
      for (const std::string& line : lines) {
        json::Tree tree;
        CHECK(tree.parse(line));
      }
    }
  }
}
