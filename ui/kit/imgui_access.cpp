#include "ui/kit/imgui_access.h"

#include <imgui_internal.h>

#include <cmath>

namespace assay::kit {
namespace {

ImRect to_im(const Rect& r) { return ImRect(r.x0, r.y0, r.x1, r.y1); }
Rect from_im(const ImRect& r) { return {r.Min.x, r.Min.y, r.Max.x, r.Max.y}; }

void read_mouse(Hit& hit, ImGuiID id, uint32_t flags) {
  ImGuiButtonFlags button_flags = ImGuiButtonFlags_MouseButtonLeft;
  if ((flags & kHitOnPress) != 0) button_flags |= ImGuiButtonFlags_PressedOnClick;
  if ((flags & kHitOverlap) != 0) button_flags |= ImGuiButtonFlags_AllowOverlap;
  if ((flags & kHitNoNav) != 0) button_flags |= ImGuiButtonFlags_NoNavFocus;
  hit.pressed = ImGui::ButtonBehavior(to_im(hit.rect), id, &hit.hovered, &hit.held, button_flags);
  if (!hit.enabled) {
    hit.pressed = hit.hovered = hit.held = false;
    return;
  }
  if (hit.hovered) {
    hit.double_clicked = ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left);
    hit.right_clicked = ImGui::IsMouseClicked(ImGuiMouseButton_Right);
    if ((flags & kHitHand) != 0) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  }
}

Hit run_hit(Context& ctx, std::string_view id, const Rect& rect, uint32_t flags, bool enabled) {
  ImGuiContext& g = *GImGui;
  Hit hit;
  hit.rect = rect;
  hit.enabled = enabled;
  hit.imgui_id = imgui_id_of(id);
  ImGuiItemFlags item_flags = ImGuiItemFlags_None;
  if ((flags & kHitNoNav) != 0) item_flags |= ImGuiItemFlags_NoNav;
  if (!enabled) {
    item_flags |= ImGuiItemFlags_Disabled;
    item_flags |= ImGuiItemFlags_NoNav;
  }
  const bool shown = ImGui::ItemAdd(to_im(rect), hit.imgui_id, nullptr, item_flags);
  if (ctx.semantics->take_focus(id) && enabled) focus_last_item();
  const bool asked = ctx.semantics->take_activate(id) && enabled;
  hit.focused = g.NavId == hit.imgui_id && (flags & kHitNoNav) == 0;
  if (shown) {
    hit.visible = true;
    if ((flags & kHitKeysAreMine) != 0 && hit.focused) {
      claim_keys(hit.imgui_id, {ImGuiKey_Space, ImGuiKey_Enter, ImGuiKey_KeypadEnter});
    }
    read_mouse(hit, hit.imgui_id, flags);
    hit.ring = hit.focused && g.NavCursorVisible && enabled;
    if (g.TestEngineHookItems) {
      const std::string label(id);
      ImGuiTestEngineHook_ItemInfo(&g, hit.imgui_id, label.c_str(), g.LastItemData.StatusFlags);
    }
  }
  hit.pressed = hit.pressed || asked;
  return hit;
}

}  // namespace

ImGuiID imgui_id_of(std::string_view id) { return ImHashData(id.data(), id.size(), 0x5E3A11D5U); }

Hit hit_area(Context& ctx, std::string_view id, ImVec2 size, uint32_t flags, bool enabled) {
  if (window_skips_items()) return {};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect rect{at.x, at.y, at.x + size.x, at.y + size.y};
  ImGui::ItemSize(size);
  return run_hit(ctx, id, rect, flags, enabled);
}

Hit hit_area_at(Context& ctx, std::string_view id, const Rect& rect, uint32_t flags, bool enabled) {
  if (window_skips_items()) return {};
  return run_hit(ctx, id, rect, flags, enabled);
}

SemItem hit_item(const Hit& hit, std::string_view id, SemItem item) {
  item.id = id;
  item.rect = hit.rect;
  item.imgui_id = hit.imgui_id;
  if (!hit.enabled) item.flags |= kSemDisabled;
  if (hit.ring) item.flags |= kSemFocused;
  return item;
}

int32_t add_hit_node(Context& ctx, const Hit& hit, std::string_view id, const SemItem& item) {
  if (hit.imgui_id == 0) return -1;  // the window is hidden or collapsed
  return ctx.semantics->add(hit_item(hit, id, item));
}

void draw_focus_ring(ImDrawList* list, const Rect& rect, float radius_pt, bool inside) {
  const float away = inside ? -1.0F : 2.0F;
  const Rect r = rect.shrunk(-away, -away);
  list->AddRect(r.min(), r.max(), color(Color::Accent), radius_pt + (away > 0 ? away : 0), 0,
                kFocusRing);
}

