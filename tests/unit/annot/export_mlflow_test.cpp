#include "core/annot/export_mlflow.h"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

#include "core/ingest/importer.h"
#include "tests/unit/annot/fixture.h"

namespace assay::annot {
namespace {

using store::Assessment;
using store::TraceRow;

// The members of info without which MLflow loads no trace; no white space.
const std::string kWanted =
    R"("trace_id":"tr-1","state":"OK","request_time":"2026-01-01T00:00:00Z",)"
    R"("trace_location":{"type":"INFERENCE_TABLE"})";

std::string exported(const store::Dataset& dataset, std::vector<TraceRow> rows) {
  StringSink sink;
  MlflowExport job(dataset, std::move(rows), sink);
  Budget budget;
  while (job.step(budget) != Progress::Finished) {
  }
  CHECK(job.bytes_written() == sink.text.size());
  return sink.text;
}

// The file through the importer and out again.
std::vector<std::string> round_trip(const std::string& name, const std::string& text) {
  store::Dataset dataset;
  const ingest::FileReport report = ingest::import_bytes(dataset, name, text);
  INFO(ingest::to_text(report));
  CHECK_FALSE(report.failed);
  return lines_of(exported(dataset, all_rows(dataset)));
}

TEST_CASE("real exports without changes come out byte for byte") {
  size_t traces = 0;
  for (const char* name : {"crm-email-prod.jsonl", "support-agent-staging.jsonl"}) {
    CAPTURE(name);
    const std::string text = read_file(samples_dir() + "traces/" + name);
    if (text.empty()) SKIP("the MLflow samples are not here");
    const auto in = lines_of(text);
    const auto out = round_trip(name, text);
    REQUIRE(out.size() == in.size());
    for (size_t i = 0; i < in.size(); ++i) {
      CHECK(out[i] == in[i]);
      ++traces;
    }
  }
  CHECK(traces == 155);
}

TEST_CASE("pretty-printed and array exports come out as the same documents, one a line") {
  const std::string array = read_file(samples_dir() + "traces/crm-email-prod.array20.json");
  const std::string pretty = read_file(samples_dir() + "traces/support-agent-staging.pretty.json");
  if (array.empty() || pretty.empty()) SKIP("the MLflow samples are not here");
  const auto from_array = round_trip("array20.json", array);
  const Tree expected = tree_of(array);
  REQUIRE(from_array.size() == expected.elements.size());
  for (size_t i = 0; i < from_array.size(); ++i)
    CHECK(tree_of(from_array[i]) == expected.elements[i]);
  const auto from_pretty = round_trip("pretty.json", pretty);
  REQUIRE(from_pretty.size() == 1);
  CHECK(tree_of(from_pretty[0]) == tree_of(pretty));
}

TEST_CASE("members of info that MLflow cannot load a trace without are put in where they lack") {
  const auto out = round_trip(
      "a.jsonl",
      R"({"info": {"trace_id": "tr-1", "request_time": null, "tags": {"a": "b"}}, "data": {"spans": []}})"
      "\n");
  REQUIRE(out.size() == 1);
  CHECK(out[0] ==
        R"({"info":{"trace_id":"tr-1","tags":{"a": "b"},)"
        R"("trace_location":{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"0"}},)"
        R"("request_time":"1970-01-01T00:00:00Z","state":"STATE_UNSPECIFIED"},"data":{"spans": []}})");
}

TEST_CASE("a time that is a number goes out as the text that MLflow reads") {
  const auto out = round_trip(
      "a.jsonl",
      R"({"info": {"trace_id": "tr-1", "trace_location": {"type": "INFERENCE_TABLE"}, "state": "OK", )"
      R"("request_time": 1700000000123}, "data": {"spans": []}})"
      "\n");
  REQUIRE(out.size() == 1);
  CAPTURE(out[0]);
  CHECK(out[0].find("1700000000123") == std::string::npos);
  CHECK(out[0].find(R"("request_time":"2023-11-14T22:13:20.123Z")") != std::string::npos);
}

TEST_CASE("a time that info lacks is that of the earliest span") {
  const auto out = round_trip(
      "a.jsonl",
      R"({"info": {"trace_id": "tr-1", "trace_location": {"type": "INFERENCE_TABLE"}, "state": "OK"}, )"
      R"("data": {"spans": [{"trace_id": "AAAAAAAAAAAAAAAAAAAAAQ==", "span_id": "AAAAAAAAAAE=", )"
      R"("parent_span_id": null, "name": "n", "start_time_unix_nano": 1700000000123456789, )"
      R"("end_time_unix_nano": null, "events": [], "status": {"code": "STATUS_CODE_OK", "message": ""}, )"
      R"("attributes": {"mlflow.traceRequestId": "\"tr-1\""}}]}})"
      "\n");
  REQUIRE(out.size() == 1);
  CHECK(out[0].find(R"("state":"OK","request_time":"2023-11-14T22:13:20.123456789Z"})") !=
        std::string::npos);
}

