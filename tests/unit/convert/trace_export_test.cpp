#include "core/convert/trace_export.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "core/convert/file_converter.h"
#include "core/json/tree.h"

using namespace assay;
using namespace assay::convert;

namespace {

struct Text final : TextSink, LineSink {
  void write(std::string_view more) override { text += more; }
  void line(std::string_view json) override { text.append(json) += '\n'; }
  std::string text;
};

std::string exported(ExportForm form, std::string_view lines, size_t chunk_bytes = 1000) {
  Text out;
  TraceExporter exporter(form, out);
  for (size_t at = 0; at < lines.size(); at += chunk_bytes) exporter.push(lines.substr(at, chunk_bytes));
  exporter.finish();
  return out.text;
}

std::string converted(std::string_view bytes) {
  Text out;
  FileConverter converter(out, "back.json", bytes.size());
  converter.push(bytes);
  converter.finish();
  return out.text;
}

constexpr std::string_view kTrace =
    R"({"info": {"trace_id": "tr-00112233445566778899aabbccddeeff", "trace_location": {"type": "MLFLOW_EXPERIMENT"}, "request_time": "2026-01-02T03:04:05.678Z", "execution_duration_ms": 1500, "state": "OK", "trace_metadata": {"mlflow.trace.session": "s-1", "mlflow.trace.user": "ana", "note": "=1+1"}, "tags": {"mlflow.traceName": "agent", "team": "crm"}, "assessments": [{"assessment_id": "a-1", "assessment_name": "correct", "source": {"source_type": "HUMAN", "source_id": "ana"}, "create_time": "2026-01-02T03:05:00Z", "feedback": {"value": true}, "rationale": "as asked", "span_id": "0102030405060708"}, {"assessment_id": "a-2", "assessment_name": "expected_response", "source": {"source_type": "HUMAN", "source_id": "ana"}, "create_time": "2026-01-02T03:05:01Z", "expectation": {"value": "fine"}}, {"assessment_id": "a-3", "assessment_name": "score", "source": {"source_type": "LLM_JUDGE", "source_id": "j"}, "create_time": "2026-01-02T03:05:02Z", "feedback": {"value": 0.25, "error": {"error_code": "E", "error_message": "m"}}}]}, "data": {"spans": [{"trace_id": "ABEiM0RVZneImaq7zN3u/w==", "span_id": "AQIDBAUGBwg=", "parent_span_id": null, "name": "agent", "start_time_unix_nano": 1767323045678000001, "end_time_unix_nano": 1767323047178000009, "events": [{"name": "exception", "time_unix_nano": 1767323045678000002, "attributes": {"exception.message": "no", "n": 3}}], "status": {"code": "STATUS_CODE_OK", "message": ""}, "attributes": {"mlflow.traceRequestId": "\"tr-00112233445566778899aabbccddeeff\"", "mlflow.spanType": "\"AGENT\"", "mlflow.spanInputs": "{\"q\": \"=SUM(1)\", \"n\": 12345678901234567890123}", "mlflow.spanOutputs": "\"done\"", "temperature": "0.70", "big": "9007199254740993", "flags": "[true, false]"}}, {"trace_id": "ABEiM0RVZneImaq7zN3u/w==", "span_id": "AgIDBAUGBwg=", "parent_span_id": "AQIDBAUGBwg=", "name": "tool", "start_time_unix_nano": 1767323045678000003, "end_time_unix_nano": 1767323045778000003, "events": [], "status": {"code": "STATUS_CODE_ERROR", "message": "bad"}, "attributes": {"mlflow.traceRequestId": "\"tr-00112233445566778899aabbccddeeff\"", "mlflow.spanType": "\"TOOL\""}}]}}
)";

}  // namespace

