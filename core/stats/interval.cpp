#include "core/stats/interval.h"

#include <algorithm>
#include <cmath>

#include "core/base/assert.h"

namespace assay::stats {

std::optional<Interval> wilson_interval(uint32_t successes, uint32_t n, double z) {
  ASSAY_ASSERT(successes <= n);
  if (n == 0) return std::nullopt;
  const double count = n;
  const double p = successes / count;
  const double z2 = z * z;
  const double scale = 1 / (1 + z2 / count);
  const double centre = (p + z2 / (2 * count)) * scale;
  const double half = z * scale * std::sqrt(p * (1 - p) / count + z2 / (4 * count * count));
  // The formula gives exactly 0 and 1 at the ends; rounding may miss them by a hair.
  Interval interval{std::max(0.0, centre - half), std::min(1.0, centre + half)};
  if (successes == 0) interval.low = 0;
  if (successes == n) interval.high = 1;
  return interval;
}

}  // namespace assay::stats
