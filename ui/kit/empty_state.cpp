#include <cmath>

#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/imgui_access.h"
#include "ui/kit/layout.h"
#include "ui/kit/text_wrap.h"
#include "ui/kit/widgets.h"

namespace assay::kit {
namespace {

// Wrapped lines, each centred.
void centered_paragraph(Context& ctx, std::string_view text, float center_x, float width) {
  ImFontBaked* baked = ctx.fonts.regular->GetFontBaked(text_height(ctx));
  WrapState wrap;
  wrap_step(
      text, width, 0,
      [baked](uint32_t c) { return baked->GetCharAdvance(static_cast<ImWchar>(c)); },
      text.size() + 1, wrap);
  const float step = std::floor(text_height(ctx) * kLineHeight / ctx.fonts.text_factor);
  for (size_t line = 0; line < wrap.line_starts.size(); ++line) {
    const TextRange range = line_range(text, wrap, line);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Rect rect{center_x - width * 0.5F, at.y, center_x + width * 0.5F, at.y + step};
    draw_text(ctx, ImGui::GetWindowDrawList(), rect, text.substr(range.from, range.to - range.from),
              TextStyle::Body, Color::TextSecondary, Align::Center);
    take_space(ImVec2(0, step));
  }
}

float actions_width(Context& ctx, std::span<const EmptyAction> actions) {
  float width = 0;
  for (const EmptyAction& action : actions) {
    ButtonOptions options;
    options.icon = action.icon;
    options.kind = action.primary ? ButtonKind::Primary : ButtonKind::Secondary;
    width += button_width(ctx, action.text, options) + (width > 0 ? px(kSpaceS) : 0);
  }
  return width;
}

int action_row(Context& ctx, std::span<const EmptyAction> actions, ControlSize size) {
  int pressed = -1;
  for (size_t i = 0; i < actions.size(); ++i) {
    ButtonOptions options;
    options.icon = actions[i].icon;
    options.size = size;
    options.kind = actions[i].primary ? ButtonKind::Primary : ButtonKind::Secondary;
    if (i > 0) same_row(px(kSpaceS));
    if (button(ctx, actions[i].id, actions[i].text, options)) pressed = static_cast<int>(i);
  }
  return pressed;
}

}  // namespace

int empty_state(Context& ctx, std::string_view id, const char* icon, std::string_view title,
                std::string_view text, std::span<const EmptyAction> actions) {
  const Rect room = remaining_rect();
  const float width = std::fmin(room.width() - px(kSpaceL), px(420));
  const float center = std::floor(room.center_x());
  const float tall =
      px(48) + px(kSpaceM) + text_height(ctx, TextStyle::Section) + px(70) + px(kControlHeight);
  const float top = room.y0 + std::fmax((room.height() - tall) * 0.42F, px(kSpaceM));
  SemItem group;
  group.role = Role::Group;
  group.id = id;
  group.name = title;
  group.description = text;
  group.rect = room;
  ctx.semantics->open(group);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImDrawList* list = ImGui::GetWindowDrawList();
  float y = std::floor(top);
  const float half = px(24);
  const Rect disc{center - half, y, center + half, y + 2 * half};
  list->AddRectFilled(disc.min(), disc.max(), color(Color::Skeleton), px(12));
  draw_icon(ctx, list, disc, icon, Color::TextSecondary, 22);
  y = disc.y1 + px(kSpaceM);
  const float title_height = text_height(ctx, TextStyle::Section);
  draw_text(ctx, list, {room.x0, y, room.x1, y + title_height}, title, TextStyle::Section,
            Color::Text, Align::Center);
  ImGui::SetCursorScreenPos(ImVec2(room.x0, y + title_height + px(6)));
  if (!text.empty() && width > px(40)) centered_paragraph(ctx, text, center, width);
  int pressed = -1;
  if (!actions.empty()) {
    const float x = std::floor(center - actions_width(ctx, actions) * 0.5F);
    ImGui::SetCursorScreenPos(
        ImVec2(std::fmax(x, room.x0), ImGui::GetCursorScreenPos().y + px(kSpaceL)));
    pressed = action_row(ctx, actions, ControlSize::Regular);
  }
  ImGui::PopStyleVar();
  ctx.semantics->close();
  return pressed;
}

int banner(Context& ctx, std::string_view id, Tone tone, std::string_view text,
           std::span<const EmptyAction> actions, bool* dismissed) {
  static constexpr const char* kIcons[] = {kIconInfo,        kIconInfo,          kIconCircleCheck,
                                           kIconCircleAlert, kIconTriangleAlert, kIconInfo};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::fmax(ImGui::GetContentRegionAvail().x, 1.0F);
  const float buttons = actions_width(ctx, actions) + (dismissed != nullptr ? px(34) : 0);
  const float inset = px(36);
  const float measure = std::fmax(width - inset - buttons - px(kSpaceL), px(120));
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->ChannelsSplit(2);
  list->ChannelsSetCurrent(1);
  SemItem item;
  item.role = tone == Tone::Fail ? Role::Alert : Role::Status;
  item.id = id;
  item.name = text;
  const int32_t node = ctx.semantics->open(item);
  ImGui::BeginGroup();
  ImGui::SetCursorScreenPos(ImVec2(at.x + inset, at.y + px(8)));
  paragraph(ctx, text, measure, TextStyle::Body, Color::Text);
  const float bottom = std::fmax(ImGui::GetItemRectMax().y + px(8), at.y + px(38));
  int pressed = -1;
  if (buttons > 0) ImGui::SetCursorScreenPos(ImVec2(at.x + width - buttons - px(6), at.y + px(6)));
  if (!actions.empty()) pressed = action_row(ctx, actions, ControlSize::Compact);
  if (dismissed != nullptr) {
    if (!actions.empty()) same_row(px(kSpaceXs));
    IconButtonOptions close;
    close.size = ControlSize::Compact;
    *dismissed =
        icon_button(ctx, id_part(id, "dismiss"), kIconX, tr(ctx.language, Str::kit_dismiss), close);
  }
  ImGui::EndGroup();
  list->ChannelsSetCurrent(0);
  const Rect box{at.x, at.y, at.x + width, bottom};
  list->AddRectFilled(box.min(), box.max(), color(tone_weak(tone)), px(kRadius));
  draw_icon(ctx, list, {box.x0 + px(10), box.y0, box.x0 + px(26), box.y0 + px(36)},
            kIcons[static_cast<size_t>(tone)], tone_color(tone));
  list->ChannelsMerge();
  ctx.semantics->amend_rect(node, box);
  ctx.semantics->close();
  ImGui::SetCursorScreenPos(at);
  take_space(box.size());
  return pressed;
}

}  // namespace assay::kit
