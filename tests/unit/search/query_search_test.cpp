// Queries of our language over a handful of traces made by hand.
#include <algorithm>
#include <ctime>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "core/ingest/importer.h"
#include "core/search/nearest_filter.h"
#include "core/search/trace_query.h"
#include "query_fixture.h"

using namespace assay;
using namespace assay::search;
using store::Dataset;
using store::TraceRow;

namespace {

// 2026-11-24T12:00:00Z
constexpr QueryClock kClock{1795521600000000000, 0};

// One trace: an agent that calls a tool twice with the same arguments, the second time with an error, and a
// model.
constexpr std::string_view kAgent =
    R"({"info": {"trace_id": "tr-agent", "request_time": "2026-11-24T10:00:00Z",
 "execution_duration_ms": 6000, "state": "ERROR", "request_preview": "Where is my refund?", "response_preview": "No idea",
 "trace_metadata": {"mlflow.trace.tokenUsage": "{\"input_tokens\": 900, \"output_tokens\": 100, \"total_tokens\": 1000}",
  "mlflow.trace.session": "s-1", "mlflow.trace.user": "ann"},
 "tags": {"mlflow.traceName": "agent", "env": "prod", "build": "17"},
 "assessments": [{"assessment_id": "a-1", "assessment_name": "quality", "source": {"source_type": "HUMAN", "source_id": "x"},
  "feedback": {"value": 0.75}, "rationale": "The tool failed silently"}]},
 "data": {"spans": [
 {"span_id": "0000000000000001", "parent_span_id": null, "name": "agent", "start_time_unix_nano": 1000000000, "end_time_unix_nano": 7000000000,
  "events": [], "status": {"code": "STATUS_CODE_ERROR", "message": ""}, "attributes": {"mlflow.spanType": "\"AGENT\"",
  "mlflow.spanInputs": "{\"question\": \"Where is my refund?\"}", "mlflow.spanOutputs": "{\"answer\": {\"score\": 0.75, \"tags\": [\"a\", \"b\"]}}"}},
 {"span_id": "0000000000000002", "parent_span_id": "0000000000000001", "name": "lookup", "start_time_unix_nano": 1500000000, "end_time_unix_nano": 2000000000,
  "events": [], "status": {"code": "STATUS_CODE_OK", "message": ""}, "attributes": {"mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{\"id\": 9007199254740993}"}},
 {"span_id": "0000000000000003", "parent_span_id": "0000000000000001", "name": "lookup", "start_time_unix_nano": 2500000000, "end_time_unix_nano": 5500000000,
  "events": [{"name": "exception", "time_unix_nano": 2500000001, "attributes": {"exception.type": "TimeoutError"}}],
  "status": {"code": "STATUS_CODE_ERROR", "message": "timed out"}, "attributes": {"mlflow.spanType": "\"TOOL\"", "mlflow.spanInputs": "{\"id\": 9007199254740993}"}},
 {"span_id": "0000000000000004", "parent_span_id": "0000000000000003", "name": "retry", "start_time_unix_nano": 3000000000, "end_time_unix_nano": 3500000000,
  "events": [], "status": {"code": "STATUS_CODE_UNSET", "message": ""}, "attributes": {"mlflow.spanType": "\"LLM\"", "llm.model_name": "gpt-4",
  "mlflow.chat.tokenUsage": "{\"total_tokens\": 77}", "mlflow.spanOutputs": "\"d\\u00e9sol\\u00e9\""}}]}})";

constexpr std::string_view kPlain =
    R"({"info": {"trace_id": "tr-plain", "request_time": "2026-11-23T10:00:00Z",
 "execution_duration_ms": 1500, "state": "OK", "request_preview": "退款", "response_preview": "ok", "trace_metadata": {}, "tags": {"mlflow.traceName": "chain", "env": "test"}},
 "data": {"spans": [{"span_id": "0000000000000001", "parent_span_id": null, "name": "chain", "start_time_unix_nano": 1, "end_time_unix_nano": 2,
 "events": [], "status": {"code": "STATUS_CODE_OK", "message": ""}, "attributes": {"mlflow.spanType": "\"CHAIN\"", "mlflow.spanInputs": "\"\\u9000\\u6b3e\""}}]}})";

