// Filters may come from a link: whatever they hold, the answer or the refusal comes soon.
#include <cstdio>
#include <ctime>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "core/search/filter.h"
#include "core/search/regex.h"
#include "core/search/trace_query.h"
#include "query_fixture.h"

using namespace assay;
using namespace assay::search;

namespace {

std::string repeated(std::string_view text, size_t bytes) {
  std::string out;
  while (out.size() < bytes)
    out += text;
  return out;
}

}  // namespace

TEST_CASE("huge and twisted filters are answered or refused in no time") {
  constexpr size_t kBytes = 100 << 10;
  std::vector<std::string> filters = {
      "status = '" + std::string(kBytes, 'x') + "'",
      "status = '" + std::string(kBytes, 'x'),
      "status IN (" + repeated("'a',", kBytes) + "'b')",
      "tags.`" + std::string(kBytes, '`') + "` = 'x'",
      std::string(kBytes, '\''),
      std::string(kBytes, '"'),
      std::string(kBytes, '\\'),
      std::string(kBytes, ';'),
      std::string(kBytes, ' '),
      std::string(kBytes, '1') + " = 1",
      "timestamp > " + std::string(kBytes, '9'),
      "name RLIKE '" + repeated("(a*)*", 20000) + "'",
      "name LIKE '" + repeated("%a_", kBytes) + "'",
  };
  for (const char* piece : {"status = 'OK' AND ",
                            "AND ",
                            "(",
                            ")",
                            "[",
                            "status = ",
                            "a.",
                            "a ",
                            "a,",
                            "= ",
                            "/* ",
                            "$a$b",
                            "$$",
                            "``",
                            "CASE ",
                            "END ",
                            "a IN (",
                            "NOT ",
                            "-",
                            "a DESC ",
                            "::",
                            ":= ",
                            "WHERE ",
                            "'\\'",
                            "\xC3",
                            "é.",
                            "x IS NULL ",
                            "1 ",
                            "\"\" ",
                            "f(",
                            "BEGIN ",
                            "# ",
                            "--\n",
                            "LEFT  JOIN "}) {
    filters.push_back(repeated(piece, kBytes));
    filters.push_back(repeated(piece, 9000));
  }
  store::Dataset dataset;
  add(dataset, {.id = "a", .start_ms = 1, .tags = {{"mlflow.traceName", std::string(2000, 'a')}}});
  double longest_ms = 0;
  std::string slowest;
  for (const std::string& filter : filters) {
    const std::clock_t start = std::clock();
    Result<std::vector<store::TraceRow>> rows = search_traces(dataset, filter);
    const double took_ms = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    if (!rows) {
      CHECK(!rows.error().what.empty());
      CHECK(rows.error().what.size() < 10000);
      CHECK((rows.error().at_byte == kNoPosition || rows.error().at_byte <= filter.size()));
    }
    if (took_ms > longest_ms) {
      longest_ms = took_ms;
      slowest = filter.substr(0, 40);
    }
  }
  std::printf("slowest hostile filter: %.1f ms, %s\n", longest_ms, slowest.c_str());
  UNSCOPED_INFO("slowest: " << slowest << " " << longest_ms << " ms");
  CHECK(longest_ms < 2000);  // of CPU, in a sanitizer build without optimisation; 100 ms is meant
}

TEST_CASE("random bytes never crash the parsers") {
  std::mt19937 random(3);
  const std::string_view pieces[] = {
      "status", "=",  "'",    "\"",   "`",    "(",    ")",   "[", "]", ".",    ",", ";",
      " ",      "IN", "NOT",  "NULL", "IS",   "LIKE", "AND", "5", "-", "\\",   "$", "/*",
      "*/",     "é",  "\xFF", "\n",   "tags", "span", ":",   "=", "x", "DESC", "%s"};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (size_t i = random() % 14; i > 0; --i) {
      text += pieces[random() % std::size(pieces)];
      if (random() % 3 == 0) text += ' ';
    }
    uint32_t size_bytes = 0;
    Result<Filter> filter = parse_filter(text, &size_bytes);
    if (!filter) CHECK(filter.error().at_byte + size_bytes <= text.size());
    static_cast<void>(parse_order_by({text}));
    static_cast<void>(Regex::compile(text));
  }
}

TEST_CASE("time of a search over 100,000 traces and 1,000,000 spans", "[.][timing]") {
  store::Dataset dataset;
  const std::string filler = repeated("lorem ipsum dolor sit amet ", 600);
  for (uint32_t i = 0; i < 100000; ++i) {
    TraceSpec trace{
        .id = "tr-" + std::to_string(i), .start_ms = i * 7 % 100003, .duration_ms = i % 5000};
    trace.state = i % 9 == 0 ? store::TraceState::Error : store::TraceState::Ok;
    trace.tags = {{"mlflow.traceName", "chain" + std::to_string(i % 50)},
                  {"env", i % 2 ? "prod" : "dev"}};
    trace.metadata = {{"mlflow.trace.session", "s" + std::to_string(i / 10)},
                      {"mlflow.trace_schema.version", "3"}};
    for (uint32_t k = 0; k < 10; ++k) {
      SpanSpec span{"step" + std::to_string(k), k % 2 ? "LLM" : "TOOL"};
      span.record = "{\"name\": \"step\", \"n\": \"" + std::to_string(i * 10 + k) +
                    "\", \"x\": \"" + filler + "\"}";
      trace.spans.push_back(std::move(span));
    }
    trace.assessments = {feedback("quality", std::to_string(i % 5) + ".0")};
    add(dataset, trace);
  }
  for (const char* filter :
       {"", "status = 'ERROR'", "name LIKE 'chain4%' AND execution_time > 100", "tags.env = 'prod'",
        "tags.env LIKE '%ro%'", "feedback.quality = '3.0'",
        "span.name = 'step9' AND span.type = 'LLM'", "trace.text LIKE '%999999%'",
        "trace.text ILIKE '%ELIT%'", "trace.text LIKE '%lorem%zzz%'",
        "span.attributes.model RLIKE 'gpt'", "name RLIKE '^chain[0-9]$'"}) {
    const std::clock_t start = std::clock();
    const size_t count = search_traces(dataset, filter).value().size();
    const double took_ms = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("%8.1f ms of CPU  %6zu rows  %s\n", took_ms, count, filter);
  }
  CHECK(dataset.span_count() == 1000000);
}
