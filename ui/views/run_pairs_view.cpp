#include "ui/views/run_pairs_view.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/virtual_table.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/parts.h"
#include "ui/views/run_pairs.h"
#include "ui/views/run_results.h"
#include "ui/views/run_table.h"
#include "ui/views/text.h"

namespace assay::ui {

using app::CommandId;
using app::RunSummary;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr int kLeadingColumns = 2;  // name, request
constexpr size_t kMostOffered = 30;

std::string count_text(uint32_t count) { return kit::format_count(count); }

std::string run_when(const RunSummary& run) { return minute_text(run.created_ms * 1'000'000); }

std::string signed_text(double value, double scale, int decimals) {
  const std::string digits = format_fixed(std::abs(value * scale), decimals);
  const bool is_zero = digits.find_first_not_of("0.") == std::string::npos;
  return is_zero ? digits : (value < 0 ? "−" : "+") + digits;
}
// Of rates, in percentage points.
std::string points_text(double value) { return signed_text(value, 100, 1); }
std::string number_text(double value) {
  std::string text = format_score(std::abs(value));
  return text == "0" ? text : (value < 0 ? "−" : "+") + text;
}
std::string p_text(double p) {
  return p < 0.001 ? "p < 0.001" : "p = " + format_fixed(p, p < 0.1 ? 3 : 2);
}

void refresh(UiFrame& f, const RunSummary& a, const RunSummary& b) {
  RunPairsState& state = f.view.run_pairs;
  const bool others = state.run_a != a.run_id || state.run_b != b.run_id;
  if (others) {
    const bool exchanged = state.run_a == b.run_id && state.run_b == a.run_id;
    const std::string side = exchanged ? state.side_trace_id : std::string();
    state = RunPairsState{};
    state.run_a = a.run_id;
    state.run_b = b.run_id;
    state.side_trace_id = side;
  }
  const uint64_t key = hash_bytes(a.run_id, hash_bytes(b.run_id)) ^ (uint64_t{run_total_changes(a)} << 40) ^
                       (uint64_t{run_total_changes(b)} << 20) ^ (f.session.dataset().revision() * 131 + f.session.dataset().trace_count());
  // While a run is under way its verdicts come by the hundred: once in a while is enough.
  constexpr int64_t kRefreshMs = 700;
  const bool under_way = a.state == RunSummary::State::Running || b.state == RunSummary::State::Running;
  const bool young = !others && under_way && state.traces == f.session.dataset().trace_count() &&
                     f.now_ms - state.made_ms < kRefreshMs && f.now_ms >= state.made_ms;
  if (state.made && key != state.key && young) f.kit.request_frame(0.7F);
  if (!state.made || (key != state.key && !young)) {
    state.made = true;
    state.key = key;
    state.made_ms = f.now_ms;
    state.traces = f.session.dataset().trace_count();
    state.pairs = pair_runs(f.session, a, b);
    state.rows_made = false;
  }
  if (state.rows_made && state.rows_filter == state.filter && state.rows_scorer == state.filter_scorer) return;
  state.rows_made = true;
  state.rows_filter = state.filter;
  state.rows_scorer = state.filter_scorer;
  state.rows.clear();
  for (uint32_t i = 0; i < state.pairs.traces.size(); ++i)
    if (passes(state.pairs.traces[i], static_cast<PairFilter>(state.filter), state.filter_scorer)) state.rows.push_back(i);
}

// One of the two runs, which can be changed for another.
void draw_choice(UiFrame& f, std::string_view id, Str label, const RunSummary& chosen, const RunSummary& other, bool is_a, float width) {
  const std::vector<RunSummary>& runs = f.session.runs();
  std::vector<std::string> when, names;
  for (const RunSummary& run : runs) {
    when.push_back(run_when(run));
    names.push_back((is_a ? "A  " : "B  ") + run.name);
  }
  std::vector<kit::Choice> choices;
  std::vector<const RunSummary*> of;
  int selected = -1;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (&runs[i] == &other) continue;
    if (&runs[i] == &chosen) selected = static_cast<int>(choices.size());
    kit::Choice choice{runs[i].run_id, names[i]};
    choice.hint = when[i];
    choices.push_back(choice);
    of.push_back(&runs[i]);
  }
  kit::SelectOptions options;
  options.width_pt = width;
  if (!kit::select(f.kit, id, tr(label), choices, selected, options) || selected < 0) return;
  const std::string& next = of[static_cast<size_t>(selected)]->run_id;
  f.emit(CommandId::RunCompare, {{"run_id", is_a ? next : other.run_id}, {"with", is_a ? other.run_id : next}});
}

