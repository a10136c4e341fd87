// Keys, from the page's own listener (shell/keys.js decides which are ours and which stay the
// browser's) to ImGui. Mouse, wheel and touch come through SDL.
#pragma once

#include <imgui.h>

#include <string_view>

namespace assay::platform {

enum KeyModifier : unsigned { kModCtrl = 1, kModShift = 2, kModAlt = 4, kModSuper = 8 };

class Input {
 public:
  Input();
  // `code` and `key` are those of the DOM event. Letters go by `key` (the layout), the rest by `code`.
  void on_key(std::string_view code, std::string_view key, bool down);
  void on_modifiers(unsigned modifiers);
  void release_all();
  // Presses and releases the copy, cut or paste chord; ImGui sees it in the next frames.
  void press_chord(ImGuiKey letter);

 private:
  unsigned modifiers_ = 0;
};

// ImGuiKey_None: a key that ImGui does not know.
ImGuiKey imgui_key_of(std::string_view dom_code, std::string_view dom_key);

}  // namespace assay::platform
