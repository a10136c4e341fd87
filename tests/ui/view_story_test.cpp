// What a person does, through real clicks and keys, in a window without pixels.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "tests/ui/view_page.h"
#include "ui/kit/i18n.h"

using namespace assay;
using app::CommandId;
using assay::tests::ViewPage;

TEST_CASE("The first page offers to open files and to try the example", "[views]") {
  ViewPage p;
  CHECK(p.h->has("empty.title"));
  p.click("empty.open");
  CHECK(p.page.files.dialogs == 1);
  p.click("empty.example");
  CHECK(p.page.files.examples == 1);
  p.open_example();
  CHECK_FALSE(p.h->has("empty.title"));
  CHECK(p.h->has("traces.row[" + p.trace_at(0) + "]"));
  CHECK(p.h->name("traces.footer") == "7 of 7 traces");
}

TEST_CASE("Typing filters the table, and an error points at its place", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "status = 'ERROR'");
  CHECK(p.session().traces().rows().size() == 1);
  CHECK(p.h->name("traces.footer") == "1 of 7 traces");
  CHECK_FALSE(p.h->has("search.error"));

  p.type("top.search", "stauts = 'ERROR'");
  CHECK(p.h->has("search.error"));
  CHECK(p.h->flag("top.search", kit::kSemInvalid));
  CHECK(p.session().traces().rows().size() == 1);  // the last good result stays

  p.type("top.search", "status = 'NONE'");
  CHECK(p.h->has("traces.none"));
  p.click("traces.clear_filter");
  CHECK(p.session().traces().rows().size() == 7);
  CHECK(p.h->value("top.search").empty());
}

TEST_CASE("An example of the filter help becomes the search", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("top.search_help");
  p.click("search.example[0]");
  CHECK(p.session().route().query == "status = 'ERROR' OR duration > 5s");
  CHECK(p.session().traces().rows().size() == 1);
  CHECK_FALSE(p.h->has("search.example[0]"));
}

TEST_CASE("A click opens a trace, keys step through the list, Escape closes it", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("traces.row[" + p.trace_at(2) + "]");
  CHECK(p.session().route().trace_id == p.trace_at(2));
  CHECK(p.h->name("reader.title") == "generate_email");
  p.key("J");
  CHECK(p.session().route().trace_id == p.trace_at(3));
  p.key("K");
  p.key("K");
  CHECK(p.session().route().trace_id == p.trace_at(1));
  CHECK(p.h->has("overview.failed[" + std::to_string(p.view.reader.trace.failed_spans.at(0).first) +
                 "]"));
  p.key("Escape");
  CHECK(p.session().route().trace_id.empty());
  CHECK_FALSE(p.h->has("reader"));
}

TEST_CASE("Keys rest while somebody types", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "jk");
  CHECK(p.session().route().trace_id.empty());
  CHECK(p.session().route().query == "jk");
}

TEST_CASE("The tabs show spans, documents, metadata and the record, all of it", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("traces.row[" + p.trace_at(0) + "]");
  p.click("reader.tab[spans]");
  const store::Dataset& dataset = p.session().dataset();
  const store::TraceRow row = p.session().traces().rows()[0];
  store::SpanRow retriever{dataset.spans(row).begin};
  while (dataset.name_text(dataset.span_type(retriever)) != "RETRIEVER")
    ++retriever.v;
  p.click("reader.span[" + dataset.span_id(retriever) + "]");
  CHECK(p.session().route().span_id == dataset.span_id(retriever));
  CHECK(p.h->name("span.title") == dataset.name_text(dataset.span_name(retriever)));
  CHECK(p.h->has("span.document[0].title"));
  p.click("reader.format[json]");
  CHECK(p.h->has("span.outputs.text"));
  CHECK_FALSE(p.h->has("span.document[0].title"));
  p.click("reader.tab[metadata]");
  CHECK(p.h->has("metadata.tags"));
  p.click("reader.tab[json]");
  CHECK(p.h->value("reader.json_text").find("\"trace_id\"") != std::string::npos);
}

