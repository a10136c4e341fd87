// The words of the search in what is shown: where they stand in a text, and marking them behind it.
#pragma once

#include <string_view>
#include <vector>

#include "ui/frame.h"

namespace assay::ui {

// Sorted; a place that several words share is listed once for each. At most `most_marks`, of the first `most_bytes`.
std::vector<kit::TextMark> find_words(UiFrame& f, std::string_view text, size_t most_bytes, size_t most_marks);

// Behind a line of text that is drawn at the left of `rect`, vertically centred (kit::draw_text); call it before.
void mark_words(UiFrame& f, ImDrawList* list, const kit::Rect& rect, std::string_view text, kit::TextStyle style,
                kit::Color background = kit::Color::Highlight);

}  // namespace assay::ui
