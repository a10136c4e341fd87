// What must hold in every place, size, language and theme: everything that can be pressed has a
// name and an id of its own, nothing is untranslated, and the page comes to rest.
#include <catch2/catch_test_macros.hpp>

#include "core/ingest/import_report.h"
#include "tests/ui/view_page.h"
#include "ui/kit/i18n.h"

using namespace assay;
using app::CommandId;
using assay::tests::ViewPage;

namespace {

void check_here(ViewPage& p, const char* where) {
  p.settle();
  INFO(where);
  CHECK(p.h->semantics_problems() == "");
}

void walk_everywhere(ViewPage& p) {
  check_here(p, "first page");
  p.open_example();
  check_here(p, "table");
  p.command(CommandId::AssessmentAdd, {{"trace_id", p.trace_at(0)},
                                       {"kind", "feedback"},
                                       {"name", "tone"},
                                       {"value_type", "json"},
                                       {"value", "{\"a\": [1, 2]}"},
                                       {"rationale", "Why not"}});
  p.command(CommandId::TraceOpen, {{"trace_id", p.trace_at(0)}});
  for (const char* tab :
       {"reader.tab[overview]", "reader.tab[spans]", "reader.tab[metadata]", "reader.tab[json]"}) {
    p.click(tab);
    check_here(p, tab);
  }
  if (p.h->has("reader.tab[assessments]")) p.click("reader.tab[assessments]");
  p.click("annotate.open");
  check_here(p, "form");
  p.click("annotate.type[json]");
  check_here(p, "form for JSON");
  p.command(CommandId::TraceOpen, {{"trace_id", p.trace_at(1)}});  // the one that failed
  check_here(p, "failed trace");
  p.click("rail.scorers");
  check_here(p, "scorers");
  p.page.session->execute(app::Command(CommandId::JudgeSetKey, {{"key", "sk-x"}}));
  p.page.transport.answer = [](const judge::OutRequest&, size_t number) {
    if (number % 3 != 0) return test::FakeTransport::verdict("yes", "It does.");
    judge::HttpReply reply;
    reply.status = 400;
    reply.body = "{\"error\":{\"message\":\"no such model\"}}";
    return reply;
  };
  p.command(CommandId::JudgeStart, {{"scope", "matching"}});
  check_here(p, "run");
  p.command(CommandId::RunClose);
  check_here(p, "runs");
  p.click("rail.settings");
  check_here(p, "settings");
  p.key("Mod+K");
  check_here(p, "palette");
  p.key("Escape");
}

}  // namespace

TEST_CASE("Everything has a name and an id, on a desk", "[views]") {
  ViewPage p(ImVec2(1440, 900));
  walk_everywhere(p);
}

TEST_CASE("Everything has a name and an id, on a small screen, in Chinese and dark", "[views]") {
  ViewPage p(ImVec2(1000, 700));
  p.command(CommandId::SettingSet, {{"key", "language"}, {"value", "zh-Hans"}});
  p.command(CommandId::SettingSet, {{"key", "theme"}, {"value", "dark"}});
  walk_everywhere(p);
}

TEST_CASE("Everything has a name and an id, on a phone", "[views]") {
  ViewPage p(ImVec2(420, 800));
  walk_everywhere(p);
}

TEST_CASE("Everything fits at twice the size", "[views]") {
  ViewPage p(ImVec2(1440, 900));
  p.command(CommandId::SettingSet, {{"key", "ui_scale_percent"}, {"value", "200"}});
  walk_everywhere(p);
}

TEST_CASE("Every command of the palette, every issue and every chord has its texts", "[views]") {
  for (size_t i = 0; i < static_cast<size_t>(CommandId::kCount); ++i) {
    const app::CommandInfo& info = app::command_info(static_cast<CommandId>(i));
    INFO(info.key);
    if (info.in_palette || !info.default_chord.empty()) {
      CHECK(kit::tr_key(kit::Language::SimplifiedChinese, "command." + std::string(info.key)) !=
            nullptr);
    }
    if (!info.default_chord.empty()) CHECK(kit::parse_chord(info.default_chord).has_value());
  }
  for (size_t i = 0; i < static_cast<size_t>(ingest::IssueKind::kCount); ++i) {
    const std::string key =
        "import_issue." +
        std::string(ingest::issue_kind_info(static_cast<ingest::IssueKind>(i)).key);
    INFO(key);
    CHECK(kit::tr_key(kit::Language::SimplifiedChinese, key) != nullptr);
  }
}

TEST_CASE("Thousands of traces cost no more to draw than a screenful", "[views]") {
  ViewPage p;
  std::string text;
  constexpr int kTraces = 3000;
  for (int i = 0; i < kTraces; ++i) {
    text +=
        R"({"info":{"trace_id":"tr-)" + std::to_string(i) +
        R"(","request_time":"2026-11-24T06:00:00Z","state":"OK","request_preview":"q"},"data":{"spans":[]}})"
        "\n";
  }
  p.open("many.jsonl", text);
  p.settle();
  REQUIRE(p.session().dataset().trace_count() == kTraces);
  if (p.h->has("import.close")) p.click("import.close");
  const int many = p.h->vertices();
  ViewPage few;
  few.open("few.jsonl", text.substr(0, text.find("{\"info\":{\"trace_id\":\"tr-40\"")));
  few.settle();
  if (few.h->has("import.close")) few.click("import.close");
  CHECK(many < few.h->vertices() * 3 / 2);
}
