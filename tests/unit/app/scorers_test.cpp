// Scorers and money as a Session sees them: counting before a run, caps, checks without a key, sessions,
// programs, files of scorers, the ledger.
#include <catch2/catch_test_macros.hpp>

#include <set>

#include "core/app/platform.h"
#include "core/app/session.h"
#include "core/judge/scorer.h"
#include "tests/support/fake_platform.h"

using namespace assay;
using namespace assay::test;
using app::CommandId;
using app::RunSummary;

namespace {

// Two turns of a session and a trace of none.
std::string conversation() {
  std::string lines;
  int number = 0;
  for (const char* session : {"s-1", "s-1", ""}) {
    ++number;
    const std::string n = std::to_string(number);
    lines += R"({"info":{"trace_id":"tr-)" + n + R"(","request_time":"2026-01-01T00:0)" + n +
             R"(:00Z","state":"OK","execution_duration_ms":)" + n + R"(000,"trace_metadata":{)" +
             (*session != '\0' ? R"("mlflow.trace.session":")" + std::string(session) + "\"" : "") +
             R"(}},"data":{"spans":[{"trace_id":"AAAAAAAAAAAAAAAAAAAAAQ==","span_id":"AAAAAAAAAAE=",)"
             R"("parent_span_id":null,"name":"root","start_time_unix_nano":1,"end_time_unix_nano":2,)"
             R"("status":{"code":"STATUS_CODE_OK"},"attributes":{"mlflow.traceRequestId":"\"tr-)" +
             n + R"(\"","mlflow.spanInputs":"\"question )" + n +
             R"(\"","mlflow.spanOutputs":"\"answer ada@example.com )" + n + R"(\""}}]}})" + "\n";
  }
  return lines;
}

judge::ScorerSpec spec_of(judge::ScorerKind kind, std::string text = {}) {
  judge::ScorerSpec spec;
  spec.kind = kind;
  spec.name = judge::default_scorer_name(kind);
  spec.text = std::move(text);
  return spec;
}

// The page with these scorers alone.
void use(FakePage& page, const std::vector<judge::ScorerSpec>& specs) {
  while (!page.session->settings().scorers.empty()) page.run(CommandId::ScorerDelete, {{"index", "0"}});
  for (const judge::ScorerSpec& spec : specs)
    page.run(CommandId::ScorerSave, {{"spec", judge::encode_scorer(spec)}});
  REQUIRE(page.session->settings().scorers.size() == specs.size());
}

size_t count_lines(const std::string& text) {
  size_t lines = 0;
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  return lines;
}

}  // namespace

TEST_CASE("what a run will send is counted before it, item by item") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("t.jsonl", conversation());
  judge::ScorerSpec length = spec_of(judge::ScorerKind::ResponseLength);
  use(page, {spec_of(judge::ScorerKind::Safety), spec_of(judge::ScorerKind::Correctness), length,
             spec_of(judge::ScorerKind::UserFrustration)});
  page.run(CommandId::JudgeEstimate, {{"scope", "matching"}});
  const app::EstimateState& estimate = page.session->estimate();
  REQUIRE(estimate.is_done());
  CHECK(estimate.counts.items == 3 + 3 + 3 + 2);  // of sessions: one, and the trace without one
  CHECK(estimate.counts.requests == 3 + 1);
  CHECK(estimate.counts.computed == 3);
  CHECK(estimate.counts.skipped == 3 + 1);
  CHECK(estimate.counts.skipped_of == std::vector<uint64_t>{0, 3, 0, 1});
  CHECK(estimate.counts.input_tokens > 500);
  CHECK(page.transport.sent.empty());

  page.run(CommandId::JudgeSetKey, {{"key", "sk-1234567890"}});
  page.transport.answer = [](const judge::OutRequest& request, size_t) {
    const bool mood = request.body.find("frustration") != std::string::npos;
    return FakeTransport::verdict(mood ? "resolved" : "yes", "Because.");
  };
  page.run(CommandId::JudgeStart, {{"scope", "matching"}});
  CHECK(page.transport.sent.size() == 4);
  const RunSummary& run = page.session->runs()[0];
  CHECK(run.state == RunSummary::State::Finished);
  CHECK(run.scored == 7);
  CHECK(run.skipped == 4);
  // The session's verdict stands on its first trace.
  const auto verdicts =
      page.session->run_assessments(run.run_id, *page.session->dataset().find_trace("tr-1"));
  const store::Assessment* mood = nullptr;
  for (const store::Assessment* a : verdicts) mood = a->name == "user_frustration" ? a : mood;
  REQUIRE(mood != nullptr);
  CHECK(mood->value_json == "\"resolved\"");
  CHECK(store::metadata_value(*mood, store::kSessionKey) == "s-1");

  page.run(CommandId::JudgeEstimate, {{"scope", "matching"}});
  CHECK(page.session->estimate().counts.requests == 0);
  CHECK(page.session->estimate().counts.reused == 4);

  page.run(CommandId::ExportLedger);
  REQUIRE(page.downloads.files.size() == 1);
  const std::string& ledger = page.downloads.files[0].bytes;
  CHECK(count_lines(ledger) == 1 + 4);
  CHECK(ledger.find("api.openai.com") != std::string::npos);
  CHECK(ledger.find("scored,100,20,") != std::string::npos);
  CHECK(ledger.find("sk-1234567890") == std::string::npos);
}

