#include "core/convert/mlflow_parts.h"

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/convert/canonical.h"
#include "core/convert/encodings.h"
#include "core/ingest/previews.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr size_t kMetadataPreviewBytes = 250;

std::string integer_text(int64_t value) {
  std::string out;
  append_int(out, value);
  return out;
}

// `container` is an object or array; the item goes in at its end.
std::string with_item(std::string container, std::string_view item) {
  while (!container.empty() && container.back() != '}' && container.back() != ']')
    container.pop_back();
  if (container.empty()) return container;
  const char close = container.back();
  container.pop_back();
  size_t end = container.find_last_not_of(" \t\r\n");
  container.resize(end == std::string::npos ? 0 : end + 1);
  if (container.size() > 1) container += ", ";
  container.append(item);
  container += close;
  return container;
}

// --- Infos from spans ---

bool is_root(json::Node span, std::string_view parent_key) {
  const json::Node parent = span[parent_key];
  return !parent.has_content() || mlflow_span_id(parent.text()).empty();
}

// What an attribute of a span in MLflow's form means; "" where there is none.
std::string attribute_json(json::Node span, std::string_view key) {
  return unwrapped_json(span["attributes"][key]);
}

std::string attribute_plain_text(json::Node span, std::string_view key) {
  const json::Node value = span["attributes"][key];
  const std::string text = value.text_or_raw();
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"' && is_json(text)) {
    return json::unescaped(std::string_view(text).substr(1, text.size() - 2));
  }
  return text;
}

struct SpanSummary {
  json::Node root;
  bool v2 = false;
  TimeNs start_ns = kNoTime, end_ns = kNoTime;
  std::string trace_id, experiment_id;
};

SpanSummary summary_of(json::Node spans) {
  SpanSummary s;
  for (json::Node span = spans.first(); span; span = span.next()) {
    s.v2 = s.v2 || is_v2_span(span);
    const auto start = span[s.v2 ? "start_time" : "start_time_unix_nano"].integer();
    const auto end = span[s.v2 ? "end_time" : "end_time_unix_nano"].integer();
    if (start && (s.start_ns == kNoTime || *start < s.start_ns)) s.start_ns = *start;
    if (!s.root && is_root(span, s.v2 ? "parent_id" : "parent_span_id")) {
      s.root = span;
      if (end && *end > 0) s.end_ns = *end;
    }
    if (s.trace_id.empty()) s.trace_id = attribute_plain_text(span, "mlflow.traceRequestId");
    if (s.experiment_id.empty())
      s.experiment_id = attribute_plain_text(span, "mlflow.experimentId");
  }
  if (s.trace_id.empty()) {
    const json::Node first = spans.first();
    s.trace_id = mlflow_trace_id((s.v2 ? first["context"]["trace_id"] : first["trace_id"]).text());
  }
  return s;
}

std::string_view state_of(const SpanSummary& s) {
  if (!s.root || s.end_ns == kNoTime) return "IN_PROGRESS";
  const std::string code = s.v2 ? s.root["status_code"].text() : s.root["status"]["code"].text();
  return code == "ERROR" || code == "STATUS_CODE_ERROR" ? "ERROR" : "OK";
}

