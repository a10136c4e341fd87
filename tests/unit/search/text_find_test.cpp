#include "core/search/text_find.h"

#include <ctime>
#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace assay::search;

namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string random_text(std::mt19937& random, size_t size, std::string_view letters) {
  std::string text;
  for (size_t i = 0; i < size; ++i)
    text += letters[random() % letters.size()];
  return text;
}

// LIKE the slow way: pattern against text, code point by code point.
bool slow_like(std::u32string_view pattern, std::u32string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == U'%') {
    for (size_t skip = 0; skip <= text.size(); ++skip) {
      if (slow_like(pattern.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  return !text.empty() && (pattern[0] == U'_' || pattern[0] == text[0]) &&
         slow_like(pattern.substr(1), text.substr(1));
}

std::string utf8(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xC0 | c >> 6);
      out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
      out += static_cast<char>(0xE0 | c >> 12);
      out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      out += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  return out;
}

double cpu_seconds_of(auto work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("the finder agrees with a plain search on random texts") {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    const std::string_view letters = round % 2 == 0 ? "ab" : "aAbB \"eE\xC3\xA9";
    const std::string text = random_text(random, random() % 320, letters);
    const std::string needle = random_text(random, random() % 6, letters);
    const size_t from = random() % (text.size() + 2);
    INFO("text " << text << " needle " << needle << " from " << from);
    const size_t plain = from <= text.size() ? text.find(needle, from) : std::string::npos;
    CHECK(TextFinder(needle).find(text, from) == plain);
    const size_t folded =
        from <= text.size() ? lower(text).find(lower(needle), from) : std::string::npos;
    CHECK(TextFinder(needle, CaseMode::AsciiInsensitive).find(text, from) == folded);
  }
}

TEST_CASE("the finder is right at every place of a block") {
  for (size_t size = 1; size < 180; ++size) {
    for (size_t at = 0; at + 3 <= size; ++at) {
      std::string text(size, 'x');
      text.replace(at, 3, "qZ7");
      CHECK(TextFinder("qZ7").find(text) == at);
      CHECK(TextFinder("QZ7", CaseMode::AsciiInsensitive).find(text) == at);
      CHECK(TextFinder("qZ7").find(text, at + 1) == kNotFound);
    }
  }
}

TEST_CASE("a needle that nearly matches everywhere takes linear time") {
  const std::string text(4 << 20, 'a');
  const std::string needle = std::string(20000, 'a') + "b" + std::string(20000, 'a');
  std::string tail = needle;
  tail[20000] = 'a';
  tail.back() = 'b';
  size_t found = 0;
  CHECK(cpu_seconds_of([&] { found = TextFinder(needle).find(text); }) < 5);
  CHECK(found == kNotFound);
  std::mt19937 fresh(1);
  const std::string ab = random_text(fresh, 1 << 20, "ab");
  CHECK(cpu_seconds_of([&] {
          found = TextFinder(std::string(50000, 'a') + std::string(50000, 'b')).find(ab);
        }) < 5);
  CHECK(found == kNotFound);
}

TEST_CASE("LIKE agrees with a slow matcher on random patterns") {
  std::mt19937 random(11);
  const std::u32string letters = U"ab%_é東";
  for (int round = 0; round < 6000; ++round) {
    std::u32string pattern, text;
    for (size_t i = random() % 7; i > 0; --i)
      pattern += letters[random() % letters.size()];
    for (size_t i = random() % 9; i > 0; --i)
      text += letters[random() % letters.size()];
    INFO("pattern " << utf8(pattern) << " text " << utf8(text));
    CHECK(LikeMatcher(utf8(pattern)).matches(utf8(text)) == slow_like(pattern, text));
  }
}

TEST_CASE("LIKE is anchored, has no escape, and folds ASCII letters only when asked") {
  CHECK(LikeMatcher("gen%").matches("generate"));
  CHECK_FALSE(LikeMatcher("gen").matches("generate"));
  CHECK(LikeMatcher("%\\%%").matches("a\\b"));
  CHECK_FALSE(LikeMatcher("GEN%").matches("generate"));
  CHECK(LikeMatcher("GEN%", CaseMode::AsciiInsensitive).matches("generate"));
  CHECK_FALSE(LikeMatcher("\xC3\x9C%", CaseMode::AsciiInsensitive).matches("\xC3\xBC"));
  CHECK(LikeMatcher("").matches(""));
  CHECK_FALSE(LikeMatcher("").matches("x"));
  CHECK(LikeMatcher("%").matches(""));
  CHECK(LikeMatcher("%ab%").is_contains());
  CHECK_FALSE(LikeMatcher("%a_b%").is_contains());
  CHECK_FALSE(LikeMatcher("ab%").is_contains());
}

TEST_CASE("plain ASCII is told from everything else") {
  CHECK(is_plain_ascii(""));
  CHECK(is_plain_ascii(std::string(100, '~')));
  for (size_t at = 0; at < 40; ++at) {
    std::string text(40, 'x');
    text[at] = '\n';
    CHECK_FALSE(is_plain_ascii(text));
    text[at] = '\x80';
    CHECK_FALSE(is_plain_ascii(text));
  }
}
