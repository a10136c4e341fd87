#include "ui/views/run_detail.h"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/json/unescape.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/failure_text.h"
#include "ui/views/parts.h"
#include "ui/views/run_pairs_view.h"
#include "ui/views/run_results.h"
#include "ui/views/run_table.h"
#include "ui/views/runs_view.h"
#include "ui/views/text.h"

namespace assay::ui {

using app::CommandId;
using app::RunSummary;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

bool is_active(const UiFrame& f, const RunSummary& run) {
  return f.session.active_run() != nullptr && f.session.active_run_id() == run.run_id;
}

// Buttons in a row, that flow on to the next one where there is no room.
struct ButtonFlow {
  UiFrame& f;
  const RunSummary& run;
  bool first = true;

  // Puts the cursor where the next button belongs.
  kit::ButtonOptions place(std::string_view text, const char* icon, bool has_popup = false) {
    kit::ButtonOptions options;
    options.size = kit::ControlSize::Compact;
    options.icon = icon;
    options.has_popup = has_popup;
    const float right = ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - px(20);
    const float end = ImGui::GetItemRectMax().x + px(8) + kit::button_width(f.kit, text, options);
    if (!first && end <= right) kit::same_row(px(8));
    first = false;
    return options;
  }
  void add(std::string_view id, std::string_view text, const char* icon, CommandId command,
           std::string_view tip = {}) {
    kit::ButtonOptions options = place(text, icon);
    options.tooltip = tip;
    if (kit::button(f.kit, id, text, options)) {
      f.emit(command, {{"run_id", run.run_id}, {"scope", "all"}});
    }
  }
};

void draw_actions(UiFrame& f, const RunSummary& run) {
  using State = RunSummary::State;
  ButtonFlow flow{f, run};
  const bool stopped = run.state == State::Paused || run.state == State::Interrupted;
  if (run.state == State::Running) {
    flow.add("run.pause", tr(Str::run_pause), kIconPause, CommandId::JudgePause);
  }
  if (stopped) flow.add("run.resume", tr(Str::run_resume), kIconPlay, CommandId::JudgeResume);
  if (stopped || run.state == State::Running) {
    flow.add("run.cancel", tr(Str::run_cancel), kIconBan, CommandId::JudgeCancel);
  }
  if (run.failed > 0) {
    flow.add("run.retry_failed", kit::tr_count(Str::run_retry_failed, run.failed), kIconRefreshCw,
             CommandId::JudgeRetryFailed);
  }
  if (run.interrupted > 0) {
    flow.add("run.retry_interrupted", kit::tr_count(Str::run_retry_interrupted, run.interrupted),
             kIconSend, CommandId::JudgeRetryInterrupted, tr(Str::run_interrupted_warning));
  }
  flow.add("run.export_csv", "CSV", kIconDownload, CommandId::ExportResultsCsv,
           tr(Str::export_csv));
  flow.add("run.export_assessments", tr(Str::run_export_each), kIconDownload, CommandId::ExportAssessmentsCsv,
           tr(Str::export_assessments_csv));
  flow.add("run.export_json", "JSON", kIconDownload, CommandId::ExportResultsJson,
           tr(Str::export_json));
  flow.add("run.export_mlflow", "MLflow", kIconDownload, CommandId::ExportTraces,
           tr(Str::export_all));
  if (f.session.runs().size() < 2) return;
  flow.place(tr(Str::compare_with), kIconGitCompare, true);
  draw_run_compare_button(f, run);
}

void draw_head(UiFrame& f, const RunSummary& run) {
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() -
                       px(kit::kSpaceM));  // its text stands in line with the rest
  if (back_button(f, "run.back", Str::run_back)) f.emit(CommandId::RunClose);
  kit::gap(px(6));
  kit::heading(f.kit, "run.title", run.name, 1);
  kit::same_row(px(12));
  kit::center_in_row(px(20), px(24));
  const RunStateLook look = run_state_look(run.state);
  kit::badge(f.kit, "run.state", tr(look.text), look.tone, look.icon);
  // A run of checks alone has asked no model.
  const bool asks = std::any_of(run.scorers.begin(), run.scorers.end(),
                                [](const judge::ScorerSpec& scorer) { return judge::asks_model(scorer.kind); });
  std::string facts = (asks ? run.model + " · " + std::string(host_of(run.base_url)) + " · " : std::string()) +
                      kit::format_date_time(run.created_ms * 1'000'000) + " · " +
                      run_traces_text(f, run);
  wrapped_text(f, "run.facts", facts, kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(10));
}

