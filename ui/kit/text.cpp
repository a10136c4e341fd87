#include "ui/kit/text.h"

#include <cfloat>
#include <cmath>

#include "core/base/utf8.h"
#include "ui/kit/imgui_access.h"
#include "ui/kit/text_wrap.h"

namespace assay::kit {
namespace {

constexpr std::string_view kEllipsis = "…";

const char* end_of(std::string_view text) { return text.data() + text.size(); }

float width_of(ImFont* font, float size, std::string_view text) {
  return font->CalcTextSizeA(size, FLT_MAX, 0, text.data(), end_of(text)).x;
}

}  // namespace

float text_height(Context& ctx, TextStyle style) {
  return std::floor(font_size_of(ctx.fonts, style) * ctx.ui_scale + 0.5F);
}

float text_width(Context& ctx, std::string_view text, TextStyle style) {
  if (text.empty()) return 0;
  return std::ceil(width_of(font_of(ctx.fonts, style), text_height(ctx, style), text));
}

size_t fitting_bytes(Context& ctx, std::string_view text, float width_pt, TextStyle style) {
  ImFontBaked* baked = font_of(ctx.fonts, style)->GetFontBaked(text_height(ctx, style));
  float x = 0;
  size_t at = 0;
  while (at < text.size()) {
    const DecodedChar c = decode_utf8(text, at);
    x += baked->GetCharAdvance(static_cast<ImWchar>(c.code_point));
    if (x > width_pt) break;
    at += c.size_bytes;
  }
  return at;
}

std::string one_line(std::string_view text, size_t max_bytes) {
  std::string out;
  const std::string_view part = utf8_prefix(text, max_bytes);
  out.reserve(part.size());
  bool blank = true;  // also drops blanks at the start
  for (const char c : part) {
    if (c == '\n' || c == '\r' || c == '\t' || c == ' ') {
      if (!blank) out += ' ';
      blank = true;
    } else {
      out += c;
      blank = false;
    }
  }
  if (part.size() < text.size()) out.append(kEllipsis);
  return out;
}

bool draw_text(Context& ctx, ImDrawList* list, const Rect& rect, std::string_view text,
               TextStyle style, Color token, Align align) {
  if (text.empty() || rect.width() < 1) return false;
  ImFont* font = font_of(ctx.fonts, style);
  const float size = text_height(ctx, style);
  const float y = std::floor(rect.center_y() - size * 0.5F);
  // A very long text cannot fit: measure no more of it than could.
  const std::string_view head = utf8_prefix(text, static_cast<size_t>(rect.width()) + 64);
  float width = width_of(font, size, head);
  if (head.size() == text.size() && width <= rect.width() + 0.5F) {
    const float free = rect.width() - width;
    const float x = align == Align::Left    ? rect.x0
                    : align == Align::Right ? rect.x0 + free
                                            : rect.x0 + free * 0.5F;
    list->AddText(font, size, ImVec2(std::floor(x), y), color(token), text.data(), end_of(text));
    return false;
  }
  ctx.semantics->note_cut_text(text);
  const float dots = width_of(font, size, kEllipsis);
  size_t bytes = fitting_bytes(ctx, head, rect.width() - dots, style);
  while (bytes > 0 && text[bytes - 1] == ' ')
    --bytes;
  const std::string_view cut = text.substr(0, bytes);
  width = bytes > 0 ? width_of(font, size, cut) : 0;
  const ImU32 ink = color(token);
  if (bytes > 0) {
    list->AddText(font, size, ImVec2(std::floor(rect.x0), y), ink, cut.data(), end_of(cut));
  }
  if (rect.width() >= dots) {
    list->AddText(font, size, ImVec2(std::floor(rect.x0) + width, y), ink, kEllipsis.data(),
                  end_of(kEllipsis));
  }
  return true;
}

void draw_icon(Context& ctx, ImDrawList* list, const Rect& rect, const char* icon, Color token,
               float size_pt) {
  if (icon == nullptr || *icon == '\0') return;
  ImFont* font = ctx.fonts.regular;
  const float size = px(size_pt);
  const std::string_view text(icon);
  const float width = width_of(font, size, text);
  // Icons fill their em square; Inter's line is taller than that, which shifts the square up.
  const ImVec2 at(std::floor(rect.center_x() - width * 0.5F + 0.5F),
                  std::floor(rect.center_y() - size * 0.5F + 0.5F));
  list->AddText(font, size, at, color(token), icon, end_of(text));
}

void text(Context& ctx, std::string_view text, TextStyle style, Color token) {
  (void)ctx;
  if (text.empty()) {
    take_space(ImVec2(0, text_height(ctx, style)));
    return;
  }
  const TextScope scope(style);
  ImGui::PushStyleColor(ImGuiCol_Text, color(token));
  ImGui::TextUnformatted(text.data(), end_of(text));
  ImGui::PopStyleColor();
}

void text_node(Context& ctx, std::string_view id, std::string_view shown, TextStyle style,
               Color token, Role role, int level) {
  text(ctx, shown, style, token);
  if (window_skips_items()) return;
  SemItem item;
  item.role = role;
  item.id = id;
  item.name = shown;
  item.level = level;
  const ImVec2 min = ImGui::GetItemRectMin(), max = ImGui::GetItemRectMax();
  item.rect = {min.x, min.y, max.x, max.y};
  ctx.semantics->add(item);
}

void heading(Context& ctx, std::string_view id, std::string_view shown, int level) {
  const TextStyle style = level <= 1   ? TextStyle::Title
                          : level == 2 ? TextStyle::Section
                                       : TextStyle::BodyStrong;
  text_node(ctx, id, shown, style, Color::Text, Role::Heading, level);
}

void draw_marks(Context& ctx, ImDrawList* list, const Rect& rect, std::string_view text, std::span<const TextMark> marks,
                TextStyle style) {
  const float half = text_height(ctx, style) * 0.5F;
  for (const TextMark& mark : marks) {
    const size_t from = std::min<size_t>(mark.from, text.size()), to = std::min<size_t>(mark.to, text.size());
    if (from >= to || from > 4000) continue;
    const float x0 = rect.x0 + text_width(ctx, text.substr(0, from), style);
    if (x0 >= rect.x1) break;
    const float x1 = std::fmin(x0 + text_width(ctx, text.substr(from, to - from), style), rect.x1);
    list->AddRectFilled(ImVec2(x0, rect.center_y() - half), ImVec2(x1, rect.center_y() + half), color(mark.background), 2);
  }
}

void text_ellipsis(Context& ctx, std::string_view text, float width_pt, TextStyle style,
                   Color token) {
  const float width = width_pt > 0 ? width_pt : ImGui::GetContentRegionAvail().x;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float used = std::fmin(width, text_width(ctx, utf8_prefix(text, 2000), style));
  const Rect rect{at.x, at.y, at.x + width, at.y + text_height(ctx, style)};
  take_space(ImVec2(used, rect.height()));
  if (window_skips_items()) return;
  const bool cut = draw_text(ctx, ImGui::GetWindowDrawList(), rect, text, style, token);
  if (cut) tooltip(ctx, text);
}

void paragraph(Context& ctx, std::string_view text, float width_pt, TextStyle style, Color token) {
  const float width = width_pt > 0 ? width_pt : ImGui::GetContentRegionAvail().x;
  ImFont* font = font_of(ctx.fonts, style);
  const float size = text_height(ctx, style);
  const float step = std::floor(size * kLineHeight / ctx.fonts.text_factor + 0.5F);
  ImFontBaked* baked = font->GetFontBaked(size);
  WrapState wrap;
  const auto advance = [baked](uint32_t c) {
    return baked->GetCharAdvance(static_cast<ImWchar>(c));
  };
  wrap_step(text, width, px(32), advance, text.size() + 1, wrap);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  take_space(ImVec2(width, step * static_cast<float>(wrap.line_starts.size())));
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (size_t line = 0; line < wrap.line_starts.size(); ++line) {
    const TextRange range = line_range(text, wrap, line);
    if (range.empty()) continue;
    const float y = at.y + step * static_cast<float>(line) + std::floor((step - size) * 0.5F);
    list->AddText(font, size, ImVec2(at.x, y), color(token), text.data() + range.from,
                  text.data() + range.to);
  }
}

void tooltip(Context& ctx, std::string_view text, std::string_view chord_label) {
  chord_label = ctx.shown_keys(chord_label);
  if (text.empty() || !ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip)) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(10), px(6)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, px(kRadius));
  ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, 1.0F);
  if (ImGui::BeginTooltip()) {
    const TextScope scope(TextStyle::Small);
    const std::string_view shown = utf8_prefix(text, 2000);
    ImGui::PushTextWrapPos(px(420));
    ImGui::TextUnformatted(shown.data(), end_of(shown));
    ImGui::PopTextWrapPos();
    if (!chord_label.empty()) {
      ImGui::SameLine(0, px(kSpaceM));
      ImGui::PushStyleColor(ImGuiCol_Text, color(Color::TextSecondary));
      ImGui::TextUnformatted(chord_label.data(), end_of(chord_label));
      ImGui::PopStyleColor();
    }
  }
  ImGui::EndTooltip();
  ImGui::PopStyleVar(3);
}

