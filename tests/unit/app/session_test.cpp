#include "core/app/session.h"

#include <algorithm>
#include <cmath>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "core/json/doc.h"
#include "tests/support/fake_platform.h"

using namespace assay;
using app::Command;
using app::CommandId;
using app::RunSummary;
using test::FakePage;
using test::FakeStorage;
using test::FakeTransport;

namespace {

std::string example() {
  return test::read_file(std::string(ASSAY_SOURCE_DIR) + "/public/example/crm-email-assistant.jsonl");
}

std::string first_trace(const FakePage& page) {
  return std::string(page.session->dataset().trace_id(page.session->traces().rows().at(0)));
}

const store::Assessment* find_named(const FakePage& page, std::string_view trace_id, std::string_view name) {
  const auto row = page.session->dataset().find_trace(trace_id);
  if (!row) return nullptr;
  for (const store::Assessment& assessment : page.session->dataset().assessments(*row))
    if (assessment.name == name) return &assessment;
  return nullptr;
}

void give_key(FakePage& page) { page.run(CommandId::JudgeSetKey, {{"key", "sk-test-0123456789"}}); }

}  // namespace

TEST_CASE("a dropped file becomes a sorted, searchable table") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  REQUIRE(page.session->traces().rows().size() == 7);
  CHECK(page.session->import_reports().size() == 1);
  CHECK(page.session->import_reports()[0].warnings() == 0);
  // Newest first.
  const store::Dataset& data = page.session->dataset();
  for (size_t i = 1; i < 7; ++i)
    CHECK(data.request_time_ns(page.session->traces().rows()[i - 1]) >=
          data.request_time_ns(page.session->traces().rows()[i]));

  page.run(CommandId::SearchSet, {{"query", "status = 'ERROR'"}});
  CHECK(page.session->traces().rows().size() == 1);
  CHECK(page.history.current == "#/traces?q=status%20%3D%20%27ERROR%27");
  page.run(CommandId::SearchSet, {{"query", "status = 'ERROR' AND stauts = 'OK'"}});
  REQUIRE(page.session->traces().error().has_value());
  CHECK(page.session->traces().error()->at_byte == 21);
  CHECK(page.session->traces().error()->suggestion == "status");
  CHECK(page.session->traces().rows().size() == 1);  // the last good result stays
  page.run(CommandId::SearchSet, {{"query", "white paper"}});
  CHECK_FALSE(page.session->traces().error().has_value());
  CHECK(page.session->traces().rows().size() >= 1);
  page.run(CommandId::SearchSet, {{"query", "ORDER BY execution_time ASC"}});
  const auto& rows = page.session->traces().rows();
  REQUIRE(rows.size() == 7);
  for (size_t i = 1; i < 7; ++i) CHECK(data.duration_ms(rows[i - 1]) <= data.duration_ms(rows[i]));
}

TEST_CASE("sorting by any column keeps absent values last in both directions") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  const store::Dataset& data = page.session->dataset();
  for (const char* direction : {"asc", "desc"}) {
    page.run(CommandId::SearchSort, {{"key", "tokens"}, {"direction", direction}});
    const auto& rows = page.session->traces().rows();
    REQUIRE(rows.size() == 7);
    CHECK(data.total_tokens(rows.back()) == -1);  // the failed one
    const bool ascending = std::string(direction) == "asc";
    for (size_t i = 1; i < 6; ++i) {
      const int64_t a = data.total_tokens(rows[i - 1]), b = data.total_tokens(rows[i]);
      CHECK((ascending ? a <= b : a >= b));
    }
  }
  CHECK(page.history.current == "#/traces?sort=tokens.desc");
}

