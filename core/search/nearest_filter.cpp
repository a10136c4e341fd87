#include "core/search/nearest_filter.h"

#include <optional>

#include "core/base/numbers.h"
#include "core/search/decimal.h"
#include "core/search/filter_terms.h"
#include "core/search/text_find.h"

namespace assay::search {
namespace {

using Kind = QueryNode::Kind;

bool is_text_key(QueryKey key) {
  return key == QueryKey::State || key == QueryKey::TraceId || key == QueryKey::ClientRequestId ||
         key == QueryKey::SpanName || key == QueryKey::SpanType || key == QueryKey::SpanStatus;
}

class Teller {
 public:
  explicit Teller(NearestFilter& out) : out_(out) {}

  void tell(const QueryNode& node);

 private:
  void lose(CannotSay reason, const QueryNode& node) {
    out_.is_exact = false;
    out_.lost.push_back({reason, node.at_byte, node.size_bytes});
  }
  void tell_or(const QueryNode& node);
  void tell_not(const QueryNode& node);
  void tell_spans(const QueryNode& node);
  void tell_word(const QueryNode& node, std::string_view word);
  void tell_compare(const QueryNode& node);
  void tell_number(const QueryNode& node, Field field, std::string_view key);
  void tell_keyed(const QueryNode& node, Field field, std::string_view prefix, std::string_view key);
  void tell_attribute(const QueryNode& node);
  bool same_key(const QueryNode& node, QueryNode& list) const;
  bool write(const QueryNode& node, Clause clause, std::string key);
  bool take_span(const QueryNode& node);

