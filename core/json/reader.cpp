#include "core/json/reader.h"

#include <algorithm>
#include <cstring>

#include "core/base/assert.h"
#include "core/base/digits.h"
#include "core/base/numbers.h"
#include "core/base/simd.h"
#include "core/json/unescape.h"

namespace assay::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Whether the escape whose 'u' is at `at` comes right after the first half of a surrogate pair.
bool follows_high_half(const char* begin, const char* at) {
  if (at - begin < 7 || at[-7] != '\\' || at[-6] != 'u' || (at[-5] | 0x20) != 'd') return false;
  const char half = static_cast<char>(at[-4] | 0x20);
  if (at[-4] != '8' && at[-4] != '9' && half != 'a' && half != 'b') return false;
  int backslashes = 0;  // an even run: the last one is itself escaped
  for (const char* p = at - 7; p >= begin && *p == '\\'; --p) ++backslashes;
  return backslashes % 2 == 1;
}

constexpr const char* kUnterminated = "a string is not closed";
constexpr const char* kControl = "a control character stands in a string";
constexpr const char* kBadEscape = "an escape sequence is wrong";
constexpr const char* kUnknownValue = "no JSON value starts here";
constexpr const char* kDeep = "the nesting is too deep";

// Object or array for each open level of skip_container(), one bit a level.
class LevelBits {
 public:
  void set(int level, bool object) {
    const uint64_t bit = uint64_t{1} << (level % 64);
    uint64_t& word = bits_[level / 64];
    word = object ? word | bit : word & ~bit;
  }
  bool object(int level) const { return (bits_[level / 64] >> (level % 64) & 1) != 0; }

 private:
  uint64_t bits_[kMaxDepth / 64 + 1] = {};
};

}  // namespace

bool Reader::fail_at(uint32_t at, const char* what) {
  if (error_ == nullptr) {
    error_ = what;
    error_at_ = at;
  }
  pending_ = false;
  return false;
}

bool Reader::fail(const char* what) { return fail_at(at_, what); }

void Reader::skip_space() {
  for (; at_ < text_.size() && is_space(text_[at_]); ++at_) {
    if (text_[at_] == '\n') saw_line_break_ = true;
  }
}

Kind Reader::peek() {
  if (failed()) return Kind::Error;
  skip_space();
  if (at_ >= text_.size()) return Kind::Error;
  switch (text_[at_]) {
    case '{': return Kind::Object;
    case '[': return Kind::Array;
    case '"': return Kind::String;
    case 't': return Kind::True;
    case 'f': return Kind::False;
    case 'n': return Kind::Null;
    case 'N':
    case 'I':
    case '-': return Kind::Number;
    default: return is_digit(text_[at_]) ? Kind::Number : Kind::Error;
  }
}

bool Reader::enter(char open, const char* what) {
  if (failed()) return false;
  ASSAY_ASSERT(text_.size() < kNowhere);
  skip_space();
  if (at_ >= text_.size()) return fail(what);
  if (text_[at_] != open) return false;
  if (depth_ >= kMaxDepth) {
    too_deep_ = true;
    return fail(kDeep);
  }
  ++at_;
  ++depth_;
  first_ = true;
  pending_ = false;
  return true;
}

bool Reader::enter_object() { return enter('{', "the text ends where a value should stand"); }
bool Reader::enter_array() { return enter('[', "the text ends where a value should stand"); }

// At the end of a container: consumes the bracket if it stands here.
bool Reader::close(char closing) {
  if (at_ >= text_.size() || text_[at_] != closing) return false;
  ++at_;
  --depth_;
  first_ = false;
  return true;
}

bool Reader::next_key() {
  if (pending_) skip_value();
  if (failed()) return false;
  skip_space();
  if (close('}')) return false;
  if (!first_) {
    if (at_ >= text_.size()) return fail("an object is not closed");
    if (text_[at_] != ',') return fail("a comma or a closing brace is missing");
    ++at_;
    skip_space();
  }
  first_ = false;
  if (at_ >= text_.size()) return fail("an object is not closed");
  if (text_[at_] != '"') return fail("a member name in quotes is missing");
  uint32_t begin = 0, size = 0;
  if (!scan_string(begin, size, key_escaped_)) return false;
  key_ = text_.substr(begin, size);
  skip_space();
  if (at_ >= text_.size() || text_[at_] != ':') return fail("a colon is missing after a member name");
  ++at_;
  pending_ = true;
  return true;
}

