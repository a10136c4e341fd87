#include "core/base/ordering.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

namespace assay {
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

TEST_CASE("sorting in place equals the standard library's sort, for numbers and for strings") {
  std::mt19937 random(11);
  for (size_t count = 0; count < 200; ++count) {
    std::vector<uint32_t> numbers(count);
    std::vector<std::string> strings;
    for (uint32_t& number : numbers) {
      number = static_cast<uint32_t>(random() % (1 + count / 2));
      strings.push_back(std::string(number % 40, 'x') + std::to_string(number));
    }
    std::vector<uint32_t> expected = numbers;
    std::sort(expected.begin(), expected.end());
    sort_in_place(numbers);
    CHECK(numbers == expected);
    std::vector<std::string> expected_strings = strings;
    std::sort(expected_strings.begin(), expected_strings.end());
    sort_in_place(strings);
    CHECK(strings == expected_strings);
  }
}

TEST_CASE("sorting in place takes another order and a part of a vector") {
  std::vector<int> numbers = {1, 5, 3, 4, 2};
  sort_in_place(numbers.data() + 1, 3, [](int a, int b) { return a > b; });
  CHECK(numbers == std::vector<int>{1, 5, 4, 3, 2});
}

}  // namespace
}  // namespace assay