bool needs_shaping(std::string_view text) {
  const auto at = [text](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned lead = at(i);
    if (lead < 0xCC) continue;
    const unsigned next = at(i + 1);
    if (lead == 0xCC || (lead == 0xCD && next < 0xB0)) return true;                 // U+0300-036F
    if (lead >= 0xD6 && lead <= 0xDF && (lead != 0xD6 || next >= 0x90)) return true;  // U+0590-07FF
    if (lead == 0xE0) return true;                                                 // U+0800-0FFF
    if (lead == 0xE1 && (next <= 0x82 || (next >= 0x9E && next <= 0x9F))) return true;  // Myanmar, Khmer
    if (lead == 0xEF && next == 0xAC && at(i + 2) >= 0x9D) return true;              // U+FB1D-
    if (lead == 0xEF && next >= 0xAD && next <= 0xB7) return true;                   // -U+FDFF
    if (lead == 0xEF && ((next == 0xB9 && at(i + 2) >= 0xB0) || (next == 0xBA) || (next == 0xBB && at(i + 2) < 0xBD))) return true;
    if (lead == 0xE2 && next == 0x80 && (at(i + 2) == 0x8D || at(i + 2) == 0x8F)) return true;  // ZWJ, RLM
  }
  return false;
}

}  // namespace assay::kit
