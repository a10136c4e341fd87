// Rect and FunctionRef: the two small helpers that every header of the kit uses.
// All lengths of the kit are ImGui points (CSS pixels in the page), suffix _pt.
#pragma once

#include <imgui.h>

#include <memory>
#include <type_traits>
#include <utility>

namespace assay::kit {

struct Rect {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;

  float width() const { return x1 - x0; }
  float height() const { return y1 - y0; }
  ImVec2 min() const { return ImVec2(x0, y0); }
  ImVec2 max() const { return ImVec2(x1, y1); }
  ImVec2 size() const { return ImVec2(x1 - x0, y1 - y0); }
  float center_x() const { return (x0 + x1) * 0.5F; }
  float center_y() const { return (y0 + y1) * 0.5F; }
  bool empty() const { return x1 <= x0 || y1 <= y0; }
  bool contains(ImVec2 p) const { return p.x >= x0 && p.x < x1 && p.y >= y0 && p.y < y1; }
  Rect shrunk(float dx, float dy) const { return {x0 + dx, y0 + dy, x1 - dx, y1 - dy}; }
  friend bool operator==(const Rect&, const Rect&) = default;
};

inline Rect intersection(const Rect& a, const Rect& b) {
  return {a.x0 > b.x0 ? a.x0 : b.x0, a.y0 > b.y0 ? a.y0 : b.y0, a.x1 < b.x1 ? a.x1 : b.x1,
          a.y1 < b.y1 ? a.y1 : b.y1};
}

// A borrowed callable, for parameters only: it must not outlive the call.
template <typename Signature>
class FunctionRef;

template <typename R, typename... Args>
class FunctionRef<R(Args...)> {
 public:
  FunctionRef() = default;
  FunctionRef(R (*function)(Args...))  // NOLINT(google-explicit-constructor)
      : object_(reinterpret_cast<void*>(function)), call_([](void* object, Args... args) -> R {
          return reinterpret_cast<R (*)(Args...)>(object)(std::forward<Args>(args)...);
        }) {}
  template <typename F>
  requires(std::is_class_v<std::remove_cvref_t<F>> &&
           !std::is_same_v<std::remove_cvref_t<F>, FunctionRef>)
      FunctionRef(F&& f)  // NOLINT(google-explicit-constructor)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* object, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Args>(args)...);
        }) {}
  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }
  explicit operator bool() const { return call_ != nullptr; }

 private:
  void* object_ = nullptr;
  R (*call_)(void*, Args...) = nullptr;
};

}  // namespace assay::kit
