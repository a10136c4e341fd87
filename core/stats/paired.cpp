#include "core/stats/paired.h"

#include <algorithm>
#include <cmath>

#include "core/base/assert.h"
#include "core/base/ordering.h"
#include "core/stats/clusters.h"

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

std::optional<Difference> rate_difference(const PairedCounts& c, const DesignEffect& effect) {
  if (c.n() == 0) return std::nullopt;
  Difference out;
  out.n = c.n();
  out.value = (static_cast<double>(c.only_b) - c.only_a) / out.n;
  if (out.n < 2) return out;
  const double n = c.n() / effect.factor + 2;
  const double b = c.only_a / effect.factor + 0.5, d = c.only_b / effect.factor + 0.5;
  const double middle = (d - b) / n, half = effect.quantile() * std::sqrt(b + d - (d - b) * (d - b) / n) / n;
  out.interval = Interval{std::max(-1.0, middle - half), std::min(1.0, middle + half)};
  return out;
}

std::optional<Difference> mean_difference(std::span<const double> differences, std::span<const uint32_t> cluster_of) {
  if (differences.empty()) return std::nullopt;
  Difference out;
  out.n = static_cast<uint32_t>(differences.size());
  for (const double d : differences) out.value += d;
  out.value /= out.n;
  if (!std::isfinite(out.value)) return std::nullopt;
  out.interval = mean_interval(differences, cluster_of);
  return out;
}

std::vector<double> adjusted_for_many(std::span<const double> p_values) {
  const auto larger = [&](uint32_t a, uint32_t b) { return p_values[a] > p_values[b]; };
  std::vector<double> adjusted(p_values.size(), 1);
  double least = 1;
  size_t rank = p_values.size();
  for (const uint32_t i : sorted_indexes(p_values.size(), larger)) {
    least = std::min(least, p_values[i] * static_cast<double>(p_values.size()) / static_cast<double>(rank--));
    adjusted[i] = least;
  }
  return adjusted;
}

}  // namespace assay::stats
