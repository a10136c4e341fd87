#include "ui/kit/virtual_table.h"

#include <algorithm>
#include <cmath>

#include "ui/kit/table_run.h"

namespace assay::kit {

void TableRun::lay_out() {
  row_height = spec.row_height_pt > 0 ? spec.row_height_pt : px(kRowHeight);
  check_width = spec.checkboxes ? px(36) : 0;
  header = frame;
  header.y1 = frame.y0 + (spec.header ? px(30) : 0);
  body = frame;
  body.y0 = header.y1;
  const float bar = ImGui::GetStyle().ScrollbarSize;
  bar_y = contents_height() > static_cast<double>(body.height());
  float room = frame.width() - check_width - (bar_y ? bar : 0);
  widths = column_widths(spec.columns, state.widths_pt, room, ctx.ui_scale);
  contents_width = check_width;
  for (const float width : widths)
    contents_width += width;
  bar_x = contents_width > frame.width() - (bar_y ? bar : 0) + 0.5F;
  if (bar_x) {
    body.y1 -= bar;
    bar_y = contents_height() > static_cast<double>(body.height());
  }
  if (bar_y) body.x1 -= bar;
}

void TableRun::clamp_scroll() {
  const double most_y = std::max(0.0, contents_height() - static_cast<double>(body.height()));
  state.scroll_y_pt = std::clamp(state.scroll_y_pt, 0.0, most_y);
  const float most_x = std::max(0.0F, contents_width - body.width());
  state.scroll_x_pt = std::clamp(state.scroll_x_pt, 0.0F, most_x);
}

void TableRun::move_to(int64_t row) {
  if (spec.row_count <= 0) return;
  state.focused_row = std::clamp<int64_t>(row, 0, spec.row_count - 1);
  state.scroll_y_pt = scroll_to_show(state.scroll_y_pt, state.focused_row, row_height,
                                     body.height(), spec.row_count);
}

void TableRun::read_check_press(int64_t row) {
  const bool range = ImGui::GetIO().KeyShift && state.focused_row >= 0 && state.focused_row != row;
  if (range) {
    result.toggled_range = {std::min(row, state.focused_row), std::max(row, state.focused_row)};
  } else {
    result.toggled = row;
  }
  state.focused_row = row;
}

void TableRun::read_mouse() {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (!hit.hovered || !body.contains(mouse)) return;
  if (bar_y || bar_x) {
    ImVec2 wheel = claim_wheel(hit.imgui_id);
    if (ImGui::GetIO().KeyShift) std::swap(wheel.x, wheel.y);
    const double before = state.scroll_y_pt;
    state.scroll_y_pt += static_cast<double>(wheel.y);
    state.scroll_x_pt += wheel.x;
    clamp_scroll();
    // At its end the table leaves the wheel to the page around it, as in every browser.
    if (wheel.y != 0 && state.scroll_y_pt == before && scroll_around(wheel.y)) ctx.request_frame(0);
  }
  const double y = static_cast<double>(mouse.y - body.y0) + std::floor(state.scroll_y_pt);
  const auto row = static_cast<int64_t>(y / static_cast<double>(row_height));
  if (row < 0 || row >= spec.row_count || spec.loading) return;
  hovered_row = row;
  result.hovered = row;
  over_check = spec.checkboxes && mouse.x < body.x0 + check_width;
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    if (over_check) {
      read_check_press(row);
    } else {
      state.focused_row = row;
      result.clicked = row;
      if (hit.double_clicked) result.activated = row;
    }
  } else if (hit.right_clicked) {
    state.focused_row = row;
    result.context_menu = row;
  }
}

void TableRun::read_keys() {
  result.focused = hit.focused;
  if (!hit.focused || spec.row_count <= 0) return;
  claim_keys(hit.imgui_id,
             {ImGuiKey_UpArrow, ImGuiKey_DownArrow, ImGuiKey_PageUp, ImGuiKey_PageDown,
              ImGuiKey_Home, ImGuiKey_End, ImGuiKey_LeftArrow, ImGuiKey_RightArrow});
  if (state.focused_row < 0) {
    const auto first = static_cast<int64_t>(state.scroll_y_pt / static_cast<double>(row_height));
    state.focused_row = spec.selected_row >= 0 ? spec.selected_row : first;
  }
  const ImGuiIO& io = ImGui::GetIO();
  if (io.KeyAlt || (io.KeyMods & ImGuiMod_Super) != 0) return;
  const auto pressed = [this](ImGuiKey key) { return claimed_key_pressed(hit.imgui_id, key); };
  const int64_t before = state.focused_row;
  const int64_t page = std::max<int64_t>(1, static_cast<int64_t>(body.height() / row_height) - 1);
  if (pressed(ImGuiKey_UpArrow)) move_to(before - 1);
  if (pressed(ImGuiKey_DownArrow)) move_to(before + 1);
  if (pressed(ImGuiKey_PageUp)) move_to(before - page);
  if (pressed(ImGuiKey_PageDown)) move_to(before + page);
  if (pressed(ImGuiKey_Home)) move_to(0);
  if (pressed(ImGuiKey_End)) move_to(spec.row_count - 1);
  if (pressed(ImGuiKey_LeftArrow)) {
    result.left_at_start = state.scroll_x_pt <= 0;
    state.scroll_x_pt -= px(48);
  }
  if (pressed(ImGuiKey_RightArrow)) state.scroll_x_pt += px(48);
  if (state.focused_row != before) {
    result.clicked = state.focused_row;
    show_nav_focus();
  }
  if (io.KeyCtrl) return;
  if (pressed(ImGuiKey_Enter) || pressed(ImGuiKey_KeypadEnter))
    result.activated = state.focused_row;
  if (pressed(ImGuiKey_Space)) {
    (spec.checkboxes ? result.toggled : result.clicked) = state.focused_row;
  }
  const bool menu = ImGui::IsKeyPressed(ImGuiKey_Menu, false) ||
                    (io.KeyShift && ImGui::IsKeyPressed(ImGuiKey_F10, false));
  if (menu) result.context_menu = state.focused_row;
}

