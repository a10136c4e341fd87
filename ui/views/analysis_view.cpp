#include "ui/views/analysis_view.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/stats/interval.h"
#include "core/stats/saturation.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/drafts.h"
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
  const uint64_t codebook = f.session.codebook().generation();
  if (!state.made || state.revision != revision || state.list_generation != generation ||
      state.codebook_generation != codebook) {
    state.analysis = analyse(f.session.dataset(), f.session.traces().rows(), &f.session.codebook(), f.session.reviewer());
    state.codebook_generation = codebook;
    state.made = true;
    state.revision = revision;
    state.list_generation = generation;
  }
  return state.analysis;
}

void add_feedback(UiFrame& f, TraceRow row, std::string_view span_id, std::string_view name, std::string_view value,
                  const review::Anchor* anchor = nullptr) {
  std::string from, to;
  if (anchor != nullptr) append_int(from, anchor->from), append_int(to, anchor->to);
  const review::Anchor a = anchor != nullptr ? *anchor : review::Anchor{};
  f.emit(CommandId::AssessmentAdd, {{"trace_id", f.session.dataset().trace_id(row)},
                                    {"span_id", span_id},
                                    {"kind", "feedback"},
                                    {"name", name},
                                    {"value_type", "string"},
                                    {"value", value},
                                    {"anchor_field", a.field},
                                    {"anchor_part", a.part},
                                    {"anchor_from", from},
                                    {"anchor_to", to},
                                    {"anchor_quote", a.quote}});
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
  if (!span_id.empty()) f.view.reader.tab = ReaderTab::Spans;
  f.emit(CommandId::TraceOpen, {{"trace_id", f.session.dataset().trace_id(TraceRow{row})}, {"span_id", span_id}});
}

// --- Codebook
// ------------------------------------------------------------------------------------------

void open_details(UiFrame& f, const std::string& name) {
  AnalysisState& state = f.view.analysis;
  const review::ModeEntry* entry = f.session.codebook().find(name);
  state.details_of = name;
  state.details_hash = entry != nullptr ? entry->hash : std::string();
  state.definition = entry != nullptr ? entry->definition : std::string();
  state.example = entry != nullptr ? entry->example : std::string();
  state.history_open = false;
}

void draw_codes(UiFrame& f, const FailureMode& mode) {
  constexpr size_t kMostCodes = 20;
  const TightRows tight;
  for (size_t i = 0; i < std::min(mode.codes.size(), kMostCodes); ++i) {
    const FailureMode::Code& code = mode.codes[i];
    const std::string title = trace_title(f.session.dataset(), TraceRow{code.row});
    const std::string text = code.note.empty() ? title : kit::one_line(code.note, 120);
    kit::ListRowOptions options;
    options.role = kit::Role::Link;
    options.height_pt = px(26);
    options.width_pt = kit::width_left() - (code.own ? px(kit::kControlHeightCompact) + px(2) : 0);
    options.value = code.stale ? tr(Str::codebook_code_stale) : std::string_view();
    const kit::ListRowResult row = kit::list_row(f.kit, kit::id_with("analysis.coded", code.assessment_id), text, options);
    if (row.clicked) open_trace(f, code.row, code.span_id);
    if (row.visible) {
      ImDrawList* list = ImGui::GetWindowDrawList();
      float right = row.rect.x1 - px(6);
      if (code.stale) {
        kit::draw_icon(f.kit, list, {right - px(16), row.rect.y0, right, row.rect.y1}, kIconHistory, Color::Warn, 14);
        right -= px(20);
      }
      kit::draw_text(f.kit, list, {row.rect.x0 + px(6), row.rect.y0, right, row.rect.y1}, text, kit::TextStyle::Small);
    }
    if (!code.own) continue;
    kit::same_row(px(2));
    kit::IconButtonOptions small;
    small.size = kit::ControlSize::Compact;
    if (kit::icon_button(f.kit, kit::id_with("analysis.uncode", code.assessment_id), kIconX, tr(Str::codebook_uncode), small))
      f.emit(CommandId::AssessmentDelete, {{"trace_id", f.session.dataset().trace_id(TraceRow{code.row})},
                                           {"assessment_id", code.assessment_id}});
  }
}

