// Buttons, fields and choices. Every function draws one widget at the cursor, registers it under
// `id` (see semantics.h; the displayed text is never an id) and answers requests from tests and the
// mirror exactly as it answers the user. Text parameters are only read during the call.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ui/kit/context.h"
#include "ui/kit/text.h"

namespace assay::kit {

// ---- buttons ----
enum class ButtonKind : uint8_t { Primary, Secondary, Ghost, Danger };
enum class ControlSize : uint8_t { Regular, Compact };  // kControlHeight, kControlHeightCompact

struct ButtonOptions {
  ButtonKind kind = ButtonKind::Secondary;
  const char* icon = nullptr;
  bool enabled = true;
  ControlSize size = ControlSize::Regular;
  float width_pt = 0;           // 0: as its text needs; < 0: all that is left
  bool on = false;              // pressed look (a toggle that is on)
  bool toggle = false;          // registered with a checked state
  bool has_popup = false;       // draws a chevron
  std::string_view chord = {};  // label of its keys ("⌘Z"), shown on the button
  std::string_view tooltip = {};
};
bool button(Context& ctx, std::string_view id, std::string_view text, const ButtonOptions& options);
bool button(Context& ctx, std::string_view id, std::string_view text,
            ButtonKind kind = ButtonKind::Secondary, const char* icon = nullptr,
            bool enabled = true);
float button_width(Context& ctx, std::string_view text, const ButtonOptions& options = {});

// Square, the icon only; `name` is its accessible name and its tooltip.
struct IconButtonOptions {
  bool enabled = true;
  bool on = false;
  bool toggle = false;
  bool has_popup = false;
  ControlSize size = ControlSize::Regular;
  Color tint = Color::TextSecondary;
  std::string_view chord = {};
};
bool icon_button(Context& ctx, std::string_view id, const char* icon, std::string_view name,
                 const IconButtonOptions& options = {});
// Text in the accent colour. `external`: with the icon for "opens elsewhere".
bool link(Context& ctx, std::string_view id, std::string_view text,
          TextStyle style = TextStyle::Body, bool external = false);

// ---- choices: true when changed by the user ----
bool checkbox(Context& ctx, std::string_view id, std::string_view text, bool& on,
              bool enabled = true);
// State −1: mixed. The result of a click on mixed is on.
bool checkbox_tristate(Context& ctx, std::string_view id, std::string_view text, int& state,
                       bool enabled = true);
bool toggle_switch(Context& ctx, std::string_view id, std::string_view text, bool& on,
                   bool enabled = true);

struct Choice {
  std::string_view key;  // part of the option's id: "base[key]"
  std::string_view text;
  const char* icon = nullptr;
  bool enabled = true;
  std::string_view hint = {};  // second, quieter text (select and radio)
};
// One row of joined buttons; `selected` −1: none.
bool segmented(Context& ctx, std::string_view id, std::string_view name,
               std::span<const Choice> choices, int& selected,
               ControlSize size = ControlSize::Compact);
// Choices one below the other.
bool radio_group(Context& ctx, std::string_view id, std::string_view name,
                 std::span<const Choice> choices, int& selected);
struct SelectOptions {
  float width_pt = 0;  // 0: 200 points; < 0: all that is left
  ControlSize size = ControlSize::Regular;
  const char* icon = nullptr;
  std::string_view placeholder = {};
  bool enabled = true;
};
bool select(Context& ctx, std::string_view id, std::string_view name,
            std::span<const Choice> choices, int& selected, const SelectOptions& options = {});
// An integer or real on a bar. `step` 0: continuous.
bool slider(Context& ctx, std::string_view id, std::string_view name, float& value, float low,
            float high, float step, float width_pt = 200);

// ---- text ----
// Keys of an active field that its caller reads, for a list below it; they do nothing else (but Enter still takes
// the caret out of the field).
enum FieldKey : uint8_t {
  kFieldKeyNone = 0,
  kFieldKeyUp = 1,
  kFieldKeyDown = 2,
  kFieldKeyTab = 4,
  kFieldKeyEnter = 8,
  kFieldKeyEscape = 16,
  kFieldKeyAltEnter = 32,
};
constexpr size_t kNoCaret = static_cast<size_t>(-1);

struct TextInputOptions {
  float width_pt = -1;    // 0: 240 points; < 0: all that is left
  std::string_view name;  // accessible name; required (labels are drawn by field_label)
  std::string_view placeholder = {};
  const char* icon = nullptr;
  bool clear_button = false;
  bool password = false;  // with an eye button; never in semantics
  bool mono = false;
  bool search = false;  // role Searchbox
  bool enabled = true;
  bool read_only = false;
  bool invalid = false;  // red border; say why with inline_error() below
  bool take_focus = false;
  bool select_all_on_focus = false;
  size_t max_bytes = 1 << 16;
  ControlSize size = ControlSize::Regular;
  std::string_view chord = {};  // shown at the right while empty and not focused
  // Underlines [error_from, error_to) of the text: where a query is wrong.
  size_t error_from = 0, error_to = 0;
  bool error_is_warning = false;
  // With an id the underline can be clicked (to correct what is wrong); `error_name` says what that does.
  std::string_view error_id = {}, error_name = {};
  uint8_t claimed_keys = kFieldKeyNone;  // FieldKey
  size_t place_caret = kNoCaret;         // the text was changed: take it over, with the caret there
};
struct TextInputResult {
  bool changed = false;                 // the text differs from before the call
  bool submitted = false;               // Enter
  bool deactivated_after_edit = false;  // left with another text than entered: commit here
  bool active = false;                  // has the caret
  bool cleared = false;                 // by the clear button
  bool committed() const { return submitted || deactivated_after_edit || cleared; }
  size_t caret_bytes = 0;  // when active
  bool caret_placed = false;       // place_caret was carried out
  bool error_clicked = false;      // the underline
  FieldKey key = kFieldKeyNone;    // that was pressed, of the claimed ones
  size_t selected_from = 0, selected_to = 0;  // of a text area to read (in the page), in bytes
  float text_x = 0;                // where the text begins on the screen, also when scrolled out
};
TextInputResult text_input(Context& ctx, std::string_view id, std::string& text,
                           const TextInputOptions& options);

// How far a box for notes grows with what is written in it.
constexpr int kMostGrownLines = 10;

struct TextAreaOptions {
  float width_pt = -1;
  float height_pt = 96;
  int most_lines = 0;  // grows with its text, from height_pt to so many lines; 0: it does not
  std::string_view name;
  std::string_view placeholder = {};
  bool mono = false;
  bool enabled = true;
  bool invalid = false;
  bool take_focus = false;
  bool read_only = false;  // text to read, without a frame; the element's direction follows the text
  std::span<const TextMark> marks = {};  // … behind its words (in the page)
  std::string_view of = {};  // whose text it is: with another one it is another field, and the focus does not stay in it
};
// Several lines. In the page (Context::dom_text_areas) a real <textarea> is laid over the place.
// Ctrl+Enter submits.
TextInputResult text_area(Context& ctx, std::string_view id, std::string& text,
                          const TextAreaOptions& options);

// An image in the text, decoded by the browser when it comes into view; at most max_height_pt high and as wide as the
// column. data_url: "data:image/…". False: the browser says that it is no image.
bool image(Context& ctx, std::string_view id, std::string_view name, const std::string& data_url, float max_height_pt);

void field_label(Context& ctx, std::string_view text, std::string_view hint = {});  // above a field
void inline_error(Context& ctx, std::string_view id, std::string_view text);        // role Alert
void inline_note(Context& ctx, std::string_view id, std::string_view text, const char* icon,
                 Color token = Color::TextSecondary);

// ---- navigation ----
struct Tab {
  std::string_view key;  // id: "base[key]"
  std::string_view text;
  const char* icon = nullptr;
  int64_t count = -1;  // shown as a small number
};
bool tabs(Context& ctx, std::string_view id, std::string_view name, std::span<const Tab> items,
          int& selected);
// Rail entry: icon above or beside a label. True when pressed.
bool nav_item(Context& ctx, std::string_view id, const char* icon, std::string_view text,
              bool selected, bool wide, std::string_view chord = {}, int64_t count = -1);

// One row of a tree, over the whole width. The caller walks its visible rows and draws what it
// likes into `content` afterwards (draw list only).
struct TreeRowOptions {
  int level = 1;  // from 1
  bool expandable = false;
  bool expanded = false;
  bool selected = false;
  int64_t set_size = -1, position = -1;
  float height_pt = 0;  // 0: px(kRowHeightCompact)
  const char* icon = nullptr;
  Color icon_color = Color::TextSecondary;
  Color text_color = Color::Text;
  float text_width_pt = 0;      // 0: all the row
  std::string_view value = {};  // accessible value (duration, state)
  std::span<const TextMark> marks = {};  // behind the text
};
struct TreeRowResult {
  bool clicked = false;    // select it
  bool activated = false;  // double click, Enter
  bool toggled = false;    // chevron, Left/Right on the focused row
  bool hovered = false;
  bool focused = false;
  bool visible = false;  // false: clipped, do not draw
  Rect rect;
  Rect content;  // right of icon and text
};
TreeRowResult tree_row(Context& ctx, std::string_view id, std::string_view text,
                       const TreeRowOptions& options);

// A clickable row with free contents (facet values, lists): draws background and focus; the caller
// draws into result.rect. Returned rect is px(kRowHeightCompact) tall unless given.
struct ListRowOptions {
  bool selected = false;
  bool checkable = false;  // registered as a checkbox
  bool checked = false;
  Role role = Role::ListItem;
  float height_pt = 0;
  float width_pt = 0;
  std::string_view value = {};
  bool enabled = true;
  bool on_press = false;  // acts when the mouse goes down: the field that has the focus loses it then
  int64_t set_size = -1, position = -1;
};
struct ListRowResult {
  bool clicked = false;
  bool hovered = false;
  bool focused = false;
  bool visible = false;
  Rect rect;
};
ListRowResult list_row(Context& ctx, std::string_view id, std::string_view name,
                       const ListRowOptions& options = {});
// A row's own menu on right click, Menu key or Shift+F10 on the last item: use with
// begin_popup_menu.
bool last_item_wants_menu();

}  // namespace assay::kit
