// UTF-8: decoding that never reads out of bounds and maps every bad sequence to U+FFFD. Also ASCII case and blanks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

constexpr uint32_t kReplacementChar = 0xFFFD;

struct DecodedChar {
  uint32_t code_point;
  uint32_t size_bytes;  // at least 1 when the text is not empty
};

// The code point at `text[offset_bytes…]`; precondition: offset_bytes < text.size().
DecodedChar decode_utf8(std::string_view text, size_t offset_bytes);

void append_utf8(std::string& out, uint32_t code_point);

bool is_valid_utf8(std::string_view text);
// The offset of the first ill-formed byte, or npos.
size_t find_invalid_utf8(std::string_view text);

// A copy in which every ill-formed sequence is U+FFFD.
std::string repaired_utf8(std::string_view text);

// The longest prefix of at most `max_bytes` bytes that does not cut a code point.
std::string_view utf8_prefix(std::string_view text, size_t max_bytes);

// Simple case folding for comparison: full for ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic; other
// code points are returned as they are.
uint32_t fold_case(uint32_t code_point);

std::string ascii_lower(std::string_view text);

bool is_ascii_text(std::string_view text);

// The full-width letters, digits and signs that a Chinese or Japanese keyboard writes (U+FF01 to U+FF5E) as ASCII.
std::string half_width(std::string_view text);

// What is blank around a text: JSON's white space, and ASCII's, as C and Python have it.
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kAsciiSpaces = " \t\r\n\v\f";
// The text without `blanks` at both ends.
std::string_view trimmed(std::string_view text, std::string_view blanks = kBlanks);

}  // namespace assay
