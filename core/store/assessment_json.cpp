#include "core/store/assessment_json.h"

#include "core/base/time.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"

namespace assay::store {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
constexpr TimeMs kMaxTimeMs = INT64_MAX / kNsPerMs;

// The value that stands next, as it is written, strings with their quotes.
std::string raw_value(json::Reader& reader) {
  const json::Kind kind = reader.peek();
  const json::Piece piece = reader.piece();
  if (reader.failed()) return {};
  if (kind == json::Kind::Null) return "null";
  if (kind != json::Kind::String) return std::string(reader.text_of(piece));
  std::string out = "\"";
  out += reader.text_of(piece);
  out += '"';
  return out;
}

bool is_json(std::string_view text) {
  json::Reader reader(text);
  reader.skip_value();
  return reader.at_end() && !reader.failed();
}

// A text member: the string, or "" for null and other types.
std::string text_value(json::Reader& reader) { return reader.string().value_or(std::string()); }

TimeMs time_value(json::Reader& reader) {
  const auto time_ns = parse_rfc3339(text_value(reader));
  if (!time_ns) return 0;
  // Towards the past, also before 1970.
  const TimeMs time_ms = *time_ns / kNsPerMs;
  return *time_ns % kNsPerMs < 0 ? time_ms - 1 : time_ms;
}

TimeMs ms_value(json::Reader& reader) {
  const TimeMs time_ms = reader.integer().value_or(0);
  return time_ms > kMaxTimeMs || time_ms < -kMaxTimeMs ? 0 : time_ms;
}

void read_error(json::Reader& reader, Assessment& out) {
  if (!reader.enter_object()) return reader.skip_value();
  while (reader.next_key()) {
    if (reader.key_is("error_code"))
      out.error_code = text_value(reader);
    else if (reader.key_is("error_message"))
      out.error_message = text_value(reader);
    else if (reader.key_is("stack_trace"))
      out.stack_trace = text_value(reader);
    else
      reader.skip_value();
  }
}

void read_serialized_value(json::Reader& reader, Assessment& out) {
  if (!reader.enter_object()) return reader.skip_value();
  while (reader.next_key()) {
    if (!reader.key_is("value")) {
      reader.skip_value();
      continue;
    }
    const std::string text = text_value(reader);
    out.value_json = is_json(text) ? text : json::quoted(text);
  }
}

void read_feedback(json::Reader& reader, Assessment& out) {
  if (!reader.enter_object()) return reader.skip_value();
  while (reader.next_key()) {
    if (reader.key_is("value"))
      out.value_json = raw_value(reader);
    else if (reader.key_is("error"))
      read_error(reader, out);
    else
      reader.skip_value();
  }
}

void read_expectation(json::Reader& reader, Assessment& out) {
  if (!reader.enter_object()) return reader.skip_value();
  while (reader.next_key()) {
    if (reader.key_is("value"))
      out.value_json = raw_value(reader);
    else if (reader.key_is("serialized_value"))
      read_serialized_value(reader, out);
    else
      reader.skip_value();
  }
}

void read_source(json::Reader& reader, Assessment& out) {
  if (!reader.enter_object()) return reader.skip_value();
  while (reader.next_key()) {
    if (reader.key_is("source_type"))
      out.source_type = parse_source_type(text_value(reader));
    else if (reader.key_is("source_id"))
      out.source_id = text_value(reader);
    else
      reader.skip_value();
  }
}

// The object as written, or "" when it is none or empty.
std::string metadata_object(json::Reader& reader) {
  if (reader.peek() != json::Kind::Object) {
    reader.skip_value();
    return {};
  }
  std::string text = raw_value(reader);
  json::Reader inner(text);
  const bool has_members = inner.enter_object() && inner.next_key();
  return has_members ? text : std::string();
}

// True when the member said which of the three kinds this is.
bool read_kind_member(json::Reader& reader, Assessment& out) {
  const bool is_null = reader.peek() == json::Kind::Null;
  if (reader.key_is("feedback")) {
    if (!is_null) out.kind = AssessmentKind::Feedback;
    read_feedback(reader, out);
  } else if (reader.key_is("expectation")) {
    if (!is_null) out.kind = AssessmentKind::Expectation;
    read_expectation(reader, out);
  } else {
    if (!is_null) out.kind = AssessmentKind::Issue;
    reader.skip_value();
  }
  return !is_null;
}

void read_plain_member(json::Reader& reader, Assessment& out) {
  if (reader.key_is("assessment_id"))
    out.assessment_id = text_value(reader);
  else if (reader.key_is("assessment_name"))
    out.name = text_value(reader);
  else if (reader.key_is("span_id"))
    out.span_id = text_value(reader);
  else if (reader.key_is("source"))
    read_source(reader, out);
  else if (reader.key_is("create_time"))
    out.create_time_ms = time_value(reader);
  else if (reader.key_is("last_update_time"))
    out.last_update_time_ms = time_value(reader);
  else if (reader.key_is("create_time_ms"))
    out.create_time_ms = ms_value(reader);
  else if (reader.key_is("last_update_time_ms"))
    out.last_update_time_ms = ms_value(reader);
  else if (reader.key_is("rationale"))
    out.rationale = text_value(reader);
  else if (reader.key_is("metadata"))
    out.metadata_json = metadata_object(reader);
  else if (reader.key_is("overrides"))
    out.overrides = text_value(reader);
  else if (reader.key_is("valid"))
    out.valid = reader.boolean().value_or(true);
  else if (reader.key_is("error"))
    read_error(reader, out);
  else
    reader.skip_value();
}

void append_member(std::string& out, std::string_view key, std::string_view json_value) {
  if (out.back() != '{') out += ',';
  out += '"';
  out += key;
  out += "\":";
  out += json_value;
}

void append_text(std::string& out, std::string_view key, std::string_view text) {
  if (!text.empty()) append_member(out, key, json::quoted(text));
}

void append_time(std::string& out, std::string_view key, TimeMs time_ms) {
  if (time_ms == 0 || time_ms > kMaxTimeMs || time_ms < -kMaxTimeMs) return;
  append_text(out, key, format_rfc3339(time_ms * kNsPerMs));
}

std::string source_json(const Assessment& a) {
  std::string out = "{";
  append_text(out, "source_type", source_type_name(a.source_type));
  append_text(out, "source_id", a.source_id);
  return out + "}";
}

std::string feedback_json(const Assessment& a) {
  std::string out = "{";
  append_member(out, "value", a.value_json.empty() ? "null" : std::string_view(a.value_json));
  if (a.has_error() || !a.stack_trace.empty()) {
    std::string error = "{";
    append_text(error, "error_code", a.error_code);
    append_text(error, "error_message", a.error_message);
    append_text(error, "stack_trace", a.stack_trace);
    append_member(out, "error", error + "}");
  }
  return out + "}";
}

// Scalars stand in `value`; lists, objects and null are JSON inside a string.
std::string expectation_json(const Assessment& a) {
  const std::string_view value = a.value_json.empty() ? "null" : std::string_view(a.value_json);
  const char first = value.front();
  std::string out = "{";
  if (first != '[' && first != '{' && value != "null") {
    append_member(out, "value", value);
    return out + "}";
  }
  std::string inner = R"({"serialization_format":"JSON_FORMAT")";
  append_member(inner, "value", json::quoted(value));
  append_member(out, "serialized_value", inner + "}");
  return out + "}";
}

}  // namespace

