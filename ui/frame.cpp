#include "ui/frame.h"

#include <algorithm>

#include "core/base/late.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/address_view.h"
#include "ui/views/analysis_view.h"
#include "ui/views/annotate_panel.h"
#include "ui/views/bulk_view.h"
#include "ui/views/compare_view.h"
#include "ui/views/content.h"
#include "ui/views/drafts.h"
#include "ui/views/facet_rail.h"
#include "ui/views/failure_text.h"
#include "ui/views/import_view.h"
#include "ui/views/layout_state.h"
#include "ui/views/list_columns.h"
#include "ui/views/mapping_view.h"
#include "ui/views/note_marks.h"
#include "ui/views/palette_view.h"
#include "ui/views/part_view.h"
#include "ui/views/parts.h"
#include "ui/views/query_box.h"
#include "ui/views/reader_hits.h"
#include "ui/views/review_view.h"
#include "ui/views/runs_view.h"
#include "ui/views/scorers_view.h"
#include "ui/views/session_view.h"
#include "ui/views/settings_view.h"
#include "ui/views/shortcuts_view.h"
#include "ui/views/timeline_view.h"
#include "ui/views/top_bar.h"
#include "ui/views/trace_list.h"
#include "ui/views/trace_reader.h"
#include "ui/views/views_menu.h"

namespace assay::ui {

using app::CommandId;
using app::Place;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr float kCoverWidth = 1100;  // of the window: below it the reader covers the table
constexpr float kPhoneWidth = 700;   // below it one column, and the rail lies at the bottom

// --- Keys
// ---------------------------------------------------------------------------------------------

// Keys that a text field needs for itself, also with a modifier.
bool belongs_to_text(CommandId id) {
  return id == CommandId::Undo || id == CommandId::Redo || id == CommandId::SelectAll;
}

bool applies_here(const UiFrame& f, CommandId id) {
  const app::Route& route = f.session.route();
  switch (id) {
    case CommandId::TraceClose:
      return route.place == Place::Traces && (!route.trace_id.empty() || !route.session_id.empty()) && !f.view.query_active &&
             f.view.annotate.editing_id.empty();
    case CommandId::TraceNext:
    case CommandId::TracePrevious:
      return route.place == Place::Traces;
    case CommandId::UiHitNext:
    case CommandId::UiHitPrevious:
      return route.place == Place::Traces && f.session.can_execute(id);
    case CommandId::UiMaximizeReader:
    case CommandId::UiSlowestSpan:
    case CommandId::UiFirstError:
      return route.place == Place::Traces && f.session.open_trace().has_value();
    case CommandId::UiZoomIn:
    case CommandId::UiZoomOut:
    case CommandId::UiZoomAll:
    case CommandId::UiEarlier:
    case CommandId::UiLater:
      return route.place == Place::Traces && f.view.reader.tab == ReaderTab::Spans &&
             f.session.open_trace().has_value();
    case CommandId::UiAnnotate:
      return f.session.open_trace().has_value() && route.place != Place::Review;
    case CommandId::UiNote:
      return (f.session.open_trace().has_value() && route.place == Place::Traces) ||
             (route.place == Place::Review && !route.item_id.empty());
    default:
      return f.session.can_execute(id);
  }
}

void read_keys(UiFrame& f) {
  if (f.view.chords.empty() || f.view.chords_of != f.session.settings().keys) {
    f.view.chords.clear();
    f.view.chords_of = f.session.settings().keys;
    for (size_t i = 0; i < static_cast<size_t>(CommandId::kCount); ++i) {
      const auto id = static_cast<CommandId>(i);
      if (const auto chord = kit::parse_chord(app::chord_of(f.session.settings(), id)))
        f.view.chords.emplace_back(id, *chord);
    }
  }
  if (f.session.route().place != Place::Settings) f.view.settings.capturing = -1;
  if (kit::dialog_is_open() || f.view.settings.capturing >= 0) return;
  const bool typing = ImGui::GetIO().WantTextInput;
  // The Escape that closes a popup has closed it already when a frame begins.
  const bool popup_now = ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup);
  const bool popup = popup_now || f.view.popup_before;
  f.view.popup_before = popup_now;
  for (const auto& [id, chord] : f.view.chords) {
    if (typing && (belongs_to_text(id) || id == CommandId::TraceClose)) continue;
    if (popup && id == CommandId::TraceClose) continue;  // Escape closes the popup
    const bool repeats = id == CommandId::TraceNext || id == CommandId::TracePrevious ||
                         id == CommandId::UiHitNext || id == CommandId::UiHitPrevious ||
                         id == CommandId::Undo || id == CommandId::Redo || id == CommandId::UiEarlier ||
                         id == CommandId::UiLater;
    if (kit::chord_pressed(chord, repeats) && applies_here(f, id)) f.emit(id);
  }
}

