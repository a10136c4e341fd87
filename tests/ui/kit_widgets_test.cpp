#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <string>

#include "tests/ui/harness.h"
#include "ui/kit/display.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"

using namespace assay::kit;
using assay::tests::Harness;

namespace {

// One frame's contents inside the root window.
struct Page {
  std::function<void(Context&)> draw;
  Harness h{[this](Context& ctx) {
    begin_root(ctx);
    if (draw) draw(ctx);
    end_root(ctx);
  }};
  explicit Page(std::function<void(Context&)> contents) : draw(std::move(contents)) { h.frames(3); }
};

constexpr Choice kChoices[] = {{"a", "Alpha"}, {"b", "Beta"}, {"c", "Gamma", nullptr, false}};

}  // namespace

TEST_CASE("A button answers mouse, keyboard and requests, and not when disabled", "[kit]") {
  int pressed = 0;
  bool enabled = true;
  Page p([&](Context& ctx) {
    pressed += button(ctx, "go", "Go", ButtonKind::Primary, nullptr, enabled) ? 1 : 0;
  });
  CHECK(p.h.name("go") == "Go");
  p.h.click("go");
  CHECK(pressed == 1);
  p.h.semantics().activate("go");
  p.h.frames(2);
  CHECK(pressed == 2);
  p.h.semantics().focus("go");
  p.h.frames(3);
  CHECK(p.h.flag("go", kSemFocused));
  p.h.key("Enter");
  CHECK(pressed == 3);
  p.h.key("Space");
  CHECK(pressed == 4);
  enabled = false;
  p.h.frame();
  CHECK(p.h.flag("go", kSemDisabled));
  p.h.click("go");
  p.h.semantics().activate("go");
  p.h.frames(3);
  CHECK(pressed == 4);
  CHECK(p.h.semantics_problems() == "");
}

TEST_CASE("Tab walks through widgets and shows where it is", "[kit]") {
  bool on = false;
  std::string text;
  Page p([&](Context& ctx) {
    button(ctx, "first", "First");
    checkbox(ctx, "second", "Second", on);
    TextInputOptions o;
    o.name = "Third";
    text_input(ctx, "third", text, o);
  });
  p.h.semantics().focus("first");
  p.h.frames(3);
  p.h.key("Tab");
  CHECK(p.h.flag("second", kSemFocused));
  p.h.key("Space");
  CHECK(on);
  p.h.key("Tab");
  CHECK(p.h.flag("third", kSemFocused));
  p.h.type_text("abc");
  CHECK(text == "abc");
}

TEST_CASE("Checkboxes, switches, radios and segments hold their state", "[kit]") {
  bool on = false, power = false;
  int mixed = -1, radio = 0, segment = 0;
  Page p([&](Context& ctx) {
    checkbox(ctx, "check", "Check", on);
    checkbox_tristate(ctx, "some", "Some", mixed);
    toggle_switch(ctx, "power", "Power", power);
    radio_group(ctx, "radio", "Radio", kChoices, radio);
    segmented(ctx, "segment", "Segment", kChoices, segment);
  });
  p.h.click("check");
  CHECK(on);
  CHECK(p.h.flag("check", kSemChecked));
  CHECK(p.h.flag("some", kSemMixed));
  p.h.click("some");
  CHECK(mixed == 1);
  p.h.click("power");
  CHECK(power);
  p.h.click("radio[b]");
  CHECK(radio == 1);
  CHECK(p.h.flag("radio[b]", kSemChecked));
  p.h.click("radio[c]");
  CHECK(radio == 1);  // disabled
  p.h.click("segment[b]");
  CHECK(segment == 1);
  CHECK(p.h.tree("segment") ==
        "radiogroup \"Segment\" #segment\n"
        "  radio \"Alpha\" [unchecked] 1/3 #segment[a]\n"
        "  radio \"Beta\" [checked] 2/3 #segment[b]\n"
        "  radio \"Gamma\" [unchecked disabled] 3/3 #segment[c]\n");
  CHECK(p.h.semantics_problems() == "");
}

