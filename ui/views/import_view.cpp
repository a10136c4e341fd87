#include "ui/views/import_view.h"

#include <algorithm>

#include "core/ingest/import_report.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/mapping_view.h"
#include "ui/views/part_view.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using ingest::FileReport;
using ingest::IssueKind;
using ingest::Severity;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

void draw_centered(UiFrame& f, std::string_view id, std::string_view text, kit::TextStyle style,
                   kit::Color token, const kit::Rect& area) {
  const float width = kit::text_width(f.kit, text, style);
  if (width <= area.width()) {
    ImGui::SetCursorScreenPos(
        ImVec2(area.x0 + (area.width() - width) / 2, ImGui::GetCursorScreenPos().y));
    kit::text_node(f.kit, id, text, style, token);
  } else {
    ImGui::SetCursorScreenPos(ImVec2(area.x0, ImGui::GetCursorScreenPos().y));
    kit::paragraph(f.kit, text, area.width(), style, token);
  }
}

void draw_dashed_rect(ImDrawList* list, const kit::Rect& r, ImU32 color) {
  const float dash = px(6), step = px(11), thickness = px(1.5F);
  for (float x = r.x0 + px(6); x < r.x1 - px(6); x += step) {
    const float end = std::min(x + dash, r.x1 - px(6));
    list->AddLine(ImVec2(x, r.y0), ImVec2(end, r.y0), color, thickness);
    list->AddLine(ImVec2(x, r.y1), ImVec2(end, r.y1), color, thickness);
  }
  for (float y = r.y0 + px(6); y < r.y1 - px(6); y += step) {
    const float end = std::min(y + dash, r.y1 - px(6));
    list->AddLine(ImVec2(r.x0, y), ImVec2(r.x0, end), color, thickness);
    list->AddLine(ImVec2(r.x1, y), ImVec2(r.x1, end), color, thickness);
  }
}

void draw_buttons(UiFrame& f, const kit::Rect& area) {
  kit::ButtonOptions open;
  open.kind = kit::ButtonKind::Primary;
  open.icon = kIconFolderOpen;
  kit::ButtonOptions example;
  example.icon = kIconSparkles;
  const float open_width = kit::button_width(f.kit, tr(Str::empty_open), open);
  const float example_width = kit::button_width(f.kit, tr(Str::empty_example), example);
  const float total = open_width + px(12) + example_width;
  const bool one_row = total <= area.width();
  const float y = ImGui::GetCursorScreenPos().y;
  ImGui::SetCursorScreenPos(
      ImVec2(area.x0 + (area.width() - (one_row ? total : open_width)) / 2, y));
  if (kit::button(f.kit, "empty.open", tr(Str::empty_open), open)) f.emit(CommandId::FileOpen);
  if (one_row) {
    kit::same_row(px(12));
  } else {
    ImGui::SetCursorScreenPos(ImVec2(area.x0 + (area.width() - example_width) / 2,
                                     ImGui::GetCursorScreenPos().y + px(8)));
  }
  if (kit::button(f.kit, "empty.example", tr(Str::empty_example), example))
    f.emit(CommandId::FileOpenExample);
}

void draw_drop_zone(UiFrame& f) {
  const kit::Rect region = kit::remaining_rect();
  const float width = std::min(px(680), region.width() - px(32));
  const float height = std::min(px(width < px(480) ? 440 : 392), region.height() - px(32));
  const float x0 = region.x0 + (region.width() - width) / 2;
  const float y0 = region.y0 + std::max(px(16), (region.height() - height) * 0.42F);
  const kit::Rect zone{x0, y0, x0 + width, y0 + height};
  const bool hot = f.view.files_over_page;
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(zone.min(), zone.max(),
                      kit::color(hot ? kit::Color::AccentWeak : kit::Color::Surface), px(10));
  draw_dashed_rect(list, zone, kit::color(hot ? kit::Color::Accent : kit::Color::LineStrong));

  const kit::Rect inner = zone.shrunk(px(28), px(28));
  const float content = px(width < px(480) ? 344 : 280);
  float y = inner.y0 + std::max(0.0F, (inner.height() - content) / 2);
  const kit::Rect disc{inner.center_x() - px(28), y, inner.center_x() + px(28), y + px(56)};
  list->AddCircleFilled(ImVec2(disc.center_x(), disc.center_y()), px(28),
                        kit::color(kit::Color::AccentWeak), 48);
  kit::draw_icon(f.kit, list, disc, kIconUpload, kit::Color::Accent, 26);
  ImGui::SetCursorScreenPos(ImVec2(inner.x0, disc.y1 + px(18)));
  draw_centered(f, "empty.title", tr(Str::empty_title), kit::TextStyle::Title, kit::Color::Text,
                inner);
  kit::gap(px(8));
  draw_centered(f, "empty.text", tr(Str::empty_text), kit::TextStyle::Body,
                kit::Color::TextSecondary, inner);
  kit::gap(px(2));
  draw_centered(f, "empty.formats", tr(Str::empty_formats), kit::TextStyle::Small,
                kit::Color::TextSecondary, inner);
  kit::gap(px(22));
  draw_buttons(f, inner);
  kit::gap(px(26));
  draw_centered(f, "empty.privacy", tr(Str::empty_privacy), kit::TextStyle::Small,
                kit::Color::TextSecondary, inner);
}

