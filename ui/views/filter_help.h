// The popover beside the search box: what the filter language can say, as examples to click.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_filter_help(UiFrame& f);  // while the popup "search.help" is open

}  // namespace assay::ui
