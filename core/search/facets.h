// Facets: what there is to narrow a list of traces by. Counts over the rows of a result: how many traces have each
// state, name, model, user, session, tag and assessment value, and histograms of time, duration, tokens and cost.
//
// A trace is counted once for each value that it has (a trace with two models counts for both). Counts are exact;
// a facet with more than kMaxValues different values lists the most frequent of the first kMaxDistinct ones and says
// so. Tags of MLflow's own ("mlflow.…") are left out.
//
// clause_of() and range_clause_of() write the condition that a value stands for, in the language of query.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/store/dataset.h"

namespace assay::search {

enum class FacetKind : uint8_t { State, Name, Model, User, Session, Feedback, Expectation, Tag };

struct FacetValue {
  std::string text;  // as it is compared: a name, "OK", or the JSON text of an assessment's value
  uint32_t traces = 0;
};

struct Facet {
  FacetKind kind = FacetKind::State;
  std::string key;                 // of a tag, or an assessment's name; else ""
  std::vector<FacetValue> values;  // the most frequent first; at most kMaxValues
  uint32_t distinct = 0;           // different values; kMaxDistinct: so many or more
  uint32_t traces = 0;             // that have any
};

enum class MeasureKind : uint8_t { Time, Duration, Tokens, Cost };  // ms since 1970, ms, count, USD

// Bins touch each other: bin i holds low[i] <= x < low[i + 1], so there is one bound more than counts. Bounds are
// round numbers: 1, 2, 5 times a power of ten, or round spans of time.
struct Histogram {
  MeasureKind kind = MeasureKind::Time;
  std::vector<double> bounds;
  std::vector<uint32_t> counts;
  uint32_t traces = 0;  // of which it is known
  double least = 0, most = 0;
};

struct FacetCounts {
  std::vector<Facet> facets;
  std::vector<Histogram> histograms;
};

class FacetCounter : public Job {
 public:
  static constexpr size_t kMaxValues = 50;
  static constexpr uint32_t kMaxDistinct = 10'000;

  // `dataset` must outlive it. Outdated (is_stale) when the data set changes in between: make a new one.
  FacetCounter(const store::Dataset& dataset, std::vector<store::TraceRow> rows, int utc_offset_minutes);
  ~FacetCounter() override;
  Progress step(Budget& budget) override;  // units: rows
  bool is_stale() const;
  FacetCounts take();  // once finished

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// `status = 'ERROR'`, `feedback.quality = true`, `tags."a key" = 'it''s'`.
std::string clause_of(const Facet& facet, const std::string& value);
// `duration >= 200 AND duration < 500`.
std::string range_clause_of(MeasureKind kind, double low, double high);

}  // namespace assay::search
