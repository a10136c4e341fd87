// The parser of MLflow's filters: sqlparse's tree → clauses, with the checks of MLflow's
// SearchTraceUtils and of its SQL store, in their order.
#include "core/base/numbers.h"
#include "core/search/filter.h"
#include "core/search/filter_terms.h"
#include "core/search/python_literal.h"
#include "core/search/sql_group.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace assay::search {
namespace {

constexpr size_t kMaxFilterBytes = 1 << 20;

// A part of a comparison: a node of the tree, or key words that were put together ("IS NULL").
struct Part {
  uint32_t node = 0;
  bool is_words = false;
  std::string_view value;
  uint32_t begin = 0, end = 0;
};
// What stands at the top level: a comparison of two or three parts, or anything else.
struct Item {
  bool is_comparison = false;
  uint32_t node = 0;
  std::vector<Part> parts;
};

struct Draft {
  Identifier identifier;
  Part left, sign, right;
  Clause clause;
  bool has_list = false;
  std::string list_repr;
};

class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : text_(text) {}

  Result<Filter> run();
  uint32_t error_size_bytes() const { return error_size_bytes_; }

 private:
  const SqlNode& node(uint32_t i) const { return tree_.nodes[i]; }
  std::string_view value(uint32_t i) const {
    return text_.substr(node(i).begin, node(i).end - node(i).begin);
  }
  bool is_leaf(uint32_t i, SqlType type) const {
    return node(i).group == SqlGroup::Leaf && node(i).type == type;
  }
  bool is_key(uint32_t i, std::string_view upper_word) const {
    return is_leaf(i, SqlType::Keyword) && upper_ascii(value(i)) == upper_word;
  }
  bool is_group(const Part& part, SqlGroup group) const {
    return !part.is_words && node(part.node).group == group;
  }
  bool is_type(const Part& part, SqlType type) const {
    return !part.is_words && is_leaf(part.node, type);
  }

  Error fail(std::string what, uint32_t begin, uint32_t end) {
    error_size_bytes_ = end - begin;
    return make_error(ErrorCode::InvalidParameter, std::move(what), begin);
  }
  Error fail(std::string what, const Part& part) {
    return fail(std::move(what), part.begin, part.end);
  }

  Part part_of(uint32_t i) const { return {i, false, value(i), node(i).begin, node(i).end}; }
  Part words(std::string_view text, uint32_t from, uint32_t to) const {
    return {from, true, text, node(from).begin, node(to).end};
  }
  Item item_of(uint32_t i) const;
  std::vector<Item> join_comparisons(const std::vector<uint32_t>& children) const;
  bool join_at(const std::vector<uint32_t>& solid, size_t& i, std::vector<Item>& items) const;

  Status check_shape(const Item& item);
  Result<Draft> parse_comparison(const Item& item);
  Status read_value(Draft& draft);
  Status read_number(Draft& draft);
  Status read_list(Draft& draft);
  Status check_span(const Identifier& identifier, std::string_view comparator, const Draft& draft);
  Result<Clause> resolve(Draft draft);
  Status check_comparator(const Draft& draft, std::optional<Comparator> comparator,
                          const std::string& upper);
  Status set_field(const Draft& draft, Clause& clause);

  std::string_view text_;
  SqlTree tree_;
  uint32_t error_size_bytes_ = 0;
};

Item FilterParser::item_of(uint32_t i) const {
  Item item;
  item.node = i;
  item.is_comparison = node(i).group == SqlGroup::Comparison;
  if (!item.is_comparison) return item;
  for (const uint32_t child : node(i).children) {
    if (node(child).group == SqlGroup::Leaf && is_space(node(child).type)) continue;
    item.parts.push_back(part_of(child));
  }
  return item;
}

