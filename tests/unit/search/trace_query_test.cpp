#include "core/search/trace_query.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "query_fixture.h"

using namespace assay;
using namespace assay::search;
using store::Dataset;
using store::TraceRow;
using store::TraceState;

TEST_CASE("the default order is latest first, then the id; unknown times come last") {
  Dataset dataset;
  add(dataset, {.id = "c", .start_ms = 100});
  add(dataset, {.id = "a", .start_ms = 100});
  add(dataset, {.id = "n"});
  add(dataset, {.id = "b", .start_ms = 200});
  CHECK(found(dataset, "") == "b a c n");
  CHECK(found(dataset, "", {}, 2) == "b a");
  CHECK(found(dataset, "", {"timestamp ASC"}) == "a c b n");
  CHECK(found(dataset, "", {"request_id DESC"}) == "n c b a");
}

TEST_CASE("many rows of equal times are put in order by their ids") {
  std::mt19937 random(7);
  for (const char* prefix : {"tr-", ""}) {
    for (const uint32_t times : {1u, 3u, 1000u}) {
      Dataset dataset;
      std::vector<TraceSpec> specs;
      for (uint32_t i = 0; i < 6000; ++i) {
        TraceSpec spec{.id = prefix + std::to_string(random() % 1000) + "-" + std::to_string(i)};
        // Ids that begin alike for longer than is looked at first.
        if (i % 3 == 0) spec.id = std::string(prefix) + "the same beginning " + std::to_string(i);
        if (i % 7 != 0) spec.start_ms = static_cast<int64_t>(random() % times) * 977 - 500;
        if (i % 5 != 0) spec.duration_ms = static_cast<int64_t>(random() % 4) - 1;
        add(dataset, spec);
        specs.push_back(spec);
      }
      const auto expected = [&](int direction) {
        std::vector<uint32_t> order(specs.size());
        for (uint32_t i = 0; i < order.size(); ++i)
          order[i] = i;
        std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
          const TraceSpec &x = specs[a], &y = specs[b];
          if (direction != 0 && x.duration_ms != y.duration_ms) {
            if (x.duration_ms == kNoTime || y.duration_ms == kNoTime) return y.duration_ms == kNoTime;
            return direction > 0 ? x.duration_ms < y.duration_ms : x.duration_ms > y.duration_ms;
          }
          if (x.start_ms != y.start_ms) return x.start_ms > y.start_ms;
          return x.start_ms == kNoTime ? a < b : x.id < y.id;
        });
        std::vector<TraceRow> rows;
        for (const uint32_t i : order)
          rows.push_back({i});
        return rows;
      };
      INFO(prefix << " " << times);
      CHECK(search_traces(dataset, "").value() == expected(0));
      CHECK(search_traces(dataset, "", {"execution_time ASC"}).value() == expected(1));
      CHECK(search_traces(dataset, "", {"execution_time DESC"}).value() == expected(-1));
    }
  }
}

TEST_CASE("absent values sort last in both directions, and ties fall back to the default order") {
  Dataset dataset;
  add(dataset, {.id = "a", .start_ms = 1, .duration_ms = 5, .tags = {{"env", "x"}}});
  add(dataset, {.id = "b", .start_ms = 2, .tags = {{"env", "y"}}});
  add(dataset, {.id = "c", .start_ms = 3, .duration_ms = 5});
  add(dataset, {.id = "d", .start_ms = 4, .duration_ms = 1, .tags = {{"env", "x"}}});
  CHECK(found(dataset, "", {"execution_time ASC"}) == "d c a b");
  CHECK(found(dataset, "", {"execution_time DESC"}) == "c a d b");
  CHECK(found(dataset, "", {"tags.env ASC"}) == "d a b c");
  CHECK(found(dataset, "", {"tags.env DESC", "execution_time"}) == "b d a c");
  CHECK(found(dataset, "", {"tags.nope"}) == "d c b a");
  CHECK(found(dataset, "", {"end_time"}) == "b d a c");
}

