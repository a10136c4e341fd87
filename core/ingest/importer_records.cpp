// What a complete record becomes: a trace in the data set, or a line in the report.
#include "core/ingest/importer_state.h"
#include "core/ingest/sniff.h"

namespace assay::ingest {

// The record is complete: `size_bytes` from the first pending byte.
void FileImporter::State::end_record(uint32_t size_bytes) {
  const std::string_view text = window.pending().substr(0, size_bytes);
  ++report.records_read;
  bool kept = false;
  if (scanner.is_too_deep() || too_large) {
    report.add(too_large ? IssueKind::RecordTooLarge : IssueKind::TooDeep, record_number, record_at_byte, {});
    ++report.records_skipped;
  } else {
    const RecordContext context{dataset, report, file, text, window.place(size_bytes), record_number,
                                offset_bytes};
    kept = read_record(context, text, context.place);
  }
  switch (container) {
    case Container::Top:
      ++top_records;
      if (kept && scanner.saw_line_break()) multi_line = true;
      break;
    case Container::Array: ++array_records; break;
    case Container::Envelope: ++envelope_records; break;
  }
  if (kept) {
    window.keep(size_bytes);
    offset_bytes += size_bytes;
  } else {
    drop(size_bytes);
  }
  at = 0;
  column = kFarColumn;
  wants_comma = true;
  reading_ahead = false;
  mode = Mode::Between;
}

// Whether the pending record begins as a trace does.
bool FileImporter::State::begin_ahead() {
  json::Reader reader(window.pending());
  if (!reader.enter_object() || !reader.next_key() || !(reader.key_is("info") || reader.key_is("data")) ||
      reader.peek() != json::Kind::Object) {
    return false;
  }
  ahead.start(scratch);
  if (!ahead_report.first_issues.empty()) ahead_report = FileReport{};
  return true;
}

// The common case, a trace on a line that is all there: reading it finds its end, so that no one looks for that
// before. Whatever is unusual is left to the scanner.
bool FileImporter::State::read_line() {
  if (!one_line_each || !begin_ahead()) return false;
  const std::string_view text = window.pending();
  RecordContext context{dataset, ahead_report, file, text, window.place(static_cast<uint32_t>(text.size())),
                        record_number, offset_bytes};
  if (!ahead.read_line(context, scratch)) {
    one_line_each = !ahead.saw_line_break();
    return false;
  }
  if (context.repaired) ahead_report.records_repaired = 1;
  reading_ahead = true;
  end_record(ahead.size_bytes());
  return true;
}

// The record is not complete, but so large already that what there is of it is read.
void FileImporter::State::read_ahead() {
  if (!reading_ahead && !begin_ahead()) return;
  reading_ahead = true;
  const std::string_view text = window.pending();
  RecordContext context{dataset, ahead_report, file, text, window.place(static_cast<uint32_t>(text.size())),
                        record_number, offset_bytes};
  const uint64_t expected = report.size_bytes > offset_bytes ? report.size_bytes - offset_bytes : 0;
  ahead.read_ahead(context, scratch, expected);
  if (context.repaired) ahead_report.records_repaired = 1;
}

void FileImporter::State::take_ahead_notes(RecordContext& context) {
  for (Issue& issue : ahead_report.first_issues) {
    --ahead_report.counts[static_cast<size_t>(issue.kind)];
    report.add(issue.kind, issue.record_number, issue.at_byte, std::move(issue.detail));
  }
  for (size_t kind = 0; kind < std::size(report.counts); ++kind) report.counts[kind] += ahead_report.counts[kind];
  context.repaired = ahead_report.records_repaired != 0;
  ahead_report.records_repaired = 0;
}

// One record, or one of the records in an envelope; true: its bytes must stay.
bool FileImporter::State::read_record(const RecordContext& parent, std::string_view text, TextRef place) {
  RecordContext context = parent;
  context.text = text;
  context.place = place;
  RecordGuess guess = sniff_record(text);
  if (guess.kind == RecordKind::Envelope && place.size_bytes == parent.place.size_bytes) {
    return read_envelope(context);
  }
  if (guess.kind != RecordKind::MlflowTrace) {
    if (guess.kind == RecordKind::Envelope) guess.what = "a list of traces inside another one";
    note_unknown(context, guess.what);
    return false;
  }
  if (!is_wanted(text)) {
    if (reading_ahead) ahead_report = FileReport{};
    return false;
  }
  if (limits.without_bodies) {
    if (reading_ahead) ahead_report = FileReport{};
    read_slim(context, text);
    return false;
  }
  if (reading_ahead) take_ahead_notes(context);
  if (!(reading_ahead ? ahead.finish(context, scratch) : read_mlflow_trace(context, scratch))) {
    ++report.records_skipped;
    return false;
  }
  count_read(context);
  return true;
}

// A file of another format holds thousands of these; each form is named once, all are counted.
void FileImporter::State::note_unknown(RecordContext& context, const std::string& what) {
  if (unknown_records++ == 0) first_unknown = what;
  ++report.records_skipped;
  if (what == last_unknown) {
    ++report.counts[static_cast<size_t>(IssueKind::UnknownRecord)];
    return;
  }
  last_unknown = what;
  context.note(IssueKind::UnknownRecord, 0, what);
}

// {"next_page_token": …, "traces": […]}: the traces are not the first member, so the whole is one record.
bool FileImporter::State::read_envelope(RecordContext& context) {
  json::Reader reader(context.text);
  bool kept = false;
  reader.enter_object();
  while (reader.next_key()) {
    if (!reader.key_is("traces") || !reader.enter_array()) continue;
    while (reader.next_element()) {
      if (enough()) {
        stop_after_first();
        break;
      }
      reader.peek();
      const uint32_t begin = reader.offset_bytes();
      const json::Piece piece = reader.piece();
      if (reader.failed()) break;
      RecordContext inner = context;
      inner.at_byte = context.at_byte + begin;
      inner.repaired = false;
      const TextRef place = context.ref(piece);
      const std::string_view text = reader.text_of(piece);
      if (text.substr(0, 1) == "{") {
        kept = read_record(inner, text, place) || kept;
      } else {
        ++report.records_skipped;
        inner.note(IssueKind::MalformedRecord, 0, "an element of the array is no object");
      }
    }
  }
  ++envelope_records;
  --top_records;  // end_record() counts it there
  return kept;
}

}  // namespace assay::ingest
