// The dialogue about a file that is larger than what the page can hold: the numbers, and which part
// of it to load instead.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_part_dialog(UiFrame& f);
void open_part(UiFrame& f, const ingest::FileReport& report);

}  // namespace assay::ui