// `timestamp > 5`, `a IN (…)`, `a NOT IN (…)`, `a IS NULL`, `a IS NOT NULL` are no comparisons to
// sqlparse: MLflow puts them together. True: `i` stands behind what was taken.
bool FilterParser::join_at(const std::vector<uint32_t>& solid, size_t& i,
                           std::vector<Item>& items) const {
  const uint32_t first = solid[i], second = solid[i + 1], third = solid[i + 2];
  const auto take = [&](std::vector<Part> parts, size_t count) {
    Item item;
    item.is_comparison = true;
    item.node = first;
    item.parts = std::move(parts);
    items.push_back(std::move(item));
    i += count;
    return true;
  };
  if (is_leaf(first, SqlType::Builtin)) {
    const std::optional<Comparator> sign = find_comparator(value(second));
    if (is_leaf(second, SqlType::Comparison) && allows(ComparatorSet::Number, sign) &&
        is_leaf(third, SqlType::Integer)) {
      return take({part_of(first), part_of(second), part_of(third)}, 3);
    }
    return false;
  }
  if (is_key(second, "IN") && node(third).group == SqlGroup::Parenthesis) {
    return take({part_of(first), part_of(second), part_of(third)}, 3);
  }
  if (is_key(second, "IS") && is_key(third, "NULL")) {
    return take({part_of(first), words("IS NULL", second, third)}, 3);
  }
  if (is_key(second, "IS") && is_key(third, "NOT NULL")) {
    return take({part_of(first), words("IS NOT NULL", second, third)}, 3);
  }
  if (i + 3 < solid.size() && is_key(second, "NOT") && is_key(third, "IN") &&
      node(solid[i + 3]).group == SqlGroup::Parenthesis) {
    return take({part_of(first), words("NOT IN", second, third), part_of(solid[i + 3])}, 4);
  }
  return false;
}

// MLflow walks the tokens three or four at a time from each name, so what it calls invalid (and how
// often) depends on where it stands. Followed exactly: the messages show it.
std::vector<Item> FilterParser::join_comparisons(const std::vector<uint32_t>& children) const {
  std::vector<uint32_t> solid;
  for (const uint32_t child : children) {
    if (node(child).group != SqlGroup::Leaf || !is_space(node(child).type)) solid.push_back(child);
  }
  std::vector<Item> items;
  size_t i = 0;
  while (i < solid.size()) {
    const uint32_t first = solid[i];
    if (solid.size() - i < 3) {
      while (i < solid.size())
        items.push_back(item_of(solid[i++]));
      break;
    }
    const bool timestamp = is_leaf(first, SqlType::Builtin) &&
                           (value(first) == "timestamp" || value(first) == "timestamp_ms");
    if (!timestamp && node(first).group != SqlGroup::Identifier) {
      items.push_back(item_of(first));
      ++i;
      continue;
    }
    if (join_at(solid, i, items)) continue;
    const size_t count = timestamp ? 3 : std::min<size_t>(4, solid.size() - i);
    for (size_t k = 0; k < count; ++k)
      items.push_back(item_of(solid[i + k]));
    if (timestamp) items.push_back(item_of(first));
    i += count;
  }
  return items;
}

Status FilterParser::check_shape(const Item& item) {
  const uint32_t begin = item.parts.empty() ? node(item.node).begin : item.parts.front().begin;
  const uint32_t end = item.parts.empty() ? node(item.node).end : item.parts.back().end;
  const bool presence = item.parts.size() == 2 && item.parts[1].is_words;
  if (item.parts.size() != 3 && !presence) {
    return fail(
        "Invalid comparison clause. Expected 3 tokens found " + std::to_string(item.parts.size()),
        begin, end);
  }
  const Part& left = item.parts[0];
  if (!is_group(left, SqlGroup::Identifier) && !is_type(left, SqlType::Builtin)) {
    return fail(
        "Invalid comparison clause. Expected 'Identifier' found '" + clipped(left.value) + "'",
        left);
  }
  return ok_status();
}

Result<Draft> FilterParser::parse_comparison(const Item& item) {
  if (Status shape = check_shape(item); !shape) return shape.take_error();
  Draft draft;
  draft.left = item.parts[0];
  draft.sign = item.parts[1];
  draft.clause.at_byte = draft.left.begin;
  draft.clause.size_bytes = item.parts.back().end - draft.left.begin;
  Result<Identifier> identifier = parse_identifier(draft.left.value, KeyUse::Filter);
  if (!identifier) {
    Error error = identifier.take_error();
    const uint32_t begin = draft.left.begin + static_cast<uint32_t>(error.at_byte);
    return fail(std::move(error.what), begin, draft.left.end);
  }
  draft.identifier = std::move(identifier).value();
  if (item.parts.size() == 2) {
    draft.right = draft.sign;
    return draft;
  }
  draft.right = item.parts[2];
  if (Status read = read_value(draft); !read) return read.take_error();
  if (draft.identifier.entity == Entity::Span) {
    if (Status span = check_span(draft.identifier, draft.sign.value, draft); !span) {
      return span.take_error();
    }
  }
  return draft;
}