void draw_first_import(UiFrame& f) {
  const app::ImportProgress& import = f.session.import_progress();
  const kit::Rect region = kit::remaining_rect();
  const float width = std::min(px(440), region.width() - px(48));
  const float x0 = region.x0 + (region.width() - width) / 2;
  ImGui::SetCursorScreenPos(ImVec2(x0, region.y0 + region.height() * 0.36F));
  kit::begin_region(f.kit, "import.progress", ImVec2(width, px(140)),
                    {.background = kit::Color::Transparent});
  kit::text_ellipsis(f.kit, kit::tr_format(Str::import_reading, {import.file_name}), width,
                     kit::TextStyle::BodyStrong);
  kit::gap(px(10));
  const float fraction = import.size_bytes == 0
                             ? -1.0F
                             : static_cast<float>(static_cast<double>(import.bytes_read) /
                                                  static_cast<double>(import.size_bytes));
  kit::progress_bar(f.kit, "import.bar", tr(Str::import_progress), fraction, width, px(6));
  kit::gap(px(8));
  std::string numbers = kit::format_bytes(import.bytes_read);
  if (import.size_bytes != 0)
    numbers = kit::tr_format(Str::import_of, {numbers, kit::format_bytes(import.size_bytes)});
  numbers += " · " + kit::tr_count(Str::top_traces, f.session.dataset().trace_count());
  if (import.files_waiting > 0)
    numbers += " · " + kit::tr_count(Str::import_waiting, import.files_waiting);
  kit::text_node(f.kit, "import.numbers", numbers, kit::TextStyle::Small, kit::Color::TextSecondary,
                 kit::Role::Status);
  kit::gap(px(14));
  if (kit::button(f.kit, "import.cancel", tr(Str::import_cancel)))
    f.emit(CommandId::FileCancelImport);
  kit::end_region(f.kit);
}

// --- The report
// -----------------------------------------------------------------------------------------

kit::Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::Info:
      return kit::Tone::Neutral;
    case Severity::Repaired:
      return kit::Tone::Info;
    case Severity::Skipped:
      return kit::Tone::Warn;
    case Severity::Failed:
      return kit::Tone::Fail;
  }
  return kit::Tone::Neutral;
}

Str severity_text(Severity severity) {
  switch (severity) {
    case Severity::Info:
      return Str::import_info;
    case Severity::Repaired:
      return Str::import_repaired;
    case Severity::Skipped:
      return Str::import_skipped;
    case Severity::Failed:
      return Str::import_failed;
  }
  return Str::import_info;
}

std::string explanation(IssueKind kind) {
  const ingest::IssueKindInfo& info = ingest::issue_kind_info(kind);
  const char* text = kit::tr_key("import_issue." + std::string(info.key));
  return std::string(text != nullptr ? std::string_view(text) : info.explanation);
}

bool is_trouble(const FileReport& report) {
  if (report.failed) return true;
  for (size_t i = 0; i < static_cast<size_t>(IssueKind::kCount); ++i) {
    const auto kind = static_cast<IssueKind>(i);
    // The same trace again, byte for byte, loses nothing.
    if (report.counts[i] == 0 || kind == IssueKind::DuplicateTraceSame) continue;
    const Severity severity = ingest::issue_kind_info(kind).severity;
    if (severity == Severity::Skipped || severity == Severity::Failed) return true;
  }
  return false;
}

// What is missing first, remarks last.
std::vector<IssueKind> kinds_to_tell(const FileReport& report) {
  const auto rank = [](IssueKind kind) {
    switch (ingest::issue_kind_info(kind).severity) {
      case Severity::Failed: return 0;
      case Severity::Skipped: return 1;
      case Severity::Repaired: return 3;
      case Severity::Info: break;
    }
    return kind == IssueKind::LeftOut ? 2 : 4;
  };
  std::vector<IssueKind> kinds;
  for (int wanted = 0; wanted <= 4; ++wanted) {
    for (size_t i = 0; i < static_cast<size_t>(IssueKind::kCount); ++i) {
      const auto kind = static_cast<IssueKind>(i);
      if (report.counts[i] > 0 && rank(kind) == wanted) kinds.push_back(kind);
    }
  }
  return kinds;
}