bool Reader::next_element() {
  if (pending_) skip_value();
  if (failed()) return false;
  skip_space();
  if (close(']')) return false;
  if (!first_) {
    if (at_ >= text_.size()) return fail("an array is not closed");
    if (text_[at_] != ',') return fail("a comma or a closing bracket is missing");
    ++at_;
    skip_space();
    if (at_ < text_.size() && text_[at_] == ']') return fail("a comma stands before a closing bracket");
  }
  first_ = false;
  if (at_ >= text_.size()) return fail("an array is not closed");
  pending_ = true;
  return true;
}

uint8_t Reader::next_member(MemberCursor& cursor) {
  if (pending_) skip_value();
  if (failed()) return MemberNames::kEnd;
  if (text_.size() - at_ < MemberNames::kLiteralBytes || !cursor.known_) return next_unexpected_member(cursor);
  const auto& slots = cursor.names_->slots_;
  const char* const here = text_.data() + at_;
  for (const uint8_t next : slots[cursor.slot_].next) {
    const MemberNames::Slot& slot = slots[next];
    if (next == 0 || !simd::same_bytes64(here, slot.literal, slot.size_bytes)) continue;
    key_ = {here + slot.name_at, slot.name_size_bytes};
    key_escaped_ = false;
    at_ += slot.size_bytes;
    first_ = false;
    pending_ = true;
    cursor.slot_ = next;
    return slot.code;
  }
  return next_unexpected_member(cursor);
}

// The long way, which remembers what it found.
uint8_t Reader::next_unexpected_member(MemberCursor& cursor) {
  const uint32_t begin = at_;
  const bool broke_before = saw_line_break_;
  saw_line_break_ = false;
  const bool found = next_key();
  if (found) skip_space();
  const bool breaks = saw_line_break_;
  saw_line_break_ = broke_before || breaks;
  if (!found) return MemberNames::kEnd;
  MemberNames& names = *cursor.names_;
  const uint8_t code = key_escaped_ ? names.code_of(unescaped(key_)) : names.code_of(key_);
  uint8_t slot = 0;
  if (!breaks && !key_escaped_) {
    const auto name_at = static_cast<size_t>(key_.data() - (text_.data() + begin));
    slot = names.learn(text_.substr(begin, at_ - begin), name_at, key_.size(), code);
  }
  if (slot != 0 && cursor.known_) names.follow(cursor.slot_, slot);
  cursor.slot_ = slot;
  cursor.known_ = slot != 0;
  return code;
}

bool Reader::key_is(std::string_view name) const {
  if (!key_escaped_) return key_ == name;
  return unescaped(key_) == name;
}

std::string Reader::key() const { return key_escaped_ ? unescaped(key_) : std::string(key_); }

// Looks at every escaped byte of a block: the first that may not be escaped, or nullptr. `block` points into text_.
const char* Reader::bad_escape(const char* block, uint64_t escaped) {
  const char* const end = text_.data() + text_.size();
  while (escaped != 0) {
    const char* at = block + simd::first_bit(escaped);
    escaped &= escaped - 1;
    if (at >= end) return nullptr;  // the missing closing quote will be noticed
    const char c = *at;
    if (c != 'u') {
      if (c == '"' || c == '\\' || c == '/' || c == 'n' || c == 't' || c == 'r' || c == 'b' || c == 'f') {
        continue;
      }
      return at;
    }
    const auto offset = static_cast<uint32_t>(at - text_.data());
    for (int i = 1; i <= 4; ++i) {
      if (at + i >= end || !is_hex_digit(at[i])) return at;
    }
    if (at[1] != 'd' && at[1] != 'D') continue;
    const char half = static_cast<char>(at[2] | 0x20);  // 8-b: first half of a pair; c-f: second half
    if (half >= '0' && half <= '7') continue;
    bool paired = false;
    if (half == '8' || half == '9' || half == 'a' || half == 'b') {
      paired = end - at > 8 && at[5] == '\\' && at[6] == 'u' && (at[7] | 0x20) == 'd' &&
               (at[8] | 0x20) >= 'c' && (at[8] | 0x20) <= 'f';
    } else {
      paired = follows_high_half(text_.data(), at);
    }
    if (!paired && lone_surrogate_at_ == kNowhere) lone_surrogate_at_ = offset - 1;
  }
  return nullptr;
}

