// The place for error analysis, and the bar for notes under an open trace.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_analysis(UiFrame& f);
constexpr float kNoteBarHeight = 44;
void draw_note_bar(UiFrame& f, const kit::Rect& rect, store::TraceRow trace);

}  // namespace assay::ui
