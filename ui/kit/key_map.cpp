#include "ui/kit/key_map.h"

#include "core/base/utf8.h"

namespace assay::kit {
namespace {

struct KeyName {
  ImGuiKey key;
  std::string_view name;   // as written
  std::string_view label;  // as shown
  std::string_view mac;
};
constexpr KeyName kKeyNames[] = {
    {ImGuiKey_UpArrow, "ArrowUp", "↑", "↑"},
    {ImGuiKey_DownArrow, "ArrowDown", "↓", "↓"},
    {ImGuiKey_LeftArrow, "ArrowLeft", "←", "←"},
    {ImGuiKey_RightArrow, "ArrowRight", "→", "→"},
    {ImGuiKey_Enter, "Enter", "Enter", "↩"},
    {ImGuiKey_Escape, "Escape", "Esc", "Esc"},
    {ImGuiKey_Space, "Space", "Space", "Space"},
    {ImGuiKey_Tab, "Tab", "Tab", "Tab"},
    {ImGuiKey_Backspace, "Backspace", "Backspace", "⌫"},
    {ImGuiKey_Delete, "Delete", "Del", "⌦"},
    {ImGuiKey_Home, "Home", "Home", "Home"},
    {ImGuiKey_End, "End", "End", "End"},
    {ImGuiKey_PageUp, "PageUp", "PgUp", "PgUp"},
    {ImGuiKey_PageDown, "PageDown", "PgDn", "PgDn"},
    {ImGuiKey_Insert, "Insert", "Ins", "Ins"},
    {ImGuiKey_Menu, "ContextMenu", "Menu", "Menu"},
    {ImGuiKey_Slash, "/", "/", "/"},
    {ImGuiKey_Period, ".", ".", "."},
    {ImGuiKey_Comma, ",", ",", ","},
    {ImGuiKey_Minus, "-", "-", "-"},
    {ImGuiKey_Equal, "=", "=", "="},
    {ImGuiKey_LeftBracket, "[", "[", "["},
    {ImGuiKey_RightBracket, "]", "]", "]"},
    {ImGuiKey_Backslash, "\\", "\\", "\\"},
    {ImGuiKey_Semicolon, ";", ";", ";"},
    {ImGuiKey_Apostrophe, "'", "'", "'"},
    {ImGuiKey_GraveAccent, "`", "`", "`"},
};

// The key of "a", "7", "F5" or a name of the table; `?` needs Shift.
ImGuiKey key_of(std::string_view name) {
  if (name.size() == 1) {
    const char c = name[0];
    if (c >= 'a' && c <= 'z') return static_cast<ImGuiKey>(ImGuiKey_A + (c - 'a'));
    if (c >= 'A' && c <= 'Z') return static_cast<ImGuiKey>(ImGuiKey_A + (c - 'A'));
    if (c >= '0' && c <= '9') return static_cast<ImGuiKey>(ImGuiKey_0 + (c - '0'));
  }
  if (name.size() >= 2 && name.size() <= 3 && (name[0] == 'F' || name[0] == 'f')) {
    int number = 0;
    for (const char c : name.substr(1))
      number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : 99;
    if (number >= 1 && number <= 12) return static_cast<ImGuiKey>(ImGuiKey_F1 + (number - 1));
  }
  for (const KeyName& row : kKeyNames) {
    if (ascii_lower(row.name) == ascii_lower(name)) return row.key;
  }
  return ImGuiKey_None;
}

enum class NameForm : uint8_t { Written, Shown, Mac };

std::string key_text(ImGuiKey key, NameForm form) {
  if (key >= ImGuiKey_A && key <= ImGuiKey_Z) {
    return std::string(1, static_cast<char>('A' + (key - ImGuiKey_A)));
  }
  if (key >= ImGuiKey_0 && key <= ImGuiKey_9) {
    return std::string(1, static_cast<char>('0' + (key - ImGuiKey_0)));
  }
  if (key >= ImGuiKey_F1 && key <= ImGuiKey_F12) {
    const int number = key - ImGuiKey_F1 + 1;
    std::string text = "F";
    if (number >= 10) text += '1';
    return text + static_cast<char>('0' + number % 10);
  }
  for (const KeyName& row : kKeyNames) {
    if (row.key != key) continue;
    return std::string(form == NameForm::Written ? row.name
                       : form == NameForm::Shown ? row.label
                                                 : row.mac);
  }
  return "?";
}

}  // namespace

ImGuiKeyChord Chord::imgui_chord() const {
  int chord = key;
  if (mod) chord |= ImGuiMod_Ctrl;
  if (shift) chord |= ImGuiMod_Shift;
  if (alt) chord |= ImGuiMod_Alt;
  if (ctrl) chord |= ImGui::GetIO().ConfigMacOSXBehaviors ? ImGuiMod_Super : ImGuiMod_Ctrl;
  return chord;
}

std::optional<Chord> parse_chord(std::string_view text) {
  Chord chord;
  while (true) {
    const size_t plus = text.find('+', 1);  // "+" itself is not a chord
    if (plus == std::string_view::npos || plus + 1 >= text.size()) break;
    const std::string part = ascii_lower(text.substr(0, plus));
    bool* modifier = part == "mod"     ? &chord.mod
                     : part == "shift" ? &chord.shift
                     : part == "alt"   ? &chord.alt
                     : part == "ctrl"  ? &chord.ctrl
                                       : nullptr;
    if (modifier == nullptr || *modifier) return std::nullopt;
    *modifier = true;
    text.remove_prefix(plus + 1);
  }
  if (text == "?") {
    chord.shift = true;
    text = "/";
  }
  chord.key = key_of(text);
  if (!chord.present()) return std::nullopt;
  return chord;
}

std::string chord_text(const Chord& chord) {
  std::string out;
  if (chord.mod) out += "Mod+";
  if (chord.ctrl) out += "Ctrl+";
  if (chord.alt) out += "Alt+";
  if (chord.shift) out += "Shift+";
  return out + key_text(chord.key, NameForm::Written);
}

std::string chord_label(const Chord& chord, OsKind os) {
  if (!chord.present()) return {};
  if (chord.key == ImGuiKey_Slash && chord.shift && !chord.mod && !chord.alt) return "?";
  std::string out;
  if (os == OsKind::Mac) {
    if (chord.ctrl) out += "⌃";
    if (chord.alt) out += "⌥";
    if (chord.shift) out += "⇧";
    if (chord.mod) out += "⌘";
    return out + key_text(chord.key, NameForm::Mac);
  }
  if (chord.mod || chord.ctrl) out += "Ctrl+";
  if (chord.alt) out += "Alt+";
  if (chord.shift) out += "Shift+";
  return out + key_text(chord.key, NameForm::Shown);
}

std::string chord_label(std::string_view text, OsKind os) {
  const std::optional<Chord> chord = parse_chord(text);
  return chord ? chord_label(*chord, os) : std::string();
}

std::optional<Chord> pressed_chord() {
  const auto pressed = [](int key) { return ImGui::IsKeyPressed(static_cast<ImGuiKey>(key), false); };
  Chord chord;
  for (int key = ImGuiKey_0; key <= ImGuiKey_Z; ++key)
    if (pressed(key)) chord.key = static_cast<ImGuiKey>(key);
  for (const KeyName& row : kKeyNames)
    if (pressed(row.key)) chord.key = row.key;
  if (!chord.present()) return std::nullopt;
  const ImGuiIO& io = ImGui::GetIO();
  chord.mod = io.KeyCtrl;
  chord.shift = io.KeyShift;
  chord.alt = io.KeyAlt;
  return chord;
}

bool chord_pressed(const Chord& chord, bool repeat) {
  if (!chord.present()) return false;
  const bool plain = !chord.mod && !chord.alt && !chord.ctrl;
  const bool function_key = chord.key >= ImGuiKey_F1 && chord.key <= ImGuiKey_F12;
  if (plain && !function_key && chord.key != ImGuiKey_Escape && ImGui::GetIO().WantTextInput)
    return false;
  const auto key = static_cast<ImGuiKey>(chord.key);
  const ImGuiKeyChord wanted = chord.imgui_chord() & ImGuiMod_Mask_;
  return ImGui::GetIO().KeyMods == wanted && ImGui::IsKeyPressed(key, repeat);
}

}  // namespace assay::kit
