#include "core/annot/draft.h"

#include <cmath>

#include "core/annot/annotations.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/journal/json_text.h"
#include "core/json/doc.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "core/store/assessment_json.h"

namespace assay::annot {
namespace {

using journal::NewEvent;
using store::Assessment;
using store::AssessmentKind;

// MLflow keeps the end of a long stack trace behind this text.
constexpr size_t kMaxStackTraceBytes = 10'000;
constexpr std::string_view kCutPrefix = "[Stack trace is truncated]\n...\n";

Error invalid(std::string what) { return make_error(ErrorCode::InvalidParameter, std::move(what)); }

bool is_longer_than(std::string_view text, size_t max_chars) {
  size_t chars = 0;
  for (size_t at = 0; at < text.size(); at += decode_utf8(text, at).size_bytes) {
    if (++chars > max_chars) return true;
  }
  return false;
}

// At most `max_chars` code points.
std::string first_chars(std::string_view text, size_t max_chars) {
  size_t at = 0;
  for (size_t chars = 0; at < text.size() && chars < max_chars; ++chars) {
    at += decode_utf8(text, at).size_bytes;
  }
  return std::string(text.substr(0, at));
}

std::string source_id_of(std::string_view author) {
  return author.empty() ? std::string(kDefaultSourceId) : first_chars(author, kMaxSourceIdChars);
}

std::string shortened_stack_trace(std::string_view text) {
  if (text.size() <= kMaxStackTraceBytes) return std::string(text);
  size_t begin = text.size() - (kMaxStackTraceBytes - kCutPrefix.size());
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80)
    ++begin;
  return std::string(kCutPrefix) + std::string(text.substr(begin));
}

std::string metadata_object(const std::vector<std::pair<std::string, std::string>>& metadata) {
  std::string out;
  for (const auto& [key, value] : metadata) {
    out += out.empty() ? '{' : ',';
    json::append_quoted(out, key);
    out += ':';
    json::append_quoted(out, value);
  }
  return out.empty() ? out : out + "}";
}

void append_text_member(std::string& out, std::string_view key, std::string_view text) {
  out += ",\"";
  out += key;
  out += "\":";
  json::append_quoted(out, text);
}

std::string target_payload(std::string_view trace_id, std::string_view assessment_id) {
  std::string out = "{\"trace_id\":";
  json::append_quoted(out, trace_id);
  append_text_member(out, "assessment_id", assessment_id);
  return out;
}

NewEvent event_of(std::string_view kind, std::string payload_json) {
  return NewEvent{std::string(kind), std::move(payload_json), kAssessmentEventVersion};
}

Result<std::string> parse_boolean(std::string_view text) {
  const std::string lower = ascii_lower(trimmed(text));
  if (lower == "true" || lower == "yes" || lower == "1") return std::string("true");
  if (lower == "false" || lower == "no" || lower == "0") return std::string("false");
  return invalid("A boolean value should be true or false, not: " + first_chars(text, 80));
}

Result<std::string> parse_number(std::string_view text) {
  const auto value = parse_double(half_width(trimmed(text)));
  if (!value) {
    return invalid("A number is needed, such as 4 or 0.75, with a point, not: " +
                   first_chars(text, 80));
  }
  if (!std::isfinite(*value)) {
    return invalid("MLflow keeps only finite numbers, not: " + first_chars(text, 80));
  }
  return json_number(*value);
}

Result<std::string> parse_json(std::string_view text, AssessmentKind kind) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  const auto doc = json::parse_doc(text);
  if (!doc.ok()) {
    return make_error(ErrorCode::InvalidParameter,
                      "The value is not valid JSON: " + doc.error().what, doc.error().at_byte);
  }
  std::string value = journal::minified(text);
  if (kind == AssessmentKind::Expectation && value == "null")  // it would refuse the whole trace
    return invalid("An expectation needs a value: MLflow cannot hold one of null");
  // Lists and objects of an expectation travel as a JSON text, numbers intact.
  const bool as_text = kind == AssessmentKind::Expectation && (value[0] == '[' || value[0] == '{');
  return as_text ? value : with_double_numbers(value);
}

