#include "wasm/platform/clock.h"

#include <emscripten/html5.h>

#include "wasm/platform/js.h"

extern "C" {
void assay_js_random(uint8_t* bytes, size_t count);
}

namespace assay::platform {

int64_t BrowserClock::now_ms() { return static_cast<int64_t>(emscripten_date_now()); }
double BrowserClock::monotonic_ms() { return emscripten_get_now(); }

void BrowserRandom::fill(uint8_t* bytes, size_t count) { assay_js_random(bytes, count); }

}  // namespace assay::platform