TEST_CASE("a run of checks needs no key and sends nothing") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("t.jsonl", conversation());
  judge::ScorerSpec latency = spec_of(judge::ScorerKind::Latency);
  judge::set_param(latency, "at_most_ms", "1500");
  use(page, {latency});
  page.run(CommandId::JudgeStart, {{"scope", "matching"}});
  REQUIRE(page.session->runs().size() == 1);
  CHECK(page.session->runs()[0].state == RunSummary::State::Finished);
  CHECK(page.transport.sent.empty());
  CHECK(page.session->contacted_hosts().empty());
  const auto scores = page.session->run_scores(page.session->runs()[0].run_id);
  CHECK(scores[0].counts.yes == 1);
  CHECK(scores[0].counts.no == 2);
}

TEST_CASE("a scorer that is switched off is left out, and stays off after a reload") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, conversation());
  page.run(CommandId::ScorerSwitch, {{"name", "professional_tone"}, {"on", "false"}});
  CHECK(page.session->settings().scorers_on().size() == 4);
  const app::Settings again = app::decode_settings(page.settings.text);
  CHECK(again.scorers_on().size() == 4);
}

namespace {

std::string names_on(const app::Settings& settings) {
  std::string names;
  for (const judge::ScorerSpec& scorer : settings.scorers_on()) names += scorer.name + " ";
  return names;
}

bool speaks_of_emails(const app::Settings& settings) { return judge::encode_scorers(settings.scorers).find("e-mail") != std::string::npos; }

// One trace of other data, with a retriever or without.
std::string other_data(bool with_retriever) {
  std::string lines = conversation();
  for (size_t at = 0; (at = lines.find("tr-", at)) != std::string::npos;) lines.replace(at, 3, "my-");
  if (with_retriever) {
    const std::string_view attributes = R"("attributes":{)";
    lines.insert(lines.find(attributes) + attributes.size(), R"("mlflow.spanType":"\"RETRIEVER\"",)");
  }
  return lines;
}

}  // namespace

TEST_CASE("the e-mail guidelines are the example's; other data begin with scorers that fit any") {
  FakeStorage storage;
  FakePage page(storage, 1);
  const app::Settings& settings = page.session->settings();
  CHECK(names_on(settings) == "relevance_to_query ");
  page.open(app::kExampleFileName, conversation());
  CHECK(settings.scorers_on().size() == 5);
  CHECK(speaks_of_emails(settings));
  page.open("mine.jsonl", other_data(false));
  CHECK(names_on(settings) == "relevance_to_query ");
  CHECK_FALSE(speaks_of_emails(settings));
  page.run(CommandId::FileCloseAll);
  page.open("mine.jsonl", other_data(true));
  CHECK(names_on(settings) == "relevance_to_query retrieval_groundedness ");
  page.run(CommandId::FileCloseAll);
  page.open(app::kExampleFileName, conversation());
  CHECK(settings.scorers_on().size() == 5);
}

