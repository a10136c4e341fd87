#include "core/journal/ordering.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <vector>

namespace assay::journal {
namespace {

TEST_CASE("sorting by index equals the standard library's stable sort") {
  std::mt19937 random(7);
  for (size_t count = 0; count < 200; ++count) {
    std::vector<uint32_t> keys(count);
    for (uint32_t& key : keys)
      key = static_cast<uint32_t>(random() % (1 + count / 3));
    if (count % 5 == 0) std::sort(keys.begin(), keys.end());
    const auto less = [&](uint32_t a, uint32_t b) { return keys[a] < keys[b]; };
    std::vector<uint32_t> expected(count);
    for (size_t i = 0; i < count; ++i)
      expected[i] = static_cast<uint32_t>(i);
    std::stable_sort(expected.begin(), expected.end(), less);
    CHECK(sorted_indexes(count, less) == expected);
  }
}

}  // namespace
}  // namespace assay::journal
