#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "tests/ui/harness.h"
#include "ui/kit/layout.h"
#include "ui/kit/virtual_table.h"

using namespace assay::kit;
using assay::tests::Harness;

namespace {

constexpr TableColumn kColumns[] = {
    {"name", "Name", 200, 60, Align::Left, true, true},
    {"value", "Value", 120, 60, Align::Right},
};

// A table in a window of 800 × 400: 30 header, rows of 32.
struct Fixture {
  TableState state;
  int64_t rows = 100000;
  bool checkboxes = false;
  int64_t selected = -1;
  std::vector<bool> checked;
  TableResult last;
  TableResult noted;  // what happened since clear()
  std::vector<TableColumn> columns{kColumns, kColumns + 2};
  std::vector<uint32_t> order;
  Harness h{[this](Context& ctx) { draw(ctx); }, ImVec2(800, 400)};

  void draw(Context& ctx) {
    begin_root(ctx);
    TableSpec spec;
    spec.id = "t";
    spec.name = "Rows";
    spec.columns = columns;
    spec.order = order;
    spec.movable_columns = true;
    spec.row_count = rows;
    spec.checkboxes = checkboxes;
    spec.selected_row = selected;
    const auto is_checked = [this](int64_t row) {
      return static_cast<size_t>(row) < checked.size() && checked[static_cast<size_t>(row)];
    };
    spec.is_checked = is_checked;
    last = virtual_table(ctx, spec, state, [](CellPainter& cell) {
      cell.text((cell.column == 0 ? "row " : "value ") + std::to_string(cell.row));
    });
    if (last.clicked) noted.clicked = last.clicked;
    if (last.activated) noted.activated = last.activated;
    if (last.toggled) noted.toggled = last.toggled;
    if (last.context_menu) noted.context_menu = last.context_menu;
    if (last.toggled_range) noted.toggled_range = last.toggled_range;
    noted.header_toggled = noted.header_toggled || last.header_toggled;
    noted.sort_changed = noted.sort_changed || last.sort_changed;
    if (last.column_moved) noted.column_moved = last.column_moved;
    if (last.column_menu) noted.column_menu = last.column_menu;
    noted.columns_changed = noted.columns_changed || last.columns_changed;
    end_root(ctx);
  }
  void clear() { noted = {}; }
};

}  // namespace

TEST_CASE("Only the visible cells of 100,000 rows are drawn", "[kit][table]") {
  Fixture f;
  f.h.frame();
  CHECK(f.last.first_visible == 0);
  CHECK(f.last.last_visible == 11);
  CHECK(f.last.cells_drawn == 24);
  CHECK(f.h.has("t.row[0]"));
  CHECK(f.h.has("t.row[11]"));
  CHECK_FALSE(f.h.has("t.row[12]"));
  CHECK(f.h.node("t.row[3]").position == 4);
  CHECK(f.h.node("t.row[3]").set_size == 100000);
  CHECK(f.h.name("t.row[3]") == "row 3, value 3");
  CHECK(f.h.semantics_problems() == "");
  CHECK(f.h.vertices() < 20000);
  const auto start = std::chrono::steady_clock::now();
  f.h.frames(60);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CHECK(took.count() < 6.0);  // generous: sanitizers, busy machines
}

TEST_CASE("A hundred million rows scroll exactly to the end", "[kit][table]") {
  Fixture f;
  f.rows = 100'000'000;
  f.h.frame();
  f.h.semantics().focus("t");
  f.h.frames(3);
  f.h.key("End");
  CHECK(f.state.focused_row == 99'999'999);
  CHECK(f.last.last_visible == 99'999'999);
  const SemNode& row = f.h.node("t.row[99999999]");
  CHECK(row.rect.y1 <= 400.5F);
  CHECK(row.rect.height() > 30);
}

TEST_CASE("The keyboard moves, pages, opens and ends at the ends", "[kit][table]") {
  Fixture f;
  f.h.frame();
  f.h.click("t.row[2]");
  CHECK(f.noted.clicked == 2);
  f.h.key("ArrowDown");
  CHECK(f.state.focused_row == 3);
  CHECK(f.noted.clicked == 3);
  f.h.key("ArrowUp");
  f.h.key("ArrowUp");
  CHECK(f.state.focused_row == 1);
  f.h.key("PageDown");
  CHECK(f.state.focused_row == 11);
  f.h.key("PageUp");
  CHECK(f.state.focused_row == 1);
  f.h.key("Home");
  CHECK(f.state.focused_row == 0);
  f.h.key("ArrowUp");
  CHECK(f.state.focused_row == 0);
  f.h.key("Enter");
  CHECK(f.noted.activated == 0);
  f.h.key("End");
  CHECK(f.state.focused_row == 99999);
  f.h.key("ArrowDown");
  CHECK(f.state.focused_row == 99999);
  CHECK(f.h.flag("t.row[99999]", kSemFocused));
}

