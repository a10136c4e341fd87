// One drawing of a virtual table; shared by virtual_table.cpp and table_header.cpp only.
#pragma once

#include <string>
#include <vector>

#include "ui/kit/imgui_access.h"
#include "ui/kit/virtual_table.h"

namespace assay::kit {

struct TableRun {
  Context& ctx;
  const TableSpec& spec;
  TableState& state;
  FunctionRef<void(CellPainter&)> draw_cell;
  TableResult result = {};
  ImDrawList* list = nullptr;
  Rect frame = {}, header = {}, body = {};
  float row_height = 0;
  float check_width = 0;
  std::vector<float> widths = {};
  float contents_width = 0;  // of the columns with the checkbox column
  bool bar_y = false, bar_x = false;
  int64_t hovered_row = -1;
  bool over_check = false;
  Hit hit = {};

  size_t column_at(size_t place) const { return spec.order.empty() ? place : spec.order[place]; }
  void lay_out();
  void draw_header();
  void draw_body();

 private:
  // table_header.cpp
  void draw_header_cell(int column, const Rect& rect);
  void draw_header_check();
  void move_column();
  void resize_handle(int column, float edge_x);
  // virtual_table.cpp
  void read_mouse();
  void read_check_press(int64_t row);
  void read_keys();
  void move_to(int64_t row);
  void clamp_scroll();
  void draw_rows();
  void draw_row(int64_t row, const Rect& rect);
  void draw_row_check(int64_t row, const Rect& rect, std::string_view key);
  void draw_nothing();
  void draw_scrollbars();
  void read_requests(int64_t row, std::string_view row_id, std::string_view check_id);
  double contents_height() const {
    return static_cast<double>(spec.row_count) * static_cast<double>(row_height);
  }
};

void draw_table_check(Context& ctx, ImDrawList* list, const Rect& box, int state, bool hovered);

}  // namespace assay::kit
