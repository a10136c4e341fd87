#include "ui/views/run_table.h"

#include <algorithm>

#include "core/judge/trace_input.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/virtual_table.h"
#include "ui/kit/widgets.h"
#include "ui/views/assessed.h"
#include "ui/views/content.h"
#include "ui/views/failure_text.h"
#include "ui/views/judge_reads.h"
#include "ui/views/parts.h"
#include "ui/views/run_results.h"
#include "ui/views/scorer_texts.h"
#include "ui/views/text.h"
#include "ui/views/trace_list.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using app::CommandId;
using app::RunSummary;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr int kLeadingColumns = 2;  // name, request

void draw_filter_row(UiFrame& f, const RunSummary& run) {
  RunsState& state = f.view.runs;
  const kit::Choice kinds[] = {{"all", tr(Str::run_filter_all)},
                               {"pass", tr(Str::run_filter_pass)},
                               {"fail", tr(Str::run_filter_fail)},
                               {"error", tr(Str::run_filter_error)},
                               {"none", tr(Str::run_filter_none)}};
  kit::segmented(f.kit, "run.filter", tr(Str::run_filter), kinds, state.filter_kind);
  kit::same_row(px(12));
  std::string text = kit::tr_format(
      Str::traces_footer, {kit::format_count(static_cast<int64_t>(state.rows.size())),
                           kit::format_count(loaded_traces(f, run))});
  if (loaded_traces(f, run) < run.trace_ids.size()) text += " · " + run_traces_text(f, run);
  if (state.filter_kind == 0) state.filter_column = -1;
  if (state.filter_column >= 0 && state.filter_column < static_cast<int>(run.scorers.size())) {
    text += " · " + run.scorers[static_cast<size_t>(state.filter_column)].name;
  }
  kit::center_in_row(kit::text_height(f.kit, kit::TextStyle::Small),
                     px(kit::kControlHeightCompact));
  kit::text_node(f.kit, "run.shown", text, kit::TextStyle::Small, Color::TextSecondary,
                 kit::Role::Status);
  kit::gap(px(6));
}

std::vector<kit::TableColumn> make_columns(const RunSummary& run) {
  std::vector<kit::TableColumn> columns(static_cast<size_t>(kLeadingColumns) + run.scorers.size());
  columns[0].key = "name";
  columns[0].title = tr(Str::column_name);
  columns[0].width_pt = 150;
  columns[1].key = "request";
  columns[1].title = tr(Str::column_request);
  columns[1].width_pt = 220;
  columns[1].min_width_pt = 180;  // the table scrolls sideways before a question can no longer be read
  columns[1].stretch = true;
  for (size_t i = 0; i < run.scorers.size(); ++i) {
    columns[kLeadingColumns + i].key = run.scorers[i].name;
    columns[kLeadingColumns + i].title = run.scorers[i].name;
    columns[kLeadingColumns + i].width_pt = 128;
  }
  for (kit::TableColumn& column : columns)
    column.sortable = false;
  return columns;
}

void draw_cell(UiFrame& f, kit::CellPainter& cell, const RunSummary& run) {
  const store::Dataset& dataset = f.session.dataset();
  const store::TraceRow row = f.view.runs.rows[static_cast<size_t>(cell.row)];
  if (cell.column == 0) {
    cell.text(trace_title(dataset, row));
    return;
  }
  if (cell.column == 1) {
    std::string scratch;
    cell.text(readable_preview(dataset.text(dataset.request_preview(row), scratch).text, 300),
              Color::TextSecondary);
    return;
  }
  const RowVerdicts& verdicts = verdicts_at(f, run, static_cast<size_t>(cell.row));
  const store::Assessment* assessment =
      verdicts[static_cast<size_t>(cell.column - kLeadingColumns)];
  if (assessment == nullptr) {
    cell.text(run.state == RunSummary::State::Finished ? tr(Str::run_cell_skipped) : "–",
              Color::TextSecondary);
    return;
  }
  draw_assessment_cell(f, cell, assessment, 1);
}

// Scorers that gave this trace no verdict, and why. Read once a trace.
void draw_skips(UiFrame& f, const RunSummary& run, store::TraceRow row,
                const std::vector<const store::Assessment*>& all) {
  RunsState& state = f.view.runs;
  if (state.skips_of != state.side_trace_id) {
    state.skips_of = state.side_trace_id;
    state.skips.clear();
    for (const judge::ScorerSpec& scorer : run.scorers) {
      state.skips.push_back(
          f.session.rendered_item(scorer, f.session.dataset().trace_id(row)).skip);
    }
  }
  for (size_t i = 0; i < run.scorers.size() && i < state.skips.size(); ++i) {
    const std::string& name = run.scorers[i].name;
    bool has_verdict = false;
    for (const store::Assessment* assessment : all)
      has_verdict |= assessment->name == name;
    if (has_verdict) continue;
    kit::text_node(f.kit, kit::id_with("run.skip", name), name, kit::TextStyle::BodyStrong);
    const bool skipped = state.skips[i] != judge::SkipReason::None;
    kit::paragraph(f.kit,
                   skipped ? skip_text(state.skips[i]) : std::string(tr(Str::run_no_results)));
    kit::gap(px(8));
  }
}

}  // namespace

