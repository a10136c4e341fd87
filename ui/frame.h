// One frame of the whole application. The host owns everything; draw_frame() reads the session,
// writes the view state, and leaves the commands that the user gave. The host executes them after
// the frame.
//
//   kit::begin_frame(kit); ui::draw_frame(frame); kit::end_frame(kit); ImGui::Render();
//   for (const app::Command& c : commands) session.execute(c);
//
// Commands of the ui. group (and a ForgetEverything that nobody confirmed) never leave the frame:
// draw_frame() takes those that views emitted; the host
// passes those that come from outside (window.assay.command) to run_ui_command().
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "core/app/command.h"
#include "core/app/session.h"
#include "ui/kit/context.h"
#include "ui/views/view_state.h"

namespace assay::ui {

struct UiFrame {
  const app::Session& session;
  ViewState& view;
  kit::Context& kit;
  std::vector<app::Command>& commands;
  int64_t now_ms = 0;  // wall clock, for "time left" and the like

  void emit(app::Command command) { commands.push_back(std::move(command)); }
  void emit(app::CommandId id,
            std::initializer_list<std::pair<std::string_view, std::string_view>> args = {});
};

// Theme, language and scale of the settings, and what the system prefers, into the kit's context.
// Before kit::begin_frame().
void apply_settings(const app::Settings& settings, const ViewState& view, kit::Context& kit);

void draw_frame(UiFrame& f);

// True when the command was one of the frame's own; it may emit others (SettingSet).
bool run_ui_command(UiFrame& f, const app::Command& command);

// What the window is called: the trace or the place that is open.
std::string page_title(const app::Session& session, const kit::Context& kit);

}  // namespace assay::ui