TEST_CASE("Feedback is added, undone, redone and deleted", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("traces.row[" + p.trace_at(0) + "]");
  p.key("A");
  p.type("annotate.name", "friendliness");
  p.click("annotate.value[yes]");
  p.type("annotate.rationale", "Warm and short.");
  p.click("annotate.save");
  REQUIRE(p.assessments_named(0, "friendliness").size() == 1);
  const store::Assessment saved = *p.assessments_named(0, "friendliness")[0];
  CHECK(saved.value_json == "true");
  CHECK(saved.rationale == "Warm and short.");
  CHECK(saved.source_type == store::SourceType::Human);
  CHECK(p.h->has("assess[" + saved.assessment_id + "].value"));
  CHECK(p.h->has("traces.header[assessment:friendliness]"));
  CHECK(p.h->name("top.save_state") == "Saved");

  p.click("annotate.undo");
  CHECK(p.assessments_named(0, "friendliness").empty());
  p.click("annotate.redo");
  REQUIRE(p.assessments_named(0, "friendliness").size() == 1);
  p.click("assess[" + saved.assessment_id + "].delete");
  CHECK(p.assessments_named(0, "friendliness").empty());
}

TEST_CASE("A form that is not complete says so and saves nothing", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("traces.row[" + p.trace_at(0) + "]");
  p.click("annotate.open");
  p.click("annotate.save");
  CHECK(p.h->has("annotate.error"));
  p.type("annotate.name", "length");
  p.click("annotate.type[number]");
  p.type("annotate.value", "long");
  p.click("annotate.save");
  CHECK(p.h->has("annotate.error"));
  CHECK(p.assessments_named(0, "length").empty());
  p.type("annotate.value", "4.5");
  p.click("annotate.save");
  REQUIRE(p.assessments_named(0, "length").size() == 1);
  CHECK(p.assessments_named(0, "length")[0]->value_json == "4.5");
}

TEST_CASE("An assessment is changed in place", "[views]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::AssessmentAdd, {{"trace_id", p.trace_at(0)},
                                       {"kind", "feedback"},
                                       {"name", "tone"},
                                       {"value_type", "boolean"},
                                       {"value", "true"}});
  p.click("traces.row[" + p.trace_at(0) + "]");
  const std::string id = "assess[" + p.assessments_named(0, "tone").at(0)->assessment_id + "]";
  p.click(id + ".edit");
  p.click(id + ".value[no]");
  p.click(id + ".save");
  REQUIRE(p.assessments_named(0, "tone").size() == 1);
  CHECK(p.assessments_named(0, "tone")[0]->value_json == "false");
  CHECK_FALSE(p.h->has(id + ".save"));
}

TEST_CASE("Judges are run, read, corrected and taken home", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("top.evaluate");
  CHECK(p.session().route().place == app::Place::Scorers);
  CHECK_FALSE(p.h->name("judge.obstacle").empty());  // no key yet
  p.type("judge.key", "sk-secret");
  p.key("Enter");
  CHECK(p.session().has_key());
  CHECK(p.h->tree().find("sk-secret") == std::string::npos);
  // 7 traces by 5 scorers; what has no retriever, or no outputs, is skipped.
  INFO(p.h->name("judge.summary"));
  CHECK(p.h->name("judge.summary").find("30 requests") != std::string::npos);
  CHECK(p.h->name("judge.summary").find("5 skipped") != std::string::npos);
  CHECK(p.h->name("judge.summary").find("input tokens") != std::string::npos);
  CHECK(p.h->name("judge.summary").find("$") != std::string::npos);
  p.page.transport.answer = [](const judge::OutRequest&, size_t number) {
    return test::FakeTransport::verdict(number % 5 == 0 ? "no" : "yes", "Because of what it says.");
  };
  p.click("judge.start");
  REQUIRE(p.session().runs().size() == 1);
  const app::RunSummary& run = p.session().runs()[0];
  CHECK(run.state == app::RunSummary::State::Finished);
  CHECK(p.session().route().run_id == run.run_id);
  CHECK(p.h->name("run.state") == "Finished");
  CHECK(p.h->has("run.score[concise_communication].mean"));

  p.click("run.export_csv");
  REQUIRE(p.page.downloads.files.size() == 1);
  CHECK(p.page.downloads.files[0].finished);

  const size_t all = p.view.runs.rows.size();
  p.click("run.filter[fail]");
  CHECK(p.view.runs.rows.size() < all);
  REQUIRE_FALSE(p.view.runs.rows.empty());
  const std::string trace(p.session().dataset().trace_id(p.view.runs.rows[0]));
  p.click("run_rows.row[" + trace + "]");
  CHECK(p.h->has("run.open_trace"));
  p.click("run.open_trace");
  CHECK(p.session().route().trace_id == trace);

  const store::TraceRow row = *p.session().open_trace();
  const auto& assessments = p.session().dataset().assessments(row);
  const auto judged =
      std::find_if(assessments.begin(), assessments.end(), [](const store::Assessment& a) {
        return a.source_type == store::SourceType::LlmJudge && a.value_json == "\"no\"";
      });
  REQUIRE(judged != assessments.end());
  const std::string judged_id = judged->assessment_id, name = judged->name;
  p.click("assess[" + judged_id + "].correct");
  CHECK(p.h->flag("annotate.value[yes]", kit::kSemChecked));
  p.click("annotate.save");
  const store::Assessment* correction = nullptr;
  for (const store::Assessment& a : p.session().dataset().assessments(row)) {
    if (a.overrides == judged_id) correction = &a;
  }
  REQUIRE(correction != nullptr);
  CHECK(correction->value_json == "\"yes\"");
  CHECK(correction->name == name);
  CHECK(p.h->has("feedback[" + name + "].earlier"));
}