void draw_issue_places(UiFrame& f, const FileReport& report, IssueKind kind, std::string_view id) {
  uint64_t shown = 0;
  for (const ingest::Issue& issue : report.first_issues) {
    if (issue.kind != kind) continue;
    ++shown;
    std::string place =
        issue.record_number == 0
            ? std::string()
            : kit::tr_format(Str::import_record,
                             {kit::format_count(static_cast<int64_t>(issue.record_number))});
    if (!place.empty()) place += "  ";
    place +=
        kit::tr_format(Str::import_byte, {kit::format_count(static_cast<int64_t>(issue.at_byte))});
    // What is about the file as a whole has no place in it.
    if (issue.record_number > 0 || issue.at_byte > 0 || issue.detail.empty()) {
      indent_by(px(24));
      kit::text(f.kit, place, kit::TextStyle::MonoSmall, kit::Color::TextSecondary);
    }
    if (!issue.detail.empty()) {
      indent_by(px(24));
      wrapped_text(f, kit::id_with(kit::id_part(id, "detail"), static_cast<int64_t>(shown) - 1), issue.detail,
                   kit::TextStyle::Small, kit::Color::TextSecondary);
    }
  }
  if (report.count(kind) > shown && shown > 0) {
    indent_by(px(24));
    kit::text(f.kit,
              kit::tr_count(Str::import_more, static_cast<int64_t>(report.count(kind) - shown)),
              kit::TextStyle::Small, kit::Color::TextSecondary);
  }
}

// The table that the person is to be asked about; -1: none.
int asking_table(const FileReport& report) {
  if (report.traces > 0) return -1;
  for (size_t i = 0; i < report.tables.size(); ++i) {
    if (report.tables[i].asks) return static_cast<int>(i);
  }
  return -1;
}

const FileReport* report_of(const UiFrame& f, uint32_t token) {
  for (const FileReport& report : f.session.import_reports()) {
    if (report.token == token && !report.replaced) return &report;
  }
  return nullptr;
}

// One file after the other, and the report at the end.
void ask_next(UiFrame& f) {
  if (f.view.mapping.open || f.view.part.open || kit::dialog_is_open()) return;
  while (!f.view.asking.empty()) {
    const FileReport* report = report_of(f, f.view.asking.front());
    f.view.asking.erase(f.view.asking.begin());
    if (report == nullptr) continue;
    const int table = asking_table(*report);
    if (table >= 0) return open_mapping(f, *report, static_cast<size_t>(table));
    if (report->fits_bytes > 0 || report->count(IssueKind::TooLarge) > 0) return open_part(f, *report);
  }
  if (f.view.report_after_asking) f.view.import_report_open = true;
  f.view.report_after_asking = false;
}

void draw_reading_buttons(UiFrame& f, const FileReport& report, std::string_view id) {
  if (report.token == 0) return;
  for (size_t i = 0; i < report.tables.size(); ++i) {
    kit::gap(px(8));
    const ingest::TableSample& table = report.tables[i];
    const std::string text = report.tables.size() > 1 ? kit::tr_format(Str::import_columns_of, {table.entry})
                             : table.unread           ? tr(Str::import_columns_say)
                                                      : tr(Str::import_columns);
    const std::string button = kit::id_with(kit::id_part(id, "columns"), static_cast<int64_t>(i));
    if (kit::button(f.kit, button, text)) open_mapping(f, report, i);
  }
  if (report.count(IssueKind::TooLarge) == 0) return;
  kit::gap(px(8));
  if (kit::button(f.kit, kit::id_part(id, "part"), tr(Str::import_part))) open_part(f, report);
}

