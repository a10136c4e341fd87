#include "core/search/facets.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>

#include "core/ingest/importer.h"
#include "core/search/trace_query.h"

using namespace assay;
using namespace assay::search;
using store::TraceRow;

namespace {

std::string json_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// Traces with every kind of value, some of them awkward.
std::string random_lines(uint32_t count, uint32_t seed) {
  std::mt19937 random(seed);
  const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  std::string out;
  for (uint32_t i = 0; i < count; ++i) {
    std::string hex = std::to_string(i);
    hex.insert(0, 32 - hex.size(), '0');
    out += "{\"info\": {\"trace_id\": \"tr-" + hex + "\", \"request_time\": \"2026-1" + pick({"0", "1"}) + "-0" +
           std::to_string(1 + random() % 9) + "T1" + std::to_string(random() % 10) + ":00:00." +
           std::to_string(100 + random() % 900) + "Z\"";
    if (random() % 5 != 0) out += ", \"state\": \"" + pick({"OK", "OK", "ERROR", "IN_PROGRESS"}) + "\"";
    if (random() % 6 != 0) out += ", \"execution_duration_ms\": " + std::to_string(random() % (1U << random() % 20));
    out += ", \"trace_metadata\": {\"mlflow.trace.session\": " + json_text(pick({"s1", "s2", "it's"})) +
           ", \"mlflow.trace.user\": " + json_text(pick({"ann", "bob"}));
    if (random() % 3 == 0) {
      const auto tokens = std::to_string(random() % 30000);
      out += ", \"mlflow.trace.tokenUsage\": \"{\\\"total_tokens\\\": " + tokens + "}\"";
    }
    if (random() % 3 == 0) {
      out += ", \"mlflow.trace.cost\": \"{\\\"total_cost\\\": 0.0" + std::to_string(random() % 1000) + "}\"";
    }
    out += "}, \"tags\": {\"mlflow.traceName\": " + json_text(pick({"answer", "it's", "a \"b\"", "名前"}));
    if (random() % 2 == 0) out += ", \"env\": " + json_text(pick({"prod", "dev", ""}));
    if (random() % 2 == 0) out += ", \"my key.x\": " + json_text(pick({"1", "ü", "it's \\ \"q\""}));
    out += "}, \"assessments\": [";
    const uint32_t assessments = random() % 4;
    for (uint32_t k = 0; k < assessments; ++k) {
      if (k > 0) out += ", ";
      const bool expected = random() % 4 == 0;
      out += "{\"assessment_id\": \"a-" + hex + std::to_string(k) + "\", \"assessment_name\": \"" +
             pick({"quality", "tone of voice"}) + "\", \"" + (expected ? "expectation" : "feedback") +
             "\": {\"value\": " + pick({"true", "false", "\"yes\"", "\"no\"", "3", "0.5", "\"a bit\""}) +
             "}, \"valid\": " + pick({"true", "true", "true", "false"}) + "}";
    }
    out += "]}, \"data\": {\"spans\": [{\"span_id\": \"" + hex.substr(16) + "\", \"name\": \"root\", "
           "\"start_time_unix_nano\": 1795500170510000000, \"end_time_unix_nano\": 1795500170520000000, \"attributes\": {";
    if (random() % 2 == 0) out += "\"mlflow.llm.model\": " + json_text(json_text(pick({"gpt-4o", "claude", "o'model"})));
    out += "}}]}}\n";
  }
  return out;
}

std::vector<TraceRow> all_rows(const store::Dataset& dataset) {
  std::vector<TraceRow> rows;
  for (uint32_t i = 0; i < dataset.trace_count(); ++i) rows.push_back({i});
  return rows;
}

FacetCounts counts_of(const store::Dataset& dataset, std::vector<TraceRow> rows, int64_t units = INT64_MAX) {
  FacetCounter counter(dataset, std::move(rows), 60);
  for (;;) {
    Budget budget;
    budget.units_left = units;
    if (counter.step(budget) == Progress::Finished) break;
  }
  return counter.take();
}

size_t found_by(const store::Dataset& dataset, const std::string& query) {
  INFO(query);
  const auto rows = search_traces_by_query(dataset, query, {});
  if (!rows.ok()) FAIL(query << ": " << rows.error().what);
  return rows.value().size();
}

}  // namespace

