#include "core/base/utf8.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay;

TEST_CASE("every code point is written and read back") {
  for (uint32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, c);
    const DecodedChar decoded = decode_utf8(text, 0);
    REQUIRE(decoded.code_point == c);
    REQUIRE(decoded.size_bytes == text.size());
  }
  REQUIRE(is_valid_utf8("añ更👍"));
}

TEST_CASE("surrogates and numbers beyond Unicode become the replacement character") {
  std::string text;
  append_utf8(text, 0xD800);
  append_utf8(text, 0x110000);
  CHECK(text == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("ill-formed sequences are found wherever they stand") {
  for (const std::string bad : {"\x80", "\xC0\xAF", "\xC3", "\xE2\x82", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xF0\x9F\x91"}) {
    for (const size_t before : {size_t{0}, size_t{1}, size_t{15}, size_t{63}, size_t{64}, size_t{100}}) {
      for (const size_t after : {size_t{0}, size_t{1}, size_t{80}}) {
        const std::string text = std::string(before, 'a') + bad + std::string(after, 'z');
        CHECK_FALSE(is_valid_utf8(text));
        CHECK(find_invalid_utf8(text) == before);
        const std::string repaired = repaired_utf8(text);
        CHECK(is_valid_utf8(repaired));
        CHECK(repaired.find("\xEF\xBF\xBD") == before);
      }
    }
  }
  const std::string good = std::string(61, 'x') + "更👍" + std::string(90, 'y') + "é";
  CHECK(is_valid_utf8(good));
  CHECK(repaired_utf8(good) == good);
}

TEST_CASE("a prefix never cuts a code point") {
  const std::string text = "a更👍b";  // 1 + 3 + 4 + 1 bytes
  CHECK(utf8_prefix(text, 0).empty());
  CHECK(utf8_prefix(text, 1) == "a");
  CHECK(utf8_prefix(text, 3) == "a");
  CHECK(utf8_prefix(text, 4) == "a更");
  CHECK(utf8_prefix(text, 7) == "a更");
  CHECK(utf8_prefix(text, 8) == "a更👍");
  CHECK(utf8_prefix(text, 100) == text);
}

TEST_CASE("case folding joins upper and lower case") {
  const auto fold = [](const std::string& text) { return fold_case(decode_utf8(text, 0).code_point); };
  const char* pairs[][2] = {{"A", "a"}, {"Ä", "ä"}, {"Þ", "þ"}, {"Ā", "ā"}, {"Ĺ", "ĺ"}, {"Ž", "ž"},
                            {"Ÿ", "ÿ"}, {"Σ", "σ"}, {"ς", "σ"}, {"Ά", "ά"}, {"Ώ", "ώ"}, {"Ж", "ж"},
                            {"Ё", "ё"}, {"Ґ", "ґ"}, {"µ", "μ"}};
  for (const auto& pair : pairs) CHECK(fold(pair[0]) == fold(pair[1]));
  for (const char* same : {"×", "÷", "ß", "1", "更", "ı", "ĸ"}) {
    CHECK(fold(same) == decode_utf8(same, 0).code_point);
  }
  CHECK(ascii_lower("AbÄ") == "abÄ");
}

TEST_CASE("full-width characters of ASCII become what they look like") {
  CHECK(assay::half_width("－１２．５分") == "-12.5分");
  CHECK(assay::half_width("\xEF\xBC") == "\xEF\xBC");
}