TEST_CASE("A double click opens, a right click asks for the menu", "[kit][table]") {
  Fixture f;
  f.h.frame();
  f.h.double_click("t.row[4]");
  CHECK(f.noted.activated == 4);
  f.h.right_click("t.row[5]");
  CHECK(f.noted.context_menu == 5);
  f.h.key("Shift+F10");
  CHECK(f.noted.context_menu == 5);
}

TEST_CASE("Checkboxes answer click, Space, shift-click and the header", "[kit][table]") {
  Fixture f;
  f.checkboxes = true;
  f.checked.assign(20, false);
  f.checked[1] = true;
  f.h.frames(2);
  CHECK(f.h.flag("t.check[1]", kSemChecked));
  CHECK_FALSE(f.h.flag("t.check[2]", kSemChecked));
  f.h.click("t.check[3]");
  CHECK(f.noted.toggled == 3);
  CHECK_FALSE(f.noted.clicked);
  const SemNode& target = f.h.node("t.check[7]");
  f.h.click_at(target.rect.center_x(), target.rect.center_y(), true);
  CHECK(f.noted.toggled_range == std::pair<int64_t, int64_t>(3, 7));
  f.clear();
  f.h.key("Space");
  CHECK(f.noted.toggled == 7);
  f.h.click("t.check_all");
  CHECK(f.noted.header_toggled);
  f.clear();
  f.h.semantics().activate("t.check[2]");
  f.h.frame();
  CHECK(f.noted.toggled == 2);
  CHECK(f.h.semantics_problems() == "");
}

TEST_CASE("A header sorts up, down, and not at all", "[kit][table]") {
  Fixture f;
  f.h.frame();
  f.h.click("t.header[value]");
  CHECK(f.noted.sort_changed);
  CHECK(f.state.sort_column == 1);
  CHECK_FALSE(f.state.sort_descending);
  CHECK(f.h.flag("t.header[value]", kSemSortedUp));
  f.h.click("t.header[value]");
  CHECK(f.state.sort_descending);
  f.h.click("t.header[value]");
  CHECK(f.state.sort_column == -1);
}

TEST_CASE("A head is dragged to another place, and a right click on it asks for its menu", "[kit][table]") {
  Fixture f;
  f.h.frames(2);
  const Rect name = f.h.node("t.header[name]").rect, value = f.h.node("t.header[value]").rect;
  CHECK(name.x0 < value.x0);
  f.h.drag(value.center_x(), 15, name.x0 + 10, 15);
  CHECK(f.noted.column_moved == std::pair(1, 0));
  CHECK_FALSE(f.noted.sort_changed);
  f.clear();
  f.h.drag(name.center_x(), 15, value.x1 - 2, 15);
  CHECK(f.noted.column_moved == std::pair(0, -1));
  f.clear();
  f.h.drag(name.center_x(), 15, name.center_x() + 30, 15);  // it stays where it is
  CHECK_FALSE(f.noted.column_moved.has_value());
  CHECK_FALSE(f.noted.sort_changed);
  f.h.right_click("t.header[value]");
  CHECK(f.noted.column_menu == 1);
  f.order = {1, 0};
  f.h.frames(2);
  CHECK(f.h.node("t.header[value]").rect.x0 < f.h.node("t.header[name]").rect.x0);
  CHECK(f.h.node("t.header[name]").rect.width() == name.width());
  CHECK(f.h.name("t.row[3]") == "value 3, row 3");
}

TEST_CASE("Dragging a header's edge changes the column, double click resets it", "[kit][table]") {
  Fixture f;
  f.h.frames(2);
  const Rect before = f.h.node("t.header[name]").rect;
  const float edge = before.x1 + 4;
  f.h.drag(edge, 15, edge - 100, 15);
  CHECK(f.noted.columns_changed);
  const Rect after = f.h.node("t.header[name]").rect;
  CHECK(after.width() < before.width() - 90);
  CHECK(f.state.sort_column == -1);  // a drag is not a click
  f.h.advance(1);
  const float new_edge = after.x1 + 4;
  f.h.click_at(new_edge, 15);
  f.h.frames(60);
  ImGui::GetIO().AddMouseButtonEvent(0, true);
  f.h.frame();
  ImGui::GetIO().AddMouseButtonEvent(0, false);
  f.h.frame();
  ImGui::GetIO().AddMouseButtonEvent(0, true);
  f.h.frame();
  ImGui::GetIO().AddMouseButtonEvent(0, false);
  f.h.frames(3);
  CHECK(f.h.node("t.header[name]").rect.width() == before.width());
}

