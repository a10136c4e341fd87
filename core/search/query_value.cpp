#include "core/search/query_value.h"

#include "core/base/numbers.h"
#include "core/json/unescape.h"
#include "core/search/decimal.h"

namespace assay::search {
namespace {

bool order_holds(QueryOp op, int order) {
  switch (op) {
    case QueryOp::Less:
      return order < 0;
    case QueryOp::LessEqual:
      return order <= 0;
    case QueryOp::Greater:
      return order > 0;
    case QueryOp::GreaterEqual:
      return order >= 0;
    default:
      return order == 0;
  }
}

}  // namespace

ValueTest::ValueTest(const QueryNode& condition, QueryType type, int shift, CaseMode like_case)
    : op_(condition.op), negated_(condition.negated), values_(condition.values) {
  if (type >= QueryType::Integer && type <= QueryType::Duration) {
    for (const QueryValue& value : values_) {
      add_range(value.text, shift);
      reals_.push_back(parse_double(value.text).value_or(0));
    }
  }
  if (values_.empty()) return;
  const std::string& text = values_[0].text;
  if (op_ == QueryOp::Contains) finder_.emplace_back(text);
  const bool is_pattern = op_ == QueryOp::Like || op_ == QueryOp::ILike || op_ == QueryOp::Regex;
  if (!is_pattern) return;
  const Comparator comparator = op_ == QueryOp::Like    ? Comparator::Like
                                : op_ == QueryOp::ILike ? Comparator::ILike
                                                        : Comparator::RLike;
  predicate_.emplace_back(comparator, text, std::vector<std::string>(), like_case);
  warning_ = predicate_[0].warning();
}

int ValueTest::cost() const { return !predicate_.empty() ? predicate_[0].cost() : finder_.empty() ? 0 : 1; }

void ValueTest::add_range(const std::string& number, int shift) {
  const DecimalFloor whole = floor_decimal(number, shift);
  IntRange range{INT64_MIN, INT64_MAX};
  const bool above_all = whole.beyond > 0, below_all = whole.beyond < 0;
  const auto nothing = [&] { range = {1, 0}; };
  // The values up to `whole.floor` are those that are not above the number.
  switch (op_) {
    case QueryOp::Less:
    case QueryOp::LessEqual: {
      if (below_all) return ranges_.push_back({1, 0});
      if (above_all) break;
      range.high = whole.floor;
      if (op_ == QueryOp::Less && whole.is_exact) {
        if (whole.floor == INT64_MIN) {
          nothing();
        } else {
          --range.high;
        }
      }
      break;
    }
    case QueryOp::Greater:
    case QueryOp::GreaterEqual:
      if (above_all) return ranges_.push_back({1, 0});
      if (below_all) break;
      range.low = whole.floor;
      if (op_ == QueryOp::Greater || !whole.is_exact) {
        if (whole.floor == INT64_MAX) {
          nothing();
        } else {
          ++range.low;
        }
      }
      break;
    default:
      range = {whole.floor, whole.floor};
      if (!whole.is_exact) nothing();
      break;
  }
  ranges_.push_back(range);
}

bool ValueTest::real(double value) const {
  for (const double wanted : reals_) {
    if (order_holds(op_, value < wanted ? -1 : value > wanted ? 1 : 0)) return !negated_;
  }
  return negated_;
}

bool ValueTest::compares(std::string_view text, const QueryValue& value) const {
  if (value.kind == QueryValue::Kind::Number) {
    return is_decimal(text) && order_holds(op_, compare_decimals(text, value.text));
  }
  return order_holds(op_, text.compare(value.text));
}

bool ValueTest::holds(std::string_view text) {
  if (!predicate_.empty()) return predicate_[0].matches(text);
  if (!finder_.empty()) return finder_[0].is_in(text);
  if (op_ == QueryOp::Exists) return true;
  for (const QueryValue& value : values_) {
    if (compares(text, value)) return true;
  }
  return false;
}

bool ValueTest::text(std::string_view text) { return holds(text) != negated_; }

bool ValueTest::json(std::string_view json, std::string& scratch) {
  if (json == "null" || json.empty()) return false;
  if (json[0] != '"') {
    const bool is_container = json[0] == '{' || json[0] == '[';
    if (is_container && !finder_.empty()) return finder_[0].is_in_record(json) != negated_;
    return text(json);
  }
  const std::string_view contents = json.substr(1, json.size() - 2);
  if (contents.find('\\') == std::string_view::npos) return text(contents);
  scratch.clear();
  json::append_unescaped(scratch, contents);
  return text(scratch);
}

bool ValueTest::record(const SearchedRecord& record) const {
  return !finder_.empty() && record.holds(finder_[0]) != negated_;
}

}  // namespace assay::search
