// Two traces side by side: aligned spans, and the differences of what went in and came out.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

// `a`: the open trace; the other one is the route's compare_id.
void draw_compare(UiFrame& f, const kit::Rect& rect, store::TraceRow a);
// A button with a menu of traces to compare the open one with.
void draw_compare_button(UiFrame& f, store::TraceRow open);
// Compares the two selected traces; says so when there are not two.
void compare_selected(UiFrame& f);

}  // namespace assay::ui
