// The question whether a file of another host may be fetched (the page's ?url=). Nothing is fetched before it is
// answered.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void ask_for_address(ViewState& view, std::string_view url);
void draw_address_dialog(UiFrame& f);

}  // namespace assay::ui
