#include "core/review/label_schema.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using namespace assay::review;

namespace {

LabelSchema schema_of(const std::string& json) {
  Result<LabelSchema> schema = decode_schema(json);
  INFO(json);
  if (!schema.ok()) FAIL(schema.error().what);
  return schema.value();
}
std::string problem(const std::string& json) {
  const Result<std::vector<LabelSchema>> schemas = decode_schema_file(json);
  return schemas.ok() ? "" : schemas.error().what;
}

}  // namespace

TEST_CASE("Schemas of every kind go out and come back the same") {
  std::vector<LabelSchema> all(5);
  all[0].name = "correct", all[0].title = "Is it right?", all[0].instruction = "See the manual\n\"page 4\".";
  all[1].name = "tone", all[1].input = InputKind::Categorical, all[1].options = {"kind", "cold"}, all[1].ordered = true;
  all[2].name = "faults", all[2].input = InputKind::CategoricalList, all[2].options = {"长", "b,c"};
  all[2].enable_comment = false;
  all[3].name = "stars", all[3].input = InputKind::Numeric, all[3].min_value = 1, all[3].max_value = 5;
  all[4].name = "answer", all[4].input = InputKind::Text, all[4].expectation = true, all[4].max_length = 200;
  const std::string text = encode_schema_file(all);
  CHECK(looks_like_schema_file(text));
  const Result<std::vector<LabelSchema>> read = decode_schema_file(text);
  REQUIRE(read.ok());
  CHECK(read.value() == all);
}

TEST_CASE("Schemas of other writers are understood") {
  CHECK(schema_of(R"({"name":"a","type":"feedback","input":{"pass_fail":{"positive_label":"Yes","negative_label":"No"}}})")
            .positive_label == "Yes");
  const LabelSchema list = schema_of(R"({"name":"a","input":{"categorical":{"options":["x","y"],"multi_select":true}}})");
  CHECK(list.input == InputKind::CategoricalList);
  CHECK_FALSE(list.enable_comment);
  CHECK(schema_of(R"({"name":"a","type":"EXPECTATION","input":{"type":"InputTextList","max_length_each":10}})").max_length == 10);
  CHECK(schema_of(R"({"name":"a","input":{"type":"InputNumeric","min_value":0,"max_value":10}})").max_value == 10);
  CHECK(schema_of(R"({"name":"a","input":{"min":1}})").input == InputKind::Numeric);
  CHECK(schema_of(R"({"name":"a","input":{"options":["x","y"]}})").input == InputKind::Categorical);
  CHECK(decode_schema_file(R"([{"name":"a","input":"text"}])").ok());
}

TEST_CASE("A bad file says which schema and why") {
  CHECK(problem("{").find("not valid JSON") != std::string::npos);
  CHECK(problem("{}").find("no name") != std::string::npos);
  CHECK(problem(R"({"name":"n"})") == "Label schema n: it has no input");
  CHECK(problem(R"({"name":"n","type":"other","input":"text"})").find("neither feedback nor") != std::string::npos);
  CHECK(problem(R"({"name":"n","input":{"type":"stars"}})").find("not known: stars") != std::string::npos);
  CHECK(problem(R"({"name":"n","input":{"options":["x"]}})").find("At least two") != std::string::npos);
  CHECK(problem(R"({"name":"n","input":{"options":["x","x"]}})").find("twice") != std::string::npos);
  CHECK(problem(R"({"name":"n","input":{"options":[1,2]}})").find("no text") != std::string::npos);
  CHECK(problem(R"({"name":"n","input":{"type":"numeric","min_value":5,"max_value":1}})").find("below") != std::string::npos);
  CHECK(problem(R"({"name":"","input":"text"})").find("needs a name") != std::string::npos);
  CHECK(problem(R"([{"name":"n","input":"text"},{"name":"n","input":"text"}])").find("same name") != std::string::npos);
  CHECK(problem("[]").find("holds no") != std::string::npos);
}

TEST_CASE("Only what changes the question changes the definition") {
  const LabelSchema base = schema_of(R"({"name":"a","input":{"options":["x","y"]}})");
  LabelSchema other = base;
  other.title = "Title", other.enable_comment = true;
  CHECK(definition_hash(other) == definition_hash(base));
  other.instruction = "Be strict";
  CHECK(definition_hash(other) != definition_hash(base));
  other = base, other.options.push_back("z");
  CHECK(definition_hash(other) != definition_hash(base));
  other = base, other.expectation = true;
  CHECK(definition_hash(other) != definition_hash(base));
  CHECK(definition_hash(base).size() == 16);
}

TEST_CASE("Answers are checked against the schema") {
  const LabelSchema pass = schema_of(R"({"name":"a","input":"pass_fail"})");
  CHECK(answer_value(pass, "yes").value() == "true");
  CHECK(answer_value(pass, "false").value() == "false");
  CHECK_FALSE(answer_value(pass, "maybe").ok());
  const LabelSchema one = schema_of(R"({"name":"a","input":{"options":["x","y"]}})");
  CHECK(answer_value(one, "y").value() == "\"y\"");
  CHECK_FALSE(answer_value(one, "z").ok());
  const LabelSchema list = schema_of(R"({"name":"a","input":{"options":["x","y","z"],"multi_select":true}})");
  CHECK(answer_value(list, "[]").value() == "[]");  // none of them applies
  CHECK(answer_value(list, R"(["z","x","z"])").value() == R"(["x","z"])");
  CHECK_FALSE(answer_value(list, R"(["w"])").ok());
  CHECK_FALSE(answer_value(list, "x").ok());
  const LabelSchema stars = schema_of(R"({"name":"a","input":{"type":"numeric","min_value":1,"max_value":5}})");
  CHECK(answer_value(stars, "4").value() == "4.0");
  CHECK_FALSE(answer_value(stars, "0").ok());
  CHECK_FALSE(answer_value(stars, "5.5").ok());
  CHECK_FALSE(answer_value(stars, "NaN").ok());
  const LabelSchema text = schema_of(R"({"name":"a","input":{"type":"text","max_length":3}})");
  CHECK(answer_value(text, "你好吗").ok());
  CHECK_FALSE(answer_value(text, "four").ok());
  CHECK_FALSE(answer_value(text, "  ").ok());
  CHECK(fits_schema(stars, "5.0"));
  CHECK_FALSE(fits_schema(stars, "\"5\""));
  CHECK(fits_schema(pass, "\"yes\""));
  CHECK(fits_schema(list, R"(["x"])"));
  CHECK_FALSE(fits_schema(one, "\"q\""));
}

TEST_CASE("Files of traces do not look like schemas") {
  CHECK_FALSE(looks_like_schema_file(R"({"info":{"trace_id":"tr-1"},"data":{"spans":[]}})"));
  CHECK_FALSE(looks_like_schema_file("name,input,type\na,b,c\n"));
  CHECK_FALSE(looks_like_schema_file(R"([{"input":"hello","output":"there","name":"x"}])"));
}
