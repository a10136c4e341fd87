#include "core/base/utf16.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using namespace std::string_view_literals;

namespace {

std::string utf8_of(Utf16 order, std::string_view bytes, size_t piece) {
  Utf16Reader reader(order);
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += piece) reader.append(bytes.substr(at, piece), out);
  reader.finish(out);
  return out;
}

}  // namespace

TEST_CASE("UTF-16: told by its mark or by JSON's first letter") {
  CHECK(utf16_of("\xFF\xFEx\0"sv) == Utf16::LittleEndian);
  CHECK(utf16_of("\xFE\xFF\0x"sv) == Utf16::BigEndian);
  CHECK(utf16_of("{\0"sv) == Utf16::LittleEndian);
  CHECK(utf16_of("\0["sv) == Utf16::BigEndian);
  CHECK(utf16_of("{}") == Utf16::None);
  CHECK(utf16_of("{") == Utf16::None);
  CHECK(utf16_of("x\0"sv) == Utf16::None);
}

TEST_CASE("UTF-16: pieces of any size give the same text, and lone halves are replaced") {
  const std::string_view little = "a\0\xE9\x00\x2C\x67\x3D\xD8\x4D\xDC"sv, big = "\0a\x00\xE9\x67\x2C\xD8\x3D\xDC\x4D"sv;
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{100}}) {
    CHECK(utf8_of(Utf16::LittleEndian, little, piece) == "a\xC3\xA9\xE6\x9C\xAC\xF0\x9F\x91\x8D");
    CHECK(utf8_of(Utf16::BigEndian, big, piece) == utf8_of(Utf16::LittleEndian, little, piece));
    CHECK(utf8_of(Utf16::LittleEndian, "\x3D\xD8x\0\x4D\xDC"sv, piece) == "\xEF\xBF\xBDx\xEF\xBF\xBD");
    CHECK(utf8_of(Utf16::LittleEndian, "x\0\x3D"sv, piece) == "x\xEF\xBF\xBD");
  }
}
