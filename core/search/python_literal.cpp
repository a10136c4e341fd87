#include "core/search/python_literal.h"

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/search/unicode_class.h"

#include <optional>

namespace assay::search {
namespace {

constexpr int kMaxDepth = 64;

void append_hex(std::string& out, char prefix, uint32_t value, int digits) {
  out += '\\';
  out += prefix;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += "0123456789abcdef"[(value >> shift) & 15];
  }
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Value {
  bool is_string = false;
  bool is_tuple = false;
  std::string text;  // of a string
  std::string repr;
  std::vector<Value> items;  // of a tuple
};

// A recursive descent over Python's literals. Sets `failed_` at the first syntax error.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  PythonList run() {
    Value value = parse_value(0);
    skip_space();
    PythonList list;
    if (failed_ || at_ != text_.size()) return list;
    if (bad_end_ > 0) {
      list.kind = PythonList::Kind::NotLiteral;
      list.bad_begin = bad_begin_;
      list.bad_end = bad_end_;
      return list;
    }
    if (!value.is_tuple) {
      Value tuple;
      tuple.items.push_back(std::move(value));
      value = std::move(tuple);
    }
    list.kind = value.items.empty() ? PythonList::Kind::Empty : PythonList::Kind::Strings;
    list.repr = tuple_repr(value.items);
    for (Value& item : value.items) {
      if (!item.is_string) list.kind = PythonList::Kind::Mixed;
      list.strings.push_back(std::move(item.text));
    }
    return list;
  }

