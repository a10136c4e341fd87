#include "core/base/simd.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace assay;

namespace {

uint32_t random_state = 7;
uint32_t next_random() {
  random_state = random_state * 1664525 + 1013904223;
  return random_state >> 8;
}

}  // namespace

TEST_CASE("block masks equal a look at each byte") {
  for (int round = 0; round < 200; ++round) {
    char bytes[simd::kBlockBytes];
    for (char& c : bytes) c = static_cast<char>(next_random());
    const simd::Bytes64 block = simd::load64(bytes);
    uint64_t quotes = 0, low = 0, high = 0, braces = 0;
    for (size_t i = 0; i < simd::kBlockBytes; ++i) {
      const auto byte = static_cast<unsigned char>(bytes[i]);
      quotes |= uint64_t{byte == '"'} << i;
      low |= uint64_t{byte < 0x20} << i;
      high |= uint64_t{byte >= 0x80} << i;
      braces |= uint64_t{byte == '{' || byte == '['} << i;
    }
    REQUIRE(block.equal('"') == quotes);
    REQUIRE(block.below_space() == low);
    REQUIRE(block.high_bits() == high);
    REQUIRE(block.equal_with_bit5('{') == braces);
  }
}

TEST_CASE("escaped bytes are those behind an odd run of backslashes, across blocks too") {
  for (int round = 0; round < 500; ++round) {
    std::string text(4 * simd::kBlockBytes, 'x');
    for (char& c : text) {
      if (next_random() % 3 != 0) c = '\\';
    }
    uint64_t carry = 0;
    bool escaped = false;
    for (size_t at = 0; at < text.size(); at += simd::kBlockBytes) {
      const uint64_t mask = simd::escaped_bytes(simd::load64(text.data() + at).equal('\\'), carry);
      for (size_t i = 0; i < simd::kBlockBytes; ++i) {
        REQUIRE((mask >> i & 1) == (escaped ? 1 : 0));
        escaped = !escaped && text[at + i] == '\\';
      }
    }
  }
}

TEST_CASE("prefix parity counts the bits up to each place") {
  for (int round = 0; round < 100; ++round) {
    const uint64_t bits = static_cast<uint64_t>(next_random()) << 40 ^ next_random();
    const uint64_t parity = simd::prefix_parity(bits);
    uint64_t sum = 0;
    for (int i = 0; i < 64; ++i) {
      sum ^= bits >> i & 1;
      REQUIRE((parity >> i & 1) == sum);
    }
  }
}