// --- Notices
// ---------------------------------------------------------------------------------------------

void show_notices(UiFrame& f) {
  for (const app::Notice& notice : f.session.notices()) {
    if (notice.number <= f.view.notices_seen) continue;
    f.view.notices_seen = notice.number;
    std::string text = notice.text;
    if (notice.args.size() == 5 && (notice.key == "undone" || notice.key == "redone")) {
      text = kit::tr_format(notice.key == "undone" ? Str::undone : Str::redone,
                            {change_text(notice.args[0], notice.args[1], notice.args[2], "", notice.args[4])});
    } else if (notice.args.size() == 4 && (notice.key == "undone" || notice.key == "redone")) {
      text = kit::tr_format(notice.key == "undone" ? Str::undone : Str::redone,
                            {change_text(notice.args[0], notice.args[1], notice.args[2], notice.args[3])});
    } else if (!notice.key.empty()) {
      if (const char* pattern = kit::tr_key("notice." + notice.key)) {
        const std::string_view a0 =
            notice.args.empty() ? std::string_view(notice.text) : std::string_view(notice.args[0]);
        const std::string_view a1 =
            notice.args.size() > 1 ? std::string_view(notice.args[1]) : std::string_view();
        const std::string_view a2 =
            notice.args.size() > 2 ? std::string_view(notice.args[2]) : std::string_view();
        text = kit::format_text(pattern, {a0, a1, a2});
      }
    }
    if (notice.key.empty() && f.kit.language != kit::Language::English)
      text = call_late<static_cast<std::string (*)(std::string_view)>(&failure_text)>(text);
    switch (notice.kind) {
      case app::NoticeKind::Info:
        kit::toast(f.kit, kit::ToastKind::Neutral, text);
        break;
      case app::NoticeKind::Success:
        // The shortest word for the smallest thing: it lies over what is edited next.
        kit::toast(f.kit, kit::ToastKind::Pass, text, {}, {}, notice.key == "assessment_saved" ? 1.5 : 6);
        break;
      case app::NoticeKind::Warning:
        kit::toast(f.kit, kit::ToastKind::Warn, text, {}, {}, 10);
        break;
      case app::NoticeKind::Error:
        kit::toast(f.kit, kit::ToastKind::Fail, text, {}, {}, 14);
        break;
    }
  }
}

// Offered once a visit; later it stands in the settings.
void offer_update(UiFrame& f) {
  if (!f.view.update_ready || f.view.update_told) return;
  f.view.update_told = true;
  kit::toast(f.kit, kit::ToastKind::Neutral, tr(Str::update_ready), tr(Str::update_take), "update", 60);
}

// --- Layout
// ----------------------------------------------------------------------------------------------

struct PlaceItem {
  Place place;
  std::string_view id;
  const char* icon;
  Str text;
  CommandId command;
};
constexpr PlaceItem kPlaces[] = {
    {Place::Traces, "rail.traces", kIconListTree, Str::rail_traces, CommandId::GoTraces},
    {Place::Review, "rail.review", kIconClipboardList, Str::rail_review, CommandId::GoReview},
    {Place::Scorers, "rail.scorers", kIconScale, Str::rail_scorers, CommandId::GoScorers},
    {Place::Runs, "rail.runs", kIconChartBar, Str::rail_runs, CommandId::GoRuns},
    {Place::Analysis, "rail.analysis", kIconFlag, Str::rail_analysis, CommandId::GoAnalysis},
    {Place::Settings, "rail.settings", kIconSettings, Str::rail_settings, CommandId::GoSettings},
};

