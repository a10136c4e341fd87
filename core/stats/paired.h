// Two evaluations of the same items against each other: what pairing tells that two rates side by side do not. Pure
// functions.
//
// Sources: the interval of a difference of paired proportions by A. Agresti and Y. Min (2005: half an item is added to
// each of the four cells), Student's t for a mean of differences, and Y. Benjamini and Y. Hochberg (1995) for several
// tests at a time. Whether passes and fails change more often in one direction: mcnemar_exact_p() of calibration.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/stats/clusters.h"
#include "core/stats/interval.h"

namespace assay::stats {

// Items that both evaluations passed or failed.
struct PairedCounts {
  uint32_t both_pass = 0, only_a = 0, only_b = 0, both_fail = 0;  // only_a: passed in A, failed in B

  uint32_t n() const { return both_pass + only_a + only_b + both_fail; }
  uint32_t passes_a() const { return both_pass + only_a; }
  uint32_t passes_b() const { return both_pass + only_b; }
  void add(bool passed_a, bool passed_b) { ++(passed_a ? (passed_b ? both_pass : only_a) : (passed_b ? only_b : both_fail)); }
};

// B less A.
struct Difference {
  double value = 0;
  std::optional<Interval> interval;  // 95 %; absent with fewer than two items
  uint32_t n = 0;
};
// Of the pass rates; within [−1, 1]. Nothing for n = 0. `effect`: of the items' own differences (1, 0, −1).
std::optional<Difference> rate_difference(const PairedCounts& counts, const DesignEffect& effect);
// Of the means, from each item's own difference (B less A). Nothing for none, or where one is not finite. `cluster_of` as
// in clusters.h.
std::optional<Difference> mean_difference(std::span<const double> differences, std::span<const uint32_t> cluster_of);

// How many items must differ before McNemar's exact test can give p < 0.05, were they all to differ alike.
constexpr uint32_t kLeastDiscordant = 6;

// Each p as it stands after Benjamini and Hochberg's correction for there being several, in the same order.
std::vector<double> adjusted_for_many(std::span<const double> p_values);

}  // namespace assay::stats
