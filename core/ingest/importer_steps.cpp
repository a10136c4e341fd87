// Where records begin and end: one function for each mode of the importer.
#include <algorithm>
#include <cstring>

#include "core/ingest/importer_state.h"

namespace assay::ingest {
namespace {

constexpr uint32_t kMaxRecordBytes = 0x80000000;
// Records that are larger are read while they arrive. Reading so much takes a millisecond or two.
constexpr uint32_t kReadAheadBytes = 1 << 20;

// Between records the bytes of a byte order mark are blanks too: files are joined with theirs inside.
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\x1e' || c == '\xEF' || c == '\xBB' || c == '\xBF';
}

constexpr size_t kWaitBytes = 64 << 10;

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
  if (enough()) {
    stop_after_first();
    return true;
  }
  // A line that has not come to its end is waited for, so that it need not be read twice.
  const std::string_view pending = window.pending();
  const bool cut = pending.size() <= tail_bytes && pending.back() != '}' && !is_blank(pending.back());
  const bool lines = container == Container::Top && one_line_each && !line_mode;
  if (cut && lines && !at_end && pending.size() < kWaitBytes) return false;
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
  read_line();
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
    reading_ahead = false;
    scanner.forget(here);
    drop(here);
  } else if (here >= kReadAheadBytes) {
    read_ahead();
  }
  return false;
}

// What was read of a record is not all of it.
void FileImporter::State::break_record(uint32_t size_bytes, std::string_view why) {
  ++report.records_skipped;
  reading_ahead = false;
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

}  // namespace assay::ingest
