// How far people agree, how far judges agree with people, and where they do not: to decide.
#include <algorithm>
#include <cmath>

#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/failure_text.h"
#include "ui/views/parts.h"
#include "ui/views/review_view.h"
#include "ui/views/text.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using stats::AgreementKind;

namespace {

constexpr size_t kMaxPairs = 45;    // ten reviewers
constexpr size_t kMaxShown = 100;   // disagreements at a time

const review::LabelSchema* schema_of(const UiFrame& f, const AgreementState& state) {
  const review::SchemaEntry* entry = f.session.review().find_schema(state.name);
  return entry == nullptr ? nullptr : &entry->schema;
}

// Units of stats::AgreementSteps: some ten milliseconds a frame, and a little more when something has changed, so that
// what is small is there at once.
constexpr int64_t kWorkOfFrame = 1'500'000, kWorkAtOnce = 3'000'000;

using Part = AgreementState::Part;

// A figure of all, of a pair, or of the judge, by its number. False: there are no more.
bool begin_figure(UiFrame& f, AgreementState& state) {
  const stats::Ratings& ratings = state.table.ratings;
  const stats::Level level = state.level >= 0 ? static_cast<stats::Level>(state.level) : state.table.level;
  const uint32_t raters = ratings.raters;
  const uint32_t pairs = std::min<uint32_t>(raters * (raters > 0 ? raters - 1 : 0) / 2, kMaxPairs);
  constexpr AgreementKind kOfAll[] = {AgreementKind::Raw, AgreementKind::Alpha, AgreementKind::Fleiss};
  constexpr AgreementKind kOfPair[] = {AgreementKind::Raw, AgreementKind::Cohen, AgreementKind::Ac1};
  uint32_t step = state.steps;
  state.figure = {};
  if (step < 3) {
    if (step < 2 || raters > 2) state.figure = stats::AgreementSteps(kOfAll[step], ratings, level);
    return true;
  }
  step -= 3;
  if (step < pairs * 3) {
    uint32_t left = step / 3, a = 0;
    while (left >= raters - 1 - a) left -= raters - 1 - a++;
    const uint32_t b = a + 1 + left;
    if (step % 3 == 0) {
      stats::Ratings two(2);
      for (uint32_t i = 0; i < ratings.items(); ++i) {
        if (std::isnan(ratings.at(i, a)) || std::isnan(ratings.at(i, b))) continue;
        const uint32_t at = two.add_item();
        two.set(at, 0, ratings.at(i, a));
        two.set(at, 1, ratings.at(i, b));
      }
      state.figure = stats::AgreementSteps(kOfPair[0], two, level);
      if (state.figure.estimate()) state.pairs.push_back({a, b, {}, {}, {}});
      else state.steps += 2;  // they have no item in common
    } else {
      state.figure = stats::AgreementSteps(kOfPair[step % 3], ratings, level, a, b);
    }
    return true;
  }
  if (step > pairs * 3 || state.judge.empty()) return false;
  state.judged = review::compare_judge(f.session.dataset(), state.table, state.kind, state.judge);
  state.figure = stats::AgreementSteps(AgreementKind::Cohen, state.judged.pairs, level);
  return true;
}

void keep_figure(AgreementState& state) {
  const uint32_t raters = state.table.ratings.raters;
  const uint32_t pairs = std::min<uint32_t>(raters * (raters > 0 ? raters - 1 : 0) / 2, kMaxPairs);
  const uint32_t step = state.steps++;
  const std::optional<stats::Estimate>& estimate = state.figure.estimate();
  if (step < 3) {
    (step == 0 ? state.raw : step == 1 ? state.alpha : state.fleiss) = estimate;
  } else if (step - 3 >= pairs * 3) {
    state.judge_kappa = estimate;
  } else if (estimate) {
    AgreementState::Pair& pair = state.pairs.back();
    const uint32_t which = (step - 3) % 3;
    (which == 0 ? pair.raw : which == 1 ? pair.kappa : pair.ac1) = estimate;
  }
}

std::string choice_of(const AgreementState& state) {
  return state.name + "\n" + state.judge + "\n" + number_text(static_cast<int>(state.kind)) + number_text(state.level);
}

void forget_figures(AgreementState& state) {
  state.pairs.clear();
  state.raw = state.alpha = state.fleiss = state.judge_kappa = std::nullopt;
  state.judged = {};
  state.steps = 0;
}
void forget_table(AgreementState& state) {
  forget_figures(state);
  state.table = {};
  state.differing.clear();
  state.unsettled = 0;
}

// The names are known: the one that was chosen, or the one with most to see.
void take_names(UiFrame& f, AgreementState& state) {
  state.names = state.names_reader->take();
  state.names_reader.reset();
  const auto known = [&] {
    return std::find_if(state.names.begin(), state.names.end(), [&](const review::RatedName& n) {
      return n.name == state.name && n.kind == state.kind;
    });
  };
  if (known() == state.names.end()) {
    forget_table(state);
    state.name.clear();
    state.judge.clear();
    const auto best = std::max_element(state.names.begin(), state.names.end(), [](const auto& a, const auto& b) {
      return a.double_rated != b.double_rated ? a.double_rated < b.double_rated : a.traces < b.traces;
    });
    if (best != state.names.end()) {
      state.name = best->name;
      state.kind = best->kind;
    }
  }
  const auto rated = known();
  if (rated != state.names.end() &&
      std::find(rated->judges.begin(), rated->judges.end(), state.judge) == rated->judges.end())
    state.judge = rated->judges.empty() ? "" : rated->judges.front();
  state.made_of = choice_of(state);
  state.working = rated != state.names.end();
  if (!state.working) return;
  state.rating_reader = std::make_unique<review::RatingReader>(f.session.dataset(), state.name, state.kind, schema_of(f, state));
  state.part = Part::Table;
}

void go_on(UiFrame& f, AgreementState& state, int64_t work) {
  while (state.working && work > 0) {
    if (state.part == Part::Names) {
      if (!state.names_reader->step(work)) break;
      take_names(f, state);
    } else if (state.part == Part::Table) {
      if (!state.rating_reader->step(work)) break;
      forget_table(state);
      state.table = state.rating_reader->take();
      state.rating_reader.reset();
      state.differing = stats::disagreements(state.table.ratings);
      for (const uint32_t item : state.differing) state.unsettled += std::isnan(state.table.adjudicated[item]) ? 1 : 0;
      state.part = Part::Figures;
      state.figure_begun = false;
    } else {
      if (!state.figure_begun) {
        state.working = state.figure_begun = begin_figure(f, state);
        if (!state.working) return;
        work -= static_cast<int64_t>(state.table.ratings.values.size()) * 10;
      }
      if (!state.figure.step(work)) break;
      keep_figure(state);
      state.figure_begun = false;
    }
  }
  if (state.working) f.kit.request_frame(0);
}

// Everything that is shown, once per change of the data or the choice, over as many frames as it takes. What was there
// stays until its successor is, where it is of the same name and the same traces.
void refresh(UiFrame& f) {
  AgreementState& state = f.view.review.agreement;
  const store::Dataset& dataset = f.session.dataset();
  const std::string choice = choice_of(state);
  if (state.made_of_revision == dataset.revision() && state.made_of_board == f.session.review().generation() &&
      state.made_of == choice) {
    if (state.working) go_on(f, state, kWorkOfFrame);
    return;
  }
  if (state.made_of != choice || dataset.trace_count() < state.made_of_traces) forget_table(state);
  state.made_of = choice;
  state.made_of_revision = dataset.revision();
  state.made_of_board = f.session.review().generation();
  state.made_of_traces = dataset.trace_count();
  state.rating_reader.reset();
  state.names_reader = std::make_unique<review::RatedNamesReader>(dataset);
  state.part = Part::Names;
  state.working = true;
  go_on(f, state, kWorkAtOnce);
}

// --- Figures --------------------------------------------------------------------------------------

Str band_text(double kappa) {
  switch (stats::agreement_band(kappa)) {
    case stats::AgreementBand::Poor: return Str::band_poor;
    case stats::AgreementBand::Slight: return Str::band_slight;
    case stats::AgreementBand::Fair: return Str::band_fair;
    case stats::AgreementBand::Moderate: return Str::band_moderate;
    case stats::AgreementBand::Substantial: return Str::band_substantial;
    case stats::AgreementBand::AlmostPerfect: return Str::band_perfect;
  }
  return Str::band_poor;
}

std::string figure(double value, bool percent) {
  return percent ? kit::format_percent(value, 0) : format_score(std::round(value * 1000) / 1000);
}

std::string estimate_text(const std::optional<stats::Estimate>& estimate, bool percent, bool banded) {
  if (!estimate) return tr(Str::agree_undefined);
  const std::string count = kit::format_count(estimate->items);
  std::string text = estimate->interval
                         ? kit::tr_format(Str::agree_estimate, {figure(estimate->value, percent),
                                                                figure(estimate->interval->low, percent),
                                                                figure(estimate->interval->high, percent), count})
                         : kit::tr_format(Str::agree_estimate_bare, {figure(estimate->value, percent), count});
  if (banded) text += std::string("  ") + tr(band_text(estimate->value));
  return text;
}

// One line: what, a bar with its interval, the figures.
void draw_figure(UiFrame& f, std::string_view id, std::string_view label, std::string_view text,
                 const kit::RateBar* bar) {
  const float width = kit::width_left();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float label_width = std::min(px(210), width * 0.4F);
  // Where it has no room beside the label, the text stands below it.
  const bool below = kit::text_width(f.kit, text) > width - label_width;
  const float line = px(26), height = below ? px(44) : line;
  const float bar_width = bar != nullptr && !below && width > px(560) ? px(120) : 0;
  ImGui::Dummy(ImVec2(width, height));
  ImDrawList* list = ImGui::GetWindowDrawList();
  kit::draw_text(f.kit, list, {at.x, at.y, below ? at.x + width : at.x + label_width - px(8), at.y + line}, label, kit::TextStyle::Body,
                 Color::TextSecondary);
  if (bar_width > 0)
    kit::draw_rate_bar(f.kit, list, {at.x + label_width, at.y + px(8), at.x + label_width + bar_width, at.y + px(18)}, *bar);
  const float x = below ? at.x : at.x + label_width + (bar_width > 0 ? bar_width + px(14) : 0);
  kit::draw_text(f.kit, list, {x, below ? at.y + px(20) : at.y, at.x + width, at.y + height}, text);
  const std::string name = std::string(label) + ": " + std::string(text);
  kit::SemItem item;
  item.role = kit::Role::Text;
  item.id = id;
  item.name = name;
  item.rect = {at.x, at.y, at.x + width, at.y + height};
  f.kit.semantics->add(item);
}

void draw_estimate(UiFrame& f, std::string_view id, std::string_view label,
                   const std::optional<stats::Estimate>& estimate, bool percent, bool banded) {
  kit::RateBar bar;
  if (estimate) {
    bar.rate = std::clamp(estimate->value, 0.0, 1.0);
    if (estimate->interval) {
      bar.low = std::clamp(estimate->interval->low, 0.0, 1.0);
      bar.high = std::clamp(estimate->interval->high, 0.0, 1.0);
    }
    bar.tone = kit::Tone::Accent;
  }
  draw_figure(f, id, label, estimate_text(estimate, percent, banded), estimate ? &bar : nullptr);
}

void draw_proportion(UiFrame& f, std::string_view id, Str label, const std::optional<stats::Proportion>& rate) {
  if (!rate) return draw_figure(f, id, tr(label), "–", nullptr);
  kit::RateBar bar;
  bar.rate = rate->value;
  bar.low = rate->interval.low;
  bar.high = rate->interval.high;
  bar.tone = kit::Tone::Accent;
  const std::string text = kit::tr_format(
      Str::agree_estimate, {kit::format_percent(rate->value, 1), kit::format_percent(rate->interval.low, 1),
                            kit::format_percent(rate->interval.high, 1), kit::format_count(rate->n)});
  draw_figure(f, id, tr(label), text, &bar);
}

// --- Left: the names ------------------------------------------------------------------------------

void draw_names(UiFrame& f) {
  AgreementState& state = f.view.review.agreement;
  kit::section_header(f.kit, "agreement.names", tr(Str::agree_names), static_cast<int64_t>(state.names.size()));
  kit::gap(px(4));
  const TightRows tight(px(2));
  for (const review::RatedName& rated : state.names) {
    kit::ListRowOptions options;
    options.selected = rated.name == state.name && rated.kind == state.kind;
    options.height_pt = px(44);
    const std::string id = kit::id_with(rated.kind == store::AssessmentKind::Expectation ? "agreement.expectation" : "agreement.name", rated.name);
    const kit::ListRowResult row = kit::list_row(f.kit, id, rated.name, options);
    if (row.clicked) {
      state.name = rated.name;
      state.kind = rated.kind;
      state.level = -1;
    }
    if (!row.visible) continue;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const kit::Rect& r = row.rect;
    kit::draw_text(f.kit, list, {r.x0 + px(10), r.y0 + px(4), r.x1 - px(8), r.y0 + px(24)}, rated.name);
    std::string quiet = kit::tr_count(Str::agree_traces, rated.traces);
    if (rated.double_rated > 0)
      quiet += " · " + kit::tr_format(Str::agree_double, {kit::format_count(rated.double_rated)});
    kit::draw_text(f.kit, list, {r.x0 + px(10), r.y0 + px(22), r.x1 - px(8), r.y1 - px(3)}, quiet, kit::TextStyle::Small,
                   Color::TextSecondary);
  }
}

// --- Disagreements --------------------------------------------------------------------------------

// Why they said so: the rationales of those in force under this name.
void draw_reasons(UiFrame& f, std::string_view id, store::TraceRow row, const std::string& span_id) {
  const AgreementState& state = f.view.review.agreement;
  constexpr size_t kMost = 12;
  size_t shown = 0;
  for (const store::Assessment& a : f.session.dataset().assessments(row)) {
    if (!a.valid || a.rationale.empty() || a.name != state.name || a.kind != state.kind || a.span_id != span_id) continue;
    if (++shown > kMost) return;
    kit::gap(px(2));
    wrapped_text(f, kit::id_part(id, kit::id_with("reason", a.assessment_id)), a.source_id + ": " + kit::one_line(reason_text(a), 400),
                 kit::TextStyle::Small, Color::Text);
  }
}

// A trace on which people, or people and the judge, differ: who said what, and the decision.
void draw_difference(UiFrame& f, std::string_view base, store::TraceRow row, const std::string& span_id,
                     const std::vector<std::pair<std::string, double>>& said, double decided) {
  const AgreementState& state = f.view.review.agreement;
  const store::Dataset& dataset = f.session.dataset();
  const review::LabelSchema* schema = schema_of(f, state);
  const std::string trace_id(dataset.trace_id(row));
  const std::string id = kit::id_with(base, review::item_key(trace_id, span_id));
  std::string scratch;
  const std::string_view preview = dataset.text_now(dataset.request_preview(row), scratch);
  const std::string title = preview.empty() ? trace_title(dataset, row) : kit::one_line(readable_preview(preview, 200), 200);
  std::string shown = kit::one_line(title, 110);
  if (const auto span = span_id.empty() ? std::nullopt : dataset.find_span(row, span_id))
    shown = std::string(dataset.name_text(dataset.span_name(*span))) + " · " + shown;
  kit::begin_card(f.kit, id, 0, title);
  while (shown.size() > 20 && kit::text_width(f.kit, shown) > kit::width_left()) shown = kit::one_line(shown, shown.size() * 4 / 5);
  if (kit::link(f.kit, kit::id_part(id, "open"), shown))
    f.emit(CommandId::TraceOpen, {{"trace_id", trace_id}, {"span_id", span_id}});
  std::string line;
  for (const auto& [who, value] : said)
    line += (line.empty() ? "" : "   ·   ") + who + ": " + answer_text(schema, state.table.value_json(value));
  kit::paragraph(f.kit, line, 0, kit::TextStyle::Small, Color::TextSecondary);
  draw_reasons(f, id, row, span_id);
  kit::gap(px(4));
  const std::string kind = state.kind == store::AssessmentKind::Expectation ? "expectation" : "feedback";
  if (!std::isnan(decided)) {
    const std::string text =
        kit::tr_format(Str::differ_settled, {answer_text(schema, state.table.value_json(decided))});
    kit::badge(f.kit, kit::id_part(id, "settled"), text, kit::Tone::Pass, kIconGavel);
    kit::same_row(px(8));
    kit::ButtonOptions options;
    options.kind = kit::ButtonKind::Ghost;
    options.size = kit::ControlSize::Compact;
    if (kit::button(f.kit, kit::id_part(id, "take_back"), tr(Str::differ_take_back), options))
      f.emit(CommandId::Adjudicate, {{"trace_id", trace_id}, {"span_id", span_id}, {"name", state.name}, {"kind", kind}, {"value", ""}});
  } else {
    std::vector<double> values;
    for (const auto& [who, value] : said)
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    std::sort(values.rbegin(), values.rend());
    for (size_t i = 0; i < values.size(); ++i) {
      if (i != 0) kit::same_row(px(6));
      const std::string json = state.table.value_json(values[i]);
      kit::ButtonOptions options;
      options.size = kit::ControlSize::Compact;
      const std::string text = kit::tr_format(Str::differ_choose, {kit::one_line(answer_text(schema, json), 40)});
      if (kit::button(f.kit, kit::id_part(id, kit::id_with("choose", static_cast<int64_t>(i))), text, options))
        f.emit(CommandId::Adjudicate, {{"trace_id", trace_id}, {"span_id", span_id}, {"name", state.name}, {"kind", kind}, {"value", json}});
    }
  }
  kit::end_card(f.kit);
  kit::gap(px(8));
}

void draw_differences(UiFrame& f) {
  AgreementState& state = f.view.review.agreement;
  kit::section_header(f.kit, "agreement.differ", tr(Str::differ_title), state.unsettled);
  if (state.differing.empty()) {
    kit::text(f.kit, tr(Str::differ_none), kit::TextStyle::Body, Color::TextSecondary);
    return;
  }
  if (state.unsettled < state.differing.size())
    kit::checkbox(f.kit, "agreement.show_settled", tr(Str::differ_show_settled), state.show_settled);
  kit::gap(px(6));
  size_t shown = 0, left = 0;
  for (const uint32_t item : state.differing) {
    const double decided = state.table.adjudicated[item];
    if (!std::isnan(decided) && !state.show_settled) continue;
    if (++shown > kMaxShown) {
      ++left;
      continue;
    }
    std::vector<std::pair<std::string, double>> said;
    for (uint32_t r = 0; r < state.table.ratings.raters; ++r)
      if (const double value = state.table.ratings.at(item, r); !std::isnan(value))
        said.emplace_back(state.table.raters[r], value);
    draw_difference(f, "differ", state.table.rows[item], state.table.spans[item], said, decided);
  }
  if (left > 0)
    kit::text(f.kit, kit::tr_count(Str::differ_more, static_cast<int64_t>(left)), kit::TextStyle::Small,
              Color::TextSecondary);
}

// --- People ---------------------------------------------------------------------------------------

void draw_people(UiFrame& f) {
  AgreementState& state = f.view.review.agreement;
  kit::section_header(f.kit, "agreement.people", tr(Str::agree_people));
  if (state.table.raters.size() == 1) {
    kit::paragraph(f.kit, kit::tr_format(Str::agree_one_rater, {state.table.raters[0]}), px(560));
    return;
  }
  if (state.working)
    kit::progress_bar(f.kit, "agreement.working", tr(Str::agree_working), -1, px(200));
  if (!state.raw) {
    if (!state.working) kit::paragraph(f.kit, tr(Str::agree_no_overlap), px(560));
    return;
  }
  kit::gap(px(2));
  if (!state.table.is_pass_fail) {
    const kit::Choice levels[] = {{"nominal", tr(Str::agree_nominal)},
                                  {"ordinal", tr(Str::agree_ordinal)},
                                  {"interval", tr(Str::agree_interval), nullptr,
                                   state.table.level == stats::Level::Interval}};
    int level = state.level >= 0 ? state.level : static_cast<int>(state.table.level);
    if (kit::segmented(f.kit, "agreement.level", tr(Str::agree_level), levels, level)) state.level = level;
    kit::gap(px(6));
  }
  draw_estimate(f, "agreement.raw", tr(Str::agree_raw), state.raw, true, false);
  if (!state.working || state.steps > 1) draw_estimate(f, "agreement.alpha", tr(Str::agree_alpha), state.alpha, false, true);
  if (state.table.ratings.raters > 2 && (!state.working || state.steps > 2))
    draw_estimate(f, "agreement.fleiss", tr(Str::agree_fleiss), state.fleiss, false, true);
  for (const AgreementState::Pair& pair : state.pairs) {
    const std::string who =
        kit::tr_format(Str::agree_pair, {state.table.raters[pair.a], state.table.raters[pair.b]});
    const std::string id = kit::id_with("agreement.pair", who);
    kit::gap(px(6));
    kit::text_node(f.kit, id, who, kit::TextStyle::SmallStrong, Color::TextSecondary);
    draw_estimate(f, kit::id_part(id, "kappa"), tr(Str::agree_kappa), pair.kappa, false, true);
    draw_estimate(f, kit::id_part(id, "ac1"), tr(Str::agree_ac1), pair.ac1, false, false);
    draw_estimate(f, kit::id_part(id, "raw"), tr(Str::agree_raw), pair.raw, true, false);
  }
  kit::gap(px(4));
  kit::paragraph(f.kit, tr(Str::agree_method), 0, kit::TextStyle::Small);
}

// --- Judge ----------------------------------------------------------------------------------------

void draw_confusion(UiFrame& f, const stats::Confusion& c) {
  const float width = std::min(kit::width_left(), px(460));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float label = px(130), cell = (width - label) / 2, height = px(34), head = px(22);
  ImGui::Dummy(ImVec2(width, head + height * 2));
  ImDrawList* list = ImGui::GetWindowDrawList();
  const uint32_t counts[2][2] = {{c.tp, c.fn}, {c.fp, c.tn}};
  const Str rows[] = {Str::calib_human_pass, Str::calib_human_fail};
  const Str columns[] = {Str::calib_said_pass, Str::calib_said_fail};
  constexpr std::string_view kIds[2][2] = {{"judged.tp", "judged.fn"}, {"judged.fp", "judged.tn"}};
  for (int x = 0; x < 2; ++x) {
    const float x0 = at.x + label + cell * static_cast<float>(x);
    kit::draw_text(f.kit, list, {x0, at.y, x0 + cell, at.y + head}, tr(columns[x]), kit::TextStyle::Small,
                   Color::TextSecondary, kit::Align::Center);
  }
  for (int y = 0; y < 2; ++y) {
    const float y0 = at.y + head + height * static_cast<float>(y);
    kit::draw_text(f.kit, list, {at.x, y0, at.x + label, y0 + height}, tr(rows[y]), kit::TextStyle::Small,
                   Color::TextSecondary);
    for (int x = 0; x < 2; ++x) {
      const float x0 = at.x + label + cell * static_cast<float>(x);
      const kit::Rect rect{x0 + px(2), y0 + px(2), x0 + cell - px(2), y0 + height - px(2)};
      list->AddRectFilled(rect.min(), rect.max(), kit::color(x == y ? Color::PassWeak : Color::FailWeak), px(4));
      const std::string text = kit::format_count(counts[y][x]);
      kit::draw_text(f.kit, list, rect, text, kit::TextStyle::BodyStrong, Color::Text, kit::Align::Center);
      const std::string name = std::string(tr(rows[y])) + ", " + tr(columns[x]) + ": " + text;
      kit::SemItem item;
      item.role = kit::Role::Text;
      item.id = kIds[y][x];
      item.name = name;
      item.rect = rect;
      f.kit.semantics->add(item);
    }
  }
  kit::gap(px(6));
}

void draw_rates(UiFrame& f, const review::JudgeComparison& held) {
  const stats::Confusion& c = held.confusion;
  draw_confusion(f, c);
  const auto tpr = stats::true_positive_rate(c), tnr = stats::true_negative_rate(c);
  draw_proportion(f, "judged.accuracy", Str::calib_accuracy, stats::accuracy(c));
  draw_proportion(f, "judged.tpr", Str::calib_tpr, tpr);
  draw_proportion(f, "judged.tnr", Str::calib_tnr, tnr);
  draw_estimate(f, "judged.kappa", tr(Str::agree_kappa), f.view.review.agreement.judge_kappa, false, true);
  if (const auto mcc = stats::matthews_correlation(c))
    draw_figure(f, "judged.mcc", tr(Str::calib_mcc), format_score(std::round(*mcc * 1000) / 1000), nullptr);
  draw_figure(f, "judged.mcnemar", tr(Str::calib_lean),
              format_score(std::round(stats::mcnemar_exact_p(c.fn, c.fp) * 1000) / 1000), nullptr);
  kit::gap(px(8));
  if (tpr && tnr) {
    const bool good = tpr->interval.low >= 0.8 && tnr->interval.low >= 0.8;
    kit::inline_note(f.kit, "judged.verdict", tr(good ? Str::calib_verdict_good : Str::calib_verdict_unsure),
                     good ? kIconCircleCheck : kIconInfo, good ? Color::Pass : Color::Warn);
    kit::gap(px(6));
  }
  draw_proportion(f, "judged.raw_rate", Str::calib_raw_rate, stats::proportion(held.judge_passes, held.judged));
  const stats::CorrectedRate corrected = stats::corrected_rate(c, held.judge_passes, held.judged);
  if (corrected.refusal == stats::CorrectionRefusal::None) {
    draw_estimate(f, "judged.corrected", tr(Str::calib_corrected),
                  stats::Estimate{corrected.value, corrected.interval, held.judged}, true, false);
  } else {
    const Str why = corrected.refusal == stats::CorrectionRefusal::WeakJudge   ? Str::calib_refused_weak
                    : corrected.refusal == stats::CorrectionRefusal::Uncertain ? Str::calib_refused_uncertain
                                                                               : Str::calib_refused_labels;
    draw_figure(f, "judged.corrected", tr(Str::calib_corrected), tr(why), nullptr);
  }
  if (const auto ppi = stats::ppi_rate(c, held.unlabelled_passes, held.unlabelled))
    draw_estimate(f, "judged.ppi", tr(Str::calib_corrected_ppi),
                  stats::Estimate{ppi->value, ppi->interval, c.n()}, true, false);
}

void draw_judge(UiFrame& f) {
  AgreementState& state = f.view.review.agreement;
  kit::section_header(f.kit, "agreement.judge", tr(Str::calib_against));
  const auto rated = std::find_if(state.names.begin(), state.names.end(), [&](const review::RatedName& n) {
    return n.name == state.name && n.kind == state.kind;
  });
  if (rated == state.names.end() || rated->judges.empty()) {
    kit::paragraph(f.kit, kit::tr_format(Str::calib_none, {state.name}), px(560));
    return;
  }
  std::vector<kit::Choice> choices;
  int chosen = 0;
  for (const std::string& judge : rated->judges) {
    if (judge == state.judge) chosen = static_cast<int>(choices.size());
    choices.push_back({judge, judge});
  }
  kit::SelectOptions select;
  select.width_pt = std::min(kit::width_left(), px(320));
  if (kit::select(f.kit, "agreement.which_judge", tr(Str::calib_which), choices, chosen, select))
    state.judge = rated->judges[static_cast<size_t>(chosen)];
  const review::JudgeComparison& held = state.judged;
  kit::gap(px(6));
  kit::text_node(f.kit, "judged.counts",
                 kit::tr_format(Str::calib_counts, {kit::format_count(held.pairs.items()), kit::format_count(held.judged),
                                                    kit::format_count(held.unlabelled), kit::format_count(held.unsettled),
                                                    kit::format_count(held.errors)}),
                 kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(8));
  if (held.pairs.items() == 0) return;
  if (state.table.is_pass_fail) {
    draw_rates(f, held);
  } else {
    draw_proportion(f, "judged.accuracy", Str::calib_accuracy,
                    stats::proportion(held.pairs.items() - static_cast<uint32_t>(held.differing.size()), held.pairs.items()));
    draw_estimate(f, "judged.kappa", tr(Str::agree_kappa), state.judge_kappa, false, true);
  }
  if (held.differing.empty()) return;
  kit::gap(px(14));
  kit::section_header(f.kit, "judged.differ", tr(Str::differ_judge_title), static_cast<int64_t>(held.differing.size()));
  kit::gap(px(6));
  for (size_t i = 0; i < held.differing.size() && i < kMaxShown; ++i) {
    const uint32_t at = held.differing[i];
    const store::TraceRow row = held.rows[at];
    const uint32_t item = held.items[at];
    draw_difference(f, "judged.item", row, state.table.spans[item],
                    {{tr(Str::calib_people), held.pairs.at(at, 0)}, {state.judge, held.pairs.at(at, 1)}},
                    state.table.adjudicated[item]);
  }
  if (held.differing.size() > kMaxShown)
    kit::text(f.kit, kit::tr_count(Str::differ_more, static_cast<int64_t>(held.differing.size() - kMaxShown)),
              kit::TextStyle::Small, Color::TextSecondary);
}

void draw_body(UiFrame& f) {
  draw_people(f);
  kit::gap(px(20));
  if (f.view.review.agreement.table.raters.size() > 1) {
    draw_differences(f);
    kit::gap(px(20));
  }
  draw_judge(f);
  kit::gap(px(28));
}

}  // namespace

void draw_agreement(UiFrame& f, const kit::Rect& rect) {
  if (f.view.blind) {
    kit::begin_region(f.kit, "agreement", rect, {});
    draw_hidden_by_blind(f);
    kit::end_region(f.kit);
    return;
  }
  refresh(f);
  const AgreementState& state = f.view.review.agreement;
  if (state.name.empty()) {
    kit::begin_region(f.kit, "agreement", rect, {});
    if (state.working) {
      kit::gap(px(40));
      kit::progress_bar(f.kit, "agreement.working", tr(Str::agree_working), -1, px(200));
      return kit::end_region(f.kit);
    }
    kit::empty_state(f.kit, "agreement.none", kIconUsers, tr(Str::agree_none), tr(Str::agree_none_text));
    kit::end_region(f.kit);
    return;
  }
  draw_review_columns(f, rect, {"agreement.list", tr(Str::agree_names)}, {"agreement", tr(Str::review_tab_agreement)}, 248,
                      [&] { draw_names(f); }, [&] { draw_body(f); });
}

}  // namespace assay::ui