TEST_CASE("Each error of a run names its scorer and leads to its trace", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("top.evaluate");
  p.type("judge.key", "sk-secret");
  p.key("Enter");
  p.page.transport.answer = [](const judge::OutRequest& request, size_t) {
    judge::HttpReply reply = test::FakeTransport::verdict("yes", "It does.");
    if (request.body.find("courteous") != std::string::npos) reply.body = R"({"choices":[{"message":{"content":"dunno"}}]})";
    return reply;
  };
  p.click("judge.start");
  REQUIRE(p.session().runs().size() == 1);
  REQUIRE(p.session().runs()[0].failed > 1);
  CHECK(p.h->name("run.export_assessments") == "CSV, one row per assessment");
  REQUIRE(p.h->has("run.error[0].scorer"));
  CHECK(p.h->name("run.error[0].scorer") == "professional_tone");
  CHECK_FALSE(p.h->has("run.error[1]"));
  const std::string trace = p.h->name("run.error[0].trace");
  p.click("run.error[0].trace");
  REQUIRE_FALSE(p.session().route().trace_id.empty());
  CHECK(trace.find(p.session().route().trace_id) == 0);
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("What the key's field says once a key is set has room there", "[views]") {
  for (const float width : {1440.0F, 960.0F, 390.0F}) {
    for (const char* language : {"en", "zh-Hans"}) {
      ViewPage p(ImVec2(width, 2600));
      p.open_example();
      p.command(CommandId::SettingSet, {{"key", "language"}, {"value", language}});
      p.command(CommandId::JudgeSetKey, {{"key", "sk-secret"}});
      p.command(CommandId::GoScorers);
      REQUIRE(p.h->has("judge.key"));
      INFO(width << " " << language);
      const float text = kit::text_width(p.h->ctx(), kit::tr(p.h->ctx().language, kit::Str::judge_key_set), kit::TextStyle::Mono);
      CHECK(text + kit::px(10 + 28) <= p.h->node("judge.key").rect.width());
    }
  }
}

TEST_CASE("The bar above has room for a file that is being read", "[views]") {
  ViewPage p(ImVec2(1280, 800));
  p.open_example();
  p.page.session->on_file_begin("large.jsonl", 1'000'000);
  p.h->frames(3);
  REQUIRE(p.h->has("top.import_job"));
  CHECK(p.h->node("top.theme").rect.x1 <= 1280 - 12);
  CHECK(p.h->node("top.import_job").rect.center_y() == p.h->node("top.evaluate").rect.center_y());
}

TEST_CASE("A run starts at its head, and says above its scores which traces they lack", "[views]") {
  ViewPage p;
  p.open_example();
  p.page.transport.answer = [](const judge::OutRequest&, size_t) { return test::FakeTransport::verdict("yes", "It is."); };
  p.click("top.evaluate");
  p.type("judge.key", "sk-secret");
  p.key("Enter");
  p.click("judge.start");
  p.h->resize(ImVec2(1280, 500));
  p.settle();
  const kit::Rect run = p.h->node("run").rect;
  p.h->wheel(run.x0 + 4, run.y1 - 20, -30);
  p.settle();
  REQUIRE(p.h->node("run.title").rect.empty());
  p.click("top.evaluate");
  p.click("judge.start");
  REQUIRE(p.session().runs().size() == 2);
  CHECK_FALSE(p.h->node("run.title").rect.empty());

  CHECK_FALSE(p.h->has("run.not_loaded"));
  CHECK(p.h->name("run.facts").find(" · 7 traces") != std::string::npos);
  p.command(CommandId::FileCloseAll);
  REQUIRE(p.h->has("run.not_loaded"));
  // All places count alike, and say of what.
  CHECK(p.h->name("run.facts").find("0 of 7 traces loaded") != std::string::npos);
  CHECK(p.h->name("run.shown") == "0 of 0 traces · 0 of 7 traces loaded");
  CHECK(p.h->name("run.counts").find("35 of 35 done") != std::string::npos);
  CHECK(p.h->name("run.not_loaded").find("7 traces") == 0);
  CHECK(p.h->node("run.not_loaded").rect.y1 <= p.h->node("run.score[concise_communication]").rect.y0);
}

TEST_CASE("A run of long requests can be paused, resumed and cancelled", "[views]") {
  ViewPage p;
  p.open_example();
  p.page.transport.hold = true;
  p.page.session->execute(app::Command(CommandId::JudgeSetKey, {{"key", "sk-x"}}));
  p.page.session->execute(app::Command(CommandId::JudgeStart, {{"scope", "matching"}}));
  for (int i = 0; i < 20; ++i) {
    Budget budget;
    p.page.session->tick(budget);
    p.own_storage.answer();
  }
  p.h->frames(3);
  CHECK(p.h->has("top.run_job"));
  CHECK(p.h->has("run.progress"));
  p.h->click("run.pause");
  p.h->frames(3);
  CHECK(p.h->name("run.state") == "Paused");
  p.h->click("run.cancel");
  p.page.transport.release();
  p.settle();
  CHECK(p.h->name("run.state") == "Cancelled");
}

TEST_CASE("Scorers are added, edited, checked and deleted", "[views]") {
  ViewPage p;
  p.click("rail.scorers");
  const size_t before = p.session().settings().scorers.size();
  p.click("scorers.add");
  p.click("scorers.add_kind[Guidelines]");
  p.type("scorer.name", "has_greeting");
  p.click("scorer.save");
  CHECK(p.h->has("scorer.error"));  // no guideline yet
  p.type("scorer.guidelines", "The e-mail greets the reader by name");
  p.click("scorer.save");
  REQUIRE(p.session().settings().scorers.size() == before + 1);
  CHECK(p.session().settings().scorers.back().name == "has_greeting");
  p.type("scorer.name", "greets");
  p.click("scorer.save");
  CHECK(p.session().settings().scorers.back().name == "greets");
  p.click("scorer.delete");
  CHECK(p.session().settings().scorers.size() == before);
}

TEST_CASE("A check runs without a model, a key or a request", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("rail.scorers");
  for (size_t i = 0; i < p.session().settings().scorers.size(); ++i)
    p.click("scorers.on[" + std::to_string(i) + "]");
  CHECK(p.session().settings().scorers_on().empty());
  CHECK_FALSE(p.h->name("judge.obstacle").empty());
  p.click("scorers.add");
  p.type("scorers.library_search", "within budget");
  CHECK_FALSE(p.h->has("scorers.add_kind[Safety]"));
  p.click("scorers.add_kind[Budget]");
  p.type("scorer.param[max_ms]", "no number");
  p.click("scorer.save");
  CHECK(p.h->has("scorer.error"));
  p.type("scorer.param[max_ms]", "100000000");
  p.click("scorer.save");
  REQUIRE(p.session().settings().scorers_on().size() == 1);
  CHECK(p.h->has("judge.no_model_needed"));
  CHECK_FALSE(p.h->has("judge.key"));
  p.click("scorer.preview");
  CHECK(p.h->value("scorer.preview_text").find("Within the budget") != std::string::npos);
  p.click("judge.start");
  REQUIRE(p.session().runs().size() == 1);
  CHECK(p.session().runs()[0].state == app::RunSummary::State::Finished);
  CHECK(p.session().runs()[0].scored == p.session().dataset().trace_count());
  CHECK(p.page.transport.sent.empty());
  const auto verdicts = p.session().run_assessments(p.session().runs()[0].run_id, store::TraceRow{0});
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0]->source_type == store::SourceType::Code);
  CHECK(verdicts[0]->value_json == "true");
  p.click("run.metrics");
  CHECK(p.h->name("run.metric[within_budget/mean]") == "1.0");
  p.click("run.metrics_copy");
  CHECK(p.h->clipboard() == R"({"within_budget/mean": 1.0})");
  // Beside a verdict stands what was asked.
  const std::string trace_id(p.session().dataset().trace_id(p.session().run_rows(p.session().runs()[0].run_id)[0]));
  p.click("run_rows.row[" + trace_id + "]");
  REQUIRE(p.h->has("run.side.request"));
  CHECK(p.h->value("run.side.request").size() > 10);
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("A judge by template is written, previewed, tried on one trace and saved", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("rail.scorers");
  p.click("scorers.add");
  p.type("scorers.library_search", "template");
  p.click("scorers.add_kind[InstructionsJudge]");
  p.type("scorer.template", "How warm is this mail?");
  p.click("scorer.save");
  CHECK(p.h->has("scorer.error"));  // no variable yet
  p.click("scorer.variable[outputs]");
  CHECK(p.view.scorers.text == "How warm is this mail? {{ outputs }}");
  p.click("scorer.answer");
  p.click("scorer.answer[int]");
  p.click("scorer.preview");
  CHECK(p.h->value("scorer.preview_text").find("How warm is this mail?") != std::string::npos);
  INFO(p.h->name("scorer.preview_about"));
  CHECK(p.h->name("scorer.preview_about").find("tokens") != std::string::npos);
  p.page.session->execute(app::Command(CommandId::JudgeSetKey, {{"key", "sk-x"}}));
  p.page.transport.answer = [](const judge::OutRequest&, size_t) {
    return test::FakeTransport::verdict("4", "Rather warm.");
  };
  p.click("scorer.try");
  REQUIRE(p.page.transport.sent.size() == 1);
  CHECK(p.session().route().place == app::Place::Scorers);  // the place stays
  CHECK(p.h->has("scorer.verdict[my_judge]"));
  CHECK(p.h->name("scorer.verdict[my_judge].why") == "Rather warm.");
  p.click("scorer.save");
  CHECK(p.session().settings().scorers.back().answer.type == judge::AnswerType::Integer);
  // The same question again is not paid for again.
  p.click("scorer.try");
  CHECK(p.page.transport.sent.size() == 1);
}