void TableRun::read_requests(int64_t row, std::string_view row_id, std::string_view check_id) {
  if (!ctx.semantics->has_requests()) return;
  if (ctx.semantics->take_activate(row_id)) {
    state.focused_row = row;
    result.clicked = row;
  }
  if (ctx.semantics->take_focus(row_id)) {
    state.focused_row = row;
    state.take_focus = true;
  }
  if (spec.checkboxes && ctx.semantics->take_activate(check_id)) result.toggled = row;
}

void TableRun::draw_row_check(int64_t row, const Rect& rect, std::string_view check_id) {
  const bool on = spec.is_checked && spec.is_checked(row);
  const float half = px(8);
  const float x = std::floor(body.x0 + check_width * 0.5F), y = std::floor(rect.center_y());
  draw_table_check(ctx, list, {x - half, y - half, x + half, y + half}, on ? 1 : 0,
                   over_check && hovered_row == row);
  SemItem item;
  item.role = Role::Checkbox;
  item.id = check_id;
  const std::string name = tr_format(Str::kit_select_row, {format_count(row + 1)});
  item.name = name;
  item.flags = kSemCheckable | (on ? static_cast<uint32_t>(kSemChecked) : 0U);
  item.rect = {body.x0, rect.y0, body.x0 + check_width, rect.y1};
  ctx.semantics->add(item);
}

void TableRun::draw_row(int64_t row, const Rect& rect) {
  const bool selected = row == spec.selected_row;
  const bool hovered = row == hovered_row;
  if (selected || hovered) {
    list->AddRectFilled(rect.min(), ImVec2(rect.x1, rect.y1 - 1),
                        color(selected ? Color::AccentWeak : Color::Hover));
  }
  list->AddRectFilled(ImVec2(rect.x0, rect.y1 - 1), rect.max(), color(Color::Line));
  const std::string key(spec.row_key ? std::string(spec.row_key(row)) : std::string());
  const std::string row_base = id_part(spec.id, "row"), check_base = id_part(spec.id, "check");
  const std::string row_id = spec.row_key ? id_with(row_base, key) : id_with(row_base, row);
  const std::string check_id = spec.row_key ? id_with(check_base, key) : id_with(check_base, row);
  read_requests(row, row_id, check_id);
  SemItem item;
  item.role = Role::Row;
  item.id = row_id;
  item.flags = kSemSelectable;
  if (selected) item.flags |= kSemSelected;
  if (hit.ring && row == state.focused_row) item.flags |= kSemFocused;
  item.rect = rect;
  item.position = row + 1;
  item.set_size = spec.row_count;
  const int32_t node = ctx.semantics->open(item);
  if (spec.checkboxes) draw_row_check(row, rect, check_id);
  float x = body.x0 + check_width - state.scroll_x_pt;
  for (size_t place = 0; place < spec.columns.size(); ++place) {
    const size_t i = column_at(place);
    if (spec.columns[i].hidden) continue;
    const Rect cell{x, rect.y0, x + widths[i], rect.y1 - 1};
    x = cell.x1;
    if (cell.x1 < body.x0 || cell.x0 > body.x1) continue;
    CellPainter painter;
    painter.row = row;
    painter.column = static_cast<int>(i);
    painter.rect = cell.shrunk(px(kSpaceS), 0);
    painter.row_hovered = hovered;
    painter.row_selected = selected;
    painter.list = list;
    painter.ctx = &ctx;
    painter.align_ = spec.columns[i].align;
    painter.column_title_ = spec.columns[i].title;
    draw_cell(painter);
    ++result.cells_drawn;
  }
  ctx.semantics->name_by_contents(node);
  ctx.semantics->close();
  if (hit.ring && row == state.focused_row)
    draw_focus_ring(list, {rect.x0, rect.y0, rect.x1, rect.y1 - 1}, 2, true);
}

