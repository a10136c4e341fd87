#include "core/convert/otlp_export.h"

#include <algorithm>
#include <unordered_set>

#include "core/convert/canonical.h"
#include "core/convert/encodings.h"
#include "core/convert/otel_span.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

void write_text(json::Writer& w, std::string_view key, std::string_view text) {
  w.begin_object();
  w.member("key", key);
  w.key("value");
  w.begin_object();
  w.member("stringValue", text);
  w.end_object();
  w.end_object();
}

bool is_scalar(json::Node node) { return !node.is_object() && !node.is_array() && node.kind() != json::Kind::Null; }

void write_scalar(json::Writer& w, json::Node node) {
  w.begin_object();
  if (node.is_string()) {
    w.member_raw("stringValue", node.raw());
  } else if (node.is_number()) {
    const bool whole = node.raw().find_first_of(".eENI") == std::string_view::npos && node.integer().has_value();
    if (whole) {
      w.member("intValue", node.raw());
    } else if (node.number()) {
      w.member_raw("doubleValue", node.raw());
    } else {
      w.member("stringValue", node.raw());  // NaN, infinities, numbers beyond 64 bits
    }
  } else {
    w.member_raw("boolValue", node.raw());
  }
  w.end_object();
}

// Scalars and lists of scalars typed, everything deeper as JSON text: that is what back ends read. True: as JSON text.
bool write_attribute(json::Writer& w, std::string_view key, std::string_view json) {
  json::Tree tree;
  if (!tree.parse(json)) return write_text(w, key, json), false;
  const json::Node root = tree.root();
  bool flat = root.is_array() && root.size() > 0;
  for (json::Node each = root.first(); flat && each; each = each.next()) flat = is_scalar(each);
  if (!is_scalar(root) && !flat) return write_text(w, key, json), true;
  w.begin_object();
  w.member("key", key);
  w.key("value");
  if (is_scalar(root)) {
    write_scalar(w, root);
  } else {
    w.begin_object();
    w.key("arrayValue");
    w.begin_object();
    w.key("values");
    w.begin_array();
    for (json::Node each = root.first(); each; each = each.next()) write_scalar(w, each);
    w.end_array();
    w.end_object();
    w.end_object();
  }
  w.end_object();
  return false;
}

// The members of an object (values, or texts of JSON), and the names of those that had to be written as JSON text:
// nothing else tells a reader that they were no texts.
void write_attributes(json::Writer& w, json::Node object, bool texts_are_json) {
  std::string as_text;
  for (json::Node each = object.first(); each; each = each.next()) {
    const std::string key = each.key();
    if (!write_attribute(w, key, texts_are_json && each.is_string() ? each.text() : std::string(each.raw()))) continue;
    if (!as_text.empty()) as_text += ',';
    as_text += json::quoted(key);
  }
  if (!as_text.empty()) write_attribute(w, kJsonAttributes, "[" + as_text + "]");
}

std::string hex_trace_id(json::Node span, std::string_view info_id) {
  std::string id = mlflow_trace_id(either(span, "trace_id", "traceId").text());
  if (!span["trace_id"].present()) id = mlflow_trace_id(span["context"]["trace_id"].text());
  if (id.size() != 35) id = mlflow_trace_id(info_id);
  return id.size() == 35 ? id.substr(3) : id;
}

std::string own_span_id(json::Node span) {
  const json::Node id = span["span_id"].present() ? span["span_id"] : span["context"]["span_id"];
  return mlflow_span_id(id.text());
}

bool has_parent(json::Node span) { return !mlflow_span_id(either(span, "parent_span_id", "parent_id").text()).empty(); }

void write_evaluation_attributes(json::Writer& w, json::Node a) {
  const json::Node feedback = a["feedback"], expectation = a["expectation"];
  const bool is_feedback = feedback.present();
  w.key("attributes");
  w.begin_array();
  write_text(w, "gen_ai.evaluation.name", a["assessment_name"].text());
  json::Node value = is_feedback ? feedback["value"] : expectation["value"];
  if (value.is_number()) {
    write_attribute(w, "gen_ai.evaluation.score.value", value.raw());
  } else if (value.kind() == json::Kind::True || value.kind() == json::Kind::False) {
    write_attribute(w, "gen_ai.evaluation.score.value", value.kind() == json::Kind::True ? "1.0" : "0.0");
    write_text(w, "gen_ai.evaluation.score.label", value.raw());
  } else if (value.has_content()) {
    write_text(w, "gen_ai.evaluation.score.label", value.text_or_raw());
  }
  if (a["rationale"].has_content()) write_text(w, "gen_ai.evaluation.explanation", a["rationale"].text());
  const json::Node error = feedback["error"];
  if (error.is_object()) write_text(w, "error.type", error["error_code"].text());
  // All of it, for those who know MLflow's form.
  write_text(w, "mlflow.assessment", a.raw());
  w.end_array();
}