TEST_CASE("A select opens its list, takes a choice and closes", "[kit]") {
  int selected = 0;
  int changes = 0;
  Page p(
      [&](Context& ctx) { changes += select(ctx, "model", "Model", kChoices, selected) ? 1 : 0; });
  CHECK(p.h.value("model") == "Alpha");
  p.h.click("model");
  REQUIRE(p.h.has("model[b]"));
  CHECK(p.h.flag("model[a]", kSemSelected));
  CHECK(p.h.semantics_problems() == "");
  p.h.click("model[b]");
  CHECK(selected == 1);
  CHECK(changes == 1);
  CHECK_FALSE(p.h.has("model[b]"));
  p.h.click("model");
  p.h.key("Escape");
  CHECK_FALSE(p.h.has("model[b]"));
  CHECK(selected == 1);
}

TEST_CASE("A text field reports every change, and its commits once", "[kit]") {
  std::string text = "old";
  int changed = 0, submitted = 0, left = 0;
  Page p([&](Context& ctx) {
    TextInputOptions o;
    o.name = "Name";
    o.placeholder = "A name";
    const TextInputResult r = text_input(ctx, "name", text, o);
    changed += r.changed ? 1 : 0;
    submitted += r.submitted ? 1 : 0;
    left += r.deactivated_after_edit ? 1 : 0;
    button(ctx, "other", "Other");
  });
  p.h.type("name", "new 文🎉");
  CHECK(text == "new 文🎉");
  CHECK(p.h.value("name") == "new 文🎉");
  CHECK(changed >= 1);
  CHECK(submitted == 0);
  p.h.key("Enter");
  CHECK(submitted == 1);
  CHECK(left == 1);
  p.h.type("name", "again");
  p.h.click("other");
  CHECK(left == 2);
  CHECK(submitted == 1);
  p.h.semantics().set_text("name", "by the mirror");
  p.h.frames(2);
  CHECK(text == "by the mirror");
  CHECK(left == 3);
  p.h.type("name", "thrown away");
  p.h.key("Escape");
  CHECK(text == "by the mirror");
  CHECK(p.h.semantics_problems() == "");
}

TEST_CASE("A field cuts what is too long between code points and clears by its button", "[kit]") {
  std::string text;
  bool cleared = false;
  Page p([&](Context& ctx) {
    TextInputOptions o;
    o.name = "Search";
    o.max_bytes = 8;
    o.clear_button = true;
    o.search = true;
    cleared = text_input(ctx, "q", text, o).cleared || cleared;
  });
  p.h.type("q", "中文字符");
  CHECK(text == "中文");
  REQUIRE(p.h.has("q.clear"));
  p.h.click("q.clear");
  CHECK(text.empty());
  CHECK(cleared);
  CHECK_FALSE(p.h.has("q.clear"));
}

TEST_CASE("A field that is given the focus has it before the next key comes", "[kit]") {
  bool take = false;
  std::string text;
  Page p([&](Context& ctx) {
    TextInputOptions options;
    options.name = "Name";
    options.take_focus = take;
    take = false;
    text_input(ctx, "name", text, options);
  });
  p.h.run_until_idle(60);
  take = true;
  // No more frames than are asked for: the page draws none otherwise.
  do {
    p.h.frame();
  } while (imgui_wants_frame_in_s() == 0);
  ImGui::GetIO().AddInputCharacter('q');
  p.h.frames(2);
  CHECK(text == "q");
}

TEST_CASE("A secret is typed but never told", "[kit]") {
  std::string secret = "sk-123";
  Page p([&](Context& ctx) {
    TextInputOptions o;
    o.name = "Key";
    o.password = true;
    text_input(ctx, "key", secret, o);
  });
  CHECK(p.h.value("key").empty());
  CHECK(p.h.flag("key", kSemPassword));
  CHECK(p.h.semantics().to_json().find("sk-123") == std::string::npos);
  p.h.click("key.reveal");
  CHECK(p.h.value("key").empty());
  p.h.type("key", "sk-456");
  CHECK(secret == "sk-456");
}

