#include "ui/views/layout_state.h"

#include <catch2/catch_test_macros.hpp>

namespace assay::ui {
namespace {

TEST_CASE("a chosen layout survives its text form") {
  ViewState view;
  view.reader.width_pt = 612.4F;
  view.reader.maximized = true;
  view.reader.tab = ReaderTab::Metadata;
  view.reader.tree_width_pt = 250;
  view.runs.side_width_pt = 444;
  view.runs.errors_open = false;
  view.judge.advanced_open = true;
  view.list.widths_pt = {0, 118, 60};
  ViewState again;
  again.reader.tree_height_pt = 99;  // not what the text says
  decode_layout(encode_layout(view), again);
  CHECK(again.reader.width_pt == 612.0F);
  CHECK(again.reader.maximized);
  CHECK(again.reader.tab == ReaderTab::Metadata);
  CHECK(again.reader.tree_width_pt == 250.0F);
  CHECK(again.reader.tree_height_pt == view.reader.tree_height_pt);
  CHECK(again.runs.side_width_pt == 444.0F);
  CHECK_FALSE(again.runs.errors_open);
  CHECK(again.judge.advanced_open);
  CHECK(again.list.widths_pt == std::vector<float>{0, 118, 60});
  CHECK(encode_layout(again) == encode_layout(view));
}

TEST_CASE("a layout that is wrong in parts is read as far as it is right") {
  const ViewState first;
  ViewState view;
  decode_layout("reader=-5 tab=99 beside=0 side=x wide tree_width=99999999999999999999 columns=1,x what=1 ==  json=1",
                view);
  CHECK(view.reader.width_pt == first.reader.width_pt);
  CHECK(view.reader.tab == first.reader.tab);
  CHECK(view.reader.assessments_width_pt == first.reader.assessments_width_pt);
  CHECK(view.reader.tree_width_pt == first.reader.tree_width_pt);
  CHECK(view.runs.side_width_pt == first.runs.side_width_pt);
  CHECK_FALSE(view.reader.maximized);
  CHECK(view.list.widths_pt.empty());
  CHECK(view.reader.show_json);
}

}  // namespace
}  // namespace assay::ui
