#include "ui/views/bulk_view.h"

#include <algorithm>

#include "core/annot/tags.h"
#include "core/base/utf8.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/failure_text.h"
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
  kit::ButtonOptions options;
  options.kind = kit::ButtonKind::Ghost;
  options.size = kit::ControlSize::Compact;
  float left = kit::width_left();
  bool first = true;
  for (const std::string& name : names) {
    const std::string text = kit::one_line(name, 24);
    const float width = kit::button_width(f.kit, text, options) + px(4);
    if (name == form.name || width > left) continue;  // one row: those that have room
    left -= width;
    if (!first) kit::same_row(px(4));
    first = false;
    if (kit::button(f.kit, kit::id_with("bulk.suggest", name), text, options)) form.name = name;
  }
}

void remove_tag(UiFrame& f, std::string_view scope) {
  AssessmentForm& form = f.view.annotate.bulk;
  const Status status = annot::check_tag(trimmed(form.name), {});
  form.error = status.ok() ? std::string() : failure_text(status.error().what);
  if (!status.ok()) return;
  f.emit(CommandId::TagDelete, {{"scope", scope}, {"key", trimmed(form.name)}});
  f.view.annotate.bulk_open = false;
}

void save(UiFrame& f, std::string_view scope) {
  AnnotateState& state = f.view.annotate;
  AssessmentForm& form = state.bulk;
  form.error.clear();
  if (state.bulk_tag) {
    const Status status = annot::check_tag(trimmed(form.name), state.bulk_tag_value);
    if (!status.ok()) {
      form.error = failure_text(status.error().what);
      return;
    }
    f.emit(CommandId::TagSet, {{"scope", scope}, {"key", trimmed(form.name)}, {"value", state.bulk_tag_value}});
    state.bulk_tag_value.clear();
    state.bulk_open = false;
    return;
  }
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
  const kit::Choice kinds[] = {{"feedback", tr(Str::kind_feedback)}, {"expectation", tr(Str::kind_expectation)}, {"tag", tr(Str::kind_tag)}};
  int kind = state.bulk_tag ? 2 : form.expectation ? 1 : 0;
  if (kit::segmented(f.kit, "bulk.kind", tr(Str::annotate_kind), kinds, kind)) {
    form.expectation = kind == 1;
    state.bulk_tag = kind == 2;
    form.error.clear();
  }
  kit::gap(px(8));
  kit::TextInputOptions name;
  name.name = tr(Str::annotate_name);
  name.placeholder = tr(state.bulk_tag ? Str::tag_name : Str::annotate_name_hint);
  if (kit::text_input(f.kit, "bulk.name", form.name, name).changed) form.error.clear();
  bool wanted = false;
  if (state.bulk_tag) {
    kit::gap(px(8));
    name.name = name.placeholder = tr(Str::tag_value);
    wanted = kit::text_input(f.kit, "bulk.tag_value", state.bulk_tag_value, name).submitted;
  } else {
    draw_names(f, form);
    kit::gap(px(8));
    wanted = draw_value_fields(f, "bulk", form);
  }
  kit::gap(px(8));
  if (!state.bulk_tag) kit::paragraph(f.kit, tr(Str::bulk_text), 0, kit::TextStyle::Small);
  if (!form.error.empty()) kit::inline_error(f.kit, "bulk.error", form.error);
  kit::dialog_footer(f.kit);
  wanted |= kit::dialog_button(f.kit, "bulk.save", kit::tr_count(Str::bulk_save, count), true, count > 0);
  const bool removes = state.bulk_tag && kit::dialog_button(f.kit, "bulk.untag", tr(Str::bulk_untag), false, count > 0, true);
  if (kit::dialog_button(f.kit, "bulk.cancel", tr(Str::cancel))) state.bulk_open = false;
  kit::end_dialog(f.kit);
  if (removes) return remove_tag(f, scope);
  if (wanted && state.bulk_open) save(f, scope);
}

