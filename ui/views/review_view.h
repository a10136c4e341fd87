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

void begin_new_question(UiFrame& f);  // an empty form in the questions' tab

// How pass or fail is called; the default names in the page's language (what is stored is true or false).
std::string_view pass_fail_text(const review::LabelSchema& schema, bool pass);
// A JSON value of a label as people read it: "Pass", "kind", "4".
std::string answer_text(const review::LabelSchema* schema, std::string_view value_json);
// … and any assessment, as tables and lists show it: of a pass/fail question its two names, else the value.
std::string verdict_text(const UiFrame& f, const store::Assessment& assessment);
std::string number_text(int64_t value);
// Of a question with a list of options: the answer as JSON, and back. A label's value as an answer is written.
std::string list_text(const std::vector<std::string>& chosen);
std::vector<std::string> texts_of_list(std::string_view json);
std::string answer_of(const review::LabelSchema& schema, const store::Assessment& label);
// The schemas of a queue that are there, in its order.
std::vector<const review::SchemaEntry*> queue_schemas(const UiFrame& f, const review::Queue& queue);
// Scrolling column of the place.
kit::RegionOptions review_column(std::string_view name, uint8_t borders, float padding_x_pt);

// A list at the left and what is chosen in it at the right; one below the other where there is no room.
struct ReviewPart {
  std::string_view id, name;
};
template <typename DrawList, typename DrawChosen>
void draw_review_columns(UiFrame& f, const kit::Rect& rect, ReviewPart list, ReviewPart chosen, float list_width_pt,
                         const DrawList& draw_list, const DrawChosen& draw_chosen) {
  if (rect.width() < kit::px(720)) {
    kit::begin_region(f.kit, chosen.id, rect, review_column(chosen.name, kit::kBorderNone, kit::px(16)));
    draw_list();
    kit::gap(kit::px(16));
    draw_chosen();
    kit::end_region(f.kit);
    return;
  }
  const float split = rect.x0 + kit::px(list_width_pt);
  kit::begin_region(f.kit, list.id, {rect.x0, rect.y0, split, rect.y1}, review_column(list.name, kit::kBorderRight, kit::px(12)));
  draw_list();
  kit::end_region(f.kit);
  kit::begin_region(f.kit, chosen.id, {split, rect.y0, rect.x1, rect.y1}, review_column(chosen.name, kit::kBorderNone, kit::px(24)));
  draw_chosen();
  kit::end_region(f.kit);
}

}  // namespace assay::ui
