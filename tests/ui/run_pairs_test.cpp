#include <algorithm>
#include <cmath>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "core/stats/calibration.h"
#include "tests/ui/view_page.h"
#include "ui/views/run_pairs.h"

using namespace assay;
using namespace assay::tests;
using namespace assay::ui;
using app::CommandId;
using Catch::Approx;

namespace {

// Two runs of all scorers over the example: the first says yes to all, the second no to each `nth` request.
void run_twice(ViewPage& p, size_t nth) {
  p.open_example();
  p.page.session->execute(app::Command(CommandId::JudgeSetKey, {{"key", "sk-x"}}));
  p.page.transport.answer = [](const judge::OutRequest&, size_t) { return test::FakeTransport::verdict("yes", "It is fine."); };
  p.command(CommandId::JudgeStart, {{"scope", "matching"}, {"name", "before"}});
  p.command(CommandId::SettingSet, {{"key", "judge_model"}, {"value", "another"}});  // else nothing is asked twice
  p.page.transport.answer = [nth](const judge::OutRequest&, size_t number) {
    return test::FakeTransport::verdict(number % nth == 0 ? "no" : "yes", "It got worse.");
  };
  p.command(CommandId::JudgeStart, {{"scope", "matching"}, {"name", "after"}});
  REQUIRE(p.session().runs().size() == 2);
}

const app::RunSummary& run_named(const ViewPage& p, std::string_view name) {
  for (const app::RunSummary& run : p.session().runs())
    if (run.name == name) return run;
  FAIL("no such run");
  return p.session().runs()[0];
}

}  // namespace

TEST_CASE("Two runs are paired trace by trace, and what is no pair is counted beside", "[views]") {
  ViewPage p;
  run_twice(p, 3);
  const app::RunSummary &a = run_named(p, "before"), &b = run_named(p, "after");
  const RunPairs pairs = pair_runs(p.session(), a, b);
  REQUIRE(p.session().runs()[0].state == app::RunSummary::State::Finished);
  CHECK(pairs.in_both == 7);
  CHECK(pairs.only_a == 0);
  REQUIRE(pairs.traces.size() == 7);
  REQUIRE(pairs.scorers.size() == a.scorers.size());
  uint32_t changed = 0, listed = 0;
  for (const ScorerPairs& scorer : pairs.scorers) {
    INFO(scorer.name);
    CHECK_FALSE(scorer.other_settings);
    CHECK(scorer.counts.only_b == 0);
    CHECK(scorer.counts.both_fail == 0);
    CHECK(scorer.pairs() + scorer.skipped_a == 7);
    CHECK(scorer.skipped_a == scorer.skipped_b);
    // All changes go one way, and the example has sessions: those of one count as one.
    CHECK(scorer.clusters < scorer.pairs());
    CHECK(scorer.p >= stats::mcnemar_exact_p(scorer.counts.only_a, 0));
    CHECK(scorer.p_adjusted >= scorer.p);
    changed += scorer.counts.only_a;
  }
  CHECK(changed > 0);
  for (const PairedTrace& trace : pairs.traces)
    for (const SaidPair& said : trace.said) listed += said.differ() ? 1 : 0;
  CHECK(listed == changed);
  // The other way round the signs change and nothing else.
  const RunPairs turned = pair_runs(p.session(), b, a);
  for (size_t i = 0; i < pairs.scorers.size(); ++i) {
    CHECK(turned.scorers[i].counts.only_b == pairs.scorers[i].counts.only_a);
    CHECK(turned.scorers[i].p == pairs.scorers[i].p);
  }
  // A verdict that a person has corrected counts in neither, as it does not in the run's results.
  const auto differs = std::find_if(pairs.traces.begin(), pairs.traces.end(), [](const PairedTrace& t) { return passes(t, PairFilter::OnlyA, -1); });
  REQUIRE(differs != pairs.traces.end());
  for (const store::Assessment* verdict : p.session().run_assessments(b.run_id, differs->row)) {
    if (verdict->value_json != "\"no\"") continue;
    p.command(CommandId::AssessmentAdd, {{"trace_id", std::string(p.session().dataset().trace_id(differs->row))},
                                         {"kind", "feedback"},
                                         {"name", verdict->name},
                                         {"value_type", "text"},
                                         {"value", "yes"},
                                         {"overrides", verdict->assessment_id}});
    break;
  }
  uint32_t now = 0, missing = 0;
  const RunPairs later = pair_runs(p.session(), a, b);
  for (const ScorerPairs& scorer : later.scorers) {
    now += scorer.counts.only_a;
    missing += scorer.skipped_b - scorer.skipped_a;
  }
  CHECK(now == changed - 1);
  CHECK(missing == 1);
}

