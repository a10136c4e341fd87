// The composition root of the page: creates the session, the adapters and the interface, and connects
// them. The only place that names concrete adapters.
//
// The page's scripts drive it (shell/pacing.js): tick() whenever something arrived or work is left, also
// in a hidden tab; frame() only when something is to be drawn. main() does not exist: boot.js calls
// assay_create(), hands over options and fonts, and calls assay_app_start().
#include <imgui.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/app/session.h"
#include "core/base/assert.h"
#include "core/base/late.h"
#include "core/base/numbers.h"
#include "ui/frame.h"
#include "ui/kit/gallery.h"
#include "ui/views/address_view.h"
#include "wasm/platform/canvas_gl.h"
#include "wasm/platform/clipboard.h"
#include "wasm/platform/clock.h"
#include "wasm/platform/crash.h"
#include "wasm/platform/download.h"
#include "wasm/platform/fetch_transport.h"
#include "wasm/platform/file_source.h"
#include "wasm/platform/fonts_browser.h"
#include "wasm/platform/history.h"
#include "wasm/platform/input.h"
#include "wasm/platform/js.h"
#include "wasm/platform/judge_lock.h"
#include "wasm/platform/secret_vault.h"
#include "wasm/platform/semantics_mirror.h"
#include "wasm/platform/settings.h"
#include "wasm/platform/storage_idb.h"
#include "wasm/platform/text_agent.h"
#include "wasm/platform/textarea_overlay.h"

extern "C" {
void assay_js_return_text(const char* text, size_t size);
void assay_js_dirty(int frames);
void assay_js_tick_soon();
void assay_js_page_title(const char* title, size_t size);
void assay_js_take_update();
void assay_js_choose_settings();
void assay_js_page_text(const char* fields, size_t size);  // title NUL (title NUL text NUL)…
void assay_js_open_page(const char* address, size_t size);
void assay_js_page_look(int dark, const char* language, size_t language_size, double scale,
                        unsigned background_rgb);
}

namespace assay {

namespace {

// A frame first gives the session a little time, so that what the user just did shows at once; longer
// work runs between frames.
constexpr double kFrameTickMs = 4;

app::NoticeKind notice_kind_of(platform::NoticeLevel level) {
  switch (level) {
    case platform::NoticeLevel::Info:
      return app::NoticeKind::Info;
    case platform::NoticeLevel::Warning:
      return app::NoticeKind::Warning;
    case platform::NoticeLevel::Error:
      return app::NoticeKind::Error;
  }
  return app::NoticeKind::Error;
}

std::string_view take_field(std::string_view& text) {
  const size_t end = text.find('\0');
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return field;
}

void append_field(std::string& fields, std::string_view text) {
  for (const char c : text)
    if (c != '\0') fields += c;
  fields += '\0';
}

// Pages beside this one, in a tab of their own.
bool open_page(ImGuiContext*, const char* address) {
  assay_js_open_page(address, std::char_traits<char>::length(address));
  return true;
}

double budget_clock(void*) { return emscripten_get_now(); }

// What the page tells at start: preferences of the system, what was stored, where the reader is.
struct Options {
  bool dark = false;
  bool reduced_motion = false;
  bool gallery = false;
  bool mirror = false;
  bool watch_items = false;
  std::string language = "en";
  std::string os;
  std::string settings_json, drafts_json;
  std::string route;
  std::string version, build;
  int utc_offset_minutes = 0;
  int this_year = 0;
  kit::FontBytes fonts;
};

class App final : public platform::HostSink {
 public:
  App();
  void set_option(std::string_view key, std::string_view value);
  void set_font(int index, std::string_view bytes);
  // "" or why the page cannot start.
  std::string start();

  // Seconds until the next frame is wanted; 0: at once, -1: not until something happens.
  double frame(bool draw);
  // Milliseconds until the next tick is wanted; 0: at once, -1: not until something happens.
  double tick(double budget_ms);
  double wants_tick_in_ms() const { return session_.wants_tick_in_ms(); }
  bool idle() const { return session_.idle(); }
  bool has_unsaved() const { return session_.save_state().unsaved_events > 0; }
  void set_files_over_page(bool over) { view_.files_over_page = over; }
  void set_storage_persistent(bool persistent) { view_.storage_persistent = persistent; }
  // "" or what is wrong with it. Arguments: name NUL value NUL …
  std::string run_command(std::string_view key, std::string_view arguments);