void draw_side_facts(UiFrame& f, std::string_view id, std::string_view letter, const RunSummary& run) {
  const bool asks = std::any_of(run.scorers.begin(), run.scorers.end(),
                                [](const judge::ScorerSpec& scorer) { return judge::asks_model(scorer.kind); });
  std::string text = std::string(letter) + ": " + run.name + (asks ? " · " + run.model : "") + " · " + run_when(run) + " · " +
                     run_traces_text(f, run);
  wrapped_text(f, id, text, kit::TextStyle::Small, Color::TextSecondary);
}

void draw_head(UiFrame& f, const RunSummary& a, const RunSummary& b) {
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() - px(kit::kSpaceM));  // its text stands in line with the rest
  if (back_button(f, "run.back", Str::run_back)) f.emit(CommandId::RunClose);
  kit::right_align(px(kit::kControlHeightCompact));
  kit::IconButtonOptions close;
  close.size = kit::ControlSize::Compact;
  if (kit::icon_button(f.kit, "pairs.close", kIconX, tr(Str::pairs_close), close)) f.emit(CommandId::RunCompareClose);
  kit::gap(px(6));
  kit::heading(f.kit, "pairs.title", tr(Str::pairs_title), 1);
  kit::gap(px(8));
  const float left = kit::width_left(), button = px(kit::kControlHeight), gap = px(6);
  const bool in_one_row = left >= px(480);
  const float width = in_one_row ? std::min(px(320), (left - button - 2 * gap) / 2) : left;
  draw_choice(f, "pairs.a", Str::pairs_run_a, a, b, true, width);
  if (in_one_row) kit::same_row(gap);
  if (kit::icon_button(f.kit, "pairs.swap", kIconArrowUpDown, tr(Str::compare_swap)))
    f.emit(CommandId::RunCompare, {{"run_id", b.run_id}, {"with", a.run_id}});
  if (in_one_row) kit::same_row(gap);
  draw_choice(f, "pairs.b", Str::pairs_run_b, b, a, false, width);
  kit::gap(px(8));
  draw_side_facts(f, "pairs.facts_a", "A", a);
  draw_side_facts(f, "pairs.facts_b", "B", b);
  kit::gap(px(4));
  const RunPairs& pairs = f.view.run_pairs.pairs;
  std::string text = kit::tr_count(Str::pairs_in_both, pairs.in_both);
  if (pairs.only_a > 0) text += " · " + kit::tr_count(Str::pairs_only_in_a, pairs.only_a);
  if (pairs.only_b > 0) text += " · " + kit::tr_count(Str::pairs_only_in_b, pairs.only_b);
  wrapped_text(f, "pairs.traces", text, kit::TextStyle::Small, Color::TextSecondary, kit::Role::Status);
  const auto names = [&](std::string_view id, Str what, const std::vector<std::string>& scorers) {
    if (scorers.empty()) return;
    std::string list;
    for (const std::string& name : scorers) list += (list.empty() ? "" : ", ") + name;
    wrapped_text(f, id, kit::tr_format(what, {list}), kit::TextStyle::Small, Color::TextSecondary);
  };
  names("pairs.scorers_a", Str::pairs_scorers_a, pairs.scorers_only_a);
  names("pairs.scorers_b", Str::pairs_scorers_b, pairs.scorers_only_b);
  if (pairs.traces.size() < pairs.in_both)
    kit::inline_note(f.kit, "pairs.not_loaded",
                     kit::tr_format(Str::traces_loaded_of, {count_text(static_cast<uint32_t>(pairs.traces.size())), count_text(pairs.in_both)}),
                     kIconTriangleAlert, Color::Warn);
  if (a.queued + b.queued > 0)
    kit::inline_note(f.kit, "pairs.unfinished", tr(Str::pairs_unfinished), kIconInfo, Color::Warn);
  if (pairs.tests > 1)
    kit::inline_note(f.kit, "pairs.tests", kit::tr_format(Str::pairs_tests, {count_text(pairs.tests)}), kIconInfo);
  kit::gap(px(10));
}