  NearestFilter& out_;
  bool in_span_ = false, used_span_ = false;
};

// The sign as MLflow has it; nothing for those that it has not.
std::optional<Comparator> comparator_of(const QueryNode& node) {
  switch (node.op) {
    case QueryOp::Equal:
      return node.negated ? Comparator::NotEqual : Comparator::Equal;
    case QueryOp::In:
      return node.negated ? Comparator::NotIn : Comparator::In;
    case QueryOp::Exists:
      return node.negated ? Comparator::IsNull : Comparator::IsNotNull;
    default:
      break;
  }
  if (node.negated) return std::nullopt;
  switch (node.op) {
    case QueryOp::Less:
      return Comparator::Less;
    case QueryOp::LessEqual:
      return Comparator::LessEqual;
    case QueryOp::Greater:
      return Comparator::Greater;
    case QueryOp::GreaterEqual:
      return Comparator::GreaterEqual;
    case QueryOp::Like:
      return Comparator::Like;
    case QueryOp::ILike:
      return Comparator::ILike;
    case QueryOp::Regex:
      return Comparator::RLike;
    default:
      return std::nullopt;
  }
}

// The text in quotes; MLflow knows no escape. "" when it has both kinds.
std::string in_quotes(std::string_view text) {
  const bool single = text.find('\'') == std::string_view::npos;
  if (!single && text.find('"') != std::string_view::npos) return {};
  std::string out = single ? "'" : "\"";
  out += text;
  out += out[0];
  return out;
}

// Writes the clause when MLflow's parser understands it as it is meant.
bool Teller::write(const QueryNode& node, Clause clause, std::string key) {
  std::string text = std::move(key);
  text += ' ';
  text += comparator_text(clause.comparator);
  const bool is_presence =
      clause.comparator == Comparator::IsNull || clause.comparator == Comparator::IsNotNull;
  const bool is_list = clause.comparator == Comparator::In || clause.comparator == Comparator::NotIn;
  bool sayable = true;
  if (is_list) {
    text += " (";
    for (const QueryValue& value : node.values) {
      const std::string quoted = in_quotes(value.text);
      // Lists are read as Python's: a backslash would be an escape.
      sayable = sayable && !quoted.empty() && value.text.find('\\') == std::string::npos;
      if (text.back() != '(') text += ", ";
      text += quoted;
      clause.list.push_back(value.text);
    }
    text += ')';
  } else if (clause.is_number) {
    text += ' ';
    text += clause.text;
  } else if (!is_presence) {
    const std::string quoted = in_quotes(clause.text);
    sayable = !quoted.empty();
    text += ' ';
    text += quoted;
  }
  if (sayable) {
    const Result<Filter> parsed = parse_filter(text);
    sayable = parsed && parsed.value().clauses.size() == 1;
    if (sayable) {
      const Clause& got = parsed.value().clauses[0];
      sayable = got.field == clause.field && got.key == clause.key && got.comparator == clause.comparator &&
                (is_list ? got.list == clause.list : is_presence || got.text == clause.text);
    }
  }
  if (!sayable) {
    lose(CannotSay::Quote, node);
    return false;
  }
  if (!out_.filter.empty()) out_.filter += " AND ";
  out_.filter += text;
  return true;
}

// All span conditions of a filter hold for one span, so there is place for one.
bool Teller::take_span(const QueryNode& node) {
  if (in_span_) return true;
  if (used_span_) {
    lose(CannotSay::SecondSpan, node);
    return false;
  }
  used_span_ = true;
  return true;
}

void Teller::tell(const QueryNode& node) {
  switch (node.kind) {
    case Kind::Everything:
      return;
    case Kind::And:
      for (const QueryNode& child : node.children)
        tell(child);
      return;
    case Kind::Or:
      return tell_or(node);
    case Kind::Not:
      return tell_not(node);
    case Kind::Compare:
      return tell_compare(node);
    case Kind::Word:
      return tell_word(node, node.text);
    case Kind::Spans:
      return tell_spans(node);
  }
}

// Whether `node` is an equality or a list on the key of `list` (taken from the first one), whose values it
// joins.
bool Teller::same_key(const QueryNode& node, QueryNode& list) const {
  const bool spans = node.kind == Kind::Spans && node.question == SpanQuestion::Any && node.links.empty();
  if (spans && !in_span_) return is_span_key(node.children[0].key) && same_key(node.children[0], list);
  if (node.kind != Kind::Compare || !is_text_key(node.key) || node.negated) return false;
  if (node.op != QueryOp::Equal && node.op != QueryOp::In) return false;
  if (!list.values.empty() && list.key != node.key) return false;
  list.key = node.key;
  list.values.insert(list.values.end(), node.values.begin(), node.values.end());
  return true;
}

void Teller::tell_or(const QueryNode& node) {
  QueryNode list;
  list.kind = Kind::Compare;
  list.op = QueryOp::In;
  list.at_byte = node.at_byte;
  list.size_bytes = node.size_bytes;
  for (const QueryNode& child : node.children) {
    if (!same_key(child, list)) return lose(CannotSay::Or, node);
  }
  if (is_span_key(list.key) && !take_span(node)) return;
  tell_compare(list);
}

// What is always there, or asked for its presence.
void Teller::tell_not(const QueryNode& node) {
  const QueryNode& child = node.children[0];
  const bool always =
      child.key == QueryKey::State || child.key == QueryKey::TraceId || child.key == QueryKey::SpanStatus;
  const bool turns =
      child.op == QueryOp::Exists || (always && (child.op == QueryOp::Equal || child.op == QueryOp::In));
  if (child.kind != Kind::Compare || !turns) return lose(CannotSay::Not, node);
  QueryNode turned = child;
  turned.negated = !turned.negated;
  turned.at_byte = node.at_byte;
  turned.size_bytes = node.size_bytes;
  tell_compare(turned);
}

void Teller::tell_spans(const QueryNode& node) {
  const bool is_counted = node.question == SpanQuestion::Count || node.question == SpanQuestion::Repeated;
  if (node.question == SpanQuestion::None) return lose(CannotSay::Count, node);
  if (is_counted) {
    lose(CannotSay::Count, node);
    // More than so many, and not none: then there is one.
    const int sign = compare_decimals(node.values[0].text, "0");
    const bool needs_one =
        !node.negated && (node.op == QueryOp::Greater                                     ? sign >= 0
                          : node.op == QueryOp::GreaterEqual || node.op == QueryOp::Equal ? sign > 0
                                                                                          : false);
    if (!needs_one) return;
  }
  if (node.question == SpanQuestion::All) lose(CannotSay::Count, node);
  if (!node.links.empty()) lose(CannotSay::Structure, node);
  if (!take_span(node)) return;
  const bool was_empty = out_.filter.empty();
  const size_t size = out_.filter.size();
  in_span_ = true;
  tell(node.children[0]);
  in_span_ = false;
  // Nothing could be said about the span: the place is free again.
  if (out_.filter.size() == size || (was_empty && out_.filter.empty())) used_span_ = false;
}

void Teller::tell_word(const QueryNode& node, std::string_view word) {
  if (!is_plain_ascii(word) || word.find_first_of("\"\\/") != std::string_view::npos)
    return lose(CannotSay::Text, node);
  // Words of a query may be in different spans; MLflow takes the same one for all.
  Clause clause;
  clause.field = Field::SpanContent;
  clause.comparator = Comparator::ILike;
  clause.text = "%";
  clause.text += word;
  clause.text += '%';
  if (write(node, std::move(clause), in_span_ ? "span.content" : "trace.text"))
    lose(CannotSay::WordInSpan, node);
}

// MLflow's times and durations are whole milliseconds.
void Teller::tell_number(const QueryNode& node, Field field, std::string_view key) {
  const std::optional<Comparator> comparator = comparator_of(node);
  if (!comparator || node.op > QueryOp::GreaterEqual) return lose(CannotSay::List, node);
  const DecimalFloor whole = floor_decimal(node.values[0].text, 0);
  const bool rounds_up = !whole.is_exact && (node.op == QueryOp::Less || node.op == QueryOp::GreaterEqual);
  if (whole.beyond != 0 || (!whole.is_exact && node.op == QueryOp::Equal))
    return lose(CannotSay::Number, node);
  Clause clause;
  clause.field = field;
  clause.comparator = *comparator;
  clause.is_number = true;
  append_int(clause.text, whole.floor + (rounds_up ? 1 : 0));
  write(node, std::move(clause), std::string(key));
}

// tags.`key` and the like; `key` is "" when the path holds it.
void Teller::tell_keyed(const QueryNode& node, Field field, std::string_view prefix, std::string_view key) {
  const std::optional<Comparator> comparator = comparator_of(node);
  if (key.empty()) {
    if (node.path.size() != 1) return lose(CannotSay::Value, node);
    key = node.path[0].name;
  }
  const bool is_number = !node.values.empty() && node.values[0].kind == QueryValue::Kind::Number;
  const bool is_score = field == Field::Feedback || field == Field::Expectation;
  if (is_number || (is_score && !node.values.empty() && node.values[0].kind == QueryValue::Kind::Bool)) {
    return lose(is_score ? CannotSay::Score : CannotSay::Number, node);
  }
  if (node.op == QueryOp::In) return lose(CannotSay::List, node);
  if (!comparator || (*comparator >= Comparator::Less && *comparator <= Comparator::GreaterEqual)) {
    return lose(CannotSay::Pattern, node);
  }
  Clause clause;
  clause.field = field;
  clause.comparator = *comparator;
  clause.key = key;
  if (!node.values.empty()) clause.text = node.values[0].text;
  std::string name(prefix);
  const char quote = key.find('`') == std::string_view::npos ? '`' : '"';
  name += quote;
  name += key;
  name += quote;
  write(node, std::move(clause), std::move(name));
}

void Teller::tell_attribute(const QueryNode& node) {
  const bool is_equal = node.op == QueryOp::Equal || node.op == QueryOp::Contains;
  const bool is_text = !node.values.empty() && node.values[0].kind == QueryValue::Kind::Text;
  lose(CannotSay::Value, node);
  if (!is_equal || node.negated || !is_text || node.path.size() != 1) return;
  const std::string& text = node.values[0].text;
  if (!is_plain_ascii(text) || text.find_first_of("\"\\/") != std::string::npos) return;
  Clause clause;
  clause.field = Field::SpanAttribute;
  clause.comparator = node.op == QueryOp::Contains ? Comparator::ILike : Comparator::Like;
  clause.key = node.path[0].name;
  clause.text = "%" + text + "%";
  write(node, std::move(clause), "span.attributes.`" + clause.key + "`");
}

void Teller::tell_compare(const QueryNode& node) {
  const std::optional<Comparator> comparator = comparator_of(node);
  switch (node.key) {
    case QueryKey::StartTime:
      return tell_number(node, Field::TimestampMs, "attributes.timestamp_ms");
    case QueryKey::EndTime:
      return tell_number(node, Field::EndTimeMs, "attributes.end_time_ms");
    case QueryKey::Duration:
      return tell_number(node, Field::ExecutionTimeMs, "attributes.execution_time_ms");
    case QueryKey::Name:
      return tell_keyed(node, Field::Tag, "tags.", kTraceNameTag);
    case QueryKey::Session:
      return tell_keyed(node, Field::Metadata, "metadata.", kSessionMetadata);
    case QueryKey::User:
      return tell_keyed(node, Field::Metadata, "metadata.", "mlflow.trace.user");
    case QueryKey::Tag:
      return tell_keyed(node, Field::Tag, "tags.", {});
    case QueryKey::Metadata:
      return tell_keyed(node, Field::Metadata, "metadata.", {});
    case QueryKey::Feedback:
      return tell_keyed(node, Field::Feedback, "feedback.", {});
    case QueryKey::Expectation:
      return tell_keyed(node, Field::Expectation, "expectation.", {});
    case QueryKey::SpanAttributeText:
      return tell_keyed(node, Field::SpanAttribute, "span.attributes.", {});
    case QueryKey::SpanAttribute:
      return tell_attribute(node);
    case QueryKey::SpanContent:
      if (node.op == QueryOp::Contains && !node.negated) return tell_word(node, node.values[0].text);
      break;
    case QueryKey::Issue:
    case QueryKey::Prompt:
      if (comparator != Comparator::Equal) return lose(CannotSay::Pattern, node);
      break;
    case QueryKey::Inputs:
    case QueryKey::Outputs:
    case QueryKey::SpanInputs:
    case QueryKey::SpanOutputs:
    case QueryKey::SpanEvents:
      return lose(CannotSay::Value, node);
    case QueryKey::Request:
    case QueryKey::Response:
    case QueryKey::Rationale:
    case QueryKey::SpanId:
    case QueryKey::SpanMessage:
      return lose(CannotSay::Text, node);
    default:
      if (!is_text_key(node.key)) return lose(CannotSay::Number, node);
      break;
  }
  const bool is_presence = comparator == Comparator::IsNull || comparator == Comparator::IsNotNull;
  if (!comparator || is_presence) return lose(CannotSay::Pattern, node);
  const bool is_content = node.key == QueryKey::SpanContent;
  if (is_content && comparator != Comparator::Like && comparator != Comparator::ILike)
    return lose(CannotSay::Pattern, node);
  struct Row {
    QueryKey key;
    Field field;
    std::string_view text;
  };
  constexpr Row kRows[] = {
      {QueryKey::State, Field::Status, "status"},
      {QueryKey::TraceId, Field::RequestId, "request_id"},
      {QueryKey::ClientRequestId, Field::ClientRequestId, "client_request_id"},
      {QueryKey::SpanName, Field::SpanName, "span.name"},
      {QueryKey::SpanType, Field::SpanType, "span.type"},
      {QueryKey::SpanStatus, Field::SpanStatus, "span.status"},
      {QueryKey::SpanContent, Field::SpanContent, "span.content"},
      {QueryKey::Issue, Field::IssueId, "issue.id"},
      {QueryKey::Prompt, Field::LinkedPrompt, "prompt"},
  };
  for (const Row& row : kRows) {
    if (row.key != node.key) continue;
    Clause clause;
    clause.field = row.field;
    clause.comparator = *comparator;
    if (row.field == Field::LinkedPrompt) clause.key = kLinkedPromptsTag;
    clause.text = node.values[0].text;
    write(node, std::move(clause), std::string(row.text));
  }
}

}  // namespace

std::string_view cannot_say_text(CannotSay reason) {
  switch (reason) {
    case CannotSay::Or:
      return "MLflow joins conditions with AND only";
    case CannotSay::Not:
      return "MLflow has no NOT";
    case CannotSay::Structure:
      return "MLflow does not ask how spans stand to each other";
    case CannotSay::Count:
      return "MLflow asks for one such span only, not for how many";
    case CannotSay::SecondSpan:
      return "MLflow takes all conditions on spans for one and the same span";
    case CannotSay::Number:
      return "MLflow does not compare this as a number";
    case CannotSay::Score:
      return "MLflow 3.11 does not compare scores as numbers";
    case CannotSay::Value:
      return "MLflow does not look into JSON, only for text in a span";
    case CannotSay::Text:
      return "MLflow does not look into this text";
    case CannotSay::List:
      return "MLflow has no IN for this key";
    case CannotSay::Pattern:
      return "MLflow does not have this sign for this key";
    case CannotSay::Quote:
      return "MLflow cannot write this text or name: it knows no escapes, and some names mean others";
    case CannotSay::WordInSpan:
      return "MLflow looks for words in the text of spans only, and for all of them in one span";
  }
  return "";
}

NearestFilter nearest_mlflow_filter(const Query& query, std::string_view text) {
  NearestFilter out;
  if (query.is_mlflow) {
    out.filter = text;
  } else {
    Teller(out).tell(query.root);
  }
  return out;
}

}  // namespace assay::search