// The mean of the scorers' rates, each by its weight; only where somebody has given weights.
std::optional<double> weighted_score(const UiFrame& f, const RunSummary& run) {
  double sum = 0, weights = 0;
  bool weighted = false;
  for (const judge::ScorerSpec& scorer : run.scorers) {
    const double weight = judge::param_number(scorer, "weight").value_or(1);
    weighted = weighted || weight != 1;
    for (const app::RunScore& score : f.view.runs.scores) {
      const bool is_rate = score.counts.n() > 0 && score.counts.yes + score.counts.no == score.counts.n();
      if (score.name != scorer.name || !score.mean || !is_rate || weight <= 0) continue;
      sum += weight * *score.mean;
      weights += weight;
    }
  }
  if (!weighted || weights <= 0) return std::nullopt;
  return sum / weights;
}

std::string progress_text(const UiFrame& f, const RunSummary& run) {
  std::string text = kit::tr_format(
      Str::run_done_of, {kit::format_count(run_done(run)), kit::format_count(run.total)});
  const auto add = [&text](Str key, uint32_t count) {
    if (count > 0) text += " · " + kit::tr_count(key, count);
  };
  add(Str::run_failed_count, run.failed);
  add(Str::run_skipped_count, run.skipped);
  add(Str::run_interrupted_count, run.interrupted);
  const uint64_t tokens = run.input_tokens + run.output_tokens;
  if (tokens > 0)
    text += " · " +
            kit::tr_format(Str::run_tokens_used, {kit::format_count(static_cast<int64_t>(tokens))});
  if (const std::optional<double> score = weighted_score(f, run))
    text += " · " + kit::tr_format(Str::run_weighted, {kit::format_percent(*score, 1)});
  if (!is_active(f, run) || run.state != RunSummary::State::Running) return text;
  const judge::JudgeProgress p = f.session.active_run()->progress(f.now_ms);
  if (p.in_flight > 0) text += " · " + kit::tr_count(Str::run_in_flight, p.in_flight);
  if (p.concurrency < static_cast<uint32_t>(f.session.settings().judge_concurrency) && !p.circuit_open)
    text += " · " + kit::tr_format(Str::run_room, {kit::format_count(p.concurrency)});
  if (p.time_left_ms >= 0 && !p.circuit_open)  // while the server is left alone nobody knows
    text += " · " + kit::tr_format(Str::run_time_left,
                                   {kit::format_duration_ns(std::max<int64_t>(p.time_left_ms, 1000) * 1'000'000)});
  if (p.input_tokens_left >= 0 && p.output_tokens_left >= 0 &&
      p.input_tokens_left + p.output_tokens_left > 0) {
    text += " · " + kit::tr_format(Str::run_tokens_left,
                                   {kit::format_count(p.input_tokens_left + p.output_tokens_left)});
  }
  if (p.waiting_until_ms > f.now_ms) f.kit.request_frame(1);  // the seconds go by
  if (p.waiting_until_ms > f.now_ms && !p.circuit_open) {
    text += " · " +
            kit::tr_format(Str::run_waiting,
                           {kit::format_duration_ns((p.waiting_until_ms - f.now_ms) * 1'000'000)});
  }
  return text;
}