void filter_by(RunPairsState& state, int scorer, PairFilter filter) {
  const int wanted = static_cast<int>(filter);
  const bool same = state.filter == wanted && state.filter_scorer == scorer;
  state.filter = same ? static_cast<int>(PairFilter::Differ) : wanted;
  state.filter_scorer = same ? -1 : scorer;
  state.scroll_to_rows = true;  // else they may stand below what is seen
}

void draw_count(UiFrame& f, const std::string& id, int scorer, PairFilter filter, Str name, uint32_t count, float width) {
  RunPairsState& state = f.view.run_pairs;
  kit::ButtonOptions options;
  options.kind = kit::ButtonKind::Ghost;
  options.size = kit::ControlSize::Compact;
  options.toggle = true;
  options.width_pt = width;
  options.on = state.filter == static_cast<int>(filter) && state.filter_scorer == scorer;
  if (kit::button(f.kit, id, std::string(tr(name)) + "  " + count_text(count), options)) filter_by(state, scorer, filter);
}

std::string interval_text(const stats::Interval& interval, std::string (*shown)(double)) {
  return kit::tr_format(Str::kit_interval, {shown(interval.low), shown(interval.high)});
}

// Some traces have a session and some have none, which stand for themselves.
bool is_mixed(const ScorerPairs& scorer) { return scorer.cluster_kind == app::ClusterKind::Mixed; }

void draw_passes(UiFrame& f, const std::string& id, const ScorerPairs& scorer, int number) {
  const stats::PairedCounts& c = scorer.counts;
  const auto rate = [&](uint32_t passes) { return kit::format_percent(static_cast<double>(passes) / c.n(), 1); };
  kit::text_node(f.kit, kit::id_part(id, "rates"), rate(c.passes_a()) + " → " + rate(c.passes_b()), kit::TextStyle::Title);
  if (const auto& difference = scorer.rate_difference) {
    std::string text = kit::tr_format(Str::pairs_points, {points_text(difference->value)});
    if (difference->interval) text += ", " + interval_text(*difference->interval, points_text);
    wrapped_text(f, kit::id_part(id, "difference"), text, kit::TextStyle::Small, Color::Text);
  }
  const float half = (kit::width_left() - px(4)) / 2;
  draw_count(f, kit::id_part(id, "both_pass"), number, PairFilter::BothPass, Str::pairs_both_pass, c.both_pass, half);
  kit::same_row(px(4));
  draw_count(f, kit::id_part(id, "only_a"), number, PairFilter::OnlyA, Str::pairs_only_a, c.only_a, half);
  draw_count(f, kit::id_part(id, "only_b"), number, PairFilter::OnlyB, Str::pairs_only_b, c.only_b, half);
  kit::same_row(px(4));
  draw_count(f, kit::id_part(id, "both_fail"), number, PairFilter::BothFail, Str::pairs_both_fail, c.both_fail, half);
  const uint32_t discordant = c.only_a + c.only_b;
  const bool clustered = scorer.clusters < scorer.pairs();
  std::string test = kit::tr_format(clustered ? Str::pairs_sign_flip : Str::pairs_mcnemar, {p_text(scorer.p)});
  if (f.view.run_pairs.pairs.tests > 1) test += " · " + kit::tr_format(Str::pairs_adjusted, {p_text(scorer.p_adjusted)});
  wrapped_text(f, kit::id_part(id, "test"), test, kit::TextStyle::Small, Color::Text);
  const uint32_t changed = clustered ? scorer.clusters_changed : discordant;
  if (changed < stats::kLeastDiscordant)
    wrapped_text(f, kit::id_part(id, "few"), kit::tr_count(!clustered ? Str::pairs_few : is_mixed(scorer) ? Str::pairs_few_groups : Str::pairs_few_sessions, changed), kit::TextStyle::Small,
                 Color::TextSecondary);
}

void draw_numbers(UiFrame& f, const std::string& id, const ScorerPairs& scorer) {
  kit::text_node(f.kit, kit::id_part(id, "means"), format_score(scorer.mean_a) + " → " + format_score(scorer.mean_b), kit::TextStyle::Title);
  if (scorer.difference) {
    std::string text = kit::tr_format(Str::pairs_mean, {number_text(scorer.difference->value)});
    if (scorer.difference->interval) text += ", " + interval_text(*scorer.difference->interval, number_text);
    wrapped_text(f, kit::id_part(id, "mean"), text, kit::TextStyle::Small, Color::Text);
  }
  wrapped_text(f, kit::id_part(id, "changed"), kit::tr_format(Str::pairs_changed, {count_text(scorer.numbers_differ), count_text(scorer.numbers)}),
               kit::TextStyle::Small, Color::TextSecondary);
}

