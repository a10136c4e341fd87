#include "core/json/unescape.h"

#include <nlohmann/json.hpp>

#include <catch2/catch_test_macros.hpp>

#include "core/base/utf8.h"

using namespace assay;
using json::unescaped;

TEST_CASE("escapes become what they stand for") {
  CHECK(unescaped("") == "");
  CHECK(unescaped("plain") == "plain");
  CHECK(unescaped(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
  CHECK(unescaped(R"(\u0041\u00e9\u66f4\ud83d\udc4d)") == "Aé更👍");
  CHECK(unescaped(R"(\uD83D\uDC4D)") == "👍");
  CHECK(unescaped(R"(a\u0000b)") == std::string("a\0b", 3));
}

TEST_CASE("half pairs and wrong escapes lose nothing else and are told") {
  std::string out;
  CHECK(json::append_unescaped(out, R"(a\ud83db)").lone_surrogate);
  CHECK(out == "a\xEF\xBF\xBD" "b");
  out.clear();
  CHECK(json::append_unescaped(out, R"(\udc4d\ud83d)").lone_surrogate);
  CHECK(out == "\xEF\xBF\xBD\xEF\xBF\xBD");
  out.clear();
  CHECK(json::append_unescaped(out, R"(\ud83d\u0041)").lone_surrogate);
  CHECK(out == "\xEF\xBF\xBD" "A");
  for (const std::string bad : {"\\x", "\\", "a\\u12", "\\u12g4", "\\ud83d\\u12"}) {
    out.clear();
    CHECK(json::append_unescaped(out, bad).bad_escape);
    CHECK(out.find('\\') != std::string::npos);
  }
  out.clear();
  const auto notes = json::append_unescaped(out, R"(\ud83d\udc4d)");
  CHECK_FALSE(notes.lone_surrogate);
  CHECK_FALSE(notes.bad_escape);
}

TEST_CASE("quoted texts read back, by us and by nlohmann") {
  std::string text;
  for (uint32_t c = 1; c < 0x11000; c += c < 0x3000 ? 1 : 97) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    append_utf8(text, c);
  }
  append_utf8(text, 0x1F44D);
  for (const auto mode : {json::EscapeMode::Utf8, json::EscapeMode::EnsureAscii}) {
    const std::string quoted = json::quoted(text, mode);
    CHECK(unescaped(std::string_view(quoted).substr(1, quoted.size() - 2)) == text);
    CHECK(nlohmann::json::parse(quoted).get<std::string>() == text);
    if (mode == json::EscapeMode::EnsureAscii) {
      for (const char c : quoted) REQUIRE(static_cast<unsigned char>(c) < 0x80);
    }
  }
}

TEST_CASE("quoting writes what Python's json.dumps writes") {
  using json::EscapeMode;
  CHECK(json::quoted("a\"b\\c/d\b\f\n\r\t\x01\x7f", EscapeMode::EnsureAscii) ==
        "\"a\\\"b\\\\c/d\\b\\f\\n\\r\\t\\u0001\x7f\"");
  CHECK(json::quoted("é更👍", EscapeMode::EnsureAscii) == R"("\u00e9\u66f4\ud83d\udc4d")");
  CHECK(json::quoted("é更👍") == "\"é更👍\"");
  CHECK(json::quoted("a\xFFz") == "\"a\xEF\xBF\xBDz\"");
  CHECK(json::quoted(std::string("\0", 1)) == "\"\\u0000\"");
}
