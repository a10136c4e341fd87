// Connection, limits and scope of an evaluation, what it will send, and Start.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_judge_form(UiFrame& f);  // in the current region

}  // namespace assay::ui
