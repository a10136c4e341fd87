#include "core/json/doc.h"

#include <cmath>

#include <catch2/catch_test_macros.hpp>

using namespace assay;

TEST_CASE("a document is read, asked, and written in its own order") {
  const auto parsed = json::parse_doc(R"({"z": 1, "a": "é", "n": 5.0, "b": true, "big": 18446744073709551615, "l": [1, {"x": null}]})");
  REQUIRE(parsed.ok());
  const json::Doc& doc = parsed.value();
  CHECK(json::get_int(doc, "z") == 1);
  CHECK(json::get_double(doc, "z") == 1.0);
  CHECK(json::get_string(doc, "a") == "é");
  CHECK(json::get_double(doc, "n") == 5.0);
  CHECK(json::get_bool(doc, "b") == true);
  CHECK_FALSE(json::get_int(doc, "n").has_value());
  CHECK_FALSE(json::get_int(doc, "big").has_value());
  CHECK_FALSE(json::get_string(doc, "z").has_value());
  CHECK_FALSE(json::get_bool(doc, "missing").has_value());
  CHECK(json::find(doc, "l") != nullptr);
  CHECK(json::find(*json::find(doc, "l"), "x") == nullptr);  // no object
  CHECK(json::dump(doc) == R"({"z":1,"a":"é","n":5.0,"b":true,"big":18446744073709551615,"l":[1,{"x":null}]})");
  CHECK(json::dump_python(doc) ==
        R"({"z": 1, "a": "\u00e9", "n": 5.0, "b": true, "big": 18446744073709551615, "l": [1, {"x": null}]})");
  CHECK(json::dump_pretty(doc).find("\n  \"z\": 1,\n") != std::string::npos);
}

TEST_CASE("what is no JSON is refused with a reason and a place") {
  const auto refused = [](const std::string& text) {
    const auto parsed = json::parse_doc(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().what.size() > 10);
    return parsed.error().at_byte;
  };
  CHECK(refused("{\"a\": }") == 6);
  CHECK(refused("[1] x") == 4);
  CHECK(refused("[NaN]") == 1);
  refused("");
  refused("\"\xFF\"");
  refused("[1e999]");
  refused(std::string(100'000, '['));
}

TEST_CASE("ill-formed UTF-8 and non-finite numbers are written as something readable") {
  json::Doc doc;
  doc["t"] = "a\xFFz";
  doc["n"] = std::nan("");
  const std::string text = json::dump(doc);
  CHECK(text == "{\"t\":\"a\xEF\xBF\xBDz\",\"n\":null}");
  CHECK(json::parse_doc(text).ok());
  CHECK(json::parse_doc(json::dump_pretty(doc)).ok());
  CHECK(json::dump_python(doc).find("NaN") != std::string::npos);
}
