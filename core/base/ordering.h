// Sorting that is compiled once. std::sort and std::stable_sort are compiled anew for each element type and
// comparison, at 2 to 7 KB of wasm a time; these two take comparison and exchange as function pointers.
//
//   sorted_indexes(count, less)  stable; says in which order the elements come and leaves them where they are
//   sort_in_place(items, less)   equal elements may change places; allocates nothing
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace assay {

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

using PlaceLess = bool (*)(const void* context, size_t a, size_t b);
using PlaceSwap = void (*)(const void* context, size_t a, size_t b);

// Orders the places 0 … count - 1 by comparing and exchanging what is there (heap sort).
void sort_places(size_t count, PlaceLess is_less, PlaceSwap swap, const void* context);

// `less` takes two elements.
template <typename T, typename Less>
void sort_in_place(T* items, size_t count, const Less& less) {
  struct Work {
    T* items;
    const Less& less;
  };
  const Work work{items, less};
  const PlaceLess is_less = [](const void* context, size_t a, size_t b) {
    const Work& w = *static_cast<const Work*>(context);
    return static_cast<bool>(w.less(w.items[a], w.items[b]));
  };
  const PlaceSwap swap = [](const void* context, size_t a, size_t b) {
    const Work& w = *static_cast<const Work*>(context);
    std::swap(w.items[a], w.items[b]);
  };
  sort_places(count, is_less, swap, &work);
}

template <typename T, typename Less>
void sort_in_place(std::vector<T>& items, const Less& less) {
  sort_in_place(items.data(), items.size(), less);
}

template <typename T>
void sort_in_place(std::vector<T>& items) {
  sort_in_place(items.data(), items.size(), [](const T& a, const T& b) { return a < b; });
}

}  // namespace assay
