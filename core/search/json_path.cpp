#include "core/search/json_path.h"

#include <string>

#include "core/base/utf8.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"

namespace assay::search {
namespace {

constexpr int kMaxTextsInTexts = 8;

struct Walk {
  FoundVisitor visit;
  void* context;
  int texts = 0;  // how deep in texts that hold JSON
};

bool walk(Walk& state, FoundValue value, const PathStep* steps, size_t count);

// The value that the reader stands before, consumed.
std::string_view take_value(json::Reader& reader, std::string_view text) {
  reader.peek();  // skips white space
  const uint32_t begin = reader.offset_bytes();
  reader.skip_value();
  return text.substr(begin, reader.offset_bytes() - begin);
}

bool walk_member(Walk& state, std::string_view text, const PathStep* steps, size_t count) {
  json::Reader reader(text);
  if (!reader.enter_object()) return false;
  std::string_view found;
  while (reader.next_key()) {
    if (reader.key_is(steps[0].name)) found = take_value(reader, text);
  }
  if (found.empty() || reader.failed()) return false;
  return walk(state, {found, true}, steps + 1, count - 1);
}

bool walk_elements(Walk& state, std::string_view text, const PathStep* steps, size_t count) {
  int64_t wanted = steps[0].index;
  const bool any = steps[0].kind == PathStep::Kind::Any;
  json::Reader reader(text);
  if (!reader.enter_array()) return false;
  if (wanted < 0 && !any) {
    json::Reader counter(reader);
    while (counter.next_element())
      ++wanted;
    if (wanted < 0) return false;
  }
  for (int64_t i = 0; reader.next_element(); ++i) {
    if (!any && i != wanted) continue;
    const std::string_view element = take_value(reader, text);
    if (reader.failed()) return false;
    if (walk(state, {element, true}, steps + 1, count - 1)) return true;
    if (!any) return false;
  }
  return false;
}

bool walk_text(Walk& state, std::string_view text, const PathStep* steps, size_t count) {
  if (state.texts == kMaxTextsInTexts || !is_json_text(text)) return false;
  ++state.texts;
  const bool stopped = walk(state, {text, true}, steps, count);
  --state.texts;
  return stopped;
}

// Depth is bounded: each level takes a step, or is one of kMaxTextsInTexts.
bool walk(Walk& state, FoundValue value, const PathStep* steps, size_t count) {
  if (!value.is_json && is_json_text(value.text)) value.is_json = true;
  if (value.is_json) value.text = trimmed(value.text);
  if (count == 0) return state.visit(state.context, value);
  if (!value.is_json || value.text.empty()) return false;
  if (value.text[0] == '"') {
    const std::string inside = json::unescaped(value.text.substr(1, value.text.size() - 2));
    return walk_text(state, inside, steps, count);
  }
  return steps[0].kind == PathStep::Kind::Name ? walk_member(state, value.text, steps, count)
                                               : walk_elements(state, value.text, steps, count);
}

}  // namespace

bool is_json_text(std::string_view text) {
  if (text.empty() || std::string_view("{[\"-0123456789tfnNI \t\r\n").find(text[0]) == std::string_view::npos)
    return false;
  json::Reader reader(text);
  reader.skip_value();
  return !reader.failed() && reader.at_end();
}

bool visit_path(FoundValue value, const PathStep* steps, size_t count, FoundVisitor visit, void* context) {
  Walk state{visit, context};
  return walk(state, value, steps, count);
}

}  // namespace assay::search