// What the mode means, how that has changed, and what has it.
void draw_details(UiFrame& f, const FailureMode& mode) {
  AnalysisState& state = f.view.analysis;
  const review::ModeEntry* entry = f.session.codebook().find(mode.name);
  // Changed from elsewhere (undo, a colleague's file) while nothing is being written.
  if ((entry != nullptr ? entry->hash : std::string()) != state.details_hash) {
    const bool open = state.history_open;
    open_details(f, mode.name);
    state.history_open = open;
  }
  kit::TextAreaOptions area;
  area.height_pt = px(58);
  kit::field_label(f.kit, tr(Str::codebook_definition), tr(Str::codebook_definition_hint));
  area.name = tr(Str::codebook_definition);
  bool save = kit::text_area(f.kit, "codebook.definition", state.definition, area).submitted;
  kit::gap(px(6));
  kit::field_label(f.kit, tr(Str::codebook_example));
  area.name = tr(Str::codebook_example);
  save |= kit::text_area(f.kit, "codebook.example", state.example, area).submitted;
  kit::gap(px(6));
  const std::string definition = trimmed_text(state.definition), example = trimmed_text(state.example);
  const bool differs = definition != (entry != nullptr ? entry->definition : std::string()) ||
                       example != (entry != nullptr ? entry->example : std::string());
  kit::ButtonOptions button;
  button.size = kit::ControlSize::Compact;
  button.enabled = differs;
  save |= kit::button(f.kit, "codebook.save", tr(entry != nullptr ? Str::codebook_save_version : Str::codebook_save), button);
  if (save && differs) {
    f.emit(CommandId::ModeDefine, {{"name", mode.name}, {"definition", definition}, {"example", example}});
  }
  button.enabled = true;
  button.kind = kit::ButtonKind::Ghost;
  if (entry != nullptr) {
    kit::same_row(px(6));
    if (kit::button(f.kit, "codebook.retire", tr(Str::codebook_retire), button))
      f.emit(CommandId::ModeRetire, {{"name", mode.name}});
  }
  if (entry != nullptr && mode.stale > 0) {
    kit::gap(px(6));
    kit::inline_note(f.kit, "codebook.stale", kit::tr_count(Str::codebook_stale, mode.stale), kIconHistory, Color::Warn);
    const bool own = std::any_of(mode.codes.begin(), mode.codes.end(), [](const auto& code) { return code.stale && code.own; });
    button.enabled = own;
    button.kind = kit::ButtonKind::Secondary;
    if (kit::button(f.kit, "codebook.confirm", tr(Str::codebook_confirm), button))
      f.emit(CommandId::ModeConfirm, {{"name", mode.name}});
  }
  if (!mode.codes.empty()) {
    kit::gap(px(8));
    draw_codes(f, mode);
  }
  if (entry != nullptr && entry->history.size() > 1) {
    kit::gap(px(8));
    if (kit::fold_header(f.kit, "codebook.history", tr(Str::codebook_history), state.history_open,
                         static_cast<int64_t>(entry->history.size()))) {
      for (auto version = entry->history.rbegin(); version != entry->history.rend(); ++version) {
        std::string head = kit::tr_format(Str::codebook_version, {kit::format_count(version->version)}) + " · " + version->name;
        if (!version->author.empty()) head += " · " + version->author;
        head += " · " + short_when(f, version->changed_ms);
        const std::string id = kit::id_with("codebook.version", static_cast<int64_t>(entry->history.rend() - version));
        kit::text_node(f.kit, id, head, kit::TextStyle::SmallStrong, Color::TextSecondary);
        wrapped_text(f, kit::id_part(id, "definition"), version->definition, kit::TextStyle::Small, Color::Text);
        if (!version->example.empty())
          wrapped_text(f, kit::id_part(id, "example"), "“" + version->example + "”", kit::TextStyle::Small, Color::TextSecondary);
        kit::gap(px(6));
      }
    }
  }
  kit::gap(px(14));
}

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
      if (!to.empty() && state.details_of == mode.name) state.details_of.clear();
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
  options.width_pt = width - 2 * px(kit::kControlHeightCompact) - px(6);
  options.role = kit::Role::Button;
  options.value = numbers;
  const kit::ListRowResult row = kit::list_row(f.kit, id, mode.name, options);
  state.drops.emplace_back(mode.name, row.rect);
  if (!state.dragging.empty() && row.visible && row.rect.contains(ImGui::GetIO().MousePos))
    ImGui::GetWindowDrawList()->AddRect(row.rect.min(), row.rect.max(), kit::color(Color::Accent), px(kit::kRadiusSmall), 0, px(2));
  if (row.clicked) {
    f.emit(CommandId::SearchSet, {{"query", query_of(mode.name)}});
    f.emit(CommandId::GoTraces);
  }
  if (row.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const kit::Rect& r = row.rect;
    float x = r.x0 + px(6);
    if (number < kMostChips && f.kit.shows_keys()) {
      const std::string key = std::to_string(number + 1);
      kit::draw_key_hint(f.kit, list, ImVec2(x, r.y0 + px(13)), key);
    }
    x += px(26);
    float name_right = r.x1 - px(6);
    if (mode.stale > 0 && mode.defined) {
      kit::draw_icon(f.kit, list, {name_right - px(16), r.y0 + px(3), name_right, r.y0 + px(22)}, kIconHistory, Color::Warn, 14);
      name_right -= px(20);
    }
    kit::draw_text(f.kit, list, {x, r.y0 + px(2), name_right, r.y0 + px(23)}, mode.name, kit::TextStyle::BodyStrong);
    kit::RateBar bar;
    bar.rate = rate;
    bar.tone = kit::Tone::Warn;
    if (interval) bar.low = interval->low, bar.high = interval->high;
    const float bar_width = std::clamp(r.x1 - px(16) - x - kit::text_width(f.kit, numbers, kit::TextStyle::Small), px(24), px(130));
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
  kit::same_row(px(2));
  const bool open = state.details_of == mode.name;
  if (kit::icon_button(f.kit, kit::id_part(id, "details"), open ? kIconChevronUp : kIconChevronDown,
                       tr(Str::codebook_details), small)) {
    if (open) state.details_of.clear();
    else open_details(f, mode.name);
  } else if (open) {
    kit::gap(px(4));
    draw_details(f, mode);
  }
}

