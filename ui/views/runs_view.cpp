#include "ui/views/runs_view.h"

#include <algorithm>
#include <cmath>

#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/virtual_table.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"
#include "ui/views/run_detail.h"
#include "ui/views/run_pairs_view.h"
#include "ui/views/run_results.h"

namespace assay::ui {

using app::CommandId;
using app::RunSummary;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

enum RunColumn : int { kName, kState, kProgress, kTraces, kModel, kTokens, kTime };

// So that a time of another year is seen whole in any language.
float time_column_width() {
  constexpr TimeNs kLongest = 978'172'200'000'000'000;  // in December 2000, with two digits in each place
  const std::string longest = kit::format_date(kit::current().language, kLongest, 0, true) + " 00:00";
  return std::max(150.0F, std::ceil(kit::text_width(kit::current(), longest) / kit::current().ui_scale) + 20);
}

std::vector<kit::TableColumn> run_columns(float width_pt) {
  const auto column = [](std::string_view key, Str title, float width,
                         kit::Align align = kit::Align::Left) {
    kit::TableColumn c;
    c.key = key;
    c.title = tr(title);
    c.width_pt = width;
    c.align = align;
    c.sortable = false;
    return c;
  };
  std::vector<kit::TableColumn> columns{
      column("name", Str::run_name, 220),
      column("state", Str::run_state, 130),
      column("progress", Str::run_progress, 130, kit::Align::Right),
      column("traces", Str::run_traces, 80, kit::Align::Right),
      column("model", Str::run_model, 180),
      column("tokens", Str::run_tokens, 100, kit::Align::Right),
      column("time", Str::run_time, time_column_width(), kit::Align::Right)};
  columns[kName].stretch = true;
  columns[kModel].hidden = width_pt < px(760);
  columns[kTokens].hidden = width_pt < px(900);
  columns[kTraces].hidden = width_pt < px(600);
  columns[kTime].hidden = width_pt < px(480);
  return columns;
}

void draw_run_cell(UiFrame& f, kit::CellPainter& cell, const RunSummary& run) {
  switch (cell.column) {
    case kName:
      cell.text(run.name, Color::Text, kit::TextStyle::BodyStrong);
      return;
    case kState: {
      const RunStateLook look = run_state_look(run.state);
      cell.icon_text(look.icon, tr(look.text), kit::tone_color(look.tone));
      return;
    }
    case kProgress:
      cell.text(kit::tr_format(Str::run_of,
                               {kit::format_count(run_done(run)), kit::format_count(run.total)}),
                Color::TextSecondary);
      return;
    case kTraces:
      if (const uint32_t loaded = loaded_traces(f, run); loaded < run.trace_ids.size()) {
        cell.text(kit::tr_format(Str::run_of, {kit::format_count(loaded), kit::format_count(static_cast<int64_t>(run.trace_ids.size()))}),
                  Color::TextSecondary);
        return;
      }
      cell.text(kit::format_count(static_cast<int64_t>(run.trace_ids.size())),
                Color::TextSecondary);
      return;
    case kModel:
      cell.text(run.model, Color::TextSecondary);
      return;
    case kTokens:
      cell.text(kit::format_count(static_cast<int64_t>(run.input_tokens + run.output_tokens)),
                Color::TextSecondary);
      return;
    case kTime:
      cell.text(minute_text(run.created_ms * 1'000'000), Color::TextSecondary);
      return;
    default:
      return;
  }
}

void draw_run_list(UiFrame& f) {
  const std::vector<RunSummary>& runs = f.session.runs();
  const kit::Rect rect = kit::remaining_rect();
  if (runs.empty()) {
    const bool has_data = f.session.dataset().trace_count() > 0;
    const kit::EmptyAction actions[] = {{"runs.go_scorers",
                                         tr(has_data ? Str::runs_start : Str::runs_go_traces),
                                         has_data ? kIconPlay : kIconListTree, true}};
    if (kit::empty_state(f.kit, "runs.none", kIconChartBar, tr(Str::runs_none),
                         tr(Str::runs_none_text), actions) == 0) {
      f.emit(has_data ? CommandId::GoScorers : CommandId::GoTraces);
    }
    return;
  }
  ImGui::SetCursorScreenPos(ImVec2(rect.x0 + px(16), rect.y0 + px(14)));
  kit::heading(f.kit, "runs.title", tr(Str::rail_runs), 1);
  if (runs.size() > 1) {
    kit::ButtonOptions compare;
    compare.size = kit::ControlSize::Compact;
    compare.icon = kIconGitCompare;
    const float width = kit::button_width(f.kit, tr(Str::runs_compare), compare);
    ImGui::SetCursorScreenPos(ImVec2(rect.x1 - px(16) - width, rect.y0 + px(12)));
    if (kit::button(f.kit, "runs.compare", tr(Str::runs_compare), compare)) {
      // The newest, as what has changed, against what came before it.
      const RunSummary* other = likeliest_other_run(f.session, runs.front());
      f.emit(CommandId::RunCompare, {{"run_id", other->run_id}, {"with", runs.front().run_id}});
    }
  }
  ImGui::SetCursorScreenPos(ImVec2(rect.x0, rect.y0 + px(52)));
  const std::vector<kit::TableColumn> columns = run_columns(rect.width());
  kit::TableSpec spec;
  spec.id = "runs";
  spec.name = tr(Str::rail_runs);
  spec.columns = columns;
  spec.row_count = static_cast<int64_t>(runs.size());
  spec.row_height_pt = px(40);
  const auto row_key = [&](int64_t row) {
    return std::string_view(runs[static_cast<size_t>(row)].run_id);
  };
  spec.row_key = row_key;
  const auto painter = [&](kit::CellPainter& cell) {
    draw_run_cell(f, cell, runs[static_cast<size_t>(cell.row)]);
  };
  const kit::TableResult result = kit::virtual_table(f.kit, spec, f.view.runs.list, painter);
  const auto chosen = result.activated ? result.activated : result.clicked;
  if (chosen) f.emit(CommandId::RunOpen, {{"run_id", runs[static_cast<size_t>(*chosen)].run_id}});
}

}  // namespace

