#include "core/convert/mlflow_old_ui.h"

#include "core/base/hash.h"
#include "core/convert/encodings.h"
#include "core/convert/mlflow_parts.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

bool matches(json::Node record) {
  return record["trace_data"]["spans"].is_array() && !record["info"].present();
}

json::Node first_of(json::Node object, std::string_view a, std::string_view b,
                    std::string_view c = {}) {
  if (object[a].has_content()) return object[a];
  return object[b].has_content() || c.empty() ? object[b] : object[c];
}

Status status_of(json::Node span) {
  json::Node code = first_of(span, "status_code", "status");
  if (code.is_object()) code = first_of(code, "status_code", "code");
  const std::string text = code.text_or_raw();
  if (text == "ERROR" || text == "STATUS_CODE_ERROR" || text == "2") return Status::Error;
  return text == "OK" || text == "STATUS_CODE_OK" || text == "1" ? Status::Ok : Status::Unset;
}

void read_pairs(json::Node list, std::vector<std::pair<std::string, std::string>>& out) {
  for (json::Node each = list.first(); each; each = each.next()) {
    if (list.is_array()) {
      out.emplace_back(each["key"].text_or_raw(), each["value"].text_or_raw());
    } else {
      out.emplace_back(each.key(), each.text_or_raw());
    }
  }
}

constexpr std::string_view kSpanMembers[] = {
    "context",   "span_id", "trace_id", "name",        "parent_span_id", "parent_id",
    "span_type", "type",    "status",   "status_code", "status_message", "start_time",
    "end_time",  "inputs",  "outputs",  "attributes",  "events"};
constexpr std::string_view kInfoMembers[] = {
    "request_id",   "trace_id",          "experiment_id",      "timestamp_ms",
    "request_time", "execution_time_ms", "execution_duration", "status",
    "state",        "request_metadata",  "trace_metadata",     "tags",
    "assessments"};

template <size_t N>
bool is_one_of(const std::string_view (&names)[N], std::string_view name) {
  for (const std::string_view each : names) {
    if (each == name) return true;
  }
  return false;
}

void read_attributes(json::Node list, CanonicalSpan& span) {
  for (json::Node each = list.first(); each; each = each.next()) {
    const std::string key = each.key();
    std::string value = unwrapped_json(each);
    if (key == "mlflow.spanInputs") {
      if (span.inputs_json.empty()) span.inputs_json = std::move(value);
    } else if (key == "mlflow.spanOutputs") {
      if (span.outputs_json.empty()) span.outputs_json = std::move(value);
    } else if (key == "mlflow.spanType") {
      if (span.type.empty())
        span.type = value.size() > 2 && value[0] == '"'
                        ? json::unescaped(value.substr(1, value.size() - 2))
                        : "";
    } else if (key != "mlflow.traceRequestId") {
      add_attribute(span.attributes, key, std::string(each.raw()));
    }
  }
}

void read_span(json::Node node, CanonicalSpan& span) {
  const json::Node context = node["context"];
  span.id = first_of(node, "span_id", "").text();
  if (span.id.empty()) span.id = context["span_id"].text();
  span.parent_id = first_of(node, "parent_span_id", "parent_id").text();
  span.name = node["name"].text();
  span.type = first_of(node, "span_type", "type").text();
  span.start_ns = any_time_ns(node["start_time"]);
  span.end_ns = any_time_ns(node["end_time"]);
  span.status = status_of(node);
  span.status_message = first_of(node, "status_message", "").text();
  if (span.status_message.empty())
    span.status_message = first_of(node["status"], "description", "message").text();
  span.inputs_json = unwrapped_json(node["inputs"], 1);
  span.outputs_json = unwrapped_json(node["outputs"], 1);
  read_attributes(node["attributes"], span);
  for (json::Node event = node["events"].first(); event; event = event.next()) {
    SpanEvent& out = span.events.emplace_back();
    out.name = event["name"].text();
    out.time_ns = any_time_ns(first_of(event, "timestamp", "time_unix_nano"));
    for (json::Node each = event["attributes"].first(); each; each = each.next()) {
      add_attribute(out.attributes, each.key(), std::string(each.raw()));
    }
  }
  for (json::Node member = node.first(); member; member = member.next()) {
    const std::string key = member.key();
    if (!is_one_of(kSpanMembers, key) && member.has_content())
      add_attribute(span.attributes, "mlflow_ui." + key, std::string(member.raw()));
  }
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const json::Node info = record["trace_info"], spans = record["trace_data"]["spans"];
    const json::Node first = spans.first();
    const bool has_fields =
        first["inputs"].present() || first["outputs"].present() || first["span_type"].present();
    const bool todays =
        !has_fields && (is_mlflow_span(first) || (first["attributes"].is_array() &&
                                                  first["start_time_unix_nano"].present()));
    if (todays) {
      Members members = info.is_object() ? info_of_rest(info) : info_of_spans(spans, {});
      if (!members.has("trace_id") && !members.has("request_id") &&
          record["trace_id"].is_string()) {
        members.set("trace_id", std::string(record["trace_id"].raw()));
      }
      Members data = members_of(record["trace_data"]);
      data.set("spans", spans_of_rest(spans));
      context.emit_converted(record_text(members, data.json()));
      return;
    }
    CanonicalTrace trace;
    trace.source_format = context.format;
    read_info(info, trace);
    for (json::Node node = spans.first(); node; node = node.next()) {
      if (!node.is_object()) {
        context.note(ingest::IssueKind::WrongType, "span: " + std::string(node.raw().substr(0, 80)),
                     node.offset_bytes());
        continue;
      }
      if (trace.id.empty())
        trace.id =
            (node["trace_id"].is_string() ? node["trace_id"] : node["context"]["trace_id"]).text();
      read_span(node, trace.spans.emplace_back());
    }
    if (trace.id.empty()) {
      trace.id = sha256_hex(record.raw()).substr(0, 32);
      context.note(ingest::IssueKind::DerivedTraceId, "no request_id in trace_info");
    }
    context.emit(std::move(trace));
  }

  static void read_info(json::Node info, CanonicalTrace& trace) {
    trace.id = first_of(info, "request_id", "trace_id").text();
    trace.request_time_ns = any_time_ns(first_of(info, "timestamp_ms", "request_time"));
    trace.duration_ms =
        first_of(info, "execution_time_ms", "execution_duration").integer().value_or(-1);
    const std::string state = first_of(info, "status", "state").text_or_raw();
    if (state == "OK") trace.state = TraceState::Ok;
    if (state == "ERROR") trace.state = TraceState::Error;
    if (state == "IN_PROGRESS") trace.state = TraceState::InProgress;
    read_pairs(first_of(info, "request_metadata", "trace_metadata"), trace.metadata);
    read_pairs(info["tags"], trace.tags);
    for (const auto& [key, value] : trace.tags) {
      if (key == "mlflow.traceName") trace.name = value;
    }
    for (json::Node member = info.first(); member; member = member.next()) {
      const std::string key = member.key();
      if (key == "experiment_id" || !is_one_of(kInfoMembers, key) || key == "assessments") {
        if (member.has_content())
          trace.metadata.emplace_back("mlflow_ui." + key, member.text_or_raw());
      }
    }
  }
};

}  // namespace

Format mlflow_old_ui_format() {
  return {"MLflow trace of an early user interface", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