void load(Dataset& dataset) {
  std::string bytes;
  for (const std::string_view trace : {kAgent, kPlain}) {
    for (const char c : trace) {
      if (c != '\n') bytes += c;
    }
    bytes += '\n';
  }
  ingest::import_bytes(dataset, "two.jsonl", bytes);
  REQUIRE(dataset.trace_count() == 2);
}

// "A" and "P" for the two traces.
std::string found_by(const Dataset& dataset, std::string_view text) {
  Result<std::vector<TraceRow>> rows = search_traces_by_query(dataset, text, kClock);
  INFO("query: " << text << (rows ? "" : rows.error().what));
  REQUIRE(rows);
  std::string out;
  for (const TraceRow row : rows.value())
    out += dataset.trace_id(row) == "tr-agent" ? "A" : "P";
  return out;
}

}  // namespace

TEST_CASE("queries find traces by what they hold") {
  Dataset dataset;
  load(dataset);
  struct Row {
    std::string_view query, found;
  };
  const Row rows[] = {
      {"", "AP"},
      {"status = 'OK'", "P"},
      {"status = error", "A"},
      {"status = 'OK' OR status = 'ERROR'", "AP"},
      {"NOT env", ""},  // both records hold the word
      {"tokens >= 1k", "A"},
      {"tokens IS NULL", "P"},
      {"duration > 2s", "A"},
      {"duration <= 1.5s", "P"},
      {"since today", "A"},
      {"timestamp = yesterday", "P"},
      {"last 24 hours", "A"},
      {"last 2 days", "AP"},
      {"before 2026-11-24", "P"},
      {"trace_id IN ('tr-plain', 'tr-x')", "P"},
      {"session = s-1", "A"},
      {"user != 'bob'", "A"},
      {"tags.env =~ /^PRO/i", "A"},
      {"tags.build > 16.5", "A"},
      {"tags.env IN ('test', 'prod')", "AP"},
      {"metadata.\"mlflow.trace.tokenUsage\".input_tokens = 900.0", "A"},
      {"feedback.quality > 0.7", "A"},
      {"feedback.quality = 0.75", "A"},
      {"feedback.quality < 0.75", ""},
      {"rationale.quality CONTAINS 'SILENTLY'", "A"},
      {"outputs.answer.score > 0.5", "A"},
      {"outputs.answer.tags[-1] = 'b'", "A"},
      {"outputs.answer.tags[*] = 'a'", "A"},
      {"outputs.answer.tags[2] exists", ""},
      {"outputs.answer exists", "A"},
      {"inputs = '\xE9\x80\x80\xE6\xAC\xBE'", "P"},
      {"inputs.question CONTAINS refund", "A"},
      {"span_count = 4", "A"},
      {"depth >= 2", "A"},
      {"refund idea", "A"},
      {"\"my refund\"", "A"},
      {"\"refund my\"", ""},
      {"\xE9\x80\x80\xE6\xAC\xBE", "P"},
      {"D\xC3\x89SOL\xC3\x89", "A"},
      {"refund OR \xE6\xAC\xBE", "AP"},
  };
  for (const Row& row : rows) {
    INFO(row.query);
    CHECK(found_by(dataset, row.query) == row.found);
  }
}

