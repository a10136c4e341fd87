// Aggregates of assessment values: MLflow's rule and numbers (mlflow.genai.scorers.aggregation,
// numpy 2), to the last digit, and beside them what MLflow hides: how many rows were counted,
// errored, skipped, or had a value that is no number.
//
// Values: true, 1, 5.0, NaN count as numbers; the strings yes and no (any case, nothing around
// them) count 1 and 0; every other string, list, object and null is left out. Numbers: mean by
// numpy's pairwise summation; variance of the population; p90 by linear interpolation; NaN poisons
// all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::stats {

enum class Aggregation : uint8_t { Min, Max, Mean, Median, Variance, P90 };
constexpr Aggregation kAllAggregations[] = {Aggregation::Min,      Aggregation::Max,
                                            Aggregation::Mean,     Aggregation::Median,
                                            Aggregation::Variance, Aggregation::P90};
std::string_view aggregation_name(Aggregation aggregation);  // "min" … "p90"
std::optional<Aggregation> parse_aggregation(std::string_view name);

// The number that MLflow counts for a feedback value (JSON text; "" = no value).
std::optional<double> counted_value(std::string_view value_json);

// Nothing for no values.
std::optional<double> aggregate(Aggregation aggregation, const std::vector<double>& values);

// What there is under one assessment name.
struct AggregateInput {
  std::vector<double> values;  // counted ones, in row order
  uint32_t errors = 0;         // feedback with an error
  uint32_t skipped = 0;        // the scorer did not apply
  uint32_t other = 0;          // a value that is no number for MLflow ("unknown", lists, null)
  uint32_t yes = 0, no = 0;    // of `values`: yes/no strings and booleans

  void add(std::string_view value_json);
  void add_error() { ++errors; }
  void add_skip() { ++skipped; }
  uint32_t n() const { return static_cast<uint32_t>(values.size()); }
  uint32_t rows() const { return n() + errors + skipped + other; }
};

struct Metric {
  std::string key;  // "<name>/<aggregation>"
  double value = 0;
};

// Which aggregations the scorers ask for; a scorer that is not named here gets the mean.
struct ScorerAggregations {
  std::string scorer;
  std::vector<Aggregation> aggregations;
};

// The metrics of one assessment name. Settings are looked up as MLflow does: by what follows the
// first "/" of the name, where it has one.
std::vector<Metric> metrics_of(std::string_view name, const AggregateInput& input,
                               const std::vector<ScorerAggregations>& settings);

}  // namespace assay::stats
