// Objects that are written as one before: the same answer as by the long way, or none.
#include "core/json/shapes.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "core/json/reader.h"

using namespace assay;
using json::Reader;
using json::Shapes;
using json::ShapeValues;

namespace {

constexpr uint8_t kText = json::kStringKind | json::kNullKind;

Shapes span_shapes() {
  return Shapes{{"name", 1, kText},
                {"start", 2, kText | json::kNumberKind},
                {"attributes", 0, json::kObjectKind | json::kNullKind},
                {"attributes\ntype", 3, kText},
                {"events", 0, json::kArrayKind}};
}

// Room behind an object: what stands near the end of the text goes the long way.
const std::string kBehind = ", " + std::string(200, ' ');

// "code=text " of each wanted value, and where the object ends; "no" when it is not written as one before.
std::string read(Shapes& shapes, const std::string& text) {
  Reader reader(text);
  ShapeValues values;
  if (reader.read_shape(shapes, values) != json::ShapeMatch::Whole) return "no";
  std::string out;
  for (const json::ShapeValue& value : values) {
    const json::Piece piece{value.offset_bytes, value.size_bytes, value.form};
    out += std::to_string(value.code) + "=" + std::string(reader.text_of(piece)) + " ";
    if (value.form == TextForm::EscapedString) out += "(escaped) ";
  }
  return out + "end " + std::to_string(reader.offset_bytes());
}

}  // namespace

TEST_CASE("An object written as one before is read at once, with other values") {
  Shapes shapes = span_shapes();
  const std::string first = R"({"name": "one", "start": 12, "events": [], "attributes": {"type": "\"TOOL\"", "more": [1, {"a": null}]}})";
  CHECK(read(shapes, first + kBehind) == "no");
  shapes.learn(first);
  CHECK(read(shapes, first + kBehind) == "1=one 2=12 3=\\\"TOOL\\\" (escaped) end " + std::to_string(first.size()));
  const std::string other = R"({"name": "", "start": -1.5e3, "events": [], "attributes": {"type": "x", "more": [0, {"a": null}]}})";
  CHECK(read(shapes, other + kBehind) == "1= 2=-1.5e3 3=x end " + std::to_string(other.size()));
}

TEST_CASE("Several ways of writing are remembered beside each other") {
  Shapes shapes = span_shapes();
  const std::vector<std::string> ways = {R"({"name": "a", "start": 1})", R"({"name": "a"})", R"({"name": null, "start": 2})",
                                         R"({"name":"a","start":1})", R"({"start": "17", "name": "b"})",
                                         "{\n  \"name\": \"a\",\n  \"start\": 3\n}",
                                         R"({"name": "a", "a member whose name is longer than sixty-four bytes, which is what one comparison takes": "b"})"};
  for (const std::string& way : ways) shapes.learn(way);
  for (const std::string& way : ways) {
    INFO(way);
    CHECK(read(shapes, way + kBehind).ends_with("end " + std::to_string(way.size())));
    Reader reader(way);
    reader.skip_value();
    const std::string text = way + kBehind;
    Reader known(text);
    ShapeValues values;
    REQUIRE(known.read_shape(shapes, values) == json::ShapeMatch::Whole);
    CHECK(known.saw_line_break() == reader.saw_line_break());
  }
}

TEST_CASE("What only the long way understands is left to it") {
  for (const std::string odd : {R"({"name": "a", "name": "b"})", R"({"name": 5})", R"({"name": true})", R"({"attributes": []})",
                                R"({"attributes": "{}"})", R"({"events": {}})", R"({"na\nme": "a", "x": 1})",
                                R"({"attributes": {"type": {}}})"}) {
    INFO(odd);
    Shapes shapes = span_shapes();
    shapes.learn(odd);
    CHECK(read(shapes, odd + kBehind) == "no");
  }
}

TEST_CASE("Nothing broken is taken for an object that was written before, whatever byte is wrong") {
  const std::string good = R"({"name": "ab\u00e9\\\"", "start": 1200.5e-3, "events": [{"t": 1, "u": [true, "v"]}], "attributes": {"type": "\"T\"", )"
                           R"("text": "some longer text with \"quotes\", a \n line break and a pair \ud83d\ude00 of halves, beyond sixty-four bytes"}})";
  Shapes shapes = span_shapes();
  shapes.learn(good);
  REQUIRE(read(shapes, good + kBehind) != "no");
  const std::string bytes = "\"\\{}[],:0-.eE+ua\n\t\x01 \x7f\x80t";
  size_t accepted = 0;
  for (size_t at = 0; at < good.size(); ++at) {
    for (const int how : {0, 1, 2}) {  // another byte, one more, one less
      for (const char byte : bytes) {
        std::string text = good;
        if (how == 0) text[at] = byte;
        if (how == 1) text.insert(at, 1, byte);
        if (how == 2) text.erase(at, 1);
        text += kBehind;
        Reader known(text), strict(text);
        ShapeValues values;
        if (known.read_shape(shapes, values) == json::ShapeMatch::None) {
          CHECK(known.offset_bytes() == 0);
          CHECK(known.lone_surrogate_at() == Reader::kNowhere);
          continue;
        }
        ++accepted;
        strict.skip_value();
        INFO(text);
        REQUIRE_FALSE(strict.failed());
        REQUIRE(known.offset_bytes() == strict.offset_bytes());
        REQUIRE(known.lone_surrogate_at() == strict.lone_surrogate_at());
      }
    }
  }
  CHECK(accepted > 2000);  // values may be anything that is valid
  for (size_t size = 0; size < good.size(); ++size) CHECK(read(shapes, good.substr(0, size)) == "no");
}

TEST_CASE("Objects that are all different cost no end of memory, and do not drive the others out for good") {
  Shapes shapes = span_shapes();
  const std::string usual = R"({"name": "a", "start": 1})";
  for (int i = 0; i < 5000; ++i) {
    const std::string odd = "{\"name\": \"a\", \"k" + std::to_string(i) + "\": 1}";
    if (read(shapes, odd + kBehind) == "no") shapes.learn(odd);
    if (read(shapes, usual + kBehind) == "no") shapes.learn(usual);
  }
  CHECK(read(shapes, usual + kBehind) != "no");
}
