// The names of our query language's keys, and what is near to a name that is none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/query.h"

namespace assay::search {

// Where a key stands: outside braces (there "span." comes before a span's keys), or inside.
enum class KeyPlace : uint8_t { Trace, Span };

struct ResolvedKey {
  QueryKey key = QueryKey::TraceId;
  std::vector<PathStep> path;
};

// `text` is the key as written: names, "quoted" or `quoted` parts, [3] and [*]. Names of keys may be written
// in any case; what comes after them (tags, attributes, JSON members) is exact. Nothing when it is no key.
std::optional<ResolvedKey> resolve_key(std::string_view text, KeyPlace place);

// Such keys need a name behind them: tags.NAME. True also for "tags." and the like.
bool lacks_name(std::string_view text, KeyPlace place);

// The nearest key to a text that is none, or "".
std::string nearest_key(std::string_view text, KeyPlace place);

// Every key as it can be written at that place: for completion. `word` alone, without the names that follow it.
struct KnownKey {
  std::string_view word;
  QueryKey key;
  std::string_view main;     // the first spelling of the same key; equal to `word` for that one
  bool needs_name = false;   // tags.NAME
  bool may_go_on = false;    // inputs, inputs.question
};
std::vector<KnownKey> known_keys(KeyPlace place);

// Steps of a path, or nothing when brackets or quotes are wrong.
std::optional<std::vector<PathStep>> split_path(std::string_view text);

// How many letters differ (added, left out, changed, two exchanged), or `limit` + 1 when more than that.
// Code points; takes time in the product of the lengths, which are cut at 64.
uint32_t edit_distance(std::string_view a, std::string_view b, uint32_t limit);

}  // namespace assay::search
