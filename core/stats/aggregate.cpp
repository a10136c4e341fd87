#include "core/stats/aggregate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/numbers.h"
#include "core/base/utf8.h"

namespace assay::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

// numpy's add.reduce over contiguous doubles: plain below 8, eight running sums up to 128, halves
// (of a multiple of 8) above.
double pairwise_sum(const double* values, size_t count) {
  if (count < 8) {
    double sum = 0;
    for (size_t i = 0; i < count; ++i)
      sum += values[i];
    return sum;
  }
  if (count <= 128) {
    double r[8];
    for (size_t k = 0; k < 8; ++k)
      r[k] = values[k];
    size_t i = 8;
    for (; i < count - count % 8; i += 8) {
      for (size_t k = 0; k < 8; ++k)
        r[k] += values[i + k];
    }
    double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < count; ++i)
      sum += values[i];
    return sum;
  }
  size_t half = count / 2;
  half -= half % 8;
  return pairwise_sum(values, half) + pairwise_sum(values + half, count - half);
}

double mean_of(const std::vector<double>& values) {
  return pairwise_sum(values.data(), values.size()) / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  std::vector<double> squares;
  squares.reserve(values.size());
  for (const double value : values) {
    const double distance = value - mean;
    squares.push_back(distance * distance);
  }
  return mean_of(squares);
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

// numpy.percentile(values, 90), method "linear": its interpolation runs from whichever end is
// nearer.
double p90_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double last = static_cast<double>(values.size() - 1);
  const double virtual_index = last * 0.9;
  const size_t below = static_cast<size_t>(virtual_index);
  const size_t above = std::min(below + 1, values.size() - 1);
  const double t = virtual_index - static_cast<double>(below);
  const double distance = values[above] - values[below];
  if (t >= 0.5) return values[above] - distance * (1 - t);
  return values[below] + distance * t;
}

}  // namespace

std::string_view aggregation_name(Aggregation aggregation) {
  switch (aggregation) {
    case Aggregation::Min:
      return "min";
    case Aggregation::Max:
      return "max";
    case Aggregation::Mean:
      return "mean";
    case Aggregation::Median:
      return "median";
    case Aggregation::Variance:
      return "variance";
    case Aggregation::P90:
      return "p90";
  }
  return "";
}

std::optional<Aggregation> parse_aggregation(std::string_view name) {
  for (const Aggregation aggregation : kAllAggregations) {
    if (aggregation_name(aggregation) == name) return aggregation;
  }
  return std::nullopt;
}

std::optional<double> counted_value(std::string_view value_json) {
  const std::string_view value = trimmed(value_json);
  if (value.empty()) return std::nullopt;
  if (value == "true") return 1.0;
  if (value == "false") return 0.0;
  if (value.front() == '"') {
    // An escaped spelling of yes ("\u0079es") is not worth a decoder: no writer makes it.
    if (value.size() < 2 || value.back() != '"') return std::nullopt;
    const std::string_view text = value.substr(1, value.size() - 2);
    if (equals_ignoring_case(text, "yes")) return 1.0;
    if (equals_ignoring_case(text, "no")) return 0.0;
    return std::nullopt;
  }
  return parse_double(value);
}

std::optional<double> aggregate(Aggregation aggregation, const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  for (const double value : values) {
    if (std::isnan(value)) return kNan;
  }
  switch (aggregation) {
    case Aggregation::Min:
      return *std::min_element(values.begin(), values.end());
    case Aggregation::Max:
      return *std::max_element(values.begin(), values.end());
    case Aggregation::Mean:
      return mean_of(values);
    case Aggregation::Median:
      return median_of(values);
    case Aggregation::Variance:
      return variance_of(values);
    case Aggregation::P90:
      return p90_of(values);
  }
  return std::nullopt;
}

void AggregateInput::add(std::string_view value_json) {
  const std::optional<double> value = counted_value(value_json);
  if (!value) {
    ++other;
    return;
  }
  values.push_back(*value);
  const std::string_view text = trimmed(value_json);
  const char first = text.front();
  if (first == '"' || first == 't' || first == 'f') ++(*value == 1.0 ? yes : no);
}

std::vector<Metric> metrics_of(std::string_view name, const AggregateInput& input,
                               const std::vector<ScorerAggregations>& settings) {
  const size_t slash = name.find('/');
  const std::string_view scorer = slash == std::string_view::npos ? name : name.substr(slash + 1);
  std::vector<Aggregation> wanted = {Aggregation::Mean};
  for (const ScorerAggregations& setting : settings) {
    if (setting.scorer == scorer) wanted = setting.aggregations;
  }
  std::vector<Metric> metrics;
  for (const Aggregation aggregation : wanted) {
    const std::optional<double> value = aggregate(aggregation, input.values);
    if (!value) continue;
    metrics.push_back(
        {std::string(name) + "/" + std::string(aggregation_name(aggregation)), *value});
  }
  return metrics;
}

}  // namespace assay::stats
