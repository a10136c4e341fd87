#include "core/convert/mlflow_export_import.h"

#include <algorithm>
#include <unordered_map>

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/convert/encodings.h"
#include "core/convert/mlflow_parts.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr size_t kMaxHeldBytes = size_t{256} << 20;  // of spans that wait for their trace.json

bool is_artifact(json::Node record) {
  const json::Node spans = record["spans"], first = spans.first();
  if (!spans.is_array() || record["info"].present() || record["trace_info"].present() ||
      record["trace_id"].present())
    return false;
  if (!first) return record.size() == 1;
  return is_mlflow_span(first) ||
         (first["attributes"].is_array() && first["start_time_unix_nano"].present());
}

bool is_tool_file(json::Node record) {
  return record["system"].is_object() && record["mlflow"].is_object();
}

bool matches(json::Node record) { return is_artifact(record) || is_tool_file(record); }

bool is_null(json::Node node) { return !node.present() || node.kind() == json::Kind::Null; }

std::string integer_json(json::Node node) {
  std::string out;
  if (const auto value = node.integer()) append_int(out, *value);
  return out;
}

std::string without_nulls(json::Node object) {
  Members out;
  for (json::Node member = object.first(); member; member = member.next()) {
    if (!is_null(member)) out.set(member.key(), std::string(member.raw()));
  }
  return out.json();
}

void set_time(Members& out, std::string_view key, json::Node value) {
  const TimeNs time = any_time_ns(value);
  if (time != kNoTime) out.set_text(key, format_rfc3339(time));
}

// The tool writes an expectation as its bare value.
std::string expectation_json(json::Node value) {
  if (value["value"].present() || value["serialized_value"].present())
    return std::string(value.raw());
  Members out, serialized;
  if (!value.is_object() && !value.is_array()) {
    out.set("value", std::string(value.raw()));
  } else {
    serialized.set_text("serialization_format", "JSON_FORMAT");
    serialized.set_text("value", value.raw());
    out.set("serialized_value", serialized.json());
  }
  return out.json();
}

std::string assessment_json(json::Node assessment) {
  if (!assessment.is_object() || assessment["assessment_name"].present())
    return std::string(assessment.raw());
  Members out;
  for (json::Node member = assessment.first(); member; member = member.next()) {
    if (is_null(member) || member.key_is("assessment_type") || member.key_is("run_id")) continue;
    if (member.key_is("name")) {
      out.set("assessment_name", std::string(member.raw()));
    } else if (member.key_is("create_time_ms")) {
      set_time(out, "create_time", member);
    } else if (member.key_is("last_update_time_ms")) {
      set_time(out, "last_update_time", member);
    } else if (member.key_is("expectation")) {
      out.set("expectation", expectation_json(member));
    } else if (member.key_is("feedback") && member.is_object()) {
      const bool has_value = member["value"].present();
      std::string text = without_nulls(member);
      if (has_value && is_null(member["value"]))
        text.insert(1, text.size() > 2 ? "\"value\": null, " : "\"value\": null");
      out.set("feedback", text);
    } else {
      out.set(member.key(), std::string(member.raw()));
    }
  }
  return out.json();
}

std::string assessments_json(json::Node list) {
  std::string out = "[";
  for (json::Node each = list.first(); each; each = each.next())
    out += (out.size() > 1 ? ", " : "") + assessment_json(each);
  return out + "]";
}

// Python's attributes of a TraceInfo; those of version 2 have the names of its JSON already.
Members info_of_attributes(json::Node info) {
  Members out;
  for (json::Node member = info.first(); member; member = member.next()) {
    if (is_null(member)) continue;
    if (member.key_is("request_time") && !member.is_string()) {
      set_time(out, "request_time", member);
    } else if (member.key_is("execution_duration") && member.integer()) {
      out.set("execution_duration_ms", integer_json(member));
    } else if (member.key_is("trace_location") && member.is_object()) {
      out.set("trace_location", without_nulls(member));
    } else if (member.key_is("assessments") && member.is_array()) {
      if (member.first()) out.set("assessments", assessments_json(member));
    } else {
      out.set(member.key(), std::string(member.raw()));
    }
  }
  return out;
}

// Names and ids are all that trace.json tells of the spans.
std::string bare_spans(json::Node list, std::string_view trace_id, TimeNs start_ns,
                       int64_t duration_ms) {
  const std::string full_id = mlflow_trace_id(trace_id);
  const std::string hex =
      full_id.size() == 35 ? full_id.substr(3) : sha256_hex(full_id).substr(0, 32);
  std::string out = "[", times[2];
  append_int(times[0], start_ns == kNoTime ? 0 : start_ns);
  const bool fits = start_ns > 0 && start_ns < int64_t{1} << 62 && duration_ms >= 0 &&
                    duration_ms < int64_t{1} << 40;
  append_int(times[1], fits                  ? start_ns + duration_ms * 1'000'000
                       : start_ns == kNoTime ? 0
                                             : start_ns);
  for (json::Node each = list.first(); each; each = each.next()) {
    Members span, attributes;
    const std::string parent = mlflow_span_id(each["parent_id"].text());
    span.set_text("trace_id", base64_of_hex(hex));
    span.set_text("span_id", base64_of_hex(mlflow_span_id(each["span_id"].text())));
    span.set("parent_span_id", parent.empty() ? "null" : json::quoted(base64_of_hex(parent)));
    span.set_text("name", each["name"].text());
    span.set("start_time_unix_nano", times[0]);
    span.set("end_time_unix_nano", times[1]);
    span.set("events", "[]");
    span.set("status", R"({"code": "STATUS_CODE_UNSET", "message": ""})");
    attributes.set_text("mlflow.traceRequestId", json::quoted(trace_id));
    span.set("attributes", attributes.json());
    out += (out.size() > 1 ? ", " : "") + span.json();
  }
  return out + "]";
}

