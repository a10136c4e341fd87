#include "core/store/assessment_json.h"

#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "core/json/reader.h"

namespace assay::store {
namespace {

const std::string kFull =
    R"({"assessment_id":"a-1","assessment_name":"tone \" ✓","trace_id":"tr-1","span_id":"c68c3c7d2cd3a3a3",)"
    R"("source":{"source_type":"LLM_JUDGE","source_id":"openai:/m"},"create_time":"2026-11-24T06:03:51.294Z",)"
    R"("last_update_time":"2026-11-24T06:03:52Z","feedback":{"value":null,"error":{"error_code":"E",)"
    R"("error_message":"m","stack_trace":"s\n"}},"rationale":"r","metadata":{"k":"v"},"overrides":"a-0",)"
    R"("valid":false})";

TEST_CASE("an assessment goes through its JSON form unchanged") {
  const auto a = assessment_from_json(kFull);
  REQUIRE(a.ok());
  CHECK(a.value().name == "tone \" ✓");
  CHECK(a.value().source_type == SourceType::LlmJudge);
  CHECK(a.value().create_time_ms == 1795500231294);
  CHECK(a.value().value_json == "null");
  CHECK(a.value().stack_trace == "s\n");
  CHECK_FALSE(a.value().valid);
  CHECK(a.value().changed);
  CHECK(assessment_to_json(a.value(), "tr-1") == kFull);
}

TEST_CASE("values keep their tokens") {
  for (const char* value : {"5.0", "5", "-0.10", "1e400", "NaN", "true", "null", R"("a\u00e9\n")",
                            R"(["a",1.50,{"x":null}])", R"({"k":12345678901234567890})"}) {
    CAPTURE(value);
    const auto a = assessment_from_json(std::string(R"({"feedback":{"value":)") + value + "}}");
    REQUIRE(a.ok());
    CHECK(a.value().value_json == value);
    CHECK(assessment_value_to_json(a.value()) == std::string("{\"value\":") + value + "}");
  }
}

TEST_CASE("expectations unpack serialized values and pack them again") {
  const auto of = [](const char* expectation) {
    return assessment_from_json(std::string("{\"expectation\":") + expectation + "}").value();
  };
  const char* packed =
      R"({"serialized_value":{"serialization_format":"JSON_FORMAT","value":"[\"a\", 1]"}})";
  CHECK(of(packed).value_json == R"(["a", 1])");
  CHECK(of(packed).kind == AssessmentKind::Expectation);
  CHECK(assessment_value_to_json(of(packed)) == packed);
  CHECK(of(R"({"serialized_value":{"serialization_format":"json","value":"{}"}})").value_json ==
        "{}");
  CHECK(of(R"({"serialized_value":{"value":"not json"}})").value_json == "\"not json\"");
  CHECK(of(R"({"value":3})").value_json == "3");
  CHECK(assessment_value_to_json(of(R"({"value":null})")) ==
        R"({"serialized_value":{"serialization_format":"JSON_FORMAT","value":"null"}})");
}

TEST_CASE("absent and odd members take their defaults") {
  const auto a = assessment_from_json(
      R"({"feedback":{"value":1},"valid":null,"rationale":null,"span_id":"","metadata":{},"source":7,)"
      R"("create_time":"yesterday","future":[{}],"overrides":3})");
  REQUIRE(a.ok());
  CHECK(a.value().valid);
  CHECK(a.value().rationale.empty());
  CHECK(a.value().metadata_json.empty());
  CHECK(a.value().source_type == SourceType::Unspecified);
  CHECK(a.value().create_time_ms == 0);
  CHECK(a.value().overrides.empty());
}

TEST_CASE("old spellings are understood") {
  const auto error = assessment_from_json(R"({"assessment_name":"n","error":{"error_code":"E"}})");
  REQUIRE(error.ok());
  CHECK(error.value().error_code == "E");
  CHECK(error.value().kind == AssessmentKind::Feedback);
  const auto times = assessment_from_json(
      R"({"feedback":{"value":1},"expectation":null,"create_time_ms":12,"last_update_time_ms":99999999999999999})");
  CHECK(times.value().create_time_ms == 12);
  CHECK(times.value().last_update_time_ms == 0);
  const auto alias = assessment_from_json(
      R"({"feedback":{"value":1},"source":{"source_type":"ai_judge","source_id":"x"}})");
  CHECK(alias.value().source_type == SourceType::LlmJudge);
  CHECK(assessment_from_json(R"({"issue":{"issue_name":"i"}})").value().kind ==
        AssessmentKind::Issue);
}

TEST_CASE("what is no assessment is refused with a reason") {
  for (const char* text : {"", "7", "[]", "{}", "{\"feedback\":null}", "{\"feedback\":{\"value\":}",
                           "{\"feedback\":{\"value\":1}} x", "{\"feedback\":{\"value\":1}"}) {
    CAPTURE(text);
    const auto a = assessment_from_json(text);
    REQUIRE_FALSE(a.ok());
    CHECK_FALSE(a.error().what.empty());
  }
  for (size_t n = 0; n < kFull.size(); ++n)
    CHECK_FALSE(assessment_from_json(kFull.substr(0, n)).ok());
}

}  // namespace
}  // namespace assay::store
