// Values inside of JSON: walks a path through the text, without a tree. A text that holds JSON is looked
// into, as attributes and tool arguments are JSON inside of JSON. Of members with the same name the last one
// counts.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/search/query.h"

namespace assay::search {

// The JSON text of a value, or (is_json false) a text that is none.
struct FoundValue {
  std::string_view text;
  bool is_json = true;
};
// True: enough, stop.
using FoundVisitor = bool (*)(void* context, FoundValue value);

// Calls `visit` for each value at the end of the path ([*] gives several); true when it said so. `value` with
// is_json false is looked at once more: when it turns out to be JSON it is taken as such.
bool visit_path(FoundValue value, const PathStep* steps, size_t count, FoundVisitor visit, void* context);

template <typename Visit>
bool visit_path(FoundValue value, const PathStep* steps, size_t count, const Visit& visit) {
  const FoundVisitor call = [](void* context, FoundValue found) {
    return (*static_cast<const Visit*>(context))(found);
  };
  return visit_path(value, steps, count, call, const_cast<void*>(static_cast<const void*>(&visit)));
}

// Whether the whole text is one JSON value.
bool is_json_text(std::string_view text);

}  // namespace assay::search
