// The layout that a person has chosen (widths, columns, open parts), as a short text that the settings
// keep: "reader=620 tab=1 columns=118,80". Unknown or wrong parts are skipped, so that an older or a newer
// page can read it.
#pragma once

#include <string>
#include <string_view>

#include "ui/frame.h"

namespace assay::ui {

std::string encode_layout(const ViewState& view);
// What the text does not name gets its first value.
void decode_layout(std::string_view text, ViewState& view);

// The part of it that a saved view keeps: columns, and the facets with what is folded.
std::string encode_view_layout(const ViewState& view);
void decode_view_layout(std::string_view text, ViewState& view);

// At the start of a frame: takes over the settings' layout when it is another than the one that was kept last.
void take_layout(UiFrame& f);
// At its end: keeps what has changed, once the mouse is let go.
void keep_layout(UiFrame& f);

}  // namespace assay::ui