TEST_CASE("annotations are journalled at once, undone, redone, and there again after a reload") {
  FakeStorage storage;
  std::string trace_id;
  {
    FakePage page(storage, 1);
    page.open(app::kExampleFileName, example());
    trace_id = first_trace(page);
    page.run(CommandId::AssessmentAdd, {{"trace_id", trace_id}, {"kind", "feedback"}, {"name", "useful"},
                                        {"value_type", "boolean"}, {"value", "true"}, {"rationale", "Good."}});
    page.run(CommandId::AssessmentAdd, {{"trace_id", trace_id}, {"kind", "expectation"},
                                        {"name", "expected_facts"}, {"value_type", "json"},
                                        {"value", R"(["EU region","SAML"])"}});
    REQUIRE(find_named(page, trace_id, "useful") != nullptr);
    CHECK(find_named(page, trace_id, "useful")->source_type == store::SourceType::Human);
    page.run(CommandId::Undo);
    CHECK(find_named(page, trace_id, "expected_facts") == nullptr);
    page.run(CommandId::Redo);
    REQUIRE(find_named(page, trace_id, "expected_facts") != nullptr);
    CHECK(page.session->save_state().unsaved_events == 0);
    page.run(CommandId::SearchSet, {{"query", "feedback.useful = 'true'"}});
    CHECK(page.session->traces().rows().size() == 1);
  }
  FakePage again(storage, 2);
  again.open(app::kExampleFileName, example());
  REQUIRE(find_named(again, trace_id, "useful") != nullptr);
  CHECK(find_named(again, trace_id, "useful")->rationale == "Good.");
  CHECK(find_named(again, trace_id, "expected_facts") != nullptr);
  CHECK_FALSE(again.session->can_undo());  // another session's work is not this one's to undo
}

TEST_CASE("undo and redo say which assessment they concern") {
  using What = app::Change::What;
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  const std::string trace_id = first_trace(page);
  CHECK(page.session->undo_change().what == What::Other);
  page.run(CommandId::AssessmentAdd, {{"trace_id", trace_id}, {"kind", "feedback"}, {"name", "useful"},
                                      {"value_type", "boolean"}, {"value", "true"}});
  const std::string id = find_named(page, trace_id, "useful")->assessment_id;
  CHECK(page.session->undo_change().what == What::Add);
  CHECK(page.session->undo_change().name == "useful");
  CHECK(page.session->undo_change().trace_id == trace_id);
  CHECK_FALSE(page.session->undo_change().expectation);
  CHECK(page.session->redo_change().what == What::Other);

  page.run(CommandId::Undo);
  CHECK(page.session->undo_change().what == What::Other);
  CHECK(page.session->redo_change().what == What::Add);
  CHECK(page.session->redo_change().name == "useful");
  REQUIRE_FALSE(page.session->notices().empty());
  const app::Notice& undone = page.session->notices().back();
  CHECK(undone.key == "undone");
  CHECK(undone.args == std::vector<std::string>{"add", "feedback", "useful", trace_id});
  CHECK(undone.text == "Undone: feedback 'useful' on trace " + trace_id);
  page.run(CommandId::Redo);
  CHECK(page.session->notices().back().key == "redone");

  page.run(CommandId::AssessmentUpdate, {{"trace_id", trace_id}, {"assessment_id", id}, {"name", "useful"},
                                         {"value_type", "boolean"}, {"value", "false"}});
  CHECK(page.session->undo_change().what == What::Update);
  CHECK(page.session->undo_change().name == "useful");
  page.run(CommandId::AssessmentDelete, {{"trace_id", trace_id}, {"assessment_id", id}});
  CHECK(page.session->undo_change().what == What::Remove);
  CHECK(page.session->undo_change().name == "useful");  // though it is gone
}

TEST_CASE("what is wrong with a kept file is said once, not at each visit") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.session->on_kept_files(true);
  const uint32_t kept = page.session->on_file_begin("notes.json", 9);
  page.session->on_kept_files(false);
  const uint32_t dropped = page.session->on_file_begin("other.json", 9);
  for (const uint32_t token : {kept, dropped}) {
    page.session->on_file_chunk(token, "no traces");
    page.session->on_file_end(token, "");
  }
  REQUIRE(page.session->import_reports().size() == 2);
  CHECK(page.session->import_reports()[0].kept);
  CHECK_FALSE(page.session->import_reports()[1].kept);
  REQUIRE(page.session->notices().size() == 1);
  CHECK(page.session->notices()[0].args[0] == "other.json");
}

TEST_CASE("plain words of the query are told apart from a filter, and are looked for one by one") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  page.run(CommandId::SearchSet, {{"query", " white paper "}});
  CHECK(page.session->traces().words() == std::vector<std::string>{"white", "paper"});
  page.run(CommandId::SearchSet, {{"query", "status = 'ERROR'"}});
  CHECK(page.session->traces().words().empty());
}