// Why a run that is under way sends nothing, and what to do.
void draw_standstill(UiFrame& f, const judge::JudgeProgress& p) {
  if (p.offline) {
    kit::inline_note(f.kit, "run.offline", tr(Str::run_offline), kIconWifiOff, Color::Warn);
  } else if (p.circuit_open) {
    const std::string failures = kit::format_count(p.failures_in_a_row);
    const std::string text =
        p.waiting_until_ms > f.now_ms
            ? kit::tr_format(Str::run_circuit,
                             {failures, kit::format_duration_ns((p.waiting_until_ms - f.now_ms) * 1'000'000)})
            : kit::tr_format(Str::run_circuit_trying, {failures});
    kit::inline_note(f.kit, "run.circuit", text, kIconTriangleAlert, Color::Warn);
    kit::inline_error(f.kit, "run.circuit_reason", failure_text(p.circuit_message));
  }
}

void draw_progress(UiFrame& f, const RunSummary& run) {
  const float fraction =
      run.total == 0 ? 0 : static_cast<float>(run_done(run)) / static_cast<float>(run.total);
  if (run.state != RunSummary::State::Finished) {
    kit::progress_bar(f.kit, "run.progress", tr(Str::run_progress), fraction, kit::width_left(),
                      px(6));
    kit::gap(px(6));
  }
  wrapped_text(f, "run.counts", progress_text(f, run), kit::TextStyle::Small, Color::TextSecondary,
               kit::Role::Status);
  if (is_active(f, run) && run.state == RunSummary::State::Paused) {
    const judge::JudgeProgress p = f.session.active_run()->progress(f.now_ms);
    if (!p.pause_reason.empty()) kit::inline_error(f.kit, "run.pause_reason", failure_text(p.pause_reason));
  }
  if (is_active(f, run) && run.state == RunSummary::State::Running) {
    draw_standstill(f, f.session.active_run()->progress(f.now_ms));
    if (run_done(run) > 0 && run_done(run) < run.total)
      wrapped_text(f, "run.sample",
                   kit::tr_format(Str::run_sample, {kit::format_count(static_cast<int64_t>(run.trace_ids.size()))}),
                   kit::TextStyle::Small, Color::TextSecondary);
  }
  if (run.interrupted > 0)
    kit::inline_note(f.kit, "run.interrupted_note", tr(Str::run_interrupted_warning),
                     kIconTriangleAlert, Color::Warn);
  // Above the scores, which it changes.
  const size_t loaded = f.session.run_rows(run.run_id).size();
  if (loaded < run.trace_ids.size())
    kit::inline_note(f.kit, "run.not_loaded",
                     kit::tr_count(Str::run_not_loaded, static_cast<int64_t>(run.trace_ids.size() - loaded)),
                     kIconTriangleAlert, Color::Warn);
  kit::gap(px(10));
}

void filter_by(UiFrame& f, int column, int kind) {
  RunsState& state = f.view.runs;
  const bool same = state.filter_column == column && state.filter_kind == kind;
  state.filter_column = same ? -1 : column;
  state.filter_kind = same ? 0 : kind;
}

Str n_text(const app::RunScore& score) {
  if (!score.effect.clustered()) return Str::run_n;
  switch (score.cluster_kind) {
    case app::ClusterKind::Traces: return Str::run_n_traces;
    case app::ClusterKind::Sessions: return Str::run_n_sessions;
    case app::ClusterKind::Mixed: return Str::run_n_groups;
  }
  return Str::run_n;
}