// What there is beside the pairs.
void draw_pair_counts(UiFrame& f, const std::string& id, const ScorerPairs& scorer) {
  const bool clustered = scorer.clusters < scorer.pairs();
  std::string text = clustered ? kit::tr_format(is_mixed(scorer) ? Str::pairs_n_groups : Str::pairs_n_sessions, {count_text(scorer.pairs()), count_text(scorer.clusters)})
                               : kit::tr_format(Str::pairs_n, {count_text(scorer.pairs())});
  const auto add = [&text](Str what, uint32_t a, uint32_t b) {
    if (a + b > 0) text += " · " + kit::tr_format(what, {count_text(a), count_text(b)});
  };
  add(Str::pairs_errors, scorer.errors_a, scorer.errors_b);
  add(Str::pairs_skipped, scorer.skipped_a, scorer.skipped_b);
  wrapped_text(f, kit::id_part(id, "counts"), text, kit::TextStyle::Small, Color::TextSecondary);
}

// Returns the height that its contents want.
float draw_card(UiFrame& f, int number, const kit::Rect& rect) {
  const ScorerPairs& scorer = f.view.run_pairs.pairs.scorers[static_cast<size_t>(number)];
  const std::string id = kit::id_with("pairs.score", scorer.name);
  kit::RegionOptions options;
  options.background = Color::Surface;
  options.borders = kit::kBorderAll;
  options.radius_pt = px(kit::kRadius);
  options.padding_x_pt = px(14);
  options.padding_y_pt = px(10);
  options.name = scorer.name;
  kit::begin_region(f.kit, id, rect, options);
  kit::text_ellipsis(f.kit, scorer.name, 0, kit::TextStyle::BodyStrong);
  if (scorer.other_settings)
    wrapped_text(f, kit::id_part(id, "version"),
                 scorer.version_a == scorer.version_b
                     ? std::string(tr(Str::pairs_other_settings))
                     : kit::tr_format(Str::pairs_versions, {count_text(static_cast<uint32_t>(scorer.version_a)), count_text(static_cast<uint32_t>(scorer.version_b))}),
                 kit::TextStyle::Small, Color::Warn);
  draw_pair_counts(f, id, scorer);
  kit::gap(px(2));
  if (scorer.counts.n() > 0) draw_passes(f, id, scorer, number);
  if (scorer.numbers > 0) draw_numbers(f, id, scorer);
  if (scorer.texts_same + scorer.texts_differ > 0)
    wrapped_text(f, kit::id_part(id, "texts"),
                 kit::tr_format(Str::pairs_texts, {count_text(scorer.texts_same), count_text(scorer.texts_differ)}), kit::TextStyle::Small, Color::Text);
  if (scorer.pairs() == 0) kit::text_node(f.kit, kit::id_part(id, "none"), tr(Str::pairs_none), kit::TextStyle::Small, Color::TextDisabled);
  if (scorer.has_places)
    wrapped_text(f, kit::id_part(id, "places"), tr(Str::pairs_places), kit::TextStyle::Small, Color::TextSecondary);
  const float wanted = ImGui::GetCursorPosY() - ImGui::GetStyle().ItemSpacing.y + options.padding_y_pt;
  kit::end_region(f.kit);
  return wanted;
}

float row_top(const RunPairsState::Cards& cards, int card) {
  const int row = card >= cards.count ? (cards.count + cards.columns - 1) / cards.columns : card / cards.columns;
  return cards.top + static_cast<float>(row) * cards.step;
}

// Where the cards are laid anew, as beside a trace that was opened, what stood at the upper edge stays there.
void keep_upper_edge(UiFrame& f, const RunPairsState::Cards& now) {
  RunPairsState& state = f.view.run_pairs;
  const RunPairsState::Cards before = std::exchange(state.cards, now);
  if (before == now || before.columns == 0 || before.count != now.count) return;
  RunPairsState::UpperEdge& edge = state.upper_edge;
  const float scroll = ImGui::GetScrollY();
  if (edge.scroll < 0 || std::abs(scroll - edge.scroll) > 1.5F) {
    const float end = row_top(before, before.count);
    // The row of the table that was clicked stays under the mouse.
    const bool mouse_is_below = ImGui::IsMousePosValid() && ImGui::GetMousePos().y - ImGui::GetWindowPos().y + scroll > end;
    edge.card = scroll >= end || mouse_is_below ? before.count
                : scroll <= before.top          ? -1
                                     : static_cast<int>((scroll - before.top) / before.step) * before.columns;
    edge.offset = edge.card < 0 ? 0 : scroll - row_top(before, edge.card);
  }
  edge.scroll = scroll;
  if (edge.card < 0) return;
  const bool is_card = edge.card < now.count;
  edge.scroll = std::round(row_top(now, edge.card) + (is_card ? std::min(edge.offset, now.step - px(40)) : edge.offset));
  ImGui::SetScrollY(edge.scroll);
  f.kit.request_frame(0);
}

