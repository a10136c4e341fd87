#include "core/search/escapes.h"

#include <algorithm>
#include <cstring>

#include "core/base/simd.h"
#include "core/base/utf8.h"
#include "core/search/text_find.h"

namespace assay::search {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The four digits of a \u escape at `at`, or -1.
int32_t hex4(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return -1;
  int32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

size_t skip_backslashes(std::string_view text, size_t at) {
  while (at < text.size() && text[at] == '\\')
    ++at;
  return at;
}

}  // namespace

Letter escaped_letter(std::string_view text, size_t at) {
  const size_t kind_at = skip_backslashes(text, at);
  const char kind = kind_at < text.size() ? text[kind_at] : '\0';
  switch (kind) {
    case 'n':
      return {'\n', kind_at + 1};
    case 'r':
      return {'\r', kind_at + 1};
    case 't':
      return {'\t', kind_at + 1};
    case 'b':
      return {'\b', kind_at + 1};
    case 'f':
      return {'\f', kind_at + 1};
    case '"':
    case '/':
      return {static_cast<uint32_t>(kind), kind_at + 1};
    case 'u': {
      const int32_t unit = hex4(text, kind_at + 1);
      if (unit < 0) break;
      if (unit < 0xD800 || unit > 0xDFFF) return {static_cast<uint32_t>(unit), kind_at + 5};
      const size_t low_at = skip_backslashes(text, kind_at + 5);
      const bool has_low =
          unit < 0xDC00 && low_at > kind_at + 5 && low_at < text.size() && text[low_at] == 'u';
      const int32_t low = has_low ? hex4(text, low_at + 1) : -1;
      if (low < 0xDC00 || low > 0xDFFF) return {kReplacementChar, kind_at + 5};
      return {static_cast<uint32_t>(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)), low_at + 5};
    }
    default:
      break;
  }
  return {'\\', kind_at};
}

bool has_escaped_ascii(std::string_view json) {
  static const TextFinder escape("u00");
  for (size_t at = escape.find(json); at != kNotFound; at = escape.find(json, at + 1)) {
    // Those of other letters, as \u00e9, hide nothing.
    if (at > 0 && json[at - 1] == '\\' && at + 3 < json.size() && json[at + 3] >= '0' && json[at + 3] <= '7') return true;
  }
  return false;
}

void append_without_escapes(std::string& out, std::string_view json) {
  constexpr size_t kBlock = 16;
  const size_t before = out.size();
  // Nothing is longer without its escape; whole blocks are written, which may reach beyond.
  out.resize(before + json.size() + kBlock);
  char* to = out.data() + before;
  std::string letter_bytes;
  size_t at = 0;
  while (at < json.size()) {
    if (at + kBlock <= json.size()) {
      const uint32_t slashes = simd::load16(json.data() + at).equal('\\');
      std::memcpy(to, json.data() + at, kBlock);
      const size_t plain = slashes == 0 ? kBlock : simd::first_bit(slashes);
      at += plain;
      to += plain;
      if (slashes == 0) continue;
    } else if (json[at] != '\\') {
      *to++ = json[at++];
      continue;
    }
    const Letter letter = escaped_letter(json, at);
    at = letter.end;
    if (letter.code_point < 0x80) {
      *to++ = static_cast<char>(letter.code_point);
    } else {
      letter_bytes.clear();
      append_utf8(letter_bytes, letter.code_point);
      to = std::copy(letter_bytes.begin(), letter_bytes.end(), to);
    }
  }
  out.resize(static_cast<size_t>(to - out.data()));
}

}  // namespace assay::search
