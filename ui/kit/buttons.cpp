#include <cmath>

#include "ui/kit/icons.h"
#include "ui/kit/imgui_access.h"
#include "ui/kit/widget_base.h"
#include "ui/kit/widgets.h"

namespace assay::kit {
namespace {

struct ButtonColors {
  Color fill, border, ink;
};

ButtonColors colors_of(ButtonKind kind, bool on, bool enabled) {
  if (!enabled) {
    const bool solid = kind == ButtonKind::Primary || kind == ButtonKind::Danger;
    const bool bare = kind == ButtonKind::Ghost;
    return {solid ? Color::Skeleton : Color::Transparent,
            bare || solid ? Color::Transparent : Color::Line, Color::TextDisabled};
  }
  switch (kind) {
    case ButtonKind::Primary:
      return {Color::Accent, Color::Transparent, Color::OnAccent};
    case ButtonKind::Danger:
      return {Color::FailWeak, Color::Transparent, Color::Fail};
    case ButtonKind::Ghost:
      return {on ? Color::AccentWeak : Color::Transparent, Color::Transparent,
              on ? Color::Accent : Color::Text};
    case ButtonKind::Secondary:
      break;
  }
  return {on ? Color::AccentWeak : Color::Surface, on ? Color::Accent : Color::LineStrong,
          on ? Color::Accent : Color::Text};
}

void draw_button_body(const Hit& hit, const ButtonColors& colors, bool primary) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float radius = px(kRadius);
  const Color fill = primary && hit.hovered ? Color::AccentHover : colors.fill;
  list->AddRectFilled(hit.rect.min(), hit.rect.max(), color(fill), radius);
  if (hit.enabled && (hit.hovered || hit.held) && (!primary || hit.held)) {
    list->AddRectFilled(hit.rect.min(), hit.rect.max(),
                        color(hit.held && hit.hovered ? Color::Pressed : Color::Hover), radius);
  }
  if (colors.border != Color::Transparent) {
    list->AddRect(hit.rect.min(), hit.rect.max(), color(colors.border), radius);
  }
  if (hit.ring) draw_focus_ring(list, hit.rect, radius);
}

TextStyle button_style(const ButtonOptions& options) {
  return options.kind == ButtonKind::Primary ? TextStyle::BodyStrong : TextStyle::Body;
}

uint32_t button_flags(bool toggle, bool on, bool has_popup) {
  uint32_t flags = 0;
  if (toggle) flags |= kSemCheckable;
  if (toggle && on) flags |= kSemChecked;
  if (has_popup) flags |= kSemHasPopup;
  return flags;
}

}  // namespace

float button_width(Context& ctx, std::string_view text, const ButtonOptions& options) {
  float width = text_width(ctx, text, button_style(options)) + 2 * px(kSpaceM);
  if (options.icon != nullptr) width += px(16) + (text.empty() ? 0 : px(6));
  if (options.has_popup) width += px(18);
  if (const std::string_view keys = ctx.shown_keys(options.chord); !keys.empty()) width += text_width(ctx, keys, TextStyle::Small) + px(10);
  return width;
}

