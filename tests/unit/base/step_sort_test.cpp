#include "core/base/step_sort.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>

using assay::StepSort;

TEST_CASE("in steps comes what sorting at once gives, and equal ones keep their order") {
  std::mt19937 random(7);
  for (const size_t count : {0u, 1u, 2u, 2047u, 2048u, 2049u, 4096u, 10000u, 33333u}) {
    std::vector<uint32_t> values(count), order(count);
    for (uint32_t i = 0; i < count; ++i) {
      values[i] = static_cast<uint32_t>(random() % 500);
      order[i] = i;
    }
    const auto less = [&](uint32_t a, uint32_t b) { return values[a] < values[b]; };
    StepSort sort(order);
    uint32_t longest = 0;
    for (uint32_t worked = 1; worked > 0; longest = std::max(longest, worked)) worked = sort.step(less);
    std::stable_sort(order.begin(), order.end(), less);
    CHECK(sort.take() == order);
    CHECK(longest <= 2048);
  }
}
