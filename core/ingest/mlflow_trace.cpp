#include "core/ingest/mlflow_trace.h"

#include <utility>

#include "core/base/utf8.h"
#include "core/ingest/fields.h"
#include "core/ingest/mlflow_info.h"
#include "core/ingest/mlflow_spans.h"
#include "core/ingest/previews.h"
#include "core/ingest/usage.h"

namespace assay::ingest {
namespace {

void read_data(RecordContext& context, json::Reader& reader, TraceScratch& scratch) {
  const uint32_t at = value_offset(reader);
  if (!reader.enter_object()) {
    const json::Piece piece = reader.piece();
    if (piece.form != TextForm::None) {
      context.note(IssueKind::WrongType, at, "data", reader.text_of(piece));
    }
    return;
  }
  while (reader.next_key()) {
    if (reader.key_is("spans")) {
      read_mlflow_spans(context, reader, scratch);
    } else if (reader.key_is("request")) {
      scratch.data_request = reader.piece();
    } else if (reader.key_is("response")) {
      scratch.data_response = reader.piece();
    }
  }
}

bool note_failure(RecordContext& context, const json::Reader& reader) {
  const IssueKind kind = reader.too_deep() ? IssueKind::TooDeep : IssueKind::MalformedRecord;
  const uint32_t at = reader.too_deep() ? 0 : reader.error_offset_bytes();
  context.note(kind, at, reader.error_text());
  return false;
}

// The trace id of the info, else mlflow.traceRequestId, else the spans' own trace id.
bool find_trace_id(RecordContext& context, TraceScratch& scratch) {
  scratch.id_text = context.decoded(scratch.id, scratch.text_a);
  if (!scratch.id_text.empty()) return true;
  for (const SpanLinks& links : scratch.links) {
    if (links.request_id.form == TextForm::None) continue;
    const std::string_view text = context.decoded(links.request_id, scratch.text_a);
    const auto inner = unquoted(text);
    scratch.id_text = inner ? *inner : std::string(text);
    if (!scratch.id_text.empty()) break;
  }
  for (const SpanLinks& links : scratch.links) {
    if (!scratch.id_text.empty()) break;
    scratch.id_text = trace_id_text(context.decoded(links.trace_id, scratch.text_a));
  }
  if (scratch.id_text.empty()) {
    context.note(IssueKind::MissingTraceId, 0, scratch.info_seen ? "no trace_id in info" : "no info");
    return false;
  }
  context.note(IssueKind::DerivedTraceId, 0, "trace id", scratch.id_text);
  return true;
}

bool is_duplicate(RecordContext& context, const TraceScratch& scratch) {
  const auto row = context.dataset.find_trace(scratch.id_text);
  if (!row) return false;
  const bool same = context.dataset.raw(context.dataset.record(*row)) == context.text;
  context.note(same ? IssueKind::DuplicateTraceSame : IssueKind::DuplicateTraceDifferent, 0, "trace",
               scratch.id_text);
  return true;
}

// Schema V2 has no previews of its own; MLflow takes them from the metadata.
void take_v2_previews(RecordContext& context, TraceScratch& scratch) {
  store::TraceFields& f = scratch.fields;
  for (const store::KeyValue& entry : scratch.metadata) {
    const std::string_view key = context.dataset.name_text(entry.key);
    if (key == "mlflow.traceInputs" && !f.request_preview.present()) f.request_preview = entry.value;
    if (key == "mlflow.traceOutputs" && !f.response_preview.present()) f.response_preview = entry.value;
  }
}

void note_text_problems(RecordContext& context, const json::Reader& reader) {
  if (reader.lone_surrogate_at() != json::Reader::kNowhere) {
    context.note(IssueKind::LoneSurrogate, reader.lone_surrogate_at(), {});
  }
  if (reader.non_finite_at() != json::Reader::kNowhere) {
    context.note(IssueKind::NonFiniteNumber, reader.non_finite_at(), {});
  }
  const size_t bad = find_invalid_utf8(context.text);
  if (bad != std::string_view::npos) {
    context.note(IssueKind::InvalidUtf8, static_cast<uint32_t>(bad), {});
  }
}

int64_t earliest_start_ns(const TraceScratch& scratch) {
  int64_t earliest = kNoTime;
  for (const store::SpanFields& span : scratch.spans) {
    if (span.start_ns == kNoTime) continue;
    if (earliest == kNoTime || span.start_ns < earliest) earliest = span.start_ns;
  }
  return earliest;
}

void complete_fields(RecordContext& context, TraceScratch& scratch) {
  store::TraceFields& f = scratch.fields;
  f.file = context.file;
  f.record = context.place;
  f.trace_id = scratch.id_text;
  if (!scratch.info_seen) scratch.is_v2 = scratch.has_v2_spans;
  f.shape = scratch.is_v2 ? store::RecordShape::TraceV2 : store::RecordShape::TraceV3;
  if (f.request_time_ns == kNoTime) {
    f.request_time_ns = earliest_start_ns(scratch);
    if (f.request_time_ns != kNoTime) {
      context.note(IssueKind::BadTimestamp, 0, "no request time: the first span's start was taken");
    }
  }
  if (scratch.is_v2) take_v2_previews(context, scratch);
  complete_previews(context, scratch);
  if (!f.request_preview.present()) f.request_preview = context.ref(scratch.data_request);
  if (!f.response_preview.present()) f.response_preview = context.ref(scratch.data_response);
  read_usage(context, scratch);
}

}  // namespace

bool read_mlflow_trace(RecordContext& context, TraceScratch& scratch) {
  scratch.reset();
  json::Reader reader(context.text);
  reader.enter_object();
  while (reader.next_key()) {
    if (reader.key_is("info")) {
      read_mlflow_info(context, reader, scratch);
    } else if (reader.key_is("data")) {
      read_data(context, reader, scratch);
    }
  }
  if (reader.failed()) return note_failure(context, reader);
  if (!find_trace_id(context, scratch) || is_duplicate(context, scratch)) return false;

  note_text_problems(context, reader);
  if (scratch.spans.empty()) context.note(IssueKind::NoSpans, 0, "trace", scratch.id_text);
  link_spans(context, scratch);
  complete_fields(context, scratch);
  context.report.traces += 1;
  context.report.spans += scratch.spans.size();
  context.report.assessments += scratch.assessments.size();
  context.dataset.add_trace(scratch.fields, scratch.spans, scratch.metadata, scratch.tags,
                            std::move(scratch.assessments));
  scratch.assessments.clear();
  return true;
}

}  // namespace assay::ingest
