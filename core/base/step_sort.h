// StepSort: puts 0 … count - 1 in order, in steps of which none is long: short runs are sorted, then merged pairwise.
// Stable: equal ones keep the order that they were given in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/ordering.h"

namespace assay {

class StepSort {
 public:
  StepSort() = default;
  explicit StepSort(std::vector<uint32_t> order) : order_(std::move(order)) {}

  // How many places this step has worked on, about a thousand; 0: all is in order. `less` must be the same each time.
  uint32_t step(IndexLess is_less, const void* context);
  template <typename Less>
  uint32_t step(const Less& less) {
    const IndexLess call = [](const void* context, uint32_t a, uint32_t b) {
      return static_cast<bool>((*static_cast<const Less*>(context))(a, b));
    };
    return step(call, &less);
  }
  std::vector<uint32_t> take() { return std::move(order_); }

 private:
  uint32_t sort_run(IndexLess is_less, const void* context);
  bool next_pair();

  std::vector<uint32_t> order_, merged_;
  size_t sorted_ = 0;  // up to here runs are sorted
  size_t run_ = 0;     // length of a sorted run, while they are merged
  size_t left_ = 0, right_ = 0, left_end_ = 0, right_end_ = 0;
};

}  // namespace assay
