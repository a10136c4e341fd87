// The list of traces and what a small window cuts: what a wrong search leaves, times of other years, narrow columns, facets on a phone, closing a file.
#include <catch2/catch_test_macros.hpp>

#include "tests/ui/view_page.h"
#include "ui/views/list_columns.h"

using namespace assay;
using app::CommandId;
using assay::tests::ViewPage;

namespace {

void speak_chinese(ViewPage& p) { p.command(CommandId::SettingSet, {{"key", "language"}, {"value", "zh-Hans"}}); }

std::string trace(int number, int64_t time_ms, const std::string& more = {}) {
  return R"({"info": {"trace_id": "tr-)" + std::to_string(number) + R"(", "timestamp_ms": )" + std::to_string(time_ms) + more +
         R"(}, "data": {"spans": []}})" + "\n";
}

// Nothing is being written any more, so that mistakes are told.
void write(ViewPage& p, std::string_view query) {
  p.type("top.search", query);
  if (p.h->has("search.offers")) p.key("Escape");
}

bool shows_cell(const ViewPage& p, std::string_view text) {
  return p.h->tree("traces").find(text) != std::string::npos;
}

float width_of(const ViewPage& p, std::string_view column) { return p.h->node("traces.header[" + std::string(column) + "]").rect.width(); }

}  // namespace

TEST_CASE("Whatever is wrong with a search, the list of before stays and it is said", "[views]") {
  ViewPage p;
  p.open_example();
  for (const char* wrong : {"foo.bar = 1", "status = 'x", "(a", "ORDER BY foo", "name =~ /(/", "status >"}) {
    INFO(wrong);
    write(p, wrong);
    CHECK(p.h->has("search.error"));
    CHECK(p.h->flag("top.search", kit::kSemInvalid));
    CHECK(p.session().traces().rows().size() == 7);
    CHECK(p.h->has("traces.row[" + p.trace_at(0) + "]"));
    CHECK(p.h->name("traces.footer") == "Not searched: these are the traces of before");
    CHECK(p.h->name("top.search_status") == "Not searched");
    CHECK_FALSE(p.h->has("traces.assess"));  // nothing that would act on all of them
  }
  p.type("top.search", "no such text anywhere");
  CHECK(p.h->has("traces.clear_filter"));
  write(p, "foo.bar = 1");
  CHECK(p.h->has("traces.row[" + p.trace_at(0) + "]"));
  p.type("top.search", "");
  CHECK(p.h->name("traces.footer") == "7 of 7 traces");
  CHECK(p.h->has("traces.assess"));
}

TEST_CASE("A key behind ORDER BY that is none is marked and corrected", "[views]") {
  ViewPage p;
  p.open_example();
  write(p, "ORDER BY duration DESC");
  REQUIRE(p.h->has("search.error"));
  REQUIRE(p.h->has("search.suggestion"));
  p.key("Alt+Enter");
  CHECK(p.h->value("top.search") == "ORDER BY execution_time DESC");
  CHECK_FALSE(p.h->has("search.error"));
  CHECK(p.session().traces().ordered_by_query());
}

TEST_CASE("ORDER BY is written with Tab", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "ord");
  p.key("Tab");
  CHECK(p.h->value("top.search") == "ORDER BY ");
  p.h->type_text("time");
  p.settle();
  p.key("Tab");
  CHECK(p.h->value("top.search") == "ORDER BY timestamp ");
  p.key("Tab");
  CHECK(p.h->value("top.search") == "ORDER BY timestamp DESC");
  CHECK_FALSE(p.h->has("search.error"));
}

TEST_CASE("A time of another year is shown whole", "[views]") {
  for (const bool chinese : {false, true}) {
    ViewPage p;
    if (chinese) speak_chinese(p);
    p.page.clock.time_ms = 1'790'000'000'000;                       // in 2026
    p.open("t.jsonl", trace(1, 1'759'240'980'000));                 // 2025-09-30 14:03 UTC
    p.settle();
    CHECK(shows_cell(p, "2025-09-30 14:03"));
    CHECK(width_of(p, "time") >= kit::px(16) + kit::text_width(p.h->ctx(), "2025-09-30 14:03"));
  }
}