TEST_CASE("an edit, a correction and a deletion follow MLflow's rules") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  std::string trace_id;
  for (const store::TraceRow row : page.session->traces().rows())
    if (!page.session->dataset().assessments(row).empty()) trace_id = page.session->dataset().trace_id(row);
  const store::Assessment* imported = find_named(page, trace_id, "customer_replied");
  REQUIRE(imported != nullptr);
  const std::string imported_id = imported->assessment_id;
  page.run(CommandId::AssessmentAdd,
           {{"trace_id", trace_id}, {"kind", "feedback"}, {"name", "customer_replied"},
            {"value_type", "boolean"}, {"value", "true"}, {"overrides", imported_id}});
  const auto row = *page.session->dataset().find_trace(trace_id);
  REQUIRE(page.session->dataset().assessments(row).size() == 2);
  CHECK_FALSE(page.session->dataset().assessments(row)[0].valid);
  const std::string new_id = page.session->dataset().assessments(row)[1].assessment_id;
  page.run(CommandId::AssessmentDelete, {{"trace_id", trace_id}, {"assessment_id", new_id}});
  REQUIRE(page.session->dataset().assessments(row).size() == 1);
  CHECK(page.session->dataset().assessments(row)[0].valid);
  page.run(CommandId::AssessmentAdd, {{"trace_id", trace_id}, {"kind", "feedback"}, {"name", " "},
                                      {"value_type", "boolean"}, {"value", "true"}});
  CHECK(page.session->dataset().assessments(row).size() == 1);
  CHECK(page.session->notices().back().kind == app::NoticeKind::Error);
}

TEST_CASE("what a killed tab had not stored is shown as unsaved, and refused storage is told and retried") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  storage.refuse = true;
  page.session->execute(Command(CommandId::AssessmentAdd,
                                {{"trace_id", first_trace(page)}, {"kind", "feedback"}, {"name", "x"},
                                 {"value_type", "boolean"}, {"value", "true"}}));
  page.storage->answer();
  CHECK(page.session->save_state().unsaved_events == 1);
  CHECK(page.session->save_state().failure == "the disk is full");
  storage.refuse = false;
  page.clock.time_ms += 5000;
  Budget budget;
  page.session->tick(budget);
  page.storage->answer();
  CHECK(page.session->save_state().unsaved_events == 0);
  CHECK(page.session->save_state().failure.empty());
  CHECK(storage.lines.size() == 1);
}

TEST_CASE("judges run over the selection, and the results are the assessments of the run") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  give_key(page);
  page.transport.answer = [](const judge::OutRequest&, size_t number) {
    return FakeTransport::verdict(number % 3 == 0 ? "no" : "yes", "Because.");
  };
  page.run(CommandId::JudgeStart, {{"scope", "matching"}});
  REQUIRE(page.session->runs().size() == 1);
  const RunSummary& run = page.session->runs()[0];
  CHECK(run.state == RunSummary::State::Finished);
  CHECK(run.total == 35);
  // The failed trace has no outputs: its five items are skips, not errors.
  CHECK(run.skipped == 5);
  CHECK(run.scored == 30);
  CHECK(page.transport.sent.size() == 30);
  CHECK(run.input_tokens == 3000);
  uint32_t n = 0;
  for (const app::RunScore& score : page.session->run_scores(run.run_id)) {
    CHECK(score.counts.skipped == 1);
    REQUIRE(score.mean.has_value());
    CHECK(*score.mean == static_cast<double>(score.counts.yes) / score.counts.n());
    n += score.counts.n();
  }
  CHECK(n == 30);
  CHECK(page.session->route().run_id == run.run_id);
  CHECK(page.session->contacted_hosts() == std::vector<std::string>{"api.openai.com"});

  // The same again costs nothing: each verdict is known by its request.
  page.run(CommandId::JudgeStart, {{"scope", "matching"}, {"name", "once more"}});
  CHECK(page.session->runs()[0].state == RunSummary::State::Finished);
  CHECK(page.session->runs()[0].scored == 30);
  CHECK(page.transport.sent.size() == 30);

  page.run(CommandId::ExportResultsCsv, {{"run_id", page.session->runs()[1].run_id}});
  REQUIRE(page.downloads.files.size() == 1);
  CHECK(page.downloads.files[0].finished);
  CHECK(page.downloads.files[0].bytes.find("follows_objective/value") != std::string::npos);
  // The file says which run it is of.
  page.run(CommandId::ExportResultsCsv, {{"run_id", page.session->runs()[0].run_id}});
  CHECK(page.downloads.files[1].name.find(".once-more.results.csv") != std::string::npos);
}

