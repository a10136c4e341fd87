// One tab at a time runs judges: a Web Lock named after the page's folder, held until release() or the
// end of the tab. Where a browser has no Web Locks it is granted at once.
#pragma once

#include "core/app/platform.h"
#include "wasm/platform/host_sink.h"

namespace assay::platform {

class WebJudgeLock final : public app::JudgeLock {
 public:
  explicit WebJudgeLock(HostSink& sink);
  void request() override;
  void release() override;

  void on_answer(bool granted) { sink_->judge_lock(granted); }

 private:
  HostSink* sink_;
};

}  // namespace assay::platform