// Where a dragged note becomes a mode of its own.
void draw_drop_new(UiFrame& f) {
  AnalysisState& state = f.view.analysis;
  if (state.dragging.empty()) return;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const kit::Rect rect{at.x, at.y + px(4), at.x + kit::width_left(), at.y + px(38)};
  const bool over = rect.contains(ImGui::GetIO().MousePos);
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRect(rect.min(), rect.max(), kit::color(over ? Color::Accent : Color::LineStrong), px(kit::kRadiusSmall), 0, px(1));
  kit::draw_text(f.kit, list, rect, tr(Str::codebook_drop_new), kit::TextStyle::Small, Color::TextSecondary, kit::Align::Center);
  state.drops.emplace_back("", rect);
  kit::gap(px(40));
}

void draw_codebook_files(UiFrame& f) {
  kit::gap(px(8));
  kit::ButtonOptions button;
  button.kind = kit::ButtonKind::Ghost;
  button.size = kit::ControlSize::Compact;
  button.icon = kIconUpload;
  if (kit::button(f.kit, "codebook.import", tr(Str::codebook_import), button)) f.emit(CommandId::FileOpen);
  kit::same_row(px(6));
  button.icon = kIconDownload;
  button.enabled = f.session.can_execute(CommandId::CodebookExport);
  if (kit::button(f.kit, "codebook.export", tr(Str::codebook_export), button)) f.emit(CommandId::CodebookExport);
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
  f.view.analysis.drops.clear();
  for (size_t i = 0; i < a.modes.size(); ++i) draw_mode(f, a.modes[i], i, a.reviewed);
  draw_drop_new(f);
  draw_codebook_files(f);
  kit::gap(px(18));
  draw_saturation(f, a);
}

// --- Notes
// ---------------------------------------------------------------------------------------------

bool is_picked(const AnalysisState& state, const OpenNote& note) {
  return std::find(state.picked.begin(), state.picked.end(), note.assessment_id) != state.picked.end();
}

// Those that are picked, where there are any; else this note.
void code_note(UiFrame& f, const OpenNote& note, std::string_view mode, bool alone = false) {
  AnalysisState& state = f.view.analysis;
  std::string notes;
  for (const OpenNote& other : state.analysis.uncoded) {
    if (alone || state.picked.empty() ? other.assessment_id != note.assessment_id : !is_picked(state, other)) continue;
    notes += f.session.dataset().trace_id(TraceRow{other.row});
    notes += '\t' + other.span_id + '\n';
  }
  f.emit(CommandId::NotesCode, {{"name", mode}, {"notes", notes}});
  if (!alone) state.picked.clear();
  state.new_mode.clear();
  state.selected_note.clear();
}

