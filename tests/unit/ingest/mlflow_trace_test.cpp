#include "core/ingest/mlflow_trace.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/ingest/import_helper.h"

using namespace assay;
using ingest::IssueKind;
using store::SpanRow;
using store::TraceRow;
using test::import_checked;
using test::name_of;
using test::span_json;
using test::text_of;
using test::trace_json;

namespace {

constexpr TraceRow kFirst{0};
const std::string kA = "000000000000000a", kB = "000000000000000b", kC = "000000000000000c";

}  // namespace

TEST_CASE("a V3 trace gives every column") {
  const auto t = import_checked(
      R"({"info": {"trace_id": "tr-1", "client_request_id": "c\"1", "trace_location": {"type": "MLFLOW_EXPERIMENT"},
          "request_time": "2026-11-24T06:03:27.645Z", "execution_duration_ms": 35, "state": "ERROR",
          "request_preview": "q", "response_preview": "r",
          "trace_metadata": {"mlflow.trace.session": "\"otel-s1\"", "mlflow.trace.user": "u9",
            "mlflow.trace.tokenUsage": "{\"input_tokens\": 122, \"output_tokens\": 30, \"total_tokens\": 152}",
            "mlflow.trace.cost": "{\"total_cost\": 0.000605}"},
          "tags": {"mlflow.traceName": "répondre", "weird key/\u00e9": "v"}},
         "data": {"spans": [
          {"trace_id": "jFyanJseJZUJlyPBEa0XVQ==", "span_id": "vqn87xBCCH0=", "parent_span_id": "", "name": "root",
           "start_time_unix_nano": "1795500207645932639", "end_time_unix_nano": 1795500207680704045, "events": [{"name": "e"}],
           "status": {"code": "STATUS_CODE_UNSET"}, "attributes": {"mlflow.spanType": "\"AGENT\"", "x": 1}},
          {"span_id": "8zM4L3XrSoM=", "parent_span_id": "vqn87xBCCH0=", "name": "chat", "end_time_unix_nano": null,
           "start_time_unix_nano": 1795500207645998394, "status": {"code": "STATUS_CODE_ERROR", "message": "otel failure"},
           "attributes": {"mlflow.spanInputs": "{\"q\": 1}", "mlflow.spanOutputs": "plain", "mlflow.spanType": "CHAT"}}]}})");
  const store::Dataset& d = *t.dataset;
  CHECK(t.report.warnings() == 0);
  CHECK(d.trace_id(kFirst) == "tr-1");
  CHECK(text_of(t, d.client_request_id(kFirst)) == "c\"1");
  CHECK(d.request_time_ns(kFirst) == 1795500207645000000);
  CHECK(d.duration_ms(kFirst) == 35);
  CHECK(d.state(kFirst) == store::TraceState::Error);
  CHECK(name_of(t, d.name(kFirst)) == "répondre");
  CHECK(name_of(t, d.session(kFirst)) == "otel-s1");
  CHECK(name_of(t, d.user(kFirst)) == "u9");
  CHECK(d.input_tokens(kFirst) == 122);
  CHECK(d.output_tokens(kFirst) == 30);
  CHECK(d.total_tokens(kFirst) == 152);
  CHECK(d.cost_usd(kFirst) == 0.000605);
  CHECK(text_of(t, *d.find_tag(kFirst, "weird key/é")) == "v");
  CHECK(text_of(t, *d.find_metadata(kFirst, "mlflow.trace.session")) == "\"otel-s1\"");
  CHECK(d.shape(kFirst) == store::RecordShape::TraceV3);
  CHECK(d.raw(d.record(kFirst)).front() == '{');
  CHECK(d.raw(d.record(kFirst)).back() == '}');

  const SpanRow root = *d.root_span(kFirst);
  const SpanRow chat{1};
  CHECK(d.span_id(root) == "bea9fcef1042087d");
  CHECK(d.span_start_ns(root) == 1795500207645932639);
  CHECK(d.span_end_ns(chat) == kNoTime);
  CHECK(d.parent(chat) == root.v);
  CHECK(name_of(t, d.span_type(root)) == "AGENT");
  CHECK(name_of(t, d.span_type(chat)) == "CHAT");
  CHECK(d.span_status(chat) == store::SpanStatus::Error);
  CHECK(text_of(t, d.span_status_message(chat)) == "otel failure");
  CHECK(text_of(t, d.span_inputs(chat)) == "{\"q\": 1}");
  CHECK(text_of(t, d.span_outputs(chat)) == "plain");
  CHECK(d.raw(d.span_events(root)) == "[{\"name\": \"e\"}]");
  CHECK(d.raw(d.span_attributes(root)) == "{\"mlflow.spanType\": \"\\\"AGENT\\\"\", \"x\": 1}");
  CHECK(d.raw(d.span_record(chat)).substr(0, 12) == "{\"span_id\": ");
}

