#include "core/ingest/span_ids.h"

#include "core/base/hash.h"

namespace assay::ingest {
namespace {

// Each byte's value as a hexadecimal digit; 16: none.
struct HexDigits {
  uint8_t of[256];
};
constexpr HexDigits make_hex_digits() {
  HexDigits out{};
  for (uint8_t& digit : out.of) digit = 16;
  for (uint8_t i = 0; i < 10; ++i) out.of['0' + i] = i;
  for (uint8_t i = 0; i < 6; ++i) out.of['a' + i] = out.of['A' + i] = static_cast<uint8_t>(10 + i);
  return out;
}
constexpr HexDigits kHexDigits = make_hex_digits();

bool parse_hex(std::string_view text, uint64_t& value) {  // up to 16 digits
  if (text.empty() || text.size() > 16) return false;
  value = 0;
  uint64_t bad = 0;
  for (const char c : text) {
    const uint64_t digit = kHexDigits.of[static_cast<uint8_t>(c)];
    bad |= digit;
    value = value << 4 | (digit & 15);
  }
  return (bad & 16) == 0;
}

bool is_hex(std::string_view text) {
  for (const char c : text) {
    if (kHexDigits.of[static_cast<uint8_t>(c)] == 16) return false;
  }
  return !text.empty();
}

// Each byte's value as a digit of base64 (of the URL alphabet as well); 64: none.
struct Base64Digits {
  uint8_t of[256];
};
constexpr Base64Digits make_base64_digits() {
  Base64Digits out{};
  for (uint8_t& digit : out.of) digit = 64;
  for (uint8_t i = 0; i < 26; ++i) {
    out.of['A' + i] = i;
    out.of['a' + i] = static_cast<uint8_t>(26 + i);
  }
  for (uint8_t i = 0; i < 10; ++i) out.of['0' + i] = static_cast<uint8_t>(52 + i);
  out.of[size_t{'+'}] = out.of[size_t{'-'}] = 62;
  out.of[size_t{'/'}] = out.of[size_t{'_'}] = 63;
  return out;
}
constexpr Base64Digits kBase64Digits = make_base64_digits();

// Padded base64 of exactly `count` bytes.
bool parse_base64(std::string_view text, uint8_t* bytes, size_t count) {
  const size_t digits = (count * 8 + 5) / 6;
  if (text.size() != (count + 2) / 3 * 4) return false;
  for (size_t i = digits; i < text.size(); ++i) {
    if (text[i] != '=') return false;
  }
  uint32_t bits = 0, bad = 0;
  int held = 0;
  size_t written = 0;
  for (size_t i = 0; i < digits; ++i) {
    const uint32_t digit = kBase64Digits.of[static_cast<uint8_t>(text[i])];
    bad |= digit;
    bits = bits << 6 | digit;
    held += 6;
    if (held >= 8) {
      held -= 8;
      if (written < count) bytes[written++] = static_cast<uint8_t>(bits >> held & 0xFF);
    }
  }
  if ((bad & 64) != 0) return false;
  return written == count;
}

// The same of 8 bytes, big-endian: eleven digits, of which the last one's lower two bits are not looked at, and '='.
bool parse_base64_of_8(const char* text, uint64_t& value) {
  uint64_t sum = 0;
  uint32_t bad = 0;
  for (int i = 0; i < 10; ++i) {
    const uint32_t digit = kBase64Digits.of[static_cast<uint8_t>(text[i])];
    bad |= digit;
    sum = sum << 6 | digit;
  }
  const uint32_t last = kBase64Digits.of[static_cast<uint8_t>(text[10])];
  value = sum << 4 | (last & 63) >> 2;
  return ((bad | last) & 64) == 0 && text[11] == '=';
}

}  // namespace

SpanId parse_span_id(std::string_view text) {
  SpanId out;
  if (text.empty()) return out;
  uint64_t value = 0;
  if (text.size() == 16 && parse_hex(text, value)) {
    out.number = value;
  } else if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
             parse_hex(text.substr(2), value)) {
    out.number = value;
  } else if (text.size() == 12 && text.back() == '=') {
    if (parse_base64_of_8(text.data(), value)) out.number = value;
  }
  if (out.number == 0) out.opaque = text;
  return out;
}

std::string span_id_text(std::string_view text) {
  const SpanId id = parse_span_id(text);
  if (id.number == 0) return std::string(id.opaque);
  uint8_t bytes[8];
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<uint8_t>(id.number >> (56 - 8 * i));
  return hex_of(bytes, sizeof bytes);
}

std::string trace_id_text(std::string_view text) {
  uint8_t bytes[16];
  if (text.size() == 24 && text.substr(22) == "==" && parse_base64(text, bytes, sizeof bytes)) {
    return "tr-" + hex_of(bytes, sizeof bytes);
  }
  std::string_view hex = text;
  if (hex.size() == 34 && hex[0] == '0' && (hex[1] == 'x' || hex[1] == 'X')) hex.remove_prefix(2);
  if (hex.size() == 32 && is_hex(hex)) return "tr-" + std::string(hex);
  return std::string(text);
}

}  // namespace assay::ingest
