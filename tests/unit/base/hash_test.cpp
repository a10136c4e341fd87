#include "core/base/hash.h"

#include <set>

#include <catch2/catch_test_macros.hpp>

using namespace assay;

TEST_CASE("SHA-256 gives the digests of FIPS 180-4's examples") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 does not depend on how the bytes arrive") {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
  const std::string whole = sha256_hex(text);
  for (size_t step : {size_t{1}, size_t{7}, size_t{63}, size_t{64}, size_t{65}}) {
    Sha256 hash;
    for (size_t at = 0; at < text.size(); at += step) hash.update(std::string_view(text).substr(at, step));
    const auto digest = hash.finish();
    CHECK(hex_of(digest.data(), digest.size()) == whole);
  }
}

TEST_CASE("table hashes tell lengths, order and seeds apart") {
  std::set<uint64_t> seen;
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    seen.insert(hash_bytes(text));
    text += '\0';
  }
  CHECK(seen.size() == 2000);
  CHECK(hash_bytes("ab") != hash_bytes("ba"));
  CHECK(hash_bytes("ab", 1) != hash_bytes("ab", 2));
}
