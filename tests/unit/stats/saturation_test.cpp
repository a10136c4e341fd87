#include "core/stats/saturation.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay::stats;

TEST_CASE("Good and Turing's coverage is one minus the share of what was seen once", "[stats]") {
  CHECK_FALSE(good_turing_coverage(0, 0));
  CHECK(*good_turing_coverage(0, 12) == 1.0);
  CHECK(*good_turing_coverage(3, 12) == 0.75);
  CHECK(*good_turing_coverage(4, 4) == 0.0);
}
