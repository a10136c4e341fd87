#include <algorithm>
#include <cfloat>
#include <cmath>

#include "core/base/numbers.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
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

Context::Overlay& overlay_of(Context& ctx, std::string_view id, const std::string& text) {
  for (Context::Overlay& overlay : ctx.overlay_states) {
    if (overlay.id == id) return overlay;
  }
  Context::Overlay overlay;
  overlay.id = std::string(id);
  overlay.text = text;
  overlay.revision = 1;
  ctx.overlay_states.push_back(std::move(overlay));
  return ctx.overlay_states.back();
}

// What the element in the page did since the last frame.
void read_events(Context& ctx, Context::Overlay& overlay, std::string& text,
                 TextInputResult& result) {
  for (const OverlayEvent& event : ctx.overlay_events) {
    if (event.id != overlay.id) continue;
    if (event.kind == OverlayEventKind::Focus) {
      overlay.focused = true;
      continue;
    }
    if (event.kind == OverlayEventKind::Escape) continue;
    if (event.kind == OverlayEventKind::Select) {
      const size_t space = std::min(event.text.find(' '), event.text.size());
      overlay.selected_from = static_cast<size_t>(parse_int64(event.text.substr(0, space)).value_or(0));
      overlay.selected_to = static_cast<size_t>(parse_int64(event.text.substr(std::min(space + 1, event.text.size()))).value_or(0));
      continue;
    }
    if (event.text != overlay.text || event.text != text) {
      text = overlay.text = event.text;
      overlay.edited = result.changed = true;
    }
    if (event.kind == OverlayEventKind::Submit) result.submitted = true;
    if (event.kind == OverlayEventKind::Commit) overlay.focused = false;
    if (event.kind != OverlayEventKind::Input && overlay.edited) {
      result.deactivated_after_edit = true;
      overlay.edited = false;
    }
  }
}

void request_overlay(Context& ctx, const Context::Overlay& overlay, const TextAreaOptions& o,
                     const Rect& inner, bool take_focus) {
  OverlayRequest request;
  request.id = overlay.id;
  request.name = std::string(o.name);
  request.text = overlay.text;
  request.placeholder = std::string(o.placeholder);
  for (const TextMark& mark : o.marks) {
    append_int(request.marks, static_cast<int64_t>(mark.from));
    request.marks += ' ';
    append_int(request.marks, static_cast<int64_t>(mark.to));
    request.marks += " #";
    const ImU32 rgba = color(mark.background);
    for (const int shift : {IM_COL32_R_SHIFT, IM_COL32_G_SHIFT, IM_COL32_B_SHIFT, IM_COL32_A_SHIFT}) {
      request.marks += "0123456789abcdef"[rgba >> (shift + 4) & 15];
      request.marks += "0123456789abcdef"[rgba >> shift & 15];
    }
    request.marks += ';';
  }
  request.rect = inner;
  request.clip = intersection(inner, window_clip());
  request.revision = overlay.revision;
  request.font_size_css_px = (o.mono ? 13.0F : 14.0F) * ctx.ui_scale;
  request.mono = o.mono;
  request.enabled = o.enabled;
  request.read_only = o.read_only;
  request.take_focus = take_focus;
  // A notice hides it too, unless someone writes in it.
  const bool in_use = overlay.focused || take_focus;
  request.covered = popup_covers(inner) || request.clip.empty() || (!in_use && window_covers(kToastsWindow, inner));
  if (request.covered) {
    // The element is hidden meanwhile; its text must not vanish with it.
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 back = ImGui::GetCursorScreenPos();
    list->PushClipRect(inner.min(), inner.max(), true);
    ImGui::SetCursorScreenPos(inner.min());
    paragraph(ctx, overlay.text, inner.width(), o.mono ? TextStyle::Mono : TextStyle::Body,
              Color::Text);
    ImGui::SetCursorScreenPos(back);
    list->PopClipRect();
  }
  ctx.overlays.push_back(std::move(request));
}

