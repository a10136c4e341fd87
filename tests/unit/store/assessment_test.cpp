#include "core/store/assessment.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay::store;

TEST_CASE("source types are read in any case, with the old name of the judge") {
  CHECK(parse_source_type("HUMAN") == SourceType::Human);
  CHECK(parse_source_type("human") == SourceType::Human);
  CHECK(parse_source_type("LLM_JUDGE") == SourceType::LlmJudge);
  CHECK(parse_source_type("AI_JUDGE") == SourceType::LlmJudge);
  CHECK(parse_source_type("Code") == SourceType::Code);
  CHECK(parse_source_type("robot") == SourceType::Unspecified);
  for (const auto type : {SourceType::Unspecified, SourceType::Human, SourceType::LlmJudge, SourceType::Code}) {
    CHECK(parse_source_type(source_type_name(type)) == type);
  }
}

TEST_CASE("metadata values are found by key, with escapes, and are empty when missing") {
  Assessment a;
  CHECK(metadata_value(a, "x").empty());
  a.metadata_json = R"({"mlflow.trace.session": "s\"1", "n": 5, "a\u0062": "é"})";
  CHECK(metadata_value(a, kSessionKey) == "s\"1");
  CHECK(metadata_value(a, "ab") == "é");
  CHECK(metadata_value(a, "n").empty());
  CHECK(metadata_value(a, "other").empty());
  a.metadata_json = "[broken";
  CHECK(metadata_value(a, "x").empty());
}
