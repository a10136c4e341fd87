#include "wasm/platform/settings.h"

#include "wasm/platform/js.h"

extern "C" {
void assay_js_settings_save(const char* text, size_t size);
void assay_js_draft_save(const char* place, size_t place_size, const char* text, size_t size);
void assay_js_drafts_erase();
}

namespace assay::platform {

void LocalSettings::save(std::string_view json_text) {
  assay_js_settings_save(json_text.data(), json_text.size());
}

void LocalDrafts::save(std::string_view place, std::string_view text) {
  assay_js_draft_save(place.data(), place.size(), text.data(), text.size());
}

void LocalDrafts::erase_all() { assay_js_drafts_erase(); }

}  // namespace assay::platform
