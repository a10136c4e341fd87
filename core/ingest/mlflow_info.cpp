#include "core/ingest/mlflow_info.h"

#include "core/ingest/assessments.h"
#include "core/ingest/fields.h"

namespace assay::ingest {
namespace {

store::TraceState state_of(RecordContext& context, uint32_t at, std::string_view text, std::string_view field) {
  if (text == "OK") return store::TraceState::Ok;
  if (text == "ERROR") return store::TraceState::Error;
  if (text == "IN_PROGRESS") return store::TraceState::InProgress;
  if (text != "STATE_UNSPECIFIED" && text != "TRACE_STATUS_UNSPECIFIED" && !text.empty()) {
    context.note(IssueKind::WrongType, at, field, text);
  }
  return store::TraceState::Unspecified;
}

store::TraceState read_state(RecordContext& context, json::Reader& reader, std::string_view field) {
  const uint32_t at = value_offset(reader);
  const json::Piece piece = read_text(context, reader, field);
  if (!context.ref(piece).present()) return store::TraceState::Unspecified;
  return state_of(context, at, reader.text_of(piece), field);
}

// Both schemas at once: the members have different names, so none can be mistaken.
void read_member(RecordContext& context, json::Reader& reader, InfoMember member, TraceScratch& scratch) {
  store::TraceFields& f = scratch.fields;
  switch (member) {
    case InfoMember::TraceId: {
      const json::Piece id = read_text(context, reader, "trace_id");
      if (!scratch.is_v2) scratch.id = id;
      break;
    }
    case InfoMember::RequestId:
      scratch.id = read_text(context, reader, "request_id");
      scratch.is_v2 = true;
      break;
    case InfoMember::RequestTime: f.request_time_ns = read_time_ns(context, reader, "request_time"); break;
    case InfoMember::TimestampMs: f.request_time_ns = read_time_ns(context, reader, "timestamp_ms"); break;
    case InfoMember::ExecutionDurationMs:
      f.duration_ms = read_duration_ms(context, reader, "execution_duration_ms");
      break;
    case InfoMember::ExecutionDuration: f.duration_ms = read_duration_ms(context, reader, "execution_duration"); break;
    case InfoMember::ExecutionTimeMs: f.duration_ms = read_duration_ms(context, reader, "execution_time_ms"); break;
    case InfoMember::State: f.state = read_state(context, reader, "state"); break;
    case InfoMember::Status: f.state = read_state(context, reader, "status"); break;
    case InfoMember::RequestPreview:
      f.request_preview = context.ref(read_text(context, reader, "request_preview"));
      break;
    case InfoMember::ResponsePreview:
      f.response_preview = context.ref(read_text(context, reader, "response_preview"));
      break;
    case InfoMember::ClientRequestId:
      f.client_request_id = context.ref(read_text(context, reader, "client_request_id"));
      break;
    case InfoMember::TraceMetadata:
      read_string_map(context, reader, "trace_metadata", scratch.members.metadata, scratch.metadata);
      break;
    case InfoMember::RequestMetadata:
      read_string_map(context, reader, "request_metadata", scratch.members.metadata, scratch.metadata);
      break;
    case InfoMember::Tags: read_string_map(context, reader, "tags", scratch.members.tags, scratch.tags); break;
    case InfoMember::Assessments: {
      const uint32_t at = value_offset(reader);
      read_assessments(context, reader, scratch.members, scratch.assessments);
      f.assessments = context.ref({at, reader.offset_bytes() - at, TextForm::Json});
      break;
    }
  }
}

// Some writers encode session and user as a JSON string inside the string.
StringId interned_value(RecordContext& context, TextRef ref, std::string& scratch) {
  const std::string_view text = context.dataset.text_now(ref, scratch);
  if (const auto inner = unquoted(text)) return context.dataset.names().intern(*inner);
  return context.dataset.names().intern(text);
}

// Of an info that stands twice the last one counts, as for every member.
void forget_info(TraceScratch& scratch) {
  scratch.fields = store::TraceFields{};
  scratch.metadata.clear();
  scratch.tags.clear();
  scratch.assessments.clear();
  scratch.id = {};
  scratch.info_seen = scratch.is_v2 = false;
}

// An entry of metadata or tags.
void add_entry(RecordContext& context, json::Shapes& shapes, const json::ShapeValue& value, std::vector<store::KeyValue>& out) {
  const json::Piece piece{value.offset_bytes, value.size_bytes, value.form};
  if (piece.form == TextForm::Json && context.written(piece) == "null") return;
  StringId key{shapes.tag(value.place)};
  if (!key.present()) {
    key = context.dataset.names().intern(shapes.key(value.place));
    shapes.set_tag(value.place, key.v);
  }
  out.push_back({key, context.ref(piece)});
}

void take_value(RecordContext& context, const json::ShapeValue& value, TraceScratch& scratch) {
  store::TraceFields& f = scratch.fields;
  const json::Piece piece{value.offset_bytes, value.size_bytes, value.form};
  switch (static_cast<InfoValue>(value.code)) {
    case InfoValue::TraceId:
      if (!scratch.is_v2) scratch.id = piece;
      break;
    case InfoValue::RequestId:
      scratch.id = piece;
      scratch.is_v2 = true;
      break;
    case InfoValue::RequestTime: f.request_time_ns = time_ns_of(context, piece, "request_time"); break;
    case InfoValue::TimestampMs: f.request_time_ns = time_ns_of(context, piece, "timestamp_ms"); break;
    case InfoValue::ExecutionDurationMs: f.duration_ms = duration_ms_of(context, piece, "execution_duration_ms"); break;
    case InfoValue::ExecutionDuration: f.duration_ms = duration_ms_of(context, piece, "execution_duration"); break;
    case InfoValue::ExecutionTimeMs: f.duration_ms = duration_ms_of(context, piece, "execution_time_ms"); break;
    case InfoValue::State: f.state = state_of(context, place_of(piece), context.written(piece), "state"); break;
    case InfoValue::Status: f.state = state_of(context, place_of(piece), context.written(piece), "status"); break;
    case InfoValue::RequestPreview: f.request_preview = context.ref(piece); break;
    case InfoValue::ResponsePreview: f.response_preview = context.ref(piece); break;
    case InfoValue::ClientRequestId: f.client_request_id = context.ref(piece); break;
    case InfoValue::MetadataEntry: add_entry(context, scratch.members.infos, value, scratch.metadata); break;
    case InfoValue::Tag: add_entry(context, scratch.members.infos, value, scratch.tags); break;
    case InfoValue::Metadata:
    case InfoValue::Assessments: break;
  }
}

// The members of an info, all of them or those that are left.
void read_members(RecordContext& context, json::Reader& reader, TraceScratch& scratch) {
  json::MemberCursor cursor(scratch.members.info);
  while (const uint8_t member = reader.next_member(cursor)) {
    read_member(context, reader, static_cast<InfoMember>(member), scratch);
  }
}

}  // namespace

void read_mlflow_info(RecordContext& context, json::Reader& reader, TraceScratch& scratch) {
  forget_info(scratch);
  const uint32_t at = value_offset(reader);
  const json::ShapeMatch match = reader.read_shape(scratch.members.infos, scratch.values);
  if (match != json::ShapeMatch::None) {
    for (const json::ShapeValue& value : scratch.values) take_value(context, value, scratch);
    if (match == json::ShapeMatch::Stopped) {
      read_member(context, reader, InfoMember::Assessments, scratch);
      read_members(context, reader, scratch);
    }
  } else if (reader.enter_object()) {
    read_members(context, reader, scratch);
    if (!reader.failed()) scratch.members.infos.learn(context.text.substr(at, reader.offset_bytes() - at));
  } else {
    const json::Piece piece = reader.piece();
    if (piece.form != TextForm::None) {
      context.note(IssueKind::WrongType, at, "info", reader.text_of(piece));
    }
    return;
  }
  scratch.info_seen = true;
  if (reader.failed()) return;

  const StringPool& names = context.dataset.names();
  for (const store::KeyValue& tag : scratch.tags) {
    if (names.text_of(tag.key) == "mlflow.traceName") {
      scratch.fields.name =
          context.dataset.names().intern(context.dataset.text_now(tag.value, scratch.text_a));
    }
  }
  for (const store::KeyValue& entry : scratch.metadata) {
    const std::string_view key = names.text_of(entry.key);
    if (key == "mlflow.trace.session") {
      scratch.fields.session = interned_value(context, entry.value, scratch.text_a);
    } else if (key == "mlflow.trace.user") {
      scratch.fields.user = interned_value(context, entry.value, scratch.text_a);
    }
  }
}

}  // namespace assay::ingest
