#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/utf8.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widget_base.h"
#include "ui/kit/widgets.h"

namespace assay::kit {
namespace {

int resize_string(ImGuiInputTextCallbackData* data) {
  if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
    auto* text = static_cast<std::string*>(data->UserData);
    text->resize(static_cast<size_t>(data->BufTextLen));
    data->Buf = text->data();
  }
  return 0;
}

ImGuiInputTextFlags input_flags(const TextInputOptions& o, bool hidden) {
  ImGuiInputTextFlags flags =
      ImGuiInputTextFlags_CallbackResize | ImGuiInputTextFlags_EnterReturnsTrue;
  if (hidden) flags |= ImGuiInputTextFlags_Password;
  if (o.read_only) flags |= ImGuiInputTextFlags_ReadOnly;
  if (o.search) flags |= ImGuiInputTextFlags_EscapeClearsAll;
  if (o.select_all_on_focus) flags |= ImGuiInputTextFlags_AutoSelectAll;
  return flags;
}

// The frame is ours; ImGui's own is made invisible.
void push_bare_field(float padding_y) {
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, padding_y));
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 0.0F);
  for (const ImGuiCol col :
       {ImGuiCol_FrameBg, ImGuiCol_FrameBgHovered, ImGuiCol_FrameBgActive, ImGuiCol_NavCursor}) {
    ImGui::PushStyleColor(col, ImVec4(0, 0, 0, 0));
  }
}

void pop_bare_field() {
  ImGui::PopStyleColor(4);
  ImGui::PopStyleVar(2);
}

// Where a query is wrong: the line under it, inside the field.
std::optional<Rect> error_line(Context& ctx, const TextInputOptions& o, const std::string& text,
                               const Rect& inner, float scroll_x) {
  if (o.error_from >= o.error_to && o.error_from == 0) return std::nullopt;
  const TextStyle style = o.mono ? TextStyle::Mono : TextStyle::Body;
  const size_t from = std::min(o.error_from, text.size());
  const size_t to = std::min(std::max(o.error_to, from), text.size());
  const float x0 =
      inner.x0 - scroll_x + text_width(ctx, std::string_view(text).substr(0, from), style);
  const float width = text_width(ctx, std::string_view(text).substr(from, to - from), style);
  const float x1 = x0 + std::fmax(width, px(6));
  const float y = inner.center_y() + text_height(ctx, style) * 0.5F;
  const Rect line{std::fmax(x0, inner.x0), y - 1, std::fmin(x1, inner.x1), y + 1};
  if (line.x1 <= line.x0) return std::nullopt;
  return line;
}

// The underline as a button, below the letters, so that a click into the text still places the caret. Before the
// field itself, which would take the mouse.
bool error_button(Context& ctx, const TextInputOptions& o, const Rect& frame, const Rect& line) {
  if (o.error_id.empty()) return false;
  const Rect strip{line.x0, line.y0 - px(2), line.x1, frame.y1};
  const Hit hit = hit_area_at(ctx, o.error_id, strip, kHitHand | kHitOnPress | kHitNoNav | kHitNoRing);
  SemItem item;
  item.role = Role::Button;
  item.name = o.error_name;
  add_hit_node(ctx, hit, o.error_id, item);
  if (hit.hovered) tooltip(ctx, o.error_name);
  return hit.pressed;
}

struct FieldButtons {
  bool cleared = false;
  bool eye = false;
};

// The small buttons inside the right end of a field.
FieldButtons field_buttons(Context& ctx, std::string_view id, const TextInputOptions& o,
                           const Rect& frame, bool has_text, bool shown) {
  FieldButtons result;
  if (!o.enabled) return result;
  const Rect place{frame.x1 - px(26), frame.y0 + px(3), frame.x1 - px(4), frame.y1 - px(3)};
  const bool eye = o.password;
  if (!eye && !(o.clear_button && has_text && !o.read_only)) return result;
  const std::string button_id = id_part(id, eye ? "reveal" : "clear");
  const Hit hit = hit_area_at(ctx, button_id, place, kHitHand);
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (hit.hovered)
      list->AddRectFilled(place.min(), place.max(), color(Color::Hover), px(kRadiusSmall));
    draw_icon(ctx, list, place, eye ? (shown ? kIconEyeOff : kIconEye) : kIconX,
              Color::TextSecondary, 14);
    if (hit.ring) draw_focus_ring(list, place, px(kRadiusSmall));
  }
  SemItem item;
  item.role = Role::Button;
  item.name = tr(eye ? (shown ? Str::kit_hide_secret : Str::kit_show_secret) : Str::kit_clear);
  if (hit.visible) tooltip(ctx, item.name);
  add_hit_node(ctx, hit, button_id, item);
  (eye ? result.eye : result.cleared) = hit.pressed;
  return result;
}

struct FieldPlan {
  Rect frame;
  Rect inner;  // where the text is
  std::string label;
  ImGuiID imgui_id = 0;
  bool active_before = false;
};

