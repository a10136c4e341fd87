// One run: progress and what can be done, a card per scorer, errors, and the table of verdicts.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_run_detail(UiFrame& f, const app::RunSummary& run);

}  // namespace assay::ui