TEST_CASE("a V2 trace is mapped to the same columns") {
  const auto t = import_checked(
      R"({"info": {"request_id": "f18a", "experiment_id": "1", "timestamp_ms": 1795500930475, "execution_time_ms": 21,
          "status": "OK", "request_metadata": {"mlflow.traceInputs": "{\"a\": 1}", "mlflow.traceOutputs": "\"out\""},
          "tags": {"mlflow.traceName": "n"}},
         "data": {"spans": [
          {"name": "root", "context": {"span_id": "0xa8e11bade15728b5", "trace_id": "0x8e181b0182efa76abab9a2d765f2fc7e"},
           "parent_id": null, "start_time": 1795500930496414488, "end_time": 1795500930497277427, "status_code": "OK",
           "status_message": "", "attributes": {"mlflow.spanType": "\"AGENT\""}, "events": []},
          {"name": "kid", "context": {"span_id": "0x74061870d9be4212"}, "parent_id": "0xa8e11bade15728b5",
           "start_time": 1, "end_time": 2, "status_code": "ERROR", "status_message": "no", "attributes": {}}],
          "request": "{\"a\": 1}", "response": "\"out\""}})");
  const store::Dataset& d = *t.dataset;
  CHECK(t.report.warnings() == 0);
  CHECK(t.report.format == "MLflow trace JSON (schema V2)");
  CHECK(d.shape(kFirst) == store::RecordShape::TraceV2);
  CHECK(d.trace_id(kFirst) == "f18a");
  CHECK(d.request_time_ns(kFirst) == 1795500930475000000);
  CHECK(d.duration_ms(kFirst) == 21);
  CHECK(d.state(kFirst) == store::TraceState::Ok);
  CHECK(text_of(t, d.request_preview(kFirst)) == "{\"a\": 1}");
  CHECK(text_of(t, d.response_preview(kFirst)) == "\"out\"");
  CHECK(text_of(t, *d.find_metadata(kFirst, "mlflow.traceInputs")) == "{\"a\": 1}");
  CHECK(d.span_id(SpanRow{1}) == "74061870d9be4212");
  CHECK(d.parent(SpanRow{1}) == 0);
  CHECK(d.span_status(SpanRow{1}) == store::SpanStatus::Error);
  CHECK(text_of(t, d.span_status_message(SpanRow{1})) == "no");
}

TEST_CASE("the span form of MLflow 3.5.0: tr- ids, hex span ids, bare status codes") {
  const auto t = import_checked(trace_json(
      "tr-8c5c9a9c9b1e2595099723c111ad1755", "",
      R"({"trace_id": "tr-8c5c9a9c9b1e2595099723c111ad1755", "span_id": "bea9fcef1042087d", "parent_span_id": null,
          "name": "a", "status": {"code": "OK", "message": ""}, "otel_trace_id": "x"},
         {"span_id": "f33338", "parent_span_id": "bea9fcef1042087d", "name": "b", "status": "ERROR"})"));
  CHECK(t.report.warnings() == 0);
  CHECK(t.dataset->span_status(SpanRow{0}) == store::SpanStatus::Ok);
  CHECK(t.dataset->span_status(SpanRow{1}) == store::SpanStatus::Error);
  CHECK(t.dataset->span_id(SpanRow{1}) == "f33338");
  CHECK(t.dataset->parent(SpanRow{1}) == 0);
}

