#include "core/annot/upgrade_v2.h"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>

#include "core/annot/export_mlflow.h"
#include "core/ingest/importer.h"
#include "tests/unit/annot/fixture.h"

namespace assay::annot {
namespace {

std::string hex_of_base64(const std::string& text) {
  static const std::string kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string hex;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<uint32_t>(kAlphabet.find(c));
    count += 6;
    for (; count >= 8; count -= 8) {
      const uint32_t byte = bits >> (count - 8) & 0xFF;
      hex += "0123456789abcdef"[byte >> 4];
      hex += "0123456789abcdef"[byte & 15];
    }
  }
  return "0x" + hex;
}

void check_span(const Tree& v2, const Tree& v3) {
  CHECK(v3.at("trace_id").scalar.size() == 24);
  CHECK(v3.at("span_id").scalar.size() == 12);
  CHECK(hex_of_base64(v3.at("trace_id").scalar) == v2.at("context").at("trace_id").scalar);
  CHECK(hex_of_base64(v3.at("span_id").scalar) == v2.at("context").at("span_id").scalar);
  if (v2.at("parent_id").is_null())
    CHECK(v3.at("parent_span_id").is_null());
  else
    CHECK(hex_of_base64(v3.at("parent_span_id").scalar) == v2.at("parent_id").scalar);
  CHECK(v3.at("name") == v2.at("name"));
  CHECK(v3.at("start_time_unix_nano") == v2.at("start_time"));
  CHECK(v3.at("end_time_unix_nano") == v2.at("end_time"));
  CHECK(v3.at("status").at("code").scalar == "STATUS_CODE_" + v2.at("status_code").scalar);
  CHECK(v3.at("status").at("message") == v2.at("status_message"));
  CHECK(v3.at("attributes") == v2.at("attributes"));
  REQUIRE(v3.at("events").elements.size() == v2.at("events").elements.size());
  for (size_t i = 0; i < v3.at("events").elements.size(); ++i) {
    const Tree& before = v2.at("events").elements[i];
    const Tree& after = v3.at("events").elements[i];
    CHECK(after.at("time_unix_nano") == before.at("timestamp"));
    CHECK(after.at("name") == before.at("name"));
    CHECK(after.at("attributes") == before.at("attributes"));
    CHECK(after.members.size() == 3);
  }
  CHECK(v3.keys() == std::vector<std::string>{"attributes", "end_time_unix_nano", "events", "name",
                                              "parent_span_id", "span_id", "start_time_unix_nano",
                                              "status", "trace_id"});
}

TEST_CASE("MLflow 2.15 traces are upgraded field by field") {
  const std::string text = read_file(samples_dir() + "old/2.15/traces.jsonl");
  if (text.empty()) SKIP("the MLflow samples are not here");
  store::Dataset dataset;
  ingest::import_bytes(dataset, "traces.jsonl", text);
  const auto in = lines_of(text);
  REQUIRE(dataset.trace_count() == in.size());
  size_t spans = 0, events = 0;
  for (uint32_t i = 0; i < in.size(); ++i) {
    const Tree v2 = tree_of(in[i]);
    const std::string out = export_record(dataset, store::TraceRow{i});
    const Tree v3 = tree_of(out);
    const Tree& info = v3.at("info");
    CHECK_FALSE(info.has("request_id"));
    CHECK(info.at("trace_id") == v2.at("info").at("request_id"));
    CHECK(info.at("trace_location").at("type").scalar == "MLFLOW_EXPERIMENT");
    CHECK(info.at("trace_location").at("mlflow_experiment").at("experiment_id") ==
          v2.at("info").at("experiment_id"));
    const auto time_ns = parse_rfc3339(info.at("request_time").scalar);
    REQUIRE(time_ns);
    CHECK(std::to_string(*time_ns / 1'000'000) == v2.at("info").at("timestamp_ms").scalar);
    CHECK(info.at("execution_duration_ms") == v2.at("info").at("execution_time_ms"));
    CHECK(info.at("state") == v2.at("info").at("status"));
    CHECK(info.at("trace_metadata") == v2.at("info").at("request_metadata"));
    CHECK(info.at("tags") == v2.at("info").at("tags"));
    CHECK(info.at("request_preview") ==
          v2.at("info").at("request_metadata").at("mlflow.traceInputs"));
    CHECK(v3.at("data").at("request") == v2.at("data").at("request"));
    CHECK(v3.at("data").at("response") == v2.at("data").at("response"));
    const auto& before = v2.at("data").at("spans").elements;
    const auto& after = v3.at("data").at("spans").elements;
    REQUIRE(before.size() == after.size());
    for (size_t k = 0; k < before.size(); ++k) {
      check_span(before[k], after[k]);
      ++spans;
      events += before[k].at("events").elements.size();
    }
  }
  CHECK(spans == 14);
  CHECK(events == 2);
}

TEST_CASE("an upgraded trace says the same as before when it is imported again") {
  const std::string text = read_file(samples_dir() + "old/2.15/traces.jsonl");
  if (text.empty()) SKIP("the MLflow samples are not here");
  store::Dataset before, after;
  ingest::import_bytes(before, "traces.jsonl", text);
  StringSink sink;
  MlflowExport job(before, all_rows(before), sink);
  Budget budget;
  while (job.step(budget) != Progress::Finished) {
  }
  const auto report = ingest::import_bytes(after, "out.jsonl", sink.text);
  CHECK(report.warnings() == 0);
  REQUIRE(after.trace_count() == before.trace_count());
  REQUIRE(after.span_count() == before.span_count());
  for (uint32_t i = 0; i < after.trace_count(); ++i) {
    const store::TraceRow row{i};
    CHECK(after.shape(row) == store::RecordShape::TraceV3);
    CHECK(after.trace_id(row) == before.trace_id(row));
    CHECK(after.request_time_ns(row) == before.request_time_ns(row));
    CHECK(after.duration_ms(row) == before.duration_ms(row));
    CHECK(after.state(row) == before.state(row));
  }
  for (uint32_t i = 0; i < after.span_count(); ++i) {
    const store::SpanRow span{i};
    CHECK(after.span_id(span) == before.span_id(span));
    CHECK(after.parent(span) == before.parent(span));
    CHECK(after.span_start_ns(span) == before.span_start_ns(span));
    CHECK(after.span_end_ns(span) == before.span_end_ns(span));
    CHECK(after.span_status(span) == before.span_status(span));
    std::string a, b;
    CHECK(after.text_now(after.span_inputs(span), a) ==
          before.text_now(before.span_inputs(span), b));
  }
}

TEST_CASE("MLflow 3.1 traces have the V3 form already and stay as they are") {
  const std::string text = read_file(samples_dir() + "old/3.1/traces.jsonl");
  if (text.empty()) SKIP("the MLflow samples are not here");
  store::Dataset dataset;
  ingest::import_bytes(dataset, "traces.jsonl", text);
  const auto in = lines_of(text);
  REQUIRE(dataset.trace_count() == in.size());
  for (uint32_t i = 0; i < in.size(); ++i)
    CHECK(export_record(dataset, store::TraceRow{i}) == in[i]);
}

TEST_CASE("assessments go into an upgraded trace") {
  Desk desk;
  const store::TraceRow row = desk.filler.add(
      R"({"info": {"request_id": "r1", "experiment_id": "0", "timestamp_ms": 1000, "status": "OK",)"
      R"("assessments": [{"assessment_id": "a-1", "assessment_name": "n", "feedback": {"value": 1}}]},)"
      R"("data": {"spans": []}})");
  desk.annotations.sync();
  Tree info = tree_of(export_record(desk.dataset, row)).at("info");
  CHECK(info.at("assessments").elements.size() == 1);
  REQUIRE(desk.apply(create("r1", "a-2", "x", "a-1")).ok());
  info = tree_of(export_record(desk.dataset, row)).at("info");
  REQUIRE(info.at("assessments").elements.size() == 2);
  CHECK(info.at("assessments").elements[0].at("valid").kind == json::Kind::False);
  CHECK(info.at("trace_id").scalar == "r1");
  CHECK(info.at("request_time").scalar == "1970-01-01T00:00:01Z");
}

TEST_CASE("odd V2 records lose nothing") {
  const auto up = [](const char* record) { return tree_of(upgraded_v2_record(record, {})); };
  // Unknown members everywhere, a running trace, a status that V3 names otherwise.
  Tree out = up(
      R"({"x": 1, "info": {"request_id": "r", "experiment_id": 7, "timestamp_ms": "x", )"
      R"("execution_time_ms": null, "status": "TRACE_STATUS_UNSPECIFIED", "zz": [NaN]},)"
      R"("data": {"spans": [{"name": "s", "context": {"trace_id": "0x1", "span_id": "0xABCDEF0123456789"},)"
      R"("parent_id": null, "status_code": "UNSET", "attributes": {}, "more": 1.50}]}})");
  CHECK(out.at("x").scalar == "1");
  CHECK(out.at("info").at("zz").elements.size() == 1);
  CHECK(out.at("info").at("state").scalar == "STATE_UNSPECIFIED");
  CHECK_FALSE(out.at("info").has("execution_duration_ms"));
  CHECK(out.at("info").at("trace_location").at("mlflow_experiment").at("experiment_id").scalar ==
        "7");
  const Tree& span = out.at("data").at("spans").elements.at(0);
  CHECK(span.at("trace_id").scalar == "AAAAAAAAAAAAAAAAAAAAAQ==");
  CHECK(span.at("span_id").scalar == "q83vASNFZ4k=");
  CHECK(span.at("more").scalar == "1.50");
  CHECK(span.at("status") == tree_of(R"({"code":"STATUS_CODE_UNSET","message":""})"));
  // Ids that are no hexadecimal numbers: the span stays as it is.
  const char* opaque =
      R"({"name":"s","context":{"trace_id":"abc","span_id":"span-1"},"parent_id":null})";
  out =
      up((R"({"info":{"request_id":"r"},"data":{"spans":[)" + std::string(opaque) + "]}}").c_str());
  CHECK(out.at("data").at("spans").elements.at(0) == tree_of(opaque));
  CHECK(out.at("info").at("trace_location") ==
        tree_of(R"({"type":"TRACE_LOCATION_TYPE_UNSPECIFIED"})"));
  // A trace with both ids is known by the old one.
  out = up(R"({"info":{"trace_id":"tr-new","request_id":"tr-old"},"data":{"spans":[]}})");
  CHECK(out.at("info").at("trace_id").scalar == "tr-old");
  CHECK_FALSE(out.at("info").has("request_id"));
  // No info, no data, other types.
  CHECK(up(R"({"info": 7, "data": null})") == tree_of(R"({"info": 7, "data": null})"));
}

}  // namespace
}  // namespace assay::annot
