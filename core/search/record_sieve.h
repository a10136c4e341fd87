// RecordSieve: says of the JSON text of a record, without taking it apart, that nothing in it can satisfy a condition
// on a value: the names of its path, and a value that must be equal, stand in the text somewhere, whatever way it is
// written. What passes is still to be looked at exactly.
//
// JSON can hide a text: letters and digits of ASCII as \u0041, numbers with an exponent (1.2345e4). Records that have
// such things pass. To know it, a record is run over a second time, so what was found out is kept for the next searches.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/search/query.h"
#include "core/search/text_find.h"

namespace assay::search {

// By trace row: whether its record hides ASCII, as far as it is known; 0: it is not. To be forgotten when records change.
using RecordMarks = std::vector<uint8_t>;

// The JSON text of a trace, or of one of its spans.
struct SearchedRecord {
  std::string_view json;
  uint8_t* mark = nullptr;  // of its trace, which learns from whole records; null: nothing is kept
  bool is_part = false;     // of its trace's record

  bool hides_ascii() const;
};

class RecordSieve {
 public:
  // `condition` is a comparison with a JSON value.
  explicit RecordSieve(const QueryNode& condition);
  // For LIKE on the text of spans as Python writes it (span_content()): what stands between the signs of the pattern
  // must be in the JSON, as far as it is written there as Python writes it.
  RecordSieve(std::string_view like_pattern, CaseMode like_case);

  bool holds_back() const { return !names_.empty() || !values_.empty(); }  // false: everything passes
  bool passes(const SearchedRecord& record) const;

 private:
  bool has_value(std::string_view json) const;

  std::vector<TextFinder> names_;   // all of them must be there, …
  std::vector<TextFinder> values_;  // … and one of these; empty: any value will do
  bool has_numbers_ = false;
  bool is_content_ = false;
};

}  // namespace assay::search
