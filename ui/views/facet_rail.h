// What the listed traces can be narrowed down by: the conditions of the query, and facets with counts. A click adds a
// condition to the query or takes it out; the query stays the only truth.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_facet_rail(UiFrame& f);  // fills the current region
void draw_facet_sheet(UiFrame& f);  // over the list, where there is no room beside it

}  // namespace assay::ui
