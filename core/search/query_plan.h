// QueryPlan: does a trace satisfy a query of our language? Compiled against one data set: names become ids,
// patterns become matchers, and the parts of AND and OR are tried in the order of their cost, so that text is
// looked at last and only where it decides.
//
// Assessments are looked through once, beforehand (prepare() for every row), as in RowFilter.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/search/query.h"
#include "core/search/record_sieve.h"
#include "core/search/text_find.h"
#include "core/store/dataset.h"

namespace assay::search {

struct PlanNode;

class QueryPlan {
 public:
  // `dataset` must outlive it and must not change while it is used. `like_case` is that of LIKE. `marks` (may be null) as
  // in QueryOptions.
  QueryPlan(const store::Dataset& dataset, const QueryNode& root, CaseMode like_case, RecordMarks* marks = nullptr);
  ~QueryPlan();
  QueryPlan(const QueryPlan&) = delete;
  QueryPlan& operator=(const QueryPlan&) = delete;

  bool needs_preparing() const { return !prepared_.empty(); }
  void prepare(store::TraceRow row);

  // Adds the bytes of text that were searched to `text_bytes`.
  bool matches(store::TraceRow row, uint64_t& text_bytes);

  // What can match nothing, for the page: a key that no trace has. "": nothing to say.
  const std::string& warning() const { return warning_; }

 private:
  friend class PlanCompiler;
  class Spans;

  bool trace_holds(PlanNode& node, store::TraceRow row);
  bool trace_compare(PlanNode& node, store::TraceRow row);
  bool trace_json(PlanNode& node, store::TraceRow row);
  bool key_value(PlanNode& node, store::TraceRow row);
  bool assessed(PlanNode& node, store::TraceRow row) const;
  bool assessment_counts(PlanNode& node, const store::Assessment& assessment);
  bool word_in_trace(PlanNode& node, store::TraceRow row);
  bool number(PlanNode& node, int64_t value, bool is_there) const;
  bool name(PlanNode& node, StringId id);
  bool text(PlanNode& node, TextRef ref);

  const store::Dataset& dataset_;
  RecordMarks* marks_;
  std::unique_ptr<PlanNode> root_;
  std::vector<PlanNode*> prepared_;
  std::unique_ptr<Spans> spans_;
  std::string warning_;
  std::string scratch_, value_scratch_;
  uint64_t text_bytes_ = 0;
};

}  // namespace assay::search
