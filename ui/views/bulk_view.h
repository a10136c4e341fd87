// The dialogue that gives one assessment to many traces: the selected ones, or all that match. One undo.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void open_bulk_dialog(UiFrame& f);
void draw_bulk_dialog(UiFrame& f);

}  // namespace assay::ui
