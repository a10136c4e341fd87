// Hashes: a fast one for tables, SHA-256 for identities that outlive the process.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

// 64 bits, well mixed, not stable across versions of the program: in-memory tables only.
uint64_t hash_bytes(std::string_view bytes, uint64_t seed = 0);

// FIPS 180-4.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  std::array<uint8_t, 32> finish();

 private:
  void block(const uint8_t* bytes);
  std::array<uint32_t, 8> state_;
  std::array<uint8_t, 64> buffer_;
  size_t buffered_bytes_ = 0;
  uint64_t total_bytes_ = 0;
};

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

std::string hex_of(const uint8_t* bytes, size_t count);

}  // namespace assay
