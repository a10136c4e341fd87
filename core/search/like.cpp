// LIKE: the pattern is cut at its '%'; the first piece is fixed to the start, the last one to the
// end, and those between are taken at their first place each, which leaves the most room for the
// rest.
#include "core/search/text_find.h"

namespace assay::search {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// SQLite's notion of one character: a byte, and for lead bytes all continuation bytes behind it.
size_t after_char(std::string_view text, size_t at) {
  const bool lead = static_cast<unsigned char>(text[at]) >= 0xC0;
  ++at;
  while (lead && at < text.size() && is_continuation(text[at]))
    ++at;
  return at;
}

// The start of the character `count` characters before `at`, or kNotFound when there are not so
// many.
size_t chars_before(std::string_view text, size_t at, size_t count) {
  for (; count > 0; --count) {
    if (at == 0) return kNotFound;
    --at;
    while (at > 0 && is_continuation(text[at]))
      --at;
  }
  return at;
}

size_t count_chars(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); at = after_char(text, at))
    ++count;
  return count;
}

}  // namespace

LikeMatcher::LikeMatcher(std::string_view pattern, CaseMode mode) : mode_(mode) {
  starts_open_ = pattern.starts_with('%');
  ends_open_ = pattern.ends_with('%');
  size_t begin = 0;
  while (true) {
    const size_t end = pattern.find('%', begin);
    const std::string_view piece =
        pattern.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (!piece.empty()) parts_.push_back(make_part(piece));
    if (end == std::string_view::npos) break;
    begin = end + 1;
  }
}

LikeMatcher::Part LikeMatcher::make_part(std::string_view pattern) const {
  std::string text(pattern);
  if (mode_ == CaseMode::AsciiInsensitive) {
    for (char& c : text)
      c = lower(c);
  }
  size_t any_count = 0, longest_begin = 0, longest_size = 0, begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '_') continue;
    if (i - begin > longest_size) {
      longest_begin = begin;
      longest_size = i - begin;
    }
    if (i < text.size()) ++any_count;
    begin = i + 1;
  }
  const std::string_view view(text);
  TextFinder finder(view.substr(longest_begin, longest_size), mode_);
  const size_t before = count_chars(view.substr(0, longest_begin));
  const size_t chars = count_chars(view);
  return Part{std::move(text), any_count, chars, std::move(finder), before};
}

bool LikeMatcher::is_contains() const {
  if (parts_.empty()) return starts_open_;
  return parts_.size() == 1 && starts_open_ && ends_open_ && parts_[0].any_count == 0;
}

bool LikeMatcher::matches_at(const Part& part, std::string_view text, size_t at,
                             size_t& end) const {
  for (const char c : part.pattern) {
    if (at >= text.size()) return false;
    if (c == '_') {
      at = after_char(text, at);
    } else {
      if ((mode_ == CaseMode::Sensitive ? text[at] : lower(text[at])) != c) return false;
      ++at;
    }
  }
  end = at;
  return true;
}

bool LikeMatcher::find_part(const Part& part, std::string_view text, size_t from,
                            size_t& end) const {
  if (part.any_count == 0) {
    const size_t at = part.finder.find(text, from);
    if (at == kNotFound) return false;
    end = at + part.pattern.size();
    return true;
  }
  size_t look_from = from;
  while (true) {
    const size_t hit = part.finder.find(text, look_from);
    if (hit == kNotFound) return false;
    const size_t start = chars_before(text, hit, part.chars_before_finder);
    if (start != kNotFound && start >= from && matches_at(part, text, start, end)) return true;
    if (hit >= text.size()) return false;
    look_from = after_char(text, hit);
  }
}

bool LikeMatcher::matches(std::string_view text) const {
  if (parts_.empty()) return starts_open_ || text.empty();
  size_t at = 0;
  size_t first = 0, count = parts_.size();
  if (!starts_open_) {
    if (!matches_at(parts_[0], text, 0, at)) return false;
    if (count == 1 && !ends_open_) return at == text.size();
    first = 1;
  }
  const size_t middle_end = ends_open_ ? count : count - 1;
  for (size_t i = first; i < middle_end; ++i) {
    size_t end = 0;
    if (!find_part(parts_[i], text, at, end)) return false;
    at = end;
  }
  if (ends_open_) return true;
  const Part& last = parts_[count - 1];
  const size_t start = chars_before(text, text.size(), last.chars);
  size_t end = 0;
  return start != kNotFound && start >= at && matches_at(last, text, start, end) &&
         end == text.size();
}

}  // namespace assay::search
