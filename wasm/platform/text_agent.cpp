#include "wasm/platform/text_agent.h"

#include <imgui_internal.h>

#include <string>

#include "wasm/platform/js.h"

extern "C" {
void assay_js_agent_place(int wanted, float x, float y, float line_height);
}

namespace assay::platform {

TextAgent::TextAgent() {
  attach_js("agent", this);
  ImGui::GetPlatformIO().Platform_SetImeDataFn = set_ime_data;
}

void TextAgent::set_ime_data(ImGuiContext*, ImGuiViewport*, ImGuiPlatformImeData* data) {
  assay_js_agent_place(data->WantTextInput ? 1 : 0, data->InputPos.x, data->InputPos.y,
                       data->InputLineHeight);
}

void TextAgent::on_text(std::string_view utf8) {
  const std::string text(utf8);
  ImGui::GetIO().AddInputCharactersUTF8(text.c_str());
}

void TextAgent::on_dom_focus() {
  if (ImGui::GetIO().WantTextInput) ImGui::ClearActiveID();
}

ASSAY_EXPORT void assay_agent_text(TextAgent* agent, const char* text, size_t size) {
  agent->on_text(text_of(text, size));
}
ASSAY_EXPORT void assay_agent_dom_focus(TextAgent* agent) { agent->on_dom_focus(); }

}  // namespace assay::platform