TEST_CASE("experiments are ordered by number") {
  Dataset dataset;
  const auto record = [](const char* id) {
    return std::string(
               "{\"info\": {\"trace_id\": \"x\", \"trace_location\": {\"type\": "
               "\"MLFLOW_EXPERIMENT\","
               " \"mlflow_experiment\": {\"experiment_id\": \"") +
           id + "\"}}}}";
  };
  add(dataset, {.id = "a", .start_ms = 1, .record = record("10")});
  add(dataset, {.id = "b", .start_ms = 1, .record = record("9")});
  add(dataset, {.id = "c", .start_ms = 1, .record = "{\"info\": {\"experiment_id\": \"2\"}}"});
  CHECK(found(dataset, "", {"experiment_id ASC"}) == "c b a");
}

TEST_CASE("numbers compare as in SQLite") {
  Dataset dataset;
  add(dataset, {.id = "a", .start_ms = 100, .duration_ms = 5});
  add(dataset, {.id = "b", .start_ms = 200});
  CHECK(found(dataset, "timestamp_ms >= 100 AND timestamp_ms < 200") == "a");
  CHECK(found(dataset, "timestamp_ms > 99.5 AND execution_time = 5.0") == "a");
  CHECK(found(dataset, "attributes.timestamp = '100'") == "a");
  CHECK(found(dataset, "attributes.timestamp > '2026-01-01'") == "");
  CHECK(found(dataset, "attributes.timestamp < '2026-01-01'") == "b a");
  CHECK(found(dataset, "execution_time != 7") == "a");  // unknown is not different
  CHECK(found(dataset, "end_time = 105") == "a");
  CHECK(found(dataset, "end_time = 200") == "b");
  CHECK(found(dataset, "end_time = '105'") == "");
}

TEST_CASE("tags must be there to differ, and IS NULL asks for their absence") {
  Dataset dataset;
  add(dataset, {.id = "a", .start_ms = 3, .tags = {{"env", "prod"}, {"mlflow.traceName", "chat"}}});
  add(dataset, {.id = "b", .start_ms = 2, .tags = {{"env", "test"}}});
  add(dataset, {.id = "c", .start_ms = 1, .tags = {{"mlflow.traceName", ""}}});
  CHECK(found(dataset, "tags.env != 'prod'") == "b");
  CHECK(found(dataset, "tags.env IS NULL") == "c");
  CHECK(found(dataset, "tags.env IS NOT NULL") == "a b");
  CHECK(found(dataset, "tags.nope != 'x'") == "");
  CHECK(found(dataset, "tags.nope IS NULL") == "a b c");
  CHECK(found(dataset, "name LIKE 'ch%'") == "a");
  CHECK(found(dataset, "name IS NULL") == "b");
  CHECK(found(dataset, "name = ''") == "c");
  CHECK(found(dataset, "request_id IN ('a', 'c', 'z')") == "a c");
  CHECK(found(dataset, "request_id = 'b'") == "b");
  CHECK(found(dataset, "request_id = 'z'") == "");
}

TEST_CASE("all span conditions hold for one and the same span") {
  Dataset dataset;
  const SpanSpec failed_tool{"fetch", "TOOL", store::SpanStatus::Error, "{\"name\": \"fetch\"}"};
  const SpanSpec good_llm{"chat", "LLM", store::SpanStatus::Ok, "{\"name\": \"chat\"}"};
  const SpanSpec failed_llm{"chat", "LLM", store::SpanStatus::Error,
                            "{\"name\": \"chat\", \"x\": 1}"};
  add(dataset, {.id = "a", .start_ms = 2, .spans = {failed_tool, good_llm}});
  add(dataset, {.id = "b", .start_ms = 1, .spans = {failed_llm}});
  CHECK(found(dataset, "span.type = 'LLM' AND span.status = 'ERROR'") == "b");
  CHECK(found(dataset, "span.type = 'LLM' AND span.type = 'TOOL'") == "");
  CHECK(found(dataset, "span.type != 'LLM'") == "a");
  CHECK(found(dataset, "span.name NOT IN ('chat')") == "a");
  CHECK(found(dataset, "trace.text LIKE '%chat%' AND trace.text LIKE '%\"x\"%'") == "b");
  CHECK(found(dataset, "trace.text ILIKE '%FETCH%'") == "a");
}

