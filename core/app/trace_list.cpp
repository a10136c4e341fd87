#include "core/app/trace_list.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/app/query_edit.h"
#include "core/base/late.h"
#include "core/search/filter.h"

namespace assay::app {

namespace {

using store::TraceRow;

constexpr uint32_t kMostFirstRows = 2000;  // some screens full

struct OrderTexts {
  std::vector<std::string> keys;
  std::vector<size_t> at;  // where each begins
};

OrderTexts split_order_keys(std::string_view text) {
  OrderTexts out;
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
      if (!key.empty()) {
        out.keys.emplace_back(key);
        out.at.push_back(static_cast<size_t>(key.data() - text.data()));
      }
      begin = i + 1;
    }
  }
  return out;
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
    const OrderTexts texts = split_order_keys(text.substr(by_end));
    search::OrderProblem wrong;
    Result<search::OrderBy> order = search::parse_order_by(texts.keys, &wrong);
    if (!order.ok()) {
      Error error = order.take_error();
      error.at_byte = by_end + texts.at[wrong.text] + wrong.at_byte;
      problem->size_bytes = wrong.size_bytes;
      problem->suggestion = std::move(wrong.suggestion);
      return error;
    }
    parsed.order_by = std::move(order).value();
    parsed.has_order_by = true;
  }
  parsed.query = ASSAY_TRY(search::parse_query(text.substr(0, order_at), clock, problem));
  return parsed;
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
  shows_first_ = !error_;
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
  sort_job_.reset();
  by_column_ = {};
  found_so_far_ = 0;
  rows_.clear();
  in_order_.clear();
  position_.clear();
  answered_ = {};
  columns_.clear();
  facets_ = {};
  has_facets_ = false;
  ++generation_;
  restart();
}

void TraceList::restart() {
  seen_revision_ = dataset_.revision();
  query_job_.reset();
  sort_job_.reset();
  shows_first_ = false;
  steps_ = shown_at_step_ = 0;
  error_.reset();
  warning_.clear();
  warning_place_.reset();
  words_.clear();
  near_job_.reset();
  near_words_.clear();
  facet_job_.reset();
  // Without traces there is nothing to ask, nor is what asks there yet.
  if (dataset_.trace_count() > 0) return call_late<&TraceList::ask>(*this);
  asked_ = {query_, sort_key_, sort_descending_, like_case_, seen_revision_};
  answered_ = asked_;
  found_so_far_ = 0;
  take_rows({});
  facets_ = {};
  has_facets_ = false;
  facets_generation_ = generation_;
}

void TraceList::ask() {
  search::QueryProblem problem;
  Result<ParsedQuery> parsed = read_query(query_, clock_, &problem);
  if (!parsed.ok()) {
    const Error& error = parsed.error();
    const bool placed = error.at_byte < query_.size();
    error_ = QueryError{error.what, placed ? static_cast<uint32_t>(error.at_byte) : 0,
                        placed ? std::max(problem.size_bytes, 1u) : 0, std::move(problem.suggestion)};
    rebuild_columns();
    if (shows(found_query_)) return;
    problem = {};
    parsed = read_query(found_query_, clock_, &problem);
    if (!parsed.ok()) return;
  }
  asked_ = {error_ ? found_query_ : query_, sort_key_, sort_descending_, like_case_, seen_revision_};
  ordered_by_query_ = parsed.value().has_order_by;
  if (!error_) words_ = parsed.value().query.words;
  search::QueryNote note = std::move(parsed.value().query.note);
  note_ = std::move(note.text);
  note_place_.reset();
  if (note.place.size_bytes > 0)
    note_place_ = QueryError{note_, note.at_byte, note.place.size_bytes, std::move(note.place.suggestion)};
  if (marks_revision_ != seen_revision_ || marks_.size() != dataset_.trace_count()) {
    marks_.assign(dataset_.trace_count(), 0);
    marks_revision_ = seen_revision_;
  }
  query_job_ = std::make_unique<search::TraceQuery>(dataset_, std::move(parsed.value().query),
                                                    std::move(parsed.value().order_by),
                                                    search::QueryOptions{like_case_, &in_order_, &marks_});
}

bool TraceList::shows(std::string_view query) const {
  return found_so_far_ == 0 && answered_ == Answered{std::string(query), sort_key_, sort_descending_, like_case_, seen_revision_};
}

Progress TraceList::step(Budget& budget) {
  return working() || counting() ? call_late<&TraceList::work>(*this, budget) : Progress::Finished;
}