// A string from its opening quote; at_ goes behind the closing one.
bool Reader::scan_string(uint32_t& begin, uint32_t& size, bool& escaped) {
  const char* const data = text_.data();
  const size_t total = text_.size();
  size_t at = at_ + size_t{1};
  begin = static_cast<uint32_t>(at);
  escaped = false;
  // Most keys and many values end within 16 bytes and hold nothing special.
  if (at + 16 <= total) {
    const simd::Bytes16 bytes = simd::load16(data + at);
    const uint32_t quote = bytes.equal('"');
    const uint32_t special = bytes.special_in_string();
    if (special == 0) {
      at += 16;
    } else if ((special & (0 - special) & quote) != 0) {
      size = simd::first_bit(quote);
      at_ = begin + size + 1;
      return true;
    }
  }
  uint64_t carry = 0;
  char tail[simd::kBlockBytes];
  while (at < total) {
    const char* block = data + at;
    if (total - at < simd::kBlockBytes) {
      std::memset(tail, ' ', sizeof tail);
      std::memcpy(tail, block, total - at);
      block = tail;
    }
    const simd::Bytes64 bytes = simd::load64(block);
    const uint64_t special = bytes.special_in_string();
    if ((special | carry) == 0) {
      at += simd::kBlockBytes;
      continue;
    }
    const uint64_t backslash = bytes.equal('\\');
    const uint64_t raw_quote = bytes.equal('"');
    const uint64_t control = special & ~(backslash | raw_quote);
    uint64_t quote = raw_quote;
    uint64_t escaped_mask = 0;
    if ((backslash | carry) != 0) {
      escaped_mask = simd::escaped_bytes(backslash, carry);
      quote &= ~escaped_mask;
    }
    const uint64_t inside = quote == 0 ? ~uint64_t{0} : (quote & (0 - quote)) - 1;
    if ((backslash & inside) != 0) escaped = true;
    if ((control & inside) != 0) {
      return fail_at(static_cast<uint32_t>(at) + simd::first_bit(control & inside), kControl);
    }
    // Most escapes are of a quote or a backslash.
    escaped_mask &= inside & ~(raw_quote | backslash);
    if (escaped_mask != 0) {
      const char* const bad = bad_escape(data + at, escaped_mask);
      if (bad != nullptr) return fail_at(static_cast<uint32_t>(bad - data), kBadEscape);
    }
    if (quote != 0) {
      const size_t end = at + simd::first_bit(quote);
      size = static_cast<uint32_t>(end - begin);
      at_ = static_cast<uint32_t>(end + 1);
      return true;
    }
    at += simd::kBlockBytes;
  }
  return fail_at(static_cast<uint32_t>(total), kUnterminated);
}

// A number by RFC 8259, or one of Python's three tokens.
bool Reader::scan_number() {
  const uint32_t begin = at_;
  const auto here = [this](char c) { return at_ < text_.size() && text_[at_] == c; };
  const auto digits = [this] {
    const uint32_t first = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > first;
  };
  if (here('-')) ++at_;
  if (here('I') || (here('N') && at_ == begin)) {
    const std::string_view word = text_[at_] == 'I' ? "Infinity" : "NaN";
    if (!scan_literal(word)) return false;
    if (non_finite_at_ == kNowhere) non_finite_at_ = begin;
    return true;
  }
  if (here('0')) {
    ++at_;
    if (at_ < text_.size() && is_digit(text_[at_])) return fail("a number has a leading zero");
  } else if (!digits()) {
    return fail_at(begin, kUnknownValue);
  }
  if (here('.')) {
    ++at_;
    if (!digits()) return fail("a digit is missing after a decimal point");
  }
  if (here('e') || here('E')) {
    ++at_;
    if (here('+') || here('-')) ++at_;
    if (!digits()) return fail("a digit is missing in an exponent");
  }
  return true;
}

bool Reader::scan_literal(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return fail(kUnknownValue);
  at_ += static_cast<uint32_t>(word.size());
  return true;
}

// A value that is no container; `form` says what stood there.
bool Reader::scan_scalar(TextForm& form) {
  form = TextForm::Json;
  if (at_ >= text_.size()) return fail("the text ends where a value should stand");
  switch (text_[at_]) {
    case '"': {
      uint32_t begin = 0, size = 0;
      bool escaped = false;
      if (!scan_string(begin, size, escaped)) return false;
      form = escaped ? TextForm::EscapedString : TextForm::Plain;
      return true;
    }
    case 't': return scan_literal("true");
    case 'f': return scan_literal("false");
    case 'n': form = TextForm::None; return scan_literal("null");
    default: return scan_number();
  }
}

