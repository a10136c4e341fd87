// Key chords: written in the command table as "Mod+Shift+Z" (Mod is Ctrl, on a Mac Command), shown
// as "Ctrl+Shift+Z" or "⇧⌘Z", matched against ImGui's key events.
#pragma once

#include <imgui.h>

#include <optional>
#include <string>
#include <string_view>

namespace assay::kit {

enum class OsKind : uint8_t { Other, Mac, Windows };

struct Chord {
  ImGuiKey key = ImGuiKey_None;
  bool mod = false;  // Ctrl; Command on a Mac (ImGui swaps them itself, ConfigMacOSXBehaviors)
  bool shift = false;
  bool alt = false;
  bool ctrl = false;  // the real Control key of a Mac; elsewhere the same as mod
  bool present() const { return key != ImGuiKey_None; }
  ImGuiKeyChord imgui_chord() const;
  friend bool operator==(const Chord&, const Chord&) = default;
};

// "Mod+Z", "Alt+1", "Shift+F10", "?", "J", "ArrowUp", "Enter", "Escape", "Space", "Delete"; names
// are DOM's, letters in any case. Nothing: not a chord.
std::optional<Chord> parse_chord(std::string_view text);
std::string chord_text(const Chord& chord);                 // the form that parse_chord reads
std::string chord_label(const Chord& chord, OsKind os);     // for people
std::string chord_label(std::string_view text, OsKind os);  // "" when it is no chord

// What is being pressed in this frame, for choosing a chord: a key that is no modifier, with the modifiers held.
std::optional<Chord> pressed_chord();

// True in the frame in which it was pressed. Single-key chords (no mod, alt or ctrl) are not
// matched while a text field is active. `repeat`: also on key repeat.
bool chord_pressed(const Chord& chord, bool repeat = false);

}  // namespace assay::kit
