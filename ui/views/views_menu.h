// Saved views and recent searches: the menu beside the search box, and the dialogs that name and manage views.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_views_button(UiFrame& f);
void open_save_view(UiFrame& f);
void draw_view_dialogs(UiFrame& f);

}  // namespace assay::ui
