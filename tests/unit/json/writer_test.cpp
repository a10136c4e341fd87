#include "core/json/writer.h"

#include <cmath>

#include <catch2/catch_test_macros.hpp>

using namespace assay;

namespace {

std::string sample(json::Writer::Style style) {
  std::string out;
  json::Writer w(out, style);
  w.begin_object();
  w.member("text", "é\n");
  w.member_integer("integer", -7);
  w.member_number("number", 5);
  w.member_boolean("yes", true);
  w.key("list");
  w.begin_array();
  w.integer(1);
  w.null();
  w.begin_object();
  w.end_object();
  w.begin_array();
  w.end_array();
  w.end_array();
  w.member_raw("raw", "[1]");
  w.end_object();
  return out;
}

}  // namespace

TEST_CASE("compact output has no white space, Python's has its separators and ASCII") {
  CHECK(sample(json::Writer::Style::Compact) ==
        "{\"text\":\"é\\n\",\"integer\":-7,\"number\":5.0,\"yes\":true,\"list\":[1,null,{},[]],\"raw\":[1]}");
  CHECK(sample(json::Writer::Style::Python) ==
        "{\"text\": \"\\u00e9\\n\", \"integer\": -7, \"number\": 5.0, \"yes\": true, "
        "\"list\": [1, null, {}, []], \"raw\": [1]}");
}

TEST_CASE("numbers that are not finite are Python's tokens") {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  w.number(std::nan(""));
  w.number(-HUGE_VAL);
  w.end_array();
  CHECK(out == "[NaN,-Infinity]");
}
