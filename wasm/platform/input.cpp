#include "wasm/platform/input.h"

#include "wasm/platform/js.h"

namespace assay::platform {

namespace {

struct CodeEntry {
  const char* code;
  ImGuiKey key;
};

constexpr CodeEntry kCodes[] = {
    {"Tab", ImGuiKey_Tab},
    {"ArrowLeft", ImGuiKey_LeftArrow},
    {"ArrowRight", ImGuiKey_RightArrow},
    {"ArrowUp", ImGuiKey_UpArrow},
    {"ArrowDown", ImGuiKey_DownArrow},
    {"PageUp", ImGuiKey_PageUp},
    {"PageDown", ImGuiKey_PageDown},
    {"Home", ImGuiKey_Home},
    {"End", ImGuiKey_End},
    {"Insert", ImGuiKey_Insert},
    {"Delete", ImGuiKey_Delete},
    {"Backspace", ImGuiKey_Backspace},
    {"Space", ImGuiKey_Space},
    {"Enter", ImGuiKey_Enter},
    {"Escape", ImGuiKey_Escape},
    {"ControlLeft", ImGuiKey_LeftCtrl},
    {"ShiftLeft", ImGuiKey_LeftShift},
    {"AltLeft", ImGuiKey_LeftAlt},
    {"MetaLeft", ImGuiKey_LeftSuper},
    {"ControlRight", ImGuiKey_RightCtrl},
    {"ShiftRight", ImGuiKey_RightShift},
    {"AltRight", ImGuiKey_RightAlt},
    {"MetaRight", ImGuiKey_RightSuper},
    {"ContextMenu", ImGuiKey_Menu},
    {"Quote", ImGuiKey_Apostrophe},
    {"Comma", ImGuiKey_Comma},
    {"Minus", ImGuiKey_Minus},
    {"Period", ImGuiKey_Period},
    {"Slash", ImGuiKey_Slash},
    {"Semicolon", ImGuiKey_Semicolon},
    {"Equal", ImGuiKey_Equal},
    {"BracketLeft", ImGuiKey_LeftBracket},
    {"Backslash", ImGuiKey_Backslash},
    {"IntlBackslash", ImGuiKey_Oem102},
    {"BracketRight", ImGuiKey_RightBracket},
    {"Backquote", ImGuiKey_GraveAccent},
    {"NumpadDecimal", ImGuiKey_KeypadDecimal},
    {"NumpadDivide", ImGuiKey_KeypadDivide},
    {"NumpadMultiply", ImGuiKey_KeypadMultiply},
    {"NumpadSubtract", ImGuiKey_KeypadSubtract},
    {"NumpadAdd", ImGuiKey_KeypadAdd},
    {"NumpadEnter", ImGuiKey_KeypadEnter},
};

ImGuiKey offset_key(ImGuiKey first, int offset) { return static_cast<ImGuiKey>(first + offset); }

}  // namespace

ImGuiKey imgui_key_of(std::string_view dom_code, std::string_view dom_key) {
  if (dom_key.size() == 1) {
    const char c = dom_key[0];
    if (c >= 'a' && c <= 'z') return offset_key(ImGuiKey_A, c - 'a');
    if (c >= 'A' && c <= 'Z') return offset_key(ImGuiKey_A, c - 'A');
    // "?" is a shortcut and sits on another key in many layouts.
    if (c == '?') return ImGuiKey_Slash;
  }
  // A layout without Latin letters: the place of the key stands for the letter.
  if (dom_code.size() == 4 && dom_code.starts_with("Key") && dom_code[3] >= 'A' && dom_code[3] <= 'Z') {
    const bool other_script = dom_key.size() > 1 && static_cast<unsigned char>(dom_key[0]) >= 0x80;
    if (other_script || dom_key.empty()) return offset_key(ImGuiKey_A, dom_code[3] - 'A');
  }
  if (dom_code.size() == 6 && dom_code.starts_with("Digit") && dom_code[5] >= '0' && dom_code[5] <= '9')
    return offset_key(ImGuiKey_0, dom_code[5] - '0');
  if (dom_code.size() == 7 && dom_code.starts_with("Numpad") && dom_code[6] >= '0' && dom_code[6] <= '9') {
    // Without NumLock these are arrows, Home, End …: `key` says so.
    if (dom_key.size() == 1) return offset_key(ImGuiKey_Keypad0, dom_code[6] - '0');
    for (const CodeEntry& entry : kCodes)
      if (dom_key == entry.code) return entry.key;
  }
  for (const CodeEntry& entry : kCodes)
    if (dom_code == entry.code) return entry.key;
  // Virtual keyboards send no code.
  if (dom_code.empty())
    for (const CodeEntry& entry : kCodes)
      if (dom_key == entry.code) return entry.key;
  return ImGuiKey_None;
}

Input::Input() { attach_js("input", this); }

void Input::on_key(std::string_view code, std::string_view key, bool down) {
  const ImGuiKey imgui_key = imgui_key_of(code, key);
  if (imgui_key != ImGuiKey_None) ImGui::GetIO().AddKeyEvent(imgui_key, down);
}

void Input::on_modifiers(unsigned modifiers) {
  if (modifiers == modifiers_) return;
  ImGuiIO& io = ImGui::GetIO();
  io.AddKeyEvent(ImGuiMod_Ctrl, (modifiers & kModCtrl) != 0);
  io.AddKeyEvent(ImGuiMod_Shift, (modifiers & kModShift) != 0);
  io.AddKeyEvent(ImGuiMod_Alt, (modifiers & kModAlt) != 0);
  io.AddKeyEvent(ImGuiMod_Super, (modifiers & kModSuper) != 0);
  modifiers_ = modifiers;
}

void Input::release_all() {
  ImGuiIO& io = ImGui::GetIO();
  on_modifiers(0);
  for (int key = ImGuiKey_NamedKey_BEGIN; key < ImGuiKey_GamepadStart; ++key)
    if (ImGui::IsKeyDown(static_cast<ImGuiKey>(key))) io.AddKeyEvent(static_cast<ImGuiKey>(key), false);
}

void Input::press_chord(ImGuiKey letter) {
  ImGuiIO& io = ImGui::GetIO();
  // ImGui swaps Super and Ctrl itself where ConfigMacOSXBehaviors is set.
  const bool mac = io.ConfigMacOSXBehaviors;
  const ImGuiKey modifier = mac ? static_cast<ImGuiKey>(ImGuiMod_Super) : static_cast<ImGuiKey>(ImGuiMod_Ctrl);
  const unsigned bit = mac ? kModSuper : kModCtrl;
  io.AddKeyEvent(modifier, true);
  io.AddKeyEvent(letter, true);
  io.AddKeyEvent(letter, false);
  io.AddKeyEvent(modifier, (modifiers_ & bit) != 0);
}

ASSAY_EXPORT void assay_input_key(Input* input, const char* code, size_t code_size, const char* key,
                                  size_t key_size, int down) {
  input->on_key(text_of(code, code_size), text_of(key, key_size), down != 0);
}
ASSAY_EXPORT void assay_input_modifiers(Input* input, unsigned modifiers) {
  input->on_modifiers(modifiers);
}
ASSAY_EXPORT void assay_input_mouse(Input*, double x, double y) {
  ImGui::GetIO().AddMousePosEvent(static_cast<float>(x), static_cast<float>(y));
}
ASSAY_EXPORT void assay_input_release(Input* input) { input->release_all(); }

}  // namespace assay::platform