TEST_CASE("the time that an export writes where nobody knows one is none") {
  const auto none = import_checked(
      R"({"info": {"trace_id": "t", "request_time": "1970-01-01T00:00:00Z"}, "data": {"spans": []}})");
  CHECK(none.dataset->request_time_ns(kFirst) == kNoTime);
  CHECK(none.report.records_repaired == 0);
  const auto of_span = import_checked(
      R"({"info": {"trace_id": "t", "request_time": "1970-01-01T00:00:00Z"}, "data": {"spans": [
          {"span_id": "0000000000000001", "name": "a", "start_time_unix_nano": 7, "end_time_unix_nano": 9}]}})");
  CHECK(of_span.dataset->request_time_ns(kFirst) == 7);
}

TEST_CASE("durations in each of their forms") {
  const auto duration = [](const std::string& member) {
    return import_checked(trace_json("t", member)).dataset->duration_ms(kFirst);
  };
  CHECK(duration("\"execution_duration_ms\": 35") == 35);
  CHECK(duration("\"execution_duration_ms\": \"35\"") == 35);
  CHECK(duration("\"execution_duration\": \"1.500s\"") == 1500);
  CHECK(duration("\"execution_duration\": 12") == 12);
  CHECK(duration("\"execution_time_ms\": 7") == 7);
  CHECK(duration("\"execution_time_ms\": 7.9") == 7);
  CHECK(duration("\"execution_time_ms\": null") == kNoTime);
  const auto bad = import_checked(trace_json("t", "\"execution_duration\": \"soon\""));
  CHECK(bad.dataset->duration_ms(kFirst) == kNoTime);
  CHECK(bad.count(IssueKind::BadTimestamp) == 1);
  CHECK(bad.report.records_repaired == 1);
}

TEST_CASE("a trace without an id takes it from its spans, or is skipped") {
  const std::string no_id = R"({"info": {"state": "OK", "request_time": 5}, "data": {"spans": [)";
  const auto by_attribute = import_checked(
      no_id + R"({"span_id": "000000000000000a", "attributes": {"mlflow.traceRequestId": "\"tr-x\""}}]}})");
  CHECK(by_attribute.dataset->trace_id(kFirst) == "tr-x");
  CHECK(by_attribute.count(IssueKind::DerivedTraceId) == 1);
  CHECK(by_attribute.report.records_repaired == 1);
  const auto by_span = import_checked(no_id + R"({"span_id": "000000000000000a", "trace_id": "jFyanJseJZUJlyPBEa0XVQ=="}]}})");
  CHECK(by_span.dataset->trace_id(kFirst) == "tr-8c5c9a9c9b1e2595099723c111ad1755");
  const auto no_info = import_checked(
      R"({"data": {"spans": [{"context": {"span_id": "0x1", "trace_id": "0x8e181b0182efa76abab9a2d765f2fc7e"}, "start_time": 7}]}})");
  CHECK(no_info.dataset->trace_id(kFirst) == "tr-8e181b0182efa76abab9a2d765f2fc7e");
  CHECK(no_info.dataset->shape(kFirst) == store::RecordShape::TraceV2);
  CHECK(no_info.dataset->request_time_ns(kFirst) == 7);
  const auto hopeless = import_checked(no_id + "]}}");
  CHECK(hopeless.report.traces == 0);
  CHECK(hopeless.count(IssueKind::MissingTraceId) == 1);
  CHECK(hopeless.report.failed);
}

TEST_CASE("orphans, repeated ids and spans without ids keep their trace") {
  const auto t = import_checked(trace_json(
      "t", "", span_json(kA, "") + "," + span_json(kB, "00000000000000ff") + "," + span_json(kA, "") + "," +
                   span_json("", kA) + "," + span_json(kC, kA) + R"(, 5, null, "x")"));
  CHECK(t.report.spans == 5);
  CHECK(t.count(IssueKind::OrphanSpan) == 1);
  CHECK(t.count(IssueKind::DuplicateSpanId) == 1);
  CHECK(t.count(IssueKind::BadSpanId) == 1);
  CHECK(t.count(IssueKind::WrongType) == 3);
  CHECK(t.dataset->is_orphan(SpanRow{1}));
  CHECK(t.dataset->parent(SpanRow{1}) == store::kNoRow);
  CHECK(t.dataset->parent(SpanRow{4}) == 0);
  CHECK(t.dataset->span_id(SpanRow{3}) == "span-4");
}

