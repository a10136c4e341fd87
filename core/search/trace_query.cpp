#include "core/search/trace_query.h"

#include "core/search/query_plan.h"
#include "core/search/row_filter.h"
#include "core/search/trace_sort.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace assay::search {

namespace {
constexpr uint32_t kChunkRows = 512;             // between two looks at the budget, or …
constexpr uint64_t kChunkTextBytes = 512 << 10;  // … after so much text
constexpr uint64_t kTextBytesPerUnit = 4096;
constexpr uint32_t kPickedRows = 32 << 10;

Query query_of(Filter filter) {
  Query query;
  query.is_mlflow = true;
  query.filter = std::move(filter);
  return query;
}

std::vector<store::TraceRow> all_rows(TraceQuery& query) {
  Budget unlimited;
  while (query.step(unlimited) != Progress::Finished) {
  }
  return query.take_rows();
}
}  // namespace

struct TraceQuery::State {
  State(const store::Dataset& data, const Query& query, OrderBy order, QueryOptions options)
      : dataset(data),
        order_by(std::move(order)),
        revision(data.revision()),
        total(data.trace_count()),
        in_order(order_by.keys.empty() ? options.in_order : nullptr) {
    if (in_order != nullptr && in_order->size() != total) in_order = nullptr;
    if (query.is_mlflow) {
      row_filter = std::make_unique<RowFilter>(data, query.filter, options.like_case, options.marks);
    } else {
      plan = std::make_unique<QueryPlan>(data, query.root, options.like_case, options.marks);
    }
    const bool prepares = plan ? plan->needs_preparing() : row_filter->needs_preparing();
    phase = prepares ? Phase::Prepare : Phase::Filter;
  }

  enum class Phase : uint8_t { Prepare, Filter, Pick, Sort, Done };

  // Handles some rows of the current phase; returns the budget units that it took.
  int64_t work();
  int64_t pick();
  void begin_sort();
  bool stale() const { return dataset.revision() != revision; }

  const store::Dataset& dataset;
  OrderBy order_by;
  uint64_t revision;
  uint32_t total;
  const std::vector<store::TraceRow>* in_order;
  std::vector<bool> is_match;  // by row, while they are picked in order
  // One of the two.
  std::unique_ptr<RowFilter> row_filter;
  std::unique_ptr<QueryPlan> plan;
  Phase phase = Phase::Filter;
  uint32_t row = 0;
  std::vector<store::TraceRow> rows;
  std::optional<TraceSort> sort;
};

int64_t TraceQuery::State::work() {
  uint64_t text_bytes = 0;
  const uint32_t first = row;
  for (; row < total && row - first < kChunkRows && text_bytes < kChunkTextBytes; ++row) {
    const store::TraceRow here{row};
    const store::TextScope scope(dataset);
    if (phase == Phase::Prepare) {
      if (plan) {
        plan->prepare(here);
      } else {
        row_filter->prepare(here);
      }
    } else if (plan ? plan->matches(here, text_bytes) : row_filter->matches(here, text_bytes)) {
      rows.push_back(here);
    }
  }
  const int64_t units = row - first + static_cast<int64_t>(text_bytes / kTextBytesPerUnit);
  if (row == total) {
    if (phase == Phase::Prepare) {
      phase = Phase::Filter;
      row = 0;
    } else {
      begin_sort();
    }
  }
  return units;
}

void TraceQuery::State::begin_sort() {
  // A few are sorted sooner than all are looked through.
  if (in_order != nullptr && rows.size() > total / 64) {
    phase = Phase::Pick;
    row = 0;
    is_match.assign(total, false);
    for (const store::TraceRow match : rows)
      is_match[match.v] = true;
    rows.clear();
    return;
  }
  phase = Phase::Sort;
  sort.emplace(dataset, order_by, std::move(rows));
  rows.clear();
}

