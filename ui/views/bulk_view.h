// Dialogues of the table: one assessment for many traces (the selected ones, or all that match; one undo), and the
// value of one cell.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void open_bulk_dialog(UiFrame& f);
void draw_bulk_dialog(UiFrame& f);

// One cell of the table: the own label of this name on the trace is changed; where there is none, one is added (over
// a judge's verdict as its correction). `column`: of the assessment columns; -1: the one edited last, or the first.
void open_cell_dialog(UiFrame& f, std::string_view trace_id, int column);
void draw_cell_dialog(UiFrame& f);

}  // namespace assay::ui
