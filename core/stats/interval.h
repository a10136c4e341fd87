// Intervals for proportions, and the quantiles that intervals are made of.
#pragma once

#include <cstdint>
#include <optional>

namespace assay::stats {

struct Interval {
  double low = 0;
  double high = 0;
};

constexpr double kZ95 = 1.959963984540054;  // the 97.5 % quantile of the normal distribution

// The 97.5 % quantile of Student's t. Precondition: degrees_of_freedom > 0.
double t_quantile_95(uint32_t degrees_of_freedom);

// Wilson's score interval for `successes` of `n` (E. B. Wilson, 1927); nothing for n = 0.
// Precondition: successes <= n.
std::optional<Interval> wilson_interval(uint32_t successes, uint32_t n, double z = kZ95);
// The same for a rate that is worth as much as `n` independent observations, which need not be a whole number.
// Preconditions: 0 <= rate <= 1, n > 0.
Interval wilson_interval_of_rate(double rate, double n, double z = kZ95);

}  // namespace assay::stats