TEST_CASE("conditions in one pair of braces hold for one span") {
  Dataset dataset;
  load(dataset);
  CHECK(found_by(dataset, "span { type = TOOL AND status = ERROR }") == "A");
  CHECK(found_by(dataset, "span { type = LLM AND status = ERROR }") == "");
  CHECK(found_by(dataset, "{ type = LLM } AND { status = ERROR }") == "A");
  CHECK(found_by(dataset, "all spans { status = OK }") == "P");
  CHECK(found_by(dataset, "no span { type = TOOL }") == "P");
  CHECK(found_by(dataset, "count({ type = TOOL }) = 2") == "A");
  CHECK(found_by(dataset, "{ duration >= 3s AND name = 'lookup' }") == "A");
  CHECK(found_by(dataset, "{ attributes.\"llm.model_name\" = 'gpt-4' }") == "A");
  CHECK(found_by(dataset, "(span.attributes.llm.model_name = 'gpt-4')") == "A");
  CHECK(found_by(dataset, "{ tokens > 76 }") == "A");
  CHECK(found_by(dataset, "{ inputs.id = 9007199254740993 }") == "A");
  CHECK(found_by(dataset, "{ inputs.id = 9007199254740992 }") == "");
  CHECK(found_by(dataset, "{ message =~ /timed/ }") == "A");
  CHECK(found_by(dataset, "{ events[*].attributes.\"exception.type\" = 'TimeoutError' }") == "A");
  CHECK(found_by(dataset, "{ outputs = 'd\xC3\xA9sol\xC3\xA9' }") == "A");
  CHECK(found_by(dataset, "{ text =~ /d\xC3\xA9sol.$|d\xC3\xA9sol\xC3\xA9/ }") == "A");
  CHECK(found_by(dataset, "{ children = 1 AND depth = 1 }") == "A");
}

TEST_CASE("spans are found by where they stand to each other") {
  Dataset dataset;
  load(dataset);
  CHECK(found_by(dataset, "{ type = AGENT } >> { type = LLM }") == "A");
  CHECK(found_by(dataset, "{ type = AGENT } > { type = LLM }") == "");
  CHECK(found_by(dataset, "{ type = LLM } << { type = AGENT }") == "A");
  CHECK(found_by(dataset, "{ type = LLM } < { type = TOOL AND status = ERROR }") == "A");
  CHECK(found_by(dataset, "{ type = TOOL } ~ { type = TOOL }") == "A");
  CHECK(found_by(dataset, "{ type = LLM } ~ {}") == "");
  CHECK(found_by(dataset, "{ type = TOOL } THEN { type = TOOL }") == "A");
  // A TOOL span with an error, and no TOOL span after it.
  CHECK(found_by(dataset, "{ type = TOOL AND status = ERROR } THEN NO { type = TOOL }") == "A");
  CHECK(found_by(dataset, "{ type = TOOL AND status = OK } THEN NO { type = TOOL }") == "");
  CHECK(found_by(dataset, "{ type = AGENT } > { type = TOOL } !> { type = LLM }") == "A");
  CHECK(found_by(dataset, "{ type = AGENT } !>> { type = LLM }") == "");
  CHECK(found_by(dataset, "repeated({ type = TOOL }) >= 2") == "A");
  CHECK(found_by(dataset, "repeated({}) >= 3") == "");
}

TEST_CASE("words are found in what was annotated since") {
  Dataset dataset;
  load(dataset);
  CHECK(found_by(dataset, "marvellous") == "");
  store::Assessment note = feedback("quality", "\"yes\"");
  note.rationale = "Marvellous!";
  dataset.set_assessments(*dataset.find_trace("tr-plain"), {note});
  CHECK(found_by(dataset, "marvellous") == "P");
  CHECK(found_by(dataset, "feedback.quality = 'yes' OR feedback.quality > 0.7") == "AP");
}

TEST_CASE("a key that no trace has is told") {
  Dataset dataset;
  load(dataset);
  const auto warning = [&](std::string_view text) {
    return TraceQuery(dataset, parse_own_query(text, kClock).value(), {}).warning();
  };
  CHECK(warning("tags.envv = 'x'").find("envv") != std::string::npos);
  CHECK(warning("tags.env = 'x'") == "");
  CHECK(parse_own_query("status = 'FAILED' OR x", kClock).value().note.text.find("IN_PROGRESS") !=
        std::string::npos);
}

