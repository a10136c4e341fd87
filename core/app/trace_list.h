// TraceList: the rows that match the query, in order; what the table shows. Recomputed by a job when
// the query, the order, the data or the assessments change.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/app/column_sort.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/search/facets.h"
#include "core/search/near_words.h"
#include "core/search/nearest_filter.h"
#include "core/search/query.h"
#include "core/search/trace_query.h"
#include "core/store/dataset.h"

namespace assay::app {

// A column of assessments in the table: one per name and kind, in order of first appearance.
struct AssessmentColumn {
  std::string name;
  store::AssessmentKind kind;
  uint32_t count;     // traces that have it
  uint32_t last_row;  // the last row counted
};

struct QueryError {
  std::string message;
  uint32_t at_byte = 0, size_bytes = 0;  // the place in the query; size 0: as a whole
  std::string suggestion;                // what to write there instead, or ""
};

class TraceList {
 public:
  explicit TraceList(const store::Dataset& dataset);
  ~TraceList();

  // For times like "last 24 hours"; counts from the next query on.
  void set_clock(search::QueryClock clock) { clock_ = clock; }
  // Whether LIKE tells upper and lower case apart; starts over when that changes.
  void set_like_case(search::CaseMode like_case);
  // The query is what search/query.h reads (MLflow's filter, words, our language), optionally followed by
  // ORDER BY key [ASC|DESC], …
  void set_query(std::string query);
  // Keys: those of ColumnSort. An ORDER BY of the query goes before.
  void set_sort(std::string key, bool descending);
  // After Dataset::clear(): no rows, the query stays.
  void reset();
  bool is_stale() const { return seen_revision_ != dataset_.revision(); }
  // Starts over when the data set has changed since the last result began.
  void refresh_if_stale();
  // While a query is looked for, or the data have changed since: the answer at once, however long that takes. For what
  // acts on all that match.
  void finish();
  // The rows first, some of them as soon as there are any; then what there is to narrow them by, unless that is put off.
  Progress step(Budget& budget);
  void put_off_facets(bool put_off) { facets_put_off_ = put_off; }

  const std::vector<store::TraceRow>& rows() const { return rows_; }
  // rows() are only the first of those that were found so far: so many. 0: rows() are the whole answer.
  uint32_t found_so_far() const { return found_so_far_; }
  const std::string& query() const { return query_; }
  const std::vector<std::string>& words() const { return words_; }  // that are looked for in the text
  const std::string& sort_key() const { return sort_key_; }
  bool sort_descending() const { return sort_descending_; }
  // A query that cannot be read, whatever is wrong with it: rows() are those of the last one that found some, or all.
  const std::optional<QueryError>& error() const { return error_; }
  // The place that the warning is about, with a correction, where there is one.
  const std::optional<QueryError>& warning_place() const { return warning_place_; }
  const std::string& warning() const { return warning_; }  // "": none; a pattern that can match nothing
  bool ordered_by_query() const { return ordered_by_query_; }  // the query holds an ORDER BY
  bool working() const { return query_job_ != nullptr || sort_job_ != nullptr; }
  bool counting() const;  // rows are there, facets or near words are not yet
  // Of the rows that were there last; nullptr: never counted.
  const search::FacetCounts* facets() const { return has_facets_ ? &facets_ : nullptr; }
  uint64_t facets_generation() const { return facets_generation_; }  // changes with facets()
  // Spelt nearly like the word of the query, when that is one word and nothing was found.
  const std::vector<search::NearWord>& near_words() const { return near_words_; }
  // The query as a filter for MLflow; nothing when it is wrong, or has no conditions.
  std::optional<search::NearestFilter> mlflow_filter() const;
  double elapsed_ms() const { return elapsed_ms_; }
  void set_elapsed_ms(double ms) { elapsed_ms_ = ms; }
  const std::vector<AssessmentColumn>& assessment_columns() const { return columns_; }
  // Position of a trace in rows(), if it is there.
  std::optional<uint32_t> position_of(store::TraceRow row) const;
  uint64_t generation() const { return generation_; }  // grows with each new result

 private:
  void restart();
  void ask();
  Progress work(Budget& budget);
  bool shows(std::string_view query) const;
  void show_first_rows();
  void take_rows(std::vector<store::TraceRow> rows);
  bool sorts_by_column() const;
  Progress step_sort(Budget& budget);
  Progress show(std::vector<store::TraceRow> rows);
  void rebuild_columns();
  Progress step_extras(Budget& budget);
  const store::Dataset& dataset_;
  search::QueryClock clock_;
  search::CaseMode like_case_ = search::CaseMode::Sensitive;
  std::string query_, sort_key_ = "time";
  std::vector<std::string> words_;
  bool sort_descending_ = true;
  bool ordered_by_query_ = false;
  std::vector<store::TraceRow> rows_;
  // What rows_ answer; of no use while found_so_far_ says that they are not all.
  struct Answered {
    std::string query, sort_key;
    bool descending = false;
    search::CaseMode like_case = search::CaseMode::Sensitive;
    uint64_t revision = ~uint64_t{0};
    friend bool operator==(const Answered&, const Answered&) = default;
  };
  Answered answered_, asked_;   // asked_: of query_job_ and sort_job_
  std::string found_query_;     // the last query that found something
  search::RecordMarks marks_;  // of the records as they were at marks_revision_
  uint64_t marks_revision_ = 0;
  std::vector<store::TraceRow> in_order_;  // every trace, newest first, where a query has found all
  std::vector<uint32_t> position_;  // by TraceRow; kNoRow: not among rows_
  std::optional<QueryError> error_;
  std::string warning_, note_;
  std::optional<QueryError> warning_place_, note_place_;
  std::unique_ptr<search::TraceQuery> query_job_;
  bool shows_first_ = false;                 // the query is another one: its first rows are better than those of before
  uint32_t steps_ = 0, shown_at_step_ = 0;   // of query_job_
  uint32_t found_so_far_ = 0;
  std::unique_ptr<ColumnSort> sort_job_;
  // Every trace in the order of a column: what a query finds is picked out of it.
  struct ColumnOrder {
    std::string key;
    bool descending = false;
    uint64_t revision = 0;
    std::vector<store::TraceRow> rows;
    bool holds(std::string_view wanted_key, bool wanted_descending, const store::Dataset& dataset) const;
    std::vector<store::TraceRow> pick(const std::vector<store::TraceRow>& wanted) const;
  };
  ColumnOrder by_column_;
  std::unique_ptr<search::FacetCounter> facet_job_;
  std::unique_ptr<search::NearWords> near_job_;
  search::FacetCounts facets_;
  std::vector<search::NearWord> near_words_;
  bool has_facets_ = false, facets_put_off_ = false;
  uint64_t facets_generation_ = ~uint64_t{0};  // of the rows that facets_ are about
  std::vector<AssessmentColumn> columns_;
  uint64_t seen_revision_ = ~uint64_t{0}, columns_revision_ = ~uint64_t{0};
  uint64_t generation_ = 0;
  double elapsed_ms_ = 0;
};

}  // namespace assay::app
