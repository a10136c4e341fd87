// The verdicts of a run, one trace a line, and the rationales of one of them at the side.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_run_table(UiFrame& f, const app::RunSummary& run);
void draw_run_side(UiFrame& f, const app::RunSummary& run, const kit::Rect& rect);

}  // namespace assay::ui
