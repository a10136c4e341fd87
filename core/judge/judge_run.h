// JudgeRun: one evaluation as a state machine that owns no socket, no clock, no thread and no
// random source. The host tells it the time and what arrived; it says what to write down, what to
// send, and when it wants to be asked again.
//
// Money: a request may cost. Three rules keep it from being spent twice:
//   1. A "request.sent" event is durable before the request leaves (write-ahead).
//   2. A verdict in the journal is final; the same request hash is never sent again, in this run
//      or, through the VerdictCache, in another.
//   3. After a crash, an item with "request.sent" and neither verdict nor "request.ended" is
//      Interrupted: the answer may have been paid for. It is sent again only on the user's word.
//
// The host's loop, on every tick, completion, timer and storage acknowledgement:
//   for (completion of drained) run.on_completion(completion, now);
//   while (auto request = run.next_request(now)) transport.send(std::move(*request));
//   for (id of run.take_aborts()) transport.abort(id);
//   if (run.take_recall()) transport.recall();
//   transport.allow(run.allowed());                            // where limits.hand_over
//   events = run.take_events(); journal.append(events);        // in order
//   once stored: run.on_event_durable(last token of the batch); then loop again
//   sleep until run.wake_at(), a completion, or an acknowledgement
//
// An item's way (M = event written, D = event durable):
//   Queued ─M request.sent→ Announced ─D→ Ready → InFlight ─→ Scored | Failed        M run.verdict
//     │                                              └─→ Waiting(until) → Announced … M request.ended
//     └→ Skipped | Scored (reused from an earlier run)                               M run.verdict
//   An item whose trace is not loaded stays Queued; when only such are left the run pauses itself.
//   A judge with tools goes InFlight ─M request.ended TOOL_TURN→ Queued (first in line) as often as it
//   asks for some. What it said stands in the event, so that no turn is paid for again after a reload.
//   cancel: Queued, Announced, Ready, Waiting → Cancelled; InFlight finishes (or is aborted).
//   With a transport that keeps turns InFlight begins when the transport has the request: for caps and costs it
//   counts as sent from then on. What it has not sent comes back when it is recalled: M request.ended UNSENT.
//
// Times are milliseconds since 1970 (wall clock): they stand in assessments and are compared with
// Retry-After dates.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/judge/conversation.h"
#include "core/judge/endpoint.h"
#include "core/judge/judge_events.h"
#include "core/judge/prompt.h"
#include "core/judge/reply.h"
#include "core/judge/scorer.h"
#include "core/judge/trace_input.h"
#include "core/judge/transport.h"
#include "core/judge/vote.h"