void open_cell_dialog(UiFrame& f, std::string_view trace_id, int column) {
  AnnotateState& state = f.view.annotate;
  const auto row = f.session.dataset().find_trace(trace_id);
  if (!row) return;
  const auto& columns = f.session.traces().assessment_columns();
  std::string name = state.cell.name;
  bool expectation = state.cell.expectation;
  const bool known = std::any_of(columns.begin(), columns.end(), [&](const app::AssessmentColumn& c) { return c.name == name; });
  if (column < 0 && !known && !columns.empty()) column = 0;
  if (column >= 0 && column < static_cast<int>(columns.size())) {
    name = columns[static_cast<size_t>(column)].name;
    expectation = columns[static_cast<size_t>(column)].kind == store::AssessmentKind::Expectation;
  }
  const auto kind = expectation ? store::AssessmentKind::Expectation : store::AssessmentKind::Feedback;
  const store::Assessment* own = nullptr;
  const store::Assessment* judge = nullptr;
  for (const store::Assessment& a : f.session.dataset().assessments(*row)) {
    if (!f.session.dataset().shows(a) || !a.valid || a.name != name || a.kind != kind || !a.span_id.empty()) continue;
    if (a.source_type == store::SourceType::Human && a.source_id == f.session.reviewer()) own = &a;
    if (a.source_type != store::SourceType::Human) judge = &a;
  }
  state.cell = own != nullptr ? form_of(*own) : judge != nullptr ? form_of(*judge) : AssessmentForm{};
  state.cell.name = name;
  state.cell.expectation = expectation;
  if (own == nullptr) {
    state.cell.rationale.clear();
    state.cell.yes_no_text = !expectation && name_uses_yes_no(f, *row, name);
    if (judge != nullptr && !expectation) state.cell.overrides = judge->assessment_id;
  }
  state.cell_own_id = own != nullptr ? own->assessment_id : "";
  state.cell_trace_id = trace_id;
  state.cell_open = true;
}

void draw_cell_dialog(UiFrame& f) {
  AnnotateState& state = f.view.annotate;
  if (!state.cell_open) return;
  AssessmentForm& form = state.cell;
  kit::DialogOptions options;
  options.width_pt = px(440);
  const bool changes = !state.cell_own_id.empty();
  if (!kit::begin_dialog(f.kit, "cell", changes ? form.name : std::string(tr(Str::annotate_add)), state.cell_open, options))
    return;
  kit::text_ellipsis(f.kit, state.cell_trace_id, 0, kit::TextStyle::MonoSmall, kit::Color::TextSecondary);
  kit::gap(px(8));
  if (!changes) {
    kit::TextInputOptions name;
    name.name = tr(Str::annotate_name);
    name.placeholder = tr(Str::annotate_name_hint);
    if (kit::text_input(f.kit, "cell.name", form.name, name).changed) form.overrides.clear();
    kit::gap(px(8));
  }
  bool wanted = draw_value_fields(f, "cell", form);
  if (!form.error.empty()) kit::inline_error(f.kit, "cell.error", form.error);
  kit::dialog_footer(f.kit);
  wanted |= kit::dialog_button(f.kit, "cell.save", tr(Str::save), true);
  if (kit::dialog_button(f.kit, "cell.cancel", tr(Str::cancel))) state.cell_open = false;
  kit::end_dialog(f.kit);
  if (!wanted || !state.cell_open) return;
  form.error.clear();
  const FormValue value = form_value(form);
  if (trimmed(form.name).empty() || value.value_type.empty()) {
    form.error = tr(trimmed(form.name).empty() ? Str::annotate_needs_name : value.problem);
    return;
  }
  const std::string_view rationale = form.expectation ? std::string_view() : std::string_view(form.rationale);
  if (changes)
    f.emit(CommandId::AssessmentUpdate, {{"trace_id", state.cell_trace_id},
                                         {"assessment_id", state.cell_own_id},
                                         {"value_type", value.value_type},
                                         {"value", value.value},
                                         {"rationale", rationale}});
  else
    f.emit(CommandId::AssessmentAdd, {{"trace_id", state.cell_trace_id},
                                      {"kind", form.expectation ? "expectation" : "feedback"},
                                      {"name", trimmed(form.name)},
                                      {"value_type", value.value_type},
                                      {"value", value.value},
                                      {"rationale", rationale},
                                      {"overrides", form.overrides}});
  state.cell_open = false;
}

}  // namespace assay::ui
