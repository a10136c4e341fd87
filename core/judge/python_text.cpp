#include "core/judge/python_text.h"

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/unescape.h"

namespace assay::judge {
namespace {

struct CodeRange {
  uint32_t first, last;
};

// Code points that str.isprintable() denies (Unicode categories Cc, Cf, Co, Zl, Zp, Zs but the
// space); unassigned ones are left out: which those are depends on the version of Python.
constexpr CodeRange kUnprintable[] = {
    {0x00, 0x1F},       {0x7F, 0xA0},       {0xAD, 0xAD},       {0x600, 0x605},
    {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x890, 0x891},
    {0x8E2, 0x8E2},     {0x1680, 0x1680},   {0x180E, 0x180E},   {0x2000, 0x200F},
    {0x2028, 0x202F},   {0x205F, 0x206F},   {0x3000, 0x3000},   {0xD800, 0xF8FF},
    {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD},
    {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0001, 0xE007F},
    {0xF0000, 0x10FFFF}};

bool is_printable(uint32_t code_point) {
  for (const CodeRange& range : kUnprintable) {
    if (code_point >= range.first && code_point <= range.last) return false;
  }
  return true;
}

void append_hex(std::string& out, uint32_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out += "0123456789abcdef"[(value >> shift) & 15];
  }
}

void append_python_string(std::string& out, std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  out += quote;
  for (size_t at = 0; at < text.size();) {
    const DecodedChar decoded = decode_utf8(text, at);
    const uint32_t c = decoded.code_point;
    at += decoded.size_bytes;
    if (c == static_cast<unsigned char>(quote) || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (is_printable(c)) {
      append_utf8(out, c);
    } else {
      const int digits = c <= 0xFF ? 2 : c <= 0xFFFF ? 4 : 8;
      out += digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U";
      append_hex(out, c, digits);
    }
  }
  out += quote;
}

void append_python_number(std::string& out, std::string_view number) {
  const bool is_integer = number.find_first_not_of("-0123456789") == std::string_view::npos;
  if (is_integer) {
    out += number == "-0" ? "0" : number;
    return;
  }
  const std::optional<double> value = parse_double(number);
  if (value)
    out += python_repr(*value);
  else
    out += number;
}

enum class Style { PythonRepr, SpacedJson };

void append_text(std::string& out, std::string_view text, Style style) {
  if (style == Style::PythonRepr)
    append_python_string(out, text);
  else
    json::append_quoted(out, text);
}

bool append_value(std::string& out, json::Reader& reader, Style style);

bool append_object(std::string& out, json::Reader& reader, Style style) {
  if (!reader.enter_object()) return false;
  out += '{';
  bool first = true;
  while (reader.next_key()) {
    if (!first) out += ", ";
    first = false;
    append_text(out, reader.key(), style);
    out += ": ";
    if (!append_value(out, reader, style)) return false;
  }
  out += '}';
  return !reader.failed();
}

bool append_array(std::string& out, json::Reader& reader, Style style) {
  if (!reader.enter_array()) return false;
  out += '[';
  bool first = true;
  while (reader.next_element()) {
    if (!first) out += ", ";
    first = false;
    if (!append_value(out, reader, style)) return false;
  }
  out += ']';
  return !reader.failed();
}

bool append_value(std::string& out, json::Reader& reader, Style style) {
  const bool python = style == Style::PythonRepr;
  switch (reader.peek()) {
    case json::Kind::Object:
      return append_object(out, reader, style);
    case json::Kind::Array:
      return append_array(out, reader, style);
    case json::Kind::String: {
      const std::optional<std::string> text = reader.string();
      if (!text) return false;
      append_text(out, *text, style);
      return true;
    }
    case json::Kind::Number: {
      const json::Piece piece = reader.piece();
      if (python)
        append_python_number(out, reader.text_of(piece));
      else
        out += reader.text_of(piece);
      break;
    }
    case json::Kind::True:
      out += python ? "True" : "true";
      reader.skip_value();
      break;
    case json::Kind::False:
      out += python ? "False" : "false";
      reader.skip_value();
      break;
    case json::Kind::Null:
      out += python ? "None" : "null";
      reader.skip_value();
      break;
    case json::Kind::Error:
      return false;
  }
  return !reader.failed();
}

}  // namespace

bool append_python_repr(std::string& out, json::Reader& reader) {
  return append_value(out, reader, Style::PythonRepr);
}

bool append_spaced_json(std::string& out, json::Reader& reader) {
  return append_value(out, reader, Style::SpacedJson);
}

}  // namespace assay::judge
