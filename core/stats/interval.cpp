#include "core/stats/interval.h"

#include <algorithm>
#include <cmath>

#include "core/base/assert.h"

namespace assay::stats {

Interval wilson_interval_of_rate(double p, double n, double z) {
  ASSAY_ASSERT(p >= 0 && p <= 1 && n > 0);
  const double z2 = z * z;
  const double scale = 1 / (1 + z2 / n);
  const double centre = (p + z2 / (2 * n)) * scale;
  const double half = z * scale * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  // The formula gives exactly 0 and 1 at the ends; rounding may miss them by a hair.
  Interval interval{std::max(0.0, centre - half), std::min(1.0, centre + half)};
  if (p == 0) interval.low = 0;
  if (p == 1) interval.high = 1;
  return interval;
}

std::optional<Interval> wilson_interval(uint32_t successes, uint32_t n, double z) {
  ASSAY_ASSERT(successes <= n);
  if (n == 0) return std::nullopt;
  return wilson_interval_of_rate(successes / static_cast<double>(n), n, z);
}

}  // namespace assay::stats
