#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "core/score/text_measures.h"

using namespace assay::score;
using Catch::Approx;

namespace {
std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    const size_t end = text.find(' ');
    all.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return all;
}
}  // namespace

// The example of Papineni et al. (2002) as NLTK's documentation of sentence_bleu gives it.
TEST_CASE("BLEU is what NLTK documents for the example of its authors") {
  const std::vector<std::vector<std::string>> references = {
      words("It is a guide to action that ensures that the military will forever heed Party commands"),
      words("It is the guiding principle which guarantees the military forces always being under the "
            "command of the Party"),
      words("It is the practical guide for the army always to heed the directions of the party")};
  CHECK(bleu(words("It is a guide to action which ensures that the military always obeys the "
                   "commands of the party"),
             references) == Approx(0.5045666840058485).epsilon(1e-12));
  CHECK(bleu(words("It is to insure the troops forever hearing the activity guidebook that party "
                   "direct"),
             references) == 0);
  CHECK(bleu(words("a b c d e"), {words("a b c d e")}) == 1);
  CHECK(bleu({}, {words("a")}) == 0);
}

// The example in the README of google-research's rouge_score.
TEST_CASE("ROUGE-L is what rouge_score documents") {
  CHECK(rouge_l(tokens_of("The quick brown dog jumps on the log.", false),
                tokens_of("The quick brown fox jumps over the lazy dog", false)) ==
        Approx(0.5882352941176471).epsilon(1e-12));
  CHECK(rouge_l(tokens_of("你好世界", false), tokens_of("你好，世界！", false)) == 1);
  CHECK(rouge_l({}, {}) == 0);
}

// Levenshtein's textbook pairs.
TEST_CASE("Edit distance counts code points") {
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("Saturday", "Sunday") == 3);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("天气很好", "天气不好") == 1);
  CHECK(edit_similarity("kitten", "sitting") == Approx(1 - 3.0 / 7));
  CHECK(edit_similarity("", "") == 1);
}
