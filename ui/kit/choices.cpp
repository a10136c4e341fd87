#include <cmath>

#include "core/base/numbers.h"
#include "ui/kit/icons.h"
#include "ui/kit/popups.h"
#include "ui/kit/widget_base.h"
#include "ui/kit/widgets.h"

namespace assay::kit {
namespace {

// A 16-point mark, a gap and the text as one area.
Hit marked_area(Context& ctx, std::string_view id, std::string_view text, float mark_width,
                bool enabled) {
  const float width = mark_width + (text.empty() ? 0 : px(kSpaceS) + text_width(ctx, text));
  return hit_area(ctx, id, ImVec2(width, px(kControlHeightCompact)), kHitHand | kHitNoRing,
                  enabled);
}

void draw_mark_text(Context& ctx, const Hit& hit, float mark_width, std::string_view text) {
  const Rect place{hit.rect.x0 + mark_width + px(kSpaceS), hit.rect.y0, hit.rect.x1 + 1,
                   hit.rect.y1};
  draw_text(ctx, ImGui::GetWindowDrawList(), place, text, TextStyle::Body,
            hit.enabled ? Color::Text : Color::TextDisabled);
}

void draw_check_box(Context& ctx, const Hit& hit, int state) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float side = px(16);
  const float y = std::floor(hit.rect.center_y() - side * 0.5F);
  const Rect box{hit.rect.x0, y, hit.rect.x0 + side, y + side};
  const float radius = px(kRadiusSmall);
  if (state != 0) {
    const Color fill = !hit.enabled  ? Color::TextDisabled
                       : hit.hovered ? Color::AccentHover
                                     : Color::Accent;
    list->AddRectFilled(box.min(), box.max(), color(fill), radius);
    draw_icon(ctx, list, box, state > 0 ? kIconCheck : kIconMinus, Color::OnAccent, 14);
  } else {
    list->AddRectFilled(box.min(), box.max(), color(Color::Surface), radius);
    const Color border = hit.enabled && hit.hovered ? Color::TextSecondary : Color::LineStrong;
    list->AddRect(box.min(), box.max(), color(border), radius, 0, 1.25F);
  }
  if (hit.ring) draw_focus_ring(list, box, radius);
}

void draw_radio_mark(const Hit& hit, bool on) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float side = px(16);
  const ImVec2 center(hit.rect.x0 + side * 0.5F, std::floor(hit.rect.center_y()));
  const float radius = side * 0.5F;
  if (on) {
    list->AddCircleFilled(center, radius, color(hit.enabled ? Color::Accent : Color::TextDisabled));
    list->AddCircleFilled(center, px(3), color(Color::OnAccent));
  } else {
    list->AddCircleFilled(center, radius, color(Color::Surface));
    const Color border = hit.enabled && hit.hovered ? Color::TextSecondary : Color::LineStrong;
    list->AddCircle(center, radius - 0.5F, color(border), 0, 1.25F);
  }
  if (hit.ring) {
    const Rect box{center.x - radius, center.y - radius, center.x + radius, center.y + radius};
    draw_focus_ring(list, box, radius);
  }
}

void add_choice_node(Context& ctx, const Hit& hit, std::string_view id, Role role,
                     const Choice& choice, bool on, size_t index, size_t count) {
  SemItem item;
  item.role = role;
  item.name = choice.text;
  item.description = choice.hint;
  if (role == Role::Radio) {
    item.flags = kSemCheckable | (on ? static_cast<uint32_t>(kSemChecked) : 0U);
  } else {
    item.flags = kSemSelectable | (on ? static_cast<uint32_t>(kSemSelected) : 0U);
  }
  item.position = static_cast<int64_t>(index) + 1;
  item.set_size = static_cast<int64_t>(count);
  add_hit_node(ctx, hit, id, item);
}

int32_t open_group(Context& ctx, Role role, std::string_view id, std::string_view name) {
  SemItem group;
  group.role = role;
  group.id = id;
  group.name = name;
  return ctx.semantics->open(group);
}

