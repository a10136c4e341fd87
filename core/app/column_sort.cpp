#include "core/app/column_sort.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/numbers.h"
#include "core/base/utf8.h"

namespace assay::app {
namespace {

using store::TraceRow;

constexpr size_t kKeysAtOnce = 512;

// A value as a number for sorting: true/yes/pass 1, false/no/fail 0; NaN: no number.
double sortable_number(std::string_view value_json) {
  const std::string lower = ascii_lower(value_json);
  if (lower == "true" || lower == "\"yes\"" || lower == "\"pass\"" || lower == "\"true\"") return 1;
  if (lower == "false" || lower == "\"no\"" || lower == "\"fail\"" || lower == "\"false\"") return 0;
  return parse_double(value_json).value_or(std::nan(""));
}

}  // namespace

ColumnSort::ColumnSort(const store::Dataset& dataset, std::string key, bool descending, std::vector<TraceRow> rows)
    : dataset_(dataset), key_(std::move(key)), descending_(descending), rows_(std::move(rows)) {
  std::vector<uint32_t> order(rows_.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  sort_ = StepSort(std::move(order));
  keys_.reserve(rows_.size());
}

// By what the table shows: of several in force the latest, of equally old ones the later in the list.
ColumnSort::Key ColumnSort::assessment_key(TraceRow row, std::string_view name, store::AssessmentKind kind) const {
  const store::Assessment* shown = nullptr;
  for (const store::Assessment& a : dataset_.assessments(row)) {
    if (!dataset_.shows(a) || !a.valid || a.kind != kind || a.name != name) continue;
    if (shown == nullptr || a.create_time_ms >= shown->create_time_ms) shown = &a;
  }
  if (shown == nullptr || shown->value_json.empty() || shown->value_json == "null") return {};
  const double number = sortable_number(shown->value_json);
  return {false, number, std::isnan(number) ? shown->value_json : std::string()};
}

ColumnSort::Key ColumnSort::key_of(TraceRow row) const {
  const auto number = [](auto value, bool present) { return Key{!present, static_cast<double>(value), {}}; };
  const auto text = [](std::string_view value) { return Key{value.empty(), std::nan(""), std::string(value)}; };
  const std::string_view key = key_;
  std::string scratch;
  if (key == "time") {
    const int64_t ns = dataset_.request_time_ns(row);
    return number(ns == kNoTime ? 0 : ns / 1000, ns != kNoTime);
  }
  if (key == "duration") return number(dataset_.duration_ms(row), dataset_.duration_ms(row) != kNoTime);
  if (key == "tokens") return number(dataset_.total_tokens(row), dataset_.total_tokens(row) >= 0);
  if (key == "cost") return number(dataset_.cost_usd(row), dataset_.cost_usd(row) >= 0);
  if (key == "name") return text(dataset_.name_text(dataset_.name(row)));
  if (key == "state") return text(store::trace_state_name(dataset_.state(row)));
  if (key == "request") return text(dataset_.text_now(dataset_.request_preview(row), scratch));
  if (key == "response") return text(dataset_.text_now(dataset_.response_preview(row), scratch));
  if (key == "session") return text(dataset_.name_text(dataset_.session(row)));
  if (key == "user") return text(dataset_.name_text(dataset_.user(row)));
  if (key == "trace_id") return text(dataset_.trace_id(row));
  constexpr std::string_view kFeedback = "assessment:", kExpectation = "expectation:";
  if (key.starts_with(kFeedback)) return assessment_key(row, key.substr(kFeedback.size()), store::AssessmentKind::Feedback);
  if (key.starts_with(kExpectation)) return assessment_key(row, key.substr(kExpectation.size()), store::AssessmentKind::Expectation);
  return {};
}

bool ColumnSort::before(uint32_t a, uint32_t b) const {
  const Key &x = keys_[a], &y = keys_[b];
  if (x.absent || y.absent) return y.absent && !x.absent;
  const bool x_is_text = std::isnan(x.number), y_is_text = std::isnan(y.number);
  int order = x_is_text ? 1 : -1;
  if (x_is_text == y_is_text) {
    order = x_is_text ? x.text.compare(y.text) : x.number < y.number ? -1 : x.number > y.number ? 1 : 0;
  }
  return descending_ ? order > 0 : order < 0;
}

Progress ColumnSort::step(Budget& budget) {
  while (!sorted_) {
    uint32_t worked = 0;
    if (keys_.size() < rows_.size()) {
      const size_t end = std::min(rows_.size(), keys_.size() + kKeysAtOnce);
      worked = static_cast<uint32_t>(end - keys_.size());
      while (keys_.size() < end) {
        const store::TextScope scope(dataset_);
        keys_.push_back(key_of(rows_[keys_.size()]));
      }
    } else {
      worked = sort_.step([this](uint32_t a, uint32_t b) { return before(a, b); });
      if (worked == 0) {
        std::vector<TraceRow> sorted;
        sorted.reserve(rows_.size());
        for (const uint32_t index : sort_.take()) sorted.push_back(rows_[index]);
        rows_ = std::move(sorted);
        sorted_ = true;
      }
    }
    if (!budget.spend(worked) && !sorted_) return Progress::Working;
  }
  return Progress::Finished;
}

}  // namespace assay::app