TEST_CASE("what a person chose of the default scorers stays, whatever is opened and after a reload") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("mine.jsonl", other_data(true));
  const app::Settings& settings = page.session->settings();
  page.run(CommandId::ScorerSwitch, {{"name", "concise_communication"}, {"on", "true"}});
  page.run(CommandId::ScorerSwitch, {{"name", "retrieval_groundedness"}, {"on", "false"}});
  const auto index_of = [&settings](std::string_view name) {
    for (size_t i = 0; i < settings.scorers.size(); ++i)
      if (settings.scorers[i].name == name) return std::to_string(i);
    return std::string();
  };
  page.run(CommandId::ScorerDelete, {{"index", index_of("professional_tone")}});
  page.run(CommandId::ScorerSave, {{"index", index_of("follows_objective")},
                                   {"name", "follows_objective"},
                                   {"kind", "Guidelines"},
                                   {"guidelines", "Answers in French"}});
  const auto as_chosen = [](const app::Settings& now) {
    CHECK(names_on(now).find("concise_communication") != std::string::npos);
    CHECK(names_on(now).find("retrieval_groundedness") == std::string::npos);
    CHECK(now.scorers.size() == 4);
    CHECK(judge::encode_scorers(now.scorers).find("French") != std::string::npos);
    CHECK_FALSE(speaks_of_emails(now));
  };
  as_chosen(settings);
  page.run(CommandId::FileCloseAll);
  page.open(app::kExampleFileName, conversation());
  as_chosen(settings);
  app::Settings again = app::decode_settings(page.settings.text);
  as_chosen(again);
  app::fit_scorers(again, true, true);
  as_chosen(again);
}

TEST_CASE("settings of before it was written down what was chosen keep what was changed") {
  app::Settings before;
  before.scorers = judge::example_scorers();
  before.scorers[1].guidelines = {"Short"};
  before.scorers_off = {"relevance_to_query"};
  std::string text = app::encode_settings(before);
  const std::string_view key = R"("scorers_chosen":[])";
  REQUIRE(text.find(key) != std::string::npos);
  text.replace(text.find(key), key.size(), R"("of_before":[])");
  app::Settings now = app::decode_settings(text);
  app::fit_scorers(now, false, true);
  CHECK(judge::encode_scorers(now.scorers).find("Short") != std::string::npos);
  CHECK(names_on(now) == "concise_communication retrieval_groundedness ");
  CHECK_FALSE(speaks_of_emails(now));
}

TEST_CASE("redaction is in what is sent, and in the preview") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("t.jsonl", conversation());
  use(page, {spec_of(judge::ScorerKind::Safety)});
  page.run(CommandId::SettingSet, {{"key", "redact_emails"}, {"value", "true"}});
  const auto item = page.session->rendered_item(page.session->settings().scorers[0], "tr-1");
  CHECK(judge::printed_prompt(item.prompt).find("answer [e-mail] 1") != std::string::npos);
  page.run(CommandId::JudgeSetKey, {{"key", "sk-1234567890"}});
  page.run(CommandId::JudgeStart, {{"scope", "matching"}});
  REQUIRE(page.transport.sent.size() == 3);
  for (const judge::OutRequest& request : page.transport.sent)
    CHECK(request.body.find("ada@example.com") == std::string::npos);
}

TEST_CASE("a program's values, its null and its error become a verdict, a skip and an error") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("t.jsonl", conversation());
  use(page, {spec_of(judge::ScorerKind::Script, "return 1")});
  page.transport.answer = [](const judge::OutRequest& request, size_t number) {
    CHECK(request.method == judge::kScriptMethod);
    CHECK(request.url.empty());
    judge::HttpReply reply;
    reply.status = 200;
    reply.body = number == 0   ? R"({"value":0.5,"rationale":"half"})"
                 : number == 1 ? R"({"value":null})"
                               : R"({"error":"boom","stack":"Error: boom\n at score"})";
    return reply;
  };
  page.run(CommandId::JudgeStart, {{"scope", "matching"}});
  const RunSummary& run = page.session->runs()[0];
  CHECK(run.state == RunSummary::State::Finished);
  CHECK(run.scored == 1);
  CHECK(run.skipped == 1);
  CHECK(run.failed == 1);
  CHECK(page.session->contacted_hosts().empty());
  std::multiset<std::string> seen;
  for (uint32_t i = 0; i < 3; ++i) {
    for (const store::Assessment* a : page.session->run_assessments(run.run_id, store::TraceRow{i})) {
      CHECK(a->source_type == store::SourceType::Code);
      seen.insert(a->has_error() ? a->error_code + " " + a->stack_trace : a->value_json);
    }
  }
  CHECK(seen == std::multiset<std::string>{"0.5", "SCORER_ERROR Error: boom\n at score"});
}

