#include "core/ingest/importer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/ingest/mlflow_trace.h"
#include "core/ingest/record_context.h"
#include "core/ingest/record_scanner.h"
#include "core/ingest/record_window.h"
#include "core/ingest/sniff.h"

namespace assay::ingest {
namespace {

constexpr uint32_t kMaxRecordBytes = 0x80000000;
constexpr uint32_t kFarColumn = 0x7FFFFFFF;  // no record begins there

enum class Container : uint8_t { Top, Array, Envelope };  // Envelope: the array in {"traces": […]}

enum class Mode : uint8_t {
  Sniffing,
  Between,       // before a record: blanks, commas, brackets
  Record,        // inside an object
  Value,         // inside an array's element that is no object
  EnvelopeTail,  // inside the object whose "traces" are over
  JunkLine,      // text that is no JSON, up to the line's end
  Resync,        // after a broken record: up to a line that begins one
  Done,          // nothing more is read
};

// Between records the bytes of a byte order mark are blanks too: files are joined with theirs inside.
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\x1e' || c == '\xEF' || c == '\xBB' || c == '\xBF';
}

// The beginning of an envelope is looked for in so many bytes (each push looks again).
constexpr size_t kEnvelopeBytes = 1024;

enum class Match : uint8_t { No, Yes, NeedMore };

// Whether `text` begins with {"traces": [ (blanks ignored); `length` is up to behind the bracket.
Match match_envelope(std::string_view text, uint32_t& length) {
  constexpr std::string_view kTokens[] = {"{", "\"traces\"", ":", "["};
  text = text.substr(0, kEnvelopeBytes);  // the same answer however many bytes have arrived
  size_t at = 0;
  for (const std::string_view token : kTokens) {
    while (at < text.size() && (is_blank(text[at]) || text[at] == '\n')) ++at;
    const std::string_view here = text.substr(at, token.size());
    if (here != token.substr(0, here.size())) return Match::No;
    if (here.size() < token.size()) return text.size() < kEnvelopeBytes ? Match::NeedMore : Match::No;
    at += token.size();
  }
  length = static_cast<uint32_t>(at);
  return Match::Yes;
}

}  // namespace

struct FileImporter::State {
  State(store::Dataset& dataset_in, FileReport& report_in, std::string file_name, uint64_t size_bytes)
      : dataset(dataset_in), report(report_in), window(dataset_in, size_bytes) {
    report.file_name = file_name;
    file = dataset.add_file({std::move(file_name), size_bytes, {}});
  }

  // --- Bytes in -------------------------------------------------------------------------------
  void push(std::string_view chunk);
  void feed(std::string_view bytes);
  bool sniff();
  void finish();
  void close();

  // --- One step of each mode; false: more bytes are needed -----------------------------------------
  bool step(bool at_end);
  bool step_between(bool at_end);
  bool step_record(bool at_end);
  bool step_value();
  bool step_envelope_tail(bool at_end);
  bool step_junk_line();
  bool step_resync();
  void run(bool at_end) {
    while (mode != Mode::Done && step(at_end)) {
    }
  }

  bool begin_record(bool at_end);
  void end_record(uint32_t size_bytes);
  void break_record(uint32_t size_bytes, std::string_view why);
  bool read_record(const RecordContext& parent, std::string_view text, TextRef place);
  bool read_envelope(RecordContext& context);
  void note_unknown(RecordContext& context, const std::string& what);
  void finish_mode();
  std::string format() const;

  void note(IssueKind kind, uint64_t record, uint32_t offset, std::string detail) {
    report.add(kind, record, offset_bytes + offset, std::move(detail));
  }
  void drop(uint32_t count) {
    window.drop(count);
    offset_bytes += count;
  }
  void advance_column() {
    if (column < kFarColumn) ++column;
  }
  std::string_view rest() const { return window.pending().substr(at); }

  store::Dataset& dataset;
  FileReport& report;
  RecordWindow window;
  RecordScanner scanner;
  TraceScratch scratch;
  uint32_t file = 0;

  Mode mode = Mode::Sniffing;
  Container container = Container::Top;
  std::string head;              // the first bytes, while sniffing
  uint64_t bytes_read = 0;
  uint64_t offset_bytes = 0;     // of the first pending byte in the file
  uint32_t at = 0;               // in the pending bytes: looked at so far (not in Mode::Record)
  uint32_t column = 0;           // bytes since the last line break
  uint32_t record_column = 0;    // of the record being read
  uint32_t max_column = 0;       // of all records so far
  uint64_t record_number = 0;
  uint64_t record_at_byte = 0;   // of the record being read; its first bytes may be dropped already
  bool line_mode = false;        // records may not span lines (after a first one was cut off)
  bool keep_bytes = true;        // false: the record is hopeless and its bytes are dropped
  bool too_large = false;
  bool wants_comma = false;      // in an array: a value stands before
  bool after_comma = false;      // in an array: a comma stands before
  bool junk_noted = false;
  bool in_string = false, escaped = false;  // Mode::Value
  uint64_t value_depth = 0;

