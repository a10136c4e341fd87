#include "core/ingest/slim_record.h"

#include <catch2/catch_test_macros.hpp>

#include "core/ingest/importer.h"

using namespace assay;
using namespace assay::ingest;

namespace {

std::string slim(std::string_view record) {
  std::string out;
  return append_slim_record(record, out) ? out : "no object";
}

std::string big(size_t bytes) { return "\"" + std::string(bytes, 'x') + "\""; }

std::string span(std::string_view id, std::string_view parent, std::string_view more) {
  return R"({"span_id": ")" + std::string(id) + R"(", "parent_span_id": )" + std::string(parent) +
         R"(, "name": "n", "attributes": {"mlflow.spanType": "\"LLM\"", "mlflow.spanInputs": "\"short\"", "mlflow.spanOutputs": )" +
         big(5000) + R"(, "large": )" + big(300) +
         R"(, "esc\"aped": 1}, "events": [{"name": "e"}])" + std::string(more) + "}";
}

}  // namespace

TEST_CASE("a slim record keeps what columns need, and says what it is") {
  const std::string record =
      R"({"info": {"trace_id": "a", "request_preview": "r"}, "data": {"spans": [)" +
      span("1", "null", R"(, "status": {"code": "OK"})") + ", 7], \"request\": " + big(400) +
      R"(}, "other": [1, "two"]})";
  CHECK(
      slim(record) ==
      R"({"info": {"trace_id": "a", "request_preview": "r"}, "data": {"spans": [{"span_id": "1", "parent_span_id": null, )"
      R"("name": "n", "attributes": {"mlflow.spanType": "\"LLM\"", "esc\"aped": 1}, "status": {"code": "OK"}}, 7]}, )"
      R"("other": [1, "two"], "assay_part": "without bodies"})");
}

TEST_CASE("without previews the root span's inputs and outputs stay") {
  const std::string record = R"({"data": {"spans": [)" + span("2", "\"1\"", "") + "," +
                             span("1", "null", "") + R"(]}, "info": {"trace_id": "a"}})";
  const std::string out = slim(record);
  CHECK(out.find("mlflow.spanOutputs") == out.rfind("mlflow.spanOutputs"));
  CHECK(out.find("mlflow.spanOutputs") > out.find(R"("span_id": "1")"));
  CHECK(out.find(std::string(5000, 'x')) != std::string::npos);
}

TEST_CASE("what is no whole object is left alone") {
  for (const char* text : {"", "{", "[]", "{\"info\": {",
                           "{\"data\": {\"spans\": [{\"attributes\": {\"a\": ", "7", "{\"a\" 1}"}) {
    INFO(text);
    CHECK(slim(text) == "no object");
  }
  CHECK(slim("{}") == R"({"assay_part": "without bodies"})");
}

TEST_CASE("a file without bodies takes little memory and keeps its columns") {
  std::string text;
  for (int i = 0; i < 500; ++i) {
    text +=
        R"({"info": {"trace_id": "tr-)" + std::to_string(i) +
        R"(", "timestamp_ms": 1767225600000, "request_preview": "hello"}, "data": {"spans": [)" +
        span("1", "null", "") + "]}}\n";
  }
  text += R"({"info": {"trace_id": "tr-0"}, "data": {"spans": []}})"
          "\n{\"info\": {\"trace_id\": \"cut\"}, \"data\": {\"spans\": [7 7]}}\n";
  ReadLimits limits;
  limits.without_bodies = true;
  for (const size_t chunk : {size_t{1000}, size_t{1} << 20}) {
    store::Dataset dataset;
    FileReport report;
    FileImporter importer(dataset, report, "a.jsonl", text.size(), limits);
    for (size_t at = 0; at < text.size(); at += chunk)
      importer.push(std::string_view(text).substr(at, chunk));
    importer.finish();
    CHECK(dataset.trace_count() == 500);
    CHECK(dataset.span_count() == 500);
    CHECK(dataset.memory().text_bytes < text.size() / 2);
    CHECK(dataset.raw(dataset.request_preview(store::TraceRow{3})) == "hello");
    CHECK(dataset.name_text(dataset.span_type(store::SpanRow{3})) == "LLM");
    CHECK(dataset.raw(dataset.span_inputs(store::SpanRow{3})).empty());
    CHECK(report.count(IssueKind::LeftOut) == 1);
    CHECK(report.count(IssueKind::DuplicateTraceDifferent) == 1);
    CHECK(report.count(IssueKind::MalformedRecord) == 1);
    CHECK(report.records_skipped == 2);
  }
}
