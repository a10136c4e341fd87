// The bar above every place: the data set and its menu, the search box, the primary action, running
// jobs, whether the work is saved, language and theme.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

// Two rows where the window is narrow.
float top_bar_height_pt(const UiFrame& f, float width_pt);
void draw_top_bar(UiFrame& f, const kit::Rect& rect);
// Menu items for taking work home; inside a menu.
void draw_export_items(UiFrame& f);

}  // namespace assay::ui