  // For the name of the format.
  uint64_t top_records = 0, array_records = 0, envelope_records = 0;
  bool multi_line = false, any_v2 = false, any_v3 = false, in_container = false;
  std::string first_unknown;     // what the first record of no known form seems to be
  std::string last_unknown;
  uint64_t unknown_records = 0;
};

void FileImporter::State::push(std::string_view chunk) {
  bytes_read += chunk.size();
  if (mode == Mode::Sniffing) {
    const size_t take = std::min(chunk.size(), kSniffBytes - head.size());
    head.append(chunk.substr(0, take));
    chunk.remove_prefix(take);
    if (head.size() < kSniffBytes || !sniff()) return;
    feed(head);
    head = std::string();
  }
  feed(chunk);
}

// False: the file cannot be read; the report says so.
bool FileImporter::State::sniff() {
  const FileGuess guess = sniff_file(head);
  if (guess.kind == FileKind::Json) {
    mode = Mode::Between;
    head.erase(0, guess.skip_bytes);
    offset_bytes = guess.skip_bytes;
    return true;
  }
  mode = Mode::Done;
  if (guess.kind == FileKind::Empty) {
    report.add(IssueKind::EmptyFile, 0, 0, head.empty() ? "" : "blanks only");
  } else {
    report.add(guess.is_data_format ? IssueKind::UnknownFormat : IssueKind::NotJson, 0, 0,
               std::string(guess.what));
  }
  return false;
}

void FileImporter::State::feed(std::string_view bytes) {
  while (!bytes.empty() && mode != Mode::Done) {
    const size_t taken = window.append(bytes);
    if (taken == 0) {
      report.add(IssueKind::RecordTooLarge, record_number, offset_bytes, "out of memory; reading stopped");
      report.failed = true;
      mode = Mode::Done;
      return;
    }
    bytes.remove_prefix(taken);
    run(false);
  }
}

bool FileImporter::State::step(bool at_end) {
  switch (mode) {
    case Mode::Between: return step_between(at_end);
    case Mode::Record: return step_record(at_end);
    case Mode::Value: return step_value();
    case Mode::EnvelopeTail: return step_envelope_tail(at_end);
    case Mode::JunkLine: return step_junk_line();
    case Mode::Resync: return step_resync();
    case Mode::Sniffing:
    case Mode::Done: break;
  }
  return false;
}

bool FileImporter::State::step_between(bool at_end) {
  const std::string_view pending = window.pending();
  for (; at < pending.size(); ++at) {
    const char c = pending[at];
    if (c == '\n') {
      column = 0;
      continue;
    }
    if (is_blank(c)) {
      advance_column();
      continue;
    }
    if (c == '{') return begin_record(at_end);
    const bool in_array = container != Container::Top;
    if (c == ',') {
      if (!wants_comma || !in_array) note(IssueKind::BadSeparator, record_number, at, "a comma too many");
      wants_comma = false;
      after_comma = true;
      advance_column();
      continue;
    }
    if (c == ']' && in_array) {
      if (after_comma) note(IssueKind::BadSeparator, record_number, at, "a comma before the closing bracket");
      mode = container == Container::Envelope ? Mode::EnvelopeTail : Mode::Between;
      container = Container::Top;
      wants_comma = after_comma = false;
      ++at;
      advance_column();
      if (mode == Mode::EnvelopeTail) {
        drop(at);
        at = 0;
        scanner.start_inside(1);
      }
      return true;
    }
    if (c == '[' && !in_array) {
      container = Container::Array;
      in_container = true;
      wants_comma = after_comma = false;
      advance_column();
      continue;
    }
    if (in_array) {
      ++record_number;
      ++report.records_skipped;
      note(IssueKind::MalformedRecord, record_number, at, "an element of the array is no object");
      value_depth = 0;
      in_string = escaped = false;
      mode = Mode::Value;
      return true;
    }
    if (!junk_noted) {
      junk_noted = true;
      ++report.records_skipped;
      note(IssueKind::MalformedRecord, record_number + 1, at, "text that is no JSON");
    }
    mode = Mode::JunkLine;
    return true;
  }
  drop(at);
  at = 0;
  return false;
}

