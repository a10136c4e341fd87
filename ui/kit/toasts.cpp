#include <cmath>

#include "ui/kit/icons.h"
#include "ui/kit/imgui_access.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"

namespace assay::kit {
namespace {

constexpr size_t kMostToasts = 4;

struct Look {
  const char* icon;
  Color token;
};

Look look_of(ToastKind kind) {
  switch (kind) {
    case ToastKind::Pass:
      return {kIconCircleCheck, Color::Pass};
    case ToastKind::Warn:
      return {kIconTriangleAlert, Color::Warn};
    case ToastKind::Fail:
      return {kIconCircleAlert, Color::Fail};
    case ToastKind::Neutral:
      break;
  }
  return {kIconInfo, Color::TextSecondary};
}

struct ToastOutcome {
  bool action = false;
  bool closed = false;
  bool hovered = false;
};

ToastOutcome draw_toast(Context& ctx, const Toast& toast) {
  ToastOutcome outcome;
  const std::string id = id_with("toast", static_cast<int64_t>(toast.number));
  RegionOptions card;
  card.background = Color::Raised;
  card.borders = kBorderAll;
  card.radius_pt = px(8);
  card.padding_x_pt = px(kSpaceM);
  card.padding_y_pt = px(9);
  card.auto_height = true;
  card.role = toast.kind == ToastKind::Fail ? Role::Alert : Role::Status;
  card.name = toast.text;
  begin_region(ctx, id, ImVec2(px(360), 0), card);
  const Look look = look_of(toast.kind);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float row = px(kControlHeightCompact);
  draw_icon(ctx, ImGui::GetWindowDrawList(), {at.x, at.y, at.x + px(16), at.y + row}, look.icon,
            look.token);
  ButtonOptions action;
  action.kind = ButtonKind::Ghost;
  action.size = ControlSize::Compact;
  const float right =
      px(kControlHeightCompact) +
      (toast.action_text.empty() ? 0 : button_width(ctx, toast.action_text, action) + px(4));
  const float measure = ImGui::GetContentRegionAvail().x - px(26) - right - px(4);
  ImGui::SetCursorScreenPos(ImVec2(at.x + px(26), at.y + std::floor((row - px(20)) * 0.5F)));
  paragraph(ctx, toast.text, measure, TextStyle::Body, Color::Text);
  ImGui::SetCursorScreenPos(ImVec2(at.x + px(26) + measure + px(4), at.y));
  if (!toast.action_text.empty()) {
    outcome.action = button(ctx, id_part(id, "action"), toast.action_text, action);
    same_row(px(4));
  }
  IconButtonOptions close;
  close.size = ControlSize::Compact;
  outcome.closed =
      icon_button(ctx, id_part(id, "close"), kIconX, tr(ctx.language, Str::kit_dismiss), close);
  end_region(ctx);
  outcome.hovered = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem);
  return outcome;
}

}  // namespace

void toast(Context& ctx, ToastKind kind, std::string_view text, std::string_view action_text,
           std::string_view action_id, double seconds) {
  Toast item;
  item.number = ++ctx.toast_count;
  item.kind = kind;
  item.text = std::string(text);
  item.action_text = std::string(action_text);
  item.action_id = std::string(action_id);
  item.until_s = ctx.now_s + seconds;
  if (ctx.toasts.size() >= kMostToasts) ctx.toasts.erase(ctx.toasts.begin());
  ctx.toasts.push_back(std::move(item));
  ctx.announcements.emplace_back(text);
  ctx.request_frame(0);
}

std::string draw_toasts(Context& ctx, float bottom_pt) {
  // What was under one that is gone shows in the frame after.
  if (std::erase_if(ctx.toasts, [&ctx](const Toast& item) { return item.until_s <= ctx.now_s; }) > 0) ctx.request_frame(0);
  if (ctx.toasts.empty()) return {};
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos(ImVec2(screen.x - px(kSpaceL), screen.y - bottom_pt - px(kSpaceL)), ImGuiCond_Always,
                          ImVec2(1, 1));
  constexpr ImGuiWindowFlags kFlags =
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoMove |
      ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoFocusOnAppearing |
      ImGuiWindowFlags_NoBackground;
  std::string pressed;
  uint32_t closed = 0;
  if (ImGui::Begin(kToastsWindow, nullptr, kFlags)) {
    for (Toast& item : ctx.toasts) {
      const ToastOutcome outcome = draw_toast(ctx, item);
      if (outcome.hovered) item.until_s = std::fmax(item.until_s, ctx.now_s + 2);
      if (outcome.action) pressed = item.action_id;
      if (outcome.action || outcome.closed) closed = item.number;
    }
  }
  ImGui::End();
  std::erase_if(ctx.toasts, [closed](const Toast& item) { return item.number == closed; });
  for (const Toast& item : ctx.toasts)
    ctx.request_frame(static_cast<float>(item.until_s - ctx.now_s) + 0.01F);
  if (closed != 0) ctx.request_frame(0);
  return pressed;
}

}  // namespace assay::kit
