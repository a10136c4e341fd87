#include "ui/views/settings_view.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/shortcuts_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

void set_setting(UiFrame& f, std::string_view key, std::string_view value) {
  f.emit(CommandId::SettingSet, {{"key", key}, {"value", value}});
}

void begin_section(UiFrame& f, std::string_view id, Str title) {
  kit::gap(px(26));
  kit::heading(f.kit, id, tr(title), 2);
  kit::gap(px(8));
}

void draw_appearance(UiFrame& f) {
  const app::Settings& settings = f.session.settings();
  kit::field_label(f.kit, tr(Str::settings_theme));
  const kit::Choice themes[] = {{"system", tr(Str::settings_system)},
                                {"light", tr(Str::settings_light), kIconSun},
                                {"dark", tr(Str::settings_dark), kIconMoon}};
  int theme = static_cast<int>(settings.theme);
  if (kit::segmented(f.kit, "settings.theme", tr(Str::settings_theme), themes, theme,
                     kit::ControlSize::Regular)) {
    set_setting(f, "theme", themes[theme].key);
  }
  kit::gap(px(14));
  kit::field_label(f.kit, tr(Str::settings_language));
  const kit::Choice languages[] = {
      {"system", tr(Str::settings_system)}, {"en", "English"}, {"zh-Hans", "简体中文"}};
  int language = static_cast<int>(settings.language);
  if (kit::segmented(f.kit, "settings.language", tr(Str::settings_language), languages, language,
                     kit::ControlSize::Regular)) {
    set_setting(f, "language", languages[language].key);
  }
  kit::gap(px(14));
  kit::field_label(f.kit, tr(Str::settings_scale));
  const kit::Choice scales[] = {{"75", "75%"},   {"90", "90%"},   {"100", "100%"},
                                {"125", "125%"}, {"150", "150%"}, {"200", "200%"}};
  int scale = -1;
  for (int i = 0; i < 6; ++i) {
    if (parse_int64(scales[i].key) == settings.ui_scale_percent) scale = i;
  }
  const kit::ControlSize size =
      kit::width_left() < px(440) ? kit::ControlSize::Compact : kit::ControlSize::Regular;
  if (kit::segmented(f.kit, "settings.scale", tr(Str::settings_scale), scales, scale, size)) {
    set_setting(f, "ui_scale_percent", scales[scale].key);
  }
}

void draw_author(UiFrame& f) {
  SettingsForm& form = f.view.settings;
  const std::string& author = f.session.settings().author;
  if (form.seen_author != author) form.author = form.seen_author = author;
  kit::field_label(f.kit, tr(Str::settings_author));
  kit::TextInputOptions options;
  options.name = tr(Str::settings_author);
  options.width_pt = std::min(px(320), kit::width_left());
  options.placeholder = "default";
  options.max_bytes = 250;
  if (kit::text_input(f.kit, "settings.author", form.author, options).committed() &&
      form.author != author) {
    set_setting(f, "author", form.author);
  }
  kit::gap(px(3));
  kit::paragraph(f.kit, tr(Str::settings_author_hint),
                 std::min(px(kit::kReadingMeasure), kit::width_left()), kit::TextStyle::Small);
}

void draw_storage(UiFrame& f) {
  const app::SaveState save = f.session.save_state();
  if (!save.failure.empty()) {
    kit::inline_error(f.kit, "settings.storage_failure",
                      kit::tr_format(Str::save_failed_because, {save.failure}));
  } else {
    kit::inline_note(
        f.kit, "settings.storage",
        tr(f.view.storage_persistent ? Str::settings_storage_kept : Str::settings_storage),
        kIconDatabase);
  }
  kit::gap(px(8));
  if (kit::button(f.kit, "settings.export_journal", tr(Str::export_journal),
                  kit::ButtonKind::Secondary, kIconDownload,
                  f.session.can_execute(CommandId::ExportJournal))) {
    f.emit(CommandId::ExportJournal);
  }
  kit::same_row(px(8));
  if (kit::button(f.kit, "settings.save", tr(Str::settings_save), kit::ButtonKind::Secondary, kIconSave))
    f.emit(CommandId::SettingsExport);
  kit::same_row(px(8));
  if (kit::button(f.kit, "settings.load", tr(Str::settings_load), kit::ButtonKind::Secondary, kIconFolderOpen))
    f.view.choose_settings = true;
  kit::same_row(px(8));
  if (kit::button(f.kit, "settings.forget", tr(Str::settings_forget), kit::ButtonKind::Danger,
                  kIconTrash))
    f.emit(CommandId::ForgetEverything);
}

