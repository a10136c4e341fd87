// RecordSieve: says of the JSON text of a record, without taking it apart, that nothing in it can satisfy a condition
// on a value: the names of its path, and a value that must be equal, stand in the text somewhere, whatever way it is
// written. What passes is still to be looked at exactly.
//
// JSON can hide a text: letters and digits of ASCII as \u0041, numbers with an exponent (1.2345e4). Records that have
// such things pass.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/search/query.h"
#include "core/search/text_find.h"
#include "core/store/dataset.h"

namespace assay::search {

// What a record hides from a search for literals.
constexpr uint8_t kHidesNothing = 1, kHidesLetters = 2, kHidesNumbers = 4;
uint8_t hidden_in(std::string_view json);

// The same by trace, looked for once for all searches. Void when the data set is cleared.
class RecordNotes {
 public:
  // 0: not known yet.
  uint8_t known(store::TraceRow row) const { return row.v < by_row_.size() ? by_row_[row.v] : 0; }
  uint8_t hidden(store::TraceRow row, std::string_view record);
  void clear() { by_row_.clear(); }

 private:
  std::vector<uint8_t> by_row_;
};

class RecordSieve {
 public:
  // `condition` is a comparison with a JSON value.
  explicit RecordSieve(const QueryNode& condition);
  // A text that must stand in the record, when the escapes of JSON are undone.
  explicit RecordSieve(std::string_view literal, CaseMode mode);
  // The same where the record is compared in the form that Python gives it (python_json.h).
  static RecordSieve of_python_text(std::string_view literal, CaseMode mode);

  bool holds_back() const { return !names_.empty() || !values_.empty(); }  // false: everything passes
  bool has_all(std::string_view json) const;
  bool may_be_hidden(uint8_t hidden) const {
    return (hidden & kHidesLetters) != 0 || (has_numbers_ && (hidden & kHidesNumbers) != 0);
  }
  bool passes(std::string_view json) const { return has_all(json) || may_be_hidden(hidden_in(json)); }

 private:
  bool has_value(std::string_view json) const;

  std::vector<TextFinder> names_;   // all of them must be there, …
  std::vector<TextFinder> values_;  // … and one of these; empty: any value will do
  bool has_numbers_ = false;
};

// What LIKE looks for besides its wildcards: the longest piece of the pattern.
std::string_view longest_piece(std::string_view like_pattern);

}  // namespace assay::search