void toggle_pick(AnalysisState& state, const OpenNote& note) {
  if (is_picked(state, note)) std::erase(state.picked, note.assessment_id);
  else state.picked.push_back(note.assessment_id);
}

// All from the selected note to this one.
void pick_range(AnalysisState& state, const Analysis& a, const OpenNote& to) {
  const auto place = [&](std::string_view id) {
    const auto at = std::find_if(a.uncoded.begin(), a.uncoded.end(), [&](const OpenNote& n) { return n.assessment_id == id; });
    return at == a.uncoded.end() ? size_t{0} : static_cast<size_t>(at - a.uncoded.begin());
  };
  const auto [first, last] = std::minmax({place(state.selected_note), place(to.assessment_id)});
  for (size_t i = first; i <= last; ++i)
    if (!is_picked(state, a.uncoded[i])) state.picked.push_back(a.uncoded[i].assessment_id);
}

// The number keys code the selected note.
void read_mode_keys(UiFrame& f, const Analysis& a, const OpenNote& note) {
  if (ImGui::GetIO().WantTextInput || kit::dialog_is_open()) return;
  AnalysisState& state = f.view.analysis;
  const auto at = static_cast<size_t>(&note - a.uncoded.data());
  // Picks, and goes on to the next.
  if (const auto pick = kit::parse_chord("X"); pick && kit::chord_pressed(*pick)) {
    toggle_pick(state, note);
    if (at + 1 < std::min(a.uncoded.size(), kMostNotes)) state.selected_note = a.uncoded[at + 1].assessment_id;
  }
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
  // A box to choose it with others.
  AnalysisState& state = f.view.analysis;
  kit::ListRowOptions box;
  box.checkable = true;
  box.checked = is_picked(state, note);
  box.height_pt = px(30);
  box.width_pt = px(28);
  const kit::ListRowResult picked = kit::list_row(f.kit, kit::id_with("analysis.pick", note.assessment_id),
                                                  kit::tr_format(Str::analysis_pick, {note.text}), box);
  if (picked.visible) {
    const kit::Rect r{picked.rect.x0 + px(7), picked.rect.y0 + px(8), picked.rect.x0 + px(21), picked.rect.y0 + px(22)};
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (box.checked) list->AddRectFilled(r.min(), r.max(), kit::color(Color::Accent), px(3));
    else list->AddRect(r.min(), r.max(), kit::color(Color::LineStrong), px(3));
    if (box.checked) kit::draw_icon(f.kit, list, r, kIconCheck, Color::OnAccent, 12);
  }
  if (picked.clicked) {
    if (ImGui::GetIO().KeyShift) pick_range(state, a, note);
    else toggle_pick(state, note);
    state.selected_note = note.assessment_id;
  }
  kit::same_row(0);
  options.selected = selected;
  options.height_pt = px(30);
  const std::string title = trace_title(dataset, TraceRow{note.row});
  const kit::ListRowResult row = kit::list_row(f.kit, id, note.text, options);
  if (row.clicked) {
    const ImGuiIO& io = ImGui::GetIO();
    if (io.KeyShift) pick_range(state, a, note);
    else if (io.KeyCtrl || io.KeySuper) toggle_pick(state, note);
    state.selected_note = note.assessment_id;
  }
  if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left, px(5))) f.view.analysis.dragging = note.assessment_id;
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
  if (!note.quote.empty()) {
    indent_by(px(8));
    kit::text_node(f.kit, "analysis.quote", "“" + kit::one_line(note.quote, 160) + "”", kit::TextStyle::Small, Color::TextSecondary);
    kit::gap(px(4));
  }
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
  input.take_focus = f.view.analysis.focus_new_mode;
  f.view.analysis.focus_new_mode = false;
  input.size = kit::ControlSize::Compact;
  const kit::TextInputResult typed = kit::text_input(f.kit, "analysis.new_mode", f.view.analysis.new_mode, input);
  if (typed.submitted && !trimmed_text(f.view.analysis.new_mode).empty())
    code_note(f, note, trimmed_text(f.view.analysis.new_mode));
  kit::same_row(px(8));
  kit::ButtonOptions open;
  open.kind = kit::ButtonKind::Ghost;
  open.size = kit::ControlSize::Compact;
  if (kit::button(f.kit, "analysis.open_note", tr(Str::analysis_open), open)) {
    f.view.notes.jump = note.assessment_id;
    open_trace(f, note.row, note.span_id);
  }
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
  AnalysisState& state = f.view.analysis;
  std::erase_if(state.picked, [&](const std::string& id) {
    return std::none_of(a.uncoded.begin(), a.uncoded.end(), [&](const OpenNote& n) { return n.assessment_id == id; });
  });
  if (state.picked.empty()) {
    if (a.uncoded.size() > 1) kit::paragraph(f.kit, tr(Str::analysis_pick_hint), 0, kit::TextStyle::Small, Color::TextSecondary);
  } else {
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + px(5));
    kit::text_node(f.kit, "analysis.picked", kit::tr_count(Str::analysis_picked, static_cast<int64_t>(state.picked.size())),
                   kit::TextStyle::SmallStrong, Color::Text, kit::Role::Status);
    kit::same_row(px(10));
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() - px(5));
    kit::ButtonOptions none;
    none.kind = kit::ButtonKind::Ghost;
    none.size = kit::ControlSize::Compact;
    if (kit::button(f.kit, "analysis.pick_none", tr(Str::analysis_pick_none), none)) state.picked.clear();
  }
  const std::string current = any ? chosen : a.uncoded.front().assessment_id;
  const size_t shown = std::min(a.uncoded.size(), kMostNotes);
  for (size_t i = 0; i < shown; ++i) draw_note(f, a, a.uncoded[i], a.uncoded[i].assessment_id == current);
  if (a.uncoded.size() > shown)
    kit::text(f.kit, kit::tr_count(Str::analysis_more_notes, static_cast<int64_t>(a.uncoded.size() - shown)), kit::TextStyle::Small,
              Color::TextSecondary);
}