// A folder of the path that is a trace's id.
std::string id_in_path(std::string_view path) {
  std::string found;
  size_t begin = 0;
  while (begin <= path.size()) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    const std::string_view hex = part.substr(0, 3) == "tr-" ? part.substr(3) : part;
    if (hex.size() == 32 && hex.find_first_not_of("0123456789abcdef") == std::string_view::npos)
      found = part;
    begin = end + 1;
  }
  return found;
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    is_artifact(record) ? read_artifact(context, record) : read_tool_file(context, record);
  }

  void read_artifact(Context& context, json::Node record) {
    const Members info = info_of_spans(
        record["spans"], record["spans"].first() ? std::string() : id_in_path(context.file_name));
    const std::string id = id_of(info);
    if (id.empty()) {
      context.note(ingest::IssueKind::MissingTraceId, "spans that name no trace");
      return;
    }
    Members data = members_of(record);
    data.set("spans", spans_of_rest(record["spans"]));
    std::string text = data.json();
    Part& part = part_of(id, true);
    part.derived_info = info.json();
    held_bytes_ += text.size();
    // A trace.json may come later only in an archive.
    const bool alone =
        context.file_name.find('/') == std::string_view::npos || held_bytes_ > kMaxHeldBytes;
    part.data = std::move(text);
    if (alone) give(context, part);
  }

  void read_tool_file(Context& context, json::Node record) {
    const json::Node mlflow = record["mlflow"], info = mlflow["info"];
    if (mlflow["evaluation_dataset"].is_object())
      return context.dispatch(mlflow["evaluation_dataset"]);
    const bool v2 = !info["trace_id"].is_string() && info["request_id"].is_string();
    const std::string id = info[v2 ? "request_id" : "trace_id"].text();
    if (id.empty()) {
      std::string what = "a file of mlflow-export-import without a trace:";
      for (json::Node member = mlflow.first(); member && what.size() < 140; member = member.next())
        what += " " + member.key();
      context.note(ingest::IssueKind::UnknownRecord, what);
      return;
    }
    Part& part = part_of(id, false);
    part.info = info_of_attributes(info).json();
    part.bare_spans =
        bare_spans(mlflow["data"], id, any_time_ns(info[v2 ? "timestamp_ms" : "request_time"]),
                   info[v2 ? "execution_time_ms" : "execution_duration"].integer().value_or(-1));
  }

  void finish(Context& context) override {
    for (Part& part : parts_)
      give(context, part);
    parts_.clear();
    places_.clear();
  }

 private:
  struct Part {
    std::string id, info, derived_info, data, bare_spans;
    bool given = false;
  };

  static std::string id_of(const Members& info) {
    const std::string* id = info.find(info.has("request_id") ? "request_id" : "trace_id");
    return id == nullptr || id->size() < 2
               ? std::string()
               : json::unescaped(std::string_view(*id).substr(1, id->size() - 2));
  }

  // The trace's part that waits for this half of it, or a new one: what comes twice is given out
  // twice, and the import says so.
  Part& part_of(const std::string& id, bool is_data) {
    const auto [at, fresh] = places_.emplace(mlflow_trace_id(id), parts_.size());
    if (!fresh) {
      Part& known = parts_[at->second];
      if (!known.given && (is_data ? known.data : known.info).empty()) return known;
      at->second = parts_.size();
    }
    parts_.emplace_back().id = id;
    return parts_.back();
  }

  void give(Context& context, Part& part) {
    if (part.given) return;
    part.given = true;
    if (part.info.empty())
      context.note(ingest::IssueKind::DerivedTraceId, "no info beside the spans of " + part.id);
    if (part.data.empty()) {
      context.note(ingest::IssueKind::NoSpans,
                   "no traces.json beside the info of " + part.id + ": names of spans only");
      part.data = "{\"spans\": " + part.bare_spans + "}";
    }
    context.emit_converted("{\"info\": " + (part.info.empty() ? part.derived_info : part.info) +
                           ", \"data\": " + part.data + "}");
    held_bytes_ -= std::min(held_bytes_, part.data.size());
    part = Part{part.id, {}, {}, {}, {}, true};
  }

  std::vector<Part> parts_;
  std::unordered_map<std::string, size_t> places_;
  size_t held_bytes_ = 0;
};

}  // namespace

Format mlflow_export_import_format() {
  return {"MLflow trace artifact", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