TEST_CASE("a record with all that MLflow wants keeps its spelling") {
  const std::string line =
      R"({ "data":{"spans":[ ]},"info" : {"state":"OK", "trace_id":"tr-1",)"
      R"("request_time":"2026-01-01T00:00:00Z", "trace_location":{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"7"}}}})";
  const auto out = round_trip("a.jsonl", line + "\n");
  REQUIRE(out.size() == 1);
  CHECK(out[0] == line);
}

TEST_CASE("a new assessment goes behind the imported ones and nothing else moves") {
  const std::string text = read_file(samples_dir() + "traces/crm-email-prod.jsonl");
  if (text.empty()) SKIP("the MLflow samples are not here");
  for (const std::string& line : lines_of(text)) {
    Desk desk;
    const TraceRow row = desk.filler.add(line);
    const std::string trace_id(desk.dataset.trace_id(row));
    desk.annotations.sync();
    REQUIRE(desk.apply(create(trace_id, "a-new", "fine")).ok());
    const std::string out = export_record(desk.dataset, row);
    const size_t at = out.find("{\"assessment_id\":\"a-new\"");
    REQUIRE(at != std::string::npos);
    const std::string array_end = "]";
    const size_t end = out.find(array_end, at);
    std::string without = out.substr(0, at) + out.substr(end);
    // Take away what joined it to the rest: the text must be the imported one again.
    const std::string inserted = ", \"assessments\": []";
    if (const size_t empty = without.find(inserted); empty != std::string::npos) {
      without.erase(empty, inserted.size());
    } else {
      without.erase(at - 2, 2);
    }
    CHECK(without == line);
    Tree info = tree_of(out).at("info");
    const size_t before = desk.dataset.imported_assessments(row).size();
    REQUIRE(info.at("assessments").elements.size() == before + 1);
    CHECK(info.at("assessments").elements.back().at("feedback") == tree_of(R"({"value":"fine"})"));
  }
}

const std::string kElement =
    R"({"assessment_id": "a-1", "future": {"x": 1e400}, "assessment_name": "tone", "trace_id": "tr-1", )"
    R"("source": {"source_type": "HUMAN", "source_id": "bob", "team": "q"}, "create_time": )"
    R"("2026-11-24T06:03:51.294000Z", "last_update_time": "2026-11-24T06:03:51Z", "feedback": )"
    R"({"value": 5, "extra": true}, "rationale": null, "metadata": {"k": "1"}})";

TEST_CASE("a superseded imported assessment keeps every member to the letter") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1", "[" + kElement + "]");
  REQUIRE(desk.apply(create("tr-1", "a-2", "x", "a-1")).ok());
  Tree out = tree_of(export_record(desk.dataset, row)).at("info").at("assessments");
  REQUIRE(out.elements.size() == 2);
  Tree expected = tree_of(kElement.substr(0, kElement.size() - 1) + R"(,"valid":false})");
  CHECK(out.elements[0] == expected);
  REQUIRE(desk.apply(delete_event("tr-1", "a-2")).ok());
  CHECK(export_record(desk.dataset, row) == desk.dataset.raw(desk.dataset.record(row)));
}

TEST_CASE("an updated imported assessment changes only what was updated") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1", "[" + kElement + "]");
  REQUIRE(
      desk.apply(update("tr-1", "a-1", R"("rationale":"why","metadata":{"n":"2"})"), 1795500000000)
          .ok());
  const Tree a =
      tree_of(export_record(desk.dataset, row)).at("info").at("assessments").elements.at(0);
  CHECK(a.at("feedback") == tree_of(R"({"value": 5, "extra": true})"));
  CHECK(a.at("future") == tree_of(R"({"x": 1e400})"));
  CHECK(a.at("source").at("team").scalar == "q");
  CHECK(a.at("create_time").scalar == "2026-11-24T06:03:51.294000Z");
  CHECK(a.at("last_update_time").scalar == "2026-11-24T06:00:00Z");
  CHECK(a.at("rationale").scalar == "why");
  CHECK(a.at("metadata") == tree_of(R"({"k": "1", "n": "2"})"));
  CHECK_FALSE(a.has("valid"));
}

TEST_CASE("the old top-level error goes when the feedback gets a new value") {
  Desk desk;
  const TraceRow row = desk.add_trace(
      "tr-1", R"([{"assessment_id":"a-1","assessment_name":"n","error":{"error_code":"E"}}])");
  CHECK(desk.find(row, "a-1")->error_code == "E");
  REQUIRE(desk.apply(update("tr-1", "a-1", R"("feedback":{"value":true})")).ok());
  const Tree a =
      tree_of(export_record(desk.dataset, row)).at("info").at("assessments").elements.at(0);
  CHECK_FALSE(a.has("error"));
  CHECK(a.at("feedback") == tree_of(R"({"value":true})"));
}

TEST_CASE("deleted assessments are gone, unreadable ones stay") {
  Desk desk;
  const TraceRow row =
      desk.add_trace("tr-1", "[" + kElement + R"(, {"assessment_id": "a-odd"}, 7, null])");
  REQUIRE(desk.apply(delete_event("tr-1", "a-1")).ok());
  const Tree info = tree_of(export_record(desk.dataset, row)).at("info");
  CHECK(info.at("assessments") == tree_of(R"([{"assessment_id": "a-odd"}, 7, null])"));
  CHECK(info.at("state").scalar == "OK");
}

