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
  // A placeholder may be longer than its field: it is no label.
  for (const std::string& text : p.h->semantics().cut_texts()) {
    INFO(text);
    CHECK((!kit::is_interface_text(text) || text == kit::tr(kit::Language::English, kit::Str::search_placeholder) ||
           text == kit::tr(kit::Language::SimplifiedChinese, kit::Str::search_placeholder)));
  }
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

TEST_CASE("Everything has a name and an id and fits, on a desk, in Chinese", "[views]") {
  ViewPage p(ImVec2(1280, 800));
  p.command(CommandId::SettingSet, {{"key", "language"}, {"value", "zh-Hans"}});
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

namespace {

void visit_all_traces(ViewPage& p, size_t most_spans) {
  const store::Dataset& dataset = p.session().dataset();
  for (uint32_t i = 0; i < dataset.trace_count(); ++i) {
    const store::TraceRow row{i};
    INFO(dataset.trace_id(row));
    p.page.session->execute(
        app::Command(CommandId::TraceOpen, {{"trace_id", std::string(dataset.trace_id(row))}}));
    for (const ui::ReaderTab tab : {ui::ReaderTab::Overview, ui::ReaderTab::Metadata,
                                    ui::ReaderTab::Json, ui::ReaderTab::Spans}) {
      p.view.reader.tab = tab;
      p.h->frames(2);
      CHECK(p.h->semantics_problems() == "");
    }
    const store::Range spans = dataset.spans(row);
    for (uint32_t s = 0; s < spans.count && s < most_spans; ++s) {
      const std::string id = dataset.span_id(store::SpanRow{spans.begin + s});
      p.page.session->execute(app::Command(CommandId::SpanSelect, {{"span_id", id}}));
      p.h->frames(2);
      CHECK(p.h->semantics_problems() == "");
    }
  }
}

}  // namespace

TEST_CASE("Every trace and span of real exports can be read", "[views]") {
  for (const char* name : {"crm-email-prod.jsonl", "support-agent-staging.jsonl"}) {
    const std::string text = test::read_file(std::string(ASSAY_SOURCE_DIR) +
                                             "/../shared/samples/mlflow-real/traces/" + name);
    if (text.empty()) SKIP("no real exports beside the repository");
    ViewPage p;
    p.open(name, text);
    p.settle();
    if (p.h->has("import.close")) p.click("import.close");
    REQUIRE(p.session().dataset().trace_count() > 10);
    visit_all_traces(p, 6);
  }
}

TEST_CASE("Odd traces are shown as they are", "[views]") {
  const auto trace = [](std::string_view id, std::string_view info, std::string_view spans) {
    return R"({"info":{"trace_id":")" + std::string(id) + "\"" + std::string(info) +
           R"(},"data":{"spans":[)" + std::string(spans) + "]}}\n";
  };
  const std::string long_name(5000, 'n');
  std::string text;
  text += trace("tr-empty", "", "");
  text += trace(
      "tr-names",
      R"(,"request_preview":"","response_preview":"{\"a\":","tags":{"mlflow.traceName":")" +
          long_name + R"(","":"x"})",
      R"({"span_id":"a","name":"","start_time_unix_nano":5,"attributes":{"":"","x":"[[[[1]]]]","mlflow.spanInputs":"\"\"","mlflow.spanOutputs":"null"}},)"
      R"({"span_id":"b","parent_span_id":"nowhere","name":")" +
          long_name +
          R"(","start_time_unix_nano":9,"end_time_unix_nano":3,"events":[{"name":"exception"},{}],"status":{"code":"STATUS_CODE_ERROR"},"attributes":{"mlflow.spanType":"\"RETRIEVER\"","mlflow.spanOutputs":"[]"}})");
  text += trace(
      "tr-chat", "",
      R"({"span_id":"c","name":"chat","attributes":{"mlflow.spanInputs":"{\"messages\":[{\"role\":\"user\",\"content\":\"\"},{\"role\":\"odd\",\"content\":{\"a\":1}},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{}]}]}","mlflow.spanOutputs":"{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"ok\"}}]}"}})");
  std::string many;
  for (int i = 0; i < 400; ++i) {
    if (i != 0) many += ',';
    many += R"({"span_id":"s)" + std::to_string(i) + R"(","parent_span_id":)" +
            (i == 0 ? std::string("null") : "\"s" + std::to_string(i - 1) + "\"") +
            R"(,"name":"level","start_time_unix_nano":)" + std::to_string(i + 1) + "}";
  }
  text += trace("tr-deep", "", many);
  text += trace(
      "tr-assessed",
      R"(,"assessments":[{"assessment_id":"a-1","assessment_name":"n","feedback":{"value":null,"error":{"error_code":"E","error_message":"m","stack_trace":"s"}}},{"assessment_id":"a-2","assessment_name":"","feedback":{"value":{"k":[1,2]}},"valid":false},{"assessment_id":"a-3","assessment_name":"n","expectation":{"value":"x"},"span_id":"none"}])",
      "");
  for (const ImVec2 size : {ImVec2(1440, 900), ImVec2(360, 500)}) {
    ViewPage p(size);
    p.open("odd.jsonl", text);
    p.settle();
    if (p.h->has("import.close")) p.click("import.close");
    REQUIRE(p.session().dataset().trace_count() == 5);
    visit_all_traces(p, 3);
    p.view.reader.show_json = true;
    visit_all_traces(p, 3);
    p.view.reader.tab = ui::ReaderTab::Assessments;
    p.settle();
    CHECK(p.h->semantics_problems() == "");
  }
}
