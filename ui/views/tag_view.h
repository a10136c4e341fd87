// Tags of a trace that people set, change and delete.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

// Under the tags in the metadata: those that can be changed, and a line to set one.
void draw_tag_editor(UiFrame& f, store::TraceRow trace);

}  // namespace assay::ui