TEST_CASE("A text area takes lines natively and submits by Ctrl+Enter", "[kit]") {
  std::string text;
  int submitted = 0, left = 0;
  Page p([&](Context& ctx) {
    TextAreaOptions o;
    o.name = "Note";
    const TextInputResult r = text_area(ctx, "note", text, o);
    submitted += r.submitted ? 1 : 0;
    left += r.deactivated_after_edit ? 1 : 0;
  });
  p.h.type("note", "first");
  p.h.key("Enter");
  p.h.type_text("second");
  CHECK(text == "first\nsecond");
  CHECK(p.h.flag("note", kSemMultiline));
  p.h.key("Mod+Enter");
  CHECK(submitted == 1);
  CHECK(p.h.semantics_problems() == "");
}

TEST_CASE("In the page a text area asks for a DOM element and follows its events", "[kit]") {
  std::string text = "start";
  TextInputResult last;
  int left = 0;
  Page p([&](Context& ctx) {
    TextAreaOptions o;
    o.name = "Note";
    o.placeholder = "Why?";
    last = text_area(ctx, "note", text, o);
    left += last.deactivated_after_edit ? 1 : 0;
  });
  Context& ctx = p.h.ctx();
  ctx.dom_text_areas = true;
  p.h.frame();
  REQUIRE(ctx.overlays.size() == 1);
  const OverlayRequest first = ctx.overlays[0];
  CHECK(first.id == "note");
  CHECK(first.text == "start");
  CHECK(first.name == "Note");
  CHECK(first.placeholder == "Why?");
  CHECK_FALSE(first.covered);
  CHECK(first.rect.width() > 100);
  CHECK(p.h.flag("note", kSemDomOverlay));

  ctx.overlay_events.push_back({OverlayEventKind::Input, "note", "typed"});
  p.h.frame();
  CHECK(text == "typed");
  CHECK(last.changed);
  CHECK(left == 0);
  CHECK(ctx.overlays[0].revision ==
        first.revision);  // the element knows: it must not be overwritten
  ctx.overlay_events.push_back({OverlayEventKind::Commit, "note", "typed!"});
  p.h.frame();
  CHECK(text == "typed!");
  CHECK(left == 1);
  ctx.overlay_events.push_back({OverlayEventKind::Commit, "note", "typed!"});
  p.h.frame();
  CHECK(left == 1);  // nothing new
  text = "undone";
  p.h.frame();
  CHECK(ctx.overlays[0].text == "undone");
  CHECK(ctx.overlays[0].revision > first.revision);
  ctx.overlay_events.push_back({OverlayEventKind::Input, "other", "not ours"});
  p.h.frame();
  CHECK(text == "undone");
}

TEST_CASE("An overlay gives way to a dialog above it", "[kit]") {
  std::string text = "note";
  bool open = false;
  Page p([&](Context& ctx) {
    TextAreaOptions o;
    o.name = "Note";
    text_area(ctx, "note", text, o);
    if (begin_dialog(ctx, "dialog", "Dialog", open)) end_dialog(ctx);
  });
  p.h.ctx().dom_text_areas = true;
  p.h.frame();
  CHECK_FALSE(p.h.ctx().overlays.at(0).covered);
  open = true;
  p.h.frames(3);
  CHECK(p.h.ctx().overlays.at(0).covered);
}

TEST_CASE("Tabs, navigation and fold headers select and fold", "[kit]") {
  int tab = 0;
  bool open = true, went = false;
  static constexpr Tab kTabs[] = {{"one", "One"}, {"two", "Two", nullptr, 12}};
  Page p([&](Context& ctx) {
    tabs(ctx, "tabs", "Views", kTabs, tab);
    went = nav_item(ctx, "nav.traces", "x", "Traces", true, true) || went;
    fold_header(ctx, "fold", "Attributes", open, 3);
  });
  p.h.click("tabs[two]");
  CHECK(tab == 1);
  CHECK(p.h.flag("tabs[two]", kSemSelected));
  p.h.click("nav.traces");
  CHECK(went);
  p.h.click("fold");
  CHECK_FALSE(open);
  CHECK(p.h.semantics_problems() == "");
}