void draw_place_item(UiFrame& f, const PlaceItem& item) {
  const std::string chord =
      key_label(f, item.command);
  if (kit::nav_item(f.kit, item.id, item.icon, tr(item.text), f.session.route().place == item.place,
                    false, chord))
    f.emit(item.command);
}

void draw_logo(const kit::Rect& rect) {
  const ImVec2 c(rect.center_x(), rect.center_y());
  const float r = px(9);
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddQuadFilled(ImVec2(c.x, c.y - r), ImVec2(c.x + r, c.y), ImVec2(c.x, c.y + r),
                      ImVec2(c.x - r, c.y), kit::color(Color::Accent));
  const float q = px(3.5F);
  list->AddQuadFilled(ImVec2(c.x, c.y - q), ImVec2(c.x + q, c.y), ImVec2(c.x, c.y + q),
                      ImVec2(c.x - q, c.y), kit::color(Color::Background));
}

void draw_rail(UiFrame& f, const kit::Rect& rect, bool at_bottom) {
  kit::RegionOptions options;
  options.background = Color::Background;
  options.borders = at_bottom ? kit::kBorderTop : kit::kBorderRight;
  options.role = kit::Role::Navigation;
  options.name = tr(Str::rail);
  options.padding_x_pt = at_bottom ? 0 : px(4);
  kit::begin_region(f.kit, "rail", rect, options);
  if (at_bottom) {
    constexpr int kCount = static_cast<int>(std::size(kPlaces));
    const float width = rect.width() / static_cast<float>(kCount);
    for (int i = 0; i < kCount; ++i) {
      const float x = rect.x0 + width * static_cast<float>(i);
      kit::RegionOptions cell;
      cell.background = Color::Transparent;
      cell.role = kit::Role::None;
      kit::begin_region(f.kit, kit::id_with("rail.cell", i),
                        kit::Rect{x, rect.y0 + 1, x + width, rect.y1}, cell);
      draw_place_item(f, kPlaces[i]);
      kit::end_region(f.kit);
    }
  } else {
    draw_logo({rect.x0, rect.y0, rect.x1, rect.y0 + px(50)});
    ImGui::SetCursorScreenPos(ImVec2(rect.x0 + px(4), rect.y0 + px(58)));
    for (const PlaceItem& item : kPlaces) {
      if (item.place == Place::Settings) continue;
      draw_place_item(f, item);
      kit::gap(px(4));
    }
    ImGui::SetCursorScreenPos(ImVec2(rect.x0 + px(4), rect.y1 - px(62)));
    draw_place_item(f, kPlaces[std::size(kPlaces) - 1]);
  }
  kit::end_region(f.kit);
}

constexpr float kFacetListWidth = 560;  // the least that must be left for the table beside the facets

// Facets at the left of the list where there is room; returns the rest.
kit::Rect draw_facets_beside(UiFrame& f, const kit::Rect& area) {
  FacetState& facets = f.view.facets;
  const float most = std::min(px(420), area.width() - px(kFacetListWidth));
  facets.has_room = most >= px(180);
  if (!facets.has_room || !facets.open) return area;
  float width = std::clamp(px(facets.width_pt), px(180), most);
  const float right = area.x0 + width;
  kit::begin_region(f.kit, "facets", kit::Rect{area.x0, area.y0, right, area.y1},
                    {.background = Color::Background,
                     .borders = kit::kBorderRight,
                     .padding_x_pt = px(10),
                     .padding_y_pt = px(10),
                     .scroll_y = true,
                     .role = kit::Role::Region,
                     .name = tr(Str::facets_name)});
  call_late<&draw_facet_rail>(f);
  // The list stands at the right: so that way by the keyboard, too.
  if (ImGui::IsWindowFocused() && !ImGui::GetIO().WantTextInput && ImGui::IsKeyPressed(ImGuiKey_RightArrow, false)) f.emit(CommandId::UiFocusList);
  kit::end_region(f.kit);
  const kit::SplitterOptions options{
      .min_pt = px(180), .max_pt = most, .reset_pt = px(FacetState{}.width_pt), .name = tr(Str::facets_name)};
  if (kit::splitter(f.kit, "facets.splitter", {right - px(1), area.y0, right + px(2), area.y1}, width, options)) {
    facets.width_pt = width / px(1);
  }
  return {right, area.y0, area.x1, area.y1};
}

