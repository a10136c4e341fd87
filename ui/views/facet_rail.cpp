#include "ui/views/facet_rail.h"

#include <algorithm>
#include <cmath>

#include "core/app/query_edit.h"
#include "core/base/numbers.h"
#include "core/base/time.h"
#include "core/search/facets.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/parts.h"
#include "ui/views/review_view.h"
#include "ui/views/text.h"

namespace assay::ui {

using app::CommandId;
using app::ConditionState;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using search::Facet;
using search::FacetKind;
using search::FacetValue;
using search::Histogram;
using search::MeasureKind;

namespace {

constexpr size_t kShortList = 6;  // values that are shown at first

void set_query(UiFrame& f, const std::string& query) {
  f.view.query_active = false;
  f.emit(CommandId::SearchSet, {{"query", query}});
}

// Names that are on, in a list.
bool is_on(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}
void turn(std::vector<std::string>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) {
    names.emplace_back(name);
  } else {
    names.erase(at);
  }
}

// --- The conditions of the query --------------------------------------------------------------------------

void draw_conditions(UiFrame& f) {
  const std::string& query = f.session.route().query;
  const std::vector<std::string>& conditions = f.view.facets.conditions;
  if (conditions.empty()) return;
  kit::section_header(f.kit, "facets.conditions", tr(Str::facets_conditions));
  int number = 0;
  for (const std::string& condition : conditions) {
    const std::string id = kit::id_with("facets.condition", number++);
    std::string shown = kit::one_line(condition, 400);
    const float room = kit::width_left() - px(68);
    if (kit::text_width(f.kit, shown, kit::TextStyle::Small) > room) {
      shown.resize(kit::fitting_bytes(f.kit, shown, room, kit::TextStyle::Small));
      shown += "…";
    }
    const kit::PillResult pill = kit::pill(f.kit, id, shown, kit::Tone::Accent, nullptr, true);
    if (shown != condition) kit::tooltip(f.kit, condition);
    if (pill.removed || pill.clicked) set_query(f, app::without_condition(query, condition));
    kit::gap(px(2));
  }
  if (conditions.size() > 1 && kit::link(f.kit, "facets.clear", tr(Str::facets_clear))) set_query(f, "");
  kit::gap(px(8));
}

// --- Values ------------------------------------------------------------------------------------------------

struct FacetTitle {
  std::string text;
  std::string quiet;
};

FacetTitle title_of(const Facet& facet) {
  switch (facet.kind) {
    case FacetKind::State: return {tr(Str::facet_state), {}};
    case FacetKind::Name: return {tr(Str::facet_trace_name), {}};
    case FacetKind::Model: return {tr(Str::facet_model), {}};
    case FacetKind::User: return {tr(Str::facet_user), {}};
    case FacetKind::Session: return {tr(Str::facet_session), {}};
    case FacetKind::Feedback: return {facet.key, {}};
    case FacetKind::Expectation: return {facet.key, tr(Str::facet_is_expectation)};
    case FacetKind::Tag: return {facet.key, tr(Str::facet_is_tag)};
  }
  return {};
}

std::string id_of(const Facet& facet) {
  constexpr std::string_view kNames[] = {"state", "name",     "model",       "user",
                                         "session", "feedback", "expectation", "tag"};
  std::string id = "facet.";
  id += kNames[static_cast<size_t>(facet.kind)];
  if (!facet.key.empty()) id += "." + facet.key;
  return id;
}

std::string shown_value(const UiFrame& f, const Facet& facet, const FacetValue& value) {
  if (value.text.empty()) return tr(Str::facet_empty_value);
  // As the list says it; the condition keeps the data's words.
  if (facet.kind == FacetKind::State) {
    if (value.text == "OK") return tr(Str::state_ok);
    if (value.text == "ERROR") return tr(Str::state_error);
    if (value.text == "IN_PROGRESS") return tr(Str::state_running);
    if (value.text == "STATE_UNSPECIFIED") return tr(Str::state_unknown);
  }
  if (facet.kind == FacetKind::Feedback || facet.kind == FacetKind::Expectation) {
    const review::SchemaEntry* entry = f.session.review().find_schema(facet.key);
    if (entry != nullptr && entry->schema.input == review::InputKind::PassFail) {
      const auto truth = review::truth_of(value.text);
      if (const auto of_text = truth ? truth : review::truth_of("\"" + value.text + "\""))
        return std::string(pass_fail_text(entry->schema, *of_text));
    }
    // 1.0 as the list has it, but where two would read alike.
    if (const auto number = parse_double(value.text)) {
      std::string text = format_score(*number);
      if (parse_double(text) == number) return text;
    }
  }
  return kit::one_line(value.text, 200);
}

void draw_value_row(UiFrame& f, const kit::ListRowResult& row, std::string_view text, uint32_t traces,
                    float share, ConditionState state) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const std::string count = kit::format_count(traces);
  const float count_width = kit::text_width(f.kit, count, kit::TextStyle::Small);
  kit::draw_share(f.kit, list, {row.rect.x0 + px(4), row.rect.y1 - px(4), row.rect.x1 - px(4), row.rect.y1 - px(2)},
                  share, state == ConditionState::Included ? kit::Tone::Accent : kit::Tone::Neutral);
  float x = row.rect.x0 + px(6);
  if (state == ConditionState::Included) {
    kit::draw_icon(f.kit, list, {x, row.rect.y0, x + px(16), row.rect.y1 - px(3)}, kIconCheck, Color::Accent, 14);
    x += px(18);
  }
  kit::draw_text(f.kit, list, {x, row.rect.y0, row.rect.x1 - px(14) - count_width, row.rect.y1 - px(3)}, text,
                 kit::TextStyle::Small, Color::Text);
  kit::draw_text(f.kit, list, {row.rect.x1 - px(6) - count_width, row.rect.y0, row.rect.x1, row.rect.y1 - px(3)}, count,
                 kit::TextStyle::Small, Color::TextSecondary);
}