TEST_CASE("an assessments member of null is replaced, not doubled") {
  Desk desk;
  const TraceRow row =
      desk.filler.add(R"({"info":{"assessments":null,"trace_id":"tr-1"},"data":{"spans":[]}})");
  desk.annotations.sync();
  REQUIRE(desk.apply(create("tr-1", "a-2")).ok());
  const std::string out = export_record(desk.dataset, row);
  CHECK(out.find("null,\"trace_id\"") == std::string::npos);
  CHECK(out.find("\"assessments\"") == out.rfind("\"assessments\""));
  CHECK(tree_of(out).at("info").at("assessments").elements.size() == 1);
}

TEST_CASE("tokens of Python's JSON, big numbers and unknown keys stay as they are") {
  const std::string record =
      "{\"v\": 3, \"info\": {" + kWanted + ", \"n\": 12345678901234567890123, \"f\": 1.10},\n"
      "  \"data\": {\"spans\": [{\"x\": NaN, \"y\": -Infinity, \"s\": \"a  b\\n\\u00e9\"}]}}";
  Desk desk;
  const TraceRow row = desk.filler.add(record);
  desk.annotations.sync();
  CHECK(export_record(desk.dataset, row) ==
        "{\"v\":3,\"info\":{" + kWanted + ",\"n\":12345678901234567890123,\"f\":1.10},"
        "\"data\":{\"spans\":[{\"x\":NaN,\"y\":-Infinity,\"s\":\"a  b\\n\\u00e9\"}]}}");
}

TEST_CASE("ill-formed UTF-8 becomes U+FFFD so that the file can be read") {
  Desk desk;
  const TraceRow row =
      desk.filler.add("{\"info\":{" + kWanted + ",\"x\":\"a\xFF\"},\"data\":{}}");
  CHECK(export_record(desk.dataset, row) ==
        "{\"info\":{" + kWanted + ",\"x\":\"a\xEF\xBF\xBD\"},\"data\":{}}");
}

TEST_CASE("the export goes on in slices and takes selected rows only") {
  Desk desk;
  std::vector<TraceRow> rows;
  for (int i = 0; i < 50; ++i)
    rows.push_back(desk.add_trace("tr-" + std::to_string(i)));
  const std::string whole = exported(desk.dataset, all_rows(desk.dataset));
  CHECK(lines_of(whole).size() == 50);
  StringSink sink;
  MlflowExport job(desk.dataset, rows, sink);
  size_t steps = 1;
  for (Budget budget{100, 0, nullptr, nullptr}; job.step(budget) == Progress::Working; ++steps) {
    budget.units_left = 100;
  }
  CHECK(steps > 10);
  CHECK(job.rows_done() == 50);
  CHECK(sink.text == whole);
  const auto two = lines_of(exported(desk.dataset, {rows[7], rows[3], TraceRow{999}}));
  REQUIRE(two.size() == 2);
  CHECK(tree_of(two[0]).at("info").at("trace_id").scalar == "tr-7");
  CHECK(exported(desk.dataset, {}).empty());
}

// Annotate, export, import: the assessments in force are the same.
TEST_CASE("an exported file brings the annotations back when it is imported") {
  const std::string text = read_file(samples_dir() + "traces/crm-email-prod.jsonl");
  if (text.empty()) SKIP("the MLflow samples are not here");
  Desk desk;
  ingest::import_bytes(desk.dataset, "crm.jsonl", text);
  desk.annotations.sync();
  for (const TraceRow row : all_rows(desk.dataset)) {
    const std::string trace_id(desk.dataset.trace_id(row));
    const std::string n = std::to_string(row.v);
    std::string overrides;
    const std::vector<Assessment> now = desk.dataset.assessments(row);
    if (!now.empty()) overrides = now[row.v % now.size()].assessment_id;
    if (now.size() > 1)
      REQUIRE(desk.apply(delete_event(trace_id, now[(row.v + 1) % now.size()].assessment_id)).ok());
    REQUIRE(desk.apply(create(trace_id, "a-new" + n, "v" + n, overrides)).ok());
    if (now.size() > 2) {
      REQUIRE(desk.apply(update(trace_id, now[(row.v + 2) % now.size()].assessment_id,
                                R"("name":"renamed")"))
                  .ok());
    }
  }
  store::Dataset again;
  const auto report =
      ingest::import_bytes(again, "out.jsonl", exported(desk.dataset, all_rows(desk.dataset)));
  CHECK(report.warnings() == 0);
  REQUIRE(again.trace_count() == desk.dataset.trace_count());
  for (const TraceRow row : all_rows(again)) {
    const auto& expected = desk.dataset.assessments(row);
    const auto& got = again.assessments(row);
    REQUIRE(got.size() == expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      CHECK(tree_of(store::assessment_to_json(got[i], again.trace_id(row))) ==
            tree_of(store::assessment_to_json(expected[i], again.trace_id(row))));
    }
  }
}

}  // namespace
}  // namespace assay::annot
