#include "core/journal/ordering.h"

#include <algorithm>
#include <utility>

namespace assay::journal {
namespace {

// Merges from[begin, middle) and from[middle, end) into `to`.
void merge_runs(const std::vector<uint32_t>& from, std::vector<uint32_t>& to, size_t begin,
                size_t middle, size_t end, IndexLess is_less, const void* context) {
  size_t left = begin, right = middle;
  for (size_t at = begin; at < end; ++at) {
    const bool take_right =
        left == middle || (right < end && is_less(context, from[right], from[left]));
    to[at] = take_right ? from[right++] : from[left++];
  }
}

}  // namespace

std::vector<uint32_t> sorted_indexes(size_t count, IndexLess is_less, const void* context) {
  std::vector<uint32_t> order(count);
  bool is_sorted = true;
  for (size_t i = 0; i < count; ++i) {
    order[i] = static_cast<uint32_t>(i);
    is_sorted = is_sorted && (i == 0 || !is_less(context, order[i], order[i - 1]));
  }
  if (is_sorted) return order;  // journals nearly always are
  std::vector<uint32_t> other(count);
  for (size_t run = 1; run < count; run *= 2) {
    for (size_t begin = 0; begin < count; begin += run * 2) {
      const size_t middle = std::min(begin + run, count);
      merge_runs(order, other, begin, middle, std::min(middle + run, count), is_less, context);
    }
    std::swap(order, other);
  }
  return order;
}

}  // namespace assay::journal