TEST_CASE("A facet's counts are what its clauses find") {
  store::Dataset dataset;
  const std::string lines = random_lines(400, 5);
  const auto report = ingest::import_bytes(dataset, "random.jsonl", lines);
  REQUIRE(report.traces == 400);
  const FacetCounts counts = counts_of(dataset, all_rows(dataset));
  std::vector<FacetKind> kinds;
  for (const Facet& facet : counts.facets) {
    kinds.push_back(facet.kind);
    CHECK(facet.distinct == facet.values.size());
    uint32_t last = UINT32_MAX;
    for (const FacetValue& value : facet.values) {
      INFO(clause_of(facet, value.text));
      CHECK(found_by(dataset, clause_of(facet, value.text)) == value.traces);
      CHECK(value.traces <= last);
      last = value.traces;
    }
  }
  for (int kind = 0; kind <= static_cast<int>(FacetKind::Tag); ++kind) {
    CHECK(std::find(kinds.begin(), kinds.end(), static_cast<FacetKind>(kind)) != kinds.end());
  }
  REQUIRE(counts.histograms.size() == 4);
  for (const Histogram& histogram : counts.histograms) {
    REQUIRE(histogram.bounds.size() == histogram.counts.size() + 1);
    CHECK(histogram.counts.size() <= 80);
    size_t sum = 0;
    for (size_t i = 0; i < histogram.counts.size(); ++i) {
      CHECK(histogram.bounds[i] < histogram.bounds[i + 1]);
      sum += histogram.counts[i];
      if (histogram.counts[i] == 0) continue;
      CHECK(found_by(dataset, range_clause_of(histogram.kind, histogram.bounds[i], histogram.bounds[i + 1])) ==
            histogram.counts[i]);
    }
    CHECK(sum == histogram.traces);
    CHECK(histogram.bounds.front() <= histogram.least);
    CHECK(histogram.bounds.back() > histogram.most);
  }
}

TEST_CASE("Facets count the given rows alone, in steps as at once") {
  store::Dataset dataset;
  (void)ingest::import_bytes(dataset, "random.jsonl", random_lines(3000, 9));
  auto rows = all_rows(dataset);
  rows.resize(1700);
  const FacetCounts whole = counts_of(dataset, rows), stepped = counts_of(dataset, rows, 1);
  REQUIRE(whole.facets.size() == stepped.facets.size());
  for (size_t i = 0; i < whole.facets.size(); ++i) {
    CHECK(whole.facets[i].traces == stepped.facets[i].traces);
    REQUIRE(whole.facets[i].values.size() == stepped.facets[i].values.size());
    for (size_t k = 0; k < whole.facets[i].values.size(); ++k) {
      CHECK(whole.facets[i].values[k].text == stepped.facets[i].values[k].text);
      CHECK(whole.facets[i].values[k].traces == stepped.facets[i].values[k].traces);
    }
  }
  uint32_t states = 0;
  for (const FacetValue& value : whole.facets[0].values) states += value.traces;
  CHECK(states == 1700);
}

TEST_CASE("No rows, no facets") {
  store::Dataset dataset;
  const FacetCounts counts = counts_of(dataset, {});
  CHECK(counts.facets.empty());
  CHECK(counts.histograms.empty());
}

TEST_CASE("More values than are listed are counted") {
  store::Dataset dataset;
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    lines += "{\"info\": {\"trace_id\": \"t" + std::to_string(i) + "\", \"tags\": {\"request\": \"r" + std::to_string(i) +
             "\"}}, \"data\": {\"spans\": []}}\n";
  }
  (void)ingest::import_bytes(dataset, "many.jsonl", lines);
  for (const Facet& facet : counts_of(dataset, all_rows(dataset)).facets) {
    if (facet.kind != FacetKind::Tag) continue;
    CHECK(facet.values.size() == FacetCounter::kMaxValues);
    CHECK(facet.distinct == 300);
    CHECK(facet.traces == 300);
  }
}
