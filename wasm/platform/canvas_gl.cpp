#include "wasm/platform/canvas_gl.h"

#define SDL_MAIN_HANDLED  // the page starts the program, not SDL
#include <GLES3/gl3.h>
#include <SDL.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_impl_sdl2.h>

#include <string>

#include "wasm/platform/js.h"

extern "C" {
void assay_js_dirty(int frames);
// Gives the canvas its size in whole device pixels; out: width, height, and device pixels per CSS pixel.
void assay_js_canvas_fit(int* width_px, int* height_px, double* ratio);
}

namespace assay::platform {

namespace {

// Every SDL event wakes the page. SDL pushes a sentinel through the watchers at each poll: it would
// keep the page drawing for ever.
int wake_on_event(void*, SDL_Event* event) {
  if (event->type != SDL_POLLSENTINEL) assay_js_dirty(3);
  return 0;
}

}  // namespace

Status CanvasGl::open() {
  attach_js("canvas", this);
  SDL_SetMainReady();
  // Keys never go through SDL: this element exists, is inert, and never has the focus.
  SDL_SetHint(SDL_HINT_EMSCRIPTEN_KEYBOARD_ELEMENT, "#nokeys");
  if (SDL_Init(SDL_INIT_VIDEO) != 0) return make_error(ErrorCode::Unsupported, SDL_GetError());
  SDL_EventState(SDL_TEXTINPUT, SDL_DISABLE);  // SDL_Init switches it on
  SDL_EventState(SDL_KEYDOWN, SDL_DISABLE);
  SDL_EventState(SDL_KEYUP, SDL_DISABLE);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_ES);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 0);
  SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
  window_ = SDL_CreateWindow("", 0, 0, 640, 480,
                             SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
  if (window_ == nullptr) return make_error(ErrorCode::Unsupported, SDL_GetError());
  gl_ = SDL_GL_CreateContext(window_);
  if (gl_ == nullptr) return make_error(ErrorCode::Unsupported, SDL_GetError());
  ImGui_ImplSDL2_InitForOpenGL(window_, gl_);
  ImGui_ImplOpenGL3_Init("#version 300 es");
  SDL_AddEventWatch(wake_on_event, nullptr);
  return ok_status();
}

void CanvasGl::begin_frame() {
  SDL_Event event;
  while (SDL_PollEvent(&event) != 0) ImGui_ImplSDL2_ProcessEvent(&event);
  if (!context_lost_) ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplSDL2_NewFrame();
  int width_px = 1;
  int height_px = 1;
  double ratio = 1;
  assay_js_canvas_fit(&width_px, &height_px, &ratio);
  ImGuiIO& io = ImGui::GetIO();
  // The back end multiplies size and scale and cuts the fraction off; the hundredth keeps it from
  // losing a whole pixel to rounding.
  io.DisplaySize = ImVec2(static_cast<float>((width_px + 0.01) / ratio),
                          static_cast<float>((height_px + 0.01) / ratio));
  io.DisplayFramebufferScale = ImVec2(static_cast<float>(ratio), static_cast<float>(ratio));
  ImGui::NewFrame();
}

void CanvasGl::draw(float red, float green, float blue) {
  if (context_lost_) return;
  const ImGuiIO& io = ImGui::GetIO();
  glViewport(0, 0, static_cast<int>(io.DisplaySize.x * io.DisplayFramebufferScale.x),
             static_cast<int>(io.DisplaySize.y * io.DisplayFramebufferScale.y));
  glClearColor(red, green, blue, 1.0F);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  SDL_GL_SwapWindow(window_);
}

void CanvasGl::on_context_restored() {
  ImGui_ImplOpenGL3_DestroyDeviceObjects();
  ImGui_ImplOpenGL3_CreateDeviceObjects();
  context_lost_ = false;
}

ASSAY_EXPORT void assay_canvas_lost(CanvasGl* canvas) { canvas->on_context_lost(); }
ASSAY_EXPORT void assay_canvas_restored(CanvasGl* canvas) { canvas->on_context_restored(); }

}  // namespace assay::platform