// Rate, bar with interval, and what the rate does not say: n, errors, skips.
void draw_score_card(UiFrame& f, const RunSummary& run, int column, const kit::Rect& rect) {
  const std::string& name = run.scorers[static_cast<size_t>(column)].name;
  const std::string id = kit::id_with("run.score", name);
  const RunsState& state = f.view.runs;
  const auto found = std::find_if(state.scores.begin(), state.scores.end(),
                                  [&](const app::RunScore& s) { return s.name == name; });
  kit::RegionOptions options;
  options.background = Color::Surface;
  options.borders = kit::kBorderAll;
  options.radius_pt = px(kit::kRadius);
  options.padding_x_pt = px(14);
  options.padding_y_pt = px(10);
  options.name = name;
  kit::begin_region(f.kit, id, rect, options);
  kit::text_ellipsis(f.kit, name, 0, kit::TextStyle::BodyStrong);
  kit::gap(px(4));
  if (found == state.scores.end() || found->counts.rows() == 0) {
    kit::text(f.kit, tr(Str::run_no_results), kit::TextStyle::Small, Color::TextDisabled);
    kit::end_region(f.kit);
    return;
  }
  const stats::AggregateInput& counts = found->counts;
  const bool binary = counts.yes + counts.no == counts.n() && counts.n() > 0;
  std::string rate = "–";
  if (found->mean)
    rate = binary ? kit::format_percent(*found->mean, 1) : format_score(*found->mean);
  kit::text_node(f.kit, kit::id_part(id, "mean"), rate, kit::TextStyle::Title);
  if (binary) {
    kit::same_row(px(8));
    kit::center_in_row(kit::text_height(f.kit, kit::TextStyle::Small),
                       kit::text_height(f.kit, kit::TextStyle::Title) + px(3));
    kit::text(f.kit,
              kit::tr_format(Str::run_yes_of,
                             {kit::format_count(counts.yes), kit::format_count(counts.n())}),
              kit::TextStyle::Small, Color::TextSecondary);
    kit::RateBar bar;
    bar.rate = *found->mean;
    std::string bar_name = name + " " + rate;
    std::string interval_text;
    if (const auto interval = found->interval) {
      bar.low = interval->low;
      bar.high = interval->high;
      interval_text = kit::tr_format(Str::kit_interval, {kit::format_percent(interval->low, 0),
                                                         kit::format_percent(interval->high, 0)});
      bar_name += ", " + interval_text;
    }
    kit::gap(px(4));
    kit::rate_bar(f.kit, kit::id_part(id, "bar"), bar_name, bar, kit::width_left(), px(8));
    kit::gap(px(2));
    kit::text_node(f.kit, kit::id_part(id, "interval"), interval_text, kit::TextStyle::Small,
                   Color::TextSecondary);
  } else if (const auto& interval = found->interval) {
    kit::text_node(f.kit, kit::id_part(id, "interval"),
                   kit::tr_format(Str::kit_interval, {format_score(interval->low), format_score(interval->high)}),
                   kit::TextStyle::Small, Color::TextSecondary);
  }
  kit::gap(px(4));
  std::string values;
  for (const auto& [text, count] : found->texts) {
    if (!values.empty()) values += " · ";
    values += kit::one_line(text, 40) + " " + kit::format_count(count);
  }
  const auto precision =
      std::find_if(state.scores.begin(), state.scores.end(), [&](const app::RunScore& s) {
        return s.name == name + "/precision" && s.mean.has_value();
      });
  if (precision != state.scores.end())
    values = kit::tr_format(Str::run_precision, {format_score(*precision->mean)});
  if (!values.empty()) {
    kit::text_node(f.kit, kit::id_part(id, "values"), values, kit::TextStyle::Small, Color::Text);
  }
  std::string small = kit::tr_format(n_text(*found), {kit::format_count(counts.n()), kit::format_count(found->effect.clusters)});
  if (counts.errors > 0) small += " · " + kit::tr_count(Str::run_errors, counts.errors);
  if (counts.skipped > 0) small += " · " + kit::tr_count(Str::run_skipped_count, counts.skipped);
  if (counts.other > 0) small += " · " + kit::tr_count(Str::run_other, counts.other);
  if (found->voted > 0) {
    small += " · " + kit::tr_format(Str::run_agreement, {format_score(found->agreement)});
    if (found->split > 0) small += " · " + kit::tr_count(Str::run_split, found->split);
  }
  kit::text_node(f.kit, kit::id_part(id, "counts"), small, kit::TextStyle::Small,
                 Color::TextSecondary);
  if (found->effect.clustered()) kit::tooltip(f.kit, tr(Str::run_clusters_help));
  kit::gap(px(6));
  const struct {
    const char* part;
    int kind;
    uint32_t count;
    const char* icon;
  } filters[] = {{"pass", 1, counts.yes, kIconCheck},
                 {"fail", 2, counts.no, kIconX},
                 {"error", 3, counts.errors, kIconTriangleAlert}};
  bool first = true;
  for (const auto& filter : filters) {
    if (filter.count == 0) continue;
    if (first) ImGui::SetCursorPosX(ImGui::GetCursorPosX() - px(8));  // the marks stand in line
    first = false;
    kit::ButtonOptions button;
    button.kind = kit::ButtonKind::Ghost;
    button.size = kit::ControlSize::Compact;
    button.icon = filter.icon;
    button.toggle = true;
    button.on = state.filter_column == column && state.filter_kind == filter.kind;
    if (kit::button(f.kit, kit::id_part(id, filter.part), kit::format_count(filter.count), button))
      filter_by(f, column, filter.kind);
    kit::same_row(px(2));
  }
  kit::end_region(f.kit);
}