TEST_CASE("Tree rows select, fold by chevron, arrow and request", "[kit]") {
  bool expanded = true;
  int clicked = 0, toggled = 0;
  Page p([&](Context& ctx) {
    TreeRowOptions o;
    o.expandable = true;
    o.expanded = expanded;
    const TreeRowResult r = tree_row(ctx, "tree[a]", "Root", o);
    clicked += r.clicked ? 1 : 0;
    toggled += r.toggled ? 1 : 0;
    if (r.toggled) expanded = !expanded;
    o.level = 2;
    o.expandable = false;
    if (expanded) tree_row(ctx, "tree[b]", "Child", o);
  });
  p.h.click("tree[a]");
  CHECK((clicked == 1 && toggled == 0));
  const Rect row = p.h.node("tree[a]").rect;
  p.h.frames(60);
  p.h.click_at(row.x0 + 10, row.center_y());
  CHECK((clicked == 1 && toggled == 1));
  CHECK_FALSE(p.h.has("tree[b]"));
  p.h.key("ArrowRight");
  CHECK(expanded);
  p.h.key("ArrowLeft");
  CHECK_FALSE(expanded);
  p.h.semantics().set_value("tree[a]", 1);
  p.h.frames(2);
  CHECK(expanded);
}

TEST_CASE("A menu whose contents change asks for the frame in which it fits them", "[kit]") {
  int items = 1;
  Page p([&](Context& ctx) {
    if (button(ctx, "menu_button", "More")) open_popup(ctx, "menu");
    if (begin_menu(ctx, "menu", "More")) {
      for (int i = 0; i < items; ++i) menu_item(ctx, id_with("menu.item", i), "One");
      end_menu(ctx);
    }
  });
  p.h.click("menu_button");
  p.h.run_until_idle();
  const float before = p.h.node("menu").rect.height();
  items = 5;
  p.h.frame();
  CHECK(p.h.run_until_idle() > 0);
  CHECK(p.h.node("menu").rect.height() > before + 100);
}

TEST_CASE("A box for notes grows with its text, so far", "[kit]") {
  std::string text;
  Page p([&](Context& ctx) {
    TextAreaOptions options;
    options.name = "Note";
    options.width_pt = 200;
    options.height_pt = 64;
    options.most_lines = 10;
    text_area(ctx, "note", text, options);
  });
  const float least = p.h.node("note").rect.height();
  CHECK(least == 64);
  text = "one\ntwo\nthree\nfour\nfive\nsix";
  p.h.frame();
  const float six = p.h.node("note").rect.height();
  CHECK(six > least + 30);
  text = std::string(200, 'w') + " " + std::string(200, 'w');  // wraps
  p.h.frame();
  CHECK(p.h.node("note").rect.height() > six);
  text = std::string(100, '\n');
  p.h.frame();
  CHECK(p.h.node("note").rect.height() < 64 + 200);
}

TEST_CASE("A menu runs its item and closes; Esc only closes", "[kit]") {
  int undone = 0;
  Page p([&](Context& ctx) {
    if (button(ctx, "menu_button", "More")) open_popup(ctx, "menu");
    if (begin_menu(ctx, "menu", "More")) {
      undone += menu_item(ctx, "menu.undo", "Undo") ? 1 : 0;
      menu_separator(ctx);
      MenuItemOptions off;
      off.enabled = false;
      undone += menu_item(ctx, "menu.redo", "Redo", off) ? 100 : 0;
      end_menu(ctx);
    }
  });
  p.h.click("menu_button");
  REQUIRE(p.h.has("menu.undo"));
  CHECK(p.h.node("menu").role == Role::Menu);
  p.h.click("menu.redo");
  CHECK(undone == 0);
  p.h.click("menu.undo");
  CHECK(undone == 1);
  CHECK_FALSE(p.h.has("menu"));
  p.h.click("menu_button");
  p.h.key("Escape");
  CHECK_FALSE(p.h.has("menu"));
  CHECK(undone == 1);
}