// The same value, however it is escaped and spaced; 5 and 5.0 are the same.
bool is_same_value(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto x = json::parse_doc(a);
  const auto y = json::parse_doc(b);
  return x.ok() && y.ok() && x.value() == y.value();
}

// Where the number or word that begins at `at` ends.
size_t end_of_token(std::string_view json, size_t at) {
  const size_t end = json.find_first_of(",:]} \t\r\n\"", at);
  return end == std::string_view::npos ? json.size() : end;
}

size_t end_of_string(std::string_view json, size_t at) {
  for (size_t i = at + 1; i < json.size(); ++i) {
    if (json[i] == '\\')
      ++i;
    else if (json[i] == '"')
      return i + 1;
  }
  return json.size();
}

std::string double_token(std::string_view token) {
  const auto value = parse_double(token);
  if (!value) return std::string(token);
  const std::string number = json_number(*value);
  return std::isfinite(*value) ? number : json::quoted(number);
}

}  // namespace

Status check_name(std::string_view name) {
  if (trimmed(name).empty()) return invalid("An assessment needs a name");
  if (is_longer_than(name, kMaxNameChars)) {
    return invalid("The name is longer than 250 characters, MLflow's limit: " +
                   first_chars(name, 60));
  }
  return ok_status();
}

std::string with_double_numbers(std::string_view json) {
  std::string out;
  out.reserve(json.size() + 8);
  for (size_t at = 0; at < json.size();) {
    const char c = json[at];
    size_t end = at + 1;
    if (c == '"') {
      end = end_of_string(json, at);
      out += json.substr(at, end - at);
    } else if ((c >= '0' && c <= '9') || c == '-' || c == 'N' || c == 'I') {
      end = end_of_token(json, at + 1);
      out += double_token(json.substr(at, end - at));
    } else {
      out += c;
    }
    at = end;
  }
  return out;
}

Result<std::string> parse_value(ValueType type, std::string_view text, AssessmentKind kind) {
  if (type != ValueType::String && trimmed(text).empty()) return invalid("The value is missing");
  switch (type) {
    case ValueType::Boolean:
      return parse_boolean(text);
    case ValueType::Number:
      return parse_number(text);
    case ValueType::String:
      return json::quoted(text);
    case ValueType::Json:
      break;
  }
  return parse_json(text, kind);
}

std::pair<ValueType, std::string> value_for_editing(std::string_view value_json) {
  const std::string_view value = trimmed(value_json);
  if (value == "true" || value == "false") return {ValueType::Boolean, std::string(value)};
  if (value.empty()) return {ValueType::String, {}};
  json::Reader reader(value);
  switch (reader.peek()) {
    case json::Kind::String:
      return {ValueType::String, reader.string().value_or(std::string())};
    case json::Kind::Number: {
      std::string text(value);
      if (text.size() > 2 && text.substr(text.size() - 2) == ".0") text.resize(text.size() - 2);
      return {ValueType::Number, text};
    }
    default:
      return {ValueType::Json, std::string(value)};
  }
}

NewEvent create_event_of(const Assessment& assessment, std::string_view trace_id) {
  std::string payload = "{\"trace_id\":";
  json::append_quoted(payload, trace_id);
  payload += ",\"assessment\":";
  journal::append_minified(payload, store::assessment_to_json(assessment, trace_id));
  return event_of(kAssessmentCreate, payload + "}");
}

