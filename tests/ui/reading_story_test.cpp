// The dialogues about how a file is to be read, through real clicks and keys.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/converting.h"
#include "tests/ui/view_page.h"
#include "ui/views/mapping_view.h"

using namespace assay;
using app::CommandId;
using assay::tests::ViewPage;

namespace {

constexpr std::string_view kTable =
    "frage,antwort,note\nWer?,Ann,5\nWas?,Emma,4\nWie?,so,3\nWo?,da,2\n";

void open(ViewPage& p, std::string_view name, std::string_view bytes, std::string_view part = {}) {
  test::open_any(p.page, name, bytes, part);
  p.settle();
}

void choose(ViewPage& p, int column, std::string_view use) {
  const std::string id = "mapping.column[" + std::to_string(column) + "]";
  p.click(id);
  p.click(id + "[" + std::string(use) + "]");
}

std::string large_traces() {
  std::string out;
  for (int i = 0; i < 300; ++i)
    out += R"({"info": {"trace_id": "tr-)" + std::to_string(i) +
           R"(", "timestamp_ms": 1767225600000}, "data": {"spans": [], "x": ")" +
           std::string(10'000, 'x') + "\"}}\n";
  return out;
}

}  // namespace

TEST_CASE("A table that tells nothing opens the dialogue, and is read as it says", "[views]") {
  ViewPage p;
  open(p, "t.csv", kTable);
  REQUIRE(p.h->has("mapping"));
  CHECK(p.h->flag("mapping", kit::kSemModal));
  CHECK(p.h->flag("mapping.read", kit::kSemDisabled));
  CHECK(p.h->has("mapping.obstacle"));
  CHECK(p.h->semantics_problems() == "");
  choose(p, 0, "input");
  choose(p, 1, "output");
  CHECK_FALSE(p.h->flag("mapping.read", kit::kSemDisabled));
  CHECK_FALSE(p.h->has("mapping.obstacle"));
  choose(p, 2, "feedback");
  p.type("mapping.column[2].name", "quality");
  CHECK(p.h->name("mapping.line[0]") == "Wer?");
  CHECK(p.h->name("mapping.line[1]") == "Ann");
  CHECK(p.h->semantics_problems() == "");
  p.click("mapping.read");
  CHECK_FALSE(p.h->has("mapping"));
  REQUIRE(p.page.files.again.size() == 1);
  open(p, "t.csv", kTable, p.page.files.again[0].second);
  CHECK(p.session().dataset().trace_count() == 4);
  CHECK(p.assessments_named(0, "quality").size() == 1);
  CHECK_FALSE(p.h->has("mapping"));
  CHECK_FALSE(p.h->has("import.report"));
}

TEST_CASE("The columns dialogue works with keys alone", "[views]") {
  ViewPage p;
  open(p, "t.csv", kTable);
  REQUIRE(p.h->has("mapping"));
  bool chosen = false;
  for (int step = 0; step < 40 && !chosen; ++step) {
    p.key("Tab");
    chosen = p.h->flag("mapping.column[0]", kit::kSemFocused);
  }
  REQUIRE(chosen);
  p.key("Space");
  for (int step = 0; step < 25 && p.view.mapping.choices[0].column.use != ingest::ColumnUse::Input;
       ++step) {
    if (!p.h->has("mapping.column[0][input]")) p.key("Space");
    for (int i = 0; i < 25 && !p.h->flag("mapping.column[0][input]", kit::kSemFocused); ++i)
      p.key("ArrowUp");
    p.key("Enter");
  }
  CHECK(p.view.mapping.choices[0].column.use == ingest::ColumnUse::Input);
  CHECK_FALSE(p.h->flag("mapping.read", kit::kSemDisabled));
  p.key("Escape");
  CHECK_FALSE(p.h->has("mapping"));
}

TEST_CASE("A table left unread has its line in the report, and can be read from there", "[views]") {
  ViewPage p;
  open(p, "t.csv", kTable);
  p.click("mapping.cancel");
  CHECK_FALSE(p.h->has("mapping"));
  CHECK_FALSE(p.h->has("import.report"));
  CHECK(p.page.files.again.empty());
  p.click("top.data");
  p.click("data.report");
  REQUIRE(p.h->has("import.report"));
  CHECK(p.h->has("import.file[0].columns_unknown.kind"));
  CHECK(p.h->semantics_problems() == "");
  p.click("import.file[0].columns[0]");
  CHECK_FALSE(p.h->has("import.report"));
  CHECK(p.h->has("mapping"));
}

TEST_CASE("The columns of a table that was read can be changed, from what they were taken for",
          "[views]") {
  ViewPage p;
  open(p, "t.csv", "question,answer,remark\nWho?,Ann,x\n");
  CHECK_FALSE(p.h->has("mapping"));
  CHECK(p.session().dataset().trace_count() == 1);
  p.click("top.data");
  p.click("data.report");
  p.click("import.file[0].columns[0]");
  REQUIRE(p.h->has("mapping"));
  CHECK(p.view.mapping.choices[0].column.use == ingest::ColumnUse::Input);
  CHECK(p.view.mapping.choices[2].column.use == ingest::ColumnUse::Metadata);
  choose(p, 2, "expected");
  p.click("mapping.read");
  CHECK(p.page.files.all_again == 1);
}

