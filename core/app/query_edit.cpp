#include "core/app/query_edit.h"

#include <algorithm>
#include <utility>

#include "core/base/utf8.h"
#include "core/search/query_tokens.h"

namespace assay::app {
namespace {

// The words of the query language; none when the text cannot be taken apart (a quote that is not closed).
std::vector<search::QueryToken> tokens_of(std::string_view text) {
  search::QueryProblem problem;
  Result<std::vector<search::QueryToken>> tokens = search::tokenize_query(text, problem);
  return tokens.ok() ? std::move(tokens).value() : std::vector<search::QueryToken>{};
}

// "and", "or", "between", … in small letters; "" for what is no bare word.
std::string key_word(const search::QueryToken& token) {
  if (token.type == search::QueryTokenType::Word) return ascii_lower(token.text);
  if (token.type != search::QueryTokenType::Symbol) return {};
  return token.text == "&&" ? "and" : token.text == "||" ? "or" : "";
}

int bracket_step(const search::QueryToken& token) {
  if (token.type != search::QueryTokenType::Symbol) return 0;
  if (token.text == "(" || token.text == "{") return 1;
  return token.text == ")" || token.text == "}" ? -1 : 0;
}

// The parts between `separator` ("and", "or") outside of quotes and brackets.
std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  int depth = 0;
  bool between = false;
  for (const search::QueryToken& token : tokens_of(text)) {
    depth += bracket_step(token);
    if (depth != 0) continue;
    const std::string word = key_word(token);
    if (word == "between") between = true;
    if (word != separator) continue;
    if (!between || separator != "and") {
      parts.push_back(trimmed(text.substr(begin, token.begin - begin)));
      begin = token.end;
    }
    between = false;
  }
  parts.push_back(trimmed(text.substr(begin)));
  return parts;
}

std::string_view without_brackets(std::string_view text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return {};
  // The first bracket must close at the end.
  int depth = 0;
  for (const search::QueryToken& token : tokens_of(text)) {
    depth += bracket_step(token);
    if (depth == 0 && token.end < text.size()) return {};
  }
  return depth == 0 ? text.substr(1, text.size() - 2) : std::string_view();
}

std::vector<std::string> alternatives_of(std::string_view condition) {
  std::vector<std::string> out;
  const std::string_view inner = without_brackets(condition);
  if (inner.empty()) return out;
  for (const std::string_view part : split(inner, "or")) out.emplace_back(part);
  return out;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string opposite(std::string_view condition) {
  const bool several = split(condition, "and").size() > 1 || split(condition, "or").size() > 1;
  return several ? "NOT (" + std::string(condition) + ")" : "NOT " + std::string(condition);
}

std::string with_order(std::string_view query, std::vector<std::string> conditions) {
  std::string out = joined(conditions, " AND ");
  const size_t order_at = find_order_by(query);
  if (order_at == std::string_view::npos) return out;
  if (!out.empty()) out += ' ';
  return out + std::string(trimmed(query.substr(order_at)));
}

}  // namespace

size_t find_order_by(std::string_view text) {
  const std::vector<search::QueryToken> tokens = tokens_of(text);
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (key_word(tokens[i]) == "order" && key_word(tokens[i + 1]) == "by") return tokens[i].begin;
  }
  return std::string_view::npos;
}

Conditions::Conditions(std::string_view query) {
  const std::string_view text = trimmed(query.substr(0, find_order_by(query)));
  if (text.empty()) return;
  if (split(text, "or").size() > 1) {
    list_.push_back("(" + std::string(text) + ")");
  } else {
    for (const std::string_view part : split(text, "and")) {
      if (!part.empty()) list_.emplace_back(part);
    }
  }
  for (const std::string& one : list_) {
    for (std::string& alternative : alternatives_of(one)) alternatives_.push_back(std::move(alternative));
  }
}

ConditionState Conditions::state_of(std::string_view condition) const {
  if (list_.empty()) return ConditionState::Absent;
  if (has(list_, opposite(condition))) return ConditionState::Excluded;
  if (has(alternatives_, condition)) return ConditionState::Included;
  for (const std::string_view part : split(condition, "and")) {
    if (!has(list_, part)) return ConditionState::Absent;
  }
  return ConditionState::Included;
}

std::string without_condition(std::string_view query, std::string_view condition) {
  std::vector<std::string> kept;
  const auto parts = split(condition, "and");
  const Conditions conditions(query);
  for (std::string one : conditions.list()) {
    if (one == condition || one == opposite(condition)) continue;
    if (std::find(parts.begin(), parts.end(), one) != parts.end()) continue;
    std::vector<std::string> alternatives = alternatives_of(one);
    if (has(alternatives, condition)) {
      alternatives.erase(std::find(alternatives.begin(), alternatives.end(), condition));
      one = alternatives.size() == 1 ? alternatives.front() : "(" + joined(alternatives, " OR ") + ")";
    }
    kept.push_back(std::move(one));
  }
  return with_order(query, std::move(kept));
}

std::string toggle_condition(std::string_view query, std::string_view condition,
                             const std::vector<std::string>& siblings) {
  const ConditionState state = Conditions(query).state_of(condition);
  std::string rest = without_condition(query, condition);
  if (state == ConditionState::Included) return rest;
  std::vector<std::string> group;
  for (const std::string& sibling : siblings) {
    if (sibling == condition || Conditions(rest).state_of(sibling) != ConditionState::Included) continue;
    group.push_back(sibling);
    rest = without_condition(rest, sibling);
  }
  std::vector<std::string> conditions = Conditions(rest).list();
  group.emplace_back(condition);
  for (std::string& one : group) {
    if (group.size() > 1 && split(one, "and").size() > 1) one = "(" + one + ")";
  }
  conditions.push_back(group.size() == 1 ? group.front() : "(" + joined(group, " OR ") + ")");
  return with_order(query, std::move(conditions));
}

std::string toggle_exclusion(std::string_view query, std::string_view condition) {
  const ConditionState state = Conditions(query).state_of(condition);
  const std::string rest = without_condition(query, condition);
  if (state == ConditionState::Excluded) return rest;
  std::vector<std::string> conditions = Conditions(rest).list();
  conditions.push_back(opposite(condition));
  return with_order(query, std::move(conditions));
}

}  // namespace assay::app
