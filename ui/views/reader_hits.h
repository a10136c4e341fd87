// Going from hit to hit in the open trace: where the words of the search stand in the texts of all its spans, as the
// spans tab shows them, counted exactly (in slices, where a trace is large).
#pragma once

#include <optional>
#include <string_view>

#include "ui/frame.h"

namespace assay::ui {

// Once a frame, before the reader is drawn.
void count_hits(UiFrame& f, store::TraceRow trace);
// To the next hit (or, with -1, the one before): selects its span and scrolls to it. Goes round at the ends.
void step_hit(UiFrame& f, int direction);
// "‹ › 3 of 17" with its right end at `right`; its width, 0: there is nothing to show.
float draw_hits(UiFrame& f, float right, float y, float height_pt);

// For the text `block` of the span that is shown: the number of its mark that is the hit one stands at.
std::optional<uint32_t> active_mark(const UiFrame& f, std::string_view block);

}  // namespace assay::ui