void close_group(Context& ctx, int32_t node, const Rect& rect) {
  ctx.semantics->amend_rect(node, rect);
  ctx.semantics->close();
}

}  // namespace

bool checkbox_tristate(Context& ctx, std::string_view id, std::string_view text, int& state,
                       bool enabled) {
  const Hit hit = marked_area(ctx, id, text, px(16), enabled);
  if (hit.pressed) state = state == 1 ? 0 : 1;
  if (hit.visible) {
    draw_check_box(ctx, hit, state);
    draw_mark_text(ctx, hit, px(16), text);
  }
  SemItem item;
  item.role = Role::Checkbox;
  item.name = text;
  item.flags = kSemCheckable;
  if (state > 0) item.flags |= kSemChecked;
  if (state < 0) item.flags |= kSemMixed;
  add_hit_node(ctx, hit, id, item);
  return hit.pressed;
}

bool checkbox(Context& ctx, std::string_view id, std::string_view text, bool& on, bool enabled) {
  int state = on ? 1 : 0;
  const bool changed = checkbox_tristate(ctx, id, text, state, enabled);
  on = state == 1;
  return changed;
}

bool toggle_switch(Context& ctx, std::string_view id, std::string_view text, bool& on,
                   bool enabled) {
  const float width = px(32), height = px(18);
  const Hit hit = marked_area(ctx, id, text, width, enabled);
  if (hit.pressed) on = !on;
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float y = std::floor(hit.rect.center_y() - height * 0.5F);
    const Rect track{hit.rect.x0, y, hit.rect.x0 + width, y + height};
    const float at = animate(ctx, hit.imgui_id, on ? 1.0F : 0.0F);
    const Color fill = !enabled ? Color::Skeleton : on ? Color::Accent : Color::TextDisabled;
    list->AddRectFilled(track.min(), track.max(), color(fill), height * 0.5F);
    const float radius = height * 0.5F - 2;
    const float x = track.x0 + 2 + radius + at * (width - height);
    list->AddCircleFilled(ImVec2(x, track.center_y()), radius, color(Color::Surface));
    if (hit.ring) draw_focus_ring(list, track, height * 0.5F);
    draw_mark_text(ctx, hit, width, text);
  }
  SemItem item;
  item.role = Role::Checkbox;
  item.name = text;
  item.flags = kSemCheckable | (on ? static_cast<uint32_t>(kSemChecked) : 0U);
  add_hit_node(ctx, hit, id, item);
  return hit.pressed;
}

bool segmented(Context& ctx, std::string_view id, std::string_view name,
               std::span<const Choice> choices, int& selected, ControlSize size) {
  const float height = control_height(size);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  std::vector<float> widths;
  float total = 4;
  for (const Choice& choice : choices) {
    float width = text_width(ctx, choice.text) + 2 * px(10);
    if (choice.icon != nullptr) width += px(16) + (choice.text.empty() ? 0 : px(6));
    widths.push_back(width);
    total += width;
  }
  const Rect frame{at.x, at.y, at.x + total, at.y + height};
  take_space(frame.size());
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(frame.min(), frame.max(), color(Color::Skeleton), px(kRadius));
  const int32_t group = open_group(ctx, Role::RadioGroup, id, name);
  const int before = selected;
  float x = at.x + 2;
  for (size_t i = 0; i < choices.size(); ++i) {
    const Choice& choice = choices[i];
    const Rect rect{x, frame.y0 + 2, x + widths[i], frame.y1 - 2};
    x += widths[i];
    const std::string option_id = id_with(id, choice.key);
    const Hit hit = hit_area_at(ctx, option_id, rect, kHitHand | kHitNoRing, choice.enabled);
    if (hit.pressed) selected = static_cast<int>(i);
    const bool on = selected == static_cast<int>(i);
    if (hit.visible) {
      const float radius = px(kRadius) - 2;
      if (on) {
        list->AddRectFilled(rect.min(), rect.max(), color(Color::Surface), radius);
        list->AddRect(rect.min(), rect.max(), color(Color::LineStrong), radius);
      } else if (hit.hovered) {
        list->AddRectFilled(rect.min(), rect.max(), color(Color::Hover), radius);
      }
      const Color ink = !choice.enabled ? Color::TextDisabled
                        : on            ? Color::Text
                                        : Color::TextSecondary;
      Rect place = rect.shrunk(px(10), 0);
      if (choice.icon != nullptr) {
        draw_icon(ctx, list, {place.x0, place.y0, place.x0 + px(16), place.y1}, choice.icon, ink);
        place.x0 += px(16) + px(6);
      }
      draw_text(ctx, list, {place.x0, place.y0, place.x1 + 1, place.y1}, choice.text,
                TextStyle::Body, ink);
      if (hit.ring) draw_focus_ring(list, rect, radius);
    }
    add_choice_node(ctx, hit, option_id, Role::Radio, choice, on, i, choices.size());
  }
  close_group(ctx, group, frame);
  return selected != before;
}