// At the opening brace of an object.
bool FileImporter::State::begin_record(bool at_end) {
  drop(at);
  at = 0;
  if (container == Container::Top) {
    uint32_t length = 0;
    const Match match = match_envelope(window.pending(), length);
    if (match == Match::NeedMore && !at_end) return false;
    if (match == Match::Yes) {
      container = Container::Envelope;
      wants_comma = after_comma = false;
      at = length;
      column = kFarColumn;
      return true;
    }
  } else if (wants_comma) {
    note(IssueKind::BadSeparator, record_number, 0, "a comma is missing");
  }
  ++record_number;
  record_at_byte = offset_bytes;
  record_column = column;
  if (column != kFarColumn) max_column = std::max(max_column, column);
  junk_noted = false;
  keep_bytes = true;
  too_large = false;
  after_comma = false;
  scanner.start(record_column == 0, line_mode);
  mode = Mode::Record;
  return true;
}

bool FileImporter::State::step_record(bool at_end) {
  const auto outcome = scanner.scan(window.pending(), at_end);
  const uint32_t here = scanner.at();
  switch (outcome) {
    case RecordScanner::Outcome::Complete: end_record(here); return true;
    case RecordScanner::Outcome::Broken: break_record(here, "the line ends inside the record"); return true;
    case RecordScanner::Outcome::Restart:
      break_record(here, "the next record begins inside it");
      column = 0;
      wants_comma = false;
      mode = Mode::Between;
      return true;
    case RecordScanner::Outcome::NeedMore: break;
  }
  if (here > kMaxRecordBytes) too_large = true;
  if (scanner.is_too_deep() || too_large) {
    keep_bytes = false;
    scanner.forget(here);
    drop(here);
  }
  return false;
}

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
      if (kept && !multi_line) multi_line = text.find('\n') != std::string_view::npos;
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
  mode = Mode::Between;
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
  if (!read_mlflow_trace(context, scratch)) {
    ++report.records_skipped;
    return false;
  }
  if (context.repaired) ++report.records_repaired;
  (scratch.is_v2 ? any_v2 : any_v3) = true;
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

// What was read of a record is not all of it.
void FileImporter::State::break_record(uint32_t size_bytes, std::string_view why) {
  ++report.records_skipped;
  const bool deep = scanner.is_too_deep();
  const IssueKind kind = deep        ? IssueKind::TooDeep
                         : too_large ? IssueKind::RecordTooLarge
                                     : IssueKind::TruncatedRecord;
  report.add(kind, record_number, record_at_byte, deep || too_large ? std::string() : std::string(why));
  drop(size_bytes);
  at = 0;
  column = kFarColumn;
  wants_comma = true;
  mode = Mode::Resync;
}

// An array's element that is no object: up to the comma or bracket after it.
bool FileImporter::State::step_value() {
  const std::string_view pending = window.pending();
  for (; at < pending.size(); ++at) {
    const char c = pending[at];
    if (escaped) {
      escaped = false;
    } else if (in_string) {
      if (c == '\\') escaped = true;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++value_depth;
    } else if (value_depth > 0) {
      if (c == ']' || c == '}') --value_depth;
    } else if (c == ',' || c == ']' || c == '}') {
      if (c == '}') continue;  // a stray brace belongs to the bad value
      mode = Mode::Between;
      wants_comma = true;
      after_comma = false;
      column = kFarColumn;
      return true;
    }
  }
  drop(at);
  at = 0;
  return false;
}

bool FileImporter::State::step_envelope_tail(bool at_end) {
  const auto outcome = scanner.scan(window.pending(), at_end);
  const uint32_t here = scanner.at();
  drop(here);
  at = 0;
  column = kFarColumn;
  if (outcome == RecordScanner::Outcome::NeedMore) {
    scanner.forget(here);
    return false;
  }
  mode = outcome == RecordScanner::Outcome::Complete ? Mode::Between : Mode::Resync;
  return true;
}

bool FileImporter::State::step_junk_line() {
  const std::string_view text = rest();
  const size_t line_break = text.find('\n');
  if (line_break == std::string_view::npos) {
    drop(static_cast<uint32_t>(window.pending().size()));
    at = 0;
    return false;
  }
  drop(at + static_cast<uint32_t>(line_break));
  at = 0;
  mode = Mode::Between;
  return true;
}