  // HostSink
  void journal_loaded(const std::vector<std::string>& lines) override { session_.on_journal_loaded(lines); }
  void journal_remote(const std::vector<std::string>& lines) override { session_.on_journal_remote(lines); }
  void journal_durable(uint64_t token) override { session_.on_journal_durable(token); }
  void journal_failed(uint64_t token, std::string_view reason) override {
    session_.on_journal_failed(token, reason);
  }
  uint32_t file_begin(std::string_view name, uint64_t size_bytes, std::string_view part) override {
    return session_.on_file_begin(name, size_bytes, part);
  }
  char* file_space(uint32_t token, size_t size_bytes) override { return session_.file_space(token, size_bytes); }
  void file_chunk(uint32_t token, std::string_view bytes) override { session_.on_file_chunk(token, bytes); }
  void file_end(uint32_t token, std::string_view error) override { session_.on_file_end(token, error); }
  bool file_needs_conversion(std::string_view head) override { return session_.file_needs_conversion(head); }
  bool file_is_feedback(std::string_view head) override { return session_.file_is_feedback(head); }
  std::string file_converting(uint32_t token) override { return session_.on_file_converting(token); }
  void file_progress(uint32_t token, uint64_t bytes_read) override { session_.on_file_progress(token, bytes_read); }
  void file_converted(uint32_t token, std::string_view json) override { session_.on_file_converted(token, json); }
  bool file_cancelled(uint32_t token) override { return session_.file_cancelled(token); }
  bool file_enough(uint32_t token) override { return session_.file_enough(token); }
  int file_tie(uint32_t token, std::string_view ids) override { return static_cast<int>(session_.file_tie(token, ids)); }
  void files_joined() override { session_.on_files_joined(); }
  void file_joined(uint32_t token, std::string_view names) override { session_.on_file_joined(token, names); }
  void kept_files(bool begin) override { session_.on_kept_files(begin); }
  void files_restored() override { session_.on_files_restored(); }
  void navigate(std::string_view route_fragment) override { session_.on_navigate(route_fragment); }
  void judge_lock(bool granted) override { session_.on_judge_lock(granted); }
  void vault(int answer, judge::SecretRef secret) override {
    session_.on_vault(static_cast<app::Session::VaultAnswer>(answer), secret);
  }
  void notice(platform::NoticeLevel level, std::string_view key, std::string_view text) override {
    session_.on_notice(notice_kind_of(level), key, text);
  }

 private:
  app::Platform platform_of();
  void run_session(double budget_ms);
  void draw_interface();
  void execute_commands();
  void carry_out_requests();
  void tell_page_its_look();

