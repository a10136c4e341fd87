#include "core/base/numbers.h"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>

using namespace assay;

namespace {

// The standard library's shortest digits, in repr's layout, as the reference.
std::string reference_repr(double value) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  std::string text(buffer, end);
  const bool negative = text[0] == '-';
  if (negative) text.erase(0, 1);
  const size_t e = text.find('e');
  const int exponent = std::atoi(text.c_str() + e + 1);
  std::string digits = text.substr(0, e);
  if (digits.size() > 1) digits.erase(1, 1);
  std::string out;
  if (exponent >= 16 || exponent < -4) {
    out = digits.substr(0, 1);
    if (digits.size() > 1) out += "." + digits.substr(1);
    const std::string size = std::to_string(std::abs(exponent));
    out += std::string(exponent < 0 ? "e-" : "e+") + (size.size() < 2 ? "0" : "") + size;
  } else if (exponent < 0) {
    out = "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  } else {
    const auto whole = static_cast<size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    out = digits.substr(0, whole) + "." + (digits.size() > whole ? digits.substr(whole) : "0");
  }
  return negative ? "-" + out : out;
}

}  // namespace

TEST_CASE("repr is what CPython prints") {
  // Printed by CPython 3.11.
  const struct {
    double value;
    const char* text;
  } cases[] = {{0.1, "0.1"},
               {5.0, "5.0"},
               {-0.0, "-0.0"},
               {1e15, "1000000000000000.0"},
               {1e16, "1e+16"},
               {123456789012345680.0, "1.2345678901234568e+17"},
               {9999999999999998.0, "9999999999999998.0"},
               {0.0001, "0.0001"},
               {0.00001, "1e-05"},
               {0.00012345, "0.00012345"},
               {1.0 / 3, "0.3333333333333333"},
               {2.0 / 3, "0.6666666666666666"},
               {1e22, "1e+22"},
               {1e23, "1e+23"},
               {5e-324, "5e-324"},
               {2.2250738585072014e-308, "2.2250738585072014e-308"},
               {1.7976931348623157e308, "1.7976931348623157e+308"},
               {9007199254740993.0, "9007199254740992.0"},
               {0.30000000000000004, "0.30000000000000004"},
               {100.0, "100.0"},
               {5.684341886080802e-14, "5.684341886080802e-14"}};
  for (const auto& c : cases) CHECK(python_repr(c.value) == c.text);
  CHECK(python_repr(std::nan("")) == "nan");
  CHECK(python_repr(HUGE_VAL) == "inf");
  CHECK(python_repr(-HUGE_VAL) == "-inf");
}

TEST_CASE("repr equals the standard library's shortest digits and reads back") {
  uint64_t state = 42;
  const auto next = [&state] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  };
  const auto check = [](double value) {
    if (!std::isfinite(value)) return;
    const std::string text = python_repr(value);
    if (value != 0) REQUIRE(text == reference_repr(value));
    const auto read = parse_double(text);
    REQUIRE(read.has_value());
    REQUIRE(std::bit_cast<uint64_t>(*read) == std::bit_cast<uint64_t>(value));
  };
  for (int i = 0; i < 20'000; ++i) check(std::bit_cast<double>(next()));
  for (int i = 0; i < 20'000; ++i) check(static_cast<double>(next() % 100'000) / 100.0);
  for (int exponent = -1074; exponent < 1024; ++exponent) {
    const double power = std::ldexp(1.0, exponent);
    check(power);
    check(std::nextafter(power, 0));
    check(std::nextafter(power, HUGE_VAL));
  }
  check(std::numeric_limits<double>::denorm_min());
}

TEST_CASE("json numbers use Python's tokens for what is not finite") {
  CHECK(json_number(5) == "5.0");
  CHECK(json_number(1e16) == "1e+16");
  CHECK(json_number(std::nan("")) == "NaN");
  CHECK(json_number(HUGE_VAL) == "Infinity");
  CHECK(json_number(-HUGE_VAL) == "-Infinity");
}

TEST_CASE("integers are read exactly or not at all") {
  CHECK(parse_int64("0") == 0);
  CHECK(parse_int64("-1") == -1);
  CHECK(parse_int64("1795500207645932639") == 1795500207645932639);
  CHECK(parse_int64("9223372036854775807") == INT64_MAX);
  CHECK(parse_int64("-9223372036854775808") == INT64_MIN);
  for (const char* bad : {"", "-", "+1", "1.0", "1e3", " 1", "1 ", "9223372036854775808",
                          "-9223372036854775809", "99999999999999999999", "0x10", "--1"}) {
    CHECK_FALSE(parse_int64(bad).has_value());
  }
}

TEST_CASE("doubles are read as the compiler reads them") {
  CHECK(parse_double("0.1") == 0.1);
  CHECK(parse_double("-1.5e3") == -1500.0);
  CHECK(parse_double("1E+2") == 100.0);
  CHECK(parse_double("123456789012345678901234567890") == 123456789012345678901234567890.0);
  CHECK(parse_double("1e-400") == 0.0);
  CHECK(parse_double("1e400") == HUGE_VAL);
  CHECK(parse_double("0.000000000000000000000000000000000000001") == 1e-39);
  CHECK(parse_double("9007199254740993") == 9007199254740992.0);
  CHECK(std::isnan(*parse_double("NaN")));
  CHECK(parse_double("-Infinity") == -HUGE_VAL);
  for (const char* bad : {"", "-", ".", ".5", "1.", "1e", "1e+", "nan", "inf", "1 ", "0x1p3", "1,5", "--1"}) {
    CHECK_FALSE(parse_double(bad).has_value());
  }
}