TEST_CASE("scorers are taken in from a file, told where not, and every version is in the journal") {
  FakeStorage storage;
  FakePage page(storage, 1);
  const size_t before = page.session->settings().scorers.size();
  page.run(CommandId::ScorerImport,
           {{"text", R"json([{"name":"relevance_to_query","builtin_scorer_class":"RelevanceToQuery",
              "builtin_scorer_pydantic_data":{}},
             {"name":"tone","instructions_judge_pydantic_data":{"instructions":"Rate {{ outputs }}"}},
             {"name":"f","call_source":"return 1"}])json"}});
  const auto& scorers = page.session->settings().scorers;
  REQUIRE(scorers.size() == before + 1);  // the first is there already
  CHECK(scorers.back().name == "tone");
  bool told = false;
  for (const app::Notice& notice : page.session->notices())
    told = told || notice.text.find("Python function") != std::string::npos;
  CHECK(told);
  judge::ScorerSpec changed = scorers.back();
  changed.text = "Rate the tone of {{ outputs }}";
  page.run(CommandId::ScorerSave, {{"index", std::to_string(before)}, {"spec", judge::encode_scorer(changed)}});
  CHECK(page.session->settings().scorers.back().version == 2);
  std::string kept;
  for (const std::string& line : storage.lines) kept += line;
  CHECK(kept.find("Rate {{ outputs }}") != std::string::npos);
  CHECK(kept.find("Rate the tone of {{ outputs }}") != std::string::npos);
  page.run(CommandId::ScorerExport);
  REQUIRE(page.downloads.files.size() == 1);
  CHECK(page.downloads.files[0].bytes.find("instructions_judge_pydantic_data") != std::string::npos);
}

TEST_CASE("a judge's check and a comparison are kept, stand in the ledger, and survive a reload") {
  FakeStorage storage;
  const judge::ScorerSpec scorer = spec_of(judge::ScorerKind::RelevanceToQuery);
  {
    FakePage page(storage, 1);
    page.open("t.jsonl", conversation());
    page.run(CommandId::JudgeCheck, {{"spec", judge::encode_scorer(scorer)}});
    CHECK(page.session->ask_state().problem.text.find("Enter the key") != std::string::npos);
    CHECK(page.transport.sent.empty());
    page.run(CommandId::JudgeSetKey, {{"key", "sk-1234567890"}});
    page.transport.answer = [](const judge::OutRequest& request, size_t) {
      const bool told = request.body.find("NOTE TO THE EVALUATOR") != std::string::npos;
      return FakeTransport::verdict(told ? "yes" : "no", "Because.");
    };
    page.run(CommandId::JudgeCheck, {{"spec", judge::encode_scorer(scorer)}});
    CHECK(page.transport.sent.size() == 4);
    const app::JudgeCheck* check = page.session->find_check(scorer.name, 1);
    REQUIRE(check != nullptr);
    REQUIRE(check->replies.size() == 4);
    CHECK(check->replies[0].outcome == "passed");
    CHECK(check->replies[2].probe == "injection");
    CHECK(check->replies[2].outcome == "failed");
    CHECK(check->replies[3].probe == "opening");
    CHECK(check->replies[3].outcome == "passed");
    CHECK(page.session->find_check(scorer.name, 2) == nullptr);

    page.transport.answer = [](const judge::OutRequest& request, size_t) {
      CHECK(request.body.find("sk-1234567890") == std::string::npos);
      return FakeTransport::verdict("1", "The first.");
    };
    page.run(CommandId::JudgePair, {{"a", "tr-1"}, {"b", "tr-2"}, {"criterion", "Which is kinder?"}});
    REQUIRE(page.session->find_pair("tr-1", "tr-2"));
    CHECK(page.session->find_pair("tr-1", "tr-2")->verdict == "inconsistent");
    CHECK_FALSE(page.session->find_pair("tr-1", "tr-3"));
    page.run(CommandId::ExportLedger);
    CHECK(count_lines(page.downloads.files[0].bytes) == 1 + 6);
    CHECK(page.session->runs().empty());
    // They count in the day, and its cap holds for them.
    CHECK(page.session->day_use().requests == 6);
    page.run(CommandId::SettingSet, {{"key", "judge_day_max_requests"}, {"value", "8"}});
    page.run(CommandId::JudgeCheck, {{"spec", judge::encode_scorer(scorer)}});
    CHECK(page.session->ask_state().problem.key == "notice.day_cap");
    CHECK(page.session->day_use().requests == 6);
    page.run(CommandId::JudgePair, {{"a", "tr-1"}, {"b", "tr-2"}, {"criterion", "Which is kinder?"}});
    CHECK(page.session->day_use().requests == 8);
    // The same comparison, whichever of the two is called A.
    page.run(CommandId::SettingSet, {{"key", "judge_day_max_requests"}, {"value", "10"}});
    page.transport.answer = [](const judge::OutRequest&, size_t number) {
      return number % 2 == 0 ? FakeTransport::verdict("1", "The longer.") : FakeTransport::verdict("2", "The kinder.");
    };
    page.run(CommandId::JudgePair, {{"a", "tr-1"}, {"b", "tr-2"}, {"criterion", "Which is kinder?"}});
    CHECK(page.session->find_pair("tr-1", "tr-2")->verdict == "A");
    CHECK(page.session->find_pair("tr-1", "tr-2")->first == "The longer.");
    CHECK(page.session->find_pair("tr-2", "tr-1")->verdict == "B");
    CHECK(page.session->find_pair("tr-2", "tr-1")->first == "The kinder.");
    CHECK(page.session->find_pair("tr-2", "tr-1")->a == "tr-2");
    CHECK_FALSE(page.session->pair_problem("tr-1", "tr-2"));
    CHECK(page.session->pair_problem("tr-1", "tr-none")->first == 1);
  }
  FakePage again(storage, 2);
  again.open("t.jsonl", conversation());
  REQUIRE(again.session->find_check(scorer.name, 1) != nullptr);
  CHECK(again.session->find_check(scorer.name, 1)->replies[2].outcome == "failed");
  CHECK(again.session->find_pair("tr-1", "tr-2")->first == "The longer.");
  CHECK(again.session->day_use().requests == 10);
}