std::vector<std::string> texts_of(const std::vector<FacetClause>& clauses) {
  std::vector<std::string> texts;
  for (const FacetClause& clause : clauses) texts.push_back(clause.text);
  return texts;
}

void draw_value_menu(UiFrame& f, std::string_view menu, const std::string& clause,
                     const std::vector<FacetClause>& siblings, const std::string& text, bool is_session) {
  if (!kit::begin_menu(f.kit, menu, text)) return;
  const std::string& query = f.session.route().query;
  if (kit::menu_item(f.kit, kit::id_part(menu, "only"), tr(Str::facet_only), {.icon = kIconCheck})) {
    set_query(f, app::toggle_condition(query, clause, texts_of(siblings)));
  }
  if (kit::menu_item(f.kit, kit::id_part(menu, "without"), tr(Str::facet_without), {.icon = kIconX})) {
    set_query(f, app::toggle_exclusion(query, clause));
  }
  if (is_session && kit::menu_item(f.kit, kit::id_part(menu, "read"), tr(Str::session_open), {.icon = kIconMessageSquareText}))
    f.emit(app::CommandId::SessionOpen, {{"session_id", text}});
  kit::end_menu(f.kit);
}

void draw_facet(UiFrame& f, const Facet& facet, const std::vector<FacetClause>& clauses) {
  const std::string id = id_of(facet);
  const FacetTitle title = title_of(facet);
  bool open = !is_on(f.view.facets.folded, id);
  const bool was_open = open;
  const bool shown = kit::fold_header(f.kit, id, title.text, open, -1, title.quiet);
  if (open != was_open) turn(f.view.facets.folded, id);
  if (!shown) return;

  const std::string& query = f.session.route().query;
  const bool all = is_on(f.view.facets.unfolded, id);
  const size_t count = all ? facet.values.size() : std::min(facet.values.size(), kShortList);
  const float most = static_cast<float>(std::max<uint32_t>(1, facet.values.front().traces));
  for (size_t i = 0; i < count; ++i) {
    const FacetValue& value = facet.values[i];
    const ConditionState state = clauses[i].state;
    const std::string text = shown_value(f, facet, value);
    const std::string traces = kit::tr_count(Str::facet_value_traces, value.traces);
    const std::string row_id = kit::id_with(id, static_cast<int>(i));
    kit::ListRowOptions options;
    options.checkable = true;
    options.checked = state == ConditionState::Included;
    options.selected = options.checked;
    options.role = kit::Role::Checkbox;
    options.height_pt = px(27);
    options.value = traces;
    const kit::ListRowResult row = kit::list_row(f.kit, row_id, text, options);
    const std::string menu = kit::id_part(row_id, "menu");
    if (kit::last_item_wants_menu()) kit::open_popup(f.kit, menu);
    if (row.visible) {
      draw_value_row(f, row, text, value.traces, static_cast<float>(value.traces) / most, state);
      if (row.hovered) kit::tooltip(f.kit, text + " · " + traces);
    }
    if (row.clicked) {
      set_query(f, ImGui::GetIO().KeyAlt ? app::toggle_exclusion(query, clauses[i].text)
                                         : app::toggle_condition(query, clauses[i].text, texts_of(clauses)));
    }
    draw_value_menu(f, menu, clauses[i].text, clauses, text, facet.kind == FacetKind::Session);
  }
  if (facet.values.size() > kShortList) {
    const std::string more = all ? std::string(tr(Str::facet_fewer))
                                 : kit::tr_count(Str::facet_more, static_cast<int64_t>(facet.values.size() - kShortList));
    if (kit::link(f.kit, kit::id_part(id, "more"), more)) turn(f.view.facets.unfolded, id);
  }
  if (all && facet.distinct > facet.values.size()) {
    kit::paragraph(f.kit, kit::tr_format(Str::facet_unlisted, {kit::format_count(facet.distinct)}), 0,
                   kit::TextStyle::Small);
  }
  kit::gap(px(6));
}