void draw_cards(UiFrame& f) {
  // All as high as the highest was in the last frame.
  float& height = f.view.run_pairs.card_height;
  if (height <= 0) height = px(250);
  float wanted = px(120);
  const float width = kit::width_left(), gap = px(12);
  const int count = static_cast<int>(f.view.run_pairs.pairs.scorers.size());
  const int columns = std::clamp(static_cast<int>(width / px(290)), 1, std::max(1, count));
  const float card = (width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  keep_upper_edge(f, {columns, count, ImGui::GetCursorPosY(), height + gap});
  const ImVec2 at = ImGui::GetCursorScreenPos();
  for (int i = 0; i < count; ++i) {
    const float x = at.x + static_cast<float>(i % columns) * (card + gap);
    const float y = at.y + static_cast<float>(i / columns) * (height + gap);
    wanted = std::max(wanted, draw_card(f, i, {x, y, x + card, y + height}));
  }
  const int rows = (count + columns - 1) / columns;
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy(ImVec2(width, static_cast<float>(rows) * (height + gap)));
  if (std::abs(wanted - height) > 1) f.kit.request_frame(0);
  height = wanted;
}

void draw_filter(UiFrame& f) {
  RunPairsState& state = f.view.run_pairs;
  if (std::exchange(state.scroll_to_rows, false)) {
    ImGui::SetScrollHereY(0);
    f.kit.request_frame(0);
  }
  const kit::Choice kinds[] = {{"differ", tr(Str::pairs_differ)},       {"only_a", tr(Str::pairs_only_a)},
                               {"only_b", tr(Str::pairs_only_b)},       {"both_pass", tr(Str::pairs_both_pass)},
                               {"both_fail", tr(Str::pairs_both_fail)}, {"no_pair", tr(Str::pairs_no_pair)},
                               {"all", tr(Str::run_filter_all)}};
  kit::SelectOptions options;
  options.width_pt = std::min(px(200), kit::width_left() / 2);
  options.size = kit::ControlSize::Compact;
  kit::select(f.kit, "pairs.filter", tr(Str::run_filter), kinds, state.filter, options);
  kit::same_row(px(12));
  std::string text = kit::tr_format(Str::traces_footer, {count_text(static_cast<uint32_t>(state.rows.size())),
                                                         count_text(static_cast<uint32_t>(state.pairs.traces.size()))});
  if (state.filter_scorer >= 0 && state.filter_scorer < static_cast<int>(state.pairs.scorers.size()))
    text += " · " + state.pairs.scorers[static_cast<size_t>(state.filter_scorer)].name;
  kit::center_in_row(kit::text_height(f.kit, kit::TextStyle::Small), px(kit::kControlHeightCompact));
  kit::text_node(f.kit, "pairs.shown", text, kit::TextStyle::Small, Color::TextSecondary, kit::Role::Status);
  kit::gap(px(6));
}

std::string said_text(const RunSaid& said) {
  switch (said.kind) {
    case RunSaid::Kind::None: return "–";
    case RunSaid::Kind::Error: return tr(Str::kit_error);
    case RunSaid::Kind::Pass: return tr(Str::kit_pass);
    case RunSaid::Kind::Fail: return tr(Str::kit_fail);
    case RunSaid::Kind::Number: return format_score(said.number);
    case RunSaid::Kind::Text: return kit::one_line(said.text, 60);
  }
  return {};
}

void draw_cell(UiFrame& f, kit::CellPainter& cell) {
  const RunPairsState& state = f.view.run_pairs;
  const PairedTrace& trace = state.pairs.traces[state.rows[static_cast<size_t>(cell.row)]];
  const store::Dataset& dataset = f.session.dataset();
  if (cell.column == 0) return cell.text(trace_title(dataset, trace.row));
  if (cell.column == 1) {
    std::string scratch;
    return cell.text(readable_preview(dataset.text(dataset.request_preview(trace.row), scratch).text, 300), Color::TextSecondary);
  }
  const SaidPair& pair = trace.said[static_cast<size_t>(cell.column - kLeadingColumns)];
  const std::string text = said_text(pair.a) + " → " + said_text(pair.b);
  using Kind = RunSaid::Kind;
  if (!pair.differ()) return cell.text(text, Color::TextSecondary);
  if (pair.a.kind == Kind::Pass && pair.b.kind == Kind::Fail) return cell.icon_text(kIconX, text, Color::Fail, Color::Fail);
  if (pair.a.kind == Kind::Fail && pair.b.kind == Kind::Pass) return cell.icon_text(kIconCheck, text, Color::Pass, Color::Text);
  cell.text(text);
}

void draw_table(UiFrame& f) {
  RunPairsState& state = f.view.run_pairs;
  std::vector<kit::TableColumn> columns(static_cast<size_t>(kLeadingColumns) + state.pairs.scorers.size());
  columns[0].key = "name";
  columns[0].title = tr(Str::column_name);
  columns[0].width_pt = 150;
  columns[1].key = "request";
  columns[1].title = tr(Str::column_request);
  columns[1].width_pt = 220;
  columns[1].min_width_pt = 180;
  columns[1].stretch = true;
  for (size_t i = 0; i < state.pairs.scorers.size(); ++i) {
    kit::TableColumn& column = columns[kLeadingColumns + i];
    column.key = column.title = state.pairs.scorers[i].name;
    column.width_pt = 150;
  }
  for (kit::TableColumn& column : columns) column.sortable = false;
  kit::TableSpec spec;
  spec.id = "pair_rows";
  spec.name = tr(Str::pairs_table);
  spec.columns = columns;
  spec.row_count = static_cast<int64_t>(state.rows.size());
  spec.empty_text = tr(Str::pairs_no_rows);
  const float wanted = px(kit::kRowHeight) * static_cast<float>(std::min<int64_t>(spec.row_count + 1, 1000)) + px(16);
  spec.size = ImVec2(0, std::max(px(180), std::min(wanted, std::max(ImGui::GetWindowHeight() - px(120), kit::remaining_rect().height()))));
  const store::Dataset& dataset = f.session.dataset();
  const auto row_key = [&](int64_t row) { return dataset.trace_id(state.pairs.traces[state.rows[static_cast<size_t>(row)]].row); };
  spec.row_key = row_key;
  constexpr int64_t kMostLookedAt = 5000;
  for (int64_t i = 0; i < spec.row_count && !state.side_trace_id.empty() && spec.selected_row < 0 && i < kMostLookedAt; ++i)
    if (row_key(i) == state.side_trace_id) spec.selected_row = i;
  const auto painter = [&](kit::CellPainter& cell) { draw_cell(f, cell); };
  const kit::TableResult result = kit::virtual_table(f.kit, spec, state.table, painter);
  if (result.activated) {
    f.emit(CommandId::TraceOpen, {{"trace_id", row_key(*result.activated)}});
  } else if (result.clicked) {
    state.side_trace_id = row_key(*result.clicked);
  }
}

// What was asked, and what each of the two runs says of it and why.
void draw_side(UiFrame& f, const RunSummary& a, const RunSummary& b, const kit::Rect& rect) {
  RunPairsState& state = f.view.run_pairs;
  const std::optional<store::TraceRow> row = begin_run_side(f, "pairs.side", state.side_trace_id, rect);
  if (!row) return;
  const std::vector<const store::Assessment*> of_a = f.session.run_assessments(a.run_id, *row);
  const std::vector<const store::Assessment*> of_b = f.session.run_assessments(b.run_id, *row);
  for (const ScorerPairs& scorer : state.pairs.scorers) {
    const auto side = [&](std::string_view letter, const RunSummary& run, const std::vector<const store::Assessment*>& all) {
      kit::text(f.kit, std::string(letter) + "  " + kit::one_line(run.name, 60), kit::TextStyle::SmallStrong, Color::TextSecondary);
      bool any = false;
      for (const store::Assessment* assessment : all) {
        if (assessment->name != scorer.name) continue;
        draw_run_rationale(f, *row, *assessment);
        any = true;
      }
      if (!any) kit::paragraph(f.kit, tr(Str::run_filter_none));
      kit::gap(px(4));
    };
    side("A", a, of_a);
    side("B", b, of_b);
  }
  kit::end_region(f.kit);
}

}  // namespace

