// The search box: completion with keys and mouse, corrections, the history, saved views.
#include <catch2/catch_test_macros.hpp>

#include "tests/ui/view_page.h"

using namespace assay;
using app::CommandId;
using assay::tests::ViewPage;

namespace {

std::string text(const ViewPage& p) { return p.h->value("top.search"); }

std::string offered(const ViewPage& p) {
  std::string out;
  for (int i = 0; p.h->has("search.offer[" + std::to_string(i) + "]"); ++i) {
    const std::string id = "search.offer[" + std::to_string(i) + "]";
    const std::string note = p.h->value(id);
    out += (i == 0 ? "" : ", ") + p.h->name(id) + (note.empty() ? "" : " " + note);
  }
  return out;
}

void type_more(ViewPage& p, std::string_view letters) {
  p.h->type_text(letters);
  p.settle();
}

}  // namespace

TEST_CASE("A whole condition is written with Tab and the arrows", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "stat");
  CHECK(offered(p) == "status");
  p.key("Tab");
  CHECK(text(p) == "status ");
  CHECK(offered(p) == "=, !=, IN");
  p.key("ArrowDown");
  p.key("Enter");
  CHECK(text(p) == "status = ");
  CHECK(offered(p) == "OK 6, ERROR 1");
  p.key("ArrowDown");
  CHECK(p.h->flag("search.offer[0]", kit::kSemSelected));
  p.key("ArrowDown");
  CHECK(p.h->flag("search.offer[1]", kit::kSemSelected));
  p.key("Enter");
  CHECK(text(p) == "status = 'ERROR'");
  CHECK(p.session().route().query == "status = 'ERROR'");
  CHECK(p.session().traces().rows().size() == 1);
  CHECK(offered(p).empty());
  // The caret stands behind it, and typing goes on there.
  type_more(p, " AND na");
  CHECK(text(p) == "status = 'ERROR' AND na");
  CHECK(offered(p).starts_with("name"));
}

TEST_CASE("A condition that is still being written is not shown as wrong", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "status = ");
  REQUIRE_FALSE(offered(p).empty());
  CHECK_FALSE(p.h->flag("top.search", kit::kSemInvalid));
  CHECK_FALSE(p.h->has("search.error"));
  p.key("Escape");
  CHECK(p.h->flag("top.search", kit::kSemInvalid));
  CHECK(p.h->has("search.error"));
}

TEST_CASE("A click takes an offer, and the box keeps the caret", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "status = e");
  REQUIRE(offered(p) == "ERROR 1");
  // Below the box: nothing of it is covered.
  CHECK(p.h->node("search.offers").rect.y0 > p.h->node("top.search").rect.y1);
  p.click("search.offer[0]");
  CHECK(text(p) == "status = 'ERROR'");
  CHECK(p.session().traces().rows().size() == 1);
  type_more(p, " x");
  CHECK(text(p) == "status = 'ERROR' x");
}

TEST_CASE("Escape puts the offers away until the next letter, and a second one clears the box", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "stat");
  CHECK_FALSE(offered(p).empty());
  p.key("Escape");
  CHECK(offered(p).empty());
  CHECK(text(p) == "stat");
  type_more(p, "u");
  CHECK_FALSE(offered(p).empty());
  p.key("Escape");
  p.key("Escape");
  CHECK(text(p).empty());
}

TEST_CASE("Enter sends what is written when nothing was chosen", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "stat");
  CHECK_FALSE(offered(p).empty());
  p.key("Enter");
  CHECK(p.session().route().query == "stat");
  CHECK(p.session().settings().query_history == std::vector<std::string>{"stat"});
}

TEST_CASE("In the middle of a query the offer replaces its word alone", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "status = 'OK' AND name = 'x'");
  for (int i = 0; i < 15; ++i) p.key("ArrowLeft");
  CHECK(offered(p).empty());  // moving about asks for nothing
  p.key("Backspace");         // the quote behind OK … is open now, up to the next one
  p.key("Backspace");
  CHECK(text(p).size() == 26);
  CHECK(p.h->has("top.search"));
}

