// What a Session does while a run of judges begins, call by call.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "core/app/session.h"
#include "core/judge/scorer.h"
#include "tests/support/fake_platform.h"

using namespace assay;
using namespace assay::test;
using app::CommandId;
using app::RunSummary;

namespace {

// A question, a retriever with three documents and an answer, some 6 kB.
std::string trace_line(int number) {
  const std::string n = std::to_string(100'000 + number);
  std::string words;
  for (int i = 0; i < 60; ++i) words += "the quick brown fox " + n + " ";
  std::string documents;
  for (int i = 0; i < 3; ++i)
    documents += std::string(i > 0 ? "," : "") + R"({\"page_content\":\")" + words + R"(\",\"metadata\":{\"doc_uri\":\"d)" +
                 std::to_string(i) + R"(\"}})";
  const auto span = [&](const char* id, const char* parent, const char* name, const char* type, const std::string& in,
                        const std::string& out) {
    return std::string(R"({"trace_id":"AAAAAAAAAAAAAAAAAAAAAQ==","span_id":")") + id + R"(","parent_span_id":)" + parent +
           R"(,"name":")" + name + R"(","start_time_unix_nano":1,"end_time_unix_nano":2,"status":{"code":"STATUS_CODE_OK"},)" +
           R"("attributes":{"mlflow.traceRequestId":"\"tr-)" + n + R"(\"","mlflow.spanType":"\")" + type +
           R"(\"","mlflow.spanInputs":")" + in + R"(","mlflow.spanOutputs":")" + out + R"("}})";
  };
  return R"({"info":{"trace_id":"tr-)" + n + R"(","request_time":"2026-01-01T00:00:00Z","state":"OK","execution_duration_ms":1000,)" +
         R"("trace_metadata":{}},"data":{"spans":[)" +
         span("AAAAAAAAAAE=", "null", "root", "AGENT", "\\\"question " + n + " " + words + "\\\"", "\\\"answer " + words + "\\\"") + "," +
         span("AAAAAAAAAAI=", "\"AAAAAAAAAAE=\"", "look_up", "RETRIEVER", "\\\"q\\\"", "[" + documents + "]") + "]}}\n";
}

struct RealClock : app::Clock {
  int64_t now_ms() override { return 1'795'500'000'000 + static_cast<int64_t>(monotonic_ms()); }
  double monotonic_ms() override {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
  }
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
};

// As the page's: it keeps what is written ahead, and sends it in turn.
struct KeepingTransport : FakeTransport {
  bool keeps_turns() const override { return true; }
};

// Of this program alone: what else the machine does is not counted.
double processor_ms() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

// By hand: unit_app "[measure]". Processor time of each call into the session.
TEST_CASE("How long the program stays in one call while a run begins", "[.][measure]") {
  for (int round = 0; round < 3; ++round) {
    FakeStorage storage;
    FakePage page(storage, 7);
    RealClock clock;
    KeepingTransport transport;
    app::Platform platform;
    platform.clock = &clock;
    platform.random = &page.random;
    platform.transport = &transport;
    platform.journal = &storage;
    platform.settings = &page.settings;
    platform.history = &page.history;
    platform.vault = &page.vault;
    app::Session session(platform);
    storage.session = &session;
    session.start("", "");
    session.on_journal_loaded({});
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += trace_line(i);
    const uint32_t token = session.on_file_begin("traces.jsonl", lines.size());
    for (size_t at = 0; at < lines.size(); at += 65536) session.on_file_chunk(token, std::string_view(lines).substr(at, 65536));
    session.on_file_end(token, "");
    const auto tick = [&] {
      Budget budget;
      session.tick(budget);
    };
    while (!session.idle()) {
      tick();
      storage.answer();
    }
    REQUIRE(session.dataset().trace_count() == 1000);
    for (const char* name : {"judge_base_url", "judge_model"})
      session.execute(app::Command(CommandId::SettingSet, {{"key", name}, {"value", name[6] == 'b' ? "https://judge.example/v1" : "m"}}));
    session.execute(app::Command(CommandId::SettingSet, {{"key", "judge_concurrency"}, {"value", "20"}}));
    session.execute(app::Command(CommandId::JudgeSetKey, {{"key", "sk-test-1234567890"}}));
    storage.answer();
    double longest = 0;
    std::vector<double> stays;
    std::string told;
    const auto timed = [&](const char* what, auto&& call) {
      const double before = processor_ms();
      call();
      const double ms = processor_ms() - before;
      longest = std::max(longest, ms);
      stays.push_back(ms);
      if (stays.size() < 40 && ms > 2) told += std::string(" ") + what + " " + std::to_string(static_cast<int>(ms * 10) / 10.0).substr(0, 5);
    };
    timed("start", [&] { session.execute(app::Command(CommandId::JudgeStart, {{"scope", "all"}})); });
    for (int i = 0; i < 3000 && session.active_run()->state() == judge::RunState::Running; ++i) {
      timed("tick", tick);
      timed("stored", [&] { storage.answer(); });
    }
    REQUIRE_FALSE(session.runs().empty());
    std::sort(stays.rbegin(), stays.rend());
    std::printf("longest %.1f ms, then %.1f, %.1f; %zu requests in %zu calls; of the first 40 beyond 2 ms:%s\n", longest, stays[1],
                stays[2], transport.sent.size(), stays.size(), told.c_str());
  }
}

TEST_CASE("A run is written down in a call of its own, before its first prompts are made") {
  FakeStorage storage;
  FakePage page(storage, 5);
  std::string lines;
  for (int i = 0; i < 20; ++i) lines += trace_line(i);
  page.open("traces.jsonl", lines);
  page.run(CommandId::SettingSet, {{"key", "judge_base_url"}, {"value", "https://judge.example/v1"}});
  page.run(CommandId::SettingSet, {{"key", "judge_model"}, {"value", "m"}});
  page.run(CommandId::JudgeSetKey, {{"key", "sk-test-1234567890"}});
  storage.waiting.clear();
  page.session->execute(app::Command(CommandId::JudgeStart, {{"scope", "all"}}));
  REQUIRE(storage.waiting.size() == 1);
  REQUIRE(storage.waiting[0].second.size() == 1);
  CHECK(storage.waiting[0].second[0].find("run.create") != std::string::npos);
  REQUIRE(page.session->runs().size() == 1);
  CHECK(page.session->runs()[0].total == 40);
  CHECK(page.transport.sent.empty());
  CHECK(page.session->wants_tick_in_ms() == 0);
  page.settle();
  CHECK(page.transport.sent.size() == 40);
  CHECK(page.session->runs()[0].state == RunSummary::State::Finished);
}
