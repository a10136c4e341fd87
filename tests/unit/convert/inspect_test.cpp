#include "core/convert/inspect.h"

#include <catch2/catch_test_macros.hpp>

#include "core/convert/inspect_events.h"
#include "tests/unit/convert/converted.h"

using namespace assay;

TEST_CASE("references of Inspect's texts are resolved and unknown ones stay") {
  json::Tree tree;
  REQUIRE(
      tree.parse(R"({"attachments":{"h":"long \"text\""},"transcript":{"content":{"o":"old"}}})"));
  convert::InspectTexts texts(tree.root());
  CHECK(
      texts.resolved(
          R"({"a":"attachment://h","b":["tc://o","tc://none","http://x","see attachment://h"]})") ==
      R"({"a":"long \"text\"","b":["old","tc://none","http://x","see attachment://h"]})");
  CHECK(texts.resolved("\"attachment://h") == "\"attachment://h");
}

TEST_CASE("references that would fill the memory are left and counted") {
  const std::string big(1 << 20, 'x');
  const std::string sample = R"({"attachments":{"h":")" + big + R"("}})";
  json::Tree tree;
  REQUIRE(tree.parse(sample));
  convert::InspectTexts texts(tree.root());
  std::string many = "[";
  for (int i = 0; i < 100; ++i)
    many += std::string(i > 0 ? "," : "") + "\"attachment://h\"";
  CHECK(texts.resolved(many + "]").size() < (size_t{10} << 20));
  CHECK(texts.unresolved() > 80);
}

TEST_CASE("the files of an .eval log come one after another, the header first or last") {
  const std::string header =
      R"({"version":2,"status":"success","eval":{"task":"sums","eval_id":"E","model":"m"}})";
  const std::string sample =
      R"({"id":1,"epoch":1,"input":"1+1","target":"2","messages":[],"output":{"choices":[{"message":{"role":"assistant","content":"2"}}]},"scores":{"match":{"value":"C"}}})";
  const test::Converted first = test::converted(header + "\n" + sample),
                        last = test::converted(sample + "\n" + header);
  REQUIRE(first.lines.size() == 1);
  REQUIRE(last.lines.size() == 1);
  for (const test::Converted* each : {&first, &last}) {
    const json::Doc record = each->record(0);
    CHECK(record["info"]["tags"]["mlflow.traceName"] == "sums");
    CHECK(record["info"]["trace_metadata"]["inspect.eval.model"] == "m");
    CHECK(record["info"]["assessments"].size() == 2);
  }
}

TEST_CASE("spans of Inspect that form a ring or name no parent do no harm") {
  const test::Converted result = test::converted(
      R"({"id":1,"epoch":1,"input":"q","target":"t","events":[)"
      R"({"event":"span_begin","id":"a","parent_id":"b","name":"a","timestamp":"2026-01-01T00:00:00Z"},)"
      R"({"event":"span_begin","id":"b","parent_id":"a","name":"b","timestamp":"2026-01-01T00:00:01Z"},)"
      R"({"event":"span_begin","id":"a","parent_id":"a","name":"again","timestamp":"2026-01-01T00:00:02Z"},)"
      R"({"event":"step","action":"end","timestamp":"2026-01-01T00:00:03Z"}]})");
  REQUIRE(result.lines.size() == 1);
  CHECK(result.record(0)["data"]["spans"].size() == 3);
}

TEST_CASE("a folder that is called samples does not make parts of an archive of the logs in it") {
  const std::string sample =
      R"({"id":1,"epoch":1,"input":"1+1","target":"2","messages":[],"output":{"choices":[{"message":{"role":"assistant","content":"2"}}]}})";
  for (const char* name : {"/home/ann/samples/inspect/one.json", "samples/one.json", "my_samples/one.json",
                           "samples/1_epoch_1.json", "/home/ann/samples/log/samples/a/b_epoch_1.json"}) {
    CAPTURE(name);
    CHECK(test::converted(sample, name).lines.size() == 1);
  }
}