TEST_CASE("The down arrow asks for offers in an empty box", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("top.search");
  CHECK(offered(p).empty());
  p.key("ArrowDown");
  CHECK(offered(p).starts_with("status, name"));
  p.key("ArrowDown");
  p.key("Tab");
  CHECK(text(p) == "status ");
}

TEST_CASE("The up arrow in an empty box brings back earlier queries", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "white paper");
  p.key("Enter");
  p.type("top.search", "status = 'OK'");
  p.key("Enter");
  p.type("top.search", "");
  p.key("Delete");
  REQUIRE(text(p).empty());
  p.key("ArrowUp");
  REQUIRE(p.h->has("search.past[1]"));
  CHECK(p.h->name("search.past[0]") == "status = 'OK'");
  p.key("ArrowDown");
  p.key("Enter");
  CHECK(text(p) == "white paper");
  CHECK(p.session().route().query == "white paper");
  CHECK_FALSE(p.h->has("search.past[0]"));
}

TEST_CASE("A slip is underlined where it is, and corrected by a click there or by a key", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "stauts = 'ERROR'");
  REQUIRE(p.h->has("search.correct"));
  CHECK(p.h->name("search.correct") == p.h->name("search.suggestion"));
  const kit::Rect box = p.h->node("top.search").rect, line = p.h->node("search.correct").rect;
  CHECK(line.x0 > box.x0 + 20);
  CHECK(line.x1 < box.x0 + 120);
  p.click("search.correct");
  CHECK(text(p) == "status = 'ERROR'");
  CHECK(p.session().traces().rows().size() == 1);
  type_more(p, "x");
  CHECK(text(p) == "statusx = 'ERROR'");  // the caret stands behind the correction
  p.type("top.search", "stauts = 'ERROR'");
  p.key("Alt+Enter");
  CHECK(text(p) == "status = 'ERROR'");
}

TEST_CASE("A view is saved, opened, renamed, deleted and undone", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "status = 'ERROR'");
  p.view.facets.open = false;
  p.click("top.views");
  p.click("views.save");
  REQUIRE(p.h->has("views.name"));
  p.type("views.name", "Failed");
  p.click("views.save_now");
  REQUIRE(p.session().views().size() == 1);
  CHECK(p.session().route().view == "Failed");
  p.type("top.search", "refund");
  p.view.facets.open = true;
  CHECK(p.session().route().view.empty());
  p.click("top.views");
  p.click("views.open[Failed]");
  CHECK(text(p) == "status = 'ERROR'");
  CHECK(p.session().route().view == "Failed");
  CHECK_FALSE(p.view.facets.open);  // as it was saved

  p.click("top.views");
  p.click("views.manage");
  const std::string id = p.session().views()[0].id;
  p.type("views.rename[" + id + "]", "Broken");
  p.key("Enter");
  CHECK(p.session().views()[0].name == "Broken");
  CHECK(p.session().route().view == "Broken");
  p.click("views.delete[" + id + "]");
  CHECK(p.session().views().empty());
  p.click("views.manage_dialog.close");
  p.key("Mod+Z");
  REQUIRE(p.session().views().size() == 1);

  p.key("Mod+K");
  p.h->type_text("Broken");
  p.settle();
  REQUIRE(p.h->has("palette.item[" + id + "]"));
  p.key("Enter");
  CHECK(p.session().route().view == "Broken");
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("Recent searches stand in the menu and can be cleared", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "white paper");
  p.key("Enter");
  p.type("top.search", "status = 'OK'");
  p.click("top.views");
  REQUIRE(p.h->has("views.recent[0]"));
  p.settle();
  for (int i = 0; i < 2; ++i) {
    const std::string id = "views.recent[" + std::to_string(i) + "]";
    if (p.h->has(id) && p.h->name(id) == "white paper") {
      p.click(id);
      break;
    }
  }
  CHECK(text(p) == "white paper");
  p.click("top.views");
  p.click("views.forget");
  CHECK(p.session().settings().query_history.empty());
}
