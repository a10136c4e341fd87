#include "core/base/numbers.h"

#include "core/base/assert.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace assay {
namespace {

// A non-negative integer of up to 40 32-bit words, little end first: enough for 2^1074 · 10^n as far
// as printing a double needs it.
class Big {
 public:
  static constexpr int kMaxWords = 40;

  explicit Big(uint64_t value) {
    word_[0] = static_cast<uint32_t>(value);
    word_[1] = static_cast<uint32_t>(value >> 32);
    used_ = word_[1] != 0 ? 2 : (word_[0] != 0 ? 1 : 0);
  }

  void multiply(uint32_t factor) {
    uint64_t carry = 0;
    for (int i = 0; i < used_; ++i) {
      carry += static_cast<uint64_t>(word_[i]) * factor;
      word_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) push(static_cast<uint32_t>(carry));
  }
  void multiply_power_of_ten(int exponent) {
    for (; exponent >= 9; exponent -= 9) multiply(1'000'000'000);
    for (; exponent > 0; --exponent) multiply(10);
  }
  void shift_left(int bits) {
    if (used_ == 0) return;
    const int words = bits / 32;
    const int rest = bits % 32;
    if (words > 0) {
      ASSAY_ASSERT(used_ + words <= kMaxWords);
      std::memmove(word_ + words, word_, static_cast<size_t>(used_) * sizeof(uint32_t));
      std::memset(word_, 0, static_cast<size_t>(words) * sizeof(uint32_t));
      used_ += words;
    }
    if (rest > 0) multiply(uint32_t{1} << rest);
  }
  static int compare(const Big& a, const Big& b) {
    if (a.used_ != b.used_) return a.used_ < b.used_ ? -1 : 1;
    for (int i = a.used_ - 1; i >= 0; --i) {
      if (a.word_[i] != b.word_[i]) return a.word_[i] < b.word_[i] ? -1 : 1;
    }
    return 0;
  }
  static int compare_sum(const Big& a, const Big& b, const Big& c) {  // a + b against c
    Big sum = a;
    sum.add(b);
    return compare(sum, c);
  }
  void add(const Big& other) {
    uint64_t carry = 0;
    const int words = used_ > other.used_ ? used_ : other.used_;
    for (int i = 0; i < words; ++i) {
      carry += static_cast<uint64_t>(i < used_ ? word_[i] : 0) + (i < other.used_ ? other.word_[i] : 0);
      word_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    used_ = words;
    if (carry != 0) push(static_cast<uint32_t>(carry));
  }
  void subtract(const Big& other) {  // precondition: other ≤ *this
    int64_t borrow = 0;
    for (int i = 0; i < used_; ++i) {
      int64_t value = static_cast<int64_t>(word_[i]) - (i < other.used_ ? other.word_[i] : 0) - borrow;
      borrow = value < 0 ? 1 : 0;
      if (value < 0) value += int64_t{1} << 32;
      word_[i] = static_cast<uint32_t>(value);
    }
    while (used_ > 0 && word_[used_ - 1] == 0) --used_;
  }
  // Takes the next digit out: floor(*this / divisor), at most 9; the rest stays.
  char take_digit(const Big& divisor) {
    char digit = '0';
    while (compare(*this, divisor) >= 0) {
      subtract(divisor);
      ++digit;
    }
    return digit;
  }

 private:
  void push(uint32_t word) {
    ASSAY_ASSERT(used_ < kMaxWords);
    word_[used_++] = word;
  }
  uint32_t word_[kMaxWords] = {};
  int used_ = 0;
};

struct Digits {
  std::string text;  // without leading or trailing zeros of no meaning; never empty
  int exponent = 0;  // value = 0.text · 10^exponent
};

// value = r / s · 10^exponent with 0.1 ≤ r / s < 1 (r and s scaled in place).
struct Scaled {
  Big r{0}, s{1};
  Big below{0}, above{0};  // half the gaps to the neighbouring doubles, in units of 1 / s
  int exponent = 0;
  bool mantissa_is_even = false;
};

Scaled scale(double value) {
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const auto biased = static_cast<int>(bits >> 52 & 0x7FF);
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  const uint64_t mantissa = biased == 0 ? fraction : fraction | uint64_t{1} << 52;
  const int exponent = (biased == 0 ? 1 : biased) - 1075;
  const bool wide_above = fraction == 0 && biased > 1;  // the gap below a power of two is half as wide

  // Everything times 2, so that half gaps are integers; times 4 where the gaps differ.
  const int extra = wide_above ? 2 : 1;
  Scaled out;
  out.mantissa_is_even = mantissa % 2 == 0;
  out.r = Big(mantissa);
  out.r.shift_left(extra + (exponent > 0 ? exponent : 0));
  out.s.shift_left(extra + (exponent < 0 ? -exponent : 0));
  out.below = Big(1);
  out.below.shift_left(exponent > 0 ? exponent : 0);
  out.above = out.below;
  if (wide_above) out.above.shift_left(1);

  // An estimate of the decimal exponent that is right or one too small, then corrected.
  const int high_bit = 63 - std::countl_zero(mantissa);
  out.exponent = static_cast<int>(std::ceil((high_bit + exponent) * 0.30102999566398120 - 1e-10));
  if (out.exponent > 0) {
    out.s.multiply_power_of_ten(out.exponent);
  } else {
    out.r.multiply_power_of_ten(-out.exponent);
    out.below.multiply_power_of_ten(-out.exponent);
    out.above.multiply_power_of_ten(-out.exponent);
  }
  return out;
}

// The shortest digits that read back as `value`, the closest to it among those (Steele and White's
// free-format algorithm). Precondition: finite and > 0.
Digits shortest_digits(double value) {
  Scaled n = scale(value);
  const int edge = n.mantissa_is_even ? 0 : 1;  // an even mantissa's interval includes its ends
  if (Big::compare_sum(n.r, n.above, n.s) >= edge) {
    ++n.exponent;
  } else {
    n.r.multiply(10);
    n.below.multiply(10);
    n.above.multiply(10);
  }
  Digits out;
  out.exponent = n.exponent;
  for (;;) {
    char digit = n.r.take_digit(n.s);
    const bool low = Big::compare(n.r, n.below) < 1 - edge;
    const bool high = Big::compare_sum(n.r, n.above, n.s) >= edge;
    if (low || high) {
      const int half = Big::compare_sum(n.r, n.r, n.s);
      const bool up = high && (!low || half > 0 || (half == 0 && (digit - '0') % 2 == 1));
      if (up) ++digit;  // never beyond '9': a carry would have made a shorter text
      out.text += digit;
      return out;
    }
    out.text += digit;
    n.r.multiply(10);
    n.below.multiply(10);
    n.above.multiply(10);
  }
}

void append_exponent(std::string& out, int exponent) {
  out += exponent < 0 ? "e-" : "e+";
  const int size = exponent < 0 ? -exponent : exponent;
  if (size < 10) out += '0';
  append_int(out, size);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<int64_t> parse_int64(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 19) {
    // Leading zeros may make a long text of a small number; such texts are no integers we accept.
    return std::nullopt;
  }
  uint64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  const uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
  if (value > limit) return std::nullopt;
  return static_cast<int64_t>(negative ? 0 - value : value);
}

namespace {

using Wide = unsigned __int128;

constexpr int kExactPower = 27;  // 5^27 is the largest power of five below 2^63

int bits_of(Wide wide) {
  const auto high = static_cast<uint64_t>(wide >> 64);
  return high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<uint64_t>(wide));
}

// The double nearest to wide * 2^power_of_two, half to even; `inexact`: the number is a little more than that.
// wide is not 0, and has 64 bits or more where `inexact`.
double rounded(Wide wide, int power_of_two, bool inexact) {
  constexpr int kLeastPower = -1074;  // of the last bit of a subnormal number
  const int dropped = std::max(bits_of(wide) - 53, kLeastPower - power_of_two);
  if (dropped > bits_of(wide)) return 0;
  if (dropped > 0) {
    const Wide rest = wide & ((Wide{1} << (dropped - 1) << 1) - 1);
    const Wide half = Wide{1} << (dropped - 1);
    wide = wide >> (dropped - 1) >> 1;
    power_of_two += dropped;
    if (rest > half || (rest == half && (inexact || (wide & 1) != 0))) ++wide;
  }
  return std::ldexp(static_cast<double>(static_cast<uint64_t>(wide)), power_of_two);
}

// The double nearest to mantissa * 10^exponent, |exponent| <= kExactPower, mantissa not 0: 128 bits hold the product,
// or a quotient of 64 bits and more with its remainder, so that one rounding is left to do.
double scaled(uint64_t mantissa, int exponent) {
  uint64_t five = 1;
  for (int i = 0; i < (exponent < 0 ? -exponent : exponent); ++i) five *= 5;
  if (exponent >= 0) return rounded(Wide{mantissa} * five, exponent, false);
  const int shift = std::countl_zero(mantissa) + 64;
  const Wide shifted = Wide{mantissa} << shift;
  return rounded(shifted / five, exponent - shift, shifted % five != 0);
}

// A whole number of at most kLimbs * 32 bits, for what 128 bits cannot hold.
class BigNumber {
 public:
  explicit BigNumber(uint32_t value) { limbs_[0] = value; }
  void multiply_add(uint32_t factor, uint32_t term) {
    uint64_t carry = term;
    for (uint32_t& limb : limbs_) {
      carry += uint64_t{limb} * factor;
      limb = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
  }
  void scale_by_ten(int power) {
    for (; power >= 9; power -= 9) multiply_add(1'000'000'000, 0);
    for (; power > 0; --power) multiply_add(10, 0);
  }
  void shift_left(int count) {
    for (; count >= 31; count -= 31) multiply_add(uint32_t{1} << 31, 0);
    multiply_add(uint32_t{1} << count, 0);
  }
  void halve() {
    for (size_t i = 0; i < kLimbs; ++i) limbs_[i] = limbs_[i] >> 1 | (i + 1 < kLimbs ? limbs_[i + 1] << 31 : 0);
  }
  int bits() const {
    for (size_t i = kLimbs; i-- > 0;) {
      if (limbs_[i] != 0) return static_cast<int>(i) * 32 + 32 - std::countl_zero(limbs_[i]);
    }
    return 0;
  }
  bool at_least(const BigNumber& other) const {
    for (size_t i = kLimbs; i-- > 0;) {
      if (limbs_[i] != other.limbs_[i]) return limbs_[i] > other.limbs_[i];
    }
    return true;
  }
  void subtract(const BigNumber& other) {
    int64_t borrow = 0;
    for (size_t i = 0; i < kLimbs; ++i) {
      borrow += int64_t{limbs_[i]} - other.limbs_[i];
      limbs_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
  }

 private:
  static constexpr size_t kLimbs = 130;  // 10^1130 and 64 bits
  uint32_t limbs_[kLimbs] = {};
};

// The double nearest to the decimal number `text`, without a sign, in a form that
// parse_double() accepts.
double nearest_of_digits(std::string_view text) {
  constexpr int kDigits = 780;  // no two doubles need more to be told apart, one more stands for all the rest
  BigNumber number(0);
  int digits = 0;
  int64_t exponent = 0;
  bool after_point = false, rest = false;
  size_t at = 0;
  for (; at < text.size() && (is_digit(text[at]) || text[at] == '.'); ++at) {
    if (text[at] == '.') {
      after_point = true;
    } else if (digits < kDigits) {
      number.multiply_add(10, static_cast<uint32_t>(text[at] - '0'));
      if (digits > 0 || text[at] != '0') ++digits;
      if (after_point) --exponent;
    } else {
      rest = rest || text[at] != '0';
      if (!after_point) ++exponent;
    }
  }
  if (digits == 0) return 0;
  if (rest) {
    number.multiply_add(10, 1);
    ++digits;
    --exponent;
  }
  if (at < text.size()) {  // behind the e
    const bool minus = text[at + 1] == '-';
    int64_t written = 0;
    for (const char c : text.substr(at + 1)) {
      if (is_digit(c) && written < 100'000) written = written * 10 + (c - '0');
    }
    exponent += minus ? -written : written;
  }
  if (exponent + digits > 310) return HUGE_VAL;
  if (exponent + digits < -330) return 0;
  BigNumber divisor(1);
  if (exponent >= 0) {
    number.scale_by_ten(static_cast<int>(exponent));
  } else {
    divisor.scale_by_ten(static_cast<int>(-exponent));
  }
  // A quotient of 64 or 65 bits.
  const int shift = 64 - (number.bits() - divisor.bits());
  if (shift > 0) {
    number.shift_left(shift);
  } else {
    divisor.shift_left(-shift);
  }
  divisor.shift_left(65);
  Wide quotient = 0;
  for (int i = 0; i < 66; ++i) {
    quotient <<= 1;
    if (number.at_least(divisor)) {
      number.subtract(divisor);
      quotient |= 1;
    }
    if (i < 65) divisor.halve();
  }
  return rounded(quotient, -shift, number.bits() > 0);
}

}  // namespace

std::optional<double> parse_double(std::string_view text) {
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;

  size_t at = 0;
  const bool negative = at < text.size() && text[at] == '-';
  if (negative) ++at;
  uint64_t mantissa = 0;
  int digits = 0;  // significant ones taken into the mantissa
  int64_t exponent = 0;
  bool any = false, exact = true;
  const auto take = [&](bool after_point) {
    for (; at < text.size() && is_digit(text[at]); ++at) {
      any = true;
      if (digits < 19) {
        mantissa = mantissa * 10 + static_cast<uint64_t>(text[at] - '0');
        if (mantissa != 0) ++digits;
        if (after_point) --exponent;
      } else {
        exact = exact && text[at] == '0';
        if (!after_point) ++exponent;
      }
    }
  };
  take(false);
  if (any && at < text.size() && text[at] == '.') {
    ++at;
    const size_t begin = at;
    take(true);
    if (at == begin) return std::nullopt;
  }
  if (!any) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool minus = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (at >= text.size() || !is_digit(text[at])) return std::nullopt;
    int64_t written = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) {
      if (written < 100'000) written = written * 10 + (text[at] - '0');
    }
    exponent += minus ? -written : written;
  }
  if (at != text.size()) return std::nullopt;

  // Both numbers are exact doubles and one operation rounds once: the correct result.
  constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (exact && mantissa <= uint64_t{1} << 53 && exponent >= -22 && exponent <= 22) {
    auto value = static_cast<double>(mantissa);
    value = exponent < 0 ? value / kPowers[-exponent] : value * kPowers[exponent];
    return negative ? -value : value;
  }
  if (exact && mantissa != 0 && exponent >= -kExactPower && exponent <= kExactPower) {
    const double value = scaled(mantissa, static_cast<int>(exponent));
    return negative ? -value : value;
  }
  const double value = nearest_of_digits(negative ? text.substr(1) : text);
  return negative ? -value : value;
}

void append_int(std::string& out, int64_t value) {
  char digits[20];
  char* at = digits + sizeof digits;
  uint64_t left = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  do {
    *--at = static_cast<char>('0' + left % 10);
    left /= 10;
  } while (left != 0);
  if (value < 0) out += '-';
  out.append(at, static_cast<size_t>(digits + sizeof digits - at));
}

std::string python_repr(double value) {
  if (std::isnan(value)) return "nan";
  std::string out;
  if (std::signbit(value)) {
    out += '-';
    value = -value;
  }
  if (std::isinf(value)) return out + "inf";
  if (value == 0) return out + "0.0";
  const Digits d = shortest_digits(value);
  const auto count = static_cast<int>(d.text.size());
  if (d.exponent > 16 || d.exponent <= -4) {
    out += d.text[0];
    if (count > 1) {
      out += '.';
      out.append(d.text, 1, std::string::npos);
    }
    append_exponent(out, d.exponent - 1);
  } else if (d.exponent <= 0) {
    out += "0.";
    out.append(static_cast<size_t>(-d.exponent), '0');
    out += d.text;
  } else if (count <= d.exponent) {
    out += d.text;
    out.append(static_cast<size_t>(d.exponent - count), '0');
    out += ".0";
  } else {
    out.append(d.text, 0, static_cast<size_t>(d.exponent));
    out += '.';
    out.append(d.text, static_cast<size_t>(d.exponent), std::string::npos);
  }
  return out;
}

std::string json_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return python_repr(value);
}

std::string format_fixed(double value, int decimals) {
  if (std::isnan(value)) return "nan";
  if (decimals < 0) decimals = 0;
  std::string out;
  const bool negative = std::signbit(value);
  if (negative) value = -value;
  if (std::isinf(value)) return negative ? "-inf" : "inf";

  // digits: the integer part and `decimals` more, at least one before the point.
  std::string digits;
  if (value != 0) {
    Scaled n = scale(value);
    if (Big::compare(n.r, n.s) >= 0) {  // the estimate was one too small
      ++n.exponent;
      n.s.multiply(10);
    }
    int wanted = n.exponent + decimals;
    for (int i = 0; i < wanted; ++i) {
      n.r.multiply(10);
      digits += n.r.take_digit(n.s);
    }
    // Round half to even on the exact value.
    const int half = wanted < 0 ? -1 : Big::compare_sum(n.r, n.r, n.s);
    const bool odd = !digits.empty() && (digits.back() - '0') % 2 == 1;
    if (half > 0 || (half == 0 && odd)) {
      size_t i = digits.size();
      while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
      if (i > 0) {
        ++digits[i - 1];
      } else {
        digits.insert(digits.begin(), '1');
      }
    }
  }
  const auto needed = static_cast<size_t>(decimals) + 1;
  if (digits.size() < needed) digits.insert(0, needed - digits.size(), '0');
  if (negative) out += '-';
  out.append(digits, 0, digits.size() - static_cast<size_t>(decimals));
  if (decimals > 0) {
    out += '.';
    out.append(digits, digits.size() - static_cast<size_t>(decimals), std::string::npos);
  }
  return out;
}

}  // namespace assay