TEST_CASE("A menu that grows while it is open stays on the screen, and scrolls when it is longer", "[kit]") {
  int items = 0;
  std::string chosen;
  Page p([&](Context& ctx) {
    gap(300);
    if (button(ctx, "menu_button", "More")) open_popup(ctx, "menu");
    if (begin_menu(ctx, "menu", "More")) {
      for (int i = 0; i < items; ++i) {
        const std::string id = "menu.item[" + std::to_string(i) + "]";
        if (menu_item(ctx, id, id)) chosen = id;
      }
      end_menu(ctx);
    }
  });
  const float screen = ImGui::GetIO().DisplaySize.y;
  items = 3;
  p.h.click("menu_button");
  p.h.run_until_idle(20);
  items = 20;  // files that are still being read come while it is open
  p.h.frame();
  p.h.run_until_idle(20);
  CHECK(p.h.node("menu").rect.y0 >= 0);
  CHECK(p.h.node("menu").rect.y1 <= screen);
  CHECK(p.h.node("menu.item[19]").rect.height() == p.h.node("menu.item[0]").rect.height());
  p.h.click("menu.item[19]");
  CHECK(chosen == "menu.item[19]");
  items = 60;
  p.h.click("menu_button");
  p.h.run_until_idle(20);
  CHECK(p.h.node("menu").rect.y0 >= 0);
  CHECK(p.h.node("menu").rect.y1 <= screen);
  p.h.wheel(p.h.node("menu").rect.center_x(), 400, -50);
  p.h.run_until_idle(20);
  p.h.click("menu.item[59]");
  CHECK(chosen == "menu.item[59]");
}

TEST_CASE("A dialog keeps the focus inside and gives its buttons to the keyboard", "[kit]") {
  bool open = true;
  int confirmed = 0, outside = 0;
  Page p([&](Context& ctx) {
    outside += button(ctx, "outside", "Outside") ? 1 : 0;
    if (begin_dialog(ctx, "d", "Title", open)) {
      text(ctx, "Text");
      dialog_footer(ctx);
      confirmed += dialog_button(ctx, "d.ok", "OK", true) ? 1 : 0;
      dialog_button(ctx, "d.cancel", "Cancel");
      end_dialog(ctx);
    }
  });
  CHECK(p.h.node("d").role == Role::Dialog);
  CHECK(p.h.name("d.title") == "Title");
  const SemNode& behind = p.h.node("outside");
  p.h.click_at(behind.rect.center_x(), behind.rect.center_y());
  CHECK(outside == 0);
  CHECK(open);
  p.h.click("d.ok");
  CHECK(confirmed == 1);
  CHECK(p.h.node("d.ok").rect.x0 > p.h.node("d.cancel").rect.x0);
  for (int i = 0; i < 6; ++i) {
    p.h.key("Tab");
    CHECK_FALSE(p.h.flag("outside", kSemFocused));
  }
  p.h.key("Escape");
  CHECK_FALSE(open);
}

TEST_CASE("The first Esc in a dialog's field leaves the field", "[kit]") {
  bool open = true;
  std::string text = "before";
  Page p([&](Context& ctx) {
    if (begin_dialog(ctx, "d", "Title", open)) {
      TextInputOptions o;
      o.name = "Field";
      text_input(ctx, "d.field", text, o);
      end_dialog(ctx);
    }
  });
  p.h.type("d.field", "after");
  p.h.key("Escape");
  CHECK(open);
  CHECK(text == "before");
  p.h.key("Escape");
  CHECK_FALSE(open);
}

