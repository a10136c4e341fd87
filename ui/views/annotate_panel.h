// The assessments of the open trace: what judges and people said, by name, and the form to add to
// it.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_annotate_panel(UiFrame& f, const kit::Rect& rect, store::TraceRow trace);

// Unfolds the form and puts the caret into it.
void open_annotate_form(UiFrame& f);

}  // namespace assay::ui