  Options options_;
  // ImGui's context must outlive nothing of the kit, so it is made first and never destroyed: the page
  // ends with the tab.
  ImGuiContext* imgui_;
  kit::SemanticsRegistry semantics_;
  kit::Context kit_;
  platform::BrowserClock clock_;
  platform::BrowserRandom random_;
  platform::MemoryVault vault_;
  platform::FetchTransport transport_;
  platform::IdbJournal journal_;
  platform::LocalSettings settings_;
  platform::LocalDrafts drafts_;
  platform::FileSource files_;
  platform::Download download_;
  platform::BrowserHistory history_;
  platform::WebJudgeLock judge_lock_;
  platform::CanvasGl canvas_;
  platform::Input input_;
  platform::SemanticsMirror mirror_;
  // These install themselves into ImGui, after the back ends.
  std::optional<platform::TextAgent> text_agent_;
  std::optional<platform::Clipboard> clipboard_;
  std::optional<platform::TextareaOverlay> textareas_;
  app::Session session_;
  ui::ViewState view_;
  kit::GalleryState gallery_;
  std::vector<app::Command> commands_;
  std::string told_look_, told_title_;
};

App::App()
    : imgui_(ImGui::CreateContext()),
      vault_(*this),
      transport_(vault_),
      journal_(*this),
      files_(*this),
      history_(*this),
      judge_lock_(*this),
      mirror_(semantics_),
      session_(platform_of()) {
  kit_.semantics = &semantics_;
  ImGui::GetIO().IniFilename = nullptr;
  ImGui::GetIO().LogFilename = nullptr;
  ImGui::GetPlatformIO().Platform_OpenInShellFn = open_page;
  kit::attach(kit_);
  platform::attach_js("app", this);
}

app::Platform App::platform_of() {
  app::Platform platform;
  platform.clock = &clock_;
  platform.random = &random_;
  platform.transport = &transport_;
  platform.journal = &journal_;
  platform.settings = &settings_;
  platform.drafts = &drafts_;
  platform.files = &files_;
  platform.downloads = &download_;
  platform.history = &history_;
  platform.vault = &vault_;
  platform.judge_lock = &judge_lock_;
  return platform;
}

void App::set_option(std::string_view key, std::string_view value) {
  const bool on = value == "1";
  if (key == "dark") view_.system_dark = options_.dark = on;
  if (key == "reduced_motion") kit_.reduced_motion = options_.reduced_motion = on;
  if (key == "coarse_pointer") kit_.coarse_pointer = on;
  if (key == "gallery") options_.gallery = on;
  if (key == "mirror") options_.mirror = on;
  if (key == "testing") options_.watch_items = on;
  if (key == "language") options_.language = value;
  if (key == "os") options_.os = value;
  if (key == "settings") options_.settings_json = value;
  if (key == "drafts") options_.drafts_json = value;
  if (key == "route") options_.route = value;
  if (key == "open_address") ui::ask_for_address(view_, value);
  if (key == "online") session_.on_online(on);
  if (key == "origin") view_.origin = value;
  if (key == "update") view_.update_ready = on;
  if (key == "version") view_.version = value;
  if (key == "build") view_.build = value;
  if (key == "memory_gb")
    session_.on_memory_hint(static_cast<uint64_t>(parse_double(value).value_or(0) * (1 << 30)));
  if (key == "utc_offset_minutes") {
    kit_.utc_offset_minutes = static_cast<int>(parse_int64(value).value_or(0));
    session_.set_utc_offset_minutes(kit_.utc_offset_minutes);
  }
  if (key == "this_year") kit_.this_year = static_cast<int>(parse_int64(value).value_or(0));
}

void App::set_font(int index, std::string_view bytes) {
  std::string_view* const slots[] = {&options_.fonts.inter_regular, &options_.fonts.inter_semibold,
                                     &options_.fonts.jetbrains_mono, &options_.fonts.lucide};
  if (index >= 0 && index < 4) *slots[index] = bytes;
}

std::string App::start() {
  ImGuiIO& io = ImGui::GetIO();
  kit_.os = options_.os == "mac"       ? kit::OsKind::Mac
            : options_.os == "windows" ? kit::OsKind::Windows
                                       : kit::OsKind::Other;
  io.ConfigMacOSXBehaviors = kit_.os == kit::OsKind::Mac;
  view_.system_language = kit::language_of_tag(options_.language);
  const Status opened = canvas_.open();
  if (!opened.ok()) return opened.error().what;
  text_agent_.emplace();
  clipboard_.emplace(input_);
  textareas_.emplace(kit_);
  kit_.fonts = kit::build_fonts(*io.Fonts, options_.fonts, platform::browser_glyph_loader());
  semantics_.set_watch_items(options_.watch_items);
  mirror_.set_on(options_.mirror);
  session_.start(options_.settings_json, options_.route, options_.drafts_json);
  return "";
}

void App::run_session(double budget_ms) {
  Budget budget;
  budget.deadline_ms = emscripten_get_now() + budget_ms;
  budget.now_ms = budget_clock;
  session_.tick(budget);
}

double App::tick(double budget_ms) {
  run_session(budget_ms);
  return session_.wants_tick_in_ms();
}

double App::frame(bool draw) {
  run_session(kFrameTickMs);
  kit_.now_s = emscripten_get_now() / 1000;
  ui::apply_settings(session_.settings(), view_, kit_);
  tell_page_its_look();
  canvas_.begin_frame();
  kit::begin_frame(kit_);
  draw_interface();
  kit::end_frame(kit_);
  ImGui::Render();
  if (draw) {
    const ImVec4 background = kit::color_vec(kit::Color::Background);
    canvas_.draw(background.x, background.y, background.z);
  }
  execute_commands();
  carry_out_requests();
  textareas_->publish();
  mirror_.publish();
  mirror_.announce(kit_);
  const float kit_s = kit_.wants_frame_in_s;
  const float imgui_s = kit::imgui_wants_frame_in_s();
  float wake_s = kit_s < 0 ? imgui_s : imgui_s < 0 ? kit_s : std::min(kit_s, imgui_s);
  if (semantics_.has_requests()) wake_s = 0;
  return static_cast<double>(wake_s);
}

void App::draw_interface() {
  if (options_.gallery) {
    call_late<&kit::draw_gallery>(kit_, gallery_);
    return;
  }
  ui::UiFrame frame{session_, view_, kit_, commands_, clock_.now_ms()};
  ui::draw_frame(frame);
}

void App::execute_commands() {
  if (commands_.empty()) return;
  // A command may leave others behind (an undo that navigates); those run in the next frame.
  std::vector<app::Command> commands;
  commands.swap(commands_);
  for (const app::Command& command : commands) session_.execute(command);
  assay_js_dirty(3);
  assay_js_tick_soon();
}

// What the interface wants of the page around it.
void App::carry_out_requests() {
  if (std::exchange(view_.take_update, false)) assay_js_take_update();
  if (std::exchange(view_.choose_settings, false)) assay_js_choose_settings();
  for (const ui::ViewState::PageText& page : view_.page_texts) {
    std::string fields;
    append_field(fields, page.title);
    for (const auto& [title, text] : page.sections) {
      append_field(fields, title);
      append_field(fields, text);
    }
    assay_js_page_text(fields.data(), fields.size());
  }
  view_.page_texts.clear();
}

// The page around the canvas follows: background, colour scheme of its own elements, language.
void App::tell_page_its_look() {
  std::string title = ui::page_title(session_, kit_);
  if (title != told_title_) {
    told_title_ = std::move(title);
    assay_js_page_title(told_title_.data(), told_title_.size());
  }
  const bool dark = kit_.theme == kit::Theme::Dark;
  const char* language = kit::kLanguageTags[static_cast<size_t>(kit_.language)];
  std::string look = language;
  look += dark ? "d" : "l";
  append_int(look, static_cast<int64_t>(kit_.ui_scale * 1000));
  if (look == told_look_) return;
  told_look_ = look;
  const ImU32 color = kit::color_of(kit_.theme, kit::Color::Background);
  const unsigned rgb = ((color >> IM_COL32_R_SHIFT) & 0xFF) << 16 | ((color >> IM_COL32_G_SHIFT) & 0xFF) << 8 |
                       ((color >> IM_COL32_B_SHIFT) & 0xFF);
  assay_js_page_look(dark ? 1 : 0, language, std::char_traits<char>::length(language),
                     static_cast<double>(kit_.ui_scale), rgb);
}

std::string App::run_command(std::string_view key, std::string_view arguments) {
  const std::optional<app::CommandId> id = app::find_command(key);
  if (!id) return "unknown command: " + std::string(key);
  app::Command command(*id);
  while (!arguments.empty()) {
    std::string name(take_field(arguments));
    command.args.emplace_back(std::move(name), std::string(take_field(arguments)));
  }
  ui::UiFrame frame{session_, view_, kit_, commands_, clock_.now_ms()};
  if (!ui::run_ui_command(frame, command)) {
    if (!session_.can_execute(command.id)) return "not possible now: " + std::string(key);
    session_.execute(command);
  }
  assay_js_dirty(3);
  assay_js_tick_soon();
  return "";
}

}  // namespace

ASSAY_EXPORT void* assay_create() {
  platform::install_crash_handlers();
  return new App();
}
ASSAY_EXPORT void* assay_alloc(size_t size) { return ::operator new(size == 0 ? 1 : size); }
ASSAY_EXPORT void assay_free(void* block) { ::operator delete(block); }
ASSAY_EXPORT void assay_app_option(App* app, const char* key, size_t key_size, const char* value,
                                   size_t value_size) {
  app->set_option(platform::text_of(key, key_size), platform::text_of(value, value_size));
}
// The bytes are read during assay_app_start() and may be freed after it.
ASSAY_EXPORT void assay_app_font(App* app, int index, const char* bytes, size_t size) {
  app->set_font(index, platform::text_of(bytes, size));
}
ASSAY_EXPORT void assay_app_start(App* app) {
  const std::string problem = app->start();
  assay_js_return_text(problem.data(), problem.size());
}
ASSAY_EXPORT double assay_app_frame(App* app, int draw) { return app->frame(draw != 0); }
ASSAY_EXPORT double assay_app_tick(App* app, double budget_ms) { return app->tick(budget_ms); }
ASSAY_EXPORT double assay_app_wants_tick(App* app) { return app->wants_tick_in_ms(); }
ASSAY_EXPORT int assay_app_idle(App* app) { return app->idle() ? 1 : 0; }
ASSAY_EXPORT int assay_app_unsaved(App* app) { return app->has_unsaved() ? 1 : 0; }
// For the test of the crash path.
ASSAY_EXPORT void assay_app_fail(App*) { assertion_failed("asked for by a test", __FILE__, __LINE__); }
ASSAY_EXPORT void assay_app_files_over(App* app, int over) { app->set_files_over_page(over != 0); }
ASSAY_EXPORT void assay_app_persistent(App* app, int persistent) {
  app->set_storage_persistent(persistent != 0);
}
ASSAY_EXPORT void assay_app_command(App* app, const char* key, size_t key_size, const char* args,
                                    size_t args_size) {
  const std::string problem =
      app->run_command(platform::text_of(key, key_size), platform::text_of(args, args_size));
  assay_js_return_text(problem.data(), problem.size());
}

}  // namespace assay
