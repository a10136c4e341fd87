#include "core/convert/record_splitter.h"

namespace assay::convert {
namespace {

constexpr size_t kCompactBytes = 1 << 20;  // of finished bytes before the rest is moved down

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\x1e'; }

}  // namespace

void RecordSplitter::push(std::string_view bytes) {
  if (begin_ > kCompactBytes && begin_ * 2 > pending_.size()) {
    pending_.erase(0, begin_);
    at_ -= begin_;
    begin_ = 0;
  }
  pending_.append(bytes);
  while (step(false)) {
  }
}

void RecordSplitter::finish() {
  while (step(true)) {
  }
  if (mode_ == Mode::Record && scanner_.is_too_deep()) {
    sink_.broken(ingest::IssueKind::TooDeep, {}, begin_byte_);
  } else if (mode_ == Mode::Record) {
    sink_.broken(ingest::IssueKind::TruncatedRecord, "the file ends inside the record", begin_byte_);
  }
  pending_.clear();
  begin_ = at_ = 0;
  mode_ = Mode::Between;
}

bool RecordSplitter::step(bool at_end) {
  switch (mode_) {
    case Mode::Between: return step_between();
    case Mode::Record: return step_record(at_end);
    case Mode::Junk: break;
  }
  return step_junk();
}

void RecordSplitter::drop(size_t count) {
  begin_ += count;
  begin_byte_ += count;
  at_ = begin_;
}

bool RecordSplitter::step_between() {
  while (at_ < pending_.size()) {
    const char c = pending_[at_];
    if (c == '\n') line_start_ = true;
    if (c == '\n' || is_blank(c) || c == ',' || (c == ']' && in_array_)) {
      if (c == ']') in_array_ = false;
      ++at_;
      continue;
    }
    // The file's own array, or (one a line) an array of records.
    if (c == '[' && !in_array_) {
      in_array_ = true;
      line_start_ = false;
      ++at_;
      continue;
    }
    drop(at_ - begin_);
    if (c == '{' || c == '[') {
      scanner_.start(line_start_ && !in_array_, false);
      mode_ = Mode::Record;
      line_start_ = false;
      return true;
    }
    if (!junk_told_) sink_.broken(ingest::IssueKind::MalformedRecord, "text that is no JSON record", begin_byte_);
    junk_told_ = true;
    mode_ = Mode::Junk;
    return true;
  }
  drop(at_ - begin_);
  return false;
}

bool RecordSplitter::step_record(bool at_end) {
  const std::string_view text = std::string_view(pending_).substr(begin_);
  const auto outcome = scanner_.scan(text, at_end);
  const size_t size = scanner_.at();
  switch (outcome) {
    case ingest::RecordScanner::Outcome::NeedMore:
      if (scanner_.is_too_deep()) {  // hopeless: nothing of it is kept
        scanner_.forget(scanner_.at());
        drop(size);
      }
      return false;
    case ingest::RecordScanner::Outcome::Complete:
      if (scanner_.is_too_deep()) {
        sink_.broken(ingest::IssueKind::TooDeep, {}, begin_byte_);
      } else {
        sink_.record(text.substr(0, size), begin_byte_);
      }
      junk_told_ = false;
      break;
    case ingest::RecordScanner::Outcome::Broken:
      sink_.broken(ingest::IssueKind::TruncatedRecord, "the line ends inside the record", begin_byte_);
      break;
    case ingest::RecordScanner::Outcome::Restart:
      sink_.broken(ingest::IssueKind::TruncatedRecord, "the next record begins inside it", begin_byte_);
      line_start_ = true;
      break;
  }
  drop(size);
  mode_ = Mode::Between;
  return true;
}

// A bare value inside an array ends at the comma or bracket; other text at the line's end.
bool RecordSplitter::step_junk() {
  while (at_ < pending_.size()) {
    const char c = pending_[at_];
    if (c == '\n' || (in_array_ && (c == ',' || c == ']'))) {
      drop(at_ - begin_);
      mode_ = Mode::Between;
      return true;
    }
    ++at_;
  }
  drop(at_ - begin_);
  return false;
}

}  // namespace assay::convert
