#include "core/search/page_token.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using namespace assay::search;

namespace {

std::string refusal(std::string_view token) {
  Result<int64_t> offset = decode_page_token(token);
  REQUIRE(!offset);
  CHECK(offset.error().code == ErrorCode::InvalidParameter);
  return offset.error().what;
}

}  // namespace

TEST_CASE("page tokens are MLflow's and come back") {
  CHECK(encode_page_token(100) == "eyJvZmZzZXQiOiAxMDB9");
  CHECK(encode_page_token(5) == "eyJvZmZzZXQiOiA1fQ==");
  CHECK(encode_page_token(50) == "eyJvZmZzZXQiOiA1MH0=");
  for (const int64_t offset : {int64_t{1}, int64_t{99}, int64_t{500}, int64_t{1234567890123}}) {
    Result<int64_t> back = decode_page_token(encode_page_token(offset));
    REQUIRE(back);
    CHECK(back.value() == offset);
  }
  CHECK(decode_page_token("").value() == 0);
}

TEST_CASE("bad page tokens are refused in MLflow's words") {
  CHECK(refusal("A") == "Invalid page token, could not base64-decode");
  CHECK(refusal("Zm9v") == "Invalid page token, decoded value=foo");
  CHECK(refusal("e30=") == "Invalid page token, parsed value={}");
  CHECK(refusal("eyJvZmZzZXQiOiAwfQ==") == "Invalid page token, parsed value={'offset': 0}");
  CHECK(refusal("eyJvZmZzZXQiOiAieCJ9") == "Invalid page token, not stringable x");
  // {"offset":"5 and {"offset":"\r5"}
  CHECK(refusal("eyJvZmZzZXQiOiI1") == "Invalid page token, decoded value={\"offset\":\"5");
  CHECK(refusal("eyJvZmZzZXQiOiINNSJ9").starts_with("Invalid page token, decoded value="));
  CHECK(refusal(std::string(100000, 'A')).starts_with("Invalid page token"));
}
