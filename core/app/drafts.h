// What was begun and not saved, each text under the place where it belongs. In storage they are one item each, so that
// tabs do not overwrite each other's. What a text means is its writer's business.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace assay::app {

using Drafts = std::map<std::string, std::string, std::less<>>;  // text by place

constexpr size_t kMaxDrafts = 500;
constexpr size_t kMaxDraftBytes = 200'000;  // a longer one lasts for the tab

// `json_text`: an object of texts, as the host found them in its storage; what is no text is left out.
Drafts read_drafts(std::string_view json_text);

}  // namespace assay::app
