#include "ui/kit/gallery.h"

#include <cmath>

#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"

namespace assay::kit {
namespace {

constexpr std::string_view kProse =
    "Reading text wraps once, is drawn only where it can be seen, and can be selected with the "
    "mouse and the "
    "keyboard: drag, double click for a word, triple click for a paragraph.\n\n"
    "评估大语言模型应用的轨迹：检索、标注、评判，全部在浏览器中完成。日本語の文章も折り返されます。"
    "Ελληνικά, кириллица, é ß Ω → ≥ € 🎉";
constexpr std::string_view kJson =
    R"({"customer":{"name":"Globex","tier":"enterprise","open_tickets":[17,23],"ratio":0.10000000000000001},)"
    R"("request":"Follow up after product demo","rules":["be brief","no jargon"],"valid":true,"rationale":null,)"
    R"("messages":[{"role":"system","content":"You write e-mails."},{"role":"user","content":"Just check in."}]})";

void title(Context& ctx, std::string_view id, std::string_view text) {
  gap(px(kSpaceL));
  heading(ctx, id_with("gallery.heading", id), text, 3);
  gap(px(kSpaceS));
}

void draw_buttons(Context& ctx, GalleryState& s) {
  title(ctx, "buttons", tr(Str::gallery_buttons));
  static constexpr ButtonKind kKinds[] = {ButtonKind::Primary, ButtonKind::Secondary,
                                          ButtonKind::Ghost, ButtonKind::Danger};
  const char* const names[] = {tr(Str::gallery_evaluate), tr(Str::gallery_export), tr(Str::gallery_cancel), tr(Str::gallery_delete)};
  static constexpr const char* kIcons[] = {kIconPlay, kIconDownload, nullptr, kIconTrash};
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) same_row(px(kSpaceS));
    button(ctx, id_with("gallery.button", static_cast<int64_t>(i)), names[i], kKinds[i],
           kIcons[i]);
  }
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) same_row(px(kSpaceS));
    button(ctx, id_with("gallery.button_off", static_cast<int64_t>(i)), names[i], kKinds[i],
           kIcons[i], false);
  }
  ButtonOptions menu;
  menu.has_popup = true;
  menu.icon = kIconClock;
  if (button(ctx, "gallery.menu_button", tr(Str::gallery_day), menu)) open_popup(ctx, "gallery.menu");
  if (begin_menu(ctx, "gallery.menu", tr(Str::gallery_range))) {
    MenuItemOptions row;
    row.checkable = true;
    row.checked = true;
    menu_title(ctx, tr(Str::gallery_range_title));
    menu_item(ctx, "gallery.menu.day", tr(Str::gallery_hours), row);
    row.checked = false;
    menu_item(ctx, "gallery.menu.week", tr(Str::gallery_week), row);
    menu_separator(ctx);
    MenuItemOptions undo;
    undo.icon = kIconUndo;
    undo.chord = "Ctrl+Z";
    menu_item(ctx, "gallery.menu.undo", "Undo", undo);
    MenuItemOptions remove;
    remove.icon = kIconTrash;
    remove.danger = true;
    menu_item(ctx, "gallery.menu.delete", tr(Str::gallery_delete), remove);
    end_menu(ctx);
  }
  same_row(px(kSpaceS));
  ButtonOptions chord;
  chord.chord = "1";
  chord.toggle = chord.on = true;
  button(ctx, "gallery.keyed", tr(Str::gallery_yes), chord);
  same_row(px(kSpaceS));
  IconButtonOptions icon;
  icon_button(ctx, "gallery.icon", kIconSettings, tr(Str::gallery_settings), icon);
  same_row(px(kSpaceXs));
  icon.on = icon.toggle = true;
  icon_button(ctx, "gallery.icon_on", kIconPanelRight, tr(Str::gallery_reader), icon);
  same_row(px(kSpaceM));
  center_in_row(text_height(ctx), px(kControlHeight));
  link(ctx, "gallery.link", tr(Str::gallery_guide), TextStyle::Body, true);
  (void)s;
}