TextInputResult dom_text_area(Context& ctx, std::string_view id, std::string& text,
                              const TextAreaOptions& o, const Rect& frame, bool take_focus) {
  TextInputResult result;
  Context::Overlay& overlay = overlay_of(ctx, o.of.empty() ? std::string(id) : std::string(id) + "\n" + std::string(o.of), text);
  overlay.seen = true;
  read_events(ctx, overlay, text, result);
  if (text != overlay.text) {
    overlay.text = text;
    ++overlay.revision;
    overlay.selected_from = overlay.selected_to = 0;
  }
  result.selected_from = std::min(overlay.selected_from, text.size());
  result.selected_to = std::min(overlay.selected_to, text.size());
  result.active = overlay.focused;
  if (!o.read_only) draw_field_frame(frame, o.enabled, o.invalid, overlay.focused, false, false);
  const bool clicked = o.enabled && ImGui::IsMouseClicked(ImGuiMouseButton_Left) &&
                       ImGui::IsWindowHovered() && frame.contains(ImGui::GetIO().MousePos);
  // The element gets the release of the key that brought the focus there; here it would stay down for ever.
  if (take_focus) ImGui::GetIO().ClearInputKeys();
  request_overlay(ctx, overlay, o, o.read_only ? frame : frame.shrunk(px(10), px(6)),
                  take_focus || clicked);
  take_space(frame.size());
  return result;
}

TextInputResult imgui_text_area(Context& ctx, const std::string& label, std::string& text,
                                const TextAreaOptions& o, const Rect& frame, bool take_focus) {
  TextInputResult result;
  const ImGuiID imgui_id = ImGui::GetID(label.c_str());
  const bool active = is_active(imgui_id);
  const bool ring = is_nav_focus(imgui_id) && nav_focus_shown() && !active;
  draw_field_frame(frame, o.enabled, o.invalid, active, ring, false);
  const TextScope scope(o.mono ? TextStyle::Mono : TextStyle::Body);
  if (take_focus) ImGui::SetKeyboardFocusHere(0);
  ImGui::BeginDisabled(!o.enabled);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(10), px(6)));
  for (const ImGuiCol col : {ImGuiCol_FrameBg, ImGuiCol_NavCursor}) {
    ImGui::PushStyleColor(col, ImVec4(0, 0, 0, 0));
  }
  ImGui::InputTextMultiline(label.c_str(), text.data(), text.capacity() + 1, frame.size(),
                            ImGuiInputTextFlags_CallbackResize | (o.read_only ? ImGuiInputTextFlags_ReadOnly : 0),
                            resize_string, &text);
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar();
  ImGui::EndDisabled();
  result.changed = ImGui::IsItemEdited();
  result.deactivated_after_edit = ImGui::IsItemDeactivatedAfterEdit();
  result.active = ImGui::IsItemActive();
  const bool enter = ImGui::IsKeyPressed(ImGuiKey_Enter, false) ||
                     ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false);
  result.submitted = active && ImGui::GetIO().KeyCtrl && enter;
  if (result.active) result.caret_bytes = text_field_caret(imgui_id);
  if (text.empty() && !o.placeholder.empty()) {
    const Rect inner = frame.shrunk(px(10), px(6));
    draw_text(ctx, ImGui::GetWindowDrawList(),
              {inner.x0, inner.y0, inner.x1, inner.y0 + text_height(ctx)}, o.placeholder,
              TextStyle::Body, Color::TextSecondary);
  }
  ctx.semantics->ignore_item(imgui_id);
  return result;
}

// As high as the text's lines want it, within what the options allow.
float grown_height(Context& ctx, std::string_view text, const TextAreaOptions& o, float width) {
  if (o.most_lines <= 0) return o.height_pt;
  constexpr size_t kMostBytes = 4000;  // more fills the box in any script
  const std::string_view seen = text.substr(0, kMostBytes);
  const TextStyle style = o.mono ? TextStyle::Mono : TextStyle::Body;
  const float size = text_height(ctx, style), room = std::max(px(40), width - 2 * px(10) - px(8));
  const ImVec2 wrapped = font_of(ctx.fonts, style)->CalcTextSizeA(size, FLT_MAX, room, seen.data(), seen.data() + seen.size());
  float lines = std::ceil(wrapped.y / size);
  if (seen.ends_with('\n')) lines += 1;  // the caret stands there
  constexpr float kLineHeight = 1.45F;    // of the page's text fields
  const float line = std::ceil(size * kLineHeight), most = line * static_cast<float>(o.most_lines);
  return std::max(o.height_pt, std::min(lines * line, most) + 2 * px(6) + 2);
}

}  // namespace

