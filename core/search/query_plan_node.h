// The compiled form of a query, for query_plan.cpp (traces), query_spans.cpp (spans and their structure) and
// query_compile.cpp, which makes it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/search/json_path.h"
#include "core/search/query_plan.h"
#include "core/search/query_value.h"
#include "core/search/record_sieve.h"
#include "core/search/row_filter.h"
#include "core/search/word_find.h"

namespace assay::search {

struct PlanNode {
  QueryNode::Kind kind = QueryNode::Kind::Everything;
  int cost = 0;
  std::vector<std::unique_ptr<PlanNode>> children;  // of And and Or: cheap ones first; of Spans: by step

  // Compare
  QueryKey key = QueryKey::TraceId;
  std::optional<ValueTest> test;
  std::vector<PathStep> path;
  std::vector<StringId> key_ids;       // Tag, Metadata: of the first name, the first two with a dot, …
  std::vector<std::string> key_names;  // SpanAttribute: the same as text
  std::vector<uint8_t> by_name;        // by StringId: 0 not asked yet, 1 no, 2 yes
  std::vector<uint8_t> by_value;       // Tag, Metadata: the same by the data set's value_id()
  uint8_t by_state = 0;                // bit per TraceState or SpanStatus
  store::TraceRow only_row{store::kNoRow};
  std::unique_ptr<RowFilter> mlflow;  // assessments and prompts as MLflow compares them
  std::string assessment_name;
  std::vector<uint8_t> by_row, by_session;  // has an assessment that counts

  std::optional<RecordSieve> sieve;

  std::optional<WordFinder> word;

  bool has_sieve = false;  // this one, or below it

  // Spans
  SpanQuestion question = SpanQuestion::Any;
  std::vector<SpanLink> links;
  bool same_name = false, same_inputs = false, same_type = false;
  std::vector<PlanNode*> leads;  // by step: a condition on a column that must hold, or null
};

// The spans of the trace that is looked at.
class QueryPlan::Spans {
 public:
  Spans(const store::Dataset& dataset, RecordMarks* marks) : dataset_(dataset), marks_of_records_(marks) {}

  void open(store::TraceRow row);
  bool answer(PlanNode& node, uint64_t& text_bytes);
  // Of the deepest span; -1: there are no spans.
  int64_t depth();
  uint32_t count() const { return count_; }

 private:
  using Marks = std::vector<uint8_t>;  // by span

  uint32_t parent(uint32_t i) const {
    const uint32_t row = dataset_.parent(store::SpanRow{begin_ + i});
    return row == store::kNoRow ? store::kNoRow : row - begin_;
  }
  bool may_have(const PlanNode& condition);
  bool any(PlanNode& condition, PlanNode* lead);
  int64_t count(PlanNode& condition, PlanNode* lead);
  bool all(PlanNode& condition);
  void mark(PlanNode& condition, PlanNode* lead, Marks& marks);
  bool follow(PlanNode& node);  // leaves the spans of the last step in marks_; false: none
  uint32_t next_candidate(PlanNode* lead, uint32_t from) const;
  bool passes(PlanNode& lead, uint32_t i) const;
  uint32_t most_repeated(const PlanNode& node);

  void related(const Marks& from, SpanAxis axis, Marks& out);
  void below(const Marks& from, Marks& out);
  void siblings(const Marks& from, Marks& out);
  void after(const Marks& from, Marks& out) const;
  void before(const Marks& from, Marks& out) const;
  void find_depths();
  void find_children();
  template <typename Visit>
  void parents_first(const Visit& visit);

  bool holds(PlanNode& node, uint32_t i);
  bool compare(PlanNode& node, uint32_t i);
  bool passes_sieve(const PlanNode& node, store::SpanRow span) const;
  bool attribute(PlanNode& node, store::SpanRow span);
  bool value(PlanNode& node, TextRef ref);
  bool content(PlanNode& node, store::SpanRow span);
  bool time(PlanNode& node, int64_t ns) const;

  SearchedRecord searched(store::SpanRow span) const;

  const store::Dataset& dataset_;
  RecordMarks* marks_of_records_;
  store::TraceRow row_;
  uint32_t begin_ = 0, count_ = 0;
  bool has_depths_ = false, has_children_ = false;
  std::vector<uint32_t> depths_, children_;
  Marks marks_, others_, reached_;
  std::vector<uint8_t> states_;
  std::vector<uint32_t> stack_, per_parent_;
  std::vector<uint64_t> hashes_;
  std::string scratch_, value_scratch_;
  uint64_t text_bytes_ = 0;
};

// The name's answer, asked once for each name.
inline bool name_passes(const store::Dataset& dataset, PlanNode& node, StringId id) {
  uint8_t& known = node.by_name[id.v];
  if (known == 0) known = node.test->text(dataset.name_text(id)) ? 2 : 1;
  return known == 2;
}

// The same for values of tags and metadata; those without an id, or that came since, are read.
inline bool value_passes(const store::Dataset& dataset, PlanNode& node, TextRef ref, std::string& scratch) {
  const StringId id = dataset.value_id(ref);
  if (!id.present() || id.v >= node.by_value.size()) return node.test->text(dataset.text_now(ref, scratch));
  uint8_t& known = node.by_value[id.v];
  if (known == 0) known = node.test->text(dataset.raw(ref)) ? 2 : 1;
  return known == 2;
}

inline uint8_t* mark_of(RecordMarks* marks, store::TraceRow row) { return marks != nullptr ? &(*marks)[row.v] : nullptr; }

// False: no value in this JSON text satisfies the condition, so it need not be taken apart.
bool may_hold(const PlanNode& condition, const SearchedRecord& record);

// Whether any value at the end of the path satisfies the test.
bool path_holds(PlanNode& node, FoundValue value, size_t first_step, std::string& scratch);

std::unique_ptr<PlanNode> compile_query(const store::Dataset& dataset, const QueryNode& root,
                                        CaseMode like_case, std::vector<PlanNode*>& prepared,
                                        std::string& warning);

}  // namespace assay::search
