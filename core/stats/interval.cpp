#include "core/stats/interval.h"

#include <algorithm>
#include <cmath>

#include "core/base/assert.h"

namespace assay::stats {
namespace {

// The probability that |T| <= t, by the finite sums for whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4).
double t_within(double t, uint32_t degrees) {
  const double theta = std::atan(t / std::sqrt(static_cast<double>(degrees)));
  const double cosine = std::cos(theta), sine = std::sin(theta), squared = cosine * cosine;
  if (degrees % 2 == 1) {
    double term = cosine, sum = degrees == 1 ? 0 : term;
    for (uint32_t k = 3; k + 2 <= degrees; k += 2) sum += term *= squared * (k - 1) / k;
    return 2 / 3.141592653589793 * (theta + sine * sum);
  }
  double term = 1, sum = 1;
  for (uint32_t k = 2; k + 2 <= degrees; k += 2) sum += term *= squared * (k - 1) / k;
  return sine * sum;
}

}  // namespace

double t_quantile_95(uint32_t degrees) {
  ASSAY_ASSERT(degrees > 0);
  constexpr uint32_t kMany = 400;
  // Cornish and Fisher: right to the seventh digit by then.
  if (degrees > kMany) {
    const double z = kZ95, n = degrees, z3 = z * z * z, z5 = z3 * z * z;
    return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n);
  }
  double low = kZ95, high = 13;  // 12.706 with one
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (t_within(middle, degrees) < 0.95 ? low : high) = middle;
  }
  return (low + high) / 2;
}

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