bool FileImporter::State::step_resync() {
  const std::string_view pending = window.pending();
  while (at < pending.size()) {
    if (column == kFarColumn) {
      const void* found = std::memchr(pending.data() + at, '\n', pending.size() - at);
      if (found == nullptr) {
        at = static_cast<uint32_t>(pending.size());
        break;
      }
      at = static_cast<uint32_t>(static_cast<const char*>(found) - pending.data()) + 1;
      column = 0;
      continue;
    }
    const char c = pending[at];
    if (c == '{' && column <= max_column) {
      wants_comma = false;
      mode = Mode::Between;
      return true;
    }
    if (c == ']' && container != Container::Top && column == 0) {
      mode = Mode::Between;
      return true;
    }
    if (c == '\n') {
      column = 0;
    } else if (is_blank(c)) {
      advance_column();
    } else {
      column = kFarColumn;
    }
    ++at;
  }
  drop(at);
  at = 0;
  return false;
}

// What is unfinished when the bytes are over.
void FileImporter::State::finish_mode() {
  if (mode == Mode::Record) {
    const std::string_view pending = window.pending();
    const size_t line_break = pending.find('\n');
    const bool more_lines = keep_bytes && !line_mode && line_break != std::string_view::npos;
    // The rest may hold whole records, if each stands on a line: look again from the next line on.
    break_record(static_cast<uint32_t>(more_lines ? line_break : pending.size()),
                 "the file ends inside the record");
    if (!more_lines) return;
    line_mode = true;
    run(true);
    if (mode == Mode::Record) finish_mode();
    return;
  }
  if (mode == Mode::Value || mode == Mode::EnvelopeTail ||
      (mode == Mode::Between && container != Container::Top)) {
    note(IssueKind::TruncatedRecord, 0, 0, "the file ends inside the list of records");
  }
}

void FileImporter::State::finish() {
  if (mode == Mode::Sniffing && sniff()) {
    feed(head);
    head = std::string();
  }
  if (mode != Mode::Done) {
    run(true);
    finish_mode();
    const bool nothing = report.records_read == 0 && report.warnings() == 0;
    if (nothing) {
      report.add(IssueKind::EmptyFile, 0, 0, in_container ? "an empty list" : "");
    } else if (report.traces == 0 && unknown_records > 0) {
      report.add(IssueKind::UnknownFormat, 0, 0, first_unknown);
    }
    const bool duplicates = report.count(IssueKind::DuplicateTraceSame) > 0 ||
                            report.count(IssueKind::DuplicateTraceDifferent) > 0;
    if (report.traces == 0 && !duplicates) report.failed = true;
  }
  close();
}

void FileImporter::State::close() {
  window.close();
  mode = Mode::Done;
  report.format = format();
  if (report.size_bytes < bytes_read) report.size_bytes = bytes_read;
  store::SourceFile& source = dataset.file(file);
  source.format = report.format;
  if (source.size_bytes == 0) source.size_bytes = bytes_read;
}

std::string FileImporter::State::format() const {
  if (!any_v2 && !any_v3) return {};
  std::string out;
  if (envelope_records > 0) {
    out = "MLflow traces search JSON";
  } else if (array_records > 0) {
    out = "MLflow trace JSON array";
  } else if (multi_line || top_records == 1) {
    out = top_records == 1 ? "MLflow trace JSON" : "MLflow trace JSON, one object after another";
  } else {
    out = "MLflow trace JSON Lines";
  }
  if (any_v2) out += any_v3 ? " (schemas V2 and V3)" : " (schema V2)";
  return out;
}

FileImporter::FileImporter(store::Dataset& dataset, FileReport& report, std::string file_name,
                           uint64_t size_bytes)
    : state_(std::make_unique<State>(dataset, report, std::move(file_name), size_bytes)) {
  report.size_bytes = size_bytes;
}

FileImporter::~FileImporter() {
  if (state_->mode != Mode::Done) state_->close();
}

void FileImporter::push(std::string_view chunk) { state_->push(chunk); }

void FileImporter::finish() { state_->finish(); }

void FileImporter::cancel() {
  if (state_->mode == Mode::Done) return;
  state_->report.cancelled = true;
  state_->close();
}

uint64_t FileImporter::bytes_read() const { return state_->bytes_read; }

FileReport import_bytes(store::Dataset& dataset, std::string file_name, std::string_view bytes,
                        size_t chunk_bytes) {
  FileReport report;
  FileImporter importer(dataset, report, std::move(file_name), bytes.size());
  if (chunk_bytes == 0) chunk_bytes = bytes.size();
  while (!bytes.empty()) {
    importer.push(bytes.substr(0, chunk_bytes));
    bytes.remove_prefix(std::min(chunk_bytes, bytes.size()));
  }
  importer.finish();
  return report;
}

}  // namespace assay::ingest