namespace assay::judge {

// Renders an item's prompt when it is about to be sent: no prompt is held for waiting items.
struct RenderedItem {
  SkipReason skip = SkipReason::None;  // set: there is no prompt
  std::optional<Judgement> computed;   // set: the result, and no request is needed
  std::string script_body;             // not empty: a script's (kScriptMethod), instead of a prompt
  RenderedPrompt prompt;
  std::string root_span_id;  // MLflow puts a verdict on the root span
  std::string session;       // whose verdict it is; "" = of the trace
};
struct PromptSource {
  virtual ~PromptSource() = default;
  virtual RenderedItem render(std::string_view trace_id, const ScorerSpec& scorer,
                              std::string_view span_id) = 0;
  // What a judge with tools asked for, of this trace; JSON.
  virtual std::string tool_result(std::string_view /*trace_id*/, std::string_view /*name*/,
                                  std::string_view /*arguments_json*/) {
    return R"({"error":"There are no tools here"})";
  }
};

// Verdicts of earlier runs by request hash.
struct CachedVerdict {
  std::string run_id;
  std::string value_json;
  std::string rationale;
};
struct VerdictCache {
  virtual ~VerdictCache() = default;
  virtual std::optional<CachedVerdict> find(std::string_view request_hash) const = 0;
};

struct Limits {
  int concurrency = 8;        // requests in flight at once, at most; how many, the server's answers decide
  int max_attempts = 5;       // failed sends per item, rate limits not counted
  int max_rate_limited = 20;  // refusals with 429 per item
  int64_t base_backoff_ms = 1000;
  int64_t max_backoff_ms = 60'000;
  int64_t max_retry_after_ms = 3'600'000;  // a longer Retry-After is cut to this
  int64_t request_timeout_ms = 120'000;
  int requests_per_minute = 0;  // 0 = no limit of our own
  int tokens_per_minute = 0;    // input and output; estimated when sent, put right by the answer
  // The breaker: so many requests in a row without an answer, or with 5xx, and nothing is sent for a
  // while; then one request at a time tries, after pauses that double. 0 = none.
  int breaker_failures = 5;
  int64_t breaker_pause_ms = 15'000, breaker_max_pause_ms = 300'000;
  int breaker_probes = 6;  // that fail, and the run pauses
  // Traces in random order, the same for a run each time: what is there so far is a sample of all.
  bool random_order = false;
  int announce_ahead = 2;     // written-ahead requests beyond `concurrency`: hides storage latency
  // … at most, where the storage is slower than the server: it grows as long as answers find nothing to send.
  // After a crash those that were written and not sent look as if they might have been paid for.
  int max_announce_ahead = 2;
  // The transport keeps turns: it is given what is written ahead beyond those that may be under way, so that none
  // waits for the core. Not where requests are to keep a pace.
  bool hand_over = false;
  int renders_per_call = 32;  // bounds the work of one next_request()
  int64_t script_timeout_ms = 5000;
  // Hard caps of the run, reloads included; 0 = none. The run pauses before the request that would go
  // beyond. Money is counted from what servers reported, and from an estimate where they did not and
  // for what is under way; without a price there is no cap of money.
  uint32_t max_requests = 0;
  double max_cost_usd = 0;
  // The same for a day, over all runs (set_day_use()).
  uint32_t day_max_requests = 0;
  double day_max_cost_usd = 0;
  double input_usd_per_million = -1, output_usd_per_million = -1;
  double cached_usd_per_million = -1;  // input from the provider's cache; < 0 = as other input
  int pause_after_failures = 5;  // endpoint-wide failures in a row (bad key, no network); 0 = never
};

enum class RunState : uint8_t { Running, Paused, Cancelled, Finished };
std::string_view run_state_name(RunState state);

enum class ItemState : uint8_t {
  Queued,
  Announced,
  Ready,
  InFlight,
  Waiting,  // under way
  Scored,
  Failed,
  Skipped,
  Cancelled,    // final
  Interrupted,  // until the user says so
};

enum class CancelMode : uint8_t {
  FinishInFlight,  // what is on its way may be paid for already: take the answers
  AbortInFlight,
};

struct ProgressError {
  std::string code;
  std::string message;  // of the latest failure with this code
  uint32_t count = 0;
  std::string scorer, trace_id;  // whose the latest was
};

struct JudgeProgress {
  RunState state = RunState::Running;
  std::string pause_reason;  // set when the run paused itself
  uint32_t total = 0;
  uint32_t queued = 0, announced = 0, in_flight = 0, waiting = 0;
  uint32_t scored = 0, failed = 0, skipped = 0, cancelled = 0, interrupted = 0;
  uint32_t reused = 0;                           // of `scored`: taken from an earlier run
  uint64_t requests_sent = 0;                    // in this process
  uint64_t input_tokens = 0, output_tokens = 0;  // of the whole run, as servers reported them
  double cost_usd = -1;                          // of the whole run; < 0 = no price
  int64_t elapsed_ms = 0;                        // running time in this process, pauses left out
  int64_t time_left_ms = -1;                     // estimates; -1 = nothing to go by yet
  int64_t input_tokens_left = -1, output_tokens_left = -1;
  int64_t waiting_until_ms = 0;            // the endpoint waits (Retry-After); 0 = it does not
  uint32_t concurrency = 0;                // requests that may be in flight now
  bool offline = false;                    // the machine has no network; goes on by itself
  bool circuit_open = false;               // the server fails: nothing is sent until waiting_until_ms
  uint32_t failures_in_a_row = 0;
  std::string circuit_message;             // the last of them, and what to do
  std::vector<ProgressError> last_errors;  // by code, latest first, at most 5

  uint32_t done() const { return scored + failed + skipped + cancelled; }
  uint32_t left() const { return queued + announced + in_flight + waiting; }
};

class JudgeRun {
 public:
  // `prompts` and `cache` (may be null) outlive the run. Precondition: plan.items name scorers and
  // traces of the plan.
  JudgeRun(JudgePlan plan, Limits limits, uint64_t seed, PromptSource& prompts,
           const VerdictCache* cache, TimeMs now_ms);
  // A run as its events left it: Paused (unless it was over), nothing in flight. Events of other
  // runs and of items that the plan does not have are ignored. `plan` comes from
  // decode_run_create() and plan_items(); resume() goes on when the user has given the key again.
  static JudgeRun restore(JudgePlan plan, Limits limits, uint64_t seed, PromptSource& prompts,
                          const VerdictCache* cache, const std::vector<JudgeEvent>& events);

  // The next request that may leave now. Also announces further items (their events come out of
  // take_events()). None: nothing to send until wake_at(), a completion or an acknowledgement.
  std::optional<OutRequest> next_request(TimeMs now_ms);
  void on_reply(uint64_t request_id, const HttpReply& reply, TimeMs now_ms);
  void on_failure(uint64_t request_id, NetFailure failure, TimeMs now_ms);
  void on_completion(const Completion& completion, TimeMs now_ms);
  // All events up to and including `token` are stored. Tokens of another run (a late answer of the
  // storage) are ignored.
  void on_event_durable(uint64_t token);
  // When next_request() could have something by the passing of time alone (a time that has passed:
  // call it again now). None: only an event from outside helps.
  std::optional<TimeMs> wake_at() const;

