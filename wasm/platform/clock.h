// Clock and Random over the browser's Date.now, performance.now and crypto.getRandomValues.
#pragma once

#include "core/app/platform.h"

namespace assay::platform {

class BrowserClock final : public app::Clock {
 public:
  int64_t now_ms() override;
  double monotonic_ms() override;
};

class BrowserRandom final : public app::Random {
 public:
  void fill(uint8_t* bytes, size_t count) override;
};

}  // namespace assay::platform
