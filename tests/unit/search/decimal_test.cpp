#include "core/search/decimal.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace assay::search;

TEST_CASE("only JSON's form of a number is one") {
  for (const char* text : {"0", "-0", "12", "-1.50", "1e5", "1E+5", "0.1e-10"})
    CHECK(is_decimal(text));
  for (const char* text :
       {"", "-", "01", "+1", ".5", "1.", "1e", "1e+", "0x1", "1 ", "NaN", "1.2.3", "--1"}) {
    INFO(text);
    CHECK_FALSE(is_decimal(text));
  }
}

TEST_CASE("numbers are compared digit by digit, not as doubles") {
  CHECK(compare_decimals("9007199254740993", "9007199254740992") > 0);
  CHECK(compare_decimals("0.1", "0.10000000000000000001") < 0);
  CHECK(compare_decimals("0.10", "0.1") == 0);
  CHECK(compare_decimals("1e3", "1000.000") == 0);
  CHECK(compare_decimals("-1", "1") < 0);
  CHECK(compare_decimals("-2", "-1") < 0);
  CHECK(compare_decimals("-0", "0") == 0);
  CHECK(compare_decimals("-0.0", "0e99") == 0);
  CHECK(compare_decimals("0", "-0.001") > 0);
  CHECK(compare_decimals("0", "0.001") < 0);
  CHECK(compare_decimals("0.00123", "1.23e-3") == 0);
  CHECK(compare_decimals("123456.789e-3", "123.456789") == 0);
  CHECK(compare_decimals("1e999999999", "1e1000000000") < 0);
  CHECK(compare_decimals("1e-99999999999999999999", "0") > 0);
  CHECK(compare_decimals("1e99999999999999999999", "1e99999999999999999998") ==
        0);  // beyond what is told apart
  CHECK(compare_decimals(std::string(100000, '9'), std::string(99999, '9')) > 0);
}

TEST_CASE("a number is cut to a whole one downwards, after its point was moved") {
  const auto floor = [](const char* text, int shift) {
    const DecimalFloor out = floor_decimal(text, shift);
    return std::to_string(out.floor) + (out.is_exact ? "" : "~") +
           (out.beyond == 0  ? ""
            : out.beyond < 0 ? "<"
                             : ">");
  };
  CHECK(floor("5", 0) == "5");
  CHECK(floor("5.5", 0) == "5~");
  CHECK(floor("-5.5", 0) == "-6~");
  CHECK(floor("-5", 0) == "-5");
  CHECK(floor("5.5", 1) == "55");
  CHECK(floor("1795521600000", 6) == "1795521600000000000");
  CHECK(floor("1795521600000000000e-6", 6) == "1795521600000000000");
  CHECK(floor("0.25", 6) == "250000");
  CHECK(floor("0.0000001", 6) == "0~");
  CHECK(floor("-0.0000001", 6) == "-1~");
  CHECK(floor("9223372036854775807", 0) == "9223372036854775807");
  CHECK(floor("9223372036854775808", 0) == "9223372036854775807~>");
  CHECK(floor("-9223372036854775808", 0) == "-9223372036854775808");
  CHECK(floor("-9223372036854775808.5", 0) == "-9223372036854775808~<");
  CHECK(floor("1e30", 0) == "9223372036854775807~>");
  CHECK(floor("0", 6) == "0");
  CHECK(floor("1e-30", 0) == "0~");
}
