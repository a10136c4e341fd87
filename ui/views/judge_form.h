// Connection, limits and scope of an evaluation; apart from it what it will send, and Start.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_judge_form(UiFrame& f);  // in the current region
void draw_judge_start(UiFrame& f);

}  // namespace assay::ui