TEST_CASE("A head has room for its name, and a sorted one keeps it", "[views]") {
  for (const bool chinese : {false, true}) {
    ViewPage p;
    if (chinese) speak_chinese(p);
    p.open_example();
    for (const char* column : {"time", "name", "state", "duration", "request", "tokens"}) {
      INFO(column);
      const std::string name = p.h->name("traces.header[" + std::string(column) + "]");
      CHECK(width_of(p, column) + kit::px(4) >= kit::px(20) + kit::text_width(p.h->ctx(), name, kit::TextStyle::SmallStrong));
    }
  }
}

TEST_CASE("Columns of assessments leave the request room to be read", "[views]") {
  for (const float width : {1440.0F, 1000.0F, 800.0F, 420.0F}) {
    ViewPage p(ImVec2(width, 800));
    std::string assessments;
    for (int i = 0; i < 12; ++i) {
      assessments += std::string(i == 0 ? "" : ", ") + R"({"assessment_id": "a-)" + std::to_string(i) + R"(", "assessment_name": "judge )" +
                     std::to_string(i) + R"(", "trace_id": "tr-1", "source": {"source_type": "HUMAN", "source_id": "ann"}, "feedback": {"value": true}})";
    }
    p.open("t.jsonl", trace(1, 1'759'240'980'000, R"(, "assessments": [)" + assessments + "]"));
    p.settle();
    INFO(width);
    REQUIRE(p.session().traces().assessment_columns().size() == 12);
    // The others are reached by scrolling sideways; on a phone a part of this one is beyond the edge.
    CHECK_FALSE(p.h->has("traces.header[assessment:judge 11]"));
    CHECK(width_of(p, "request") + kit::px(4) >= (width > 1400 ? 180 : width > 500 ? 130 : 110));
  }
}

TEST_CASE("On a phone the facets are a sheet behind a button", "[views]") {
  ViewPage p(ImVec2(390, 800));
  p.open_example();
  REQUIRE(p.h->has("top.facets"));
  CHECK(p.h->name("top.facets") == "Filter");
  CHECK_FALSE(p.h->has("facet.state"));
  p.click("top.facets");
  REQUIRE(p.h->has("facets.sheet"));
  REQUIRE(p.h->has("facet.state"));
  p.click("facet.state[1]");
  CHECK(p.session().route().query == "status = 'ERROR'");
  CHECK(p.h->name("facets.show_list") == "Show 1 trace");
  p.click("facets.show_list");
  CHECK_FALSE(p.h->has("facets.sheet"));
  CHECK(p.h->has("traces.row[" + p.trace_at(0) + "]"));
  // Beside the list where there is room.
  ViewPage wide;
  wide.open_example();
  CHECK(wide.h->name("top.facets") != "Filter");
  CHECK(wide.h->has("facet.state"));
}

TEST_CASE("One file of several is closed in the menu of the data and by the palette", "[views]") {
  ViewPage p;
  p.open("a.jsonl", trace(1, 1'759'240'980'000));
  p.open("b.jsonl", trace(2, 1'759'240'980'000));
  p.open("c.jsonl", trace(3, 1'759'240'980'000));
  p.settle();
  CHECK(p.h->name("top.data").find("3 files") != std::string::npos);
  p.click("top.data");
  const std::string second = "data.close_file[" + std::to_string(p.session().open_files()[1]->token) + "]";
  REQUIRE(p.h->has(second));
  CHECK(p.h->name(second) == "Close b.jsonl  ·  1 trace");
  p.click(second);
  CHECK(p.page.files.closed.size() == 1);
  CHECK(p.page.files.all_again == 1);

  p.open("a.jsonl", trace(1, 1'759'240'980'000));
  p.open("c.jsonl", trace(3, 1'759'240'980'000));
  p.settle();
  p.key("Escape");
  p.key("Mod+K");
  p.type("palette.input", "close a.js");
  const std::string item = "palette.item[file.close." + std::to_string(p.session().open_files()[0]->token) + "]";
  REQUIRE(p.h->has(item));
  p.key("Enter");
  CHECK(p.page.files.closed.size() == 2);
}

