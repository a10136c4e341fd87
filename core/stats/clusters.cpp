#include "core/stats/clusters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <unordered_map>
#include <vector>

#include "core/base/assert.h"

namespace assay::stats {
namespace {

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Of each cluster the sum of its values less `middle`, by the order in which the clusters come.
std::vector<double> cluster_sums(std::span<const double> values, std::span<const uint32_t> cluster_of, double middle) {
  ASSAY_ASSERT(values.size() == cluster_of.size());
  std::unordered_map<uint32_t, size_t> place;
  std::vector<double> sums;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto [found, is_new] = place.try_emplace(cluster_of[i], sums.size());
    if (is_new) sums.push_back(0);
    sums[found->second] += values[i] - middle;
  }
  return sums;
}

// Of the mean.
struct Variances {
  double alone = 0, clustered = 0;
  uint32_t clusters = 0;
};

// Precondition: at least two values.
Variances variances_of(std::span<const double> values, std::span<const uint32_t> cluster_of) {
  const double n = static_cast<double>(values.size()), mean = mean_of(values);
  Variances out;
  for (const double value : values) out.alone += (value - mean) * (value - mean);
  out.alone /= n * (n - 1);
  const std::vector<double> sums = cluster_sums(values, cluster_of, mean);
  out.clusters = static_cast<uint32_t>(sums.size());
  const double clusters = out.clusters;
  for (const double sum : sums) out.clustered += sum * sum;
  out.clustered *= out.clusters < 2 ? 0 : clusters / (clusters - 1) / (n * n);
  return out;
}

}  // namespace

double DesignEffect::quantile() const { return clustered() && clusters > 1 ? t_quantile_95(clusters - 1) : kZ95; }

DesignEffect design_effect(std::span<const double> values, std::span<const uint32_t> cluster_of) {
  ASSAY_ASSERT(values.size() == cluster_of.size());
  DesignEffect out;
  out.n = out.clusters = static_cast<uint32_t>(values.size());
  if (out.n < 2) return out;
  const Variances variances = variances_of(values, cluster_of);
  out.clusters = variances.clusters;
  if (!out.clustered()) return out;
  const double each_once = static_cast<double>(out.n) / out.clusters;
  // Few clusters may look more alike than chance has it by chance alone: never narrower than without them.
  const bool tells = variances.alone > 0 && out.clusters > 1;
  out.factor = tells ? std::max(1.0, variances.clustered / variances.alone) : each_once;
  return out;
}

std::optional<Interval> rate_interval(double rate, const DesignEffect& effect) {
  if (effect.n == 0) return std::nullopt;
  return wilson_interval_of_rate(rate, effect.effective_n(), effect.quantile());
}

std::optional<Interval> mean_interval(std::span<const double> values, std::span<const uint32_t> cluster_of) {
  if (values.size() < 2) return std::nullopt;
  const Variances variances = variances_of(values, cluster_of);
  if (variances.clusters < 2) return std::nullopt;
  const double mean = mean_of(values);
  const double half = t_quantile_95(variances.clusters - 1) * std::sqrt(std::max(variances.alone, variances.clustered));
  if (!std::isfinite(mean) || !std::isfinite(half)) return std::nullopt;
  return Interval{mean - half, mean + half};
}

double sign_flip_p(std::span<const double> changes, std::span<const uint32_t> cluster_of) {
  std::vector<size_t> sums;
  long long total = 0;
  size_t most = 0;
  double squares = 0;
  for (const double sum : cluster_sums(changes, cluster_of, 0)) {
    const long long whole = std::llround(sum);
    total += whole;
    if (whole == 0) continue;
    sums.push_back(static_cast<size_t>(std::llabs(whole)));
    most += sums.back();
    squares += sum * sum;
  }
  if (total == 0) return 1;
  const size_t seen = static_cast<size_t>(std::llabs(total));
  constexpr size_t kMostSteps = 20'000'000;
  if (most > kMostSteps / sums.size()) return std::erfc(static_cast<double>(seen) / std::sqrt(2 * squares));
  // chance[s]: that the clusters so far whose sign is positive have s together.
  std::vector<double> chance(most + 1, 0);
  chance[0] = 1;
  size_t reached = 0;
  for (const size_t sum : sums) {
    reached += sum;
    for (size_t s = reached + 1; s-- > 0;)
      chance[s] = 0.5 * (chance[s] + (s >= sum ? chance[s - sum] : 0));
  }
  // The total is 2 s − most; as extreme is what lies at least as far from 0, on either side alike.
  double p = 0;
  for (size_t s = (most + seen) / 2; s <= most; ++s) p += chance[s];
  return std::min(1.0, 2 * p);
}

}  // namespace assay::stats
