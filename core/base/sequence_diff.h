// The longest common subsequence of two sequences, or a good part of it: E. W. Myers, "An O(ND)
// difference algorithm and its variations" (1986), in linear space, with a bound on the work.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace assay {

// A run of equal elements: a[at_a …] and b[at_b …].
struct EqualRun {
  uint32_t at_a = 0, at_b = 0, count = 0;
};
struct SequenceDiff {
  std::vector<EqualRun> equal;  // ascending in both
  bool exact = true;            // false: somewhere the bound was met, and less was found than there is
};

// `most_edits` bounds the edits looked for in any one stretch; the work is at most about its square,
// and linear in the sequences.
SequenceDiff diff_sequences(std::span<const uint32_t> a, std::span<const uint32_t> b, uint32_t most_edits);

}  // namespace assay