void draw_choices(Context& ctx, GalleryState& s) {
  title(ctx, "choices", tr(Str::gallery_choices));
  checkbox(ctx, "gallery.check_on", tr(Str::gallery_checked), s.check_on);
  same_row(px(kSpaceL));
  checkbox(ctx, "gallery.check_off", tr(Str::gallery_unchecked), s.check_off);
  same_row(px(kSpaceL));
  checkbox_tristate(ctx, "gallery.check_mixed", tr(Str::gallery_some), s.check_mixed);
  same_row(px(kSpaceL));
  bool off = true;
  checkbox(ctx, "gallery.check_disabled", tr(Str::gallery_disabled), off, false);
  same_row(px(kSpaceL));
  toggle_switch(ctx, "gallery.switch", tr(Str::gallery_structured), s.switch_on);
  const Choice views[] = {
      {"list", tr(Str::gallery_list), kIconList}, {"tree", tr(Str::gallery_tree), kIconListTree}, {"raw", tr(Str::gallery_raw)}};
  segmented(ctx, "gallery.segment", tr(Str::gallery_view), views, s.segment);
  same_row(px(kSpaceL));
  slider(ctx, "gallery.slider", tr(Str::gallery_temperature), s.level, 0, 1, 0.05F, px(160));
  const Choice types[] = {{"bool", tr(Str::gallery_yes_no), nullptr, true, tr(Str::gallery_two_keys)},
                                      {"number", tr(Str::gallery_number), nullptr, true, tr(Str::gallery_one_to_five)},
                                      {"text", tr(Str::gallery_free_text)}};
  radio_group(ctx, "gallery.radio", tr(Str::gallery_type), types, s.radio);
  static constexpr Choice kModels[] = {
      {"a", "small-model"}, {"b", "large-model"}, {"c", "local-model"}};
  SelectOptions select_options;
  select_options.icon = kIconCpu;
  select_options.width_pt = px(220);
  select(ctx, "gallery.select", tr(Str::gallery_model), kModels, s.choice, select_options);
}

void draw_fields(Context& ctx, GalleryState& s) {
  title(ctx, "fields", tr(Str::gallery_fields));
  TextInputOptions search;
  search.name = tr(Str::gallery_search);
  search.icon = kIconSearch;
  search.search = search.clear_button = search.mono = true;
  search.invalid = true;
  search.error_from = 17;
  search.error_to = 20;
  text_input(ctx, "gallery.search", s.query, search);
  inline_error(ctx, "gallery.search_error", tr(Str::gallery_search_error));
  TextInputOptions empty;
  empty.name = tr(Str::gallery_filter);
  empty.icon = kIconFilter;
  empty.placeholder = tr(Str::gallery_filter_hint);
  empty.chord = "/";
  text_input(ctx, "gallery.empty", s.empty, empty);
  field_label(ctx, tr(Str::gallery_key), tr(Str::gallery_key_hint));
  TextInputOptions secret;
  secret.name = tr(Str::gallery_key);
  secret.password = true;
  text_input(ctx, "gallery.secret", s.secret, secret);
  field_label(ctx, tr(Str::gallery_rationale));
  TextAreaOptions area;
  area.name = tr(Str::gallery_rationale);
  area.height_pt = px(64);
  text_area(ctx, "gallery.note", s.note, area);
  TextInputOptions off;
  off.name = tr(Str::gallery_disabled);
  off.enabled = false;
  off.placeholder = tr(Str::gallery_unavailable);
  std::string nothing;
  text_input(ctx, "gallery.disabled", nothing, off);
}