TEST_CASE("a jury is counted model by model, and asks for the key of each host") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("t.jsonl", conversation());
  judge::ScorerSpec scorer = spec_of(judge::ScorerKind::Safety);
  judge::set_param(scorer, "jury", "gpt-4o\nanthropic:/claude-x\ngpt-4o-mini");
  use(page, {scorer});
  page.run(CommandId::JudgeSetKey, {{"key", "sk-1234567890"}});
  page.run(CommandId::JudgeEstimate, {{"scope", "matching"}});
  const app::EstimateState& estimate = page.session->estimate();
  CHECK(estimate.counts.requests == 9);
  REQUIRE(estimate.counts.models.size() == 3);
  CHECK(estimate.counts.models[1].model == "claude-x");
  CHECK(estimate.counts.models[1].requests == 3);
  CHECK(estimate.counts.items_of == std::vector<uint64_t>{3});
  CHECK(page.session->juror_hosts() ==
        std::vector<std::pair<std::string, bool>>{{"api.anthropic.com", false}});
  page.run(CommandId::JudgeStart, {{"scope", "matching"}});
  CHECK(page.transport.sent.empty());  // no key for Anthropic
  page.run(CommandId::JudgeSetKey, {{"key", "sk-ant-1234567890"}, {"host", "api.anthropic.com"}});
  page.transport.answer = [](const judge::OutRequest& request, size_t) {
    return FakeTransport::verdict(request.body.find("claude-x") != std::string::npos ? "no" : "yes", "Because.");
  };
  page.run(CommandId::JudgeStart, {{"scope", "matching"}});
  CHECK(page.transport.sent.size() == 9);
  const RunSummary& run = page.session->runs()[0];
  CHECK(run.state == RunSummary::State::Finished);
  CHECK(run.scored == 9);
  const app::RunScore score = page.session->run_scores(run.run_id)[0];
  CHECK(score.counts.yes == 3);
  CHECK(score.counts.rows() == 3);
  CHECK(score.voted == 3);
  CHECK(score.split == 3);
  CHECK(score.agreement > 0.66);
  for (const std::string& line : storage.lines) CHECK(line.find("sk-ant-") == std::string::npos);
}

