#include "core/app/drafts.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/json/doc.h"

namespace assay::app {

Drafts read_drafts(std::string_view json_text) {
  Drafts drafts;
  if (json_text.empty()) return drafts;
  const Result<json::Doc> parsed = json::parse_doc(json_text);
  if (!parsed.ok() || !parsed.value().is_object()) return drafts;
  for (const auto& [place, text] : parsed.value().items())
    if (text.is_string()) drafts.emplace(place, read_stored_draft(text.get_ref<const std::string&>()));
  return drafts;
}

std::string stored_draft(const Draft& draft) {
  std::string out = "@";
  append_int(out, draft.changed_ms);
  return out + "\n" + draft.text;
}

Draft read_stored_draft(std::string_view stored) {
  const size_t end = stored.find('\n');
  if (stored.starts_with('@') && end != std::string_view::npos)
    if (const auto changed_ms = parse_int64(stored.substr(1, end - 1)); changed_ms && *changed_ms >= 0)
      return {std::string(stored.substr(end + 1)), *changed_ms};
  return {std::string(stored), 0};
}

Drafts::iterator oldest_draft(Drafts& drafts) {
  return std::min_element(drafts.begin(), drafts.end(),
                          [](const auto& a, const auto& b) { return a.second.changed_ms < b.second.changed_ms; });
}

}  // namespace assay::app
