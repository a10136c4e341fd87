// Design tokens: colours, spacing, type sizes, row heights. No view writes a colour or a font size
// of its own; it names a token. color(), px() and the like read the theme of the current Context.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string_view>

namespace assay::kit {

enum class Theme : uint8_t { Light, Dark };

enum class Color : uint8_t {
  Background,  // behind the panels
  Surface,     // panels, tables, fields
  Raised,      // popups, dialogs, cards
  Line,
  LineStrong,
  Text,
  TextSecondary,
  TextDisabled,
  Accent,
  AccentWeak,  // selected row, pressed tab
  AccentHover,
  OnAccent,  // text on Accent
  Pass,
  PassWeak,
  Fail,
  FailWeak,
  Warn,
  WarnWeak,
  Info,
  InfoWeak,
  Hover,          // translucent: over any surface
  Pressed,        // translucent
  TextSelection,  // behind selected text
  Highlight,      // behind a search hit
  HighlightActive,
  Scrim,   // over the page, under a dialog
  Shadow,  // translucent
  Skeleton,
  JsonKey,
  JsonString,
  JsonNumber,
  JsonKeyword,
  JsonPunctuation,
  SpanAgent,  // six hues that colour-blind people tell apart; always with an icon
  SpanModel,
  SpanRetrieval,
  SpanTool,
  SpanChain,
  SpanOther,
  SpanAgentWeak,
  SpanModelWeak,
  SpanRetrievalWeak,
  SpanToolWeak,
  SpanChainWeak,
  SpanOtherWeak,
  Transparent,
  kCount,
};

enum class TextStyle : uint8_t {
  Body,         // 14 regular
  BodyStrong,   // 14 semibold
  Small,        // 12 regular
  SmallStrong,  // 12 semibold: table heads, labels in capitals
  Section,      // 16 semibold
  Title,        // 20 semibold
  Mono,         // 13 mono
  MonoSmall,    // 12 mono
  kCount,
};

// Space, in points at scale 1. px() applies the scale: px(kSpaceM).
inline constexpr float kSpaceXs = 4, kSpaceS = 8, kSpaceM = 12, kSpaceL = 16, kSpaceXl = 24;
inline constexpr float kRadius = 6, kRadiusSmall = 4;
inline constexpr float kRowHeight = 32, kRowHeightCompact = 26;
inline constexpr float kControlHeight = 30, kControlHeightCompact = 26;
inline constexpr float kFocusRing = 2;
inline constexpr float kLineHeight = 1.45F;    // of the em, in reading text
inline constexpr float kReadingMeasure = 640;  // 70-90 characters of body text
inline constexpr float kMotionSeconds = 0.12F;

// Writes the whole ImGuiStyle. Call when the theme or the scale changes (begin_frame does).
void apply_theme(Theme theme, float ui_scale);

ImU32 color_of(Theme theme, Color token);
// Of the current Context's theme.
ImU32 color(Color token);
ImVec4 color_vec(Color token);
ImU32 color_alpha(Color token, float alpha);  // alpha 0-1 times the token's own

// Points at scale 1 → points, rounded to whole ones from 1 up.
float px(float points_at_scale_1);

// How a span type of MLflow ("CHAT_MODEL", "RETRIEVER", …; case-sensitive, any other text is Other)
// is drawn: hue, its weak form for fills, an icon, and a letter for where an icon is too large.
struct SpanLook {
  Color hue;
  Color weak;
  const char* icon;
  char letter;
};
SpanLook span_look(std::string_view span_type);

}  // namespace assay::kit
