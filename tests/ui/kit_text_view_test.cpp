#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/ui/harness.h"
#include "ui/kit/layout.h"
#include "ui/kit/text_view.h"

using namespace assay::kit;
using assay::tests::Harness;

namespace {

struct Fixture {
  std::string text = "Hello brave world\nsecond line";
  TextViewState state;
  WrapCache cache;
  TextViewOptions options;
  TextViewResult last;
  bool menu = false, copied = false;
  Harness h{[this](Context& ctx) {
              begin_root(ctx);
              options.name = "Message";
              last = text_view(ctx, "text", text, state, cache, options);
              menu = menu || last.wants_menu;
              copied = copied || last.copied;
              end_root(ctx);
            },
            ImVec2(600, 300)};

  std::string selected() const {
    const TextRange range = state.selection.range();
    return text.substr(range.from, range.to - range.from);
  }
};

}  // namespace

TEST_CASE("Text is registered whole, and its lines are drawn", "[kit][text]") {
  Fixture f;
  f.h.frame();
  CHECK(f.h.value("text") == f.text);
  CHECK(f.h.name("text") == "Message");
  CHECK(f.last.lines_drawn == 2);
  CHECK(f.h.semantics_problems() == "");
}

TEST_CASE("The mouse selects characters, words and paragraphs", "[kit][text]") {
  Fixture f;
  f.h.frame();
  f.h.drag(1, 8, 500, 8);
  CHECK(f.selected() == "Hello brave world");
  f.h.advance(1);
  f.h.click_at(5, 8);
  CHECK(f.state.selection.empty());
  ImGuiIO& io = ImGui::GetIO();
  const auto clicks = [&](int count) {
    f.h.frames(60);
    io.AddMousePosEvent(60, 8);
    f.h.frame();
    for (int i = 0; i < count; ++i) {
      io.AddMouseButtonEvent(0, true);
      f.h.frame();
      io.AddMouseButtonEvent(0, false);
      f.h.frame();
    }
  };
  clicks(2);
  CHECK(f.selected() == "brave");
  clicks(3);
  CHECK(f.selected() == "Hello brave world\n");
}

TEST_CASE("Shift-click extends, Ctrl+A takes all, Ctrl+C copies", "[kit][text]") {
  Fixture f;
  f.h.frame();
  f.h.click_at(1, 8);
  f.h.click_at(500, 8, true);
  CHECK(f.selected() == "Hello brave world");
  f.h.key("Mod+C");
  CHECK(f.h.clipboard() == "Hello brave world");
  CHECK(f.copied);
  f.h.key("Mod+A");
  CHECK(f.selected() == f.text);
  f.h.key("Mod+C");
  CHECK(f.h.clipboard() == f.text);
}

TEST_CASE("Shift and arrows extend the selection from the keyboard", "[kit][text]") {
  Fixture f;
  f.h.frame();
  f.h.click_at(1, 8);
  f.h.key("Shift+ArrowRight");
  f.h.key("Shift+ArrowRight");
  CHECK(f.selected() == "He");
  f.h.key("Mod+Shift+ArrowRight");
  CHECK(f.selected() == "Hello ");
  f.h.key("Shift+ArrowDown");
  CHECK(f.selected().starts_with("Hello brave world\n"));
  f.h.key("Shift+ArrowUp");
  CHECK(f.selected() == "Hello ");
  f.h.key("Shift+End");
  CHECK(f.selected() == "Hello brave world");
}

TEST_CASE("Another text drops the selection, the same one keeps it", "[kit][text]") {
  Fixture f;
  f.h.frame();
  f.h.click_at(1, 8);
  f.h.key("Mod+A");
  f.h.frames(2);
  CHECK_FALSE(f.state.selection.empty());
  f.text = "other";
  f.h.frame();
  CHECK(f.state.selection.empty());
  CHECK(f.h.value("text") == "other");
}

TEST_CASE("Megabytes are wrapped in steps, and only what is in view is drawn", "[kit][text]") {
  Fixture f;
  f.text.clear();
  while (f.text.size() < 3'000'000)
    f.text += "The quick brown fox jumps over the lazy dog, again and again. ";
  f.options.height_pt = 300;
  f.options.identity = 77;
  f.h.frame();
  CHECK(f.last.lines_drawn < 40);
  CHECK(f.h.ctx().wants_frame_in_s == 0);  // more to wrap
  const int frames = f.h.run_until_idle(2000);
  CHECK(frames > 3);
  CHECK(f.h.ctx().wants_frame_in_s < 0);
  f.state.scroll_to_byte = static_cast<int64_t>(f.text.size()) - 1;
  f.h.frames(2);
  CHECK(f.state.scroll_to_byte == -1);
  CHECK(f.state.scroll_y_pt > 500000);
  CHECK(f.last.lines_drawn < 40);
  CHECK(f.h.value("text").size() <= kSemValueLimitBytes);
}

TEST_CASE("A scrolling text answers wheel and keys", "[kit][text]") {
  Fixture f;
  f.text.clear();
  for (int i = 0; i < 500; ++i)
    f.text += "line " + std::to_string(i) + "\n";
  f.options.height_pt = 300;
  f.h.frames(2);
  f.h.wheel(100, 100, -1);
  CHECK(f.state.scroll_y_pt > 30);
  f.h.click_at(100, 100);
  f.h.key("End");
  CHECK(f.state.scroll_y_pt > 5000);
  f.h.key("Home");
  CHECK(f.state.scroll_y_pt == 0);
  f.h.key("PageDown");
  CHECK(f.state.scroll_y_pt > 200);
}

TEST_CASE("Right click keeps the selection and asks for a menu", "[kit][text]") {
  Fixture f;
  f.h.frame();
  f.h.click_at(1, 8);
  f.h.key("Mod+A");
  f.h.right_click("text");
  CHECK(f.menu);
  CHECK(f.selected() == f.text);
}

TEST_CASE("Hostile text is drawn without harm", "[kit][text]") {
  Fixture f;
  f.text = std::string("a\xFF\xF4\x8F\xBF\xBF\0b\t\r\n\xED\xA0\x80", 15);
  f.options.marks = {};
  f.h.frames(2);
  f.h.click_at(1, 8);
  f.h.key("Mod+A");
  f.h.key("Mod+C");
  CHECK(f.last.lines_drawn >= 1);
  f.text.clear();
  f.h.frames(2);
  f.h.key("Mod+A");
  f.h.key("Mod+C");
  CHECK(f.state.selection.empty());
}

TEST_CASE("Marks and colours beyond the text do no harm", "[kit][text]") {
  Fixture f;
  static constexpr TextMark kMarks[] = {{0, 5, Color::Highlight},
                                        {20, 4000000000U, Color::Highlight}};
  static constexpr ColorRun kRuns[] = {{2, 9, Color::Pass}, {9, 4000000000U, Color::Fail}};
  f.options.marks = kMarks;
  f.options.colors = kRuns;
  f.options.line_numbers = true;
  f.options.style = TextStyle::Mono;
  f.h.frames(3);
  CHECK(f.last.lines_drawn == 2);
}

TEST_CASE("The wrap cache stays inside its budget", "[kit][text]") {
  WrapCache cache(10000);
  for (uint64_t i = 1; i < 100; ++i) {
    cache.entry(i, 10, 100, nullptr, 14).wrap.line_starts.resize(500);
    CHECK(cache.size_bytes() < 14000);
  }
  CHECK(&cache.entry(99, 10, 100, nullptr, 14) == &cache.entry(99, 10, 100, nullptr, 14));
}
