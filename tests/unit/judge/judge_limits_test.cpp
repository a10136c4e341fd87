// How fast a run goes: what the provider, the user's limits and the network allow.
#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>

#include "core/judge/judge_run.h"
#include "tests/unit/judge/run_harness.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

namespace {

void answer_all(Host& host, JudgeRun& run) {
  for (int i = 0; i < 10'000 && run.state() == RunState::Running; ++i) {
    if (!host.in_flight.empty())
      host.answer(run, verdict_reply());
    else if (const auto wake = run.wake_at())
      host.advance(run, std::max<int64_t>(0, *wake - host.now_ms));
  }
}

}  // namespace

TEST_CASE("Concurrency begins small, grows with each answer, and never beyond the user's maximum") {
  Host host;
  JudgeRun run = start(host, make_plan(200, 1), limits_of(20));
  host.pump(run);
  CHECK(host.in_flight.size() == 8);
  size_t most = 0;
  for (int i = 0; i < 40; ++i) {
    host.answer(run, verdict_reply());
    most = std::max(most, host.in_flight.size());
  }
  CHECK(most == 20);
  CHECK(run.progress(host.now_ms).concurrency == 20);
}

TEST_CASE("Overload, refusals and time-outs halve the concurrency once for all that was under way") {
  for (int kind = 0; kind < 4; ++kind) {
    INFO(kind);
    Host host;
    JudgeRun run = start(host, make_plan(200, 1), limits_of(8));
    host.pump(run);
    for (int i = 0; i < 3; ++i) {
      if (kind == 0) host.answer(run, reply_with(429, "", {{"retry-after", "1"}}));
      if (kind == 1) host.answer(run, reply_with(503, ""));
      if (kind == 2) host.answer(run, reply_with(529, ""));
      if (kind == 3) host.fail(run, NetFailure::Timeout);
    }
    CHECK(run.progress(host.now_ms).concurrency == 4);
    host.advance(run, 2000);
    // One more only after a whole round of successes.
    for (int i = 0; i < 4; ++i) {
      CHECK(run.progress(host.now_ms).concurrency == 4);
      host.answer(run, verdict_reply());
    }
    CHECK(run.progress(host.now_ms).concurrency == 5);
    // What was sent after the first cut counts again.
    const uint64_t newest = host.in_flight.rbegin()->first;
    host.in_flight.erase(newest);
    run.on_reply(newest, reply_with(429, ""), host.now_ms);
    CHECK(run.progress(host.now_ms).concurrency == 2);
  }
}

