// Blocks of bytes compared at once, behind one small interface: SSE2, WebAssembly SIMD, or plain C++
// where neither is there. Results are bit masks: bit i stands for byte i of the block.
// The only file that names vector instructions.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace assay::simd {

constexpr size_t kBlockBytes = 64;

#if defined(__wasm_simd128__)
struct Bytes16 {
  v128_t v;
  static Bytes16 load(const char* at) { return {wasm_v128_load(at)}; }
  uint32_t equal(char c) const {
    return wasm_i8x16_bitmask(wasm_i8x16_eq(v, wasm_i8x16_splat(static_cast<int8_t>(c))));
  }
  uint32_t below_space() const {
    return wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_u8x16_min(v, wasm_u8x16_splat(0x1F)), v));
  }
  // What does not simply belong to a JSON string: quotes, backslashes, control characters.
  uint32_t special_in_string() const {
    const v128_t control = wasm_i8x16_eq(wasm_u8x16_min(v, wasm_u8x16_splat(0x1F)), v);
    const v128_t quote = wasm_i8x16_eq(v, wasm_i8x16_splat('"'));
    return wasm_i8x16_bitmask(wasm_v128_or(control, wasm_v128_or(quote, wasm_i8x16_eq(v, wasm_i8x16_splat('\\')))));
  }
  uint32_t equal(const Bytes16& other) const { return wasm_i8x16_bitmask(wasm_i8x16_eq(v, other.v)); }
  uint32_t high_bits() const { return wasm_i8x16_bitmask(v); }
  // One of the `count` bytes from `first` on.
  uint32_t within(char first, uint8_t count) const {
    return wasm_i8x16_bitmask(
        wasm_u8x16_lt(wasm_i8x16_sub(v, wasm_i8x16_splat(static_cast<int8_t>(first))), wasm_u8x16_splat(count)));
  }
  // Byte c with bit 5 set equals `c`: '[' and '{' (and ']' and '}') differ in that bit alone.
  uint32_t equal_with_bit5(char c) const {
    return wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_or(v, wasm_i8x16_splat(0x20)),
                                            wasm_i8x16_splat(static_cast<int8_t>(c))));
  }
  // Lane by lane, as masks of whole bytes.
  Bytes16 equal_lanes(Bytes16 c, Bytes16 bits_set) const { return {wasm_i8x16_eq(wasm_v128_or(v, bits_set.v), c.v)}; }
  Bytes16 operator&(Bytes16 other) const { return {wasm_v128_and(v, other.v)}; }
  Bytes16 operator|(Bytes16 other) const { return {wasm_v128_or(v, other.v)}; }
  Bytes16 operator^(Bytes16 other) const { return {wasm_v128_xor(v, other.v)}; }
  Bytes16 least(Bytes16 other) const { return {wasm_u8x16_min(v, other.v)}; }
  Bytes16 most(Bytes16 other) const { return {wasm_u8x16_max(v, other.v)}; }
  bool any() const { return wasm_v128_any_true(v); }
  static Bytes16 all(char c) { return {wasm_i8x16_splat(static_cast<int8_t>(c))}; }
};
#elif defined(__SSE2__)
struct Bytes16 {
  __m128i v;
  static Bytes16 load(const char* at) {
    return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))};
  }
  static uint32_t bits(__m128i mask) { return static_cast<uint32_t>(_mm_movemask_epi8(mask)); }
  uint32_t equal(char c) const { return bits(_mm_cmpeq_epi8(v, _mm_set1_epi8(c))); }
  uint32_t below_space() const {
    return bits(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v));
  }
  // What does not simply belong to a JSON string: quotes, backslashes, control characters.
  uint32_t special_in_string() const {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
    const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    return bits(_mm_or_si128(control, _mm_or_si128(quote, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')))));
  }
  uint32_t equal(const Bytes16& other) const { return bits(_mm_cmpeq_epi8(v, other.v)); }
  uint32_t high_bits() const { return bits(v); }
  // One of the `count` bytes from `first` on; 0 < count < 128.
  uint32_t within(char first, uint8_t count) const {
    const __m128i distance = _mm_sub_epi8(v, _mm_set1_epi8(first));
    return bits(_mm_cmpeq_epi8(_mm_min_epu8(distance, _mm_set1_epi8(static_cast<char>(count - 1))), distance));
  }
  uint32_t equal_with_bit5(char c) const {
    return bits(_mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8(c)));
  }
  // Lane by lane, as masks of whole bytes.
  Bytes16 equal_lanes(Bytes16 c, Bytes16 bits_set) const { return {_mm_cmpeq_epi8(_mm_or_si128(v, bits_set.v), c.v)}; }
  Bytes16 operator&(Bytes16 other) const { return {_mm_and_si128(v, other.v)}; }
  Bytes16 operator|(Bytes16 other) const { return {_mm_or_si128(v, other.v)}; }
  Bytes16 operator^(Bytes16 other) const { return {_mm_xor_si128(v, other.v)}; }
  Bytes16 least(Bytes16 other) const { return {_mm_min_epu8(v, other.v)}; }
  Bytes16 most(Bytes16 other) const { return {_mm_max_epu8(v, other.v)}; }
  bool any() const { return bits(_mm_cmpeq_epi8(v, _mm_setzero_si128())) != 0xFFFF; }
  static Bytes16 all(char c) { return {_mm_set1_epi8(c)}; }
};
#else
struct Bytes16 {
  unsigned char v[16];
  static Bytes16 load(const char* at) {
    Bytes16 out;
    std::memcpy(out.v, at, sizeof out.v);
    return out;
  }
  template <typename Test>
  uint32_t bits(Test test) const {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < 16; ++i) mask |= static_cast<uint32_t>(test(v[i])) << i;
    return mask;
  }
  uint32_t equal(char c) const {
    return bits([c](unsigned char b) { return b == static_cast<unsigned char>(c); });
  }
  uint32_t equal(const Bytes16& other) const {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < 16; ++i) mask |= static_cast<uint32_t>(v[i] == other.v[i]) << i;
    return mask;
  }
  uint32_t below_space() const {
    return bits([](unsigned char b) { return b < 0x20; });
  }
  // What does not simply belong to a JSON string: quotes, backslashes, control characters.
  uint32_t special_in_string() const {
    return bits([](unsigned char b) { return b < 0x20 || b == '"' || b == '\\'; });
  }
  uint32_t high_bits() const {
    return bits([](unsigned char b) { return b >= 0x80; });
  }
  uint32_t within(char first, uint8_t count) const {
    return bits([first, count](unsigned char b) { return static_cast<unsigned char>(b - static_cast<unsigned char>(first)) < count; });
  }
  uint32_t equal_with_bit5(char c) const {
    return bits([c](unsigned char b) { return (b | 0x20) == static_cast<unsigned char>(c); });
  }
  // Lane by lane, as masks of whole bytes.
  template <typename Make>
  static Bytes16 lanes(Make make) {
    Bytes16 out;
    for (uint32_t i = 0; i < 16; ++i) out.v[i] = static_cast<unsigned char>(make(i));
    return out;
  }
  Bytes16 equal_lanes(Bytes16 c, Bytes16 bits_set) const {
    return lanes([&](uint32_t i) { return (v[i] | bits_set.v[i]) == c.v[i] ? 0xFF : 0; });
  }
  Bytes16 operator&(Bytes16 other) const {
    return lanes([&](uint32_t i) { return v[i] & other.v[i]; });
  }
  Bytes16 operator|(Bytes16 other) const {
    return lanes([&](uint32_t i) { return v[i] | other.v[i]; });
  }
  Bytes16 operator^(Bytes16 other) const {
    return lanes([&](uint32_t i) { return v[i] ^ other.v[i]; });
  }
  Bytes16 least(Bytes16 other) const {
    return lanes([&](uint32_t i) { return v[i] < other.v[i] ? v[i] : other.v[i]; });
  }
  Bytes16 most(Bytes16 other) const {
    return lanes([&](uint32_t i) { return v[i] < other.v[i] ? other.v[i] : v[i]; });
  }
  bool any() const {
    return bits([](unsigned char b) { return b != 0; }) != 0;
  }
  static Bytes16 all(char c) {
    return lanes([c](uint32_t) { return static_cast<unsigned char>(c); });
  }
};
#endif