std::string cut_bytes(std::string_view text) {
  if (text.size() <= kMetadataPreviewBytes) return std::string(text);
  size_t end = kMetadataPreviewBytes - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace

// --- Members ---

void Members::set(std::string_view key, std::string json) {
  if (json.empty()) return;
  // Records have a few members; metadata and tags some dozens. Beyond that the last one simply
  // counts.
  if (list_.size() < 64) {
    for (auto& member : list_) {
      if (member.first != key) continue;
      member.second = std::move(json);
      return;
    }
  }
  list_.emplace_back(key, std::move(json));
}

void Members::set_text(std::string_view key, std::string_view text) {
  set(key, json::quoted(text));
}

const std::string* Members::find(std::string_view key) const {
  for (size_t i = list_.size(); i-- > 0;) {
    if (list_[i].first == key) return &list_[i].second;
  }
  return nullptr;
}

std::string Members::json() const {
  std::string out = "{";
  for (const auto& [key, value] : list_) {
    if (out.size() > 1) out += ", ";
    json::append_quoted(out, key);
    out += ": ";
    out += value;
  }
  return out + "}";
}

Members members_of(json::Node object) {
  Members members;
  if (!object.is_object()) return members;
  for (json::Node member = object.first(); member; member = member.next())
    members.set(member.key(), std::string(member.raw()));
  return members;
}

// --- MLflow's own form ---

bool is_v2_span(json::Node span) {
  return span["context"].is_object() && span["attributes"].is_object() &&
         span["start_time"].integer().has_value();
}

bool is_mlflow_span(json::Node span) {
  if (is_v2_span(span)) return true;
  return span["trace_id"].is_string() && span["span_id"].is_string() &&
         span["attributes"].is_object() && span["start_time_unix_nano"].present();
}

bool is_mlflow_record(json::Node record) {
  const json::Node info = record["info"], spans = record["data"]["spans"];
  if (!info.is_object() || !spans.is_array()) return false;
  return !spans.first() || is_mlflow_span(spans.first()) || spans.first()["attributes"].is_array();
}

Members info_of_spans(json::Node spans, std::string_view trace_id) {
  const SpanSummary s = summary_of(spans);
  const std::string id(trace_id.empty() ? std::string_view(s.trace_id) : trace_id);
  const std::string experiment = json::quoted(s.experiment_id.empty() ? "0" : s.experiment_id);
  const std::string inputs = attribute_json(s.root, "mlflow.spanInputs"),
                    outputs = attribute_json(s.root, "mlflow.spanOutputs");
  const bool timed = s.start_ns != kNoTime;
  const bool ended = timed && s.start_ns >= 0 && s.end_ns >= s.start_ns;
  const std::string duration = ended ? integer_text((s.end_ns - s.start_ns) / 1'000'000) : "";
  Members info, metadata, tags;
  metadata.set_text("mlflow.trace_schema.version", s.v2 ? "2" : "3");
  if (!inputs.empty()) metadata.set_text("mlflow.traceInputs", cut_bytes(inputs));
  if (!outputs.empty()) metadata.set_text("mlflow.traceOutputs", cut_bytes(outputs));
  if (s.root["name"].has_content()) tags.set("mlflow.traceName", std::string(s.root["name"].raw()));
  if (s.v2) {
    if (!id.empty()) info.set_text("request_id", id);
    info.set("experiment_id", experiment);
    if (timed) info.set("timestamp_ms", integer_text(s.start_ns / 1'000'000));
    info.set("execution_time_ms", duration);
    info.set_text("status", state_of(s));
    info.set("request_metadata", metadata.json());
    info.set("tags", tags.json());
    return info;
  }
  if (!id.empty()) info.set_text("trace_id", id);
  info.set("trace_location",
           R"({"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": )" + experiment +
               "}}");
  // MLflow keeps the time of a trace in milliseconds.
  if (timed) info.set_text("request_time", format_rfc3339(s.start_ns - s.start_ns % 1'000'000));
  info.set_text("state", state_of(s));
  info.set("trace_metadata", metadata.json());
  info.set("tags", tags.json());
  if (!inputs.empty())
    info.set_text("request_preview", ingest::preview_of(inputs, ingest::PreviewRole::User));
  if (!outputs.empty())
    info.set_text("response_preview", ingest::preview_of(outputs, ingest::PreviewRole::Assistant));
  info.set("execution_duration_ms", duration);
  return info;
}

std::string assessment_text(const AssessmentParts& a) {
  Members out, source, value, error;
  const std::string seed =
      a.trace_id + '\n' + a.name + '\n' + a.value_json + '\n' + a.source_type + '\n' + a.rationale;
  out.set_text("assessment_id", "a-" + sha256_hex(seed).substr(0, 32));
  out.set_text("assessment_name", a.name);
  out.set_text("trace_id", a.trace_id);
  source.set_text("source_type", a.source_type);
  source.set_text("source_id", a.source_id);
  out.set("source", source.json());
  const std::string time = format_rfc3339(a.time_ns == kNoTime ? 0 : a.time_ns);
  out.set_text("create_time", time);
  out.set_text("last_update_time", time);
  const bool nested = !a.value_json.empty() &&
                      (a.value_json[0] == '{' || a.value_json[0] == '[' || a.value_json == "null");
  if (a.is_expectation && nested) {
    Members serialized;
    serialized.set_text("serialization_format", "JSON_FORMAT");
    serialized.set_text("value", a.value_json);
    value.set("serialized_value", serialized.json());
  } else {
    value.set("value", a.value_json.empty() ? "null" : a.value_json);
  }
  if (!a.error_message.empty() || !a.error_code.empty()) {
    error.set_text("error_code", a.error_code.empty() ? "ASSESSMENT_ERROR" : a.error_code);
    error.set_text("error_message", a.error_message);
    value.set("error", error.json());
  }
  out.set(a.is_expectation ? "expectation" : "feedback", value.json());
  if (!a.rationale.empty()) out.set_text("rationale", a.rationale);
  if (!a.is_expectation) out.set("valid", "true");
  return out.json();
}

void add_metadata(Members& info, std::string_view key, std::string_view text) {
  const std::string_view field =
      info.has("request_metadata") ? "request_metadata" : "trace_metadata";
  const std::string* map = info.find(field);
  const std::string item = json::quoted(key) + ": " + json::quoted(text);
  if (map == nullptr || (*map)[0] != '{') return info.set(field, "{" + item + "}");
  if (map->find(json::quoted(key) + ":") != std::string::npos) return;
  info.set(field, with_item(*map, item));
}

void add_assessment(Members& info, std::string_view assessment_json) {
  const std::string* list = info.find("assessments");
  info.set(
      "assessments",
      with_item(list == nullptr || (*list)[0] != '[' ? std::string("[]") : *list, assessment_json));
}

std::string record_text(const Members& info, std::string_view data_json) {
  std::string out = "{\"info\": " + info.json() + ", \"data\": ";
  out.append(data_json);
  return out + "}";
}

}  // namespace assay::convert
