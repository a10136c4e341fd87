#include <cmath>

#include "core/base/numbers.h"
#include "ui/kit/icons.h"
#include "ui/kit/widget_base.h"
#include "ui/kit/widgets.h"

namespace assay::kit {
namespace {

void draw_count(Context& ctx, ImDrawList* list, float x, const Rect& row, std::string_view count,
                bool on) {
  const float width = text_width(ctx, count, TextStyle::Small) + px(10);
  const float height = px(18);
  const float y = std::floor(row.center_y() - height * 0.5F);
  list->AddRectFilled(ImVec2(x, y), ImVec2(x + width, y + height),
                      color(on ? Color::AccentWeak : Color::Skeleton), height * 0.5F);
  draw_text(ctx, list, {x, y, x + width, y + height}, count, TextStyle::Small,
            on ? Color::Accent : Color::TextSecondary, Align::Center);
}

}  // namespace

bool tabs(Context& ctx, std::string_view id, std::string_view name, std::span<const Tab> items,
          int& selected) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = px(34);
  const float width = std::fmax(ImGui::GetContentRegionAvail().x, 1.0F);
  const Rect bar{at.x, at.y, at.x + width, at.y + height};
  take_space(bar.size());
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(ImVec2(bar.x0, bar.y1 - 1), bar.max(), color(Color::Line));
  SemItem group;
  group.role = Role::TabList;
  group.id = id;
  group.name = name;
  group.rect = bar;
  ctx.semantics->open(group);
  const int before = selected;
  float x = at.x;
  for (size_t i = 0; i < items.size(); ++i) {
    const Tab& tab = items[i];
    const std::string count = tab.count >= 0 ? format_compact(tab.count) : std::string();
    const TextStyle style =
        selected == static_cast<int>(i) ? TextStyle::BodyStrong : TextStyle::Body;
    // As wide as its strong form, so that nothing moves when it is chosen.
    float inner = text_width(ctx, tab.text, TextStyle::BodyStrong);
    if (tab.icon != nullptr) inner += px(22);
    const float count_width = count.empty() ? 0 : text_width(ctx, count, TextStyle::Small) + px(16);
    const Rect rect{x, bar.y0, x + inner + count_width + 2 * px(10), bar.y1};
    x = rect.x1;
    const std::string tab_id = id_with(id, tab.key);
    const Hit hit = hit_area_at(ctx, tab_id, rect, kHitHand | kHitNoRing);
    if (hit.pressed) selected = static_cast<int>(i);
    const bool on = selected == static_cast<int>(i);
    if (hit.visible) {
      const Color ink = on || hit.hovered ? Color::Text : Color::TextSecondary;
      float left = rect.x0 + px(10);
      if (tab.icon != nullptr) {
        draw_icon(ctx, list, {left, rect.y0, left + px(16), rect.y1}, tab.icon, ink);
        left += px(22);
      }
      draw_text(ctx, list, {left, rect.y0, rect.x1, rect.y1}, tab.text, style, ink);
      if (!count.empty())
        draw_count(ctx, list, rect.x1 - px(10) - count_width + px(6), rect, count, on);
      if (on) {
        list->AddRectFilled(ImVec2(rect.x0 + px(10), rect.y1 - 2),
                            ImVec2(rect.x1 - px(10), rect.y1), color(Color::Accent));
      }
      if (hit.ring) draw_focus_ring(list, rect.shrunk(2, 3), px(kRadiusSmall), true);
    }
    SemItem item;
    item.role = Role::Tab;
    item.name = tab.text;
    item.flags = kSemSelectable | (on ? static_cast<uint32_t>(kSemSelected) : 0U);
    item.position = static_cast<int64_t>(i) + 1;
    item.set_size = static_cast<int64_t>(items.size());
    add_hit_node(ctx, hit, tab_id, item);
  }
  ctx.semantics->close();
  return selected != before;
}

