// The semantics registry as real elements over the canvas, for screen readers, browser automation and
// tests. Off until asked for (?a11y=1, or the page's first tab stop). Elements are made and moved by
// shell/overlay/mirror.js; what they are used for comes back as requests to the registry.
#pragma once

#include <cstdint>
#include <string_view>

#include "ui/kit/context.h"

namespace assay::platform {

class SemanticsMirror {
 public:
  explicit SemanticsMirror(kit::SemanticsRegistry& registry);
  void set_on(bool on);
  bool on() const { return on_; }
  // After each frame; does nothing when nothing has changed.
  void publish();
  // Kit's announcements for the live region; clears them.
  void announce(kit::Context& context);
  kit::SemanticsRegistry& registry() { return *registry_; }

 private:
  kit::SemanticsRegistry* registry_;
  bool on_ = false;
  uint64_t last_hash_ = 0;
};

}  // namespace assay::platform
