#include "ui/views/trace_reader.h"

#include <algorithm>

#include "core/base/time.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/analysis_view.h"
#include "ui/views/annotate_panel.h"
#include "ui/views/compare_view.h"
#include "ui/views/content.h"
#include "ui/views/drafts.h"
#include "ui/views/note_marks.h"
#include "ui/views/overview_tab.h"
#include "ui/views/reader_hits.h"
#include "ui/views/span_view.h"
#include "ui/views/timeline_view.h"
#include "ui/views/value_view.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::TraceRow;

namespace {

constexpr float kAssessmentsMinWidth = 700;  // of the reader, to show them beside the content

void draw_head_buttons(UiFrame& f, float right, float y, bool can_maximize) {
  const app::TraceList& list = f.session.traces();
  const auto open = f.session.open_trace();
  const auto position = open ? list.position_of(*open) : std::nullopt;
  const auto chord = [&](CommandId id) {
    return key_label(f, id);
  };
  const float size = px(kit::kControlHeight);
  const int count = can_maximize ? 5 : 4;
  ImGui::SetCursorScreenPos(ImVec2(right - size * static_cast<float>(count), y));
  const std::string previous = chord(CommandId::TracePrevious), next = chord(CommandId::TraceNext);
  const std::string wide = chord(CommandId::UiMaximizeReader), close = chord(CommandId::TraceClose);
  kit::IconButtonOptions options;
  options.chord = previous;
  options.enabled = position && *position > 0;
  if (kit::icon_button(f.kit, "reader.previous", kIconChevronUp, tr(Str::reader_previous), options))
    f.emit(CommandId::TracePrevious);
  kit::same_row(0);
  options.chord = next;
  options.enabled = position && *position + 1 < list.rows().size();
  if (kit::icon_button(f.kit, "reader.next", kIconChevronDown, tr(Str::reader_next), options))
    f.emit(CommandId::TraceNext);
  kit::same_row(0);
  options.enabled = true;
  if (can_maximize) {
    const bool big = f.view.reader.maximized;
    options.chord = wide;
    if (kit::icon_button(f.kit, "reader.maximize", big ? kIconMinimize : kIconMaximize,
                         tr(big ? Str::reader_narrow : Str::reader_widen), options)) {
      f.emit(CommandId::UiMaximizeReader);
    }
    kit::same_row(0);
  }
  if (open) {
    draw_compare_button(f, *open);
    kit::same_row(0);
  }
  options.chord = close;
  if (kit::icon_button(f.kit, "reader.close", kIconX, tr(Str::reader_close), options))
    f.emit(CommandId::TraceClose);
}

void draw_state_badge(UiFrame& f, store::TraceState state) {
  switch (state) {
    case store::TraceState::Ok:
      kit::badge(f.kit, "reader.state", tr(Str::state_ok), kit::Tone::Pass, kIconCircleCheck);
      return;
    case store::TraceState::Error:
      kit::badge(f.kit, "reader.state", tr(Str::state_error), kit::Tone::Fail, kIconCircleX);
      return;
    case store::TraceState::InProgress:
      kit::badge(f.kit, "reader.state", tr(Str::state_running), kit::Tone::Info, kIconCircleDashed);
      return;
    case store::TraceState::Unspecified:
      kit::badge(f.kit, "reader.state", tr(Str::state_unknown), kit::Tone::Neutral);
      return;
  }
}

std::string head_facts(const UiFrame& f, TraceRow trace) {
  const store::Dataset& dataset = f.session.dataset();
  std::string facts;
  const auto add = [&facts](const std::string& text) {
    if (text.empty()) return;
    if (!facts.empty()) facts += "   ";
    facts += text;
  };
  if (dataset.duration_ms(trace) != kNoTime)
    add(kit::format_duration_ns(dataset.duration_ms(trace) * 1'000'000));
  if (dataset.total_tokens(trace) >= 0) add(kit::format_tokens(dataset.total_tokens(trace)));
  if (dataset.cost_usd(trace) >= 0) add(kit::format_cost_usd(dataset.cost_usd(trace)));
  if (dataset.request_time_ns(trace) != kNoTime)
    add(kit::format_date_time(dataset.request_time_ns(trace)));
  return facts;
}

// Leads to the session's conversation.
void draw_session_link(UiFrame& f, float x, float y, float right, TraceRow trace) {
  const store::Dataset& dataset = f.session.dataset();
  if (!dataset.session(trace).present()) return;
  const std::string_view session = dataset.name_text(dataset.session(trace));
  const std::string text = kit::tr_format(Str::reader_session, {session});
  const float wanted = kit::text_width(f.kit, text, kit::TextStyle::Small) + px(24);
  ImGui::SetCursorScreenPos(ImVec2(x, y));
  kit::ListRowOptions options;
  options.role = kit::Role::Link;
  options.height_pt = px(20);
  options.width_pt = std::min(wanted, right - x);
  const kit::ListRowResult row = kit::list_row(f.kit, "reader.session", text, options);
  if (row.clicked) f.emit(CommandId::SessionOpen, {{"session_id", session}});
  if (!row.visible) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  kit::draw_icon(f.kit, list, {row.rect.x0 + px(2), row.rect.y0, row.rect.x0 + px(16), row.rect.y1}, kIconMessageSquareText,
                 Color::Accent, 12);
  kit::draw_text(f.kit, list, {row.rect.x0 + px(19), row.rect.y0, row.rect.x1, row.rect.y1}, text, kit::TextStyle::Small,
                 Color::Accent);
}

void draw_head(UiFrame& f, const kit::Rect& rect, TraceRow trace, bool can_maximize) {
  const store::Dataset& dataset = f.session.dataset();
  const float y = rect.y0 + px(10), x = rect.x0 + px(16);
  const float buttons = px(kit::kControlHeight) * (can_maximize ? 5 : 4);
  const float badge = px(86);
  const std::string title = trace_title(dataset, trace);
  const float room = rect.width() - px(16) - buttons - badge - px(28);
  const float title_width =
      std::min(room, kit::text_width(f.kit, title, kit::TextStyle::Section) + px(2));
  const float row = px(kit::kControlHeight);
  kit::draw_text(f.kit, ImGui::GetWindowDrawList(), {x, y, x + title_width, y + row}, title,
                 kit::TextStyle::Section);
  kit::SemItem item;
  item.role = kit::Role::Heading;
  item.id = "reader.title";
  item.name = title;
  item.level = 1;
  item.rect = {x, y, x + title_width, y + row};
  f.kit.semantics->add(item);
  ImGui::SetCursorScreenPos(ImVec2(x + title_width + px(10), y + px(5)));
  draw_state_badge(f, dataset.state(trace));
  draw_head_buttons(f, rect.x1 - px(8), y, can_maximize);

  const float second = y + row + px(2);
  ImGui::SetCursorScreenPos(ImVec2(x, second));
  const std::string_view id = dataset.trace_id(trace);
  const std::string facts = head_facts(f, trace);
  const float facts_width = kit::text_width(f.kit, facts, kit::TextStyle::Small);
  // In a narrow window the id gives way: duration, tokens, cost and time say more than its middle.
  const float id_room = std::clamp(rect.width() - px(dataset.session(trace).present() ? 96 : 62) - facts_width, px(72), rect.width() * 0.42F);
  const float id_width = std::min(kit::text_width(f.kit, id, kit::TextStyle::MonoSmall), id_room);
  kit::ListRowOptions options;
  options.role = kit::Role::Button;
  options.width_pt = id_width + px(26);
  options.height_pt = px(20);
  const kit::ListRowResult copy =
      kit::list_row(f.kit, "reader.copy_id", kit::tr_format(Str::reader_copy_id, {id}), options);
  if (copy.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    kit::draw_text(f.kit, list, {copy.rect.x0, copy.rect.y0, copy.rect.x0 + id_width, copy.rect.y1},
                   id, kit::TextStyle::MonoSmall, Color::TextSecondary);
    kit::draw_icon(f.kit, list,
                   {copy.rect.x1 - px(20), copy.rect.y0, copy.rect.x1 - px(6), copy.rect.y1},
                   kIconCopy, Color::TextDisabled, 12);
  }
  if (copy.clicked) {
    ImGui::SetClipboardText(std::string(id).c_str());
    kit::toast(f.kit, kit::ToastKind::Neutral, tr(Str::kit_copied), {}, {}, 2);
  }
  const float facts_x = x + id_width + px(34);
  const float hits = draw_hits(f, rect.x1 - px(8), second, px(20));
  const float right = rect.x1 - px(12) - (hits > 0 ? hits + px(8) : 0);
  // The link gets what the facts leave, and where they leave little, the room of its icon.
  const bool has_session = dataset.session(trace).present();
  const float link = has_session ? std::max(px(24), right - facts_x - facts_width - px(10)) : 0;
  const kit::Rect facts_rect{facts_x, second, std::max(facts_x + 1, std::min(facts_x + facts_width + 1, right - link)),
                             second + px(20)};
  kit::draw_text(f.kit, ImGui::GetWindowDrawList(), facts_rect, facts, kit::TextStyle::Small,
                 Color::TextSecondary);
  item = {};
  item.role = kit::Role::Text;
  item.id = "reader.facts";
  item.name = facts;
  item.rect = facts_rect;
  f.kit.semantics->add(item);
  draw_session_link(f, std::min(facts_rect.x1 + px(10), right - px(20)), second, right, trace);
}

void draw_json_tab(UiFrame& f, TraceContent& content) {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = px(16);
  options.padding_y_pt = px(12);
  kit::begin_region(f.kit, "reader.json", kit::remaining_rect(), options);
  draw_part_title(f, "reader.json_title", tr(Str::reader_record), record_json(f, content).text);
  draw_text_block(f, "reader.json_text", tr(Str::reader_record), record_json(f, content));
  kit::gap(px(24));
  kit::end_region(f.kit);
}

struct TabItem {
  ReaderTab tab;
  std::string_view key;
  Str text;
};
constexpr TabItem kTabs[] = {{ReaderTab::Overview, "overview", Str::tab_overview},
                             {ReaderTab::Spans, "spans", Str::tab_spans},
                             {ReaderTab::Assessments, "assessments", Str::tab_assessments},
                             {ReaderTab::Metadata, "metadata", Str::tab_metadata},
                             {ReaderTab::Json, "json", Str::tab_json}};

ReaderTab draw_tabs(UiFrame& f, const TraceContent& content, float width_pt) {
  ReaderTab& tab = f.view.reader.tab;
  const bool beside = f.view.reader.assessments_beside;
  if (beside && tab == ReaderTab::Assessments) tab = ReaderTab::Overview;
  const bool counts = width_pt >= px(500), narrow = width_pt < px(430);
  kit::Tab items[5];
  ReaderTab shown[5] = {};
  size_t count = 0;
  int selected = 0;
  for (const TabItem& item : kTabs) {
    if (beside && item.tab == ReaderTab::Assessments) continue;
    kit::Tab& out = items[count];
    out.key = item.key;
    out.text = tr(item.text);
    if (narrow && item.tab == ReaderTab::Metadata) out.text = tr(Str::tab_metadata_short);
    if (counts && item.tab == ReaderTab::Spans)
      out.count = f.session.dataset().spans(TraceRow{content.row}).count;
    if (item.tab == tab) selected = static_cast<int>(count);
    shown[count++] = item.tab;
  }
  if (kit::tabs(f.kit, "reader.tab", tr(Str::reader_tabs), std::span<const kit::Tab>(items, count),
                selected)) {
    tab = shown[selected];
  }
  return tab;
}

void draw_content(UiFrame& f, const kit::Rect& rect, TraceRow trace) {
  TraceContent& content = trace_content(f, trace);
  kit::begin_region(f.kit, "reader.content", rect, {.role = kit::Role::None});
  kit::indent_to(rect.width() < px(480) ? px(4) : px(12));
  const ReaderTab tab = draw_tabs(f, content, rect.width());
  const float below = ImGui::GetItemRectMax().y + 1;
  if (rect.width() >= px(440) && (tab == ReaderTab::Overview || tab == ReaderTab::Spans)) {
    ImGui::SetCursorScreenPos(ImVec2(rect.x1 - px(124), rect.y0 + px(3)));
    draw_format_choice(f, "reader.format");
  }
  ImGui::SetCursorScreenPos(ImVec2(rect.x0, below));
  switch (tab) {
    case ReaderTab::Overview:
      draw_overview_tab(f, trace);
      break;
    case ReaderTab::Spans:
      draw_spans_tab(f, trace);
      break;
    case ReaderTab::Metadata:
      draw_metadata_tab(f, trace);
      break;
    case ReaderTab::Json:
      draw_json_tab(f, content);
      break;
    case ReaderTab::Assessments:
      draw_annotate_panel(f, kit::remaining_rect(), trace);
      break;
  }
  kit::end_region(f.kit);
}

}  // namespace