TEST_CASE("A program is saved once it can be read, and says where it cannot", "[views]") {
  ViewPage p;
  p.open_example();
  p.page.transport.answer = [](const judge::OutRequest& request, size_t) {
    judge::HttpReply reply;
    reply.status = 200;
    const bool broken = request.body.find("+;") != std::string::npos;
    reply.body = broken ? R"j({"error":"SyntaxError: Unexpected token ';' (line 2)","line":2})j" : R"({"value":true})";
    return reply;
  };
  p.click("rail.scorers");
  p.click("scorers.add");
  p.type("scorers.library_search", "javascript");
  p.click("scorers.add_kind[Script]");
  const size_t before = p.session().settings().scorers.size();
  p.view.scorers.text = "const a = 1;\nreturn a +;";
  p.settle();
  p.click("scorer.save");  // before anybody has read it
  CHECK(p.session().settings().scorers.size() == before);
  CHECK(p.h->name("scorer.syntax") == "Line 2: SyntaxError: Unexpected token ';'");
  CHECK((p.h->node("scorer.save").flags & kit::kSemDisabled) != 0);
  CHECK(p.h->semantics_problems() == "");
  const float save_y = p.h->node("scorer.save").rect.y0;
  p.view.scorers.text = "const a = 1;\nreturn a;";
  p.h->frames(2);  // not read yet
  CHECK_FALSE(p.h->has("scorer.syntax"));
  CHECK(p.h->node("scorer.save").rect.y0 == save_y);
  p.settle();
  CHECK((p.h->node("scorer.save").flags & kit::kSemDisabled) == 0);
  p.click("scorer.save");
  REQUIRE(p.session().settings().scorers.size() == before + 1);
  CHECK(p.session().settings().scorers.back().text == "const a = 1;\nreturn a;");
  CHECK(p.h->name("scorer.syntax").find("syntax is right") != std::string::npos);
  for (const judge::OutRequest& request : p.page.transport.sent) CHECK(request.method == judge::kScriptMethod);
}

