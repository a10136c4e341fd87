// The review place: queues, questions, agreement; and one queue, item by item (review_item.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ui/frame.h"
#include "ui/kit/layout.h"

namespace assay::ui {

void draw_review(UiFrame& f);

// Parts of the place that stand in files of their own.
void draw_questions(UiFrame& f, const kit::Rect& rect);  // review_questions.cpp
void draw_agreement(UiFrame& f, const kit::Rect& rect);  // review_agreement.cpp
void draw_review_item(UiFrame& f, const kit::Rect& rect, const review::Queue& queue);  // review_item.cpp

// A JSON value of a label as people read it: "Pass", "kind", "4".
std::string answer_text(const review::LabelSchema* schema, std::string_view value_json);
std::string number_text(int64_t value);
// The schemas of a queue that are there, in its order.
std::vector<const review::SchemaEntry*> queue_schemas(const UiFrame& f, const review::Queue& queue);
// Scrolling column of the place.
kit::RegionOptions review_column(std::string_view name, uint8_t borders, float padding_x_pt);

}  // namespace assay::ui
