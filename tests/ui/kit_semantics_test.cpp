#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/ui/harness.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"

using namespace assay::kit;
using assay::tests::Harness;

TEST_CASE("Interactive ImGui items without an id of ours are found", "[kit]") {
  char buffer[16] = "";
  bool value = false;
  Harness h([&](Context& ctx) {
    begin_root(ctx);
    button(ctx, "named", "Named");
    ImGui::Button("Bare button");
    ImGui::Checkbox("Bare box", &value);
    ImGui::InputText("##bare field", buffer, sizeof(buffer));
    ImGui::TextUnformatted("Text is not interactive");
    end_root(ctx);
  });
  const std::string problems = h.semantics_problems();
  CHECK(problems.find("Bare button") != std::string::npos);
  CHECK(problems.find("Bare box") != std::string::npos);
  CHECK(problems.find("bare field") != std::string::npos);
  CHECK(h.semantics().unnamed_items().size() == 3);
  h.semantics().set_watch_items(false);
  h.frames(2);
  CHECK(h.semantics().unnamed_items().empty());
}

TEST_CASE("The same id twice is found", "[kit]") {
  Harness h([&](Context& ctx) {
    begin_root(ctx);
    text_node(ctx, "twice", "One");
    text_node(ctx, "twice", "Two");
    text_node(ctx, "once", "Three");
    text_node(ctx, "", "Without an id");
    text_node(ctx, "", "Without an id");
    end_root(ctx);
  });
  CHECK(h.semantics().duplicate_ids() == std::vector<std::string>{"twice"});
}

TEST_CASE("The tree prints with nesting, states and values", "[kit]") {
  bool on = true;
  Harness h([&](Context& ctx) {
    begin_root(ctx);
    RegionOptions region;
    region.name = "Details";
    region.role = Role::Region;
    begin_region(ctx, "details", ImVec2(300, 200), region);
    heading(ctx, "details.title", "Title \"quoted\"", 2);
    checkbox(ctx, "details.on", "On", on);
    end_region(ctx);
    text_node(ctx, "after", "After");
    end_root(ctx);
  });
  CHECK(h.tree() ==
        "region \"Details\" #details\n"
        "  heading 2 \"Title \\\"quoted\\\"\" #details.title\n"
        "  checkbox \"On\" [checked] #details.on\n"
        "text \"After\" #after\n");
  CHECK(h.tree("details.on") == "checkbox \"On\" [checked] #details.on\n");
  const std::string json = h.semantics().to_json();
  CHECK(json.find(R"("id":"details.on","role":"checkbox","name":"On","value":"","rect":[)") !=
        std::string::npos);
  CHECK(json.find(R"("enabled":true,"parent":0,"checked":true,"checkable":true})") !=
        std::string::npos);
  CHECK(json.find(R"("name":"Title \"quoted\"")") != std::string::npos);
}

TEST_CASE("Rectangles are clipped to what can be seen", "[kit]") {
  Harness h([&](Context& ctx) {
    begin_root(ctx);
    RegionOptions region;
    region.scroll_y = true;
    begin_region(ctx, "box", ImVec2(200, 100), region);
    for (int i = 0; i < 20; ++i)
      button(ctx, id_with("b", static_cast<int64_t>(i)), "Button");
    end_region(ctx);
    end_root(ctx);
  });
  CHECK_FALSE(h.node("b[0]").rect.empty());
  CHECK(h.node("b[2]").rect.y1 <= 100);
  CHECK(h.node("b[15]").rect.empty());
}

TEST_CASE(
    "Requests wait for their widget, are answered once, and are reported when nobody takes them",
    "[kit]") {
  int pressed = 0;
  bool shown = false;
  Harness h([&](Context& ctx) {
    begin_root(ctx);
    if (shown && button(ctx, "late", "Late")) ++pressed;
    end_root(ctx);
  });
  h.semantics().activate("late");
  h.frame();
  CHECK(h.semantics().has_requests());
  CHECK(h.ctx().wants_frame_in_s == 0);
  shown = true;
  h.frames(4);
  CHECK(pressed == 1);
  h.semantics().activate("never.there");
  h.semantics().set_text("nor.this", "x");
  h.frames(10);
  CHECK_FALSE(h.semantics().has_requests());
  CHECK(h.semantics().take_missed_requests() ==
        std::vector<std::string>{"activate never.there", "set_text nor.this"});
  CHECK(h.semantics().take_missed_requests().empty());
}

TEST_CASE("The hash changes with what is shown, and only then", "[kit]") {
  std::string shown = "A";
  Harness h([&](Context& ctx) {
    begin_root(ctx);
    text_node(ctx, "t", shown);
    end_root(ctx);
  });
  const uint64_t first = h.semantics().hash();
  h.frames(3);
  CHECK(h.semantics().hash() == first);
  shown = "B";
  h.frame();
  CHECK(h.semantics().hash() != first);
}

TEST_CASE("Ids are built from parts", "[kit]") {
  CHECK(id_with("annotate.label", "toxic") == "annotate.label[toxic]");
  CHECK(id_with("row", int64_t{-3}) == "row[-3]");
  CHECK(id_part("search", "clear") == "search.clear");
}
