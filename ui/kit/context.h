// Context: everything the kit needs in a frame, owned by the host (wasm/main.cpp or a test's
// harness). It is reachable as current() while its ImGui context is (ImGuiIO::UserData): that is
// the only global, and it is ImGui's. Plain data; widgets write the "out" part, the host reads and
// clears it.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ui/kit/fonts.h"
#include "ui/kit/geometry.h"
#include "ui/kit/i18n.h"
#include "ui/kit/key_map.h"
#include "ui/kit/semantics.h"
#include "ui/kit/theme.h"

namespace assay::kit {

// A place on the canvas over which the page lays a real <textarea> (native IME, spelling, undo).
struct OverlayRequest {
  std::string id;    // the widget's semantic id
  std::string name;  // aria-label
  std::string text;  // what the application has; `revision` tells when the page must take it
  std::string placeholder;
  std::string marks;      // of a text to read: "from to #rrggbbaa;" in bytes, one behind the other
  Rect rect;              // text box in points
  Rect clip;              // what of it may be seen
  uint32_t revision = 0;  // changes when `text` was changed by anything but the element itself
  float font_size_css_px = 14;
  bool mono = false;
  bool enabled = true;
  bool read_only = false;   // text to read: the direction follows its script
  bool take_focus = false;  // move the DOM focus there once
  bool covered = false;     // a popup or dialog is over it: hide the element, keep its value
  bool image = false;       // `text` is the address of an image, which the page shows instead
};

enum class OverlayEventKind : uint8_t {
  Input,   // the user typed; `text` is the whole value. Of an image: its width and height, "0 0" when it is none
  Commit,  // it lost the focus
  Submit,  // Ctrl+Enter (Command+Enter)
  Focus,
  Escape,
  Select,  // of a text to read; `text` is "from to" in bytes
};
struct OverlayEvent {
  OverlayEventKind kind = OverlayEventKind::Input;
  std::string id;
  std::string text;
};

enum class ToastKind : uint8_t { Neutral, Pass, Warn, Fail };
struct Toast {
  uint32_t number = 0;
  ToastKind kind = ToastKind::Neutral;
  std::string text;
  std::string action_text;  // "" : none
  std::string action_id;    // given back by draw_toasts() when pressed
  double until_s = 0;
};

struct Context {
  // -- set by the host --
  Fonts fonts;
  SemanticsRegistry* semantics = nullptr;  // never null inside a frame
  Theme theme = Theme::Light;
  float ui_scale = 1.0F;  // 0.75 to 2
  Language language = Language::English;
  OsKind os = OsKind::Other;
  bool reduced_motion = false;
  bool coarse_pointer = false;  // fingers: there may be no keyboard, and keys are shown once one has been pressed
  bool dom_text_areas = false;  // the page lays <textarea>s over text areas
  int utc_offset_minutes = 0;
  int this_year = 0;  // dates of another year show it; 0: always

  // -- in: since the last frame --
  std::vector<OverlayEvent> overlay_events;
  double now_s = 0;  // monotonic; set before begin_frame

  // -- out: of this frame --
  std::vector<OverlayRequest> overlays;
  float wants_frame_in_s = -1;             // < 0: nothing moves; 0: at once
  std::vector<std::string> announcements;  // for the live region; the host clears it

  // -- kept by the kit --
  bool key_seen = false;  // of a keyboard: what is typed into a field may come from the screen
  std::vector<Toast> toasts;
  uint32_t toast_count = 0;
  Theme applied_theme = Theme::Light;
  float applied_scale = 0;
  struct Overlay {
    std::string id;
    std::string text;  // as the element has it
    uint32_t revision = 0;
    bool seen = false;
    bool focused = false;
    bool edited = false;  // since the last commit
    size_t selected_from = 0, selected_to = 0;  // of a text to read
  };
  std::vector<Overlay> overlay_states;
  struct Motion {
    ImGuiID id;
    float value;
    int last_frame;
  };
  std::vector<Motion> motions;
  std::vector<std::string> dialogs;  // ids of those being drawn, innermost last

  bool shows_keys() const { return !coarse_pointer || key_seen; }
  // The keys of something, as they are to be shown: "" where there is no keyboard.
  std::string_view shown_keys(std::string_view label) const { return shows_keys() ? label : std::string_view(); }

  // Asks for a frame within `seconds`; the earliest wish counts.
  void request_frame(float seconds) {
    if (wants_frame_in_s < 0 || seconds < wants_frame_in_s) wants_frame_in_s = seconds;
  }
};

// The context of the running ImGui context. Asserts that there is one.
Context& current();

// After ImGui::CreateContext(): binds `context` to it and sets ImGui's options (keyboard
// navigation, …). The ImGui context must not outlive `context`.
void attach(Context& context);

// Right after ImGui::NewFrame() and right before ImGui::Render().
void begin_frame(Context& context);
void end_frame(Context& context);

// Moves towards `target` (0 … 1) in kMotionSeconds, asking for frames while it moves; at once with
// reduced motion.
float animate(Context& context, ImGuiID id, float target);

// Seconds until ImGui itself needs a frame (cursor blink, hover delay, queued input); -1: never, 0:
// at once. The host takes the smaller of this and wants_frame_in_s.
float imgui_wants_frame_in_s();

}  // namespace assay::kit
