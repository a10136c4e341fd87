#include "ui/views/list_columns.h"

#include <algorithm>
#include <cmath>

#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"

namespace assay::ui {

using kit::px;
using kit::Str;
using kit::tr;

namespace {

struct FixedSpec {
  const char* key;
  Str title;
  float width_pt, few_width_pt, min_width_pt;
  float few_min_width_pt = 80;
};
constexpr FixedSpec kFixed[] = {
    {"time", Str::column_time, 130, 130, 60},          {"name", Str::column_name, 134, 118, 60},
    {"state", Str::column_state, 84, 42, 36},          {"duration", Str::column_duration, 92, 92, 56},
    {"request", Str::column_request, 210, 130, 180, 130},  {"response", Str::column_response, 210, 210, 140},
    {"tokens", Str::column_tokens, 68, 68, 48},        {"cost", Str::column_cost, 76, 76, 56},
    {"session", Str::column_session, 130, 118, 60},    {"user", Str::column_user, 110, 100, 60},
    {"trace_id", Str::column_trace_id, 270, 150, 80},
};
static_assert(std::size(kFixed) == kFixedColumns);

bool has(const std::vector<std::string>& list, std::string_view key) {
  return std::find(list.begin(), list.end(), key) != list.end();
}

// Whether a column is shown where nothing is chosen about it.
bool shown_at_first(const UiFrame& f, int column, bool few) {
  const ViewState::FilledColumns& filled = f.view.filled_columns;
  switch (column) {
    case kTime:
      return !few || filled.time;
    case kDuration:
      return !few || filled.duration;
    case kName:
      // Beside an open trace the request says more, and the name stands at its head.
      return f.view.list_width_pt >= px(480) &&
             (f.view.list_width_pt >= px(620) || !f.session.open_trace().has_value());
    case kResponse:
    case kTokens:
      return !few;
    case kCost:
    case kSession:
    case kUser:
    case kTraceId:
      return false;
    default:
      return true;
  }
}

size_t count_shown(const ListColumns& columns) {
  return static_cast<size_t>(std::count_if(columns.list.begin(), columns.list.end(),
                                           [](const kit::TableColumn& column) { return !column.hidden; }));
}

bool is_few(const UiFrame& f) { return f.view.list_width_pt < px(760); }

void show(UiFrame& f, const ListColumns& columns, size_t column, bool shown) {
  show_column(f.view.columns, columns.keys[column], shown, shown_at_first(f, static_cast<int>(column), is_few(f)));
}

// One place to the left or right among those that are shown (`only_shown`), or all.
void shift(UiFrame& f, const ListColumns& columns, size_t column, int by, bool only_shown) {
  std::vector<uint32_t> stand;
  for (const uint32_t i : columns.order) {
    if (!only_shown || !columns.list[i].hidden || i == column) stand.push_back(i);
  }
  const auto at = std::find(stand.begin(), stand.end(), static_cast<uint32_t>(column)) - stand.begin();
  const auto target = at + (by < 0 ? -1 : 2);
  if (at + by < 0 || at + by >= static_cast<std::ptrdiff_t>(stand.size())) return;
  const bool last = target >= static_cast<std::ptrdiff_t>(stand.size());
  move_column(columns.keys, f.view.columns, columns.keys[column],
              last ? std::string_view() : std::string_view(columns.keys[stand[static_cast<size_t>(target)]]));
}

void reset(UiFrame& f) { f.view.columns = {}; }

}  // namespace

std::vector<uint32_t> column_order(const std::vector<std::string>& keys, const ListColumnChoice& choice) {
  std::vector<uint32_t> order;
  for (const std::string& key : choice.order) {
    const auto at = static_cast<uint32_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
    if (at < keys.size() && std::find(order.begin(), order.end(), at) == order.end()) order.push_back(at);
  }
  for (uint32_t i = 0; i < keys.size(); ++i) {
    if (!has(choice.order, keys[i])) order.push_back(i);
  }
  return order;
}

void move_column(const std::vector<std::string>& keys, ListColumnChoice& choice, std::string_view key, std::string_view before) {
  if (key == before) return;
  std::vector<std::string> all = choice.order;
  for (const std::string& one : keys) {
    if (!has(all, one)) all.push_back(one);
  }
  std::erase(all, key);
  all.insert(std::find(all.begin(), all.end(), before), std::string(key));
  choice.order = std::move(all);
}

void show_column(ListColumnChoice& choice, const std::string& key, bool shown, bool at_first) {
  std::erase(choice.hidden, key);
  std::erase(choice.shown, key);
  if (!shown) choice.hidden.push_back(key);
  if (shown && !at_first) choice.shown.push_back(key);
}

void look_for_filled_columns(UiFrame& f) {
  const store::Dataset& dataset = f.session.dataset();
  ViewState::FilledColumns& filled = f.view.filled_columns;
  const uint32_t count = dataset.trace_count();
  const std::string_view first = count == 0 ? std::string_view() : dataset.trace_id(store::TraceRow{0});
  if (count < filled.traces || filled.first_trace != first) filled = {};
  filled.first_trace = first;
  for (; filled.traces < count && !(filled.time && filled.duration); ++filled.traces) {
    const store::TraceRow row{filled.traces};
    filled.time = filled.time || dataset.request_time_ns(row) != kNoTime;
    filled.duration = filled.duration || dataset.duration_ms(row) != kNoTime;
  }
  filled.traces = count;
}

ListColumns make_list_columns(const UiFrame& f, bool few) {
  ListColumns columns;
  const auto& assessments = f.session.traces().assessment_columns();
  const ListColumnChoice& choice = f.view.columns;
  columns.keys.reserve(kFixedColumns + assessments.size());
  for (int i = 0; i < kFixedColumns; ++i) {
    const FixedSpec& fixed = kFixed[i];
    kit::TableColumn column;
    column.title = tr(fixed.title);
    column.width_pt = few ? fixed.few_width_pt : fixed.width_pt;
    column.min_width_pt = few ? std::min(fixed.min_width_pt, fixed.few_min_width_pt) : fixed.min_width_pt;
    if (i == kTime && f.kit.language == kit::Language::English) column.width_pt = 114;
    // The widest form; beside an open trace and on a phone the day has to do.
    if (i == kTime && f.view.list_has_old_times && !few)
      column.width_pt = std::ceil(kit::text_width(f.kit, "2000-00-00 00:00") / f.kit.ui_scale) + 20;
    if (i == kState && few) column.icon = kIconCircleDot;
    if (i == kDuration || i == kTokens || i == kCost) column.align = kit::Align::Right;
    column.stretch = i == kRequest || i == kResponse;
    columns.keys.emplace_back(fixed.key);
    columns.list.push_back(column);
  }
  for (const app::AssessmentColumn& assessment : assessments) {
    const bool expected = assessment.kind == store::AssessmentKind::Expectation;
    columns.keys.push_back((expected ? "expectation:" : "assessment:") + assessment.name);
    kit::TableColumn column;
    column.title = assessment.name;
    column.width_pt = few ? 92 : 118;
    column.min_width_pt = 56;
    columns.list.push_back(column);
  }
  for (size_t i = 0; i < columns.list.size(); ++i) {
    const std::string& key = columns.keys[i];
    columns.list[i].key = key;
    columns.list[i].hidden =
        has(choice.hidden, key) || (!shown_at_first(f, static_cast<int>(i), few) && !has(choice.shown, key));
  }
  // Whatever was chosen, something is shown: the columns of other data may be all that was.
  if (count_shown(columns) == 0) columns.list[kTime].hidden = columns.list[kRequest].hidden = false;
  columns.order = column_order(columns.keys, choice);
  return columns;
}

void put_widths(UiFrame& f, const ListColumns& columns) {
  std::vector<float>& widths = f.view.list.widths_pt;
  widths.assign(columns.keys.size(), 0);
  for (const auto& [key, width] : f.view.columns.widths_pt) {
    const auto at = static_cast<size_t>(std::find(columns.keys.begin(), columns.keys.end(), key) - columns.keys.begin());
    if (at < widths.size()) widths[at] = width;
  }
}

void keep_widths(UiFrame& f, const ListColumns& columns) {
  auto& kept = f.view.columns.widths_pt;
  for (size_t i = 0; i < columns.keys.size(); ++i) {
    const float width = f.view.list.widths_pt[i];
    const auto at = std::find_if(kept.begin(), kept.end(), [&](const auto& one) { return one.first == columns.keys[i]; });
    if (at == kept.end()) {
      if (width > 0) kept.emplace_back(columns.keys[i], width);
    } else if (width > 0) {
      at->second = width;
    } else {
      kept.erase(at);
    }
  }
}

void act_on_columns(UiFrame& f, const kit::TableResult& result, const ListColumns& columns) {
  if (result.column_moved) {
    const auto [column, before] = *result.column_moved;
    move_column(columns.keys, f.view.columns, columns.keys[static_cast<size_t>(column)],
                before < 0 ? std::string_view() : std::string_view(columns.keys[static_cast<size_t>(before)]));
  }
  if (result.column_menu) {
    f.view.column_menu = columns.keys[static_cast<size_t>(*result.column_menu)];
    kit::open_popup_at_mouse(f.kit, "traces.column_menu");
  }
}

void draw_column_menu(UiFrame& f, const ListColumns& columns) {
  if (!kit::begin_menu(f.kit, "traces.column_menu", tr(Str::columns_title))) return;
  const auto column = static_cast<size_t>(std::find(columns.keys.begin(), columns.keys.end(), f.view.column_menu) - columns.keys.begin());
  if (column < columns.keys.size()) {
    const std::string hide = kit::tr_format(Str::columns_hide, {columns.list[column].title});
    if (kit::menu_item(f.kit, "columns.hide", hide, {.icon = kIconEyeOff, .enabled = count_shown(columns) > 1}))
      show(f, columns, column, false);
    if (kit::menu_item(f.kit, "columns.left", tr(Str::columns_left), {.icon = kIconArrowLeft}))
      shift(f, columns, column, -1, true);
    if (kit::menu_item(f.kit, "columns.right", tr(Str::columns_right), {.icon = kIconArrowRight}))
      shift(f, columns, column, 1, true);
    kit::menu_separator(f.kit);
  }
  if (kit::menu_item(f.kit, "columns.choose", tr(Str::columns_choose), {.icon = kIconColumns3})) f.view.columns_open = true;
  if (kit::menu_item(f.kit, "columns.reset", tr(Str::columns_reset), {.icon = kIconUndo, .enabled = f.view.columns != ListColumnChoice{}}))
    reset(f);
  kit::end_menu(f.kit);
}

void draw_columns_dialog(UiFrame& f) {
  if (!kit::begin_dialog(f.kit, "traces.columns_dialog", tr(Str::columns_title), f.view.columns_open, {.width_pt = 400})) return;
  const ListColumns columns = make_list_columns(f, is_few(f));
  const size_t shown = count_shown(columns);
  for (size_t place = 0; place < columns.order.size(); ++place) {
    const size_t i = columns.order[place];
    const std::string& key = columns.keys[i];
    const std::string_view title = columns.list[i].title;
    bool on = !columns.list[i].hidden;
    const float left = ImGui::GetCursorPosX();
    const float right = left + kit::width_left() - 2 * px(kit::kControlHeight);
    if (kit::checkbox(f.kit, kit::id_with("columns.show", key), title, on, !on || shown > 1)) show(f, columns, i, on);
    ImGui::SameLine(right);
    kit::IconButtonOptions options;
    options.enabled = place > 0;
    if (kit::icon_button(f.kit, kit::id_with("columns.earlier", key), kIconArrowUp, kit::tr_format(Str::columns_earlier, {title}), options))
      shift(f, columns, i, -1, false);
    ImGui::SameLine(right + px(kit::kControlHeight));
    options.enabled = place + 1 < columns.order.size();
    if (kit::icon_button(f.kit, kit::id_with("columns.later", key), kIconArrowDown, kit::tr_format(Str::columns_later, {title}), options))
      shift(f, columns, i, 1, false);
  }
  kit::dialog_footer(f.kit);
  if (kit::dialog_button(f.kit, "columns.close", tr(Str::kit_close), true)) f.view.columns_open = false;
  if (kit::dialog_button(f.kit, "columns.reset", tr(Str::columns_reset), false, f.view.columns != ListColumnChoice{})) reset(f);
  kit::end_dialog(f.kit);
}

}  // namespace assay::ui