void write_evaluation_event(json::Writer& w, json::Node a) {
  const TimeNs time = any_time_ns(a["create_time"]);
  w.begin_object();
  w.member("timeUnixNano", std::to_string(time == kNoTime ? 0 : time));
  w.member("name", "gen_ai.evaluation.result");
  write_evaluation_attributes(w, a);
  w.end_object();
}

// Ids of all spans, and the one that stands for the trace: the first without a parent, else the first of all.
struct SpanIds {
  std::unordered_set<std::string> all;
  std::string root;
};

SpanIds ids_of(json::Node spans) {
  SpanIds ids;
  for (json::Node span = spans.first(); span; span = span.next()) {
    const std::string id = own_span_id(span);
    if (ids.root.empty() && !has_parent(span)) ids.root = id;
    ids.all.insert(id);
  }
  if (ids.root.empty() && spans.first()) ids.root = own_span_id(spans.first());
  return ids;
}

void write_events(json::Writer& w, json::Node span, json::Node assessments, const SpanIds& ids) {
  w.key("events");
  w.begin_array();
  for (json::Node event = span["events"].first(); event; event = event.next()) {
    const TimeNs time = any_time_ns(either(event, "time_unix_nano", "timestamp"));
    w.begin_object();
    w.member("timeUnixNano", std::to_string(time == kNoTime ? 0 : time));
    w.member("name", event["name"].text());
    w.key("attributes");
    w.begin_array();
    write_attributes(w, event["attributes"], false);
    w.end_array();
    w.end_object();
  }
  const std::string own = own_span_id(span);
  for (json::Node a = assessments.first(); a; a = a.next()) {
    const std::string target = mlflow_span_id(a["span_id"].text());
    // What is said of a span that is not there stands with the trace.
    if (target == own || (own == ids.root && ids.all.count(target) == 0)) write_evaluation_event(w, a);
  }
  w.end_array();
}

// What is said of the trace, on its root, under the names that readers know.
void write_trace_attributes(json::Writer& w, json::Node info, const std::string& trace_id) {
  // An id that OpenTelemetry has no place for.
  const std::string own_id = either(info, "trace_id", "request_id").text();
  if (!own_id.empty() && own_id != "tr-" + trace_id) write_text(w, kTraceId, own_id);
  if (info["client_request_id"].has_content()) write_text(w, kClientRequestId, info["client_request_id"].text());
  if (const json::Node state = either(info, "state", "status"); state.is_string()) write_text(w, kTraceState, state.text());
  const json::Node metadata = either(info, "trace_metadata", "request_metadata");
  for (json::Node each = metadata.first(); each; each = each.next()) {
    const std::string key = each.key();
    if (key.substr(0, 14) == "otel.resource.") continue;
    if (key == "mlflow.trace.session") write_text(w, "session.id", each.text_or_raw());
    if (key == "mlflow.trace.user") write_text(w, "user.id", each.text_or_raw());
    write_text(w, "mlflow.trace.metadata." + key, each.text_or_raw());
  }
  for (json::Node each = info["tags"].first(); each; each = each.next()) {
    write_text(w, "mlflow.trace.tag." + each.key(), each.text_or_raw());
  }
}

void write_status(json::Writer& w, json::Node span) {
  const json::Node status = span["status"];
  std::string code = status.is_object() ? status["code"].text() : span["status_code"].text();
  if (code.substr(0, 12) == "STATUS_CODE_") code.erase(0, 12);
  w.key("status");
  w.begin_object();
  w.member_integer("code", code == "OK" ? 1 : code == "ERROR" ? 2 : 0);
  const std::string message = status.is_object() ? status["message"].text() : span["status_message"].text();
  if (!message.empty()) w.member("message", message);
  w.end_object();
}

int64_t kind_of(json::Node span) {
  constexpr std::string_view kNames[] = {"\"UNSPECIFIED\"", "\"INTERNAL\"", "\"SERVER\"", "\"CLIENT\"", "\"PRODUCER\"", "\"CONSUMER\""};
  const std::string kind = span["attributes"]["otel.span.kind"].text();
  for (size_t i = 1; i < 6; ++i) {
    if (kind == kNames[i]) return static_cast<int64_t>(i);
  }
  return 1;
}

void write_span(json::Writer& w, json::Node span, json::Node info, const std::string& trace_id, const SpanIds& ids) {
  w.begin_object();
  w.member("traceId", trace_id);
  w.member("spanId", own_span_id(span));
  const std::string parent = mlflow_span_id(either(span, "parent_span_id", "parent_id").text());
  if (!parent.empty()) w.member("parentSpanId", parent);
  w.member("name", span["name"].text());
  w.member_integer("kind", kind_of(span));
  const auto start = either(span, "start_time_unix_nano", "start_time").integer();
  const auto end = either(span, "end_time_unix_nano", "end_time").integer();
  w.member("startTimeUnixNano", std::to_string(start.value_or(0)));
  if (end) w.member("endTimeUnixNano", std::to_string(*end));
  w.key("attributes");
  w.begin_array();
  write_attributes(w, span["attributes"], true);
  if (own_span_id(span) == ids.root) write_trace_attributes(w, info, trace_id);
  w.end_array();
  write_events(w, span, info["assessments"], ids);
  write_status(w, span);
  w.end_object();
}

