#include "core/search/filter_terms.h"

#include "core/base/utf8.h"

namespace assay::search {
namespace {

struct EntityWord {
  std::string_view word;
  Entity entity;
};
constexpr EntityWord kEntities[] = {
    {"attribute", Entity::Attribute},
    {"attributes", Entity::Attribute},
    {"trace", Entity::Attribute},
    {"tag", Entity::Tag},
    {"tags", Entity::Tag},
    {"metadata", Entity::Metadata},
    {"request_metadata", Entity::Metadata},
    {"span", Entity::Span},
    {"feedback", Entity::Feedback},
    {"expectation", Entity::Expectation},
    {"issue", Entity::Issue},
};
constexpr std::string_view kEntitiesText =
    "{'attribute', 'attributes', 'expectation', 'feedback', 'issue', 'metadata', "
    "'request_metadata', 'span', 'tag', 'tags', 'trace'}";
constexpr std::string_view kFilterKeysText =
    "{'client_request_id', 'end_time', 'end_time_ms', 'execution_time', 'execution_time_ms', "
    "'name', 'prompt', 'request_id', 'run_id', 'status', 'text', 'timestamp', 'timestamp_ms'}";
constexpr std::string_view kOrderKeysText =
    "{'end_time', 'end_time_ms', 'execution_time', 'execution_time_ms', 'experiment_id', 'name', "
    "'request_id', 'run_id', 'status', 'timestamp', 'timestamp_ms'}";
constexpr std::string_view kNumericKeysText =
    "{'end_time', 'end_time_ms', 'execution_time', 'execution_time_ms', 'timestamp', "
    "'timestamp_ms'}";
constexpr std::string_view kListKeysText =
    "{'client_request_id', 'name', 'request_id', 'run_id', 'status'}";

// Whether a printed set lists `word`.
bool lists(std::string_view set, std::string_view word) {
  if (word.find('\'') != std::string_view::npos) return false;
  const std::string quoted = "'" + std::string(word) + "'";
  return set.find(quoted) != std::string_view::npos;
}

}  // namespace

std::string_view entity_name(Entity entity) {
  switch (entity) {
    case Entity::Attribute:
      return "attribute";
    case Entity::Tag:
      return "tag";
    case Entity::Metadata:
      return "request_metadata";
    case Entity::Span:
      return "span";
    case Entity::Feedback:
      return "feedback";
    case Entity::Expectation:
      return "expectation";
    case Entity::Issue:
      return "issue";
  }
  return "";
}

Result<Identifier> parse_identifier(std::string_view text, KeyUse use) {
  const size_t dot = text.find('.');
  Identifier identifier;
  std::string_view key = text;
  if (dot != std::string_view::npos) {
    const std::string_view word = without_backticks(text.substr(0, dot));
    key = text.substr(dot + 1);
    bool known = false;
    for (const EntityWord& entry : kEntities) {
      if (entry.word != word) continue;
      identifier.entity = entry.entity;
      known = true;
    }
    if (!known) {
      return make_error(ErrorCode::InvalidParameter,
                        "Invalid entity type '" + clipped(word) + "'. Valid values are " +
                            std::string(kEntitiesText),
                        0);
    }
  }
  key = without_backticks(inside_quotes(key).value_or(key));
  identifier.key = key;
  const std::string_view keys = use == KeyUse::Filter ? kFilterKeysText : kOrderKeysText;
  if (identifier.entity == Entity::Attribute && !lists(keys, key)) {
    return make_error(ErrorCode::InvalidParameter,
                      "Invalid attribute key '" + clipped(key) + "' specified. Valid keys are '" +
                          std::string(keys) + "'",
                      dot == std::string_view::npos ? 0 : dot + 1);
  }
  return identifier;
}

void apply_aliases(Identifier& identifier) {
  if (identifier.entity == Entity::Span) return;
  const std::string key = ascii_lower(identifier.key);
  if (key == "name" || key == "prompt") {
    identifier.entity = Entity::Tag;
    identifier.key = key == "name" ? kTraceNameTag : kLinkedPromptsTag;
  } else if (key == "run_id") {
    identifier.entity = Entity::Metadata;
    identifier.key = kSourceRunMetadata;
  } else if (key == "text") {
    identifier.entity = Entity::Span;
    identifier.key = "content";
  } else if (key == "timestamp" || key == "execution_time" || key == "end_time") {
    identifier.key = key + "_ms";
  }
}

bool is_numeric_key(std::string_view key) { return lists(kNumericKeysText, key); }
bool key_supports_list(std::string_view key) { return lists(kListKeysText, key); }
std::string_view numeric_keys_text() { return kNumericKeysText; }
std::string_view list_keys_text() { return kListKeysText; }

std::optional<Comparator> find_comparator(std::string_view upper_text) {
  for (int i = 0; i <= static_cast<int>(Comparator::IsNotNull); ++i) {
    const Comparator comparator = static_cast<Comparator>(i);
    if (comparator_text(comparator) == upper_text) return comparator;
  }
  return std::nullopt;
}

std::string_view comparator_set_text(ComparatorSet set) {
  switch (set) {
    case ComparatorSet::Text:
    case ComparatorSet::Number:  // MLflow prints the other set here
      return "{'!=', '=', 'ILIKE', 'IN', 'LIKE', 'NOT IN', 'RLIKE'}";
    case ComparatorSet::Presence:
      return "{'!=', '=', 'ILIKE', 'IS NOT NULL', 'IS NULL', 'LIKE', 'RLIKE'}";
    case ComparatorSet::SpanContent:
      return "{'ILIKE', 'LIKE'}";
    case ComparatorSet::Issue:
      return "{'='}";
  }
  return "";
}

bool allows(ComparatorSet set, std::optional<Comparator> comparator) {
  if (!comparator) return false;
  if (set == ComparatorSet::Number) return *comparator <= Comparator::GreaterEqual;
  return lists(comparator_set_text(set), comparator_text(*comparator));
}

std::string upper_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::optional<std::string_view> inside_quotes(std::string_view text) {
  if (text.size() < 2 || text.front() != text.back()) return std::nullopt;
  if (text.front() != '\'' && text.front() != '"') return std::nullopt;
  return text.substr(1, text.size() - 2);
}

std::string_view without_backticks(std::string_view text) {
  if (text.size() < 2 || text.front() != '`' || text.back() != '`') return text;
  return text.substr(1, text.size() - 2);
}

std::string clipped(std::string_view text) {
  constexpr size_t kLongest = 1000;
  if (text.size() <= kLongest) return std::string(text);
  return std::string(utf8_prefix(text, kLongest)) + "…";
}

}  // namespace assay::search
