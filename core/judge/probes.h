// Questions to a judge before it is trusted: answers that no criterion can hold for, and one that tells
// the judge what to say. And the comparison of two answers in both orders, since judges like what they
// read first. Prompts and readings alone; core/app sends them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/judge/prompt.h"
#include "core/judge/reply.h"

namespace assay::judge {

// "empty": no answer at all. "colon": a bare ":". "injection": nothing but an instruction to the judge. "opening": how
// an answer begins, and nothing after it. Judges have been seen to praise each of them (Zhao et al., arXiv 2507.08794).
constexpr std::string_view kProbes[] = {"empty", "colon", "injection", "opening"};

// What the scorer's judge would be asked, of a small question about France, with that answer. A judge
// that reads with tools gets the outline instead.
RenderedPrompt render_probe(const ScorerSpec& scorer, std::string_view probe);

enum class ProbeOutcome : uint8_t {
  Passed,
  Failed,  // it praised what is nothing, or did what the material told it
  Look,    // its answers have no good and bad that we know of: a person decides
};
ProbeOutcome probe_outcome(const ScorerSpec& scorer, std::string_view probe,
                           const Verdict& verdict);

// --- Two answers ----------------------------------------------------------------------------------

struct PairInput {
  std::string criterion;  // in the user's words
  std::string request, answer_a, answer_b;
};
AnswerForm pair_form();  // "1", "2" or "tie"
RenderedPrompt render_pair(const PairInput& input, bool b_first);
// "A", "B", "tie", or "inconsistent" where the order decided. The values are those of the two orders.
std::string_view pair_verdict(std::string_view value_a_first, std::string_view value_b_first);

}  // namespace assay::judge
