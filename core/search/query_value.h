// ValueTest: the sign and the values of one condition, compiled once and asked for many values. It knows
// nothing of keys; whoever asks says what kind of value it has. A value that is not there is not asked about.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/predicate.h"
#include "core/search/query.h"
#include "core/search/record_sieve.h"
#include "core/search/word_find.h"

namespace assay::search {

class ValueTest {
 public:
  // `type` is what the values are. Whole numbers are compared after 10^shift: 6 where the values are in ms
  // and the column is in ns.
  ValueTest(const QueryNode& condition, QueryType type, int shift, CaseMode like_case);

  bool integer(int64_t value) const {
    for (const IntRange& range : ranges_) {
      if (value >= range.low && value <= range.high) return !negated_;
    }
    return negated_;
  }
  bool real(double value) const;
  bool text(std::string_view text);
  // One JSON value: a string is its text, anything else what is written; null is no value.
  bool json(std::string_view json, std::string& scratch);
  // The JSON text of a record, for Contains.
  bool record(const SearchedRecord& record) const;

  // false: a pattern that does not match this JSON with its escapes undone.
  bool may_match_without_escapes(const SearchedRecord& record) const {
    return predicate_.empty() || predicate_[0].may_match_without_escapes(record);
  }

  bool is_presence() const { return op_ == QueryOp::Exists; }
  bool negated() const { return negated_; }
  QueryOp op() const { return op_; }
  const std::string& warning() const { return warning_; }
  int cost() const;  // 0 a comparison, 1 a search, 2 a regular expression

 private:
  struct IntRange {
    int64_t low, high;
  };
  bool compares(std::string_view text, const QueryValue& value) const;
  bool holds(std::string_view text);
  void add_range(const std::string& number, int shift);

  QueryOp op_;
  bool negated_;
  std::vector<QueryValue> values_;
  std::vector<IntRange> ranges_;
  std::vector<double> reals_;
  std::vector<TextPredicate> predicate_;  // none or one
  std::vector<WordFinder> finder_;        // "
  std::string warning_;
};

}  // namespace assay::search
