#include "ui/views/shortcuts_view.h"

#include "ui/kit/display.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"

namespace assay::ui {

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
    if (info.default_chord.empty()) continue;
    const std::string chord = kit::chord_label(info.default_chord, f.kit.os);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = px(28);
    ImGui::Dummy(ImVec2(width_pt, height));
    ImDrawList* list = ImGui::GetWindowDrawList();
    const std::string title = command_title(info);
    kit::draw_text(f.kit, list, {at.x, at.y, at.x + width_pt - px(120), at.y + height}, title);
    const float key_width = kit::key_hint_width(f.kit, chord);
    kit::draw_key_hint(f.kit, list, ImVec2(at.x + width_pt - key_width, at.y + height / 2), chord);
    kit::SemItem item;
    item.role = kit::Role::ListItem;
    const std::string id = kit::id_with(scope, info.key);
    item.id = id;
    item.name = title;
    item.value = chord;
    item.rect = {at.x, at.y, at.x + width_pt, at.y + height};
    f.kit.semantics->add(item);
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
