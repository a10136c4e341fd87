#include "core/journal/event.h"

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace assay::journal {
namespace {

Event sample_event() {
  Event e;
  e.seq = 7;
  e.time_ms = 1795500930582;
  e.author = "Ann \"quoted\" ✓";
  e.session = "s-1";
  e.txn = "s-1.7";
  e.kind = "assessment.create";
  e.payload_json = R"({"trace_id":"tr-1","n":12345678901234567890,"d":1.50})";
  return e;
}

TEST_CASE("an event is one line and comes back the same") {
  const Event e = sample_event();
  const std::string line = encode_event(view_of(e));
  CHECK(line ==
        "{\"seq\":7,\"time_ms\":1795500930582,\"author\":\"Ann \\\"quoted\\\" "
        "✓\",\"session\":\"s-1\","
        "\"txn\":\"s-1.7\",\"kind\":\"assessment.create\",\"version\":1,"
        "\"payload\":{\"trace_id\":\"tr-1\",\"n\":12345678901234567890,\"d\":1.50}}");
  const auto back = decode_event(line);
  REQUIRE(back.ok());
  CHECK(encode_event(view_of(back.value())) == line);
  CHECK(back.value().author == e.author);
  CHECK(back.value().payload_json == e.payload_json);
}

TEST_CASE("the background mark is written only where it is set") {
  Event e = sample_event();
  CHECK(encode_event(view_of(e)).find("background") == std::string::npos);
  e.background = true;
  const std::string line = encode_event(view_of(e));
  CHECK(line.find(",\"background\":true,") != std::string::npos);
  CHECK(decode_event(line).value().background);
}

TEST_CASE("unknown members of an event are kept to the letter") {
  const std::string line =
      R"({"seq":1,"time_ms":5,"author":"","session":"s","txn":"t","kind":"future.kind","version":3,)"
      R"("payload":{"x":[1, 2]},"device":{"os":"a b"},"n":1e5})";
  const auto event = decode_event(line);
  REQUIRE(event.ok());
  CHECK(event.value().version == 3);
  CHECK(event.value().extra_json == R"("device":{"os":"a b"},"n":1e5)");
  CHECK(encode_event(view_of(event.value())) == line);
}

TEST_CASE("an event without a payload has an empty one") {
  const auto event = decode_event(R"({"seq":1,"time_ms":5,"session":"s","txn":"t","kind":"k"})");
  REQUIRE(event.ok());
  CHECK(event.value().payload_json == "{}");
}

TEST_CASE("lines that are no events are refused with a reason") {
  const char* bad[] = {
      "",
      "x",
      "[]",
      "{}",
      "null",
      R"({"seq":0,"time_ms":5,"session":"s","txn":"t","kind":"k"})",
      R"({"seq":-1,"time_ms":5,"session":"s","txn":"t","kind":"k"})",
      R"({"seq":1.5,"time_ms":5,"session":"s","txn":"t","kind":"k"})",
      R"({"seq":18446744073709551615,"time_ms":5,"session":"s","txn":"t","kind":"k"})",
      R"({"seq":1,"time_ms":-1,"session":"s","txn":"t","kind":"k"})",
      R"({"seq":1,"time_ms":9223372036854775807,"session":"s","txn":"t","kind":"k"})",
      R"({"seq":1,"session":"s","txn":"t","kind":"k"})",
      R"({"seq":1,"time_ms":5,"txn":"t","kind":"k"})",
      R"({"seq":1,"time_ms":5,"session":"s","kind":"k"})",
      R"({"seq":1,"time_ms":5,"session":"s","txn":"t"})",
      R"({"seq":1,"time_ms":5,"session":7,"txn":"t","kind":"k"})",
      R"({"seq":1,"time_ms":5,"session":"s","txn":"t","kind":"k","payload":[1]})",
      R"({"seq":1,"time_ms":5,"session":"s","txn":"t","kind":"k","payload":{}} trailing)",
      R"({"seq":1,"time_ms":5,"session":"s","txn":"t","kind":"k","payload":{)",
      R"({"seq":1,"time_ms":5,"session":"s","txn":"t","kind":"k","version":0})",
  };
  for (const char* line : bad) {
    CAPTURE(line);
    const auto event = decode_event(line);
    REQUIRE_FALSE(event.ok());
    CHECK_FALSE(event.error().what.empty());
  }
}

TEST_CASE("every prefix of a line is refused, never misread") {
  const std::string line = encode_event(view_of(sample_event()));
  for (size_t n = 0; n < line.size(); ++n) {
    CAPTURE(n);
    CHECK_FALSE(decode_event(std::string_view(line).substr(0, n)).ok());
  }
}

TEST_CASE("a header tells its version") {
  const std::string line = encode_header(1795500930582, 3, "1.2.0");
  CHECK(line == R"({"assay_journal":1,"exported_ms":1795500930582,"events":3,"app":"1.2.0"})");
  CHECK(decode_header(line).kind == HeaderKind::Readable);
  CHECK(decode_header(R"({"assay_journal":2,"new":[{}]})").kind == HeaderKind::Newer);
  CHECK(decode_header(R"({"assay_journal":2})").version == 2);
  CHECK(decode_header(R"({"assay_journal":0})").kind == HeaderKind::NotHeader);
  CHECK(decode_header(R"({"assay_journal":"x"})").kind == HeaderKind::NotHeader);
  CHECK(decode_header(encode_event(view_of(sample_event()))).kind == HeaderKind::NotHeader);
  CHECK(decode_header("{").kind == HeaderKind::NotHeader);
}

bool rename_label(std::string& payload) {
  const size_t at = payload.find("\"label\"");
  if (at == std::string::npos) return false;
  payload.replace(at, 7, "\"name\"");
  return true;
}
bool add_flag(std::string& payload) {
  payload.insert(payload.size() - 1, ",\"flag\":true");
  return true;
}

TEST_CASE("the upgrade chain lifts an old event step by step") {
  const std::vector<UpgradeStep> chain{
      {"k", 1, rename_label}, {"other", 1, add_flag}, {"k", 2, add_flag}};
  Event e = sample_event();
  e.kind = "k";
  e.payload_json = R"({"label":"x"})";
  REQUIRE(upgrade_event(e, chain));
  CHECK(e.version == 3);
  CHECK(e.payload_json == R"({"name":"x","flag":true})");
  SECTION("a current one stays as it is") {
    REQUIRE(upgrade_event(e, chain));
    CHECK(e.version == 3);
  }
  SECTION("a step that fails is reported") {
    e.version = 1;
    e.payload_json = "{}";
    CHECK_FALSE(upgrade_event(e, chain));
    CHECK(e.payload_json == "{}");
  }
}

}  // namespace
}  // namespace assay::journal