TEST_CASE("Answers of a pass/fail question read as its two names in the list and the facets; the data keep theirs", "[views]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::SchemaSave, {{"schema", R"({"name":"correct","input":"pass_fail"})"}});
  p.command(CommandId::GoTraces);
  for (size_t i = 0; i < 3; ++i)
    p.command(CommandId::AssessmentAdd, {{"trace_id", p.trace_at(i)},
                                         {"kind", "feedback"},
                                         {"name", "correct"},
                                         {"value_type", "boolean"},
                                         {"value", i == 0 ? "false" : "true"}});
  p.settle();
  const std::string facets = p.h->tree("facets");
  CHECK(facets.find("\"Pass\"") != std::string::npos);
  CHECK(facets.find("\"Fail\"") != std::string::npos);
  CHECK(shows_cell(p, "Pass"));
  CHECK(shows_cell(p, "Fail"));
  CHECK_FALSE(shows_cell(p, "true"));
  CHECK(p.assessments_named(0, "correct").at(0)->value_json == "false");
  speak_chinese(p);
  p.settle();
  CHECK(shows_cell(p, "未通过"));
  CHECK(p.h->tree("facets").find("未通过") != std::string::npos);
  p.click("facet.feedback.correct[0]");
  CHECK(p.session().route().query.find("correct") != std::string::npos);
  CHECK(p.session().route().query.find("通过") == std::string::npos);
  CHECK(p.session().traces().rows().size() < p.session().dataset().trace_count());
}

TEST_CASE("By the keyboard one comes from the facets to the list and back", "[views]") {
  ViewPage p;
  p.open_example();
  p.key("Shift+L");
  CHECK(p.h->flag("facet.state", kit::kSemFocused));
  p.key("ArrowDown");
  p.key("ArrowRight");
  p.key("ArrowDown");
  CHECK_FALSE(p.session().route().trace_id.empty());  // the list has the keyboard
  p.command(CommandId::TraceClose);
  p.key("L");
  p.key("ArrowLeft");
  CHECK(p.h->flag("facet.state", kit::kSemFocused));
  p.key("?");
  CHECK(p.h->has("shortcut[ui.focus_list]"));
  CHECK(p.h->has("shortcut[ui.focus_facets]"));
  // The keys of the places follow the rail.
  const char* const places[] = {"go.traces", "go.review", "go.scorers", "go.runs", "go.analysis", "go.settings"};
  for (size_t i = 0; i < std::size(places); ++i)
    CHECK(p.h->value("shortcut[" + std::string(places[i]) + "]") == "Alt+" + std::to_string(i + 1));
}

TEST_CASE("On a phone a column without any value takes no room", "[views]") {
  ViewPage p(ImVec2(390, 844));
  p.open("a.jsonl", R"({"info": {"trace_id": "tr-a"}, "data": {"spans": []}})" "\n");
  CHECK_FALSE(p.h->has("traces.header[time]"));
  CHECK_FALSE(p.h->has("traces.header[duration]"));
  CHECK(p.h->has("traces.header[request]"));
  p.open("b.jsonl", trace(7, 1'700'000'000'000, R"(, "execution_duration_ms": 40)"));
  CHECK(p.h->has("traces.header[time]"));
}

TEST_CASE("Closing all files says that what was said is kept, from wherever it is done", "[views]") {
  ViewPage p;
  p.open("a.jsonl", trace(1, 1'700'000'000'000));
  p.open("b.jsonl", trace(2, 1'700'000'000'000));
  p.command(CommandId::FileCloseAll);
  REQUIRE_FALSE(p.session().notices().empty());
  CHECK(p.session().notices().back().key == "files_closed");
  p.open("a.jsonl", trace(1, 1'700'000'000'000));
  p.command(CommandId::FileCloseAll);
  CHECK(p.session().notices().back().key == "file_closed");
  CHECK(p.session().notices().back().args.at(0) == "a.jsonl");
}

