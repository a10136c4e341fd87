#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

TEST_CASE("pages of results are read element by element, and odd elements are told") {
  const Converted out = converted(
      R"({"data":[{"id":"o","traceId":"t","type":"SPAN","startTime":"2026-01-01T00:00:00Z","name":"x"},{"no":"record"}],"meta":{}})");
  CHECK(out.lines.size() == 1);
  CHECK(out.report.count(ingest::IssueKind::ColumnsUnknown) == 1);
}

TEST_CASE("pages in pages end") {
  std::string text = R"({"id":"o","traceId":"t","type":"SPAN","startTime":"2026-01-01T00:00:00Z"})";
  for (int i = 0; i < 40; ++i)
    text = "{\"data\":[" + text + "]}";
  CHECK(converted(text).lines.size() <= 1);
}

TEST_CASE("an object around what is read: APIs' answers, Elasticsearch's hits, traces by id") {
  const std::string otlp =
      R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b173","name":"n","startTimeUnixNano":"1760000000123456789","endTimeUnixNano":"1760000000123456799"}]}]}]})";
  for (const std::string& text :
       {"{\"trace\":" + otlp + ",\"metrics\":{}}", "{\"result\":" + otlp + "}", "{\"data\":" + otlp + "}",
        "{\"_index\":\"i\",\"_id\":\"1\",\"_score\":1,\"_source\":" + otlp + "}",
        "{\"took\":1,\"_shards\":{},\"hits\":{\"total\":1,\"hits\":[{\"_source\":" + otlp + "}]}}",
        "{\"5b8efff798038103d269b633813fc60c\":" + otlp + "}",
        std::string(R"({"thread_id":"t","traces":[{"trace_id":"x","runs":[)") + otlp + "]}]}"}) {
    INFO(text);
    const Converted out = converted(text);
    REQUIRE(out.lines.size() == 1);
    CHECK(out.record(0)["info"]["trace_id"] == "tr-5b8efff798038103d269b633813fc60c");
    CHECK(out.report.warnings() == 0);
  }
}

TEST_CASE("after a page, its records are still asked for their own format first") {
  const std::string own =
      R"({"info":{"trace_id":"tr-1","assessments":[{"assessment_name":"a","feedback":{"value":true}}]},"data":{"spans":[]}})";
  const Converted out = converted("{\"data\":[" + own + "]}\n{\"data\":[" + own + "]}");
  REQUIRE(out.lines.size() == 2);
  CHECK(out.lines[0] == own);
  CHECK(out.lines[1] == own);
}

TEST_CASE("spans of OTLP without anything around them") {
  const std::string span =
      R"({"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b173","name":"n","startTimeUnixNano":"1760000000123456789","endTimeUnixNano":"1760000000123456799","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}]})";
  for (const std::string& text : {span, "[" + span + "]", "{\"spans\":[" + span + "]}"}) {
    const Converted out = converted(text);
    REQUIRE(out.lines.size() == 1);
    CHECK(out.record(0)["data"]["spans"][0]["start_time_unix_nano"] == 1760000000123456789);
    CHECK(out.record(0)["data"]["spans"][0]["attributes"]["mlflow.spanType"] == "\"CHAT_MODEL\"");
  }
}

TEST_CASE("records that were written as JSON twice are read, in pieces of any size") {
  const std::string text = R"("{\"info\":{\"trace_id\":\"tr-1\"},\"data\":{\"spans\":[]}}")";
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{4096}}) {
    CHECK(converted("[" + text + ", " + text + "]", "f.json", chunk).lines.size() == 2);
    const Converted lines = converted(text + "\n" + text + "\n\"a note\"\n\"{cut\n" + text, "f.json", chunk);
    CHECK(lines.lines.size() == 3);
    CHECK(lines.report.count(ingest::IssueKind::MalformedRecord) >= 1);
  }
}

TEST_CASE("a page that found nothing is no unknown form") {
  for (const char* text : {R"({"data":[],"meta":{"cursor":null}})", R"({"runs":[],"cursors":{}})", R"({"content":[],"page":1,"total":0})"}) {
    const Converted out = converted(text);
    CHECK(out.lines.empty());
    CHECK(out.report.warnings() == 0);
    CHECK(out.report.count(ingest::IssueKind::ConversionNote) == 1);
  }
  CHECK(converted(R"({"data":[],"list":[1]})").report.count(ingest::IssueKind::UnknownRecord) == 1);
  // A record whose own lists are empty is no page.
  const Converted run = converted(
      R"({"id":"r","name":"n","run_type":"chain","start_time":"2026-01-01T00:00:00","inputs":{"q":1},"outputs":{"a":2},"tags":[],"events":[]})");
  REQUIRE(run.lines.size() == 1);
  CHECK(run.record(0)["info"]["trace_metadata"]["assay.source.format"] == "LangSmith runs");
}

TEST_CASE("a file that ends inside its only record gives what stands whole before") {
  const auto row = [](std::string_view id) {
    return R"({"id":")" + std::string(id) + R"(","traceId":"t","type":"SPAN","startTime":"2026-01-01T00:00:00Z","name":"x","input":{"list":[{"a":1},{"b":"}]"}]}})";
  };
  const std::string page = R"({"meta":{"list":[{"x":1}]},"data":[)" + row("a") + "," + row("b") + "," + row("c") + "]}";
  const size_t third = page.find(row("c"));
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{4096}}) {
    for (size_t end = third; end + 1 < page.size(); end += 9) {
      const Converted out = converted(page.substr(0, end), "f.json", chunk);
      INFO(end);
      REQUIRE(out.lines.size() == 1);
      const bool third_is_whole = end >= third + row("c").size();
      CHECK(out.record(0)["data"]["spans"].size() == (third_is_whole ? 3 : 2));
      CHECK(out.report.count(ingest::IssueKind::CutOffInside) == 1);
    }
  }
  // Of several records the cut one is left out, as before.
  const Converted lines = converted(row("a") + "\n" + row("b").substr(0, row("b").size() - 2));
  CHECK(lines.record(0)["data"]["spans"].size() == 1);
  CHECK(lines.report.count(ingest::IssueKind::TruncatedRecord) == 1);
  CHECK(converted("{\"data\":[{\"id\":1").report.count(ingest::IssueKind::TruncatedRecord) == 1);
}