void draw_memory(UiFrame& f) {
  kit::field_label(f.kit, tr(Str::settings_memory));
  const kit::Choice choices[] = {
      {"0", tr(Str::settings_memory_auto)}, {"1000", "1 GB"}, {"2000", "2 GB"}, {"3000", "3 GB"}};
  int selected = -1;
  for (int i = 0; i < 4; ++i) {
    if (parse_int64(choices[i].key) == f.session.settings().memory_limit_mb) selected = i;
  }
  if (kit::segmented(f.kit, "settings.memory", tr(Str::settings_memory), choices, selected, kit::ControlSize::Regular))
    set_setting(f, "memory_limit_mb", choices[selected].key);
  kit::gap(px(3));
  kit::paragraph(f.kit, tr(Str::settings_memory_hint),
                 std::min(px(kit::kReadingMeasure), kit::width_left()), kit::TextStyle::Small);
}

void draw_like(UiFrame& f) {
  kit::field_label(f.kit, tr(Str::settings_like));
  const kit::Choice choices[] = {{"case-sensitive", tr(Str::settings_like_sensitive)},
                                 {"ignore-case", tr(Str::settings_like_ignore)}};
  int selected = f.session.settings().like_ignores_case ? 1 : 0;
  if (kit::segmented(f.kit, "settings.like", tr(Str::settings_like), choices, selected, kit::ControlSize::Regular))
    set_setting(f, "like_dialect", choices[selected].key);
  kit::gap(px(3));
  kit::paragraph(f.kit, tr(Str::settings_like_hint), std::min(px(kit::kReadingMeasure), kit::width_left()),
                 kit::TextStyle::Small);
}

void draw_hosts(UiFrame& f) {
  const std::vector<std::string>& hosts = f.session.contacted_hosts();
  kit::paragraph(f.kit, tr(hosts.empty() ? Str::settings_no_hosts : Str::settings_hosts_text),
                 std::min(px(kit::kReadingMeasure), kit::width_left()));
  for (size_t i = 0; i < hosts.size(); ++i) {
    kit::gap(px(4));
    kit::text_node(f.kit, kit::id_with("settings.host", static_cast<int64_t>(i)), hosts[i],
                   kit::TextStyle::Mono);
  }
}

void draw_about(UiFrame& f) {
  std::string version = "Assay";
  if (!f.view.version.empty()) version += " " + f.view.version;
  if (!f.view.build.empty()) version += " (" + f.view.build + ")";
  kit::text_node(f.kit, "settings.version", version, kit::TextStyle::Body);
  if (f.view.update_ready) {
    kit::gap(px(6));
    if (kit::button(f.kit, "settings.update", tr(Str::update_ready), kit::ButtonKind::Secondary, kIconRefreshCw))
      f.emit(CommandId::UiUpdate);
    kit::gap(px(4));
  }
  kit::gap(px(4));
  kit::paragraph(f.kit, tr(Str::settings_licences),
                 std::min(px(kit::kReadingMeasure), kit::width_left()), kit::TextStyle::Small);
  kit::gap(px(4));
  const auto open_page = ImGui::GetPlatformIO().Platform_OpenInShellFn;
  if (open_page != nullptr &&
      kit::link(f.kit, "settings.licences", tr(Str::settings_licences_all), kit::TextStyle::Small, true))
    open_page(ImGui::GetCurrentContext(), "licenses.html");
}

}  // namespace

void draw_settings(UiFrame& f) {
  const kit::Rect rect = kit::remaining_rect();
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = std::max(px(16), std::min(px(48), (rect.width() - px(720)) / 2));
  options.padding_y_pt = px(16);
  options.name = tr(Str::rail_settings);
  kit::begin_region(f.kit, "settings", rect, options);
  kit::heading(f.kit, "settings.title", tr(Str::rail_settings), 1);
  kit::gap(px(12));
  draw_appearance(f);
  begin_section(f, "settings.you", Str::settings_you);
  draw_author(f);
  begin_section(f, "settings.search", Str::settings_search);
  draw_like(f);
  begin_section(f, "settings.work", Str::settings_work);
  draw_storage(f);
  kit::gap(px(14));
  draw_memory(f);
  begin_section(f, "settings.hosts", Str::settings_hosts);
  draw_hosts(f);
  begin_section(f, "settings.keys", Str::settings_keys);
  draw_key_settings(f, std::min(px(560), kit::width_left()));
  begin_section(f, "settings.about", Str::settings_about);
  draw_about(f);
  kit::gap(px(32));
  kit::end_region(f.kit);
}

void draw_forget_dialog(UiFrame& f) {
  bool& open = f.view.settings.confirm_forget;
  kit::DialogOptions options;
  options.width_pt = 460;
  if (!kit::begin_dialog(f.kit, "forget", tr(Str::settings_forget), open, options)) return;
  kit::paragraph(f.kit, tr(Str::forget_text), 0, kit::TextStyle::Body, Color::Text);
  kit::dialog_footer(f.kit);
  if (kit::dialog_button(f.kit, "forget.confirm", tr(Str::forget_confirm), false, true, true)) {
    f.emit(app::Command(CommandId::ForgetEverything, {{"confirmed", "yes"}}));
    open = false;
  }
  if (kit::dialog_button(f.kit, "forget.cancel", tr(Str::cancel))) open = false;
  kit::end_dialog(f.kit);
}

}  // namespace assay::ui
