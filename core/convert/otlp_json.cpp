#include "core/convert/otlp_json.h"

#include <algorithm>
#include <unordered_map>

#include "core/convert/encodings.h"
#include "core/convert/otel_span.h"
#include "core/convert/otel_values.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr std::string_view kResponseId = "gen_ai.response.id";

json::Node spans_by_resource(json::Node record) {
  json::Node found = either(record, "resourceSpans", "resource_spans");
  if (!found.present() && record["batches"].is_array()) found = record["batches"];
  return found;
}

// A span without anything around it, as people cut them out (one a line, or in a list).
bool is_bare_span(json::Node record) {
  return either(record, "startTimeUnixNano", "start_time_unix_nano").present() &&
         either(record, "spanId", "span_id").is_string() && either(record, "traceId", "trace_id").is_string() &&
         !record["attributes"].is_object();  // that is a span of MLflow's
}

bool matches(json::Node record) {
  return spans_by_resource(record).is_array() || either(record, "resourceLogs", "resource_logs").is_array() ||
         // One ResourceSpans a line, as Phoenix writes them in an array.
         either(record, "scopeSpans", "scope_spans").is_array() || is_bare_span(record);
}

TimeNs time_of(json::Node node) {
  const auto value = node.integer();
  return value && *value > 0 ? *value : kNoTime;
}

Status status_of(json::Node status) {
  const std::string code = status["code"].text_or_raw();
  if (code == "2" || code == "STATUS_CODE_ERROR" || code == "ERROR") return Status::Error;
  if (code == "1" || code == "STATUS_CODE_OK" || code == "OK") return Status::Ok;
  return Status::Unset;
}

void read_events(json::Node list, CanonicalSpan& span) {
  for (json::Node event = list.first(); event; event = event.next()) {
    SpanEvent& out = span.events.emplace_back();
    out.name = event["name"].text();
    out.time_ns = time_of(either(event, "timeUnixNano", "time_unix_nano"));
    append_otlp_attributes(event["attributes"], out.attributes);
  }
}

void read_links(json::Node list, CanonicalSpan& span) {
  for (json::Node link = list.first(); link; link = link.next()) {
    std::string text;
    json::Writer w(text);
    w.begin_object();
    w.member("trace_id", mlflow_trace_id(either(link, "traceId", "trace_id").text()));
    w.member("span_id", mlflow_span_id(either(link, "spanId", "span_id").text()));
    std::vector<Attribute> attributes;
    append_otlp_attributes(link["attributes"], attributes);
    w.key("attributes");
    w.begin_object();
    for (const Attribute& attribute : attributes) w.member_raw(attribute.key, attribute.json);
    w.end_object();
    w.end_object();
    span.links.push_back({{}, std::move(text)});
  }
}

// What MLflow's span has no field for is kept under the names that OpenTelemetry's other forms use.
void keep_rest(json::Node node, CanonicalSpan& span) {
  const json::Node kind = node["kind"];
  const std::string kind_text = kind.text_or_raw();
  if (kind.has_content() && kind_text != "0" && kind_text != "SPAN_KIND_UNSPECIFIED") {
    constexpr std::string_view kNames[] = {"UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"};
    const auto number = kind.integer();
    std::string name = kind_text;
    if (number && *number > 0 && *number < 6) name = kNames[static_cast<size_t>(*number)];
    if (name.substr(0, 10) == "SPAN_KIND_") name.erase(0, 10);
    add_text_attribute(span.attributes, "otel.span.kind", name);
  }
  if (const json::Node state = either(node, "traceState", "trace_state"); state.has_content()) {
    add_attribute(span.attributes, "otel.trace_state", std::string(state.raw()));
  }
}

class Reader final : public FormatReader {
  struct LateEvent {
    std::string trace_id, span_id, response_id;
    SpanEvent event;
  };

