#include "core/json/respaced.h"

#include <catch2/catch_test_macros.hpp>

using assay::json::respaced;

TEST_CASE("white space between tokens becomes Python's, strings stay") {
  CHECK(respaced("{\n  \"a\" : [1,2.50 ,\t\"x , y : z\"],\r\n\"b\":null}") ==
        R"({"a": [1, 2.50, "x , y : z"], "b": null})");
  CHECK(respaced(R"("a\", b\\")") == R"("a\", b\\")");
  CHECK(respaced("[ ]") == "[]");
  CHECK(respaced("") == "");
}