TEST_CASE("Toasts say what happened, offer an action and go away", "[kit]") {
  std::string action;
  Page p([&](Context& ctx) {
    const std::string pressed = draw_toasts(ctx);
    if (!pressed.empty()) action = pressed;
  });
  Context& ctx = p.h.ctx();
  toast(ctx, ToastKind::Pass, "Deleted.", "Undo", "edit.undo", 6);
  CHECK(ctx.announcements.size() == 1);
  p.h.frames(4);
  REQUIRE(p.h.has("toast[1].action"));
  CHECK(ctx.wants_frame_in_s > 1);
  CHECK(p.h.semantics_problems() == "");
  p.h.click("toast[1].action");
  CHECK(action == "edit.undo");
  CHECK(ctx.toasts.empty());
  toast(ctx, ToastKind::Fail, "Failed.", {}, {}, 3);
  p.h.frames(3);
  ImGui::GetIO().AddMousePosEvent(0, 0);
  p.h.frames(3);
  p.h.advance(10);
  CHECK(ctx.toasts.empty());
  for (int i = 0; i < 20; ++i)
    toast(ctx, ToastKind::Neutral, "Many");
  CHECK(ctx.toasts.size() <= 4);
}

TEST_CASE("A splitter is dragged, moved by keys, reset, and kept inside its limits", "[kit]") {
  float size = 300;
  Page p([&](Context& ctx) {
    SplitterOptions o;
    o.min_pt = 100;
    o.max_pt = 500;
    o.reset_pt = 240;
    o.name = "List width";
    splitter(ctx, "split", Rect{size, 0, size + 1, 400}, size, o);
  });
  p.h.drag(300.5F, 200, 350.5F, 200);
  CHECK(size == 350);
  p.h.drag(350.5F, 200, 900, 200);
  CHECK(size == 500);
  p.h.semantics().focus("split");
  p.h.frames(3);
  p.h.key("ArrowLeft");
  CHECK(size == 484);
  p.h.semantics().set_value("split", 50);
  p.h.frames(2);
  CHECK(size == 100);
  CHECK(p.h.node("split").now == 100);
  p.h.advance(1);
  p.h.double_click("split");
  CHECK(size == 240);
}

TEST_CASE("Nothing moves, so nothing asks for frames", "[kit]") {
  bool on = true;
  std::string text;
  Page p([&](Context& ctx) {
    button(ctx, "a", "A");
    checkbox(ctx, "b", "B", on);
    TextInputOptions o;
    o.name = "C";
    text_input(ctx, "c", text, o);
    progress_bar(ctx, "d", "D", 0.5F);
  });
  p.h.run_until_idle();
  CHECK(p.h.ctx().wants_frame_in_s < 0);
  CHECK(imgui_wants_frame_in_s() < 0);
  p.h.click("c");
  p.h.run_until_idle();
  CHECK(imgui_wants_frame_in_s() > 0.1F);  // the caret blinks
  CHECK(imgui_wants_frame_in_s() < 1.2F);
}

TEST_CASE("Regions that are scrolled out of sight ask for no frames", "[kit]") {
  Page p([&](Context& ctx) {
    RegionOptions region;
    region.scroll_y = true;
    begin_region(ctx, "box", ImVec2(300, 100), region);
    for (int64_t i = 0; i < 12; ++i) {
      begin_card(ctx, id_with("card", i));
      text(ctx, "A card as tall as its text");
      end_card(ctx);
    }
    end_region(ctx);
  });
  p.h.run_until_idle(20);
  CHECK(imgui_wants_frame_in_s() < 0);
}