TEST_CASE("OTLP JSON and back keeps spans, assessments, metadata and tags") {
  const std::string otlp = exported(ExportForm::OtlpJson, kTrace);
  json::Tree there;
  REQUIRE(there.parse(otlp));
  const json::Node span = there.root()["resourceSpans"].first()["scopeSpans"].first()["spans"].first();
  CHECK(span["traceId"].text() == "00112233445566778899aabbccddeeff");
  CHECK(span["spanId"].text() == "0102030405060708");
  CHECK(span["startTimeUnixNano"].text() == "1767323045678000001");
  CHECK(span["events"].size() == 4);  // its own and three assessments

  const std::string back = converted(otlp);
  json::Tree again, before;
  REQUIRE(again.parse(back));
  REQUIRE(before.parse(kTrace));
  const json::Node info = again.root()["info"], old = before.root()["info"];
  CHECK(info["trace_id"].text() == old["trace_id"].text());
  CHECK(info["request_time"].text() == "2026-01-02T03:04:05.678000001Z");
  CHECK(info["execution_duration_ms"].integer() == 1500);
  CHECK(info["state"].text() == "OK");
  CHECK(info["trace_metadata"]["mlflow.trace.session"].text() == "s-1");
  CHECK(info["trace_metadata"]["note"].text() == "=1+1");
  CHECK(info["tags"]["team"].text() == "crm");
  REQUIRE(info["assessments"].size() == 3);
  json::Node a = info["assessments"].first();
  CHECK(a["assessment_id"].text() == "a-1");
  CHECK(a["source"]["source_type"].text() == "HUMAN");
  CHECK(a["feedback"]["value"].boolean() == true);
  CHECK(a["span_id"].text() == "0102030405060708");
  CHECK(a["rationale"].text() == "as asked");
  bool expectation = false, error = false;
  for (; a; a = a.next()) {
    if (a["expectation"]["value"].text() == "fine") expectation = true;
    if (a["feedback"]["error"]["error_code"].text() == "E" && a["feedback"]["value"].raw() == "0.25") error = true;
  }
  CHECK(expectation);
  CHECK(error);
  const json::Node spans = again.root()["data"]["spans"], root = spans.first(), child = root.next();
  REQUIRE(spans.size() == 2);
  CHECK(root["start_time_unix_nano"].raw() == "1767323045678000001");
  CHECK(root["events"].size() == 1);
  CHECK(root["events"].first()["attributes"]["n"].raw() == "3");
  CHECK(root["attributes"]["mlflow.spanType"].text() == "\"AGENT\"");
  CHECK(root["attributes"]["mlflow.spanInputs"].text() == R"x({"q": "=SUM(1)", "n": 12345678901234567890123})x");
  CHECK(root["attributes"]["mlflow.spanOutputs"].text() == "\"done\"");
  CHECK(root["attributes"]["temperature"].text() == "0.70");
  CHECK(root["attributes"]["big"].text() == "9007199254740993");
  CHECK(child["parent_span_id"].text() == "AQIDBAUGBwg=");
  CHECK(child["status"]["code"].text() == "STATUS_CODE_ERROR");
  CHECK(child["status"]["message"].text() == "bad");
}

TEST_CASE("OTLP JSON and back keeps what OpenTelemetry has no field for") {
  // No hex id, no times, a state of its own, usage, lists of objects, a superseded assessment, one of a span that is
  // not there, and no span that names no parent.
  constexpr std::string_view trace =
      R"({"info": {"trace_id": "run 7", "client_request_id": "c-1", "state": "OK", "trace_metadata": {}, "tags": {"mlflow.traceName": "shown"}, "assessments": [{"assessment_id": "a-1", "assessment_name": "correct", "trace_id": "run 7", "source": {"source_type": "HUMAN", "source_id": "ana"}, "create_time": "2026-01-02T03:05:00Z", "last_update_time": "2026-01-02T04:05:00Z", "feedback": {"value": true}, "valid": false}, {"assessment_id": "a-2", "assessment_name": "correct", "trace_id": "run 7", "span_id": "00000000000000ff", "source": {"source_type": "HUMAN", "source_id": "ana"}, "create_time": "2026-01-02T03:06:00Z", "last_update_time": "2026-01-02T03:06:00Z", "feedback": {"value": null, "error": {"error_code": "E", "error_message": "m", "stack_trace": "s"}}, "overrides": "a-1", "valid": true}]}, "data": {"spans": [{"trace_id": "ABEiM0RVZneImaq7zN3u/w==", "span_id": "AQIDBAUGBwg=", "parent_span_id": "CQIDBAUGBwg=", "name": "root", "start_time_unix_nano": 0, "end_time_unix_nano": 0, "events": [{"name": "e", "time_unix_nano": 1, "attributes": {"list": [{"a": 1}], "text": "[1,[2]]"}}], "status": {"code": "STATUS_CODE_UNSET", "message": ""}, "attributes": {"mlflow.traceRequestId": "\"run 7\"", "mlflow.chat.tokenUsage": "{\"input_tokens\":1,\"output_tokens\":2,\"total_tokens\":3}", "mlflow.llm.cost": "{\"total_cost\":0.5}", "tools": "[{\"a\":1}]", "text": "\"[{}]\""}}]}}
)";
  const std::string back = converted(exported(ExportForm::OtlpJson, trace));
  json::Tree tree;
  REQUIRE(tree.parse(back));
  const json::Node info = tree.root()["info"];
  CHECK(info["trace_id"].text() == "run 7");
  CHECK(info["client_request_id"].text() == "c-1");
  CHECK(info["state"].text() == "OK");
  CHECK(info["tags"]["mlflow.traceName"].text() == "shown");
  REQUIRE(info["assessments"].size() == 2);
  const json::Node first = info["assessments"].first(), second = first.next();
  CHECK(first["valid"].boolean() == false);
  CHECK(first["last_update_time"].text() == "2026-01-02T04:05:00Z");
  CHECK(first["trace_id"].text() == "run 7");
  CHECK(second["overrides"].text() == "a-1");
  CHECK(second["span_id"].text() == "00000000000000ff");
  CHECK(second["feedback"]["error"]["stack_trace"].text() == "s");
  const json::Node span = tree.root()["data"]["spans"].first(), attributes = span["attributes"];
  CHECK(span["end_time_unix_nano"].raw() == "0");
  CHECK(attributes["mlflow.chat.tokenUsage"].text() == R"({"input_tokens":1,"output_tokens":2,"total_tokens":3})");
  CHECK(attributes["mlflow.llm.cost"].text() == R"({"total_cost":0.5})");
  CHECK(attributes["tools"].text() == R"([{"a":1}])");
  CHECK(attributes["text"].text() == R"("[{}]")");
  CHECK_FALSE(attributes["assay.json_attributes"].present());
  CHECK(span["events"].first()["attributes"]["list"].raw() == R"([{"a": 1}])");
  CHECK(span["events"].first()["attributes"]["text"].text() == "[1,[2]]");
}

