#include <catch2/catch_test_macros.hpp>

#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/json/doc.h"
#include "core/judge/judge_run.h"
#include "tests/unit/judge/run_harness.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

namespace {

// The process dies: what is not durable, and all answers on their way, are lost.
JudgeRun crash_and_restore(Host& host, const JudgePlan& plan, Limits limits, uint64_t seed) {
  host.journal.resize(host.durable);
  host.in_flight.clear();
  host.cache.clear();
  for (const JudgeEvent& event : host.journal) {
    if (event.kind == kRunVerdict) host.cache.add(event.payload_json);
  }
  return JudgeRun::restore(plan, limits, seed, host.prompts, &host.cache, host.journal);
}

}  // namespace

TEST_CASE("After a crash verdicts stand, unsent items go on, sent ones wait for the user") {
  Host host;
  const JudgePlan plan = make_plan(10, 1);
  Limits limits = limits_of(2);
  limits.announce_ahead = limits.max_announce_ahead = 0;
  JudgeRun run(plan, limits, 1, host.prompts, &host.cache, host.now_ms);
  host.pump(run);
  host.answer(run, verdict_reply());
  host.answer(run, verdict_reply());
  CHECK(host.in_flight.size() == 2);

  JudgeRun again = crash_and_restore(host, plan, limits, 2);
  CHECK(again.state() == RunState::Paused);
  JudgeProgress progress = again.progress(host.now_ms);
  CHECK(progress.scored == 2);
  CHECK(progress.interrupted == 2);
  CHECK(progress.queued == 6);
  CHECK(progress.input_tokens == 200);
  host.pump(again);
  CHECK(host.in_flight.empty());  // paused: nothing happens on its own

  again.resume(host.now_ms);
  host.pump(again);
  while (!host.in_flight.empty())
    host.answer(again, verdict_reply());
  progress = again.progress(host.now_ms);
  CHECK(progress.scored == 8);
  CHECK(progress.interrupted == 2);
  CHECK(again.state() == RunState::Paused);
  CHECK(progress.pause_reason.find("interrupted") != std::string::npos);
  CHECK(host.sent.size() == 10);

  CHECK(again.retry_interrupted(host.now_ms) == 2);
  again.resume(host.now_ms);
  host.pump(again);
  while (!host.in_flight.empty())
    host.answer(again, verdict_reply());
  CHECK(again.state() == RunState::Finished);
  CHECK(again.progress(host.now_ms).scored == 10);
  CHECK(host.sent.size() == 12);
}

TEST_CASE("A request that ended without an answer is not an interrupted one") {
  Host host;
  const JudgePlan plan = make_plan(1, 1);
  JudgeRun run(plan, limits_of(1), 1, host.prompts, &host.cache, host.now_ms);
  host.pump(run);
  host.answer(run, reply_with(429, "", {{"retry-after", "60"}}));
  JudgeRun again = crash_and_restore(host, plan, limits_of(1), 2);
  CHECK(again.progress(host.now_ms).queued == 1);
  again.resume(host.now_ms);
  host.pump(again);
  host.answer(again, verdict_reply());
  CHECK(again.state() == RunState::Finished);
}

TEST_CASE("What was announced and taken back was not sent") {
  Host host;
  const JudgePlan plan = make_plan(10, 1);
  JudgeRun run(plan, limits_of(2), 1, host.prompts, &host.cache, host.now_ms);
  host.pump(run);
  run.pause(host.now_ms);
  host.pump(run);
  JudgeRun again = crash_and_restore(host, plan, limits_of(2), 2);
  CHECK(again.progress(host.now_ms).interrupted == 2);
  CHECK(again.progress(host.now_ms).queued == 8);
}

TEST_CASE("Finished and cancelled runs stay what they are") {
  Host host;
  const JudgePlan plan = make_plan(3, 1);
  JudgeRun run(plan, limits_of(1), 1, host.prompts, &host.cache, host.now_ms);
  host.pump(run);
  while (!host.in_flight.empty())
    host.answer(run, verdict_reply());
  CHECK(crash_and_restore(host, plan, limits_of(1), 2).state() == RunState::Finished);

  Host other;
  JudgeRun cancelled(plan, limits_of(1), 1, other.prompts, nullptr, other.now_ms);
  other.pump(cancelled);
  cancelled.cancel(other.now_ms);
  other.pump(cancelled);
  JudgeRun again = crash_and_restore(other, plan, limits_of(1), 2);
  CHECK(again.state() == RunState::Cancelled);
  CHECK(again.progress(other.now_ms).cancelled == 3);
  again.resume(other.now_ms);
  other.pump(again);
  CHECK(other.in_flight.empty());
}

