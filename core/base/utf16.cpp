#include "core/base/utf16.h"

#include "core/base/utf8.h"

namespace assay {

Utf16 utf16_of(std::string_view head) {
  if (head.size() < 2) return Utf16::None;
  const std::string_view mark = head.substr(0, 2);
  if (mark == "\xFF\xFE") return Utf16::LittleEndian;
  if (mark == "\xFE\xFF") return Utf16::BigEndian;
  constexpr std::string_view kBegins = "{[\"";
  if (mark[1] == '\0' && kBegins.find(mark[0]) != std::string_view::npos) return Utf16::LittleEndian;
  if (mark[0] == '\0' && kBegins.find(mark[1]) != std::string_view::npos) return Utf16::BigEndian;
  return Utf16::None;
}

void Utf16Reader::append(std::string_view bytes, std::string& utf8) {
  utf8.reserve(utf8.size() + bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (held_ < 0) {
      held_ = byte;
      continue;
    }
    const auto first = static_cast<uint32_t>(held_);
    held_ = -1;
    unit(order_ == Utf16::LittleEndian ? uint32_t{byte} << 8 | first : first << 8 | byte, utf8);
  }
}

void Utf16Reader::unit(uint32_t code, std::string& utf8) {
  if (high_ != 0) {
    const uint32_t high = high_;
    high_ = 0;
    if (code >= 0xDC00 && code < 0xE000) return append_utf8(utf8, 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00));
    append_utf8(utf8, kReplacementChar);
  }
  if (code >= 0xD800 && code < 0xDC00) {
    high_ = code;
  } else {
    append_utf8(utf8, code >= 0xDC00 && code < 0xE000 ? kReplacementChar : code);
  }
}

void Utf16Reader::finish(std::string& utf8) {
  if (high_ != 0 || held_ >= 0) append_utf8(utf8, kReplacementChar);
  high_ = 0;
  held_ = -1;
}

}  // namespace assay