// --- Histograms ---------------------------------------------------------------------------------------------

// Three digits that count: bounds of a range say no more, and have little room.
std::string short_cost(double usd) {
  if (!(usd > 0)) return "$0";
  const int decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(usd))), 0, 9);
  std::string text = format_fixed(usd, decimals);
  while (decimals > 0 && text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return "$" + text;
}

std::string measure_text(MeasureKind kind, double value) {
  switch (kind) {
    case MeasureKind::Time: return minute_text(static_cast<int64_t>(value) * 1'000'000);
    case MeasureKind::Duration: return kit::format_duration_ns(static_cast<int64_t>(value * 1e6));
    case MeasureKind::Tokens: return kit::format_count(static_cast<int64_t>(value));
    case MeasureKind::Cost: return short_cost(value);
  }
  return {};
}

Str measure_title(MeasureKind kind) {
  switch (kind) {
    case MeasureKind::Time: return Str::facet_time;
    case MeasureKind::Duration: return Str::facet_duration;
    case MeasureKind::Tokens: return Str::facet_tokens;
    case MeasureKind::Cost: break;
  }
  return Str::facet_cost;
}

std::string measure_id(MeasureKind kind) {
  constexpr std::string_view kNames[] = {"time", "duration", "tokens", "cost"};
  return "facet." + std::string(kNames[static_cast<size_t>(kind)]);
}

