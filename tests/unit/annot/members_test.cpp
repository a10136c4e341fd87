#include "core/annot/members.h"

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace assay::annot {
namespace {

TEST_CASE("members are read to the letter") {
  const std::string json = "{ \"a\" : 1.50 ,\n\"b\\u0041\":{\"x\": [1, 2]} , \"c\":\" s \" }";
  const auto members = members_of(json);
  REQUIRE(members.size() == 3);
  CHECK(members[0].value == "1.50");
  CHECK(members[1].key == "bA");
  CHECK(members[1].raw_key == "b\\u0041");
  CHECK(members[1].value == "{\"x\": [1, 2]}");
  CHECK(find_member(members, "c")->value == "\" s \"");
  CHECK(find_member(members, "d") == nullptr);
}

TEST_CASE("of two members with one key the later value counts") {
  const auto members = members_of(R"({"a":1,"b":2,"a":3,"\u0061":4})");
  REQUIRE(members.size() == 2);
  CHECK(members[0].key == "a");
  CHECK(members[0].value == "4");
}

TEST_CASE("what is no object has no members") {
  for (const char* json : {"", "[1]", "null", "\"x\"", "x"})
    CHECK(members_of(json).empty());
  CHECK(members_of("{\"a\":1,\"b\":").size() == 1);
}

TEST_CASE("an object of very many members is read in good time") {
  std::string json = "{";
  for (int i = 0; i < 100'000; ++i)
    json += "\"k" + std::to_string(i % 70'000) + "\":1,";
  json += "\"z\":2}";
  CHECK(members_of(json).size() == 70'001);
}

}  // namespace
}  // namespace assay::annot
