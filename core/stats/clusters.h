// Values that were not drawn each by itself: traces of one session, verdicts on one trace. What resembles each other says
// less than as many independent values would, so that intervals grow wider. Pure functions.
//
// Sources: the clustered standard error SE² = 1/n² Σ_g (Σ_{i∈g} (x_i − x̄))² as E. Miller gives it for evaluations (2024,
// arXiv 2411.00640), times G/(G − 1) for few clusters, with Student's t of G − 1 degrees; for rates Wilson's interval of
// the n that is left after the design effect (E. L. Korn and B. I. Graubard, 1998).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/stats/interval.h"

namespace assay::stats {

// How much less n values are worth than n independent ones.
struct DesignEffect {
  uint32_t n = 0, clusters = 0;
  double factor = 1;  // n / factor independent values would tell as much; at least 1

  bool clustered() const { return clusters < n; }
  double effective_n() const { return n / factor; }
  // The 97.5 % quantile to use: of the normal distribution where each stands for itself, else Student's.
  double quantile() const;
};

// `cluster_of`: by value, any numbers, equal for what belongs together. Values that are all equal say nothing of how much
// those of a cluster resemble each other: then each cluster counts once. Precondition: as many of the one as of the other.
DesignEffect design_effect(std::span<const double> values, std::span<const uint32_t> cluster_of);

// Of the share of ones among n values that are 0 or 1. Nothing for n = 0.
std::optional<Interval> rate_interval(double rate, const DesignEffect& effect);
// Of a mean. Nothing for fewer than two clusters, or where a value is not finite.
std::optional<Interval> mean_interval(std::span<const double> values, std::span<const uint32_t> cluster_of);

// Whether what changed did so more often in one direction: the changes of each cluster keep their sum and may have had
// either sign. Two-sided. With each change by itself this is McNemar's exact test. Exact, or by the normal distribution
// where that would take too long (many thousands of clusters).
double sign_flip_p(std::span<const double> changes, std::span<const uint32_t> cluster_of);

}  // namespace assay::stats