// Bars to drag over: each bar is also an element of its own, for keys and screen readers.
void draw_bars(UiFrame& f, const Histogram& histogram, const std::string& id, std::string_view title) {
  const auto bins = static_cast<int>(histogram.counts.size());
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = kit::width_left(), height = px(44);
  const float step = width / static_cast<float>(bins);
  ImGui::InvisibleButton(id.c_str(), ImVec2(width, height));
  kit::SemItem whole;
  whole.role = kit::Role::Group;
  whole.id = id;
  whole.name = title;
  whole.rect = {at.x, at.y, at.x + width, at.y + height};
  whole.imgui_id = ImGui::GetItemID();
  f.kit.semantics->add(whole);
  const bool hovered = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
  const auto bin_at = [&](float x) { return std::clamp(static_cast<int>((x - at.x) / step), 0, bins - 1); };
  FacetState& state = f.view.facets;
  const int under = bin_at(ImGui::GetIO().MousePos.x);
  if (ImGui::IsItemActivated()) {
    state.drag_id = id;
    state.drag_from = under;
  }
  int from = -1, to = -1;
  if (state.drag_id == id) {
    from = std::min(state.drag_from, under);
    to = std::max(state.drag_from, under) + 1;
    if (ImGui::IsItemDeactivated()) {
      state.drag_id.clear();
      const std::string range = search::range_clause_of(histogram.kind, histogram.bounds[static_cast<size_t>(from)],
                                                        histogram.bounds[static_cast<size_t>(to)]);
      set_query(f, app::toggle_condition(f.session.route().query, range, {}));
    }
  } else if (hovered) {
    from = under;
    to = under + 1;
  }
  std::vector<float> heights;
  heights.reserve(histogram.counts.size());
  for (const uint32_t count : histogram.counts) heights.push_back(static_cast<float>(count));
  kit::draw_bars(f.kit, ImGui::GetWindowDrawList(), {at.x, at.y, at.x + width, at.y + height}, heights,
                 from < 0 ? 0 : static_cast<size_t>(from), to < 0 ? 0 : static_cast<size_t>(to));
  for (int i = 0; i < bins; ++i) {
    const auto bin = static_cast<size_t>(i);
    if (histogram.counts[bin] == 0) continue;
    kit::SemItem item;
    item.role = kit::Role::Button;
    const std::string item_id = kit::id_with(id, i);
    const std::string name = kit::tr_format(Str::facet_range, {measure_text(histogram.kind, histogram.bounds[bin]),
                                                               measure_text(histogram.kind, histogram.bounds[bin + 1])});
    const std::string traces = kit::tr_count(Str::facet_value_traces, histogram.counts[bin]);
    item.id = item_id;
    item.name = name;
    item.value = traces;
    item.rect = {at.x + step * static_cast<float>(i), at.y, at.x + step * static_cast<float>(i + 1), at.y + height};
    f.kit.semantics->add(item);
  }
  if ((hovered || held) && from >= 0) {
    uint32_t traces = 0;
    for (int i = from; i < to; ++i) traces += histogram.counts[static_cast<size_t>(i)];
    kit::tooltip(f.kit, kit::tr_format(Str::facet_range,
                                       {measure_text(histogram.kind, histogram.bounds[static_cast<size_t>(from)]),
                                        measure_text(histogram.kind, histogram.bounds[static_cast<size_t>(to)])}) +
                            " · " + kit::tr_count(Str::facet_value_traces, traces));
  }
}

void draw_histogram(UiFrame& f, const Histogram& histogram) {
  const std::string id = measure_id(histogram.kind);
  bool open = !is_on(f.view.facets.folded, id);
  const bool was_open = open;
  const bool shown = kit::fold_header(f.kit, id, tr(measure_title(histogram.kind)), open);
  if (open != was_open) turn(f.view.facets.folded, id);
  if (!shown) return;
  draw_bars(f, histogram, kit::id_part(id, "bars"), tr(measure_title(histogram.kind)));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = kit::width_left();
  std::string least = measure_text(histogram.kind, histogram.least), most = measure_text(histogram.kind, histogram.most);
  const auto fit = [&] {
    return kit::text_width(f.kit, least, kit::TextStyle::Small) + kit::text_width(f.kit, most, kit::TextStyle::Small) + px(8) < width;
  };
  if (histogram.kind == MeasureKind::Time && least != most && !fit()) {  // the days of both rather than the minute of one
    least = kit::format_date(static_cast<int64_t>(histogram.least) * 1'000'000);
    most = kit::format_date(static_cast<int64_t>(histogram.most) * 1'000'000);
  }
  ImDrawList* list = ImGui::GetWindowDrawList();
  const kit::Rect line{at.x, at.y, at.x + width, at.y + px(18)};
  kit::draw_text(f.kit, list, line, least, kit::TextStyle::Small, Color::TextSecondary);
  const float most_width = kit::text_width(f.kit, most, kit::TextStyle::Small);
  if (most != least && fit()) {
    kit::draw_text(f.kit, list, {line.x1 - most_width, line.y0, line.x1, line.y1}, most, kit::TextStyle::Small,
                   Color::TextSecondary);
  }
  ImGui::Dummy(ImVec2(width, px(20)));
  kit::gap(px(4));
}