void draw_badges(Context& ctx) {
  title(ctx, "badges", tr(Str::gallery_badges));
  static constexpr const char* kTexts[] = {"neutral", "accent",    "OK",
                                           "ERROR",   "3 skipped", "HUMAN"};
  static constexpr Tone kTones[] = {Tone::Neutral, Tone::Accent, Tone::Pass,
                                    Tone::Fail,    Tone::Warn,   Tone::Info};
  for (size_t i = 0; i < 6; ++i) {
    if (i > 0) same_row(px(6));
    badge(ctx, id_with("gallery.badge", static_cast<int64_t>(i)), kTexts[i], kTones[i],
          i == 3 ? kIconCircleX : nullptr);
  }
  static constexpr Verdict kVerdicts[] = {Verdict::Pass,  Verdict::Fail,    Verdict::Error,
                                          Verdict::Other, Verdict::Pending, Verdict::None};
  for (size_t i = 0; i < 6; ++i) {
    if (i > 0) same_row(px(6));
    verdict_mark(ctx, id_with("gallery.verdict", static_cast<int64_t>(i)), "follows_objective",
                 kVerdicts[i]);
  }
  same_row(px(kSpaceL));
  for (const char* type : {"AGENT", "CHAT_MODEL", "RETRIEVER", "TOOL", "CHAIN", "GUARDRAIL"}) {
    const SpanLook look = span_look(type);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Rect chip{at.x, at.y, at.x + px(22), at.y + px(20)};
    list->AddRectFilled(chip.min(), chip.max(), color(look.weak), px(kRadiusSmall));
    draw_icon(ctx, list, chip, look.icon, look.hue, 14);
    ImGui::Dummy(chip.size());
    same_row(px(4));
  }
  same_row(px(kSpaceL));
  for (const char* keys : {"Ctrl+K", "?", "J"}) {
    key_hint(ctx, keys);
    same_row(px(4));
  }
  ImGui::NewLine();
  pill(ctx, "gallery.pill", tr(Str::gallery_judging), Tone::Accent, kIconLoader, false, 0.35F);
  same_row(px(6));
  pill(ctx, "gallery.filter", "state = ERROR", Tone::Neutral, kIconFilter, true);
  same_row(px(6));
  spinner(ctx, "gallery.spinner", tr(Str::gallery_loading), 18);
}

void draw_rates(Context& ctx) {
  title(ctx, "rates", tr(Str::gallery_rates));
  const RateBar bars[] = {{0.857, 0.49, 0.974, 0.7, Tone::Pass},
                          {0.43, 0.158, 0.75, -1, Tone::Warn},
                          {0.14, 0.026, 0.513, -1, Tone::Fail}};
  for (size_t i = 0; i < 3; ++i) {
    rate_bar(ctx, id_with("gallery.rate", static_cast<int64_t>(i)), tr(Str::gallery_pass_rate), bars[i], px(220));
    same_row(px(kSpaceM));
    text(ctx, format_percent(bars[i].rate, 1), TextStyle::Body, Color::Text);
  }
  progress_bar(ctx, "gallery.progress", tr(Str::gallery_import), 0.62F, px(320));
  static constexpr float kHeights[] = {1, 3, 8, 13, 9, 6, 4, 2, 1, 0, 0, 1};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_bars(ctx, ImGui::GetWindowDrawList(), {at.x, at.y, at.x + px(140), at.y + px(28)}, kHeights,
            2, 5);
  ImGui::Dummy(ImVec2(px(140), px(28)));
}

void draw_texts(Context& ctx, GalleryState& s) {
  title(ctx, "text", tr(Str::gallery_text));
  text(ctx, tr(Str::gallery_title), TextStyle::Title);
  text(ctx, tr(Str::gallery_section), TextStyle::Section);
  text(ctx, tr(Str::gallery_body), TextStyle::Body);
  text(ctx, tr(Str::gallery_small), TextStyle::Small, Color::TextSecondary);
  text(ctx, "tr-3e43b1 mono 13", TextStyle::Mono);
  text_ellipsis(
      ctx,
      tr(Str::gallery_long),
      px(260));
  label_value(ctx, "gallery.label.session", tr(Str::gallery_session), "s-1", px(100), true);
  label_value(ctx, "gallery.label.cost", tr(Str::gallery_cost), "$0.0004", px(100));
  TextViewOptions prose;
  prose.name = tr(Str::gallery_prose);
  static constexpr TextMark kMarks[] = {{8, 12, Color::Highlight},
                                        {95, 103, Color::HighlightActive}};
  prose.marks = kMarks;
  text_view(ctx, "gallery.prose", kProse, s.prose, s.wraps, prose);
  TextViewOptions code;
  code.name = "JSON";
  json_view(ctx, "gallery.json", kJson, s.code, s.wraps, s.json, code);
}

