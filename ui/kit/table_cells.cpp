// What cells look like, and the table's pure arithmetic.
#include <algorithm>
#include <cmath>

#include "core/base/utf8.h"
#include "ui/kit/icons.h"
#include "ui/kit/virtual_table.h"

namespace assay::kit {

void CellPainter::describe(std::string_view name) {
  if (described_) return;
  described_ = true;
  SemItem item;
  item.role = Role::Cell;
  item.name = name;
  item.description = column_title_;
  item.rect = rect;
  ctx->semantics->add(item);
}

void CellPainter::text(std::string_view text, Color token, TextStyle style) {
  describe(text);
  const bool cut = draw_text(*ctx, list, rect, text, style, token, align_);
  if (cut && row_hovered && rect.contains(ImGui::GetIO().MousePos)) tooltip(*ctx, text);
}

void CellPainter::icon_text(const char* icon, std::string_view text, Color icon_token,
                            Color token) {
  describe(text);
  draw_icon(*ctx, list, {rect.x0, rect.y0, rect.x0 + px(16), rect.y1}, icon, icon_token);
  const Rect place{rect.x0 + px(22), rect.y0, rect.x1, rect.y1};
  const bool cut = draw_text(*ctx, list, place, text, TextStyle::Body, token);
  if (cut && row_hovered && rect.contains(ImGui::GetIO().MousePos)) tooltip(*ctx, text);
}

void CellPainter::verdict(Verdict verdict, std::string_view name) {
  describe(name);
  const float half = px(8);
  const float x = align_ == Align::Left    ? rect.x0 + half
                  : align_ == Align::Right ? rect.x1 - half
                                           : rect.center_x();
  draw_verdict(*ctx, list, ImVec2(std::floor(x), std::floor(rect.center_y())), verdict);
  if (row_hovered && rect.contains(ImGui::GetIO().MousePos)) tooltip(*ctx, name);
}

void CellPainter::badge(std::string_view shown, Tone tone, const char* icon) {
  if (badge_width(*ctx, shown, icon) > rect.width()) {
    text(shown, tone_color(tone));
    return;
  }
  describe(shown);
  draw_badge(*ctx, list, ImVec2(rect.x0, rect.center_y()), shown, tone, icon);
}

void CellPainter::rate(const RateBar& bar, std::string_view name) {
  describe(name);
  const float y = std::floor(rect.center_y() - px(4));
  draw_rate_bar(*ctx, list, {rect.x0, y, rect.x1, y + px(8)}, bar);
  if (row_hovered && rect.contains(ImGui::GetIO().MousePos)) tooltip(*ctx, name);
}

void CellPainter::skeleton() {
  describe(tr(ctx->language, Str::kit_loading));
  const float y = std::floor(rect.center_y() - px(5));
  draw_skeleton(*ctx, list, {rect.x0, y, rect.x0 + rect.width() * 0.7F, y + px(10)});
}

void CellPainter::text_marked(std::string_view shown, std::span<const TextMark> marks, Color token) {
  draw_marks(*ctx, list, rect, shown, marks);
  text(shown, token);
}

std::vector<float> column_widths(std::span<const TableColumn> columns,
                                 std::span<const float> own_widths_pt, float width_pt,
                                 float scale) {
  std::vector<float> widths(columns.size(), 0);
  std::vector<bool> flexible(columns.size(), false);
  float used = 0;
  float weight = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].hidden) continue;
    const bool own = i < own_widths_pt.size() && own_widths_pt[i] > 0;
    const float wanted = own ? own_widths_pt[i] : columns[i].width_pt;
    widths[i] = std::floor(std::max(wanted, columns[i].min_width_pt) * scale);
    flexible[i] = columns[i].stretch && !own;
    used += widths[i];
    if (flexible[i]) weight += widths[i];
  }
  const float free = width_pt - used;
  if (weight <= 0 || free == 0) return widths;
  float given = 0;
  int last = -1;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!flexible[i]) continue;
    const float least = std::floor(columns[i].min_width_pt * scale);
    const float share = std::floor(free * widths[i] / weight);
    const float wide = std::max(widths[i] + share, least);
    given += wide - widths[i];
    widths[i] = wide;
    last = static_cast<int>(i);
  }
  // What rounding left over goes to one column, so that the row ends exactly at the edge.
  if (free > 0 && last >= 0) widths[static_cast<size_t>(last)] += free - given;
  return widths;
}

double scroll_to_show(double scroll_pt, int64_t row, float row_height_pt, float view_height_pt,
                      int64_t row_count) {
  if (row < 0 || row_count <= 0) return scroll_pt;
  const auto height = static_cast<double>(row_height_pt);
  const auto view = static_cast<double>(view_height_pt);
  const double top = static_cast<double>(row) * height;
  double scroll = scroll_pt;
  if (top + height > scroll + view) scroll = top + height - view;
  if (top < scroll) scroll = top;
  const double most = std::max(0.0, static_cast<double>(row_count) * height - view);
  return std::clamp(scroll, 0.0, most);
}

}  // namespace assay::kit
