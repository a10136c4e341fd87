#include "core/stats/paired.h"

#include "core/stats/clusters.h"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <span>

using namespace assay::stats;
using Catch::Approx;

TEST_CASE("Student's t is that of the tables") {
  CHECK(t_quantile_95(1) == Approx(12.7062047362).margin(1e-8));
  CHECK(t_quantile_95(2) == Approx(4.3026527297).margin(1e-8));
  CHECK(t_quantile_95(3) == Approx(3.1824463053).margin(1e-8));
  CHECK(t_quantile_95(4) == Approx(2.7764451052).margin(1e-8));
  CHECK(t_quantile_95(30) == Approx(2.0422724563).margin(1e-8));
  // Both ways of computing it meet.
  CHECK(t_quantile_95(400) == Approx(t_quantile_95(401)).margin(2e-5));
  CHECK(t_quantile_95(400) > t_quantile_95(401));
  CHECK(t_quantile_95(1'000'000) == Approx(kZ95).margin(1e-5));
}

TEST_CASE("Of paired passes the difference is B less A, with an interval that none and all do not break") {
  PairedCounts counts;
  for (int i = 0; i < 20; ++i) counts.add(true, true);
  for (int i = 0; i < 4; ++i) counts.add(true, false);
  for (int i = 0; i < 9; ++i) counts.add(false, true);
  for (int i = 0; i < 7; ++i) counts.add(false, false);
  CHECK(counts.n() == 40);
  CHECK(counts.passes_a() == 24);
  CHECK(counts.passes_b() == 29);
  const auto difference = rate_difference(counts, {});
  REQUIRE(difference);
  CHECK(difference->value == Approx(0.125));
  // By hand in Python.
  CHECK(difference->interval->low == Approx(-0.051807640634284335).margin(1e-10));
  CHECK(difference->interval->high == Approx(0.2899028787295224).margin(1e-10));
  CHECK_FALSE(rate_difference({}, {}));
  CHECK_FALSE(rate_difference({1, 0, 0, 0}, {})->interval);
  const auto same = rate_difference({30, 0, 0, 10}, {});
  CHECK(same->value == 0);
  CHECK(same->interval->low < 0);  // that none of 40 differ does not say that none ever will
  CHECK(same->interval->high > 0);
  CHECK(rate_difference({0, 0, 50, 0}, {})->interval->high <= 1);
}

TEST_CASE("Of paired numbers the mean of the differences has Student's interval") {
  const uint32_t clusters[] = {0, 1, 2, 3, 4};
  const double differences[] = {0.5, -0.25, 1.0, 0.75, 0.0};
  const auto mean = mean_difference(differences, clusters);
  REQUIRE(mean);
  CHECK(mean->value == Approx(0.4));
  CHECK(mean->interval->high - mean->value == Approx(0.6436923169822705).margin(1e-9));
  CHECK(mean->n == 5);
  CHECK_FALSE(mean_difference({}, {}));
  const double one[] = {2.0};
  CHECK_FALSE(mean_difference(one, std::span(clusters).first(1))->interval);
  const double broken[] = {1.0, std::nan("")};
  CHECK_FALSE(mean_difference(broken, std::span(clusters).first(2)));
}

TEST_CASE("Several tests at a time make each p larger, and keep their order") {
  const double p[] = {0.01, 0.04, 0.03, 0.5};
  const std::vector<double> adjusted = adjusted_for_many(p);
  REQUIRE(adjusted.size() == 4);
  CHECK(adjusted[0] == Approx(0.04));
  CHECK(adjusted[1] == Approx(0.04 * 4 / 3));
  CHECK(adjusted[2] == Approx(0.04 * 4 / 3));  // never larger than that of a larger p
  CHECK(adjusted[3] == Approx(0.5));
  CHECK(adjusted_for_many({}).empty());
}
