// Shared by the widgets' .cpp files only.
#pragma once

#include "ui/kit/imgui_access.h"
#include "ui/kit/widgets.h"

namespace assay::kit {

inline float control_height(ControlSize size) {
  return px(size == ControlSize::Regular ? kControlHeight : kControlHeightCompact);
}

// 0: `standard`; below 0: all that is left.
inline float control_width(float wanted_pt, float standard_pt) {
  if (wanted_pt > 0) return wanted_pt;
  const float left = ImGui::GetContentRegionAvail().x;
  if (wanted_pt < 0) return left > 1 ? left : 1;
  return px(standard_pt);
}

// Background and border of a field; `active` has the caret.
void draw_field_frame(const Rect& rect, bool enabled, bool invalid, bool active, bool ring,
                      bool hovered);

}  // namespace assay::kit