TEST_CASE("span text is searched in the form in which MLflow stores it") {
  Dataset dataset;
  SpanSpec pretty;
  pretty.record = "{\n \"attributes\" : {\n  \"model\": \"\\\"gpt-4\\\"\",\n  \"q\": \"日本/é\"}}";
  SpanSpec compact;
  compact.record = "{\"attributes\":{\"model\":\"\\\"claude-3\\\"\",\"temperature\":\"0.2\"}}";
  add(dataset, {.id = "pretty", .start_ms = 2, .spans = {pretty}});
  add(dataset, {.id = "compact", .start_ms = 1, .spans = {compact}});
  CHECK(found(dataset, "trace.text LIKE '%日本%'") == "");
  CHECK(found(dataset, "trace.text LIKE '%\\u65e5\\u672c/\\u00e9\"}}'") == "pretty");
  CHECK(found(dataset, "span.content LIKE '{\"attributes\": {\"model\": %'") == "pretty compact");
  CHECK(found(dataset, "span.attributes.model LIKE '%gpt%'") == "pretty");
  CHECK(found(dataset, "span.attributes.`model` ILIKE '%CLAUDE%'") == "compact");
  CHECK(found(dataset, "span.attributes.model = 'gpt-4'") == "");
  CHECK(found(dataset, "span.attributes.model != 'gpt-4'") == "pretty compact");
  CHECK(found(dataset, "span.attributes.model RLIKE '^gpt-[0-9]$'") == "pretty");
  CHECK(found(dataset, "span.attributes.model RLIKE '-3'") == "compact");
  CHECK(found(dataset, "span.attributes.model RLIKE '^-3'") == "");
  CHECK(found(dataset, "span.attributes.temperature RLIKE '0'") == "");
}

TEST_CASE("assessment values are compared as the store keeps them") {
  Dataset dataset;
  add(dataset, {.id = "bool", .start_ms = 9, .assessments = {feedback("ok", "true")}});
  add(dataset, {.id = "text", .start_ms = 8, .assessments = {feedback("ok", "\"true\"")}});
  add(dataset, {.id = "number", .start_ms = 7, .assessments = {feedback("ok", "5")}});
  add(dataset, {.id = "list", .start_ms = 6, .assessments = {feedback("ok", "[1,\"é\"]")}});
  store::Assessment failed = feedback("ok", "");
  failed.error_code = "E";
  add(dataset, {.id = "error", .start_ms = 5, .assessments = {failed}});
  store::Assessment old = feedback("ok", "false");
  old.valid = false;
  add(dataset, {.id = "old", .start_ms = 4, .assessments = {old}});
  store::Assessment expected = feedback("ok", "{\"n\":1}");
  expected.kind = store::AssessmentKind::Expectation;
  add(dataset, {.id = "expected", .start_ms = 3, .assessments = {expected}});
  CHECK(found(dataset, "feedback.ok = 'true'") == "bool text");
  CHECK(found(dataset, "feedback.ok LIKE '\"%'") == "text");
  CHECK(found(dataset, "feedback.ok = '5'") == "");
  CHECK(found(dataset, "feedback.ok = '5.0'") == "number");
  CHECK(found(dataset, "feedback.ok = '[1.0, \"\\u00e9\"]'") == "list");
  CHECK(found(dataset, "feedback.ok = 'null'") == "error");
  CHECK(found(dataset, "feedback.ok != 'true'") == "number list error");
  CHECK(found(dataset, "feedback.ok IS NULL") == "old expected");
  CHECK(found(dataset, "expectation.ok = '{\"n\": 1}'") == "expected");
  CHECK(found(dataset, "feedback.ok RLIKE '^(true|5)'") == "bool number");
}

