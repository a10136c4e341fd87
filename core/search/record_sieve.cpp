#include "core/search/record_sieve.h"

#include <algorithm>
#include <string>

#include "core/base/ordering.h"
#include "core/base/simd.h"
#include "core/search/escapes.h"
#include "core/search/word_find.h"

namespace assay::search {
namespace {

constexpr size_t kMostValues = 4;

// The longest run of characters that no writer of JSON escapes, except as \u00….
std::string_view plain_run(std::string_view text) {
  std::string_view best;
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t begin = at;
    while (at < text.size() && text[at] >= ' ' && text[at] < 0x7F && text[at] != '"' && text[at] != '\\' && text[at] != '/')
      ++at;
    if (at - begin > best.size()) best = text.substr(begin, at - begin);
  }
  return best;
}

// What stands in every spelling of a number that has no exponent; "": not known.
std::string_view plain_digits(std::string_view number) {
  if (number.starts_with('-')) number.remove_prefix(1);
  if (number.find_first_of("eE") != std::string_view::npos) return {};
  if (number.find('.') != std::string_view::npos) {
    while (number.ends_with('0'))
      number.remove_suffix(1);
    if (number.ends_with('.')) number.remove_suffix(1);
  }
  if (number.starts_with('0')) number.remove_prefix(1);
  return number;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  const char small = static_cast<char>(c | 0x20);
  return is_digit(c) || (small >= 'a' && small <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// The e at `at` stands in a number, and not in an id of hexadecimal digits.
bool is_exponent(std::string_view json, size_t at) {
  size_t begin = at, end = at + 1;
  while (begin > 0 && (is_digit(json[begin - 1]) || json[begin - 1] == '.'))
    --begin;
  if (begin == at || (begin > 0 && is_alphanumeric(json[begin - 1]))) return false;
  if (end < json.size() && (json[end] == '+' || json[end] == '-')) ++end;
  const size_t digits = end;
  while (end < json.size() && is_digit(json[end]))
    ++end;
  return end > digits && (end == json.size() || !is_alphanumeric(json[end]));
}

bool has_exponent(std::string_view json) {
  const char* bytes = json.data();
  const auto is_one = [&](size_t place) { return (bytes[place] | 0x20) == 'e' && is_exponent(json, place); };
  size_t at = 1;  // no number begins with it
  for (; at + 17 <= json.size(); at += 16) {
    const simd::Bytes16 before = simd::load16(bytes + at - 1), next = simd::load16(bytes + at + 1);
    uint32_t hits = simd::load16(bytes + at).equal_with_bit5('e') & before.within('0', 10) & next.within('+', 15);
    for (; hits != 0; hits &= hits - 1) {
      if (is_one(at + simd::first_bit(hits))) return true;
    }
  }
  for (; at < json.size(); ++at) {
    if (is_one(at)) return true;
  }
  return false;
}

}  // namespace

RecordSieve::RecordSieve(const QueryNode& condition) {
  if (condition.op == QueryOp::Exists && condition.negated) return;
  for (const PathStep& step : condition.path) {
    const std::string_view run = step.kind == PathStep::Kind::Name ? plain_run(step.name) : std::string_view();
    // Shorter names stand everywhere.
    if (run.size() > 2) names_.emplace_back(run);
  }
  if (condition.negated || (condition.op != QueryOp::Equal && condition.op != QueryOp::In)) return;
  if (condition.values.size() > kMostValues) return;
  for (const QueryValue& value : condition.values) {
    const bool is_number = value.kind == QueryValue::Kind::Number;
    const std::string_view needle = is_number ? plain_digits(value.text) : plain_run(value.text);
    if (needle.size() < 2) {
      values_.clear();
      return;
    }
    values_.emplace_back(needle);
    has_numbers_ = has_numbers_ || is_number;
  }
}

namespace {

constexpr size_t kMostPieces = 2, kLeastPieceBytes = 3;

// In the text that Python writes, other letters and digits may stand before these: those of \u4f60, where the record has
// the character itself.
bool may_end_escape(char c) {
  const char small = static_cast<char>(c | 0x20);
  return (c >= '0' && c <= '9') || (small >= 'a' && small <= 'f') || small == 'u';
}

// Begins where no escape ends, and neither begins nor ends with a space, which Python puts between values.
std::string_view steady_part(std::string_view run) {
  while (!run.empty() && (run.front() == ' ' || may_end_escape(run.front())))
    run.remove_prefix(1);
  while (run.ends_with(' '))
    run.remove_suffix(1);
  return run;
}

}  // namespace

RecordSieve::RecordSieve(std::string_view like_pattern, CaseMode like_case) : is_content_(true) {
  std::vector<std::string_view> pieces;
  const auto is_steady = [](char c) {
    return c >= ' ' && c < 0x7F && std::string_view("\"\\/,:[]{}%_").find(c) == std::string_view::npos;
  };
  for (size_t at = 0; at < like_pattern.size(); ++at) {
    const size_t begin = at;
    while (at < like_pattern.size() && is_steady(like_pattern[at]))
      ++at;
    const std::string_view piece = steady_part(like_pattern.substr(begin, at - begin));
    if (piece.size() >= kLeastPieceBytes) pieces.push_back(piece);
  }
  const std::vector<uint32_t> order = sorted_indexes(pieces.size(), [&](uint32_t a, uint32_t b) {
    return literal_weight(pieces[a]) > literal_weight(pieces[b]);
  });
  for (size_t i = 0; i < std::min(order.size(), kMostPieces); ++i)
    names_.emplace_back(pieces[order[i]], like_case);
}

bool RecordSieve::has_value(const SearchedRecord& record) const {
  return values_.empty() ||
         std::any_of(values_.begin(), values_.end(), [&record](const TextFinder& value) { return record.holds(value); });
}

std::string_view SearchedRecord::json() const {
  if (!json_) json_ = dataset_->raw(ref_);
  return *json_;
}

bool SearchedRecord::holds(const TextFinder& finder) const {
  if (!json_ && !dataset_->may_hold(ref_, finder.trigrams())) return false;
  return finder.find(json()) != kNotFound;
}

bool SearchedRecord::holds(const WordFinder& word) const {
  return (json_ || word.may_be_in_record(*dataset_, ref_)) && word.is_in_record(json());
}

bool SearchedRecord::hides_ascii() const {
  constexpr uint8_t kHidesNothing = 1, kHides = 2;
  const uint8_t known = mark_ != nullptr ? *mark_ : 0;
  if (known == kHidesNothing) return false;
  if (known == kHides && !is_part_) return true;
  static const store::Trigrams escape("u00");
  const bool hides = (json_ || dataset_->may_hold(ref_, escape)) && has_escaped_ascii(json());
  if (mark_ != nullptr && !is_part_) *mark_ = hides ? kHides : kHidesNothing;
  return hides;
}

bool RecordSieve::passes(const SearchedRecord& record) const {
  const bool has_all = has_value(record) && std::all_of(names_.begin(), names_.end(), [&record](const TextFinder& name) {
                         return record.holds(name);
                       });
  if (is_content_) return has_all || record.hides_ascii();
  return has_all || (has_numbers_ && !values_.empty() && has_exponent(record.json())) || record.hides_ascii();
}

}  // namespace assay::search