Status FilterParser::read_value(Draft& draft) {
  const Entity entity = draft.identifier.entity;
  const Part& right = draft.right;
  if (is_type(right, SqlType::StringSingle) || is_group(right, SqlGroup::Identifier)) {
    const std::optional<std::string_view> inside = inside_quotes(right.value);
    if (!inside) {
      return fail(
          "Parameter value is either not quoted or unidentified quote types used for "
          "string value " +
              clipped(right.value) + ". Use either single or double quotes.",
          right);
    }
    draft.clause.text = *inside;
    return ok_status();
  }
  const bool takes_list =
      entity == Entity::Attribute || entity == Entity::Tag || entity == Entity::Span;
  if (takes_list && is_group(right, SqlGroup::Parenthesis)) return read_list(draft);
  if (entity != Entity::Attribute) {
    return fail("Expected a quoted string value for " + std::string(entity_name(entity)) +
                    " (e.g. 'my-value'). Got value " + clipped(right.value),
                right);
  }
  if (is_type(right, SqlType::Integer) || is_type(right, SqlType::Float)) return read_number(draft);
  return fail(
      "Expected a quoted string value or a list of quoted string values for attributes. "
      "Got value " +
          clipped(right.value),
      right);
}

Status FilterParser::read_number(Draft& draft) {
  const Part& right = draft.right;
  if (!is_numeric_key(draft.identifier.key)) {
    return fail("Only the '" + std::string(numeric_keys_text()) +
                    "' attributes support comparison with numeric values.",
                right);
  }
  Clause& clause = draft.clause;
  clause.text = right.value;
  clause.is_number = true;
  if (is_type(right, SqlType::Integer)) {
    if (const std::optional<int64_t> integer = parse_int64(right.value)) {
      clause.is_integer = true;
      clause.integer = *integer;
      clause.number = static_cast<double>(*integer);
      return ok_status();
    }
  }
  // "100." and ".5" are numbers here.
  std::string digits(right.value);
  const size_t dot = digits.find('.');
  if (dot != std::string::npos) {
    if (dot + 1 == digits.size()) digits += '0';
    if (dot == 0 || digits[dot - 1] == '-') digits.insert(dot, "0");
  }
  const std::optional<double> number = parse_double(digits);
  if (!number) {
    return fail("The number " + clipped(right.value) +
                    " cannot be read. Write it with the digits "
                    "0-9.",
                right);
  }
  clause.number = *number;
  return ok_status();
}

Status FilterParser::read_list(Draft& draft) {
  const Part& right = draft.right;
  if (draft.identifier.entity == Entity::Attribute && !key_supports_list(draft.identifier.key)) {
    return fail("Only attributes in " + std::string(list_keys_text()) +
                    " supports comparison with a list of quoted string values.",
                right);
  }
  PythonList list = parse_python_list(right.value);
  const std::string start = "While parsing a list in the query, expected ";
  switch (list.kind) {
    case PythonList::Kind::Strings:
      draft.has_list = true;
      draft.list_repr = std::move(list.repr);
      draft.clause.list = std::move(list.strings);
      draft.clause.text = right.value;
      return ok_status();
    case PythonList::Kind::Empty:
      return fail(start + "a non-empty list of string values, but got empty list", right);
    case PythonList::Kind::IllFormed:
      return fail(start + "a non-empty list of string values, but got ill-formed list.", right);
    case PythonList::Kind::Mixed:
      return fail(start +
                      "string value, punctuation, or whitespace, but got different type in "
                      "list: " +
                      clipped(list.repr),
                  right);
    case PythonList::Kind::NotLiteral:
      break;
  }
  const uint32_t begin = right.begin + list.bad_begin;
  const uint32_t end = right.begin + list.bad_end;
  return fail(start + "quoted string values, but got " + clipped(text_.substr(begin, end - begin)) +
                  ". Put it in quotes.",
              begin, end);
}

Status FilterParser::check_span(const Identifier& identifier, std::string_view comparator,
                                const Draft& draft) {
  const std::string& key = identifier.key;
  ComparatorSet set = ComparatorSet::Text;
  if (key.starts_with(kSpanAttributePrefix)) {
    if (key.size() == kSpanAttributePrefix.size()) {
      return fail("Span attribute name cannot be empty after 'attributes.'", draft.left);
    }
  } else if (key == "content") {
    set = ComparatorSet::SpanContent;
  } else if (key != "name" && key != "type" && key != "status") {
    return fail("Invalid span attribute '" + clipped(key) +
                    "'. Supported attributes: name, status, type, attributes.<attribute_name>.",
                draft.left);
  }
  if (allows(set, find_comparator(comparator))) return ok_status();
  return fail("span." + clipped(key) + " comparator '" + clipped(comparator) + "' not one of '" +
                  std::string(comparator_set_text(set)) + "'",
              draft.sign);
}

