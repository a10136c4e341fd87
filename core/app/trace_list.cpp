#include "core/app/trace_list.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/base/utf8.h"
#include "core/app/query_edit.h"
#include "core/search/filter.h"

namespace assay::app {

namespace {

using store::TraceRow;

std::vector<std::string> split_order_keys(std::string_view text) {
  std::vector<std::string> keys;
  char quote = 0;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (quote != 0 && i < text.size()) {
      if (c == quote) quote = 0;
    } else if (c == '`' || c == '"' || c == '\'') {
      quote = c;
    } else if (c == ',') {
      std::string_view key = trimmed(text.substr(begin, i - begin));
      if (!key.empty()) keys.emplace_back(key);
      begin = i + 1;
    }
  }
  return keys;
}

struct ParsedQuery {
  search::Query query;
  search::OrderBy order_by;
  bool has_order_by = false;
};

Result<ParsedQuery> read_query(std::string_view text, const search::QueryClock& clock,
                                search::QueryProblem* problem) {
  ParsedQuery parsed;
  const size_t order_at = find_order_by(text);
  if (order_at != std::string_view::npos) {
    const size_t by_end = text.find_first_of("yY", order_at + 5) + 1;
    Result<search::OrderBy> order = search::parse_order_by(split_order_keys(text.substr(by_end)));
    if (!order.ok()) {
      Error error = order.take_error();
      error.at_byte = order_at;
      problem->size_bytes = static_cast<uint32_t>(text.size() - order_at);
      return error;
    }
    parsed.order_by = std::move(order).value();
    parsed.has_order_by = true;
  }
  parsed.query = ASSAY_TRY(search::parse_query(text.substr(0, order_at), clock, problem));
  return parsed;
}

// A value as a number for sorting: true/yes/pass 1, false/no/fail 0; NaN: no number.
double sortable_number(std::string_view value_json) {
  const std::string lower = ascii_lower(value_json);
  if (lower == "true" || lower == "\"yes\"" || lower == "\"pass\"" || lower == "\"true\"") return 1;
  if (lower == "false" || lower == "\"no\"" || lower == "\"fail\"" || lower == "\"false\"") return 0;
  return parse_double(value_json).value_or(std::nan(""));
}

// A sort key of a row: numbers before texts, absent last in both directions.
struct SortKey {
  bool absent = true;
  double number = 0;
  std::string text;
};

// By what the table shows: of several in force the latest, of equally old ones the later in the list.
SortKey assessment_key(const store::Dataset& dataset, TraceRow row, std::string_view name, store::AssessmentKind kind) {
  SortKey key;
  const store::Assessment* shown = nullptr;
  for (const store::Assessment& a : dataset.assessments(row)) {
    if (!dataset.shows(a) || !a.valid || a.kind != kind || a.name != name) continue;
    if (shown == nullptr || a.create_time_ms >= shown->create_time_ms) shown = &a;
  }
  if (shown == nullptr || shown->value_json.empty() || shown->value_json == "null") return key;
  key.absent = false;
  key.number = sortable_number(shown->value_json);
  if (std::isnan(key.number)) key.text = shown->value_json;
  return key;
}

SortKey number_key(int64_t value, bool present) {
  SortKey key;
  key.absent = !present;
  key.number = static_cast<double>(value);
  return key;
}

SortKey text_key(std::string_view text) {
  SortKey key;
  key.absent = text.empty();
  key.number = std::nan("");
  key.text = text;
  return key;
}

SortKey sort_key_of(const store::Dataset& dataset, TraceRow row, std::string_view sort) {
  std::string scratch;
  const store::TextScope scope(dataset);
  if (sort == "time") {
    const int64_t ns = dataset.request_time_ns(row);
    return number_key(ns == kNoTime ? 0 : ns / 1000, ns != kNoTime);
  }
  if (sort == "duration") return number_key(dataset.duration_ms(row), dataset.duration_ms(row) != kNoTime);
  if (sort == "tokens") return number_key(dataset.total_tokens(row), dataset.total_tokens(row) >= 0);
  if (sort == "cost") {
    SortKey key;
    key.absent = dataset.cost_usd(row) < 0;
    key.number = dataset.cost_usd(row);
    return key;
  }
  if (sort == "name") return text_key(dataset.name_text(dataset.name(row)));
  if (sort == "state") return text_key(store::trace_state_name(dataset.state(row)));
  if (sort == "request") return text_key(dataset.text_now(dataset.request_preview(row), scratch));
  if (sort == "response") return text_key(dataset.text_now(dataset.response_preview(row), scratch));
  if (sort == "session") return text_key(dataset.name_text(dataset.session(row)));
  if (sort == "user") return text_key(dataset.name_text(dataset.user(row)));
  if (sort == "trace_id") return text_key(dataset.trace_id(row));
  constexpr std::string_view kFeedback = "assessment:", kExpectation = "expectation:";
  if (sort.starts_with(kFeedback))
    return assessment_key(dataset, row, sort.substr(kFeedback.size()), store::AssessmentKind::Feedback);
  if (sort.starts_with(kExpectation))
    return assessment_key(dataset, row, sort.substr(kExpectation.size()), store::AssessmentKind::Expectation);
  return {};
}

// <0, 0, >0 among present keys: numbers first, then texts by bytes.
int compare_keys(const SortKey& a, const SortKey& b) {
  const bool a_text = std::isnan(a.number), b_text = std::isnan(b.number);
  if (a_text != b_text) return a_text ? 1 : -1;
  if (!a_text) return a.number < b.number ? -1 : (a.number > b.number ? 1 : 0);
  return a.text.compare(b.text);
}

}  // namespace

