#include "core/stats/clusters.h"

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "core/stats/calibration.h"
#include "core/stats/paired.h"

using namespace assay::stats;
using Catch::Approx;

namespace {

std::vector<uint32_t> each_by_itself(size_t count) {
  std::vector<uint32_t> out(count);
  std::iota(out.begin(), out.end(), 0u);
  return out;
}

}  // namespace

// Expected values were computed by hand in Python from the formulae in the header.
TEST_CASE("Values of few clusters are worth as many independent ones as the clustered error says") {
  const std::vector<double> values = {1, 1, 1, 0, 0, 0, 1, 1, 0, 1};
  const std::vector<uint32_t> clusters = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4};
  const DesignEffect effect = design_effect(values, clusters);
  CHECK(effect.n == 10);
  CHECK(effect.clusters == 4);
  CHECK(effect.factor == Approx(2.44));
  const Interval interval = *rate_interval(0.6, effect);
  CHECK(interval.low == Approx(0.10937012789432687).margin(1e-8));
  CHECK(interval.high == Approx(0.9482464472211853).margin(1e-8));
  const std::vector<double> scores = {0.5, 0.6, 0.9, 0.1, 0.2, 0.4};
  const std::vector<uint32_t> of = {1, 1, 2, 3, 3, 3};
  const Interval mean = *mean_interval(scores, of);
  CHECK((mean.high - mean.low) / 2 == Approx(0.7162118413546746).margin(1e-8));
  CHECK((mean.high + mean.low) / 2 == Approx(0.45));
}

TEST_CASE("Where each value stands for itself the intervals are the usual ones") {
  std::mt19937 random(20261201);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> values(2 + random() % 40);
    uint32_t ones = 0;
    for (double& value : values) {
      value = static_cast<double>(random() % 2);
      ones += value > 0 ? 1 : 0;
    }
    const std::vector<uint32_t> alone = each_by_itself(values.size());
    const DesignEffect effect = design_effect(values, alone);
    const uint32_t n = static_cast<uint32_t>(values.size());
    CHECK_FALSE(effect.clustered());
    CHECK(effect.factor == 1);
    const Interval got = *rate_interval(ones / static_cast<double>(n), effect), wanted = *wilson_interval(ones, n);
    CHECK(got.low == Approx(wanted.low).margin(1e-12));
    CHECK(got.high == Approx(wanted.high).margin(1e-12));
    // Clusters never make it narrower.
    std::vector<uint32_t> clusters(values.size());
    for (uint32_t& cluster : clusters) cluster = static_cast<uint32_t>(random() % 7);
    const Interval wider = *rate_interval(ones / static_cast<double>(n), design_effect(values, clusters));
    CHECK(wider.low <= got.low + 1e-12);
    CHECK(wider.high >= got.high - 1e-12);
  }
}

TEST_CASE("Values that are all equal count once for each cluster") {
  const std::vector<double> values(40, 1.0);
  std::vector<uint32_t> clusters(40);
  for (uint32_t i = 0; i < 40; ++i) clusters[i] = i / 8;
  const DesignEffect effect = design_effect(values, clusters);
  CHECK(effect.effective_n() == Approx(5));
  CHECK(rate_interval(1, effect)->low < wilson_interval(5, 5)->low + 1e-12);
  CHECK(rate_interval(1, effect)->high == 1);
  // A single cluster.
  const DesignEffect one = design_effect(values, std::vector<uint32_t>(40, 7));
  CHECK(one.effective_n() == Approx(1));
  CHECK_FALSE(mean_interval(values, std::vector<uint32_t>(40, 7)));
  CHECK_FALSE(rate_interval(0, design_effect({}, {})));
  CHECK_FALSE(mean_interval({}, {}));
}

// What the design effect is for: the true rate should lie inside of 95 of 100 intervals, also where sessions resemble
// themselves; Wilson's over all values misses it far more often.
TEST_CASE("The interval holds the truth as often as it says when sessions resemble themselves") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  int held = 0, held_without = 0;
  constexpr int kRounds = 600;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> values;
    std::vector<uint32_t> clusters;
    for (uint32_t session = 0; session < 40; ++session) {
      const double rate = uniform(random) < 0.7 ? 0.95 : 0.3;  // 0.755 on average
      for (int trace = 0; trace < 10; ++trace) {
        values.push_back(uniform(random) < rate ? 1 : 0);
        clusters.push_back(session);
      }
    }
    const double rate = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    const auto inside = [](const Interval& interval) { return interval.low <= 0.755 && interval.high >= 0.755; };
    held += inside(*rate_interval(rate, design_effect(values, clusters))) ? 1 : 0;
    held_without += inside(*rate_interval(rate, design_effect(values, each_by_itself(values.size())))) ? 1 : 0;
  }
  CHECK(held >= kRounds * 92 / 100);
  CHECK(held_without < kRounds * 80 / 100);
}

TEST_CASE("Flipping the signs of clusters is McNemar's exact test where each change stands for itself") {
  for (uint32_t ups = 0; ups <= 30; ++ups) {
    for (uint32_t downs = 0; downs <= 30; downs += 3) {
      std::vector<double> changes(ups, 1.0);
      changes.insert(changes.end(), downs, -1.0);
      changes.insert(changes.end(), 5, 0.0);
      CHECK(sign_flip_p(changes, each_by_itself(changes.size())) == Approx(mcnemar_exact_p(ups, downs)).margin(1e-9));
    }
  }
  // Sums of 2, −1 and 2: of eight ways to sign them, four are at least as far from 0 as 3.
  const std::vector<double> changes = {1, 1, -1, 1, 1, 1, 0, -1};
  const std::vector<uint32_t> clusters = {1, 1, 2, 3, 3, 4, 5, 4};
  CHECK(sign_flip_p(changes, clusters) == Approx(0.5));
  // Ten that all changed alike in one session tell as little as one.
  CHECK(sign_flip_p(std::vector<double>(10, 1.0), std::vector<uint32_t>(10, 3)) == 1);
  CHECK(sign_flip_p({}, {}) == 1);
  // Too many for the exact sum.
  std::vector<double> many(20000, 1.0);
  for (size_t i = 0; i < 9800; ++i) many[i] = -1;
  CHECK(sign_flip_p(many, each_by_itself(many.size())) == Approx(mcnemar_exact_p(9800, 10200)).margin(0.001));
}

TEST_CASE("A difference of paired rates is as wide as its clusters make it") {
  PairedCounts counts;
  std::vector<double> changes;
  std::vector<uint32_t> sessions;
  for (uint32_t i = 0; i < 60; ++i) {
    const bool a = i % 3 == 0, b = i < 30;
    counts.add(a, b);
    changes.push_back((b ? 1 : 0) - (a ? 1 : 0));
    sessions.push_back(i / 10);
  }
  const Difference alone = *rate_difference(counts, design_effect(changes, each_by_itself(60)));
  const Difference clustered = *rate_difference(counts, design_effect(changes, sessions));
  CHECK(alone.value == clustered.value);
  CHECK(clustered.interval->low < alone.interval->low);
  CHECK(clustered.interval->high > alone.interval->high);
  CHECK(mean_difference(changes, sessions)->interval->low < mean_difference(changes, each_by_itself(60))->interval->low);
}
