#include "ui/views/query_box.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/failure_text.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr size_t kShownRows = 8;

// The offers that belong to the text in the box, or none.
const std::vector<search::Completion>* offers_of(const UiFrame& f) {
  const app::Completer& completer = f.session.completer();
  const QueryPopup& popup = f.view.query_popup;
  if (!popup.asked || popup.dismissed || popup.history || completer.offers().empty()) return nullptr;
  return completer.query() == f.view.query && completer.caret_bytes() == popup.caret ? &completer.offers() : nullptr;
}

size_t count_rows(const UiFrame& f) {
  if (f.view.query_popup.history) return f.session.settings().query_history.size();
  const auto* offers = offers_of(f);
  return offers == nullptr ? 0 : offers->size();
}

void ask(UiFrame& f, bool on_demand) {
  QueryPopup& popup = f.view.query_popup;
  popup.asked = true;
  popup.selected = -1;
  f.emit(CommandId::SearchComplete, {{"query", f.view.query},
                                     {"caret", std::to_string(popup.caret)},
                                     {"demand", on_demand ? "1" : ""}});
}

void close(UiFrame& f) {
  QueryPopup& popup = f.view.query_popup;
  popup.history = false;
  popup.selected = -1;
  if (popup.asked) f.emit(CommandId::SearchComplete);
  popup.asked = false;
}

// The text becomes `query`, with the caret at a place and in the box.
void write_query(UiFrame& f, std::string query, size_t caret) {
  QueryPopup& popup = f.view.query_popup;
  f.view.query = std::move(query);
  popup.caret = popup.place_caret = caret;
  popup.dismissed = false;
  if (!f.view.query_active) f.view.focus_search = true;
  f.view.query_active = true;  // what is in the box counts, not yet the session's query
  f.emit(CommandId::SearchSet, {{"query", f.view.query}});
}

void take(UiFrame& f, size_t row) {
  QueryPopup& popup = f.view.query_popup;
  if (popup.history) {
    const std::vector<std::string>& history = f.session.settings().query_history;
    if (row >= history.size()) return;
    const std::string query = history[row];
    close(f);
    write_query(f, query, query.size());
    return;
  }
  app::Completer::Taken taken = f.session.completer().taken(row);
  write_query(f, std::move(taken.query), taken.caret_bytes);
  ask(f, false);
}

void act_on_key(UiFrame& f, kit::FieldKey key) {
  QueryPopup& popup = f.view.query_popup;
  const int count = static_cast<int>(count_rows(f));
  switch (key) {
    case kit::kFieldKeyDown:
      if (count == 0) {
        popup.dismissed = false;
        ask(f, true);
      } else {
        popup.selected = popup.selected + 1 >= count ? (popup.history ? count - 1 : 0) : popup.selected + 1;
      }
      break;
    case kit::kFieldKeyUp:
      if (count > 0) {
        popup.selected = popup.selected <= 0 ? (popup.history ? 0 : count - 1) : popup.selected - 1;
      } else if (f.view.query.empty() && !f.session.settings().query_history.empty()) {
        popup.history = true;
        popup.dismissed = false;
        popup.selected = 0;
      }
      break;
    case kit::kFieldKeyTab:
    case kit::kFieldKeyEnter:
      if (count > 0) take(f, static_cast<size_t>(std::clamp(popup.selected, 0, count - 1)));
      return;
    case kit::kFieldKeyEscape:
      popup.dismissed = true;
      close(f);
      return;
    default:
      return;
  }
  popup.scroll_to_selected = true;
}

// What is wrong with the query in the box, or not as one would think.
const std::optional<app::QueryError>& problem_of(const UiFrame& f) {
  const app::TraceList& list = f.session.traces();
  return list.error() ? list.error() : list.warning_place();
}

void apply_suggestion(UiFrame& f) {
  const auto& error = problem_of(f);
  if (!error || error->suggestion.empty()) return;
  std::string query = f.view.query;
  const size_t at = std::min<size_t>(error->at_byte, query.size());
  query.replace(at, error->size_bytes, error->suggestion);
  close(f);
  write_query(f, std::move(query), at + error->suggestion.size());
}

// --- The list ----------------------------------------------------------------------------------------------

struct RowText {
  std::string text;
  std::string note;
};

RowText row_text(const UiFrame& f, size_t row) {
  if (f.view.query_popup.history) return {kit::one_line(f.session.settings().query_history[row], 300), {}};
  const search::Completion& offer = f.session.completer().offers()[row];
  RowText out{kit::one_line(offer.shown, 200), {}};
  if (offer.is_counted) {
    out.note = kit::format_count(offer.traces);
    if (f.session.completer().is_partial()) out.note += "+";
  } else if (!offer.same_as.empty()) {
    out.note = "= " + offer.same_as;
  }
  return out;
}

