// The place Scorers: what judges ask, and the form that starts a run.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_scorers(UiFrame& f);

}  // namespace assay::ui
