// ColumnSort: rows in the order of a column of the table, in steps of which none is long. Numbers before texts, what is
// absent last in both directions; equal ones keep the order that they come in.
// Keys: time, name, state, duration, request, response, session, user, tokens, cost, trace_id, assessment:<name> (of
// feedback), expectation:<name>; with any other key the order stays.
#pragma once

#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/step_sort.h"
#include "core/store/dataset.h"

namespace assay::app {

class ColumnSort : public Job {
 public:
  // `dataset` must outlive it.
  ColumnSort(const store::Dataset& dataset, std::string key, bool descending, std::vector<store::TraceRow> rows);

  // Budget units: rows.
  Progress step(Budget& budget) override;
  std::vector<store::TraceRow> take_rows() { return std::move(rows_); }

 private:
  struct Key {
    bool absent = true;
    double number = 0;  // NaN: the text counts
    std::string text;
  };
  Key key_of(store::TraceRow row) const;
  Key assessment_key(store::TraceRow row, std::string_view name, store::AssessmentKind kind) const;
  bool before(uint32_t a, uint32_t b) const;

  const store::Dataset& dataset_;
  std::string key_;
  bool descending_;
  std::vector<store::TraceRow> rows_;
  std::vector<Key> keys_;  // of the first rows_, as far as they were read
  StepSort sort_;
  bool sorted_ = false;
};

}  // namespace assay::app
