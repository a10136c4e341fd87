#include "ui/views/annotate_form.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/reader.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/assessed.h"
#include "ui/views/drafts.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::TraceRow;

namespace {

constexpr size_t kMaxSuggestions = 8;

bool is_whole_json(std::string_view text) {
  json::Reader reader(text);
  reader.skip_value();
  return !reader.failed() && reader.at_end();
}

// Buttons Pass and Fail, side by side; the pressed one holds the value.
void draw_boolean(UiFrame& f, std::string_view id, AssessmentForm& form) {
  const float width = (kit::width_left() - px(8)) / 2;
  kit::ButtonOptions options;
  options.width_pt = width;
  options.toggle = true;
  options.icon = kIconCheck;
  options.on = form.boolean == 1;
  if (kit::button(f.kit, kit::id_with(id, "yes"), tr(Str::annotate_yes), options))
    form.boolean = form.boolean == 1 ? -1 : 1;
  kit::same_row(px(8));
  options.icon = kIconX;
  options.on = form.boolean == 0;
  if (kit::button(f.kit, kit::id_with(id, "no"), tr(Str::annotate_no), options))
    form.boolean = form.boolean == 0 ? -1 : 0;
}

// True when the value is to be saved (Enter).
bool draw_value_input(UiFrame& f, std::string_view id, AssessmentForm& form) {
  switch (form.input) {
    case ValueInput::Boolean:
      draw_boolean(f, id, form);
      return false;
    case ValueInput::Number: {
      kit::TextInputOptions options;
      options.name = tr(Str::annotate_value);
      options.placeholder = "0.8";
      options.invalid = !trimmed(form.value).empty() && !parse_double(trimmed(form.value));
      return kit::text_input(f.kit, id, form.value, options).submitted;
    }
    case ValueInput::Text:
    case ValueInput::Json: {
      kit::TextAreaOptions options;
      options.height_pt = px(form.input == ValueInput::Json ? 92 : 60);
      options.most_lines = kit::kMostGrownLines;
      options.name = tr(Str::annotate_value);
      options.mono = form.input == ValueInput::Json;
      options.placeholder = form.input == ValueInput::Json ? "{\"key\": \"value\"}" : "";
      options.invalid = form.input == ValueInput::Json && !trimmed(form.value).empty() &&
                        !is_whole_json(form.value);
      return kit::text_area(f.kit, id, form.value, options).submitted;
    }
  }
  return false;
}

void draw_type_choice(UiFrame& f, std::string_view id, AssessmentForm& form) {
  const kit::Choice types[] = {{"boolean", tr(Str::annotate_type_boolean)},
                               {"number", tr(Str::annotate_type_number)},
                               {"text", tr(Str::annotate_type_text)},
                               {"json", "JSON"}};
  int type = static_cast<int>(form.input);
  if (kit::segmented(f.kit, id, tr(Str::annotate_type), types, type))
    form.input = static_cast<ValueInput>(type);
}

bool draw_rationale(UiFrame& f, std::string_view id, AssessmentForm& form) {
  kit::TextAreaOptions options;
  options.height_pt = px(72);
  options.most_lines = kit::kMostGrownLines;
  options.name = tr(Str::annotate_rationale);
  options.placeholder = tr(Str::annotate_rationale_hint);
  return kit::text_area(f.kit, id, form.rationale, options).submitted;
}

// Folded away until it is wanted.
void draw_metadata(UiFrame& f, std::string_view id, AssessmentForm& form) {
  if (!form.metadata_open) {
    kit::ButtonOptions more;
    more.kind = kit::ButtonKind::Ghost;
    more.size = kit::ControlSize::Compact;
    if (kit::button(f.kit, kit::id_part(id, "open"), tr(Str::annotate_more), more)) form.metadata_open = true;
    return;
  }
  kit::TextAreaOptions options;
  options.height_pt = px(48);
  options.mono = true;
  options.name = tr(Str::annotate_metadata);
  options.placeholder = tr(Str::annotate_metadata_hint);
  if (kit::text_area(f.kit, id, form.metadata, options).changed) form.error.clear();
}

// Each line has a key and a sign of equality.
bool is_metadata(std::string_view lines) {
  while (!lines.empty()) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = trimmed(lines.substr(0, end));
    if (!line.empty() && (line.find('=') == std::string_view::npos || line.front() == '=')) return false;
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return true;
}

void draw_suggestions(UiFrame& f, AssessmentForm& form) {
  const std::vector<std::string> names = known_names(f, form.expectation);
  const TightRows tight(px(4));
  size_t shown = 0;
  float x = 0;
  const float room = kit::width_left(), space = px(4);
  for (const std::string& name : names) {
    if (name == form.name || (!form.name.empty() && name.find(form.name) == std::string::npos))
      continue;
    if (shown == kMaxSuggestions) break;
    const float width = kit::text_width(f.kit, name) + px(22);
    if (shown != 0 && x + space + width <= room) {
      kit::same_row(space);
      x += space + width;
    } else {
      x = width;
    }
    ++shown;
    if (kit::pill(f.kit, kit::id_with("annotate.suggest", name), name, kit::Tone::Neutral)
            .clicked) {
      form.name = name;
      form.error.clear();
    }
  }
  if (shown != 0) kit::gap(px(4));
}

// All but what labelling takes from trace to trace: name, kind and type.
void clear_values(AssessmentForm& form) {
  form.boolean = -1;
  form.value.clear();
  form.rationale.clear();
  form.metadata.clear();
  form.metadata_open = false;
  form.overrides.clear();
  form.error.clear();
}

void save_new(UiFrame& f, TraceRow trace) {
  AssessmentForm& form = f.view.annotate.form;
  if (trimmed(form.name).empty()) {
    form.error = tr(Str::annotate_needs_name);
    f.view.annotate.focus_name = true;
    return;
  }
  form.yes_no_text = !form.expectation && name_uses_yes_no(f, trace, trimmed(form.name));
  FormValue value = form_value(form);
  if (value.value_type.empty()) {
    form.error = tr(value.problem);
    return;
  }
  if (!is_metadata(form.metadata)) {
    form.error = tr(Str::annotate_metadata_bad);
    return;
  }
  const store::Dataset& dataset = f.session.dataset();
  app::Command command(CommandId::AssessmentAdd);
  command.args = {{"trace_id", std::string(dataset.trace_id(trace))},
                  {"kind", form.expectation ? "expectation" : "feedback"},
                  {"name", std::string(trimmed(form.name))},
                  {"value_type", std::move(value.value_type)},
                  {"value", std::move(value.value)}};
  if (!form.expectation && !form.rationale.empty())
    command.args.emplace_back("rationale", form.rationale);
  if (const auto span = f.session.selected_span(); span && form.on_span) {
    command.args.emplace_back("span_id", dataset.span_id(*span));
  }
  if (!form.metadata.empty()) command.args.emplace_back("metadata", form.metadata);
  if (!form.overrides.empty()) command.args.emplace_back("overrides", form.overrides);
  command.args.emplace_back("tell", "true");
  f.emit(std::move(command));
  clear_values(form);
}

void draw_target(UiFrame& f, AssessmentForm& form) {
  const auto span = f.session.selected_span();
  if (!span) {
    form.on_span = false;
    return;
  }
  const std::string_view name = f.session.dataset().name_text(f.session.dataset().span_name(*span));
  const std::string span_text = kit::tr_format(Str::annotate_on_span, {kit::one_line(name, 40)});
  const kit::Choice targets[] = {{"trace", tr(Str::annotate_on_trace)}, {"span", span_text}};
  int target = form.on_span ? 1 : 0;
  if (kit::segmented(f.kit, "annotate.target", tr(Str::annotate_target), targets, target))
    form.on_span = target == 1;
  kit::gap(px(8));
}

}  // namespace

