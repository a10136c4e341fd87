#include "ui/kit/display.h"

#include <cmath>

#include "ui/kit/icons.h"
#include "ui/kit/imgui_access.h"
#include "ui/kit/layout.h"

namespace assay::kit {
namespace {

float badge_height() { return px(20); }

void add_text_node(Context& ctx, std::string_view id, std::string_view name, const Rect& rect,
                   Role role = Role::Text) {
  if (id.empty() || window_skips_items()) return;
  SemItem item;
  item.role = role;
  item.id = id;
  item.name = name;
  item.rect = rect;
  ctx.semantics->add(item);
}

}  // namespace

Color tone_color(Tone tone) {
  switch (tone) {
    case Tone::Accent:
      return Color::Accent;
    case Tone::Pass:
      return Color::Pass;
    case Tone::Fail:
      return Color::Fail;
    case Tone::Warn:
      return Color::Warn;
    case Tone::Info:
      return Color::Info;
    case Tone::Neutral:
      break;
  }
  return Color::TextSecondary;
}

Color tone_weak(Tone tone) {
  switch (tone) {
    case Tone::Accent:
      return Color::AccentWeak;
    case Tone::Pass:
      return Color::PassWeak;
    case Tone::Fail:
      return Color::FailWeak;
    case Tone::Warn:
      return Color::WarnWeak;
    case Tone::Info:
      return Color::InfoWeak;
    case Tone::Neutral:
      break;
  }
  return Color::Skeleton;
}

// ---- badges ----

float badge_width(Context& ctx, std::string_view text, const char* icon) {
  return text_width(ctx, text, TextStyle::Small) + 2 * px(7) + (icon != nullptr ? px(16) : 0);
}

void draw_badge(Context& ctx, ImDrawList* list, ImVec2 at, std::string_view text, Tone tone,
                const char* icon) {
  const float height = badge_height();
  const float y = std::floor(at.y - height * 0.5F);
  const Rect rect{at.x, y, at.x + badge_width(ctx, text, icon), y + height};
  list->AddRectFilled(rect.min(), rect.max(), color(tone_weak(tone)), px(kRadiusSmall));
  float x = rect.x0 + px(7);
  if (icon != nullptr) {
    draw_icon(ctx, list, {x - px(1), rect.y0, x + px(11), rect.y1}, icon, tone_color(tone), 12);
    x += px(16);
  }
  draw_text(ctx, list, {x, rect.y0, rect.x1, rect.y1}, text, TextStyle::Small, tone_color(tone));
}

void badge(Context& ctx, std::string_view id, std::string_view text, Tone tone, const char* icon) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size(badge_width(ctx, text, icon), badge_height());
  take_space(size);
  draw_badge(ctx, ImGui::GetWindowDrawList(), ImVec2(at.x, at.y + size.y * 0.5F), text, tone, icon);
  add_text_node(ctx, id, text, {at.x, at.y, at.x + size.x, at.y + size.y});
}

float pill_width(Context& ctx, std::string_view text, const char* icon, bool removable) {
  return text_width(ctx, text) + 2 * px(10) + (icon != nullptr ? px(22) : 0) + (removable ? px(20) : 0);
}

