// Any text as a query of the search box, a superset of MLflow's filters.
#include "core/search/query.h"

#include "core/app/query_edit.h"
#include "core/base/utf8.h"
#include "core/search/nearest_filter.h"
#include "core/search/trace_query.h"
#include "tests/fuzz/small_dataset.h"

namespace {

using namespace assay;
using fuzz::check;
using search::QueryNode;

constexpr search::QueryClock kClock{1'795'500'000'000'000'000, 60};

void check_node(const QueryNode& node, std::string_view text, int depth, size_t& nodes) {
  ++nodes;
  check(depth <= 2 * search::kMaxQueryDepth, "a query is not too deep");
  check(node.at_byte <= text.size() && node.size_bytes <= text.size() - node.at_byte,
        "a part stands in the text");
  switch (node.kind) {
    case QueryNode::Kind::Spans:
      check(!node.children.empty() && node.links.size() == node.children.size() - 1,
            "each step has its link");
      break;
    case QueryNode::Kind::And:
    case QueryNode::Kind::Or:
      check(node.children.size() >= 2, "AND and OR join");
      break;
    case QueryNode::Kind::Not:
      check(node.children.size() == 1, "NOT has one part");
      break;
    case QueryNode::Kind::Word:
      check(!node.text.empty(), "a word is not empty");
      break;
    default:
      check(node.children.empty(), "a comparison has no parts");
      break;
  }
  for (const QueryNode& child : node.children)
    check_node(child, text, depth + 1, nodes);
}

void check_query(const Result<search::Query>& query, const search::QueryProblem& problem,
                 std::string_view text) {
  if (!query.ok()) {
    const Error& error = query.error();
    check(!error.what.empty(), "an error says what is wrong");
    check(error.at_byte == kNoPosition || error.at_byte <= text.size(),
          "an error stands in the text");
    check(error.at_byte == kNoPosition || problem.size_bytes <= text.size() - error.at_byte,
          "with all its length");
    return;
  }
  size_t nodes = 0;
  if (!query.value().is_mlflow) check_node(query.value().root, text, 0, nodes);
  check(nodes <= 2 * search::kMaxQueryNodes, "a query is not too large");
  for (const std::string& word : query.value().words)
    check(!word.empty(), "a word to highlight is not empty");
}

std::vector<store::TraceRow> answer(search::Query query, int64_t units = INT64_MAX) {
  search::TraceQuery job(fuzz::small_dataset(), std::move(query), {});
  Budget budget;
  budget.units_left = units;
  for (int steps = 0; job.step(budget) != Progress::Finished; ++steps) {
    check(steps < 1000, "a query ends");
    budget.units_left = units;
  }
  std::vector<store::TraceRow> rows = job.take_rows();
  std::sort(rows.begin(), rows.end());
  return rows;
}

// The rows of a query that is made of another one; nothing when it grew too large.
std::optional<std::vector<store::TraceRow>> answer_of(const std::string& text) {
  Result<search::Query> query = search::parse_own_query(text, kClock);
  if (!query.ok()) return std::nullopt;
  return answer(std::move(query).value());
}

// "and", "or", "not" in small letters are words as long as nothing but words is there: brackets and
// conditions beside them change what they mean.
bool has_small_operator(std::string_view text) {
  const std::string lower = ascii_lower(text);
  for (const std::string_view word : {"and", "or", "not"}) {
    for (size_t at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
      if (text.substr(at, word.size()) == lower.substr(at, word.size())) return true;
    }
  }
  return false;
}

// Truth is two-valued, so the laws of logic hold.
void check_own(const search::Query& query, std::string_view text) {
  const std::vector<store::TraceRow> rows = answer(query);
  check(rows == answer(query, 1), "in small steps the answer is the same");
  if (has_small_operator(text)) return;
  const std::string in_brackets = "(" + std::string(text) + ")";
  if (const auto same = answer_of(in_brackets)) check(*same == rows, "in brackets it is the same");
  if (const auto same = answer_of(in_brackets + " AND " + in_brackets))
    check(*same == rows, "and with itself");
  if (const auto same = answer_of(in_brackets + " OR " + in_brackets))
    check(*same == rows, "or with itself");
  if (const auto others = answer_of("NOT " + in_brackets)) {
    check(rows.size() + others->size() == fuzz::small_dataset().trace_count(),
          "a trace is found or not");
    for (const store::TraceRow row : *others) {
      check(!std::binary_search(rows.begin(), rows.end(), row), "and never both");
    }
  }
}

void check_nearest(const search::Query& query, std::string_view text) {
  const search::NearestFilter nearest = search::nearest_mlflow_filter(query, text);
  Result<search::Filter> filter = search::parse_filter(nearest.filter);
  check(filter.ok(), "the nearest filter is one that MLflow accepts");
  check(nearest.is_exact == nearest.lost.empty(), "what it cannot say is named");
  for (const search::LostPart& part : nearest.lost) {
    check(part.at_byte <= text.size() && part.size_bytes <= text.size() - part.at_byte,
          "and where it stands");
  }
  if (!nearest.is_exact) return;
  search::Query again;
  again.is_mlflow = true;
  again.filter = std::move(filter).value();
  check(answer(std::move(again)) == answer(query), "an exact filter finds the same");
}

// A click on a facet adds a condition, the next one takes it out again.
void check_edits(const search::Query& query, std::string_view text) {
  constexpr std::string_view kCondition = "tags.env = 'prod'";
  if (app::find_order_by(text) != std::string_view::npos || has_small_operator(text)) return;
  if (app::Conditions(text).state_of(kCondition) != app::ConditionState::Absent) return;
  const std::string with = app::toggle_condition(text, kCondition, {});
  check(app::Conditions(with).state_of(kCondition) == app::ConditionState::Included,
        "a condition is added");
  check(app::Conditions(app::toggle_condition(with, kCondition, {})).state_of(kCondition) ==
            app::ConditionState::Absent,
        "and taken out");
  const std::string without = app::toggle_exclusion(text, kCondition);
  check(app::Conditions(without).state_of(kCondition) == app::ConditionState::Excluded, "or excluded");
  const auto found = answer_of(with), others = answer_of(without);
  if (!found || !others) return;
  const std::vector<store::TraceRow> rows = answer(query);
  check(found->size() + others->size() == rows.size(),
        "what is found is found with it or without it");
  for (const store::TraceRow row : *found) {
    check(std::binary_search(rows.begin(), rows.end(), row),
          "with a condition more nothing more is found");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  search::QueryProblem problem, own_problem;
  const Result<search::Query> query = search::parse_query(text, kClock, &problem);
  check_query(query, problem, text);
  if (query.ok() && query.value().is_mlflow) {
    check(search::parse_filter(text).ok(), "what is said to be MLflow's is a filter of MLflow's");
  }
  const Result<search::Query> own = search::parse_own_query(text, kClock, &own_problem);
  check_query(own, own_problem, text);
  if (query.ok()) check_nearest(query.value(), text);
  if (own.ok()) {
    check_own(own.value(), text);
    check_edits(own.value(), text);
  }
  return 0;
}