TraceList::TraceList(const store::Dataset& dataset) : dataset_(dataset) {}
TraceList::~TraceList() = default;

void TraceList::set_like_case(search::CaseMode like_case) {
  if (like_case == like_case_) return;
  like_case_ = like_case;
  restart();
}

void TraceList::set_query(std::string query) {
  if (query == query_) return;
  query_ = std::move(query);
  restart();
}

void TraceList::set_sort(std::string key, bool descending) {
  if (key == sort_key_ && descending == sort_descending_) return;
  sort_key_ = std::move(key);
  sort_descending_ = descending;
  restart();
}

void TraceList::refresh_if_stale() {
  if (is_stale()) restart();
}

void TraceList::reset() {
  query_job_.reset();
  rows_.clear();
  in_order_.clear();
  position_.clear();
  columns_.clear();
  facets_ = {};
  has_facets_ = false;
  ++generation_;
  restart();
}

void TraceList::restart() {
  seen_revision_ = dataset_.revision();
  query_job_.reset();
  error_.reset();
  warning_.clear();
  warning_place_.reset();
  words_.clear();
  near_job_.reset();
  near_words_.clear();
  facet_job_.reset();
  search::QueryProblem problem;
  Result<ParsedQuery> parsed = read_query(query_, clock_, &problem);
  if (!parsed.ok()) {
    const Error& error = parsed.error();
    const bool placed = error.at_byte < query_.size();
    error_ = QueryError{error.what, placed ? static_cast<uint32_t>(error.at_byte) : 0,
                        placed ? std::max(problem.size_bytes, 1u) : 0, std::move(problem.suggestion)};
    rebuild_columns();
    return;
  }
  ordered_by_query_ = parsed.value().has_order_by;
  words_ = parsed.value().query.words;
  search::QueryNote note = std::move(parsed.value().query.note);
  note_ = std::move(note.text);
  note_place_.reset();
  if (note.place.size_bytes > 0)
    note_place_ = QueryError{note_, note.at_byte, note.place.size_bytes, std::move(note.place.suggestion)};
  query_job_ = std::make_unique<search::TraceQuery>(dataset_, std::move(parsed.value().query),
                                                    std::move(parsed.value().order_by),
                                                    search::QueryOptions{like_case_, &in_order_});
}

