// A table of any number of rows of one height, of which only the visible ones are drawn: sticky
// header with sortable, resizable columns, keyboard, selection by checkbox, horizontal scrolling
// when the columns need more room than there is.
//
// The caller owns TableState and the data. Rows are numbers 0 … row_count−1 in display order:
// sorting and filtering are the caller's (result.sort_changed). One callback draws one cell through
// CellPainter, which also registers it for tests and screen readers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "ui/kit/context.h"
#include "ui/kit/display.h"

namespace assay::kit {

struct TableColumn {
  std::string_view key;  // stable; header id is "table.header[key]"
  std::string_view title;
  float width_pt = 120;  // at first; unscaled
  float min_width_pt = 48;
  Align align = Align::Left;
  bool sortable = true;
  bool stretch = false;        // takes part in what is left over
  const char* icon = nullptr;  // in place of the title (narrow columns); title is the name
  std::string_view tooltip = {};
  bool hidden = false;
};

// Kept by the caller between frames.
struct TableState {
  double scroll_y_pt = 0;
  float scroll_x_pt = 0;
  int64_t focused_row = -1;  // keyboard cursor
  int sort_column = -1;      // index into columns; −1: unsorted
  bool sort_descending = false;
  std::vector<float> widths_pt;   // by column, unscaled; set by dragging. Empty: as given
  int64_t scroll_to_row = -1;     // set by the caller; done and reset by the next draw
  bool take_focus = false;        // likewise
  int dragged_column = -1;        // while a column is being resized
  float drag_start_width_pt = 0;  // unscaled
  float drag_start_x_pt = 0;
  int moved_column = -1;  // while a head is being dragged to another place
};

struct TableSpec {
  std::string_view id;
  std::string_view name;
  std::span<const TableColumn> columns;
  std::span<const uint32_t> order = {};  // indexes into columns as they stand, each once; empty: as given
  bool movable_columns = false;          // heads can be dragged (result.column_moved)
  int64_t row_count = 0;
  int64_t selected_row = -1;   // shown elsewhere (the reader); −1: none
  float row_height_pt = 0;     // final points; 0: px(kRowHeight)
  ImVec2 size = ImVec2(0, 0);  // 0: what is left of the region
  bool checkboxes = false;
  int header_check_state = 0;        // 0 none, 1 all, −1 some
  bool loading = false;              // skeleton rows
  bool dimmed = false;               // the rows are not what was asked for
  std::string_view empty_text = {};  // when row_count is 0 (richer: draw empty_state yourself)
  bool header = true;
  FunctionRef<bool(int64_t row)> is_checked = {};
  // A stable key for the row's id, e.g. the trace id: "table.row[key]". Without it the row number
  // is used.
  FunctionRef<std::string_view(int64_t row)> row_key = {};
};

// Where and how to draw one cell. Text is cut with an ellipsis (whole in a tooltip when hovered).
class CellPainter {
 public:
  int64_t row = 0;
  int column = 0;  // index into spec.columns
  Rect rect;       // the room for contents, padding taken off
  bool row_hovered = false;
  bool row_selected = false;
  ImDrawList* list = nullptr;
  Context* ctx = nullptr;

  // Draws in the column's alignment, and registers the text as the cell's name.
  void text(std::string_view text, Color token = Color::Text, TextStyle style = TextStyle::Body);
  void icon_text(const char* icon, std::string_view text, Color icon_token,
                 Color token = Color::Text);
  void verdict(Verdict verdict, std::string_view name);
  void badge(std::string_view text, Tone tone, const char* icon = nullptr);
  void rate(const RateBar& bar, std::string_view name);
  void skeleton();  // the text is still on its way
  // For free drawing into rect: say what it is.
  void describe(std::string_view name);
  // Draws `text` and marks the ranges (byte offsets, sorted) behind it.
  void text_marked(std::string_view text, std::span<const TextMark> marks, Color token = Color::Text);

 private:
  friend struct TableRun;
  Align align_ = Align::Left;
  std::string_view column_title_;
  bool described_ = false;
};

struct TableResult {
  std::optional<int64_t> clicked;       // single click or the keyboard cursor came here: show it
  std::optional<int64_t> activated;     // double click, Enter: open it
  std::optional<int64_t> toggled;       // its checkbox, or Space
  std::optional<int64_t> context_menu;  // right click, Menu key, Shift+F10
  std::optional<int64_t> hovered;
  std::optional<std::pair<int64_t, int64_t>> toggled_range;  // shift-click on a checkbox, inclusive
  bool header_toggled = false;
  bool sort_changed = false;                     // state.sort_column and sort_descending are new
  bool columns_changed = false;                  // a width: worth remembering
  std::optional<std::pair<int, int>> column_moved;  // which, and before which; −1: to the end
  std::optional<int> column_menu;                   // right click on a head, Menu key or Shift+F10 with the focus there
  int64_t first_visible = 0, last_visible = -1;  // inclusive
  int64_t cells_drawn = 0;
  bool focused = false;  // has the keyboard
  bool left_at_start = false;  // the left arrow was pressed where nothing more stands at the left
};

TableResult virtual_table(Context& ctx, const TableSpec& spec, TableState& state,
                          FunctionRef<void(CellPainter&)> draw_cell);

// Pure parts, for tests.
// Final widths of the columns (0: hidden) in `width_pt`: own widths first; the stretching columns
// share what is left over, or shrink to their least width before anything has to scroll.
std::vector<float> column_widths(std::span<const TableColumn> columns,
                                 std::span<const float> own_widths_pt, float width_pt, float scale);
// Scroll offset that shows `row` with the least movement.
double scroll_to_show(double scroll_pt, int64_t row, float row_height_pt, float view_height_pt,
                      int64_t row_count);

}  // namespace assay::kit
