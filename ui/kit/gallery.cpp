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
  title(ctx, "buttons", "Buttons");
  static constexpr ButtonKind kKinds[] = {ButtonKind::Primary, ButtonKind::Secondary,
                                          ButtonKind::Ghost, ButtonKind::Danger};
  static constexpr const char* kNames[] = {"Evaluate", "Export", "Cancel", "Delete"};
  static constexpr const char* kIcons[] = {kIconPlay, kIconDownload, nullptr, kIconTrash};
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) same_row(px(kSpaceS));
    button(ctx, id_with("gallery.button", static_cast<int64_t>(i)), kNames[i], kKinds[i],
           kIcons[i]);
  }
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) same_row(px(kSpaceS));
    button(ctx, id_with("gallery.button_off", static_cast<int64_t>(i)), kNames[i], kKinds[i],
           kIcons[i], false);
  }
  ButtonOptions menu;
  menu.has_popup = true;
  menu.icon = kIconClock;
  if (button(ctx, "gallery.menu_button", "Last 24 h", menu)) open_popup(ctx, "gallery.menu");
  if (begin_menu(ctx, "gallery.menu", "Time range")) {
    MenuItemOptions row;
    row.checkable = true;
    row.checked = true;
    menu_title(ctx, "Range");
    menu_item(ctx, "gallery.menu.day", "Last 24 hours", row);
    row.checked = false;
    menu_item(ctx, "gallery.menu.week", "Last 7 days", row);
    menu_separator(ctx);
    MenuItemOptions undo;
    undo.icon = kIconUndo;
    undo.chord = "Ctrl+Z";
    menu_item(ctx, "gallery.menu.undo", "Undo", undo);
    MenuItemOptions remove;
    remove.icon = kIconTrash;
    remove.danger = true;
    menu_item(ctx, "gallery.menu.delete", "Delete", remove);
    end_menu(ctx);
  }
  same_row(px(kSpaceS));
  ButtonOptions chord;
  chord.chord = "1";
  chord.toggle = chord.on = true;
  button(ctx, "gallery.keyed", "Yes", chord);
  same_row(px(kSpaceS));
  IconButtonOptions icon;
  icon_button(ctx, "gallery.icon", kIconSettings, "Settings", icon);
  same_row(px(kSpaceXs));
  icon.on = icon.toggle = true;
  icon_button(ctx, "gallery.icon_on", kIconPanelRight, "Reader", icon);
  same_row(px(kSpaceM));
  center_in_row(text_height(ctx), px(kControlHeight));
  link(ctx, "gallery.link", "Open the guide", TextStyle::Body, true);
  (void)s;
}

void draw_choices(Context& ctx, GalleryState& s) {
  title(ctx, "choices", "Choices");
  checkbox(ctx, "gallery.check_on", "Checked", s.check_on);
  same_row(px(kSpaceL));
  checkbox(ctx, "gallery.check_off", "Unchecked", s.check_off);
  same_row(px(kSpaceL));
  checkbox_tristate(ctx, "gallery.check_mixed", "Some", s.check_mixed);
  same_row(px(kSpaceL));
  bool off = true;
  checkbox(ctx, "gallery.check_disabled", "Disabled", off, false);
  same_row(px(kSpaceL));
  toggle_switch(ctx, "gallery.switch", "Structured output", s.switch_on);
  static constexpr Choice kViews[] = {
      {"list", "List", kIconList}, {"tree", "Tree", kIconListTree}, {"raw", "Raw"}};
  segmented(ctx, "gallery.segment", "View", kViews, s.segment);
  same_row(px(kSpaceL));
  slider(ctx, "gallery.slider", "Temperature", s.level, 0, 1, 0.05F, px(160));
  static constexpr Choice kTypes[] = {{"bool", "Yes or no", nullptr, true, "two keys"},
                                      {"number", "Number", nullptr, true, "1 to 5"},
                                      {"text", "Free text"}};
  radio_group(ctx, "gallery.radio", "Type", kTypes, s.radio);
  static constexpr Choice kModels[] = {
      {"a", "small-model"}, {"b", "large-model"}, {"c", "local-model"}};
  SelectOptions select_options;
  select_options.icon = kIconCpu;
  select_options.width_pt = px(220);
  select(ctx, "gallery.select", "Model", kModels, s.choice, select_options);
}

void draw_fields(Context& ctx, GalleryState& s) {
  title(ctx, "fields", "Fields");
  TextInputOptions search;
  search.name = "Search";
  search.icon = kIconSearch;
  search.search = search.clear_button = search.mono = true;
  search.invalid = true;
  search.error_from = 17;
  search.error_to = 20;
  text_input(ctx, "gallery.search", s.query, search);
  inline_error(ctx, "gallery.search_error", "A condition is missing after AND.");
  TextInputOptions empty;
  empty.name = "Filter";
  empty.icon = kIconFilter;
  empty.placeholder = "status = 'ERROR' or words";
  empty.chord = "/";
  text_input(ctx, "gallery.empty", s.empty, empty);
  field_label(ctx, "API key", "kept in memory only");
  TextInputOptions secret;
  secret.name = "API key";
  secret.password = true;
  text_input(ctx, "gallery.secret", s.secret, secret);
  field_label(ctx, "Rationale");
  TextAreaOptions area;
  area.name = "Rationale";
  area.height_pt = px(64);
  text_area(ctx, "gallery.note", s.note, area);
  TextInputOptions off;
  off.name = "Disabled";
  off.enabled = false;
  off.placeholder = "Not available";
  std::string nothing;
  text_input(ctx, "gallery.disabled", nothing, off);
}

