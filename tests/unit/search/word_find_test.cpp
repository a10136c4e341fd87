#include "core/search/escapes.h"
#include "core/search/word_find.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "core/base/utf8.h"
#include "core/search/unicode_fold.h"

using namespace assay;
using namespace assay::search;

namespace {

bool in_text(std::string_view word, std::string_view text) { return WordFinder(word).is_in(text); }
bool in_record(std::string_view word, std::string_view json) { return WordFinder(word).is_in_record(json); }

// Where a word stands in a text: "begin+size", or "-".
std::string place(std::string_view word, std::string_view text, size_t from = 0) {
  size_t size = 0;
  const size_t at = WordFinder(word).find(text, from, size);
  return at == kNotFound ? "-" : std::to_string(at) + "+" + std::to_string(size);
}

}  // namespace

TEST_CASE("letters fold as Unicode's simple case folding says, and back") {
  CHECK(fold_letter('A') == 'a');
  CHECK(fold_letter('z') == 'z');
  CHECK(fold_letter(0xC4) == 0xE4);    // Ä
  CHECK(fold_letter(0xD7) == 0xD7);    // ×
  CHECK(fold_letter(0xDF) == 0xDF);    // ß
  CHECK(fold_letter(0x1E9E) == 0xDF);  // ẞ
  CHECK(fold_letter(0x130) == 0x130);  // İ has no simple folding
  CHECK(fold_letter(0x100) == 0x101);  // Ā
  CHECK(fold_letter(0x101) == 0x101);
  CHECK(fold_letter(0x139) == 0x13A);    // Ĺ
  CHECK(fold_letter(0x3A3) == 0x3C3);    // Σ
  CHECK(fold_letter(0x3C2) == 0x3C3);    // ς
  CHECK(fold_letter(0x410) == 0x430);    // А
  CHECK(fold_letter(0x531) == 0x561);    // Armenian
  CHECK(fold_letter(0x10A0) == 0x2D00);  // Georgian
  CHECK(fold_letter(0x13A0) == 0x13A0);  // Cherokee folds to its capitals
  CHECK(fold_letter(0xAB70) == 0x13A0);
  CHECK(fold_letter(0x1F88) == 0x1F80);    // Greek with iota
  CHECK(fold_letter(0xFF21) == 0xFF41);    // full-width A
  CHECK(fold_letter(0x10400) == 0x10428);  // Deseret
  CHECK(fold_letter(0x1E900) == 0x1E922);  // Adlam
  CHECK(fold_letter(0x212A) == 0x212A);    // the Kelvin sign stays: see the header
  CHECK(fold_letter(0x17F) == 0x17F);
  CHECK(fold_letter(0x9000) == 0x9000);  // 退
  CHECK(fold_letter(0x10FFFF) == 0x10FFFF);
  uint32_t folding = 0;
  for (uint32_t c = 0; c < 0x20000; ++c) {
    const uint32_t folded = fold_letter(c);
    if (folded == c) continue;
    ++folding;
    if (fold_letter(folded) != folded) FAIL("folds twice: " << c);
    uint32_t likes[8];
    const size_t count = letters_like(folded, likes, 8);
    bool has = false;
    for (size_t i = 0; i < count; ++i)
      has |= likes[i] == c;
    if (!has) FAIL("not found back: " << c);
  }
  CHECK(folding == 1452);
}

TEST_CASE("a word is found in any case, in any script, inside of words") {
  CHECK(in_text("REFUND", "the refunded sum"));
  CHECK_FALSE(in_text("refund", "re fund"));
  CHECK(in_text("caf\xC3\x89", "un Caf\xC3\xA9"));
  CHECK(in_text("\xE9\x80\x80\xE6\xAC\xBE", "\xE7\x94\xB3\xE8\xAF\xB7\xE9\x80\x80\xE6\xAC\xBE\xE5\x90\x97"));
  CHECK(in_text("\xCE\xA3\xCE\x8A\xCE\xA3\xCE\xA5\xCE\xA6\xCE\x9F\xCE\xA3",
                "\xCF\x83\xCE\xAF\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x82"));
  CHECK(in_text("\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xD7\x94\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D!"));  // Hebrew
  CHECK(in_text("\xF0\x9F\x98\x80", "x\xF0\x9F\x98\x80y"));
  CHECK(in_text("", "anything"));
  CHECK_FALSE(in_text("a", ""));
}

TEST_CASE("full-width letters and digits of a word are found as ASCII too, with the place of either") {
  CHECK(in_text("ＡＰＩ１", "the api1 key"));
  CHECK(in_text("ＡＰＩ", "ａｐｉ"));
  CHECK(in_record("ＡＰＩ", R"({"q": "an API"})"));
  CHECK(in_record("ＡＰＩ", R"({"q": "\uff21\uff30\uff29"})"));
  CHECK_FALSE(in_text("ＡＰＩ", "a p i"));
  CHECK_FALSE(in_text("api", "ＡＰＩ"));
  CHECK_FALSE(in_text("款？", "款?"));
  CHECK(place("ＡＰＩ", "x api ＡＰＩ") == "2+3");
  CHECK(place("ＡＰＩ", "x ＡＰＩ api") == "2+9");
  CHECK(place("ＡＰＩ", "x ＡＰＩ api", 3) == "12+3");
}

