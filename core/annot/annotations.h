// Annotations: the assessments in force, as a fold of the journal over the imported ones, with the
// semantics of MLflow's tracking store (create, update, delete, overrides).
//
// Event kinds and payloads (version 1; members in MLflow's snake_case JSON form):
//   assessment.create  {"trace_id", "assessment": {…the whole MLflow JSON form…}}
//   assessment.update  {"trace_id", "assessment_id", "name"?, "feedback"? | "expectation"?,
//                       "rationale"?, "metadata"?}        metadata is merged; "" clears a rationale
//   assessment.delete  {"trace_id", "assessment_id"}
// and, written by judge runs (core/judge/judge_events.h):
//   run.verdict        {"trace", "assessment"?, …}        creates, or replaces the one of the same
//   id
//
// create: the new one is valid; with overrides = X, X must be on the trace and becomes valid =
// false. update: source, span_id, create_time and kind stay; feedback ↔ expectation is refused;
// updating an
//   expectation drops its rationale; a new feedback value drops the old error.
// delete: nothing happens when it is not there; what it overrode becomes valid again.
// An event that cannot be applied changes nothing and leaves a FoldNote.
// An id that is already there (the user's own export was loaded again) is not created twice.
//
// The journal is the truth, this class a cache of it: sync() takes in what came to the journal and
// to the data set since the last call and re-folds only the touched traces. Events for traces that
// are not loaded wait until they are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/string_pool.h"
#include "core/journal/journal.h"
#include "core/store/dataset.h"

namespace assay::annot {

constexpr std::string_view kAssessmentCreate = "assessment.create";
constexpr std::string_view kAssessmentUpdate = "assessment.update";
constexpr std::string_view kAssessmentDelete = "assessment.delete";
constexpr std::string_view kRunVerdict = "run.verdict";
constexpr int kAssessmentEventVersion = 1;

struct FoldNote {
  uint32_t event = 0;  // index in the journal
  std::string what;
};

class Annotations {
 public:
  // Both must outlive this object.
  Annotations(const journal::Journal& journal, store::Dataset& dataset);
  ~Annotations();
  Annotations(const Annotations&) = delete;
  Annotations& operator=(const Annotations&) = delete;

  // Call after every append, load, undo, redo, and after traces were imported. Returns the rows
  // whose assessments were set, in ascending order.
  std::vector<store::TraceRow> sync();
  // Call after Dataset::clear(): forgets rows, keeps events; the next sync() folds everything
  // again.
  void rebind();

  // Whether an event would apply now (before it is appended): the trace is loaded, the overridden
  // or updated assessment is there, the kind stays. Texts are for the user. Events that have not
  // been appended and synced are not looked at.
  Status check(const journal::NewEvent& event) const;

  // Event indexes that concern a trace, in the fold's order: the history of its annotations.
  std::vector<uint32_t> history(std::string_view trace_id) const;
  // Events that could not be applied, of all loaded traces, by trace and order.
  std::vector<FoldNote> notes() const;
  // Events whose trace is not loaded.
  uint64_t waiting_events() const;
  // Events of these kinds in a newer version: kept in the journal, without effect here.
  uint64_t ignored_events() const { return ignored_events_; }

 private:
  struct PerTrace;
  PerTrace& trace_of(std::string_view trace_id);
  void take_in_event(uint32_t index);
  void take_in_reverts();
  void take_in_rows();
  void mark(PerTrace& trace);
  void fold(PerTrace& trace);

  const journal::Journal& journal_;
  store::Dataset& dataset_;
  StringPool trace_ids_;
  std::vector<PerTrace> traces_;  // by StringId::v of trace_ids_
  std::vector<uint32_t> dirty_;   // indexes into traces_
  size_t events_seen_ = 0;
  uint32_t rows_seen_ = 0;
  std::vector<uint32_t> reverted_seen_;
  uint64_t ignored_events_ = 0;
};

}  // namespace assay::annot
