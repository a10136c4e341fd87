// A few traces that differ in what filters and queries ask for, read once.
#pragma once

#include "core/ingest/importer.h"
#include "tests/fuzz/fuzz_support.h"

namespace assay::fuzz {

inline constexpr std::string_view kSmallTraces =
    R"({"info":{"trace_id":"tr-1","request_time":"2026-11-24T06:00:00Z","execution_duration_ms":10,"state":"OK","client_request_id":"c-1","tags":{"mlflow.traceName":"chat","env":"prod","mlflow.linkedPrompts":"[{\"name\":\"p\",\"version\":\"2\"}]"},"trace_metadata":{"mlflow.sourceRun":"r1","mlflow.trace.session":"s1","mlflow.trace_schema.version":"3"},"assessments":[{"assessment_id":"a-1","assessment_name":"tone","feedback":{"value":"yes"},"valid":true},{"assessment_id":"a-2","assessment_name":"facts","expectation":{"value":["a","b"]}}]},"data":{"spans":[{"span_id":"0000000000000001","parent_span_id":null,"name":"chat","start_time_unix_nano":1795500000000000000,"end_time_unix_nano":1795500000010000000,"status":{"code":"STATUS_CODE_OK"},"attributes":{"mlflow.spanType":"\"CHAT_MODEL\"","model":"\"gpt\"","mlflow.spanInputs":"{\"q\": \"how?\"}"}}]}}
{"info":{"trace_id":"tr-2","request_time":"2026-11-24T06:00:01Z","execution_duration_ms":2500,"state":"ERROR","tags":{"mlflow.traceName":"agent's run","env":"dev","a b":"x","":"empty"},"trace_metadata":{"mlflow.trace.session":"s1","k":"50%_off"},"assessments":[{"assessment_id":"a-3","assessment_name":"score","feedback":{"value":4.5}},{"assessment_id":"a-4","assessment_name":"tone","feedback":{"value":"no"},"valid":false}]},"data":{"spans":[{"span_id":"0000000000000002","parent_span_id":null,"name":"agent's run","start_time_unix_nano":1795500001000000000,"end_time_unix_nano":1795500003500000000,"status":{"code":"STATUS_CODE_ERROR","message":"boom"},"attributes":{"mlflow.spanType":"\"AGENT\"","temperature":"0.5","text":"\"naïve 漢字\""}},{"span_id":"0000000000000003","parent_span_id":"0000000000000002","name":"search","start_time_unix_nano":1795500001100000000,"status":{"code":"STATUS_CODE_UNSET"},"attributes":{"mlflow.spanType":"\"TOOL\"","mlflow.spanOutputs":"\"line\\nbreak\""}}]}}
{"info":{"trace_id":"tr-3","state":"IN_PROGRESS","assessments":[{"assessment_id":"a-5","assessment_name":"bug","issue":{"issue_name":"bug"}}]},"data":{"spans":[]}}
{"info":{"request_id":"4","timestamp_ms":1795500000000,"execution_time_ms":null,"status":"OK","tags":[],"request_metadata":{}},"data":{"spans":[]}}
{"info":{"trace_id":"tr-5","request_time":"1969-12-31T23:59:59.999Z","execution_duration_ms":0,"state":"STATE_UNSPECIFIED","tags":{"mlflow.traceName":"","env":"prod"}},"data":{"spans":[]}}
)";

inline const store::Dataset& small_dataset() {
  static const auto* const kDataset = [] {
    auto* dataset = new store::Dataset();
    const auto report = ingest::import_bytes(*dataset, "traces.jsonl", kSmallTraces);
    check(report.traces == 5 && report.records_skipped == 0, "the traces of this target are read");
    return dataset;
  }();
  return *kDataset;
}

}  // namespace assay::fuzz