bool radio_group(Context& ctx, std::string_view id, std::string_view name,
                 std::span<const Choice> choices, int& selected) {
  const int32_t group = open_group(ctx, Role::RadioGroup, id, name);
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const int before = selected;
  float right = from.x;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(kSpaceS), px(2)));
  for (size_t i = 0; i < choices.size(); ++i) {
    const Choice& choice = choices[i];
    const std::string option_id = id_with(id, choice.key);
    const Hit hit = marked_area(ctx, option_id, choice.text, px(16), choice.enabled);
    if (hit.pressed) selected = static_cast<int>(i);
    const bool on = selected == static_cast<int>(i);
    if (hit.visible) {
      draw_radio_mark(hit, on);
      draw_mark_text(ctx, hit, px(16), choice.text);
      if (!choice.hint.empty()) {
        const float x = hit.rect.x1 + px(kSpaceS);
        draw_text(ctx, ImGui::GetWindowDrawList(),
                  {x, hit.rect.y0, x + std::fmax(0.0F, window_clip().x1 - x), hit.rect.y1},
                  choice.hint, TextStyle::Small, Color::TextSecondary);
      }
    }
    right = std::fmax(right, hit.rect.x1);
    add_choice_node(ctx, hit, option_id, Role::Radio, choice, on, i, choices.size());
  }
  ImGui::PopStyleVar();
  const float bottom = ImGui::GetCursorScreenPos().y;
  take_space(ImVec2(0, 0));
  close_group(ctx, group, {from.x, from.y, right, bottom});
  return selected != before;
}

bool select(Context& ctx, std::string_view id, std::string_view name,
            std::span<const Choice> choices, int& selected, const SelectOptions& options) {
  const float width = control_width(options.width_pt, 200);
  const Hit hit = hit_area(ctx, id, ImVec2(width, control_height(options.size)),
                           kHitHand | kHitNoRing, options.enabled);
  const std::string list_id = id_part(id, "list");
  const bool some = selected >= 0 && static_cast<size_t>(selected) < choices.size();
  const std::string_view shown =
      some ? choices[static_cast<size_t>(selected)].text : options.placeholder;
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    draw_field_frame(hit.rect, options.enabled, false, false, hit.ring, hit.hovered);
    Rect place{hit.rect.x0 + px(10), hit.rect.y0, hit.rect.x1 - px(28), hit.rect.y1};
    const char* icon = options.icon != nullptr ? options.icon
                       : some                  ? choices[static_cast<size_t>(selected)].icon
                                               : nullptr;
    if (icon != nullptr) {
      draw_icon(ctx, list, {place.x0, place.y0, place.x0 + px(16), place.y1}, icon,
                Color::TextSecondary);
      place.x0 += px(22);
    }
    draw_text(ctx, list, place, shown, TextStyle::Body,
              !options.enabled ? Color::TextDisabled
              : some           ? Color::Text
                               : Color::TextSecondary);
    draw_icon(ctx, list, {hit.rect.x1 - px(26), hit.rect.y0, hit.rect.x1 - px(8), hit.rect.y1},
              kIconChevronDown, options.enabled ? Color::TextSecondary : Color::TextDisabled, 14);
  }
  SemItem item;
  item.role = Role::Combobox;
  item.name = name;
  item.value = some ? shown : std::string_view();
  item.flags = kSemHasPopup;
  add_hit_node(ctx, hit, id, item);
  const int before = selected;
  if (hit.pressed) open_popup(ctx, list_id);
  if (begin_popover(ctx, list_id, name, width, Role::Listbox)) {
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    const float tallest = px(kRowHeightCompact) * 10;
    const float wanted = px(kRowHeightCompact) * static_cast<float>(choices.size());
    if (wanted > tallest) {
      ImGui::BeginChild("##list", ImVec2(0, tallest), ImGuiChildFlags_NavFlattened);
    }
    for (size_t i = 0; i < choices.size(); ++i) {
      MenuItemOptions row;
      row.icon = choices[i].icon;
      row.enabled = choices[i].enabled;
      row.checkable = true;
      row.checked = selected == static_cast<int>(i);
      row.option = true;
      row.chord = choices[i].hint;
      row.position = static_cast<int64_t>(i) + 1;
      row.set_size = static_cast<int64_t>(choices.size());
      if (menu_item(ctx, id_with(id, choices[i].key), choices[i].text, row))
        selected = static_cast<int>(i);
    }
    if (wanted > tallest) ImGui::EndChild();
    ImGui::PopStyleVar();
    end_popover(ctx);
  }
  return selected != before;
}

