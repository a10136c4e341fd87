#include "ui/views/top_bar.h"

#include <algorithm>
#include <cmath>

#include "core/base/late.h"
#include "core/base/numbers.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/filter_help.h"
#include "ui/views/parts.h"
#include "ui/views/query_box.h"
#include "ui/views/views_menu.h"

namespace assay::ui {

using app::CommandId;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

bool is_narrow(float width_pt) { return width_pt < px(700); }

std::string data_text(UiFrame& f, float max_width_pt) {
  const std::vector<const ingest::FileReport*> open = f.session.open_files();
  std::string name = open.size() == 1 ? open.front()->file_name
                                      : kit::tr_count(Str::top_files, static_cast<int64_t>(open.size()));
  std::string count = " · " + kit::tr_count(Str::top_traces, f.session.dataset().trace_count());
  const float room = max_width_pt - kit::text_width(f.kit, count);
  if (kit::text_width(f.kit, name) > room) {
    name.resize(kit::fitting_bytes(f.kit, name, room - px(16), kit::TextStyle::Body));
    name += "…";
  }
  return name + count;
}

void menu_command(UiFrame& f, std::string_view id, const char* text, const char* icon,
                  CommandId command,
                  std::initializer_list<std::pair<std::string_view, std::string_view>> args = {},
                  bool enabled = true) {
  kit::MenuItemOptions options;
  options.icon = icon;
  const std::string chord =
      args.size() == 0 ? key_label(f, command)
                       : std::string();
  options.chord = chord;
  options.enabled = enabled && f.session.can_execute(command);
  if (kit::menu_item(f.kit, id, text, options)) f.emit(command, args);
}

constexpr size_t kMostListedFiles = 10;  // the others are in the import report

// The files that are open, each with what closes it.
void draw_open_files(UiFrame& f) {
  const std::vector<const ingest::FileReport*> open = f.session.open_files();
  if (open.size() == 1)
    return kit::menu_title(f.kit, shown_file_name(*open.front()) + "  ·  " + kit::format_bytes(open.front()->size_bytes));
  if (open.empty()) return;
  kit::menu_title(f.kit, kit::tr_count(Str::top_files, static_cast<int64_t>(open.size())));
  for (size_t i = 0; i < std::min(open.size(), kMostListedFiles); ++i) {
    const std::string traces = kit::tr_count(Str::top_traces, static_cast<int64_t>(open[i]->traces));
    const std::string text = kit::tr_format(Str::top_close_file, {shown_file_name(*open[i])}) + "  ·  " + traces;
    kit::MenuItemOptions options;
    options.icon = kIconX;
    options.keep_open = open.size() > 2;
    const auto token = static_cast<int64_t>(open[i]->token);
    if (kit::menu_item(f.kit, kit::id_with("data.close_file", token), text, options))
      f.emit(CommandId::FileClose, {{"token", std::to_string(token)}});
  }
  if (open.size() > kMostListedFiles)
    menu_command(f, "data.all_files", tr(Str::top_all_files), kIconClipboardList, CommandId::UiImportReport);
  kit::menu_separator(f.kit);
}

void draw_data_menu(UiFrame& f) {
  if (!kit::begin_menu(f.kit, "top.data_menu", tr(Str::top_data))) return;
  draw_open_files(f);
  menu_command(f, "data.open", tr(Str::top_add_files), kIconFolderOpen, CommandId::FileOpen);
  menu_command(f, "data.example", tr(Str::top_add_example), kIconSparkles,
               CommandId::FileOpenExample);
  menu_command(f, "data.report", tr(Str::top_report), kIconClipboardList,
               CommandId::UiImportReport);
  kit::menu_separator(f.kit);
  draw_export_items(f);
  kit::menu_separator(f.kit);
  menu_command(f, "data.close", tr(Str::top_close_files), kIconX, CommandId::FileCloseAll);
  kit::end_menu(f.kit);
}

void draw_data_button(UiFrame& f, float max_width_pt) {
  kit::ButtonOptions options;
  options.kind = kit::ButtonKind::Ghost;
  options.has_popup = true;
  options.icon = kIconDatabase;
  const bool empty = f.session.open_files().empty();
  const std::string text =
      empty ? std::string(tr(Str::top_no_data)) : data_text(f, max_width_pt - px(64));
  if (kit::button(f.kit, "top.data", text, options)) kit::open_popup(f.kit, "top.data_menu");
  draw_data_menu(f);
}

std::string search_status(const UiFrame& f) {
  const app::TraceList& list = f.session.traces();
  const uint32_t all = f.session.dataset().trace_count();
  if (search_is_wrong(f)) return tr(Str::search_not_done);
  const bool some = list.found_so_far() > 0;
  std::string text = kit::tr_format(
      some ? Str::search_status_so_far : Str::search_status,
      {kit::format_count(some ? int64_t{list.found_so_far()} : static_cast<int64_t>(list.rows().size())), kit::format_count(all)});
  if (!list.query().empty() && !list.working())
    text += " · " + format_fixed(list.elapsed_ms(), 1) + " ms";
  return text;
}

void draw_facets_button(UiFrame& f) {
  kit::IconButtonOptions options;
  if (!f.view.facets.has_room) {
    options.has_popup = true;
    options.on = f.view.facets.sheet_open;
    if (kit::icon_button(f.kit, "top.facets", kIconListFilter, tr(Str::facets_filter), options))
      f.emit(CommandId::UiToggleFacets);
    return;
  }
  options.toggle = true;
  options.on = f.view.facets.open;
  if (kit::icon_button(f.kit, "top.facets", kIconListFilter,
                       tr(f.view.facets.open ? Str::facets_hide : Str::facets_show), options)) {
    f.emit(CommandId::UiToggleFacets);
  }
}

void draw_help_button(UiFrame& f) {
  kit::IconButtonOptions options;
  options.on = f.view.filter_help_open;
  options.has_popup = true;
  if (kit::icon_button(f.kit, "top.search_help", kIconCircleHelp, tr(Str::search_help), options)) {
    kit::open_popup(f.kit, "search.help");
  }
  draw_filter_help(f);
}

struct JobText {
  std::string text;
  float fraction = -1;
  const char* icon = nullptr;
  bool is_import = false;
};

std::vector<JobText> running_jobs(const UiFrame& f) {
  std::vector<JobText> jobs;
  const app::ImportProgress& import = f.session.import_progress();
  if (import.active) {
    JobText job;
    job.is_import = true;
    job.icon = kIconUpload;
    job.fraction = import.size_bytes == 0
                       ? -1
                       : static_cast<float>(static_cast<double>(import.bytes_read) /
                                            static_cast<double>(import.size_bytes));
    job.text = import.size_bytes == 0
                   ? std::string(tr(Str::job_reading))
                   : kit::tr_format(Str::job_reading_percent,
                                    {kit::format_percent(static_cast<double>(job.fraction), 0)});
    jobs.push_back(std::move(job));
  }
  if (const judge::JudgeRun* run = f.session.active_run()) {
    const judge::JudgeProgress p = run->progress(f.now_ms);
    const uint32_t done = p.done();
    if (p.state == judge::RunState::Running || p.state == judge::RunState::Paused) {
      JobText job;
      job.icon = p.state == judge::RunState::Paused ? kIconPause : kIconGavel;
      job.fraction = p.total == 0 ? -1 : static_cast<float>(done) / static_cast<float>(p.total);
      job.text =
          kit::tr_format(p.state == judge::RunState::Paused ? Str::job_paused : Str::job_judging,
                         {kit::format_count(done), kit::format_count(p.total)});
      jobs.push_back(std::move(job));
    }
  }
  return jobs;
}

void draw_job_pill(UiFrame& f, const JobText& job) {
  const kit::PillResult result =
      kit::pill(f.kit, job.is_import ? "top.import_job" : "top.run_job", job.text,
                kit::Tone::Accent, job.icon, job.is_import, job.fraction);
  if (result.removed) f.emit(CommandId::FileCancelImport);
  if (!result.clicked) return;
  if (job.is_import) {
    f.view.import_report_open = true;
  } else {
    f.emit(CommandId::RunOpen, {{"run_id", f.session.active_run_id()}});
  }
}

struct SaveText {
  std::string text, detail;
  const char* icon;
  kit::Color tint;
};

SaveText save_text(const UiFrame& f) {
  const app::SaveState save = f.session.save_state();
  if (!save.failure.empty()) {
    return {tr(Str::save_failed), kit::tr_format(Str::save_failed_because, {save.failure}),
            kIconTriangleAlert, kit::Color::Fail};
  }
  if (!save.loaded)
    return {tr(Str::save_loading), tr(Str::save_loading), kIconLoader, kit::Color::TextSecondary};
  if (save.unsaved_events > 0) {
    return {tr(Str::save_saving), tr(Str::save_saving), kIconLoader, kit::Color::TextSecondary};
  }
  return {tr(Str::save_saved), tr(Str::save_saved_detail), kIconCheck, kit::Color::TextSecondary};
}

float save_width(UiFrame& f, bool with_text) {
  return px(22) +
         (with_text ? kit::text_width(f.kit, save_text(f).text, kit::TextStyle::Small) + px(4) : 0);
}

void draw_save_state(UiFrame& f, bool with_text) {
  const SaveText save = save_text(f);
  const float height = px(kit::kControlHeight);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size(save_width(f, with_text), height);
  ImGui::Dummy(size);
  kit::SemItem item;
  item.role = kit::Role::Status;
  item.id = "top.save_state";
  item.name = save.text;
  item.description = save.detail;
  item.rect = {at.x, at.y, at.x + size.x, at.y + size.y};
  f.kit.semantics->add(item);
  kit::tooltip(f.kit, save.detail);
  ImDrawList* list = ImGui::GetWindowDrawList();
  kit::draw_icon(f.kit, list, {at.x, at.y, at.x + px(18), at.y + height}, save.icon, save.tint, 14);
  if (with_text) {
    kit::draw_text(f.kit, list, {at.x + px(22), at.y, at.x + size.x, at.y + height}, save.text,
                   kit::TextStyle::Small, save.tint);
  }
}

void draw_evaluate(UiFrame& f, bool icon_only) {
  const bool enabled = !f.session.traces().rows().empty();
  bool pressed = false;
  if (icon_only) {
    kit::IconButtonOptions options;
    options.enabled = enabled;
    options.tint = kit::Color::Accent;
    pressed = kit::icon_button(f.kit, "top.evaluate", kIconPlay, tr(Str::top_evaluate), options);
  } else {
    pressed = kit::button(f.kit, "top.evaluate", tr(Str::top_evaluate), kit::ButtonKind::Primary,
                          kIconPlay, enabled);
  }
  if (!pressed) return;
  f.view.judge.scope = f.session.selected_count() > 0 ? 1 : 0;
  f.emit(CommandId::GoScorers);
}

void draw_language_and_theme(UiFrame& f) {
  const bool english = f.kit.language == kit::Language::English;
  if (kit::icon_button(f.kit, "top.language", kIconLanguages, english ? "简体中文" : "English")) {
    f.emit(CommandId::UiToggleLanguage);
  }
  kit::same_row(0);
  const bool dark = f.kit.theme == kit::Theme::Dark;
  if (kit::icon_button(f.kit, "top.theme", dark ? kIconSun : kIconMoon,
                       tr(dark ? Str::top_light : Str::top_dark))) {
    f.emit(CommandId::UiToggleTheme);
  }
}

// What stands at the right of the bar, and how wide it is.
struct RightPart {
  std::vector<JobText> jobs;
  bool evaluate_icon_only = false, save_with_text = true;
  float width_pt = 0;
};

RightPart measure_right(UiFrame& f, float bar_width_pt) {
  RightPart part;
  part.jobs = running_jobs(f);
  part.evaluate_icon_only = bar_width_pt < px(700);
  part.save_with_text = bar_width_pt >= px(1100);
  kit::ButtonOptions primary;
  primary.kind = kit::ButtonKind::Primary;
  primary.icon = kIconPlay;
  for (const JobText& job : part.jobs)
    part.width_pt += kit::pill_width(f.kit, job.text, job.icon, job.is_import) + px(8);
  part.width_pt += part.evaluate_icon_only
                       ? px(kit::kControlHeight)
                       : kit::button_width(f.kit, tr(Str::top_evaluate), primary);
  part.width_pt +=
      px(12) + save_width(f, part.save_with_text) + px(8) + 2 * px(kit::kControlHeight);
  return part;
}

void draw_right(UiFrame& f, const RightPart& part) {
  const float y = ImGui::GetCursorScreenPos().y;
  for (const JobText& job : part.jobs) {
    ImGui::SetCursorScreenPos(
        ImVec2(ImGui::GetCursorScreenPos().x, y + (px(kit::kControlHeight) - px(kit::kControlHeightCompact)) / 2));
    draw_job_pill(f, job);
    kit::same_row(px(8));
    ImGui::SetCursorScreenPos(ImVec2(ImGui::GetCursorScreenPos().x, y));
  }
  draw_evaluate(f, part.evaluate_icon_only);
  kit::same_row(px(12));
  draw_save_state(f, part.save_with_text);
  kit::same_row(px(8));
  draw_language_and_theme(f);
}

void draw_search_part(UiFrame& f, float x0, float x1, float y, bool with_status) {
  const std::string status = search_status(f);
  const float status_width =
      with_status ? kit::text_width(f.kit, status, kit::TextStyle::Small) + px(12) : 0;
  // Without room beside the list they are a sheet over it; over what covers the list they would be of no use.
  const bool list_covered = !f.view.facets.has_room && (!f.session.route().trace_id.empty() || !f.session.route().session_id.empty());
  const bool facets = !list_covered && f.session.route().place == app::Place::Traces &&
                      f.session.dataset().trace_count() > 0;
  // Those that open something have an arrow as well.
  const float plain = px(kit::kControlHeight) + px(4), opening = plain + px(10);
  const float help = 2 * opening + (!facets ? 0 : f.view.facets.has_room ? plain : opening);
  ImGui::SetCursorScreenPos(ImVec2(x0, y));
  draw_query_box(f, std::max(px(120), std::min(px(760), x1 - x0 - status_width - help)));
  kit::same_row(px(4));
  draw_views_button(f);
  kit::same_row(px(4));
  draw_help_button(f);
  if (facets) {
    kit::same_row(px(4));
    draw_facets_button(f);
  }
  if (!with_status) return;
  kit::same_row(px(8));
  kit::center_in_row(kit::text_height(f.kit, kit::TextStyle::Small), px(kit::kControlHeight));
  kit::text_node(f.kit, "top.search_status", status, kit::TextStyle::Small,
                 kit::Color::TextSecondary, kit::Role::Status);
}

}  // namespace