void draw_gallery_cell(CellPainter& cell) {
  static constexpr const char* kNames[] = {"generate_sales_email", "retrieve_customer", "chat"};
  const int64_t row = cell.row;
  switch (cell.column) {
    case 0:
      cell.text("09:14:0" + std::to_string(row % 10), Color::TextSecondary);
      break;
    case 1:
      cell.icon_text(span_look("AGENT").icon, kNames[row % 3], Color::SpanAgent);
      break;
    case 2:
      cell.text("Follow up after product demo with Globex and mention the open tickets");
      break;
    case 3:
      row % 4 == 1 ? cell.badge("ERROR", Tone::Fail) : cell.badge("OK", Tone::Pass);
      break;
    case 4:
      cell.verdict(row % 3 == 0 ? Verdict::Fail : Verdict::Pass, "follows_objective");
      break;
    default:
      cell.text(format_duration_ns((row % 17 + 1) * 137'000'000));
      break;
  }
}

void draw_table(Context& ctx, GalleryState& s) {
  title(ctx, "table", tr(Str::gallery_table));
  const TableColumn columns[] = {
      {"time", tr(Str::gallery_time), 84},
      {"name", tr(Str::gallery_name), 180},
      {"request", tr(Str::gallery_request), 220, 80, Align::Left, true, true},
      {"state", tr(Str::gallery_state), 90},
      {"objective", tr(Str::gallery_objective), 90, 48, Align::Center},
      {"duration", tr(Str::gallery_duration), 90, 60, Align::Right},
  };
  s.checked.resize(100000);
  TableSpec spec;
  spec.id = "gallery.table";
  spec.name = tr(Str::gallery_traces);
  spec.columns = columns;
  spec.row_count = 100000;
  spec.selected_row = s.table.focused_row;
  spec.checkboxes = true;
  spec.header_check_state = -1;
  spec.size = ImVec2(0, px(230));
  const auto is_checked = [&s](int64_t row) {
    return static_cast<bool>(s.checked[static_cast<size_t>(row)]);
  };
  spec.is_checked = is_checked;
  const TableResult result = virtual_table(ctx, spec, s.table, draw_gallery_cell);
  if (result.toggled) s.checked[static_cast<size_t>(*result.toggled)].flip();
}

void draw_tree(Context& ctx) {
  title(ctx, "tree", tr(Str::gallery_tabs));
  struct Row {
    const char* key;
    const char* type;
    int level;
    float from, to;
  };
  static constexpr Row kRows[] = {{"generate", "AGENT", 1, 0, 1},
                                  {"retrieve", "RETRIEVER", 2, 0.02F, 0.2F},
                                  {"chat", "CHAT_MODEL", 2, 0.22F, 0.97F},
                                  {"lookup", "TOOL", 3, 0.3F, 0.42F}};
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  for (const Row& row : kRows) {
    const SpanLook look = span_look(row.type);
    TreeRowOptions o;
    o.level = row.level;
    o.expandable = row.level < 3 && std::string_view(row.key) != "retrieve";
    o.expanded = true;
    o.selected = std::string_view(row.key) == "chat";
    o.icon = look.icon;
    o.icon_color = look.hue;
    o.text_width_pt = px(200);
    const TreeRowResult r = tree_row(ctx, id_with("gallery.tree", row.key), row.key, o);
    const float width = r.content.width();
    const float y = std::floor(r.content.center_y());
    ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(r.content.x0 + width * row.from, y - px(4)),
                                              ImVec2(r.content.x0 + width * row.to, y + px(4)),
                                              color(look.hue), 2);
  }
  ImGui::PopStyleVar();
}

