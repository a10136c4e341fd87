#include "core/search/predicate.h"

#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace assay::search {
namespace {

bool holds(Comparator comparator, int order) {
  switch (comparator) {
    case Comparator::Equal:
      return order == 0;
    case Comparator::NotEqual:
      return order != 0;
    case Comparator::Less:
      return order < 0;
    case Comparator::LessEqual:
      return order <= 0;
    case Comparator::Greater:
      return order > 0;
    case Comparator::GreaterEqual:
      return order >= 0;
    default:
      return false;
  }
}

}  // namespace

TextPredicate::TextPredicate(Comparator comparator, std::string text, std::vector<std::string> list,
                             CaseMode like_case)
    : comparator_(comparator), text_(std::move(text)), list_(std::move(list)) {
  sort_in_place(list_);
  switch (comparator_) {
    case Comparator::Like:
      like_ = std::make_unique<LikeMatcher>(text_, like_case);
      break;
    case Comparator::ILike:
      like_ = std::make_unique<LikeMatcher>(text_, CaseMode::AsciiInsensitive);
      break;
    case Comparator::RLike: {
      Result<Regex> regex = Regex::compile(text_);
      if (regex) {
        regex_ = std::make_unique<Regex>(std::move(regex).value());
      } else {
        warning_ = "RLIKE matches nothing: " + regex.error().what;
      }
      break;
    }
    default:
      break;
  }
}

bool TextPredicate::matches(std::string_view text) {
  switch (comparator_) {
    case Comparator::Equal:
      return text == text_;
    case Comparator::NotEqual:
      return text != text_;
    case Comparator::Like:
    case Comparator::ILike:
      return like_->matches(text);
    case Comparator::RLike:
      return regex_ && regex_->matches(text);
    case Comparator::In:
      return std::binary_search(list_.begin(), list_.end(), text);
    case Comparator::NotIn:
      return !std::binary_search(list_.begin(), list_.end(), text);
    default:
      return false;
  }
}

NumberPredicate::NumberPredicate(const Clause& clause, bool converts_text)
    : comparator_(clause.comparator) {
  if (clause.is_number) {
    is_integer_ = clause.is_integer;
    integer_ = clause.integer;
    number_ = clause.number;
    return;
  }
  const std::string_view text = trimmed(clause.text, kAsciiSpaces);
  const std::optional<int64_t> integer = converts_text ? parse_int64(text) : std::nullopt;
  const bool digit_first = !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
  const std::optional<double> number =
      converts_text && digit_first && text != "-Infinity" ? parse_double(text) : std::nullopt;
  is_integer_ = integer.has_value();
  is_text_ = !integer && !number;
  integer_ = integer.value_or(0);
  number_ = number.value_or(0);
}

bool NumberPredicate::matches(int64_t value) const {
  if (is_text_) return holds(comparator_, -1);
  if (is_integer_) return holds(comparator_, value < integer_ ? -1 : value > integer_ ? 1 : 0);
  const double real = static_cast<double>(value);
  return holds(comparator_, real < number_ ? -1 : real > number_ ? 1 : 0);
}

}  // namespace assay::search