  void pause(TimeMs now_ms);
  void resume(TimeMs now_ms);
  void cancel(TimeMs now_ms, CancelMode mode = CancelMode::FinishInFlight);
  // Queue Interrupted / Failed items again, on the user's word; return how many. A finished run
  // goes on; a paused one stays paused; a cancelled one returns 0.
  uint32_t retry_interrupted(TimeMs now_ms);
  uint32_t retry_failed(TimeMs now_ms);
  // A new key or other settings of the endpoint's connection, for requests from now on; the model
  // and its parameters stay.
  void set_secret(SecretRef secret) {
    plan_.endpoint.secret = secret;
    set_juror_secret(host_of(plan_.endpoint.base_url), secret);
  }
  // Of all jurors at this host.
  void set_juror_secret(std::string_view host, SecretRef secret);
  // Caps, prices, rates and the most requests at once as the user has them now; the rest of the limits stays.
  void set_caps(const Limits& limits);
  // What was used today before now, by this run and others. To be told at the start, and when a day begins.
  void set_day_use(uint32_t requests, double cost_usd);
  // Whether the machine has a network. Without one nothing is sent to servers elsewhere.
  void set_online(bool online, TimeMs now_ms);

  std::vector<JudgeEvent> take_events();
  std::vector<uint64_t> take_aborts();
  bool take_recall();          // what the transport has not sent is to come back
  uint32_t allowed() const;    // how many requests in turn may be under way

  RunState state() const { return state_; }
  JudgeProgress progress(TimeMs now_ms) const;
  const JudgePlan& plan() const { return plan_; }
  ItemState item_state(size_t item) const { return items_[item].state; }
  // With those that a transport which keeps turns has not sent yet.
  uint32_t in_flight() const { return counts_[static_cast<size_t>(ItemState::InFlight)]; }
  size_t size_bytes() const;

 private:
  struct Item {
    ItemState state = ItemState::Queued;
    bool has_failed = false;   // a failed verdict of it stands in the journal
    bool is_yes = false;       // its verdict; for the precision of chunks
    bool taken = false;        // its turn in the order has come
    bool is_divided = false;   // its ballot was cast, and the vote came to nothing
    uint8_t rate_limited = 0;  // 429s so far
    uint16_t failures = 0;     // other failed sends so far
    uint32_t attempt = 0;      // sends announced so far
    float open_usd = 0;        // replay: estimated for a request without a known answer
  };
  // An item that is announced, ready or in flight.
  struct Slot {
    uint32_t item = 0;
    uint64_t request_id = 0;
    uint64_t event_token = 0;
    std::string request_hash;
    std::string root_span_id;
    std::string body;
    std::string session;
    EndpointFeatures features;
    size_t endpoint = 0;  // endpoint_index()
    TimeMs sent_ms = 0;
    double reserved_usd = 0;
    int64_t reserved_tokens = 0;
    int64_t body_tokens = 0;  // estimated
    bool is_script = false;
    bool with_tools = false, must_answer = false;
  };
  enum class FromJournal { Tag };
  JudgeRun(JudgePlan plan, Limits limits, uint64_t seed, PromptSource& prompts,
           const VerdictCache* cache, FromJournal tag);

