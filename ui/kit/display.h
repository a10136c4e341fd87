// Things that show and do not ask: badges, verdicts, bars, rates, empty states, skeletons,
// label/value rows, key hints.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ui/kit/context.h"
#include "ui/kit/text.h"

namespace assay::kit {

enum class Tone : uint8_t { Neutral, Accent, Pass, Fail, Warn, Info };
Color tone_color(Tone tone);
Color tone_weak(Tone tone);

// Small coloured label. With an id it is registered as Text.
void badge(Context& ctx, std::string_view id, std::string_view text, Tone tone = Tone::Neutral,
           const char* icon = nullptr);
float badge_width(Context& ctx, std::string_view text, const char* icon = nullptr);
void draw_badge(Context& ctx, ImDrawList* list, ImVec2 at_left_center, std::string_view text,
                Tone tone, const char* icon = nullptr);
// A pill that can be pressed (running jobs, active filters). `removable` draws an ×.
struct PillResult {
  bool clicked = false;
  bool removed = false;
};
float pill_width(Context& ctx, std::string_view text, const char* icon = nullptr, bool removable = false);
PillResult pill(Context& ctx, std::string_view id, std::string_view text, Tone tone,
                const char* icon = nullptr, bool removable = false, float progress = -1);

// A verdict has colour and shape: ✓ pass, ✗ fail, ! error, ○ none, ● other.
enum class Verdict : uint8_t { None, Pass, Fail, Error, Other, Pending };
const char* verdict_name(Context& ctx, Verdict verdict);
void draw_verdict(Context& ctx, ImDrawList* list, ImVec2 center, Verdict verdict,
                  float size_pt = 16);
void verdict_mark(Context& ctx, std::string_view id, std::string_view name, Verdict verdict);

void draw_dot(ImDrawList* list, ImVec2 center, float radius_pt, ImU32 fill);

// fraction < 0: unknown, a moving bar (still with reduced motion).
void progress_bar(Context& ctx, std::string_view id, std::string_view name, float fraction,
                  float width_pt = 0, float height_pt = 4);

// A rate 0-1 with its interval as a whisker: aggregate bars of scorers. low > high: no interval.
struct RateBar {
  double rate = 0, low = 1, high = 0;
  double baseline = -1;  // ≥ 0: a tick mark
  Tone tone = Tone::Pass;
};
void rate_bar(Context& ctx, std::string_view id, std::string_view name, const RateBar& bar,
              float width_pt = 0, float height_pt = 10);
void draw_rate_bar(Context& ctx, ImDrawList* list, const Rect& rect, const RateBar& bar);
// Small histogram; heights relative to the largest. Highlighted: index range [from, to).
void draw_bars(Context& ctx, ImDrawList* list, const Rect& rect, std::span<const float> values,
               size_t highlight_from = 0, size_t highlight_to = 0);
// A proportion bar behind a facet's count.
void draw_share(Context& ctx, ImDrawList* list, const Rect& rect, float share, Tone tone);

// One row "label   value"; the value is selectable text in the page's own way (click copies).
// True when it was copied.
bool label_value(Context& ctx, std::string_view id, std::string_view label, std::string_view value,
                 float label_width_pt = 120, bool mono = false);
// Section title with an optional count, and room at the right: the cursor is left after the title.
void section_header(Context& ctx, std::string_view id, std::string_view text, int64_t count = -1);
// Section title that folds what follows. True while open.
bool fold_header(Context& ctx, std::string_view id, std::string_view text, bool& open,
                 int64_t count = -1, std::string_view quiet = {});

// Keys as small caps ("Ctrl+K").
void key_hint(Context& ctx, std::string_view label);
float key_hint_width(Context& ctx, std::string_view label);
void draw_key_hint(Context& ctx, ImDrawList* list, ImVec2 at_left_center, std::string_view label);

struct EmptyAction {
  std::string_view id;
  std::string_view text;
  const char* icon = nullptr;
  bool primary = false;
};
// Centred in what is left of the region. The index of the pressed action, else −1.
int empty_state(Context& ctx, std::string_view id, const char* icon, std::string_view title,
                std::string_view text, std::span<const EmptyAction> actions = {});
// `rows` grey bars in place of rows that are still loading.
void skeleton_rows(Context& ctx, std::string_view id, int rows, float row_height_pt = 0);
void draw_skeleton(Context& ctx, ImDrawList* list, const Rect& rect);
// A banner over the whole width; the index of the pressed action (0 or 1), else −1.
int banner(Context& ctx, std::string_view id, Tone tone, std::string_view text,
           std::span<const EmptyAction> actions = {}, bool* dismissed = nullptr);
// Turning arc, or a still one with reduced motion.
void spinner(Context& ctx, std::string_view id, std::string_view name, float size_pt = 16);

}  // namespace assay::kit