void draw_states(Context& ctx, GalleryState& s) {
  const Tab tab_items[] = {{"overview", tr(Str::gallery_overview)},
                                  {"timeline", tr(Str::gallery_timeline)},
                                  {"chat", tr(Str::gallery_chat), nullptr, 4},
                                  {"json", "JSON"}};
  tabs(ctx, "gallery.tabs", tr(Str::gallery_reader), tab_items, s.tab);
  fold_header(ctx, "gallery.fold", tr(Str::gallery_attributes), s.fold_open, 12, "mlflow.*");
  bool dismissed = false;
  const EmptyAction retry[] = {{"gallery.banner.retry", tr(Str::gallery_retry), nullptr, false}};
  banner(ctx, "gallery.banner", Tone::Warn,
         tr(Str::gallery_banner), retry, &dismissed);
  gap(px(kSpaceS));
  banner(ctx, "gallery.banner_info", Tone::Info, tr(Str::gallery_banner_info));
  gap(px(kSpaceS));
  skeleton_rows(ctx, "gallery.skeleton", 3, px(24));
  RegionOptions box;
  box.borders = kBorderAll;
  box.radius_pt = px(kRadius);
  begin_region(ctx, "gallery.empty_box", ImVec2(0, px(240)), box);
  const EmptyAction actions[] = {
      {"gallery.empty.open", tr(Str::gallery_open), kIconFolderOpen, true},
      {"gallery.empty.example", tr(Str::gallery_example), nullptr, false}};
  empty_state(ctx, "gallery.empty_state", kIconInbox, tr(Str::gallery_no_traces),
              tr(Str::gallery_drop), actions);
  end_region(ctx);
  gap(px(kSpaceS));
  if (button(ctx, "gallery.dialog_open", tr(Str::gallery_dialog))) s.dialog_open = true;
  same_row(px(kSpaceS));
  if (button(ctx, "gallery.toast_show", tr(Str::gallery_toast))) {
    toast(ctx, ToastKind::Pass, tr(Str::gallery_deleted), tr(ctx.language, Str::kit_undo), "undo");
  }
  if (begin_dialog(ctx, "gallery.dialog", tr(Str::gallery_dialog_title), s.dialog_open)) {
    paragraph(ctx, tr(Str::gallery_dialog_text));
    gap(px(kSpaceS));
    checkbox(ctx, "gallery.dialog.check", tr(Str::gallery_include), s.check_on);
    dialog_footer(ctx);
    if (dialog_button(ctx, "gallery.dialog.ok", tr(Str::gallery_export), true)) s.dialog_open = false;
    if (dialog_button(ctx, "gallery.dialog.cancel", tr(Str::gallery_cancel))) s.dialog_open = false;
    end_dialog(ctx);
  }
}

}  // namespace

void draw_gallery(Context& ctx, GalleryState& state) {
  const Rect root = begin_root(ctx);
  const float half = std::floor(root.width() * 0.5F);
  RegionOptions pane;
  pane.background = Color::Background;
  pane.padding_x_pt = px(kSpaceXl);
  pane.padding_y_pt = px(kSpaceS);
  pane.scroll_y = true;
  begin_region(ctx, "gallery.left", Rect{root.x0, root.y0, root.x0 + half, root.y1}, pane);
  draw_buttons(ctx, state);
  draw_choices(ctx, state);
  draw_fields(ctx, state);
  draw_badges(ctx);
  draw_rates(ctx);
  end_region(ctx);
  pane.background = Color::Surface;
  pane.borders = kBorderLeft;
  begin_region(ctx, "gallery.right", Rect{root.x0 + half, root.y0, root.x1, root.y1}, pane);
  draw_texts(ctx, state);
  draw_table(ctx, state);
  draw_tree(ctx);
  draw_states(ctx, state);
  end_region(ctx);
  end_root(ctx);
  draw_toasts(ctx);
}

}  // namespace assay::kit