TEST_CASE("A run whose end was not written down finishes when it goes on") {
  Host host;
  const JudgePlan plan = make_plan(1, 1);
  JudgeRun run(plan, limits_of(1), 1, host.prompts, &host.cache, host.now_ms);
  host.pump(run);
  host.answer(run, verdict_reply());
  REQUIRE(host.journal.back().kind == kRunState);
  host.journal.pop_back();
  host.durable = host.journal.size();
  JudgeRun again = crash_and_restore(host, plan, limits_of(1), 2);
  again.resume(host.now_ms);
  CHECK(again.state() == RunState::Finished);
  CHECK(host.sent.size() == 1);
}

TEST_CASE("Foreign, broken and unknown events are passed over") {
  Host host;
  const JudgePlan plan = make_plan(2, 1);
  const std::vector<JudgeEvent> events = {
      {1, std::string(kRequestSent),
       encode_request_sent({"run-other", "tr-0", "scorer_0", ""}, "h", 1, 0)},
      {2, std::string(kRequestSent),
       encode_request_sent({"run-1", "tr-77", "scorer_0", ""}, "h", 1, 0)},
      {3, std::string(kRequestSent), "{broken"},
      {4, "something.else", "{}"},
      {5, std::string(kRunState), "[]"},
      {6, std::string(kRequestSent),
       encode_request_sent({"run-1", "tr-1", "scorer_0", ""}, "h", 1, 0)},
  };
  const JudgeRun run = JudgeRun::restore(plan, limits_of(1), 1, host.prompts, nullptr, events);
  CHECK(run.progress(0).queued == 1);
  CHECK(run.progress(0).interrupted == 1);
  CHECK(run.item_state(1) == ItemState::Interrupted);
}

TEST_CASE("Request ids of a restored run differ from those of the run before") {
  Host host;
  JudgeRun a(make_plan(1, 1), limits_of(1), 1, host.prompts, nullptr, host.now_ms);
  host.pump(a);
  JudgeRun b(make_plan(1, 1), limits_of(1), 2, host.prompts, nullptr, host.now_ms);
  host.pump(b);
  REQUIRE(host.sent.size() == 2);
  CHECK(host.sent[0].id != host.sent[1].id);
  CHECK(host.sent[1].id < (uint64_t{1} << 53));
}

namespace {

// Plays one run with random replies, faults, pauses, cancels, slow storage and crashes, and checks
// the promises at each step.
class Storm {
 public:
  explicit Storm(uint32_t seed) : random_(seed), plan_(make_plan(1 + pick(14), 1 + pick(3))) {
    limits_ = limits_of(static_cast<int>(1 + pick(5)));
    limits_.max_attempts = static_cast<int>(1 + pick(4));
    limits_.max_rate_limited = static_cast<int>(1 + pick(6));
    limits_.announce_ahead = static_cast<int>(pick(4));
    limits_.renders_per_call = static_cast<int>(1 + pick(8));
    limits_.pause_after_failures = static_cast<int>(pick(4));
    limits_.requests_per_minute = pick(3) == 0 ? 600 : 0;
    limits_.tokens_per_minute = pick(3) == 0 ? 60'000 : 0;
    limits_.breaker_failures = static_cast<int>(pick(4));
    limits_.breaker_probes = static_cast<int>(1 + pick(3));
    limits_.breaker_pause_ms = 1000 * (1 + pick(20));
    limits_.random_order = pick(2) == 0;
    limits_.input_usd_per_million = 1000;
    limits_.output_usd_per_million = 4000;
    if (pick(3) == 0) limits_.max_requests = 1 + pick(20);
    if (pick(3) == 0) limits_.day_max_requests = 1 + pick(30);
    if (pick(3) == 0) limits_.max_cost_usd = 2 + pick(30);
    if (pick(3) == 0) limits_.day_max_cost_usd = 2 + pick(40);
    host_.auto_durable = false;
    limits_.hand_over = pick(2) == 0;
    if (pick(2) == 0) limits_.max_announce_ahead = static_cast<int>(2 + pick(10));
    if (pick(2) == 0) {  // one of the scorers reads with tools
      const size_t which = pick(static_cast<uint32_t>(plan_.scorers.size()));
      plan_.scorers[which] = tool_reader(std::to_string(2 + pick(4)));
    }
    if (pick(4) == 0) host_.prompts.skipped = {"tr-0", "tr-3"};
    if (pick(4) == 0) host_.prompts.unloaded = {"tr-1", "tr-2"};
  }