TEST_CASE("a trace without spans goes to OTLP as one span, with its scores") {
  constexpr std::string_view trace =
      R"({"info": {"trace_id": "tr-0000000000000000000000000000abcd", "request_time": "2026-01-02T03:04:05Z", "execution_duration_ms": 1500, "state": "ERROR", "trace_metadata": {"mlflow.traceInputs": "\"hi\""}, "tags": {"mlflow.traceName": "n"}, "assessments": [{"assessment_id": "a-1", "assessment_name": "ok", "source": {"source_type": "HUMAN", "source_id": "x"}, "create_time": "2026-01-02T03:04:05Z", "feedback": {"value": true}}]}, "data": {"spans": []}}
{"info": {"trace_id": "x"}, "data": {}}
)";
  const std::string back = converted(exported(ExportForm::OtlpJson, trace));
  json::Tree first, second;
  REQUIRE(std::count(back.begin(), back.end(), '\n') == 2);
  REQUIRE(first.parse(std::string_view(back).substr(0, back.find('\n'))));
  REQUIRE(second.parse(std::string_view(back).substr(back.find('\n') + 1)));
  const json::Node info = first.root()["info"];
  CHECK(info["trace_id"].text() == "tr-0000000000000000000000000000abcd");
  CHECK(info["state"].text() == "ERROR");
  CHECK(info["execution_duration_ms"].integer() == 1500);
  CHECK(info["tags"]["mlflow.traceName"].text() == "n");
  CHECK(info["assessments"].first()["assessment_id"].text() == "a-1");
  CHECK(first.root()["data"]["spans"].first()["attributes"]["mlflow.spanInputs"].text() == "\"hi\"");
  CHECK(second.root()["info"]["trace_id"].text() == "x");
}

TEST_CASE("evaluation results are log records with the score, the label and the reason") {
  json::Tree tree;
  const std::string text = exported(ExportForm::EvaluationResults, kTrace);
  REQUIRE(tree.parse(text));
  const json::Node logs = tree.root()["resourceLogs"].first()["scopeLogs"].first()["logRecords"];
  REQUIRE(logs.size() == 2);  // the expectation is no result
  CHECK(logs.first()["eventName"].text() == "gen_ai.evaluation.result");
  CHECK(logs.first()["spanId"].text() == "0102030405060708");
  CHECK(logs.first()["attributes"].first()["value"]["stringValue"].text() == "correct");
}

TEST_CASE("the DataFrame's records hold the whole trace and typed columns") {
  json::Tree tree;
  const std::string text = exported(ExportForm::DataFrameJson, std::string(kTrace) + std::string(kTrace));
  REQUIRE(tree.parse(text));
  REQUIRE(tree.root().size() == 2);
  const json::Node row = tree.root().first();
  CHECK(row["trace"].text() + "\n" == kTrace);
  CHECK(row["request_time"].integer() == 1767323045678);
  CHECK(row["execution_duration"].integer() == 1500);
  CHECK(row["request"]["n"].raw() == "12345678901234567890123");
  CHECK(row["spans"].size() == 2);
  CHECK(exported(ExportForm::DataFrameJson, "") == "[]\n");
}

TEST_CASE("CSV quotes what must be and disarms formulas") {
  const std::string csv = exported(ExportForm::Csv, kTrace);
  CHECK(csv.substr(0, csv.find('\r')) ==
        "trace_id,trace,client_request_id,state,request_time,execution_duration,request,response,trace_metadata,tags,spans,assessments");
  CHECK(csv.find("tr-00112233445566778899aabbccddeeff,\"{\"\"info\"\"") != std::string::npos);
  CHECK(exported(ExportForm::Csv, R"x({"info": {"trace_id": "=cmd()", "state": "OK"}})x").find("\r\n'=cmd(),") != std::string::npos);
}

