// Parts of the libraries that the page does not use but that what it uses refers to. The linker (--wrap)
// turns those references to the empty functions below, and the parts stay out of the program: 305 kB.
// The list of wrapped symbols is read from the TRIM lines by CMakeLists.txt.
//
// SDL: sound, game controllers, sensors, force feedback, surfaces, the 2D renderer, gestures, files.
// eglGetProcAddress would pull every function of OpenGL ES into program and script; SDL asks it for none
// that it cannot do without. sscanf: Dear ImGui's .ini file needs the whole of it, and the page has none;
// its GL back end reads the shader version with "#version %d", which is what the one below does. strtod: 14 kB with
// the 128-bit floating point that it needs, for what core/base/numbers.h does.
//
// Dear ImGui's tables (the kit has its own) and its list of windows for Ctrl+Tab (there is one window): referred to by
// what mends forgotten End() calls, by the list clipper and by the settings file.
#define SDL_MAIN_HANDLED
#include <EGL/egl.h>
#include <SDL.h>
#include <SDL_shape.h>

#include <cstdarg>
#include <cstddef>
#include <string_view>

#include "core/base/numbers.h"

// clang-format off
#define TRIM(result, name, parameters, ...) \
  result __wrap_##name parameters; \
  result __wrap_##name parameters { __VA_ARGS__ }

using EglFunction = void (*)();
using Bits = Uint32;

// A format of literal text and one %d.
static int scan_one_int(const char* text, const char* format, int* out) {
  while (*format != '\0' && *format != '%' && *text == *format) ++text, ++format;
  if (format[0] != '%' || format[1] != 'd' || *text < '0' || *text > '9') return 0;
  int value = 0;
  for (; *text >= '0' && *text <= '9' && value < 100'000'000; ++text) value = value * 10 + (*text - '0');
  *out = value;
  return 1;
}

// nlohmann/json asks for the whole of a number that it has checked.
static double whole_number(const char* text, char** end) {
  const std::string_view number(text);
  if (end != nullptr) *end = const_cast<char*>(text) + number.size();
  return assay::parse_double(number).value_or(0);
}

extern "C" {
int vsniprintf(char*, size_t, const char*, va_list);  // of Emscripten's C library

TRIM(int, SDL_AudioInit, (const char*), return 0;)
TRIM(void, SDL_AudioQuit, (void))
TRIM(int, SDL_JoystickInit, (void), return 0;)
TRIM(void, SDL_JoystickQuit, (void))
TRIM(void, SDL_JoystickUpdate, (void))
TRIM(int, SDL_NumJoysticks, (void), return 0;)
TRIM(int, SDL_GameControllerInit, (void), return 0;)
TRIM(void, SDL_GameControllerQuit, (void))
TRIM(SDL_GameController*, SDL_GameControllerOpen, (int), return nullptr;)
TRIM(void, SDL_GameControllerClose, (SDL_GameController*))
TRIM(Sint16, SDL_GameControllerGetAxis, (SDL_GameController*, SDL_GameControllerAxis), return 0;)
TRIM(Uint8, SDL_GameControllerGetButton, (SDL_GameController*, SDL_GameControllerButton), return 0;)
TRIM(SDL_bool, SDL_IsGameController, (int), return SDL_FALSE;)
TRIM(int, SDL_HapticInit, (void), return 0;)
TRIM(void, SDL_HapticQuit, (void))
TRIM(int, SDL_SensorInit, (void), return 0;)
TRIM(void, SDL_SensorQuit, (void))
TRIM(void, SDL_SensorUpdate, (void))
TRIM(SDL_Surface*, SDL_CreateRGBSurface, (Bits, int, int, int, Bits, Bits, Bits, Bits), return nullptr;)
TRIM(SDL_Surface*, SDL_CreateRGBSurfaceFrom, (void*, int, int, int, int, Bits, Bits, Bits, Bits), return nullptr;)
TRIM(SDL_Surface*, SDL_CreateRGBSurfaceWithFormat, (Bits, int, int, int, Bits), return nullptr;)
TRIM(SDL_Surface*, SDL_ConvertSurface, (SDL_Surface*, const SDL_PixelFormat*, Bits), return nullptr;)
TRIM(SDL_Surface*, SDL_ConvertSurfaceFormat, (SDL_Surface*, Bits, Bits), return nullptr;)
TRIM(int, SDL_ConvertPixels, (int, int, Bits, const void*, int, Bits, void*, int), return -1;)
TRIM(void, SDL_FreeSurface, (SDL_Surface*))
TRIM(SDL_Renderer*, SDL_CreateRenderer, (SDL_Window*, int, Bits), return nullptr;)
TRIM(SDL_Renderer*, SDL_GetRenderer, (SDL_Window*), return nullptr;)
TRIM(SDL_Texture*, SDL_CreateTexture, (SDL_Renderer*, Bits, int, int, int), return nullptr;)
TRIM(void, SDL_DestroyRenderer, (SDL_Renderer*))
TRIM(void, SDL_DestroyRendererWithoutFreeing, (SDL_Renderer*))
TRIM(void, SDL_DestroyTexture, (SDL_Texture*))
TRIM(int, SDL_GetRendererInfo, (SDL_Renderer*, SDL_RendererInfo*), return -1;)
TRIM(int, SDL_GetRenderDriverInfo, (int, SDL_RendererInfo*), return -1;)
TRIM(int, SDL_GetNumRenderDrivers, (void), return 0;)
TRIM(int, SDL_UpdateTexture, (SDL_Texture*, const SDL_Rect*, const void*, int), return -1;)
TRIM(int, SDL_RenderCopy, (SDL_Renderer*, SDL_Texture*, const SDL_Rect*, const SDL_Rect*), return -1;)
TRIM(void, SDL_RenderPresent, (SDL_Renderer*))
TRIM(int, SDL_RenderSetViewport, (SDL_Renderer*, const SDL_Rect*), return -1;)
TRIM(int, SDL_SetWindowShape, (SDL_Window*, SDL_Surface*, SDL_WindowShapeMode*), return -1;)
TRIM(int, SDL_GestureProcessEvent, (SDL_Event*), return 0;)
TRIM(SDL_RWops*, SDL_RWFromFile, (const char*, const char*), return nullptr;)
TRIM(int, sscanf, (const char* text, const char* format, ...),
  va_list arguments; va_start(arguments, format); int* out = va_arg(arguments, int*); va_end(arguments);
  return scan_one_int(text, format, out);)
TRIM(int, vsnprintf, (char* out, size_t size, const char* format, va_list values), return vsniprintf(out, size, format, values);)
TRIM(double, strtod, (const char* text, char** end), return whole_number(text, end);)
TRIM(EglFunction, eglGetProcAddress, (const char*), return nullptr;)

TRIM(void, _ZN5ImGui8EndTableEv, (void))                    // EndTable()
TRIM(void, _ZN5ImGui11TableEndRowEP10ImGuiTable, (void*))  // TableEndRow(ImGuiTable*)
TRIM(void, _ZN5ImGui31TableSettingsAddSettingsHandlerEv, (void))
TRIM(bool, _ZN5ImGui10SelectableEPKcbiRK6ImVec2, (const char*, bool, int, const void*), return false;)
}
// clang-format on
