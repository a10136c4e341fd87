#include "ui/kit/theme.h"

#include <cmath>

#include "ui/kit/context.h"
#include "ui/kit/icons.h"

namespace assay::kit {
namespace {

constexpr ImU32 rgb(uint32_t hex) {
  return IM_COL32((hex >> 16) & 255U, (hex >> 8) & 255U, hex & 255U, 255);
}
constexpr ImU32 rgba(uint32_t hex, uint32_t alpha) {
  return IM_COL32((hex >> 16) & 255U, (hex >> 8) & 255U, hex & 255U, alpha);
}

// In the order of enum Color. Text colours keep 4.5:1 against Background, Surface and Raised
// (tested).
constexpr ImU32 kLight[] = {
    rgb(0xF7F8FA),      rgb(0xFFFFFF),      rgb(0xFFFFFF),  // background, surface, raised
    rgb(0xE3E6EB),      rgb(0xC9CFD8),                      // lines
    rgb(0x14171F),      rgb(0x5B6472),      rgb(0x9AA1AC),  // text
    rgb(0x3B5BDB),      rgb(0xE8EDFC),      rgb(0x3350C4), rgb(0xFFFFFF),  // accent, weak, hover,
                                                                           // on it
    rgb(0x1A7F4B),      rgb(0xE9F6EF),      rgb(0xC6362C), rgb(0xFBE9E7),  // pass, fail
    rgb(0x8F5500),      rgb(0xFBF0DC),      rgb(0x2B6CB0), rgb(0xE4EFF9),  // warn, info
    rgba(0x14171F, 12), rgba(0x14171F, 24),                                // hover, pressed
    rgba(0x3B5BDB, 56), rgb(0xFFE9A8),      rgb(0xFFC94D),                 // selection, highlights
    rgba(0x14171F, 92), rgba(0x14171F, 26), rgb(0xE9ECF0),  // scrim, shadow, skeleton
    rgb(0x2F55A4),      rgb(0x1A6B44),      rgb(0x9A4A00), rgb(0x7A3E9D), rgb(0x656E7C),  // JSON
    rgb(0x7550A8),      rgb(0x2E6BB0),      rgb(0x8C5A0F), rgb(0x197560), rgb(0xA84A70),
    rgb(0x5F6875),      rgb(0xEFE8F8),      rgb(0xE3EEF9), rgb(0xF8EEDA), rgb(0xDFF2EC),
    rgb(0xF9E6EE),      rgb(0xECEEF1),      rgba(0, 0),
};
constexpr ImU32 kDark[] = {
    rgb(0x0F1216),       rgb(0x171B21),       rgb(0x1E242C),       rgb(0x2A313B),
    rgb(0x3A4350),       rgb(0xE8EBF0),       rgb(0x9AA4B2),       rgb(0x5F6976),
    rgb(0x8DA2FF),       rgb(0x232B45),       rgb(0xA3B4FF),       rgb(0x0F1216),
    rgb(0x3FBF7F),       rgb(0x17322A),       rgb(0xFF7A6E),       rgb(0x3D2224),
    rgb(0xF0A83A),       rgb(0x382B18),       rgb(0x6CB2F5),       rgb(0x1B2E42),
    rgba(0xFFFFFF, 13),  rgba(0xFFFFFF, 26),  rgba(0x8DA2FF, 80),  rgba(0xF0C23A, 82),
    rgba(0xF0A83A, 150), rgba(0x05070A, 150), rgba(0x000000, 110), rgb(0x262D36),
    rgb(0x8FB4F0),       rgb(0x7CCB9F),       rgb(0xF0B36A),       rgb(0xCFA2EE),
    rgb(0x8C96A4),       rgb(0xB99BE6),       rgb(0x7FB3EE),       rgb(0xDFB15C),
    rgb(0x5FC4A8),       rgb(0xE592B2),       rgb(0x98A2B0),       rgb(0x2E2740),
    rgb(0x1F2F42),       rgb(0x362D1B),       rgb(0x1A3530),       rgb(0x3B2530),
    rgb(0x262D36),       rgba(0, 0),
};
static_assert(sizeof(kLight) / sizeof(kLight[0]) == static_cast<size_t>(Color::kCount));
static_assert(sizeof(kDark) / sizeof(kDark[0]) == static_cast<size_t>(Color::kCount));

ImVec4 vec(Theme theme, Color token) {
  return ImGui::ColorConvertU32ToFloat4(color_of(theme, token));
}

void set_colors(ImGuiStyle& style, Theme theme) {
  const ImVec4 clear(0, 0, 0, 0);
  ImVec4* c = style.Colors;
  for (int i = 0; i < ImGuiCol_COUNT; ++i)
    c[i] = vec(theme, Color::Accent);
  c[ImGuiCol_Text] = vec(theme, Color::Text);
  c[ImGuiCol_TextDisabled] = vec(theme, Color::TextSecondary);  // hints of fields: must be readable
  c[ImGuiCol_WindowBg] = vec(theme, Color::Background);
  c[ImGuiCol_ChildBg] = clear;
  c[ImGuiCol_PopupBg] = vec(theme, Color::Raised);
  c[ImGuiCol_Border] = vec(theme, Color::Line);
  c[ImGuiCol_BorderShadow] = clear;
  c[ImGuiCol_FrameBg] = vec(theme, Color::Surface);
  c[ImGuiCol_FrameBgHovered] = vec(theme, Color::Surface);
  c[ImGuiCol_FrameBgActive] = vec(theme, Color::Surface);
  c[ImGuiCol_TitleBg] = c[ImGuiCol_TitleBgActive] = c[ImGuiCol_TitleBgCollapsed] =
      vec(theme, Color::Raised);
  c[ImGuiCol_MenuBarBg] = vec(theme, Color::Surface);
  c[ImGuiCol_ScrollbarBg] = clear;
  c[ImGuiCol_ScrollbarGrab] = vec(theme, Color::LineStrong);
  c[ImGuiCol_ScrollbarGrabHovered] = vec(theme, Color::TextDisabled);
  c[ImGuiCol_ScrollbarGrabActive] = vec(theme, Color::TextSecondary);
  c[ImGuiCol_Button] = c[ImGuiCol_Header] = clear;
  c[ImGuiCol_ButtonHovered] = c[ImGuiCol_HeaderHovered] = vec(theme, Color::Hover);
  c[ImGuiCol_ButtonActive] = c[ImGuiCol_HeaderActive] = vec(theme, Color::Pressed);
  c[ImGuiCol_Separator] = vec(theme, Color::Line);
  c[ImGuiCol_ResizeGrip] = clear;
  c[ImGuiCol_TextSelectedBg] = vec(theme, Color::TextSelection);
  c[ImGuiCol_TableBorderLight] = c[ImGuiCol_TableBorderStrong] = vec(theme, Color::Line);
  c[ImGuiCol_ModalWindowDimBg] = vec(theme, Color::Scrim);
  c[ImGuiCol_NavWindowingDimBg] = clear;
}

void set_sizes(ImGuiStyle& style, float scale) {
  const auto at = [scale](float v) { return std::floor(v * scale + 0.5F); };
  style.WindowPadding = ImVec2(0, 0);
  style.WindowRounding = 0;
  style.WindowBorderSize = 0;
  style.WindowMinSize = ImVec2(8, 8);
  style.ChildRounding = 0;
  style.ChildBorderSize = 0;
  style.PopupRounding = at(kRadius + 2);
  style.PopupBorderSize = 1;
  style.FrameRounding = at(kRadius);
  style.FrameBorderSize = 0;
  style.FramePadding = ImVec2(at(10), at(6));
  style.ItemSpacing = ImVec2(at(kSpaceS), at(kSpaceS));
  style.ItemInnerSpacing = ImVec2(at(kSpaceS), at(kSpaceXs));
  style.IndentSpacing = at(kSpaceL);
  style.ScrollbarSize = at(10);
  style.ScrollbarRounding = at(5);
  style.GrabMinSize = at(24);
  style.GrabRounding = at(kRadiusSmall);
  style.DisabledAlpha = 1;  // the kit draws disabled things in colours of their own
  style.DisplaySafeAreaPadding = ImVec2(at(4), at(4));
  style.CircleTessellationMaxError = 0.15F;
  style.HoverStationaryDelay = 0.08F;
  style.HoverDelayShort = 0.25F;
  style.HoverDelayNormal = 0.45F;
  style.FontScaleMain = scale;
}

}  // namespace

void apply_theme(Theme theme, float ui_scale) {
  ImGuiStyle& style = ImGui::GetStyle();
  const float font_size = style.FontSizeBase;
  style = ImGuiStyle();
  style.FontSizeBase = font_size;
  set_sizes(style, ui_scale);
  set_colors(style, theme);
}

ImU32 color_of(Theme theme, Color token) {
  const auto index = static_cast<size_t>(token);
  return theme == Theme::Light ? kLight[index] : kDark[index];
}

ImU32 color(Color token) { return color_of(current().theme, token); }

ImVec4 color_vec(Color token) { return ImGui::ColorConvertU32ToFloat4(color(token)); }

ImU32 color_alpha(Color token, float alpha) {
  const ImU32 value = color(token);
  const auto own = static_cast<float>((value >> IM_COL32_A_SHIFT) & 255U);
  const auto scaled = static_cast<ImU32>(own * (alpha < 0 ? 0 : alpha > 1 ? 1 : alpha) + 0.5F);
  return (value & ~IM_COL32_A_MASK) | (scaled << IM_COL32_A_SHIFT);
}

float px(float points_at_scale_1) {
  const float scaled = points_at_scale_1 * current().ui_scale;
  return scaled < 1 ? scaled : std::floor(scaled + 0.5F);
}

SpanLook span_look(std::string_view type) {
  struct Row {
    std::string_view type;
    SpanLook look;
  };
  static constexpr SpanLook kAgent{Color::SpanAgent, Color::SpanAgentWeak, kIconBot, 'A'};
  static constexpr SpanLook kModel{Color::SpanModel, Color::SpanModelWeak, kIconSparkles, 'M'};
  static constexpr SpanLook kChain{Color::SpanChain, Color::SpanChainWeak, kIconLink, 'C'};
  static constexpr Row kRows[] = {
      {"AGENT", kAgent},
      {"LLM", kModel},
      {"CHAT_MODEL", {Color::SpanModel, Color::SpanModelWeak, kIconMessageSquareText, 'M'}},
      {"EMBEDDING", {Color::SpanRetrieval, Color::SpanRetrievalWeak, kIconHash, 'E'}},
      {"RETRIEVER", {Color::SpanRetrieval, Color::SpanRetrievalWeak, kIconSearch, 'R'}},
      {"RERANKER", {Color::SpanRetrieval, Color::SpanRetrievalWeak, kIconArrowUpDown, 'R'}},
      {"MEMORY", {Color::SpanRetrieval, Color::SpanRetrievalWeak, kIconDatabase, 'Y'}},
      {"TOOL", {Color::SpanTool, Color::SpanToolWeak, kIconWrench, 'T'}},
      {"PARSER", {Color::SpanTool, Color::SpanToolWeak, kIconBraces, 'P'}},
      {"CHAIN", kChain},
      {"WORKFLOW", {Color::SpanChain, Color::SpanChainWeak, kIconGitBranch, 'W'}},
      {"TASK", {Color::SpanChain, Color::SpanChainWeak, kIconListChecks, 'K'}},
      {"GUARDRAIL", {Color::SpanOther, Color::SpanOtherWeak, kIconShield, 'G'}},
      {"EVALUATOR", {Color::SpanOther, Color::SpanOtherWeak, kIconScale, 'V'}},
  };
  for (const Row& row : kRows) {
    if (row.type == type) return row.look;
  }
  return {Color::SpanOther, Color::SpanOtherWeak, kIconBox, 'O'};
}

}  // namespace assay::kit
