// The words of MLflow's filter language: entity prefixes, attribute keys, comparators, and the
// messages that list them. Shared by the parsers of filters and of order_by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/search/filter.h"

namespace assay::search {

enum class Entity : uint8_t { Attribute, Tag, Metadata, Span, Feedback, Expectation, Issue };
std::string_view entity_name(Entity entity);  // "request_metadata" for Metadata

// An identifier, split at its first dot; `key` is freed from quotes or backticks.
struct Identifier {
  Entity entity = Entity::Attribute;
  std::string key;
};
enum class KeyUse : uint8_t { Filter, OrderBy };
// `at_byte` of an error counts from the start of `text`.
Result<Identifier> parse_identifier(std::string_view text, KeyUse use);

// MLflow's aliases, applied to every key but those of spans: name, prompt, run_id and text stand
// for a tag, a tag, a metadata key and span.content, whatever the prefix; timestamp for
// timestamp_ms, ….
void apply_aliases(Identifier& identifier);

bool is_numeric_key(std::string_view key);     // timestamp, execution_time_ms, …
bool key_supports_list(std::string_view key);  // status IN (…)
std::string_view numeric_keys_text();          // "{'end_time', …}"
std::string_view list_keys_text();

// The comparator as MLflow compares it after upper(); nothing for others ("<>", "NOT LIKE", …).
std::optional<Comparator> find_comparator(std::string_view upper_text);

// Sets of comparators as the messages print them, and whether one is in them.
enum class ComparatorSet : uint8_t { Text, Number, Presence, SpanContent, Issue };
bool allows(ComparatorSet set, std::optional<Comparator> comparator);
std::string_view comparator_set_text(ComparatorSet set);

std::string upper_ascii(std::string_view text);
// Without surrounding '…' or "…" (text of two bytes or more); nothing when it has none.
std::optional<std::string_view> inside_quotes(std::string_view text);
std::string_view without_backticks(std::string_view text);
// User text for a message: cut when it is very long.
std::string clipped(std::string_view text);

constexpr std::string_view kTraceNameTag = "mlflow.traceName";
constexpr std::string_view kLinkedPromptsTag = "mlflow.linkedPrompts";
constexpr std::string_view kSourceRunMetadata = "mlflow.sourceRun";
constexpr std::string_view kSessionMetadata = "mlflow.trace.session";
constexpr std::string_view kSchemaVersionMetadata = "mlflow.trace_schema.version";
constexpr std::string_view kSpansLocationTag = "mlflow.trace.spansLocation";
constexpr std::string_view kSpanAttributePrefix = "attributes.";

}  // namespace assay::search
