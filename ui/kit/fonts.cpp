#include "ui/kit/fonts.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "ui/kit/context.h"
#include "ui/kit/icons.h"

namespace assay::kit {
namespace {

// Sizes that ImGui knows a font by are arbitrary (it scales); one reference keeps merged sources in
// proportion.
constexpr float kReferenceSize = 17.0F;

uint32_t read_be(std::string_view bytes, size_t at, size_t count) {
  if (at + count > bytes.size()) return 0;
  uint32_t value = 0;
  for (size_t i = 0; i < count; ++i)
    value = (value << 8) | static_cast<uint8_t>(bytes[at + i]);
  return value;
}

// Offset of a TrueType table (OpenType 1.9, "Table directory"); 0: not there.
size_t table_offset(std::string_view font, std::string_view tag) {
  const uint32_t count = read_be(font, 4, 2);
  for (uint32_t i = 0; i < count; ++i) {
    const size_t record = 12 + size_t{16} * i;
    if (record + 16 > font.size()) return 0;
    if (font.substr(record, 4) == tag) return read_be(font, record + 8, 4);
  }
  return 0;
}

struct Metrics {
  float em = 0, ascent = 0, descent = 0;  // descent below zero
  float height() const { return ascent - descent; }
};

Metrics metrics_of(std::string_view font) {
  const size_t head = table_offset(font, "head");
  const size_t hhea = table_offset(font, "hhea");
  if (head == 0 || hhea == 0) return {};
  return {static_cast<float>(read_be(font, head + 18, 2)),
          static_cast<float>(static_cast<int16_t>(read_be(font, hhea + 4, 2))),
          static_cast<float>(static_cast<int16_t>(read_be(font, hhea + 6, 2)))};
}

// (ascent − descent) / em: what ImGui's size is of a CSS font size.
float size_factor(std::string_view font) {
  const Metrics m = metrics_of(font);
  const float factor = m.em > 0 ? m.height() / m.em : 1.0F;
  return factor > 0.5F && factor < 3.0F ? factor : 1.0F;
}

// The part of a line box that is below the baseline.
float descent_share(std::string_view font) {
  const Metrics m = metrics_of(font);
  return m.height() > 0 && m.descent <= 0 ? -m.descent / m.height() : 0.0F;
}

// ImGui takes the memory over and frees it with the atlas.
void* copy_for_atlas(std::string_view bytes) {
  void* copy = ImGui::MemAlloc(bytes.size());
  std::memcpy(copy, bytes.data(), bytes.size());
  return copy;
}

// Characters that browsers draw in colour although a text font may have them.
const ImWchar kLeaveToBrowser[] = {0x2600, 0x27BF, 0x1F000, 0x1FFFF, 0};
const ImWchar kOnlyIcons[] = {1, static_cast<ImWchar>(kIconFirst - 1),
                              static_cast<ImWchar>(kIconLast + 1), 0x10FFFF, 0};

ImFont* add_text_font(ImFontAtlas& atlas, std::string_view bytes, const char* name, bool browser,
                      bool snap = false) {
  ImFontConfig config;
  config.SizePixels = kReferenceSize;
  std::strncpy(config.Name, name, sizeof(config.Name) - 1);
  if (browser) config.GlyphExcludeRanges = kLeaveToBrowser;
  config.PixelSnapH = snap;
  if (bytes.empty()) return atlas.AddFontDefault(&config);
  return atlas.AddFontFromMemoryTTF(copy_for_atlas(bytes), static_cast<int>(bytes.size()),
                                    kReferenceSize, &config);
}

void merge_icons(ImFontAtlas& atlas, std::string_view bytes, float descent_share) {
  if (bytes.empty()) return;
  ImFontConfig config;
  config.MergeMode = true;
  config.GlyphExcludeRanges = kOnlyIcons;
  config.PixelSnapH = true;
  config.SizePixels = kReferenceSize;
  // Lucide's glyphs stand on the baseline and are as tall as the whole line (em = ascent): down by
  // the text's descent, so that they fill the line box.
  config.GlyphOffset = ImVec2(0, kReferenceSize * descent_share);
  std::strncpy(config.Name, "lucide", sizeof(config.Name) - 1);
  atlas.AddFontFromMemoryTTF(copy_for_atlas(bytes), static_cast<int>(bytes.size()), kReferenceSize,
                             &config);
}

void merge_rest(ImFontAtlas& atlas, const ImFontLoader* rest) {
  if (rest == nullptr) return;
  ImFontConfig config;
  config.MergeMode = true;
  config.SizePixels = kReferenceSize;
  config.FontLoader = rest;
  std::strncpy(config.Name, "browser", sizeof(config.Name) - 1);
  atlas.AddFont(&config);
}

float css_size(TextStyle style) {
  switch (style) {
    case TextStyle::Small:
    case TextStyle::SmallStrong:
    case TextStyle::MonoSmall:
      return 12;
    case TextStyle::Section:
      return 16;
    case TextStyle::Title:
      return 20;
    case TextStyle::Mono:
      return 13;
    default:
      return 14;
  }
}

bool is_mono(TextStyle style) { return style == TextStyle::Mono || style == TextStyle::MonoSmall; }

}  // namespace

Fonts build_fonts(ImFontAtlas& atlas, const FontBytes& bytes, const ImFontLoader* rest) {
  Fonts fonts;
  const bool browser = rest != nullptr;
  fonts.regular = add_text_font(atlas, bytes.inter_regular, "inter-regular", browser);
  merge_icons(atlas, bytes.lucide, descent_share(bytes.inter_regular));
  merge_rest(atlas, rest);
  fonts.semibold = add_text_font(atlas, bytes.inter_semibold, "inter-semibold", browser);
  merge_icons(atlas, bytes.lucide, descent_share(bytes.inter_semibold));
  merge_rest(atlas, rest);
  fonts.mono = add_text_font(atlas, bytes.jetbrains_mono, "jetbrains-mono", browser,
                             true);  // columns stay columns
  merge_rest(atlas, rest);
  fonts.text_factor = size_factor(bytes.inter_regular);
  fonts.mono_factor = size_factor(bytes.jetbrains_mono);
  return fonts;
}

float font_size_of(const Fonts& fonts, TextStyle style) {
  const float factor = is_mono(style) ? fonts.mono_factor : fonts.text_factor;
  return std::floor(css_size(style) * factor + 0.5F);
}

ImFont* font_of(const Fonts& fonts, TextStyle style) {
  if (is_mono(style)) return fonts.mono;
  const bool strong = style == TextStyle::BodyStrong || style == TextStyle::SmallStrong ||
                      style == TextStyle::Section || style == TextStyle::Title;
  return strong ? fonts.semibold : fonts.regular;
}

void push_text(TextStyle style) {
  const Fonts& fonts = current().fonts;
  ImGui::PushFont(font_of(fonts, style), font_size_of(fonts, style));
}

void pop_text() { ImGui::PopFont(); }

}  // namespace assay::kit
