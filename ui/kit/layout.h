// Regions and placement: panels without floating windows, splitters, rows. Sizes are unscaled
// points only where a constant of theme.h is meant through px(); all float parameters here are
// final points.
#pragma once

#include <string_view>

#include "ui/kit/context.h"

namespace assay::kit {

enum BorderSide : uint8_t {
  kBorderNone = 0,
  kBorderLeft = 1,
  kBorderTop = 2,
  kBorderRight = 4,
  kBorderBottom = 8,
  kBorderAll = 15,
};

struct RegionOptions {
  Color background = Color::Surface;
  uint8_t borders = kBorderNone;
  float padding_x_pt = 0, padding_y_pt = 0;
  float radius_pt = 0;  // with kBorderAll: a card
  bool scroll_y = false;
  bool scroll_x = false;
  bool auto_height = false;  // as tall as its contents (size.y is then ignored)
  Role role = Role::Group;   // None: not registered
  std::string_view name = {};
};
// A child region at `rect` (screen points) or, in the second form, at the cursor (0: what is left).
// `id` is both ImGui's and the semantic id. Always end_region().
void begin_region(Context& ctx, std::string_view id, const Rect& rect,
                  const RegionOptions& options);
void begin_region(Context& ctx, std::string_view id, ImVec2 size, const RegionOptions& options);
void end_region(Context& ctx);

// A raised card with padding and as tall as its contents, at the cursor (width 0: what is left).
void begin_card(Context& ctx, std::string_view id, float width_pt = 0, std::string_view name = {});
void end_card(Context& ctx);

// The whole work area of the frame: one full-screen window without decoration. Once a frame,
// outermost. Returns its rectangle.
Rect begin_root(Context& ctx);
void end_root(Context& ctx);

void same_row(float gap_pt);  // the next item stands on this row, `gap_pt` after the last
void gap(float height_pt);    // vertical space
void indent_to(float x_pt);   // moves the cursor to this x inside the region
float width_left();           // from the cursor to the region's right padding
Rect region_rect();           // contents of the current region, screen points
Rect remaining_rect();        // from the cursor to the end of the region, screen points
// Puts the cursor so that something `width_pt` wide ends at the region's right edge, on the same
// row.
void right_align(float width_pt);
// Moves the cursor down so that something `height_pt` tall is centred in a row of `row_height_pt`.
void center_in_row(float height_pt, float row_height_pt);

void separator(Context& ctx);                                     // a line over the whole width
void line_horizontal(Context& ctx, float x0, float x1, float y);  // drawn only
void line_vertical(Context& ctx, float x, float y0, float y1);

// A bar that is dragged (or moved by arrow keys when focused) between two panes. `size_pt` is the
// size of the first pane (of the last with `from_end`), kept by the caller; double click sets
// `reset_pt`. True while it changes. Call it after both panes, so that it lies above them.
struct SplitterOptions {
  bool vertical_bar = true;  // panes left and right
  bool from_end = false;
  float min_pt = 120, max_pt = 100000;
  float reset_pt = 0;  // 0: none
  std::string_view name = {};
};
bool splitter(Context& ctx, std::string_view id, const Rect& bar, float& size_pt,
              const SplitterOptions& options);

}  // namespace assay::kit