Progress TraceList::step(Budget& budget) {
  if (query_job_ == nullptr) return step_extras(budget);
  if (query_job_->step(budget) == Progress::Working) return Progress::Working;
  // A query over data that changed ends early with what it has: worth showing only when there is
  // nothing yet. refresh_if_stale() begins the next one.
  const bool partial = query_job_->is_stale();
  if (partial && !rows_.empty()) {
    query_job_.reset();
    return Progress::Finished;
  }
  const bool has_note = query_job_->warning().empty();
  warning_ = has_note ? note_ : query_job_->warning();
  warning_place_ = has_note ? note_place_ : std::nullopt;
  rows_ = query_job_->take_rows();
  query_job_.reset();
  if (rows_.size() == dataset_.trace_count() && !ordered_by_query_) in_order_ = rows_;
  sort_rows();
  rebuild_columns();
  position_.assign(dataset_.trace_count(), store::kNoRow);
  for (uint32_t i = 0; i < rows_.size(); ++i) position_[rows_[i].v] = i;
  ++generation_;
  if (rows_.empty() && words_.size() == 1 && !partial) {
    near_job_ = std::make_unique<search::NearWords>(dataset_, words_.front());
  }
  return counting() ? Progress::Working : Progress::Finished;
}

bool TraceList::counting() const {
  if (query_job_ != nullptr) return false;
  return near_job_ != nullptr || (facets_generation_ != generation_ && generation_ > 0 && !facets_put_off_);
}

Progress TraceList::step_extras(Budget& budget) {
  if (near_job_ != nullptr) {
    if (near_job_->step(budget) == Progress::Working) return Progress::Working;
    near_words_ = near_job_->words();
    near_job_.reset();
  }
  if (!counting()) return Progress::Finished;
  if (facet_job_ == nullptr) {
    facet_job_ = std::make_unique<search::FacetCounter>(dataset_, rows_, clock_.utc_offset_minutes);
  }
  if (facet_job_->step(budget) == Progress::Working) return Progress::Working;
  if (!facet_job_->is_stale()) {
    facets_ = facet_job_->take();
    has_facets_ = true;
  }
  facets_generation_ = generation_;  // outdated ones are counted again with the next rows
  facet_job_.reset();
  return Progress::Finished;
}

std::optional<search::NearestFilter> TraceList::mlflow_filter() const {
  const std::string_view text = std::string_view(query_).substr(0, find_order_by(query_));
  Result<search::Query> parsed = search::parse_query(text, clock_);
  if (!parsed.ok()) return std::nullopt;
  return search::nearest_mlflow_filter(parsed.value(), text);
}

void TraceList::sort_rows() {
  // Newest first is the order in which the query answers.
  if (sort_key_ == "time" && sort_descending_) return;
  std::vector<SortKey> keys(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) keys[i] = sort_key_of(dataset_, rows_[i], sort_key_);
  const bool descending = sort_descending_;
  const auto less = [&keys, descending](uint32_t a, uint32_t b) {
    if (keys[a].absent != keys[b].absent) return keys[b].absent;
    if (keys[a].absent) return false;
    const int comparison = compare_keys(keys[a], keys[b]);
    return descending ? comparison > 0 : comparison < 0;
  };
  std::vector<TraceRow> sorted;
  sorted.reserve(rows_.size());
  for (const uint32_t index : sorted_indexes(rows_.size(), less)) sorted.push_back(rows_[index]);
  rows_ = std::move(sorted);
}

void TraceList::rebuild_columns() {
  if (columns_revision_ == dataset_.revision()) return;
  columns_revision_ = dataset_.revision();
  columns_.clear();
  for (uint32_t i = 0; i < dataset_.trace_count(); ++i) {
    for (const store::Assessment& assessment : dataset_.assessments(TraceRow{i})) {
      if (assessment.kind == store::AssessmentKind::Issue || assessment.name.empty() || !dataset_.shows(assessment)) continue;
      auto column = std::find_if(columns_.begin(), columns_.end(), [&](const AssessmentColumn& c) {
        return c.kind == assessment.kind && c.name == assessment.name;
      });
      if (column == columns_.end()) {
        columns_.push_back({assessment.name, assessment.kind, 0, store::kNoRow});
        column = columns_.end() - 1;
      }
      if (column->last_row != i) ++column->count;
      column->last_row = i;
    }
  }
}

std::optional<uint32_t> TraceList::position_of(TraceRow row) const {
  if (row.v >= position_.size() || position_[row.v] == store::kNoRow) return std::nullopt;
  return position_[row.v];
}

}  // namespace assay::app
