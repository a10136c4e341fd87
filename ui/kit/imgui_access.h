// The kit's only door to imgui_internal.h (with semantics_hooks.cpp): clickable areas with our own
// look, key ownership, focus, scrollbars over contents of any length. For ui/kit's .cpp files only.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "ui/kit/context.h"
#include "ui/kit/geometry.h"

namespace assay::kit {

enum HitFlag : uint32_t {
  kHitNone = 0,
  kHitNoNav = 1,         // not reached by Tab or arrows
  kHitOverlap = 2,       // things on top of it take the mouse first
  kHitOnPress = 4,       // acts on press, not on release
  kHitRingInside = 8,    // focus ring inside the rectangle (rows, cells)
  kHitNoRing = 16,       // the caller shows the focus
  kHitHand = 32,         // pointing hand
  kHitKeysAreMine = 64,  // Space and Enter do not press it; the caller reads them
};

struct Hit {
  bool pressed = false;         // mouse, Space or Enter, or a request from outside
  bool double_clicked = false;  // in the frame of the second press
  bool right_clicked = false;
  bool hovered = false;
  bool held = false;
  bool focused = false;  // keyboard focus, shown or not
  bool ring = false;     // keyboard focus that is to be shown
  bool visible = false;  // false: clipped, nothing needs drawing
  bool enabled = true;
  ImGuiID imgui_id = 0;
  Rect rect;
};

// ImGui's id for a semantic id: the same in every window.
ImGuiID imgui_id_of(std::string_view id);

// A clickable area at the cursor, which moves on.
Hit hit_area(Context& ctx, std::string_view id, ImVec2 size, uint32_t flags = kHitNone,
             bool enabled = true);
// The same at a place of its own; the cursor stays and the contents do not grow.
Hit hit_area_at(Context& ctx, std::string_view id, const Rect& rect, uint32_t flags = kHitNone,
                bool enabled = true);
// Fills in id, rectangle, ImGui id, disabled and focused.
SemItem hit_item(const Hit& hit, std::string_view id, SemItem item);
int32_t add_hit_node(Context& ctx, const Hit& hit, std::string_view id, const SemItem& item);

void draw_focus_ring(ImDrawList* list, const Rect& rect, float radius_pt, bool inside = false);

Rect window_clip();  // of the current window
bool window_skips_items();
// What has been drawn in the current window takes more or less room than in the frame before. At its end.
bool contents_have_changed_size();
ImGuiID current_window_id();

void focus_last_item();  // makes it the keyboard focus and shows that
bool is_nav_focus(ImGuiID id);
bool nav_focus_shown();
void show_nav_focus();
// Takes keys away from ImGui's own navigation. Call at every frame in which `owner` is focused.
void claim_keys(ImGuiID owner, std::initializer_list<ImGuiKey> keys);
bool claimed_key_pressed(ImGuiID owner, ImGuiKey key);
// The wheel's movement in points when `owner` is hovered and can use it; the region around then
// stays.
ImVec2 claim_wheel(ImGuiID owner);

// Scrolls the nearest region around the current window that can scroll; false where none can.
bool scroll_around(float points);

// A scrollbar in `rect` over contents of any length. True while dragged.
bool scrollbar(Context& ctx, std::string_view id, const Rect& rect, bool vertical,
               double& scroll_pt, double visible_pt, double contents_pt);

// Declares `size` as used at the cursor, without an item.
void take_space(ImVec2 size);
// Puts ImGui's layout back to where it was: what is drawn meanwhile leaves no trace in it.
class KeepLayout {
 public:
  KeepLayout();
  ~KeepLayout();
  KeepLayout(const KeepLayout&) = delete;
  KeepLayout& operator=(const KeepLayout&) = delete;

 private:
  ImVec2 cursor_, previous_line_, max_, line_size_, previous_line_size_;
  float baseline_, previous_baseline_;
  bool same_line_, set_pos_;
};
// A popup or dialog above the current window overlaps `rect`.
bool popup_covers(const Rect& rect);
// A window of this name, drawn in the last frame, overlaps `rect`.
bool window_covers(const char* name, const Rect& rect);
bool any_modal_open();

void open_popup_by_id(ImGuiID id);
bool begin_popup_by_id(ImGuiID id, ImGuiWindowFlags flags);
void deactivate_all();
void disable_window_switching();  // ImGui's own Ctrl+Tab: there are no windows to switch
bool is_active(ImGuiID id);
// Of an active text field: position of the caret; asks it to take the caller's buffer anew.
size_t text_field_caret(ImGuiID id);
float text_field_scroll_x(ImGuiID id);
void reload_text_field(ImGuiID id);
void reload_text_field(ImGuiID id, size_t caret_bytes);

}  // namespace assay::kit
