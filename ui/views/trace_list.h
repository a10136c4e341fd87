// The table of traces: what matches the search, one line each, with one column per assessment.
#pragma once

#include <string>
#include <string_view>

#include "ui/frame.h"

namespace assay::ui {

// Fills the current region: table and footer.
void draw_trace_list(UiFrame& f);

// A verdict with its mark (✓ ✗ !) or its number or text, as a table cell. `tip`: what stands behind it, under the
// mouse; "" = as verdict_tip() says.
void draw_assessment_cell(UiFrame& f, kit::CellPainter& cell, const store::Assessment* assessment,
                          uint32_t count, std::string tip = {});

}  // namespace assay::ui
