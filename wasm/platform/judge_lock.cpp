#include "wasm/platform/judge_lock.h"

#include "wasm/platform/js.h"

extern "C" {
void assay_js_lock_request();
void assay_js_lock_release();
}

namespace assay::platform {

WebJudgeLock::WebJudgeLock(HostSink& sink) : sink_(&sink) { attach_js("lock", this); }
void WebJudgeLock::request() { assay_js_lock_request(); }
void WebJudgeLock::release() { assay_js_lock_release(); }

ASSAY_EXPORT void assay_lock_answer(WebJudgeLock* lock, int granted) { lock->on_answer(granted != 0); }

}  // namespace assay::platform
