// The command palette: every command that needs no argument, found by typing parts of its name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ui/frame.h"

namespace assay::ui {

// How well `text` matches what was typed; 0: not at all. Every typed word must begin a word of the
// text, or stand somewhere in it.
int palette_score(std::string_view typed, std::string_view text);
struct PaletteEntry {
  app::CommandId id;
  std::string title;
  bool enabled;
  std::string of = {};  // ViewApply: the id of the saved view; FileClose: the file's token
};
std::vector<PaletteEntry> palette_entries(const UiFrame& f, std::string_view typed);

void draw_palette(UiFrame& f);

}  // namespace assay::ui
