// The canvas: SDL window, WebGL 2 context, and Dear ImGui's two back ends. The only file, with input,
// that knows SDL. SDL gives window, context, mouse, wheel, touch and cursor; keys, text, clipboard and
// pacing are the page's own.
//
// Sizes: io.DisplaySize is CSS pixels, the framebuffer is whole device pixels, and the scale between
// them is exactly devicePixelRatio, so that glyphs fall on device pixels at any ratio.
#pragma once

#include "core/base/result.h"

struct SDL_Window;

namespace assay::platform {

class CanvasGl {
 public:
  CanvasGl() = default;
  CanvasGl(const CanvasGl&) = delete;
  CanvasGl& operator=(const CanvasGl&) = delete;

  // Needs a current ImGui context. Fails where the browser gives no WebGL 2.
  Status open();

  // Feeds waiting events to ImGui, takes over size and pixel ratio, starts ImGui's frame.
  void begin_frame();
  // Draws what ImGui::Render() has made. Without a live context it does nothing.
  void draw(float red, float green, float blue);

  void on_context_lost() { context_lost_ = true; }
  void on_context_restored();
  bool context_lost() const { return context_lost_; }

 private:
  SDL_Window* window_ = nullptr;
  void* gl_ = nullptr;  // SDL_GLContext
  bool context_lost_ = false;
};

}  // namespace assay::platform