// 24 traces, in four sessions or in none.
std::string traces_of_sessions(bool have_sessions) {
  std::string lines;
  for (int i = 0; i < 24; ++i) {
    const std::string id = "tr-s" + std::to_string(i), session = "chat-" + std::to_string(i / 6);
    lines += R"({"info":{"trace_id":")" + id + R"(","request_time":"2026-11-24T06:00:00Z","state":"OK","trace_metadata":{)" +
             (have_sessions ? R"("mlflow.trace.session":")" + session + "\"" : std::string()) +
             R"(}},"data":{"spans":[{"trace_id":"AAAAAAAAAAAAAAAAAAAAAQ==","span_id":"AAAAAAAAAAE=","parent_span_id":null,"name":"root",)"
             R"("start_time_unix_nano":1,"end_time_unix_nano":2,"status":{"code":"STATUS_CODE_OK"},"attributes":{"mlflow.traceRequestId":"\")" +
             id + R"(\"","mlflow.spanInputs":"\"question )" + id + R"(\"","mlflow.spanOutputs":"\"answer )" + id + R"(\""}}]}})" + "\n";
  }
  return lines;
}

TEST_CASE("Traces of one session are compared as one: the test and the interval say so", "[views]") {
  for (const bool have_sessions : {true, false}) {
    INFO(have_sessions);
    ViewPage p(ImVec2(1440, 1600));
    p.page.open("sessions.jsonl", traces_of_sessions(have_sessions));
    p.page.session->execute(app::Command(CommandId::JudgeSetKey, {{"key", "sk-x"}}));
    p.page.transport.answer = [](const judge::OutRequest&, size_t) { return test::FakeTransport::verdict("yes", "Fine."); };
    p.command(CommandId::JudgeStart, {{"scope", "matching"}, {"name", "before"}});
    p.command(CommandId::SettingSet, {{"key", "judge_model"}, {"value", "another"}});
    p.page.transport.answer = [](const judge::OutRequest&, size_t) { return test::FakeTransport::verdict("no", "Worse."); };
    p.command(CommandId::JudgeStart, {{"scope", "matching"}, {"name", "after"}});
    const app::RunSummary &a = run_named(p, "before"), &b = run_named(p, "after");
    const RunPairs pairs = pair_runs(p.session(), a, b);
    const auto scorer = std::find_if(pairs.scorers.begin(), pairs.scorers.end(), [](const ScorerPairs& s) { return s.counts.only_a == 24; });
    REQUIRE(scorer != pairs.scorers.end());
    CHECK(scorer->clusters == (have_sessions ? 4 : 24));
    // Four sessions that all changed alike; 24 traces by themselves tell far more.
    CHECK(scorer->p == Approx(have_sessions ? 2 / 16.0 : stats::mcnemar_exact_p(24, 0)));
    CHECK((scorer->rate_difference->interval->high > -0.7) == have_sessions);
    CHECK(scorer->clusters_changed == (have_sessions ? 4 : 24));
    p.command(CommandId::RunOpen, {{"run_id", a.run_id}});
    CHECK(p.h->name("run.score[" + scorer->name + "].counts") == (have_sessions ? "n = 24 in 4 sessions" : "n = 24"));
    p.click("run.compare");
    p.click("run.compare_with[" + b.run_id + "]");
    const std::string id = "pairs.score[" + scorer->name + "]";
    CHECK(p.h->name(id + ".counts").find(have_sessions ? "n = 24 pairs in 4 sessions" : "n = 24 pairs") == 0);
    CHECK(p.h->name(id + ".test").find(have_sessions ? "Test by whole sessions: p = 0.1" : "McNemar’s exact test: p < 0.001") == 0);
    // Four sessions can never tell enough, were they all to change alike.
    CHECK(p.h->has(id + ".few") == have_sessions);
  }
}