// What is being read: a session, two traces, or one.
void draw_reading(UiFrame& f, const kit::Rect& rect, std::optional<store::TraceRow> trace) {
  if (!f.session.route().session_id.empty()) {
    call_late<&draw_session>(f, rect);
  } else if (trace && !f.session.route().compare_id.empty()) {
    call_late<&draw_compare>(f, rect, *trace);
  } else if (trace) {
    call_late<&draw_trace_reader>(f, rect, *trace);
  } else {
    draw_missing_trace(f, rect);
  }
}

// Says that others' labels are hidden, over all of the place; returns the rest.
kit::Rect draw_blind_bar(UiFrame& f, const kit::Rect& body) {
  if (!f.view.blind) return body;
  const float height = px(36);
  kit::begin_region(f.kit, "blind", kit::Rect{body.x0, body.y0, body.x1, body.y0 + height},
                    {.background = Color::WarnWeak, .borders = kit::kBorderBottom, .padding_x_pt = px(14), .padding_y_pt = px(5)});
  const std::string key = key_label(f, CommandId::UiBlind);
  kit::ButtonOptions end;
  end.size = kit::ControlSize::Compact;
  end.icon = kIconEye;
  end.chord = key;
  const float button = kit::button_width(f.kit, tr(Str::blind_end), end);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList* list = ImGui::GetWindowDrawList();
  kit::draw_icon(f.kit, list, {at.x, at.y, at.x + px(18), at.y + px(26)}, kIconEyeOff, Color::Warn, 16);
  const kit::Rect text{at.x + px(26), at.y, body.x1 - button - px(26), at.y + px(26)};
  kit::draw_text(f.kit, list, text, tr(Str::blind_text), kit::TextStyle::Small, Color::Text);
  kit::SemItem item;
  item.role = kit::Role::Status;
  item.id = "blind.text";
  item.name = tr(Str::blind_text);
  item.rect = text;
  f.kit.semantics->add(item);
  ImGui::SetCursorScreenPos(ImVec2(body.x1 - button - px(14), at.y));
  if (kit::button(f.kit, "blind.end", tr(Str::blind_end), end)) f.emit(CommandId::UiBlind);
  kit::end_region(f.kit);
  return {body.x0, body.y0 + height, body.x1, body.y1};
}

