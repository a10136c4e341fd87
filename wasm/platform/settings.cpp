#include "wasm/platform/settings.h"

#include "wasm/platform/js.h"

extern "C" {
void assay_js_settings_save(const char* text, size_t size);
}

namespace assay::platform {

void LocalSettings::save(std::string_view json_text) {
  assay_js_settings_save(json_text.data(), json_text.size());
}

}  // namespace assay::platform
