#include "tests/ui/harness.h"

#include <catch2/catch_test_macros.hpp>

namespace assay::tests {

Harness::Harness(std::function<void(kit::Context&)> draw, ImVec2 size) : draw_(std::move(draw)) {
  imgui_ = ImGui::CreateContext();
  ImGui::SetCurrentContext(imgui_);
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = size;
  io.DeltaTime = 1.0F / 60;
  // A null renderer: textures are "made" by saying so.
  io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures | ImGuiBackendFlags_HasMouseCursors;
  io.BackendRendererName = "none";
  ctx_.semantics = &semantics_;
  ctx_.fonts = kit::build_fonts(*io.Fonts, {}, nullptr);
  ctx_.this_year = 2026;
  semantics_.set_watch_items(true);
  kit::attach(ctx_);
  ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
  platform.Platform_ClipboardUserData = this;
  platform.Platform_SetClipboardTextFn = [](ImGuiContext*, const char* text) {
    static_cast<Harness*>(ImGui::GetPlatformIO().Platform_ClipboardUserData)->clipboard_ = text;
  };
  platform.Platform_GetClipboardTextFn = [](ImGuiContext*) {
    return static_cast<Harness*>(ImGui::GetPlatformIO().Platform_ClipboardUserData)
        ->clipboard_.c_str();
  };
  frames(3);
}

Harness::~Harness() {
  ImGui::SetCurrentContext(imgui_);
  for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
    texture->SetTexID(ImTextureID_Invalid);
    texture->SetStatus(ImTextureStatus_Destroyed);
  }
  ImGui::DestroyContext(imgui_);
}

void Harness::resize(ImVec2 size) {
  ImGui::GetIO().DisplaySize = size;
  frames(2);
}

void Harness::frame() { frame_after(1.0 / 60); }

void Harness::frame_after(double seconds) {
  ctx_.now_s += seconds;
  ImGui::GetIO().DeltaTime = static_cast<float>(seconds);
  ImGui::NewFrame();
  kit::begin_frame(ctx_);
  draw_(ctx_);
  kit::end_frame(ctx_);
  ImGui::Render();
  const ImDrawData* data = ImGui::GetDrawData();
  vertices_ = data->TotalVtxCount;
  if (data->Textures == nullptr) return;
  for (ImTextureData* texture : *data->Textures) {
    if (texture->Status == ImTextureStatus_WantCreate) texture->SetTexID(1);
    if (texture->Status == ImTextureStatus_WantDestroy) texture->SetTexID(ImTextureID_Invalid);
    texture->SetStatus(texture->Status == ImTextureStatus_WantDestroy ? ImTextureStatus_Destroyed
                                                                      : ImTextureStatus_OK);
  }
}

void Harness::frames(int count) {
  for (int i = 0; i < count; ++i)
    frame();
}

int Harness::run_until_idle(int most) {
  // As the page's pacing does: a few frames to settle, then as long as somebody asks for one at
  // once.
  int settle = 3;
  int drawn = 0;
  while (settle > 0 || ctx_.wants_frame_in_s == 0 || kit::imgui_wants_frame_in_s() == 0) {
    frame();
    --settle;
    ++drawn;
    INFO("asked for by the " << (ctx_.wants_frame_in_s == 0 ? "application" : "interface library")
                             << "\n"
                             << tree());
    REQUIRE(drawn <= most);
  }
  return drawn;
}

void Harness::advance(double seconds) { frame_after(seconds); }

const kit::SemNode& Harness::node(std::string_view id) const {
  const kit::SemNode* found = semantics_.find(id);
  INFO("no node " << id << " in\n" << tree());
  REQUIRE(found != nullptr);
  return *found;
}

std::string Harness::name(std::string_view id) const {
  return std::string(semantics_.name_of(node(id)));
}
std::string Harness::value(std::string_view id) const {
  return std::string(semantics_.value_of(node(id)));
}

std::string Harness::tree(std::string_view under) const {
  kit::SemanticsRegistry::PrintOptions options;
  options.under = under;
  return semantics_.to_text(options);
}

std::string Harness::semantics_problems() const {
  std::string problems;
  for (const std::string& id : semantics_.duplicate_ids())
    problems += "duplicate " + id + "\n";
  for (const std::string& item : semantics_.unnamed_items())
    problems += "unnamed " + item + "\n";
  return problems;
}

ImVec2 Harness::visible_center(std::string_view id) const {
  const kit::SemNode& found = node(id);
  INFO(id << " is not visible");
  REQUIRE_FALSE(found.rect.empty());
  return ImVec2(found.rect.center_x(), found.rect.center_y());
}

void Harness::press(ImVec2 at, int button, int times) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(at.x, at.y);
  frame();
  for (int i = 0; i < times; ++i) {
    io.AddMouseButtonEvent(button, true);
    frame();
    io.AddMouseButtonEvent(button, false);
    frame();
  }
  frames(2);
}

void Harness::click(std::string_view id) {
  advance(1);  // far enough from the last click not to be a double one
  press(visible_center(id), 0, 1);
}
void Harness::double_click(std::string_view id) {
  advance(1);
  press(visible_center(id), 0, 2);
}
void Harness::right_click(std::string_view id) { press(visible_center(id), 1, 1); }

void Harness::hover(std::string_view id) {
  const ImVec2 at = visible_center(id);
  ImGui::GetIO().AddMousePosEvent(at.x, at.y);
  frames(60);
}

void Harness::click_at(float x, float y, bool shift) {
  ImGuiIO& io = ImGui::GetIO();
  if (shift) io.AddKeyEvent(ImGuiMod_Shift, true);
  press(ImVec2(x, y), 0, 1);
  if (shift) io.AddKeyEvent(ImGuiMod_Shift, false);
  frames(60);  // the next click is not a double one
}

void Harness::drag(float x0, float y0, float x1, float y1) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(x0, y0);
  frames(2);
  io.AddMouseButtonEvent(0, true);
  frame();
  io.AddMousePosEvent((x0 + x1) / 2, (y0 + y1) / 2);
  frame();
  io.AddMousePosEvent(x1, y1);
  frames(2);
  io.AddMouseButtonEvent(0, false);
  frames(2);
}

void Harness::wheel(float x, float y, float steps) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(x, y);
  frames(2);
  io.AddMouseWheelEvent(0, steps);
  frames(2);
}

void Harness::type(std::string_view id, std::string_view text) {
  click(id);
  key("Mod+A");
  if (text.empty()) key("Delete");
  type_text(text);
}

void Harness::type_text(std::string_view text) {
  ImGui::GetIO().AddInputCharactersUTF8(std::string(text).c_str());
  frames(3);
}

void Harness::key(std::string_view chord_text) {
  const auto chord = kit::parse_chord(chord_text);
  INFO("not a chord: " << chord_text);
  REQUIRE(chord.has_value());
  ImGuiIO& io = ImGui::GetIO();
  if (chord->mod || chord->ctrl) io.AddKeyEvent(ImGuiMod_Ctrl, true);
  if (chord->shift) io.AddKeyEvent(ImGuiMod_Shift, true);
  if (chord->alt) io.AddKeyEvent(ImGuiMod_Alt, true);
  frame();
  io.AddKeyEvent(chord->key, true);
  frame();
  io.AddKeyEvent(chord->key, false);
  if (chord->mod || chord->ctrl) io.AddKeyEvent(ImGuiMod_Ctrl, false);
  if (chord->shift) io.AddKeyEvent(ImGuiMod_Shift, false);
  if (chord->alt) io.AddKeyEvent(ImGuiMod_Alt, false);
  frames(3);
}

}  // namespace assay::tests