void draw_traces_place(UiFrame& f, const kit::Rect& whole, float window_width) {
  const kit::Rect body = f.session.dataset().trace_count() > 0 ? draw_blind_bar(f, whole) : whole;
  if (f.session.dataset().trace_count() == 0) {
    // Also under a link to a trace: its file has to be opened first.
    if (!f.session.route().trace_id.empty() && !f.session.import_progress().active &&
        f.session.save_state().loaded) {
      kit::begin_region(
          f.kit, "reader.missing_note", kit::Rect{body.x0, body.y0, body.x1, body.y0 + px(36)},
          {.background = Color::InfoWeak, .padding_x_pt = px(16), .padding_y_pt = px(9)});
      kit::text_node(f.kit, "reader.missing",
                     kit::tr_format(Str::reader_missing_text, {f.session.route().trace_id}),
                     kit::TextStyle::Small, Color::Info);
      kit::end_region(f.kit);
      ImGui::SetCursorScreenPos(ImVec2(body.x0, body.y0 + px(36)));
    }
    draw_empty_traces(f);
    return;
  }
  const bool wants_reader = !f.session.route().trace_id.empty() || !f.session.route().session_id.empty();
  const auto trace = f.session.open_trace();
  ReaderState& reader = f.view.reader;
  const bool covers = window_width < px(kCoverWidth);
  reader.can_maximize = !covers;
  const bool full = wants_reader && (covers || reader.maximized);
  if (!full) {
    float wanted = reader.width_pt > 0 ? reader.width_pt : body.width() * 0.58F;
    float list_right = body.x1;
    if (wants_reader) {
      list_right =
          body.x1 - std::clamp(wanted, px(420), std::max(px(420), body.width() - px(300)));
    }
    const kit::Rect list = draw_facets_beside(f, {body.x0, body.y0, list_right, body.y1});
    kit::begin_region(f.kit, "list", list,
                      {.role = kit::Role::Region, .name = tr(Str::traces_table)});
    call_late<&draw_trace_list>(f);
    kit::end_region(f.kit);
    if (!wants_reader) return;
    const kit::Rect reader_rect{list_right + px(1), body.y0, body.x1, body.y1};
    draw_reading(f, reader_rect, trace);
    kit::line_vertical(f.kit, list_right, body.y0, body.y1);
    kit::SplitterOptions options{.from_end = true,
                                 .min_pt = px(420),
                                 .max_pt = std::max(px(420), body.width() - px(300)),
                                 .reset_pt = body.width() * 0.58F,
                                 .name = tr(Str::reader_name)};
    kit::splitter(f.kit, "reader.splitter",
                  {list_right - px(1), body.y0, list_right + px(2), body.y1}, wanted, options);
    // Until it is dragged, the share of the window stays a share.
    if (reader.width_pt > 0 || wanted != body.width() * 0.58F) reader.width_pt = wanted;
    return;
  }
  draw_reading(f, body, trace);
}

void draw_place(UiFrame& f, const kit::Rect& body, float window_width) {
  kit::RegionOptions options;
  options.background =
      f.session.dataset().trace_count() == 0 && f.session.route().place == Place::Traces
          ? Color::Background
          : Color::Surface;
  options.role = kit::Role::Main;
  kit::begin_region(f.kit, "main", body, options);
  switch (f.session.route().place) {
    case Place::Traces:
      draw_traces_place(f, body, window_width);
      break;
    case Place::Review:
      call_late<&draw_review>(f);
      break;
    case Place::Scorers:
      call_late<&draw_scorers>(f);
      break;
    case Place::Runs:
      call_late<&draw_runs>(f);
      break;
    case Place::Settings:
      call_late<&draw_settings>(f);
      break;
    case Place::Analysis:
      if (f.view.blind && f.session.dataset().trace_count() > 0) {
        const kit::Rect rest = draw_blind_bar(f, body);
        ImGui::SetCursorScreenPos(rest.min());
      }
      call_late<&draw_analysis>(f);
      break;
  }
  kit::end_region(f.kit);
}

// Of the second part, so called only while it is open, and once more to take itself down.
template <auto kDraw>
void draw_dialog(UiFrame& f, bool is_open, bool& any_open) {
  any_open |= is_open;
  if (is_open || f.view.dialog_before) call_late<kDraw>(f);
}

void draw_dialogs(UiFrame& f) {
  const ViewState& view = f.view;
  bool open = false;
  draw_dialog<&draw_import_report>(f, view.import_report_open, open);
  draw_dialog<&draw_mapping_dialog>(f, view.mapping.open, open);
  draw_dialog<&draw_part_dialog>(f, view.part.open, open);
  draw_dialog<&draw_bulk_dialog>(f, view.annotate.bulk_open, open);
  draw_dialog<&draw_cell_dialog>(f, view.annotate.cell_open, open);
  draw_dialog<&draw_address_dialog>(f, view.address.open, open);
  draw_dialog<&draw_palette>(f, view.palette.open, open);
  draw_dialog<&draw_view_dialogs>(f, view.views.save_open || view.views.manage_open, open);
  draw_dialog<&draw_facet_sheet>(f, view.facets.sheet_open, open);
  draw_dialog<&draw_columns_dialog>(f, view.columns_open, open);
  draw_dialog<&draw_shortcuts_dialog>(f, view.shortcuts_open, open);
  draw_dialog<&draw_forget_dialog>(f, view.settings.confirm_forget, open);
  f.view.dialog_before = open || (view.dialog_before && ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup));
}

