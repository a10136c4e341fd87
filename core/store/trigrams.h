// Which three bytes stand somewhere in a row in a text, small letters and capitals of ASCII alike: a Bloom filter of 2 kB
// for each piece of packed text, 3 % of the text. It says at once that a piece does not hold an id or a rare word,
// which then need not be unpacked. What it lets pass may still not be there.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace assay::store {

constexpr uint32_t kTrigramBits = 16 << 10;

// Of a text that is looked for: the bits that all must be set. Shorter than three bytes: none.
class Trigrams {
 public:
  explicit Trigrams(std::string_view text);
  const std::vector<uint16_t>& bits() const { return bits_; }

 private:
  std::vector<uint16_t> bits_;
};

// Adds the filter of text[begin, end) to `out`, kTrigramBits / 64 words. Those of which only the end is in the range
// count, so that what lies across a border is in one of the two pieces.
void append_trigram_filter(std::vector<uint64_t>& out, std::string_view text, uint32_t begin, uint32_t end);

inline bool trigram_is_set(const uint64_t* filter, uint16_t bit) { return (filter[bit >> 6] >> (bit & 63) & 1) != 0; }

}  // namespace assay::store