FormValue form_value(const AssessmentForm& form) {
  switch (form.input) {
    case ValueInput::Boolean:
      if (form.boolean < 0) return {"", "", Str::annotate_needs_choice};
      if (form.yes_no_text) return {"string", form.boolean == 1 ? "yes" : "no"};
      return {"boolean", form.boolean == 1 ? "true" : "false"};
    case ValueInput::Number: {
      const std::string_view text = trimmed(form.value);
      if (!parse_double(text)) return {"", "", Str::annotate_needs_number};
      return {"number", std::string(text)};
    }
    case ValueInput::Text:
      if (trimmed(form.value).empty()) return {"", "", Str::annotate_needs_text};
      return {"string", form.value};
    case ValueInput::Json:
      if (!is_whole_json(form.value)) return {"", "", Str::annotate_needs_json};
      return {"json", form.value};
  }
  return {};
}

AssessmentForm form_of(const store::Assessment& assessment) {
  AssessmentForm form;
  form.expectation = assessment.kind == store::AssessmentKind::Expectation;
  form.name = assessment.name;
  form.rationale = assessment.rationale;
  const AssessedValue value = value_of_json(assessment.value_json);
  const bool is_text = !assessment.value_json.empty() && assessment.value_json.front() == '"';
  switch (value.kind) {
    case ValueKind::Pass:
    case ValueKind::Fail:
      form.input = ValueInput::Boolean;
      form.boolean = value.kind == ValueKind::Pass ? 1 : 0;
      // "pass", "True" and the like stay texts, so that saving unchanged changes nothing.
      form.yes_no_text = value.text == "yes" || value.text == "no";
      if (is_text && !form.yes_no_text) {
        form.input = ValueInput::Text;
        form.value = value.text;
      }
      break;
    case ValueKind::Number:
      form.input = ValueInput::Number;
      form.value = assessment.value_json;
      break;
    case ValueKind::Json:
      form.input = ValueInput::Json;
      form.value = assessment.value_json;
      break;
    case ValueKind::Text:
      form.input = ValueInput::Text;
      form.value = value.text;
      break;
    case ValueKind::None:
    case ValueKind::Error:
      form.input = ValueInput::Boolean;
      break;
  }
  return form;
}

