#include "ui/views/layout_state.h"
#include "ui/views/list_columns.h"

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
  view.columns.order = {"name", "assessment:a, b=c", "time"};
  view.columns.hidden = {"tokens"};
  view.columns.shown = {"cost", "trace_id"};
  view.columns.widths_pt = {{"name", 118}, {"assessment:a, b=c", 60}};
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
  CHECK(again.columns == view.columns);
  CHECK(encode_layout(again) == encode_layout(view));
  ViewState viewed;
  viewed.columns.hidden = {"name"};
  decode_view_layout(encode_view_layout(view), viewed);
  CHECK(viewed.columns == view.columns);
}

TEST_CASE("columns stand as they were moved; those of other data keep their places") {
  const std::vector<std::string> keys = {"time", "name", "state", "assessment:tone"};
  ListColumnChoice choice;
  CHECK(column_order(keys, choice) == std::vector<uint32_t>{0, 1, 2, 3});
  choice.order = {"name", "assessment:gone", "time"};
  CHECK(column_order(keys, choice) == std::vector<uint32_t>{1, 0, 2, 3});
  move_column(keys, choice, "assessment:tone", "time");
  CHECK(choice.order == std::vector<std::string>{"name", "assessment:gone", "assessment:tone", "time", "state"});
  move_column(keys, choice, "name", "");
  CHECK(column_order(keys, choice) == std::vector<uint32_t>{3, 0, 2, 1});
  show_column(choice, "state", false, true);
  CHECK(choice.hidden == std::vector<std::string>{"state"});
  show_column(choice, "state", true, true);
  show_column(choice, "cost", true, false);
  CHECK(choice.hidden.empty());
  CHECK(choice.shown == std::vector<std::string>{"cost"});
  choice.order = {"time", "time"};
  CHECK(column_order(keys, choice).size() == keys.size());
}

TEST_CASE("widths that an earlier page kept by their places are taken over") {
  ViewState view;
  decode_layout("columns=0,118,60,0,0,0,0,200", view);
  CHECK(view.columns.widths_pt == std::vector<std::pair<std::string, float>>{{"name", 118.0F}, {"state", 60.0F}});
}

TEST_CASE("a layout that is wrong in parts is read as far as it is right") {
  const ViewState first;
  ViewState view;
  decode_layout("reader=-5 tab=99 beside=0 side=x wide tree_width=99999999999999999999 columns=1,x widths=name,-3,time order= what=1 ==  json=1",
                view);
  CHECK(view.reader.width_pt == first.reader.width_pt);
  CHECK(view.reader.tab == first.reader.tab);
  CHECK(view.reader.assessments_width_pt == first.reader.assessments_width_pt);
  CHECK(view.reader.tree_width_pt == first.reader.tree_width_pt);
  CHECK(view.runs.side_width_pt == first.runs.side_width_pt);
  CHECK_FALSE(view.reader.maximized);
  CHECK(view.columns.widths_pt.empty());
  CHECK(view.reader.show_json);
}

}  // namespace
}  // namespace assay::ui