// Takes the matches out of all rows in their order.
int64_t TraceQuery::State::pick() {
  const uint32_t end = std::min(total, row + kPickedRows);
  for (; row < end; ++row) {
    const store::TraceRow next = (*in_order)[row];
    if (is_match[next.v]) rows.push_back(next);
  }
  if (row == total) phase = Phase::Done;
  return kPickedRows / 64;
}

TraceQuery::TraceQuery(const store::Dataset& dataset, Filter filter, OrderBy order_by,
                       QueryOptions options)
    : TraceQuery(dataset, query_of(std::move(filter)), std::move(order_by), options) {}
TraceQuery::TraceQuery(const store::Dataset& dataset, Query query, OrderBy order_by,
                       QueryOptions options)
    : state_(std::make_unique<State>(dataset, query, std::move(order_by), options)) {}
TraceQuery::~TraceQuery() = default;

Progress TraceQuery::step(Budget& budget) {
  State& state = *state_;
  // Its row numbers and its tables are those of the data set as it was: an outdated query ends.
  if (state.stale() && state.phase != State::Phase::Done) {
    state.phase = State::Phase::Done;
    state.sort.reset();
  }
  while (state.phase == State::Phase::Prepare || state.phase == State::Phase::Filter) {
    if (!budget.spend(state.work())) return Progress::Working;
  }
  while (state.phase == State::Phase::Pick) {
    const bool goes_on = budget.spend(state.pick());
    if (state.phase == State::Phase::Pick && !goes_on) return Progress::Working;
  }
  if (state.phase == State::Phase::Sort) {
    if (state.sort->step(budget) != Progress::Finished) return Progress::Working;
    state.rows = state.sort->take_rows();
    state.sort.reset();
    state.phase = State::Phase::Done;
  }
  return Progress::Finished;
}

bool TraceQuery::finished() const { return state_->phase == State::Phase::Done; }
bool TraceQuery::is_stale() const { return state_->stale(); }
uint32_t TraceQuery::rows_done() const {
  switch (state_->phase) {
    case State::Phase::Prepare:
      return 0;
    case State::Phase::Filter:
      return state_->row;
    default:
      return state_->total;
  }
}
uint32_t TraceQuery::rows_total() const { return state_->total; }
const std::vector<store::TraceRow>& TraceQuery::rows() const { return state_->rows; }
std::vector<store::TraceRow> TraceQuery::take_rows() { return std::move(state_->rows); }

uint32_t TraceQuery::found() const {
  return state_->phase == State::Phase::Filter ? static_cast<uint32_t>(state_->rows.size()) : 0;
}

std::vector<store::TraceRow> TraceQuery::first_rows(uint32_t max_rows) const {
  const std::vector<store::TraceRow>& rows = state_->rows;
  const auto count = static_cast<std::ptrdiff_t>(std::min(found(), max_rows));
  TraceSort sort(state_->dataset, state_->order_by, {rows.begin(), rows.begin() + count});
  Budget unlimited;
  while (sort.step(unlimited) != Progress::Finished) {
  }
  return sort.take_rows();
}
const std::string& TraceQuery::warning() const {
  return state_->plan ? state_->plan->warning() : state_->row_filter->warning();
}

Result<std::vector<store::TraceRow>> search_traces(const store::Dataset& dataset,
                                                   std::string_view filter,
                                                   const std::vector<std::string>& order_by,
                                                   uint32_t max_results) {
  Filter parsed = ASSAY_TRY(parse_filter(filter));
  OrderBy order = ASSAY_TRY(parse_order_by(order_by));
  TraceQuery query(dataset, std::move(parsed), std::move(order));
  std::vector<store::TraceRow> rows = all_rows(query);
  if (max_results > 0 && rows.size() > max_results) rows.resize(max_results);
  return rows;
}

Result<std::vector<store::TraceRow>> search_traces_by_query(const store::Dataset& dataset,
                                                            std::string_view query,
                                                            const QueryClock& clock) {
  Query parsed = ASSAY_TRY(parse_query(query, clock));
  TraceQuery job(dataset, std::move(parsed), {});
  return all_rows(job);
}

}  // namespace assay::search