void draw_export_items(UiFrame& f) {
  const bool some_selected = f.session.selected_count() > 0;
  const app::TraceList& list = f.session.traces();
  const bool some_hidden = !list.error() && list.rows().size() < f.session.dataset().trace_count();
  kit::menu_title(f.kit, tr(Str::export_title));
  menu_command(f, "export.all", tr(Str::export_all), kIconFileJson, CommandId::ExportTraces,
               {{"scope", "all"}});
  menu_command(f, "export.matching", tr(Str::export_matching), kIconFileJson,
               CommandId::ExportTraces, {{"scope", "matching"}}, some_hidden);
  menu_command(f, "export.selected", tr(Str::export_selected), kIconFileJson,
               CommandId::ExportTraces, {{"scope", "selected"}}, some_selected);
  // The other forms hold what matches, or everything when nothing is filtered.
  const struct {
    const char* form;
    const char* id;
    Str text;
    const char* icon;
  } kForms[] = {{"otlp", "export.otlp", Str::export_otlp, kIconFileJson},
                {"evaluations", "export.evaluations", Str::export_evaluations, kIconFileJson},
                {"dataframe", "export.dataframe", Str::export_dataframe, kIconFileJson},
                {"csv", "export.traces_csv", Str::export_traces_csv, kIconTable},
                {"dataset", "export.dataset", Str::export_dataset, kIconFileJson}};
  for (const auto& form : kForms) {
    menu_command(f, form.id, tr(form.text), form.icon, CommandId::ExportTraces,
                 {{"scope", some_hidden ? "matching" : "all"}, {"form", form.form}});
  }
  menu_command(f, "export.csv", tr(Str::export_csv), kIconTable, CommandId::ExportResultsCsv);
  menu_command(f, "export.assessments", tr(Str::export_assessments_csv), kIconTable, CommandId::ExportAssessmentsCsv);
  menu_command(f, "export.json", tr(Str::export_json), kIconBraces, CommandId::ExportResultsJson);
  menu_command(f, "export.journal", tr(Str::export_journal), kIconHistory,
               CommandId::ExportJournal);
}

