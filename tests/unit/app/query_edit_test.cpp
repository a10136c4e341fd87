#include "core/app/query_edit.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay::app;

namespace {

std::vector<std::string> conditions_of(std::string_view query) { return Conditions(query).list(); }
ConditionState condition_state(std::string_view query, std::string_view condition) {
  return Conditions(query).state_of(condition);
}

}  // namespace

TEST_CASE("A query is taken apart at its ANDs, and only there") {
  CHECK(conditions_of("") == std::vector<std::string>{});
  CHECK(conditions_of("status = 'OK' AND name = 'this AND that'") ==
        std::vector<std::string>{"status = 'OK'", "name = 'this AND that'"});
  CHECK(conditions_of("a = 1 and (b = 2 AND c = 3) AND span { x = 1 AND y = 2 }") ==
        std::vector<std::string>{"a = 1", "(b = 2 AND c = 3)", "span { x = 1 AND y = 2 }"});
  CHECK(conditions_of("timestamp BETWEEN 1 AND 2 AND cost > 1") ==
        std::vector<std::string>{"timestamp BETWEEN 1 AND 2", "cost > 1"});
  CHECK(conditions_of("a = 1 OR b = 2") == std::vector<std::string>{"(a = 1 OR b = 2)"});
  CHECK(conditions_of("a = 1 ORDER BY timestamp DESC") == std::vector<std::string>{"a = 1"});
  CHECK(conditions_of("brand AND band") == std::vector<std::string>{"brand", "band"});
}

TEST_CASE("A condition is added, joined by OR with its siblings, and taken out again") {
  const std::vector<std::string> siblings{"status = 'OK'", "status = 'ERROR'"};
  std::string query = toggle_condition("", siblings[1], siblings);
  CHECK(query == "status = 'ERROR'");
  CHECK(condition_state(query, siblings[1]) == ConditionState::Included);
  CHECK(condition_state(query, siblings[0]) == ConditionState::Absent);
  query = toggle_condition("cost > 1 AND " + query, siblings[0], siblings);
  CHECK(query == "cost > 1 AND (status = 'ERROR' OR status = 'OK')");
  CHECK(condition_state(query, siblings[0]) == ConditionState::Included);
  CHECK(condition_state(query, siblings[1]) == ConditionState::Included);
  query = toggle_condition(query, siblings[1], siblings);
  CHECK(query == "cost > 1 AND status = 'OK'");
  CHECK(toggle_condition(query, siblings[0], siblings) == "cost > 1");
}

TEST_CASE("A range is one condition of two parts") {
  const std::string range = "duration >= 100 AND duration < 200";
  const std::string query = toggle_condition("name = 'x'", range, {});
  CHECK(query == "name = 'x' AND duration >= 100 AND duration < 200");
  CHECK(condition_state(query, range) == ConditionState::Included);
  CHECK(without_condition(query, range) == "name = 'x'");
  CHECK(toggle_exclusion(query, range) == "name = 'x' AND NOT (duration >= 100 AND duration < 200)");
}

TEST_CASE("Excluding takes the place of including, and what is ordered by stays") {
  std::string query = toggle_exclusion("status = 'OK' AND cost > 1 ORDER BY timestamp", "status = 'OK'");
  CHECK(query == "cost > 1 AND NOT status = 'OK' ORDER BY timestamp");
  CHECK(condition_state(query, "status = 'OK'") == ConditionState::Excluded);
  query = toggle_exclusion(query, "status = 'OK'");
  CHECK(query == "cost > 1 ORDER BY timestamp");
  CHECK(toggle_condition("", "a = 1", {}) == "a = 1");
}

TEST_CASE("A condition beside an OR puts the rest in brackets") {
  CHECK(toggle_condition("a = 1 OR b = 2", "c = 3", {}) == "(a = 1 OR b = 2) AND c = 3");
}

TEST_CASE("Unbalanced and empty texts are left in one piece") {
  for (const char* text : {"'", "(", ")", "a AND", "AND", "((a)", "name = 'x AND y", "ORDER BY", "NOT"}) {
    INFO(text);
    CHECK_NOTHROW(conditions_of(text));
    CHECK(condition_state(text, "z = 1") == ConditionState::Absent);
    CHECK(condition_state(toggle_condition("", "z = 1", {}), "z = 1") == ConditionState::Included);
  }
}

TEST_CASE("Apostrophes and square brackets in words do not hide a condition") {
  for (const char* text : {"don't panic", "![t", "a [b", "it's \"a AND b\""}) {
    INFO(text);
    const std::string with = toggle_condition(text, "z = 1", {});
    CHECK(condition_state(with, "z = 1") == ConditionState::Included);
    CHECK(toggle_condition(with, "z = 1", {}) == text);
    CHECK(condition_state(toggle_exclusion(text, "z = 1"), "z = 1") == ConditionState::Excluded);
  }
  CHECK(conditions_of("don't && won't") == std::vector<std::string>{"don't", "won't"});
}
