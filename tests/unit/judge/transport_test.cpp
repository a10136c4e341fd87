#include <catch2/catch_test_macros.hpp>

#include "core/judge/transport.h"

using namespace assay::judge;

TEST_CASE("Headers are found by their lower-case name") {
  HttpReply reply;
  reply.headers = {{"retry-after", "3"}, {"content-type", "application/json"}};
  CHECK(header_value(reply, "retry-after") == "3");
  CHECK(header_value(reply, "x-other").empty());
}

TEST_CASE("A secret is taken out wherever it stands, also inside JSON strings") {
  std::string text = "key=abc\"def\\1; again abc\"def\\1, in JSON \"abc\\\"def\\\\1\"";
  redact_secret(text, "abc\"def\\1");
  CHECK(text == "key=[key]; again [key], in JSON \"[key]\"");
}

TEST_CASE("A secret that is too short to be one leaves the text alone") {
  std::string text = "a cat sat";
  redact_secret(text, "a");
  redact_secret(text, "");
  CHECK(text == "a cat sat");
}

TEST_CASE("What looks like a key is taken out") {
  CHECK(redact_key_like("Incorrect API key provided: sk-proj-abcdEFGH1234.") ==
        "Incorrect API key provided: [key]");
  CHECK(redact_key_like("Authorization: Bearer eyJhbGciOi.JIUzI1NiJ9") == "Authorization: [key]");
  CHECK(redact_key_like("{\"key\":\"gsk_1234567890abcdef\"}") == "{\"key\":\"[key]\"}");
  CHECK(redact_key_like("https://h/?key=AIzaSyA1234567890") == "https://h/?key=[key]");
}

TEST_CASE("Ordinary words that begin like a key stay") {
  for (const char* text : {"task-oriented risk-averse", "sk-short", "the bearer of news", "",
                           "ask-me-anything-please"}) {
    CHECK(redact_key_like(text) == text);
  }
}
