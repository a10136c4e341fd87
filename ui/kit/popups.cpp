#include "ui/kit/popups.h"

#include <cmath>

#include "ui/kit/icons.h"
#include "ui/kit/imgui_access.h"
#include "ui/kit/layout.h"

namespace assay::kit {
namespace {

// Where a popup appears, kept with ImGui's own state of the popup: x and y under two keys.
ImGuiID place_key(ImGuiID popup, uint32_t part) { return popup ^ (0xA5A50000U + part); }

void remember_place(ImGuiID popup, ImVec2 at) {
  ImGuiStorage* storage = ImGui::GetStateStorage();
  storage->SetFloat(place_key(popup, 0), at.x);
  storage->SetFloat(place_key(popup, 1), at.y);
}

void use_place(ImGuiID popup) {
  const ImGuiStorage* storage = ImGui::GetStateStorage();
  const float x = storage->GetFloat(place_key(popup, 0), -1);
  const float y = storage->GetFloat(place_key(popup, 1), -1);
  if (x < 0 && y < 0) return;
  // Opened upwards or to the left where there is no room below or to the right.
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const ImVec2 pivot(x > screen.x * 0.8F ? 1.0F : 0.0F, y > screen.y * 0.75F ? 1.0F : 0.0F);
  ImGui::SetNextWindowPos(ImVec2(x, y), ImGuiCond_Appearing, pivot);
}

// A popup that would reach over the edge of the screen is moved until it is whole; ImGui makes none
// larger than the screen. Just after its begin.
void keep_on_screen(Context& ctx) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  const float edge = px(4);
  const ImVec2 wanted(std::fmax(edge, std::fmin(at.x, screen.x - size.x - edge)),
                      std::fmax(edge, std::fmin(at.y, screen.y - size.y - edge)));
  if (wanted.x == at.x && wanted.y == at.y) return;
  ImGui::SetWindowPos(wanted);
  ctx.request_frame(0);  // its background is still drawn where it was
}

void push_popup_style(float padding) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(padding, padding));
  ImGui::PushStyleColor(ImGuiCol_Border, color(Color::LineStrong));
}

void pop_popup_style() {
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
}

// A soft edge, drawn by the popup itself outside its own rectangle.
void draw_popup_shadow() {
  const ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->PushClipRectFullScreen();
  constexpr int kRings = 8;
  for (int i = 0; i < kRings; ++i) {
    const float grow = 1.0F + static_cast<float>(i);
    const float fade = 1.0F - static_cast<float>(i) / kRings;
    list->AddRect(ImVec2(at.x - grow, at.y - grow + 2),
                  ImVec2(at.x + size.x + grow, at.y + size.y + grow + 2),
                  color_alpha(Color::Shadow, 0.4F * fade * fade), px(kRadius + 2) + grow, 0, 1.0F);
  }
  list->PopClipRect();
}

void open_popup_node(Context& ctx, Role role, std::string_view id, std::string_view name) {
  SemItem item;
  item.role = role;
  item.id = id;
  item.name = name;
  const ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  item.rect = {at.x, at.y, at.x + size.x, at.y + size.y};
  ctx.semantics->open(item);
}

// Contents that are larger or smaller than in the frame before: the popup's size follows in the next frame, which would
// else come with the next thing that happens. Before its end.
void follow_contents(Context& ctx) {
  if (contents_have_changed_size()) ctx.request_frame(0);
}

}  // namespace

void open_popup(Context& ctx, std::string_view id) {
  (void)ctx;
  const ImGuiID popup = imgui_id_of(id);
  const ImVec2 min = ImGui::GetItemRectMin(), max = ImGui::GetItemRectMax();
  remember_place(popup, ImVec2(min.x, max.y + px(4)));
  open_popup_by_id(popup);
}

void open_popup_at_mouse(Context& ctx, std::string_view id) {
  (void)ctx;
  const ImGuiID popup = imgui_id_of(id);
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  // By the Menu key: where the item is.
  const bool by_mouse = ImGui::IsMouseClicked(ImGuiMouseButton_Right) ||
                        ImGui::IsMouseReleased(ImGuiMouseButton_Right);
  const ImVec2 min = ImGui::GetItemRectMin(), max = ImGui::GetItemRectMax();
  remember_place(popup, by_mouse ? mouse : ImVec2(min.x + px(kSpaceL), max.y));
  open_popup_by_id(popup);
}

bool begin_menu(Context& ctx, std::string_view id, std::string_view name) {
  const ImGuiID popup = imgui_id_of(id);
  use_place(popup);
  push_popup_style(px(5));
  const bool open = begin_popup_by_id(popup, ImGuiWindowFlags_AlwaysAutoResize);
  pop_popup_style();
  if (!open) return false;
  keep_on_screen(ctx);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  draw_popup_shadow();
  open_popup_node(ctx, Role::Menu, id, name);
  take_space(ImVec2(px(160), 0));  // no menu is narrower
  return true;
}

