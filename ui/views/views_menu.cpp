#include "ui/views/views_menu.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/layout_state.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr size_t kShownSearches = 8;
constexpr size_t kShownBytes = 56;

std::string shortened(std::string_view text) {
  std::string out = kit::one_line(text, 400);
  if (out.size() <= kShownBytes) return out;
  return std::string(utf8_prefix(out, kShownBytes)) + "…";
}

void draw_menu(UiFrame& f) {
  if (!kit::begin_menu(f.kit, "top.views_menu", tr(Str::views_menu))) return;
  const std::vector<app::SavedView>& views = f.session.views();
  kit::menu_title(f.kit, tr(Str::views_title));
  for (const app::SavedView& view : views) {
    kit::MenuItemOptions options;
    options.checkable = true;
    options.checked = f.session.route().view == view.name;
    if (kit::menu_item(f.kit, kit::id_with("views.open", view.name), shortened(view.name), options))
      f.emit(CommandId::ViewApply, {{"id", view.id}});
  }
  if (kit::menu_item(f.kit, "views.save", tr(Str::command_ui_save_view), {.icon = kIconSave}))
    f.emit(CommandId::UiSaveView);
  if (!views.empty() && kit::menu_item(f.kit, "views.manage", tr(Str::views_manage), {.icon = kIconPencil})) {
    f.view.views.manage_open = true;
    f.view.views.names.clear();
  }
  const std::vector<std::string>& history = f.session.settings().query_history;
  if (!history.empty()) {
    kit::menu_separator(f.kit);
    kit::menu_title(f.kit, tr(Str::search_history));
    for (size_t i = 0; i < std::min(history.size(), kShownSearches); ++i) {
      const std::string id = kit::id_with("views.recent", static_cast<int64_t>(i));
      if (!kit::menu_item(f.kit, id, shortened(history[i]), {.icon = kIconHistory})) continue;
      f.view.query_active = false;
      f.emit(CommandId::SearchSet, {{"query", history[i]}});
    }
    if (kit::menu_item(f.kit, "views.forget", tr(Str::search_history_clear), {.icon = kIconTrash}))
      f.emit(CommandId::SearchForgetHistory);
  }
  kit::end_menu(f.kit);
}

void draw_save_dialog(UiFrame& f) {
  ViewsDialog& state = f.view.views;
  if (!kit::begin_dialog(f.kit, "views.save_dialog", tr(Str::views_save_title), state.save_open, {.width_pt = 440})) return;
  kit::field_label(f.kit, tr(Str::views_name));
  kit::TextInputOptions input;
  input.name = tr(Str::views_name);
  input.take_focus = state.take_focus;
  input.select_all_on_focus = true;
  input.max_bytes = 100;
  state.take_focus = false;
  const kit::TextInputResult result = kit::text_input(f.kit, "views.name", state.name, input);
  const std::string name = app::view_name(state.name);
  const auto& views = f.session.views();
  const bool replaces =
      std::any_of(views.begin(), views.end(), [&](const app::SavedView& view) { return view.name == name; });
  kit::gap(px(6));
  kit::paragraph(f.kit, tr(replaces ? Str::views_replaces : Str::views_keeps), 0, kit::TextStyle::Small);
  kit::dialog_footer(f.kit);
  const bool pressed = kit::dialog_button(f.kit, "views.save_now", tr(Str::views_save), true, !name.empty());
  if (kit::dialog_button(f.kit, "views.save_cancel", tr(Str::kit_cancel))) state.save_open = false;
  if ((pressed || result.submitted) && !name.empty()) {
    f.emit(CommandId::ViewSave, {{"name", name}, {"layout", encode_view_layout(f.view)}});
    state.save_open = false;
  }
  kit::end_dialog(f.kit);
}

// The name of a view as it is being written.
std::string& written_name(ViewsDialog& state, const app::SavedView& view) {
  for (auto& [id, name] : state.names)
    if (id == view.id) return name;
  return state.names.emplace_back(view.id, view.name).second;
}

void draw_manage_dialog(UiFrame& f) {
  ViewsDialog& state = f.view.views;
  if (!kit::begin_dialog(f.kit, "views.manage_dialog", tr(Str::views_title), state.manage_open, {.width_pt = 560})) return;
  const std::vector<app::SavedView>& views = f.session.views();
  if (views.empty()) kit::text(f.kit, tr(Str::views_none), kit::TextStyle::Body, Color::TextSecondary);
  for (const app::SavedView& view : views) {
    std::string& name = written_name(state, view);
    kit::TextInputOptions input;
    input.name = tr(Str::views_name);
    input.width_pt = kit::width_left() - 2 * px(kit::kControlHeight) - px(8);
    input.max_bytes = 100;
    const kit::TextInputResult result = kit::text_input(f.kit, kit::id_with("views.rename", view.id), name, input);
    if (result.committed()) {
      f.emit(CommandId::ViewRename, {{"id", view.id}, {"name", name}});
      state.names.clear();  // as it comes out
      kit::end_dialog(f.kit);
      return;
    }
    kit::same_row(px(4));
    if (kit::icon_button(f.kit, kit::id_with("views.go", view.id), kIconSearch, tr(Str::views_open))) {
      f.emit(CommandId::ViewApply, {{"id", view.id}});
      state.manage_open = false;
    }
    kit::same_row(0);
    if (kit::icon_button(f.kit, kit::id_with("views.delete", view.id), kIconTrash, tr(Str::views_delete)))
      f.emit(CommandId::ViewDelete, {{"id", view.id}});
    kit::text_ellipsis(f.kit, view.query.empty() ? std::string_view(tr(Str::views_every_trace)) : view.query,
                       kit::width_left(), kit::TextStyle::MonoSmall, Color::TextSecondary);
    kit::gap(px(10));
  }
  kit::end_dialog(f.kit);
}

}  // namespace

void draw_views_button(UiFrame& f) {
  kit::IconButtonOptions options;
  options.has_popup = true;
  options.on = !f.session.route().view.empty();
  if (kit::icon_button(f.kit, "top.views", kIconStar, tr(Str::views_menu), options))
    kit::open_popup(f.kit, "top.views_menu");
  draw_menu(f);
}

void open_save_view(UiFrame& f) {
  ViewsDialog& state = f.view.views;
  state.save_open = state.take_focus = true;
  state.name = f.session.route().view;
}

void draw_view_dialogs(UiFrame& f) {
  draw_save_dialog(f);
  draw_manage_dialog(f);
}

}  // namespace assay::ui