// Commands of the frame's own are carried out here and do not reach the session.
void take_own_commands(UiFrame& f) {
  std::vector<app::Command> all;
  all.swap(f.commands);
  for (app::Command& command : all) {
    if (!run_ui_command(f, command)) f.commands.push_back(std::move(command));
  }
}

}  // namespace

void UiFrame::emit(app::CommandId id,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> args) {
  app::Command command(id);
  for (const auto& [key, value] : args)
    command.args.emplace_back(std::string(key), std::string(value));
  commands.push_back(std::move(command));
}

void apply_settings(const app::Settings& settings, const ViewState& view, kit::Context& kit) {
  switch (settings.theme) {
    case app::ThemeChoice::System:
      kit.theme = view.system_dark ? kit::Theme::Dark : kit::Theme::Light;
      break;
    case app::ThemeChoice::Light:
      kit.theme = kit::Theme::Light;
      break;
    case app::ThemeChoice::Dark:
      kit.theme = kit::Theme::Dark;
      break;
  }
  switch (settings.language) {
    case app::LanguageChoice::System:
      kit.language = view.system_language;
      break;
    case app::LanguageChoice::English:
      kit.language = kit::Language::English;
      break;
    case app::LanguageChoice::SimplifiedChinese:
      kit.language = kit::Language::SimplifiedChinese;
      break;
  }
  kit.ui_scale = static_cast<float>(settings.ui_scale_percent) / 100;
}

bool run_ui_command(UiFrame& f, const app::Command& command) {
  ViewState& view = f.view;
  switch (command.id) {
    // One dialog at a time.
    case CommandId::UiPalette:
    case CommandId::UiShortcuts:
    case CommandId::UiImportReport:
    case CommandId::UiSaveView:
      view.palette.open = view.shortcuts_open = view.import_report_open =
          view.settings.confirm_forget = view.mapping.open = view.part.open = view.views.save_open =
              view.views.manage_open = false;
      break;
    default:
      break;
  }
  switch (command.id) {
    case CommandId::UiFocusSearch:
      // A second press leaves the field alone, so that the browser's own search can have the key.
      if (!view.query_active) view.focus_search = true;
      if (f.session.route().place != Place::Traces) f.emit(CommandId::GoTraces);
      return true;
    case CommandId::UiFocusList:
      if (f.session.route().place != Place::Traces) f.emit(CommandId::GoTraces);
      view.facets.sheet_open = false;
      view.list.take_focus = true;
      return true;
    case CommandId::UiFocusFacets:
      if (f.session.route().place != Place::Traces) f.emit(CommandId::GoTraces);
      (view.facets.has_room ? view.facets.open : view.facets.sheet_open) = true;
      ImGui::SetWindowFocus(nullptr);         // what is drawn later and has the focus would take it back
      f.kit.semantics->focus("facet.state");  // which is always there
      return true;
    case CommandId::UiSaveView:
      open_save_view(f);
      return true;
    case CommandId::ViewApply:
      if (const app::SavedView* saved = f.session.find_view(command.arg("id"))) decode_view_layout(saved->layout, view);
      view.query_active = false;
      return false;
    case CommandId::UiPalette:
      view.palette = PaletteState{.open = true, .text = {}, .selected = 0, .take_focus = true};
      return true;
    case CommandId::UiShortcuts:
      view.shortcuts_open = true;
      return true;
    case CommandId::UiToggleTheme:
      f.emit(CommandId::SettingSet,
             {{"key", "theme"}, {"value", f.kit.theme == kit::Theme::Dark ? "light" : "dark"}});
      return true;
    case CommandId::UiToggleLanguage:
      f.emit(CommandId::SettingSet,
             {{"key", "language"},
              {"value", f.kit.language == kit::Language::English ? "zh-Hans" : "en"}});
      return true;
    case CommandId::UiToggleFacets:
      (view.facets.has_room ? view.facets.open : view.facets.sheet_open) ^= true;
      return true;
    case CommandId::UiHitNext:
    case CommandId::UiHitPrevious:
      step_hit(f, command.id == CommandId::UiHitNext ? 1 : -1);
      return true;
    case CommandId::UiMaximizeReader:
      view.reader.maximized = !view.reader.maximized;
      return true;
    case CommandId::UiAnnotate:
      if (f.session.route().place != Place::Traces && f.session.open_trace())
        f.emit(CommandId::GoTraces);
      open_annotate_form(f);
      return true;
    case CommandId::UiNote:
      start_note(f);
      return true;
    case CommandId::UiBlind:
      view.blind = !view.blind;
      view.notes.open.clear();
      return true;
    case CommandId::UiImportReport:
      view.import_report_open = true;
      return true;
    case CommandId::UiUpdate:
      view.take_update = view.update_ready;
      return true;
    case CommandId::ForgetEverything:
      if (!command.arg("confirmed").empty()) return false;
      view.settings.confirm_forget = true;
      return true;
    case CommandId::UiCompare:
      compare_selected(f);
      return true;
    default:
      return call_late<&run_timeline_command>(f, command.id);
  }
}

