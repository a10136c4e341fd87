// Headless ImGui for tests of ui/: no pixels, a fixed window and font, a fake clock. Widgets are
// driven through real mouse and key events at the places that the semantics registry names, so a
// test that clicks "judge.run" clicks what a user would see there.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "ui/kit/context.h"

namespace assay::tests {

class Harness {
 public:
  // `draw` is one frame's contents, between kit::begin_frame and kit::end_frame.
  explicit Harness(std::function<void(kit::Context&)> draw, ImVec2 size = ImVec2(1280, 800));
  ~Harness();
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;

  kit::Context& ctx() { return ctx_; }
  kit::SemanticsRegistry& semantics() { return semantics_; }
  const std::string& clipboard() const { return clipboard_; }
  void set_clipboard(std::string text) { clipboard_ = std::move(text); }
  void resize(ImVec2 size);

  void frame();  // 1/60 s
  void frames(int count);
  // Frames until nothing asks for another at once; the number drawn. Fails after `most`.
  int run_until_idle(int most = 200);
  void advance(double seconds);  // rest, then one frame

  // All of these fail the test when there is no such id, or it has no visible rectangle.
  void click(std::string_view id);
  void double_click(std::string_view id);
  void right_click(std::string_view id);
  void hover(std::string_view id);
  void click_at(float x, float y, bool shift = false);
  void drag(float x0, float y0, float x1, float y1);
  void wheel(float x, float y, float steps);  // up is positive
  // Clicks into the field, selects all, types. Newlines are not keys.
  void type(std::string_view id, std::string_view text);
  void type_text(std::string_view text);  // into what has the caret
  void key(std::string_view chord);       // "Mod+A", "ArrowDown", "Enter"

  bool has(std::string_view id) const { return semantics_.find(id) != nullptr; }
  const kit::SemNode& node(std::string_view id) const;
  std::string name(std::string_view id) const;
  std::string value(std::string_view id) const;
  bool flag(std::string_view id, kit::SemFlag flag) const { return (node(id).flags & flag) != 0; }
  std::string tree(std::string_view under = {}) const;
  // Duplicate ids and unnamed items of the last frame, one a line; "" is what a test wants.
  std::string semantics_problems() const;
  int vertices() const { return vertices_; }

 private:
  ImVec2 visible_center(std::string_view id) const;
  void frame_after(double seconds);
  void press(ImVec2 at, int button, int times);

  std::function<void(kit::Context&)> draw_;
  kit::SemanticsRegistry semantics_;
  kit::Context ctx_;
  ImGuiContext* imgui_ = nullptr;
  std::string clipboard_;
  int vertices_ = 0;
};

}  // namespace assay::tests