TEST_CASE("A server that fails is left alone, tried by one request, and taken up again") {
  Host host;
  JudgeRun run = start(host, make_plan(40, 1), limits_of(4));
  host.pump(run);
  for (int i = 0; i < 4; ++i) host.answer(run, reply_with(500, ""));
  CHECK_FALSE(run.progress(host.now_ms).circuit_open);
  host.advance(run, 1000);
  REQUIRE(!host.in_flight.empty());
  while (!host.in_flight.empty()) host.fail(run, NetFailure::NetworkOrCors);
  JudgeProgress progress = run.progress(host.now_ms);
  CHECK(progress.circuit_open);
  CHECK(progress.failures_in_a_row >= 5);
  CHECK(progress.circuit_message.find("judge.example") != std::string::npos);
  CHECK(progress.waiting_until_ms == host.now_ms + 15'000);
  CHECK(progress.announced == 0);  // nothing stands in the journal as if it had been sent
  host.advance(run, 14'999);
  CHECK(host.in_flight.empty());
  host.advance(run, 1);
  CHECK(host.in_flight.size() == 1);
  // The probe fails: the pause doubles, and the item does not pay for it with an attempt.
  host.answer(run, reply_with(502, ""));
  CHECK(host.in_flight.empty());
  CHECK(run.progress(host.now_ms).waiting_until_ms == host.now_ms + 30'000);
  host.advance(run, 30'000);
  REQUIRE(host.in_flight.size() == 1);
  host.answer(run, verdict_reply());
  CHECK_FALSE(run.progress(host.now_ms).circuit_open);
  CHECK(host.in_flight.size() > 1);
  answer_all(host, run);
  CHECK(run.progress(host.now_ms).scored == 40);
  CHECK(run.progress(host.now_ms).failed == 0);
}

TEST_CASE("An answer of any kind, even a refusal, shows that the server is there") {
  Host host;
  Limits limits = limits_of(1);
  limits.max_attempts = 50;
  limits.base_backoff_ms = 1;
  limits.max_backoff_ms = 1;
  JudgeRun run = start(host, make_plan(1, 1), limits);
  host.pump(run);
  for (int i = 0; i < 20; ++i) {
    host.answer(run, i % 4 == 3 ? reply_with(429, "", {{"retry-after-ms", "1"}}) : reply_with(500, ""));
    CHECK_FALSE(run.progress(host.now_ms).circuit_open);
    host.advance(run, 200);
    REQUIRE(host.in_flight.size() == 1);
  }
}

TEST_CASE("After some probes in vain the run waits for the user, and begins with one request again") {
  Host host;
  Limits limits = limits_of(4);
  limits.breaker_probes = 3;
  JudgeRun run = start(host, make_plan(40, 1), limits);
  host.pump(run);
  for (int i = 0; i < 200 && run.state() == RunState::Running; ++i) {
    if (!host.in_flight.empty())
      host.fail(run, NetFailure::NetworkOrCors);
    else
      host.advance(run, std::max<int64_t>(0, *run.wake_at() - host.now_ms));
  }
  CHECK(run.state() == RunState::Paused);
  CHECK(run.progress(host.now_ms).failed == 0);
  CHECK(run.progress(host.now_ms).pause_reason.find("judge.example") != std::string::npos);
  CHECK(host.sent.size() <= 12);
  const size_t before = host.sent.size();
  run.resume(host.now_ms);
  host.pump(run);
  CHECK(host.sent.size() == before + 1);
  host.answer(run, verdict_reply());
  CHECK(host.in_flight.size() > 1);
  answer_all(host, run);
  CHECK(run.progress(host.now_ms).scored == 40);
}

TEST_CASE("Requests that a gateway gives up on each time do not hold up the end of the run") {
  for (const uint32_t hopeless : {1U, 4U}) {
    Host host;
    JudgeRun run = start(host, make_plan(20, 1), limits_of(4));
    host.pump(run);
    for (uint32_t i = 0; i < 20 - hopeless; ++i) {
      REQUIRE(!host.in_flight.empty());
      host.answer(run, verdict_reply());
    }
    const TimeMs began_ms = host.now_ms;
    for (int i = 0; i < 200 && run.state() == RunState::Running; ++i) {
      if (!host.in_flight.empty())
        host.answer(run, reply_with(504, ""));
      else
        host.advance(run, std::max<int64_t>(0, *run.wake_at() - host.now_ms));
    }
    CHECK(run.state() == RunState::Finished);
    CHECK(run.progress(host.now_ms).failed == hopeless);
    CHECK(host.now_ms - began_ms < 120'000);
  }
}

TEST_CASE("A probe that is aborted makes room for another") {
  Host host;
  Limits limits = limits_of(2);
  limits.breaker_failures = 1;
  JudgeRun run = start(host, make_plan(4, 1), limits);
  host.pump(run);
  while (!host.in_flight.empty()) host.fail(run, NetFailure::NetworkOrCors);
  host.advance(run, 15'000);
  REQUIRE(host.in_flight.size() == 1);
  host.fail(run, NetFailure::Aborted);
  REQUIRE(host.in_flight.size() == 1);
  answer_all(host, run);
  CHECK(run.progress(host.now_ms).scored == 3);
  CHECK(run.progress(host.now_ms).interrupted == 1);
}

TEST_CASE("Tokens per minute are kept, as the servers count them") {
  Host host;
  Limits limits = limits_of(4);
  limits.tokens_per_minute = 1200;  // an answer has 120: ten a minute
  JudgeRun run = start(host, make_plan(60, 1), limits);
  host.pump(run);
  std::vector<TimeMs> answered;
  while (run.state() == RunState::Running) {
    if (!host.in_flight.empty()) {
      answered.push_back(host.now_ms);
      host.answer(run, verdict_reply());
    } else {
      REQUIRE(run.wake_at().has_value());
      host.advance(run, std::max<int64_t>(0, *run.wake_at() - host.now_ms));
    }
  }
  CHECK(answered.size() == 60);
  // 60 answers of 120 tokens at 1,200 a minute: six minutes, but for the first and what is estimated ahead.
  const int64_t took_s = (host.now_ms - kStart) / 1000;
  CHECK(took_s >= 345);
  CHECK(took_s <= 390);
  for (size_t i = 12; i < answered.size(); ++i) CHECK(answered[i] - answered[i - 12] >= 60'000);
}

TEST_CASE("Without a network nothing is sent and nothing fails; it goes on by itself") {
  Host host;
  JudgeRun run = start(host, make_plan(10, 1), limits_of(2));
  host.pump(run);
  run.set_online(false, host.now_ms);
  host.pump(run);
  CHECK(run.state() == RunState::Running);
  CHECK(run.progress(host.now_ms).offline);
  for (int i = 0; i < 2; ++i) host.fail(run, NetFailure::NetworkOrCors);
  host.advance(run, 3'600'000);
  CHECK(host.in_flight.empty());
  CHECK(run.progress(host.now_ms).announced == 0);
  CHECK_FALSE(run.wake_at().has_value());
  run.set_online(true, host.now_ms);
  host.pump(run);
  CHECK(host.in_flight.size() == 2);
  answer_all(host, run);
  CHECK(run.progress(host.now_ms).scored == 10);
  // A server on this machine needs no network.
  JudgePlan plan = make_plan(2, 1, "run-2");
  plan.endpoint.base_url = "http://localhost:11434/v1";
  JudgeRun local = start(host, plan, limits_of(2));
  local.set_online(false, host.now_ms);
  host.pump(local);
  CHECK(host.in_flight.size() == 2);
}

TEST_CASE("What is judged first is a random sample of the traces, the same after a reload") {
  Host host;
  Limits limits = limits_of(1);
  limits.random_order = true;
  const auto order = [&](const std::string& run_id) {
    host.sent.clear();
    host.in_flight.clear();
    host.cache.clear();
    JudgeRun run = start(host, make_plan(400, 2, run_id), limits);
    host.pump(run);
    answer_all(host, run);
    CHECK(run.progress(host.now_ms).scored == 800);
    std::vector<std::string> bodies;
    for (const OutRequest& request : host.sent) {
      const size_t at = request.body.find("judge tr-");
      bodies.push_back(request.body.substr(at + 6, request.body.find(' ', at + 6) - at - 6));
    }
    return bodies;
  };
  const std::vector<std::string> one = order("run-1");
  CHECK(one == order("run-1"));
  CHECK(one != order("run-2"));
  // All scorers of a trace come together, each trace once.
  for (size_t i = 0; i < one.size(); i += 2) CHECK(one[i] == one[i + 1]);
  CHECK(std::set<std::string>(one.begin(), one.end()).size() == 400);
  // Of the first quarter about half are from the first half of the list: 50 of 100, sd 4.3.
  int low = 0;
  for (size_t i = 0; i < 200; i += 2) low += std::stoi(one[i].substr(3)) < 200 ? 1 : 0;
  CHECK(low > 30);
  CHECK(low < 70);
}

TEST_CASE("Caps of a day count what other runs have used, and a new day begins at nothing") {
  Host host;
  Limits limits = limits_of(2);
  limits.day_max_requests = 5;
  JudgeRun run = start(host, make_plan(10, 1), limits);
  run.set_day_use(3, 0);
  host.pump(run);
  while (!host.in_flight.empty()) host.answer(run, verdict_reply());
  CHECK(host.sent.size() == 2);
  CHECK(run.state() == RunState::Paused);
  CHECK(run.progress(host.now_ms).pause_reason.find("5 requests a day") != std::string::npos);
  run.set_day_use(0, 0);
  run.resume(host.now_ms);
  host.pump(run);
  while (!host.in_flight.empty()) host.answer(run, verdict_reply());
  CHECK(host.sent.size() == 7);

  Host other;
  limits.day_max_requests = 0;
  limits.day_max_cost_usd = 1;
  limits.input_usd_per_million = 1000;  // an answer costs 0.1 + 0.02 * 4 = 0.18, at most 0.1 + 1.6 is set aside
  limits.output_usd_per_million = 4000;
  JudgeRun second = start(other, make_plan(10, 1, "run-2"), limits);
  second.set_day_use(1, 0.5);
  other.pump(second);
  CHECK(other.sent.empty());  // 0.5 + what one may cost is beyond 1
  CHECK(second.state() == RunState::Paused);
  CHECK(second.progress(0).pause_reason.find("$1.00 a day") != std::string::npos);
}

TEST_CASE("After a reload a request whose answer is not known counts as an estimate has it") {
  Host host;
  Limits limits = limits_of(2);
  limits.input_usd_per_million = 1000;
  limits.output_usd_per_million = 1000;
  const JudgePlan plan = make_plan(4, 1);
  JudgeRun run = start(host, plan, limits);
  host.pump(run);
  host.answer(run, verdict_reply());
  const JudgeRun again = JudgeRun::restore(plan, limits, 2, host.prompts, nullptr, host.journal);
  const JudgeProgress progress = again.progress(host.now_ms);
  CHECK(progress.interrupted >= 2);
  CHECK(progress.cost_usd > 0.12 + 0.4 * static_cast<double>(progress.interrupted));
}

TEST_CASE("Where the storage is slower than the server more is written ahead, up to a limit") {
  Host host;
  host.auto_durable = false;
  Limits limits = limits_of(4);
  limits.max_announce_ahead = 12;
  JudgeRun run = start(host, make_plan(400, 1), limits);
  size_t most = 0;
  // The server answers at once, the storage each time only when nothing is left to send.
  while (run.state() == RunState::Running) {
    host.pump(run);
    while (!host.in_flight.empty()) host.answer(run, verdict_reply());
    most = std::max<size_t>(most, run.progress(host.now_ms).announced);
    host.make_durable(run);
  }
  CHECK(run.progress(host.now_ms).scored == 400);
  CHECK(most == 16);  // four that may fly, and twelve
}

namespace {

// A transport that keeps turns: `host.in_flight` is what the run has handed over, the oldest of it has left.
Limits keeping(int concurrency) {
  Limits limits = limits_of(concurrency);
  limits.hand_over = true;
  limits.max_announce_ahead = 100;
  return limits;
}

}  // namespace

TEST_CASE("A transport that keeps turns is given what is written ahead, more where it runs dry, and no more are allowed") {
  Host host;
  JudgeRun run = start(host, make_plan(200, 1), keeping(20));
  host.pump(run);
  CHECK(run.allowed() == 8);
  CHECK(host.in_flight.size() == 10);
  for (int i = 0; i < 100; ++i) host.answer(run, verdict_reply());
  CHECK(run.allowed() == 20);
  CHECK(host.in_flight.size() == 22);
  CHECK(run.progress(host.now_ms).in_flight == 20);
  CHECK(run.progress(host.now_ms).announced == 2);
  CHECK_FALSE(run.take_recall());
  for (int i = 0; i < 10; ++i) {  // the core was busy: so many came at once that some had nothing to follow them
    const uint64_t id = host.in_flight.begin()->first;
    host.in_flight.erase(id);
    run.on_reply(id, verdict_reply(), host.now_ms);
  }
  host.pump(run);
  CHECK(host.in_flight.size() == 30);
  CHECK(run.allowed() == 20);
}

TEST_CASE("Nothing is handed over ahead where requests keep a pace") {
  Host host;
  Limits limits = keeping(4);
  limits.requests_per_minute = 60'000;
  JudgeRun run = start(host, make_plan(50, 1), limits);
  for (int i = 0; i < 20; ++i) host.advance(run, 1);
  CHECK(host.in_flight.size() == 4);
}

TEST_CASE("What waits in the transport is recalled when the server refuses, and costs nothing") {
  Host host;
  JudgeRun run = start(host, make_plan(100, 1), keeping(8));
  host.pump(run);
  for (int i = 0; i < 20; ++i) host.answer(run, verdict_reply());
  REQUIRE(host.in_flight.size() == 10);
  host.answer(run, reply_with(429, "", {{"retry-after", "1"}}));
  CHECK(run.allowed() == 4);
  CHECK(run.take_recall());
  const uint64_t sent = run.progress(host.now_ms).requests_sent;
  while (host.in_flight.size() > 7) {  // the youngest, as the transport gives them back
    const uint64_t id = host.in_flight.rbegin()->first;
    host.in_flight.erase(id);
    run.on_failure(id, NetFailure::NotSent, host.now_ms);
  }
  CHECK(run.progress(host.now_ms).requests_sent == sent - 2);
  CHECK(run.progress(host.now_ms).failed == 0);
  while (!host.in_flight.empty()) host.answer(run, verdict_reply());
  host.advance(run, 2000);
  answer_all(host, run);
  CHECK(run.state() == RunState::Finished);
  CHECK(run.progress(host.now_ms).scored == 100);
}

TEST_CASE("A cap lets exactly so many leave, those that the transport keeps among them") {
  Host host;
  Limits limits = keeping(4);
  limits.max_requests = 30;
  JudgeRun run = start(host, make_plan(100, 1), limits);
  host.pump(run);
  answer_all(host, run);
  CHECK(run.state() == RunState::Paused);
  CHECK(host.in_flight.size() <= run.allowed());  // nothing is called back that the cap allowed
  while (!host.in_flight.empty()) host.answer(run, verdict_reply());
  CHECK(host.sent.size() == 30);
  CHECK(run.progress(host.now_ms).scored == 30);
}

TEST_CASE("Pause, cancel, another key and other caps call back what has not left") {
  for (int kind = 0; kind < 4; ++kind) {
    INFO(kind);
    Host host;
    JudgeRun run = start(host, make_plan(100, 1), keeping(4));
    host.pump(run);
    for (int i = 0; i < 10; ++i) host.answer(run, verdict_reply());
    REQUIRE(host.in_flight.size() == 6);
    CHECK_FALSE(run.take_recall());
    if (kind == 0) run.pause(host.now_ms);
    if (kind == 1) run.cancel(host.now_ms);
    if (kind == 2) run.set_secret({});
    if (kind == 3) run.set_caps(keeping(4));
    CHECK(run.take_recall());
    CHECK_FALSE(run.take_recall());
    const uint64_t id = host.in_flight.rbegin()->first;
    host.in_flight.erase(id);
    run.on_failure(id, NetFailure::NotSent, host.now_ms);
    CHECK(run.progress(host.now_ms).cancelled == (kind == 1 ? 85u : 0u));
    CHECK(run.progress(host.now_ms).interrupted == 0);
  }
}
