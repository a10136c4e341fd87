// Static text: drawn, cut with an ellipsis, wrapped, measured. For long or selectable text use
// text_view.h. None of these is interactive; with an id they are registered for tests and screen
// readers.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ui/kit/context.h"

namespace assay::kit {

// Text at the cursor. With `id` it becomes a Text node (Status for role Status and so on).
void text(Context& ctx, std::string_view text, TextStyle style = TextStyle::Body,
          Color token = Color::Text);
void text_node(Context& ctx, std::string_view id, std::string_view text,
               TextStyle style = TextStyle::Body, Color token = Color::Text, Role role = Role::Text,
               int level = 0);
// One line, at most `width_pt` wide (0: what is left of the line); a cut text ends in "…" and shows
// itself whole in a tooltip.
void text_ellipsis(Context& ctx, std::string_view text, float width_pt = 0,
                   TextStyle style = TextStyle::Body, Color token = Color::Text);
// Wrapped at `width_pt` (0: the width that is left), reading line height.
void paragraph(Context& ctx, std::string_view text, float width_pt = 0,
               TextStyle style = TextStyle::Body, Color token = Color::TextSecondary);
// Heading node of `level` 1-3 in Title, Section or BodyStrong.
void heading(Context& ctx, std::string_view id, std::string_view text, int level = 2);

enum class Align : uint8_t { Left, Center, Right };
// Bytes of a text with something behind them: a search hit.
struct TextMark {
  uint32_t from = 0, to = 0;
  Color background = Color::Highlight;
};
// Behind what draw_text() will draw at the left of `rect` with the same style.
void draw_marks(Context& ctx, ImDrawList* list, const Rect& rect, std::string_view text, std::span<const TextMark> marks,
                TextStyle style = TextStyle::Body);

// Draws into `rect`, vertically centred, cut with an ellipsis; touches no cursor. True: it was cut.
bool draw_text(Context& ctx, ImDrawList* list, const Rect& rect, std::string_view text,
               TextStyle style = TextStyle::Body, Color token = Color::Text,
               Align align = Align::Left);
// Centre of the glyph at the centre of `rect`.
void draw_icon(Context& ctx, ImDrawList* list, const Rect& rect, const char* icon, Color token,
               float size_pt = 16);
float text_width(Context& ctx, std::string_view text, TextStyle style = TextStyle::Body);
// Ascent + descent of one line: ImGui's font size with the UI scale applied.
float text_height(Context& ctx, TextStyle style = TextStyle::Body);
// How many bytes of `text` fit into `width_pt` (never cuts a code point).
size_t fitting_bytes(Context& ctx, std::string_view text, float width_pt, TextStyle style);
// `text` with line breaks and tabs as single spaces, at most `max_bytes`: for one-line cells.
std::string one_line(std::string_view text, size_t max_bytes = 400);

// Tooltip on the last ImGui item after the hover delay (also on keyboard focus). `chord`: shown as
// keys.
void tooltip(Context& ctx, std::string_view text, std::string_view chord_label = {});

// Whether letters of the text join, stack or run from right to left (Arabic, Hebrew, Indic and Southeast Asian scripts,
// combining marks, joined emoji): glyph by glyph it would be drawn wrongly. UTF-8.
bool needs_shaping(std::string_view text);

}  // namespace assay::kit
