#include "core/journal/ids.h"

#include <catch2/catch_test_macros.hpp>

namespace assay::journal {
namespace {

void counting(void* context, uint8_t* bytes, size_t count) {
  auto* next = static_cast<uint8_t*>(context);
  for (size_t i = 0; i < count; ++i)
    bytes[i] = (*next)++;
}

TEST_CASE("ids are made of the caller's random bytes") {
  uint8_t next = 0;
  const RandomSource random{counting, &next};
  CHECK(new_session_id(random) == "s-0001020304050607");
  CHECK(new_assessment_id(random) == "a-08090a0b0c0d0e0f1011121314151617");
}

}  // namespace
}  // namespace assay::journal