  void read(Context& context, json::Node record) override {
    if (is_bare_span(record)) return read_span(context, record, {}, {});
    json::Node groups = spans_by_resource(record);
    if (!groups.present() && either(record, "scopeSpans", "scope_spans").present()) {
      read_resource(context, record);
    }
    for (json::Node group = groups.first(); group; group = group.next()) read_resource(context, group);
    const json::Node logs = either(record, "resourceLogs", "resource_logs");
    for (json::Node group = logs.first(); group; group = group.next()) read_logs(context, group);
  }

  void read_resource(Context& context, json::Node group) {
    std::vector<Attribute> resource;
    append_otlp_attributes(group["resource"]["attributes"], resource);
    json::Node scopes = either(group, "scopeSpans", "scope_spans");
    if (!scopes.present()) scopes = either(group, "instrumentationLibrarySpans", "instrumentation_library_spans");
    for (json::Node scope = scopes.first(); scope; scope = scope.next()) {
      const json::Node name = scope["scope"].present() ? scope["scope"] : scope["instrumentationLibrary"];
      const json::Node spans = scope["spans"];
      for (json::Node span = spans.first(); span; span = span.next()) read_span(context, span, name, resource);
    }
  }

  void read_span(Context& context, json::Node node, json::Node scope, const std::vector<Attribute>& resource) {
    if (!node.is_object()) {
      context.note(ingest::IssueKind::WrongType, "span: " + std::string(node.raw().substr(0, 80)), node.offset_bytes());
      return;
    }
    CanonicalSpan span;
    span.id = either(node, "spanId", "span_id").text();
    span.parent_id = either(node, "parentSpanId", "parent_span_id").text();
    span.name = node["name"].text();
    span.start_ns = time_of(either(node, "startTimeUnixNano", "start_time_unix_nano"));
    span.end_ns = time_of(either(node, "endTimeUnixNano", "end_time_unix_nano"));
    // Both are told and neither is known: such a span is over, and not one that still runs.
    if (span.start_ns == kNoTime && either(node, "endTimeUnixNano", "end_time_unix_nano").integer() == 0) span.end_ns = 0;
    span.status = status_of(node["status"]);
    span.status_message = node["status"]["message"].text();
    append_otlp_attributes(node["attributes"], span.attributes);
    read_events(node["events"], span);
    read_links(node["links"], span);
    keep_rest(node, span);
    const std::string scope_name = scope["name"].text();
    add_text_attribute(span.attributes, "otel.scope.name", scope_name);
    add_text_attribute(span.attributes, "otel.scope.version", scope["version"].text());

    std::string trace_id = either(node, "traceId", "trace_id").text();
    if (trace_id.find_first_not_of("0") == std::string::npos || trace_id == "AAAAAAAAAAAAAAAAAAAAAA==") {
      trace_id = "trace-" + std::to_string(context.record_number);
      context.note(ingest::IssueKind::DerivedTraceId, "span " + span.name, node.offset_bytes());
    }
    TraceFacts facts;
    apply_conventions(span, scope_name, facts);
    CanonicalTrace& trace = context.traces.trace(trace_id);
    if (trace.source_format.empty()) {
      trace.source_format = context.format;
      // The resource is the same for all spans of a service; the trace keeps the first one seen.
      for (const Attribute& attribute : resource) {
        const bool text = !attribute.json.empty() && attribute.json[0] == '"';
        trace.metadata.emplace_back("otel.resource." + attribute.key,
                                    text ? json::unescaped(std::string_view(attribute.json).substr(1, attribute.json.size() - 2))
                                         : attribute.json);
      }
    }
    apply_facts(trace, std::move(facts));
    if (std::string response = otel::text_of(span.attributes, kResponseId); !response.empty())
      span_of_response_.emplace(std::move(response), std::pair(trace_id, span.id));
    trace.spans.push_back(std::move(span));
  }

