// The border to the page's scripts. C++ calls assay_js_… (wasm/js/*.js, which hand over to shell/);
// scripts call the functions marked ASSAY_EXPORT, with the adapter they belong to as first argument:
// each adapter tells the page its own address once, so nothing here is global.
#pragma once

#include <emscripten/emscripten.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#define ASSAY_EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

extern "C" {
void assay_js_attach(const char* name, size_t name_size, void* adapter);
}

namespace assay::platform {

// From now on the page's scripts call the exported functions of `name` with this adapter.
inline void attach_js(std::string_view name, void* adapter) {
  assay_js_attach(name.data(), name.size(), adapter);
}

inline std::string_view text_of(const char* text, size_t size) { return std::string_view(text, size); }

}  // namespace assay::platform