Status FilterParser::check_comparator(const Draft& draft, std::optional<Comparator> comparator,
                                      const std::string& upper) {
  const Identifier& identifier = draft.identifier;
  const auto refuse = [&](ComparatorSet set, const char* closing) {
    return fail("Invalid comparator '" + clipped(upper) + "' not one of '" +
                    std::string(comparator_set_text(set)) + closing,
                draft.sign);
  };
  switch (identifier.entity) {
    case Entity::Attribute:
      if (is_numeric_key(identifier.key)) {
        if (!allows(ComparatorSet::Number, comparator)) return refuse(ComparatorSet::Number, "");
      } else if (!allows(ComparatorSet::Text, comparator)) {
        return refuse(ComparatorSet::Text, "'");
      }
      return ok_status();
    case Entity::Tag:
      if (identifier.key == kLinkedPromptsTag) {
        if (comparator == Comparator::Equal) return ok_status();
        return fail("Invalid comparator '" + clipped(upper) +
                        "' for prompts filter. Only '=' is supported with format: prompt = "
                        "\"name/version\"",
                    draft.sign);
      }
      if (!allows(ComparatorSet::Presence, comparator)) return refuse(ComparatorSet::Presence, "");
      return ok_status();
    case Entity::Metadata:
      if (!allows(ComparatorSet::Presence, comparator)) return refuse(ComparatorSet::Presence, "'");
      return ok_status();
    case Entity::Span:
      return check_span(identifier, upper, draft);
    case Entity::Feedback:
    case Entity::Expectation:
      if (identifier.key.empty()) return fail("Assessment field name cannot be empty", draft.left);
      if (allows(ComparatorSet::Presence, comparator)) return ok_status();
      return fail("assessment." + clipped(identifier.key) + " comparator '" + clipped(upper) +
                      "' not one of '" + std::string(comparator_set_text(ComparatorSet::Presence)) +
                      "'",
                  draft.sign);
    case Entity::Issue:
      if (identifier.key != "id") {
        return fail(
            "Invalid issue attribute '" + clipped(identifier.key) + "'. Supported attributes: id",
            draft.left);
      }
      if (allows(ComparatorSet::Issue, comparator)) return ok_status();
      return fail("issue.id comparator '" + clipped(upper) + "' not one of '" +
                      std::string(comparator_set_text(ComparatorSet::Issue)) + "'",
                  draft.sign);
  }
  return ok_status();
}

Status FilterParser::set_field(const Draft& draft, Clause& clause) {
  const std::string& key = draft.identifier.key;
  switch (draft.identifier.entity) {
    case Entity::Attribute:
      clause.field = key == "status"              ? Field::Status
                     : key == "request_id"        ? Field::RequestId
                     : key == "client_request_id" ? Field::ClientRequestId
                     : key == "execution_time_ms" ? Field::ExecutionTimeMs
                     : key == "end_time_ms"       ? Field::EndTimeMs
                                                  : Field::TimestampMs;
      return ok_status();
    case Entity::Tag:
      clause.field = key == kLinkedPromptsTag ? Field::LinkedPrompt : Field::Tag;
      clause.key = key;
      if (clause.field == Field::LinkedPrompt &&
          std::count(clause.text.begin(), clause.text.end(), '/') != 1) {
        return fail("Invalid prompts filter value '" + clipped(clause.text) +
                        "'. Expected format: prompt = \"name/version\"",
                    draft.right);
      }
      return ok_status();
    case Entity::Metadata:
      clause.field = Field::Metadata;
      clause.key = key;
      return ok_status();
    case Entity::Span:
      clause.field = key == "name"     ? Field::SpanName
                     : key == "type"   ? Field::SpanType
                     : key == "status" ? Field::SpanStatus
                                       : Field::SpanContent;
      if (key.starts_with(kSpanAttributePrefix)) {
        const std::string_view name = std::string_view(key).substr(kSpanAttributePrefix.size());
        clause.field = Field::SpanAttribute;
        clause.key = without_backticks(inside_quotes(name).value_or(name));
        if (draft.has_list) {
          const std::string pattern = "%\"" + clause.key + "\"" + draft.list_repr + "%";
          return fail(
              "IN expression list, SELECT construct, or bound parameter object expected, "
              "got " +
                  clipped(python_string_repr(pattern)) + ".",
              draft.right);
        }
      }
      return ok_status();
    case Entity::Feedback:
      clause.field = Field::Feedback;
      clause.key = key;
      return ok_status();
    case Entity::Expectation:
      clause.field = Field::Expectation;
      clause.key = key;
      return ok_status();
    case Entity::Issue:
      clause.field = Field::IssueId;
      return ok_status();
  }
  return ok_status();
}

