#include "ui/views/note_marks.h"

#include <algorithm>

#include "core/review/codebook.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/parts.h"
#include "ui/views/span_content.h"
#include "ui/views/text.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::TraceRow;

namespace {

constexpr size_t kMostTexts = 200;
constexpr size_t kMostSearchedBytes = 8U << 20;  // of one text, for words that have moved
constexpr float kMarkWidth = 20;

const TextNotes::Found& found_in(TextNotes& notes, std::string_view text, kit::TextIdentity identity, std::string_view part) {
  const NotePlace& place = notes.place;
  for (const TextNotes::Found& found : notes.found)
    if (found.identity == identity && found.span_id == place.span_id && found.field == place.field && found.part == part)
      return found;
  if (notes.found.size() > kMostTexts) notes.found.clear();
  TextNotes::Found out{identity, place.span_id, place.field, std::string(part), {}};
  for (uint32_t i = 0; i < notes.notes.size(); ++i) {
    const TextNotes::Note& note = notes.notes[i];
    if (note.span_id != place.span_id || note.anchor.field != place.field) continue;
    const bool same = note.anchor.part == part;
    // A text of another form (JSON instead of messages) has them somewhere; another text of the same form has not.
    const bool other_form = !same && (part == ".text") != (note.anchor.part == ".text");
    if (!same && !other_form) continue;
    if (const auto range = review::find_anchor(text.substr(0, kMostSearchedBytes), note.anchor, same))
      out.ranges.emplace_back(i, *range);
  }
  notes.found.push_back(std::move(out));
  return notes.found.back();
}

}  // namespace

NoteScope::NoteScope(UiFrame& f, std::string_view span_id, std::string_view prefix, std::string_view field)
    : f_(f), before_(f.view.notes.place) {
  f.view.notes.place = {true, std::string(span_id), std::string(prefix), std::string(field)};
}
NoteScope::~NoteScope() { f_.view.notes.place = before_; }

void begin_notes(UiFrame& f, TraceRow trace, bool own_only) {
  TextNotes& notes = f.view.notes;
  const store::Dataset& dataset = f.session.dataset();
  notes.selected_shown = false;
  if (!notes.made || notes.revision != dataset.revision() || notes.own_only != own_only ||
      notes.trace_id != dataset.trace_id(trace)) {
    notes.made = true;
    notes.revision = dataset.revision();
    notes.own_only = own_only;
    notes.trace_id = dataset.trace_id(trace);
    notes.notes.clear();
    notes.found.clear();
    for (const store::Assessment& a : dataset.assessments(trace)) {
      if (!review::is_note(a)) continue;
      const bool own = a.source_type == store::SourceType::Human && a.source_id == f.session.reviewer();
      if (own_only && !own) continue;
      if (const auto anchor = review::read_anchor(a))
        notes.notes.push_back({a.assessment_id, a.span_id, a.source_id, decode_attribute(a.value_json).text, *anchor, own});
    }
  }
  notes.seen.assign(notes.notes.size(), 0);
  if (notes.selected && notes.selected->trace_id != notes.trace_id) notes.selected.reset();
}

