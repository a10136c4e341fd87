// TraceQuery: the answer of a filter or a query and an order over a Dataset, as MLflow's SQLite store gives
// it, in steps. Rows are in the server's order: the order_by keys (NULLs last in either direction),
// then timestamp_ms DESC, request_id ASC; those of no time come last, in the order of their files.
//
// Assessments searched are those in force (Dataset::assessments), so new annotations are found at
// once. The query reads the data set while it steps; if it changes in between (added traces, new
// annotations), make a new query: is_stale() says so.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/search/filter.h"
#include "core/search/query.h"
#include "core/search/record_sieve.h"
#include "core/search/text_find.h"
#include "core/store/dataset.h"

namespace assay::search {

struct QueryOptions {
  // Case of LIKE. Sensitive is what a running MLflow's SQLite store does (it sets
  // case_sensitive_like).
  CaseMode like_case = CaseMode::Sensitive;
  // Every row in the order without keys, where the caller has it from an earlier query: nothing need be sorted then.
  // Must outlive the query; not used where it has another number of rows, or there are keys.
  const std::vector<store::TraceRow>* in_order = nullptr;
  // What earlier queries found out about the records, by trace row; this one reads it and adds to it. Must outlive the
  // query and be as long as there are traces; null: nothing is kept.
  RecordMarks* marks = nullptr;
};

class TraceQuery : public Job {
 public:
  // `dataset` must outlive the query.
  TraceQuery(const store::Dataset& dataset, Filter filter, OrderBy order_by,
             QueryOptions options = {});
  TraceQuery(const store::Dataset& dataset, Query query, OrderBy order_by,
             QueryOptions options = {});
  ~TraceQuery() override;

  // Budget units: rows looked at, plus one per 4 KB of text searched.
  Progress step(Budget& budget) override;
  bool finished() const;
  bool is_stale() const;       // the data set has changed since the query was made
  uint32_t rows_done() const;  // of rows_total(): for a progress bar
  uint32_t rows_total() const;

  // Ordered once finished. While it filters: the matches so far, in row order; while it sorts:
  // none. An outdated query (is_stale) finishes at its next step with whatever it had.
  const std::vector<store::TraceRow>& rows() const;
  std::vector<store::TraceRow> take_rows();
  // While it filters: how many were found so far, and of those the first `max_rows` found, in the order of the answer.
  uint32_t found() const;
  std::vector<store::TraceRow> first_rows(uint32_t max_rows) const;

  // A pattern that is no regular expression matches nothing and is no error in MLflow; what is
  // wrong with it stands here, for the page, and so does a key that no trace has. "": nothing to say.
  const std::string& warning() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// All at once. `max_results` 0: no limit.
Result<std::vector<store::TraceRow>> search_traces(const store::Dataset& dataset,
                                                   std::string_view filter,
                                                   const std::vector<std::string>& order_by = {},
                                                   uint32_t max_results = 0);
// The same in our language; MLflow's filters are part of it (query.h).
Result<std::vector<store::TraceRow>> search_traces_by_query(const store::Dataset& dataset,
                                                            std::string_view query,
                                                            const QueryClock& clock);

}  // namespace assay::search
