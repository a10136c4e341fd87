// Queries come from links and from whoever types: whatever they hold, the answer or the refusal comes soon.
#include <cstdio>
#include <ctime>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "core/ingest/importer.h"
#include "core/search/nearest_filter.h"
#include "core/search/trace_query.h"
#include "query_fixture.h"
#include "random_query.h"

using namespace assay;
using namespace assay::search;

namespace {

constexpr QueryClock kClock{1795521600000000000, 0};
// The sanitizers and a busy machine make everything several times slower.
constexpr double kPatienceMs = 1000;

std::string repeated(std::string_view text, size_t bytes) {
  std::string out;
  while (out.size() < bytes)
    out += text;
  return out;
}

double cpu_ms() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void answer(const store::Dataset& dataset, const std::string& text) {
  const double begin = cpu_ms();
  QueryProblem problem;
  Result<Query> query = parse_query(text, kClock, &problem);
  if (query) {
    const NearestFilter nearest = nearest_mlflow_filter(query.value(), text);
    CHECK(nearest.filter.size() <= 20 * text.size() + 100);
    TraceQuery job(dataset, std::move(query).value(), {});
    Budget unlimited;
    while (job.step(unlimited) != Progress::Finished) {
    }
  } else {
    CHECK_FALSE(query.error().what.empty());
    CHECK(query.error().what.size() < 10000);
    CHECK((query.error().at_byte == kNoPosition || query.error().at_byte <= text.size()));
    CHECK(problem.size_bytes <= text.size());
  }
  const double spent_ms = cpu_ms() - begin;
  if (spent_ms > kPatienceMs) FAIL_CHECK("took " << spent_ms << " ms: " << text.substr(0, 60));
}

}  // namespace

TEST_CASE("huge and twisted queries are answered or refused in no time") {
  store::Dataset dataset;
  add(dataset,
      {.id = "a", .start_ms = 1, .tags = {{"env", "x"}}, .spans = {{.record = R"({"a": "b"})"}, {}}});
  for (const char* piece : {"(",
                            ")",
                            "{",
                            "}",
                            "NOT ",
                            "OR ",
                            "a OR ",
                            "a AND ",
                            "a ",
                            "\"",
                            "'",
                            "`",
                            "\\",
                            "[",
                            "a.",
                            "a[0]",
                            "a=b ",
                            "tokens > ",
                            "tokens > 1 OR ",
                            "{a} >> ",
                            "{} > ",
                            "({",
                            "count({",
                            "no span {",
                            "/",
                            "=~ /",
                            "~",
                            "!",
                            "\xE2\x80\x9C",
                            "\xFF",
                            "\xEF\xBC\x88",
                            "since ",
                            "last ",
                            "1",
                            "-",
                            ",",
                            "a,",
                            "IN (",
                            "\xC3\xA9",
                            "tags.a IN ('x', ",
                            "name =~ /(a*)*/ OR ",
                            "outputs.a.a.a = 1 OR ",
                            "span.name = 'x' ",
                            "THEN ",
                            "EXISTS "}) {
    INFO(piece);
    answer(dataset, repeated(piece, 60000));
    answer(dataset, repeated(piece, 2 << 20));
    answer(dataset, "tokens > 1 OR " + repeated(piece, 3000));
    answer(dataset, "{" + repeated(piece, 3000) + "}");
  }
  answer(dataset, "outputs" + repeated(".a", 60000) + " = 1 OR x");
  answer(dataset, "outputs" + repeated("[*]", 30000) + " = 1");
  answer(dataset, "tokens = " + std::string(60000, '9') + " OR x");
  answer(dataset, "outputs.a = 1e" + std::string(60000, '9'));
  answer(dataset, "duration > " + std::string(30000, '9') + "h OR x");
  answer(dataset, "since \"" + std::string(30000, '9') + " hours ago\"");
  answer(dataset, "timestamp > 9999-99-99 OR x");
  answer(dataset, "timestamp > 0000-01-01 OR x");
  answer(dataset, "timestamp > \"290 years ago\" OR x");
  answer(dataset, "name =~ /" + repeated("(a|b)*", 20000) + "/");
  answer(dataset, "name LIKE '" + repeated("%a_", 20000) + "' OR x");
}

TEST_CASE("odd clocks overflow nothing") {
  for (const TimeNs now : {INT64_MIN, INT64_MIN + 1, int64_t{-1}, int64_t{0}, INT64_MAX}) {
    for (const int offset : {-2000000000, -840, 0, 840, 2000000000}) {
      for (const char* text : {"since yesterday", "since today", "last 290 years", "timestamp = 2026-01",
                               "before \"1 year ago\"", "timestamp > 2262-04-11T23:47:16.854775807Z OR x",
                               "timestamp = 1677-09-21 OR x"}) {
        (void)parse_query(text, {now, offset});
      }
    }
  }
  SUCCEED();
}

TEST_CASE("deep and broken values are walked without harm") {
  store::Dataset dataset;
  std::string deep(3000, '[');
  std::string in_texts = "\"x\"";
  for (int i = 0; i < 10; ++i)
    in_texts = json::dump(json::Doc("[" + in_texts + "]"));
  for (const std::string& inputs : {deep, in_texts, std::string("[[["), std::string("{\"a\": {\"a\": "),
                                    std::string("\"\\"), std::string("\\u")}) {
    const std::string record = "{\"attributes\": {\"mlflow.spanInputs\": " + inputs + "}}";
    add(dataset,
        {.id = "t" + std::to_string(dataset.trace_count()), .spans = {{.record = record}}, .record = record});
  }
  for (const char* text :
       {"{ inputs[0][0][0][0][0][0][0][0][0][0] exists }", "inputs.a.a = 1 OR inputs[-1] = 2",
        "{ attributes.x.y = 1 }", "{ inputs CONTAINS 'x' }", "{ text =~ /x+$/ }", "\"\\\"",
        "{ events[*].name = 'x' } OR \xC3\xA9"}) {
    answer(dataset, text);
  }
}

