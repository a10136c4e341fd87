// RowFilter: does a trace satisfy all clauses? Compiled against one data set: names and keys become
// ids, patterns become matchers, and clauses are tried in the order of their cost. All span clauses
// must hold for one and the same span.
//
// Assessments are looked through once, beforehand (prepare() for every row): an assessment of a
// session counts for every trace of that session, so a row cannot be judged alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/filter.h"
#include "core/search/predicate.h"
#include "core/search/record_sieve.h"
#include "core/store/dataset.h"

namespace assay::search {

// The JSON text of a span as MLflow stores it, which its filters search; in `scratch` where it must be
// written.
std::string_view span_content(const store::Dataset& dataset, store::SpanRow span, std::string& scratch);

// The pattern that MLflow looks for in that text when a span's attribute is asked for.
std::string span_attribute_pattern(std::string_view key, std::string_view text, Comparator comparator);

// The session that an assessment is about as a whole, in the data set's names; absent: only its trace.
StringId assessed_session(const store::Dataset& dataset, const store::Assessment& assessment);

class RowFilter {
 public:
  // `dataset` must outlive it and must not change while it is used.
  // `marks` (may be null) as in QueryOptions.
  RowFilter(const store::Dataset& dataset, const Filter& filter, CaseMode like_case, RecordMarks* marks = nullptr);

  bool needs_preparing() const { return has_assessments_; }
  void prepare(store::TraceRow row);

  // Adds the bytes of text that were searched to `text_bytes`.
  bool matches(store::TraceRow row, uint64_t& text_bytes);

  const std::string& warning() const { return warning_; }

 private:
  struct Compiled {
    Field field;
    Comparator comparator;
    TextPredicate text;
    NumberPredicate number;
    int cost = 0;
    StringId key = {};  // of a tag or metadata entry; absent: no trace has it
    bool key_is_empty = false;
    std::vector<uint8_t> by_name = {};        // by StringId: 0 not asked yet, 1 no, 2 yes
    std::vector<uint8_t> by_value = {};       // Tag, Metadata: the same by the data set's value_id()
    uint8_t by_state = 0;                     // bit per TraceState or SpanStatus
    store::TraceRow only_row{store::kNoRow};  // request_id = …
    std::string assessment_name = {};
    std::string value_json = {};       // the value as json.dumps writes it
    std::vector<uint8_t> by_row = {};  // has an assessment that counts
    std::vector<uint8_t> by_session = {};
    std::string prompt_name = {}, prompt_version = {};
  };

  Compiled compile(const Clause& clause, CaseMode like_case);
  void compile_names(Compiled& compiled, const Clause& clause) const;
  void add_sieve(const Clause& clause, CaseMode like_case);
  static int cost_of(const Compiled& compiled);

  bool trace_clause(Compiled& clause, store::TraceRow row);
  bool key_value_clause(Compiled& clause, store::TraceRow row);
  bool name_matches(Compiled& clause, StringId name);
  bool value_matches(Compiled& clause, TextRef value);
  uint32_t next_candidate(uint32_t at, uint32_t end);
  bool span_matches(store::SpanRow span, uint64_t& text_bytes);
  bool server_knows_types(store::TraceRow row) const;
  bool any_span_matches(store::TraceRow row, uint64_t& text_bytes);
  bool assessment_counts(Compiled& clause, const store::Assessment& assessment);
  std::string_view assessment_value(const store::Assessment& assessment);
  bool links_prompt(const Compiled& clause, store::TraceRow row);

  const store::Dataset& dataset_;
  RecordMarks* marks_;
  std::vector<Compiled> trace_clauses_, span_clauses_;  // cheap ones first
  std::vector<RecordSieve> content_sieves_;             // all let a record pass that has such a span
  bool has_assessments_ = false;
  bool has_span_types_ = false;
  std::string warning_;
  std::string scratch_, value_scratch_, content_scratch_;
  uint32_t content_span_ = store::kNoRow;  // whose text content_ is
  std::string_view content_;
};

}  // namespace assay::search
