#include "core/base/step_sort.h"

#include <algorithm>

namespace assay {
namespace {

constexpr size_t kRunPlaces = 2048;
constexpr uint32_t kMergedPlaces = 1024;  // in one step

}  // namespace

uint32_t StepSort::sort_run(IndexLess is_less, const void* context) {
  const size_t begin = sorted_;
  sorted_ = std::min(order_.size(), begin + kRunPlaces);
  const std::vector<uint32_t> run(order_.data() + begin, order_.data() + sorted_);
  size_t at = begin;
  for (const uint32_t index : sorted_indexes(run.size(), [&](uint32_t a, uint32_t b) { return is_less(context, run[a], run[b]); }))
    order_[at++] = run[index];
  return static_cast<uint32_t>(sorted_ - begin);
}

// Goes on to the next two runs; false at the end of a pass (the runs are twice as long then).
bool StepSort::next_pair() {
  const size_t count = order_.size(), begin = merged_.size();
  if (begin == count) {
    order_.swap(merged_);
    merged_.clear();
    run_ *= 2;
    left_ = right_ = left_end_ = right_end_ = 0;
    return false;
  }
  left_ = begin;
  left_end_ = right_ = std::min(count, begin + run_);
  right_end_ = std::min(count, right_ + run_);
  return true;
}

uint32_t StepSort::step(IndexLess is_less, const void* context) {
  if (sorted_ < order_.size()) return sort_run(is_less, context);
  run_ = std::max(run_, kRunPlaces);
  uint32_t worked = 0;
  while (worked == 0) {
    if (merged_.empty() && run_ >= order_.size()) return 0;
    if (left_ == left_end_ && right_ == right_end_ && !next_pair()) continue;
    for (; worked < kMergedPlaces && (left_ < left_end_ || right_ < right_end_); ++worked) {
      const bool take_right =
          left_ == left_end_ || (right_ < right_end_ && is_less(context, order_[right_], order_[left_]));
      merged_.push_back(order_[take_right ? right_++ : left_++]);
    }
  }
  return worked;
}

}  // namespace assay
