#include "core/ingest/mlflow_trace.h"

#include <algorithm>
#include <utility>

#include "core/base/utf8.h"
#include "core/ingest/fields.h"
#include "core/ingest/mlflow_info.h"
#include "core/ingest/mlflow_spans.h"
#include "core/ingest/previews.h"
#include "core/ingest/usage.h"

namespace assay::ingest {
namespace {

// A look at a record that is arriving waits for so much more of it, or for as much as is still unread.
constexpr size_t kAheadBytes = 64 << 10;
constexpr uint64_t kMaxReservedSpans = 1 << 20;

bool enter_data(RecordContext& context, json::Reader& reader) {
  const uint32_t at = value_offset(reader);
  if (reader.enter_object()) return true;
  const json::Piece piece = reader.piece();
  if (piece.form != TextForm::None) {
    context.note(IssueKind::WrongType, at, "data", reader.text_of(piece));
  }
  return false;
}

// Of a member that stands twice the last one counts.
void forget_data(TraceScratch& scratch) {
  scratch.spans.clear();
  scratch.links.clear();
  scratch.has_v2_spans = false;
  scratch.data_request = scratch.data_response = {};
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

int64_t earliest_start_ns(const TraceScratch& scratch) {
  int64_t earliest = kNoTime;
  for (const store::SpanFields& span : scratch.spans) {
    if (span.start_ns == kNoTime || span.start_ns == 0) continue;  // 0: a source that knows no times
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
  if (f.request_time_ns == 0) f.request_time_ns = kNoTime;  // how an export writes a time that nobody knows
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

void MlflowTraceReader::start(TraceScratch& scratch) {
  *this = MlflowTraceReader{};
  scratch.reset();
}

// One member of the trace or of its data, or one span; false: the record is over, or broken.
bool MlflowTraceReader::step(RecordContext& context, TraceScratch& scratch) {
  if (stage_ == Stage::Spans) {
    if (reader_.next_element()) {
      read_mlflow_span(context, reader_, scratch);
    } else {
      stage_ = Stage::Data;
    }
  } else if (!reader_.next_key()) {
    stage_ = stage_ == Stage::Data ? Stage::Trace : Stage::Over;
  } else if (stage_ == Stage::Trace) {
    if (reader_.key_is("info")) {
      read_mlflow_info(context, reader_, scratch);
    } else if (reader_.key_is("data")) {
      forget_data(scratch);
      if (enter_data(context, reader_)) stage_ = Stage::Data;
    }
  } else if (reader_.key_is("spans")) {
    if (begin_mlflow_spans(context, reader_, scratch)) stage_ = Stage::Spans;
  } else if (reader_.key_is("request")) {
    scratch.data_request = reader_.piece();
  } else if (reader_.key_is("response")) {
    scratch.data_response = reader_.piece();
  }
  return stage_ != Stage::Over && !reader_.failed();
}

// Whether step() finds all that it will look at.
bool MlflowTraceReader::next_is_complete(json::Reader probe, size_t size_bytes) const {
  if (!(stage_ == Stage::Spans ? probe.next_element() : probe.next_key())) {
    return !probe.failed() && stage_ != Stage::Trace;  // the end of the record is finish()'s
  }
  if (stage_ == Stage::Trace && probe.key_is("data") && probe.peek() == json::Kind::Object) return true;
  if (stage_ == Stage::Data && probe.key_is("spans") && probe.peek() == json::Kind::Array) return true;
  probe.skip_value();
  return !probe.failed() && probe.offset_bytes() < size_bytes;  // the last digits of a number may be missing
}

// All that was noted as a place in the record moves with it.
void MlflowTraceReader::move_to(TextRef place, TraceScratch& scratch) {
  const auto move = [this, place](TextRef& ref) {
    if (!ref.present()) return;
    ref.blob = place.blob;
    ref.offset_bytes += place.offset_bytes - place_.offset_bytes;
  };
  if (place_.present() && (place_.blob != place.blob || place_.offset_bytes != place.offset_bytes)) {
    store::TraceFields& f = scratch.fields;
    for (TextRef* ref : {&f.assessments, &f.client_request_id, &f.request_preview, &f.response_preview}) move(*ref);
    for (store::SpanFields& span : scratch.spans) move(span.record);
    for (auto* pairs : {&scratch.metadata, &scratch.tags}) {
      for (store::KeyValue& pair : *pairs) move(pair.value);
    }
    for (store::Assessment& assessment : scratch.assessments) move(assessment.imported_json);
  }
  place_ = place;
}

void MlflowTraceReader::check_utf8(std::string_view text, bool is_whole) {
  size_t end = text.size();
  if (!is_whole) {  // not a code point whose last bytes are missing
    for (int i = 0; i < 3 && end > utf8_checked_bytes_ && (text[end - 1] & 0xC0) == 0x80; ++i) --end;
    if (end > utf8_checked_bytes_) --end;
  }
  if (bad_utf8_at_ == std::string_view::npos) {
    const size_t bad = find_invalid_utf8(text.substr(utf8_checked_bytes_, end - utf8_checked_bytes_));
    if (bad != std::string_view::npos) bad_utf8_at_ = utf8_checked_bytes_ + bad;
  }
  utf8_checked_bytes_ = end;
}

void MlflowTraceReader::read_ahead(RecordContext& context, TraceScratch& scratch, uint64_t expected_bytes) {
  const size_t size = context.text.size();
  if (size < next_try_bytes_) return;
  move_to(context.place, scratch);
  reader_.continue_in(context.text);
  check_utf8(context.text, false);
  if (!entered_) entered_ = reader_.enter_object();
  const bool is_first = next_try_bytes_ == 0;
  while (next_is_complete(reader_, size) && step(context, scratch)) {
  }
  const size_t read = reader_.offset_bytes();
  next_try_bytes_ = size + std::max(kAheadBytes, size - read);
  if (is_first && read > 0 && expected_bytes > read) {
    // Growing step by step would copy all spans at once, several times.
    const uint64_t spans = scratch.spans.size() * (expected_bytes / read + 1);
    scratch.spans.reserve(static_cast<size_t>(std::min(spans, kMaxReservedSpans)));
    scratch.links.reserve(static_cast<size_t>(std::min(spans, kMaxReservedSpans)));
  }
}

void MlflowTraceReader::note_text_problems(RecordContext& context) {
  if (reader_.lone_surrogate_at() != json::Reader::kNowhere) {
    context.note(IssueKind::LoneSurrogate, reader_.lone_surrogate_at(), {});
  }
  if (reader_.non_finite_at() != json::Reader::kNowhere) {
    context.note(IssueKind::NonFiniteNumber, reader_.non_finite_at(), {});
  }
  check_utf8(context.text, true);
  if (bad_utf8_at_ != std::string_view::npos) {
    context.note(IssueKind::InvalidUtf8, static_cast<uint32_t>(bad_utf8_at_), {});
  }
}

bool MlflowTraceReader::read_line(RecordContext& context, TraceScratch& scratch) {
  place_ = context.place;
  reader_.continue_in(context.text);
  entered_ = reader_.enter_object();
  while (!reader_.saw_line_break() && step(context, scratch)) {
  }
  return stage_ == Stage::Over && !reader_.failed() && !reader_.saw_line_break();
}

bool MlflowTraceReader::finish(RecordContext& context, TraceScratch& scratch) {
  move_to(context.place, scratch);
  reader_.continue_in(context.text);
  if (!entered_) reader_.enter_object();
  while (stage_ != Stage::Over && step(context, scratch)) {
  }
  if (reader_.failed()) return note_failure(context, reader_);
  if (!find_trace_id(context, scratch) || is_duplicate(context, scratch)) return false;

  note_text_problems(context);
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

bool read_mlflow_trace(RecordContext& context, TraceScratch& scratch) {
  MlflowTraceReader reader;
  reader.start(scratch);
  return reader.finish(context, scratch);
}

}  // namespace assay::ingest