bool button(Context& ctx, std::string_view id, std::string_view text,
            const ButtonOptions& options) {
  const float height = control_height(options.size);
  const float width = options.width_pt > 0   ? options.width_pt
                      : options.width_pt < 0 ? std::fmax(ImGui::GetContentRegionAvail().x, 1.0F)
                                             : button_width(ctx, text, options);
  const Hit hit = hit_area(ctx, id, ImVec2(width, height), kHitHand, options.enabled);
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ButtonColors colors = colors_of(options.kind, options.on, options.enabled);
    draw_button_body(hit, colors, options.kind == ButtonKind::Primary && options.enabled);
    const float natural = button_width(ctx, text, options);
    float x = hit.rect.x0 + px(kSpaceM);
    if (width > natural) x += std::floor((width - natural) * 0.5F);
    if (options.icon != nullptr) {
      draw_icon(ctx, list, {x, hit.rect.y0, x + px(16), hit.rect.y1}, options.icon, colors.ink);
      x += px(16) + px(6);
    }
    float right = hit.rect.x1 - px(kSpaceM);
    if (options.has_popup) {
      draw_icon(ctx, list, {right - px(14), hit.rect.y0, right, hit.rect.y1}, kIconChevronDown,
                options.enabled ? Color::TextSecondary : Color::TextDisabled, 14);
      right -= px(18);
    }
    if (const std::string_view keys = ctx.shown_keys(options.chord); !keys.empty()) {
      const Color quiet = options.kind == ButtonKind::Primary && options.enabled
                              ? Color::OnAccent
                              : Color::TextSecondary;
      draw_text(ctx, list, {x, hit.rect.y0, right, hit.rect.y1}, keys, TextStyle::Small,
                quiet, Align::Right);
      right -= text_width(ctx, keys, TextStyle::Small) + px(10);
    }
    const bool cut = draw_text(ctx, list, {x, hit.rect.y0, right + 1, hit.rect.y1}, text,
                               button_style(options), colors.ink);
    tooltip(ctx, options.tooltip.empty() && cut ? text : options.tooltip);
  }
  SemItem item;
  item.role = Role::Button;
  item.name = text;
  item.description = options.tooltip.empty() ? ctx.shown_keys(options.chord) : options.tooltip;
  item.flags = button_flags(options.toggle, options.on, options.has_popup);
  add_hit_node(ctx, hit, id, item);
  return hit.pressed;
}

bool button(Context& ctx, std::string_view id, std::string_view text, ButtonKind kind,
            const char* icon, bool enabled) {
  ButtonOptions options;
  options.kind = kind;
  options.icon = icon;
  options.enabled = enabled;
  return button(ctx, id, text, options);
}

bool icon_button(Context& ctx, std::string_view id, const char* icon, std::string_view name,
                 const IconButtonOptions& options) {
  const float side = control_height(options.size);
  const float width = options.has_popup ? side + px(12) : side;
  const Hit hit = hit_area(ctx, id, ImVec2(width, side), kHitHand, options.enabled);
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ButtonColors colors = colors_of(ButtonKind::Ghost, options.on, options.enabled);
    if (options.enabled && !options.on) colors.ink = hit.hovered ? Color::Text : options.tint;
    draw_button_body(hit, colors, false);
    Rect place = hit.rect;
    if (options.has_popup) {
      place.x1 -= px(12);
      draw_icon(ctx, list, {place.x1 - px(4), place.y0, hit.rect.x1 - px(4), place.y1},
                kIconChevronDown, Color::TextSecondary, 12);
    }
    draw_icon(ctx, list, place, icon, colors.ink);
    tooltip(ctx, name, options.chord);
  }
  SemItem item;
  item.role = Role::Button;
  item.name = name;
  item.flags = button_flags(options.toggle, options.on, options.has_popup);
  add_hit_node(ctx, hit, id, item);
  return hit.pressed;
}

bool link(Context& ctx, std::string_view id, std::string_view text, TextStyle style,
          bool external) {
  const float width = text_width(ctx, text, style) + (external ? px(18) : 0);
  const Hit hit = hit_area(ctx, id, ImVec2(width, text_height(ctx, style)), kHitHand);
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Color ink = hit.hovered ? Color::AccentHover : Color::Accent;
    Rect place = hit.rect;
    if (external) place.x1 -= px(18);
    draw_text(ctx, list, {place.x0, place.y0, place.x1 + 1, place.y1}, text, style, ink);
    if (hit.hovered) {
      list->AddRectFilled(ImVec2(place.x0, place.y1 - 1), ImVec2(place.x1, place.y1), color(ink));
    }
    if (external) {
      draw_icon(ctx, list, {place.x1 + px(4), place.y0, hit.rect.x1, place.y1}, kIconExternalLink,
                ink, 14);
    }
    if (hit.ring) draw_focus_ring(list, hit.rect, px(kRadiusSmall));
  }
  SemItem item;
  item.role = Role::Link;
  item.name = text;
  add_hit_node(ctx, hit, id, item);
  return hit.pressed;
}

}  // namespace assay::kit