TEST_CASE("Testing the connection says what is wrong, and what works", "[views]") {
  ViewPage p;
  p.click("rail.scorers");
  p.click("judge.test");
  CHECK(p.session().connection_test().state == app::ConnectionTest::State::Failed);
  CHECK(p.h->has("judge.test_result"));
  p.type("judge.key", "sk-x");
  p.page.transport.answer = [](const judge::OutRequest&, size_t number) {
    judge::HttpReply reply;
    reply.status = 400;
    reply.body = R"({"error":{"message":"response_format is not supported"}})";
    return number == 0 ? reply : test::FakeTransport::verdict("yes", "It does.");
  };
  p.click("judge.test");
  CHECK(p.page.transport.sent.size() == 2);  // once more without what was refused
  CHECK(p.session().connection_test().state == app::ConnectionTest::State::Passed);
  p.page.transport.answer = [](const judge::OutRequest&, size_t) {
    judge::HttpReply reply;
    reply.status = 401;
    return reply;
  };
  p.click("judge.test");
  CHECK(p.session().connection_test().message.find("key") != std::string::npos);
}

TEST_CASE("A provider brings its address, and the prompt goes where it wants it", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("rail.scorers");
  p.click("judge.provider");
  p.click("judge.provider[anthropic]");
  CHECK(p.session().settings().judge_base_url == "https://api.anthropic.com");
  CHECK(p.session().settings().judge_model == "claude-haiku-4-5");
  p.type("judge.key", "sk-ant");  // not entered: Start takes it all the same
  p.click("judge.sample");
  REQUIRE_FALSE(p.page.transport.sent.empty());
  CHECK(p.page.transport.sent[0].url == "https://api.anthropic.com/v1/messages");
  CHECK(p.page.transport.sent[0].secret_header == "x-api-key");
  CHECK(p.session().runs()[0].trace_ids.size() == 5);
}

