#include "core/store/trigrams.h"

#include <algorithm>
#include <array>

namespace assay::store {
namespace {

constexpr std::array<uint8_t, 256> kSmall = [] {
  std::array<uint8_t, 256> table{};
  for (uint32_t c = 0; c < table.size(); ++c) table[c] = static_cast<uint8_t>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
  return table;
}();

uint32_t with_next(uint32_t three, char c) { return (three << 8 | kSmall[static_cast<uint8_t>(c)]) & 0xFFFFFF; }
uint32_t bit_of(uint32_t three) { return (three * 0x9E3779B1U) >> 18; }
static_assert(kTrigramBits == 1U << (32 - 18));

}  // namespace

Trigrams::Trigrams(std::string_view text) {
  uint32_t three = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    three = with_next(three, text[i]);
    if (i >= 2) bits_.push_back(static_cast<uint16_t>(bit_of(three)));
  }
  std::sort(bits_.begin(), bits_.end());
  bits_.erase(std::unique(bits_.begin(), bits_.end()), bits_.end());
}

void append_trigram_filter(std::vector<uint64_t>& out, std::string_view text, uint32_t begin, uint32_t end) {
  // A byte each first: setting bits in place would wait for the one before.
  std::array<uint8_t, kTrigramBits> seen{};
  uint32_t three = 0;
  for (uint32_t i = begin < 2 ? 0 : begin - 2; i < begin; ++i) three = with_next(three, text[i]);
  for (uint32_t i = begin; i < end; ++i) {
    three = with_next(three, text[i]);
    seen[bit_of(three)] = 1;
  }
  for (uint32_t word = 0; word < kTrigramBits; word += 64) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < 64; ++i) bits |= uint64_t{seen[word + i]} << i;
    out.push_back(bits);
  }
}

}  // namespace assay::store
