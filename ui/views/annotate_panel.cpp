#include "ui/views/annotate_panel.h"

#include <algorithm>

#include "core/base/late.h"
#include "core/judge/judge_events.h"

#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/annotate_form.h"
#include "ui/views/assessed.h"
#include "ui/views/failure_text.h"
#include "ui/views/label_panel.h"
#include "ui/views/judge_reads.h"
#include "ui/views/drafts.h"
#include "ui/views/parts.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::Assessment;
using store::TraceRow;

namespace {

void begin_edit(UiFrame& f, const Assessment& assessment) {
  f.view.annotate.editing_id = assessment.assessment_id;
  f.view.annotate.edit = f.view.annotate.edit_base = form_of(assessment);
}

// What was begun to be changed and left is being changed again.
void take_up_edit(UiFrame& f, TraceRow trace, const Assessment& assessment) {
  AnnotateState& state = f.view.annotate;
  const std::string place = edit_place(f.session.dataset().trace_id(trace), assessment.assessment_id);
  const std::string_view text = f.session.draft(place);
  if (text.empty()) return;
  begin_edit(f, assessment);
  if (read_edit_draft(text, state.edit_base, state.edit)) return;
  state.editing_id.clear();  // it has been changed meanwhile
  f.emit(CommandId::DraftSet, {{"place", place}, {"text", ""}});
}

void begin_correction(UiFrame& f, const Assessment& assessment) {
  AnnotateState& state = f.view.annotate;
  const bool on_span =
      !assessment.span_id.empty() && f.session.route().span_id == assessment.span_id;
  state.form = form_of(assessment);
  // The judge's verdict turned round is what a correction most often is.
  if (state.form.input == ValueInput::Boolean && state.form.boolean >= 0)
    state.form.boolean = 1 - state.form.boolean;
  state.form.rationale.clear();
  state.form.overrides = assessment.assessment_id;
  state.form.on_span = on_span;
  state.open = true;
  state.scroll_to_form = true;
}

void draw_actions(UiFrame& f, std::string_view id, TraceRow trace, const Assessment& assessment) {
  kit::IconButtonOptions options;
  options.size = kit::ControlSize::Compact;
  const bool judge = assessment.source_type != store::SourceType::Human && assessment.valid &&
                     assessment.kind == store::AssessmentKind::Feedback;
  const float size = px(kit::kControlHeightCompact);
  kit::right_align(size * 2);
  if (judge) {
    if (kit::icon_button(f.kit, kit::id_part(id, "correct"), kIconPencil, tr(Str::assess_correct),
                         options))
      begin_correction(f, assessment);
  } else {
    if (kit::icon_button(f.kit, kit::id_part(id, "edit"), kIconPencil, tr(Str::assess_edit),
                         options))
      begin_edit(f, assessment);
  }
  kit::same_row(0);
  if (kit::icon_button(f.kit, kit::id_part(id, "delete"), kIconTrash, tr(Str::assess_delete),
                       options)) {
    f.emit(CommandId::AssessmentDelete, {{"trace_id", f.session.dataset().trace_id(trace)},
                                         {"assessment_id", assessment.assessment_id}});
  }
}

void draw_source(UiFrame& f, std::string_view id, TraceRow trace, const Assessment& assessment) {
  const SourceLook look = source_look(assessment.source_type);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = kit::width_left(), height = px(18);
  std::string text = tr(look.name);
  if (!assessment.source_id.empty() && assessment.source_id != "default")
    text += " · " + assessment.source_id;
  const std::string when = short_when(f, assessment.create_time_ms);
  if (!when.empty()) text += " · " + when;
  const std::string version = store::metadata_value(assessment, judge::kScorerVersionKey);
  if (!version.empty() && version != "1") text += " · " + kit::tr_format(Str::assess_version, {version});
  ImGui::Dummy(ImVec2(width, height));
  ImDrawList* list = ImGui::GetWindowDrawList();
  kit::draw_icon(f.kit, list, {at.x, at.y, at.x + px(13), at.y + height}, look.icon,
                 Color::TextSecondary, 13);
  const kit::Rect rect{at.x + px(20), at.y, at.x + width, at.y + height};
  kit::draw_text(f.kit, list, rect, text, kit::TextStyle::Small, Color::TextSecondary);
  kit::SemItem item;
  item.role = kit::Role::Text;
  const std::string source_id = kit::id_part(id, "source");
  item.id = source_id;
  item.name = text;
  item.rect = rect;
  f.kit.semantics->add(item);
  if (assessment.span_id.empty()) return;
  const auto span = f.session.dataset().find_span(trace, assessment.span_id);
  // MLflow puts a judge's verdict on the root span: that is the whole trace.
  if (span && f.session.dataset().root_span(trace) == span) return;
  const std::string name =
      span ? std::string(f.session.dataset().name_text(f.session.dataset().span_name(*span)))
           : assessment.span_id;
  indent_by(px(20));
  if (kit::link(f.kit, kit::id_part(id, "span"), kit::tr_format(Str::annotate_on_span, {name}),
                kit::TextStyle::Small) &&
      span) {
    f.view.reader.tab = ReaderTab::Spans;
    f.emit(CommandId::SpanSelect, {{"span_id", assessment.span_id}});
  }
}

bool is_open(std::vector<std::string>& open, const std::string& key) {
  return std::find(open.begin(), open.end(), key) != open.end();
}

// Behind a press: most of it is for programs.
void draw_entry_metadata(UiFrame& f, const std::string& id, const Assessment& assessment) {
  if (assessment.metadata_json.size() <= 2) return;
  const std::string key = kit::id_part(id, "metadata");
  std::vector<std::string>& open = f.view.annotate.open_earlier;
  bool shown = is_open(open, key);
  kit::ButtonOptions options;
  options.kind = kit::ButtonKind::Ghost;
  options.size = kit::ControlSize::Compact;
  options.icon = shown ? kIconChevronDown : kIconChevronRight;
  if (kit::button(f.kit, kit::id_part(key, "open"), tr(Str::annotate_metadata), options)) {
    shown = !shown;
    if (shown) open.push_back(key);
    else std::erase(open, key);
  }
  if (shown) draw_text_block(f, key, tr(Str::annotate_metadata), {assessment.metadata_json, true, 0});
}

void draw_entry(UiFrame& f, TraceRow trace, const Assessment& assessment, bool superseded) {
  const std::string id = kit::id_with("assess", assessment.assessment_id);
  if (!superseded && f.view.annotate.editing_id.empty()) take_up_edit(f, trace, assessment);
  if (f.view.annotate.editing_id == assessment.assessment_id) {
    kit::gap(px(2));
    if (!draw_edit_form(f, id, trace, assessment)) {
      f.view.annotate.editing_id.clear();
      f.emit(CommandId::DraftSet, {{"place", edit_place(f.session.dataset().trace_id(trace), assessment.assessment_id)}, {"text", ""}});
    }
    kit::gap(px(6));
    return;
  }
  const float actions = superseded ? 0 : px(kit::kControlHeightCompact) * 2 + px(4);
  draw_value_line(f, kit::id_part(id, "value"), assessment, superseded,
                  kit::width_left() - actions);
  if (!superseded) draw_actions(f, id, trace, assessment);
  draw_source(f, id, trace, assessment);
  if (needs_block(assessment)) {
    const AssessedValue value = value_of(assessment);
    draw_text_block(f, kit::id_part(id, "full_value"), assessment.name,
                    {value.text, value.kind == ValueKind::Json, 0});
    kit::gap(px(2));
  }
  draw_error(f, id, assessment);
  if (!assessment.rationale.empty()) {
    draw_plain_text(f, kit::id_part(id, "rationale"), tr(Str::annotate_rationale),
                    reason_text(assessment), 0,
                    {.color = superseded ? Color::TextSecondary : Color::Text});
  }
  draw_ballots(f, id, assessment);
  draw_judge_reads(f, id, trace, assessment);
  draw_entry_metadata(f, id, assessment);
  kit::gap(px(8));
}

// Behind a press: `list`, which `what` counts.
void draw_folded(UiFrame& f, TraceRow trace, const AssessmentGroup& group,
                 const std::vector<const Assessment*>& list, Str what, const std::string& key, bool superseded) {
  if (list.empty()) return;
  std::vector<std::string>& open = f.view.annotate.open_earlier;
  const bool shown = is_open(open, key) || group.in_force.empty();
  kit::ButtonOptions options;
  options.kind = kit::ButtonKind::Ghost;
  options.size = kit::ControlSize::Compact;
  options.icon = shown ? kIconChevronDown : kIconChevronRight;
  const std::string text =
      kit::tr_count(what, static_cast<int64_t>(list.size()));
  if (kit::button(f.kit, kit::id_part(key, "earlier"), text, options)) {
    if (is_open(open, key)) {
      std::erase(open, key);
    } else {
      open.push_back(key);
    }
  }
  if (!shown) return;
  for (const Assessment* assessment : list)
    draw_entry(f, trace, *assessment, superseded);
}

void draw_group(UiFrame& f, TraceRow trace, const AssessmentGroup& group) {
  std::string key = kit::id_with(
      group.kind == store::AssessmentKind::Expectation ? "expectation" : "feedback", group.name);
  kit::text_node(f.kit, kit::id_part(key, "name"), group.name, kit::TextStyle::BodyStrong,
                 Color::Text, kit::Role::Heading, 3);
  if (group.kind != store::AssessmentKind::Feedback) {
    kit::same_row(px(8));
    kit::badge(f.kit, kit::id_part(key, "kind"),
               tr(group.kind == store::AssessmentKind::Expectation ? Str::kind_expectation
                                                                   : Str::kind_issue),
               kit::Tone::Info);
  }
  kit::gap(px(2));
  for (const Assessment* assessment : group.in_force)
    draw_entry(f, trace, *assessment, false);
  draw_folded(f, trace, group, group.earlier_runs, Str::assess_earlier_runs, kit::id_part(key, "runs"), false);
  draw_folded(f, trace, group, group.earlier, Str::assess_earlier, key, true);
  kit::gap(px(2));
  kit::separator(f.kit);
  kit::gap(px(8));
}

void draw_panel_head(UiFrame& f, size_t count) {
  kit::section_header(f.kit, "annotate.title", tr(Str::tab_assessments),
                      static_cast<int64_t>(count));
  const float size = px(kit::kControlHeightCompact);
  kit::right_align(size * 2);
  kit::IconButtonOptions options;
  options.size = kit::ControlSize::Compact;
  const std::string undo =
      key_label(f, CommandId::Undo);
  const std::string redo =
      key_label(f, CommandId::Redo);
  options.chord = undo;
  // Of assessments only: changes of other things are undone by the key and where they were made.
  options.enabled = f.session.can_undo() && f.session.undo_change().what != app::Change::What::Other;
  if (kit::icon_button(f.kit, "annotate.undo", kIconUndo, undo_title(f, false), options))
    f.emit(CommandId::Undo);
  kit::same_row(0);
  options.chord = redo;
  options.enabled = f.session.can_redo() && f.session.redo_change().what != app::Change::What::Other;
  if (kit::icon_button(f.kit, "annotate.redo", kIconRedo, undo_title(f, true), options))
    f.emit(CommandId::Redo);
}

}  // namespace

