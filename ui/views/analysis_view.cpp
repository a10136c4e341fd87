#include "ui/views/analysis_view.h"

#include <algorithm>

#include "core/stats/interval.h"
#include "core/stats/saturation.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/parts.h"
#include "ui/views/text.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::TraceRow;

namespace {

constexpr size_t kMostChips = 9, kMostNotes = 100;
constexpr double kEnoughCoverage = 0.9;

const Analysis& analysis(UiFrame& f) {
  AnalysisState& state = f.view.analysis;
  const uint64_t revision = f.session.dataset().revision();
  const uint64_t generation = f.session.traces().rows().size();
  if (!state.made || state.revision != revision || state.list_generation != generation) {
    state.analysis = analyse(f.session.dataset(), f.session.traces().rows());
    state.made = true;
    state.revision = revision;
    state.list_generation = generation;
  }
  return state.analysis;
}

void add_feedback(UiFrame& f, TraceRow row, std::string_view span_id, std::string_view name, std::string_view value) {
  f.emit(CommandId::AssessmentAdd, {{"trace_id", f.session.dataset().trace_id(row)},
                                    {"span_id", span_id},
                                    {"kind", "feedback"},
                                    {"name", name},
                                    {"value_type", "string"},
                                    {"value", value}});
}

std::string trimmed_text(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return std::string(text);
}

// In MLflow's filter language, quotes doubled.
std::string query_of(std::string_view mode) {
  std::string out = "feedback." + std::string(kModeName) + " = '";
  for (const char c : mode) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

void open_trace(UiFrame& f, uint32_t row, std::string_view span_id) {
  f.view.analysis.bar_open = true;
  f.emit(CommandId::TraceOpen, {{"trace_id", f.session.dataset().trace_id(TraceRow{row})}, {"span_id", span_id}});
}

// --- Codebook
// ------------------------------------------------------------------------------------------

void draw_mode(UiFrame& f, const FailureMode& mode, size_t number, uint32_t reviewed) {
  AnalysisState& state = f.view.analysis;
  const std::string id = kit::id_with("analysis.mode", mode.name);
  if (state.renaming == mode.name) {
    kit::TextInputOptions input;
    input.name = tr(Str::analysis_rename);
    input.take_focus = state.focus_rename;
    input.select_all_on_focus = true;
    state.focus_rename = false;
    const kit::TextInputResult result = kit::text_input(f.kit, "analysis.new_name", state.new_name, input);
    if (result.committed()) {
      const std::string to = trimmed_text(state.new_name);
      if (!to.empty() && to != mode.name)
        f.emit(CommandId::CodeRename, {{"name", kModeName}, {"from", mode.name}, {"to", to}});
      state.renaming.clear();
    }
    return;
  }
  const auto count = static_cast<uint32_t>(mode.rows.size());
  const auto interval = stats::wilson_interval(std::min(count, reviewed), reviewed);
  const double rate = reviewed == 0 ? 0 : static_cast<double>(count) / reviewed;
  std::string numbers = kit::tr_format(Str::analysis_rate, {kit::format_count(count), kit::format_count(reviewed),
                                                            kit::format_percent(rate, 0)});
  if (interval)
    numbers += " (" + kit::format_percent(interval->low, 0) + " – " + kit::format_percent(interval->high, 0) + ")";
  const float width = kit::width_left();
  kit::ListRowOptions options;
  options.height_pt = px(44);
  options.width_pt = width - px(kit::kControlHeightCompact) - px(4);
  options.role = kit::Role::Button;
  options.value = numbers;
  const kit::ListRowResult row = kit::list_row(f.kit, id, mode.name, options);
  if (row.clicked) {
    f.emit(CommandId::SearchSet, {{"query", query_of(mode.name)}});
    f.emit(CommandId::GoTraces);
  }
  if (row.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const kit::Rect& r = row.rect;
    float x = r.x0 + px(6);
    if (number < kMostChips) {
      const std::string key = std::to_string(number + 1);
      kit::draw_key_hint(f.kit, list, ImVec2(x, r.y0 + px(13)), key);
    }
    x += px(26);
    kit::draw_text(f.kit, list, {x, r.y0 + px(2), r.x1 - px(6), r.y0 + px(23)}, mode.name, kit::TextStyle::BodyStrong);
    kit::RateBar bar;
    bar.rate = rate;
    bar.tone = kit::Tone::Warn;
    if (interval) bar.low = interval->low, bar.high = interval->high;
    const float bar_width = std::min(px(130), r.width() * 0.35F);
    kit::draw_rate_bar(f.kit, list, {x, r.y0 + px(28), x + bar_width, r.y0 + px(36)}, bar);
    kit::draw_text(f.kit, list, {x + bar_width + px(10), r.y0 + px(22), r.x1 - px(6), r.y1 - px(2)}, numbers,
                   kit::TextStyle::Small, Color::TextSecondary);
  }
  kit::same_row(px(4));
  kit::IconButtonOptions small;
  small.size = kit::ControlSize::Compact;
  if (kit::icon_button(f.kit, kit::id_part(id, "rename"), kIconPencil, tr(Str::analysis_rename), small)) {
    state.renaming = state.new_name = mode.name;
    state.focus_rename = true;
  }
}

constexpr uint64_t kLeastObservations = 5;

void draw_saturation(UiFrame& f, const Analysis& a) {
  kit::section_header(f.kit, "analysis.saturation", tr(Str::analysis_saturation));
  const auto coverage = stats::good_turing_coverage(a.seen_once, a.observations);
  // Of a few failures it says nothing.
  if (!coverage || a.observations < kLeastObservations) {
    kit::paragraph(f.kit, tr(Str::analysis_saturation_none), 0, kit::TextStyle::Small);
    return;
  }
  kit::RateBar bar;
  bar.rate = *coverage;
  bar.baseline = kEnoughCoverage;
  bar.tone = *coverage >= kEnoughCoverage ? kit::Tone::Pass : kit::Tone::Info;
  const std::string text = kit::tr_format(Str::analysis_coverage, {kit::format_percent(*coverage, 0)});
  kit::rate_bar(f.kit, "analysis.coverage", text, bar, kit::width_left());
  kit::paragraph(f.kit, text + ". " + kit::tr_count(Str::analysis_since_new, a.since_new), 0, kit::TextStyle::Small);
}

void draw_codebook(UiFrame& f, const Analysis& a) {
  kit::section_header(f.kit, "analysis.modes", tr(Str::analysis_modes), static_cast<int64_t>(a.modes.size()));
  const std::string counts = kit::tr_count(Str::analysis_reviewed, a.reviewed) + " · " + kit::tr_count(Str::analysis_notes, a.notes);
  kit::text_node(f.kit, "analysis.counts", counts, kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(6));
  if (a.modes.empty()) kit::paragraph(f.kit, tr(Str::analysis_no_modes));
  for (size_t i = 0; i < a.modes.size(); ++i) draw_mode(f, a.modes[i], i, a.reviewed);
  kit::gap(px(18));
  draw_saturation(f, a);
}

// --- Notes
// ---------------------------------------------------------------------------------------------

void code_note(UiFrame& f, const OpenNote& note, std::string_view mode) {
  add_feedback(f, TraceRow{note.row}, note.span_id, kModeName, mode);
  f.view.analysis.new_mode.clear();
  f.view.analysis.selected_note.clear();
}

// The number keys code the selected note.
void read_mode_keys(UiFrame& f, const Analysis& a, const OpenNote& note) {
  if (ImGui::GetIO().WantTextInput) return;
  for (size_t i = 0; i < std::min(a.modes.size(), kMostChips); ++i) {
    kit::Chord chord;
    chord.key = static_cast<ImGuiKey>(ImGuiKey_1 + static_cast<int>(i));
    if (kit::chord_pressed(chord)) code_note(f, note, a.modes[i].name);
  }
}

void draw_note(UiFrame& f, const Analysis& a, const OpenNote& note, bool selected) {
  const store::Dataset& dataset = f.session.dataset();
  const std::string id = kit::id_with("analysis.note", note.assessment_id);
  kit::ListRowOptions options;
  options.selected = selected;
  options.height_pt = px(30);
  const std::string title = trace_title(dataset, TraceRow{note.row});
  const kit::ListRowResult row = kit::list_row(f.kit, id, note.text, options);
  if (row.clicked) f.view.analysis.selected_note = note.assessment_id;
  if (row.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const kit::Rect& r = row.rect;
    const float right = std::min(px(180), r.width() * 0.35F);
    kit::draw_text(f.kit, list, {r.x0 + px(8), r.y0, r.x1 - right - px(8), r.y1}, kit::one_line(note.text, 300));
    kit::draw_text(f.kit, list, {r.x1 - right, r.y0, r.x1 - px(8), r.y1}, title, kit::TextStyle::Small, Color::TextSecondary,
                   kit::Align::Right);
  }
  if (!selected) return;
  read_mode_keys(f, a, note);
  kit::gap(px(4));
  indent_by(px(8));
  const float edge = kit::region_rect().x1;
  for (size_t i = 0; i < std::min(a.modes.size(), kMostChips); ++i) {
    kit::ButtonOptions chip;
    chip.size = kit::ControlSize::Compact;
    const std::string key = std::to_string(i + 1);
    chip.chord = key;
    if (i > 0) {
      const float wanted = kit::button_width(f.kit, a.modes[i].name, chip);
      if (ImGui::GetItemRectMax().x + wanted + px(12) < edge) {
        kit::same_row(px(6));
      } else {
        indent_by(px(8));
      }
    }
    if (kit::button(f.kit, kit::id_with("analysis.code", a.modes[i].name), a.modes[i].name, chip)) code_note(f, note, a.modes[i].name);
  }
  indent_by(px(8));
  kit::TextInputOptions input;
  input.width_pt = std::min(px(260), kit::width_left() - px(120));
  input.name = tr(Str::analysis_new_mode);
  input.placeholder = tr(Str::analysis_new_mode);
  input.size = kit::ControlSize::Compact;
  const kit::TextInputResult typed = kit::text_input(f.kit, "analysis.new_mode", f.view.analysis.new_mode, input);
  if (typed.submitted && !trimmed_text(f.view.analysis.new_mode).empty())
    code_note(f, note, trimmed_text(f.view.analysis.new_mode));
  kit::same_row(px(8));
  kit::ButtonOptions open;
  open.kind = kit::ButtonKind::Ghost;
  open.size = kit::ControlSize::Compact;
  if (kit::button(f.kit, "analysis.open_note", tr(Str::analysis_open), open)) open_trace(f, note.row, note.span_id);
  kit::gap(px(10));
}

void draw_notes(UiFrame& f, const Analysis& a) {
  kit::section_header(f.kit, "analysis.notes", tr(Str::analysis_uncoded), static_cast<int64_t>(a.uncoded.size()));
  if (a.uncoded.empty()) {
    kit::paragraph(f.kit, tr(a.notes == 0 ? Str::analysis_no_notes : Str::analysis_all_coded));
    return;
  }
  const std::string& chosen = f.view.analysis.selected_note;
  const bool any = std::any_of(a.uncoded.begin(), a.uncoded.end(), [&](const OpenNote& n) { return n.assessment_id == chosen; });
  for (size_t i = 0; i < std::min(a.uncoded.size(), kMostNotes); ++i)
    draw_note(f, a, a.uncoded[i], any ? a.uncoded[i].assessment_id == chosen : i == 0);
}

void draw_next(UiFrame& f, const Analysis& a) {
  kit::section_header(f.kit, "analysis.next", tr(Str::analysis_next));
  if (a.next.empty()) kit::paragraph(f.kit, tr(Str::analysis_next_none));
  const store::Dataset& dataset = f.session.dataset();
  const TightRows tight;
  for (const NextTrace& next : a.next) {
    static constexpr Str kReasons[] = {Str::analysis_failed, Str::analysis_slow, Str::analysis_random};
    const std::string_view reason = tr(kReasons[static_cast<size_t>(next.reason)]);
    const TraceRow row{next.row};
    std::string scratch;
    const std::string title = trace_title(dataset, row);
    const std::string preview = kit::one_line(readable_preview(dataset.text_now(dataset.request_preview(row), scratch), 200), 200);
    kit::ListRowOptions options;
    options.role = kit::Role::Link;
    options.height_pt = px(28);
    options.value = reason;
    const kit::ListRowResult line = kit::list_row(f.kit, kit::id_with("analysis.next", dataset.trace_id(row)), title, options);
    if (line.clicked) open_trace(f, next.row, {});
    if (!line.visible) continue;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const kit::Rect& r = line.rect;
    const float name = std::min(px(160), r.width() * 0.3F);
    kit::draw_text(f.kit, list, {r.x0 + px(8), r.y0, r.x0 + px(8) + name, r.y1}, title, kit::TextStyle::BodyStrong);
    kit::draw_text(f.kit, list, {r.x0 + px(16) + name, r.y0, r.x1 - px(110), r.y1}, preview, kit::TextStyle::Body,
                   Color::TextSecondary);
    kit::draw_text(f.kit, list, {r.x1 - px(104), r.y0, r.x1 - px(8), r.y1}, reason, kit::TextStyle::Small,
                   next.reason == NextReason::Failed ? Color::Fail : Color::TextSecondary, kit::Align::Right);
  }
}

kit::RegionOptions column_options() {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = px(20);
  options.padding_y_pt = px(16);
  return options;
}

}  // namespace

void draw_analysis(UiFrame& f) {
  if (f.session.dataset().trace_count() == 0) {
    const kit::EmptyAction actions[] = {{"analysis.go_traces", tr(Str::rail_traces), kIconListTree, true}};
    if (kit::empty_state(f.kit, "analysis.empty", kIconFlag, tr(Str::analysis_empty), tr(Str::analysis_empty_text), actions) == 0)
      f.emit(CommandId::GoTraces);
    return;
  }
  // A copy: what is emitted changes it only after this frame, but the cache is the view state's.
  const Analysis& a = analysis(f);
  const kit::Rect rect = kit::remaining_rect();
  const bool wide = rect.width() >= px(820);
  const float split = wide ? rect.x0 + std::clamp(rect.width() * 0.38F, px(320), px(480)) : rect.x1;
  kit::begin_region(f.kit, "analysis.codebook", kit::Rect{rect.x0, rect.y0, split, rect.y1}, column_options());
  kit::heading(f.kit, "analysis.title", tr(Str::analysis_title), 1);
  kit::paragraph(f.kit, tr(Str::analysis_text), 0, kit::TextStyle::Small);
  kit::gap(px(6));
  kit::toggle_switch(f.kit, "analysis.bar", tr(Str::analysis_bar), f.view.analysis.bar_open);
  kit::gap(px(14));
  draw_codebook(f, a);
  kit::gap(px(20));
  if (wide) {
    kit::end_region(f.kit);
    kit::line_vertical(f.kit, split, rect.y0, rect.y1);
    kit::begin_region(f.kit, "analysis.work", kit::Rect{split + 1, rect.y0, rect.x1, rect.y1}, column_options());
  }
  draw_notes(f, a);
  kit::gap(px(22));
  draw_next(f, a);
  kit::gap(px(24));
  kit::end_region(f.kit);
}

void draw_note_bar(UiFrame& f, const kit::Rect& rect, TraceRow trace) {
  AnalysisState& state = f.view.analysis;
  const store::Dataset& dataset = f.session.dataset();
  if (state.note_of != dataset.trace_id(trace)) {
    // What was begun under another trace waits there.
    std::erase_if(state.drafts, [&](const auto& draft) { return draft.trace_id == state.note_of; });
    if (!state.note.empty() || !state.mode.empty()) state.drafts.push_back({state.note_of, state.note, state.mode});
    state.note_of = dataset.trace_id(trace);
    state.note.clear();
    state.mode.clear();
    for (const AnalysisState::Draft& draft : state.drafts)
      if (draft.trace_id == state.note_of) state.note = draft.note, state.mode = draft.mode;
  }
  const Analysis& a = analysis(f);
  kit::begin_region(f.kit, "note", rect,
                    {.background = Color::Background, .borders = kit::kBorderTop, .role = kit::Role::Toolbar, .name = tr(Str::note_bar)});
  const float y = rect.y0 + px(9);
  const bool on_span = f.view.reader.tab == ReaderTab::Spans && f.session.selected_span().has_value();
  const std::string span_id = on_span ? dataset.span_id(*f.session.selected_span()) : std::string();
  const float right = px(kit::kControlHeightCompact) + px(8);
  const float mode_width = std::min(px(170), rect.width() * 0.24F);
  kit::ButtonOptions none;
  none.size = kit::ControlSize::Compact;
  const float none_width = kit::button_width(f.kit, tr(Str::note_no_failure), none);
  ImGui::SetCursorScreenPos(ImVec2(rect.x0 + px(12), y));
  kit::TextInputOptions input;
  input.size = kit::ControlSize::Compact;
  input.width_pt = std::max(px(80), rect.width() - mode_width - none_width - right - px(44));
  input.name = tr(on_span ? Str::note_on_span : Str::note_on_trace);
  input.placeholder = input.name;
  input.icon = kIconSquarePen;
  const kit::TextInputResult note = kit::text_input(f.kit, "note.text", state.note, input);
  kit::same_row(px(6));
  input.width_pt = mode_width;
  input.name = tr(Str::note_mode);
  input.placeholder = a.modes.empty() ? std::string_view(tr(Str::note_mode)) : std::string_view(a.modes.front().name);
  input.icon = kIconFlag;
  const kit::TextInputResult mode = kit::text_input(f.kit, "note.mode", state.mode, input);
  if (note.submitted || mode.submitted) {
    if (const std::string text = trimmed_text(state.note); !text.empty()) add_feedback(f, trace, span_id, kNoteName, text);
    if (const std::string name = trimmed_text(state.mode); !name.empty()) add_feedback(f, trace, span_id, kModeName, name);
    state.note.clear();
    state.mode.clear();
  }
  kit::same_row(px(6));
  if (kit::button(f.kit, "note.no_failure", tr(Str::note_no_failure), none)) {
    add_feedback(f, trace, {}, kModeName, kNoFailure);
    f.emit(CommandId::TraceNext);
  }
  kit::same_row(px(2));
  kit::IconButtonOptions close;
  close.size = kit::ControlSize::Compact;
  if (kit::icon_button(f.kit, "note.close", kIconX, tr(Str::note_close), close)) state.bar_open = false;
  kit::end_region(f.kit);
}

}  // namespace assay::ui