void draw_score_cards(UiFrame& f, const RunSummary& run) {
  const float width = kit::width_left(), gap = px(12), height = px(190);
  const int columns = std::clamp(static_cast<int>(width / px(212)), 1,
                                 std::max(1, static_cast<int>(run.scorers.size())));
  const float card = (width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const int count = static_cast<int>(run.scorers.size());
  for (int i = 0; i < count; ++i) {
    const float x = at.x + static_cast<float>(i % columns) * (card + gap);
    const float y = at.y + static_cast<float>(i / columns) * (height + gap);
    draw_score_card(f, run, i, {x, y, x + card, y + height});
  }
  const int rows = (count + columns - 1) / columns;
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy(ImVec2(width, static_cast<float>(rows) * (height + gap)));
}

// The numbers that mlflow.genai.evaluate would log for these verdicts, with all their digits.
void draw_metrics(UiFrame& f) {
  RunsState& state = f.view.runs;
  int64_t count = 0;
  for (const app::RunScore& score : state.scores) count += static_cast<int64_t>(score.metrics.size());
  if (state.scores.empty()) return;
  if (!kit::fold_header(f.kit, "run.metrics", tr(Str::run_metrics), state.metrics_open, count)) return;
  kit::gap(px(4));
  if (count == 0) kit::paragraph(f.kit, tr(Str::run_metrics_none), 0, kit::TextStyle::Small);
  std::string all;
  float widest = px(120);
  for (const app::RunScore& score : state.scores)
    for (const stats::Metric& metric : score.metrics)
      widest = std::max(widest, kit::text_width(f.kit, metric.key, kit::TextStyle::MonoSmall) + px(16));
  widest = std::min(widest, kit::width_left() * 0.6F);
  for (const app::RunScore& score : state.scores) {
    for (const stats::Metric& metric : score.metrics) {
      const std::string value = python_repr(metric.value);
      (all += all.empty() ? "{" : ", ") += json::quoted(metric.key) + ": " + (std::isfinite(metric.value) ? value : json::quoted(value));
      const float x = ImGui::GetCursorScreenPos().x, y = ImGui::GetCursorScreenPos().y;
      kit::text_ellipsis(f.kit, metric.key, widest - px(8), kit::TextStyle::MonoSmall, Color::TextSecondary);
      ImGui::SetCursorScreenPos(ImVec2(x + widest, y));
      kit::text_node(f.kit, kit::id_with("run.metric", metric.key), value, kit::TextStyle::MonoSmall);
      kit::gap(px(2));
    }
  }
  if (count > 0) {
    kit::gap(px(4));
    kit::ButtonOptions copy;
    copy.size = kit::ControlSize::Compact;
    copy.icon = kIconCopy;
    if (kit::button(f.kit, "run.metrics_copy", tr(Str::run_metrics_copy), copy)) {
      ImGui::SetClipboardText((all + "}").c_str());
      kit::toast(f.kit, kit::ToastKind::Neutral, tr(Str::kit_copied), {}, {}, 2);
    }
  }
  kit::gap(px(8));
}

// Which scorer failed on which trace; of several, one.
void draw_error_place(UiFrame& f, const std::string& id, const judge::ProgressError& error) {
  kit::same_row(px(8));
  kit::center_in_row(kit::text_height(f.kit, kit::TextStyle::SmallStrong), ImGui::GetItemRectSize().y);
  kit::text_node(f.kit, kit::id_part(id, "scorer"), error.scorer, kit::TextStyle::SmallStrong, Color::Text);
  const store::Dataset& dataset = f.session.dataset();
  const auto row = dataset.find_trace(error.trace_id);
  std::string trace = error.trace_id;
  if (row) trace += " · " + kit::one_line(trace_title(dataset, *row), 60);
  if (const float room = kit::width_left(); kit::text_width(f.kit, trace, kit::TextStyle::Small) > room) {
    trace.resize(kit::fitting_bytes(f.kit, trace, room - px(14), kit::TextStyle::Small));
    trace += "…";
  }
  if (!row) {
    kit::text_node(f.kit, kit::id_part(id, "trace"), trace, kit::TextStyle::Small, Color::TextSecondary);
  } else if (kit::link(f.kit, kit::id_part(id, "trace"), trace, kit::TextStyle::Small)) {
    f.emit(CommandId::TraceOpen, {{"trace_id", error.trace_id}});
  }
}

void draw_errors(UiFrame& f, const RunSummary& run) {
  std::vector<judge::ProgressError> live;
  if (is_active(f, run) && run.state != RunSummary::State::Finished)
    live = f.session.active_run()->progress(f.now_ms).last_errors;
  const std::vector<judge::ProgressError>& errors =
      f.view.runs.errors.empty() ? live : f.view.runs.errors;
  if (errors.empty()) return;
  if (!kit::fold_header(f.kit, "run.errors", tr(Str::run_errors_title), f.view.runs.errors_open,
                        static_cast<int64_t>(errors.size())))
    return;
  int number = 0;
  for (const judge::ProgressError& error : errors) {
    const std::string id = kit::id_with("run.error", number++);
    kit::badge(f.kit, id,
               error.count > 1 ? error.code + " ×" + kit::format_count(error.count) : error.code,
               kit::Tone::Fail, kIconTriangleAlert);
    draw_error_place(f, id, error);
    wrapped_text(f, kit::id_part(id, "text"), failure_text(error.message), kit::TextStyle::Small, Color::Text);
    kit::gap(px(6));
  }
  kit::gap(px(6));
}

}  // namespace