void draw_list(UiFrame& f, size_t count) {
  QueryPopup& popup = f.view.query_popup;
  std::vector<RowText> rows(count);
  float width = px(popup.history ? 320 : 190);
  for (size_t i = 0; i < count; ++i) {
    rows[i] = row_text(f, i);
    const float note = rows[i].note.empty() ? 0 : kit::text_width(f.kit, rows[i].note, kit::TextStyle::Small) + px(24);
    width = std::max(width, kit::text_width(f.kit, rows[i].text, kit::TextStyle::Mono) + note + px(32));
  }
  const kit::Rect& box = f.view.search_rect;
  width = std::min(width, std::max(px(260), std::min(px(520), box.width())));
  const float row_height = px(26);
  const float height = row_height * static_cast<float>(std::min(count, kShownRows)) + px(10);
  float x = box.x0;
  if (!popup.history) {
    const std::string_view before = std::string_view(f.view.query).substr(0, f.session.completer().place().begin_byte);
    x = popup.text_x + kit::text_width(f.kit, before, kit::TextStyle::Mono) - px(13);
  }
  const float screen = ImGui::GetIO().DisplaySize.x;
  x = std::floor(std::max(px(4), std::min({x, box.x1 - px(120), screen - width - px(8)})));
  const kit::Rect rect{x, box.y1 + px(4), x + width, box.y1 + px(4) + height};
  kit::RegionOptions options;
  options.background = Color::Raised;
  options.borders = kit::kBorderAll;
  options.radius_pt = px(kit::kRadius);
  options.padding_x_pt = options.padding_y_pt = px(5);
  options.scroll_y = true;
  options.role = kit::Role::Listbox;
  options.name = tr(popup.history ? Str::search_history : Str::search_offers);
  kit::begin_region(f.kit, popup.history ? "search.history" : "search.offers", rect, options);
  std::optional<size_t> taken;
  {
    const TightRows tight;
    for (size_t i = 0; i < count; ++i) {
      kit::ListRowOptions row_options;
      row_options.role = kit::Role::Option;
      row_options.height_pt = row_height;
      row_options.selected = static_cast<int>(i) == popup.selected;
      row_options.value = rows[i].note;
      row_options.on_press = true;
      row_options.set_size = static_cast<int64_t>(count);
      row_options.position = static_cast<int64_t>(i) + 1;
      const kit::ListRowResult row =
          kit::list_row(f.kit, kit::id_with(popup.history ? "search.past" : "search.offer", static_cast<int64_t>(i)),
                        rows[i].text, row_options);
      if (row_options.selected && popup.scroll_to_selected) ImGui::SetScrollHereY(0.5F);
      if (row.clicked) taken = i;
      if (!row.visible) continue;
      ImDrawList* list = ImGui::GetWindowDrawList();
      const float note = kit::text_width(f.kit, rows[i].note, kit::TextStyle::Small);
      kit::draw_text(f.kit, list, {row.rect.x0 + px(8), row.rect.y0, row.rect.x1 - note - px(16), row.rect.y1},
                     rows[i].text, kit::TextStyle::Mono);
      kit::draw_text(f.kit, list, {row.rect.x0, row.rect.y0, row.rect.x1 - px(8), row.rect.y1}, rows[i].note,
                     kit::TextStyle::Small, Color::TextSecondary, kit::Align::Right);
    }
  }
  popup.scroll_to_selected = false;
  kit::end_region(f.kit);
  if (taken) {
    f.view.query_active = false;  // the press took the focus away
    take(f, *taken);
  }
}

void draw_problem(UiFrame& f) {
  const app::TraceList& list = f.session.traces();
  if (list.query() != f.view.query || f.view.query.empty()) return;
  if (!list.error() && list.warning().empty()) return;
  const kit::Rect& box = f.view.search_rect;
  const float width = std::max(box.width(), px(300));
  kit::RegionOptions options;
  options.background = Color::Raised;
  options.borders = kit::kBorderAll;
  options.radius_pt = px(kit::kRadius);
  options.padding_x_pt = px(12);
  options.padding_y_pt = px(8);
  options.auto_height = true;
  kit::begin_region(f.kit, "search.error_panel",
                    kit::Rect{box.x0, box.y1 + px(4), box.x0 + width, box.y1 + px(4)}, options);
  if (list.error()) {
    kit::inline_error(f.kit, "search.error", query_text(list.error()->message));
  } else {
    kit::inline_note(f.kit, "search.warning", query_text(list.warning()), kIconTriangleAlert, Color::Warn);
  }
  if (const auto& problem = problem_of(f); problem && !problem->suggestion.empty()) {
    const std::string shown = kit::one_line(problem->suggestion, 120);
    if (kit::link(f.kit, "search.suggestion", kit::tr_format(Str::search_use_suggestion, {shown}))) apply_suggestion(f);
    kit::same_row(px(8));
    kit::key_hint(f.kit, kit::chord_label("Alt+Enter", f.kit.os));
  }
  kit::end_region(f.kit);
}

}  // namespace

bool search_is_wrong(const UiFrame& f) { return f.session.traces().error().has_value() && !f.view.query_popup.shown; }

