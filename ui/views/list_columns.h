// The columns of the table of traces: which there are, which are shown and in what order, and how that is changed:
// by dragging heads, from the menu of a head, or in the dialogue about all of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/app/trace_list.h"
#include "ui/frame.h"
#include "ui/kit/virtual_table.h"

namespace assay::ui {

enum FixedColumn : int {
  kTime,
  kName,
  kState,
  kDuration,
  kRequest,
  kResponse,
  kTokens,
  kCost,
  kSession,
  kUser,
  kTraceId,
  kFixedColumns
};

// Assessments come behind the fixed ones; keys are those of app::TraceList::set_sort().
struct ListColumns {
  std::vector<kit::TableColumn> list;
  std::vector<std::string> keys;  // of all
  std::vector<uint32_t> order;    // indexes as they stand
};
ListColumns make_list_columns(const UiFrame& f, bool few);
// Brings ViewState::filled_columns up to date: where there is little room, a column without any value takes none of it.
void look_for_filled_columns(UiFrame& f);

// Own widths to the table's state before it is drawn, and what was dragged back.
void put_widths(UiFrame& f, const ListColumns& columns);
void keep_widths(UiFrame& f, const ListColumns& columns);

// What the table reports about its heads.
void act_on_columns(UiFrame& f, const kit::TableResult& result, const ListColumns& columns);
void draw_column_menu(UiFrame& f, const ListColumns& columns);
// Once a frame, from the frame.
void draw_columns_dialog(UiFrame& f);

// Pure parts, for tests. `keys`: all there are, as they stand at first.
std::vector<uint32_t> column_order(const std::vector<std::string>& keys, const ListColumnChoice& choice);
// Puts `key` before `before`, or last (""). Columns that are not there now keep their places.
void move_column(const std::vector<std::string>& keys, ListColumnChoice& choice, std::string_view key, std::string_view before);
// `at_first`: whether it is shown where nothing is chosen.
void show_column(ListColumnChoice& choice, const std::string& key, bool shown, bool at_first);

}  // namespace assay::ui
