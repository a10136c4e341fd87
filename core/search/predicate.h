// A comparator with its value, compiled once and asked for many rows. The primitives of every query
// language over traces: they know nothing of fields.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/filter.h"
#include "core/search/regex.h"
#include "core/search/text_find.h"

namespace assay::search {

// = != LIKE ILIKE RLIKE IN NOT IN on text.
class TextPredicate {
 public:
  // `like_case` is LIKE's; ILIKE never minds the case of ASCII letters.
  TextPredicate(Comparator comparator, std::string text, std::vector<std::string> list,
                CaseMode like_case);

  bool matches(std::string_view text);
  // false: an RLIKE that does not match this record with its escapes undone (Regex::may_match_without_escapes).
  bool may_match_without_escapes(const SearchedRecord& record) const {
    return !regex_ || regex_->may_match_without_escapes(record);
  }
  // What is wrong with the pattern of an RLIKE ("": nothing). Such a predicate matches nothing.
  const std::string& warning() const { return warning_; }
  // How dear one question is: 0 a comparison, 1 a LIKE, 2 a regular expression.
  int cost() const { return regex_ ? 2 : like_ ? 1 : 0; }

 private:
  Comparator comparator_;
  std::string text_;
  std::vector<std::string> list_;  // sorted
  std::unique_ptr<LikeMatcher> like_;
  std::unique_ptr<Regex> regex_;
  std::string warning_;
};

// = != < <= > >= on whole numbers, as SQLite compares them.
class NumberPredicate {
 public:
  // A value written as text is read as a number where the column converts it (`converts_text`) and
  // it looks like one; otherwise any number is less than any text.
  NumberPredicate(const Clause& clause, bool converts_text);
  bool matches(int64_t value) const;

 private:
  Comparator comparator_;
  bool is_text_ = false;
  bool is_integer_ = false;
  int64_t integer_ = 0;
  double number_ = 0;
};

}  // namespace assay::search
