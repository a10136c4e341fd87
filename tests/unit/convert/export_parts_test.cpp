#include "core/convert/export_parts.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::convert;
using namespace assay::test;

namespace {

struct Part {
  std::string name, bytes;
};

Converted converted_parts(const std::vector<Part>& parts, size_t chunk_bytes = 1 << 20) {
  Converted out;
  FileConverter converter(out, parts[0].name, parts[0].bytes.size());
  for (const Part& part : parts) {
    if (&part != parts.data()) converter.next_file(part.name, part.bytes.size());
    for (size_t at = 0; at < part.bytes.size(); at += chunk_bytes)
      converter.push(std::string_view(part.bytes).substr(at, chunk_bytes));
  }
  converter.finish();
  out.report = converter.report();
  return out;
}

constexpr std::string_view kTraceRow =
    R"([{"id":"0123456789abcdef0123456789abcdef","timestamp":"2026-01-01T00:00:00Z","name":"chat","userId":"ann","sessionId":"s","bookmarked":false,"release":"r","environment":"default","projectId":"p"}])";
constexpr std::string_view kObservation =
    R"({"id":"00000000000000a1","traceId":"0123456789abcdef0123456789abcdef","type":"GENERATION","parentObservationId":null,"startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","name":"model","input":"hi","output":"yo"})";
constexpr std::string_view kScore =
    "id,traceId,name,value,stringValue,dataType,source,comment\ns1,0123456789abcdef0123456789abcdef,helpful,1,True,BOOLEAN,ANNOTATION,good\n";

}  // namespace

TEST_CASE("parts: what a file is a part of is told by its members, packed or not") {
  CHECK(export_of_part("traces.json", kTraceRow) == "langfuse");
  CHECK(export_of_part("o.jsonl", kObservation) == "langfuse");
  CHECK(export_of_part("s.csv", kScore) == "langfuse");
  // As the API has them: a trace without a bookmark, a score without a text.
  CHECK(export_of_part("traces.json", R"([{"id":"t-1","timestamp":"2026-01-01T00:00:00Z","name":"chat","input":"hi","output":"yo",)"
                                      R"("sessionId":null,"userId":"ann","tags":[],"public":false,"environment":"default"}])") == "langfuse");
  CHECK(export_of_part("scores.json", R"([{"id":"s1","traceId":"t-1","name":"good","value":1,"source":"API","dataType":"NUMERIC"}])") ==
        "langfuse");
  CHECK(export_of_part("a.json", R"({"resourceSpans":[{"scopeSpans":[]}]})") == "otlp");
  CHECK(export_of_part("a.json", R"({"resourceLogs":[]})") == "otlp");
  CHECK(export_of_part("r.jsonl", R"({"id":"a","dotted_order":"x","run_type":"llm"})") == "langsmith");
  CHECK(export_of_part("f.json", R"([{"run_id":"a","key":"k","feedback_source":{}}])") == "langsmith");
  CHECK(export_of_part("e.json", R"({"experiment":{},"items":[{"trace_id":"t","dataset_item_data":{}}]})") == "opik");
  CHECK(export_of_part("t/trace.json", R"({"system":{},"mlflow":{"info":{}}})") == "mlflow");
  CHECK(export_of_part("c.jsonl", R"({"parentUuid":null,"isSidechain":false,"sessionId":"s-1"})") == "claude_code s-1");
  // {"resourceSpans": []} and blanks, without its last bytes.
  const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xab\x56\x2a\x4a\x2d\xce\x2f\x2d\x4a\x4e\x0d\x2e\x48\xcc\x2b\x56"
      "\xb2\x52\x88\x8e\xad\x55\x18\x05\x83\x0a",
      36);
  CHECK(export_of_part("a.json.gz", gzip) == "otlp");
}

TEST_CASE("parts: the first record tells whose file it is, whatever is written inside it") {
  constexpr std::string_view kRow =
      R"({"id":"s1","span_id":"s1","root_span_id":"s1","_is_merge":false,"span_attributes":{},"metadata":{"run_id":"r","run_type":"chain"}})";
  CHECK(export_of_part("b.json", "[" + std::string(kRow) + "]") == "braintrust");
  CHECK(export_of_part("r.jsonl", R"({"id":"a","dotted_order":"x","run_type":"llm","inputs":{"root_span_id":1,"span_attributes":{}}})") ==
        "langsmith");
  CHECK(export_of_part("r.jsonl", R"({"id":"a","dotted_order":"x","run_type":"llm","inputs":{"resourceSpans":[]}})") == "langsmith");
  // Cells of a table are no columns.
  CHECK(export_of_part("q.csv", "question,answer\n\"{\"\"resourceSpans\"\": []}\",b\n").empty());
}

TEST_CASE("parts: the ids that a file names, in the forms that they have here, packed or not") {
  const std::string ids = ids_of_part("s.csv", kScore);
  CHECK(ids.find("tr-0123456789abcdef0123456789abcdef ") != std::string::npos);
  CHECK(ids_of_part("a.jsonl", R"({"span_id": "00F067AA0ba902b7"})").find(" 00f067aa0ba902b7\n") != std::string::npos);
  const std::string opaque = ids_of_part("a.jsonl", R"({"spanId": "span-one"})");
  CHECK(opaque.find("span-one " + mlflow_span_id("span-one") + "\n") != std::string::npos);
  CHECK(ids_of_part("agent-a.jsonl", R"({"sessionId": "s-1"})", "claude_code s-1") == "*\n");
  CHECK(ids_of_part("z.zip", "PK\x03\x04 0123456789abcdef0123456789abcdef").empty());
}