TEST_CASE("an assessment of a session counts for all its traces") {
  Dataset dataset;
  store::Assessment resolved = feedback("resolved", "\"yes\"");
  resolved.metadata_json = "{\"other\": \"x\", \"mlflow.trace.session\": \"s1\"}";
  add(dataset, {.id = "first", .start_ms = 4, .assessments = {resolved}, .session = "s1"});
  add(dataset, {.id = "second", .start_ms = 3, .session = "s1"});
  add(dataset, {.id = "else", .start_ms = 2, .session = "s2"});
  add(dataset, {.id = "none", .start_ms = 1});
  CHECK(found(dataset, "feedback.resolved = 'yes'") == "first second");
  CHECK(found(dataset, "feedback.resolved = 'no'") == "");
  CHECK(found(dataset, "feedback.resolved IS NULL") == "else none");
}

TEST_CASE("new annotations are found at once") {
  Dataset dataset;
  const TraceRow row = add(dataset, {.id = "a", .start_ms = 1});
  CHECK(found(dataset, "feedback.tone = 'rude'") == "");
  dataset.set_assessments(row, {feedback("tone", "\"rude\"")});
  CHECK(found(dataset, "feedback.tone = 'rude'") == "a");
  dataset.set_assessments(row, {});
  CHECK(found(dataset, "feedback.tone IS NOT NULL") == "");
}

TEST_CASE("issues are found by id whether they are valid or not") {
  Dataset dataset;
  store::Assessment issue = feedback("iss-1", "");
  issue.kind = store::AssessmentKind::Issue;
  issue.valid = false;
  add(dataset, {.id = "a", .start_ms = 1, .assessments = {issue}});
  add(dataset, {.id = "b", .start_ms = 1, .assessments = {feedback("iss-1", "true")}});
  CHECK(found(dataset, "issue.id = 'iss-1'") == "a");
}

TEST_CASE("linked prompts are found by name and version") {
  Dataset dataset;
  add(dataset,
      {.id = "a",
       .start_ms = 2,
       .tags = {{"mlflow.linkedPrompts",
                 "[{\"name\": \"qa\", \"version\": \"4\"}, {\"name\": \"x\", \"version\": 1}]"}}});
  add(dataset, {.id = "b", .start_ms = 1, .tags = {{"mlflow.linkedPrompts", "[{\"name\": \"q"}}});
  CHECK(found(dataset, "prompt = 'qa/4'") == "a");
  CHECK(found(dataset, "prompt = 'x/1'") == "a");
  CHECK(found(dataset, "prompt = 'qa/1'") == "");
}

TEST_CASE("LIKE minds case unless it is told not to; a bad RLIKE finds nothing and says why") {
  Dataset dataset;
  add(dataset, {.id = "a", .start_ms = 1, .tags = {{"mlflow.traceName", "Chat"}}});
  CHECK(found(dataset, "name LIKE 'chat'") == "");
  CHECK(found(dataset, "name ILIKE 'chat'") == "a");
  const auto count = [&](std::string_view filter, QueryOptions options, std::string& warning) {
    TraceQuery query(dataset, parse_filter(filter).value(), {}, options);
    Budget unlimited;
    while (query.step(unlimited) != Progress::Finished) {
    }
    warning = query.warning();
    return query.rows().size();
  };
  std::string warning;
  CHECK(count("name LIKE 'chat'", {.like_case = CaseMode::AsciiInsensitive}, warning) == 1);
  CHECK(warning.empty());
  CHECK(count("name RLIKE '['", {}, warning) == 0);
  CHECK(warning == "RLIKE matches nothing: unterminated character set at position 0");
  CHECK(count("name RLIKE 'C(?=h)'", {}, warning) == 0);
  CHECK(warning.find("look-ahead") != std::string::npos);
}