Rect window_clip() { return from_im(GImGui->CurrentWindow->ClipRect); }
bool contents_have_changed_size() {
  const ImGuiWindow* window = ImGui::GetCurrentWindow();
  const ImVec2 now(window->DC.CursorMaxPos.x - window->DC.CursorStartPos.x, window->DC.CursorMaxPos.y - window->DC.CursorStartPos.y);
  return std::fabs(now.x - window->ContentSize.x) > 1 || std::fabs(now.y - window->ContentSize.y) > 1;
}

bool window_skips_items() { return GImGui->CurrentWindow->SkipItems; }
ImGuiID current_window_id() { return GImGui->CurrentWindow->ID; }

void focus_last_item() {
  ImGui::FocusItem();
  ImGui::SetNavCursorVisible(true);
}

bool is_nav_focus(ImGuiID id) { return GImGui->NavId == id && id != 0; }
bool nav_focus_shown() { return GImGui->NavCursorVisible; }
void show_nav_focus() { ImGui::SetNavCursorVisible(true); }

void claim_keys(ImGuiID owner, std::initializer_list<ImGuiKey> keys) {
  for (const ImGuiKey key : keys)
    ImGui::SetKeyOwner(key, owner);
}

bool claimed_key_pressed(ImGuiID owner, ImGuiKey key) {
  return ImGui::IsKeyPressed(key, ImGuiInputFlags_Repeat, owner);
}

ImVec2 claim_wheel(ImGuiID owner) {
  ImGui::SetKeyOwner(ImGuiKey_MouseWheelY, owner);
  ImGui::SetKeyOwner(ImGuiKey_MouseWheelX, owner);
  const ImGuiIO& io = ImGui::GetIO();
  const float step = px(kRowHeight) * 3;
  return ImVec2(-io.MouseWheelH * step, -io.MouseWheel * step);
}

bool scroll_around(float points) {
  ImGuiWindow* window = GImGui->CurrentWindow;
  while ((window->Flags & ImGuiWindowFlags_ChildWindow) != 0) {
    window = window->ParentWindow;
    if (window->ScrollMax.y <= 0 || (window->Flags & ImGuiWindowFlags_NoScrollWithMouse) != 0) continue;
    ImGui::SetScrollY(window, std::fmin(std::fmax(window->Scroll.y + points, 0.0F), window->ScrollMax.y));
    return true;
  }
  return false;
}

bool scrollbar(Context& ctx, std::string_view id, const Rect& rect, bool vertical,
               double& scroll_pt, double visible_pt, double contents_pt) {
  const ImGuiID imgui_id = imgui_id_of(id);
  ctx.semantics->ignore_item(imgui_id);
  auto scroll = static_cast<ImS64>(scroll_pt);
  const ImS64 before = scroll;
  const bool held =
      ImGui::ScrollbarEx(to_im(rect), imgui_id, vertical ? ImGuiAxis_Y : ImGuiAxis_X, &scroll,
                         static_cast<ImS64>(visible_pt), static_cast<ImS64>(contents_pt));
  if (scroll != before) scroll_pt = static_cast<double>(scroll);
  return held;
}

void take_space(ImVec2 size) {
  if (window_skips_items()) return;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::ItemSize(size);
  ImGui::ItemAdd(ImRect(at, ImVec2(at.x + size.x, at.y + size.y)), 0);
}

KeepLayout::KeepLayout() {
  const ImGuiWindowTempData& dc = GImGui->CurrentWindow->DC;
  cursor_ = dc.CursorPos;
  previous_line_ = dc.CursorPosPrevLine;
  max_ = dc.CursorMaxPos;
  line_size_ = dc.CurrLineSize;
  previous_line_size_ = dc.PrevLineSize;
  baseline_ = dc.CurrLineTextBaseOffset;
  previous_baseline_ = dc.PrevLineTextBaseOffset;
  same_line_ = dc.IsSameLine;
  set_pos_ = dc.IsSetPos;
}

KeepLayout::~KeepLayout() {
  ImGuiWindowTempData& dc = GImGui->CurrentWindow->DC;
  dc.CursorPos = cursor_;
  dc.CursorPosPrevLine = previous_line_;
  dc.CursorMaxPos = max_;
  dc.CurrLineSize = line_size_;
  dc.PrevLineSize = previous_line_size_;
  dc.CurrLineTextBaseOffset = baseline_;
  dc.PrevLineTextBaseOffset = previous_baseline_;
  dc.IsSameLine = same_line_;
  dc.IsSetPos = set_pos_;
}

bool popup_covers(const Rect& rect) {
  const ImGuiContext& g = *GImGui;
  const ImGuiWindow* own = g.CurrentWindow->RootWindow;
  bool above = false;
  for (const ImGuiPopupData& popup : g.OpenPopupStack) {
    const ImGuiWindow* window = popup.Window;
    if (window == nullptr) continue;
    if (window->RootWindow == own) {
      above = true;  // only popups opened from here on lie over us
      continue;
    }
    if ((own->Flags & ImGuiWindowFlags_Popup) != 0 && !above) continue;
    if ((window->Flags & ImGuiWindowFlags_Modal) != 0) return true;
    if (window->Rect().Overlaps(to_im(rect))) return true;
  }
  return false;
}

