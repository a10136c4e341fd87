// The search box with what hangs below it: completion as one types, the history of queries, and what is wrong with
// the query, underlined where it stands, with a correction.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_query_box(UiFrame& f, float width_pt);
// Whether what was searched for cannot be read, so that the list is of before: not while it is still being written.
bool search_is_wrong(const UiFrame& f);
// Over the page, after the place has been drawn.
void draw_below_query_box(UiFrame& f);

}  // namespace assay::ui