bool is_listed(const Facet& facet, const std::vector<FacetClause>& clauses) {
  // One value that all traces share says nothing; a state always does.
  if (facet.kind == FacetKind::State || facet.kind == FacetKind::Feedback || facet.kind == FacetKind::Tag) return true;
  if (facet.values.size() > 1) return true;
  return std::any_of(clauses.begin(), clauses.end(),
                     [](const FacetClause& clause) { return clause.state != ConditionState::Absent; });
}

void make_clauses(UiFrame& f, const search::FacetCounts& counts) {
  FacetState& state = f.view.facets;
  const std::string& query = f.session.route().query;
  const uint64_t generation = f.session.traces().facets_generation();
  if (state.made && state.made_of_counts == generation && state.made_of_query == query) return;
  state.made = true;
  state.made_of_counts = generation;
  state.made_of_query = query;
  const app::Conditions conditions(query);
  state.conditions = conditions.list();
  state.clauses.clear();
  for (const Facet& facet : counts.facets) {
    std::vector<FacetClause>& clauses = state.clauses.emplace_back();
    for (const FacetValue& value : facet.values) {
      std::string text = search::clause_of(facet, value.text);
      const ConditionState condition = conditions.state_of(text);
      clauses.push_back({std::move(text), condition});
    }
  }
}

}  // namespace

void draw_facet_rail(UiFrame& f) {
  const search::FacetCounts* counts = f.session.traces().facets();
  if (counts == nullptr) {
    kit::text(f.kit, tr(Str::facets_counting), kit::TextStyle::Small, Color::TextSecondary);
    return;
  }
  make_clauses(f, *counts);
  const FacetState& state = f.view.facets;
  draw_conditions(f);
  const TightRows tight;
  size_t at = 0;
  for (; at < counts->facets.size() && counts->facets[at].kind == FacetKind::State; ++at) {
    draw_facet(f, counts->facets[at], state.clauses[at]);
  }
  for (const Histogram& histogram : counts->histograms) draw_histogram(f, histogram);
  for (; at < counts->facets.size(); ++at) {
    const FacetKind kind = counts->facets[at].kind;
    if (f.view.blind && (kind == FacetKind::Feedback || kind == FacetKind::Expectation)) continue;
    if (is_listed(counts->facets[at], state.clauses[at])) draw_facet(f, counts->facets[at], state.clauses[at]);
  }
}

void draw_facet_sheet(UiFrame& f) {
  bool& open = f.view.facets.sheet_open;
  if (f.view.facets.has_room || f.session.route().place != app::Place::Traces) open = false;
  if (!kit::begin_dialog(f.kit, "facets.sheet", tr(Str::facets_filter), open, {.width_pt = 420})) return;
  draw_facet_rail(f);
  kit::dialog_footer(f.kit);
  const int64_t found = static_cast<int64_t>(f.session.traces().rows().size());
  if (kit::dialog_button(f.kit, "facets.show_list", kit::tr_count(Str::facets_show_list, found), true)) open = false;
  kit::end_dialog(f.kit);
}

}  // namespace assay::ui
