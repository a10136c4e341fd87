#include "core/search/word_find.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/search/escapes.h"
#include "core/search/unicode_fold.h"

namespace assay::search {
namespace {

// Where the letter that ends at `at` begins, as decode_utf8() takes the bytes. Precondition: at > 0.
size_t letter_before(std::string_view text, size_t at) {
  for (size_t size = std::min<size_t>(4, at); size > 1; --size) {
    if (decode_utf8(text, at - size).size_bytes == size) return at - size;
  }
  return at - 1;
}

// Bytes that stand in JSON as they are, escaped by nobody.
bool is_plain(char c) {
  if (static_cast<unsigned char>(c) >= 0x7F || c < ' ') return false;
  return std::string_view("\"\\/'<>&").find(c) == std::string_view::npos;
}

void append_escape(std::string& out, uint32_t unit) {
  out += 'u';
  for (int shift = 12; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[unit >> shift & 15];
}

std::string with_backslashes(std::string_view word, size_t count) {
  std::string out;
  for (const char c : word)
    out.append(c == '\\' ? count : 1, c);
  return out;
}

// A full-width letter or digit. Signs alone, which Chinese text has in every sentence, mean themselves.
bool has_wide_letter(std::string_view word) {
  for (size_t at = 0; at < word.size();) {
    const DecodedChar c = decode_utf8(word, at);
    at += c.size_bytes;
    const uint32_t narrow = c.code_point - 0xFEE0;
    if (c.code_point > 0xFF00 && narrow < 0x7F && ((narrow >= '0' && narrow <= '9') || ((narrow | 0x20) >= 'a' && (narrow | 0x20) <= 'z')))
      return true;
  }
  return false;
}

constexpr size_t kMostLikes = 6;

}  // namespace

WordFinder::WordFinder(std::string_view word) {
  if (has_wide_letter(word)) narrow_.emplace_back(half_width(word));
  size_t run = 0, best_begin = 0, best_size = 0, rare_size = 0;
  uint32_t rare = 0;  // the letter beyond ASCII with the fewest spellings
  for (size_t at = 0; at < word.size();) {
    const DecodedChar c = decode_utf8(word, at);
    letters_.push_back(fold_letter(c.code_point));
    run = is_plain(word[at]) ? run + 1 : 0;
    at += c.size_bytes;
    if (run > best_size) {
      best_size = run;
      best_begin = at - run;
    }
    uint32_t likes[kMostLikes];
    const size_t spellings = c.code_point < 0x80 ? kMostLikes : letters_like(c.code_point, likes, kMostLikes);
    if (spellings < kMostLikes && (rare_size == 0 || spellings < rare_size)) {
      rare_size = spellings;
      rare = c.code_point;
    }
  }
  back_.assign(letters_.size(), 0);
  for (size_t i = 1, k = 0; i < letters_.size(); ++i) {
    while (k > 0 && letters_[i] != letters_[k])
      k = back_[k - 1];
    if (letters_[i] == letters_[k]) ++k;
    back_[i] = static_cast<uint32_t>(k);
  }
  is_simple_ = best_size == word.size();
  if (best_size > 0 && (is_simple_ || best_size > 2 || rare_size == 0)) {
    finders_.emplace_back(word.substr(best_begin, best_size), CaseMode::AsciiInsensitive);
  } else if (rare_size > 0) {
    uint32_t likes[kMostLikes];
    const size_t count = letters_like(rare, likes, kMostLikes);
    for (size_t i = 0; i < count; ++i) {
      std::string bytes, escape;
      append_utf8(bytes, likes[i]);
      append_escape(escape, likes[i] < 0x10000 ? likes[i] : 0xD800 + ((likes[i] - 0x10000) >> 10));
      finders_.emplace_back(bytes);
      escaped_.emplace_back(escape, CaseMode::AsciiInsensitive);
    }
  }
  if (word.find('\\') == std::string_view::npos || word.find("\\\\") != std::string_view::npos) return;
  for (const size_t count : {size_t{2}, size_t{4}})
    doubled_.emplace_back(with_backslashes(word, count));
}

// The first match from `from` on; `end` gets the place behind it.
size_t WordFinder::scan(std::string_view text, size_t from, Escapes escapes, size_t& end) const {
  const size_t count = letters_.size();
  size_t matched = 0;
  size_t at = from;
  const auto next = [&](size_t place) -> Letter {
    const char c = text[place];
    if (c == '\\' && escapes == Escapes::Undone) return escaped_letter(text, place);
    if (static_cast<unsigned char>(c) < 0x80) return {static_cast<uint32_t>(c), place + 1};
    const DecodedChar decoded = decode_utf8(text, place);
    return {decoded.code_point, place + decoded.size_bytes};
  };
  while (at < text.size()) {
    const Letter letter = next(at);
    at = letter.end;
    const uint32_t folded = fold_letter(letter.code_point);
    while (matched > 0 && folded != letters_[matched])
      matched = back_[matched - 1];
    if (folded == letters_[matched]) ++matched;
    if (matched < count) continue;
    end = at;
    if (escapes == Escapes::Undone) return at;  // nobody asks where it began
    for (size_t i = 0; i < count; ++i)
      at = letter_before(text, at);
    return at;
  }
  return kNotFound;
}

bool WordFinder::may_be_in(std::string_view text) const {
  if (finders_.empty()) return true;
  for (const TextFinder& finder : finders_) {
    if (finder.find(text) != kNotFound) return true;
  }
  return false;
}

bool WordFinder::is_in(std::string_view text) const {
  size_t size = 0;
  return find(text, 0, size) != kNotFound;
}

size_t WordFinder::find(std::string_view text, size_t from, size_t& size_bytes) const {
  const size_t own = find_own(text, from, size_bytes);
  if (narrow_.empty()) return own;
  size_t narrow_size = 0;
  const size_t narrow = narrow_[0].find(text, from, narrow_size);
  if (narrow >= own) return own;
  size_bytes = narrow_size;
  return narrow;
}

size_t WordFinder::find_own(std::string_view text, size_t from, size_t& size_bytes) const {
  size_bytes = 0;
  if (letters_.empty()) return from <= text.size() ? from : kNotFound;
  if (is_simple_) {
    size_bytes = letters_.size();
    return finders_[0].find(text, from);
  }
  if (from > text.size() || !may_be_in(text.substr(from))) return kNotFound;
  size_t end = 0;
  const size_t begin = scan(text, from, Escapes::Kept, end);
  if (begin != kNotFound) size_bytes = end - begin;
  return begin;
}

bool WordFinder::may_be_in_record(const store::Dataset& dataset, TextRef record) const {
  const auto may = [&](const TextFinder& finder) { return dataset.may_hold(record, finder.trigrams()); };
  return finders_.empty() || std::any_of(finders_.begin(), finders_.end(), may) ||
         std::any_of(escaped_.begin(), escaped_.end(), may) ||
         std::any_of(narrow_.begin(), narrow_.end(), [&](const WordFinder& word) { return word.may_be_in_record(dataset, record); });
}

bool WordFinder::is_in_record(std::string_view json) const {
  return own_is_in_record(json) || (!narrow_.empty() && narrow_[0].is_in_record(json));
}

bool WordFinder::own_is_in_record(std::string_view json) const {
  if (letters_.empty()) return true;
  if (is_simple_) return finders_[0].find(json) != kNotFound;
  bool may_be_there = may_be_in(json);
  for (const TextFinder& finder : escaped_)
    may_be_there = may_be_there || finder.find(json) != kNotFound;
  if (!may_be_there) return false;
  size_t end = 0;
  if (scan(json, 0, Escapes::Kept, end) != kNotFound) return true;
  if (json.find('\\') == std::string_view::npos) return false;
  if (scan(json, 0, Escapes::Undone, end) != kNotFound) return true;
  return std::any_of(doubled_.begin(), doubled_.end(),
                     [&](const WordFinder& finder) { return finder.is_in(json); });
}

}  // namespace assay::search
