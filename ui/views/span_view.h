// The Spans tab: the tree with bars, and the selected span beside or below it.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_spans_tab(UiFrame& f, store::TraceRow trace);
// One span in full; fills the current (scrolling) region.
void draw_span(UiFrame& f, store::SpanRow span);

}  // namespace assay::ui
