// Conditions on times: dates, moments, and phrases like "last 24 hours".
#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/search/filter_terms.h"
#include "core/search/query_parser.h"

namespace assay::search {

QueryNode QueryParser::compare_time(QueryKey key, QueryOp op, TimeNs time_ns) const {
  QueryNode node;
  node.kind = QueryNode::Kind::Compare;
  node.key = key;
  node.op = op;
  std::string text;
  append_int(text, time_ns);
  node.values.push_back({QueryValue::Kind::Number, text + "e-6"});
  return node;
}

// The longest run of words that is a time: 2025-01-02 10:15, last 24 hours.
std::optional<TimeSpanNs> QueryParser::take_time() {
  const QueryToken& here = token();
  if (here.type == QueryTokenType::String || here.type == QueryTokenType::Word) {
    size_t count = 1;
    while (here.type == QueryTokenType::Word && count < 4 && token(count).type == QueryTokenType::Word)
      ++count;
    for (; count > 0; --count) {
      std::string words = here.text;
      for (size_t i = 1; i < count; ++i)
        words += " " + token(i).text;
      if (const std::optional<TimeSpanNs> time = parse_time_words(words, clock_)) {
        at_ += count;
        return time;
      }
    }
  }
  return std::nullopt;
}

TimeSpanNs QueryParser::parse_time_value() {
  const QueryToken& here = token();
  if (const std::optional<TimeSpanNs> time = take_time()) return *time;
  return fail(
      "A time should stand here, like 2025-01-31, \"2025-01-31 10:15\", yesterday or \"2 hours ago\".", here);
}

QueryNode QueryParser::time_comparison(const QueryNode& node, Sign sign, const TimeSpanNs& span) {
  const bool is_moment = span.begin_ns == span.end_ns;
  if (sign.op != QueryOp::Equal || is_moment) {
    QueryNode one = compare_time(node.key, sign.op, span.begin_ns);
    one.negated = sign.negated;
    return one;
  }
  // Any time within the day, the minute, ….
  QueryNode both = new_node(sign.negated ? QueryNode::Kind::Or : QueryNode::Kind::And, at_ - 1);
  both.children.push_back(
      compare_time(node.key, sign.negated ? QueryOp::Less : QueryOp::GreaterEqual, span.begin_ns));
  both.children.push_back(
      compare_time(node.key, sign.negated ? QueryOp::GreaterEqual : QueryOp::Less, span.end_ns));
  return both;
}

QueryNode QueryParser::parse_times(QueryNode node, Sign sign) {
  const auto one = [&](Sign one_sign) -> QueryNode {
    if (const std::optional<std::string> ms = number_text(token().text, false)) {
      ++at_;
      QueryNode out = node;
      out.op = one_sign.op;
      out.negated = one_sign.negated;
      out.values.push_back({QueryValue::Kind::Number, *ms});
      return out;
    }
    const TimeSpanNs span = parse_time_value();
    return time_comparison(node, one_sign, span);
  };
  if (sign.is_between) {
    QueryNode both = new_node(sign.negated ? QueryNode::Kind::Or : QueryNode::Kind::And, at_ - 1);
    both.children.push_back(one({sign.negated ? QueryOp::Less : QueryOp::GreaterEqual}));
    if (!is_word("AND")) return fail_here("BETWEEN takes two times with AND between them.");
    ++at_;
    both.children.push_back(one({sign.negated ? QueryOp::Greater : QueryOp::LessEqual}));
    return both;
  }
  if (sign.op != QueryOp::In) return one(sign);
  const QueryToken& open = token();
  if (!take_symbol("(")) return fail_here("IN takes a list in brackets.");
  QueryNode list = new_node(sign.negated ? QueryNode::Kind::And : QueryNode::Kind::Or, at_ - 1);
  while (!is_symbol(")")) {
    if (list.children.size() == kMaxQueryTexts)
      return fail("The list has more than 64 times. Shorten it.", open);
    list.children.push_back(one({QueryOp::Equal, sign.negated}));
    if (!take_symbol(",") && !is_symbol(")"))
      return fail("This list is not closed. Write ) behind it.", open);
  }
  ++at_;
  if (list.children.empty()) return fail("The list is empty. Write times into it.", open);
  return list;
}

// since yesterday, before 2025-01-02, after "2 hours ago", until today, last 24 hours. Nothing, and nothing
// taken, where the words are no time: then they are words.
std::optional<QueryNode> QueryParser::parse_time_phrase() {
  const bool since = is_word("SINCE"), after = is_word("AFTER"), until = is_word("UNTIL"),
             before = is_word("BEFORE");
  const QueryKey key = in_span_ ? QueryKey::SpanStart : QueryKey::StartTime;
  if (is_word("LAST") || is_word("PAST")) {
    for (size_t count = 3; count > 1; --count) {
      std::string words = token().text;
      for (size_t i = 1; i < count; ++i)
        words += " " + token(i).text;
      const std::optional<TimeSpanNs> time = parse_time_words(words, clock_);
      if (!time) continue;
      at_ += count;
      return compare_time(key, QueryOp::GreaterEqual, time->begin_ns);
    }
    return std::nullopt;
  }
  if (!since && !after && !until && !before) return std::nullopt;
  if (token(1).type != QueryTokenType::Word && token(1).type != QueryTokenType::String) return std::nullopt;
  const size_t start = at_++;
  if (const std::optional<TimeSpanNs> time = take_time()) {
    const TimeSpanNs& span = *time;
    const bool is_moment = span.begin_ns == span.end_ns;
    if (since) return compare_time(key, QueryOp::GreaterEqual, span.begin_ns);
    if (before) return compare_time(key, QueryOp::Less, span.begin_ns);
    if (after) return compare_time(key, is_moment ? QueryOp::Greater : QueryOp::GreaterEqual, span.end_ns);
    return compare_time(key, is_moment ? QueryOp::LessEqual : QueryOp::Less, span.end_ns);
  }
  // since 24h, since "2 hours"
  const std::optional<TimeSpanNs> ago = parse_time_words("-" + token().text, clock_);
  if (since && ago && token().text[0] >= '0' && token().text[0] <= '9') {
    ++at_;
    return compare_time(key, QueryOp::GreaterEqual, ago->begin_ns);
  }
  at_ = start;
  return std::nullopt;
}

}  // namespace assay::search