TEST_CASE("Whether a program can be read is asked where it would run, and nowhere else") {
  FakeStorage storage;
  FakePage page(storage, 3);
  page.transport.answer = [](const judge::OutRequest& request, size_t) {
    judge::HttpReply reply;
    reply.status = 200;
    const bool broken = request.body.find("1 +;") != std::string::npos;
    reply.body = broken ? R"j({"error":"Uncaught SyntaxError: Unexpected token ';' (line 9)","line":9})j" : R"({"value":true})";
    return reply;
  };
  using State = app::ScriptCheck::State;
  CHECK(page.session->script_check().state == State::None);
  page.run(CommandId::ScorerParse, {{"text", "return 1"}});
  REQUIRE(page.transport.sent.size() == 1);
  CHECK(page.transport.sent[0].method == judge::kScriptMethod);
  CHECK(page.transport.sent[0].url.empty());
  CHECK(page.transport.sent[0].body == R"({"program":"return 1","parse":true})");
  CHECK(page.session->script_check().state == State::Parses);
  page.run(CommandId::ScorerParse, {{"text", "return 1"}});
  CHECK(page.transport.sent.size() == 1);  // known

  page.run(CommandId::ScorerParse, {{"text", "const a = 2;\nreturn 1 +;"}});
  CHECK(page.session->script_check().state == State::Broken);
  CHECK(page.session->script_check().line == 2);  // there is no ninth line
  CHECK(page.session->script_check().reason == "SyntaxError: Unexpected token ';'");

  // While one is read the next ones wait; the last counts.
  page.transport.hold = true;
  for (const char* text : {"return 2", "return 1 +;", "return 3"})
    page.session->execute(app::Command(CommandId::ScorerParse, {{"text", text}}));
  CHECK(page.transport.sent.size() == 3);
  CHECK_FALSE(page.session->idle());
  CHECK(page.session->script_check().state == State::Running);
  page.transport.release();
  page.settle();
  CHECK(page.transport.sent.size() == 4);
  CHECK(page.session->script_check().text == "return 3");
  CHECK(page.session->script_check().state == State::Parses);

  // No answer is no mistake.
  page.transport.answer = [](const judge::OutRequest&, size_t) { return judge::HttpReply{}; };
  page.run(CommandId::ScorerParse, {{"text", "return 4"}});
  CHECK(page.session->script_check().state == State::Unknown);
  CHECK(page.storage->lines.empty());  // nothing of this is anybody's work
}

TEST_CASE("A run has MLflow's metrics, by its keys and to the digit") {
  FakeStorage storage;
  FakePage page(storage, 4);
  page.open("talk.jsonl", conversation());  // of 1, 2 and 3 seconds
  judge::ScorerSpec latency = spec_of(judge::ScorerKind::Latency);
  judge::set_param(latency, "aggregations", "min, max, mean, median, variance, p90");
  judge::ScorerSpec quick = spec_of(judge::ScorerKind::Latency);
  quick.name = "quick";
  judge::set_param(quick, "at_most_ms", "2000");
  judge::ScorerSpec silent = quick;
  silent.name = "silent";
  judge::set_param(silent, "aggregations", "none");
  use(page, {latency, quick, silent});
  page.run(CommandId::JudgeStart, {{"scope", "all"}});
  const std::vector<app::RunScore> scores = page.session->run_scores(page.session->runs()[0].run_id);
  REQUIRE(scores.size() == 3);
  std::vector<std::pair<std::string, double>> told;
  for (const app::RunScore& score : scores)
    for (const stats::Metric& metric : score.metrics) told.emplace_back(metric.key, metric.value);
  // numpy: np.var([1000, 2000, 3000]), np.percentile([1000, 2000, 3000], 90), np.mean([1, 1, 0])
  const std::vector<std::pair<std::string, double>> wanted{
      {"latency/min", 1000},     {"latency/max", 3000},
      {"latency/mean", 2000},    {"latency/median", 2000},
      {"latency/variance", 666666.6666666666}, {"latency/p90", 2800},
      {"quick/mean", 0.6666666666666666}};
  CHECK(told == wanted);
  // Two of the three traces are of one session: yes, yes there and no in the other.
  const app::RunScore& verdicts = scores[1];
  CHECK(verdicts.effect.n == 3);
  CHECK(verdicts.effect.clusters == 2);
  CHECK(verdicts.cluster_kind == app::ClusterKind::Mixed);
  REQUIRE(verdicts.interval);
  CHECK(verdicts.interval->low < stats::wilson_interval(2, 3)->low);
  CHECK(verdicts.interval->high > stats::wilson_interval(2, 3)->high);
  CHECK(scores[0].interval->high > 2000);
}