void draw_run_pairs(UiFrame& f, const RunSummary& a, const RunSummary& b) {
  RunPairsState& state = f.view.run_pairs;
  const bool others = state.run_a != a.run_id || state.run_b != b.run_id;
  refresh(f, a, b);
  const kit::Rect rect = kit::remaining_rect();
  const bool with_side = !state.side_trace_id.empty(), side_covers = rect.width() < px(760);
  const float side = side_covers ? rect.width() : std::clamp(f.view.runs.side_width_pt, px(280), rect.width() * 0.5F);
  const float right = with_side && !side_covers ? rect.x1 - side : rect.x1;
  if (!with_side || !side_covers) {
    kit::RegionOptions options;
    options.scroll_y = true;
    options.padding_x_pt = px(20);
    options.padding_y_pt = px(12);
    options.role = kit::Role::Region;
    options.name = tr(Str::pairs_title);
    kit::begin_region(f.kit, "pairs", {rect.x0, rect.y0, right, rect.y1}, options);
    if (others) ImGui::SetScrollY(0);
    draw_head(f, a, b);
    if (state.pairs.scorers.empty()) {
      kit::empty_state(f.kit, "pairs.no_scorers", kIconGitCompare, tr(Str::pairs_no_scorers), tr(Str::pairs_no_scorers_text));
    } else if (state.pairs.in_both == 0) {
      kit::empty_state(f.kit, "pairs.no_traces", kIconGitCompare, tr(Str::pairs_no_traces), tr(Str::pairs_no_traces_text));
    } else {
      draw_cards(f);
      kit::gap(px(4));
      draw_filter(f);
      draw_table(f);
    }
    kit::end_region(f.kit);
  }
  if (!with_side) return;
  if (!side_covers) {
    kit::SplitterOptions bar{.from_end = true, .min_pt = px(280), .max_pt = rect.width() * 0.5F, .reset_pt = px(380), .name = tr(Str::run_side)};
    kit::splitter(f.kit, "pairs.side_splitter", {right - px(2), rect.y0, right + px(3), rect.y1}, f.view.runs.side_width_pt, bar);
  }
  draw_side(f, a, b, {side_covers ? rect.x0 : right + px(3), rect.y0, rect.x1, rect.y1});
}

