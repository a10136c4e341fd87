#include "ui/kit/context.h"

#include <cmath>

#include "core/base/assert.h"
#include "ui/kit/imgui_access.h"

namespace assay::kit {

Context& current() {
  auto* context = static_cast<Context*>(ImGui::GetIO().UserData);
  ASSAY_ASSERT(context != nullptr);
  return *context;
}

void attach(Context& context) {
  ImGuiIO& io = ImGui::GetIO();
  io.UserData = &context;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigNavEscapeClearFocusItem = true;
  io.ConfigNavCursorVisibleAuto = true;
  io.ConfigWindowsMoveFromTitleBarOnly = true;
  io.ConfigMacOSXBehaviors = context.os == OsKind::Mac;
  io.ConfigInputTrickleEventQueue = true;
  io.ConfigDebugHighlightIdConflicts = false;
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.FontDefault = context.fonts.regular;
  disable_window_switching();
  ImGui::GetStyle().FontSizeBase = font_size_of(context.fonts, TextStyle::Body);
  apply_theme(context.theme, context.ui_scale);
  context.applied_theme = context.theme;
  context.applied_scale = context.ui_scale;
}

void begin_frame(Context& context) {
  context.wants_frame_in_s = -1;
  context.overlays.clear();
  if (context.applied_theme != context.theme || context.applied_scale != context.ui_scale) {
    apply_theme(context.theme, context.ui_scale);
    context.applied_theme = context.theme;
    context.applied_scale = context.ui_scale;
    context.request_frame(0);  // fonts take the new scale in the next frame
  }
  for (Context::Overlay& overlay : context.overlay_states)
    overlay.seen = false;
  context.key_seen = context.key_seen || (context.coarse_pointer && !ImGui::GetIO().WantTextInput && pressed_chord().has_value());
  context.semantics->begin_frame();
}

void end_frame(Context& context) {
  const int frame = ImGui::GetFrameCount();
  std::erase_if(context.motions,
                [frame](const Context::Motion& m) { return m.last_frame != frame; });
  std::erase_if(context.overlay_states, [](const Context::Overlay& o) { return !o.seen; });
  context.overlay_events.clear();
  context.semantics->end_frame();
  if (context.semantics->has_requests()) context.request_frame(0);
}

float animate(Context& context, ImGuiID id, float target) {
  if (context.reduced_motion) return target;
  const int frame = ImGui::GetFrameCount();
  for (Context::Motion& motion : context.motions) {
    if (motion.id != id) continue;
    // After a rest the elapsed time is long: one small step at most.
    const float elapsed = ImGui::GetIO().DeltaTime > 0.05F ? 0.016F : ImGui::GetIO().DeltaTime;
    const float step = elapsed / kMotionSeconds;
    const float left = target - motion.value;
    motion.value = std::fabs(left) <= step ? target : motion.value + (left > 0 ? step : -step);
    motion.last_frame = frame;
    if (motion.value != target) context.request_frame(0);
    return motion.value;
  }
  context.motions.push_back({id, target, frame});
  return target;
}

}  // namespace assay::kit
