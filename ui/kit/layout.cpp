#include "ui/kit/layout.h"

#include <cmath>

#include "ui/kit/imgui_access.h"

namespace assay::kit {
namespace {

void draw_borders(ImDrawList* list, const Rect& r, uint8_t sides) {
  const ImU32 ink = color(Color::Line);
  if ((sides & kBorderLeft) != 0) list->AddRectFilled(r.min(), ImVec2(r.x0 + 1, r.y1), ink);
  if ((sides & kBorderTop) != 0) list->AddRectFilled(r.min(), ImVec2(r.x1, r.y0 + 1), ink);
  if ((sides & kBorderRight) != 0) list->AddRectFilled(ImVec2(r.x1 - 1, r.y0), r.max(), ink);
  if ((sides & kBorderBottom) != 0) list->AddRectFilled(ImVec2(r.x0, r.y1 - 1), r.max(), ink);
}

}  // namespace

void begin_region(Context& ctx, std::string_view id, ImVec2 size, const RegionOptions& options) {
  const std::string name = "##" + std::string(id);
  ImGuiChildFlags child_flags = ImGuiChildFlags_AlwaysUseWindowPadding;
  if (options.auto_height) {
    child_flags |= ImGuiChildFlags_AutoResizeY;
    size.y = 0;
  }
  child_flags |= ImGuiChildFlags_NavFlattened;
  ImGuiWindowFlags window_flags = ImGuiWindowFlags_NoSavedSettings;
  if (!options.scroll_y)
    window_flags |= ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
  if (options.scroll_x) window_flags |= ImGuiWindowFlags_HorizontalScrollbar;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding,
                      ImVec2(options.padding_x_pt, options.padding_y_pt));
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, options.radius_pt);
  const bool boxed = options.borders == kBorderAll;
  if (boxed) child_flags |= ImGuiChildFlags_Borders;
  ImGui::PushStyleVar(ImGuiStyleVar_ChildBorderSize, boxed ? 1.0F : 0.0F);
  ImGui::PushStyleColor(ImGuiCol_ChildBg, color(options.background));
  ImGui::BeginChild(name.c_str(), size, child_flags, window_flags);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(3);
  const ImVec2 at = ImGui::GetWindowPos(), extent = ImGui::GetWindowSize();
  const Rect rect{at.x, at.y, at.x + extent.x, at.y + extent.y};
  if (!boxed && options.borders != kBorderNone) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->PushClipRect(rect.min(), rect.max());
    draw_borders(list, rect, options.borders);
    list->PopClipRect();
  }
  SemItem item;
  item.role = options.role == Role::None ? Role::Group : options.role;
  item.id = options.role == Role::None ? std::string_view() : id;
  item.name = options.name;
  item.rect = rect;
  ctx.semantics->open(item);
}

void begin_region(Context& ctx, std::string_view id, const Rect& rect,
                  const RegionOptions& options) {
  ImGui::SetCursorScreenPos(rect.min());
  begin_region(ctx, id, ImVec2(std::fmax(rect.width(), 1.0F), std::fmax(rect.height(), 1.0F)),
               options);
}

void end_region(Context& ctx) {
  ctx.semantics->close();
  ImGui::EndChild();
}

void begin_card(Context& ctx, std::string_view id, float width_pt, std::string_view name) {
  RegionOptions options;
  options.background = Color::Surface;
  options.borders = kBorderAll;
  options.padding_x_pt = px(kSpaceL);
  options.padding_y_pt = px(kSpaceM);
  options.radius_pt = px(kRadius + 2);
  options.auto_height = true;
  options.name = name;
  begin_region(ctx, id, ImVec2(width_pt, 0), options);
}

void end_card(Context& ctx) { end_region(ctx); }

Rect begin_root(Context& ctx) {
  const ImGuiViewport* viewport = ImGui::GetMainViewport();
  ImGui::SetNextWindowPos(viewport->WorkPos);
  ImGui::SetNextWindowSize(viewport->WorkSize);
  constexpr ImGuiWindowFlags kFlags =
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
      ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse;
  ImGui::Begin("##root", nullptr, kFlags);
  (void)ctx;
  const ImVec2 at = viewport->WorkPos, size = viewport->WorkSize;
  return {at.x, at.y, at.x + size.x, at.y + size.y};
}

void end_root(Context& ctx) {
  (void)ctx;
  ImGui::End();
}

void same_row(float gap_pt) { ImGui::SameLine(0, gap_pt); }

void gap(float height_pt) {
  // An item as tall as asked brings ImGui's item spacing with it: take that off.
  const float spacing = ImGui::GetStyle().ItemSpacing.y;
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + height_pt - spacing);
  ImGui::Dummy(ImVec2(0, 0));
}