// The field as typed is the view's; the session's query follows it and may change under it (links,
// back).
void draw_query_box(UiFrame& f, float width_pt) {
  ViewState& view = f.view;
  QueryPopup& popup = view.query_popup;
  const std::string& session_query = f.session.route().query;
  if (!view.query_active && view.query != session_query) view.query = session_query;

  const app::TraceList& list = f.session.traces();
  const bool has_error = list.error().has_value() && list.query() == view.query;
  kit::TextInputOptions options;
  options.width_pt = width_pt;
  options.name = tr(Str::search_name);
  options.icon = kIconSearch;
  options.clear_button = true;
  options.mono = true;
  options.search = true;
  options.take_focus = view.focus_search;
  options.select_all_on_focus = view.focus_search && popup.place_caret == QueryPopup::kNoCaret;
  // What is still being written is not wrong yet.
  const bool is_being_written = popup.shown && has_error;
  options.invalid = has_error && !is_being_written;
  // So narrow are windows of phones, which have no such keys.
  const std::string chord = width_pt < px(320) ? std::string() : key_label(f, CommandId::UiFocusSearch);
  options.chord = chord;
  // The longest that stands there whole.
  const float taken = px(28 + 16) + (chord.empty() ? 0 : kit::key_hint_width(f.kit, chord) + px(8));
  for (const Str text : {Str::search_placeholder, Str::search_placeholder_short, Str::search_name}) {
    options.placeholder = tr(text);
    if (kit::text_width(f.kit, options.placeholder, kit::TextStyle::Mono) + taken <= width_pt) break;
  }
  std::string correction;
  if (list.query() == view.query && problem_of(f) && !is_being_written) {
    const app::QueryError& error = *problem_of(f);
    options.error_is_warning = !has_error;
    const size_t size = view.query.size();
    options.error_from = std::min<size_t>(error.at_byte, size);
    options.error_to = error.size_bytes == 0
                           ? size
                           : std::min<size_t>(options.error_from + error.size_bytes, size);
    if (!error.suggestion.empty()) {
      correction = kit::tr_format(Str::search_use_suggestion, {error.suggestion});
      options.error_id = "search.correct";
      options.error_name = correction;
    }
  }
  const bool has_rows = popup.shown && count_rows(f) > 0;
  options.claimed_keys = kit::kFieldKeyUp | kit::kFieldKeyDown;
  if (!correction.empty()) options.claimed_keys |= kit::kFieldKeyAltEnter;
  if (has_rows) {
    options.claimed_keys |= kit::kFieldKeyTab | kit::kFieldKeyEscape;
    // Enter sends what is written, unless something was chosen with the arrows.
    if (popup.selected >= 0) options.claimed_keys |= kit::kFieldKeyEnter;
  }
  if (popup.place_caret != QueryPopup::kNoCaret) options.place_caret = popup.place_caret;
  view.focus_search = false;
  const kit::TextInputResult result = kit::text_input(f.kit, "top.search", view.query, options);
  const bool left =
      view.query_active && !result.active && !options.take_focus && result.key == kit::kFieldKeyNone;
  const bool waits_for_focus = popup.place_caret != QueryPopup::kNoCaret && !result.caret_placed;
  if (result.caret_placed) popup.place_caret = QueryPopup::kNoCaret;
  view.query_active = result.active || waits_for_focus;
  popup.text_x = result.text_x;
  view.search_rect = {ImGui::GetItemRectMin().x, ImGui::GetItemRectMin().y,
                      ImGui::GetItemRectMax().x, ImGui::GetItemRectMax().y};
  if (result.changed || result.cleared) {
    f.emit(CommandId::SearchSet, {{"query", view.query}});
    popup.dismissed = popup.history = false;
    popup.caret = result.active ? result.caret_bytes : view.query.size();
    if (result.active && !result.cleared) ask(f, false);
  } else if (result.active && result.caret_bytes != popup.caret && !waits_for_focus && !result.caret_placed) {
    popup.caret = result.caret_bytes;
    close(f);
  }
  if (result.key != kit::kFieldKeyNone) act_on_key(f, result.key);
  if (result.error_clicked || result.key == kit::kFieldKeyAltEnter) {
    if (result.error_clicked) view.query_active = false;
    apply_suggestion(f);
  }
  if (result.submitted) {
    close(f);
    popup.dismissed = true;
    if (f.session.route().place != app::Place::Traces) f.emit(CommandId::GoTraces);
  }
  if ((result.submitted || left) && !list.error() && list.query() == view.query)
    f.emit(CommandId::SearchRemember, {{"query", view.query}});
}

void draw_below_query_box(UiFrame& f) {
  QueryPopup& popup = f.view.query_popup;
  if (f.view.search_rect.empty()) return;
  const bool was_shown = popup.shown;
  const size_t count = count_rows(f);
  // In the frame of a press on the list the box has lost the focus already.
  const bool pressed = was_shown && ImGui::IsMouseClicked(ImGuiMouseButton_Left);
  popup.shown = count > 0 && (f.view.query_active || pressed);
  if (popup.shown) {
    draw_list(f, count);
    return;
  }
  if (!f.view.query_active && (popup.history || popup.asked)) close(f);
  draw_problem(f);
}

}  // namespace assay::ui
