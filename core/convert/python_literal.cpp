#include "core/convert/python_literal.h"

#include <vector>

#include "core/base/utf8.h"
#include "core/convert/encodings.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr int kMaxDepth = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c) || c == '.'; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Argument {
  std::string name;  // "": by place
  std::string json;
};

// The last part of a dotted name.
std::string_view last_name(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::string padded(std::string_view digits, size_t width) {
  return std::string(digits.size() < width ? width - digits.size() : 0, '0') + std::string(digits);
}

// The offset that datetime.timezone(datetime.timedelta(…)) means, in minutes; the JSON is that of
// the argument. 0 for UTC; nothing for what is no zone.
std::optional<int64_t> zone_minutes(const std::string& json) {
  if (json.find("utc") != std::string::npos || json.find("UTC") != std::string::npos) return 0;
  json::Tree tree;
  if (!tree.parse(json) || !tree.root().is_object()) return std::nullopt;
  const int64_t seconds = tree.root()["seconds"].integer().value_or(0),
                days = tree.root()["days"].integer().value_or(0);
  if (seconds < -86400 || seconds > 86400 || days < -1 || days > 1) return std::nullopt;
  return (days * 86400 + seconds) / 60;
}

std::string zone_text(int64_t minutes) {
  if (minutes == 0) return "Z";
  const int64_t size = minutes < 0 ? -minutes : minutes;
  return (minutes < 0 ? "-" : "+") + padded(std::to_string(size / 60), 2) + ":" +
         padded(std::to_string(size % 60), 2);
}

// datetime.datetime(y, m, d[, h[, min[, s[, us]]]][, tzinfo=…]) as RFC 3339; without a zone where
// it has none.
std::string date_json(const std::vector<Argument>& arguments, bool with_time) {
  std::string parts[7];
  size_t count = 0;
  std::optional<int64_t> zone;
  for (const Argument& argument : arguments) {
    if (argument.name == "tzinfo" || (argument.name.empty() && count == 7)) {
      zone = zone_minutes(argument.json);
    } else if (argument.name.empty()) {
      if (argument.json.size() > 6 ||
          argument.json.find_first_not_of("0123456789") != std::string::npos)
        return {};
      parts[count++] = argument.json;
    }
  }
  if (count < 3) return {};
  std::string out =
      "\"" + padded(parts[0], 4) + "-" + padded(parts[1], 2) + "-" + padded(parts[2], 2);
  if (with_time) {
    out += "T" + padded(parts[3], 2) + ":" + padded(parts[4], 2) + ":" + padded(parts[5], 2);
    if (!parts[6].empty()) out += "." + padded(parts[6], 6);
    if (zone) out += zone_text(*zone);
  }
  return out + "\"";
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<std::string> run() {
    std::string out;
    if (!value(out, 0)) return std::nullopt;
    skip_space();
    if (at_ != text_.size()) return std::nullopt;
    return out;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    skip_space();
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  bool value(std::string& out, int depth) {
    skip_space();
    if (depth > kMaxDepth || at_ >= text_.size()) return false;
    const char c = peek();
    if (c == '{') return braces(out, depth);
    if (c == '[') return sequence(out, '[', ']', depth);
    if (c == '(') return sequence(out, '(', ')', depth);
    if (c == '<') return angle(out, depth);
    if (begins_string()) return strings(out);
    if (is_digit(c) || c == '-' || c == '+' || c == '.') return number(out);
    if (is_name_start(c)) return name(out, depth);
    return false;
  }

  // --- Strings ---
  bool begins_string() const {
    size_t at = at_;
    for (int i = 0; i < 2 && at < text_.size() &&
                    std::string_view("bBuUrRfF").find(text_[at]) != std::string_view::npos;
         ++i) {
      ++at;
    }
    return at < text_.size() && (text_[at] == '\'' || text_[at] == '"');
  }
  bool strings(std::string& out) {
    std::string text;
    while (begins_string()) {
      if (!one_string(text)) return false;
      skip_space();
    }
    json::append_quoted(out, text);
    return true;
  }
  bool one_string(std::string& text) {
    bool raw = false, bytes = false;
    while (peek() != '\'' && peek() != '"') {
      raw = raw || peek() == 'r' || peek() == 'R';
      bytes = bytes || peek() == 'b' || peek() == 'B';
      ++at_;
    }
    const char quote = peek();
    const bool triple = text_.substr(at_, 3) == std::string(3, quote);
    at_ += triple ? 3 : 1;
    while (at_ < text_.size()) {
      if (text_[at_] == quote && (!triple || text_.substr(at_, 3) == std::string(3, quote))) {
        at_ += triple ? 3 : 1;
        return true;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        if (raw) {
          text.append(text_.substr(at_, 2));
          at_ += 2;
        } else {
          escape(text, bytes);
        }
        continue;
      }
      text += text_[at_++];
    }
    return false;
  }
  void escape(std::string& text, bool bytes) {
    const char c = text_[at_ + 1];
    at_ += 2;
    constexpr std::string_view kFrom = "\\'\"abfnrtv", kTo = "\\'\"\a\b\f\n\r\t\v";
    if (const size_t known = kFrom.find(c); known != std::string_view::npos) {
      text += kTo[known];
    } else if (c == '\n') {  // a line that goes on
    } else if (c == 'x') {
      const uint32_t code = hex(2, c, text);
      // Bytes that are UTF-8 stay what they mean.
      if (code != UINT32_MAX && bytes) text += static_cast<char>(code);
      if (code != UINT32_MAX && !bytes) append_utf8(text, code);
    } else if (c == 'u') {
      uint32_t code = hex(4, c, text);
      if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
        const size_t back = at_;
        at_ += 2;
        const uint32_t low = hex(4, c, text);
        if (low >= 0xDC00 && low < 0xE000) {
          code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else {
          at_ = back;
        }
      }
      if (code != UINT32_MAX)
        append_utf8(text, code >= 0xD800 && code < 0xE000 ? kReplacementChar : code);
    } else if (c == 'U') {
      const uint32_t code = hex(8, c, text);
      if (code != UINT32_MAX) append_utf8(text, code > 0x10FFFF ? kReplacementChar : code);
    } else if (c >= '0' && c <= '7') {
      uint32_t code = static_cast<uint32_t>(c - '0');
      for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; ++i)
        code = code * 8 + static_cast<uint32_t>(text_[at_++] - '0');
      if (bytes) text += static_cast<char>(code & 0xFF);
      if (!bytes) append_utf8(text, code);
    } else {  // Python keeps both
      text += '\\';
      text += c;
    }
  }
  // UINT32_MAX, and the escape kept as it stands, where there are too few digits.
  uint32_t hex(int digits, char kind, std::string& text) {
    uint32_t code = 0;
    for (int i = 0; i < digits; ++i) {
      const int digit = at_ + static_cast<size_t>(i) < text_.size()
                            ? hex_digit(text_[at_ + static_cast<size_t>(i)])
                            : -1;
      if (digit < 0) {
        text += '\\';
        text += kind;
        return UINT32_MAX;
      }
      code = code << 4 | static_cast<uint32_t>(digit);
    }
    at_ += static_cast<size_t>(digits);
    return code;
  }

  // --- Numbers and names ---
  bool number(std::string& out) {
    std::string digits;
    if (peek() == '-' || peek() == '+') {
      if (peek() == '-') digits += '-';
      ++at_;
      if (text_.substr(at_, 3) == "inf") return at_ += 3, out += digits + "Infinity", true;
      if (text_.substr(at_, 3) == "nan") return at_ += 3, out += "NaN", true;
    }
    const size_t begin = at_;
    bool fraction = false, exponent = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '_') {
        ++at_;
        continue;
      }
      if (c == '.' && !fraction && !exponent) {
        if (at_ == begin) digits += '0';
        digits += '.';
        fraction = true;
        if (at_ + 1 >= text_.size() || !is_digit(text_[at_ + 1])) digits += '0';
      } else if ((c == 'e' || c == 'E') && !exponent && at_ > begin) {
        exponent = true;
        digits += 'e';
        if (at_ + 1 < text_.size() && (text_[at_ + 1] == '-' || text_[at_ + 1] == '+'))
          digits += text_[++at_];
      } else if (is_digit(c)) {
        digits += c;
      } else {
        break;
      }
      ++at_;
    }
    if (at_ < text_.size() && is_name_start(text_[at_])) return false;  // 0x10, 3j
    if (!is_json(digits)) return false;
    out += digits;
    return true;
  }

  bool name(std::string& out, int depth) {
    const size_t begin = at_;
    while (at_ < text_.size() && is_name_part(text_[at_]))
      ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    skip_space();
    if (peek() == '(' && at_ < text_.size()) return call(out, last_name(word), depth);
    const struct {
      std::string_view name, json;
    } kWords[] = {{"None", "null"},   {"True", "true"},         {"False", "false"},
                  {"nan", "NaN"},     {"NaN", "NaN"},           {"inf", "Infinity"},
                  {"NaT", "null"},    {"null", "null"},         {"true", "true"},
                  {"false", "false"}, {"Infinity", "Infinity"}, {"Ellipsis", "null"}};
    for (const auto& known : kWords) {
      if (known.name == word) return out += known.json, true;
    }
    // numpy.nan, an enum's member: inside of something else only.
    if (last_name(word) == "nan") return out += "NaN", true;
    if (depth == 0) return false;
    json::append_quoted(out, word);
    return true;
  }

  bool call(std::string& out, std::string_view word, int depth) {
    ++at_;
    std::vector<Argument> arguments;
    while (!take(')')) {
      Argument& argument = arguments.emplace_back();
      skip_space();
      const size_t begin = at_;
      while (at_ < text_.size() && is_name_part(text_[at_]))
        ++at_;
      const std::string_view key = text_.substr(begin, at_ - begin);
      skip_space();
      if (!key.empty() && peek() == '=' && text_.substr(at_, 2) != "==") {
        argument.name = key;
        ++at_;
      } else {
        at_ = begin;
      }
      if (!value(argument.json, depth + 1)) return false;
      if (!take(',')) {
        if (!take(')')) return false;
        break;
      }
    }
    return append_call(out, word, arguments);
  }
  static bool append_call(std::string& out, std::string_view word,
                          const std::vector<Argument>& arguments) {
    if (word == "datetime" || word == "date") {
      const std::string date = date_json(arguments, word == "datetime");
      if (!date.empty()) return out += date, true;
    }
    if (!arguments.empty() &&
        arguments[0].name.empty()) {  // Timestamp('…', tz='UTC'), array([…], dtype=object)
      out += arguments[0].json;
      return true;
    }
    if (arguments.empty()) {
      json::append_quoted(out, std::string(word) + "()");
      return true;
    }
    out += '{';
    bool first = true;
    for (const Argument& argument : arguments) {
      if (!first) out += ", ";
      first = false;
      json::append_quoted(out, argument.name);
      out += ": " + argument.json;
    }
    out += '}';
    return true;
  }

  // <Color.RED: 'red'> or <object at 0x7f…>.
  bool angle(std::string& out, int depth) {
    const size_t begin = at_++;
    const size_t back = at_;
    while (at_ < text_.size() && is_name_part(text_[at_]))
      ++at_;
    if (at_ > back && peek() == ':') {
      ++at_;
      std::string inner;
      if (value(inner, depth + 1) && take('>')) return out += inner, true;
    }
    int open = 1;
    for (at_ = back; at_ < text_.size() && open > 0; ++at_) {
      if (text_[at_] == '<') ++open;
      if (text_[at_] == '>') --open;
    }
    if (open > 0) return false;
    json::append_quoted(out, text_.substr(begin, at_ - begin));
    return true;
  }

  // --- Containers ---
  bool sequence(std::string& out, char open, char close, int depth) {
    if (!take(open)) return false;
    std::string items;
    size_t count = 0;
    bool comma = false;
    while (!take(close)) {
      // numpy prints a list of dicts without commas.
      if (count > 0 && !comma && !(open == '[' && peek() == '{')) return false;
      if (count > 0) items += ", ";
      if (!value(items, depth + 1)) return false;
      ++count;
      comma = take(',');
    }
    const bool only_brackets = open == '(' && count == 1 && !comma;  // ('a') is 'a'
    out += only_brackets ? items : "[" + items + "]";
    return true;
  }

  // A dict or a set.
  bool braces(std::string& out, int depth) {
    ++at_;
    std::string items;
    bool is_dict = true, comma = false;
    size_t count = 0;
    while (!take('}')) {
      if (count > 0 && !comma) return false;
      if (count > 0) items += ", ";
      std::string key;
      if (!value(key, depth + 1)) return false;
      const bool colon = take(':');
      if (count == 0) is_dict = colon;
      if (colon != is_dict) return false;
      if (is_dict) {
        if (key[0] == '"') {
          items += key;
        } else {
          json::append_quoted(items, key);
        }
        items += ": ";
        if (!value(items, depth + 1)) return false;
      } else {
        items += key;
      }
      ++count;
      comma = take(',');
    }
    out += is_dict ? "{" + items + "}" : "[" + items + "]";
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<std::string> json_of_python(std::string_view text) { return Parser(text).run(); }

}  // namespace assay::convert
