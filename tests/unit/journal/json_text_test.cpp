#include "core/journal/json_text.h"

#include <catch2/catch_test_macros.hpp>

namespace assay::journal {
namespace {

TEST_CASE("minifying keeps strings and numbers byte for byte") {
  CHECK(minified("{\n  \"a b\" : [ 1.50 , -0e+1,\r\n\t\"x \\\" y\\\\\" , NaN ]\n}\n") ==
        R"({"a b":[1.50,-0e+1,"x \" y\\",NaN]})");
  CHECK(minified("") == "");
  CHECK(minified("\"open  string") == "\"open  string");
  CHECK(minified("\"ends in a backslash \\") == "\"ends in a backslash \\");
}

}  // namespace
}  // namespace assay::journal
