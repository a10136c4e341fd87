#include "ui/views/filter_help.h"

#include "ui/kit/display.h"
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
    {"status = 'ERROR'", Str::filter_status},
    {"execution_time > 5000", Str::filter_slow},
    {"timestamp >= 1767225600000", Str::filter_time},
    {"name ILIKE '%email%'", Str::filter_name},
    {"trace.text ILIKE '%refund%'", Str::filter_text},
    {"feedback.concise_communication = 'no'", Str::filter_feedback},
    {"feedback.follows_objective IS NULL", Str::filter_unjudged},
    {"expectation.expected_response ILIKE '%paris%'", Str::filter_expectation},
    {"span.type = 'RETRIEVER' AND span.status = 'ERROR'", Str::filter_span},
    {"span.attributes.model LIKE '%gpt%'", Str::filter_attribute},
    {"metadata.`mlflow.trace.session` = 's-1'", Str::filter_session},
    {"tags.env = 'prod' AND status != 'OK'", Str::filter_tags},
};

}  // namespace

void draw_filter_help(UiFrame& f) {
  f.view.filter_help_open = kit::begin_popover(f.kit, "search.help", tr(Str::search_help), px(560));
  if (!f.view.filter_help_open) return;
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