TEST_CASE("CSV has a byte order mark where it holds more than ASCII, and is read without it") {
  const std::string plain = exported(ExportForm::Csv, kTrace);
  CHECK(plain.substr(0, 9) == "trace_id,");
  std::string chinese(kTrace);
  chinese.replace(chinese.find("as asked"), 8, "如所问");
  const std::string marked = exported(ExportForm::Csv, chinese + std::string(kTrace));
  CHECK(marked.substr(0, 12) == "\xEF\xBB\xBFtrace_id,");
  CHECK(marked.find("\xEF\xBB\xBF", 3) == std::string::npos);
  CHECK(exported(ExportForm::Csv, std::string(kTrace) + chinese).substr(0, 12) == "\xEF\xBB\xBFtrace_id,");
  CHECK(exported(ExportForm::Csv, "").substr(0, 9) == "trace_id,");
  Text back;
  FileConverter converter(back, "traces.csv", marked.size());
  converter.push(marked);
  converter.finish();
  CHECK(back.text.find("tr-00112233445566778899aabbccddeeff") != std::string::npos);
  CHECK(back.text.find("如所问") != std::string::npos);
}

TEST_CASE("dataset records carry inputs, outputs, expectations, tags and the source") {
  json::Tree tree;
  const std::string text = exported(ExportForm::DatasetRecords, kTrace);
  REQUIRE(tree.parse(text));
  const json::Node record = tree.root();
  CHECK(record["inputs"]["q"].text() == "=SUM(1)");
  CHECK(record["outputs"].text() == "done");
  CHECK(record["expectations"]["expected_response"].text() == "fine");
  CHECK(record["tags"].size() == 1);
  CHECK(record["source"]["source_data"]["trace_id"].text() == "tr-00112233445566778899aabbccddeeff");
}

TEST_CASE("dataset records are one a line, and have the inputs of traces whose root has none") {
  const std::string begin = R"({"info": {"trace_id": "t", "trace_metadata": {}, "assessments": [{"assessment_name": "e", "expectation": {"value": 1}}, {"assessment_name": "e", "expectation": {"value": 2}}]}, "data": {"spans": [{"span_id": "0000000000000001", "name": "root", "attributes": {}}, {"span_id": "0000000000000002", "parent_span_id": "0000000000000001", "name": "chain", "attributes": {"mlflow.spanInputs": )";
  const std::string end = "}}]}}\n";
  const std::string text = exported(ExportForm::DatasetRecords, begin + R"("{\n  \"word\": \"PARIS\"\n}")" + end + begin + R"("\"what was it?\"")" + end);
  REQUIRE(std::count(text.begin(), text.end(), '\n') == 2);
  json::Tree first, second;
  REQUIRE(first.parse(std::string_view(text).substr(0, text.find('\n'))));
  REQUIRE(second.parse(std::string_view(text).substr(text.find('\n') + 1)));
  CHECK(first.root()["inputs"]["word"].text() == "PARIS");
  CHECK(second.root()["inputs"]["request"].text() == "what was it?");
  CHECK(first.root()["expectations"].size() == 1);
  CHECK(first.root()["expectations"]["e"].raw() == "2");
}

TEST_CASE("chunks of any size give the same, and lines that are no trace are counted") {
  const std::string lines = std::string(kTrace) + "{\"x\": 1}\n\nno json\n" + std::string(kTrace);
  const std::string whole = exported(ExportForm::OtlpJson, lines, 1 << 20);
  CHECK(exported(ExportForm::OtlpJson, lines, 1) == whole);
  CHECK(exported(ExportForm::OtlpJson, lines, 7) == whole);
  Text out;
  TraceExporter exporter(ExportForm::Csv, out);
  exporter.push(lines);
  exporter.finish();
  CHECK(exporter.traces() == 2);
  CHECK(exporter.skipped() == 2);
}

TEST_CASE("spans that disagree about their trace go home as one trace") {
  constexpr std::string_view kOdd =
      R"({"info": {"trace_id": "tr-00112233445566778899aabbccddeeff", "state": "OK"}, "data": {"spans": [{"trace_id": "ABEiM0RVZneImaq7zN3u/w==", "span_id": "AQIDBAUGBwg=", "name": "a", "start_time_unix_nano": 1}, {"trace_id": "AAAAAAAAAAAAAAAAAAAAAQ==", "span_id": "AgIDBAUGBwg=", "parent_span_id": "AQIDBAUGBwg=", "name": "b", "start_time_unix_nano": 2}]}})";
  const std::string back = converted(exported(ExportForm::OtlpJson, std::string(kOdd) + "\n"));
  json::Tree tree;
  REQUIRE(tree.parse(back));  // one line
  CHECK(tree.root()["data"]["spans"].size() == 2);
}