void indent_to(float x_pt) { ImGui::SetCursorPosX(x_pt); }
float width_left() { return ImGui::GetContentRegionAvail().x; }

Rect region_rect() {
  const ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  const ImVec2 padding = ImGui::GetStyle().WindowPadding;
  return {at.x + padding.x, at.y + padding.y, at.x + size.x - padding.x, at.y + size.y - padding.y};
}

Rect remaining_rect() {
  const ImVec2 at = ImGui::GetCursorScreenPos(), left = ImGui::GetContentRegionAvail();
  return {at.x, at.y, at.x + left.x, at.y + left.y};
}

void right_align(float width_pt) {
  ImGui::SameLine(0, 0);
  const float free = ImGui::GetContentRegionAvail().x - width_pt;
  if (free > 0) ImGui::SetCursorPosX(ImGui::GetCursorPosX() + free);
}

void center_in_row(float height_pt, float row_height_pt) {
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + std::floor((row_height_pt - height_pt) * 0.5F));
}

void separator(Context& ctx) {
  (void)ctx;
  const Rect left = remaining_rect();
  take_space(ImVec2(left.width(), 1));
  line_horizontal(ctx, left.x0, left.x1, left.y0);
}

void line_horizontal(Context& ctx, float x0, float x1, float y) {
  (void)ctx;
  ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(x0, y), ImVec2(x1, y + 1), color(Color::Line));
}

void line_vertical(Context& ctx, float x, float y0, float y1) {
  (void)ctx;
  ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(x, y0), ImVec2(x + 1, y1), color(Color::Line));
}

bool splitter(Context& ctx, std::string_view id, const Rect& bar, float& size_pt,
              const SplitterOptions& options) {
  // Wider to the mouse than to the eye; a child window of its own, because the panes are child
  // windows too and would take the mouse from an item of ours.
  const float grow = px(3);
  const Rect area = options.vertical_bar ? bar.shrunk(-grow, 0) : bar.shrunk(0, -grow);
  if (area.empty() || window_skips_items()) return false;
  const KeepLayout keep;
  ImGui::SetCursorScreenPos(area.min());
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::BeginChild(("##bar." + std::string(id)).c_str(), area.size(), ImGuiChildFlags_NavFlattened,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse |
                        ImGuiWindowFlags_NoSavedSettings);
  ImGui::PopStyleVar();
  const Hit hit = hit_area_at(ctx, id, area, kHitNoRing | kHitKeysAreMine);
  const float before = size_pt;
  const float sign = options.from_end ? -1.0F : 1.0F;
  if (hit.hovered || hit.held) {
    ImGui::SetMouseCursor(options.vertical_bar ? ImGuiMouseCursor_ResizeEW
                                               : ImGuiMouseCursor_ResizeNS);
  }
  if (hit.held) {
    const ImVec2 moved = ImGui::GetIO().MouseDelta;
    size_pt += sign * (options.vertical_bar ? moved.x : moved.y);
  }
  if (hit.double_clicked && options.reset_pt > 0) size_pt = options.reset_pt;
  if (hit.focused) {
    const ImGuiKey less = options.vertical_bar ? ImGuiKey_LeftArrow : ImGuiKey_UpArrow;
    const ImGuiKey more = options.vertical_bar ? ImGuiKey_RightArrow : ImGuiKey_DownArrow;
    claim_keys(hit.imgui_id, {less, more});
    if (claimed_key_pressed(hit.imgui_id, less)) size_pt -= sign * px(kSpaceL);
    if (claimed_key_pressed(hit.imgui_id, more)) size_pt += sign * px(kSpaceL);
  }
  if (const auto asked = ctx.semantics->take_value(id)) size_pt = *asked;
  size_pt = std::fmax(options.min_pt, std::fmin(size_pt, options.max_pt));
  if (hit.hovered || hit.held || hit.ring) {
    const Rect line =
        options.vertical_bar
            ? Rect{std::floor(bar.center_x()) - 1, bar.y0, std::floor(bar.center_x()) + 1, bar.y1}
            : Rect{bar.x0, std::floor(bar.center_y()) - 1, bar.x1, std::floor(bar.center_y()) + 1};
    ImGui::GetWindowDrawList()->AddRectFilled(line.min(), line.max(), color(Color::Accent));
  }
  SemItem item;
  item.role = Role::Splitter;
  item.name = options.name.empty() ? std::string_view(tr(Str::kit_resize)) : options.name;
  item.now = size_pt;
  item.low = options.min_pt;
  item.high = options.max_pt;
  add_hit_node(ctx, hit, id, item);
  ImGui::EndChild();
  return size_pt != before;
}

}  // namespace assay::kit