TEST_CASE("a key appears in no event, export, address, setting or notice") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  const std::string key = "sk-very-secret-4711";
  page.run(CommandId::JudgeSetKey, {{"key", key}});
  page.transport.answer = [&](const judge::OutRequest&, size_t number) {
    judge::HttpReply reply = FakeTransport::verdict("yes", "ok");
    if (number % 2 == 0) {
      reply.status = 401;
      reply.body = "{\"error\":{\"message\":\"Incorrect API key provided\"}}";
    }
    return reply;
  };
  page.run(CommandId::JudgeStart, {{"scope", "matching"}});
  page.run(CommandId::ExportJournal);
  page.run(CommandId::ExportTraces, {{"scope", "all"}});
  std::string everything = page.settings.text + page.history.current;
  for (const std::string& line : storage.lines) everything += line;
  for (const auto& file : page.downloads.files) everything += file.bytes;
  for (const app::Notice& notice : page.session->notices()) everything += notice.text;
  for (const std::string& fragment : page.history.pushed) everything += fragment;
  for (const judge::OutRequest& request : page.transport.sent) {
    everything += request.url + request.body;
    for (const judge::Header& header : request.headers) everything += header.value;
  }
  CHECK(everything.find(key) == std::string::npos);
}

TEST_CASE("a run that was killed goes on after a reload, and no request is sent twice on its own") {
  FakeStorage storage;
  std::multiset<std::string> bodies;
  std::string run_id;
  {
    FakePage page(storage, 1);
    page.open(app::kExampleFileName, example());
    give_key(page);
    page.session->execute(Command(CommandId::JudgeStart, {{"scope", "matching"}}));
    // A few answers arrive and are stored, then eight requests hang in flight and the tab dies.
    for (int i = 0; i < 3; ++i) {
      Budget budget;
      page.session->tick(budget);
      page.storage->answer();
    }
    page.transport.hold = true;
    for (int i = 0; i < 20; ++i) {
      Budget budget;
      page.clock.time_ms += 20;
      page.session->tick(budget);
      page.storage->answer();
    }
    for (const auto& request : page.transport.sent) bodies.insert(request.body);
    REQUIRE(!page.transport.held.empty());
    run_id = page.session->runs()[0].run_id;
  }
  FakePage again(storage, 2);
  again.open(app::kExampleFileName, example());
  REQUIRE(again.session->find_run(run_id) != nullptr);
  CHECK(again.session->find_run(run_id)->state == RunSummary::State::Interrupted);
  const uint32_t interrupted = again.session->find_run(run_id)->interrupted;
  CHECK(interrupted > 0);
  give_key(again);
  again.run(CommandId::JudgeResume, {{"run_id", run_id}});
  for (const auto& request : again.transport.sent) bodies.insert(request.body);
  for (const std::string& body : bodies) CHECK(bodies.count(body) == 1);
  CHECK(again.session->find_run(run_id)->interrupted == interrupted);
  CHECK(again.session->find_run(run_id)->scored == 30 - interrupted);
  // On the user's word the rest is sent.
  again.run(CommandId::JudgeRetryInterrupted, {{"run_id", run_id}});
  CHECK(again.session->find_run(run_id)->scored == 30);
  CHECK(again.session->find_run(run_id)->state == RunSummary::State::Finished);
}