TEST_CASE("Several tables are asked about one after the other", "[views]") {
  ViewPage p;
  const uint32_t a = p.page.session->on_file_begin("a.csv", 0),
                 b = p.page.session->on_file_begin("b.csv", 0);
  test::read_announced(p.page, a, "a.csv", kTable);
  test::read_announced(p.page, b, "b.csv", "alpha,beta\n1,2\n");
  p.settle();
  REQUIRE(p.h->has("mapping"));
  CHECK(p.view.mapping.title == "a.csv");
  p.click("mapping.cancel");
  REQUIRE(p.h->has("mapping"));
  CHECK(p.view.mapping.title == "b.csv");
  p.click("mapping.cancel");
  CHECK_FALSE(p.h->has("mapping"));
}

TEST_CASE("The columns dialogue fits a phone, a dark window and Chinese", "[views]") {
  ViewPage p(ImVec2(420, 800));
  p.command(CommandId::SettingSet, {{"key", "language"}, {"value", "zh-Hans"}});
  p.command(CommandId::SettingSet, {{"key", "theme"}, {"value", "dark"}});
  open(p, "t.csv", kTable);
  REQUIRE(p.h->has("mapping"));
  CHECK(p.h->semantics_problems() == "");
  choose(p, 0, "messages");
  p.click("mapping.read");
  CHECK(p.page.files.again.size() == 1);
}

TEST_CASE("A file that is too large is refused with numbers, and a part of it offered", "[views]") {
  ViewPage p;
  p.command(CommandId::SettingSet, {{"key", "memory_limit_mb"}, {"value", "2"}});
  const std::string text = large_traces();
  open(p, "large.jsonl", text);
  REQUIRE(p.h->has("part"));
  CHECK(p.h->name("part.numbers").find("3 MB") != std::string::npos);
  CHECK(p.h->name("part.numbers").find("1.8 MB") != std::string::npos);
  CHECK(p.h->semantics_problems() == "");
  p.type("part.first", "none");
  CHECK(p.h->flag("part.load", kit::kSemDisabled));
  CHECK(p.h->has("part.obstacle"));
  p.click("part.choice[range]");
  CHECK(p.h->flag("part.load", kit::kSemDisabled));
  p.type("part.from", "2026-01-02");
  p.type("part.to", "2026-01-01");
  CHECK(p.h->flag("part.load", kit::kSemDisabled));
  p.type("part.to", "2026-01-03");
  CHECK_FALSE(p.h->flag("part.load", kit::kSemDisabled));
  CHECK(p.h->semantics_problems() == "");
  p.click("part.choice[first]");
  p.type("part.first", "12");
  p.click("part.load");
  REQUIRE(p.page.files.again.size() == 1);
  CHECK(p.page.files.again[0].second == "first=12");
  open(p, "large.jsonl", text, "first=12");
  CHECK(p.session().dataset().trace_count() == 12);
  CHECK_FALSE(p.h->has("part"));
}

TEST_CASE("A file left unread because of its size can be read in part from the report", "[views]") {
  ViewPage p;
  p.command(CommandId::SettingSet, {{"key", "memory_limit_mb"}, {"value", "2"}});
  open(p, "large.jsonl", large_traces());
  p.key("Escape");
  CHECK_FALSE(p.h->has("part"));
  p.click("top.data");
  p.click("data.report");
  CHECK(p.h->has("import.file[0].too_large.kind"));
  p.click("import.file[0].part");
  CHECK(p.h->has("part"));
  p.click("part.cancel");
  CHECK(p.page.files.again.empty());
}

TEST_CASE("The memory for data is a setting", "[views]") {
  ViewPage p;
  p.click("rail.settings");
  p.click("settings.memory[2000]");
  CHECK(p.session().settings().memory_limit_mb == 2000);
  p.click("settings.memory[0]");
  CHECK(p.session().settings().memory_limit_mb == 0);
}

TEST_CASE("The preview shows what the first row becomes", "[views]") {
  ui::MappingState state;
  const auto add = [&state](const char* name, ingest::ColumnUse use,
                            std::vector<std::string> values, bool first = true) {
    ingest::TableColumn column;
    column.name = name;
    column.use = use;
    column.values = std::move(values);
    column.in_first_row = first;
    state.choices.push_back({column});
  };
  add("kind", ingest::ColumnUse::Tag, {"a"});
  add("q", ingest::ColumnUse::Input, {"one\ntwo", "three"});
  add("lang", ingest::ColumnUse::Input, {"en"});
  add("late", ingest::ColumnUse::Output, {"x"}, false);
  add("skip", ingest::ColumnUse::Ignore, {"y"});
  const std::vector<ui::PreviewLine> lines = ui::mapping_preview(state);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].name == "q");
  CHECK(lines[0].value == "one two");
  CHECK(lines[1].name == "lang");
  CHECK(lines[2].label == kit::Str::mapping_tag);
}
