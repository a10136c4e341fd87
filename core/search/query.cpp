#include "core/search/query.h"

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/search/filter_terms.h"
#include "core/search/query_parser.h"

#include <algorithm>

namespace assay::search {

QueryNode::QueryNode() = default;
QueryNode::~QueryNode() = default;
QueryNode::QueryNode(const QueryNode&) = default;
QueryNode::QueryNode(QueryNode&&) noexcept = default;
QueryNode& QueryNode::operator=(QueryNode&&) noexcept = default;
Query::Query() = default;
Query::~Query() = default;
Query::Query(const Query&) = default;
Query::Query(Query&&) noexcept = default;
Query& Query::operator=(Query&&) noexcept = default;

namespace {

bool is_trace_id(std::string_view text) {
  if (text.size() != 35 || !text.starts_with("tr-")) return false;
  return std::all_of(text.begin() + 3, text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Whatever a host calls now, times around it stay within 64 bits.
QueryClock sound(const QueryClock& clock) {
  constexpr TimeNs kLatestNs = 8'000'000'000'000'000'000;  // in the year 2223
  constexpr int kMostMinutes = 24 * 60;
  return {std::clamp<TimeNs>(clock.now_ns, 0, kLatestNs),
          std::clamp(clock.utc_offset_minutes, -kMostMinutes, kMostMinutes)};
}

// What must stand in a trace that matches, or one of it.
void collect_words(const QueryNode& node, std::vector<std::string>& words) {
  const bool looks_for_text =
      node.kind == QueryNode::Kind::Word ||
      (node.kind == QueryNode::Kind::Compare && node.op == QueryOp::Contains && !node.negated);
  if (looks_for_text) words.push_back(node.kind == QueryNode::Kind::Word ? node.text : node.values[0].text);
  if (node.kind == QueryNode::Kind::Not) return;
  if (node.kind == QueryNode::Kind::Spans && node.question == SpanQuestion::None) return;
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (i == 0 || node.links.empty() || !node.links[i - 1].negated) collect_words(node.children[i], words);
  }
}

// The place of a clause's value in the query.
void place_value(QueryNote& note, std::string_view text, const Clause& clause) {
  const std::string_view written = text.substr(std::min<size_t>(clause.at_byte, text.size()), clause.size_bytes);
  const size_t at = written.rfind(clause.text);
  if (clause.text.empty() || at == std::string_view::npos) return;
  note.at_byte = static_cast<uint32_t>(clause.at_byte + at);
  note.place.size_bytes = static_cast<uint32_t>(clause.text.size());
}

// Where MLflow's meaning is not what one would think.
QueryNote note_of(const Filter& filter, std::string_view text) {
  QueryNote note;
  for (const Clause& clause : filter.clauses) {
    const bool compares = clause.comparator == Comparator::Equal || clause.comparator == Comparator::NotEqual;
    if (clause.field == Field::SpanAttribute && compares) {
      const std::string meant = "span { attributes.\"" + clipped(clause.key) + "\" " +
                                std::string(comparator_text(clause.comparator)) + " '" + clipped(clause.text) + "' }";
      note.text = "MLflow compares the whole text of a span here, which is never equal. For the value write " + meant + ".";
      const bool is_whole = clause.key.size() + clause.text.size() < 100 && clause.key.find('"') == std::string::npos &&
                            clause.text.find('\'') == std::string::npos;
      note.at_byte = clause.at_byte;
      if (is_whole) note.place = {clause.size_bytes, meant};
      return note;
    }
    const bool is_number = clause.field == Field::TimestampMs || clause.field == Field::ExecutionTimeMs ||
                           clause.field == Field::EndTimeMs;
    if (is_number && !clause.is_number && !parse_double(trimmed(clause.text, kAsciiSpaces))) {
      note.text = "MLflow compares a number with a text here, and every number is less. Put brackets around the "
                  "condition to compare with a time or a duration.";
      note.at_byte = clause.at_byte;
      const std::string_view written = text.substr(std::min<size_t>(clause.at_byte, text.size()), clause.size_bytes);
      if (written.size() < 200) note.place = {clause.size_bytes, "(" + std::string(trimmed(written)) + ")"};
      return note;
    }
    const bool is_state = clause.field == Field::Status || clause.field == Field::SpanStatus;
    if (is_state && compares && note.text.empty()) {
      std::string meant = nearest_state(clause.text, clause.field == Field::SpanStatus);
      if (meant.empty() || meant == clause.text) continue;
      note.text = "No status is called " + clipped(clause.text) + ". Did you mean " + meant + "?";
      place_value(note, text, clause);
      if (note.place.size_bytes > 0) note.place.suggestion = std::move(meant);
    }
  }
  return note;
}

}  // namespace

Result<Query> parse_own_query(std::string_view text, const QueryClock& clock, QueryProblem* problem) {
  QueryProblem unasked;
  QueryProblem& place = problem != nullptr ? *problem : unasked;
  place = {};
  if (text.size() > kMaxQueryBytes) {
    return make_error(ErrorCode::TooLarge, "The query is longer than 64 kB. Shorten it.", kMaxQueryBytes);
  }
  Query query;
  const std::string_view words = trimmed(text, kAsciiSpaces);
  if (words.empty()) return query;
  if (is_trace_id(words)) {
    query.root.kind = QueryNode::Kind::Compare;
    query.root.values.push_back({QueryValue::Kind::Text, std::string(words)});
    query.root.at_byte = static_cast<uint32_t>(words.data() - text.data());
    query.root.size_bytes = static_cast<uint32_t>(words.size());
    return query;
  }
  const std::vector<QueryToken> tokens = ASSAY_TRY(tokenize_query(text, place));
  const QueryClock now = sound(clock);
  QueryParser parser(tokens, text, now, place);
  query.root = ASSAY_TRY(parser.run());
  query.note = parser.note();
  collect_words(query.root, query.words);
  return query;
}

Result<Query> parse_query(std::string_view text, const QueryClock& clock, QueryProblem* problem) {
  const std::string_view words = trimmed(text, kAsciiSpaces);
  if (!words.empty() && !is_trace_id(words)) {
    Result<Filter> filter = parse_filter(text);
    if (filter) {
      Query query;
      query.is_mlflow = true;
      query.filter = std::move(filter).value();
      query.note = note_of(query.filter, text);
      if (problem != nullptr) *problem = {};
      return query;
    }
  }
  return parse_own_query(text, clock, problem);
}

}  // namespace assay::search
