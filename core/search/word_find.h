// WordFinder: looks for a word or a phrase without regard to the case of letters (fold_letter), in plain text
// or in the JSON text of a record. A word may stand inside another one, as Chinese and Japanese need it.
//
// In a record the word is looked for in the bytes as they stand, and in the text that is left when JSON's
// escapes are undone (escapes.h). A word with a backslash in it is also looked for with each backslash written
// two and four times. Letters and digits of ASCII that a writer escaped without need (\u0041) are not found.
//
// A word with full-width letters or digits, as Chinese and Japanese keyboards write them, is also found by their ASCII
// forms. Not the other way round: most words are ASCII, and would have to be looked for twice in every record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/text_find.h"
#include "core/store/dataset.h"

namespace assay::search {

class WordFinder {
 public:
  explicit WordFinder(std::string_view word);

  bool is_in(std::string_view text) const;
  bool is_in_record(std::string_view json) const;
  // False: it is not in this record, which is packed and need not be unpacked.
  bool may_be_in_record(const store::Dataset& dataset, TextRef record) const;

  // The first place at or after `from` in plain text, or kNotFound; `size_bytes` gets its length there.
  size_t find(std::string_view text, size_t from, size_t& size_bytes) const;

 private:
  enum class Escapes : uint8_t { Kept, Undone };
  size_t scan(std::string_view text, size_t from, Escapes escapes, size_t& end) const;
  bool may_be_in(std::string_view text) const;
  size_t find_own(std::string_view text, size_t from, size_t& size_bytes) const;
  bool own_is_in_record(std::string_view json) const;

  std::vector<uint32_t> letters_;  // folded
  std::vector<uint32_t> back_;     // Knuth, Morris, Pratt: where to go on after a mismatch
  bool is_simple_ = false;         // plain ASCII that no writer escapes: finders_[0] is the word
  // One of these stands in every text that holds the word; none: not known.
  std::vector<TextFinder> finders_;
  std::vector<TextFinder> escaped_;  // the same as JSON escapes, for records
  std::vector<WordFinder> doubled_;  // with twice and four times the backslashes
  std::vector<WordFinder> narrow_;   // the word in ASCII, where it holds full-width letters
};

}  // namespace assay::search
