// The place Settings: appearance, who one is, where the work is kept, what was contacted, keys,
// about.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_settings(UiFrame& f);
// The dialog that ForgetEverything asks first; over any place.
void draw_forget_dialog(UiFrame& f);

}  // namespace assay::ui
