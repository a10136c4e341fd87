// Two runs side by side: paired counts and differences by scorer, and the traces on which they differ.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_run_pairs(UiFrame& f, const app::RunSummary& a, const app::RunSummary& b);
// A button with a menu of runs to compare this one with; nothing where there is no other.
void draw_run_compare_button(UiFrame& f, const app::RunSummary& run);
// The run that is likeliest meant beside this one: of the same scorers and traces, the newest; nullptr: there is no other.
const app::RunSummary* likeliest_other_run(const app::Session& session, const app::RunSummary& run);

}  // namespace assay::ui
