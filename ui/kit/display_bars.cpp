// Progress, rates, histograms, skeletons, spinners.
#include <cmath>

#include "ui/kit/display.h"
#include "ui/kit/imgui_access.h"

namespace assay::kit {
namespace {

constexpr float kPi = 3.14159265F;
// An unknown progress moves ten times a second: enough to say "alive", cheap enough for a laptop.
constexpr float kSlowFrame = 0.1F;

Rect bar_at_cursor(float width_pt, float height_pt, float row_pt) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = width_pt > 0 ? width_pt : std::fmax(ImGui::GetContentRegionAvail().x, 1.0F);
  const float row = std::fmax(row_pt, height_pt);
  take_space(ImVec2(width, row));
  const float y = std::floor(at.y + (row - height_pt) * 0.5F);
  return {at.x, y, at.x + width, y + height_pt};
}

}  // namespace

void progress_bar(Context& ctx, std::string_view id, std::string_view name, float fraction,
                  float width_pt, float height_pt) {
  const Rect bar = bar_at_cursor(width_pt, px(height_pt), px(height_pt));
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float radius = bar.height() * 0.5F;
  list->AddRectFilled(bar.min(), bar.max(), color(Color::Skeleton), radius);
  float from = bar.x0, to = bar.x0 + bar.width() * std::fmin(fraction, 1.0F);
  if (fraction < 0) {
    const float at =
        ctx.reduced_motion ? 0.35F : static_cast<float>(std::fmod(ctx.now_s * 0.6, 1.0));
    from = bar.x0 + bar.width() * (at * 1.3F - 0.3F);
    to = from + bar.width() * 0.3F;
    if (!ctx.reduced_motion) ctx.request_frame(kSlowFrame);
  }
  from = std::fmax(from, bar.x0);
  to = std::fmin(to, bar.x1);
  if (to > from)
    list->AddRectFilled(ImVec2(from, bar.y0), ImVec2(to, bar.y1), color(Color::Accent), radius);
  SemItem item;
  item.role = Role::ProgressBar;
  item.id = id;
  item.name = name;
  const std::string value =
      fraction < 0 ? std::string() : format_percent(static_cast<double>(fraction), 0);
  item.value = value;
  item.now = std::fmax(fraction, 0.0F);
  item.high = 1;
  item.rect = bar;
  if (!window_skips_items()) ctx.semantics->add(item);
}

void draw_rate_bar(Context& ctx, ImDrawList* list, const Rect& rect, const RateBar& bar) {
  (void)ctx;
  const auto x_of = [&rect](double fraction) {
    const double clamped = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
    return rect.x0 + rect.width() * static_cast<float>(clamped);
  };
  const float radius = std::fmin(px(3), rect.height() * 0.5F);
  list->AddRectFilled(rect.min(), rect.max(), color(Color::Skeleton), radius);
  const float x = x_of(bar.rate);
  if (x > rect.x0)
    list->AddRectFilled(rect.min(), ImVec2(x, rect.y1), color(tone_color(bar.tone)), radius);
  if (bar.low <= bar.high) {
    const float y = std::floor(rect.center_y());
    const float low = x_of(bar.low), high = x_of(bar.high);
    const float cap = std::fmax(px(3), rect.height() * 0.5F - 1);
    const ImU32 ink = color(Color::Text);
    const ImU32 edge = color(Color::Surface);  // keeps the whisker readable on the bar
    list->AddRectFilled(ImVec2(low - 1, y - 1.5F), ImVec2(high + 1, y + 2.5F), edge);
    list->AddRectFilled(ImVec2(low, y - 0.5F), ImVec2(high, y + 1.5F), ink);
    for (const float end : {low, high}) {
      list->AddRectFilled(ImVec2(end - 0.75F, y - cap), ImVec2(end + 0.75F, y + cap + 1), ink);
    }
  }
  if (bar.baseline >= 0) {
    const float base = x_of(bar.baseline);
    list->AddRectFilled(ImVec2(base - 1, rect.y0 - px(3)), ImVec2(base + 1, rect.y1 + px(3)),
                        color(Color::TextSecondary));
  }
}