bool name_uses_yes_no(const UiFrame& f, TraceRow trace, std::string_view name) {
  for (const store::Assessment& a : f.session.dataset().assessments(trace)) {
    if (a.name == name && f.session.dataset().shows(a) && (a.value_json == "\"yes\"" || a.value_json == "\"no\"")) return true;
  }
  for (const judge::ScorerSpec& scorer : f.session.settings().scorers) {
    if (scorer.name == name) return true;
  }
  return false;
}

std::vector<std::string> known_names(const UiFrame& f, bool expectation) {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  const auto kind =
      expectation ? store::AssessmentKind::Expectation : store::AssessmentKind::Feedback;
  for (const app::AssessmentColumn& column : f.session.traces().assessment_columns()) {
    if (column.kind == kind) add(column.name);
  }
  if (expectation) {
    for (const char* name : {"expected_response", "expected_facts", "guidelines"})
      add(name);
  } else {
    for (const judge::ScorerSpec& scorer : f.session.settings().scorers)
      add(scorer.name);
  }
  return names;
}

void draw_add_form(UiFrame& f, TraceRow trace) {
  AnnotateState& state = f.view.annotate;
  AssessmentForm& form = state.form;
  if (form.overrides.empty()) {
    const kit::Choice kinds[] = {{"feedback", tr(Str::kind_feedback)},
                                 {"expectation", tr(Str::kind_expectation)}};
    int kind = form.expectation ? 1 : 0;
    if (kit::segmented(f.kit, "annotate.kind", tr(Str::annotate_kind), kinds, kind))
      form.expectation = kind == 1;
    kit::gap(px(8));
    kit::TextInputOptions options;
    options.name = tr(Str::annotate_name);
    options.placeholder = tr(Str::annotate_name_hint);
    options.take_focus = state.focus_name;
    state.focus_name = false;
    const kit::TextInputResult name = kit::text_input(f.kit, "annotate.name", form.name, options);
    if (name.changed) form.error.clear();
    // While a button of the mouse is down they stay: what it was pressed on must not move away under it.
    const bool pressing = ImGui::IsMouseDown(ImGuiMouseButton_Left) || ImGui::IsMouseReleased(ImGuiMouseButton_Left);
    state.suggesting = name.active || form.name.empty() || (state.suggesting && pressing);
    if (state.suggesting) draw_suggestions(f, form);
    kit::gap(px(8));
    draw_target(f, form);
    draw_type_choice(f, "annotate.type", form);
    kit::gap(px(8));
  } else {
    kit::inline_note(f.kit, "annotate.correcting",
                     kit::tr_format(Str::annotate_correcting, {form.name}), kIconPencil);
    kit::gap(px(8));
  }
  bool save = draw_value_input(f, "annotate.value", form);
  kit::gap(px(8));
  if (!form.expectation) {
    save |= draw_rationale(f, "annotate.rationale", form);
    kit::gap(px(8));
  }
  draw_metadata(f, "annotate.metadata", form);
  kit::gap(px(8));
  if (!form.error.empty()) {
    kit::inline_error(f.kit, "annotate.error", form.error);
    kit::gap(px(6));
  }
  kit::ButtonOptions primary;
  primary.kind = kit::ButtonKind::Primary;
  save |= kit::button(
      f.kit, "annotate.save",
      tr(form.overrides.empty() ? Str::annotate_save : Str::annotate_save_correction), primary);
  kit::same_row(px(8));
  if (kit::button(f.kit, "annotate.cancel", tr(Str::cancel), kit::ButtonKind::Ghost)) {
    state.open = false;
    clear_values(form);
  }
  if (save) save_new(f, trace);
}