PillResult pill(Context& ctx, std::string_view id, std::string_view text, Tone tone,
                const char* icon, bool removable, float progress) {
  PillResult result;
  const float width = pill_width(ctx, text, icon, removable);
  const Hit hit =
      hit_area(ctx, id, ImVec2(width, px(kControlHeightCompact)), kHitHand | kHitOverlap);
  SemItem item;
  item.role = Role::Button;
  item.name = text;
  if (progress >= 0) item.value = "";
  add_hit_node(ctx, hit, id, item);
  result.clicked = hit.pressed;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float radius = hit.rect.height() * 0.5F;
  const Color ink = tone == Tone::Neutral ? Color::Text : tone_color(tone);
  if (hit.visible) {
    list->AddRectFilled(hit.rect.min(), hit.rect.max(), color(tone_weak(tone)), radius);
    if (progress >= 0) {
      const float x1 = hit.rect.x0 + hit.rect.width() * std::fmin(progress, 1.0F);
      list->PushClipRect(hit.rect.min(), ImVec2(x1, hit.rect.y1), true);
      list->AddRectFilled(hit.rect.min(), hit.rect.max(), color_alpha(tone_color(tone), 0.22F),
                          radius);
      list->PopClipRect();
    }
    if (hit.hovered)
      list->AddRectFilled(hit.rect.min(), hit.rect.max(), color(Color::Hover), radius);
    float x = hit.rect.x0 + px(10);
    if (icon != nullptr) {
      draw_icon(ctx, list, {x, hit.rect.y0, x + px(16), hit.rect.y1}, icon, ink, 14);
      x += px(22);
    }
    draw_text(ctx, list, {x, hit.rect.y0, hit.rect.x1, hit.rect.y1}, text, TextStyle::Body, ink);
    if (hit.ring) draw_focus_ring(list, hit.rect, radius);
  }
  if (removable) {
    const Rect cross{hit.rect.x1 - px(24), hit.rect.y0 + px(4), hit.rect.x1 - px(6),
                     hit.rect.y1 - px(4)};
    const std::string remove_id = id_part(id, "remove");
    const Hit remove = hit_area_at(ctx, remove_id, cross, kHitHand);
    if (remove.visible) {
      if (remove.hovered)
        list->AddRectFilled(cross.min(), cross.max(), color(Color::Pressed), cross.height() * 0.5F);
      draw_icon(ctx, list, cross, kIconX, ink, 12);
      if (remove.ring) draw_focus_ring(list, cross, cross.height() * 0.5F);
    }
    SemItem button;
    button.role = Role::Button;
    button.name = tr(Str::kit_clear);
    button.description = text;
    add_hit_node(ctx, remove, remove_id, button);
    result.removed = remove.pressed;
    if (remove.pressed) result.clicked = false;
  }
  return result;
}

// ---- verdicts ----

const char* verdict_name(Context& ctx, Verdict verdict) {
  switch (verdict) {
    case Verdict::Pass:
      return tr(ctx.language, Str::kit_pass);
    case Verdict::Fail:
      return tr(ctx.language, Str::kit_fail);
    case Verdict::Error:
      return tr(ctx.language, Str::kit_error);
    case Verdict::Other:
      return "";
    case Verdict::None:
    case Verdict::Pending:
      break;
  }
  return tr(ctx.language, Str::kit_pending);
}

void draw_verdict(Context& ctx, ImDrawList* list, ImVec2 center, Verdict verdict, float size_pt) {
  const float half = px(size_pt) * 0.5F;
  const Rect box{center.x - half, center.y - half, center.x + half, center.y + half};
  switch (verdict) {
    case Verdict::Pass:
      draw_icon(ctx, list, box, kIconCheck, Color::Pass, size_pt);
      break;
    case Verdict::Fail:
      draw_icon(ctx, list, box, kIconX, Color::Fail, size_pt);
      break;
    case Verdict::Error:
      draw_icon(ctx, list, box, kIconTriangleAlert, Color::Warn, size_pt - 2);
      break;
    case Verdict::Other:
      list->AddCircleFilled(center, half * 0.5F, color(Color::Info));
      break;
    case Verdict::Pending:
      draw_icon(ctx, list, box, kIconCircleDashed, Color::TextSecondary, size_pt - 2);
      break;
    case Verdict::None:
      list->AddCircle(center, half * 0.5F, color(Color::TextDisabled), 0, 1.25F);
      break;
  }
}

void verdict_mark(Context& ctx, std::string_view id, std::string_view name, Verdict verdict) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float side = px(20);
  take_space(ImVec2(side, side));
  draw_verdict(ctx, ImGui::GetWindowDrawList(), ImVec2(at.x + side * 0.5F, at.y + side * 0.5F),
               verdict);
  SemItem item;
  item.role = Role::Image;
  item.id = id;
  item.name = name;
  item.value = verdict_name(ctx, verdict);
  item.rect = {at.x, at.y, at.x + side, at.y + side};
  if (!window_skips_items()) ctx.semantics->add(item);
}

void draw_dot(ImDrawList* list, ImVec2 center, float radius_pt, ImU32 fill) {
  list->AddCircleFilled(center, radius_pt, fill);
}

// ---- labels and sections ----

