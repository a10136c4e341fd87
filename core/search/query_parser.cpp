#include "core/search/query_parser.h"

#include "core/base/utf8.h"
#include "core/search/decimal.h"
#include "core/search/filter_terms.h"

namespace assay::search {
namespace {

// A condition on a span that stands outside of braces: it joins its neighbours.
bool is_bare_span(const QueryNode& node) {
  if (node.kind == QueryNode::Kind::Compare) return is_span_key(node.key);
  if (node.kind != QueryNode::Kind::And && node.kind != QueryNode::Kind::Or) return false;
  for (const QueryNode& child : node.children) {
    if (!is_bare_span(child)) return false;
  }
  return true;
}

std::string_view without_punctuation(std::string_view word) {
  const size_t end = word.find_last_not_of(",.;:!?");
  return end == std::string_view::npos ? word : word.substr(0, end + 1);
}

}  // namespace

bool QueryParser::is_word(std::string_view upper, size_t ahead) const {
  const QueryToken& here = token(ahead);
  return here.type == QueryTokenType::Word && here.text.size() == upper.size() &&
         upper_ascii(here.text) == upper;
}

bool QueryParser::is_operator(std::string_view upper, std::string_view symbol, size_t ahead) const {
  if (!symbol.empty() && is_symbol(symbol, ahead)) return true;
  return is_word(upper, ahead) && (!only_words_ || token(ahead).text == upper);
}

bool QueryParser::take_symbol(std::string_view symbol) {
  if (!is_symbol(symbol)) return false;
  ++at_;
  return true;
}

// The first failure counts. It moves on to the end of the query, so that everything that is under way ends.
QueryParser::Failed QueryParser::record(Error error, uint32_t size_bytes, std::string suggestion) {
  at_ = tokens_.size() - 1;
  if (failed_) return {};
  failed_ = true;
  error_ = std::move(error);
  problem_.size_bytes = size_bytes;
  problem_.suggestion = std::move(suggestion);
  return {};
}

QueryParser::Failed QueryParser::fail(std::string what, const QueryToken& at, std::string suggestion) {
  return record(make_error(ErrorCode::InvalidParameter, std::move(what), at.begin), at.end - at.begin,
                std::move(suggestion));
}

QueryParser::Failed QueryParser::too_large(const char* what, uint32_t at_byte) {
  return record(make_error(ErrorCode::TooLarge, what, at_byte), 0, {});
}

QueryParser::Failed QueryParser::fail_here(const char* expected) {
  std::string what =
      token().type == QueryTokenType::End ? "The query ends too early: " : "This cannot stand here: ";
  return fail(what + expected, token());
}

QueryNode QueryParser::new_node(QueryNode::Kind kind, size_t first_token) {
  if (++nodes_ > kMaxQueryNodes) {
    return too_large("The query has more than 1000 conditions. Shorten it.", tokens_[first_token].begin);
  }
  QueryNode node;
  node.kind = kind;
  node.at_byte = tokens_[first_token].begin;
  return node;
}

void QueryParser::close(QueryNode& node, size_t first_token) const {
  node.at_byte = tokens_[first_token].begin;
  node.size_bytes = at_ > first_token ? tokens_[at_ - 1].end - node.at_byte : 0;
}

bool QueryParser::ends_list() const {
  return token().type == QueryTokenType::End || is_symbol(")") || is_symbol("}") || is_operator("OR", "||");
}

Result<QueryNode> QueryParser::run() {
  only_words_ = true;
  for (const QueryToken& one : tokens_) {
    const bool is_sign = one.type == QueryTokenType::Symbol && one.text != ",";
    if (is_sign || one.type == QueryTokenType::Regex) only_words_ = false;
  }
  QueryNode root = parse_or();
  if (only_words_ && saw_condition_ && !failed_) {  // it has more than words: read "and" as AND
    at_ = nodes_ = texts_ = 0;
    only_words_ = false;
    root = parse_or();
  }
  if (is_symbol(")") || is_symbol("}"))
    fail("There is no opening bracket for this one. Take it away.", token());
  if (failed_) return std::move(error_);
  return root;
}

QueryNode QueryParser::parse_or() {
  const size_t first = at_;
  if (++depth_ > kMaxQueryDepth) {
    return too_large("The query is nested more than 60 levels deep. Take brackets away.", token().begin);
  }
  QueryNode left = parse_and();
  if (is_operator("OR", "||")) {
    QueryNode list = new_node(QueryNode::Kind::Or, first);
    list.children.push_back(std::move(left));
    while (is_operator("OR", "||")) {
      ++at_;
      list.children.push_back(parse_and());
    }
    close(list, first);
    left = std::move(list);
  }
  --depth_;
  return left;
}

QueryNode QueryParser::parse_and() {
  const size_t first = at_;
  std::vector<QueryNode> list, bare;
  bool skipped = false;  // MLflow takes AND where there is nothing to join, so do we
  while (true) {
    while (is_operator("AND", "&&") || is_symbol(",")) {
      skipped = true;
      ++at_;
    }
    if (ends_list()) break;
    QueryNode node = parse_not();
    (is_bare_span(node) && !in_span_ ? bare : list).push_back(std::move(node));
  }
  if (list.empty() && bare.empty()) {
    if (skipped && token().type == QueryTokenType::End) return new_node(QueryNode::Kind::Everything, first);
    return fail_here("a condition or a word should.");
  }
  if (!bare.empty()) list.push_back(wrap_spans(std::move(bare)));
  if (list.size() == 1) return std::move(list[0]);
  QueryNode node = new_node(QueryNode::Kind::And, first);
  node.children = std::move(list);
  close(node, first);
  return node;
}

// Conditions on spans that stand side by side hold for one and the same span, as in MLflow.
QueryNode QueryParser::wrap_spans(std::vector<QueryNode> conditions) {
  const uint32_t begin = conditions.front().at_byte;
  const uint32_t end = conditions.back().at_byte + conditions.back().size_bytes;
  QueryNode spans = new_node(QueryNode::Kind::Spans, 0);
  spans.is_dotted = true;
  spans.at_byte = begin;
  spans.size_bytes = end - begin;
  if (conditions.size() == 1) {
    spans.children = std::move(conditions);
    return spans;
  }
  QueryNode all = new_node(QueryNode::Kind::And, 0);
  all.at_byte = begin;
  all.size_bytes = end - begin;
  all.children = std::move(conditions);
  spans.children.push_back(std::move(all));
  return spans;
}

QueryNode QueryParser::parse_not() {
  if (!is_operator("NOT", "")) return parse_primary();
  const size_t first = at_++;
  if (++depth_ > kMaxQueryDepth) {
    return too_large("The query is nested more than 60 levels deep. Take a NOT away.", token().begin);
  }
  QueryNode child = parse_not();
  --depth_;
  if (!in_span_ && is_bare_span(child)) {
    std::vector<QueryNode> bare;
    bare.push_back(std::move(child));
    child = wrap_spans(std::move(bare));
  }
  QueryNode node = new_node(QueryNode::Kind::Not, first);
  node.children.push_back(std::move(child));
  close(node, first);
  return node;
}

bool QueryParser::starts_spans(size_t ahead) const {
  if (is_symbol("{", ahead)) return true;
  return (is_word("SPAN", ahead) || is_word("SPANS", ahead)) && is_symbol("{", ahead + 1);
}

QueryNode QueryParser::parse_primary() {
  if (take_symbol("(")) {
    const QueryToken& open = tokens_[at_ - 1];
    QueryNode inside = parse_or();
    if (!take_symbol(")")) return fail("This bracket is not closed. Write ) behind the condition.", open);
    return inside;
  }
  if (starts_spans(0)) return parse_spans(SpanQuestion::Any);
  if (starts_spans(1)) {
    const auto asks = [&](SpanQuestion question) {
      ++at_;
      return parse_spans(question);
    };
    if (is_word("ANY") || is_word("SOME")) return asks(SpanQuestion::Any);
    if (is_word("ALL") || is_word("EVERY") || is_word("EACH")) return asks(SpanQuestion::All);
    if (is_word("NO") || is_word("NONE")) return asks(SpanQuestion::None);
  }
  if ((is_word("COUNT") || is_word("REPEATED")) && is_symbol("(", 1) && starts_spans(2)) return parse_count();
  const size_t first = at_;
  if (std::optional<QueryNode> time = parse_time_phrase()) {
    saw_condition_ = true;
    QueryNode node = new_node(QueryNode::Kind::Compare, first);
    node = std::move(*time);
    close(node, first);
    return node;
  }
  if (starts_condition()) {
    saw_condition_ = true;
    return parse_condition();
  }
  return parse_term();
}

QueryNode QueryParser::parse_braces() {
  if (is_word("SPAN") || is_word("SPANS")) ++at_;
  const QueryToken& open = token();
  if (!take_symbol("{")) return fail_here("a condition on spans in braces should, like { type = TOOL }.");
  if (in_span_) return fail("Braces cannot stand inside braces. Join them with >> or >.", open);
  if (take_symbol("}")) return new_node(QueryNode::Kind::Everything, at_ - 2);
  in_span_ = true;
  QueryNode condition = parse_or();
  in_span_ = false;
  if (!take_symbol("}")) return fail("This brace is not closed. Write } behind the condition.", open);
  return condition;
}

// False: no link stands here.
bool QueryParser::parse_link(SpanLink& link) {
  struct Axis {
    std::string_view symbol, negated;
    SpanAxis axis;
  };
  constexpr Axis kAxes[] = {
      {">>", "!>>", SpanAxis::Descendant}, {">", "!>", SpanAxis::Child},   {"<<", "!<<", SpanAxis::Ancestor},
      {"<", "!<", SpanAxis::Parent},       {"~", "!~", SpanAxis::Sibling}, {"then", "!then", SpanAxis::After},
  };
  link.negated = is_word("NOT") && (is_word("THEN", 1) || token(1).type == QueryTokenType::Symbol);
  const size_t at = link.negated ? 1 : 0;
  for (const Axis& axis : kAxes) {
    const bool is_then = axis.axis == SpanAxis::After && is_word("THEN", at);
    const bool is_negated = is_symbol(axis.negated, at);
    if (!is_symbol(axis.symbol, at) && !is_then && !is_negated) continue;
    at_ += at + 1;
    link.axis = axis.axis;
    link.negated = link.negated || is_negated;
    if ((is_word("NO") || is_word("NOT")) && starts_spans(1)) {  // THEN NO span { … }
      link.negated = true;
      ++at_;
    }
    if (!starts_spans(0)) return fail_here("after this sign there must be braces, like { type = TOOL }.");
    return true;
  }
  return false;
}

QueryNode QueryParser::parse_spans(SpanQuestion question) {
  const size_t first = at_;
  QueryNode node = new_node(QueryNode::Kind::Spans, first);
  node.question = question;
  node.children.push_back(parse_braces());
  while (true) {
    SpanLink link;
    if (!parse_link(link)) break;
    node.links.push_back(link);
    node.children.push_back(parse_braces());
  }
  if (question == SpanQuestion::All && !node.links.empty()) {
    return fail("ALL asks for one pair of braces. Use NO span { … } >> { NOT … } for what must not be there.",
                tokens_[first - 1]);
  }
  close(node, first);
  return node;
}

// BY name, inputs, type
bool QueryParser::parse_same(QueryNode& node) {
  if (!is_word("BY")) {
    node.same_name = node.same_inputs = true;
    return true;
  }
  ++at_;
  while (true) {
    if (is_word("NAME")) {
      node.same_name = true;
    } else if (is_word("INPUTS") || is_word("ARGUMENTS")) {
      node.same_inputs = true;
    } else if (is_word("TYPE")) {
      node.same_type = true;
    } else {
      return fail_here("BY takes name, inputs and type.");
    }
    ++at_;
    if (!take_symbol(",")) return true;
  }
}

QueryNode QueryParser::parse_count() {
  const size_t first = at_;
  const bool repeated = is_word("REPEATED");
  at_ += 2;
  QueryNode node = parse_spans(repeated ? SpanQuestion::Repeated : SpanQuestion::Count);
  if (repeated) parse_same(node);
  if (!take_symbol(")"))
    return fail("This bracket is not closed. Write ) behind the braces.", tokens_[first + 1]);
  const QueryToken& sign_at = token();
  const Sign sign = parse_sign();
  if (sign.op > QueryOp::GreaterEqual) return fail("A count is compared with = != < <= > or >=.", sign_at);
  const std::string& number = token().text;
  if (!is_decimal(number)) return fail_here("a count is compared with a number.");
  ++at_;
  node.op = sign.op;
  node.negated = sign.negated;
  node.values.push_back({QueryValue::Kind::Number, number});
  close(node, first);
  return node;
}

// status:error is how others write a condition; here it is a word.
void QueryParser::note_colon(const QueryToken& word) {
  if (word.type != QueryTokenType::Word || !note_.text.empty()) return;
  const size_t colon = word.text.find(':');
  if (colon == 0 || colon == std::string::npos || colon + 1 >= word.text.size()) return;
  const std::string key = word.text.substr(0, colon), value = word.text.substr(colon + 1);
  if (value[0] == '/' || value[0] == ':' || !resolve_key(key, place())) return;
  note_.text = "This looks for the text " + clipped(word.text) + ". A condition is written with =";
  note_.at_byte = word.begin;
  note_.place = {word.end - word.begin, key + " = " + value};
}

QueryNode QueryParser::parse_term() {
  const size_t first = at_;
  const QueryToken& here = token();
  if (here.type != QueryTokenType::Word && here.type != QueryTokenType::String) {
    return fail_here("a condition or a word should.");
  }
  if (here.type == QueryTokenType::Word && !only_words_ && (here.text == "&" || here.text == "|")) {
    const char* joint = here.text == "&" ? "AND" : "OR";
    return fail(std::string("Conditions are joined by ") + joint, here, joint);
  }
  note_colon(here);
  QueryNode node = new_node(QueryNode::Kind::Word, first);
  node.text =
      here.type == QueryTokenType::Word ? without_punctuation(here.text) : std::string_view(here.text);
  if (node.text.empty()) node.kind = QueryNode::Kind::Everything;
  if (++texts_ > kMaxQueryTexts) {
    return too_large("The query has more than 64 words. Shorten it, or put them in quotes.", here.begin);
  }
  ++at_;
  close(node, first);
  return node;
}

}  // namespace assay::search