TextInputResult text_area(Context& ctx, std::string_view id, std::string& text,
                          const TextAreaOptions& o) {
  TextInputResult result;
  if (window_skips_items()) return result;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = control_width(o.width_pt, 320);
  const Rect frame{at.x, at.y, at.x + width, at.y + grown_height(ctx, text, o, width)};
  const bool asked_focus = ctx.semantics->take_focus(id);
  const bool asked_press = ctx.semantics->take_activate(id);
  const bool take_focus = (o.take_focus || asked_focus || asked_press) && o.enabled;
  bool replaced = false;
  const std::string label = "##" + std::string(id) + (o.of.empty() ? std::string() : "\n" + std::string(o.of));
  if (auto asked = ctx.semantics->take_text(id); asked && o.enabled && !o.read_only && *asked != text) {
    text = *asked;
    replaced = true;
    if (!ctx.dom_text_areas) reload_text_field(ImGui::GetID(label.c_str()));
  }
  result = ctx.dom_text_areas ? dom_text_area(ctx, id, text, o, frame, take_focus)
                              : imgui_text_area(ctx, label, text, o, frame, take_focus);
  if (replaced) result.changed = result.deactivated_after_edit = true;
  SemItem item;
  item.role = Role::Textbox;
  item.id = id;
  item.name = o.name;
  item.value = text;
  item.description = o.placeholder;
  item.rect = frame;
  item.imgui_id = ctx.dom_text_areas ? 0 : ImGui::GetID(label.c_str());
  item.flags = kSemMultiline;
  if (o.read_only) item.flags |= kSemReadOnly;
  if (ctx.dom_text_areas) item.flags |= kSemDomOverlay;
  if (!o.enabled) item.flags |= kSemDisabled;
  if (o.invalid) item.flags |= kSemInvalid;
  if (result.active) item.flags |= kSemFocused;
  ctx.semantics->add(item);
  return result;
}

bool image(Context& ctx, std::string_view id, std::string_view name, const std::string& data_url, float max_height_pt) {
  const float column = ImGui::GetContentRegionAvail().x;
  Context::Overlay& overlay = overlay_of(ctx, id, {});
  overlay.seen = true;
  for (const OverlayEvent& event : ctx.overlay_events)
    if (event.id == id) overlay.text = event.text;
  // Until the browser has said how large it is, a square of half the height.
  float width = max_height_pt / 2, height = max_height_pt / 2;
  if (const size_t space = overlay.text.find(' '); space != std::string::npos) {
    width = static_cast<float>(parse_int64(overlay.text.substr(0, space)).value_or(0)) * ctx.ui_scale;
    height = static_cast<float>(parse_int64(overlay.text.substr(space + 1)).value_or(0)) * ctx.ui_scale;
    if (width < 1 || height < 1) return false;
  }
  const float scale = std::fmin(1.0F, std::fmin(max_height_pt / height, column / width));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  OverlayRequest request;
  request.id = id;
  request.name = name;
  request.image = true;
  request.rect = {at.x, at.y, at.x + width * scale, at.y + height * scale};
  request.clip = intersection(request.rect, window_clip());
  request.covered = popup_covers(request.rect) || window_covers(kToastsWindow, request.rect);
  SemItem item;
  item.role = Role::Image;
  item.id = id;
  item.name = name;
  item.value = overlay.text;
  item.rect = request.rect;
  ctx.semantics->add(item);
  take_space(request.rect.size());
  // What cannot be seen is not decoded; what was decoded stays while it is scrolled out of sight.
  if (ctx.dom_text_areas && (!request.clip.empty() || !overlay.text.empty())) {
    request.text = data_url;
    ctx.overlays.push_back(std::move(request));
  }
  return true;
}

void inline_note(Context& ctx, std::string_view id, std::string_view text, const char* icon,
                 Color token) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = text_height(ctx, TextStyle::Small);
  const float inset = icon != nullptr ? px(20) : 0;
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_icon(ctx, list, {at.x, at.y, at.x + px(14), at.y + height + 2}, icon, token, 14);
  ImGui::SetCursorScreenPos(ImVec2(at.x + inset, at.y));
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::BeginGroup();
  paragraph(ctx, text, std::fmax(width, px(80)), TextStyle::Small, token);
  ImGui::EndGroup();
  SemItem item;
  item.role = token == Color::Fail ? Role::Alert : Role::Text;
  item.id = id;
  item.name = text;
  const ImVec2 end = ImGui::GetItemRectMax();
  item.rect = {at.x, at.y, end.x, end.y};
  ctx.semantics->add(item);
}

void inline_error(Context& ctx, std::string_view id, std::string_view text) {
  inline_note(ctx, id, text, kIconCircleAlert, Color::Fail);
}

}  // namespace assay::kit