bool draw_value_fields(UiFrame& f, std::string_view id, AssessmentForm& form) {
  draw_type_choice(f, kit::id_part(id, "type"), form);
  kit::gap(px(8));
  bool save = draw_value_input(f, kit::id_part(id, "value"), form);
  if (!form.expectation) {
    kit::gap(px(8));
    save |= draw_rationale(f, kit::id_part(id, "rationale"), form);
  }
  return save;
}

bool draw_edit_form(UiFrame& f, std::string_view id, TraceRow trace,
                    const store::Assessment& assessment) {
  AssessmentForm& form = f.view.annotate.edit;
  draw_type_choice(f, kit::id_part(id, "type"), form);
  kit::gap(px(6));
  bool save = draw_value_input(f, kit::id_part(id, "value"), form);
  kit::gap(px(6));
  if (!form.expectation) {
    save |= draw_rationale(f, kit::id_part(id, "rationale_edit"), form);
    kit::gap(px(6));
  }
  draw_metadata(f, kit::id_part(id, "metadata_edit"), form);
  kit::gap(px(6));
  if (!form.error.empty()) kit::inline_error(f.kit, kit::id_part(id, "error"), form.error);
  kit::ButtonOptions options;
  options.kind = kit::ButtonKind::Primary;
  options.size = kit::ControlSize::Compact;
  save |= kit::button(f.kit, kit::id_part(id, "save"), tr(Str::save), options);
  kit::same_row(px(6));
  options.kind = kit::ButtonKind::Ghost;
  if (kit::button(f.kit, kit::id_part(id, "cancel"), tr(Str::cancel), options)) return false;
  if (!save) return true;
  FormValue value = form_value(form);
  if (value.value_type.empty() || !is_metadata(form.metadata)) {
    form.error = tr(value.value_type.empty() ? value.problem : Str::annotate_metadata_bad);
    return true;
  }
  f.emit(CommandId::AssessmentUpdate, {{"trace_id", f.session.dataset().trace_id(trace)},
                                       {"assessment_id", assessment.assessment_id},
                                       {"value_type", value.value_type},
                                       {"value", value.value},
                                       {"rationale", form.rationale},
                                       {"metadata", form.metadata}});
  return false;
}

void switch_form_to(AnnotateState& state, std::string_view trace_id, std::string_view draft) {
  if (state.form_trace_id == trace_id) return;
  AssessmentForm& form = state.form;
  state.form_trace_id = trace_id;
  state.editing_id.clear();
  if (read_assessment_draft(draft, form)) {
    state.open = true;
    return;
  }
  // Name, kind and type stay: labelling goes from trace to trace.
  clear_values(form);
}

}  // namespace assay::ui
