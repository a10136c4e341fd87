#include "core/app/drafts.h"

#include "core/json/doc.h"

namespace assay::app {

Drafts read_drafts(std::string_view json_text) {
  Drafts drafts;
  if (json_text.empty()) return drafts;
  const Result<json::Doc> parsed = json::parse_doc(json_text);
  if (!parsed.ok() || !parsed.value().is_object()) return drafts;
  for (const auto& [place, text] : parsed.value().items())
    if (text.is_string() && drafts.size() < kMaxDrafts) drafts.emplace(place, text.get_ref<const std::string&>());
  return drafts;
}

}  // namespace assay::app