TEST_CASE("places are told in bytes, also where the other case has another length") {
  CHECK(place("refund", "a Refund, a refund") == "2+6");
  CHECK(place("refund", "a Refund, a refund", 3) == "12+6");
  CHECK(place("refund", "a Refund", 3) == "-");
  CHECK(place("\xC3\xA9", "caf\xC3\x89") == "3+2");
  CHECK(place("stra\xC3\x9F\x65", "die STRA\xE1\xBA\x9E\x45!") == "4+8");  // ß against ẞ
  CHECK(place("\xE6\xAC\xBE", "\xE9\x80\x80\xE6\xAC\xBE\xE6\xAC\xBE", 4) == "6+3");
  CHECK(place("\xC3\xA9", "\x80\x80\xC3\xA9") == "2+2");
  CHECK(place("", "abc", 1) == "1+0");
}

TEST_CASE("in a record, escapes make no difference, however many times they were laid on") {
  CHECK(in_record("caf\xC3\xA9", R"({"q": "caf\u00e9"})"));
  CHECK(in_record("CAF\xC3\x89", R"({"q": "{\"a\": \"caf\\u00e9\"}"})"));
  CHECK(in_record("\xC3\xA9", R"("\\\\\\\\u00E9")"));
  CHECK(in_record("\xE9\x80\x80\xE6\xAC\xBE", R"("\u9000\u6b3e")"));
  CHECK(in_record("\xE9\x80\x80\xE6\xAC\xBE", "\"\xE9\x80\x80\xE6\xAC\xBE\""));
  CHECK(in_record("\xF0\x9F\x98\x80", R"("\ud83d\ude00")"));
  CHECK(in_record("\xF0\x9F\x98\x80", R"("\\ud83d\\ude00")"));
  CHECK_FALSE(in_record("\xF0\x9F\x98\x80", R"("\ud83d \ude00")"));
  CHECK(in_record("say \"no\"", R"({"q": "say \"no\""})"));
  CHECK(in_record("say \"no\"", R"({"q": "{\"a\": \"say \\\"no\\\"\"}"})"));
  CHECK(in_record("a/b", R"("a\/b")"));
  CHECK(in_record("it's <b>", R"("it\u0027s \u003cb\u003e")"));
  CHECK(in_record("C:\\temp", R"("C:\\temp")"));
  CHECK(in_record("C:\\temp", R"("{\"a\": \"C:\\\\temp\"}")"));
  CHECK(in_record("line\nbreak", R"("line\nbreak")"));
  CHECK(in_record("refund", R"({"q": "a REFUND"})"));
  CHECK_FALSE(in_record("caf\xC3\xA9", R"("cafe")"));
  CHECK_FALSE(in_record("\xC3\xA9", R"("\u00e")"));
}

TEST_CASE("undoing escapes leaves what is none") {
  const auto undone = [](std::string_view json) {
    std::string out;
    append_without_escapes(out, json);
    return out;
  };
  CHECK(undone(R"(a\\nb)") == "a\nb");
  CHECK(undone(R"(a\qb\\\)") == "a\\qb\\");
  CHECK(undone(R"(\ud800x)") == "\xEF\xBF\xBDx");
  CHECK(undone(R"(\u12)") == "\\u12");
  CHECK(undone("plain") == "plain");
  // At every place of a block, with what is beyond it.
  for (size_t before = 0; before < 40; ++before) {
    for (size_t after = 0; after < 40; after += 3) {
      const std::string left(before, 'l'), right(after, 'x');
      INFO(before << " " << after);
      CHECK(undone(left + R"(\"\u9000\\n\uD83D\ude00\\)" + right) == left + "\"\xE9\x80\x80\n\xF0\x9F\x98\x80\\" + right);
      CHECK(undone(left + "\\" + right) == left + "\\" + right);
    }
  }
}

TEST_CASE("hostile words and texts take time in proportion to their size") {
  const std::string many(1 << 20, '\\');
  CHECK_FALSE(in_record("\xC3\xA9", many + "u00"));
  CHECK(in_record("\xC3\xA9", many + "u00e9"));
  std::string almost, word;
  for (int i = 0; i < 200000; ++i)
    almost += "\xC3\xA9";
  for (int i = 0; i < 1000; ++i)
    word += "\xC3\xA9";
  CHECK_FALSE(in_text(word + "x", almost));
  CHECK(in_text(word, almost));
  std::string halves;
  for (int i = 0; i < 100000; ++i)
    halves += "\\ud83d";
  CHECK_FALSE(in_record("\xF0\x9F\x98\x80", halves));
}
