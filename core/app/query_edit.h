// The text of a query as a list of conditions joined by AND, for what adds and removes them by a click (facets,
// pills). Works on the text alone: quotes, brackets and braces are kept whole, "BETWEEN a AND b" too. A query that
// holds an OR outside of brackets is one condition. What stands from "ORDER BY" on stays where it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::app {

// Where "ORDER BY" begins outside quotes, or npos.
size_t find_order_by(std::string_view query);

enum class ConditionState : unsigned char { Absent, Included, Excluded };

// The conditions of one query, taken apart once.
class Conditions {
 public:
  explicit Conditions(std::string_view query);  // without what is ordered by
  const std::vector<std::string>& list() const { return list_; }
  // Whether all parts of `condition` are among them, alone or as one of several joined by OR in brackets; or its
  // opposite, "NOT (condition)".
  ConditionState state_of(std::string_view condition) const;

 private:
  std::vector<std::string> list_;
  std::vector<std::string> alternatives_;  // those in brackets
};

std::string without_condition(std::string_view query, std::string_view condition);
// Adds the condition, joined by OR with those of `siblings` that the query includes; or takes it out again.
std::string toggle_condition(std::string_view query, std::string_view condition,
                             const std::vector<std::string>& siblings);
// Adds "NOT condition" in place of the condition, or takes it out again.
std::string toggle_exclusion(std::string_view query, std::string_view condition);

}  // namespace assay::app
