// The questions of the reviews beside an open trace: labels of the same schemas without a queue, by a press or a digit.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

// Part of the assessments' panel; nothing where there are no questions.
void draw_label_panel(UiFrame& f, store::TraceRow trace);

}  // namespace assay::ui
