#include "ui/views/trace_list.h"

#include <algorithm>
#include <cstdio>

#include "core/base/time.h"
#include "core/base/utf8.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/virtual_table.h"
#include "ui/kit/widgets.h"
#include "ui/views/assessed.h"
#include "ui/views/bulk_view.h"
#include "ui/views/content.h"
#include "ui/views/failure_text.h"
#include "ui/views/found_words.h"
#include "ui/views/list_columns.h"
#include "ui/views/parts.h"
#include "ui/views/query_box.h"
#include "ui/views/review_view.h"
#include "ui/views/text.h"
#include "ui/views/top_bar.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::TraceRow;

namespace {

constexpr size_t kCellBytes = 300;  // of a text that a cell may show

void draw_state_cell(UiFrame& f, kit::CellPainter& cell, store::TraceState state) {
  const char* icon = nullptr;
  Color color = Color::TextDisabled, text_color = Color::TextSecondary;
  Str text = Str::state_unknown;
  switch (state) {
    case store::TraceState::Ok:
      icon = kIconCircleCheck, color = Color::Pass, text = Str::state_ok;
      break;
    case store::TraceState::Error:
      icon = kIconCircleX, color = text_color = Color::Fail, text = Str::state_error;
      break;
    case store::TraceState::InProgress:
      icon = kIconCircleDashed, color = Color::Info, text = Str::state_running;
      break;
    case store::TraceState::Unspecified:
      cell.text("–", color);
      return;
  }
  if (cell.rect.width() >= px(60)) {
    cell.icon_text(icon, tr(text), color, text_color);
    return;
  }
  kit::draw_icon(f.kit, cell.list,
                 {cell.rect.x0 + px(8), cell.rect.y0, cell.rect.x0 + px(24), cell.rect.y1}, icon,
                 color, 16);
  cell.describe(tr(text));
}

// With the words of the search marked.
void found_text(UiFrame& f, kit::CellPainter& cell, std::string_view text, Color token) {
  if (f.session.traces().words().empty()) {
    cell.text(text, token);
  } else {
    cell.text_marked(text, find_words(f, text, 1000, 20), token);
  }
}

void draw_preview(UiFrame& f, kit::CellPainter& cell, TextRef ref, Color token) {
  const store::Dataset& dataset = f.session.dataset();
  std::string_view raw = dataset.raw(ref);
  if (raw.size() > 2 * kCellBytes) {  // unescape no more than what can be seen
    ref.size_bytes = static_cast<uint32_t>(utf8_prefix(raw, 2 * kCellBytes).size());
  }
  std::string scratch;
  const store::TextLookup lookup = dataset.text(ref, scratch);
  if (lookup.status == store::TextStatus::Pending) {
    cell.skeleton();
    return;
  }
  found_text(f, cell, readable_preview(lookup.text, kCellBytes), token);
}

// A time of another year takes the form that sorts, in any language; where that has no room, the day alone.
void draw_old_time(UiFrame& f, kit::CellPainter& cell, const CivilTime& t) {
  f.view.list_has_old_times = true;
  char day[32], whole[40];
  snprintf(day, sizeof day, "%04d-%02d-%02d", static_cast<int>(t.year), static_cast<int>(t.month), static_cast<int>(t.day));
  snprintf(whole, sizeof whole, "%s %02d:%02d", day, static_cast<int>(t.hour), static_cast<int>(t.minute));
  if (kit::text_width(f.kit, whole) <= cell.rect.width()) return cell.text(whole, Color::TextSecondary);
  cell.describe(whole);
  cell.text(day, Color::TextSecondary);
  if (cell.row_hovered && cell.rect.contains(ImGui::GetIO().MousePos)) kit::tooltip(f.kit, whole);
}

void draw_time(UiFrame& f, kit::CellPainter& cell, int64_t time_ns) {
  if (time_ns == kNoTime) return cell.text("");
  // The clock for a day's worth of traces, else the date before it.
  const CivilTime t = civil_from_ns(time_ns + int64_t{f.kit.utc_offset_minutes} * 60'000'000'000);
  const CivilTime now =
      civil_from_ns(f.now_ms * 1'000'000 + int64_t{f.kit.utc_offset_minutes} * 60'000'000'000);
  if (t.year != now.year) return draw_old_time(f, cell, t);
  const bool today = t.month == now.month && t.day == now.day;
  const std::string clock = kit::format_clock(time_ns);
  cell.text(today ? clock : kit::format_date(time_ns) + " " + clock.substr(0, 5), Color::TextSecondary);
}

void draw_fixed_cell(UiFrame& f, kit::CellPainter& cell, TraceRow row) {
  const store::Dataset& dataset = f.session.dataset();
  switch (cell.column) {
    case kTime:
      draw_time(f, cell, dataset.request_time_ns(row));
      return;
    case kName:
      found_text(f, cell, trace_title(dataset, row), Color::Text);
      return;
    case kState:
      draw_state_cell(f, cell, dataset.state(row));
      return;
    case kDuration: {
      const int64_t ms = dataset.duration_ms(row);
      cell.text(ms == kNoTime ? "" : kit::format_duration_ns(ms * 1'000'000), Color::TextSecondary);
      return;
    }
    case kRequest:
      draw_preview(f, cell, dataset.request_preview(row), Color::Text);
      return;
    case kResponse:
      draw_preview(f, cell, dataset.response_preview(row), Color::TextSecondary);
      return;
    case kTokens: {
      const int64_t tokens = dataset.total_tokens(row);
      cell.text(tokens < 0 ? "" : kit::format_count(tokens), Color::TextSecondary);
      return;
    }
    case kCost: {
      const double cost = dataset.cost_usd(row);
      cell.text(cost < 0 ? "" : kit::format_cost_usd(cost), Color::TextSecondary);
      return;
    }
    case kSession:
      found_text(f, cell, dataset.name_text(dataset.session(row)), Color::TextSecondary);
      return;
    case kUser:
      found_text(f, cell, dataset.name_text(dataset.user(row)), Color::TextSecondary);
      return;
    case kTraceId:
      cell.text(dataset.trace_id(row), Color::TextSecondary, kit::TextStyle::MonoSmall);
      return;
    default:
      return;
  }
}

// Of a cell that stands for several assessments of a name: each of them, the one that is shown first.
std::string values_tip(UiFrame& f, TraceRow row, const app::AssessmentColumn& column) {
  constexpr size_t kMaxLines = 8;
  const store::Dataset& dataset = f.session.dataset();
  const std::vector<AssessmentGroup> groups = group_assessments(dataset.assessments(row), blind_reviewer(f));
  const auto group = std::find_if(groups.begin(), groups.end(), [&](const AssessmentGroup& g) {
    return g.name == column.name && g.kind == column.kind;
  });
  if (group == groups.end()) return {};
  std::string tip;
  size_t lines = 0;
  for (const store::Assessment* a : group->in_force) {
    if (++lines > kMaxLines) continue;
    if (!tip.empty()) tip += '\n';
    tip += kit::one_line(verdict_text(f, *a), 80);
    if (const std::string told = threshold_text(*a); !told.empty()) tip += " · " + told;
    tip += std::string(" · ") + tr(source_look(a->source_type).name);
    if (!a->source_id.empty() && a->source_id != "default") tip += " " + a->source_id;
    const auto span = a->span_id.empty() ? std::nullopt : dataset.find_span(row, a->span_id);
    if (span && dataset.root_span(row) != span) tip += std::string(" · ") + std::string(dataset.name_text(dataset.span_name(*span)));
    if (const std::string when = short_when(f, a->create_time_ms); !when.empty()) tip += " · " + when;
  }
  if (lines > kMaxLines) tip += "\n" + kit::tr_count(Str::assess_more_values, static_cast<int64_t>(lines - kMaxLines));
  return tip;
}

void draw_cell(UiFrame& f, kit::CellPainter& cell) {
  const app::TraceList& list = f.session.traces();
  const TraceRow row = list.rows()[static_cast<size_t>(cell.row)];
  if (cell.column < kFixedColumns) {
    draw_fixed_cell(f, cell, row);
    return;
  }
  const app::AssessmentColumn& column =
      list.assessment_columns()[static_cast<size_t>(cell.column - kFixedColumns)];
  const CellValue value =
      cell_value(f.session.dataset().assessments(row), column.name, column.kind, blind_reviewer(f));
  const bool hovered = cell.row_hovered && cell.rect.contains(ImGui::GetIO().MousePos);
  if (hovered) f.view.annotate.hovered_column = cell.column - kFixedColumns;
  draw_assessment_cell(f, cell, value.assessment, value.valid_count,
                       hovered && value.valid_count > 1 ? values_tip(f, row, column) : std::string());
}

int sort_column_of(const ListColumns& columns, std::string_view key) {
  const auto at = std::find(columns.keys.begin(), columns.keys.end(), key);
  return at == columns.keys.end() ? -1 : static_cast<int>(at - columns.keys.begin());
}

std::string trace_id_at(const UiFrame& f, int64_t position) {
  const auto& rows = f.session.traces().rows();
  if (position < 0 || position >= static_cast<int64_t>(rows.size())) return {};
  return std::string(f.session.dataset().trace_id(rows[static_cast<size_t>(position)]));
}

void open_at(UiFrame& f, int64_t position) {
  const std::string id = trace_id_at(f, position);
  if (!id.empty() && id != f.session.route().trace_id)
    f.emit(CommandId::TraceOpen, {{"trace_id", id}});
}

void act_on(UiFrame& f, const kit::TableResult& result, const ListColumns& columns) {
  if (result.clicked) open_at(f, *result.clicked);
  if (result.activated) open_at(f, *result.activated);
  if (result.toggled_range) {
    f.emit(CommandId::SelectRange, {{"from", trace_id_at(f, result.toggled_range->first)},
                                    {"to", trace_id_at(f, result.toggled_range->second)}});
  } else if (result.toggled) {
    f.emit(CommandId::SelectToggle, {{"trace_id", trace_id_at(f, *result.toggled)}});
  }
  if (result.header_toggled) {
    const bool all = f.session.selected_in_list() == f.session.traces().rows().size();
    f.emit(all ? CommandId::SelectNone : CommandId::SelectAll);
  }
  if (!result.sort_changed) return;
  if (f.view.list.sort_column >= 0) {
    const std::string key(columns.list[static_cast<size_t>(f.view.list.sort_column)].key);
    f.emit(CommandId::SearchSort,
           {{"key", key}, {"direction", f.view.list.sort_descending ? "desc" : "asc"}});
  } else {
    // Let go of: newest first, as at the beginning. Of that itself, oldest first.
    const app::TraceList& list = f.session.traces();
    const bool newest_first = list.sort_key() == "time" && list.sort_descending() && !list.ordered_by_query();
    f.emit(CommandId::SearchSort, {{"key", "time"}, {"direction", newest_first ? "asc" : "desc"}});
  }
}

void draw_table(UiFrame& f, float height_pt) {
  const app::TraceList& list = f.session.traces();
  const bool few = f.view.list_width_pt < px(760);
  look_for_filled_columns(f);
  const ListColumns columns = make_list_columns(f, few);
  ViewState& view = f.view;
  view.list.sort_column = list.ordered_by_query() ? -1 : sort_column_of(columns, list.sort_key());
  view.list.sort_descending = list.sort_descending();

  kit::TableSpec spec;
  spec.id = "traces";
  spec.name = tr(Str::traces_table);
  spec.columns = columns.list;
  spec.order = columns.order;
  spec.movable_columns = true;
  spec.row_count = static_cast<int64_t>(list.rows().size());
  spec.size = ImVec2(0, height_pt);
  spec.checkboxes = true;
  const uint32_t selected = f.session.selected_in_list();
  spec.header_check_state = selected == 0 ? 0 : selected == list.rows().size() ? 1 : -1;
  spec.loading = list.working() && list.rows().empty();
  spec.dimmed = search_is_wrong(f);
  const auto is_checked = [&](int64_t row) {
    return f.session.is_selected(list.rows()[static_cast<size_t>(row)]);
  };
  spec.is_checked = is_checked;
  const auto row_key = [&](int64_t row) {
    return f.session.dataset().trace_id(list.rows()[static_cast<size_t>(row)]);
  };
  spec.row_key = row_key;
  if (const auto open = f.session.open_trace()) {
    if (const auto position = list.position_of(*open)) {
      spec.selected_row = *position;
      const std::string_view id = f.session.dataset().trace_id(*open);
      if (view.list_shown_trace != id) {
        view.list_shown_trace = id;
        view.list.scroll_to_row = *position;
        view.list.focused_row = *position;
      }
    }
  }
  if (view.list_generation != list.generation()) {
    view.list_generation = list.generation();
    view.list.focused_row = std::min<int64_t>(view.list.focused_row, spec.row_count - 1);
  }
  const auto painter = [&](kit::CellPainter& cell) { draw_cell(f, cell); };
  view.annotate.hovered_column = -1;
  put_widths(f, columns);
  const kit::TableResult result = kit::virtual_table(f.kit, spec, view.list, painter);
  keep_widths(f, columns);
  act_on(f, result, columns);
  if (result.left_at_start && view.facets.has_room && view.facets.open) f.emit(CommandId::UiFocusFacets);
  act_on_columns(f, result, columns);
  draw_column_menu(f, columns);
  // The value of a cell: by right click or the Menu key, or E on the row that the keyboard stands on.
  const auto edit = kit::parse_chord("E");
  if (result.context_menu)
    open_cell_dialog(f, trace_id_at(f, *result.context_menu), view.annotate.hovered_column);
  else if (result.focused && !kit::dialog_is_open() && edit && kit::chord_pressed(*edit) && view.list.focused_row >= 0)
    open_cell_dialog(f, trace_id_at(f, view.list.focused_row), -1);
}

void draw_footer(UiFrame& f, const kit::Rect& rect) {
  kit::line_horizontal(f.kit, rect.x0, rect.x1, rect.y0);
  const float y = rect.y0 + (rect.height() - px(kit::kControlHeightCompact)) / 2;
  const app::TraceList& list = f.session.traces();
  const bool some = list.found_so_far() > 0;
  const int64_t found = some ? int64_t{list.found_so_far()} : static_cast<int64_t>(list.rows().size());
  std::string text = kit::tr_format(some ? Str::search_status_so_far : Str::traces_footer,
                                    {kit::format_count(found), kit::format_count(f.session.dataset().trace_count())});
  if (search_is_wrong(f)) text = tr(Str::traces_of_before);
  const uint32_t selected = f.session.selected_count();
  const uint32_t shown_selected = f.session.selected_in_list();
  const auto matching = list.error() ? 0 : static_cast<uint32_t>(list.rows().size());
  if (selected > 0) text += " · " + kit::tr_count(Str::traces_selected, selected);
  if (selected > shown_selected)
    text += " " + kit::tr_format(Str::traces_selected_hidden, {kit::format_count(selected - shown_selected)});
  ImGui::SetCursorScreenPos(ImVec2(rect.x0 + px(12), y + px(5)));
  kit::text_node(f.kit, "traces.footer", text, kit::TextStyle::Small, Color::TextSecondary,
                 kit::Role::Status);

  // At the left: toasts come up at the right.
  kit::ButtonOptions options;
  options.kind = kit::ButtonKind::Ghost;
  options.size = kit::ControlSize::Compact;
  float x = rect.x0 + px(12) + kit::text_width(f.kit, text, kit::TextStyle::Small) + px(8);
  // Where the words have no room, the icons say it alone.
  const bool narrow = rect.width() < px(selected > 0 ? 850 : 420);
  const auto action = [&](std::string_view id, std::string_view label, const char* icon, bool has_popup) {
    ImGui::SetCursorScreenPos(ImVec2(x, y));
    bool pressed = false;
    if (narrow) {
      kit::IconButtonOptions compact;
      compact.size = kit::ControlSize::Compact;
      compact.has_popup = has_popup;
      pressed = kit::icon_button(f.kit, id, icon, label, compact);
    } else {
      options.icon = icon;
      options.has_popup = has_popup;
      pressed = kit::button(f.kit, id, label, options);
    }
    x = ImGui::GetItemRectMax().x + px(4);
    return pressed;
  };
  // The rows that can be seen are not all that match.
  if (shown_selected < matching && selected > 0 &&
      action("traces.select_all", kit::tr_format(Str::traces_select_all, {kit::format_count(matching)}), kIconListChecks, false))
    f.emit(CommandId::SelectAll);
  if (selected > 0 && action("traces.select_none", tr(Str::traces_select_none), kIconX, false)) f.emit(CommandId::SelectNone);
  const size_t concerned = selected > 0 ? selected : matching;
  if (concerned > 0 && action("traces.assess", kit::tr_count(Str::bulk_button, static_cast<int64_t>(concerned)), kIconSquarePen, false))
    open_bulk_dialog(f);
  if (selected == 2 && action("traces.compare", tr(Str::traces_compare), kIconGitCompare, false)) f.emit(CommandId::UiCompare);
  if (action("traces.columns", tr(Str::columns_title), kIconColumns3, true)) f.view.columns_open = true;
  if (action("traces.export", tr(Str::traces_export), kIconDownload, true)) kit::open_popup(f.kit, "traces.export_menu");
  if (kit::begin_menu(f.kit, "traces.export_menu", tr(Str::traces_export))) {
    draw_export_items(f);
    kit::end_menu(f.kit);
  }
}

void draw_no_match(UiFrame& f, const kit::Rect& rect) {
  kit::begin_region(f.kit, "traces.no_match", rect, {.background = Color::Surface});
  const std::string clear = tr(Str::traces_clear_filter);
  std::vector<kit::EmptyAction> actions = {{"traces.clear_filter", clear, kIconX, true}};
  constexpr std::string_view kNearIds[] = {"traces.near[0]", "traces.near[1]", "traces.near[2]"};
  const auto& near = f.session.traces().near_words();
  const size_t offered = std::min(near.size(), std::size(kNearIds));
  std::vector<std::string> texts(offered);
  for (size_t i = 0; i < offered; ++i) {
    texts[i] = kit::tr_format(Str::search_near, {near[i].word});
    actions.push_back({kNearIds[i], texts[i], kIconSearch, false});
  }
  const int chosen = kit::empty_state(f.kit, "traces.none", kIconListFilter, tr(Str::traces_none_title),
                                      tr(Str::traces_none_text), actions);
  if (chosen >= 0) {
    f.view.query_active = false;
    f.emit(CommandId::SearchSet, {{"query", chosen == 0 ? std::string() : near[static_cast<size_t>(chosen) - 1].word}});
  }
  kit::end_region(f.kit);
}

}  // namespace

void draw_assessment_cell(UiFrame& f, kit::CellPainter& cell, const store::Assessment* assessment,
                          uint32_t count, std::string tip) {
  if (assessment == nullptr) {
    cell.describe(tr(Str::cell_not_assessed));
    return;
  }
  const AssessedValue value = value_of(*assessment);
  std::string text = verdict_text(f, *assessment);
  if (count > 1) text += "  ×" + kit::format_count(count);
  if (assessment->has_error()) {
    std::string said = assessment->error_code;
    if (!said.empty() && !assessment->error_message.empty()) said += ": ";
    cell.describe(said + failure_text(assessment->error_message));
  }
  if (cell.row_hovered && cell.rect.contains(ImGui::GetIO().MousePos)) {
    if (tip.empty()) tip = verdict_tip(*assessment);
    if (!tip.empty()) {
      kit::tooltip(f.kit, tip);
      cell.row_hovered = false;  // a text that is cut has a tooltip of its own, which this one stands for
    }
  }
  switch (value.kind) {
    case ValueKind::Pass:
      cell.icon_text(kIconCheck, text, Color::Pass, Color::TextSecondary);
      return;
    case ValueKind::Fail:
      cell.icon_text(kIconX, text, Color::Fail, Color::Fail);
      return;
    case ValueKind::Error:
      cell.icon_text(kIconTriangleAlert, text, Color::Warn, Color::Warn);
      return;
    case ValueKind::None:
      cell.text("–", Color::TextDisabled);
      return;
    case ValueKind::Number:
      if (const std::optional<bool> passed = threshold_of(*assessment).passed)
        cell.icon_text(*passed ? kIconCheck : kIconX, text, *passed ? Color::Pass : Color::Fail, Color::Text);
      else
        cell.text(text);
      return;
    case ValueKind::Text:
    case ValueKind::Json:
      found_text(f, cell, kit::one_line(text, 200), Color::Text);
      return;
  }
}

void draw_trace_list(UiFrame& f) {
  const kit::Rect rect = kit::remaining_rect();
  f.view.list_width_pt = rect.width();
  const float footer = px(34);
  const app::TraceList& list = f.session.traces();
  const kit::Rect table{rect.x0, rect.y0, rect.x1, rect.y1 - footer};
  if (list.rows().empty() && !list.working() && !list.error() && !list.query().empty()) {
    draw_no_match(f, table);
  } else {
    draw_table(f, table.height());
  }
  draw_footer(f, {rect.x0, rect.y1 - footer, rect.x1, rect.y1});
}

}  // namespace assay::ui