// What the SQL store does with a parsed comparison: aliases, the comparator, the field.
Result<Clause> FilterParser::resolve(Draft draft) {
  apply_aliases(draft.identifier);
  const std::string upper = upper_ascii(draft.sign.value);
  const std::optional<Comparator> comparator = find_comparator(upper);
  if (Status checked = check_comparator(draft, comparator, upper); !checked) {
    return checked.take_error();
  }
  Clause clause = std::move(draft.clause);
  clause.comparator = *comparator;
  if (Status set = set_field(draft, clause); !set) return set.take_error();
  const bool wants_list =
      clause.comparator == Comparator::In || clause.comparator == Comparator::NotIn;
  if (draft.has_list != wants_list) {
    return fail(wants_list ? "Comparator '" + upper +
                                 "' expects a list of quoted string values. "
                                 "Got value " +
                                 clipped(draft.right.value)
                           : "Comparator '" + upper +
                                 "' expects one quoted string value. Use IN "
                                 "for a list. Got value " +
                                 clipped(draft.right.value),
                draft.right);
  }
  return clause;
}

Result<Filter> FilterParser::run() {
  Filter filter;
  const uint32_t size = static_cast<uint32_t>(text_.size());
  if (text_.empty()) return filter;
  tree_ = parse_sql(text_);
  if (tree_.too_complex) {
    return fail("Error on parsing filter '" + clipped(text_) + "'", 0, size);
  }
  if (tree_.statements.empty()) {
    return fail("Invalid filter '" + clipped(text_) + "'. Could not be parsed.", 0, size);
  }
  if (tree_.statements.size() > 1) {
    const uint32_t second = node(tree_.statements[1]).begin;
    return fail("Search filter contained multiple expression " +
                    python_string_repr(clipped(text_)) + ". Provide AND-ed expression list.",
                second, size);
  }
  const std::vector<Item> items = join_comparisons(node(tree_.statements[0]).children);
  std::string invalid;
  uint32_t begin = 0, end = 0;
  for (const Item& item : items) {
    if (item.is_comparison || is_key(item.node, "AND")) continue;
    if (invalid.empty()) {
      begin = node(item.node).begin;
      end = node(item.node).end;
    }
    if (invalid.size() > 2000) continue;
    invalid += (invalid.empty() ? "'" : ", '") + clipped(value(item.node)) + "'";
  }
  if (!invalid.empty()) {
    return fail("Invalid clause(s) in filter string: " + invalid, begin, end);
  }
  std::vector<Draft> drafts;
  for (const Item& item : items) {
    if (!item.is_comparison) continue;
    Result<Draft> draft = parse_comparison(item);
    if (!draft) return draft.take_error();
    drafts.push_back(std::move(draft).value());
  }
  for (Draft& draft : drafts) {
    Result<Clause> clause = resolve(std::move(draft));
    if (!clause) return clause.take_error();
    filter.clauses.push_back(std::move(clause).value());
  }
  // Of several `run_id = …` only the last one counts.
  const auto is_run = [](const Clause& clause) {
    return clause.field == Field::Metadata && clause.key == kSourceRunMetadata &&
           clause.comparator == Comparator::Equal;
  };
  const auto last = std::find_if(filter.clauses.rbegin(), filter.clauses.rend(), is_run);
  if (last != filter.clauses.rend()) {
    const auto keep = std::prev(last.base());
    filter.clauses.erase(std::remove_if(filter.clauses.begin(), keep, is_run), keep);
  }
  return filter;
}

}  // namespace

Result<Filter> parse_filter(std::string_view text, uint32_t* error_size_bytes) {
  if (text.size() > kMaxFilterBytes) {
    if (error_size_bytes != nullptr) *error_size_bytes = 0;
    return make_error(ErrorCode::TooLarge, "The filter is longer than 1 MB. Shorten it.",
                      kMaxFilterBytes);
  }
  FilterParser parser(text);
  Result<Filter> filter = parser.run();
  if (error_size_bytes != nullptr) *error_size_bytes = filter ? 0 : parser.error_size_bytes();
  return filter;
}

}  // namespace assay::search
