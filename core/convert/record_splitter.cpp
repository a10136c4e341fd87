#include "core/convert/record_splitter.h"

#include <vector>

#include "core/base/utf8.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr size_t kCompactBytes = 1 << 20;  // of finished bytes before the rest is moved down

// A record that is cut off, without the list element that it ends in: of the lists that are open at the end,
// the outermost with whole elements (spans, observations, a page's records) loses what follows them, and all
// brackets are closed. "" where there is no such list.
std::string closed_record(std::string_view text) {
  struct Open {
    char bracket;
    size_t elements_end;  // of a list, behind its last whole element; 0: none
  };
  std::vector<Open> open;
  bool in_string = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      open.push_back({c, 0});
    } else if ((c == '}' || c == ']') && !open.empty()) {
      open.pop_back();
      if (!open.empty() && open.back().bracket == '[') open.back().elements_end = at + 1;
    }
  }
  for (size_t i = 0; i < open.size(); ++i) {
    if (open[i].elements_end == 0) continue;
    std::string out(text.substr(0, open[i].elements_end));
    for (size_t close = i + 1; close-- > 0;) out += open[close].bracket == '{' ? '}' : ']';
    return out;
  }
  return {};
}

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
  if (mode_ == Mode::Record) finish_record();
  pending_.clear();
  begin_ = at_ = 0;
  mode_ = Mode::Between;
  in_array_ = junk_told_ = escaped_ = false;
  line_start_ = true;
}

void RecordSplitter::finish_record() {
  if (scanner_.is_too_deep()) return sink_.broken(ingest::IssueKind::TooDeep, {}, begin_byte_);
  std::string whole;
  if (records_ == 0 && !in_array_) whole = closed_record(std::string_view(pending_).substr(begin_));
  if (whole.empty()) return sink_.broken(ingest::IssueKind::TruncatedRecord, "the file ends inside the record", begin_byte_);
  sink_.record(whole, begin_byte_);
  sink_.broken(ingest::IssueKind::CutOffInside, {}, begin_byte_);
}

bool RecordSplitter::step(bool at_end) {
  switch (mode_) {
    case Mode::Between: return step_between();
    case Mode::Record: return step_record(at_end);
    case Mode::Text: return step_text(at_end);
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
    if (c == '"' && (in_array_ || line_start_)) {
      ++at_;
      line_start_ = false;
      mode_ = Mode::Text;
      return true;
    }
    begin_junk();
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
        ++records_;
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

void RecordSplitter::begin_junk() {
  if (!junk_told_) sink_.broken(ingest::IssueKind::MalformedRecord, "text that is no JSON record", begin_byte_);
  junk_told_ = true;
  mode_ = Mode::Junk;
}

// From behind the quote to the closing one.
bool RecordSplitter::step_text(bool at_end) {
  for (; at_ < pending_.size() && pending_[at_] != '\n'; ++at_) {
    const char c = pending_[at_];
    // Any other text is noise from its first letter on.
    if (at_ == begin_ + 1 && c != '{' && c != '[' && c != '\\' && !is_blank(c)) break;
    if (c == '\\' && !escaped_) {
      escaped_ = true;
      continue;
    }
    if (c == '"' && !escaped_) {
      const std::string inner = json::unescaped(std::string_view(pending_).substr(begin_ + 1, at_ - begin_ - 1));
      const std::string_view object = trimmed(inner);
      if (object.empty() || (object[0] != '{' && object[0] != '[')) break;
      ++records_;
      sink_.record(object, begin_byte_);
      junk_told_ = false;
      ++at_;
      drop(at_ - begin_);
      mode_ = Mode::Between;
      return true;
    }
    escaped_ = false;
  }
  if (at_ == pending_.size() && !at_end) return false;
  escaped_ = false;
  begin_junk();
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