// OpenTelemetry knows spans alone: a trace without any (only its head was exported) is written as one span.
std::string span_of_trace(json::Node info, const std::string& trace_id) {
  std::string id = trace_id.size() == 32 ? trace_id.substr(16) : std::string();
  if (id.find_first_not_of('0') == std::string::npos) id = "0000000000000001";
  const json::Node metadata = either(info, "trace_metadata", "request_metadata");
  const json::Node name = info["tags"]["mlflow.traceName"];
  const TimeNs start = any_time_ns(either(info, "request_time", "timestamp_ms"));
  const auto duration_ms = either(info, "execution_duration_ms", "execution_time_ms").integer();
  const bool known = start != kNoTime && start > 0;
  const std::string state = either(info, "state", "status").text();
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("span_id", id);
  w.member("name", name.has_content() ? name.text_or_raw() : std::string("trace"));
  w.member_integer("start_time_unix_nano", known ? start : 0);
  if (state != "IN_PROGRESS") {
    const int64_t took_ms = known && duration_ms && *duration_ms > 0 ? std::min(*duration_ms, (INT64_MAX - start) / 1'000'000) : 0;
    w.member_integer("end_time_unix_nano", known ? start + took_ms * 1'000'000 : 0);
  }
  w.key("attributes");
  w.begin_object();
  w.member("assay.source.madeFromTrace", "true");
  for (const auto& [from, to] : {std::pair("mlflow.traceInputs", "mlflow.spanInputs"), std::pair("mlflow.traceOutputs", "mlflow.spanOutputs")}) {
    const std::string text = metadata[from].text();
    if (!text.empty()) w.member(to, is_json(text) ? text : json::quoted(text));
  }
  w.end_object();
  w.key("status");
  w.begin_object();
  w.member("code", state == "ERROR" ? "ERROR" : state == "OK" ? "OK" : "UNSET");
  w.end_object();
  w.end_object();
  return out;
}

}  // namespace

std::string otlp_request(json::Node trace) {
  const json::Node info = trace["info"];
  json::Node spans = trace["data"]["spans"];
  std::string one;  // the tree looks into it
  json::Tree made;
  if (!spans.first()) {
    one = "[" + span_of_trace(info, hex_trace_id(json::Node(), either(info, "trace_id", "request_id").text())) + "]";
    if (made.parse(one)) spans = made.root();
  }
  const std::string info_id = either(info, "trace_id", "request_id").text();
  // One for all of them: spans that disagree would come back as several traces.
  const std::string trace_id = hex_trace_id(spans.first(), info_id);
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.key("resourceSpans");
  w.begin_array();
  w.begin_object();
  w.key("resource");
  w.begin_object();
  w.key("attributes");
  w.begin_array();
  for (json::Node each = info["trace_metadata"].first(); each; each = each.next()) {
    const std::string key = each.key();
    if (key.substr(0, 14) == "otel.resource.") write_text(w, key.substr(14), each.text_or_raw());
  }
  w.end_array();
  w.end_object();
  w.key("scopeSpans");
  w.begin_array();
  w.begin_object();
  w.key("scope");
  w.begin_object();
  w.member("name", "mlflow");
  w.end_object();
  w.key("spans");
  w.begin_array();
  const SpanIds ids = ids_of(spans);
  for (json::Node span = spans.first(); span; span = span.next()) {
    write_span(w, span, info, trace_id, ids);
  }
  w.end_array();
  w.end_object();
  w.end_array();
  w.end_object();
  w.end_array();
  w.end_object();
  return out;
}

std::string evaluation_logs(json::Node trace) {
  const json::Node info = trace["info"], spans = trace["data"]["spans"], assessments = info["assessments"];
  if (!assessments.first()) return {};
  const std::string info_id = either(info, "trace_id", "request_id").text();
  const std::string trace_id = hex_trace_id(spans.first(), info_id);
  const SpanIds ids = ids_of(spans);
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.key("resourceLogs");
  w.begin_array();
  w.begin_object();
  w.key("scopeLogs");
  w.begin_array();
  w.begin_object();
  w.key("logRecords");
  w.begin_array();
  for (json::Node a = assessments.first(); a; a = a.next()) {
    if (!a["feedback"].is_object()) continue;  // ground truth is no result
    const TimeNs time = any_time_ns(a["create_time"]);
    const std::string target = mlflow_span_id(a["span_id"].text());
    w.begin_object();
    w.member("timeUnixNano", std::to_string(time == kNoTime ? 0 : time));
    w.member("eventName", "gen_ai.evaluation.result");
    w.member("traceId", trace_id);
    w.member("spanId", ids.all.count(target) == 0 ? ids.root : target);
    write_evaluation_attributes(w, a);
    w.end_object();
  }
  w.end_array();
  w.end_object();
  w.end_array();
  w.end_object();
  w.end_array();
  w.end_object();
  return out;
}

}  // namespace assay::convert
