#include "core/search/decimal.h"

#include <algorithm>
#include <cstddef>

namespace assay::search {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr int64_t kFarExponent = 1'000'000'000'000;

// Value = ±0.d1 d2 d3 … · 10^point; digit() leaves the decimal point out.
struct Digits {
  bool negative = false;
  std::string_view text;  // from the first digit that is not 0, up to the exponent
  size_t dot = 0;         // where the point stands in text, or its size
  size_t count = 0;       // digits in it; 0: the number is 0
  int64_t point = 0;

  int digit(size_t i) const {
    if (i >= count) return 0;
    return text[i < dot ? i : i + 1] - '0';
  }
};

Digits digits_of(std::string_view text) {
  Digits out;
  out.negative = text[0] == '-';
  if (out.negative) text.remove_prefix(1);
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  int64_t exponent = 0;
  if (e < text.size()) {
    const bool minus = text[e + 1] == '-';
    for (const char c : text.substr(e + 1)) {
      if (is_digit(c) && exponent < kFarExponent) exponent = exponent * 10 + (c - '0');
    }
    if (minus) exponent = -exponent;
  }
  text = text.substr(0, e);
  const size_t dot = std::min(text.find('.'), text.size());
  size_t first = 0;
  while (first < text.size() && !(text[first] >= '1' && text[first] <= '9'))
    ++first;
  if (first == text.size()) return out;
  out.text = text.substr(first);
  if (first < dot) {
    out.dot = dot - first;
    out.point = static_cast<int64_t>(out.dot) + exponent;
    out.count = out.text.size() - (dot < text.size() ? 1 : 0);
  } else {
    out.dot = out.text.size();
    out.point = exponent - static_cast<int64_t>(first - dot - 1);
    out.count = out.text.size();
  }
  return out;
}

int compare_sizes(const Digits& a, const Digits& b) {
  if (a.count == 0 || b.count == 0) return (a.count != 0 ? 1 : 0) - (b.count != 0 ? 1 : 0);
  if (a.point != b.point) return a.point < b.point ? -1 : 1;
  const size_t count = std::max(a.count, b.count);
  for (size_t i = 0; i < count; ++i) {
    if (a.digit(i) != b.digit(i)) return a.digit(i) < b.digit(i) ? -1 : 1;
  }
  return 0;
}

}  // namespace

bool is_decimal(std::string_view text) {
  size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const auto digits = [&] {
    const size_t begin = at;
    while (at < text.size() && is_digit(text[at]))
      ++at;
    return at > begin;
  };
  const bool zero = at < text.size() && text[at] == '0';
  const size_t begin = at;
  if (!digits() || (zero && at > begin + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

int compare_decimals(std::string_view a, std::string_view b) {
  const Digits x = digits_of(a), y = digits_of(b);
  const bool x_negative = x.negative && x.count != 0, y_negative = y.negative && y.count != 0;
  if (x_negative != y_negative) return x_negative ? -1 : 1;
  return x_negative ? compare_sizes(y, x) : compare_sizes(x, y);
}

DecimalFloor floor_decimal(std::string_view text, int shift) {
  const Digits digits = digits_of(text);
  DecimalFloor out;
  out.is_exact = true;
  if (digits.count == 0) return out;
  const int64_t point = digits.point + shift;
  const auto beyond = [&] {
    out.beyond = digits.negative ? -1 : 1;
    out.floor = digits.negative ? INT64_MIN : INT64_MAX;
    out.is_exact = false;
    return out;
  };
  if (point > 19) return beyond();
  uint64_t value = 0;
  const size_t whole = point < 0 ? 0 : static_cast<size_t>(point);
  for (size_t i = 0; i < whole; ++i) {
    const auto digit = static_cast<uint64_t>(digits.digit(i));
    if (value > (UINT64_MAX - digit) / 10) return beyond();
    value = value * 10 + digit;
  }
  for (size_t i = whole; i < digits.count && out.is_exact; ++i)
    out.is_exact = digits.digit(i) == 0;
  const uint64_t limit = static_cast<uint64_t>(INT64_MAX);
  if (digits.negative) {
    if (!out.is_exact) ++value;
    if (value > limit + 1) return beyond();
    out.floor = static_cast<int64_t>(0 - value);
  } else {
    if (value > limit) return beyond();
    out.floor = static_cast<int64_t>(value);
  }
  return out;
}

}  // namespace assay::search