TEST_CASE("The prompt of a scorer is shown as it would be sent", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("rail.scorers");
  p.click("scorer.preview");
  const std::string text = p.h->value("scorer.preview_text");
  CHECK(text.find(p.session().settings().scorers[0].guidelines[0]) != std::string::npos);
}

TEST_CASE("A damaged file opens the report, which names the place", "[views]") {
  ViewPage p;
  p.open("cut.jsonl", tests::example_text().substr(0, 3000));
  p.settle();
  REQUIRE(p.h->has("import.report"));
  CHECK(p.h->name("import.file[0]") == "cut.jsonl");
  CHECK(p.h->has("import.file[0].truncated_record.kind"));
  p.click("import.close");
  CHECK_FALSE(p.h->has("import.report"));
}

TEST_CASE("Selecting with shift takes the range, and the header takes all", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("traces.check[" + p.trace_at(1) + "]");
  const kit::Rect last = p.h->node("traces.check[" + p.trace_at(4) + "]").rect;
  p.h->click_at(last.center_x(), last.center_y(), true);
  p.settle();
  CHECK(p.session().selected_count() == 4);
  CHECK(p.h->name("traces.footer") == "7 of 7 traces · 4 selected");
  p.click("traces.select_none");
  CHECK(p.session().selected_count() == 0);
  p.click("traces.check_all");
  CHECK(p.session().selected_count() == 7);
}

TEST_CASE("A header sorts, and sorts the other way when pressed again", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("traces.header[duration]");
  const auto durations = [&p] {
    std::vector<int64_t> all;
    for (const store::TraceRow row : p.session().traces().rows())
      all.push_back(p.session().dataset().duration_ms(row));
    return all;
  };
  std::vector<int64_t> first = durations();
  p.click("traces.header[duration]");
  std::vector<int64_t> second = durations();
  std::reverse(first.begin(), first.end());
  CHECK(first == second);
  CHECK(std::is_sorted(first.begin(), first.end()) != std::is_sorted(first.rbegin(), first.rend()));
}

