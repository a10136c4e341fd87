#include <catch2/catch_test_macros.hpp>

#include "tests/ui/harness.h"
#include "ui/kit/gallery.h"

using assay::tests::Harness;

TEST_CASE("The gallery shows every widget without duplicate or unnamed items", "[kit]") {
  assay::kit::GalleryState state;
  Harness h([&](assay::kit::Context& ctx) { assay::kit::draw_gallery(ctx, state); },
            ImVec2(1600, 2600));
  CHECK(h.semantics_problems() == "");
  CHECK(h.semantics().nodes().size() > 100);
  h.ctx().theme = assay::kit::Theme::Dark;
  h.ctx().language = assay::kit::Language::SimplifiedChinese;
  h.frames(3);
  CHECK(h.semantics_problems() == "");
}

TEST_CASE("A dialog opens, keeps its semantics clean, and closes by Esc", "[kit]") {
  assay::kit::GalleryState state;
  Harness h([&](assay::kit::Context& ctx) { assay::kit::draw_gallery(ctx, state); },
            ImVec2(1600, 2600));
  h.click("gallery.dialog_open");
  REQUIRE(h.has("gallery.dialog"));
  CHECK(h.semantics_problems() == "");
  CHECK(h.flag("gallery.dialog", assay::kit::kSemModal));
  h.key("Escape");
  CHECK_FALSE(h.has("gallery.dialog"));
  h.click("gallery.dialog_open");
  REQUIRE(h.has("gallery.dialog.ok"));
  h.click("gallery.dialog.close");
  h.run_until_idle();
  CHECK_FALSE(h.has("gallery.dialog"));
}
