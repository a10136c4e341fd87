// Glyphs that the bundled fonts lack, drawn by the browser: a 2D canvas paints the character in the
// reader's own fonts at the wanted size, the pixels go into ImGui's atlas. White text comes back as
// coverage, colour emoji in colour. No font is downloaded; any script that needs no shaping works.
#pragma once

#include <imgui.h>
#include <imgui_internal.h>

namespace assay::platform {

// The loader for kit::build_fonts(); static data, outlives every atlas.
const ImFontLoader* browser_glyph_loader();

}  // namespace assay::platform