TEST_CASE("Sessions beside single traces are called what they are", "[views]") {
  ViewPage p(ImVec2(1440, 1600));
  p.page.open("sessions.jsonl", traces_of_sessions(true));
  std::string others = traces_of_sessions(false);
  for (size_t at = others.find("tr-s"); at != std::string::npos; at = others.find("tr-s", at + 4)) others[at + 3] = 'x';
  p.page.open("others.jsonl", others);
  p.page.session->execute(app::Command(CommandId::JudgeSetKey, {{"key", "sk-x"}}));
  p.page.transport.answer = [](const judge::OutRequest&, size_t) { return test::FakeTransport::verdict("yes", "Fine."); };
  p.command(CommandId::JudgeStart, {{"scope", "matching"}, {"name", "before"}});
  p.command(CommandId::SettingSet, {{"key", "judge_model"}, {"value", "another"}});
  p.command(CommandId::JudgeStart, {{"scope", "matching"}, {"name", "after"}});
  const std::string a = run_named(p, "before").run_id, b = run_named(p, "after").run_id;
  p.command(CommandId::RunOpen, {{"run_id", a}});
  CHECK(p.h->name("run.score[relevance_to_query].counts") == "n = 48 in 28 groups");
  p.click("run.compare");
  p.click("run.compare_with[" + b + "]");
  CHECK(p.h->name("pairs.score[relevance_to_query].counts").find("n = 48 pairs in 28 sessions and single traces") == 0);
  CHECK(p.h->name("pairs.score[relevance_to_query].few").find("0 sessions and single traces differ") == 0);
}

TEST_CASE("From the runs two are compared: counts, test, the traces on which they differ, and back", "[views]") {
  ViewPage p(ImVec2(1440, 1600));
  run_twice(p, 3);
  const std::string a = run_named(p, "before").run_id, b = run_named(p, "after").run_id;
  p.command(CommandId::RunOpen, {{"run_id", a}});
  p.click("run.compare");
  p.click("run.compare_with[" + b + "]");
  CHECK(p.session().route().run_id == a);
  CHECK(p.session().route().with_run_id == b);
  CHECK(app::encode_route(p.session().route()).find("with=" + b) != std::string::npos);
  const RunPairs pairs = pair_runs(p.session(), run_named(p, "before"), run_named(p, "after"));
  const auto scorer = std::max_element(pairs.scorers.begin(), pairs.scorers.end(), [](const ScorerPairs& x, const ScorerPairs& y) {
    return x.counts.only_a < y.counts.only_a;
  });
  const std::string id = "pairs.score[" + scorer->name + "]";
  CHECK(p.h->name(id + ".rates").find("100.0% →") == 0);
  CHECK(p.h->name(id + ".difference").find("B less A: −") == 0);
  CHECK(p.h->name(id + ".difference").find("95% interval") != std::string::npos);
  CHECK(p.h->name(id + ".test").find("Test by whole sessions: p") == 0);
  CHECK(p.h->name(id + ".counts").find("n = " + std::to_string(scorer->pairs()) + " pairs") == 0);
  CHECK(p.h->has(id + ".few"));
  // All of a card is seen.
  CHECK(p.h->node(id + ".few").rect.y1 <= p.h->node(id).rect.y1);
  CHECK_FALSE(p.h->node(id + ".few").rect.empty());
  CHECK(p.h->has("pairs.tests"));
  // All of a card is seen, to its last line.
  CHECK(p.h->node(id + ".counts").rect.y1 < p.h->node(id).rect.y1);
  CHECK(p.view.run_pairs.card_height > 0);
  p.click(id + ".only_a");
  CHECK(p.view.run_pairs.rows.size() == scorer->counts.only_a);
  CHECK(p.h->flag(id + ".only_a", kit::kSemChecked));
  const std::string trace(p.session().dataset().trace_id(p.view.run_pairs.pairs.traces[p.view.run_pairs.rows[0]].row));
  p.click("pair_rows.row[" + trace + "]");
  REQUIRE(p.h->has("run.open_trace"));
  CHECK(p.h->semantics_problems() == "");
  p.click("pairs.swap");
  CHECK(p.session().route().run_id == b);
  CHECK(p.h->name(id + ".rates").find("→ 100.0%") != std::string::npos);
  CHECK(p.h->has("run.open_trace"));  // the same trace stays open
  p.click("run.open_trace");
  CHECK(p.session().route().place == app::Place::Traces);
  CHECK(p.session().route().trace_id == trace);
  // Back.
  p.page.session->on_navigate("#/runs?run=" + a + "&with=" + b);
  p.settle();
  CHECK(p.h->has("pairs.title"));
  p.click("pairs.close");
  CHECK(p.h->has("run.title"));
  p.click("run.back");
  p.click("runs.compare");
  CHECK(p.session().route().run_id == a);  // the older is A
  CHECK(p.session().route().with_run_id == b);
  // Addresses of what is not here.
  p.page.session->on_navigate("#/runs?run=" + a + "&with=gone");
  p.settle();
  CHECK(p.h->has("pairs.missing"));
  p.page.session->on_navigate("#/runs?run=" + a + "&with=" + a);
  p.settle();
  CHECK(p.h->has("pairs.missing"));
  // Traces that are not loaded are no pairs, and it is said how many are.
  p.page.session->on_navigate("#/runs?run=" + a + "&with=" + b);
  p.command(CommandId::FileCloseAll);
  CHECK(p.h->name("pairs.not_loaded") == "0 of 7 traces loaded");
}

