// Decimal digits, eight at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace assay {

// Adds eight digits at the end of the number; false: there is something else among them.
inline bool eight_digits(const char* at, uint64_t& sum) {
  if constexpr (std::endian::native != std::endian::little) return false;
  uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  constexpr uint64_t kHighHalves = 0xF0F0F0F0F0F0F0F0;
  const uint64_t above_nine = (bytes + 0x0606060606060606) & kHighHalves;
  if (((bytes & kHighHalves) | above_nine >> 4) != 0x3333333333333333) return false;
  bytes = ((bytes & 0x0F0F0F0F0F0F0F0F) * 2561) >> 8;                // pairs: 10 a + b
  bytes = ((bytes & 0x00FF00FF00FF00FF) * 6553601) >> 16;            // fours
  bytes = ((bytes & 0x0000FFFF0000FFFF) * 42949672960001ULL) >> 32;  // all eight
  sum = sum * 100'000'000 + bytes;
  return true;
}

}  // namespace assay
