// The clipboard, by the browser's own copy, cut and paste events: paste hands its text over and presses
// ImGui's chord; copy and cut press the chord, let frames run, and take what ImGui puts here. A copy
// button outside such an event goes through navigator.clipboard.
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>

#include "wasm/platform/input.h"

namespace assay::platform {

class Clipboard {
 public:
  // Needs an ImGui context whose platform back end is set up (it installs its own functions).
  explicit Clipboard(Input& input);

  void on_paste(std::string_view text);
  // 'C' or 'X'. Afterwards the page runs frames until taken() or it gives up.
  void on_copy_begin(char letter);
  bool taken() const { return taken_; }
  void on_copy_end() { in_event_ = false; }
  const std::string& text() const { return text_; }

 private:
  static const char* get(ImGuiContext* context);
  static void set(ImGuiContext* context, const char* text);
  Input* input_;
  std::string text_;
  bool in_event_ = false;  // inside a copy or cut event of the browser
  bool taken_ = false;
};

}  // namespace assay::platform
