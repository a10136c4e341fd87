#include "core/ingest/assessments.h"

#include "core/ingest/fields.h"
#include "core/json/respaced.h"

namespace assay::ingest {
namespace {

struct Parts {
  bool feedback = false, expectation = false, issue = false, has_value = false, has_name = false;
};

std::string read_string(RecordContext& context, json::Reader& reader, std::string_view field) {
  const json::Piece piece = read_text(context, reader, field);
  if (piece.form != TextForm::EscapedString) return std::string(reader.text_of(piece));
  std::string decoded;
  context.decoded(piece, decoded);
  return decoded;
}

std::string read_json(json::Reader& reader) {
  const uint32_t at = value_offset(reader);
  const json::Piece piece = reader.piece();
  if (reader.failed()) return {};
  if (piece.form == TextForm::None) return "null";
  if (piece.form == TextForm::Plain) return std::string(reader.text_of({at, piece.size_bytes + 2, TextForm::Json}));
  json::Piece whole = piece;
  if (piece.form != TextForm::Json) whole = {at, reader.offset_bytes() - at, TextForm::Json};
  return json::respaced(reader.text_of(whole));
}

bool enter_object(RecordContext& context, json::Reader& reader, std::string_view field) {
  const uint32_t at = value_offset(reader);
  if (reader.enter_object()) return true;
  const json::Piece piece = reader.piece();
  if (piece.form != TextForm::None) {
    context.note(IssueKind::WrongType, at, field, reader.text_of(piece));
  }
  return false;
}

void read_source(RecordContext& context, json::Reader& reader, MlflowMembers& members, store::Assessment& out) {
  if (!enter_object(context, reader, "assessment source")) return;
  json::MemberCursor cursor(members.source);
  while (const uint8_t member = reader.next_member(cursor)) {
    if (member == static_cast<uint8_t>(SourceMember::Type)) {
      out.source_type = store::parse_source_type(read_string(context, reader, "source_type"));
    } else if (member == static_cast<uint8_t>(SourceMember::Id)) {
      out.source_id = read_string(context, reader, "source_id");
    }
  }
}

void read_error(RecordContext& context, json::Reader& reader, store::Assessment& out) {
  if (reader.peek() == json::Kind::String) {  // a plain text: MLflow files it under this code
    out.error_message = read_string(context, reader, "assessment error");
    if (out.error_code.empty()) out.error_code = "ASSESSMENT_ERROR";
    return;
  }
  if (!enter_object(context, reader, "assessment error")) return;
  while (reader.next_key()) {
    if (reader.key_is("error_code")) {
      out.error_code = read_string(context, reader, "error_code");
    } else if (reader.key_is("error_message")) {
      out.error_message = read_string(context, reader, "error_message");
    } else if (reader.key_is("stack_trace")) {
      out.stack_trace = read_string(context, reader, "stack_trace");
    }
  }
}

void read_feedback(RecordContext& context, json::Reader& reader, MlflowMembers& members, store::Assessment& out,
                   Parts& parts) {
  if (!enter_object(context, reader, "feedback")) return;
  parts.feedback = true;
  json::MemberCursor cursor(members.feedback);
  while (const uint8_t member = reader.next_member(cursor)) {
    if (member == static_cast<uint8_t>(FeedbackMember::Value)) {
      out.value_json = read_json(reader);
      parts.has_value = true;
    } else if (member == static_cast<uint8_t>(FeedbackMember::Error)) {
      read_error(context, reader, out);
    }
  }
}

// JSON in a string, or the string itself when there is none in it.
std::string unpacked_json(RecordContext& context, const json::Piece& piece) {
  std::string decoded;
  std::string inner(context.decoded(piece, decoded));
  json::Reader check(inner);
  check.skip_value();
  if (!check.failed() && check.at_end()) return json::respaced(inner);
  return std::string(context.text.substr(piece.offset_bytes - size_t{1}, piece.size_bytes + size_t{2}));
}

// {"serialization_format": "JSON_FORMAT", "value": "<json>"}: the JSON inside, or the text as a JSON
// string when it is none.
std::string read_serialized(RecordContext& context, json::Reader& reader) {
  std::string value = "null";
  if (!enter_object(context, reader, "serialized_value")) return value;
  while (reader.next_key()) {
    if (!reader.key_is("value")) continue;
    const bool is_text = reader.peek() == json::Kind::String;
    if (!is_text) {
      value = read_json(reader);
      continue;
    }
    const json::Piece piece = reader.piece();
    if (!reader.failed()) value = unpacked_json(context, piece);
  }
  return value;
}

void read_expectation(RecordContext& context, json::Reader& reader, store::Assessment& out,
                      Parts& parts) {
  if (!enter_object(context, reader, "expectation")) return;
  parts.expectation = true;
  while (reader.next_key()) {
    if (reader.key_is("value")) {
      std::string value = read_json(reader);
      if (!parts.has_value) out.value_json = std::move(value);
    } else if (reader.key_is("serialized_value") && reader.peek() != json::Kind::Null) {
      out.value_json = read_serialized(context, reader);
      parts.has_value = true;
    }
  }
  if (out.value_json.empty()) out.value_json = "null";
}

void read_issue(RecordContext& context, json::Reader& reader, store::Assessment& out, Parts& parts) {
  if (!enter_object(context, reader, "issue")) return;
  parts.issue = true;
  while (reader.next_key()) {
    if (reader.key_is("issue_name") && !parts.has_name) {
      out.name = read_string(context, reader, "issue_name");
    }
  }
}

int64_t milliseconds_of(int64_t time_ns) {
  if (time_ns == kNoTime) return 0;
  return time_ns / 1'000'000 - (time_ns % 1'000'000 < 0 ? 1 : 0);
}

int64_t read_time_ms(RecordContext& context, json::Reader& reader, std::string_view field) {
  return milliseconds_of(read_time_ns(context, reader, field));
}

void read_metadata(RecordContext& context, json::Reader& reader, store::Assessment& out) {
  const uint32_t at = value_offset(reader);
  const bool is_object = reader.peek() == json::Kind::Object;
  const json::Piece piece = reader.piece();
  if (reader.failed() || piece.form == TextForm::None) return;
  if (!is_object) {
    context.note(IssueKind::WrongType, at, "assessment metadata", reader.text_of(piece));
    return;
  }
  out.metadata_json = json::respaced(reader.text_of(piece));
  if (out.metadata_json == "{}") out.metadata_json.clear();
}

void read_name(RecordContext& context, json::Reader& reader, store::Assessment& out, Parts& parts) {
  // "" is a name that MLflow stores as it is; only an absent one gets the default.
  const bool is_text = reader.peek() == json::Kind::String;
  std::string name = read_string(context, reader, "assessment_name");
  if (!is_text) return;
  out.name = std::move(name);
  parts.has_name = true;
}

void read_valid(RecordContext& context, json::Reader& reader, store::Assessment& out) {
  const json::Kind kind = reader.peek();
  const uint32_t at = reader.offset_bytes();
  const auto valid = reader.boolean();
  if (valid) {
    out.valid = *valid;
  } else if (kind != json::Kind::Null) {
    context.note(IssueKind::WrongType, at, "valid");
  }
}

void read_member(RecordContext& context, json::Reader& reader, AssessmentMember member, MlflowMembers& members,
                 store::Assessment& out, Parts& parts) {
  switch (member) {
    case AssessmentMember::Id: out.assessment_id = read_string(context, reader, "assessment_id"); break;
    case AssessmentMember::AssessmentName:
    case AssessmentMember::Name: read_name(context, reader, out, parts); break;
    case AssessmentMember::SpanId: out.span_id = span_id_text(read_string(context, reader, "span_id")); break;
    case AssessmentMember::Source: read_source(context, reader, members, out); break;
    case AssessmentMember::CreateTime:
    case AssessmentMember::CreateTimeMs: out.create_time_ms = read_time_ms(context, reader, "create_time"); break;
    case AssessmentMember::LastUpdateTime:
    case AssessmentMember::LastUpdateTimeMs:
      out.last_update_time_ms = read_time_ms(context, reader, "last_update_time");
      break;
    case AssessmentMember::Feedback: read_feedback(context, reader, members, out, parts); break;
    case AssessmentMember::Expectation: read_expectation(context, reader, out, parts); break;
    case AssessmentMember::Issue: read_issue(context, reader, out, parts); break;
    case AssessmentMember::Error:
      if (reader.peek() != json::Kind::Null) read_error(context, reader, out);
      break;
    case AssessmentMember::Rationale: out.rationale = read_string(context, reader, "rationale"); break;
    case AssessmentMember::Metadata: read_metadata(context, reader, out); break;
    case AssessmentMember::Overrides: out.overrides = read_string(context, reader, "overrides"); break;
    case AssessmentMember::Valid: read_valid(context, reader, out); break;
  }
}

// A string or a number as JSON text.
std::string json_of(RecordContext& context, const json::Piece& piece) {
  const std::string_view text = context.written(piece);
  if (piece.form == TextForm::Json) return std::string(text);
  const std::string_view quoted = context.text.substr(piece.offset_bytes - size_t{1}, piece.size_bytes + size_t{2});
  return piece.form == TextForm::Plain ? std::string(quoted) : json::respaced(quoted);
}

// An assessment that is written as one before; false: nothing was read.
bool read_known(RecordContext& context, json::Reader& reader, MlflowMembers& members, json::ShapeValues& values,
                store::Assessment& out, Parts& parts) {
  const json::Reader before = reader;
  if (reader.read_shape(members.assessments, values) != json::ShapeMatch::Whole) return false;
  int values_found = 0;
  for (const json::ShapeValue& value : values) {
    const auto code = static_cast<AssessmentValue>(value.code);
    parts.feedback = parts.feedback || code == AssessmentValue::Feedback;
    values_found += code == AssessmentValue::Feedback || code == AssessmentValue::Expectation || code == AssessmentValue::Serialized;
  }
  parts.expectation = !parts.feedback;
  if (values_found != 1) {
    parts = Parts{};
    reader = before;
    return false;
  }
  parts.has_value = parts.feedback;
  std::string decoded;
  for (const json::ShapeValue& value : values) {
    const json::Piece piece{value.offset_bytes, value.size_bytes, value.form};
    const auto text = [&context, &piece](std::string& to) {
      if (piece.form == TextForm::EscapedString) context.decoded(piece, to);
      else to = context.written(piece);
    };
    switch (static_cast<AssessmentValue>(value.code)) {
      case AssessmentValue::Id: text(out.assessment_id); break;
      case AssessmentValue::Name:
        text(out.name);
        parts.has_name = true;
        break;
      case AssessmentValue::SpanId:
        text(out.span_id);
        out.span_id = span_id_text(out.span_id);
        break;
      case AssessmentValue::SourceType: out.source_type = store::parse_source_type(context.decoded(piece, decoded)); break;
      case AssessmentValue::SourceId: text(out.source_id); break;
      case AssessmentValue::CreateTime: out.create_time_ms = milliseconds_of(time_ns_of(context, piece, "create_time")); break;
      case AssessmentValue::LastUpdateTime:
        out.last_update_time_ms = milliseconds_of(time_ns_of(context, piece, "last_update_time"));
        break;
      case AssessmentValue::Feedback:
      case AssessmentValue::Expectation: out.value_json = json_of(context, piece); break;
      case AssessmentValue::Serialized: out.value_json = unpacked_json(context, piece); break;
      case AssessmentValue::Rationale: text(out.rationale); break;
      case AssessmentValue::Overrides: text(out.overrides); break;
      case AssessmentValue::Valid: out.valid = context.written(piece) != "false"; break;
      case AssessmentValue::Body: break;
    }
  }
  return true;
}

// False: left out, with a note.
bool finish(RecordContext& context, uint32_t at, store::Assessment& out, const Parts& parts) {
  const bool feedback = parts.feedback || (out.has_error() && !parts.expectation && !parts.issue);
  if (!feedback && !parts.expectation && !parts.issue) {
    context.note(IssueKind::BadAssessment, at, "no feedback, expectation or issue", out.name);
    return false;
  }
  out.kind = feedback            ? store::AssessmentKind::Feedback
             : parts.expectation ? store::AssessmentKind::Expectation
                                 : store::AssessmentKind::Issue;
  if (!parts.has_name && feedback) out.name = "feedback";  // MLflow's default
  if (!parts.has_name && out.name.empty()) {
    context.note(IssueKind::BadAssessment, at, "no assessment_name", out.assessment_id);
    return false;
  }
  if (feedback && !parts.has_value && !out.has_error()) out.value_json = "null";
  if (out.source_type == store::SourceType::Unspecified && out.source_id.empty()) {
    // MLflow's defaults for a source that was not given.
    out.source_type = feedback            ? store::SourceType::Code
                      : parts.expectation ? store::SourceType::Human
                                          : store::SourceType::LlmJudge;
  }
  if (out.source_id.empty()) out.source_id = "default";
  if (out.last_update_time_ms == 0) out.last_update_time_ms = out.create_time_ms;
  out.changed = false;
  return true;
}

}  // namespace

void read_assessments(RecordContext& context, json::Reader& reader, MlflowMembers& members,
                      std::vector<store::Assessment>& out) {
  out.clear();
  const uint32_t at = value_offset(reader);
  if (!reader.enter_array()) {
    const json::Piece piece = reader.piece();
    if (piece.form != TextForm::None) {
      context.note(IssueKind::WrongType, at, "assessments", reader.text_of(piece));
    }
    return;
  }
  json::ShapeValues values;
  while (reader.next_element()) {
    const uint32_t begin = value_offset(reader);
    store::Assessment& assessment = out.emplace_back();
    Parts parts;
    if (read_known(context, reader, members, values, assessment, parts)) {
      assessment.imported_json = context.ref({begin, reader.offset_bytes() - begin, TextForm::Json});
      if (!finish(context, begin, assessment, parts)) out.pop_back();
      continue;
    }
    if (!reader.enter_object()) {
      out.pop_back();
      const json::Piece piece = reader.piece();
      context.note(IssueKind::BadAssessment, begin, "not an object", reader.text_of(piece));
      continue;
    }
    json::MemberCursor cursor(members.assessment);
    while (const uint8_t member = reader.next_member(cursor)) {
      read_member(context, reader, static_cast<AssessmentMember>(member), members, assessment, parts);
    }
    if (reader.failed()) {
      out.pop_back();
      return;
    }
    members.assessments.learn(context.text.substr(begin, reader.offset_bytes() - begin));
    assessment.imported_json = context.ref({begin, reader.offset_bytes() - begin, TextForm::Json});
    if (!finish(context, begin, assessment, parts)) out.pop_back();
  }
}

}  // namespace assay::ingest