void draw_file_report(UiFrame& f, const FileReport& report, size_t number) {
  const std::string id = kit::id_with("import.file", static_cast<int64_t>(number));
  const kit::Tone tone = report.failed        ? kit::Tone::Fail
                         : is_trouble(report) ? kit::Tone::Warn
                                              : kit::Tone::Pass;
  const bool reads_nothing = is_trouble(report) && report.traces + report.spans + report.assessments == 0;
  const Str state = report.failed        ? Str::import_state_failed
                    : report.cancelled   ? Str::import_state_cancelled
                    : reads_nothing      ? Str::import_state_nothing
                    : is_trouble(report) ? Str::import_state_partly
                                         : Str::import_state_read;
  kit::text_node(f.kit, id, report.file_name, kit::TextStyle::BodyStrong, kit::Color::Text,
                 kit::Role::Heading, 3);
  kit::same_row(px(10));
  kit::badge(f.kit, kit::id_part(id, "state"), tr(state), tone);
  std::string facts = kit::format_bytes(report.size_bytes);
  if (!report.format.empty()) facts += " · " + report.format;
  if (report.seconds > 0)
    facts += " · " + kit::format_duration_ns(static_cast<int64_t>(report.seconds * 1e9));
  kit::text(f.kit, facts, kit::TextStyle::Small, kit::Color::TextSecondary);
  kit::gap(px(4));
  std::string counts =
      kit::tr_count(Str::top_traces, static_cast<int64_t>(report.traces)) + " · " +
      kit::tr_count(Str::import_spans, static_cast<int64_t>(report.spans)) + " · " +
      kit::tr_count(Str::import_assessments, static_cast<int64_t>(report.assessments));
  if (report.records_repaired > 0) {
    counts += " · " + kit::tr_count(Str::import_records_repaired,
                                    static_cast<int64_t>(report.records_repaired));
  }
  if (report.records_skipped > 0) {
    counts += " · " + kit::tr_count(Str::import_records_skipped,
                                    static_cast<int64_t>(report.records_skipped));
  }
  kit::text_node(f.kit, kit::id_part(id, "counts"), counts, kit::TextStyle::Body);
  for (const IssueKind kind : kinds_to_tell(report)) {
    const auto i = static_cast<size_t>(kind);
    const ingest::IssueKindInfo& info = ingest::issue_kind_info(kind);
    kit::gap(px(8));
    const std::string issue_id = kit::id_part(id, info.key);
    kit::badge(f.kit, kit::id_part(issue_id, "kind"),
               kit::tr_format(severity_text(info.severity),
                              {kit::format_count(static_cast<int64_t>(report.counts[i]))}),
               tone_of(info.severity));
    kit::same_row(px(8));
    kit::paragraph(f.kit, explanation(kind), 0, kit::TextStyle::Body, kit::Color::Text);
    draw_issue_places(f, report, kind, issue_id);
  }
  draw_reading_buttons(f, report, id);
  if (report.traces == 0) return;
  kit::gap(px(8));
  kit::ButtonOptions close;
  close.size = kit::ControlSize::Compact;
  close.icon = kIconX;
  if (kit::button(f.kit, kit::id_part(id, "close"), tr(Str::import_close_file), close))
    f.emit(CommandId::FileClose, {{"token", std::to_string(report.token)}});
}

}  // namespace

void draw_empty_traces(UiFrame& f) {
  if (f.session.import_progress().active) {
    draw_first_import(f);
  } else {
    draw_drop_zone(f);
  }
}

void watch_imports(UiFrame& f) {
  const auto& reports = f.session.import_reports();
  if (reports.size() < f.view.reports_seen) f.view.reports_seen = 0;  // the files were closed
  ask_next(f);
  if (f.session.import_progress().active || reports.size() == f.view.reports_seen) return;
  for (size_t i = f.view.reports_seen; i < reports.size(); ++i) {
    const FileReport& report = reports[i];
    if (report.kept || report.replaced) continue;
    const bool asks = asking_table(report) >= 0 || report.count(IssueKind::TooLarge) > 0;
    if (asks) {
      f.view.asking.push_back(report.token);
    } else if (is_trouble(report)) {
      f.view.report_after_asking = true;
    }
  }
  f.view.reports_seen = reports.size();
  ask_next(f);
}

void draw_import_report(UiFrame& f) {
  kit::DialogOptions options;
  options.width_pt = 680;
  if (!kit::begin_dialog(f.kit, "import.report", tr(Str::import_title), f.view.import_report_open,
                         options))
    return;
  const auto& reports = f.session.import_reports();
  if (reports.empty()) kit::paragraph(f.kit, tr(Str::import_nothing));
  bool first = true;
  // Files of which something is missing stand before those that were read whole; among both the newest first.
  for (const bool trouble : {true, false}) {
    for (size_t i = reports.size(); i-- > 0;) {
      if (reports[i].replaced || is_trouble(reports[i]) != trouble) continue;
      if (!first) {
        kit::gap(px(16));
        kit::separator(f.kit);
        kit::gap(px(12));
      }
      first = false;
      draw_file_report(f, reports[i], i);
    }
  }
  kit::dialog_footer(f.kit);
  if (kit::dialog_button(f.kit, "import.close", tr(Str::close), true))
    f.view.import_report_open = false;
  if (kit::dialog_button(f.kit, "import.open_more", tr(Str::top_add_files)))
    f.emit(CommandId::FileOpen);
  kit::end_dialog(f.kit);
}

}  // namespace assay::ui
