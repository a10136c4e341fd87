#include "wasm/platform/history.h"

#include "wasm/platform/js.h"

extern "C" {
void assay_js_history_go(int push, const char* fragment, size_t fragment_size);
}

namespace assay::platform {

BrowserHistory::BrowserHistory(HostSink& sink) : sink_(&sink) { attach_js("history", this); }

void BrowserHistory::push(std::string_view fragment) {
  assay_js_history_go(1, fragment.data(), fragment.size());
}
void BrowserHistory::replace(std::string_view fragment) {
  assay_js_history_go(0, fragment.data(), fragment.size());
}

ASSAY_EXPORT void assay_history_navigate(BrowserHistory* history, const char* fragment, size_t size) {
  history->on_navigate(text_of(fragment, size));
}

}  // namespace assay::platform
