#include "core/app/file_address.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay::app;

TEST_CASE("addresses of files on the web") {
  const auto address = parse_file_address("https://example.org:8443/a/b%20c.jsonl?x=1#y");
  REQUIRE(address);
  CHECK(address->host == "example.org:8443");
  CHECK(address->name == "b c.jsonl");
  CHECK(address->url == "https://example.org:8443/a/b%20c.jsonl?x=1#y");
  CHECK(parse_file_address("https://example.org")->name == "example.org");
  CHECK(parse_file_address("https://example.org/%E4%BD%A0.json")->name == "\xE4\xBD\xA0.json");
  CHECK(parse_file_address("https://example.org/%FF%00.json")->name == "%FF%00.json");
  CHECK(parse_file_address("http://localhost:8000/x.json")->host == "localhost:8000");
  CHECK(parse_file_address("http://127.0.0.1/x"));
  CHECK(parse_file_address("http://[::1]:9/x")->host == "[::1]:9");
}

TEST_CASE("other addresses are refused") {
  for (const char* bad : {"", "x", "http://example.org/x", "http://localhost.example.org/x", "http://127.0.0.1.example.org/",
                          "http://[::1]x/", "https://", "https:///x", "https://u:p@example.org/x", "javascript:alert(1)",
                          "file:///etc/passwd", "data:text/plain,x", "https://example.org/a b", "https://example.org\\x"})
    CHECK_FALSE(parse_file_address(bad));
  CHECK_FALSE(parse_file_address("https://example.org/" + std::string(5000, 'a')));
}