// A note that follows the mouse, and what it is dropped on.
void draw_dragged(UiFrame& f, const Analysis& a) {
  AnalysisState& state = f.view.analysis;
  if (state.dragging.empty()) return;
  const auto note = std::find_if(a.uncoded.begin(), a.uncoded.end(), [&](const OpenNote& n) { return n.assessment_id == state.dragging; });
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (note == a.uncoded.end() || ImGui::IsKeyPressed(ImGuiKey_Escape, false)) return state.dragging.clear();
  if (ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    const std::string text = is_picked(state, *note) && state.picked.size() > 1
                                 ? kit::tr_count(Str::analysis_picked, static_cast<int64_t>(state.picked.size()))
                                 : kit::one_line(note->text, 60);
    const float width = std::min(px(280), kit::text_width(f.kit, text) + px(20));
    const kit::Rect rect{mouse.x + px(10), mouse.y + px(6), mouse.x + px(10) + width, mouse.y + px(32)};
    ImDrawList* list = ImGui::GetForegroundDrawList();
    list->AddRectFilled(rect.min(), rect.max(), kit::color(Color::Raised), px(kit::kRadiusSmall));
    list->AddRect(rect.min(), rect.max(), kit::color(Color::Accent), px(kit::kRadiusSmall));
    kit::draw_text(f.kit, list, {rect.x0 + px(8), rect.y0, rect.x1 - px(8), rect.y1}, text);
    f.kit.request_frame(0);
    return;
  }
  for (const auto& [name, rect] : state.drops) {
    if (!rect.contains(mouse)) continue;
    if (!name.empty()) {
      code_note(f, *note, name, !is_picked(state, *note));
    } else {
      if (!is_picked(state, *note)) state.picked.clear();
      state.selected_note = note->assessment_id;
      state.focus_new_mode = true;
    }
    break;
  }
  state.dragging.clear();
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
  draw_dragged(f, a);
  kit::gap(px(22));
  draw_next(f, a);
  kit::gap(px(24));
  kit::end_region(f.kit);
}

