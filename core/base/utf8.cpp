#include "core/base/utf8.h"

#include <algorithm>

#include "core/base/simd.h"

namespace assay {
namespace {

// Length of the well-formed sequence at the start of `bytes`, or 0 (Unicode 16, table 3-7).
uint32_t sequence_length(const unsigned char* bytes, size_t left, uint32_t& code_point) {
  const unsigned char first = bytes[0];
  if (first < 0x80) {
    code_point = first;
    return 1;
  }
  const auto continues = [&](size_t i, unsigned char low, unsigned char high) {
    return i < left && bytes[i] >= low && bytes[i] <= high;
  };
  const auto low_bits = [&](size_t i) { return static_cast<uint32_t>(bytes[i] & 0x3F); };
  if (first >= 0xC2 && first <= 0xDF) {
    if (!continues(1, 0x80, 0xBF)) return 0;
    code_point = static_cast<uint32_t>(first & 0x1F) << 6 | low_bits(1);
    return 2;
  }
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned char low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned char high = first == 0xED ? 0x9F : 0xBF;
    if (!continues(1, low, high) || !continues(2, 0x80, 0xBF)) return 0;
    code_point = static_cast<uint32_t>(first & 0x0F) << 12 | low_bits(1) << 6 | low_bits(2);
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned char low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xF4 ? 0x8F : 0xBF;
    if (!continues(1, low, high) || !continues(2, 0x80, 0xBF) || !continues(3, 0x80, 0xBF)) return 0;
    code_point = static_cast<uint32_t>(first & 0x07) << 18 | low_bits(1) << 12 | low_bits(2) << 6 |
                 low_bits(3);
    return 4;
  }
  return 0;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

DecodedChar decode_utf8(std::string_view text, size_t offset_bytes) {
  uint32_t code_point = 0;
  const uint32_t length =
      sequence_length(bytes_of(text) + offset_bytes, text.size() - offset_bytes, code_point);
  if (length == 0) return {kReplacementChar, 1};
  return {code_point, length};
}

void append_utf8(std::string& out, uint32_t code_point) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) {
    code_point = kReplacementChar;
  }
  const auto put = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

size_t find_invalid_utf8(std::string_view text) {
  const char* data = text.data();
  const size_t size = text.size();
  size_t i = 0;
  while (i < size) {
    while (i + simd::kBlockBytes <= size && !simd::load64(data + i).any_high_bit()) {
      i += simd::kBlockBytes;
    }
    // A short run byte by byte; then the fast path gets another chance.
    const size_t stop = size - i > simd::kBlockBytes ? i + simd::kBlockBytes : size;
    while (i < stop) {
      uint32_t code_point = 0;
      const uint32_t length = sequence_length(bytes_of(text) + i, size - i, code_point);
      if (length == 0) return i;
      i += length;
    }
  }
  return std::string_view::npos;
}

bool is_valid_utf8(std::string_view text) {
  return find_invalid_utf8(text) == std::string_view::npos;
}

std::string repaired_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t bad = find_invalid_utf8(text);
    out.append(text.substr(0, bad));
    if (bad == std::string_view::npos) break;
    append_utf8(out, kReplacementChar);
    text.remove_prefix(bad + 1);
  }
  return out;
}

std::string_view utf8_prefix(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t cut = max_bytes;
  for (int back = 0; back < 3 && cut > 0; ++back) {
    if ((static_cast<unsigned char>(text[cut]) & 0xC0) != 0x80) break;
    --cut;
  }
  // Three steps back and still inside: no UTF-8 anyway.
  if (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) cut = max_bytes;
  return text.substr(0, cut);
}

uint32_t fold_case(uint32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c == 0xB5) return 0x3BC;  // micro sign
  if (c >= 0xC0 && c <= 0xDE) return c == 0xD7 ? c : c + 32;
  if (c >= 0x100 && c <= 0x17F) {  // Latin Extended-A: pairs, with two shifts of parity
    if (c == 0x130) return c;      // has no simple folding
    if (c == 0x178) return 0xFF;
    if (c == 0x17F) return 's';
    const bool upper_is_odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
    if (c == 0x138 || c == 0x149 || c == 0x131) return c;
    return (c % 2 == 1) == upper_is_odd ? c + 1 : c;
  }
  if (c >= 0x370 && c <= 0x3FF) {
    if (c >= 0x391 && c <= 0x3AB && c != 0x3A2) return c + 32;
    switch (c) {
      case 0x386: return 0x3AC;
      case 0x388:
      case 0x389:
      case 0x38A: return c + 37;
      case 0x38C: return 0x3CC;
      case 0x38E:
      case 0x38F: return c + 63;
      case 0x3C2: return 0x3C3;  // final sigma
      default: return c;
    }
  }
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if ((c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F)) {
    return c % 2 == 0 ? c + 1 : c;
  }
  if (c == 0x4C0) return 0x4CF;
  if (c >= 0x4C1 && c <= 0x4CE) return c % 2 == 1 ? c + 1 : c;
  return c;
}

bool is_ascii_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

std::string half_width(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    if (c.code_point >= 0xFF01 && c.code_point <= 0xFF5E)
      out += static_cast<char>(c.code_point - 0xFEE0);
    else
      out += text.substr(at, c.size_bytes);
    at += c.size_bytes;
  }
  return out;
}

std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace assay
