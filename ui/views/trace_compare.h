// Two traces span by span: which spans stand for each other, which are in one only, and what of the
// matched ones differs. Children of matched spans are matched by type and name, in order (a longest
// common subsequence); what is left over between two matches is matched by type alone.
#pragma once

#include <cstdint>
#include <vector>

#include "core/store/dataset.h"
#include "ui/views/span_tree_model.h"

namespace assay::ui {

enum CompareDifference : uint8_t {
  kDiffersInName = 1,
  kDiffersInInputs = 2,
  kDiffersInOutputs = 4,
  kDiffersInStatus = 8,
};
struct ComparedLine {
  uint32_t a = store::kNoRow, b = store::kNoRow;  // lines of the two trees; kNoRow: only in the other
  uint32_t depth = 0;
  uint8_t differences = 0;
  bool only_a() const { return b == store::kNoRow; }
  bool only_b() const { return a == store::kNoRow; }
  bool same() const { return !only_a() && !only_b() && differences == 0; }
};
struct Comparison {
  std::vector<ComparedLine> lines;  // depth first
  uint32_t same = 0, changed = 0, only_a = 0, only_b = 0;
  // Where the two go apart first in the order of what happens: on the way in a span's inputs, on the
  // way out its outputs. kNoRow: nowhere.
  uint32_t first_divergence = store::kNoRow;
};
// Trees of all lines, of the same data set.
Comparison compare_traces(const store::Dataset& dataset, const SpanTree& a, const SpanTree& b);

}  // namespace assay::ui
