// The address bar. Back, forward and edited addresses come in as
// HostSink::navigate.
#pragma once

#include <string>

#include "core/app/platform.h"
#include "wasm/platform/host_sink.h"

namespace assay::platform {

class BrowserHistory final : public app::History {
 public:
  explicit BrowserHistory(HostSink& sink);
  void push(std::string_view fragment) override;
  void replace(std::string_view fragment) override;

  void on_navigate(std::string_view fragment) { sink_->navigate(fragment); }

 private:
  HostSink* sink_;
};

}  // namespace assay::platform