void draw_badges(Context& ctx) {
  title(ctx, "badges", "Badges, verdicts, keys");
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
  pill(ctx, "gallery.pill", "Judging 42 of 120", Tone::Accent, kIconLoader, false, 0.35F);
  same_row(px(6));
  pill(ctx, "gallery.filter", "state = ERROR", Tone::Neutral, kIconFilter, true);
  same_row(px(6));
  spinner(ctx, "gallery.spinner", "Loading", 18);
}

void draw_rates(Context& ctx) {
  title(ctx, "rates", "Rates and progress");
  const RateBar bars[] = {{0.857, 0.49, 0.974, 0.7, Tone::Pass},
                          {0.43, 0.158, 0.75, -1, Tone::Warn},
                          {0.14, 0.026, 0.513, -1, Tone::Fail}};
  for (size_t i = 0; i < 3; ++i) {
    rate_bar(ctx, id_with("gallery.rate", static_cast<int64_t>(i)), "pass rate", bars[i], px(220));
    same_row(px(kSpaceM));
    text(ctx, format_percent(bars[i].rate, 1), TextStyle::Body, Color::Text);
  }
  progress_bar(ctx, "gallery.progress", "Import", 0.62F, px(320));
  static constexpr float kHeights[] = {1, 3, 8, 13, 9, 6, 4, 2, 1, 0, 0, 1};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_bars(ctx, ImGui::GetWindowDrawList(), {at.x, at.y, at.x + px(140), at.y + px(28)}, kHeights,
            2, 5);
  ImGui::Dummy(ImVec2(px(140), px(28)));
}

void draw_texts(Context& ctx, GalleryState& s) {
  title(ctx, "text", "Text");
  text(ctx, "Title 20", TextStyle::Title);
  text(ctx, "Section 16", TextStyle::Section);
  text(ctx, "Body 14, numbers 0123456789", TextStyle::Body);
  text(ctx, "Small 12, quieter", TextStyle::Small, Color::TextSecondary);
  text(ctx, "tr-3e43b1 mono 13", TextStyle::Mono);
  text_ellipsis(
      ctx,
      "A line that is too long for its place ends in an ellipsis and shows itself in a tooltip",
      px(260));
  label_value(ctx, "gallery.label.session", "Session", "s-1", px(100), true);
  label_value(ctx, "gallery.label.cost", "Cost", "$0.0004", px(100));
  TextViewOptions prose;
  prose.name = "Prose";
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
  title(ctx, "table", "Table of 100,000 rows");
  static constexpr TableColumn kColumns[] = {
      {"time", "Time", 84},
      {"name", "Name", 180},
      {"request", "Request", 220, 80, Align::Left, true, true},
      {"state", "State", 90},
      {"objective", "Objective", 90, 48, Align::Center},
      {"duration", "Duration", 90, 60, Align::Right},
  };
  s.checked.resize(100000);
  TableSpec spec;
  spec.id = "gallery.table";
  spec.name = "Traces";
  spec.columns = kColumns;
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
  title(ctx, "tree", "Tree, tabs, folds");
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
  static constexpr Tab kTabs[] = {{"overview", "Overview"},
                                  {"timeline", "Timeline"},
                                  {"chat", "Chat", nullptr, 4},
                                  {"json", "JSON"}};
  tabs(ctx, "gallery.tabs", "Reader", kTabs, s.tab);
  fold_header(ctx, "gallery.fold", "Attributes", s.fold_open, 12, "mlflow.*");
  bool dismissed = false;
  static constexpr EmptyAction kRetry[] = {{"gallery.banner.retry", "Retry", nullptr, false}};
  banner(ctx, "gallery.banner", Tone::Warn,
         "3 of 120 requests failed with 429. The queue waits 8 s.", kRetry, &dismissed);
  gap(px(kSpaceS));
  banner(ctx, "gallery.banner_info", Tone::Info, "This tab is read-only: another one is judging.");
  gap(px(kSpaceS));
  skeleton_rows(ctx, "gallery.skeleton", 3, px(24));
  RegionOptions box;
  box.borders = kBorderAll;
  box.radius_pt = px(kRadius);
  begin_region(ctx, "gallery.empty_box", ImVec2(0, px(240)), box);
  static constexpr EmptyAction kActions[] = {
      {"gallery.empty.open", "Open files", kIconFolderOpen, true},
      {"gallery.empty.example", "Try the example", nullptr, false}};
  empty_state(ctx, "gallery.empty_state", kIconInbox, "No traces yet",
              "Drop MLflow trace exports anywhere on this page. They stay in this tab.", kActions);
  end_region(ctx);
  gap(px(kSpaceS));
  if (button(ctx, "gallery.dialog_open", "Open a dialog")) s.dialog_open = true;
  same_row(px(kSpaceS));
  if (button(ctx, "gallery.toast_show", "Show a toast")) {
    toast(ctx, ToastKind::Pass, "Assessment deleted.", tr(ctx.language, Str::kit_undo), "undo");
  }
  if (begin_dialog(ctx, "gallery.dialog", "Export results", s.dialog_open)) {
    paragraph(ctx, "Assessments are merged into MLflow Trace JSON Lines.");
    gap(px(kSpaceS));
    checkbox(ctx, "gallery.dialog.check", "Include rationales", s.check_on);
    dialog_footer(ctx);
    if (dialog_button(ctx, "gallery.dialog.ok", "Export", true)) s.dialog_open = false;
    if (dialog_button(ctx, "gallery.dialog.cancel", "Cancel")) s.dialog_open = false;
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
