#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/numbers.h"
#include "core/json/doc.h"
#include "core/stats/aggregate.h"

using namespace assay;
using namespace assay::stats;

namespace {

std::string value_text(const json::Doc& value) {
  if (const json::Doc* special = json::find(value, "$float")) return special->get<std::string>();
  return json::dump(value);
}

double number_of(const json::Doc& value) {
  if (const json::Doc* special = json::find(value, "$float")) {
    return *parse_double(special->get<std::string>());
  }
  return value.get<double>();
}

// The feedback that the recorded evaluation made of a row's value: the markers stand for a scorer
// that raised, that returned an error, and that returned three feedbacks.
void add_row(std::map<std::string, AggregateInput>& inputs, const std::string& scorer,
             const json::Doc& value, int row) {
  if (value.is_string() && value == "__multi__") {
    inputs["m_a"].add(std::to_string(row));
    inputs["m_b"].add(row % 2 == 0 ? "true" : "false");
    inputs["dir/m_c"].add(std::to_string(row * 10));
    return;
  }
  if (value.is_string() && (value == "__raise__" || value == "__errfb__")) {
    return inputs[scorer].add_error();
  }
  inputs[scorer].add(value_text(value));
}

bool same_number(double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

}  // namespace

TEST_CASE("Aggregates equal those of a running MLflow to the digit") {
  std::ifstream file(ASSAY_SOURCE_DIR "/../shared/oracles/aggregates.json");
  if (!file) SKIP("the recorded aggregates are not here");
  std::stringstream text;
  text << file.rdbuf();
  const Result<json::Doc> doc = json::parse_doc(text.str());
  REQUIRE(doc.ok());
  REQUIRE(doc.value().size() >= 2);
  int checked = 0;
  for (const json::Doc& block : doc.value()) {
    std::map<std::string, AggregateInput> inputs;
    std::vector<ScorerAggregations> settings;
    const json::Doc& wanted = block["aggregations"];
    for (const auto& [scorer, values] : block["scorer_values"].items()) {
      for (size_t row = 0; row < values.size(); ++row) {
        add_row(inputs, scorer, values[row], static_cast<int>(row));
      }
      if (!wanted.is_array()) continue;
      ScorerAggregations setting{scorer, {}};
      for (const json::Doc& name : wanted) {
        setting.aggregations.push_back(*parse_aggregation(name.get<std::string>()));
      }
      settings.push_back(setting);
    }
    std::map<std::string, double> metrics;
    for (const auto& [name, input] : inputs) {
      for (const Metric& metric : metrics_of(name, input, settings))
        metrics[metric.key] = metric.value;
    }
    CHECK(metrics.size() == block["metrics"].size());
    for (const auto& [key, value] : block["metrics"].items()) {
      INFO(key);
      REQUIRE(metrics.count(key) == 1);
      INFO(python_repr(metrics[key]) << " instead of " << python_repr(number_of(value)));
      CHECK(same_number(metrics[key], number_of(value)));
      ++checked;
    }
  }
  CHECK(checked > 100);
}

TEST_CASE("What counts as a number is what MLflow counts") {
  CHECK(counted_value("true") == 1.0);
  CHECK(counted_value("false") == 0.0);
  CHECK(counted_value("5") == 5.0);
  CHECK(counted_value("-0.25") == -0.25);
  CHECK(counted_value("\"yes\"") == 1.0);
  CHECK(counted_value("\"No\"") == 0.0);
  CHECK(counted_value("\"YES\"") == 1.0);
  CHECK(std::isnan(*counted_value("NaN")));
  CHECK(counted_value("-Infinity") == -std::numeric_limits<double>::infinity());
  for (const char* text : {"", " ", "null", "\"yes \"", "\" no\"", "\"true\"", "\"pass\"", "\"5\"",
                           "\"\"", "\"", "[1]", "{\"a\":1}", "\"NaN\"", "unknown"}) {
    INFO(text);
    CHECK_FALSE(counted_value(text).has_value());
  }
}

TEST_CASE("Counts beside the aggregate leave no row out") {
  AggregateInput input;
  for (const char* value : {"\"yes\"", "\"no\"", "true", "3.5", "\"unknown\"", "[1]", "null"}) {
    input.add(value);
  }
  input.add_error();
  input.add_skip();
  input.add_skip();
  CHECK(input.n() == 4);
  CHECK(input.yes == 2);
  CHECK(input.no == 1);
  CHECK(input.other == 3);
  CHECK(input.errors == 1);
  CHECK(input.skipped == 2);
  CHECK(input.rows() == 10);
}

TEST_CASE("Errors are left out of the denominator but not out of sight") {
  AggregateInput input;
  input.add("\"yes\"");
  input.add_error();
  input.add_error();
  const std::vector<Metric> metrics = metrics_of("judge", input, {});
  REQUIRE(metrics.size() == 1);
  CHECK(metrics[0].key == "judge/mean");
  CHECK(metrics[0].value == 1.0);
  CHECK(input.rows() == 3);
}

TEST_CASE("Settings are looked up by what follows the first slash of a name") {
  AggregateInput input;
  input.add("1");
  const std::vector<ScorerAggregations> settings = {{"precision", {Aggregation::Max}},
                                                    {"plain", {Aggregation::P90, Aggregation::Min}},
                                                    {"none", {}}};
  CHECK(metrics_of("retrieval_relevance/precision", input, settings)[0].key ==
        "retrieval_relevance/precision/max");
  CHECK(metrics_of("a/b/c", input, {{"b/c", {Aggregation::Median}}})[0].key == "a/b/c/median");
  CHECK(metrics_of("plain", input, settings).size() == 2);
  CHECK(metrics_of("none", input, settings).empty());
  CHECK(metrics_of("other", input, settings)[0].key == "other/mean");
  CHECK(metrics_of("empty", AggregateInput{}, settings).empty());
}

TEST_CASE("Sums run pairwise in blocks, as numpy's do") {
  // Computed with numpy 1.24.2 (mean, var, percentile, median) for x[i] = 0.1 * (i % 7) + 1e-3 * i.
  const auto values = [](size_t count) {
    std::vector<double> x;
    for (size_t i = 0; i < count; ++i) {
      x.push_back(0.1 * static_cast<double>(i % 7) + 1e-3 * static_cast<double>(i));
    }
    return x;
  };
  struct Case {
    size_t count;
    double mean, variance, p90, median;
  };
  const Case cases[] = {
      {1, 0.0, 0.0, 0.0, 0.0},
      {2, 0.0505, 0.0025502500000000004, 0.09090000000000001, 0.0505},
      {7, 0.30300000000000005, 0.04080400000000001, 0.5454000000000001, 0.30300000000000005},
      {8, 0.266, 0.04528650000000001, 0.5353, 0.25250000000000006},
      {9, 0.24844444444444447, 0.042720246913580256, 0.5252, 0.202},
      {15, 0.28700000000000003, 0.043418666666666675, 0.5684, 0.30300000000000005},
      {16, 0.27625, 0.04243843750000001, 0.559, 0.256},
      {127, 0.3606377952755906, 0.04222818376836755, 0.6368000000000001, 0.35900000000000004},
      {128, 0.35959375000000005, 0.04203670996093751, 0.6361000000000001, 0.35550000000000004},
      {129, 0.35934883720930233, 0.04171852172345413, 0.6354000000000002, 0.35200000000000004},
      {136, 0.3630882352941177, 0.04186737456747406, 0.6375000000000002, 0.35550000000000004},
      {255, 0.42464705882352943, 0.045690777393310275, 0.7134, 0.42500000000000004},
      {256, 0.42515625, 0.04557841308593751, 0.7130000000000001, 0.42550000000000004},
      {257, 0.42605447470817126, 0.04560760792744781, 0.7126, 0.42600000000000005},
      {1000, 0.7992, 0.12378366000000002, 1.2751, 0.7995},
      {1024, 0.81101171875, 0.1277293514251709, 1.2927000000000002, 0.8115},
      {4099, 2.348853622834838, 1.440345148127275, 3.9882000000000004, 2.349},
  };
  for (const Case& c : cases) {
    INFO(c.count);
    CHECK(python_repr(*aggregate(Aggregation::Mean, values(c.count))) == python_repr(c.mean));
    CHECK(python_repr(*aggregate(Aggregation::Variance, values(c.count))) ==
          python_repr(c.variance));
    CHECK(python_repr(*aggregate(Aggregation::P90, values(c.count))) == python_repr(c.p90));
    CHECK(python_repr(*aggregate(Aggregation::Median, values(c.count))) == python_repr(c.median));
  }
}
