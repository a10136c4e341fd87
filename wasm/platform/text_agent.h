// The text agent: a hidden <input> at the caret that has the page's focus while an ImGui field is
// active, so that the browser's own machinery (IME, dead keys, mobile keyboards) makes the text. ImGui
// tells where the caret is; finished text comes back as characters.
#pragma once

#include <imgui.h>

#include <string_view>

namespace assay::platform {

class TextAgent {
 public:
  // Needs an ImGui context whose platform back end is set up (it installs its own function).
  TextAgent();
  void on_text(std::string_view utf8);
  // A real element of the page has taken the focus: ImGui's field must stop waiting for keys.
  void on_dom_focus();

 private:
  static void set_ime_data(ImGuiContext* context, ImGuiViewport* viewport, ImGuiPlatformImeData* data);
};

}  // namespace assay::platform
