#include "core/base/job.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay;

TEST_CASE("a budget ends with its units or its time, whichever comes first") {
  Budget units{3};
  CHECK(units.spend(2));
  CHECK_FALSE(units.spend(1));

  double now_ms = 10;
  Budget timed;
  timed.deadline_ms = 12;
  timed.context = &now_ms;
  timed.now_ms = [](void* context) { return *static_cast<double*>(context); };
  CHECK(timed.spend(1));
  now_ms = 12;
  CHECK_FALSE(timed.spend(1));
}
