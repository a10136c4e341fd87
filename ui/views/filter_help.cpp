#include "ui/views/filter_help.h"

#include <algorithm>
#include <optional>

#include "core/search/nearest_filter.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"

namespace assay::ui {

using kit::px;
using kit::Str;
using kit::tr;

namespace {

struct Example {
  std::string_view filter;
  Str meaning;
};

constexpr Example kExamples[] = {
    {"status = 'ERROR' OR duration > 5s", Str::filter_slow},
    {"last 24 hours", Str::filter_time},
    {"refund NOT cancel", Str::filter_words},
    {"name ILIKE '%email%'", Str::filter_name},
    {"outputs.answer CONTAINS \"refund\"", Str::filter_text},
    {"feedback.concise_communication = 'no'", Str::filter_feedback},
    {"feedback.follows_objective IS NULL", Str::filter_unjudged},
    {"expectation.expected_response ILIKE '%paris%'", Str::filter_expectation},
    {"span.type = 'RETRIEVER' AND span.status = 'ERROR'", Str::filter_span},
    {"count(span { type = TOOL }) >= 3", Str::filter_count},
    {"{ type = TOOL AND status = ERROR } THEN NO { type = TOOL }", Str::filter_then},
    {"span.attributes.model LIKE '%gpt%'", Str::filter_attribute},
    {"metadata.`mlflow.trace.session` = 's-1'", Str::filter_session},
    {"tags.env = 'prod' AND status != 'OK'", Str::filter_tags},
};

constexpr Str kLost[] = {Str::lost_or,     Str::lost_not,   Str::lost_structure, Str::lost_count, Str::lost_second_span,
                         Str::lost_number, Str::lost_score, Str::lost_value,     Str::lost_text,  Str::lost_list,
                         Str::lost_pattern, Str::lost_quote, Str::lost_word_in_span};

// The query as MLflow would have it, to copy; what it cannot say is named.
void draw_mlflow_filter(UiFrame& f) {
  const std::string& query = f.session.route().query;
  if (query.empty()) return;
  const std::optional<search::NearestFilter> nearest = f.session.traces().mlflow_filter();
  if (!nearest) return;
  kit::heading(f.kit, "search.mlflow_title",
               tr(nearest->is_exact ? Str::search_for_mlflow : Str::search_for_mlflow_nearly), 3);
  kit::gap(px(4));
  if (!nearest->filter.empty()) {
    kit::text_node(f.kit, "search.mlflow_filter", kit::one_line(nearest->filter, 400), kit::TextStyle::Mono,
                   kit::Color::Text);
    if (kit::button(f.kit, "search.mlflow_copy", tr(Str::search_copy_filter),
                    {.icon = kIconCopy, .size = kit::ControlSize::Compact})) {
      ImGui::SetClipboardText(nearest->filter.c_str());
      kit::toast(f.kit, kit::ToastKind::Neutral, tr(Str::kit_copied), {}, {}, 2);
    }
  }
  if (!nearest->is_exact) {
    std::string lost;
    std::vector<search::CannotSay> named;
    for (const search::LostPart& part : nearest->lost) {
      if (std::find(named.begin(), named.end(), part.reason) != named.end()) continue;
      named.push_back(part.reason);
      if (!lost.empty()) lost += f.kit.language == kit::Language::English ? ", " : "、";
      lost += tr(kLost[static_cast<size_t>(part.reason)]);
    }
    kit::paragraph(f.kit, std::string(tr(Str::search_finds_more)) + " (" + lost + ")", 0, kit::TextStyle::Small);
  }
  kit::gap(px(12));
}

}  // namespace

void draw_filter_help(UiFrame& f) {
  f.view.filter_help_open = kit::begin_popover(f.kit, "search.help", tr(Str::search_help), px(560));
  if (!f.view.filter_help_open) return;
  draw_mlflow_filter(f);
  kit::heading(f.kit, "search.help_title", tr(Str::search_help_title), 3);
  kit::gap(px(4));
  kit::paragraph(f.kit, tr(Str::search_help_text), 0, kit::TextStyle::Small);
  kit::gap(px(8));
  const TightRows tight;
  int number = 0;
  for (const Example& example : kExamples) {
    kit::ListRowOptions options;
    options.role = kit::Role::Button;
    options.height_pt = px(42);
    const kit::ListRowResult row =
        kit::list_row(f.kit, kit::id_with("search.example", number++), example.filter, options);
    if (row.visible) {
      ImDrawList* list = ImGui::GetWindowDrawList();
      const kit::Rect upper{row.rect.x0 + px(8), row.rect.y0 + px(4), row.rect.x1 - px(8),
                            row.rect.y0 + px(23)};
      const kit::Rect lower{row.rect.x0 + px(8), row.rect.y0 + px(22), row.rect.x1 - px(8),
                            row.rect.y1 - px(3)};
      kit::draw_text(f.kit, list, upper, example.filter, kit::TextStyle::Mono);
      kit::draw_text(f.kit, list, lower, tr(example.meaning), kit::TextStyle::Small,
                     kit::Color::TextSecondary);
    }
    if (!row.clicked) continue;
    f.view.query_active = false;
    f.emit(app::CommandId::SearchSet, {{"query", example.filter}});
    kit::close_popup();
  }
  kit::end_popover(f.kit);
}

}  // namespace assay::ui