void draw_run_detail(UiFrame& f, const RunSummary& run) {
  const bool another = f.view.runs.run_id != run.run_id;
  refresh_run(f, run);
  const kit::Rect rect = kit::remaining_rect();
  const bool with_side = !f.view.runs.side_trace_id.empty();
  const bool side_covers = rect.width() < px(760);
  RunsState& state = f.view.runs;
  const float side =
      side_covers ? rect.width() : std::clamp(state.side_width_pt, px(280), rect.width() * 0.5F);
  const float right = with_side && !side_covers ? rect.x1 - side : rect.x1;
  if (!with_side || !side_covers) {
    kit::RegionOptions options;
    options.scroll_y = true;
    options.padding_x_pt = px(20);
    options.padding_y_pt = px(12);
    options.role = kit::Role::Region;
    options.name = run.name;
    kit::begin_region(f.kit, "run", {rect.x0, rect.y0, right, rect.y1}, options);
    if (another) ImGui::SetScrollY(0);
    draw_head(f, run);
    draw_actions(f, run);
    kit::gap(px(14));
    draw_progress(f, run);
    draw_score_cards(f, run);
    kit::gap(px(4));
    draw_metrics(f);
    draw_errors(f, run);
    draw_run_table(f, run);
    kit::end_region(f.kit);
  }
  if (!with_side) return;
  if (!side_covers) {
    kit::SplitterOptions bar{.from_end = true,
                             .min_pt = px(280),
                             .max_pt = rect.width() * 0.5F,
                             .reset_pt = px(380),
                             .name = tr(Str::run_side)};
    kit::splitter(f.kit, "run.side_splitter", {right - px(2), rect.y0, right + px(3), rect.y1},
                  state.side_width_pt, bar);
  }
  draw_run_side(f, run, {side_covers ? rect.x0 : right + px(3), rect.y0, rect.x1, rect.y1});
}

}  // namespace assay::ui
