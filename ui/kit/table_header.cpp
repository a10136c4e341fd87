#include <algorithm>
#include <cmath>

#include "ui/kit/icons.h"
#include "ui/kit/table_run.h"

namespace assay::kit {

void draw_table_check(Context& ctx, ImDrawList* list, const Rect& box, int state, bool hovered) {
  if (state != 0) {
    list->AddRectFilled(box.min(), box.max(), color(hovered ? Color::AccentHover : Color::Accent),
                        px(kRadiusSmall));
    draw_icon(ctx, list, box, state > 0 ? kIconCheck : kIconMinus, Color::OnAccent, 14);
    return;
  }
  list->AddRectFilled(box.min(), box.max(), color(Color::Surface), px(kRadiusSmall));
  list->AddRect(box.min(), box.max(), color(hovered ? Color::TextSecondary : Color::LineStrong),
                px(kRadiusSmall), 0, 1.25F);
}

void TableRun::draw_header_check() {
  const Rect rect{frame.x0, header.y0, frame.x0 + check_width, header.y1};
  const std::string id = id_part(spec.id, "check_all");
  const Hit check = hit_area_at(ctx, id, rect, kHitHand | kHitNoRing, spec.row_count > 0);
  if (check.pressed) result.header_toggled = true;
  if (check.visible) {
    const float half = px(8);
    const float x = std::floor(rect.center_x()), y = std::floor(rect.center_y());
    const Rect box{x - half, y - half, x + half, y + half};
    draw_table_check(ctx, list, box, spec.header_check_state, check.hovered);
    if (check.ring) draw_focus_ring(list, box, px(kRadiusSmall));
  }
  SemItem item;
  item.role = Role::Checkbox;
  item.name = tr(ctx.language, Str::kit_select_all);
  item.flags = kSemCheckable;
  if (spec.header_check_state > 0) item.flags |= kSemChecked;
  if (spec.header_check_state < 0) item.flags |= kSemMixed;
  add_hit_node(ctx, check, id, item);
}

void TableRun::draw_header_cell(int column, const Rect& rect) {
  const TableColumn& spec_column = spec.columns[static_cast<size_t>(column)];
  const std::string id = id_with(id_part(spec.id, "header"), spec_column.key);
  const bool sorted = state.sort_column == column;
  SemItem item;
  item.role = Role::ColumnHeader;
  item.name = spec_column.title;
  item.description = spec_column.tooltip;
  if (sorted) item.flags |= state.sort_descending ? kSemSortedDown : kSemSortedUp;
  bool hovered = false, ring = false;
  if (spec_column.sortable) {
    const Hit cell = hit_area_at(ctx, id, rect, kHitHand | kHitNoRing);
    const bool key = cell.focused && (ImGui::IsKeyPressed(ImGuiKey_Menu, false) ||
                                      (ImGui::GetIO().KeyShift && ImGui::IsKeyPressed(ImGuiKey_F10, false)));
    if (cell.right_clicked || key) result.column_menu = column;
    const bool begins = spec.movable_columns && cell.held && ImGui::IsMouseDragging(ImGuiMouseButton_Left, px(6));
    if (begins && state.moved_column < 0) state.moved_column = column;
    if (cell.pressed && state.moved_column < 0) {
      // Up, down, and back to the data's own order.
      if (!sorted) {
        state.sort_column = column;
        state.sort_descending = false;
      } else if (!state.sort_descending) {
        state.sort_descending = true;
      } else {
        state.sort_column = -1;
        state.sort_descending = false;
      }
      result.sort_changed = true;
    }
    hovered = cell.hovered;
    ring = cell.ring;
    add_hit_node(ctx, cell, id, item);
    if (cell.visible)
      tooltip(ctx, spec_column.tooltip.empty() ? spec_column.title : spec_column.tooltip);
  } else {
    item.id = id;
    item.rect = rect;
    ctx.semantics->add(item);
  }
  if (hovered || state.moved_column == column)
    list->AddRectFilled(rect.min(), ImVec2(rect.x1, rect.y1 - 1), color(Color::Hover));
  if (ring) draw_focus_ring(list, rect.shrunk(1, 2), px(kRadiusSmall), true);
  Rect place = rect.shrunk(px(kSpaceS), 0);
  const Color ink = sorted || hovered ? Color::Text : Color::TextSecondary;
  if (sorted) {
    const float arrow = px(16);
    const char* icon = state.sort_descending ? kIconArrowDown : kIconArrowUp;
    const bool left = spec_column.align == Align::Right;
    const float name = std::ceil(text_width(ctx, spec_column.title, TextStyle::SmallStrong));
    const bool has_name = spec_column.icon == nullptr;
    if (has_name && name <= place.width() && name + arrow > place.width()) {
      // Smaller, in what is free at the cell's edge: the name stays whole.
      const float edge = px(11);
      const float x = left ? rect.x0 : rect.x1 - edge;
      draw_icon(ctx, list, {x, rect.y0, x + edge, rect.y1}, icon, Color::Accent, 12);
    } else {
      // Beside the name where that leaves room, else at the edge, and the name is cut.
      const float from_edge = has_name ? std::max(0.0F, place.width() - name - arrow) : 0;
      const float x = left ? place.x0 - px(2) + from_edge : place.x1 - arrow + px(2) - from_edge;
      draw_icon(ctx, list, {x, rect.y0, x + arrow, rect.y1}, icon, Color::Accent, 14);
      (left ? place.x0 : place.x1) += left ? arrow : -arrow;
    }
  }
  if (spec_column.icon != nullptr) {
    draw_icon(ctx, list, place, spec_column.icon, ink, 14);
  } else {
    draw_text(ctx, list, place, spec_column.title, TextStyle::SmallStrong, ink, spec_column.align);
  }
}

void TableRun::resize_handle(int column, float edge_x) {
  const float grip = px(4);
  const Rect area{edge_x - grip, header.y0, edge_x + grip, header.y1};
  const std::string id = id_with(id_part(spec.id, "resize"), static_cast<int64_t>(column));
  const Hit handle = hit_area_at(ctx, id, area, kHitNoNav | kHitNoRing);
  ctx.semantics->ignore_item(handle.imgui_id);
  const auto index = static_cast<size_t>(column);
  const bool dragging = state.dragged_column == column;
  if (handle.hovered || dragging) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
  if (handle.held && !dragging) {
    state.dragged_column = column;
    state.drag_start_width_pt = widths[index] / ctx.ui_scale;
    state.drag_start_x_pt = ImGui::GetIO().MousePos.x;
  }
  if (dragging && !handle.held) {
    state.dragged_column = -1;
    result.columns_changed = true;
  }
  if (state.widths_pt.size() < spec.columns.size()) state.widths_pt.resize(spec.columns.size(), 0);
  if (dragging && handle.held) {
    const float moved = (ImGui::GetIO().MousePos.x - state.drag_start_x_pt) / ctx.ui_scale;
    state.widths_pt[index] =
        std::max(state.drag_start_width_pt + moved, spec.columns[index].min_width_pt);
  }
  if (handle.double_clicked) {
    state.widths_pt[index] = 0;
    result.columns_changed = true;
  }
  const bool strong = handle.hovered || dragging;
  const float inset = strong ? 0 : px(8);
  list->AddRectFilled(ImVec2(edge_x - 1, header.y0 + inset),
                      ImVec2(edge_x + (strong ? 1.0F : 0.0F), header.y1 - inset),
                      color(strong ? Color::Accent : Color::Line));
}

// A head on its way: a line shows where it would come to stand; Escape leaves it where it was.
void TableRun::move_column() {
  if (state.moved_column < 0) return;
  if (static_cast<size_t>(state.moved_column) >= spec.columns.size() || ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
    state.moved_column = -1;
    return;
  }
  const float mouse = ImGui::GetIO().MousePos.x;
  float x = frame.x0 + check_width - state.scroll_x_pt, line = x;
  int before = -1, last = -1;
  bool found = false;
  for (size_t place = 0; place < spec.columns.size() && !found; ++place) {
    const size_t i = column_at(place);
    if (spec.columns[i].hidden) continue;
    found = mouse < x + widths[i] * 0.5F;
    line = x;
    if (found) {
      before = static_cast<int>(i);
    } else {
      last = static_cast<int>(i);
      x += widths[i];
      line = x;
    }
  }
  const bool stays = before == state.moved_column || last == state.moved_column;
  if (ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
    ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
    if (!stays) {
      list->AddRectFilled(ImVec2(line - px(1), header.y0), ImVec2(line + px(1), header.y1), color(Color::Accent));
    }
    return;
  }
  if (!stays) result.column_moved = {state.moved_column, before};
  state.moved_column = -1;
}

void TableRun::draw_header() {
  if (!spec.header) return;
  list->AddRectFilled(header.min(), header.max(), color(Color::Background));
  list->AddRectFilled(ImVec2(header.x0, header.y1 - 1), header.max(), color(Color::Line));
  SemItem row;
  row.role = Role::Row;
  const std::string row_id = id_part(spec.id, "headers");
  row.id = row_id;
  row.rect = header;
  ctx.semantics->open(row);
  ImGui::PushClipRect(ImVec2(frame.x0 + check_width, header.y0), header.max(), true);
  float x = frame.x0 + check_width - state.scroll_x_pt;
  for (size_t place = 0; place < spec.columns.size(); ++place) {
    const size_t i = column_at(place);
    if (spec.columns[i].hidden) continue;
    const Rect rect{x, header.y0, x + widths[i], header.y1};
    x = rect.x1;
    if (rect.x1 < header.x0 || rect.x0 > header.x1) continue;
    // The grip comes before the cell that it reaches into: the first one takes the mouse.
    draw_header_cell(static_cast<int>(i), {rect.x0, rect.y0, rect.x1 - px(4), rect.y1});
    resize_handle(static_cast<int>(i), rect.x1);
  }
  move_column();
  ImGui::PopClipRect();
  if (spec.checkboxes) draw_header_check();
  ctx.semantics->close();
}

}  // namespace assay::kit
