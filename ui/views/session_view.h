// A session: its traces as the turns of one conversation, with their state, duration and
// assessments, and the assessments of the session as a whole, which MLflow keeps on its earliest
// trace.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_session(UiFrame& f, const kit::Rect& rect);

}  // namespace assay::ui