FieldPlan plan_field(Context& ctx, std::string_view id, const TextInputOptions& o, bool has_text) {
  FieldPlan plan;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = control_width(o.width_pt, 240);
  plan.frame = {at.x, at.y, at.x + width, at.y + control_height(o.size)};
  plan.inner = plan.frame;
  plan.inner.x0 += o.icon != nullptr ? px(32) : px(10);
  const bool button = o.password || (o.clear_button && has_text);
  plan.inner.x1 -= button ? px(28) : px(10);
  if (const std::string_view keys = ctx.shown_keys(o.chord); !keys.empty() && !has_text)
    plan.inner.x1 -= text_width(ctx, keys, TextStyle::Small) + px(10);
  if (plan.inner.x1 < plan.inner.x0 + 8) plan.inner.x1 = plan.inner.x0 + 8;
  plan.label = "##" + std::string(id);
  plan.imgui_id = ImGui::GetID(plan.label.c_str());
  plan.active_before = is_active(plan.imgui_id);
  return plan;
}

void draw_field_back(Context& ctx, const FieldPlan& plan, const TextInputOptions& o,
                     bool has_text) {
  const bool hovered = ImGui::IsMouseHoveringRect(plan.frame.min(), plan.frame.max()) &&
                       ImGui::IsWindowHovered(ImGuiHoveredFlags_ChildWindows);
  const bool ring = is_nav_focus(plan.imgui_id) && nav_focus_shown() && !plan.active_before;
  draw_field_frame(plan.frame, o.enabled, o.invalid, plan.active_before, ring, hovered);
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (o.icon != nullptr) {
    draw_icon(ctx, list,
              {plan.frame.x0 + px(8), plan.frame.y0, plan.frame.x0 + px(28), plan.frame.y1}, o.icon,
              plan.active_before ? Color::Text : Color::TextSecondary);
  }
  if (const std::string_view keys = ctx.shown_keys(o.chord); !keys.empty() && !has_text) {
    draw_text(ctx, list, plan.frame.shrunk(px(10), 0), keys, TextStyle::Small,
              Color::TextSecondary, Align::Right);
  }
}

void add_field_node(Context& ctx, std::string_view id, const FieldPlan& plan,
                    const TextInputOptions& o, const std::string& text, bool active) {
  SemItem item;
  item.role = o.search ? Role::Searchbox : Role::Textbox;
  item.id = id;
  item.name = o.name;
  item.value = text;
  item.description = o.placeholder;
  item.rect = plan.frame;
  item.imgui_id = plan.imgui_id;
  if (o.password) item.flags |= kSemPassword;
  if (!o.enabled) item.flags |= kSemDisabled;
  if (o.read_only) item.flags |= kSemReadOnly;
  if (o.invalid) item.flags |= kSemInvalid;
  if (active || (is_nav_focus(plan.imgui_id) && nav_focus_shown())) item.flags |= kSemFocused;
  ctx.semantics->add(item);
}

// Keys for the list below the field. Claimed in each frame, so that they are the owner's from the first one on.
FieldKey take_claimed_key(const FieldPlan& plan, const TextInputOptions& o) {
  constexpr struct {
    FieldKey field;
    ImGuiKey key;
    bool alt;
  } kKeys[] = {{kFieldKeyUp, ImGuiKey_UpArrow, false},    {kFieldKeyDown, ImGuiKey_DownArrow, false},
               {kFieldKeyTab, ImGuiKey_Tab, false},       {kFieldKeyEnter, ImGuiKey_Enter, false},
               {kFieldKeyEscape, ImGuiKey_Escape, false}, {kFieldKeyAltEnter, ImGuiKey_Enter, true}};
  const ImGuiID owner = plan.imgui_id ^ 0x5EA2C4U;
  const ImGuiIO& io = ImGui::GetIO();
  FieldKey pressed = kFieldKeyNone;
  for (const auto& [field, key, alt] : kKeys) {
    if ((o.claimed_keys & field) == 0) continue;
    if (io.KeyCtrl || io.KeyShift || io.KeySuper || io.KeyAlt != alt) continue;
    claim_keys(owner, {key});
    if (claimed_key_pressed(owner, key)) pressed = field;
  }
  return pressed;
}

// Requests from tests and the mirror, and clicks beside the text but inside the frame.
bool wants_focus(Context& ctx, std::string_view id, const FieldPlan& plan,
                 const TextInputOptions& o) {
  bool focus = o.take_focus;
  if (ctx.semantics->take_focus(id)) focus = true;
  if (ctx.semantics->take_activate(id)) focus = true;
  const Rect left{plan.frame.x0, plan.frame.y0, plan.inner.x0, plan.frame.y1};
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left) && left.contains(ImGui::GetIO().MousePos) &&
      ImGui::IsWindowHovered(ImGuiHoveredFlags_ChildWindows)) {
    focus = true;
  }
  return focus && o.enabled;
}

}  // namespace