  uint32_t tool_turns = 0, left_alone = 0, taken_back = 0;

  void play() {
    auto run = std::make_unique<JudgeRun>(plan_, limits_, next_seed(), host_.prompts, &host_.cache,
                                          host_.now_ms);
    for (int step = 0; step < 400 && !over(*run); ++step) {
      act(run);
      pump(*run);
    }
    // The user lifts the caps, and the network is back.
    limits_.max_requests = limits_.day_max_requests = 0;
    limits_.max_cost_usd = limits_.day_max_cost_usd = 0;
    run->set_caps(limits_);
    online_ = true;
    run->set_online(true, host_.now_ms);
    settle(run);
    REQUIRE(over(*run));
    check_end(*run);
  }

 private:
  uint32_t pick(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  uint64_t next_seed() { return random_(); }

  static bool over(const JudgeRun& run) {
    const JudgeProgress p = run.progress(0);
    return p.left() == 0 && p.interrupted == 0;
  }

  void pump(JudgeRun& run) {
    while (auto request = run.next_request(host_.now_ms)) {
      const ItemEvent& sent = sent_event_of(*request);
      // Written ahead, durable, and never for a hash whose verdict is durable.
      REQUIRE(durable_sent_.count(sent.request_hash + " " + std::to_string(sent.attempt)) > 0);
      INFO("sent again although its verdict is acknowledged: " << sent.request_hash);
      REQUIRE(acknowledged_.count(sent.request_hash) == 0);
      // A conversation begins after the turns that are written down.
      size_t turns = 0;
      for (size_t at = 0; (at = request->body.find(R"("role":"tool")", at)) != std::string::npos; ++at) ++turns;
      const auto known = turns_.find(sent.request_hash);
      if (known != turns_.end()) REQUIRE(turns >= known->second);
      REQUIRE(online_);
      kept_.push_back(std::move(*request));
      if (!limits_.hand_over) leave();
    }
    for (const uint64_t id : run.take_aborts())
      aborts_.insert(id);
    if (run.take_recall())
      for (OutRequest& request : std::exchange(kept_, {})) recalled_.push_back(request.id);
    held_ = false;
    allowed_ = run.allowed();
    send_kept();
    for (JudgeEvent& event : run.take_events())
      host_.journal.push_back(std::move(event));
    REQUIRE(run.in_flight() == host_.in_flight.size() + kept_.size() + recalled_.size());
  }

  // The transport: those that wait leave in turn, as soon as there is room, whatever the core is doing.
  void send_kept() {
    while (!kept_.empty() && !held_ && host_.in_flight.size() < allowed_) leave();
  }

  void leave() {
    OutRequest request = std::move(kept_.front());
    kept_.pop_front();
    host_.in_flight[request.id] = std::move(request);
    REQUIRE(host_.in_flight.size() <= static_cast<size_t>(limits_.concurrency));
    ++sent_;
    if (limits_.max_requests > 0) REQUIRE(sent_ <= limits_.max_requests);
    if (limits_.day_max_requests > 0) REQUIRE(sent_ <= limits_.day_max_requests);
  }

  void give_back(JudgeRun& run) {
    taken_back += static_cast<uint32_t>(recalled_.size());
    for (const uint64_t id : std::exchange(recalled_, {})) run.on_failure(id, NetFailure::NotSent, host_.now_ms);
  }

  // Which announced event belongs to a request: found by the text that names the item.
  const ItemEvent& sent_event_of(const OutRequest& request) {
    for (size_t i = host_.journal.size(); i-- > 0;) {
      if (host_.journal[i].kind != kRequestSent) continue;
      event_ = decode_item_event(host_.journal[i].payload_json).value();
      if (request.body.find("judge " + event_.trace_id + " " + event_.scorer + " ") !=
          std::string::npos)
        return event_;
    }
    FAIL("a request without an event");
    return event_;
  }

  void acknowledge(JudgeRun& run, size_t up_to) {
    for (size_t i = host_.durable; i < up_to; ++i) {
      const JudgeEvent& event = host_.journal[i];
      if (event.kind != kRequestSent && event.kind != kRequestEnded && event.kind != kRunVerdict) continue;
      const ItemEvent item = decode_item_event(event.payload_json).value();
      if (event.kind == kRequestEnded && item.code == kToolTurn) ++turns_[item.request_hash];
      if (item.code == kTooManySteps) turns_.erase(item.request_hash);
      if (event.kind == kRequestSent)
        durable_sent_.insert(item.request_hash + " " + std::to_string(item.attempt));
      else if (event.kind == kRequestEnded)
        continue;
      else if (item.outcome == Outcome::Scored)
        acknowledged_.insert(item.request_hash);
    }
    host_.durable = up_to;
    // Late acknowledgements of the run before a crash come in here too.
    if (up_to > 0) run.on_event_durable(host_.journal[up_to - 1].token);
  }

  // What all answers have cost, those that got lost in a crash and those without a count included, stays
  // below the caps.
  void pay() {
    paid_usd_ += (100 * limits_.input_usd_per_million + 20 * limits_.output_usd_per_million) / 1e6;
    if (limits_.max_cost_usd > 0) REQUIRE(paid_usd_ <= limits_.max_cost_usd);
    if (limits_.day_max_cost_usd > 0) REQUIRE(paid_usd_ <= limits_.day_max_cost_usd);
  }

  void reply(JudgeRun& run) {
    if (pick(2) == 0) give_back(run);
    if (host_.in_flight.empty()) return;
    auto it = host_.in_flight.begin();
    std::advance(it, pick(static_cast<uint32_t>(host_.in_flight.size())));
    const uint64_t id = it->first;
    const bool reads = it->second.body.find(R"("tools":)") != std::string::npos;
    host_.in_flight.erase(it);
    const bool aborted = aborts_.count(id) > 0 && pick(2) == 0;
    const bool turn = reads && pick(2) == 0;
    const uint32_t kind = pick(12);
    // The answer is known to the transport before it is to the core.
    const size_t flying = host_.in_flight.size();
    if (aborted || (!turn && kind != 4 && kind < 8)) held_ = true;
    send_kept();
    left_alone += host_.in_flight.size() > flying ? 1 : 0;
    if (aborted) return run.on_failure(id, NetFailure::Aborted, host_.now_ms);
    if (turn) {
      pay();
      ++tool_turns;
      return run.on_reply(id, tool_call(), host_.now_ms);
    }
    switch (kind) {
      case 0:
        return run.on_reply(id, reply_with(429, "", {{"retry-after", "2"}}), host_.now_ms);
      case 1:
        return run.on_reply(id, reply_with(429, ""), host_.now_ms);
      case 2:
        return run.on_reply(id, reply_with(500, "oops"), host_.now_ms);
      case 3:
        return run.on_reply(id, reply_with(503, "", {{"retry-after", "1"}}), host_.now_ms);
      case 4:
        return run.on_reply(id, reply_with(200, "gar{bage"), host_.now_ms);
      case 5:
        return run.on_reply(id, reply_with(pick(2) == 0 ? 401 : 404, ""), host_.now_ms);
      case 6:
        return run.on_failure(id, pick(2) == 0 ? NetFailure::Timeout : NetFailure::NetworkOrCors,
                              host_.now_ms);
      case 7:
        return run.on_reply(
            id, reply_with(400, "temperature is not supported, nor response_format"), host_.now_ms);
      default:
        pay();
        return run.on_reply(id, verdict_reply(pick(2) == 0 ? "yes" : "no"), host_.now_ms);
    }
  }

  void act(std::unique_ptr<JudgeRun>& run) {
    switch (pick(20)) {
      case 0:
        return run->pause(host_.now_ms);
      case 1:
      case 2:
        return run->resume(host_.now_ms);
      case 3:
        if (pick(12) == 0)
          run->cancel(host_.now_ms,
                      pick(2) == 0 ? CancelMode::AbortInFlight : CancelMode::FinishInFlight);
        return;
      case 4:
        run->retry_failed(host_.now_ms);
        return;
      case 5:
        run->retry_interrupted(host_.now_ms);
        return;
      case 6:
        if (pick(3) == 0) crash(run);
        if (pick(3) == 0) {
          online_ = !online_;
          run->set_online(online_, host_.now_ms);
        }
        return;
      case 7:
      case 8:
      case 9:
      case 10:
        return acknowledge(
            *run,
            host_.durable + pick(static_cast<uint32_t>(host_.journal.size() - host_.durable) + 1));
      case 11:
      case 12:
        host_.now_ms += pick(5000);
        return;
      case 13:
        if (!host_.in_flight.empty())
          run->on_reply(host_.in_flight.begin()->first + 1'000'000'000, verdict_reply(),
                        host_.now_ms);
        return;
      default:
        return reply(*run);
    }
  }

  void crash(std::unique_ptr<JudgeRun>& run) {
    aborts_.clear();
    kept_.clear();
    recalled_.clear();
    JudgeRun restored = crash_and_restore(host_, plan_, limits_, next_seed());
    run = std::make_unique<JudgeRun>(std::move(restored));
    // As the session tells it: what the journal knows of the day (here the run alone, counted as it does).
    run->set_day_use(sent_, run->progress(0).cost_usd);
    run->set_online(online_, host_.now_ms);
    // What is durable is in force again.
    size_t scored = 0;
    for (size_t i = 0; i < plan_.items.size(); ++i)
      scored += run->item_state(i) == ItemState::Scored;
    std::set<std::string> hashes;
    for (const JudgeEvent& event : host_.journal) {
      if (event.kind != kRunVerdict) continue;
      const ItemEvent item = decode_item_event(event.payload_json).value();
      if (item.outcome == Outcome::Scored) hashes.insert(item.request_hash);
    }
    REQUIRE(scored == hashes.size());
  }

  // Calm weather: storage answers, time passes, the user says yes, the server has a verdict.
  void settle(std::unique_ptr<JudgeRun>& run) {
    host_.prompts.unloaded.clear();
    for (int step = 0; step < 5000 && !over(*run); ++step) {
      pump(*run);
      acknowledge(*run, host_.journal.size());
      pump(*run);
      give_back(*run);
      if (!host_.in_flight.empty()) {
        const uint64_t id = host_.in_flight.begin()->first;
        host_.in_flight.erase(id);
        run->on_reply(id, verdict_reply(), host_.now_ms);
        continue;
      }
      run->retry_interrupted(host_.now_ms);
      run->resume(host_.now_ms);
      if (const auto wake = run->wake_at()) host_.now_ms = std::max(host_.now_ms, *wake);
    }
    pump(*run);
    acknowledge(*run, host_.journal.size());
  }

  void check_end(const JudgeRun& run) {
    const JudgeProgress p = run.progress(host_.now_ms);
    CHECK(p.done() == plan_.items.size());
    CHECK((run.state() == RunState::Finished || run.state() == RunState::Cancelled));
    if (run.state() == RunState::Finished) CHECK(p.cancelled == 0);
    CHECK(run.in_flight() == 0);
    // The journal alone tells the same story.
    const JudgeRun replayed =
        JudgeRun::restore(plan_, limits_, 1, host_.prompts, nullptr, host_.journal);
    for (size_t i = 0; i < plan_.items.size(); ++i) {
      INFO("item " << i);
      CHECK(replayed.item_state(i) == run.item_state(i));
    }
    CHECK(replayed.progress(0).input_tokens == run.progress(0).input_tokens);
  }

  std::mt19937 random_;
  JudgePlan plan_;
  Limits limits_;
  Host host_;
  ItemEvent event_;
  std::set<std::string> durable_sent_, acknowledged_;
  std::map<std::string, size_t> turns_;  // by hash: acknowledged, of a conversation
  std::set<uint64_t> aborts_;
  std::deque<OutRequest> kept_;  // handed over, not sent
  std::vector<uint64_t> recalled_;
  size_t allowed_ = 0;
  bool held_ = false;  // after an answer that was no success, until the core has seen it
  bool online_ = true;
  uint32_t sent_ = 0;
  double paid_usd_ = 0;
};

}  // namespace

TEST_CASE("Whatever happens, each item ends, limits hold, and nothing acknowledged is paid twice") {
  uint32_t tool_turns = 0, left_alone = 0, taken_back = 0;
  for (uint32_t seed = 1; seed <= 800; ++seed) {
    INFO("seed " << seed);
    Storm storm(seed);
    storm.play();
    tool_turns += storm.tool_turns;
    left_alone += storm.left_alone;
    taken_back += storm.taken_back;
  }
  CHECK(tool_turns > 300);
  CHECK(left_alone > 50);
  CHECK(taken_back > 100);
}