void rate_bar(Context& ctx, std::string_view id, std::string_view name, const RateBar& bar,
              float width_pt, float height_pt) {
  const Rect rect = bar_at_cursor(width_pt, px(height_pt), px(20));
  draw_rate_bar(ctx, ImGui::GetWindowDrawList(), rect, bar);
  std::string value = format_percent(bar.rate, 1);
  if (bar.low <= bar.high) {
    value += ", " + tr_format(Str::kit_interval,
                              {format_percent(bar.low, 1), format_percent(bar.high, 1)});
  }
  SemItem item;
  item.role = Role::Meter;
  item.id = id;
  item.name = name;
  item.value = value;
  item.now = static_cast<float>(bar.rate);
  item.high = 1;
  item.rect = rect;
  if (!window_skips_items()) ctx.semantics->add(item);
}

void draw_bars(Context& ctx, ImDrawList* list, const Rect& rect, std::span<const float> values,
               size_t highlight_from, size_t highlight_to) {
  (void)ctx;
  if (values.empty()) return;
  float largest = 0;
  for (const float value : values)
    largest = std::fmax(largest, value);
  const float step = rect.width() / static_cast<float>(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const bool on = i >= highlight_from && i < highlight_to;
    const float part = largest > 0 ? values[i] / largest : 0;
    // A bar that is there at all stays visible.
    const float height = values[i] > 0 ? std::fmax(part * rect.height(), 2.0F) : 1.0F;
    const float x = rect.x0 + step * static_cast<float>(i);
    const Color fill = values[i] <= 0 ? Color::Line : on ? Color::Accent : Color::TextDisabled;
    list->AddRectFilled(ImVec2(x, rect.y1 - height), ImVec2(x + std::fmax(step - 1, 1.0F), rect.y1),
                        color(fill), step > 5 ? 1.5F : 0);
  }
}

void draw_share(Context& ctx, ImDrawList* list, const Rect& rect, float share, Tone tone) {
  (void)ctx;
  const float width =
      std::fmax(rect.width() * std::fmin(std::fmax(share, 0.0F), 1.0F), share > 0 ? 2.0F : 0.0F);
  if (width <= 0) return;
  list->AddRectFilled(rect.min(), ImVec2(rect.x0 + width, rect.y1), color(tone_weak(tone)), px(2));
}

void draw_skeleton(Context& ctx, ImDrawList* list, const Rect& rect) {
  (void)ctx;
  list->AddRectFilled(rect.min(), rect.max(), color(Color::Skeleton), px(kRadiusSmall));
}

void skeleton_rows(Context& ctx, std::string_view id, int rows, float row_height_pt) {
  const float height = row_height_pt > 0 ? row_height_pt : px(kRowHeight);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::fmax(ImGui::GetContentRegionAvail().x, 1.0F);
  take_space(ImVec2(width, height * static_cast<float>(rows)));
  ImDrawList* list = ImGui::GetWindowDrawList();
  // Widths that vary like text does.
  static constexpr float kWidths[] = {0.72F, 0.54F, 0.81F, 0.43F, 0.66F};
  for (int i = 0; i < rows; ++i) {
    const float y = at.y + height * static_cast<float>(i) + std::floor((height - px(12)) * 0.5F);
    draw_skeleton(ctx, list, {at.x, y, at.x + width * kWidths[i % 5], y + px(12)});
  }
  SemItem item;
  item.role = Role::Status;
  item.id = id;
  item.name = tr(ctx.language, Str::kit_loading);
  item.rect = {at.x, at.y, at.x + width, at.y + height * static_cast<float>(rows)};
  if (!window_skips_items()) ctx.semantics->add(item);
}

void spinner(Context& ctx, std::string_view id, std::string_view name, float size_pt) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float side = px(size_pt);
  take_space(ImVec2(side, side));
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 center(at.x + side * 0.5F, at.y + side * 0.5F);
  const float radius = side * 0.5F - 2;
  // Eight positions a turn: steps, so that ten frames a second look intended.
  const int step = ctx.reduced_motion ? 0 : static_cast<int>(std::fmod(ctx.now_s * 10, 8.0));
  const float from = static_cast<float>(step) * kPi / 4;
  list->AddCircle(center, radius, color(Color::Skeleton), 0, 2);
  list->PathArcTo(center, radius, from, from + kPi * 0.6F);
  list->PathStroke(color(Color::Accent), 0, 2);
  if (!ctx.reduced_motion) ctx.request_frame(kSlowFrame);
  SemItem item;
  item.role = Role::Status;
  item.id = id;
  item.name = name;
  item.rect = {at.x, at.y, at.x + side, at.y + side};
  if (!window_skips_items()) ctx.semantics->add(item);
}

}  // namespace assay::kit
