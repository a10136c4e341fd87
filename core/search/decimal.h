// Numbers compared as they are written, digit by digit: 9007199254740993 is not 9007199254740992, and
// 0.1 is not the nearest double.
#pragma once

#include <cstdint>
#include <string_view>

namespace assay::search {

// JSON's form of a number (RFC 8259), which all functions below demand.
bool is_decimal(std::string_view text);

// <0, 0, >0. Time is linear in the texts, whatever the exponents.
int compare_decimals(std::string_view a, std::string_view b);

// The greatest whole number that is not above text · 10^shift.
struct DecimalFloor {
  int64_t floor = 0;
  bool is_exact = false;  // nothing was cut off
  int beyond = 0;         // -1: below, 1: above all 64-bit numbers
};
DecimalFloor floor_decimal(std::string_view text, int shift);

}  // namespace assay::search
