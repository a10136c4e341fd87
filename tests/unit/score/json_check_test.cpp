#include <catch2/catch_test_macros.hpp>

#include "core/score/json_check.h"

using namespace assay;
using namespace assay::score;

TEST_CASE("JSON values are compared as values") {
  CHECK(json_equal(R"({"a":1,"b":[1,2]})", R"({"b":[1.0,2],"a":1.0})"));
  CHECK_FALSE(json_equal("[1,2]", "[2,1]"));
  CHECK_FALSE(json_equal("{", "{"));
  CHECK(json_contains(R"({"a":{"b":1,"c":2},"d":[1,2,3]})", R"({"a":{"b":1},"d":[3]})"));
  CHECK_FALSE(json_contains(R"({"a":1})", R"({"a":1,"b":2})"));
}

TEST_CASE("JSON Schema: what holds and what is broken, and where") {
  const struct {
    const char *schema, *value, *violation;  // "" = holds
  } cases[] = {
      {R"({"type":"object","required":["n"],"properties":{"n":{"type":"integer","minimum":1}}})",
       R"({"n":3})", ""},
      {R"({"type":"object","required":["n"]})", "{}", "lacks n"},
      {R"({"properties":{"n":{"type":"integer"}}})", R"({"n":1.5})", "n: is not of the type"},
      {R"({"properties":{"n":{"type":"integer"}}})", R"({"n":2.0})", ""},
      {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"b":1})", "b: is not allowed"},
      {R"({"items":{"enum":["a","b"]}})", R"(["a","c"])", "[1]: is none of"},
      {R"({"minItems":2})", "[1]", "minItems"},
      {R"({"uniqueItems":true})", R"([{"a":1},{"a":1.0}])", "twice"},
      {R"({"pattern":"^\\d{4}$"})", R"("2024")", ""},
      {R"({"pattern":"^\\d{4}$"})", R"("24")", "does not match"},
      {R"({"maxLength":2})", R"("天气好")", "maxLength"},
      {R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1", "none of anyOf"},
      {R"({"oneOf":[{"type":"number"},{"type":"integer"}]})", "1", "2 of oneOf"},
      {R"({"not":{"const":0}})", "0", "must not"},
      {R"({"$defs":{"p":{"type":"string"}},"items":{"$ref":"#/$defs/p"}})", "[1]", "[0]: is not of"},
      {R"({"exclusiveMaximum":1})", "1", "exclusiveMaximum"},
      {"true", "1", ""},
  };
  for (const auto& c : cases) {
    INFO(c.schema << " " << c.value);
    const Result<std::string> found = schema_violation(c.value, c.schema);
    REQUIRE(found.ok());
    if (std::string(c.violation).empty())
      CHECK(found.value() == "");
    else
      CHECK(found.value().find(c.violation) != std::string::npos);
  }
  CHECK_FALSE(schema_violation("1", R"({"unevaluatedItems":false})").ok());
  CHECK_FALSE(schema_violation("1", R"({"$ref":"#"})").ok());  // a circle ends
  CHECK_FALSE(schema_violation("1", "{").ok());
  CHECK(schema_violation("{", "{}").value() != "");
}