void open_annotate_form(UiFrame& f) {
  f.view.annotate.open = true;
  f.view.annotate.focus_name = true;
  f.view.annotate.scroll_to_form = true;
  if (!f.view.reader.assessments_beside) f.view.reader.tab = ReaderTab::Assessments;
}

void draw_annotate_panel(UiFrame& f, const kit::Rect& rect, TraceRow trace) {
  AnnotateState& state = f.view.annotate;
  const store::Dataset& dataset = f.session.dataset();
  switch_form_to(state, dataset.trace_id(trace), f.session.draft(assessment_place(dataset.trace_id(trace))));
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = px(16);
  options.padding_y_pt = px(8);
  options.borders = f.view.reader.assessments_beside ? kit::kBorderLeft : kit::kBorderNone;
  options.role = kit::Role::Region;
  options.name = tr(Str::tab_assessments);
  kit::begin_region(f.kit, "annotate", rect, options);
  const std::vector<Assessment>& assessments = dataset.assessments(trace);
  const std::vector<AssessmentGroup> groups = group_assessments(assessments, blind_reviewer(f));
  size_t shown = 0;
  for (const AssessmentGroup& group : groups) shown += group.in_force.size() + group.earlier_runs.size() + group.earlier.size();
  draw_panel_head(f, shown);
  kit::gap(px(6));
  if (state.open) {
    if (state.scroll_to_form) ImGui::SetScrollY(0);
    state.scroll_to_form = false;
    draw_add_form(f, trace);
    kit::gap(px(12));
    kit::separator(f.kit);
    kit::gap(px(10));
  } else {
    kit::ButtonOptions add;
    add.width_pt = -1;
    add.icon = kIconPlus;
    const std::string chord =
        key_label(f, CommandId::UiAnnotate);
    add.chord = chord;
    if (kit::button(f.kit, "annotate.open", tr(Str::annotate_add), add)) open_annotate_form(f);
    kit::gap(px(12));
  }
  if (!f.session.review().schemas().empty()) call_late<&draw_label_panel>(f, TraceRow{trace});
  if (groups.empty() && !state.open)
    kit::paragraph(f.kit, tr(f.view.blind ? Str::blind_none : Str::annotate_none), 0, kit::TextStyle::Body, Color::TextSecondary);
  for (const AssessmentGroup& group : groups)
    draw_group(f, trace, group);
  kit::gap(px(16));
  kit::end_region(f.kit);
}

}  // namespace assay::ui