void draw_note_bar(UiFrame& f, const kit::Rect& rect, TraceRow trace) {
  AnalysisState& state = f.view.analysis;
  const store::Dataset& dataset = f.session.dataset();
  if (state.note_of != dataset.trace_id(trace)) {
    // What was begun under another trace waits there (keep_drafts).
    state.note_of = dataset.trace_id(trace);
    state.note.clear();
    state.mode.clear();
    if (state.target && state.target->trace_id != state.note_of) state.target.reset();
    const std::optional<NoteTarget> chosen = state.target;
    read_note_draft(f.session.draft(note_place(state.note_of)), state);
    if (chosen) state.target = chosen;
  }
  const Analysis& a = analysis(f);
  if (state.target && state.target->trace_id != state.note_of) state.target.reset();
  kit::begin_region(f.kit, "note", rect,
                    {.background = Color::Background, .borders = kit::kBorderTop, .role = kit::Role::Toolbar, .name = tr(Str::note_bar)});
  const float y = rect.y0 + px(9);
  const bool in_queue = f.session.route().place == app::Place::Review;
  const bool on_span = !in_queue && f.view.reader.tab == ReaderTab::Spans && f.session.selected_span().has_value();
  std::string span_id = on_span ? dataset.span_id(*f.session.selected_span()) : std::string();
  float right = px(kit::kControlHeightCompact) + px(8);
  ImGui::SetCursorScreenPos(ImVec2(rect.x0 + px(12), y));
  if (state.target) {
    span_id = state.target->span_id;
    const float most = rect.width() * 0.3F - px(40);
    std::string quote;
    for (size_t room_bytes = 60; room_bytes > 3; room_bytes = room_bytes * 3 / 4) {
      quote = "“" + kit::one_line(state.target->anchor.quote, room_bytes) + "”";
      if (kit::text_width(f.kit, quote) <= most) break;
    }
    const kit::PillResult pill = kit::pill(f.kit, "note.target", quote, kit::Tone::Warn, kIconMessageSquareText, true);
    right += ImGui::GetItemRectMax().x - rect.x0;
    if (pill.removed) state.target.reset();
    kit::same_row(px(6));
  }
  // A narrow bar has room for the words that are noted on, or for a mode and "no failure".
  const bool short_of_room = state.target && rect.width() < px(560);
  const bool has_none = !in_queue && !short_of_room;
  const float mode_width = short_of_room ? 0 : std::min(px(170), rect.width() * 0.24F);
  kit::ButtonOptions none;
  none.size = kit::ControlSize::Compact;
  const float none_width = has_none ? kit::button_width(f.kit, tr(Str::note_no_failure), none) : 0;
  kit::TextInputOptions input;
  input.size = kit::ControlSize::Compact;
  input.width_pt = std::max(px(80), rect.width() - mode_width - none_width - right - px(44));
  input.name = tr(state.target ? Str::note_on_words : on_span ? Str::note_on_span : Str::note_on_trace);
  input.placeholder = input.name;
  input.icon = kIconSquarePen;
  input.take_focus = state.focus_note;
  const kit::TextInputResult note = kit::text_input(f.kit, "note.text", state.note, input);
  state.focus_note = false;
  kit::same_row(px(6));
  input.take_focus = false;
  input.width_pt = mode_width;
  input.name = tr(Str::note_mode);
  input.placeholder = a.modes.empty() ? std::string_view(tr(Str::note_mode)) : std::string_view(a.modes.front().name);
  input.icon = kIconFlag;
  const kit::TextInputResult mode = short_of_room ? kit::TextInputResult{} : kit::text_input(f.kit, "note.mode", state.mode, input);
  if (note.submitted || mode.submitted) {
    if (const std::string text = trimmed_text(state.note); !text.empty()) {
      add_feedback(f, trace, span_id, kNoteName, text, state.target ? &state.target->anchor : nullptr);
      state.target.reset();
    }
    if (const std::string name = trimmed_text(state.mode); !name.empty()) add_feedback(f, trace, span_id, kModeName, name);
    state.note.clear();
    state.mode.clear();
  }
  if (!short_of_room) kit::same_row(px(6));
  if (has_none) {
    if (kit::button(f.kit, "note.no_failure", tr(Str::note_no_failure), none)) {
      add_feedback(f, trace, {}, kModeName, kNoFailure);
      f.emit(CommandId::TraceNext);
    }
    kit::same_row(px(2));
  }
  kit::IconButtonOptions close;
  close.size = kit::ControlSize::Compact;
  if (kit::icon_button(f.kit, "note.close", kIconX, tr(Str::note_close), close)) {
    state.bar_open = false;
    state.target.reset();
  }
  kit::end_region(f.kit);
}

}  // namespace assay::ui