TEST_CASE("parts: files that hold everything themselves stand alone") {
  CHECK(export_of_part("t.json", R"({"trace":{"id":"t","userId":"u"},"observations":[{"parentObservationId":null}]})").empty());
  CHECK(export_of_part("m.jsonl", R"({"info":{"trace_id":"tr-1"},"data":{"spans":[]}})").empty());
  CHECK(export_of_part("c.jsonl", R"({"messages":[{"role":"user","content":"my resource_spanses"}]})").empty());
  CHECK(export_of_part("q.csv", "question,answer\na,b\n").empty());
  CHECK(export_of_part("z.zip", "PK\x03\x04 resourceSpans").empty());
  CHECK(export_of_part("empty.json", "").empty());
}

TEST_CASE("parts: files of one export make one list, up to a size") {
  using Lists = std::vector<std::vector<uint32_t>>;
  CHECK(joined_files({{"otlp", 1}, {"", 1}, {"langfuse", 1}, {"otlp", 1}, {"", 1}}) == Lists{{0, 3}, {1}, {2}, {4}});
  CHECK(joined_files({{"otlp", kMaxJoinedBytes}, {"otlp", 1}, {"otlp", 1}}) == Lists{{0}, {1, 2}});
  CHECK(joined_files({}).empty());
  CHECK(joined_name("traces.json", 1) == "traces.json");
  CHECK(joined_name("traces.json", 3) == "traces.json + 2");
}

TEST_CASE("parts: traces, observations and scores of several files become one trace, in any order") {
  const Part traces{"traces.json", std::string(kTraceRow)}, observations{"observations.jsonl", std::string(kObservation)},
      scores{"scores.csv", std::string(kScore)};
  for (const auto& parts : {std::vector{traces, observations, scores}, std::vector{scores, observations, traces}}) {
    for (const size_t chunk : {size_t{1}, size_t{7}, size_t{1} << 20}) {
      const Converted out = converted_parts(parts, chunk);
      REQUIRE(out.lines.size() == 1);
      const json::Doc record = out.record(0);
      CHECK(record["info"]["trace_metadata"]["mlflow.trace.user"] == "ann");
      REQUIRE(record["info"]["assessments"].size() == 1);
      CHECK(record["info"]["assessments"][0]["source"]["source_type"] == "HUMAN");
      REQUIRE(record["data"]["spans"].size() == 1);
      CHECK(record["data"]["spans"][0]["name"] == "model");
      CHECK(out.report.warnings() == 0);
      CHECK(out.report.records_read == 3);
      CHECK(out.report.size_bytes == kTraceRow.size() + kObservation.size() + kScore.size());
    }
  }
}

TEST_CASE("parts: what is wrong names its file, with the record and byte in it") {
  const std::string line = std::string(kObservation) + "\n";
  const Converted out = converted_parts({{"a.jsonl", line + line}, {"b.jsonl", line + "{\"odd\": 1}\n"}, {"c.jsonl", line}});
  CHECK(out.lines.size() == 1);
  bool told = false;
  for (const ingest::Issue& issue : out.report.first_issues) {
    if (issue.kind != ingest::IssueKind::UnknownRecord) continue;
    told = true;
    CHECK(issue.record_number == 2);
    CHECK(issue.at_byte == line.size());
    CHECK(issue.detail.substr(0, 9) == "b.jsonl: ");
  }
  CHECK(told);
}

TEST_CASE("parts: a list that is cut off does not hide the next file") {
  const Converted out =
      converted_parts({{"a.json", "[" + std::string(kObservation) + ","}, {"b.json", "[" + std::string(kTraceRow).substr(1)}});
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["info"]["trace_metadata"]["mlflow.trace.user"] == "ann");
}

TEST_CASE("parts: facts and spans of mlflow-export-import") {
  const std::string facts =
      R"({"system":{"package_version":"1"},"mlflow":{"info":{"trace_id":"tr-5b8efff798038103d269b633813fc60c","request_time":1760000000123,"state":"OK","trace_metadata":{"mlflow.trace.user":"ann"},"tags":{}},"data":[]}})";
  const std::string spans =
      R"({"spans":[{"trace_id":"W47/95gDgQPSabYzgT/GDA==","span_id":"7uGbfsPBsXM=","parent_span_id":null,"name":"root","start_time_unix_nano":1760000000123456789,"end_time_unix_nano":1760000001623456790,"events":[],"status":{"code":"STATUS_CODE_OK","message":""},"attributes":{"mlflow.traceRequestId":"\"tr-5b8efff798038103d269b633813fc60c\"","mlflow.spanInputs":"{\"q\": 1}"}}]})";
  const Converted out = converted_parts({{"x/trace.json", facts}, {"x/artifacts/traces.json", spans}});
  REQUIRE(out.lines.size() == 1);
  CHECK(out.record(0)["info"]["trace_metadata"]["mlflow.trace.user"] == "ann");
  CHECK(out.record(0)["data"]["spans"][0]["attributes"]["mlflow.spanInputs"] == "{\"q\": 1}");
}
