// The planner against the reference, on random queries over random traces; and our language against MLflow's.
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "core/ingest/importer.h"
#include "core/search/nearest_filter.h"
#include "core/search/trace_query.h"
#include "random_query.h"

using namespace assay;
using namespace assay::search;

namespace {

// 2026-01-04T00:00:00Z
constexpr QueryClock kClock{1767484800000000000, 0};

void load(store::Dataset& dataset, const std::vector<ReferenceTrace>& traces) {
  std::string bytes;
  for (const ReferenceTrace& trace : traces)
    bytes += trace.text + "\n";
  ingest::import_bytes(dataset, "random.jsonl", bytes);
  REQUIRE(dataset.trace_count() == traces.size());
}

std::vector<store::TraceRow> rows_of(TraceQuery job) {
  Budget unlimited;
  while (job.step(unlimited) != Progress::Finished) {
  }
  return job.take_rows();
}

// Sorted by the query itself, and picked out of all rows in order: both must give the same rows one after another.
std::set<std::string> found(const store::Dataset& dataset, Query query) {
  const std::vector<store::TraceRow> all = search_traces(dataset, "").value();
  const std::vector<store::TraceRow> rows = rows_of(TraceQuery(dataset, query, {}));
  CHECK(rows_of(TraceQuery(dataset, std::move(query), {}, {CaseMode::Sensitive, &all})) == rows);
  std::set<std::string> ids;
  for (const store::TraceRow row : rows)
    ids.emplace(dataset.trace_id(row));
  return ids;
}

std::string joined(const std::set<std::string>& ids) {
  std::string out;
  for (const std::string& id : ids)
    out += id + " ";
  return out;
}

Query mlflow_query(const std::string& text) {
  Result<Filter> filter = parse_filter(text);
  INFO("filter: " << text << (filter ? "" : filter.error().what));
  REQUIRE(filter);
  Query query;
  query.is_mlflow = true;
  query.filter = std::move(filter).value();
  return query;
}

}  // namespace

TEST_CASE("random queries find what the reference finds") {
  int compared = 0, some = 0, refused = 0;
  for (uint32_t seed = 1; seed <= 45; ++seed) {
    RandomQueries random(seed);
    const std::vector<ReferenceTrace> traces = random.traces(16);
    store::Dataset dataset;
    load(dataset, traces);
    for (int i = 0; i < 60; ++i) {
      const std::string text = random.query();
      INFO("seed " << seed << ", query: " << text);
      Result<Query> query = parse_own_query(text, kClock);
      if (!query) {
        INFO(query.error().what);
        CHECK(query.error().at_byte <= text.size());
        ++refused;
        continue;
      }
      const std::vector<std::string> list = reference_search(traces, query.value().root);
      const std::set<std::string> wanted(list.begin(), list.end());
      CHECK(joined(found(dataset, query.value())) == joined(wanted));
      ++compared;
      if (!wanted.empty() && wanted.size() < traces.size()) ++some;
    }
  }
  INFO("compared " << compared << ", with some traces " << some << ", refused " << refused);
  CHECK(compared > 2400);
  CHECK(some > 800);
  CHECK(refused < 300);
}

TEST_CASE("a filter of MLflow's means the same in our language") {
  for (uint32_t seed = 1; seed <= 25; ++seed) {
    RandomQueries random(seed + 1000);
    store::Dataset dataset;
    load(dataset, random.traces(20));
    for (int i = 0; i < 40; ++i) {
      const std::string text = random.filter();
      INFO("seed " << seed << ", filter: " << text);
      Result<Query> query = parse_own_query(text, kClock);
      INFO((query ? "" : query.error().what));
      REQUIRE(query);
      CHECK(joined(found(dataset, query.value())) == joined(found(dataset, mlflow_query(text))));
    }
  }
}

TEST_CASE("the nearest filter is one that MLflow accepts, and finds the same where it says so") {
  int exact = 0, inexact = 0;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    RandomQueries random(seed + 2000);
    store::Dataset dataset;
    load(dataset, random.traces(16));
    for (int i = 0; i < 60; ++i) {
      const std::string text = i % 3 == 0 ? "(" + random.filter() + ")" : random.query();
      const Result<Query> query = parse_own_query(text, kClock);
      if (!query) continue;
      const NearestFilter nearest = nearest_mlflow_filter(query.value(), text);
      INFO("seed " << seed << ", query: " << text << "\nnearest: " << nearest.filter);
      const Query filter = mlflow_query(nearest.filter);
      CHECK(nearest.is_exact == nearest.lost.empty());
      for (const LostPart& part : nearest.lost)
        CHECK(part.at_byte + part.size_bytes <= text.size());
      if (!nearest.is_exact) {
        ++inexact;
        continue;
      }
      CHECK(joined(found(dataset, query.value())) == joined(found(dataset, filter)));
      ++exact;
    }
  }
  CHECK(exact > 400);
  CHECK(inexact > 400);
}
