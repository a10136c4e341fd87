// Conditions: key, sign, value. Names are resolved and values brought into the unit of their key here.
#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/search/decimal.h"
#include "core/search/filter_terms.h"
#include "core/search/query_parser.h"
#include "core/search/regex.h"

namespace assay::search {
namespace {

struct SymbolSign {
  std::string_view symbol;
  QueryOp op;
  bool negated;
};
constexpr SymbolSign kSymbolSigns[] = {
    {"=", QueryOp::Equal, false},   {"==", QueryOp::Equal, false},        {"!=", QueryOp::Equal, true},
    {"<>", QueryOp::Equal, true},   {"<", QueryOp::Less, false},          {"<=", QueryOp::LessEqual, false},
    {">", QueryOp::Greater, false}, {">=", QueryOp::GreaterEqual, false}, {"=~", QueryOp::Regex, false},
    {"!~", QueryOp::Regex, true},
};
struct WordSign {
  std::string_view word;
  QueryOp op;
};
constexpr WordSign kWordSigns[] = {
    {"LIKE", QueryOp::Like}, {"ILIKE", QueryOp::ILike},       {"RLIKE", QueryOp::Regex},
    {"IN", QueryOp::In},     {"CONTAINS", QueryOp::Contains},
};

constexpr std::string_view kTraceStates = " OK ERROR IN_PROGRESS STATE_UNSPECIFIED ";
constexpr std::string_view kSpanStates = " OK ERROR UNSET ";

bool is_order(QueryOp op) { return op >= QueryOp::Less && op <= QueryOp::GreaterEqual; }
bool is_text_op(QueryOp op) { return op >= QueryOp::Like && op <= QueryOp::Contains; }

bool has_word(std::string_view list, std::string_view word) {
  const size_t at =
      word.empty() || word.find(' ') != std::string_view::npos ? std::string_view::npos : list.find(word);
  return at != std::string_view::npos && list[at - 1] == ' ' && list[at + word.size()] == ' ';
}

}  // namespace

std::string nearest_state(std::string_view text, bool of_span) {
  struct Synonym {
    std::string_view word, state;
  };
  constexpr Synonym kSynonyms[] = {{"FAILED", "ERROR"},  {"FAILURE", "ERROR"},       {"FAIL", "ERROR"},
                                   {"SUCCESS", "OK"},    {"SUCCEEDED", "OK"},        {"PASSED", "OK"},
                                   {"RUNNING", "IN_PROGRESS"}, {"ERRORS", "ERROR"},
                                   {"错误", "ERROR"},    {"失败", "ERROR"},          {"成功", "OK"},
                                   {"进行中", "IN_PROGRESS"}};
  if (text.size() > 40) return {};
  std::string upper = upper_ascii(text);
  std::replace_if(upper.begin(), upper.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  const std::string_view states = of_span ? kSpanStates : kTraceStates;
  if (has_word(states, upper)) return upper;
  for (const Synonym& one : kSynonyms) {
    if (one.word == upper && has_word(states, one.state)) return std::string(one.state);
  }
  std::string nearest;
  uint32_t best = 3;
  for (size_t at = 1; at < states.size();) {
    const size_t end = states.find(' ', at);
    const std::string_view state = states.substr(at, end - at);
    // Of "OK" nothing is left when two letters differ.
    const uint32_t limit = std::min<uint32_t>(best - 1, state.size() < 4 ? 1 : 2);
    const uint32_t distance = edit_distance(upper, state, limit);
    if (distance <= limit) {
      best = distance;
      nearest = state;
    }
    at = end + 1;
    if (best == 0) break;
  }
  return nearest;
}

// --- Is it a condition? ---------------------------------------------------------------------------------

bool QueryParser::starts_word_sign(size_t ahead) const {
  if (is_word("IS", ahead))
    return is_word("NULL", ahead + 1) || (is_word("NOT", ahead + 1) && is_word("NULL", ahead + 2));
  if (is_word("EXISTS", ahead)) return true;
  const size_t at = is_word("NOT", ahead) ? ahead + 1 : ahead;
  if (is_word("BETWEEN", at)) return true;
  for (const WordSign& sign : kWordSigns) {
    if (!is_word(sign.word, at)) continue;
    if (sign.op == QueryOp::In) return is_symbol("(", at + 1);
    const QueryTokenType value = token(at + 1).type;
    return value == QueryTokenType::String || value == QueryTokenType::Regex || token(at).text == sign.word;
  }
  return false;
}

bool QueryParser::starts_condition() const {
  const QueryToken& here = token();
  if (here.type != QueryTokenType::Word && here.type != QueryTokenType::String) return false;
  const QueryToken& next = token(1);
  if (next.type == QueryTokenType::Symbol) {
    for (const SymbolSign& sign : kSymbolSigns) {
      if (sign.symbol == next.text) return true;
    }
    return false;
  }
  if (here.type == QueryTokenType::String) return false;
  if (is_word("EXISTS") && token(1).type == QueryTokenType::Word)
    return resolve_key(token(1).text, place()).has_value();
  // In "things like this" there is no key; capitals say that one was meant.
  if (!starts_word_sign(1)) return false;
  return token(1).text == upper_ascii(token(1).text) || resolve_key(here.text, place()).has_value();
}

// --- Errors ---------------------------------------------------------------------------------------------

QueryParser::Failed QueryParser::unknown_key(const QueryToken& at) {
  if (at.type == QueryTokenType::String) {
    return fail("A text in quotes cannot be compared. Write the key without quotes, like tags.\"my key\".",
                at, resolve_key(at.text, place()) ? at.text : std::string());
  }
  const std::string shown = clipped(at.text);
  if (lacks_name(at.text, place())) {
    const std::string_view bare = std::string_view(shown).substr(0, shown.find_last_not_of('.') + 1);
    return fail("A name is missing here: write " + std::string(bare) + ".NAME", at);
  }
  if (in_span_ && resolve_key(at.text, KeyPlace::Trace)) {
    return fail("This is a key of traces, not of spans. Write it outside of the braces: " + shown, at);
  }
  const std::string nearest = nearest_key(at.text, place());
  std::string what = "There is no key " + shown + ". ";
  if (!nearest.empty()) return fail(what + "Did you mean " + nearest + "?", at, nearest);
  what +=
      in_span_
          ? "Spans have name, type, status, duration, attributes.NAME, inputs, outputs and more."
          : "There are status, name, timestamp, duration, tokens, tags.NAME, metadata.NAME, span.name and "
            "more; to look for these words, put them in quotes.";
  return fail(std::move(what), at);
}

bool QueryParser::check_sign(const QueryNode& node, const Sign& sign, const QueryToken& at) {
  const QueryType type = type_of(node.key);
  const bool is_number = type >= QueryType::Integer && type <= QueryType::Duration;
  if (is_number && is_text_op(sign.op))
    return fail("This is a number: compare it with = != < <= > >=, IN or BETWEEN.", at);
  if ((type == QueryType::Text || type == QueryType::State) && is_order(sign.op)) {
    return fail("This is a text without an order: compare it with = != LIKE, CONTAINS, =~ or IN.", at);
  }
  if (type == QueryType::Prompt && (sign.op != QueryOp::Equal || sign.negated)) {
    return fail("A prompt is compared with = 'name/version' only.", at);
  }
  if (type == QueryType::Content && !is_text_op(sign.op)) {
    return fail("Look into this text with CONTAINS, LIKE or =~.", at);
  }
  return true;
}

// A state that does not exist is no error in MLflow; it is worth a word.
void QueryParser::note_state(const QueryNode& node, const QueryValue& value, const QueryToken& at) {
  const std::string_view states = node.key == QueryKey::State ? kTraceStates : kSpanStates;
  if (has_word(states, value.text) || !note_.text.empty()) return;
  std::string meant = nearest_state(value.text, node.key != QueryKey::State);
  if (!meant.empty() && at.type == QueryTokenType::String) meant = "'" + meant + "'";
  note_.at_byte = at.begin;
  note_.place = {at.end - at.begin, std::move(meant)};
  note_.text = "No status is called " + clipped(value.text) + ". There are" +
          std::string(states.substr(0, states.size() - 1)) + ".";
}

// --- Conditions -----------------------------------------------------------------------------------------

QueryParser::Sign QueryParser::parse_sign() {
  Sign sign;
  for (const SymbolSign& entry : kSymbolSigns) {
    if (!is_symbol(entry.symbol)) continue;
    ++at_;
    return Sign{entry.op, entry.negated, false, false};
  }
  sign.is_word = true;
  if (is_word("NOT")) {
    sign.negated = true;
    ++at_;
  }
  sign.is_between = is_word("BETWEEN");
  bool known = sign.is_between;
  for (const WordSign& entry : kWordSigns) {
    if (!is_word(entry.word)) continue;
    sign.op = entry.op;
    known = true;
  }
  if (!known) return fail_here("a sign like = != < > LIKE or IN should.");
  ++at_;
  return sign;
}

// MLflow's LIKE on an attribute looks at the text of the span; everything else looks at the value.
void QueryParser::resolve(QueryNode& node, ResolvedKey key, const Sign& sign) {
  node.key = key.key;
  node.path = std::move(key.path);
  if (in_span_ || node.key != QueryKey::SpanAttribute || !sign.is_word || sign.negated) return;
  if (sign.op < QueryOp::Like || sign.op > QueryOp::Regex) return;
  std::string name;
  for (const PathStep& step : node.path) {
    if (step.kind != PathStep::Kind::Name) return;
    name += (name.empty() ? "" : ".") + step.name;
  }
  node.key = QueryKey::SpanAttributeText;
  node.path = {{PathStep::Kind::Name, std::move(name)}};
}

QueryNode QueryParser::parse_condition() {
  const size_t first = at_;
  QueryNode node = new_node(QueryNode::Kind::Compare, first);
  const bool exists_first =
      is_word("EXISTS") && token(1).type == QueryTokenType::Word && !starts_word_sign(1);
  if (exists_first) ++at_;
  const QueryToken& key_at = token();
  std::optional<ResolvedKey> key;
  if (key_at.type == QueryTokenType::Word) key = resolve_key(key_at.text, place());
  if (!key) return unknown_key(key_at);
  ++at_;
  const QueryToken& sign_at = token();
  if (exists_first || is_word("EXISTS")) {
    if (!exists_first) ++at_;
    resolve(node, std::move(*key), {});
    node = parse_presence(std::move(node), false);
  } else if (is_word("IS")) {
    const bool is_null = is_word("NULL", 1);
    at_ += is_null ? 2 : 3;
    resolve(node, std::move(*key), {});
    node = parse_presence(std::move(node), is_null);
  } else {
    const Sign sign = parse_sign();
    resolve(node, std::move(*key), sign);
    check_sign(node, sign, sign_at);
    node = parse_comparison(std::move(node), sign);
  }
  close(node, first);
  for (QueryNode& part : node.children) {  // of a BETWEEN or a day
    part.at_byte = node.at_byte;
    part.size_bytes = node.size_bytes;
  }
  return node;
}

QueryNode QueryParser::parse_presence(QueryNode node, bool negated) {
  const QueryType type = type_of(node.key);
  if (type == QueryType::Prompt || type == QueryType::Content) {
    return fail("Whether this is there cannot be asked. Compare it with a value.", tokens_[at_ - 1]);
  }
  node.op = QueryOp::Exists;
  node.negated = negated;
  return node;
}

QueryNode QueryParser::parse_comparison(QueryNode node, Sign sign) {
  if (type_of(node.key) == QueryType::Time) return parse_times(std::move(node), sign);
  node.op = sign.op;
  node.negated = sign.negated;
  if (sign.op == QueryOp::In) {
    parse_list(node, sign);
    return node;
  }
  if (sign.is_between) {
    QueryNode low = node, high = node;
    low.op = sign.negated ? QueryOp::Less : QueryOp::GreaterEqual;
    high.op = sign.negated ? QueryOp::Greater : QueryOp::LessEqual;
    low.negated = high.negated = false;
    check_sign(low, {low.op}, token());
    low.values.push_back(parse_value(low, {low.op}));
    if (!is_word("AND")) return fail_here("BETWEEN takes two values with AND between them.");
    ++at_;
    high.values.push_back(parse_value(high, {high.op}));
    QueryNode both = new_node(sign.negated ? QueryNode::Kind::Or : QueryNode::Kind::And, at_ - 1);
    both.children.push_back(std::move(low));
    both.children.push_back(std::move(high));
    return both;
  }
  const bool is_null = token().type == QueryTokenType::Word && is_word("NULL") && sign.op == QueryOp::Equal &&
                       type_of(node.key) >= QueryType::Json;
  if (is_null) {
    ++at_;
    return parse_presence(std::move(node), !sign.negated);
  }
  node.values.push_back(parse_value(node, sign));
  if (node.key == QueryKey::Prompt &&
      std::count(node.values[0].text.begin(), node.values[0].text.end(), '/') != 1) {
    return fail("A prompt is written 'name/version'.", tokens_[at_ - 1]);
  }
  return node;
}

bool QueryParser::parse_list(QueryNode& node, const Sign& sign) {
  const QueryToken& open = token();
  if (!take_symbol("(")) return fail_here("IN takes a list in brackets, like ('a', 'b').");
  while (!is_symbol(")")) {
    if (node.values.size() == kMaxQueryNodes) {
      return too_large("The list has more than 1000 values. Shorten it.", token().begin);
    }
    node.values.push_back(parse_value(node, sign));
    if (!take_symbol(",") && !is_symbol(")"))
      return fail("This list is not closed. Write ) behind it.", open);
  }
  ++at_;
  if (node.values.empty()) return fail("The list is empty. Write values into it, like ('a', 'b').", open);
  return true;
}

QueryValue QueryParser::parse_text_value(const QueryNode& node) {
  QueryValue value;
  const QueryToken& here = token();
  const bool is_text_test = is_text_op(node.op);
  if (here.type == QueryTokenType::Regex && node.op != QueryOp::Regex)
    return fail_here("a regular expression goes with =~.");
  if (is_text_test && ++texts_ > kMaxQueryTexts) {
    return too_large("The query has more than 64 patterns. Shorten it.", here.begin);
  }
  value.text = here.text;
  if (node.op == QueryOp::Regex) {
    const Result<Regex> regex = Regex::compile(value.text);
    if (!regex) return fail("This regular expression is wrong: " + regex.error().what, here);
  }
  ++at_;
  const bool is_state = type_of(node.key) == QueryType::State;
  if (is_state && (node.op == QueryOp::Equal || node.op == QueryOp::In)) {
    if (here.type == QueryTokenType::Word) value.text = upper_ascii(value.text);
    note_state(node, value, here);
  }
  return value;
}

QueryValue QueryParser::parse_value(const QueryNode& node, const Sign& sign) {
  const QueryToken& here = token();
  const QueryType type = type_of(node.key);
  if (here.type == QueryTokenType::Symbol && at_ > 0 && tokens_[at_ - 1].text == "=" && here.begin == tokens_[at_ - 1].end &&
      (here.text == ">" || here.text == "<")) {
    QueryToken both = here;
    both.begin = tokens_[at_ - 1].begin;
    return fail("The sign is written " + here.text + "=", both, here.text + "=");
  }
  if (here.type == QueryTokenType::End || here.type == QueryTokenType::Symbol)
    return fail_here("a value should.");
  QueryValue value;
  value.kind = QueryValue::Kind::Number;
  if (type == QueryType::Integer || type == QueryType::Real) {
    const std::optional<std::string> number = number_text(here.text, true);
    if (!number) return fail("A number should stand here, not " + clipped(here.text), here);
    value.text = *number;
    ++at_;
    return value;
  }
  if (type == QueryType::Duration) {
    std::optional<std::string> length;
    if (token(1).type == QueryTokenType::Word) length = duration_ms_text(here.text + " " + token(1).text);
    at_ += length ? 2 : 1;
    if (!length) length = duration_ms_text(here.text);
    if (!length)
      return fail("A duration should stand here, like 5s, 250ms or 2 min, not " + clipped(here.text), here);
    value.text = *length;
    return value;
  }
  const bool is_json = type == QueryType::Json || type == QueryType::Score;
  if (is_json && here.type == QueryTokenType::Word && !is_text_op(sign.op)) {
    if (const std::optional<std::string> number = number_text(here.text, false)) {
      value.text = *number;
      ++at_;
      return value;
    }
    const std::string lower = ascii_lower(here.text);
    if (lower == "true" || lower == "false") {
      value.kind = is_order(sign.op) ? QueryValue::Kind::Text : QueryValue::Kind::Bool;
      value.text = lower;
      ++at_;
      return value;
    }
  }
  return parse_text_value(node);
}

}  // namespace assay::search