void draw_trace_reader(UiFrame& f, const kit::Rect& whole, TraceRow trace) {
  kit::Rect rect = whole;
  kit::RegionOptions options;
  options.role = kit::Role::Region;
  options.name = tr(Str::reader_name);
  kit::begin_region(f.kit, "reader", rect, options);
  keep_span_place(f, trace_content(f, trace));
  count_hits(f, trace);
  begin_notes(f, trace, f.view.blind);
  show_begun_note(f, f.session.dataset().trace_id(trace));
  if (f.view.analysis.bar_open) {
    rect.y1 -= px(kNoteBarHeight);
    draw_note_bar(f, {rect.x0, rect.y1, rect.x1, whole.y1}, trace);
  }
  const bool can_maximize = f.view.reader.can_maximize;
  draw_head(f, rect, trace, can_maximize);
  const float top = rect.y0 + px(70);
  ReaderState& reader = f.view.reader;
  reader.assessments_beside = rect.width() >= px(kAssessmentsMinWidth);
  if (reader.assessments_beside) {
    const float side = std::clamp(reader.assessments_width_pt, px(260), rect.width() * 0.5F);
    const float x = rect.x1 - side;
    draw_content(f, {rect.x0, top, x - px(5), rect.y1}, trace);
    kit::SplitterOptions bar{.from_end = true,
                             .min_pt = px(260),
                             .max_pt = rect.width() * 0.5F,
                             .reset_pt = px(336),
                             .name = tr(Str::tab_assessments)};
    kit::splitter(f.kit, "reader.assessments_splitter", {x - px(5), top, x, rect.y1},
                  reader.assessments_width_pt, bar);
    draw_annotate_panel(f, {x, top, rect.x1, rect.y1}, trace);
  } else {
    draw_content(f, {rect.x0, top, rect.x1, rect.y1}, trace);
  }
  draw_note_overlay(f, {rect.x0, top, rect.x1, rect.y1});
  kit::end_region(f.kit);
}

void draw_missing_trace(UiFrame& f, const kit::Rect& rect) {
  kit::begin_region(f.kit, "reader", rect, {.role = kit::Role::Region});
  const kit::EmptyAction actions[] = {{"reader.close", tr(Str::reader_close), kIconX, false}};
  const std::string text = kit::tr_format(Str::reader_missing_text, {f.session.route().trace_id});
  if (kit::empty_state(f.kit, "reader.missing", kIconSearch, tr(Str::reader_missing), text,
                       actions) == 0) {
    f.emit(CommandId::TraceClose);
  }
  kit::end_region(f.kit);
}

}  // namespace assay::ui
