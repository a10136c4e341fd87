// Fonts of the kit: Inter regular and semibold with the icons merged in, JetBrains Mono, and, for
// every character that these lack, a loader that the host supplies (glyphs drawn by the browser).
// Owned by the ImFontAtlas; Fonts only points at them and is valid as long as the atlas keeps them.
// Sizes: ImGui's font size is ascent + descent, so a style's CSS size is multiplied by what the
// font adds (Inter 1.21, JetBrains Mono 1.32); size_of() gives the result.
#pragma once

#include <imgui.h>

#include <string_view>

#include "ui/kit/theme.h"

struct ImFontLoader;

namespace assay::kit {

// Contents of the files; the bytes are copied. Empty: ImGui's built-in font stands in (native
// tests).
struct FontBytes {
  std::string_view inter_regular;
  std::string_view inter_semibold;
  std::string_view jetbrains_mono;
  std::string_view lucide;
};

struct Fonts {
  ImFont* regular = nullptr;
  ImFont* semibold = nullptr;
  ImFont* mono = nullptr;
  float text_factor = 1.0F;  // ImGui size of a CSS pixel of em
  float mono_factor = 1.0F;
};

// `rest`: asked last for every character (nullptr: none); must outlive the atlas.
Fonts build_fonts(ImFontAtlas& atlas, const FontBytes& bytes, const ImFontLoader* rest);

// Unscaled ImGui size of a style, whole points (the style's FontScaleMain applies the UI scale).
float font_size_of(const Fonts& fonts, TextStyle style);
ImFont* font_of(const Fonts& fonts, TextStyle style);

// Of the current Context. Always paired.
void push_text(TextStyle style);
void pop_text();

struct TextScope {
  explicit TextScope(TextStyle style) { push_text(style); }
  ~TextScope() { pop_text(); }
  TextScope(const TextScope&) = delete;
  TextScope& operator=(const TextScope&) = delete;
};

}  // namespace assay::kit
