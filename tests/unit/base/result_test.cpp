#include "core/base/result.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay;

namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return make_error(ErrorCode::InvalidInput, "the number is odd", 7);
  return value / 2;
}

Result<int> quarter(int value) {
  const int halved = ASSAY_TRY(half(value));
  return half(halved);
}

}  // namespace

TEST_CASE("ASSAY_TRY passes values on and errors up") {
  CHECK(quarter(8).value() == 2);
  const auto failed = quarter(6);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().what == "the number is odd");
  CHECK(failed.error().at_byte == 7);
}

TEST_CASE("context stands before what went wrong") {
  Error error = make_error(ErrorCode::NotFound, "no such file");
  CHECK(std::move(error).with_context("settings").what == "settings: no such file");
}
