#include "wasm/platform/download.h"

#include "wasm/platform/js.h"

extern "C" {
void assay_js_download_begin(const char* name, size_t name_size, const char* type, size_t type_size,
                             const char* form, size_t form_size);
void assay_js_download_write(const char* bytes, size_t size);
void assay_js_download_finish();
}

namespace assay::platform {

void Download::begin(std::string_view file_name, std::string_view mime_type, std::string_view form) {
  assay_js_download_begin(file_name.data(), file_name.size(), mime_type.data(), mime_type.size(), form.data(),
                          form.size());
}
void Download::write(std::string_view bytes) { assay_js_download_write(bytes.data(), bytes.size()); }
void Download::finish() { assay_js_download_finish(); }

}  // namespace assay::platform
