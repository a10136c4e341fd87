// The reading pane: long text, wrapped, selectable with mouse and keyboard, copied with the usual
// chord, with search hits marked. Built for texts of many megabytes: lines are wrapped step by step
// (with the height of the rest estimated meanwhile) and kept in a cache that the caller owns; only
// visible lines are drawn. The text itself is borrowed for the call.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ui/kit/context.h"
#include "ui/kit/text.h"
#include "ui/kit/text_wrap.h"

namespace assay::kit {

// Stable number of a text: the same identity promises the same bytes.
using TextIdentity = uint64_t;
TextIdentity text_identity(std::string_view text);  // a hash of all of it (cheap below a megabyte)

// Wrapped lines by (identity, width, font, size). Drops the longest unused beyond its budget.
class WrapCache {
 public:
  explicit WrapCache(size_t budget_bytes = 8U << 20) : budget_bytes_(budget_bytes) {}
  size_t size_bytes() const;
  size_t entries() const { return entries_.size(); }
  void clear() { entries_.clear(); }

  struct Entry {
    TextIdentity identity = 0;
    size_t text_bytes = 0;
    float width_pt = 0;
    const void* font = nullptr;
    float size_pt = 0;
    uint64_t used = 0;
    WrapState wrap;
  };
  Entry& entry(TextIdentity identity, size_t text_bytes, float width_pt, const void* font,
               float size_pt);

 private:
  std::vector<Entry> entries_;
  size_t budget_bytes_;
  uint64_t clock_ = 0;
};

struct ColorRun {
  uint32_t from = 0, to = 0;
  Color token = Color::Text;
};

// Per view, kept by the caller.
struct TextViewState {
  TextIdentity identity = 0;  // what the selection belongs to; another text drops it
  TextSelection selection;
  TextRange drag_begun;
  int clicks = 0;
  bool dragging = false;
  double scroll_y_pt = 0;
  int64_t scroll_to_byte = -1;  // set by the caller: shows it, then resets
  bool caret_visible = false;
};

struct TextViewOptions {
  TextStyle style = TextStyle::Body;  // Body: prose; Mono: code
  Color token = Color::Text;
  float width_pt = 0;        // 0: what is left
  float height_pt = 0;       // 0: as tall as the text (the region around it scrolls)
  float max_height_pt = 0;   // with height 0: from here on it scrolls in itself; 0: no limit
  float max_measure_pt = 0;  // lines no longer than this; 0: no limit
  bool wrap = true;
  std::string_view name;                  // accessible name; required
  std::span<const ColorRun> colors = {};  // sorted, disjoint
  std::span<const TextMark> marks = {};   // sorted by `from`
  std::span<const uint32_t> locate = {};  // bytes whose places are wanted (TextViewResult::located)
  TextIdentity identity = 0;  // 0: text_identity() is computed at every frame (short texts)
  bool line_numbers = false;  // of wrapped paragraphs; mono only
};

struct TextViewResult {
  bool copied = false;
  bool selection_changed = false;
  bool focused = false;
  bool wants_menu = false;  // right click, Menu key
  Rect rect;
  size_t lines_drawn = 0;
  std::vector<Rect> located;  // by `locate`: no width, as tall as its line; empty: not wrapped so far
};

TextViewResult text_view(Context& ctx, std::string_view id, std::string_view text,
                         TextViewState& state, WrapCache& cache, const TextViewOptions& options);

}  // namespace assay::kit
