// The test-engine hooks of Dear ImGui (IMGUI_ENABLE_TEST_ENGINE): ImGui calls them for every item
// while GImGui->TestEngineHookItems is set. They only note interactive items; no test engine is
// involved.
#include <imgui_internal.h>

#include "ui/kit/context.h"
#include "ui/kit/semantics.h"

namespace assay::kit {

void watch_imgui_items(bool on) { GImGui->TestEngineHookItems = on; }

Rect semantics_clip() {
  const ImGuiWindow* window = GImGui->CurrentWindow;
  if (window == nullptr) return {};
  const ImRect& clip = window->ClipRect;
  return {clip.Min.x, clip.Min.y, clip.Max.x, clip.Max.y};
}

}  // namespace assay::kit

void ImGuiTestEngineHook_ItemAdd(ImGuiContext*, ImGuiID, const ImRect&, const ImGuiLastItemData*) {}

// Called at the end of every interactive widget that is not clipped, and for whole windows.
void ImGuiTestEngineHook_ItemInfo(ImGuiContext* ctx, ImGuiID id, const char* label,
                                  ImGuiItemStatusFlags) {
  auto* context = static_cast<assay::kit::Context*>(ctx->IO.UserData);
  if (context == nullptr || context->semantics == nullptr) return;
  if (ctx->CurrentWindow != nullptr && ctx->CurrentWindow->ID == id) return;
  context->semantics->on_imgui_item(id, label,
                                    ctx->CurrentWindow != nullptr ? ctx->CurrentWindow->Name : "");
}

void ImGuiTestEngineHook_Log(ImGuiContext*, const char*, ...) {}

const char* ImGuiTestEngine_FindItemDebugLabel(ImGuiContext*, ImGuiID) { return nullptr; }