TEST_CASE("caps of a day hold over runs and reloads, and end with the day") {
  FakeStorage storage;
  {
    FakePage page(storage, 1);
    page.open(app::kExampleFileName, example());
    give_key(page);
    page.run(CommandId::SettingSet, {{"key", "judge_day_max_requests"}, {"value", "12"}});
    page.run(CommandId::JudgeStart, {{"scope", "matching"}, {"limit", "2"}});
    CHECK(page.transport.sent.size() <= 10);
    const size_t first = page.transport.sent.size();
    CHECK(page.session->day_use().requests == first);
    // 100 tokens in and 20 out of gpt-4.1-mini each.
    CHECK(std::abs(page.session->day_use().cost_usd - static_cast<double>(first) * 72e-6) < 1e-9);
    page.session->execute(Command(CommandId::JudgeStart, {{"scope", "matching"}}));
    for (int i = 0; i < 200; ++i) page.settle(1);
    CHECK(page.transport.sent.size() == 12);
    REQUIRE(page.session->active_run() != nullptr);
    CHECK(page.session->active_run()->state() == judge::RunState::Paused);
  }
  FakePage again(storage, 2);
  again.run(CommandId::SettingSet, {{"key", "judge_day_max_requests"}, {"value", "12"}});
  again.open(app::kExampleFileName, example());
  give_key(again);
  CHECK(again.session->day_use().requests == 12);
  const std::string run_id = again.session->runs()[0].run_id;
  again.session->execute(Command(CommandId::JudgeResume, {{"run_id", run_id}}));
  for (int i = 0; i < 200; ++i) again.settle(1);
  CHECK(again.transport.sent.empty());
  again.clock.time_ms += 86'400'000;
  CHECK(again.session->day_use().requests == 0);
  again.session->execute(Command(CommandId::JudgeResume, {{"run_id", run_id}}));
  for (int i = 0; i < 200; ++i) again.settle(1);
  CHECK(again.transport.sent.size() == 12);
}

TEST_CASE("a run can be of the traces that lack a verdict, or have only an error") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  give_key(page);
  for (const char* name : {"concise_communication", "professional_tone", "relevance_to_query", "retrieval_groundedness"})
    page.run(CommandId::ScorerSwitch, {{"name", name}, {"on", "false"}});
  CHECK(page.session->evaluation_size("matching:missing") == 7);
  CHECK(page.session->evaluation_size("matching:errors") == 0);
  bool garbage = true;
  page.transport.answer = [&](const judge::OutRequest&, size_t number) {
    judge::HttpReply reply = FakeTransport::verdict("yes", "fine");
    if (garbage && number == 0) reply.body = "{\"choices\":[{\"message\":{\"content\":\"lovely weather\"}}]}";
    return reply;
  };
  page.run(CommandId::JudgeStart, {{"scope", "matching"}, {"limit", "3"}});
  const uint32_t scored = page.session->runs()[0].scored;
  CHECK(page.session->runs()[0].failed == 1);
  CHECK(page.session->evaluation_size("matching:errors") == 1);
  CHECK(page.session->evaluation_size("matching:missing") == 7 - scored);
  garbage = false;
  const size_t before = page.transport.sent.size();
  page.run(CommandId::JudgeStart, {{"scope", "matching:errors"}});
  CHECK(page.transport.sent.size() == before + 1);
  CHECK(page.session->evaluation_size("matching:errors") == 0);
  page.run(CommandId::JudgeStart, {{"scope", "matching:missing"}});
  CHECK(page.transport.sent.size() == 7);  // six with outputs, one of them twice
  CHECK(page.session->evaluation_size("matching:missing") == 1);
  // What an earlier version of the scorer has judged lacks a verdict of this one; the old verdicts stay valid.
  judge::ScorerSpec changed = page.session->settings().scorers[0];
  changed.guidelines.push_back("It is polite");
  page.run(CommandId::ScorerSave, {{"index", "0"}, {"spec", judge::encode_scorer(changed)}});
  CHECK(page.session->evaluation_size("matching:missing") == 7);
  page.run(CommandId::JudgeStart, {{"scope", "matching:missing"}});
  CHECK(page.transport.sent.size() == 13);
  CHECK(page.session->evaluation_size("matching:missing") == 1);
  uint32_t valid = 0;
  for (uint32_t i = 0; i < page.session->dataset().trace_count(); ++i)
    for (const store::Assessment& a : page.session->dataset().assessments(store::TraceRow{i}))
      valid += a.name == changed.name && a.valid && !a.has_error() ? 1 : 0;
  CHECK(valid == 12);
}

