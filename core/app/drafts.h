// What was begun and not saved, each text under the place where it belongs. In storage they are one item each, so that
// tabs do not overwrite each other's. What a text means is its writer's business.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace assay::app {

struct Draft {
  std::string text;
  TimeMs changed_ms = 0;  // 0: not known
};
using Drafts = std::map<std::string, Draft, std::less<>>;  // by place

constexpr size_t kMaxDrafts = 500;  // beyond it the oldest goes
constexpr size_t kMaxDraftBytes = 200'000;  // a longer one lasts for the tab

// `json_text`: an object of stored drafts, as the host found them in its storage; what is no text is left out.
Drafts read_drafts(std::string_view json_text);
// As the host stores one, and as it was before times were stored: the text alone.
std::string stored_draft(const Draft& draft);
Draft read_stored_draft(std::string_view stored);
// The one that was changed least recently; end() where there is none.
Drafts::iterator oldest_draft(Drafts& drafts);

}  // namespace assay::app
