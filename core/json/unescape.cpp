#include "core/json/unescape.h"

#include <cstring>

#include "core/base/simd.h"
#include "core/base/utf8.h"

namespace assay::json {
namespace {

constexpr uint32_t kNoCode = 0xFFFFFFFF;
constexpr size_t kBlock = 16;

uint32_t hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint32_t>(c - 'A' + 10);
  return kNoCode;
}

// The number of the four digits at `at`, or kNoCode.
uint32_t four_hex_digits(std::string_view text, size_t at) {
  if (text.size() < 4 || at > text.size() - 4) return kNoCode;
  uint32_t code = 0;
  for (size_t i = 0; i < 4; ++i) {
    const uint32_t digit = hex_value(text[at + i]);
    if (digit == kNoCode) return kNoCode;
    code = code << 4 | digit;
  }
  return code;
}

// The first byte at or after `at` for which `special` has a bit, or the end.
template <typename Special, typename IsSpecial>
size_t find_special(std::string_view text, size_t at, Special special, IsSpecial is_special) {
  for (; at + 16 <= text.size(); at += 16) {
    const uint32_t mask = special(simd::load16(text.data() + at));
    if (mask != 0) return at + simd::first_bit(mask);
  }
  while (at < text.size() && !is_special(text[at])) ++at;
  return at;
}

bool is_high_half(uint32_t code) { return code >= 0xD800 && code <= 0xDBFF; }
bool is_low_half(uint32_t code) { return code >= 0xDC00 && code <= 0xDFFF; }

char* put(char* to, uint32_t code_point) {
  std::string bytes;
  append_utf8(bytes, code_point);  // halves become U+FFFD there
  std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

// Reads \uXXXX (and its second half) at `at`, where the backslash is, which goes behind it.
char* put_unicode_escape(char* to, std::string_view text, size_t& at, UnescapeNotes& notes) {
  const uint32_t code = four_hex_digits(text, at + 2);
  if (code == kNoCode) {
    notes.bad_escape = true;
    *to = '\\';
    ++at;
    return to + 1;
  }
  if (is_high_half(code)) {
    if (at + 7 < text.size() && text[at + 6] == '\\' && text[at + 7] == 'u') {
      const uint32_t second = four_hex_digits(text, at + 8);
      if (second != kNoCode && is_low_half(second)) {
        at += 12;
        return put(to, 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00));
      }
    }
    notes.lone_surrogate = true;
  } else if (is_low_half(code)) {
    notes.lone_surrogate = true;
  }
  at += 6;
  return put(to, code);
}

void append_u_escape(std::string& out, uint32_t unit) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[unit >> shift & 15];
}

}  // namespace

UnescapeNotes append_unescaped(std::string& out, std::string_view contents) {
  UnescapeNotes notes;
  // Nothing becomes longer; whole blocks are copied, also where less of them counts.
  const size_t before = out.size();
  out.resize(before + contents.size() + kBlock);
  char* to = out.data() + before;
  size_t at = 0;
  while (at < contents.size()) {
    const char* const from = contents.data() + at;
    if (contents.size() - at >= kBlock) {
      std::memcpy(to, from, kBlock);
      const uint32_t backslash = simd::load16(from).equal('\\');
      const uint32_t plain_bytes = backslash == 0 ? uint32_t{kBlock} : simd::first_bit(backslash);
      to += plain_bytes;
      at += plain_bytes;
      if (backslash == 0) continue;
    } else if (*from != '\\') {
      *to++ = *from;
      ++at;
      continue;
    }
    const char c = at + 1 < contents.size() ? contents[at + 1] : '\0';
    char plain = '\0';
    switch (c) {
      case '"':
      case '\\':
      case '/': plain = c; break;
      case 'b': plain = '\b'; break;
      case 'f': plain = '\f'; break;
      case 'n': plain = '\n'; break;
      case 'r': plain = '\r'; break;
      case 't': plain = '\t'; break;
      case 'u': to = put_unicode_escape(to, contents, at, notes); continue;
      default:
        notes.bad_escape = true;
        *to++ = '\\';
        ++at;
        continue;
    }
    *to++ = plain;
    at += 2;
  }
  out.resize(static_cast<size_t>(to - out.data()));
  return notes;
}

std::string unescaped(std::string_view contents) {
  std::string out;
  out.reserve(contents.size());
  append_unescaped(out, contents);
  return out;
}

void append_quoted(std::string& out, std::string_view text, EscapeMode mode) {
  out += '"';
  size_t at = 0;
  while (at < text.size()) {
    const size_t next = find_special(
        text, at,
        [](simd::Bytes16 b) {
          return b.equal('"') | b.equal('\\') | b.below_space() | b.equal('\x7F') | b.high_bits();
        },
        [](char c) {
          return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ||
                 static_cast<unsigned char>(c) >= 0x7F;
        });
    out.append(text.substr(at, next - at));
    at = next;
    if (at >= text.size()) break;
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      const DecodedChar decoded = decode_utf8(text, at);
      at += decoded.size_bytes;
      if (mode == EscapeMode::Utf8) {
        append_utf8(out, decoded.code_point);
      } else if (decoded.code_point < 0x10000) {
        append_u_escape(out, decoded.code_point);
      } else {
        append_u_escape(out, 0xD800 + ((decoded.code_point - 0x10000) >> 10));
        append_u_escape(out, 0xDC00 + ((decoded.code_point - 0x10000) & 0x3FF));
      }
      continue;
    }
    ++at;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\x7F': out += c; break;
      default: append_u_escape(out, static_cast<unsigned char>(c)); break;
    }
  }
  out += '"';
}

std::string quoted(std::string_view text, EscapeMode mode) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text, mode);
  return out;
}

}  // namespace assay::json
