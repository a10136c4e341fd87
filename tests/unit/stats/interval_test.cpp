#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "core/stats/interval.h"

using assay::stats::Interval;
using assay::stats::wilson_interval;
using Catch::Approx;

TEST_CASE("No observations give no interval") { CHECK_FALSE(wilson_interval(0, 0).has_value()); }

TEST_CASE("Wilson's interval for known proportions") {
  // 8 of 10: the textbook example; 40 of 50 and 80 of 100 as published for sample sizes.
  const Interval ten = *wilson_interval(8, 10);
  CHECK(ten.low == Approx(0.490162).margin(1e-6));
  CHECK(ten.high == Approx(0.943318).margin(1e-6));
  const Interval fifty = *wilson_interval(40, 50);
  CHECK(fifty.low == Approx(0.67).margin(0.005));
  CHECK(fifty.high == Approx(0.89).margin(0.005));
  const Interval hundred = *wilson_interval(80, 100);
  CHECK(hundred.low == Approx(0.71).margin(0.005));
  CHECK(hundred.high == Approx(0.87).margin(0.005));
}

TEST_CASE("Wilson's interval stays inside [0, 1] and never collapses at the ends") {
  for (uint32_t n = 1; n <= 60; ++n) {
    const Interval none = *wilson_interval(0, n);
    CHECK(none.low == 0);
    CHECK(none.high > 0);
    const Interval all = *wilson_interval(n, n);
    CHECK(all.high == 1);
    CHECK(all.low < 1);
    CHECK(all.low == Approx(1 - none.high).margin(1e-12));
    for (uint32_t k = 0; k <= n; ++k) {
      const Interval interval = *wilson_interval(k, n);
      const double p = static_cast<double>(k) / n;
      REQUIRE(interval.low <= p);
      REQUIRE(interval.high >= p);
    }
  }
}

TEST_CASE("46 of 50 are needed for a lower bound of 0.80") {
  CHECK(wilson_interval(46, 50)->low >= 0.80);
  CHECK(wilson_interval(45, 50)->low < 0.80);
}
