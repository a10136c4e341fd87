#include <cmath>

#include "ui/kit/icons.h"
#include "ui/kit/imgui_access.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"

namespace assay::kit {
namespace {

// Kept in the dialog window's own storage between its calls of one frame.
constexpr ImGuiID kFooterStarted = 0xD1A10001U, kFooterX = 0xD1A10002U, kCloseWanted = 0xD1A10003U,
                  kHasClose = 0xD1A10004U, kFooterY = 0xD1A10005U, kGrowing = 0xD1A10006U;

void place_dialog(const DialogOptions& o) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = std::fmin(px(o.width_pt), screen.x - px(kSpaceL));
  const bool centered = o.top_fraction == 0.5F;
  const ImVec2 at(std::floor(screen.x * 0.5F), std::floor(screen.y * o.top_fraction));
  ImGui::SetNextWindowPos(at, ImGuiCond_Always, ImVec2(0.5F, centered ? 0.5F : 0.0F));
  // As tall as its contents, or as it is told. By constraints, not by SetNextWindowSize: a height
  // of 0 there starts ImGui's fitting anew at every frame, and the page would never rest.
  const float height = px(o.height_pt);
  ImGui::SetNextWindowSizeConstraints(ImVec2(width, height),
                                      ImVec2(width, height > 0 ? height : 100000.0F));
}

bool begin_modal(const char* name, const DialogOptions& o) {
  place_dialog(o);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1.0F);
  const ImGuiWindowFlags flags =
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_AlwaysAutoResize |
      ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoScrollWithMouse;
  const bool shown = ImGui::BeginPopupModal(name, nullptr, flags);
  ImGui::PopStyleVar(3);
  return shown;
}

void draw_title(Context& ctx, std::string_view id, std::string_view title) {
  const ImVec2 at = ImGui::GetWindowPos();
  const float width = ImGui::GetWindowSize().x;
  const Rect row{at.x + px(20), at.y, at.x + width - px(48), at.y + px(52)};
  draw_text(ctx, ImGui::GetWindowDrawList(), row, title, TextStyle::Section);
  SemItem item;
  item.role = Role::Heading;
  const std::string title_id = id_part(id, "title");
  item.id = title_id;
  item.name = title;
  item.level = 2;
  item.rect = row;
  ctx.semantics->add(item);
}

void begin_body(Context& ctx, std::string_view id, const DialogOptions& o) {
  const float title = o.title_bar ? px(52) : 0;
  ImGui::SetCursorPos(ImVec2(0, title));
  RegionOptions body;
  body.background = Color::Transparent;
  body.padding_x_pt = o.title_bar ? px(20) : 0;
  body.padding_y_pt = o.title_bar ? px(2) : 0;
  body.scroll_y = true;
  body.role = Role::None;
  const float tallest = ImGui::GetIO().DisplaySize.y * 0.85F - title - px(64);
  ImVec2 size(0, 0);
  if (o.height_pt > 0) {
    size.y = -px(60) - ImGui::GetStyle().ItemSpacing.y;
  } else {
    body.auto_height = true;
    ImGui::SetNextWindowSizeConstraints(ImVec2(0, 0), ImVec2(10000, std::fmax(tallest, px(120))));
  }
  begin_region(ctx, id_part(id, "body"), size, body);
}

}  // namespace

bool begin_dialog(Context& ctx, std::string_view id, std::string_view title, bool& open,
                  const DialogOptions& o) {
  const std::string name = "##" + std::string(id);
  if (open && !ImGui::IsPopupOpen(name.c_str())) ImGui::OpenPopup(name.c_str());
  if (!ImGui::IsPopupOpen(name.c_str())) return false;
  if (!begin_modal(name.c_str(), o)) return false;
  ImGuiStorage* storage = ImGui::GetStateStorage();
  if (storage->GetBool(kCloseWanted)) open = false;
  storage->SetBool(kCloseWanted, false);
  // A field with the caret takes the first Esc for itself.
  const bool escape = ImGui::IsKeyPressed(ImGuiKey_Escape, false) && !ImGui::IsAnyItemActive() &&
                      ImGui::IsWindowFocused(ImGuiFocusedFlags_ChildWindows);
  if (o.dismissible && escape) open = false;
  if (!open) {
    ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
    ctx.request_frame(0);
    return false;
  }
  SemItem item;
  item.role = Role::Dialog;
  item.id = id;
  item.name = title;
  item.flags = kSemModal;
  const ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  item.rect = {at.x, at.y, at.x + size.x, at.y + size.y};
  ctx.semantics->open(item);
  ctx.dialogs.emplace_back(id);
  if (o.title_bar) draw_title(ctx, id, title);
  storage->SetBool(kFooterStarted, false);
  storage->SetBool(kHasClose, o.dismissible && o.title_bar);
  begin_body(ctx, id, o);
  return true;
}

