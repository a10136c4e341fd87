#include "core/base/sequence_diff.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string_view>

using namespace assay;

namespace {

std::vector<uint32_t> letters(std::string_view text) { return {text.begin(), text.end()}; }

uint32_t found(const SequenceDiff& diff) {
  uint32_t sum = 0;
  for (const EqualRun& run : diff.equal) sum += run.count;
  return sum;
}

// The naive length of the longest common subsequence.
uint32_t longest(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<uint32_t> row(b.size() + 1, 0);
  for (const uint32_t x : a) {
    uint32_t diagonal = 0;
    for (size_t j = 0; j < b.size(); ++j) {
      const uint32_t above = row[j + 1];
      row[j + 1] = x == b[j] ? diagonal + 1 : std::max(row[j], above);
      diagonal = above;
    }
  }
  return row.back();
}

void check_valid(const SequenceDiff& diff, const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  uint32_t at_a = 0, at_b = 0;
  for (const EqualRun& run : diff.equal) {
    REQUIRE(run.count > 0);
    REQUIRE(run.at_a >= at_a);
    REQUIRE(run.at_b >= at_b);
    at_a = run.at_a + run.count;
    at_b = run.at_b + run.count;
    REQUIRE(at_a <= a.size());
    REQUIRE(at_b <= b.size());
    for (uint32_t i = 0; i < run.count; ++i) REQUIRE(a[run.at_a + i] == b[run.at_b + i]);
  }
}

}  // namespace

TEST_CASE("The longest common subsequence is found", "[base][diff]") {
  CHECK(found(diff_sequences(letters("ABCABBA"), letters("CBABAC"), 100)) == 4);
  CHECK(diff_sequences({}, {}, 10).equal.empty());
  CHECK(diff_sequences(letters("abc"), {}, 10).equal.empty());
  const SequenceDiff same = diff_sequences(letters("same"), letters("same"), 0);
  REQUIRE(same.equal.size() == 1);
  CHECK(same.exact);
}

TEST_CASE("Random sequences have as long a one as the naive way finds", "[base][diff]") {
  uint32_t seed = 12345;
  const auto next = [&seed] { return seed = seed * 1664525 + 1013904223, seed >> 16; };
  for (int round = 0; round < 3000; ++round) {
    const uint32_t alphabet = 1 + next() % 6;
    std::vector<uint32_t> a(next() % 24), b(next() % 24);
    for (uint32_t& x : a) x = next() % alphabet;
    for (uint32_t& x : b) x = next() % alphabet;
    const SequenceDiff diff = diff_sequences(a, b, 1000);
    check_valid(diff, a, b);
    CHECK(diff.exact);
    CHECK(found(diff) == longest(a, b));
    check_valid(diff_sequences(a, b, 3), a, b);
  }
}

TEST_CASE("The bound keeps hopeless comparisons short", "[base][diff]") {
  std::vector<uint32_t> a(200000), b(200000);
  for (uint32_t i = 0; i < a.size(); ++i) {
    a[i] = i;
    b[i] = 1000000 + i;
  }
  b[0] = a[0];
  b.back() = a.back();
  const SequenceDiff diff = diff_sequences(a, b, 500);
  CHECK_FALSE(diff.exact);
  CHECK(found(diff) == 2);
}