  // A log record with a name is an event of the span that it names, by its ids or by the id of the model's
  // answer; evaluation results are assessments.
  void read_logs(Context& context, json::Node group) {
    json::Node scopes = either(group, "scopeLogs", "scope_logs");
    for (json::Node scope = scopes.first(); scope; scope = scope.next()) {
      const json::Node records = either(scope, "logRecords", "log_records");
      for (json::Node log = records.first(); log; log = log.next()) {
        SpanEvent event;
        event.name = either(log, "eventName", "event_name").text();
        event.time_ns = time_of(either(log, "timeUnixNano", "time_unix_nano"));
        append_otlp_attributes(log["attributes"], event.attributes);
        if (event.name.empty()) {
          if (const std::string* name = find_attribute(event.attributes, "event.name")) event.name = json::unescaped(
              std::string_view(*name).substr(1, name->size() > 1 ? name->size() - 2 : 0));
        }
        if (log["body"].has_content()) add_attribute(event.attributes, "body", json_of_any_value(log["body"]));
        LateEvent late{either(log, "traceId", "trace_id").text(), either(log, "spanId", "span_id").text(), {}, std::move(event)};
        if (late.trace_id.empty()) late.response_id = otel::text_of(late.event.attributes, kResponseId);
        if (late.trace_id.empty() && late.response_id.empty()) {
          context.note(ingest::IssueKind::MissingTraceId, "log record without a trace id", log.offset_bytes());
          continue;
        }
        pending_.push_back(std::move(late));
      }
    }
  }

  void finish(Context& context) override {
    // All events of a span together: its messages may come one a record.
    std::vector<Late> spans;
    std::unordered_map<std::string, size_t> places;
    for (LateEvent& late : pending_) {
      if (!find_span(context, late)) continue;
      const std::string key = mlflow_trace_id(late.trace_id) + '\n' + mlflow_span_id(late.span_id);
      const auto [at, fresh] = places.emplace(key, spans.size());
      if (fresh) spans.push_back({std::move(late.trace_id), std::move(late.span_id), {}});
      spans[at->second].events.push_back(std::move(late.event));
    }
    for (Late& late : spans) give(context, late);
  }

  struct Late {
    std::string trace_id, span_id;
    std::vector<SpanEvent> events;
  };

  // By the id of the model's answer, where the record names no trace.
  bool find_span(Context& context, LateEvent& late) const {
    if (!late.trace_id.empty()) return true;
    const auto answered = span_of_response_.find(late.response_id);
    if (answered == span_of_response_.end()) {
      context.note(ingest::IssueKind::MissingTraceId, "log record of response " + late.response_id + ", which no span names");
      return false;
    }
    late.trace_id = answered->second.first;
    late.span_id = answered->second.second;
    return true;
  }

  static void give(Context& context, Late& late) {
    std::stable_sort(late.events.begin(), late.events.end(),
                     [](const SpanEvent& a, const SpanEvent& b) { return a.time_ns < b.time_ns; });
    CanonicalTrace& trace = context.traces.trace(late.trace_id);
    CanonicalSpan carrier;  // reads the conventions of these events
    carrier.id = late.span_id;
    carrier.start_ns = late.events.front().time_ns;
    carrier.name = late.events.front().name.empty() ? "log" : late.events.front().name;
    carrier.events = std::move(late.events);
    TraceFacts facts;
    apply_conventions(carrier, {}, facts);
    apply_facts(trace, std::move(facts));
    const std::string wanted = mlflow_span_id(late.span_id);
    CanonicalSpan* target = nullptr;
    for (CanonicalSpan& span : trace.spans) {
      if (wanted.empty() ? target == nullptr : mlflow_span_id(span.id) == wanted) target = &span;
    }
    if (target == nullptr) {
      if (trace.source_format.empty()) trace.source_format = context.format;
      trace.spans.push_back(std::move(carrier));
      return;
    }
    for (SpanEvent& event : carrier.events) target->events.push_back(std::move(event));
    if (target->inputs_json.empty()) target->inputs_json = std::move(carrier.inputs_json);
    if (target->outputs_json.empty()) target->outputs_json = std::move(carrier.outputs_json);
  }

  std::unordered_map<std::string, std::pair<std::string, std::string>> span_of_response_;  // trace and span
  std::vector<LateEvent> pending_;
};

}  // namespace

Format otlp_json_format() {
  return {"OpenTelemetry OTLP JSON", matches, [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