Result<NewEvent> create_event(const AssessmentDraft& draft, const Stamp& stamp) {
  if (draft.trace_id.empty()) return invalid("No trace is chosen");
  if (draft.kind == AssessmentKind::Issue) {
    return invalid("Issues are made by MLflow: choose feedback or expectation");
  }
  ASSAY_TRY(check_name(draft.name));
  Assessment a;
  a.value_json = ASSAY_TRY(parse_value(draft.value_type, draft.value_text, draft.kind));
  a.assessment_id = stamp.assessment_id;
  a.name = draft.name;
  a.span_id = draft.span_id;
  a.kind = draft.kind;
  a.source_type = store::SourceType::Human;
  a.source_id = source_id_of(stamp.author);
  a.create_time_ms = a.last_update_time_ms = stamp.now_ms;
  a.rationale = draft.rationale;
  a.overrides = draft.overrides;
  std::vector<std::pair<std::string, std::string>> metadata = draft.metadata;
  if (!draft.session_id.empty()) metadata.emplace_back(store::kSessionKey, draft.session_id);
  a.metadata_json = metadata_object(metadata);
  return create_event_of(a, draft.trace_id);
}

Result<NewEvent> update_event(const Assessment& current, const AssessmentDraft& draft) {
  if (draft.kind != current.kind) {
    return invalid("An assessment keeps its kind: delete this one and add another");
  }
  ASSAY_TRY(check_name(draft.name));
  Assessment next = current;
  next.value_json = ASSAY_TRY(parse_value(draft.value_type, draft.value_text, draft.kind));
  std::string payload = target_payload(draft.trace_id, current.assessment_id);
  const size_t unchanged_bytes = payload.size();
  if (draft.name != current.name) append_text_member(payload, "name", draft.name);
  const bool is_expectation = draft.kind == AssessmentKind::Expectation;
  if (!is_same_value(next.value_json, current.value_json)) {
    next.error_code.clear(), next.error_message.clear(), next.stack_trace.clear();
    payload += is_expectation ? ",\"expectation\":" : ",\"feedback\":";
    payload += store::assessment_value_to_json(next);
  }
  // MLflow keeps no rationale on an expectation that was updated.
  if (!is_expectation && draft.rationale != current.rationale) {
    append_text_member(payload, "rationale", draft.rationale);
  }
  std::string metadata;
  for (const auto& [key, value] : draft.metadata) {
    if (store::metadata_value(current, key) == value) continue;
    metadata += metadata.empty() ? "{" : ",";
    metadata += json::quoted(key) + ":" + json::quoted(value);
  }
  if (!metadata.empty()) payload += ",\"metadata\":" + metadata + "}";
  if (payload.size() == unchanged_bytes) return invalid("Nothing was changed");
  return event_of(kAssessmentUpdate, payload + "}");
}

NewEvent delete_event(std::string_view trace_id, std::string_view assessment_id) {
  return event_of(kAssessmentDelete, target_payload(trace_id, assessment_id) + "}");
}

Result<NewEvent> judge_event(const JudgeFeedback& verdict, const Stamp& stamp) {
  if (verdict.trace_id.empty()) return invalid("The verdict names no trace");
  ASSAY_TRY(check_name(verdict.name));
  Assessment a;
  a.error_code = verdict.error_code;
  a.error_message = verdict.error_message;
  a.stack_trace = shortened_stack_trace(verdict.stack_trace);
  if (a.error_code.empty() && !a.error_message.empty()) a.error_code = "ASSESSMENT_ERROR";
  if (!verdict.value_json.empty()) {
    a.value_json = journal::minified(with_double_numbers(verdict.value_json));
    if (!json::parse_doc(a.value_json).ok())
      return invalid("The verdict's value is not valid JSON");
  } else if (!a.has_error()) {
    return invalid("A verdict needs a value or an error");
  }
  a.assessment_id = stamp.assessment_id;
  a.name = verdict.name;
  a.span_id = verdict.span_id;
  a.source_type = verdict.source_type;
  a.source_id = source_id_of(verdict.source_id);
  a.create_time_ms = a.last_update_time_ms = stamp.now_ms;
  a.rationale = verdict.rationale;
  a.metadata_json = metadata_object(verdict.metadata);
  a.overrides = verdict.overrides;
  return create_event_of(a, verdict.trace_id);
}

}  // namespace assay::annot