struct Bytes64 {
  Bytes16 part[4];

  static uint64_t join(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    return (static_cast<uint64_t>(d << 16 | c) << 32) | (b << 16 | a);
  }
  uint64_t equal(char c) const {
    return join(part[0].equal(c), part[1].equal(c), part[2].equal(c), part[3].equal(c));
  }
  uint64_t equal_with_bit5(char c) const {
    return join(part[0].equal_with_bit5(c), part[1].equal_with_bit5(c), part[2].equal_with_bit5(c),
                part[3].equal_with_bit5(c));
  }
  // Each lane the least, or the most, of the four that stand there; bytes count as unsigned.
  Bytes16 least() const { return part[0].least(part[1]).least(part[2].least(part[3])); }
  Bytes16 most() const { return part[0].most(part[1]).most(part[2].most(part[3])); }
  bool any_high_bit() const { return ((part[0] | part[1]) | (part[2] | part[3])).high_bits() != 0; }
  uint64_t below_space() const {
    return join(part[0].below_space(), part[1].below_space(), part[2].below_space(),
                part[3].below_space());
  }
  uint64_t special_in_string() const {
    return join(part[0].special_in_string(), part[1].special_in_string(), part[2].special_in_string(),
                part[3].special_in_string());
  }
  uint64_t high_bits() const {
    return join(part[0].high_bits(), part[1].high_bits(), part[2].high_bits(), part[3].high_bits());
  }
};