TEST_CASE("without a network a run waits, and with plain http it keeps to a browser's connections") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  give_key(page);
  page.session->on_online(false);
  page.session->execute(Command(CommandId::JudgeStart, {{"scope", "matching"}}));
  for (int i = 0; i < 50; ++i) page.settle(1);
  CHECK(page.transport.sent.empty());
  CHECK(page.session->active_run()->progress(page.clock.time_ms).offline);
  page.transport.hold = true;
  page.session->on_online(true);
  for (int i = 0; i < 50; ++i) page.settle(1);
  CHECK(page.transport.sent.size() == 8);
  page.transport.release();
  page.settle();
  CHECK(page.session->runs()[0].state == RunSummary::State::Finished);

  page.transport.sent.clear();
  page.transport.hold = true;
  page.run(CommandId::SettingSet, {{"key", "judge_base_url"}, {"value", "http://192.168.1.5:8000/v1"}});
  page.run(CommandId::SettingSet, {{"key", "judge_model"}, {"value", "other"}});
  page.session->execute(Command(CommandId::JudgeStart, {{"scope", "matching"}}));
  for (int i = 0; i < 50; ++i) page.settle(1);
  CHECK(page.transport.sent.size() == 6);
}

TEST_CASE("a stored key is unlocked for a visit, and forgetting everything forgets it") {
  FakeStorage storage;
  FakePage page(storage, 1);
  give_key(page);
  page.run(CommandId::JudgeStoreKey, {{"passphrase", "correct horse battery"}});
  CHECK(page.session->has_stored_key());
  CHECK(page.session->stored_key_label() == "api.openai.com");
  page.session->on_vault(app::Session::VaultAnswer::Stored, {});
  page.run(CommandId::JudgeForgetKey);
  CHECK_FALSE(page.session->has_key());
  CHECK(page.session->has_stored_key());
  page.session->on_vault(app::Session::VaultAnswer::WrongPassphrase, {});
  CHECK(page.session->notices().back().key == "key_wrong_passphrase");
  page.session->on_vault(app::Session::VaultAnswer::Unlocked, page.vault.keep("sk-again"));
  CHECK(page.session->has_key());
  std::string everything = page.settings.text + page.history.current;
  for (const std::string& line : storage.lines) everything += line;
  for (const app::Notice& notice : page.session->notices()) everything += notice.text;
  CHECK(everything.find("sk-") == std::string::npos);
  CHECK(everything.find("correct horse") == std::string::npos);
  page.run(CommandId::ForgetEverything);
  CHECK_FALSE(page.session->has_stored_key());
}

TEST_CASE("nothing is sent before it is written down") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  give_key(page);
  storage.hold = true;
  page.session->execute(Command(CommandId::JudgeStart, {{"scope", "matching"}}));
  for (int i = 0; i < 50; ++i) {
    Budget budget;
    page.clock.time_ms += 50;
    page.session->tick(budget);
    page.storage->answer();
  }
  CHECK(page.transport.sent.empty());
  storage.hold = false;
  page.settle();
  CHECK(page.transport.sent.size() == 30);
}

TEST_CASE("failures are assessments that stay visible, and can be tried again") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  give_key(page);
  bool garbage = true;
  page.transport.answer = [&](const judge::OutRequest&, size_t number) {
    judge::HttpReply reply = FakeTransport::verdict("yes", "fine");
    if (garbage && number % 5 == 0) reply.body = "{\"choices\":[{\"message\":{\"content\":\"lovely weather\"}}]}";
    return reply;
  };
  page.run(CommandId::JudgeStart, {{"scope", "matching"}});
  const std::string run_id = page.session->runs()[0].run_id;
  CHECK(page.session->runs()[0].failed > 0);
  const uint32_t failed = page.session->runs()[0].failed;
  uint32_t error_assessments = 0;
  for (const store::TraceRow row : page.session->run_rows(run_id))
    for (const store::Assessment* assessment : page.session->run_assessments(run_id, row))
      if (assessment->has_error()) ++error_assessments;
  CHECK(error_assessments == failed);
  garbage = false;
  page.run(CommandId::JudgeRetryFailed, {{"run_id", run_id}});
  CHECK(page.session->runs()[0].failed == 0);
  CHECK(page.session->runs()[0].scored == 30);
  error_assessments = 0;
  for (const store::TraceRow row : page.session->run_rows(run_id))
    for (const store::Assessment* assessment : page.session->run_assessments(run_id, row))
      if (assessment->has_error()) ++error_assessments;
  CHECK(error_assessments == 0);
}