TEST_CASE("A report of a file of which nothing could be read says so", "[views]") {
  ViewPage p;
  p.open("broken.jsonl", "{\"info\": {\"trace_id\": \"tr-1\"\n{\"info\": {\"trace\n");
  p.command(CommandId::UiImportReport);
  p.settle();
  REQUIRE(p.h->has("import.file[0].state"));
  INFO(p.h->tree("import.report"));
  CHECK(p.session().dataset().trace_count() == 0);
  CHECK(p.h->name("import.file[0].state") == "Not read");
}

TEST_CASE("Facets say states and numbers as the list does; the condition has the data's words", "[views]") {
  ViewPage p;
  const auto scored = [](const std::string& value) {
    return R"(, "assessments": [{"assessment_id": "a-1", "assessment_name": "score", "source": {"source_type": "HUMAN", "source_id": "ann"}, "feedback": {"value": )" +
           value + "}}]";
  };
  p.open("t.jsonl", trace(1, 1'759'240'980'000, R"(, "state": "IN_PROGRESS")" + scored("1.0")) +
                        trace(2, 1'759'240'980'000, R"(, "state": "ERROR")" + scored("1.0")) +
                        trace(3, 1'759'240'980'000, R"(, "state": "OK")" + scored("0.00001")));
  p.settle();
  const std::string facets = p.h->tree("facets");
  for (const char* text : {"\"In progress\"", "\"Error\"", "\"OK\""}) CHECK(facets.find(text) != std::string::npos);
  CHECK(facets.find("IN_PROGRESS") == std::string::npos);
  CHECK(p.h->name("facet.feedback.score[0]") == "1");
  CHECK(p.h->name("facet.feedback.score[1]") == "0.00001");  // what the list rounds would be taken for another
  p.click("facet.feedback.score[0]");
  CHECK(p.session().route().query.find("1.0") != std::string::npos);
  CHECK(p.session().traces().rows().size() == 2);
  p.type("top.search", "");
  int running = 0;
  while (running < 2 && p.h->name("facet.state[" + std::to_string(running) + "]") != "In progress") ++running;
  p.click("facet.state[" + std::to_string(running) + "]");
  CHECK(p.session().route().query.find("IN_PROGRESS") != std::string::npos);
  CHECK(p.session().traces().rows().size() == 1);
}

TEST_CASE("Files of which something is missing stand before the others in the report", "[views]") {
  ViewPage p;
  p.open("broken.jsonl", "{\"info\": {\"trace_id\": \"tr-1\"\n{\"info\": {\"trace\n");
  p.open("whole.jsonl", trace(1, 1'700'000'000'000));
  p.command(CommandId::UiImportReport);
  p.settle();
  REQUIRE(p.h->name("import.file[0]") == "broken.jsonl");
  CHECK(p.h->node("import.file[0]").rect.y0 < p.h->node("import.file[1]").rect.y0);
}

TEST_CASE("The column of durations has room for minutes with their seconds", "[views]") {
  ViewPage p;
  p.open("a.jsonl", trace(1, 1'700'000'000'000, ", \"execution_time_ms\": 3599000"));
  p.settle();
  CHECK(shows_cell(p, "59 min 59 s"));
  CHECK(width_of(p, "duration") >= 88);  // the text has about 72 in both languages, the cell 8 on each side
}

TEST_CASE("In a narrow window a trace's id gives way to its figures and its time", "[views]") {
  ViewPage p(ImVec2(390, 844));
  p.open_example();
  p.command(CommandId::TraceOpen, {{"trace_id", p.trace_at(0)}});
  p.settle();
  const float width = p.h->node("reader.facts").rect.width();
  const std::string facts = p.h->name("reader.facts");
  CAPTURE(facts, width);
  CHECK(width >= static_cast<float>(facts.size()) * 5.0F);
  CHECK(p.h->node("reader.copy_id").rect.width() < 140);
}

TEST_CASE("In a small window no button of a scorer is cut", "[views]") {
  float widths[2] = {};
  for (const int small : {0, 1}) {
    ViewPage p(small ? ImVec2(1024, 640) : ImVec2(1440, 900));
    p.open_example();
    speak_chinese(p);
    p.click("rail.scorers");
    p.settle();
    widths[small] = p.h->node("scorer.export").rect.width();
  }
  CHECK(widths[1] > widths[0] - 1);
}
