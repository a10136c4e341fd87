// Records of more than 1 MB are read while they arrive: the result is that of a record that came at once.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "core/ingest/importer.h"

using namespace assay;
using namespace assay::ingest;

namespace {

constexpr std::string_view kInfo =
    R"("info": {"trace_id": "tr-large", "request_time": "2026-11-24T06:00:00Z", "state": "OK", "client_request_id": "c",
       "trace_metadata": {"k": "v", "mlflow.trace.session": "s1"}, "tags": {"mlflow.traceName": "n", "odd": 7},
       "assessments": [{"assessment_id": "a-1", "assessment_name": "tone", "feedback": {"value": "yes"}}]})";

// A record of `spans` spans, some with mistakes. `layout` gets info and data and puts them together.
std::string large_record(int spans, const std::string& last_span = {}) {
  std::string data = R"("data": {"request": "{\"q\": 1}", "spans": [)";
  for (int i = 0; i < spans; ++i) {
    if (i > 0) data += ", ";
    data += R"({"span_id": "00000000000)" + std::to_string(10000 + i) + R"(", "parent_span_id": )";
    data += i == 0 ? "null" : R"("00000000000)" + std::to_string(10000 + i / 2) + "\"";
    data += R"(, "name": "step", "start_time_unix_nano": )" + std::to_string(1000 + i);
    data += R"(, "end_time_unix_nano": )" + std::string(i % 500 == 499 ? "\"bad\"" : std::to_string(5000 + i));
    data += R"(, "status": {"code": "STATUS_CODE_OK"}, "attributes": {"mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": ")";
    data += std::string(static_cast<size_t>(300 + i % 400), 'x') + "ü\\ud83d\\ude00" + (i % 300 == 7 ? "\\ud83d" : "") + "\"}}";
  }
  data += last_span + "]}";
  return "{" + std::string(kInfo) + ", " + data + "}";
}

// All that can be seen of an import, as text.
std::string seen(std::string_view bytes, size_t chunk_bytes, FileReport* report_out = nullptr) {
  store::Dataset d;
  const FileReport report = import_bytes(d, "large.jsonl", bytes, chunk_bytes);
  if (report_out != nullptr) *report_out = report;
  std::string out = to_text(report);
  std::string scratch;
  for (uint32_t t = 0; t < d.trace_count(); ++t) {
    const store::TraceRow row{t};
    out += std::string(d.trace_id(row)) + " " + std::to_string(d.raw(d.record(row)).size());
    out += " " + std::string(d.raw(d.client_request_id(row))) + " " + std::string(d.raw(d.request_preview(row)));
    out += " " + std::string(d.name_text(d.name(row))) + " " + std::string(d.name_text(d.session(row)));
    uint32_t count = 0;
    const store::KeyValues tags = d.tags(row, count);
    for (uint32_t i = 0; i < count; ++i) out += " " + std::string(d.raw(tags[i].value));
    for (const store::Assessment& a : d.imported_assessments(row)) out += " " + std::string(d.raw(a.imported_json));
    const store::Range range = d.spans(row);
    for (uint32_t i = range.begin; i < range.begin + range.count; ++i) {
      const store::SpanRow s{i};
      out += "\n" + d.span_id(s) + " " + std::to_string(d.parent(s)) + " " + std::to_string(d.span_end_ns(s)) + " " +
             std::to_string(d.raw(d.span_record(s)).size()) + " " + std::string(d.text_now(d.span_inputs(s), scratch));
    }
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a large record gives the same in any chunks") {
  const std::string record = large_record(3000);
  REQUIRE(record.size() > 1'500'000);
  FileReport report;
  const std::string whole = seen(record, record.size(), &report);
  CHECK(report.traces == 1);
  CHECK(report.spans == 3000);
  CHECK(report.count(IssueKind::BadTimestamp) == 6);
  CHECK(report.count(IssueKind::LoneSurrogate) == 1);
  for (const size_t chunk : {999u, 4096u, 100'001u, 1u << 20}) REQUIRE(seen(record, chunk) == whole);
  const std::string lines = large_record(1) + "\n" + record + "\n" + record + "\n" + large_record(2) + "\n";
  const std::string all = seen(lines, lines.size(), &report);
  CHECK(report.count(IssueKind::DuplicateTraceDifferent) == 3);
  for (const size_t chunk : {4096u, 100'001u}) REQUIRE(seen(lines, chunk) == all);
}

TEST_CASE("what is wrong with a large record is found in any chunks") {
  std::string bad_utf8 = large_record(3000);
  bad_utf8[bad_utf8.size() - 900] = '\xC3';
  std::string malformed = large_record(3000);
  malformed.replace(malformed.find("\"span_id\": \"0000000000012500"), 9, "\"span_id\";");
  const std::string files[] = {
      bad_utf8,
      malformed,
      large_record(3000).substr(0, 1'400'000),                  // cut off
      large_record(3000).substr(0, 1'400'000) + "\n" + large_record(3),  // … and then another one
      large_record(3000, ", 12, \"no span\", {\"name\": 1}"),
      large_record(3000, ", {\"name\": \"" + std::string(900'000, 'n') + "\"}"),  // longer than what arrives at once
      large_record(3000, ", " + std::string(600, '[') + std::string(600, ']')),    // too deep
  };
  for (const std::string& file : files) {
    const std::string whole = seen(file, file.size());
    for (const size_t chunk : {4096u, 70'001u, 1u << 20}) {
      INFO(whole.substr(0, 600));
      INFO(seen(file, chunk).substr(0, 600));
      REQUIRE((seen(file, chunk) == whole));
    }
  }
}

TEST_CASE("data before info, and members that nobody knows, in a large record") {
  std::string record = large_record(2500);
  const size_t data_at = record.find(", \"data\"");
  const std::string info = record.substr(1, data_at - 1);
  const std::string data = record.substr(data_at + 2, record.size() - data_at - 3);
  const std::string swapped = "{" + data + ", \"extra\": [" + std::string(1'300'000, '1') + ", 2], " + info + "}";
  const std::string whole = seen(swapped, swapped.size());
  CHECK(whole.find("tr-large") != std::string::npos);
  for (const size_t chunk : {4096u, 70'001u, 1u << 20}) REQUIRE((seen(swapped, chunk) == whole));
}