void end_menu(Context& ctx) {
  follow_contents(ctx);
  ctx.semantics->close();
  ImGui::PopStyleVar();
  ImGui::EndPopup();
}

bool menu_item(Context& ctx, std::string_view id, std::string_view text, const MenuItemOptions& o) {
  const std::string_view keys = ctx.shown_keys(o.chord);
  const float needed =
      px(36) + text_width(ctx, text) + px(kSpaceL) +
      (keys.empty() ? px(kSpaceS) : text_width(ctx, keys, TextStyle::Small) + px(28));
  const float width = std::fmax(ImGui::GetContentRegionAvail().x, needed);
  const Hit hit =
      hit_area(ctx, id, ImVec2(width, px(kRowHeightCompact + 2)), kHitHand | kHitNoRing, o.enabled);
  if (hit.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Rect& r = hit.rect;
    if (hit.hovered || hit.ring) {
      list->AddRectFilled(r.min(), r.max(), color(o.danger ? Color::FailWeak : Color::Hover),
                          px(kRadiusSmall));
    }
    const Color ink = !o.enabled ? Color::TextDisabled : o.danger ? Color::Fail : Color::Text;
    const Color quiet = !o.enabled ? Color::TextDisabled
                        : o.danger ? Color::Fail
                                   : Color::TextSecondary;
    const char* mark =
        o.checkable && o.icon == nullptr ? (o.checked ? kIconCheck : nullptr) : o.icon;
    draw_icon(ctx, list, {r.x0 + px(6), r.y0, r.x0 + px(26), r.y1}, mark,
              o.checkable && o.checked ? Color::Accent : quiet);
    draw_text(ctx, list, {r.x0 + px(32), r.y0, r.x1 - px(6), r.y1}, text, TextStyle::Body, ink);
    draw_text(ctx, list, {r.x0, r.y0, r.x1 - px(10), r.y1}, keys, TextStyle::Small, quiet,
              Align::Right);
    if (o.checkable && o.icon != nullptr && o.checked) {
      draw_icon(ctx, list, {r.x1 - px(24), r.y0, r.x1 - px(6), r.y1}, kIconCheck, Color::Accent);
    }
    if (hit.ring) draw_focus_ring(list, r, px(kRadiusSmall), true);
  }
  SemItem item;
  item.role = o.option ? Role::Option : Role::MenuItem;
  item.name = text;
  item.description = keys;
  item.position = o.position;
  item.set_size = o.set_size;
  if (o.option) {
    item.flags = kSemSelectable | (o.checked ? static_cast<uint32_t>(kSemSelected) : 0U);
  } else if (o.checkable) {
    item.flags = kSemCheckable | (o.checked ? static_cast<uint32_t>(kSemChecked) : 0U);
  }
  add_hit_node(ctx, hit, id, item);
  if (hit.pressed && !o.keep_open) ImGui::CloseCurrentPopup();
  return hit.pressed;
}

void menu_separator(Context& ctx) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  take_space(ImVec2(0, px(9)));
  line_horizontal(ctx, at.x + px(4), at.x + width - px(4), at.y + px(4));
}

void menu_title(Context& ctx, std::string_view text) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = text_width(ctx, text, TextStyle::SmallStrong) + px(20);
  take_space(ImVec2(width, px(24)));
  draw_text(ctx, ImGui::GetWindowDrawList(), {at.x + px(8), at.y, at.x + width, at.y + px(24)},
            text, TextStyle::SmallStrong, Color::TextSecondary);
}

bool begin_popover(Context& ctx, std::string_view id, std::string_view name, float width_pt,
                   Role role) {
  const ImGuiID popup = imgui_id_of(id);
  use_place(popup);
  if (width_pt > 0) {
    ImGui::SetNextWindowSizeConstraints(ImVec2(width_pt, 0), ImVec2(width_pt, 100000.0F));
  }
  push_popup_style(px(role == Role::Listbox ? 5 : kSpaceM));
  const bool open = begin_popup_by_id(popup, ImGuiWindowFlags_AlwaysAutoResize);
  pop_popup_style();
  if (!open) return false;
  keep_on_screen(ctx);
  draw_popup_shadow();
  open_popup_node(ctx, role, id, name);
  return true;
}

void end_popover(Context& ctx) {
  follow_contents(ctx);
  ctx.semantics->close();
  ImGui::EndPopup();
}

void close_popup() { ImGui::CloseCurrentPopup(); }

}  // namespace assay::kit