bool slider(Context& ctx, std::string_view id, std::string_view name, float& value, float low,
            float high, float step, float width_pt) {
  const float width = width_pt > 0 ? width_pt : control_width(width_pt, 200);
  const Hit hit = hit_area(ctx, id, ImVec2(width, px(kControlHeightCompact)),
                           kHitOnPress | kHitNoRing | kHitKeysAreMine);
  const float before = value;
  const float range = high > low ? high - low : 1;
  const float knob = px(7);
  const float from = hit.rect.x0 + knob, to = hit.rect.x1 - knob;
  if (hit.held && to > from) {
    value = low + (ImGui::GetIO().MousePos.x - from) / (to - from) * range;
  }
  if (hit.focused) {
    claim_keys(hit.imgui_id,
               {ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_Home, ImGuiKey_End});
    const float by = step > 0 ? step : range / 20;
    if (claimed_key_pressed(hit.imgui_id, ImGuiKey_LeftArrow)) value -= by;
    if (claimed_key_pressed(hit.imgui_id, ImGuiKey_RightArrow)) value += by;
    if (claimed_key_pressed(hit.imgui_id, ImGuiKey_Home)) value = low;
    if (claimed_key_pressed(hit.imgui_id, ImGuiKey_End)) value = high;
  }
  if (const auto asked = ctx.semantics->take_value(id)) value = *asked;
  if (value != before && step > 0) value = low + std::round((value - low) / step) * step;
  value = std::fmax(low, std::fmin(value, high));
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float y = std::floor(hit.rect.center_y());
    const float x = from + (value - low) / range * (to - from);
    list->AddRectFilled(ImVec2(from, y - 2), ImVec2(to, y + 2), color(Color::LineStrong), 2);
    list->AddRectFilled(ImVec2(from, y - 2), ImVec2(x, y + 2), color(Color::Accent), 2);
    list->AddCircleFilled(ImVec2(x, y), knob, color(Color::Surface));
    list->AddCircle(ImVec2(x, y), knob, color(Color::Accent), 0, 2);
    if (hit.ring) draw_focus_ring(list, {x - knob, y - knob, x + knob, y + knob}, knob);
  }
  SemItem item;
  item.role = Role::Slider;
  item.name = name;
  const std::string text = format_fixed(static_cast<double>(value), step >= 1 ? 0 : 2);
  item.value = text;
  item.now = value;
  item.low = low;
  item.high = high;
  add_hit_node(ctx, hit, id, item);
  return value != before;
}

}  // namespace assay::kit
