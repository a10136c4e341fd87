// What lies over the page: menus, dialogs, popovers, toasts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ui/kit/context.h"
#include "ui/kit/text.h"

namespace assay::kit {

// ---- menus ----
// Opened by the caller (open_popup) when its button is pressed; drawn each frame:
//   if (button(...)) open_popup(id);
//   if (begin_menu(ctx, id, name)) { if (menu_item(...)) ...; end_menu(ctx); }
void open_popup(Context& ctx, std::string_view id);  // below the last item
void open_popup_at_mouse(Context& ctx, std::string_view id);
bool begin_menu(Context& ctx, std::string_view id, std::string_view name);
void end_menu(Context& ctx);
struct MenuItemOptions {
  const char* icon = nullptr;
  std::string_view chord = {};
  bool enabled = true;
  bool checkable = false;
  bool checked = false;
  bool danger = false;
  bool keep_open = false;
  bool option = false;  // a choice of a list (role Option)
  int64_t set_size = -1, position = -1;
};
bool menu_item(Context& ctx, std::string_view id, std::string_view text,
               const MenuItemOptions& options = {});
void menu_separator(Context& ctx);
void menu_title(Context& ctx, std::string_view text);

// A small panel below the last item with free contents (filters, column choice), opened by
// open_popup. Width 0: as its contents.
bool begin_popover(Context& ctx, std::string_view id, std::string_view name, float width_pt,
                   Role role = Role::Dialog);
void end_popover(Context& ctx);
void close_popup();

// ---- dialogs ----
// Modal, centred, with title, scrolling body and a footer at the bottom. Esc and × set `open`
// false; the focus stays inside. Order: begin_dialog, contents, dialog_footer, buttons, end_dialog.
//   if (begin_dialog(ctx, "export", title, open, 520)) { … dialog_footer(ctx); …; end_dialog(ctx);
//   }
struct DialogOptions {
  float width_pt = 520;
  float height_pt = 0;        // 0: as tall as its contents, at most 85 % of the window
  bool dismissible = true;    // Esc, ×
  float top_fraction = 0.5F;  // vertical place: 0.5 centred; palettes use 0.2
  bool title_bar = true;
};
bool begin_dialog(Context& ctx, std::string_view id, std::string_view title, bool& open,
                  const DialogOptions& options = {});
void dialog_footer(Context& ctx);  // from here on: the footer, right-aligned row of buttons
// In the footer: a button, laid out from the right; call the primary one first.
bool dialog_button(Context& ctx, std::string_view id, std::string_view text, bool primary = false,
                   bool enabled = true, bool danger = false);
void end_dialog(Context& ctx);
bool dialog_is_open();  // any modal: global keys should rest

// ---- toasts ----
void toast(Context& ctx, ToastKind kind, std::string_view text, std::string_view action_text = {},
           std::string_view action_id = {}, double seconds = 6);
// Once a frame, last; at the bottom right. The action id of a pressed action, else "".
// `bottom_pt`: height of what lies at the window's lower edge and must stay free.
std::string draw_toasts(Context& ctx, float bottom_pt = 0);
inline constexpr const char* kToastsWindow = "##toasts";  // what lies over the page while there are any

}  // namespace assay::kit