void draw_run_rationale(UiFrame& f, store::TraceRow row, const store::Assessment& assessment) {
  const std::string id = kit::id_with("run.rationale", assessment.assessment_id);
  kit::text_node(f.kit, kit::id_part(id, "name"), assessment.name, kit::TextStyle::BodyStrong,
                 Color::Text, kit::Role::Heading, 3);
  kit::gap(px(2));
  draw_value_line(f, kit::id_part(id, "value"), assessment, !assessment.valid, kit::width_left());
  draw_error(f, id, assessment);
  if (!assessment.rationale.empty()) {
    draw_plain_text(f, kit::id_part(id, "text"), tr(Str::annotate_rationale), reason_text(assessment),
                    0, {});
  }
  draw_ballots(f, id, assessment);
  draw_judge_reads(f, id, row, assessment);
  kit::gap(px(6));
  kit::separator(f.kit);
  kit::gap(px(10));
}

// As the list of traces shows them.
void draw_run_exchange(UiFrame& f, store::TraceRow row) {
  constexpr size_t kPreviewBytes = 1500;
  const store::Dataset& dataset = f.session.dataset();
  const struct {
    std::string_view part;
    Str title;
    TextRef text;
  } sides[] = {{"request", Str::column_request, dataset.request_preview(row)},
               {"response", Str::column_response, dataset.response_preview(row)}};
  for (const auto& side : sides) {
    std::string scratch;
    const std::string text = side.text.present()
                                 ? readable_preview(dataset.text(side.text, scratch).text, kPreviewBytes)
                                 : std::string();
    if (text.empty()) continue;
    const std::string id = kit::id_part("run.side", side.part);
    kit::text(f.kit, tr(side.title), kit::TextStyle::SmallStrong, Color::TextSecondary);
    draw_plain_text(f, id, tr(side.title), text, 0, {.max_height_pt = px(132)});
    kit::gap(px(8));
  }
  kit::separator(f.kit);
  kit::gap(px(10));
}

void draw_run_table(UiFrame& f, const RunSummary& run) {
  RunsState& state = f.view.runs;
  draw_filter_row(f, run);
  const std::vector<kit::TableColumn> columns = make_columns(run);
  kit::TableSpec spec;
  spec.id = "run_rows";
  spec.name = tr(Str::run_table);
  spec.columns = columns;
  spec.row_count = static_cast<int64_t>(state.rows.size());
  spec.empty_text = tr(Str::run_no_rows);
  // As tall as its rows while they are few, else as the window: one of the two scrolls, not both.
  const float wanted =
      px(kit::kRowHeight) * static_cast<float>(std::min<int64_t>(spec.row_count + 1, 1000)) +
      px(16);
  spec.size =
      ImVec2(0, std::max(px(180), std::min(wanted, std::max(ImGui::GetWindowHeight() - px(120),
                                                            kit::remaining_rect().height()))));
  const store::Dataset& dataset = f.session.dataset();
  const auto row_key = [&](int64_t row) {
    return dataset.trace_id(state.rows[static_cast<size_t>(row)]);
  };
  spec.row_key = row_key;
  for (size_t i = 0;
       i < state.rows.size() && !state.side_trace_id.empty() && spec.selected_row < 0 && i < 5000;
       ++i) {
    if (dataset.trace_id(state.rows[i]) == state.side_trace_id)
      spec.selected_row = static_cast<int64_t>(i);
  }
  const auto painter = [&](kit::CellPainter& cell) { draw_cell(f, cell, run); };
  const kit::TableResult result = kit::virtual_table(f.kit, spec, state.table, painter);
  if (result.activated) {
    f.emit(CommandId::TraceOpen, {{"trace_id", row_key(*result.activated)}});
  } else if (result.clicked) {
    state.side_trace_id = row_key(*result.clicked);
  }
}

std::optional<store::TraceRow> begin_run_side(UiFrame& f, std::string_view id, std::string& trace_id, const kit::Rect& rect) {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = px(16);
  options.padding_y_pt = px(12);
  options.borders = kit::kBorderLeft;
  options.role = kit::Role::Region;
  options.name = tr(Str::run_side);
  kit::begin_region(f.kit, id, rect, options);
  const std::optional<store::TraceRow> row = f.session.dataset().find_trace(trace_id);
  if (!row) {
    trace_id.clear();
    kit::end_region(f.kit);
    return std::nullopt;
  }
  kit::section_header(f.kit, std::string(id) + "_title", trace_title(f.session.dataset(), *row));
  kit::right_align(px(kit::kControlHeightCompact));
  kit::IconButtonOptions close;
  close.size = kit::ControlSize::Compact;
  if (kit::icon_button(f.kit, std::string(id) + "_close", kIconX, tr(Str::close), close)) trace_id.clear();
  kit::gap(px(2));
  if (kit::link(f.kit, "run.open_trace", tr(Str::run_open_trace)))
    f.emit(CommandId::TraceOpen, {{"trace_id", f.session.dataset().trace_id(*row)}});
  kit::gap(px(12));
  draw_run_exchange(f, *row);
  return row;
}

void draw_run_side(UiFrame& f, const RunSummary& run, const kit::Rect& rect) {
  const std::optional<store::TraceRow> row = begin_run_side(f, "run.side", f.view.runs.side_trace_id, rect);
  if (!row) return;
  // A trace with several retrievers has several verdicts of a name: all of them.
  const std::vector<const store::Assessment*> all = f.session.run_assessments(run.run_id, *row);
  for (const judge::ScorerSpec& scorer : run.scorers) {
    for (const store::Assessment* assessment : all) {
      if (assessment->name == scorer.name) draw_run_rationale(f, *row, *assessment);
    }
  }
  draw_skips(f, run, *row, all);
  kit::end_region(f.kit);
}

}  // namespace assay::ui