void draw_field_frame(const Rect& rect, bool enabled, bool invalid, bool active, bool ring,
                      bool hovered) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float radius = px(kRadius);
  list->AddRectFilled(rect.min(), rect.max(), color(enabled ? Color::Surface : Color::Background),
                      radius);
  const Color border = invalid              ? Color::Fail
                       : active             ? Color::Accent
                       : enabled && hovered ? Color::TextDisabled
                       : enabled            ? Color::LineStrong
                                            : Color::Line;
  list->AddRect(rect.min(), rect.max(), color(border), radius);
  if (active) {
    const Rect halo = rect.shrunk(-1.5F, -1.5F);
    list->AddRect(halo.min(), halo.max(), color_alpha(invalid ? Color::Fail : Color::Accent, 0.28F),
                  radius + 1.5F, 0, 3);
  }
  if (ring) draw_focus_ring(list, rect, radius);
}

TextInputResult text_input(Context& ctx, std::string_view id, std::string& text,
                           const TextInputOptions& o) {
  TextInputResult result;
  if (window_skips_items()) return result;
  const FieldPlan plan = plan_field(ctx, id, o, !text.empty());
  ImGuiStorage* storage = ImGui::GetStateStorage();
  const ImGuiID shown_key = imgui_id_of(id_part(id, "reveal")) ^ 1U;
  const bool shown = storage->GetBool(shown_key);
  if (auto asked = ctx.semantics->take_text(id);
      asked && o.enabled && !o.read_only && *asked != text) {
    text = *asked;
    reload_text_field(plan.imgui_id);
    result.changed = result.deactivated_after_edit = true;
  }
  ImGui::BeginGroup();
  draw_field_back(ctx, plan, o, !text.empty());
  const FieldButtons buttons = field_buttons(ctx, id, o, plan.frame, !text.empty(), shown);
  if (buttons.eye) storage->SetBool(shown_key, !shown);
  if (buttons.cleared) {
    text.clear();
    reload_text_field(plan.imgui_id);
    result.changed = result.cleared = true;
  }
  if (wants_focus(ctx, id, plan, o) || buttons.cleared) ImGui::SetKeyboardFocusHere(0);
  if (plan.active_before) {
    result.key = take_claimed_key(plan, o);
    if (o.place_caret != kNoCaret) {
      reload_text_field(plan.imgui_id, std::min(o.place_caret, text.size()));
      result.caret_placed = true;
    }
  }
  if (const auto line = error_line(ctx, o, text, plan.inner, text_field_scroll_x(plan.imgui_id)); line)
    result.error_clicked = error_button(ctx, o, plan.frame, *line);
  const TextStyle style = o.mono ? TextStyle::Mono : TextStyle::Body;
  const TextScope scope(style);
  ImGui::SetCursorScreenPos(ImVec2(plan.inner.x0, plan.frame.y0));
  ImGui::SetNextItemWidth(plan.inner.width());
  ImGui::BeginDisabled(!o.enabled);
  push_bare_field((plan.frame.height() - text_height(ctx, style)) * 0.5F);
  if (!o.enabled) ImGui::PushStyleColor(ImGuiCol_Text, color(Color::TextDisabled));
  const std::string hint(o.placeholder);
  result.submitted =
      ImGui::InputTextWithHint(plan.label.c_str(), hint.c_str(), text.data(), text.capacity() + 1,
                               input_flags(o, o.password && !shown), resize_string, &text);
  if (!o.enabled) ImGui::PopStyleColor();
  pop_bare_field();
  ImGui::EndDisabled();
  // ImGui's field takes every Enter for its own and gives the caret away; the claimer asks for it back.
  if (result.key == kFieldKeyEnter || result.key == kFieldKeyAltEnter) result.submitted = false;
  result.changed = result.changed || ImGui::IsItemEdited();
  result.deactivated_after_edit =
      result.deactivated_after_edit || ImGui::IsItemDeactivatedAfterEdit();
  result.active = ImGui::IsItemActive();
  if (text.size() > o.max_bytes) {
    text = std::string(utf8_prefix(text, o.max_bytes));
    reload_text_field(plan.imgui_id);
  }
  if (result.active) result.caret_bytes = text_field_caret(plan.imgui_id);
  const float scroll_x = text_field_scroll_x(plan.imgui_id);
  result.text_x = plan.inner.x0 - scroll_x;
  if (const auto line = error_line(ctx, o, text, plan.inner, scroll_x); line && !o.password)
    ImGui::GetWindowDrawList()->AddRectFilled(line->min(), line->max(), color(o.error_is_warning ? Color::Warn : Color::Fail));
  add_field_node(ctx, id, plan, o, text, result.active);
  ImGui::SetCursorScreenPos(plan.frame.min());
  take_space(plan.frame.size());
  ImGui::EndGroup();
  return result;
}

void field_label(Context& ctx, std::string_view label, std::string_view hint) {
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(kSpaceS), px(kSpaceXs)));
  const float room = width_left();
  text(ctx, label, TextStyle::SmallStrong, Color::Text);
  if (!hint.empty()) {
    const float needed = text_width(ctx, label, TextStyle::SmallStrong) + px(kSpaceS) + text_width(ctx, hint, TextStyle::Small);
    if (needed <= room) {
      same_row(px(kSpaceS));
      text(ctx, hint, TextStyle::Small, Color::TextSecondary);
    } else {
      paragraph(ctx, hint, room, TextStyle::Small, Color::TextSecondary);
    }
  }
  ImGui::PopStyleVar();
}

}  // namespace assay::kit