RunStateLook run_state_look(RunSummary::State state) {
  switch (state) {
    case RunSummary::State::Running:
      return {Str::run_state_running, kit::Tone::Info, kIconLoader};
    case RunSummary::State::Paused:
      return {Str::run_state_paused, kit::Tone::Warn, kIconPause};
    case RunSummary::State::Interrupted:
      return {Str::run_state_interrupted, kit::Tone::Warn, kIconTriangleAlert};
    case RunSummary::State::Cancelled:
      return {Str::run_state_cancelled, kit::Tone::Neutral, kIconBan};
    case RunSummary::State::Finished:
      return {Str::run_state_finished, kit::Tone::Pass, kIconCircleCheck};
  }
  return {Str::run_state_finished, kit::Tone::Neutral, kIconCircleCheck};
}

uint32_t run_done(const RunSummary& run) { return run.scored + run.failed + run.skipped; }

void draw_runs(UiFrame& f) {
  const app::Route& route = f.session.route();
  if (route.run_id.empty()) {
    draw_run_list(f);
    return;
  }
  if (const RunSummary* run = f.session.find_run(route.run_id)) {
    if (draw_hidden_by_blind(f)) return;
    if (route.with_run_id.empty()) return draw_run_detail(f, *run);
    const RunSummary* with = f.session.find_run(route.with_run_id);
    if (with != nullptr && with != run) return draw_run_pairs(f, *run, *with);
    const kit::EmptyAction end[] = {{"pairs.close", tr(Str::pairs_close), kIconArrowLeft, true}};
    if (kit::empty_state(f.kit, "pairs.missing", kIconGitCompare, tr(with == run ? Str::pairs_itself : Str::run_missing),
                         tr(with == run ? Str::pairs_itself_text : Str::run_missing_text), end) == 0)
      f.emit(CommandId::RunCompareClose);
    return;
  }
  const kit::EmptyAction actions[] = {{"run.back", tr(Str::run_back), kIconArrowLeft, true}};
  const bool loading = !f.session.save_state().loaded;
  if (kit::empty_state(f.kit, "run.missing", kIconChartBar,
                       tr(loading ? Str::save_loading : Str::run_missing),
                       tr(loading ? Str::run_loading_text : Str::run_missing_text), actions) == 0) {
    f.emit(CommandId::RunClose);
  }
}

}  // namespace assay::ui
