#include "ui/views/shortcuts_view.h"

#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using kit::px;
using kit::Str;
using kit::tr;

std::string command_title(const app::CommandInfo& info) {
  const char* text = kit::tr_key("command." + std::string(info.key));
  return std::string(text != nullptr ? std::string_view(text) : info.title);
}

void draw_shortcut_list(UiFrame& f, std::string_view scope, float width_pt) {
  const TightRows tight;
  for (size_t i = 0; i < static_cast<size_t>(app::CommandId::kCount); ++i) {
    const app::CommandInfo& info = app::command_info(static_cast<app::CommandId>(i));
    const std::string chord = key_label(f, info.id);
    if (chord.empty()) continue;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = px(28);
    ImGui::Dummy(ImVec2(width_pt, height));
    ImDrawList* list = ImGui::GetWindowDrawList();
    const std::string title = command_title(info);
    kit::draw_text(f.kit, list, {at.x, at.y, at.x + width_pt - px(120), at.y + height}, title);
    const float key_width = kit::key_hint_width(f.kit, chord);
    kit::draw_key_hint(f.kit, list, ImVec2(at.x + width_pt - key_width, at.y + height / 2), chord);
    kit::SemItem item;
    item.role = kit::Role::Text;
    const std::string id = kit::id_with(scope, info.key);
    item.id = id;
    item.name = title;
    item.value = chord;
    item.rect = {at.x, at.y, at.x + width_pt, at.y + height};
    f.kit.semantics->add(item);
  }
}

namespace {

// Who has the chord already; kCount: nobody. Escape closes things everywhere and stays as it is.
CommandId owner_of(const UiFrame& f, const kit::Chord& chord, CommandId except) {
  for (size_t i = 0; i < static_cast<size_t>(CommandId::kCount); ++i) {
    const auto id = static_cast<CommandId>(i);
    const auto taken = kit::parse_chord(app::chord_of(f.session.settings(), id));
    if (id != except && taken && *taken == chord) return id;
  }
  return CommandId::kCount;
}

void take_key(UiFrame& f) {
  SettingsForm& form = f.view.settings;
  const auto pressed = kit::pressed_chord();
  if (!pressed) return;
  const auto id = static_cast<CommandId>(form.capturing);
  const bool plain = !pressed->mod && !pressed->alt && !pressed->shift;
  if (plain && pressed->key == ImGuiKey_Escape) {
    form.capturing = -1;
    return;
  }
  const std::string chord = plain && pressed->key == ImGuiKey_Backspace ? "" : kit::chord_text(*pressed);
  if (const CommandId owner = owner_of(f, *pressed, id); !chord.empty() && owner != CommandId::kCount) {
    form.key_conflict = kit::tr_format(Str::settings_key_taken, {kit::chord_label(*pressed, f.kit.os),
                                                                 command_title(app::command_info(owner))});
    return;
  }
  form.key_conflict.clear();
  form.capturing = -1;
  const bool as_ever = chord == app::command_info(id).default_chord;
  f.emit(CommandId::SettingSet, {{"key", "key." + std::string(app::command_info(id).key)},
                                 {"value", as_ever ? std::string("default") : chord}});
}

void draw_key_row(UiFrame& f, const app::CommandInfo& info, float width_pt) {
  SettingsForm& form = f.view.settings;
  const int number = static_cast<int>(info.id);
  const bool waits = form.capturing == number;
  const std::string chord = waits ? std::string(tr(Str::settings_key_press)) : key_label(f, info.id);
  kit::ListRowOptions options;
  options.role = kit::Role::Button;
  options.selected = waits;
  options.height_pt = px(28);
  options.width_pt = width_pt;
  options.value = chord;
  const std::string title = command_title(info);
  const kit::ListRowResult row = kit::list_row(f.kit, kit::id_with("settings.key", info.key), title, options);
  if (row.clicked) {
    form.capturing = waits ? -1 : number;
    form.key_conflict.clear();
  }
  if (!row.visible) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const kit::Rect& r = row.rect;
  kit::draw_text(f.kit, list, {r.x0 + px(8), r.y0, r.x1 - px(130), r.y1}, title);
  if (waits || chord.empty()) {
    const char* text = waits ? tr(Str::settings_key_press) : tr(Str::settings_key_none);
    const float width = kit::text_width(f.kit, text, kit::TextStyle::Small);
    kit::draw_text(f.kit, list, {r.x1 - width - px(8), r.y0, r.x1, r.y1}, text, kit::TextStyle::Small,
                   waits ? kit::Color::Accent : kit::Color::TextDisabled);
  } else {
    kit::draw_key_hint(f.kit, list, ImVec2(r.x1 - kit::key_hint_width(f.kit, chord) - px(8), r.center_y()), chord);
  }
}

}  // namespace

void draw_key_settings(UiFrame& f, float width_pt) {
  SettingsForm& form = f.view.settings;
  kit::paragraph(f.kit, tr(Str::settings_keys_text), width_pt, kit::TextStyle::Small);
  kit::gap(px(6));
  if (form.capturing >= 0) take_key(f);
  {
    const TightRows tight;
    for (size_t i = 0; i < static_cast<size_t>(CommandId::kCount); ++i) {
      const app::CommandInfo& info = app::command_info(static_cast<CommandId>(i));
      if (info.default_chord.empty() && !info.in_palette) continue;
      draw_key_row(f, info, width_pt);
      if (form.capturing == static_cast<int>(i) && !form.key_conflict.empty())
        kit::inline_error(f.kit, "settings.key_conflict", form.key_conflict);
    }
  }
  if (f.session.settings().keys.empty()) return;
  kit::gap(px(8));
  if (kit::button(f.kit, "settings.keys_reset", tr(Str::settings_keys_reset), kit::ButtonKind::Secondary, kIconUndo)) {
    for (const auto& [command, chord] : f.session.settings().keys)
      f.emit(CommandId::SettingSet, {{"key", "key." + command}, {"value", "default"}});
  }
}

void draw_shortcuts_dialog(UiFrame& f) {
  kit::DialogOptions options;
  options.width_pt = 520;
  if (!kit::begin_dialog(f.kit, "shortcuts", tr(Str::shortcuts_title), f.view.shortcuts_open,
                         options))
    return;
  draw_shortcut_list(f, "shortcut", kit::width_left());
  kit::gap(px(6));
  kit::paragraph(f.kit, tr(Str::shortcuts_note), 0, kit::TextStyle::Small);
  kit::end_dialog(f.kit);
}

}  // namespace assay::ui