TEST_CASE("The palette runs a command by its name", "[views]") {
  ViewPage p;
  p.open_example();
  p.key("Mod+K");
  REQUIRE(p.h->has("palette.input"));
  p.h->type_text("settings");
  p.settle();
  p.key("Enter");
  CHECK(p.session().route().place == app::Place::Settings);
  CHECK_FALSE(p.h->has("palette.input"));
}

TEST_CASE("Theme, language and name are set, and forgetting asks first", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("rail.settings");
  p.click("settings.theme[dark]");
  CHECK(p.h->ctx().theme == kit::Theme::Dark);
  p.click("settings.language[zh-Hans]");
  CHECK(p.h->name("rail.traces") == "追踪");
  p.type("settings.author", "Ada");
  p.key("Enter");
  CHECK(p.session().settings().author == "Ada");
  p.click("settings.forget");
  REQUIRE(p.h->has("forget.confirm"));
  CHECK(p.session().dataset().trace_count() == 7);
  p.click("forget.confirm");
  CHECK(p.session().dataset().trace_count() == 0);
}

TEST_CASE("A link to a trace that is not loaded says which file is missing, then follows",
          "[views]") {
  ViewPage p(ImVec2(1440, 900), "#/traces?trace=tr-a7931bbcd2f8c4d122ff62d437ddca58");
  p.settle();
  CHECK(p.h->has("reader.missing"));
  p.open_example();
  CHECK(p.h->has("reader.title"));
}

TEST_CASE("Storage that refuses is said plainly", "[views]") {
  ViewPage p;
  p.open_example();
  p.own_storage.refuse = true;
  p.command(CommandId::AssessmentAdd, {{"trace_id", p.trace_at(0)},
                                       {"kind", "feedback"},
                                       {"name", "tone"},
                                       {"value_type", "boolean"},
                                       {"value", "true"}});
  CHECK(p.h->name("top.save_state") == "Not saved");
}

TEST_CASE("All that match are selected with an exact count, also those of an earlier query", "[views]") {
  ViewPage p;
  p.open_example();
  p.type("top.search", "status = 'ERROR'");
  p.command(CommandId::SelectAll);
  CHECK(p.session().selected_count() == 1);
  p.type("top.search", "status = 'OK'");
  CHECK(p.session().selected_in_list() == 0);
  CHECK(p.h->name("traces.footer") == "6 of 7 traces · 1 selected (1 of them not in this list)");
  CHECK(p.h->name("traces.select_all") == "Select all 6 that match");
  p.click("traces.select_all");
  CHECK(p.session().selected_count() == 7);
  CHECK(p.session().selected_in_list() == 6);
  CHECK_FALSE(p.h->has("traces.select_all"));
  p.type("top.search", "");
  p.h->key("Delete");
  p.settle();
  CHECK(p.h->name("traces.footer") == "7 of 7 traces · 7 selected");
}

TEST_CASE("A header of the list sorts up, down, and lets go again", "[views]") {
  ViewPage p;
  p.open_example();
  const auto sort = [&] { return p.session().route().sort; };
  p.click("traces.header[duration]");
  CHECK(sort() == "duration.asc");
  p.click("traces.header[duration]");
  CHECK(sort() == "duration.desc");
  p.click("traces.header[duration]");
  CHECK(sort() == "");
  p.click("traces.header[time]");  // newest first is where it stands
  CHECK(sort() == "time.asc");
  p.click("traces.header[time]");
  CHECK(sort() == "");
}

TEST_CASE("What is wrong with a pattern to hide is said in the page's language", "[views]") {
  ViewPage p(ImVec2(1440, 2000));  // all of the form is seen
  p.open_example();
  p.command(CommandId::SettingSet, {{"key", "language"}, {"value", "zh-Hans"}});
  p.click("rail.scorers");
  p.click("judge.redaction");
  p.type("judge.redact_patterns", "/(/");
  REQUIRE(p.h->has("judge.patterns_error"));
  const std::string said = p.h->name("judge.patterns_error");
  CHECK(said.starts_with("/(/: "));
  CHECK(said.find("missing") == std::string::npos);
}
