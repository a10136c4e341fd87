// The trace reader: head, tabs, and the assessments beside them (as a tab where there is no room).
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_trace_reader(UiFrame& f, const kit::Rect& rect, store::TraceRow trace);
// In place of a trace that the address names and that is not loaded.
void draw_missing_trace(UiFrame& f, const kit::Rect& rect);

}  // namespace assay::ui
