#include "ui/views/bulk_view.h"

#include "core/base/utf8.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/annotate_form.h"

namespace assay::ui {

using app::CommandId;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

// Names that are in use, to choose instead of typing.
void draw_names(UiFrame& f, AssessmentForm& form) {
  const std::vector<std::string> names = known_names(f, form.expectation);
  size_t shown = 0;
  for (const std::string& name : names) {
    if (name == form.name || shown == 4) continue;
    if (shown++ != 0) kit::same_row(px(4));
    kit::ButtonOptions options;
    options.kind = kit::ButtonKind::Ghost;
    options.size = kit::ControlSize::Compact;
    if (kit::button(f.kit, kit::id_with("bulk.suggest", name), kit::one_line(name, 24), options)) form.name = name;
  }
}

void save(UiFrame& f, std::string_view scope) {
  AnnotateState& state = f.view.annotate;
  AssessmentForm& form = state.bulk;
  form.error.clear();
  if (trimmed(form.name).empty()) {
    form.error = tr(Str::annotate_needs_name);
    return;
  }
  const FormValue value = form_value(form);
  if (value.value_type.empty()) {
    form.error = tr(value.problem);
    return;
  }
  f.emit(CommandId::AssessmentAddMany, {{"scope", scope},
                                        {"kind", form.expectation ? "expectation" : "feedback"},
                                        {"name", trimmed(form.name)},
                                        {"value_type", value.value_type},
                                        {"value", value.value},
                                        {"rationale", form.expectation ? std::string_view() : std::string_view(form.rationale)}});
  form.boolean = -1;
  form.value.clear();
  form.rationale.clear();
  state.bulk_open = false;
}

}  // namespace

void open_bulk_dialog(UiFrame& f) {
  f.view.annotate.bulk_open = true;
  f.view.annotate.bulk.error.clear();
}

void draw_bulk_dialog(UiFrame& f) {
  AnnotateState& state = f.view.annotate;
  if (!state.bulk_open) return;
  AssessmentForm& form = state.bulk;
  kit::DialogOptions options;
  options.width_pt = px(480);
  if (!kit::begin_dialog(f.kit, "bulk", tr(Str::bulk_title), state.bulk_open, options)) return;
  const bool selected = f.session.selected_count() > 0;
  const auto count = selected ? static_cast<int64_t>(f.session.selected_count())
                              : static_cast<int64_t>(f.session.traces().rows().size());
  const std::string_view scope = selected ? "selected" : "matching";
  const kit::Choice kinds[] = {{"feedback", tr(Str::kind_feedback)}, {"expectation", tr(Str::kind_expectation)}};
  int kind = form.expectation ? 1 : 0;
  if (kit::segmented(f.kit, "bulk.kind", tr(Str::annotate_kind), kinds, kind)) form.expectation = kind == 1;
  kit::gap(px(8));
  kit::TextInputOptions name;
  name.name = tr(Str::annotate_name);
  name.placeholder = tr(Str::annotate_name_hint);
  if (kit::text_input(f.kit, "bulk.name", form.name, name).changed) form.error.clear();
  draw_names(f, form);
  kit::gap(px(8));
  bool wanted = draw_value_fields(f, "bulk", form);
  kit::gap(px(8));
  kit::paragraph(f.kit, tr(Str::bulk_text), 0, kit::TextStyle::Small);
  if (!form.error.empty()) kit::inline_error(f.kit, "bulk.error", form.error);
  kit::dialog_footer(f.kit);
  wanted |= kit::dialog_button(f.kit, "bulk.save", kit::tr_count(Str::bulk_save, count), true, count > 0);
  if (kit::dialog_button(f.kit, "bulk.cancel", tr(Str::cancel))) state.bulk_open = false;
  kit::end_dialog(f.kit);
  if (wanted && state.bulk_open) save(f, scope);
}

}  // namespace assay::ui