const RunSummary* likeliest_other_run(const app::Session& session, const RunSummary& run) {
  const RunSummary* best = nullptr;
  size_t best_shared = 0;
  for (const RunSummary& other : session.runs()) {
    if (&other == &run) continue;
    size_t shared = 0;
    for (const judge::ScorerSpec& scorer : other.scorers)
      shared += std::any_of(run.scorers.begin(), run.scorers.end(), [&](const judge::ScorerSpec& s) { return s.name == scorer.name; }) ? 2 : 0;
    shared += shared > 0 && other.trace_ids == run.trace_ids ? 1 : 0;
    if (best != nullptr && shared <= best_shared) continue;
    best = &other;
    best_shared = shared;
  }
  return best;
}

void draw_run_compare_button(UiFrame& f, const RunSummary& run) {
  if (f.session.runs().size() < 2) return;
  kit::ButtonOptions options;
  options.size = kit::ControlSize::Compact;
  options.icon = kIconGitCompare;
  options.has_popup = true;
  if (kit::button(f.kit, "run.compare", tr(Str::compare_with), options)) kit::open_popup(f.kit, "run.compare_menu");
  if (!kit::begin_menu(f.kit, "run.compare_menu", tr(Str::compare_with))) return;
  const auto item = [&](const RunSummary& other) {
    if (kit::menu_item(f.kit, kit::id_with("run.compare_with", other.run_id), kit::one_line(other.name, 60) + "  " + run_when(other)))
      f.emit(CommandId::RunCompare, {{"run_id", run.run_id}, {"with", other.run_id}});
  };
  const RunSummary* first = likeliest_other_run(f.session, run);
  if (first != nullptr) item(*first);
  size_t shown = 1;
  for (const RunSummary& other : f.session.runs()) {
    if (&other == &run || &other == first) continue;
    if (shown++ == kMostOffered) break;
    item(other);
  }
  kit::end_menu(f.kit);
}

}  // namespace assay::ui