bool nav_item(Context& ctx, std::string_view id, const char* icon, std::string_view text,
              bool selected, bool wide, std::string_view chord, int64_t count) {
  const float width = std::fmax(ImGui::GetContentRegionAvail().x, 1.0F);
  const Hit hit = hit_area(ctx, id, ImVec2(width, wide ? px(34) : px(50)), kHitHand | kHitNoRing);
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Rect& r = hit.rect;
    const float radius = px(kRadius);
    if (selected || hit.hovered) {
      list->AddRectFilled(r.min(), r.max(), color(selected ? Color::AccentWeak : Color::Hover),
                          radius);
    }
    const Color ink = selected ? Color::Accent : hit.hovered ? Color::Text : Color::TextSecondary;
    if (wide) {
      draw_icon(ctx, list, {r.x0 + px(10), r.y0, r.x0 + px(26), r.y1}, icon, ink);
      draw_text(ctx, list, {r.x0 + px(36), r.y0, r.x1 - px(8), r.y1}, text,
                selected ? TextStyle::BodyStrong : TextStyle::Body, selected ? Color::Text : ink);
    } else {
      draw_icon(ctx, list, {r.x0, r.y0 + px(6), r.x1, r.y0 + px(28)}, icon, ink, 20);
      draw_text(ctx, list, {r.x0, r.y0 + px(28), r.x1, r.y1 - px(4)}, text, TextStyle::Small, ink,
                Align::Center);
    }
    if (count > 0) {
      const std::string number = format_compact(count);
      const float w = text_width(ctx, number, TextStyle::Small) + px(10);
      const Rect row = wide ? r : Rect{r.x0, r.y0 + 2, r.x1, r.y0 + px(22)};
      draw_count(ctx, list, r.x1 - w - px(wide ? 8 : 2), row, number, true);
    }
    if (hit.ring) draw_focus_ring(list, r, radius, true);
    tooltip(ctx, text, chord);
  }
  SemItem item;
  item.role = Role::Link;
  item.name = text;
  item.flags = kSemSelectable | (selected ? static_cast<uint32_t>(kSemSelected) : 0U);
  add_hit_node(ctx, hit, id, item);
  return hit.pressed;
}