// The container that stands at at_, whatever it holds, checked as strictly as if it had been read.
bool Reader::skip_container() {
  LevelBits object;
  int level = 0;  // open levels
  bool after_value = false;
  for (;;) {
    skip_space();
    if (at_ >= text_.size()) return fail("an object or an array is not closed");
    const char c = text_[at_];
    if (level > 0 && (c == '}' || c == ']')) {
      if (object.object(level) != (c == '}')) return fail("a bracket closes what another one opened");
      if (!after_value && !first_) return fail("a comma stands before a closing bracket");
      ++at_;
      first_ = false;
      after_value = true;
      if (--level == 0) return true;
      continue;
    }
    if (after_value) {
      if (c != ',') return fail("a comma or a closing bracket is missing");
      ++at_;
      after_value = false;
      first_ = false;
      continue;
    }
    if (level > 0 && object.object(level)) {
      if (c != '"') return fail("a member name in quotes is missing");
      uint32_t begin = 0, size = 0;
      bool escaped = false;
      if (!scan_string(begin, size, escaped)) return false;
      skip_space();
      if (at_ >= text_.size() || text_[at_] != ':') return fail("a colon is missing after a member name");
      ++at_;
      skip_space();
      if (at_ >= text_.size()) return fail("the text ends where a value should stand");
    }
    const char value = text_[at_];
    if (value == '{' || value == '[') {
      if (depth_ + level >= kMaxDepth) {
        too_deep_ = true;
        return fail(kDeep);
      }
      ++level;
      object.set(level, value == '{');
      ++at_;
      first_ = true;
    } else {
      TextForm form = TextForm::None;
      if (!scan_scalar(form)) return false;
      first_ = false;
      after_value = true;
    }
  }
}

Piece Reader::piece() {
  Piece out;
  if (failed()) return out;
  ASSAY_ASSERT(text_.size() < kNowhere);
  pending_ = false;
  skip_space();
  const uint32_t begin = at_;
  if (at_ < text_.size() && text_[at_] == '"') {  // most values
    bool escaped = false;
    if (!scan_string(out.offset_bytes, out.size_bytes, escaped)) return {};
    out.form = escaped ? TextForm::EscapedString : TextForm::Plain;
    return out;
  }
  if (at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '[')) {
    if (!skip_container()) return out;
    return {begin, at_ - begin, TextForm::Json};
  }
  TextForm form = TextForm::None;
  if (!scan_scalar(form)) return out;
  if (form == TextForm::Plain || form == TextForm::EscapedString) {
    return {begin + 1, at_ - begin - 2, form};
  }
  return {begin, form == TextForm::None ? 0 : at_ - begin, form};
}

void Reader::skip_value() { piece(); }

bool Reader::plain_integer(int64_t& value) {
  if (failed()) return false;
  skip_space();
  uint64_t sum = 0;
  size_t at = at_;
  while (at + 8 <= text_.size() && at < at_ + 16 && eight_digits(text_.data() + at, sum)) at += 8;
  const size_t end = std::min<size_t>(text_.size(), at_ + size_t{19});  // 10^19 - 1 fits
  for (; at < end && is_digit(text_[at]); ++at) sum = sum * 10 + static_cast<uint64_t>(text_[at] - '0');
  if (at == at_ || at >= text_.size() || (text_[at_] == '0' && at > at_ + size_t{1}) || sum > INT64_MAX) return false;
  const char c = text_[at];
  if (c != ',' && c != '}' && c != ']' && !is_space(c)) return false;
  at_ = static_cast<uint32_t>(at);
  pending_ = false;
  value = static_cast<int64_t>(sum);
  return true;
}

std::optional<int64_t> Reader::integer() {
  const Kind kind = peek();
  const Piece p = piece();
  if (failed() || (kind != Kind::Number && kind != Kind::String)) return std::nullopt;
  return parse_int64(text_of(p));
}

std::optional<double> Reader::number() {
  const Kind kind = peek();
  const Piece p = piece();
  if (failed() || (kind != Kind::Number && kind != Kind::String)) return std::nullopt;
  return parse_double(text_of(p));
}

std::optional<bool> Reader::boolean() {
  const Kind kind = peek();
  skip_value();
  if (failed()) return std::nullopt;
  if (kind == Kind::True) return true;
  if (kind == Kind::False) return false;
  return std::nullopt;
}

std::optional<std::string> Reader::string() {
  const Piece p = piece();
  if (failed()) return std::nullopt;
  if (p.form == TextForm::Plain) return std::string(text_of(p));
  if (p.form == TextForm::EscapedString) return unescaped(text_of(p));
  return std::nullopt;
}

bool Reader::at_end() {
  skip_space();
  return at_ >= text_.size();
}

}  // namespace assay::json
