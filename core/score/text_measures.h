// Measures of how alike two texts are. All are pure, take UTF-8, and give 0 … 1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::score {

// Words as runs of letters and digits in lower case, each CJK character for itself; other marks are
// dropped (`with_marks` false: as rouge-score does) or tokens of their own, with the case kept (true:
// as the tokenizer of BLEU's 13a rule does for plain text).
std::vector<std::string> tokens_of(std::string_view text, bool with_marks);

// 1 - d / n: d the Levenshtein distance in code points (V. Levenshtein, 1966), n the longer length. Texts
// beyond kMaxEditChars are compared by their beginnings alone; two empty texts are alike.
constexpr size_t kMaxEditChars = 10'000;
double edit_similarity(std::string_view a, std::string_view b);
size_t edit_distance(std::string_view a, std::string_view b);

// BLEU-4 of one sentence (Papineni et al., ACL 2002): geometric mean of the clipped precisions of 1- to
// 4-grams times the brevity penalty, no smoothing: 0 when one precision is.
double bleu(const std::vector<std::string>& candidate,
            const std::vector<std::vector<std::string>>& references);

// ROUGE-L (Lin, 2004): the F measure (equal weights) of the longest common subsequence of words.
double rouge_l(const std::vector<std::string>& candidate,
               const std::vector<std::string>& reference);

}  // namespace assay::score