TEST_CASE("a query goes on after its budget, and ends when the data changes") {
  Dataset dataset;
  for (int i = 0; i < 3000; ++i) {
    add(dataset, {.id = "t" + std::to_string(i), .start_ms = i, .spans = {{.name = i % 3 == 0 ? "a" : "b"}}});
  }
  TraceQuery query(dataset, parse_own_query("{ name = 'a' } OR zebra", kClock).value(), {});
  int steps = 0;
  while (!query.finished()) {
    Budget budget{.units_left = 1};
    query.step(budget);
    ++steps;
  }
  CHECK(steps > 5);
  CHECK(query.rows().size() == 1000);
  TraceQuery stale(dataset, parse_own_query("{ name = 'a' }", kClock).value(), {});
  add(dataset, {.id = "new"});
  Budget unlimited;
  CHECK(stale.step(unlimited) == Progress::Finished);
  CHECK(stale.is_stale());
}

TEST_CASE("MLflow's nearest filter keeps what MLflow can say and tells the rest") {
  struct Row {
    std::string_view query, filter;
    std::vector<CannotSay> lost;
  };
  const Row rows[] = {
      {"status = 'OK'", "status = 'OK'", {}},
      {"trace_id = 'tr-1' AND status = ok", "request_id = 'tr-1' AND status = 'OK'", {}},
      {"status = 'OK' OR status = 'ERROR'", "status IN ('OK', 'ERROR')", {}},
      {"NOT status = 'OK'", "status != 'OK'", {}},
      {"duration > 5s", "attributes.execution_time_ms > 5000", {}},
      {"duration >= 1.5ms", "attributes.execution_time_ms >= 2", {}},
      {"timestamp = 2026-11-24",
       "attributes.timestamp_ms >= 1795478400000 AND attributes.timestamp_ms < 1795564800000",
       {}},
      {"session = s-1", "metadata.`mlflow.trace.session` = 's-1'", {}},
      {"span { type = TOOL AND status = ERROR }", "span.type = 'TOOL' AND span.status = 'ERROR'", {}},
      {"{ name = 'a' } OR { name = 'b' }", "span.name IN ('a', 'b')", {}},
      {"{ name = 'a' } AND { name = 'b' }", "span.name = 'a'", {CannotSay::SecondSpan}},
      {"{ name = 'a' } >> { name = 'b' }", "span.name = 'a'", {CannotSay::Structure}},
      {"count({ name = 'a' }) >= 3", "span.name = 'a'", {CannotSay::Count}},
      {"count({ name = 'a' }) < 3", "", {CannotSay::Count}},
      {"tokens > 5 AND tags.env = 'prod'", "tags.`env` = 'prod'", {CannotSay::Number}},
      {"tags.name = 'x' OR tags.name = 'x'", "", {CannotSay::Or}},
      {"(tags.name = 'x')", "", {CannotSay::Quote}},  // means the trace's name there
      {"tags.env = \"a'b\"\"c\" OR x", "", {CannotSay::Or}},
      {"(tags.env = \"a'b\"\"c\")", "", {CannotSay::Quote}},
      {"feedback.quality > 0.5", "", {CannotSay::Score}},
      {"feedback.quality = 'yes' AND x",
       "feedback.`quality` = 'yes' AND trace.text ILIKE '%x%'",
       {CannotSay::WordInSpan}},
      {"{ attributes.\"llm.model_name\" = 'gpt-4' }",
       "span.attributes.`llm.model_name` LIKE '%gpt-4%'",
       {CannotSay::Value}},
      {"outputs.score > 0.5", "", {CannotSay::Value}},
      {"name IN ('a')", "", {CannotSay::List}},
      {"NOT tags.env = 'x'", "", {CannotSay::Not}},
      {"tags.env IS NOT NULL AND NOT tags.n IS NOT NULL", "tags.`env` IS NOT NULL AND tags.`n` IS NULL", {}},
  };
  for (const Row& row : rows) {
    INFO(row.query);
    const Result<Query> query = parse_query(row.query, kClock);
    REQUIRE(query);
    const NearestFilter nearest = nearest_mlflow_filter(query.value(), row.query);
    CHECK(nearest.filter == row.filter);
    CHECK(nearest.is_exact == row.lost.empty());
    std::vector<CannotSay> lost;
    for (const LostPart& part : nearest.lost) {
      lost.push_back(part.reason);
      CHECK_FALSE(cannot_say_text(part.reason).empty());
    }
    CHECK(lost == row.lost);
    CHECK(parse_filter(nearest.filter));
  }
}