TEST_CASE("The wheel scrolls rows, and with Shift columns that have no room", "[kit][table]") {
  Fixture f;
  f.columns[0].width_pt = 900;
  f.columns[0].stretch = false;
  f.h.frames(2);
  f.h.wheel(300, 200, -2);
  CHECK(f.state.scroll_y_pt > 100);
  CHECK(f.last.first_visible > 2);
  CHECK(f.state.scroll_x_pt == 0);
  ImGui::GetIO().AddKeyEvent(ImGuiMod_Shift, true);
  f.h.wheel(300, 200, -1);
  ImGui::GetIO().AddKeyEvent(ImGuiMod_Shift, false);
  CHECK(f.state.scroll_x_pt > 50);
  f.h.wheel(300, 200, 100);
  CHECK(f.state.scroll_y_pt == 0);
}

TEST_CASE("At its end a table leaves the wheel to the page around it", "[kit][table]") {
  TableState state;
  Harness h([&](Context& ctx) {
    begin_root(ctx);
    RegionOptions region;
    region.scroll_y = true;
    begin_region(ctx, "page", remaining_rect(), region);
    gap(100);
    TableSpec spec;
    spec.id = "t";
    spec.name = "Rows";
    spec.columns = kColumns;
    spec.row_count = 20;
    spec.size = ImVec2(0, 200);
    virtual_table(ctx, spec, state, [](CellPainter& cell) { cell.text("row"); });
    gap(1000);
    end_region(ctx);
    end_root(ctx);
  }, ImVec2(800, 400));
  h.frames(3);
  const float before = h.node("t").rect.y0;
  h.wheel(300, 250, -1);
  CHECK(state.scroll_y_pt > 0);
  CHECK(h.node("t").rect.y0 == before);
  h.wheel(300, 250, -100);  // to its end, and no further
  const double end = state.scroll_y_pt;
  CHECK(h.node("t").rect.y0 == before);
  h.wheel(300, 250, -0.5F);
  CHECK(state.scroll_y_pt == end);
  CHECK(h.node("t").rect.y0 < before);
  state.scroll_y_pt = 0;
  h.wheel(300, 200, 1);
  CHECK(h.node("t").rect.y0 == before);
}

TEST_CASE("Rows that went away do not leave the cursor or the scroll behind", "[kit][table]") {
  Fixture f;
  f.h.frame();
  f.h.click("t.row[9]");
  f.h.key("End");
  f.rows = 3;
  f.h.frames(2);
  CHECK(f.state.focused_row == 2);
  CHECK(f.state.scroll_y_pt == 0);
  CHECK(f.last.last_visible == 2);
  f.rows = 0;
  f.h.frames(2);
  CHECK(f.state.focused_row == -1);
  CHECK(f.last.cells_drawn == 0);
  f.h.key("ArrowDown");
  CHECK(f.state.focused_row == -1);
}

TEST_CASE("A row that is asked for comes into view", "[kit][table]") {
  Fixture f;
  f.h.frame();
  f.state.scroll_to_row = 5000;
  f.h.frames(2);
  CHECK(f.last.first_visible <= 5000);
  CHECK(f.last.last_visible >= 5000);
  CHECK(f.state.scroll_to_row == -1);
}

TEST_CASE("Column widths fill the room, keep their least, and leave hidden ones out",
          "[kit][table]") {
  const std::vector<TableColumn> columns{{"a", "A", 100, 50},
                                         {"b", "B", 100, 50, Align::Left, true, true},
                                         {"c", "C", 100, 50, Align::Left, true, true}};
  CHECK(column_widths(columns, {}, 500, 1) == std::vector<float>{100, 200, 200});
  CHECK(column_widths(columns, {}, 240, 1) == std::vector<float>{100, 70, 70});
  CHECK(column_widths(columns, {}, 100, 1) == std::vector<float>{100, 50, 50});
  const std::vector<float> own{0, 300, 0};
  CHECK(column_widths(columns, own, 500, 1) == std::vector<float>{100, 300, 100});
  std::vector<TableColumn> hidden = columns;
  hidden[1].hidden = true;
  CHECK(column_widths(hidden, {}, 500, 1) == std::vector<float>{100, 0, 400});
  CHECK(column_widths(columns, {}, 1001, 2) == std::vector<float>{200, 400, 401});
}

TEST_CASE("Scrolling to a row moves as little as it can", "[kit][table]") {
  CHECK(scroll_to_show(0, 3, 10, 100, 50) == 0);
  CHECK(scroll_to_show(0, 12, 10, 100, 50) == 30);
  CHECK(scroll_to_show(300, 12, 10, 100, 50) == 120);
  CHECK(scroll_to_show(900, 49, 10, 100, 50) == 400);
  CHECK(scroll_to_show(7, -1, 10, 100, 50) == 7);
}
