#include "core/base/ordering.h"

#include <algorithm>

namespace assay {
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

void sort_places(size_t count, PlaceLess is_less, PlaceSwap swap, const void* context) {
  // Lets what is at `root` sink until neither of the two below it is greater.
  const auto sink = [&](size_t root, size_t end) {
    for (;;) {
      size_t below = root * 2 + 1;
      if (below >= end) return;
      if (below + 1 < end && is_less(context, below, below + 1)) ++below;
      if (!is_less(context, root, below)) return;
      swap(context, root, below);
      root = below;
    }
  };
  for (size_t root = count / 2; root-- > 0;)
    sink(root, count);
  for (size_t end = count; end > 1;) {
    --end;
    swap(context, 0, end);
    sink(0, end);
  }
}

}  // namespace assay
