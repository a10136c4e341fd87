// Real <textarea> elements over the places that the kit reserves: native IME, spelling, undo. The kit
// says each frame where they are and what they hold; the page says what was typed.
#pragma once

#include <string_view>
#include <vector>

#include "ui/kit/context.h"

namespace assay::platform {

class TextareaOverlay {
 public:
  explicit TextareaOverlay(kit::Context& context);
  // After each frame: places, updates and removes the elements.
  void publish();
  void on_event(kit::OverlayEventKind kind, std::string_view id, std::string_view text);

 private:
  kit::Context* context_;
  bool any_ = false;  // the page has elements of ours
  std::vector<std::string> images_;  // whose bytes the page has, sorted
};

}  // namespace assay::platform
