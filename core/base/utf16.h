// UTF-16 text in pieces of any size, as UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

enum class Utf16 : uint8_t { None, LittleEndian, BigEndian };

// By a byte order mark, else by a first letter of JSON ('{', '[', '"') with its zero byte.
Utf16 utf16_of(std::string_view head);

class Utf16Reader {
 public:
  explicit Utf16Reader(Utf16 order) : order_(order) {}
  // Appends the text; what is cut at the end of the piece waits for the next one. Halves of pairs that stand
  // alone become U+FFFD, the byte order mark stays one.
  void append(std::string_view bytes, std::string& utf8);
  void finish(std::string& utf8);

 private:
  void unit(uint32_t code, std::string& utf8);
  Utf16 order_;
  int held_ = -1;      // the first byte of a unit
  uint32_t high_ = 0;  // the first half of a pair; 0: none
};

}  // namespace assay
