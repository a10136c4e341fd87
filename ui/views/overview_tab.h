// The tabs Overview (what was asked, what came back, what went wrong) and Metadata.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_overview_tab(UiFrame& f, store::TraceRow trace);
void draw_metadata_tab(UiFrame& f, store::TraceRow trace);

}  // namespace assay::ui
