#include "core/search/python_json.h"

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/search/escapes.h"
#include "core/search/text_find.h"

#include <optional>

namespace assay::search {
namespace {

void append_unit(std::string& out, uint32_t unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[(unit >> shift) & 15];
}

void append_char(std::string& out, uint32_t c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\b':
      out += "\\b";
      return;
    default:
      break;
  }
  if (c >= 0x20 && c < 0x7F) {
    out += static_cast<char>(c);
  } else if (c < 0x10000) {
    append_unit(out, c);
  } else {
    append_unit(out, 0xD800 + ((c - 0x10000) >> 10));
    append_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
  }
}

// The four hexadecimal digits of a \u escape at `at`; nothing when they are not there.
std::optional<uint32_t> hex4(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return std::nullopt;
  uint32_t value = 0;
  for (const char c : text.substr(at, 4)) {
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + static_cast<uint32_t>(lower - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

// Copies a string from its opening quote on; returns the place behind the closing one.
size_t append_string(std::string& out, std::string_view json, size_t at) {
  out += '"';
  ++at;
  while (at < json.size() && json[at] != '"') {
    const unsigned char c = static_cast<unsigned char>(json[at]);
    if (c != '\\') {
      const DecodedChar decoded = decode_utf8(json, at);
      append_char(out, decoded.code_point);
      at += decoded.size_bytes;
      continue;
    }
    const char kind = at + 1 < json.size() ? json[at + 1] : '\0';
    if (kind == 'u') {
      const std::optional<uint32_t> unit = hex4(json, at + 2);
      if (unit && *unit >= 0xD800 && *unit < 0xE000) {
        append_unit(out, *unit);
      } else if (unit) {
        append_char(out, *unit);
      }
      at += unit ? 6 : 2;
    } else if (kind == '/') {
      out += '/';
      at += 2;
    } else {
      out += '\\';
      if (kind != '\0') out += kind;
      at += 2;
    }
  }
  out += '"';
  return at < json.size() ? at + 1 : json.size();
}

bool is_token_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '+' || c == '.';
}

void append_token(std::string& out, std::string_view token, bool as_double) {
  const bool number = (token[0] >= '0' && token[0] <= '9') ||
                      (token[0] == '-' && token.size() > 1 && token[1] != 'I');
  const std::optional<double> value = number && as_double ? parse_double(token) : std::nullopt;
  if (value && *value - *value == 0) {
    out += python_repr(*value);
  } else {
    out += token;
  }
}

}  // namespace

void append_python_json(std::string& out, std::string_view json, NumberForm form) {
  size_t at = 0;
  int depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      at = append_string(out, json, at);
    } else if (is_token_byte(c)) {
      size_t end = at;
      while (end < json.size() && is_token_byte(json[end]))
        ++end;
      const bool as_double =
          form == NumberForm::AllDoubles || (form == NumberForm::OuterDouble && depth == 0);
      append_token(out, json.substr(at, end - at), as_double);
      at = end;
    } else {
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      if (c == ',' || c == ':') {
        out += c;
        out += ' ';
      } else if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        out += c;
      }
      ++at;
    }
  }
}

std::string python_json_string(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    append_char(out, c.code_point);
    at += c.size_bytes;
  }
  return out + "\"";
}

bool is_python_json(std::string_view json) {
  if (!json.starts_with("{\"")) return json.size() < 3 && is_plain_ascii(json);
  const size_t colon = json.find("\":", 2);
  if (colon == std::string_view::npos || colon + 2 >= json.size() || json[colon + 2] != ' ') {
    return false;
  }
  return is_plain_ascii(json) && !has_escaped_ascii(json);
}

}  // namespace assay::search