bool label_value(Context& ctx, std::string_view id, std::string_view label, std::string_view value,
                 float label_width_pt, bool mono) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::fmax(ImGui::GetContentRegionAvail().x, 1.0F);
  const float height = px(24);
  const Rect row{at.x, at.y, at.x + width, at.y + height};
  const Rect place{at.x + label_width_pt, row.y0, row.x1, row.y1};
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(kSpaceS), px(2)));
  take_space(row.size());
  ImGui::PopStyleVar();
  const Hit hit = hit_area_at(ctx, id, place, kHitNoNav | kHitHand);
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    draw_text(ctx, list, {row.x0, row.y0, place.x0 - px(kSpaceS), row.y1}, label, TextStyle::Body,
              Color::TextSecondary);
    if (hit.hovered) {
      list->AddRectFilled(place.min(), place.max(), color(Color::Hover), px(kRadiusSmall));
      draw_icon(ctx, list, {place.x1 - px(22), place.y0, place.x1 - px(6), place.y1}, kIconCopy,
                Color::TextSecondary, 14);
    }
    const Rect inner{place.x0 + px(4), place.y0, place.x1 - (hit.hovered ? px(24) : px(4)),
                     place.y1};
    draw_text(ctx, list, inner, value, mono ? TextStyle::Mono : TextStyle::Body);
  }
  if (hit.pressed) ImGui::SetClipboardText(std::string(value).c_str());
  SemItem item;
  item.role = Role::Text;
  item.name = label;
  item.value = value;
  add_hit_node(ctx, hit, id, item);
  return hit.pressed;
}

void section_header(Context& ctx, std::string_view id, std::string_view text, int64_t count) {
  text_node(ctx, id, text, TextStyle::BodyStrong, Color::Text, Role::Heading, 3);
  if (count < 0) return;
  same_row(px(6));
  kit::text(ctx, format_count(count), TextStyle::Body, Color::TextSecondary);
}

bool fold_header(Context& ctx, std::string_view id, std::string_view text, bool& open,
                 int64_t count, std::string_view quiet) {
  const float width = std::fmax(ImGui::GetContentRegionAvail().x, 1.0F);
  const Hit hit = hit_area(ctx, id, ImVec2(width, px(28)), kHitHand | kHitNoRing);
  if (hit.pressed) open = !open;
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Rect& r = hit.rect;
    if (hit.hovered) list->AddRectFilled(r.min(), r.max(), color(Color::Hover), px(kRadiusSmall));
    draw_icon(ctx, list, {r.x0, r.y0, r.x0 + px(18), r.y1},
              open ? kIconChevronDown : kIconChevronRight, Color::TextSecondary, 14);
    float x = r.x0 + px(20);
    draw_text(ctx, list, {x, r.y0, r.x1, r.y1}, text, TextStyle::BodyStrong);
    x += text_width(ctx, text, TextStyle::BodyStrong) + px(kSpaceS);
    if (count >= 0) {
      const std::string number = format_count(count);
      draw_text(ctx, list, {x, r.y0, r.x1, r.y1}, number, TextStyle::Body, Color::TextSecondary);
      x += text_width(ctx, number) + px(kSpaceS);
    }
    draw_text(ctx, list, {x, r.y0, r.x1 - px(4), r.y1}, quiet, TextStyle::Small,
              Color::TextSecondary, Align::Right);
    if (hit.ring) draw_focus_ring(list, r, px(kRadiusSmall), true);
  }
  SemItem item;
  item.role = Role::Button;
  item.name = text;
  item.value = quiet;
  item.flags = kSemExpandable | (open ? static_cast<uint32_t>(kSemExpanded) : 0U);
  add_hit_node(ctx, hit, id, item);
  return open;
}

// ---- key hints ----

float key_hint_width(Context& ctx, std::string_view label) {
  return text_width(ctx, label, TextStyle::Small) + 2 * px(6);
}

void draw_key_hint(Context& ctx, ImDrawList* list, ImVec2 at, std::string_view label) {
  const float height = px(18);
  const float y = std::floor(at.y - height * 0.5F);
  const Rect rect{at.x, y, at.x + key_hint_width(ctx, label), y + height};
  list->AddRectFilled(rect.min(), rect.max(), color(Color::Background), px(kRadiusSmall));
  list->AddRect(rect.min(), rect.max(), color(Color::LineStrong), px(kRadiusSmall));
  draw_text(ctx, list, rect.shrunk(px(6), 0), label, TextStyle::Small, Color::TextSecondary);
}

void key_hint(Context& ctx, std::string_view label) {
  if (!ctx.shows_keys()) return;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size(key_hint_width(ctx, label), px(20));
  take_space(size);
  draw_key_hint(ctx, ImGui::GetWindowDrawList(), ImVec2(at.x, at.y + size.y * 0.5F), label);
}

}  // namespace assay::kit
