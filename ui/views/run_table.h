// The verdicts of a run, one trace a line, and the rationales of one of them at the side.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_run_table(UiFrame& f, const app::RunSummary& run);
void draw_run_side(UiFrame& f, const app::RunSummary& run, const kit::Rect& rect);
// Parts of the side: what the person asked and what came back; one verdict with its reasons.
void draw_run_exchange(UiFrame& f, store::TraceRow row);
void draw_run_rationale(UiFrame& f, store::TraceRow row, const store::Assessment& assessment);

}  // namespace assay::ui