TEST_CASE("rings of parents end") {
  store::Dataset dataset;
  store::TraceFields trace;
  trace.trace_id = "ring";
  std::vector<store::SpanFields> spans(4);
  for (uint32_t i = 0; i < 4; ++i) {
    spans[i].span_id = i + 1;
    spans[i].parent_index = (i + 1) % 4;
    spans[i].name = dataset.names().intern("s" + std::to_string(i));
  }
  dataset.add_trace(trace, spans, {}, {}, {});
  for (const char* axis : {">>", ">", "<<", "<", "~", "THEN", "!>>", "!<<"}) {
    answer(dataset, "{ name = 's0' } " + std::string(axis) + " { depth >= 0 AND children = 1 }");
  }
  answer(dataset, "depth > 1");
}

TEST_CASE("broken random queries never crash") {
  RandomQueries random(77);
  std::mt19937 dice(77);
  store::Dataset dataset;
  std::string bytes;
  for (const ReferenceTrace& trace : random.traces(8))
    bytes += trace.text + "\n";
  ingest::import_bytes(dataset, "random.jsonl", bytes);
  for (int i = 0; i < 4000; ++i) {
    std::string text = random.query();
    for (size_t k = dice() % 4; k > 0 && !text.empty(); --k) {
      const size_t at = dice() % text.size();
      switch (dice() % 3) {
        case 0:
          text.erase(at, 1 + dice() % 3);
          break;
        case 1:
          text.insert(at, 1, "(){}[]'\"`=<>!~/\\ .,\xC3\x80"[dice() % 22]);
          break;
        default:
          text.insert(at, random.query().substr(0, dice() % 12));
          break;
      }
    }
    answer(dataset, text);
  }
}

TEST_CASE("unbalanced, enormous, deep and catastrophic queries are answered within a tenth of a second") {
  // On a data set that is worth the name: patterns meet texts that make backtracking matchers run for ages.
  store::Dataset dataset;
  const std::string bad(4000, 'a');
  for (int i = 0; i < 50; ++i) {
    add(dataset, {.id = "t" + std::to_string(i),
                  .start_ms = i,
                  .tags = {{"text", bad + "!"}, {"mlflow.traceName", bad}},
                  .spans = {{.name = "call", .record = "{\"a\": \"" + bad + "\"}"}},
                  .record = "{\"a\": \"" + bad + "\"}"});
  }
  const std::string queries[] = {
      "status = 'OK",
      "((((((status = 'OK'",
      "status = 'OK'))))",
      "{ type = TOOL } >> {",
      "IN (",
      repeated("a ", 1 << 20),
      repeated("status = 'OK' AND ", 1 << 20),
      "name = '" + std::string(1 << 20, 'x') + "'",
      std::string(1 << 20, '('),
      std::string(1 << 20, '\''),
      std::string(100'000, '(') + "a" + std::string(100'000, ')'),
      repeated("NOT ", 400'000) + "a",
      repeated("{ a } >> ", 100'000),
      "span " + std::string(100'000, '{'),
      "tags.text =~ /(a+)+$/",
      "tags.text =~ /(a|a)*b/",
      "tags.text =~ /(a|aa)+$/",
      "tags.text =~ /^(([a-z])+.)+[A-Z]([a-z])+$/",
      "tags.text =~ /(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x/",
      "tags.text =~ /a{0,500}a{0,500}a{0,500}b/",
      "tags.text =~ /" + repeated("(a*)*", 5000) + "b/",
      "name RLIKE '(a+)+b'",
      "tags.text LIKE '" + repeated("%a", 2000) + "%b'",
      "span.content ILIKE '" + repeated("%a", 200) + "%b'",
  };
  // Twenty times what a release build may take: sanitizers (the slowest takes 650 ms on a quiet machine) and other work.
  constexpr double kMostMs = 2000;
  for (const std::string& text : queries) {
    const double begin = cpu_ms();
    QueryProblem problem;
    Result<Query> query = parse_query(text, kClock, &problem);
    bool is_answered = !query.ok() && !query.error().what.empty();
    if (query) {
      TraceQuery job(dataset, std::move(query).value(), {});
      // In slices as in the page: none of them may hold it up, and what was found so far can be shown.
      for (int slice = 0; slice < 100'000 && !is_answered; ++slice) {
        const double slice_begin = cpu_ms();
        Budget budget{.units_left = 8};
        is_answered = job.step(budget) == Progress::Finished;
        if (cpu_ms() - slice_begin > kMostMs) FAIL_CHECK("a slice took " << cpu_ms() - slice_begin << " ms: " << text.substr(0, 60));
        if (cpu_ms() - begin > kMostMs) break;
      }
      CHECK(job.rows_done() <= job.rows_total());
    }
    CHECK(is_answered);
    const double spent_ms = cpu_ms() - begin;
    if (spent_ms > kMostMs / 3) WARN("took " << spent_ms << " ms: " << text.substr(0, 60));
    if (spent_ms > kMostMs) FAIL_CHECK("took " << spent_ms << " ms: " << text.substr(0, 60));
  }
}