Progress TraceList::work(Budget& budget) {
  if (sort_job_ != nullptr) return step_sort(budget);
  if (query_job_ == nullptr) return step_extras(budget);
  if (query_job_->step(budget) == Progress::Working) {
    show_first_rows();
    return Progress::Working;
  }
  // A query over data that changed ends early with what it has: worth showing only when there is
  // nothing yet. refresh_if_stale() begins the next one.
  const bool partial = query_job_->is_stale();
  if (partial && !rows_.empty()) {
    query_job_.reset();
    return Progress::Finished;
  }
  if (!error_) {
    const bool has_note = query_job_->warning().empty();
    warning_ = has_note ? note_ : query_job_->warning();
    warning_place_ = has_note ? note_place_ : std::nullopt;
  }
  std::vector<TraceRow> rows = query_job_->take_rows();
  query_job_.reset();
  const bool all = rows.size() == dataset_.trace_count();
  if (all && !ordered_by_query_) in_order_ = rows;
  if (rows.empty() && words_.size() == 1 && !partial) {
    near_job_ = std::make_unique<search::NearWords>(dataset_, words_.front());
  }
  if (rows.size() > 1 && sorts_by_column()) {
    if (!by_column_.holds(sort_key_, sort_descending_, dataset_)) {
      sort_job_ = std::make_unique<ColumnSort>(dataset_, sort_key_, sort_descending_, std::move(rows));
      return Progress::Working;
    }
    rows = by_column_.pick(rows);
  }
  return show(std::move(rows));
}

// Newest first is the order in which the query answers, and one that it asks for goes before that of a column.
bool TraceList::sorts_by_column() const { return !ordered_by_query_ && !(sort_key_ == "time" && sort_descending_); }

Progress TraceList::step_sort(Budget& budget) {
  if (sort_job_->step(budget) == Progress::Working) return Progress::Working;
  std::vector<TraceRow> rows = sort_job_->take_rows();
  sort_job_.reset();
  if (rows.size() == dataset_.trace_count() && !is_stale())
    by_column_ = {sort_key_, sort_descending_, dataset_.revision(), rows};
  return show(std::move(rows));
}

Progress TraceList::show(std::vector<TraceRow> rows) {
  found_so_far_ = 0;
  answered_ = asked_;
  take_rows(std::move(rows));
  if (!rows_.empty()) {
    found_query_ = answered_.query;
  } else if (error_ && !found_query_.empty()) {  // nothing any more: of other data
    found_query_.clear();
    restart();
    return Progress::Working;
  }
  return counting() ? Progress::Working : Progress::Finished;
}

bool TraceList::ColumnOrder::holds(std::string_view wanted_key, bool wanted_descending, const store::Dataset& dataset) const {
  return key == wanted_key && descending == wanted_descending && revision == dataset.revision() && rows.size() == dataset.trace_count();
}

std::vector<TraceRow> TraceList::ColumnOrder::pick(const std::vector<TraceRow>& wanted) const {
  std::vector<bool> is_wanted(rows.size(), false);
  for (const TraceRow row : wanted) is_wanted[row.v] = true;
  std::vector<TraceRow> out;
  out.reserve(wanted.size());
  for (const TraceRow row : rows)
    if (is_wanted[row.v]) out.push_back(row);
  return out;
}

// The second step first, and then after twice as many: a query that is answered soon shows its answer alone.
void TraceList::show_first_rows() {
  if (!shows_first_ || ++steps_ < 2 || steps_ < 2 * shown_at_step_ || query_job_->found() == 0) return;
  shown_at_step_ = steps_;
  found_so_far_ = query_job_->found();
  std::vector<TraceRow> rows = query_job_->first_rows(kMostFirstRows);
  if (sorts_by_column()) {
    ColumnSort sort(dataset_, sort_key_, sort_descending_, std::move(rows));
    Budget unlimited;
    while (sort.step(unlimited) != Progress::Finished) {
    }
    rows = sort.take_rows();
  }
  take_rows(std::move(rows));
}

void TraceList::take_rows(std::vector<TraceRow> rows) {
  rows_ = std::move(rows);
  rebuild_columns();
  position_.assign(dataset_.trace_count(), store::kNoRow);
  for (uint32_t i = 0; i < rows_.size(); ++i) position_[rows_[i].v] = i;
  ++generation_;
}

void TraceList::finish() {
  refresh_if_stale();
  Budget unlimited;
  while (working()) (void)step(unlimited);
}

bool TraceList::counting() const {
  if (working()) return false;
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
