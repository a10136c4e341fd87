#include "wasm/platform/fonts_browser.h"

#include <cmath>
#include <cstring>

#include "wasm/platform/js.h"

extern "C" {
struct BrowserGlyph {
  float advance;        // device pixels, as the rest
  int32_t left, above;  // of the origin and the baseline, to the bitmap's edges
  int32_t width, height;
  int32_t colored;
  const uint8_t* rgba;  // width * height * 4, straight alpha; owned by the page until the next call
};
// style: 0 regular, 1 semibold, 2 mono. Measures only when `measure_only`. 0: nothing to draw.
int assay_js_glyph(uint32_t code_point, float em_px, int style, int measure_only, BrowserGlyph* out);
}

namespace assay::platform {

namespace {

// Zero-width marks. Without this every variation selector of an emoji would be a box.
bool is_invisible(ImWchar c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0x00AD;
}

// The atlas keeps flat tables up to the highest code point, per size; tag characters and the private
// planes would cost megabytes. They show as nothing (the text layer replaces what matters).
bool is_too_high(ImWchar c) { return c >= 0x40000; }

// Ascent + descent of the first source over its em: what ImGui's size is larger than CSS's by.
// Inter and JetBrains Mono, from their hhea tables.
float em_of_size(int style) { return style == 2 ? 1.0F / 1.32F : 1.0F / 1.21F; }

int style_of(const ImFontConfig* source) {
  if (source->DstFont == nullptr || source->DstFont->Sources.Size == 0) return 0;
  const char* name = source->DstFont->Sources[0]->Name;
  if (std::strstr(name, "emi") != nullptr) return 1;  // "semibold", "SemiBold"
  return std::strstr(name, "ono") != nullptr ? 2 : 0;  // "mono", "Mono"
}

bool contains_glyph(ImFontAtlas*, ImFontConfig*, ImWchar) { return true; }

bool load_glyph(ImFontAtlas* atlas, ImFontConfig* source, ImFontBaked* baked, void*, ImWchar codepoint,
                ImFontGlyph* out, float* out_advance) {
  // Control characters and lone surrogates have no glyph anywhere.
  if (codepoint < 0x20 || (codepoint >= 0xD800 && codepoint < 0xE000)) return false;
  if (is_invisible(codepoint) || is_too_high(codepoint)) {
    if (out_advance != nullptr) *out_advance = 0;
    if (out != nullptr) out->AdvanceX = 0;
    return true;
  }
  const float density = source->RasterizerDensity * baked->RasterizerDensity;
  const int style = style_of(source);
  const float em_px = baked->Size * em_of_size(style) * density;
  BrowserGlyph glyph = {};
  const bool drawn = assay_js_glyph(codepoint, em_px, style, out == nullptr ? 1 : 0, &glyph) != 0;
  const float advance = glyph.advance / density;
  if (out_advance != nullptr) *out_advance = advance;
  if (out == nullptr) return true;
  out->AdvanceX = advance;
  if (!drawn || glyph.width <= 0 || glyph.height <= 0) return true;  // a blank of that width
  const ImFontAtlasRectId id = ImFontAtlasPackAddRect(atlas, glyph.width, glyph.height);
  if (id == ImFontAtlasRectId_Invalid) return true;  // the atlas is full: keep the width
  ImTextureRect* rect = ImFontAtlasPackGetRect(atlas, id);
  out->X0 = static_cast<float>(-glyph.left) / density;
  out->Y0 = std::round(baked->Ascent) - static_cast<float>(glyph.above) / density;
  out->X1 = out->X0 + static_cast<float>(glyph.width) / density;
  out->Y1 = out->Y0 + static_cast<float>(glyph.height) / density;
  out->Visible = 1;
  out->Colored = glyph.colored != 0 ? 1 : 0;
  out->PackId = id;
  ImFontAtlasBakedSetFontGlyphBitmap(atlas, baked, source, out, rect, glyph.rgba, ImTextureFormat_RGBA32,
                                     glyph.width * 4);
  return true;
}

ImFontLoader make_loader() {
  ImFontLoader loader;
  loader.Name = "browser";
  loader.FontSrcContainsGlyph = contains_glyph;
  loader.FontBakedLoadGlyph = load_glyph;
  return loader;
}

}  // namespace

const ImFontLoader* browser_glyph_loader() {
  static const ImFontLoader loader = make_loader();
  return &loader;
}

}  // namespace assay::platform
