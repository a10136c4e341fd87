#include <catch2/catch_test_macros.hpp>

#include <string>

#include "core/json/doc.h"
#include "core/judge/judge_run.h"
#include "tests/unit/judge/run_harness.h"
#include "tests/unit/judge/trace_builder.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

TEST_CASE("A bad key stops the run before it fails everything") {
  Host host;
  JudgeRun run = start(host, make_plan(100, 1), limits_of(4));
  host.pump(run);
  while (!host.in_flight.empty())
    host.answer(run, reply_with(401, ""));
  CHECK(run.state() == RunState::Paused);
  JudgeProgress progress = run.progress(host.now_ms);
  CHECK(progress.pause_reason.find("key") != std::string::npos);
  CHECK(progress.failed >= 5);
  CHECK(progress.failed <= 8);
  run.set_secret(SecretRef{2});
  run.retry_failed(host.now_ms);
  run.resume(host.now_ms);
  host.pump(run);
  CHECK(host.sent.back().secret == SecretRef{2});
  while (!host.in_flight.empty())
    host.answer(run, verdict_reply());
  CHECK(run.progress(host.now_ms).scored == 100);
}

TEST_CASE("Pause lets answers come in and sends nothing; resume goes on") {
  Host host;
  JudgeRun run = start(host, make_plan(6, 1), limits_of(2));
  host.pump(run);
  run.pause(host.now_ms);
  host.pump(run);
  CHECK(run.progress(host.now_ms).announced == 0);
  CHECK_FALSE(run.wake_at().has_value());
  host.answer(run, verdict_reply());
  host.answer(run, verdict_reply());
  CHECK(host.in_flight.empty());
  CHECK(host.sent.size() == 2);
  run.resume(host.now_ms);
  host.pump(run);
  while (!host.in_flight.empty())
    host.answer(run, verdict_reply());
  CHECK(run.state() == RunState::Finished);
  CHECK(host.sent.size() == 6);
}

TEST_CASE("Cancel takes the answers that are on their way, or aborts them") {
  for (const CancelMode mode : {CancelMode::FinishInFlight, CancelMode::AbortInFlight}) {
    Host host;
    JudgeRun run = start(host, make_plan(6, 1), limits_of(2));
    host.pump(run);
    run.cancel(host.now_ms, mode);
    host.pump(run);
    CHECK(run.state() == RunState::Cancelled);
    CHECK(host.in_flight.size() == 2);
    if (mode == CancelMode::AbortInFlight) {
      CHECK(host.aborted.size() == 2);
      host.fail(run, NetFailure::Aborted);
      host.fail(run, NetFailure::Aborted);
      CHECK(run.progress(host.now_ms).cancelled == 6);
    } else {
      CHECK(host.aborted.empty());
      host.answer(run, verdict_reply());
      host.answer(run, reply_with(500, ""));  // no further try
      CHECK(run.progress(host.now_ms).scored == 1);
      CHECK(run.progress(host.now_ms).cancelled == 5);
    }
    CHECK(host.sent.size() == 2);
    CHECK(run.retry_failed(host.now_ms) == 0);
    run.resume(host.now_ms);
    host.pump(run);
    CHECK(host.sent.size() == 2);
  }
}

TEST_CASE("Failed items are tried again on the user's word, under the same assessment id") {
  Host host;
  JudgeRun run = start(host, make_plan(2, 1), limits_of(1));
  host.pump(run);
  host.answer(run, reply_with(200, ""));
  const std::string first =
      decode_item_event(host.last(kRunVerdict).payload_json).value().assessment_json;
  host.answer(run, verdict_reply());
  CHECK(run.state() == RunState::Finished);
  CHECK(run.retry_failed(host.now_ms) == 1);
  CHECK(run.state() == RunState::Running);
  host.pump(run);
  host.answer(run, verdict_reply());
  CHECK(run.state() == RunState::Finished);
  const std::string second =
      decode_item_event(host.last(kRunVerdict).payload_json).value().assessment_json;
  const auto id = [](const std::string& text) {
    return json::get_string(json::parse_doc(text).value(), "assessment_id");
  };
  CHECK(id(first) == id(second));
  CHECK(run.retry_failed(host.now_ms) == 0);
}

TEST_CASE("An empty plan is finished at once") {
  Host host;
  JudgeRun run = start(host, make_plan(0, 1), limits_of(2));
  CHECK(run.state() == RunState::Finished);
  host.pump(run);
  CHECK(host.journal.size() == 2);
}

TEST_CASE("An abort that the run did not ask for leaves the item to the user") {
  Host host;
  JudgeRun run = start(host, make_plan(1, 1), limits_of(1));
  host.pump(run);
  host.fail(run, NetFailure::Aborted);
  CHECK(run.progress(host.now_ms).interrupted == 1);
  CHECK(run.state() == RunState::Paused);
  CHECK(run.retry_interrupted(host.now_ms) == 1);
  run.resume(host.now_ms);
  host.pump(run);
  host.answer(run, verdict_reply());
  CHECK(run.state() == RunState::Finished);
}

TEST_CASE("Traces that are not loaded are judged when they are, not skipped for good") {
  Host host;
  host.prompts.unloaded = {"tr-0", "tr-2"};
  JudgeRun run = start(host, make_plan(4, 1), limits_of(2));
  host.pump(run);
  CHECK(host.in_flight.size() == 2);
  while (!host.in_flight.empty())
    host.answer(run, verdict_reply());
  CHECK(run.state() == RunState::Paused);
  CHECK(run.progress(host.now_ms).pause_reason.find("not loaded") != std::string::npos);
  CHECK(run.progress(host.now_ms).queued == 2);
  CHECK(run.progress(host.now_ms).skipped == 0);
  run.resume(host.now_ms);  // still not there: the run comes to rest again
  host.pump(run);
  CHECK(run.state() == RunState::Paused);
  host.prompts.unloaded.clear();
  run.resume(host.now_ms);
  host.pump(run);
  while (!host.in_flight.empty())
    host.answer(run, verdict_reply());
  CHECK(run.state() == RunState::Finished);
  CHECK(run.progress(host.now_ms).scored == 4);

  Host other;
  other.prompts.unloaded = {"tr-0"};
  JudgeRun cancelled = start(other, make_plan(1, 1), limits_of(1));
  other.pump(cancelled);
  cancelled.cancel(other.now_ms);
  CHECK(cancelled.progress(other.now_ms).cancelled == 1);
}