TEST_CASE("doubles of many digits are read as strtod reads them") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200'000; ++round) {
    // Up to 19 digits, exponents around the limits of the short ways, and numbers halfway between two doubles.
    uint64_t mantissa = random() >> (random() % 60);
    if (round % 4 == 0) mantissa = ((random() >> 11 | uint64_t{1} << 52) << 1 | 1) << (random() % 10);
    std::string text = std::to_string(mantissa);
    const int exponent = static_cast<int>(random() % 64) - 32;
    text += "e" + std::to_string(exponent);
    INFO(text);
    REQUIRE(parse_double(text) == std::strtod(text.c_str(), nullptr));
    const double value = std::bit_cast<double>(random() >> 2 & 0x7FEFFFFFFFFFFFFF);
    char shortest[40];
    std::snprintf(shortest, sizeof shortest, "%.17g", value);
    REQUIRE(parse_double(shortest) == value);
  }
  CHECK(parse_double("0.011452500000000001") == 0.011452500000000001);
  CHECK(parse_double("-9007199254740993e-3") == -9007199254740993e-3);
}

TEST_CASE("doubles beyond 19 digits, near the limits and between two neighbours are read as strtod reads them") {
  std::mt19937_64 random(13);
  const auto same = [](const std::string& text) {
    INFO(text);
    const auto value = parse_double(text);
    REQUIRE(value.has_value());
    REQUIRE(std::bit_cast<uint64_t>(*value) == std::bit_cast<uint64_t>(std::strtod(text.c_str(), nullptr)));
  };
  for (int round = 0; round < 20'000; ++round) {
    std::string digits;
    const size_t count = 1 + random() % (round % 10 == 0 ? 900 : 40);
    for (size_t i = 0; i < count; ++i) digits += static_cast<char>('0' + random() % 10);
    if (round % 3 == 0) digits.insert(random() % digits.size() + 1, ".");
    if (digits.back() == '.') digits += '0';
    if (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') digits[0] = '7';
    same(digits);
    same("-" + digits + "e" + std::to_string(static_cast<int>(random() % 760) - 400));
    // Exactly halfway between two doubles, and a little beside it: all digits of a subnormal's half step.
    const double value = std::bit_cast<double>(random() & 0x7FEFFFFFFFFFFFFF) * (round % 2 == 0 ? 1e-300 : 1);
    char exact[1200];
    std::snprintf(exact, sizeof exact, "%.1100f", value < 1e100 ? value : 1e100);
    same(exact);
    std::snprintf(exact, sizeof exact, "%.780e", value);
    same(exact);
  }
  for (const char* text : {"1e310", "1e309", "1.7976931348623157e308", "1.7976931348623159e308", "4.9406564584124654e-324",
                           "2.4703282292062327e-324", "2.4703282292062328e-324", "1e-330", "1e-99999", "1e99999", "0e999",
                           "0.0000000000000000000000000000000000000000000000000000000000001", "2.2250738585072014e-308",
                           "2.2250738585072011e-308", "9007199254740993.00000000000000000000000000000000000001",
                           "9007199254740993.0", "179769313486231580793728971405301e276"}) {
    same(text);
  }
}

TEST_CASE("fixed decimals round the exact value, ties to even") {
  CHECK(format_fixed(2.345, 1) == "2.3");
  CHECK(format_fixed(2.675, 2) == "2.67");  // 2.675 is a little less in binary
  CHECK(format_fixed(0.25, 1) == "0.2");
  CHECK(format_fixed(0.35, 1) == "0.3");    // 0.35 is a little less in binary
  CHECK(format_fixed(0.75, 1) == "0.8");
  CHECK(format_fixed(9.99, 1) == "10.0");
  CHECK(format_fixed(0.96, 1) == "1.0");
  CHECK(format_fixed(0.04, 1) == "0.0");
  CHECK(format_fixed(0.05, 0) == "0");
  CHECK(format_fixed(0.5, 0) == "0");
  CHECK(format_fixed(1.5, 0) == "2");
  CHECK(format_fixed(0, 2) == "0.00");
  CHECK(format_fixed(-1.25, 1) == "-1.2");
  CHECK(format_fixed(1234567.891, 2) == "1234567.89");
  CHECK(format_fixed(1e-9, 3) == "0.000");
  CHECK(format_fixed(1e21, 1) == "1000000000000000000000.0");
  CHECK(format_fixed(99.9999, 2) == "100.00");
}

TEST_CASE("append_int writes the extremes") {
  std::string text;
  append_int(text, INT64_MIN);
  text += ' ';
  append_int(text, INT64_MAX);
  text += ' ';
  append_int(text, 0);
  CHECK(text == "-9223372036854775808 9223372036854775807 0");
}
