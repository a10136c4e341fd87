#include "ui/views/palette_view.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"
#include "ui/views/shortcuts_view.h"

namespace assay::ui {

using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

void run_entry(UiFrame& f, const PaletteEntry& entry) {
  if (entry.of.empty()) {
    f.emit(entry.id);
  } else {
    f.emit(entry.id, {{entry.id == app::CommandId::FileClose ? "token" : "id", entry.of}});
  }
  f.view.palette.open = false;
}

void draw_entry(UiFrame& f, const PaletteEntry& entry, bool selected) {
  const app::CommandInfo& info = app::command_info(entry.id);
  kit::ListRowOptions options;
  options.selected = selected;
  options.enabled = entry.enabled;
  options.role = kit::Role::Option;
  options.height_pt = px(34);
  std::string id(info.key);
  if (!entry.of.empty()) id = entry.id == app::CommandId::FileClose ? id + "." + entry.of : entry.of;
  const kit::ListRowResult row = kit::list_row(f.kit, kit::id_with("palette.item", id), entry.title, options);
  if (selected && f.view.palette.scroll_to_selected) ImGui::SetScrollHereY(0.5F);
  if (row.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const std::string chord = key_label(f, info.id);
    const float keys = chord.empty() ? 0 : kit::key_hint_width(f.kit, chord);
    kit::draw_text(
        f.kit, list, {row.rect.x0 + px(12), row.rect.y0, row.rect.x1 - keys - px(16), row.rect.y1},
        entry.title, kit::TextStyle::Body, entry.enabled ? Color::Text : Color::TextDisabled);
    if (!chord.empty())
      kit::draw_key_hint(f.kit, list, ImVec2(row.rect.x1 - keys - px(8), row.rect.center_y()),
                         chord);
  }
  if (!row.clicked) return;
  run_entry(f, entry);
}

}  // namespace

int palette_score(std::string_view typed, std::string_view text) {
  const std::string hay = ascii_lower(text);
  const std::string needles = ascii_lower(typed);
  int score = 1;
  size_t at = 0;
  while (at < needles.size()) {
    if (needles[at] == ' ') {
      ++at;
      continue;
    }
    const size_t end = std::min(needles.find(' ', at), needles.size());
    const std::string_view word = std::string_view(needles).substr(at, end - at);
    const size_t found = hay.find(word);
    if (found == std::string::npos) return 0;
    score += found == 0 ? 4 : hay[found - 1] == ' ' ? 3 : 1;
    at = end;
  }
  return score;
}

std::vector<PaletteEntry> palette_entries(const UiFrame& f, std::string_view typed) {
  struct Scored {
    int score;
    PaletteEntry entry;
  };
  std::vector<Scored> found;
  for (size_t i = 0; i < static_cast<size_t>(app::CommandId::kCount); ++i) {
    const auto id = static_cast<app::CommandId>(i);
    const app::CommandInfo& info = app::command_info(id);
    if (!info.in_palette) continue;
    std::string title = command_title(info);
    // The title counts most; English title and search words find it in any language.
    int score = palette_score(typed, title) * 3;
    score = std::max(score, palette_score(typed, info.title) * 2);
    score = std::max(score, palette_score(typed, info.search_words));
    if (score == 0) continue;
    const bool enabled = f.session.can_execute(id);
    if (!enabled && typed.empty()) continue;  // nothing in the way of what can be done now
    if (id == app::CommandId::Undo || id == app::CommandId::Redo) title = undo_title(f, id == app::CommandId::Redo);
    found.push_back({enabled ? score + 100 : score, {id, std::move(title), enabled}});
  }
  for (const app::SavedView& view : f.session.views()) {
    std::string title = kit::tr_format(Str::views_palette, {view.name});
    const int score = std::max(palette_score(typed, title) * 3, palette_score(typed, view.query));
    if (score == 0) continue;
    found.push_back({score + 100, {app::CommandId::ViewApply, std::move(title), true, view.id}});
  }
  if (const auto open = f.session.open_files(); open.size() > 1 && !typed.empty()) {
    for (const ingest::FileReport* file : open) {
      std::string title = kit::tr_format(Str::top_close_file, {shown_file_name(*file)});
      const int score = std::max(palette_score(typed, title) * 3, palette_score(typed, "Close file " + file->file_name));
      if (score > 0) found.push_back({score + 100, {app::CommandId::FileClose, std::move(title), true, std::to_string(file->token)}});
      if (found.size() > 200) break;
    }
  }
  for (size_t i = 1; i < found.size(); ++i) {  // a few dozen: by insertion, best first
    for (size_t j = i; j > 0 && found[j - 1].score < found[j].score; --j)
      std::swap(found[j - 1], found[j]);
  }
  std::vector<PaletteEntry> entries;
  entries.reserve(found.size());
  for (Scored& s : found)
    entries.push_back(std::move(s.entry));
  return entries;
}

void draw_palette(UiFrame& f) {
  PaletteState& state = f.view.palette;
  kit::DialogOptions options;
  options.width_pt = 560;
  options.top_fraction = 0.2F;
  options.title_bar = false;
  if (!kit::begin_dialog(f.kit, "palette", tr(Str::palette_title), state.open, options)) return;
  // The field would take the first Escape for itself.
  if (ImGui::IsKeyPressed(ImGuiKey_Escape, false)) state.open = false;
  ImGui::SetCursorPos(ImVec2(px(10), px(10)));
  kit::TextInputOptions input;
  input.width_pt = kit::width_left() - px(10);
  input.name = tr(Str::palette_title);
  input.placeholder = tr(Str::palette_hint);
  input.icon = kIconSearch;
  input.take_focus = state.take_focus;
  state.take_focus = false;
  const kit::TextInputResult result = kit::text_input(f.kit, "palette.input", state.text, input);
  if (result.changed) state.selected = 0;
  const std::vector<PaletteEntry> entries = palette_entries(f, state.text);
  state.scroll_to_selected = result.changed;
  if (result.active && !entries.empty()) {
    const int count = static_cast<int>(entries.size());
    if (ImGui::IsKeyPressed(ImGuiKey_DownArrow))
      state.selected = std::min(state.selected + 1, count - 1), state.scroll_to_selected = true;
    if (ImGui::IsKeyPressed(ImGuiKey_UpArrow))
      state.selected = std::max(state.selected - 1, 0), state.scroll_to_selected = true;
  }
  state.selected = std::clamp(state.selected, 0, std::max(0, static_cast<int>(entries.size()) - 1));
  if (result.submitted && !entries.empty() &&
      entries[static_cast<size_t>(state.selected)].enabled) {
    run_entry(f, entries[static_cast<size_t>(state.selected)]);
  }
  kit::gap(px(2));
  kit::RegionOptions list;
  list.padding_x_pt = px(10);
  list.padding_y_pt = px(2);
  list.scroll_y = true;
  list.background = Color::Transparent;
  list.role = kit::Role::Listbox;
  list.name = tr(Str::palette_title);
  kit::begin_region(f.kit, "palette.list", ImVec2(0, px(340)), list);
  if (entries.empty())
    kit::text(f.kit, tr(Str::kit_no_match), kit::TextStyle::Body, Color::TextSecondary);
  {
    const TightRows tight;
    for (size_t i = 0; i < entries.size(); ++i)
      draw_entry(f, entries[i], static_cast<int>(i) == state.selected);
  }
  kit::gap(px(8));
  kit::end_region(f.kit);
  kit::end_dialog(f.kit);
}

}  // namespace assay::ui
