#include <catch2/catch_test_macros.hpp>

#include <string>

#include "core/json/doc.h"
#include "core/judge/judge_run.h"
#include "tests/unit/judge/run_harness.h"
#include "tests/unit/judge/trace_builder.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

TEST_CASE("A request leaves only after its event is durable") {
  Host host;
  host.auto_durable = false;
  JudgeRun run = start(host, make_plan(1, 1), limits_of(4));
  host.pump(run);
  CHECK(host.sent.empty());
  REQUIRE(host.journal.size() == 2);
  CHECK(host.journal[0].kind == kRunCreate);
  CHECK(host.journal[1].kind == kRequestSent);
  run.on_event_durable(host.journal[0].token);
  host.pump(run);
  CHECK(host.sent.empty());
  run.on_event_durable(host.journal[1].token);
  host.pump(run);
  REQUIRE(host.sent.size() == 1);
  CHECK(host.sent[0].method == "POST");
  CHECK(host.sent[0].url == "https://judge.example/v1/chat/completions");
  CHECK(host.sent[0].host == "judge.example");
  CHECK(host.sent[0].secret == SecretRef{1});
  CHECK(host.sent[0].timeout_ms == 120'000);
}

TEST_CASE("A run ends with a verdict per item, and says so") {
  Host host;
  JudgeRun run = start(host, make_plan(3, 2), limits_of(2));
  host.pump(run);
  CHECK(run.in_flight() == 2);
  while (!host.in_flight.empty())
    host.answer(run, verdict_reply());
  CHECK(run.state() == RunState::Finished);
  CHECK(host.count(kRunVerdict) == 6);
  CHECK(host.last(kRunState).payload_json.find("finished") != std::string::npos);
  const JudgeProgress progress = run.progress(host.now_ms);
  CHECK(progress.scored == 6);
  CHECK(progress.done() == 6);
  CHECK(progress.requests_sent == 6);
  CHECK(progress.input_tokens == 600);
  CHECK(progress.output_tokens == 120);
  CHECK(progress.time_left_ms == 0);
}

TEST_CASE("A verdict is written as MLflow's feedback") {
  Host host;
  JudgePlan plan = make_plan(1, 1);
  plan.items[0].span_id = "00000000000000bb";
  plan.scorers[0].version = 3;
  JudgeRun run = start(host, plan, limits_of(1));
  host.pump(run);
  host.answer(run, verdict_reply("no"));
  const ItemEvent event = decode_item_event(host.last(kRunVerdict).payload_json).value();
  CHECK(event.outcome == Outcome::Scored);
  CHECK(event.span_id == "00000000000000bb");
  CHECK(event.usage.input_tokens == 100);
  const json::Doc doc = json::parse_doc(event.assessment_json).value();
  CHECK(doc["assessment_id"].get<std::string>().size() == 34);
  CHECK(doc["assessment_name"] == "scorer_0");
  CHECK(doc["trace_id"] == "tr-0");
  CHECK(doc["span_id"] == "00000000000000aa");
  CHECK(doc["source"] == json::Doc({{"source_type", "LLM_JUDGE"}, {"source_id", "openai:/gpt-x"}}));
  CHECK(doc["create_time"] == "2026-11-24T06:00:00Z");
  CHECK(doc["feedback"] == json::Doc({{"value", "no"}}));
  CHECK(doc["rationale"] == "Because.");
  CHECK(doc["valid"] == true);
  const json::Doc& metadata = doc["metadata"];
  CHECK(metadata["mlflow.assessment.sourceRunId"] == "run-1");
  CHECK(metadata["span_id"] == "00000000000000bb");
  CHECK(metadata["mlflow.assessment.judgeInputTokens"] == "100");
  CHECK(metadata["mlflow.assessment.judgeOutputTokens"] == "20");
  CHECK(metadata["assay.scorerVersion"] == "3");
  CHECK(metadata["assay.requestHash"] == event.request_hash);
}

TEST_CASE("A verdict names what it cost, where the price is known") {
  const auto metadata_with = [](double input_usd, double output_usd) {
    Host host;
    Limits limits = limits_of(1);
    limits.input_usd_per_million = input_usd;
    limits.output_usd_per_million = output_usd;
    JudgeRun run = start(host, make_plan(1, 1), limits);
    host.pump(run);
    host.answer(run, verdict_reply("no"));
    const ItemEvent event = decode_item_event(host.last(kRunVerdict).payload_json).value();
    return json::parse_doc(event.assessment_json).value()["metadata"];
  };
  CHECK(metadata_with(2, 10)["mlflow.assessment.judgeCost"] == "0.0004");  // 100 tokens in, 20 out
  CHECK(metadata_with(0, 0)["mlflow.assessment.judgeCost"] == "0.0");
  CHECK_FALSE(metadata_with(-1, 10).contains("mlflow.assessment.judgeCost"));
}

TEST_CASE("An unreadable reply fails for good, as an error that stays") {
  Host host;
  JudgeRun run = start(host, make_plan(1, 1), limits_of(1));
  host.pump(run);
  host.answer(
      run,
      reply_with(
          200,
          R"({"choices":[{"message":{"content":"dunno"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}})"));
  CHECK(run.state() == RunState::Finished);
  const ItemEvent event = decode_item_event(host.last(kRunVerdict).payload_json).value();
  CHECK(event.outcome == Outcome::Failed);
  const json::Doc doc = json::parse_doc(event.assessment_json).value();
  CHECK(doc["feedback"]["value"].is_null());
  CHECK(doc["feedback"]["error"]["error_code"] == "INVALID_REPLY");
  CHECK(doc["feedback"]["error"]["error_message"].get<std::string>().find("dunno") !=
        std::string::npos);
  CHECK(doc["metadata"]["mlflow.assessment.judgeInputTokens"] == "9");
  CHECK_FALSE(doc.contains("rationale"));
  CHECK(run.progress(host.now_ms).input_tokens == 9);
  const ProgressError error = run.progress(host.now_ms).last_errors.at(0);
  CHECK(error.code == "INVALID_REPLY");
  CHECK(error.scorer == run.plan().scorers.at(0).name);
  CHECK(error.trace_id == run.plan().trace_ids.at(0));
}

TEST_CASE("Never more than the allowed number in flight") {
  Host host;
  JudgeRun run = start(host, make_plan(50, 1), limits_of(3));
  host.pump(run);
  for (int i = 0; i < 50; ++i) {
    CHECK(host.in_flight.size() == static_cast<size_t>(std::min(3, 50 - i)));
    host.answer(run, verdict_reply());
  }
  CHECK(run.state() == RunState::Finished);
}

TEST_CASE("After a 429 the whole endpoint waits as long as it was told") {
  Host host;
  JudgeRun run = start(host, make_plan(10, 1), limits_of(4));
  host.pump(run);
  REQUIRE(host.in_flight.size() == 4);
  host.answer(run, reply_with(429, "", {{"retry-after", "7"}}));
  CHECK(host.in_flight.size() == 3);
  host.answer(run, verdict_reply());
  CHECK(host.in_flight.size() == 2);  // nothing new is sent
  REQUIRE(run.wake_at().has_value());
  CHECK(*run.wake_at() == host.now_ms + 7000);
  CHECK(run.progress(host.now_ms).waiting_until_ms == host.now_ms + 7000);
  host.advance(run, 6999);
  CHECK(host.in_flight.size() == 2);
  host.advance(run, 1);
  CHECK(host.in_flight.size() == 2);  // concurrency was halved to 2
  while (!host.in_flight.empty())
    host.answer(run, verdict_reply());
  CHECK(run.state() == RunState::Finished);
  CHECK(run.progress(host.now_ms).scored == 10);
}

TEST_CASE("Rate limits do not use up the attempts") {
  Host host;
  Limits limits = limits_of(1);
  limits.max_attempts = 2;
  JudgeRun run = start(host, make_plan(1, 1), limits);
  host.pump(run);
  for (int i = 0; i < 10; ++i) {
    host.answer(run, reply_with(429, "", {{"retry-after", "1"}}));
    host.advance(run, 1000);
    REQUIRE(host.in_flight.size() == 1);
  }
  host.answer(run, verdict_reply());
  CHECK(run.progress(host.now_ms).scored == 1);
}

TEST_CASE("Server errors and time-outs are tried again with growing, jittered delays, then fail") {
  Host host;
  Limits limits = limits_of(1);
  limits.max_attempts = 4;
  limits.pause_after_failures = 0;
  JudgeRun run = start(host, make_plan(1, 1), limits);
  host.pump(run);
  const int64_t most[] = {1000, 2000, 4000};
  for (int i = 0; i < 3; ++i) {
    if (i == 1)
      host.fail(run, NetFailure::Timeout);
    else
      host.answer(run, reply_with(500, ""));
    REQUIRE(host.in_flight.empty());
    const int64_t delay = *run.wake_at() - host.now_ms;
    CHECK(delay >= most[i] / 2);
    CHECK(delay <= most[i]);
    host.advance(run, delay - 1);
    CHECK(host.in_flight.empty());
    host.advance(run, 1);
    REQUIRE(host.in_flight.size() == 1);
  }
  host.fail(run, NetFailure::NetworkOrCors);
  CHECK(run.state() == RunState::Finished);
  CHECK(run.progress(host.now_ms).failed == 1);
  CHECK(host.count(kRequestSent) == 4);
  CHECK(host.count(kRequestEnded) == 3);
  const ItemEvent event = decode_item_event(host.last(kRunVerdict).payload_json).value();
  CHECK(event.assessment_json.find("NETWORK_OR_CORS") != std::string::npos);
}

TEST_CASE("Other seeds give other delays, the same seed the same") {
  const auto delay = [](uint64_t seed) {
    Host host;
    JudgeRun run(make_plan(1, 1), limits_of(1), seed, host.prompts, nullptr, host.now_ms);
    host.pump(run);
    host.answer(run, reply_with(503, ""));
    return *run.wake_at() - host.now_ms;
  };
  CHECK(delay(1) == delay(1));
  CHECK((delay(1) != delay(2) || delay(1) != delay(3)));
}

TEST_CASE("What cannot be tried again fails at once") {
  Host host;
  JudgeRun run = start(host, make_plan(1, 1), limits_of(1));
  host.pump(run);
  host.answer(run, reply_with(404, ""));
  CHECK(run.progress(host.now_ms).failed == 1);
  CHECK(host.sent.size() == 1);
}

TEST_CASE("A parameter that the server refuses is left out from then on, at no cost of attempts") {
  Host host;
  Limits limits = limits_of(2);
  limits.max_attempts = 1;
  JudgeRun run = start(host, make_plan(5, 1), limits);
  host.pump(run);
  CHECK(host.sent[0].body.find("response_format") != std::string::npos);
  host.answer(run, reply_with(400, "'response_format' is not supported"));
  CHECK(host.sent.back().body.find("response_format") == std::string::npos);
  host.answer(run, reply_with(400, "'response_format' is not supported"));
  host.answer(run, reply_with(400, "'temperature' is not supported"));
  while (!host.in_flight.empty())
    host.answer(run, verdict_reply());
  CHECK(run.progress(host.now_ms).scored == 5);
  CHECK(host.sent.back().body.find("temperature") == std::string::npos);
  CHECK(host.sent.back().body.find("response_format") == std::string::npos);
}

TEST_CASE("Requests per minute are spaced out") {
  Host host;
  Limits limits = limits_of(10);
  limits.requests_per_minute = 60;
  JudgeRun run = start(host, make_plan(5, 1), limits);
  host.pump(run);
  for (size_t sent = 1; sent <= 5; ++sent) {
    CHECK(host.sent.size() == sent);
    if (sent < 5) CHECK(*run.wake_at() == host.now_ms + 1000);
    host.advance(run, 999);
    CHECK(host.sent.size() == sent);
    host.advance(run, 1);
  }
}

TEST_CASE("Skips are results without a request and without an assessment") {
  Host host;
  host.prompts.skipped = {"tr-1"};
  JudgeRun run = start(host, make_plan(2, 1), limits_of(2));
  host.pump(run);
  CHECK(host.sent.size() == 1);
  host.answer(run, verdict_reply());
  CHECK(run.progress(host.now_ms).skipped == 1);
  CHECK(run.state() == RunState::Finished);
  bool found = false;
  for (const JudgeEvent& event : host.journal) {
    if (event.kind != kRunVerdict) continue;
    const ItemEvent item = decode_item_event(event.payload_json).value();
    if (item.outcome != Outcome::Skipped) continue;
    found = true;
    CHECK(item.skip == SkipReason::NoOutputs);
    CHECK(item.assessment_json.empty());
  }
  CHECK(found);
}

TEST_CASE("A verdict of an earlier run is taken over without a request") {
  Host host;
  JudgeRun first = start(host, make_plan(4, 1), limits_of(4));
  host.pump(first);
  while (!host.in_flight.empty())
    host.answer(first, verdict_reply());
  for (const JudgeEvent& event : host.journal) {
    if (event.kind == kRunVerdict) host.cache.add(event.payload_json);
  }
  CHECK(host.cache.count() == 4);

  JudgeRun second = start(host, make_plan(5, 1, "run-2"), limits_of(4));
  host.pump(second);
  CHECK(host.in_flight.size() == 1);
  host.answer(second, verdict_reply());
  const JudgeProgress progress = second.progress(host.now_ms);
  CHECK(progress.scored == 5);
  CHECK(progress.reused == 4);
  CHECK(progress.input_tokens == 100);
  int reused = 0;
  for (const JudgeEvent& event : host.journal) {
    if (event.kind != kRunVerdict) continue;
    const ItemEvent item = decode_item_event(event.payload_json).value();
    if (item.run_id != "run-2" || item.reused_from.empty()) continue;
    ++reused;
    CHECK(item.reused_from == "run-1");
    const json::Doc doc = json::parse_doc(item.assessment_json).value();
    CHECK(doc["feedback"]["value"] == "yes");
    CHECK(doc["rationale"] == "Because.");
    CHECK(doc["metadata"]["mlflow.assessment.sourceRunId"] == "run-2");
    CHECK(doc["metadata"]["assay.reusedFromRun"] == "run-1");
    CHECK_FALSE(doc["metadata"].contains("mlflow.assessment.judgeInputTokens"));
  }
  CHECK(reused == 4);

  JudgePlan fresh = make_plan(4, 1, "run-3");
  fresh.reuse_verdicts = false;
  JudgeRun third = start(host, fresh, limits_of(4));
  host.pump(third);
  CHECK(host.in_flight.size() == 4);
}

TEST_CASE("A call renders a bounded number of prompts and asks to be called again") {
  Host host;
  for (int i = 0; i < 1000; ++i)
    host.prompts.skipped.insert("tr-" + std::to_string(i));
  JudgeRun run = start(host, make_plan(1000, 1), limits_of(2));
  CHECK_FALSE(run.next_request(host.now_ms).has_value());
  CHECK(host.prompts.rendered == 32);
  CHECK(*run.wake_at() <= host.now_ms);
  host.pump(run);
  CHECK(run.state() == RunState::Finished);
  CHECK(run.progress(host.now_ms).skipped == 1000);
}

TEST_CASE("Answers nobody asked for change nothing") {
  Host host;
  JudgeRun run = start(host, make_plan(2, 1), limits_of(1));
  host.pump(run);
  const uint64_t id = host.in_flight.begin()->first;
  run.on_reply(id + 99, verdict_reply(), host.now_ms);
  run.on_failure(0, NetFailure::Timeout, host.now_ms);
  CHECK(run.progress(host.now_ms).done() == 0);
  host.answer(run, verdict_reply());
  run.on_reply(id, verdict_reply("no"), host.now_ms);
  CHECK(run.progress(host.now_ms).scored == 1);
  CHECK(host.count(kRunVerdict) == 1);
}

TEST_CASE("Progress estimates time and tokens from what was measured") {
  Host host;
  JudgeRun run = start(host, make_plan(10, 1), limits_of(1));
  host.pump(run);
  CHECK(run.progress(host.now_ms).time_left_ms == -1);
  CHECK(run.progress(host.now_ms).input_tokens_left == -1);
  for (int i = 0; i < 4; ++i) {
    host.now_ms += 500;
    host.answer(run, verdict_reply());
  }
  const JudgeProgress progress = run.progress(host.now_ms);
  CHECK(progress.elapsed_ms == 2000);
  CHECK(progress.time_left_ms == 3000);
  CHECK(progress.input_tokens_left == 600);
  CHECK(progress.output_tokens_left == 120);
  run.pause(host.now_ms);
  CHECK(run.progress(host.now_ms + 60'000).elapsed_ms == 2000);
}

TEST_CASE("Memory for waiting items is small: prompts are rendered when they are due") {
  Host host;
  JudgeRun run = start(host, make_plan(20'000, 5), limits_of(8));
  host.pump(run);
  CHECK(host.prompts.rendered <= 32);
  CHECK(run.size_bytes() < 100'000 * 80);
}

TEST_CASE("Nothing printable ever holds the key") {
  // The key is known to the transport alone; a server that echoes it is cleaned by redact_secret().
  const std::string key = "k\"ey/with+odd=chars-123456";
  Host host;
  JudgePlan plan = make_plan(12, 1);
  plan.endpoint.base_url = "https://judge.example/v1?token=" + std::string("t0ken-t0ken");
  plan.endpoint.extra_headers = {{"X-Extra", "s3cret-header"}};
  JudgeRun run = start(host, plan, limits_of(2));
  host.pump(run);
  const std::string echoed = "{\"error\":{\"message\":" + json::quoted("You sent " + key) + "}}";
  int round = 0;
  while (!host.in_flight.empty() || run.wake_at()) {
    if (host.in_flight.empty()) {
      host.now_ms = std::max(host.now_ms, *run.wake_at());
      host.pump(run);
      continue;
    }
    constexpr int kStatuses[] = {401, 400, 500, 429, 200, 200};
    HttpReply reply = reply_with(kStatuses[round++ % 6], echoed, {{"x-echo", key}});
    redact_secret(reply.body, key);
    for (Header& header : reply.headers)
      redact_secret(header.value, key);
    host.answer(run, reply);
    run.resume(host.now_ms);
    host.pump(run);
  }
  CHECK(run.progress(host.now_ms).failed == 12);
  std::string everything;
  for (const JudgeEvent& event : host.journal)
    everything += event.payload_json;
  for (const OutRequest& request : host.sent) {
    everything += request.body;
    CHECK(request.url.find(key) == std::string::npos);
  }
  for (const ProgressError& error : run.progress(host.now_ms).last_errors)
    everything += error.message;
  CHECK(everything.find("You sent [key]") != std::string::npos);
  CHECK(everything.find(key) == std::string::npos);
  CHECK(everything.find("k\\\"ey") == std::string::npos);
  CHECK(everything.find("s3cret-header") == std::string::npos);
  CHECK(everything.find("t0ken-t0ken") == std::string::npos);
}