bool window_covers(const char* name, const Rect& rect) {
  const ImGuiWindow* window = ImGui::FindWindowByName(name);
  return window != nullptr && window->WasActive && window->Rect().Overlaps(to_im(rect));
}

bool any_modal_open() { return ImGui::GetTopMostPopupModal() != nullptr; }

void open_popup_by_id(ImGuiID id) { ImGui::OpenPopupEx(id); }

bool begin_popup_by_id(ImGuiID id, ImGuiWindowFlags flags) {
  ImGuiContext& g = *GImGui;
  if (g.OpenPopupStack.Size <= g.BeginPopupStack.Size) {
    g.NextWindowData.ClearFlags();
    return false;
  }
  return ImGui::BeginPopupEx(
      id, flags | ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoSavedSettings);
}

void deactivate_all() { ImGui::ClearActiveID(); }

void disable_window_switching() {
  GImGui->ConfigNavWindowingKeyNext = ImGuiKey_None;
  GImGui->ConfigNavWindowingKeyPrev = ImGuiKey_None;
}

bool is_active(ImGuiID id) { return GImGui->ActiveId == id && id != 0; }

size_t text_field_caret(ImGuiID id) {
  const ImGuiInputTextState* state = ImGui::GetInputTextState(id);
  return state == nullptr ? 0 : static_cast<size_t>(state->GetCursorPos());
}

float text_field_scroll_x(ImGuiID id) {
  const ImGuiInputTextState* state = ImGui::GetInputTextState(id);
  return state == nullptr || !is_active(id) ? 0.0F : state->Scroll.x;
}

void reload_text_field(ImGuiID id) {
  ImGuiInputTextState* state = ImGui::GetInputTextState(id);
  if (state != nullptr && is_active(id)) state->ReloadUserBufAndMoveToEnd();
}

void reload_text_field(ImGuiID id, size_t caret_bytes) {
  ImGuiInputTextState* state = ImGui::GetInputTextState(id);
  if (state == nullptr || !is_active(id)) return;
  state->ReloadUserBufAndKeepSelection();
  state->ReloadSelectionStart = state->ReloadSelectionEnd = static_cast<int>(caret_bytes);
  state->CursorFollow = true;
}

// Declared in context.h; it needs ImGui's insides. The rules are those of ImGui's own timers: the
// text cursor is on for 0.8 s and off for 0.4 s, hover delays come from the style.
float imgui_wants_frame_in_s() {
  const ImGuiContext& g = *GImGui;
  if (g.InputEventsQueue.Size > 0) return 0;
  for (const bool down : g.IO.MouseDown) {
    if (down) return 0;
  }
  if (g.DimBgRatio > 0 && g.DimBgRatio < 1) return 0;
  // A focus that was asked for arrives in the next frame; a key that came first would go nowhere.
  if (g.NavMoveSubmitted || g.NavNextActivateId != 0) return 0;
  for (int key = ImGuiKey_Keyboard_BEGIN; key < ImGuiKey_Keyboard_END; ++key) {
    const bool modifier = key >= ImGuiKey_LeftCtrl && key <= ImGuiKey_RightSuper;
    if (!modifier && ImGui::IsKeyDown(static_cast<ImGuiKey>(key))) return 0;
  }
  for (const ImGuiWindow* window : g.Windows) {
    if (!window->Active) continue;
    // A child that is scrolled out of sight is marked hidden anew in every frame: it waits for nothing.
    const ImRect& shown = window->OuterRectClipped;
    const bool out_of_sight = (window->Flags & ImGuiWindowFlags_ChildWindow) != 0 &&
                              (shown.Min.x >= shown.Max.x || shown.Min.y >= shown.Max.y);
    if (out_of_sight) continue;
    if (window->HiddenFramesCanSkipItems > 0 || window->HiddenFramesCannotSkipItems > 0 ||
        window->AutoFitFramesX > 0 || window->AutoFitFramesY > 0) {
      return 0;
    }
  }
  float wake = -1;
  const auto wish = [&wake](float seconds) {
    if (seconds > 0 && (wake < 0 || seconds < wake)) wake = seconds;
  };
  if (g.ActiveId != 0 && g.ActiveId == g.InputTextState.ID) {
    const float at = g.InputTextState.CursorAnim;
    const float phase = at <= 0 ? at : std::fmod(at, 1.2F);
    wish((phase <= 0.8F ? 0.8F - phase : 1.2F - phase) + 0.002F);
  }
  // Only while something under the mouse waits for its delay (it asks in each frame); anything else that
  // is hovered would never see these timers move.
  if (g.HoverItemDelayId != 0 && g.ActiveId == 0) {
    wish(g.Style.HoverStationaryDelay - g.MouseStationaryTimer);
    wish(g.Style.HoverDelayShort - g.HoverItemDelayTimer);
    wish(g.Style.HoverDelayNormal - g.HoverItemDelayTimer);
  }
  return wake;
}

}  // namespace assay::kit
