#include "core/stats/paired.h"

#include <algorithm>
#include <cmath>

#include "core/base/ordering.h"

namespace assay::stats {

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
