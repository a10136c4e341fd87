// The list of keys, from the command table.
#pragma once

#include <string>

#include "ui/frame.h"

namespace assay::ui {

// `scope` begins the ids: "shortcut[edit.undo]".
void draw_shortcut_list(UiFrame& f, std::string_view scope, float width_pt);
void draw_shortcuts_dialog(UiFrame& f);
// A command's title in the page's language.
std::string command_title(const app::CommandInfo& info);

// The same as rows that can be given other keys.
void draw_key_settings(UiFrame& f, float width_pt);

}  // namespace assay::ui