TEST_CASE("rings of parents are opened at the earliest span") {
  const auto with_start = [](const std::string& id, const std::string& parent, int start) {
    return "{\"span_id\": \"" + id + "\", \"parent_span_id\": \"" + parent + "\", \"name\": \"" + id +
           "\", \"start_time_unix_nano\": " + std::to_string(start) + "}";
  };
  // c → b → a → c, and d hangs on it; e is its own parent.
  const std::string d = "000000000000000d", e = "000000000000000e";
  const auto t = import_checked(trace_json(
      "t", "", with_start(d, kC, 1) + "," + with_start(kC, kB, 30) + "," + with_start(kB, kA, 20) + "," +
                   with_start(kA, kC, 25) + "," + with_start(e, e, 5)));
  CHECK(t.count(IssueKind::SpanCycle) == 2);
  CHECK(t.report.spans == 5);
  const store::Dataset& data = *t.dataset;
  CHECK(data.parent(SpanRow{2}) == store::kNoRow);  // b is the earliest of the ring
  CHECK(data.is_orphan(SpanRow{2}));
  CHECK(data.parent(SpanRow{4}) == store::kNoRow);
  for (uint32_t i = 0; i < 5; ++i) {  // every chain ends
    uint32_t at = i;
    for (int steps = 0; at != store::kNoRow; ++steps) {
      REQUIRE(steps < 6);
      at = data.parent(SpanRow{at});
    }
  }
  CHECK_FALSE(data.root_span(kFirst).has_value());
}

TEST_CASE("tokens and cost are summed over spans, a span hides its descendants") {
  const auto usage = [](int input, int output) {
    return R"("attributes": {"mlflow.chat.tokenUsage": "{\"input_tokens\": )" + std::to_string(input) +
           R"(, \"output_tokens\": )" + std::to_string(output) + R"(}", "mlflow.llm.cost": "{\"total_cost\": 0.5}"})";
  };
  const std::string d = "000000000000000d";
  const auto t = import_checked(trace_json(
      "t", "", span_json(kA, "") + "," + span_json(kB, kA, usage(10, 1)) + "," + span_json(kC, kB, usage(7, 1)) + "," +
                   span_json(d, kA, usage(100, 2))));
  CHECK(t.dataset->input_tokens(kFirst) == 110);
  CHECK(t.dataset->output_tokens(kFirst) == 3);
  CHECK(t.dataset->total_tokens(kFirst) == 113);
  CHECK(t.dataset->cost_usd(kFirst) == 1.0);
  const auto none = import_checked(trace_json("t", "", span_json(kA, "")));
  CHECK(none.dataset->total_tokens(kFirst) == -1);
  CHECK(none.dataset->cost_usd(kFirst) < 0);
  const auto bad = import_checked(trace_json(
      "t", R"("trace_metadata": {"mlflow.trace.tokenUsage": "oops", "mlflow.trace.cost": "{\"total_cost\": NaN}"})"));
  CHECK(bad.dataset->total_tokens(kFirst) == -1);
  CHECK(bad.dataset->cost_usd(kFirst) < 0);
}

TEST_CASE("wrong types in every field lose only the field") {
  const auto t = import_checked(
      R"({"info": {"trace_id": "t", "client_request_id": 5, "request_time": [1], "execution_duration_ms": {}, "state": 7,
          "request_preview": {}, "response_preview": [], "trace_metadata": "x", "tags": [1], "assessments": {}},
         "data": {"spans": [{"trace_id": 1, "span_id": 2, "parent_span_id": true, "name": [], "start_time_unix_nano": "x",
          "end_time_unix_nano": {}, "events": "e", "status": {"code": [], "message": 4}, "attributes": "a"}], "request": 1}})");
  CHECK(t.report.traces == 1);
  CHECK(t.report.spans == 1);
  CHECK(t.count(IssueKind::WrongType) >= 14);
  CHECK(t.count(IssueKind::BadTimestamp) == 4);
  CHECK(t.dataset->state(kFirst) == store::TraceState::Unspecified);
  CHECK(t.dataset->span_id(SpanRow{0}) == "2");
  const auto outer = import_checked(R"({"info": [], "data": 5}
{"info": {"trace_id": "u"}, "data": {"spans": {}}})");
  CHECK(outer.report.traces == 1);
  CHECK(outer.report.records_skipped == 1);
}