TEST_CASE("Who asks for the traces behind a count is led to them", "[views]") {
  ViewPage p(ImVec2(1280, 600));
  run_twice(p, 3);
  p.command(CommandId::RunCompare, {{"run_id", run_named(p, "before").run_id}, {"with", run_named(p, "after").run_id}});
  const RunPairs pairs = pair_runs(p.session(), run_named(p, "before"), run_named(p, "after"));
  REQUIRE(pairs.scorers[0].counts.only_a > 0);
  p.click("pairs.score[" + pairs.scorers[0].name + "].only_a");
  const std::string trace(p.session().dataset().trace_id(p.view.run_pairs.pairs.traces[p.view.run_pairs.rows[0]].row));
  REQUIRE(p.h->has("pair_rows.row[" + trace + "]"));
  p.click("pair_rows.row[" + trace + "]");
  CHECK(p.h->has("run.open_trace"));
}

TEST_CASE("Opening the side beside compared runs leaves what stands at the upper edge there", "[views]") {
  ViewPage p(ImVec2(1200, 700));
  run_twice(p, 3);
  p.command(CommandId::RunCompare, {{"run_id", run_named(p, "before").run_id}, {"with", run_named(p, "after").run_id}});
  const RunPairs pairs = pair_runs(p.session(), run_named(p, "before"), run_named(p, "after"));
  REQUIRE(pairs.scorers.size() == 5);
  const std::string trace(p.session().dataset().trace_id(pairs.traces[0].row));
  const auto top_of = [&p](const std::string& id) { return p.h->node(id).rect.y0; };
  const auto scroll_until = [&p, &top_of](const std::string& id, float y) {
    for (int i = 0; i < 60 && (!p.h->has(id) || p.h->node(id).rect.empty() || top_of(id) > y); ++i) {
      p.h->wheel(400, 400, -0.4F);
      p.h->frames(2);
    }
  };
  // The fourth card begins the second row of three columns; beside the side there are two.
  const std::string fourth = "pairs.score[" + pairs.scorers[3].name + "]";
  const auto open_side = [&](const std::string& of) {
    p.h->hover(fourth);
    p.view.run_pairs.side_trace_id = of;
    p.settle();
    p.h->frames(4);
  };
  const kit::Rect region = p.h->node("pairs").rect;
  scroll_until(fourth, region.y0 + 2);
  const int columns = p.view.run_pairs.cards.columns;
  const float clip = top_of(fourth);
  open_side(trace);
  REQUIRE(p.h->has("run.open_trace"));
  CHECK(p.view.run_pairs.cards.columns < columns);
  CHECK_FALSE(p.h->node(fourth).rect.empty());
  CHECK(std::abs(top_of(fourth) - clip) < 40);
  // Closed again, it is where it was.
  open_side("");
  CHECK(p.view.run_pairs.cards.columns == columns);
  CHECK(std::abs(top_of(fourth) - clip) < 3);
  // A row below the cards that is clicked stays under the mouse.
  p.command(CommandId::RunCompare, {{"run_id", run_named(p, "after").run_id}, {"with", run_named(p, "before").run_id}});
  p.settle();
  REQUIRE_FALSE(p.view.run_pairs.rows.empty());
  const std::string row =
      "pair_rows.row[" + std::string(p.session().dataset().trace_id(p.view.run_pairs.pairs.traces[p.view.run_pairs.rows[0]].row)) + "]";
  scroll_until("pairs.filter", region.y0 + 60);
  REQUIRE(p.h->has(row));
  const float before = top_of(row);
  p.click(row);
  p.h->frames(4);
  REQUIRE(p.h->has("run.open_trace"));
  CHECK(std::abs(top_of(row) - before) < 40);
}

TEST_CASE("In the list of runs a time of another year has room in any language", "[views]") {
  for (const char* language : {"en", "zh-Hans"}) {
    ViewPage p;
    run_twice(p, 3);
    p.command(CommandId::SettingSet, {{"key", "language"}, {"value", language}});
    p.command(CommandId::RunClose);
    REQUIRE(p.h->has("runs.header[time]"));
    INFO(language);
    const std::string longest = kit::format_date(p.h->ctx().language, 978'172'200'000'000'000, 0, true) + " 10:30";
    CHECK(p.h->node("runs.header[time]").rect.width() >= kit::text_width(p.h->ctx(), longest) + kit::px(16));
  }
}