std::string page_title(const app::Session& session, const kit::Context& kit) {
  std::string title;
  const app::Route& route = session.route();
  if (const auto trace = session.open_trace(); trace && route.place == Place::Traces) {
    title = trace_title(session.dataset(), *trace);
  } else if (session.dataset().trace_count() > 0 || route.place != Place::Traces) {
    for (const PlaceItem& item : kPlaces)
      if (item.place == route.place) title = kit::tr(kit.language, item.text);
  }
  return title.empty() ? "Assay" : title + " · Assay";
}

void draw_frame(UiFrame& f) {
  apply_settings(f.session.settings(), f.view, f.kit);
  take_layout(f);
  watch_imports(f);
  show_notices(f);
  read_keys(f);

  const kit::Rect root = kit::begin_root(f.kit);
  const bool phone = root.width() < px(kPhoneWidth);
  const float rail = phone ? px(58) : px(76);
  const kit::Rect rail_rect = phone ? kit::Rect{root.x0, root.y1 - rail, root.x1, root.y1}
                                    : kit::Rect{root.x0, root.y0, root.x0 + rail, root.y1};
  const kit::Rect right = phone ? kit::Rect{root.x0, root.y0, root.x1, root.y1 - rail}
                                : kit::Rect{root.x0 + rail, root.y0, root.x1, root.y1};
  const float top = top_bar_height_pt(f, right.width());
  draw_rail(f, rail_rect, phone);
  draw_top_bar(f, {right.x0, right.y0, right.x1, right.y0 + top});
  // What can be done with the selection stands at the lower edge of the table.
  f.view.bottom_bar_height = f.session.route().place == Place::Traces && f.session.dataset().trace_count() > 0 ? px(36) : 0;
  draw_place(f, {right.x0, right.y0 + top, right.x1, right.y1}, root.width());
  draw_below_query_box(f);
  draw_dialogs(f);
  offer_update(f);
  if (kit::draw_toasts(f.kit, (phone ? rail : 0) + f.view.bottom_bar_height) == "update") f.emit(CommandId::UiUpdate);
  keep_layout(f);
  if (!f.view.analysis.note_of.empty() || !f.view.annotate.form_trace_id.empty() || !f.view.review.item.key.empty() || f.view.scorers.draft_of != -2) call_late<&keep_drafts>(f);
  kit::end_root(f.kit);
  take_own_commands(f);
  // What is counted and sorted by follows what is shown.
  if (const std::string_view person = blind_reviewer(f); f.session.dataset().shown_person() != person)
    f.emit(CommandId::AssessmentsOf, {{"person", person}});
}

}  // namespace assay::ui