Result<Assessment> assessment_from_json(std::string_view json_text) {
  Assessment out;
  bool has_kind = false, has_error = false;
  json::Reader reader(json_text);
  if (!reader.enter_object()) {
    return make_error(ErrorCode::InvalidInput, "An assessment should be a JSON object", 0);
  }
  while (reader.next_key()) {
    if (reader.key_is("feedback") || reader.key_is("expectation") || reader.key_is("issue")) {
      has_kind |= read_kind_member(reader, out);
      continue;
    }
    has_error |= reader.key_is("error") && reader.peek() == json::Kind::Object;
    read_plain_member(reader, out);
  }
  if (reader.failed() || !reader.at_end()) {
    return make_error(ErrorCode::InvalidInput,
                      std::string("An assessment is not valid JSON: ") +
                          (reader.failed() ? reader.error_text() : "text after its end"),
                      reader.failed() ? reader.error_offset_bytes() : reader.offset_bytes());
  }
  if (!has_kind && !has_error) {
    return make_error(ErrorCode::InvalidInput,
                      "An assessment holds none of feedback, expectation and issue");
  }
  return out;
}

std::string assessment_value_to_json(const Assessment& a) {
  switch (a.kind) {
    case AssessmentKind::Expectation:
      return expectation_json(a);
    case AssessmentKind::Issue:
      return "{\"issue_name\":" + json::quoted(a.name) + "}";
    case AssessmentKind::Feedback:
      break;
  }
  return feedback_json(a);
}

std::string assessment_to_json(const Assessment& a, std::string_view trace_id) {
  std::string out = "{";
  append_text(out, "assessment_id", a.assessment_id);
  append_member(out, "assessment_name", json::quoted(a.name));
  append_text(out, "trace_id", trace_id);
  append_text(out, "span_id", a.span_id);
  append_member(out, "source", source_json(a));
  append_time(out, "create_time", a.create_time_ms);
  append_time(out, "last_update_time", a.last_update_time_ms);
  append_member(out, assessment_kind_name(a.kind), assessment_value_to_json(a));
  append_text(out, "rationale", a.rationale);
  if (!a.metadata_json.empty()) append_member(out, "metadata", a.metadata_json);
  append_text(out, "overrides", a.overrides);
  if (a.kind == AssessmentKind::Feedback || !a.valid) {
    append_member(out, "valid", a.valid ? "true" : "false");
  }
  return out + "}";
}

}  // namespace assay::store