float top_bar_height_pt(const UiFrame& f, float width_pt) {
  const bool two_rows = is_narrow(width_pt) && f.session.dataset().trace_count() > 0;
  return two_rows ? px(92) : px(50);
}

void draw_top_bar(UiFrame& f, const kit::Rect& rect) {
  kit::RegionOptions options;
  options.borders = kit::kBorderBottom;
  options.role = kit::Role::Toolbar;
  options.name = tr(Str::top_bar);
  kit::begin_region(f.kit, "top", rect, options);
  const bool has_data = f.session.dataset().trace_count() > 0;
  const bool narrow = is_narrow(rect.width());
  const float y = rect.y0 + std::floor((px(50) - px(kit::kControlHeight)) / 2);
  const float left = rect.x0 + px(12), right = rect.x1 - px(12);

  const RightPart part = measure_right(f, rect.width());
  ImGui::SetCursorScreenPos(ImVec2(left, y));
  const float data_room = narrow ? right - left - part.width_pt - px(12)
                                 : std::min(px(300), (right - left - part.width_pt) * 0.4F);
  draw_data_button(f, data_room);
  const float after_data = ImGui::GetItemRectMax().x + px(12);

  if (has_data) {
    if (narrow) {
      call_late<&draw_search_part>(f, left, right, y + px(40), false);
    } else {
      call_late<&draw_search_part>(f, after_data, right - part.width_pt - px(16), y, rect.width() >= px(1000));
    }
  }
  ImGui::SetCursorScreenPos(ImVec2(right - part.width_pt, y));
  draw_right(f, part);
  kit::end_region(f.kit);
}

}  // namespace assay::ui