TEST_CASE("Open dialogs, menus and popovers ask for no frames", "[kit]") {
  bool open = false;
  int selected = 0;
  Page p([&](Context& ctx) {
    select(ctx, "model", "Model", kChoices, selected);
    if (button(ctx, "more", "More")) open_popup(ctx, "panel");
    if (begin_popover(ctx, "panel", "Panel", 240)) {
      begin_card(ctx, "panel.card");
      text(ctx, "In a card");
      end_card(ctx);
      end_popover(ctx);
    }
    if (begin_dialog(ctx, "d", "Title", open)) {
      text(ctx, "Text");
      dialog_footer(ctx);
      dialog_button(ctx, "d.ok", "OK", true);
      end_dialog(ctx);
    }
  });
  p.h.click("model");
  // Within its border, which clips what is inside.
  CHECK(p.h.node("model.list").rect.width() == p.h.node("model").rect.width() - 2);
  p.h.run_until_idle(20);
  p.h.key("Escape");
  p.h.click("more");
  REQUIRE(p.h.has("panel.card"));
  CHECK(p.h.node("panel").rect.width() == 238);
  CHECK(p.h.node("panel").rect.height() > 40);
  p.h.run_until_idle(20);
  p.h.key("Escape");
  open = true;
  p.h.frames(20);
  p.h.run_until_idle(20);
  const Rect dialog = p.h.node("d").rect;
  CHECK(dialog.width() == 518);
  CHECK(dialog.height() > 100);
  CHECK(dialog.height() < 200);
  CHECK(std::fabs(dialog.center_y() - 400) <= 1);
}

TEST_CASE("Moving things ask for frames, and rest with reduced motion", "[kit]") {
  bool on = false;
  Page p([&](Context& ctx) {
    toggle_switch(ctx, "power", "Power", on);
    progress_bar(ctx, "busy", "Busy", -1);
  });
  CHECK(p.h.ctx().wants_frame_in_s > 0);
  p.h.ctx().reduced_motion = true;
  p.h.frames(2);
  CHECK(p.h.ctx().wants_frame_in_s < 0);
  p.h.click("power");
  CHECK(on);
  CHECK(p.h.ctx().wants_frame_in_s < 0);
}

TEST_CASE("Cut text shows itself whole in a tooltip, one line is one line", "[kit]") {
  Page p([&](Context& ctx) { text_ellipsis(ctx, "A text much too long for so little room", 60); });
  const int before = p.h.vertices();
  ImGui::GetIO().AddMousePosEvent(20, 8);
  p.h.frames(60);
  CHECK(p.h.vertices() > before + 60);
  CHECK(p.h.semantics().cut_texts() == std::vector<std::string>{"A text much too long for so little room"});
  CHECK(one_line("  a\n\tb\r\n c ", 100) == "a b c ");
  CHECK(one_line("中文中文", 7) == "中文…");
}

TEST_CASE("Empty states and banners offer their actions", "[kit]") {
  int pressed = -1, retried = -1;
  bool dismissed = false;
  static constexpr EmptyAction kActions[] = {{"empty.open", "Open files", nullptr, true},
                                             {"empty.example", "Example"}};
  static constexpr EmptyAction kRetry[] = {{"banner.retry", "Retry"}};
  Page p([&](Context& ctx) {
    bool closed = false;
    const int action = banner(ctx, "banner", Tone::Warn, "Three requests failed.", kRetry, &closed);
    if (action >= 0) retried = action;
    dismissed = dismissed || closed;
    const int choice =
        empty_state(ctx, "empty", "x", "No traces yet", "Drop files here.", kActions);
    if (choice >= 0) pressed = choice;
  });
  CHECK(p.h.name("empty") == "No traces yet");
  p.h.click("empty.example");
  CHECK(pressed == 1);
  p.h.click("banner.retry");
  CHECK(retried == 0);
  p.h.click("banner.dismiss");
  CHECK(dismissed);
  CHECK(p.h.semantics_problems() == "");
}

TEST_CASE("A label's value can be copied", "[kit]") {
  Page p([&](Context& ctx) { label_value(ctx, "session", "Session", "s-1"); });
  p.h.click("session");
  CHECK(p.h.clipboard() == "s-1");
  CHECK(p.h.value("session") == "s-1");
}