 private:
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  Value fail() {
    failed_ = true;
    return {};
  }

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n')
          ++at_;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        ++at_;
      } else {
        return;
      }
    }
  }

  static std::string tuple_repr(const std::vector<Value>& items) {
    std::string out = "(";
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out += ", ";
      out += items[i].is_string ? python_string_repr(items[i].text) : items[i].repr;
    }
    out += items.size() == 1 ? ",)" : ")";
    return out;
  }

  Value parse_value(int depth) {
    skip_space();
    if (failed_ || depth > kMaxDepth) return fail();
    const char c = peek();
    if (c == '(') return parse_sequence(')', depth);
    if (c == '[') return parse_sequence(']', depth);
    if (c == '{') return parse_sequence('}', depth);
    if (c == '\'' || c == '"' || is_prefixed_string()) return parse_strings();
    if ((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+') return parse_number();
    return parse_name();
  }

  Value parse_sequence(char close, int depth) {
    const char open = text_[at_++];
    Value value;
    bool comma = false;
    while (true) {
      skip_space();
      if (peek() == close) break;
      if (!value.items.empty() && !comma) return fail();
      value.items.push_back(parse_value(depth + 1));
      skip_space();
      if (close == '}' && peek() == ':') {
        ++at_;
        Value mapped = parse_value(depth + 1);
        value.items.back().repr = repr_of(value.items.back()) + ": " + repr_of(mapped);
        value.items.back().is_string = false;
        skip_space();
      }
      if (failed_) return {};
      comma = peek() == ',';
      if (comma) ++at_;
    }
    ++at_;
    if (open == '(' && value.items.size() == 1 && !comma) return std::move(value.items.front());
    value.is_tuple = open == '(';
    if (value.is_tuple) {
      value.repr = tuple_repr(value.items);
      return value;
    }
    value.repr = open;
    for (size_t i = 0; i < value.items.size(); ++i) {
      if (i > 0) value.repr += ", ";
      value.repr += repr_of(value.items[i]);
    }
    value.repr += close;
    value.items.clear();
    return value;
  }

  static std::string repr_of(const Value& value) {
    return value.is_string ? python_string_repr(value.text) : value.repr;
  }

  // u'…', r'…', b'…', rb'…' (an f-string is an expression, no literal).
  bool is_prefixed_string() const {
    const auto is = [](char c, char lower) { return (c | 0x20) == lower; };
    const auto quote = [this](size_t ahead) { return peek(ahead) == '\'' || peek(ahead) == '"'; };
    if ((is(peek(), 'u') || is(peek(), 'r') || is(peek(), 'b')) && quote(1)) return true;
    return ((is(peek(), 'r') && is(peek(1), 'b')) || (is(peek(), 'b') && is(peek(1), 'r'))) &&
           quote(2);
  }

  Value parse_strings() {
    Value value;
    bool first = true, bytes = false;
    while (true) {
      skip_space();
      if (peek() != '\'' && peek() != '"' && !is_prefixed_string()) break;
      bool raw = false, this_bytes = false;
      while (peek() != '\'' && peek() != '"') {
        raw |= (peek() | 0x20) == 'r';
        this_bytes |= (peek() | 0x20) == 'b';
        ++at_;
      }
      if (!first && this_bytes != bytes) return fail();
      bytes = this_bytes;
      first = false;
      if (!append_string(value.text, raw)) return fail();
    }
    value.is_string = !bytes;
    if (bytes) value.repr = "b" + python_string_repr(value.text);
    return value;
  }

  bool append_string(std::string& out, bool raw) {
    const char quote = text_[at_];
    const bool triple = peek(1) == quote && peek(2) == quote;
    at_ += triple ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
        at_ += triple ? 3 : 1;
        return true;
      }
      if (c == '\n' && !triple) return false;
      if (c != '\\') {
        out += c;
        ++at_;
      } else if (raw) {
        out += c;
        out += peek(1);
        at_ += 2;
      } else if (!append_escape(out)) {
        return false;
      }
    }
    return false;
  }

  bool append_escape(std::string& out) {
    const char c = peek(1);
    at_ += 2;
    constexpr std::string_view kFrom = "\\'\"abfnrtv";
    constexpr std::string_view kTo = "\\'\"\a\b\f\n\r\t\v";
    const size_t simple = kFrom.find(c);
    if (c != '\0' && simple != std::string_view::npos) {
      out += kTo[simple];
      return true;
    }
    if (c == '\n') return true;
    if (c >= '0' && c <= '7') {
      uint32_t value = static_cast<uint32_t>(c - '0');
      for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; ++i, ++at_) {
        value = value * 8 + static_cast<uint32_t>(peek() - '0');
      }
      append_utf8(out, value);
      return true;
    }
    const int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits == 0) {
      if (c == 'N') return false;  // \N{name}: no table of names here
      out += '\\';
      out += c;
      return c != '\0';
    }
    uint32_t value = 0;
    for (int i = 0; i < digits; ++i, ++at_) {
      const int digit = hex_value(peek());
      if (digit < 0) return false;
      value = value * 16 + static_cast<uint32_t>(digit);
    }
    if (value > 0x10FFFF) return false;
    append_utf8(out, value);
    return true;
  }

  Value parse_number() {
    Value value;
    while (peek() == '-' || peek() == '+') {
      if (peek() == '-') value.repr = value.repr.empty() ? "-" : "";
      ++at_;
      skip_space();
    }
    const size_t begin = at_;
    while ((peek() >= '0' && peek() <= '9') || peek() == '.' || peek() == '_' ||
           (peek() | 0x20) == 'e' ||
           ((peek() == '-' || peek() == '+') && at_ > begin && (text_[at_ - 1] | 0x20) == 'e')) {
      ++at_;
    }
    std::string digits;
    for (const char c : text_.substr(begin, at_ - begin)) {
      if (c != '_') digits += c;
    }
    if (digits.find_first_of(".eE") == std::string::npos) {
      const bool zeros = digits.find_first_not_of('0') == std::string::npos;
      if (digits.empty() || (digits[0] == '0' && !zeros)) return fail();
      value.repr += zeros ? "0" : digits;
      return value;
    }
    const std::optional<double> number =
        parse_double(digits.front() == '.' ? "0" + digits : digits);
    if (!number) return fail();
    value.repr += assay::python_repr(*number);
    return value;
  }

  // None, True and False are literals; any other name is one that literal_eval refuses.
  Value parse_name() {
    const size_t begin = at_;
    while (at_ < text_.size()) {
      const DecodedChar c = decode_utf8(text_, at_);
      if (!is_word_char(c.code_point)) break;
      at_ += c.size_bytes;
    }
    if (at_ == begin) return fail();
    Value value;
    value.repr = text_.substr(begin, at_ - begin);
    if (value.repr != "None" && value.repr != "True" && value.repr != "False" && bad_end_ == 0) {
      bad_begin_ = static_cast<uint32_t>(begin);
      bad_end_ = static_cast<uint32_t>(at_);
    }
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool failed_ = false;
  uint32_t bad_begin_ = 0, bad_end_ = 0;
};

}  // namespace

std::string python_string_repr(std::string_view text) {
  const bool single = text.find('\'') != std::string_view::npos;
  const bool use_double = single && text.find('"') == std::string_view::npos;
  const char quote = use_double ? '"' : '\'';
  std::string out(1, quote);
  for (size_t i = 0; i < text.size();) {
    const DecodedChar c = decode_utf8(text, i);
    const uint32_t point = c.code_point;
    if (point == '\\' || point == static_cast<uint32_t>(quote)) {
      out += '\\';
      out += static_cast<char>(point);
    } else if (point == '\n' || point == '\r' || point == '\t') {
      out += point == '\n' ? "\\n" : point == '\r' ? "\\r" : "\\t";
    } else if (point < 0x20 || (point >= 0x7F && point <= 0xA0) || point == 0xAD) {
      append_hex(out, 'x', point, 2);
    } else if (point > 0x7F && (is_space_char(point) || (point >= 0x200B && point <= 0x200F) ||
                                (point >= 0x202A && point <= 0x202E) || point == 0xFEFF)) {
      append_hex(out, 'u', point, 4);
    } else {
      out += text.substr(i, c.size_bytes);
    }
    i += c.size_bytes;
  }
  out += quote;
  return out;
}

PythonList parse_python_list(std::string_view text) { return Parser(text).run(); }

}  // namespace assay::search