TEST_CASE("a value is found however its number or text is written") {
  store::Dataset dataset;
  const char* const inputs[] = {
      R"("{\"id\": 12345}")",         R"("{\"id\": 12345.0}")",          R"("{\"id\": 1.2345e4}")",
      R"("{\"id\": 123.45E+2}")",     R"("{\"id\": 1234500e-2}")",       R"("{\"id\": \"12345\"}")",
      R"("{\"id\": 12345.5}")",       R"("{\"id\": 1234}")",             R"("{\"id\": \"refund me\"}")",
      R"("{\"id\": \"\\u0072efund me\"}")", R"("{\"id\": \"refund\"}")",   R"({"id": 12345})",
      R"("{\"ide\\u006etity\": 12345}")", R"("{\"identity\": 777}")", R"("{\"identity\": null}")"};
  std::string bytes;
  for (size_t i = 0; i < std::size(inputs); ++i) {
    bytes += R"({"info": {"trace_id": "tr-0000000000000000000000000000000)";
    bytes += "0123456789abcdef"[i];
    bytes += R"(", "request_time": "2026-11-24T06:00:00Z", "state": "OK"}, "data": {"spans": [{"span_id": "00000000000000a1", )"
             R"("parent_span_id": null, "name": "x", "start_time_unix_nano": 1, "end_time_unix_nano": 2, "status": {"code": )"
             R"("STATUS_CODE_OK"}, "attributes": {"mlflow.spanInputs": )";
    bytes += inputs[i];
    bytes += "}}]}}\n";
  }
  ingest::import_bytes(dataset, "made.jsonl", bytes);
  REQUIRE(dataset.trace_count() == std::size(inputs));
  const auto found = [&](std::string_view query) {
    Result<std::vector<store::TraceRow>> rows = search_traces_by_query(dataset, query, {});
    INFO(query);
    REQUIRE(rows);
    std::string out;
    for (const store::TraceRow row : rows.value())
      out += dataset.trace_id(row).back();
    std::sort(out.begin(), out.end());
    return out;
  };
  for (const std::string head : {"inputs", "span.inputs"}) {
    CHECK(found(head + ".id = 12345") == "012345b");
    CHECK(found(head + ".id IN (12345, 1234)") == "0123457b");
    CHECK(found(head + ".id = 12345.50") == "6");
    CHECK(found(head + ".id = 'refund me'") == "89");
    CHECK(found(head + ".identity = 12345") == "c");
    CHECK(found(head + ".identity > 5") == "cd");
    CHECK(found(head + ".identity != 12345") == "d");
    CHECK(found("EXISTS " + head + ".identity") == "cd");
    CHECK(found("NOT " + head + ".id = 12345") == "6789acde");
  }
  CHECK(found("span { inputs.id != 12345 }") == "6789a");
  CHECK(found("no span { inputs.identity = 777 }") == "0123456789abce");
  CHECK(found("all spans { inputs.identity = 777 }") == "d");
  CHECK(found("count(span { inputs.identity = 777 }) = 0") == "0123456789abce");
}