  void set_state(uint32_t item, ItemState state);
  void cancel_item(uint32_t item);
  void set_run_state(RunState state, TimeMs now_ms, std::string_view reason);
  uint64_t emit(std::string_view kind, std::string payload_json);
  ItemRef item_ref(uint32_t item) const;
  std::optional<uint32_t> take_next_item(TimeMs now_ms);
  bool announce(uint32_t item, TimeMs now_ms);  // false: it became final without a request
  void announce_more(TimeMs now_ms);
  bool may_send(TimeMs now_ms) const;
  OutRequest request_of(Slot& slot, TimeMs now_ms);
  std::optional<Slot> take_slot(uint64_t request_id);
  void settle_verdict(const Slot& slot, const Verdict& verdict, TimeMs now_ms);
  void settle_failure(const Slot& slot, const JudgeFailure& failure, TimeMs now_ms);
  bool retry_later(const Slot& slot, const JudgeFailure& failure, TimeMs now_ms, bool not_counted);
  void write_verdict(const VerdictRecord& record, TimeMs now_ms);
  void release_unsent(TimeMs now_ms, ItemState to);
  void take_back(const Slot& slot, TimeMs now_ms);
  void requeue_unloaded();
  bool take_turn(const Slot& slot, const HttpReply& reply, TimeMs now_ms);
  void read_for(uint32_t item, const ToolTurn& turn);
  void count_turn(uint32_t item, const Usage& usage);
  void write_vote(const VerdictRecord& ballot, TimeMs now_ms);
  void write_precision(uint32_t item, std::string_view root_span_id, TimeMs now_ms);
  double known_cost_of(const VerdictRecord& record) const;
  double cost_of(int64_t input_tokens, int64_t output_tokens, int64_t cached_tokens = 0) const;
  int64_t reserved_output_tokens() const;
  enum class AtCap : uint8_t { Below, Wait, Paused };
  AtCap check_caps(const Slot& slot, TimeMs now_ms);
  double spent_usd() const;
  void shuffle();
  uint32_t room() const;
  uint32_t ahead() const;
  size_t wanted_slots() const;
  void learn(const Slot& slot, const JudgeFailure* failure, const Usage& usage, TimeMs now_ms);
  bool only_refused_left(const Slot& slot) const;
  void open_circuit(const JudgeFailure& failure, TimeMs now_ms);
  void finish_if_done(TimeMs now_ms);
  void note_error(const JudgeFailure& failure, uint32_t item);
  void slow_down(const JudgeFailure& failure, int64_t delay_ms, TimeMs now_ms);
  int64_t backoff_ms(uint32_t failures);
  uint64_t next_random();
  void touch(TimeMs now_ms);
  uint32_t count(ItemState state) const { return counts_[static_cast<size_t>(state)]; }
  uint32_t requeue(ItemState from, TimeMs now_ms);
  void replay(const JudgeEvent& event, const std::vector<std::pair<std::string, uint32_t>>& index);

  JudgePlan plan_;
  Limits limits_;
  PromptSource* prompts_;
  const VerdictCache* cache_;
  uint64_t random_state_;
  RunState state_ = RunState::Running;
  std::string pause_reason_;

  std::vector<Item> items_;
  uint32_t counts_[10] = {};
  std::vector<uint32_t> order_;     // of the items; empty = the plan's
  uint32_t next_unqueued_ = 0;      // position in the order; those before it have been taken
  std::vector<uint32_t> unloaded_;  // queued, but their trace is not loaded now
  std::deque<uint32_t> requeued_;   // go before new items
  std::vector<std::pair<TimeMs, uint32_t>> waiting_;  // heap, earliest first
  std::vector<Slot> slots_;

  std::vector<JudgeEvent> events_;
  std::vector<uint64_t> aborts_;
  bool recall_ = false;
  uint64_t first_token_ = 1;
  uint64_t next_token_ = 1;
  uint64_t durable_token_ = 0;
  uint64_t next_request_id_ = 1;
  bool more_to_render_ = false;

  std::vector<EndpointFeatures> features_;  // by endpoint_index()
  std::unordered_map<uint32_t, Conversation> conversations_;  // by item, while they go on
  std::unordered_map<uint32_t, Ballot> ballots_;  // by item, of scorers that ask several times
  TimeMs blocked_until_ms_ = 0;  // after a 429
  TimeMs next_send_ms_ = 0;      // requests_per_minute
  int effective_concurrency_ = 1;
  int announce_ahead_ = 0;
  int successes_since_change_ = 0;
  bool slow_start_ = true;         // each success allows one more, until the server is first too slow
  uint64_t congestion_mark_ = 0;   // answers to requests before it say nothing about the rate now
  TimeMs next_token_ms_ = 0;       // tokens_per_minute
  enum class Circuit : uint8_t { Closed, Open, HalfOpen } circuit_ = Circuit::Closed;
  TimeMs circuit_until_ms_ = 0;
  uint64_t probe_id_ = 0;          // the request that tries; 0 = none is under way
  int unreachable_in_a_row_ = 0;
  int probes_failed_ = 0;
  std::string circuit_message_;
  bool asks_ = false;              // a model, elsewhere on the network
  bool online_ = true;
  int endpoint_failures_ = 0;  // in a row

  uint64_t requests_sent_ = 0;
  uint64_t paid_requests_ = 0;  // of the whole run, scripts left out
  double unreported_usd_ = 0;   // estimated for answers without usage
  uint32_t day_requests_ = 0;
  double day_base_usd_ = 0;     // with spent_usd(): what was spent today
  bool held_by_cap_ = false;    // waits for answers, which set money free
  uint64_t input_tokens_ = 0, output_tokens_ = 0, cached_tokens_ = 0;
  uint32_t reused_ = 0;
  uint32_t answered_ = 0;         // settled by a request in this process
  uint32_t counted_answers_ = 0;  // answers with usage (of the whole run)
  int64_t active_ms_ = 0;
  TimeMs last_seen_ms_ = 0;
  std::vector<ProgressError> errors_;  // latest first
};

}  // namespace assay::judge