TEST_CASE("values of metadata and tags that are no strings are kept as JSON") {
  const auto t = import_checked(trace_json("t", R"("tags": {"n": 5, "o": {"a": [1]}, "z": null, "s": "x"})"));
  CHECK(text_of(t, *t.dataset->find_tag(kFirst, "n")) == "5");
  CHECK(text_of(t, *t.dataset->find_tag(kFirst, "o")) == "{\"a\": [1]}");
  CHECK_FALSE(t.dataset->find_tag(kFirst, "z").has_value());
  CHECK(t.report.warnings() == 0);
}

TEST_CASE("odd text is kept and told: lone surrogates, ill-formed UTF-8, NaN") {
  const auto t = import_checked(trace_json("t", "\"request_preview\": \"a\\ud800b\", \"response_preview\": \"\xFF\"",
                                           span_json(kA, "", R"("attributes": {"x": NaN})")));
  CHECK(t.report.traces == 1);
  CHECK(t.count(IssueKind::LoneSurrogate) == 1);
  CHECK(t.count(IssueKind::InvalidUtf8) == 1);
  CHECK(t.count(IssueKind::NonFiniteNumber) == 1);
  CHECK(text_of(t, t.dataset->request_preview(kFirst)) == "a\xEF\xBF\xBD" "b");
}

TEST_CASE("a span that ends before it starts is told") {
  const auto t = import_checked(
      trace_json("t", "", R"({"span_id": "000000000000000a", "start_time_unix_nano": 5, "end_time_unix_nano": 4})"));
  CHECK(t.count(IssueKind::EndsBeforeStart) == 1);
  CHECK(t.report.warnings() == 0);
}

TEST_CASE("a chain of 20,000 spans and a fan of 20,000 are linked in time") {
  std::string chain, fan;
  const auto id = [](int i) {
    std::string digits = std::to_string(i + 1);
    return std::string(16 - digits.size(), '0') + digits;
  };
  for (int i = 0; i < 20'000; ++i) {
    chain += (i > 0 ? "," : "") + span_json(id(i), i > 0 ? id(i - 1) : "");
    fan += (i > 0 ? "," : "") + span_json(id(i), i > 0 ? id(0) : "");
  }
  const auto deep = test::import_text(trace_json("t", "", chain));
  CHECK(deep.report.spans == 20'000);
  CHECK(deep.dataset->parent(SpanRow{19'999}) == 19'998);
  const auto wide = test::import_text(trace_json("t", "", fan));
  CHECK(wide.dataset->parent(SpanRow{19'999}) == 0);
}

TEST_CASE("of data that stands twice the last one counts, as a whole") {
  const std::string span = R"({"span_id": "00000000000000aa", "name": "s", "start_time_unix_nano": 1, "end_time_unix_nano": 2})";
  for (const std::string_view last : {R"({"other": []})", "null", "3"}) {
    const auto imported = test::import_text(R"({"info": {"trace_id": "tr-1"}, "data": {"spans": [)" + span + R"(]}, "data": )" + std::string(last) + "}");
    INFO(last);
    REQUIRE(imported.dataset->trace_count() == 1);
    CHECK(imported.dataset->span_count() == 0);
  }
  const auto both = test::import_text(R"({"info": {"trace_id": "tr-1"}, "data": {"spans": [)" + span + R"(]}, "data": {"spans": [)" + span + "]}}");
  CHECK(both.dataset->span_count() == 1);
}

TEST_CASE("of an info that stands twice the last one counts, as a whole") {
  const auto imported = import_checked(
      R"({"info": {"trace_id": "tr-1", "state": "ERROR", "tags": {"k": "v", "mlflow.traceName": "n"}, "assessments": [{"assessment_name": "a", "feedback": {"value": 1}}]}, "info": {"trace_id": "tr-2", "request_time": "2026-11-24T06:02:50Z"}, "data": {"spans": []}})");
  const store::Dataset& data = *imported.dataset;
  REQUIRE(data.trace_count() == 1);
  CHECK(data.trace_id(kFirst) == "tr-2");
  CHECK(data.state(kFirst) == store::TraceState::Unspecified);
  CHECK_FALSE(data.name(kFirst).present());
  CHECK_FALSE(data.find_tag(kFirst, "k").has_value());
  CHECK(data.imported_assessments(kFirst).empty());
}