void dialog_footer(Context& ctx) {
  end_region(ctx);
  const ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  const float y = ImGui::GetCursorScreenPos().y + px(4);
  ImGuiStorage* storage = ImGui::GetStateStorage();
  storage->SetBool(kFooterStarted, true);
  storage->SetFloat(kFooterX, at.x + size.x - px(20));
  // The window takes up what grew in it (an error, a choice more) some frames later, when an input asks for none any more.
  if (storage->GetFloat(kFooterY) != y - at.y) {
    storage->SetFloat(kFooterY, y - at.y);
    storage->SetInt(kGrowing, 3);
  }
  if (const int more = storage->GetInt(kGrowing); more > 0) {
    storage->SetInt(kGrowing, more - 1);
    ctx.request_frame(0);
  }
  ImGui::SetCursorScreenPos(ImVec2(at.x, y));
  take_space(ImVec2(0, px(56)));
  ImGui::SetCursorScreenPos(ImVec2(at.x + px(20), y + px(12)));
}

bool dialog_button(Context& ctx, std::string_view id, std::string_view text, bool primary,
                   bool enabled, bool danger) {
  ButtonOptions options;
  options.kind = primary  ? ButtonKind::Primary
                 : danger ? ButtonKind::Danger
                          : ButtonKind::Secondary;
  options.enabled = enabled;
  options.width_pt = std::fmax(button_width(ctx, text, options), px(76));
  ImGuiStorage* storage = ImGui::GetStateStorage();
  const float right = storage->GetFloat(kFooterX);
  const float y = ImGui::GetCursorScreenPos().y;
  ImGui::SetCursorScreenPos(ImVec2(right - options.width_pt, y));
  storage->SetFloat(kFooterX, right - options.width_pt - px(kSpaceS));
  const bool pressed = button(ctx, id, text, options);
  ImGui::SetCursorScreenPos(ImVec2(ImGui::GetWindowPos().x + px(20), y));
  return pressed;
}

void end_dialog(Context& ctx) {
  ImGuiStorage* storage = ImGui::GetStateStorage();
  // Inside the body the storage is the body's: only without a footer is it still open.
  const bool in_body = !storage->GetBool(kFooterStarted);
  if (in_body) {
    end_region(ctx);
    storage = ImGui::GetStateStorage();
    const float y = ImGui::GetCursorScreenPos().y;
    if (storage->GetBool(kHasClose)) {
      ImGui::SetCursorScreenPos(ImVec2(ImGui::GetWindowPos().x, y));
      take_space(ImVec2(0, px(8)));
    }
  }
  if (storage->GetBool(kHasClose)) {
    const ImVec2 at = ImGui::GetWindowPos();
    const float width = ImGui::GetWindowSize().x;
    ImGui::SetCursorScreenPos(ImVec2(at.x + width - px(42), at.y + px(12)));
    IconButtonOptions options;
    options.size = ControlSize::Compact;
    if (icon_button(ctx, id_part(ctx.dialogs.back(), "close"), kIconX,
                    tr(ctx.language, Str::kit_close), options)) {
      storage->SetBool(kCloseWanted, true);
      ctx.request_frame(0);
    }
  }
  ctx.dialogs.pop_back();
  ctx.semantics->close();
  ImGui::EndPopup();
}

bool dialog_is_open() { return any_modal_open(); }

}  // namespace assay::kit
