// RecordSieve: says of the JSON text of a record, without taking it apart, that nothing in it can satisfy a condition
// on a value: the names of its path, and a value that must be equal, stand in the text somewhere, whatever way it is
// written. What passes is still to be looked at exactly.
//
// JSON can hide a text: letters and digits of ASCII as \u0041, numbers with an exponent (1.2345e4). Records that have
// such things pass. To know it, a record is run over a second time, so what was found out is kept for the next searches.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/search/query.h"
#include "core/search/text_find.h"
#include "core/store/dataset.h"

namespace assay::search {

class WordFinder;

// By trace row: whether its record hides ASCII, as far as it is known; 0: it is not. To be forgotten when records change.
using RecordMarks = std::vector<uint8_t>;

// The JSON text of a trace, or of one of its spans. Packed text is unpacked only when its filters cannot answer.
class SearchedRecord {
 public:
  // `mark`: of its trace, which learns from whole records; null: nothing is kept. `is_part`: of its trace's record.
  SearchedRecord(const store::Dataset& dataset, TextRef ref, uint8_t* mark, bool is_part)
      : dataset_(&dataset), ref_(ref), mark_(mark), is_part_(is_part) {}
  explicit SearchedRecord(std::string_view json, uint8_t* mark = nullptr, bool is_part = false)
      : json_(json), mark_(mark), is_part_(is_part) {}

  std::string_view json() const;
  bool holds(const TextFinder& finder) const;
  bool holds(const WordFinder& word) const;
  bool hides_ascii() const;
  uint64_t read_bytes() const { return json_ ? json_->size() : 0; }  // 0: the filters have answered

 private:
  const store::Dataset* dataset_ = nullptr;
  TextRef ref_;
  mutable std::optional<std::string_view> json_;
  uint8_t* mark_;
  bool is_part_;
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
  bool has_value(const SearchedRecord& record) const;

  std::vector<TextFinder> names_;   // all of them must be there, …
  std::vector<TextFinder> values_;  // … and one of these; empty: any value will do
  bool has_numbers_ = false;
  bool is_content_ = false;
};

}  // namespace assay::search
