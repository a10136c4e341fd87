#include "core/convert/jaeger.h"

#include <unordered_map>

#include "core/convert/encodings.h"
#include "core/convert/otel_span.h"
#include "core/convert/reading.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

bool is_trace(json::Node node) { return node["traceID"].is_string() && node["spans"].is_array(); }
bool is_span(json::Node node) {
  return node["spanID"].is_string() && node["traceID"].is_string() &&
         node["operationName"].present();
}

bool matches(json::Node record) {
  if (is_trace(record) || is_span(record)) return true;
  const json::Node data = record["data"];
  return data.is_array() && is_trace(data.first());
}

TimeNs ns_of_microseconds(json::Node node) {
  const auto value = node.integer();
  return value && *value >= 0 && *value < INT64_MAX / 1000 ? *value * 1000 : kNoTime;
}

// A tag's value by its declared type; numbers and booleans may be written as texts.
std::string tag_json(json::Node tag) {
  const json::Node value = tag["value"];
  const std::string type = tag["type"].text();
  if (value.is_string() && (type == "int64" || type == "float64" || type == "bool")) {
    const std::string text = value.text();
    if (type == "bool" ? (text == "true" || text == "false") : is_json(text) && value.number())
      return text;
  }
  return value.present() ? std::string(value.raw()) : std::string();
}

void read_tags(json::Node tags, std::vector<Attribute>& out) {
  for (json::Node tag = tags.first(); tag; tag = tag.next()) {
    const std::string key = tags.is_object() ? tag.key() : tag["key"].text();
    std::string json = tags.is_object() ? std::string(tag.raw()) : tag_json(tag);
    if (!key.empty()) add_attribute(out, key, std::move(json));
  }
}

std::string attribute_text(const std::vector<Attribute>& attributes, std::string_view key) {
  const std::string* json = find_attribute(attributes, key);
  if (json == nullptr) return {};
  return (*json)[0] == '"' ? json::unescaped(std::string_view(*json).substr(1, json->size() - 2))
                           : *json;
}

void read_logs(json::Node logs, CanonicalSpan& span) {
  for (json::Node log = logs.first(); log; log = log.next()) {
    SpanEvent& event = span.events.emplace_back();
    event.time_ns = ns_of_microseconds(log["timestamp"]);
    read_tags(log["fields"], event.attributes);
    event.name = attribute_text(event.attributes, "event");
    if (event.name.empty()) event.name = attribute_text(event.attributes, "message");
    if (event.name.empty()) event.name = "log";
  }
}

// The parent is the first CHILD_OF of the same trace; every other reference becomes a link.
void read_references(json::Node node, CanonicalSpan& span) {
  const std::string trace_id = node["traceID"].text();
  for (json::Node each = node["references"].first(); each; each = each.next()) {
    const std::string other = each["spanID"].text();
    if (span.parent_id.empty() && each["refType"].text() == "CHILD_OF" &&
        each["traceID"].text() == trace_id) {
      span.parent_id = other;
      continue;
    }
    std::string link;
    json::Writer w(link);
    w.begin_object();
    w.member("trace_id", mlflow_trace_id(each["traceID"].text()));
    w.member("span_id", mlflow_span_id(other));
    w.key("attributes");
    w.begin_object();
    w.member("jaeger.refType", each["refType"].text());
    w.end_object();
    w.end_object();
    span.links.push_back({{}, std::move(link)});
  }
  if (span.parent_id.empty()) span.parent_id = node["parentSpanID"].text();
}

void read_status(CanonicalSpan& span) {
  const std::string code = attribute_text(span.attributes, "otel.status_code");
  const std::string error = attribute_text(span.attributes, "error");
  if (code == "ERROR" || error == "true") {
    span.status = Status::Error;
  } else if (code == "OK") {
    span.status = Status::Ok;
  }
  span.status_message = attribute_text(span.attributes, "otel.status_description");
  if (span.status_message.empty() && span.status == Status::Error) {
    span.status_message = attribute_text(span.attributes, "error.message");
  }
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (is_span(record)) return read_span(context, record, record["process"]);
    if (is_trace(record)) return read_trace(context, record);
    for (json::Node each = record["data"].first(); each; each = each.next()) {
      if (is_trace(each)) {
        read_trace(context, each);
      } else {
        context.note(ingest::IssueKind::WrongType, "data: " + std::string(each.raw().substr(0, 80)),
                     each.offset_bytes());
      }
    }
  }

  void read_trace(Context& context, json::Node record) {
    const json::Node processes = record["processes"];
    const json::Node spans = record["spans"];
    for (json::Node span = spans.first(); span; span = span.next()) {
      const json::Node process =
          span["process"].present() ? span["process"] : processes[span["processID"].text()];
      read_span(context, span, process);
    }
    if (!spans.first().present())
      context.note(ingest::IssueKind::NoSpans, record["traceID"].text());
    if (context.traces.has(record["traceID"].text())) {
      Pairs& metadata = context.traces.trace(record["traceID"].text()).metadata;
      keep_rest(record, " traceID spans processes ", "jaeger.", metadata);
    }
  }

  void read_span(Context& context, json::Node node, json::Node process) {
    if (!node["spanID"].is_string() || !node["traceID"].is_string()) {
      context.note(ingest::IssueKind::WrongType,
                   "span without ids: " + std::string(node.raw().substr(0, 80)),
                   node.offset_bytes());
      return;
    }
    CanonicalSpan span;
    span.id = node["spanID"].text();
    span.name = node["operationName"].text();
    span.start_ns = ns_of_microseconds(node["startTime"]);
    const TimeNs duration = ns_of_microseconds(node["duration"]);
    if (span.start_ns != kNoTime && duration != kNoTime && span.start_ns < INT64_MAX - duration) {
      span.end_ns = span.start_ns + duration;
    }
    if (span.start_ns == kNoTime) {
      context.note(ingest::IssueKind::BadTimestamp, "startTime of span " + span.id,
                   node.offset_bytes());
    }
    read_references(node, span);
    read_tags(node["tags"], span.attributes);
    read_logs(node["logs"], span);
    read_status(span);
    const std::string service = process["serviceName"].text();
    add_text_attribute(span.attributes, "service.name", service);
    keep_rest(node,
              " traceID spanID parentSpanID operationName references startTime duration tags logs "
              "process processID "
              "startTimeMillis ",
              "jaeger.", span.attributes);
    TraceFacts facts;
    apply_conventions(span, attribute_text(span.attributes, "otel.scope.name"), facts);
    CanonicalTrace& trace = context.traces.trace(node["traceID"].text());
    trace.source_format = context.format;
    apply_facts(trace, std::move(facts));
    add_process(trace, process, service);
    trace.spans.push_back(std::move(span));
  }

  // Once a trace and service: the tags of the process.
  void add_process(CanonicalTrace& trace, json::Node process, const std::string& service) {
    const std::string prefix =
        "jaeger.process." + (service.empty() ? std::string("unknown") : service) + ".";
    if (!told_.emplace(trace.id + '\n' + prefix, true).second) return;
    std::vector<Attribute> tags;
    read_tags(process["tags"], tags);
    for (const Attribute& tag : tags)
      trace.metadata.emplace_back(prefix + tag.key, attribute_text(tags, tag.key));
  }

  std::unordered_map<std::string, bool> told_;
};

}  // namespace

Format jaeger_format() {
  return {"Jaeger", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