TreeRowResult tree_row(Context& ctx, std::string_view id, std::string_view text,
                       const TreeRowOptions& o) {
  TreeRowResult result;
  const float height = o.height_pt > 0 ? o.height_pt : px(kRowHeightCompact);
  const float width = std::fmax(ImGui::GetContentRegionAvail().x, 1.0F);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float indent = px(kSpaceXs) + static_cast<float>(o.level - 1) * px(kSpaceL);
  const Rect fold{at.x + indent, at.y, at.x + indent + px(18), at.y + height};
  const Hit hit = hit_area(ctx, id, ImVec2(width, height), kHitNoRing | kHitRingInside);
  result.rect = hit.rect;
  result.visible = hit.visible;
  result.hovered = hit.hovered;
  result.focused = hit.focused;
  const bool on_fold = o.expandable && fold.contains(ImGui::GetIO().MousePos);
  const bool by_mouse = hit.hovered && ImGui::IsMouseReleased(ImGuiMouseButton_Left);
  if (hit.pressed && on_fold && by_mouse) {
    result.toggled = true;
  } else if (hit.pressed) {
    result.clicked = true;
  }
  result.activated = hit.double_clicked && !on_fold;
  if (hit.focused && o.expandable) {
    claim_keys(hit.imgui_id, {ImGuiKey_LeftArrow, ImGuiKey_RightArrow});
    if (o.expanded && claimed_key_pressed(hit.imgui_id, ImGuiKey_LeftArrow)) result.toggled = true;
    if (!o.expanded && claimed_key_pressed(hit.imgui_id, ImGuiKey_RightArrow))
      result.toggled = true;
  }
  if (const auto asked =
          ctx.semantics->take_value(id)) {  // the mirror's way to fold: 1 open, 0 closed
    result.toggled = o.expandable && (*asked > 0.5F) != o.expanded;
  }
  float x = fold.x1 + px(2);
  if (o.icon != nullptr) x += px(22);
  const float room = hit.rect.x1 - px(kSpaceS) - x;
  const float text_room =
      o.text_width_pt > 0 ? std::fmin(o.text_width_pt - (x - hit.rect.x0), room) : room;
  result.content = {x + std::fmax(text_room, 0.0F), hit.rect.y0, hit.rect.x1 - px(kSpaceS),
                    hit.rect.y1};
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float radius = px(kRadiusSmall);
    if (o.selected || hit.hovered) {
      list->AddRectFilled(hit.rect.min(), hit.rect.max(),
                          color(o.selected ? Color::AccentWeak : Color::Hover), radius);
    }
    if (o.expandable) {
      draw_icon(ctx, list, fold, o.expanded ? kIconChevronDown : kIconChevronRight,
                on_fold && hit.hovered ? Color::Text : Color::TextSecondary, 14);
    }
    if (o.icon != nullptr) {
      draw_icon(ctx, list, {fold.x1 + px(2), hit.rect.y0, fold.x1 + px(18), hit.rect.y1}, o.icon,
                o.icon_color);
    }
    draw_marks(ctx, list, {x, hit.rect.y0, x + text_room, hit.rect.y1}, text, o.marks,
               o.selected ? TextStyle::BodyStrong : TextStyle::Body);
    const bool cut = draw_text(ctx, list, {x, hit.rect.y0, x + text_room, hit.rect.y1}, text,
                               o.selected ? TextStyle::BodyStrong : TextStyle::Body, o.text_color);
    if (cut) tooltip(ctx, text);
    if (hit.ring) draw_focus_ring(list, hit.rect, radius, true);
  }
  SemItem item;
  item.role = Role::TreeItem;
  item.name = text;
  item.value = o.value;
  item.level = o.level;
  item.set_size = o.set_size;
  item.position = o.position;
  item.flags = kSemSelectable;
  if (o.selected) item.flags |= kSemSelected;
  if (o.expandable) item.flags |= kSemExpandable;
  if (o.expanded) item.flags |= kSemExpanded;
  add_hit_node(ctx, hit, id, item);
  return result;
}

ListRowResult list_row(Context& ctx, std::string_view id, std::string_view name,
                       const ListRowOptions& o) {
  ListRowResult result;
  const float height = o.height_pt > 0 ? o.height_pt : px(kRowHeightCompact);
  const float width =
      o.width_pt > 0 ? o.width_pt : std::fmax(ImGui::GetContentRegionAvail().x, 1.0F);
  const Hit hit = hit_area(ctx, id, ImVec2(width, height), kHitHand | kHitNoRing | (o.on_press ? kHitOnPress | kHitNoNav : kHitNone), o.enabled);
  result.rect = hit.rect;
  result.visible = hit.visible;
  result.hovered = hit.hovered;
  result.focused = hit.focused;
  result.clicked = hit.pressed;
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float radius = px(kRadiusSmall);
    if (o.selected || hit.hovered) {
      list->AddRectFilled(hit.rect.min(), hit.rect.max(),
                          color(o.selected ? Color::AccentWeak : Color::Hover), radius);
    }
    if (hit.ring) draw_focus_ring(list, hit.rect, radius, true);
  }
  SemItem item;
  item.role = o.checkable ? Role::Checkbox : o.role;
  item.name = name;
  item.value = o.value;
  if (o.checkable) item.flags |= kSemCheckable;
  if (o.checked) item.flags |= kSemChecked;
  if (o.selected) item.flags |= kSemSelected | kSemSelectable;
  item.set_size = o.set_size;
  item.position = o.position;
  add_hit_node(ctx, hit, id, item);
  return result;
}

bool last_item_wants_menu() {
  if (ImGui::IsItemClicked(ImGuiMouseButton_Right)) return true;
  if (!ImGui::IsItemFocused()) return false;
  const bool menu_key = ImGui::IsKeyPressed(ImGuiKey_Menu, false);
  return menu_key || (ImGui::GetIO().KeyShift && ImGui::IsKeyPressed(ImGuiKey_F10, false));
}

}  // namespace assay::kit