TEST_CASE("the traces go home with the assessments merged in") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  const std::string trace_id = first_trace(page);
  page.run(CommandId::AssessmentAdd, {{"trace_id", trace_id}, {"kind", "feedback"}, {"name", "score"},
                                      {"value_type", "number"}, {"value", "4"}});
  page.run(CommandId::ExportTraces, {{"scope", "all"}});
  REQUIRE(page.downloads.files.size() == 1);
  CHECK(page.downloads.files[0].name == "crm-email-assistant.assessed.jsonl");
  FakeStorage fresh;
  FakePage other(fresh, 3);
  other.open("home.jsonl", page.downloads.files[0].bytes);
  CHECK(other.session->traces().rows().size() == 7);
  REQUIRE(find_named(other, trace_id, "score") != nullptr);
  CHECK(find_named(other, trace_id, "score")->value_json == "4.0");
}

TEST_CASE("places have addresses, and addresses lead back to them") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  const std::string trace_id = first_trace(page);
  page.run(CommandId::TraceOpen, {{"trace_id", trace_id}});
  CHECK(page.session->open_trace().has_value());
  CHECK(page.history.pushed.back() == "#/traces?trace=" + trace_id);
  page.run(CommandId::TraceNext);
  CHECK(page.session->route().trace_id != trace_id);
  page.session->on_navigate("#/traces?trace=" + trace_id);
  CHECK(page.session->route().trace_id == trace_id);
  page.session->on_navigate("#/traces?trace=tr-unknown");
  CHECK_FALSE(page.session->open_trace().has_value());
}

TEST_CASE("closing files and forgetting everything leave nothing behind") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  page.run(CommandId::SelectAll);
  CHECK(page.session->selected_count() == 7);
  page.run(CommandId::AssessmentAdd, {{"trace_id", first_trace(page)}, {"kind", "feedback"}, {"name", "x"},
                                      {"value_type", "string"}, {"value", "y"}});
  page.run(CommandId::FileCloseAll);
  CHECK(page.session->dataset().trace_count() == 0);
  CHECK(page.session->selected_count() == 0);
  CHECK(page.files.forgotten == 1);
  page.open(app::kExampleFileName, example());
  CHECK(find_named(page, first_trace(page), "x") != nullptr);  // the annotation came back with the trace
  page.run(CommandId::ForgetEverything);
  CHECK(storage.lines.empty());
  page.open(app::kExampleFileName, example());
  CHECK(find_named(page, first_trace(page), "x") == nullptr);
}

TEST_CASE("a second file adds to the first") {
  FakeStorage storage;
  FakePage page(storage, 1);
  const std::string all = example();
  const size_t third = all.find('\n', all.find('\n', all.find('\n') + 1) + 1) + 1;
  page.open("a.jsonl", all.substr(0, third));
  CHECK(page.session->traces().rows().size() == 3);
  page.open("b.jsonl", all);
  CHECK(page.session->traces().rows().size() == 7);
  CHECK(page.session->dataset().files().size() == 2);
}

TEST_CASE("feedback and expectations of one name are columns of their own, each sorted by what it shows") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open(app::kExampleFileName, example());
  const store::Dataset& data = page.session->dataset();
  std::vector<std::string> ids;
  for (const store::TraceRow row : page.session->traces().rows()) ids.emplace_back(data.trace_id(row));
  const auto assess = [&](const std::string& id, const char* kind, const char* type, const char* value) {
    page.clock.time_ms += 1000;
    page.run(CommandId::AssessmentAdd, {{"trace_id", id}, {"kind", kind}, {"name", "same"}, {"value_type", type}, {"value", value}});
  };
  assess(ids[0], "feedback", "number", "2");
  assess(ids[1], "feedback", "number", "10");
  assess(ids[2], "feedback", "number", "1");
  assess(ids[2], "feedback", "number", "30");  // the later one is shown
  assess(ids[1], "expectation", "string", "b");
  assess(ids[3], "expectation", "string", "a");
  const auto first = [&](size_t i) { return std::string(data.trace_id(page.session->traces().rows().at(i))); };
  page.run(CommandId::SearchSort, {{"key", "assessment:same"}, {"direction", "desc"}});
  CHECK(first(0) == ids[2]);
  CHECK(first(1) == ids[1]);
  CHECK(first(2) == ids[0]);
  page.run(CommandId::SearchSort, {{"key", "expectation:same"}, {"direction", "asc"}});
  CHECK(first(0) == ids[3]);
  CHECK(first(1) == ids[1]);
  CHECK(page.session->traces().rows().size() == 7);
}