TEST_CASE("a query in the smallest steps gives the same answer as in one") {
  Dataset dataset;
  for (uint32_t i = 0; i < 6000; ++i) {
    SpanSpec span;
    span.record = "{\"name\": \"n" + std::to_string(i % 7) + "\"}";
    add(dataset, {.id = "t" + std::to_string(i * 7919 % 6000),
                  .start_ms = i * 31 % 97,
                  .tags = {{"k", std::to_string(i % 5)}},
                  .spans = {span},
                  .assessments = {feedback("q", i % 3 == 0 ? "1" : "2")}});
  }
  const char* filter = "feedback.q = '1.0' AND trace.text LIKE '%n3%'";
  const std::string whole = found(dataset, filter, {"tags.k DESC"});
  TraceQuery query(dataset, parse_filter(filter).value(), parse_order_by({"tags.k DESC"}).value());
  int steps = 0;
  uint32_t done = 0;
  while (true) {
    Budget budget{.units_left = 1};
    if (query.step(budget) == Progress::Finished) break;
    CHECK(query.rows_done() >= done);
    done = query.rows_done();
    ++steps;
  }
  CHECK(steps > 20);
  CHECK(query.finished());
  CHECK_FALSE(query.is_stale());
  std::string stepped;
  for (const TraceRow row : query.rows()) {
    stepped += (stepped.empty() ? "" : " ") + std::string(dataset.trace_id(row));
  }
  CHECK(stepped == whole);
  CHECK(query.rows().size() == 286);
}

TEST_CASE("a query over data that changed ends instead of reading what is no more") {
  Dataset dataset;
  for (int i = 0; i < 2000; ++i)
    add(dataset, {.id = std::to_string(i), .start_ms = i});
  TraceQuery query(dataset, Filter{}, OrderBy{});
  Budget budget{.units_left = 1};
  CHECK(query.step(budget) == Progress::Working);
  add(dataset, {.id = "new", .start_ms = 1});
  CHECK(query.is_stale());
  CHECK(query.step(budget) == Progress::Finished);
}

TEST_CASE("rows without times keep the order of their file, behind those with times") {
  Dataset dataset;
  for (const char* id : {"z", "a", "m"}) add(dataset, {.id = id, .start_ms = kNoTime});
  for (const char* id : {"y", "b"}) add(dataset, {.id = id, .start_ms = 5});
  CHECK(found(dataset, "") == "b y z a m");
  CHECK(found(dataset, "", {"timestamp_ms ASC"}) == "b y z a m");
  CHECK(found(dataset, "", {"request_id ASC"}) == "a b m y z");
}

TEST_CASE("no traces, no rows") {
  Dataset dataset;
  CHECK(found(dataset, "") == "");
  CHECK(found(dataset, "feedback.x IS NULL AND span.name = 'x'", {"tags.x"}) == "");
}

TEST_CASE("many rows are put in the default order whatever their times are") {
  // Few and many equal times, unknown ones, and times before 1970.
  for (const int64_t distinct : {1, 3, 100, 4000, 1000000}) {
    Dataset dataset;
    struct Wanted {
      int64_t first;
      std::string second;
      int place;
    };
    std::vector<Wanted> wanted;
    std::mt19937_64 random(static_cast<uint64_t>(distinct));
    for (int i = 0; i < 5000; ++i) {
      int64_t start_ms = static_cast<int64_t>(random() % static_cast<uint64_t>(distinct)) - distinct / 2;
      if (random() % 50 == 0) start_ms = kNoTime;
      if (start_ms != kNoTime && distinct > 1000) start_ms *= 7919;
      const std::string id = "t" + std::to_string(random());
      add(dataset, {.id = id, .start_ms = start_ms});
      wanted.push_back({start_ms, id, i});
    }
    std::sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) {
      if (a.first != b.first) return a.first > b.first;
      return a.first == kNoTime ? a.place < b.place : a.second < b.second;
    });
    TraceQuery query(dataset, Filter{}, OrderBy{});
    while (!query.finished()) {
      Budget budget{.units_left = 100};
      query.step(budget);
    }
    REQUIRE(query.rows().size() == wanted.size());
    size_t differing = 0;
    for (size_t i = 0; i < wanted.size(); ++i)
      differing += dataset.trace_id(query.rows()[i]) != wanted[i].second ? 1 : 0;
    CHECK(differing == 0);
  }
}