NoteMarks::NoteMarks(UiFrame& f, std::string_view id, std::string_view text, kit::TextIdentity identity,
                     kit::TextViewOptions& options)
    : f_(f), id_(id), text_(text) {
  TextNotes& notes = f.view.notes;
  if (!notes.place.on || !id.starts_with(notes.place.prefix)) return;
  on_ = true;
  part_ = id.substr(notes.place.prefix.size());
  if (!notes.notes.empty()) {
    marks_.assign(options.marks.begin(), options.marks.end());
    for (const auto& [i, range] : found_in(notes, text, identity != 0 ? identity : kit::text_identity(text), part_).ranges) {
      const TextNotes::Note& note = notes.notes[i];
      notes.seen[i] = 1;
      const bool active = note.assessment_id == notes.open;
      marks_.push_back({range.from, range.to, active ? Color::HighlightActive : Color::WarnWeak});
      notes_.push_back(i);
      locate_.push_back(range.from);
      if (notes.jump != note.assessment_id) continue;
      notes.jump.clear();
      notes.open = note.assessment_id;
      text_state(f.view.reader, id).scroll_to_byte = range.from;
      f.kit.request_frame(0);
    }
    if (!notes_.empty()) {
      std::stable_sort(marks_.begin(), marks_.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
      options.marks = marks_;
      // Room for the buttons, which stand beside the text.
      const float width = kit::width_left();
      options.width_pt = (options.max_measure_pt > 0 ? std::min(width, options.max_measure_pt + px(kMarkWidth)) : width) - px(kMarkWidth);
    }
  }
  const kit::TextRange selected = text_state(f.view.reader, id).selection.range();
  if (!selected.empty()) locate_.push_back(static_cast<uint32_t>(std::min<size_t>(selected.to, UINT32_MAX)));
  options.locate = locate_;
}

void NoteMarks::after(const kit::TextViewResult& result, kit::TextViewState& state) {
  if (!on_) return;
  TextNotes& notes = f_.view.notes;
  const ImVec2 cursor = ImGui::GetCursorScreenPos();
  float last_y = -1e9F;
  for (size_t i = 0; i < notes_.size() && i < result.located.size(); ++i) {
    const kit::Rect& at = result.located[i];
    if (at.y1 <= at.y0) continue;
    const TextNotes::Note& note = notes.notes[notes_[i]];
    // Several on one line stand one below the other.
    const float y = std::max(at.y0, last_y + px(18));
    last_y = y;
    ImGui::SetCursorScreenPos(ImVec2(result.rect.x1 + px(2), y));
    kit::ListRowOptions row;
    row.role = kit::Role::Button;
    row.width_pt = px(kMarkWidth - 2);
    row.height_pt = px(18);
    row.selected = note.assessment_id == notes.open;
    const kit::ListRowResult button = kit::list_row(
        f_.kit, kit::id_with("note.mark", note.assessment_id), kit::tr_format(Str::note_mark, {note.text}), row);
    if (button.visible)
      kit::draw_icon(f_.kit, ImGui::GetWindowDrawList(), button.rect, kIconMessageSquareText, Color::Warn, 14);
    if (button.hovered) kit::tooltip(f_.kit, kit::one_line(note.text, 300));
    if (button.clicked) notes.open = notes.open == note.assessment_id ? std::string() : note.assessment_id;
  }
  ImGui::SetCursorScreenPos(cursor);
  const kit::TextRange range = state.selection.range();
  if (result.selection_changed && !range.empty()) notes.selected_block = id_;
  if (notes.selected_block != id_) return;
  if (range.empty()) {
    notes.selected.reset();
    notes.selected_block.clear();
    return;
  }
  const auto anchor = review::make_anchor(notes.place.field, part_, text_, range.from, range.to);
  if (!anchor) return;
  notes.selected = NoteTarget{notes.trace_id, notes.place.span_id, *anchor};
  const kit::Rect at = result.located.empty() ? kit::Rect{} : result.located.back();
  const ImVec2 clip_min = ImGui::GetWindowDrawList()->GetClipRectMin(), clip_max = ImGui::GetWindowDrawList()->GetClipRectMax();
  notes.selected_shown = at.y1 > at.y0 && at.y0 >= clip_min.y && at.y0 < clip_max.y && !state.dragging;
  notes.selected_at = at;
}

void draw_lost_notes(UiFrame& f, std::string_view span_id) {
  TextNotes& notes = f.view.notes;
  for (size_t i = 0; i < notes.notes.size(); ++i) {
    const TextNotes::Note& note = notes.notes[i];
    if (note.span_id != span_id || notes.seen[i] != 0) continue;
    kit::gap(px(8));
    kit::inline_note(f.kit, kit::id_with("note.lost", note.assessment_id),
                     kit::tr_format(Str::note_lost, {kit::one_line(note.anchor.quote, 120), note.text}), kIconMessageSquareText,
                     Color::Warn);
    if (notes.jump == note.assessment_id) notes.jump.clear();
  }
}

void start_note(UiFrame& f) {
  AnalysisState& state = f.view.analysis;
  state.target = f.view.notes.selected;
  state.bar_open = true;
  state.focus_note = true;
}

void draw_note_overlay(UiFrame& f, const kit::Rect& area) {
  TextNotes& notes = f.view.notes;
  // Once the words stand in the bar, the button would only lie over the text.
  const bool is_being_noted = f.view.analysis.bar_open && f.view.analysis.target.has_value();
  const auto is_noted = [&] {
    return std::any_of(notes.notes.begin(), notes.notes.end(), [&](const TextNotes::Note& note) {
      return note.own && note.span_id == notes.selected->span_id && note.anchor.from == notes.selected->anchor.from &&
             note.anchor.quote == notes.selected->anchor.quote;
    });
  };
  if (notes.selected_shown && notes.selected && !is_being_noted && !is_noted() && !kit::dialog_is_open()) {
    const std::string key = key_label(f, CommandId::UiNote);
    kit::ButtonOptions button;
    button.size = kit::ControlSize::Compact;
    button.icon = kIconMessageSquareText;
    button.chord = key;
    const float width = kit::button_width(f.kit, tr(Str::note_on_this), button), height = px(kit::kControlHeightCompact);
    const kit::Rect& at = notes.selected_at;
    const float x = std::clamp(at.x0 - width * 0.5F, area.x0 + px(4), std::max(area.x0 + px(4), area.x1 - width - px(4)));
    const float y = at.y1 + px(3) + height <= area.y1 ? at.y1 + px(3) : at.y0 - height - px(3);
    kit::begin_region(f.kit, "note.at_selection", kit::Rect{x, y, x + width, y + height},
                      {.background = Color::Transparent, .role = kit::Role::None});
    if (kit::button(f.kit, "note.on_this", tr(Str::note_on_this), button)) start_note(f);
    kit::end_region(f.kit);
  }
  const auto at = std::find_if(notes.notes.begin(), notes.notes.end(), [&](const auto& n) { return n.assessment_id == notes.open; });
  if (at == notes.notes.end()) return notes.open.clear();
  const TextNotes::Note note = *at;
  const float width = std::min(px(380), area.width() - px(16));
  const float text_height = ImGui::CalcTextSize(note.text.c_str(), nullptr, false, width - px(28)).y * 1.5F;
  const float height = std::clamp(text_height, px(24), area.height() * 0.4F) + px(74);
  const kit::Rect rect{area.x1 - width - px(12), area.y1 - height - px(12), area.x1 - px(12), area.y1 - px(12)};
  kit::begin_region(f.kit, "note.shown", rect,
                    {.background = Color::Raised, .borders = kit::kBorderAll, .padding_x_pt = px(14), .padding_y_pt = px(8),
                     .radius_pt = px(kit::kRadius), .scroll_y = true, .name = tr(Str::note_bar)});
  kit::text(f.kit, note.source_id + " · “" + kit::one_line(note.anchor.quote, 60) + "”", kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(2));
  wrapped_text(f, "note.shown_text", note.text, kit::TextStyle::Body, Color::Text);
  kit::gap(px(6));
  kit::ButtonOptions button;
  button.size = kit::ControlSize::Compact;
  if (kit::button(f.kit, "note.shown_close", tr(Str::close), button)) notes.open.clear();
  if (note.own) {
    kit::same_row(px(6));
    button.kind = kit::ButtonKind::Ghost;
    button.icon = kIconTrash;
    if (kit::button(f.kit, "note.shown_delete", tr(Str::assess_delete), button))
      f.emit(CommandId::AssessmentDelete, {{"trace_id", notes.trace_id}, {"assessment_id", note.assessment_id}});
  }
  kit::end_region(f.kit);
}

}  // namespace assay::ui
