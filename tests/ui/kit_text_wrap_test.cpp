#include <catch2/catch_test_macros.hpp>
#include <string>

#include "ui/kit/text_wrap.h"

using namespace assay::kit;

namespace {

// Every character is one point wide, wide ones two.
float cell(uint32_t c) { return is_ideograph(c) ? 2.0F : 1.0F; }

std::string lines(std::string_view text, float width, size_t budget = 1 << 20) {
  WrapState state;
  int steps = 0;
  while (!state.finished && steps++ < 10000)
    wrap_step(text, width, 4, cell, budget, state);
  std::string out;
  for (size_t i = 0; i < state.line_starts.size(); ++i) {
    const TextRange range = line_range(text, state, i);
    out += std::string(text.substr(range.from, range.to - range.from)) + "|";
  }
  return out;
}

}  // namespace

TEST_CASE("Lines break after spaces, hyphens and slashes, and anywhere in a word that is too long",
          "[kit]") {
  CHECK(lines("one two three", 7) == "one two |three|");
  CHECK(lines("one two three", 100) == "one two three|");
  CHECK(lines("well-known path/to", 5) == "well-|known |path/|to|");
  CHECK(lines("abcdefghij", 4) == "abcd|efgh|ij|");
  CHECK(lines("a  b", 1) == "a  |b|");  // blanks hang over the edge
}

TEST_CASE("Line feeds always break, and a last one makes an empty line", "[kit]") {
  CHECK(lines("a\nb\r\n\nc\n", 10) == "a|b||c||");
  CHECK(lines("", 10) == "|");
  CHECK(lines("long line without wrapping", 0) == "long line without wrapping|");
}

TEST_CASE("Ideographs break on both sides, but not before closing or after opening punctuation",
          "[kit]") {
  CHECK(lines("中文字符", 4) == "中文|字符|");
  CHECK(lines("中文。字", 4) == "中|文。|字|");
  CHECK(lines("ab中文", 4) == "ab中|文|");
}

TEST_CASE("Wrapping in small steps gives the same lines as in one", "[kit]") {
  std::string text;
  for (int i = 0; i < 400; ++i) {
    text += "word" + std::to_string(i * 7919 % 1000) +
            (i % 11 == 0  ? "\n"
             : i % 5 == 0 ? "中文，"
                          : " ");
  }
  const std::string whole = lines(text, 31);
  for (const size_t budget : {1, 7, 64, 1000})
    CHECK(lines(text, 31, budget) == whole);
}

TEST_CASE("A text without line feeds still gets pieces when it is not wrapped", "[kit]") {
  const std::string text(100000, 'x');
  WrapState state;
  wrap_step(text, 0, 4, cell, text.size() + 1, state);
  CHECK(state.finished);
  CHECK(state.line_starts.size() > 10);
}

TEST_CASE("Invalid UTF-8 wraps without going astray", "[kit]") {
  const std::string text = "ab\xFF\xFE\xC3(\xE4\xB8 \xF0\x9F";
  WrapState state;
  wrap_step(text, 2, 4, cell, 100, state);
  CHECK(state.finished);
  for (size_t i = 1; i < state.line_starts.size(); ++i)
    CHECK(state.line_starts[i] > state.line_starts[i - 1]);
  size_t at = text.size();
  int steps = 0;
  while (at > 0 && steps++ < 50)
    at = previous_char(text, at);
  CHECK(at == 0);
}

TEST_CASE("Offsets and x positions agree, with tab stops", "[kit]") {
  const std::string_view text = "a\tbc中d";
  const TextRange line{0, text.size()};
  CHECK(x_of_offset(text, 0, 1, 4, cell) == 1);
  CHECK(x_of_offset(text, 0, 2, 4, cell) == 4);
  CHECK(x_of_offset(text, 0, 7, 4, cell) == 8);
  CHECK(offset_at_x(text, line, 4.4F, 4, cell) == 2);
  CHECK(offset_at_x(text, line, 4.6F, 4, cell) == 3);
  CHECK(offset_at_x(text, line, 6.9F, 4, cell) == 4);
  CHECK(offset_at_x(text, line, 7.1F, 4, cell) == 7);
  CHECK(offset_at_x(text, line, 100, 4, cell) == text.size());
  CHECK(offset_at_x(text, line, -3, 4, cell) == 0);
}

TEST_CASE("The line of an offset is found, also at line starts", "[kit]") {
  WrapState state;
  wrap_step("ab cd ef", 3, 4, cell, 100, state);
  REQUIRE(state.line_starts == std::vector<uint32_t>{0, 3, 6});
  CHECK(line_of(state, 0) == 0);
  CHECK(line_of(state, 2) == 0);
  CHECK(line_of(state, 3) == 1);
  CHECK(line_of(state, 8) == 2);
}

TEST_CASE("Words, paragraphs and characters are found around an offset", "[kit]") {
  const std::string_view text = "don't stop, été_1 中文\nnext";
  CHECK(word_at(text, 2) == TextRange{0, 5});
  CHECK(word_at(text, 5) == TextRange{5, 6});
  CHECK(word_at(text, 10) == TextRange{10, 11});  // the comma alone
  CHECK(word_at(text, 14) == TextRange{12, 19});
  CHECK(word_at(text, 20) == TextRange{20, 23});  // an ideograph alone
  CHECK(word_at(text, text.size()) == TextRange{27, 31});
  CHECK(word_at("", 0) == TextRange{0, 0});
  CHECK(paragraph_at(text, 3) == TextRange{0, 27});
  CHECK(paragraph_at(text, 28) == TextRange{27, 31});
  CHECK(next_char(text, 12) == 14);
  CHECK(previous_char(text, 14) == 12);
  CHECK(next_word(text, 0) == 6);
  CHECK(previous_word(text, 10) == 6);
  CHECK(previous_word(text, 0) == 0);
  CHECK(next_word(text, 1000) == text.size());
}

TEST_CASE("A drag extends by characters, words or paragraphs in both directions", "[kit]") {
  const std::string_view text = "one two three\nfour five";
  const auto check = [&](TextSelection s, size_t from, size_t to) {
    CHECK(s.range() == TextRange{from, to});
  };
  check(extend_selection(text, {4, 4}, 9, 1), 4, 9);
  check(extend_selection(text, {4, 4}, 1, 1), 1, 4);
  check(extend_selection(text, {4, 7}, 9, 2), 4, 13);
  check(extend_selection(text, {4, 7}, 1, 2), 0, 7);
  check(extend_selection(text, {4, 7}, 5, 2), 4, 7);
  check(extend_selection(text, {0, 14}, 16, 3), 0, 23);
  CHECK(extend_selection(text, {4, 7}, 1, 2).caret == 0);  // grows at the moving end
}