void TableRun::draw_rows() {
  const auto height = static_cast<double>(row_height);
  const double scroll = std::floor(state.scroll_y_pt);
  const auto first = static_cast<int64_t>(scroll / height);
  const auto last = std::min<int64_t>(
      spec.row_count - 1,
      static_cast<int64_t>((scroll + static_cast<double>(body.height()) - 0.5) / height));
  result.first_visible = first;
  result.last_visible = last;
  for (int64_t row = first; row <= last; ++row) {
    const auto y = body.y0 + static_cast<float>(static_cast<double>(row) * height - scroll);
    draw_row(row, {body.x0, y, body.x1, y + row_height});
  }
}

void TableRun::draw_nothing() {
  if (spec.loading) {
    const auto rows = static_cast<int>(body.height() / row_height);
    for (int i = 0; i < std::min(rows, 12); ++i) {
      const float y = body.y0 + row_height * static_cast<float>(i);
      float x = body.x0 + check_width;
      for (size_t c = 0; c < widths.size(); ++c) {
        if (widths[c] <= 0) continue;
        const float part = 0.45F + 0.1F * static_cast<float>((static_cast<size_t>(i) + c * 3) % 5);
        const float mid = std::floor(y + row_height * 0.5F);
        draw_skeleton(
            ctx, list,
            {x + px(8), mid - px(5), x + px(8) + (widths[c] - px(16)) * part, mid + px(5)});
        x += widths[c];
      }
    }
    return;
  }
  if (spec.empty_text.empty()) return;
  const Rect line{body.x0 + px(kSpaceL), body.y0, body.x1 - px(kSpaceL),
                  body.y0 + std::min(body.height(), px(120))};
  draw_text(ctx, list, line, spec.empty_text, TextStyle::Body, Color::TextSecondary, Align::Center);
  SemItem item;
  item.role = Role::Status;
  const std::string id = id_part(spec.id, "empty");
  item.id = id;
  item.name = spec.empty_text;
  item.rect = line;
  ctx.semantics->add(item);
}

void TableRun::draw_scrollbars() {
  const float bar = ImGui::GetStyle().ScrollbarSize;
  if (bar_y) {
    const Rect rect{body.x1, body.y0, body.x1 + bar, body.y1};
    scrollbar(ctx, id_part(spec.id, "scroll_y"), rect, true, state.scroll_y_pt,
              static_cast<double>(body.height()), contents_height());
  }
  if (bar_x) {
    const Rect rect{body.x0, body.y1, body.x1, body.y1 + bar};
    auto x = static_cast<double>(state.scroll_x_pt);
    scrollbar(ctx, id_part(spec.id, "scroll_x"), rect, false, x, static_cast<double>(body.width()),
              static_cast<double>(contents_width));
    state.scroll_x_pt = static_cast<float>(x);
  }
}

void TableRun::draw_body() {
  if (body.empty()) return;
  if (state.take_focus) {
    ctx.semantics->focus(spec.id);
    state.take_focus = false;
  }
  hit = hit_area_at(ctx, spec.id, body, kHitOnPress | kHitNoRing | kHitKeysAreMine);
  if (state.focused_row >= spec.row_count) state.focused_row = spec.row_count - 1;
  clamp_scroll();
  read_mouse();
  read_keys();
  if (state.scroll_to_row >= 0) {
    state.scroll_y_pt = scroll_to_show(state.scroll_y_pt, state.scroll_to_row, row_height,
                                       body.height(), spec.row_count);
    state.scroll_to_row = -1;
  }
  clamp_scroll();
  ImGui::PushClipRect(body.min(), body.max(), true);
  if (spec.loading || spec.row_count == 0) {
    draw_nothing();
  } else {
    draw_rows();
    if (spec.dimmed) list->AddRectFilled(body.min(), body.max(), color_alpha(Color::Surface, 0.55F));
  }
  ImGui::PopClipRect();
  draw_scrollbars();
}

TableResult virtual_table(Context& ctx, const TableSpec& spec, TableState& state,
                          FunctionRef<void(CellPainter&)> draw_cell) {
  TableRun run{ctx, spec, state, draw_cell};
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const ImVec2 size(spec.size.x > 0 ? spec.size.x : std::max(room.x, 1.0F),
                    spec.size.y > 0 ? spec.size.y : std::max(room.y, 1.0F));
  const std::string child = "##table." + std::string(spec.id);
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoScrollbar |
                                      ImGuiWindowFlags_NoScrollWithMouse |
                                      ImGuiWindowFlags_NoSavedSettings;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  const bool shown = ImGui::BeginChild(child.c_str(), size, ImGuiChildFlags_NavFlattened, kFlags);
  ImGui::PopStyleVar();
  if (shown) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    run.frame = {at.x, at.y, at.x + size.x, at.y + size.y};
    run.list = ImGui::GetWindowDrawList();
    run.list->AddRectFilled(run.frame.min(), run.frame.max(), color(Color::Surface));
    run.lay_out();
    SemItem item;
    item.role = Role::Table;
    item.id = spec.id;
    item.name = spec.name;
    item.rect = run.frame;
    item.imgui_id = imgui_id_of(spec.id);
    item.set_size = spec.row_count;
    ctx.semantics->open(item);
    run.draw_header();
    run.draw_body();
    ctx.semantics->close();
  }
  ImGui::EndChild();
  return run.result;
}

}  // namespace assay::kit