inline Bytes16 load16(const char* at) { return Bytes16::load(at); }
inline Bytes64 load64(const char* at) {
  return {{Bytes16::load(at), Bytes16::load(at + 16), Bytes16::load(at + 32), Bytes16::load(at + 48)}};
}

// Whether the first `count` bytes are the same, 64 at most; so many must be readable at both places, and 16 at least.
inline bool same_bytes64(const char* a, const char* b, uint32_t count) {
  if (count < 16) return ((load16(a).equal(load16(b)) ^ 0xFFFF) & ((uint32_t{1} << count) - 1)) == 0;
  Bytes16 differs = load16(a) ^ load16(b);
  if (count > 32) differs = differs | (load16(a + 16) ^ load16(b + 16));
  if (count > 48) differs = differs | (load16(a + 32) ^ load16(b + 32));
  const uint32_t at = count - 16;  // the last 16, some of them perhaps once more
  return !(differs | (load16(a + at) ^ load16(b + at))).any();
}

inline uint32_t first_bit(uint64_t mask) { return static_cast<uint32_t>(std::countr_zero(mask)); }
inline uint32_t count_bits(uint64_t mask) { return static_cast<uint32_t>(std::popcount(mask)); }

// Bit i of the result: the parity of bits 0…i (between an opening and its closing quote it is 1).
inline uint64_t prefix_parity(uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

// Which bytes of the block are escaped by a backslash before them. `carry` (0 or 1) says whether the
// first byte is escaped by the block before, and is set for the next one. A run of backslashes escapes
// the byte after it when its length is odd; runs are told apart by the parity of their start, and the
// carry of an addition finds their ends.
inline uint64_t escaped_bytes(uint64_t backslash, uint64_t& carry) {
  constexpr uint64_t kEven = 0x5555555555555555ULL;
  if (backslash == 0) {
    const uint64_t escaped = carry;
    carry = 0;
    return escaped;
  }
  backslash &= ~carry;  // an escaped backslash escapes nothing
  const uint64_t follows = backslash << 1 | carry;
  const uint64_t odd_starts = backslash & ~kEven & ~follows;
  const uint64_t sum = odd_starts + backslash;
  carry = sum < backslash ? 1 : 0;  // the run goes on in the next block
  const uint64_t invert = sum << 1;
  return (kEven ^ invert) & follows;
}

}  // namespace assay::simd
