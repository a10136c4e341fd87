// Every widget of the kit in its states on one page (?gallery=1): for the eye and for screenshots.
#pragma once

#include <string>
#include <vector>

#include "ui/kit/context.h"
#include "ui/kit/json_view.h"
#include "ui/kit/text_view.h"
#include "ui/kit/virtual_table.h"

namespace assay::kit {

struct GalleryState {
  bool check_on = true, check_off = false, switch_on = true;
  int check_mixed = -1;
  int segment = 0, radio = 1, choice = 0, tab = 0;
  float level = 0.4F;
  std::string query = "status = 'ERROR' AND";
  std::string empty, secret = "sk-0123456789", note = "A note\nof two lines.";
  bool dialog_open = false;
  bool fold_open = true;
  TableState table;
  std::vector<bool> checked;
  TextViewState prose, code;
  WrapCache wraps;
  JsonCache json;
  float split_pt = 220;
};

void draw_gallery(Context& ctx, GalleryState& state);

}  // namespace assay::kit
