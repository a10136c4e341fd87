// "Make a check from this": a scorer that looks in every trace for what the open span is, filled in from
// it, in the editor of scorers.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_span_check(UiFrame& f, store::SpanRow span);  // a button with its menu

}  // namespace assay::ui
