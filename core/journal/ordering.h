// Stable sorting by index. One function for all orders: std::stable_sort is compiled anew for each
// element type and comparison, at 3 to 6 KB of wasm a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay::journal {

using IndexLess = bool (*)(const void* context, uint32_t a, uint32_t b);

// 0 … count - 1, so that no index comes before one that is less; equal ones keep their order.
// Precondition: count fits into 32 bits.
std::vector<uint32_t> sorted_indexes(size_t count, IndexLess is_less, const void* context);

// The same with a function object (uint32_t, uint32_t) → bool.
template <typename Less>
std::vector<uint32_t> sorted_indexes(size_t count, const Less& less) {
  const IndexLess call = [](const void* context, uint32_t a, uint32_t b) {
    return static_cast<bool>((*static_cast<const Less*>(context))(a, b));
  };
  return sorted_indexes(count, call, &less);
}

}  // namespace assay::journal
