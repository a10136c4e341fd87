#include "core/judge/judge_run.h"

#include <algorithm>
#include <utility>

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/judge/estimate.h"

namespace assay::judge {
namespace {

// A code of request.ended that says nothing went wrong with the item.
constexpr std::string_view kParameterRefused = "PARAMETER_REFUSED";

constexpr int kFirstConcurrency = 8;

bool later(const std::pair<TimeMs, uint32_t>& a, const std::pair<TimeMs, uint32_t>& b) {
  return a > b;  // makes the standard heap give the earliest first
}

JudgeFailure no_tools(const std::string& model) {
  JudgeFailure failure;
  failure.code = "TOOLS_UNSUPPORTED";
  failure.message = model + " takes no tools here; let the judge read the outline of the trace, or choose another model";
  failure.endpoint_wide = true;
  return failure;
}

}  // namespace

std::string_view run_state_name(RunState state) {
  switch (state) {
    case RunState::Running:
      return "running";
    case RunState::Paused:
      return "paused";
    case RunState::Cancelled:
      return "cancelled";
    case RunState::Finished:
      return "finished";
  }
  return "";
}

JudgeRun::JudgeRun(JudgePlan plan, Limits limits, uint64_t seed, PromptSource& prompts,
                   const VerdictCache* cache, FromJournal)
    : plan_(std::move(plan)),
      limits_(limits),
      prompts_(&prompts),
      cache_(cache),
      random_state_(seed) {
  limits_.concurrency = std::max(1, limits_.concurrency);
  limits_.max_attempts = std::max(1, limits_.max_attempts);
  limits_.renders_per_call = std::max(1, limits_.renders_per_call);
  announce_ahead_ = limits_.announce_ahead = std::max(0, limits_.announce_ahead);
  limits_.base_backoff_ms = std::max<int64_t>(1, limits_.base_backoff_ms);
  effective_concurrency_ = std::min(limits_.concurrency, kFirstConcurrency);
  // Scripts run in the host, which keeps none of them.
  for (const ScorerSpec& scorer : plan_.scorers)
    if (scorer.kind == ScorerKind::Script) limits_.hand_over = false;
  if (!is_local_host(host_of(plan_.endpoint.base_url))) {
    for (const ScorerSpec& scorer : plan_.scorers) asks_ = asks_ || asks_model(scorer.kind);
  }
  for (const PlanItem& item : plan_.items) {
    ASSAY_ASSERT(item.trace < plan_.trace_ids.size() && item.scorer < plan_.scorers.size());
  }
  if (plan_.jurors.empty()) add_jurors(plan_);
  features_.resize(plan_.jurors.size() + 1);
  items_.resize(plan_.items.size());
  if (limits_.random_order) shuffle();
  counts_[static_cast<size_t>(ItemState::Queued)] = static_cast<uint32_t>(items_.size());
  // Ids differ from those of other runs over the same transport, whose answers may still come in.
  // 52 bits: the page's side keeps them as doubles.
  next_request_id_ = ((next_random() & 0xFFFFFFFF) << 20) + 1;
  first_token_ = next_token_ = ((next_random() & 0xFFFFFFFF) << 20) + 1;
}

JudgeRun::JudgeRun(JudgePlan plan, Limits limits, uint64_t seed, PromptSource& prompts,
                   const VerdictCache* cache, TimeMs now_ms)
    : JudgeRun(std::move(plan), limits, seed, prompts, cache, FromJournal::Tag) {
  last_seen_ms_ = now_ms;
  emit(kRunCreate, encode_run_create(plan_, now_ms));
  finish_if_done(now_ms);
}

// Traces by a hash of their id and the run's: all scorers of a trace together, and the same order after
// each reload.
void JudgeRun::shuffle() {
  const uint64_t seed = hash_bytes(plan_.run_id);
  std::vector<uint64_t> rank;
  rank.reserve(plan_.trace_ids.size());
  for (const std::string& id : plan_.trace_ids) rank.push_back(hash_bytes(id, seed));
  order_ = sorted_indexes(items_.size(), [&](uint32_t a, uint32_t b) {
    const uint64_t left = rank[plan_.items[a].trace], right = rank[plan_.items[b].trace];
    return left != right ? left < right : a < b;
  });
}

// --- Small parts ------------------------------------------------------------------------------

void JudgeRun::set_state(uint32_t item, ItemState state) {
  --counts_[static_cast<size_t>(items_[item].state)];
  items_[item].state = state;
  ++counts_[static_cast<size_t>(state)];
}

// A failed verdict that the user wanted to try again stands when that comes to nothing.
void JudgeRun::cancel_item(uint32_t item) {
  set_state(item, items_[item].has_failed ? ItemState::Failed : ItemState::Cancelled);
}

void JudgeRun::set_run_state(RunState state, TimeMs now_ms, std::string_view reason) {
  if (state == state_) return;
  state_ = state;
  pause_reason_ = state == RunState::Paused ? std::string(reason) : std::string();
  const std::string_view name = state == RunState::Running ? "resumed" : run_state_name(state);
  emit(kRunState, encode_run_state(plan_.run_id, name, reason, now_ms));
}

uint64_t JudgeRun::emit(std::string_view kind, std::string payload_json) {
  const uint64_t token = next_token_++;
  events_.push_back({token, std::string(kind), std::move(payload_json)});
  return token;
}

ItemRef JudgeRun::item_ref(uint32_t item) const {
  const PlanItem& planned = plan_.items[item];
  return {plan_.run_id, plan_.trace_ids[planned.trace], plan_.scorers[planned.scorer].name,
          planned.span_id};
}

// splitmix64 (S. Vigna, public domain algorithm).
uint64_t JudgeRun::next_random() {
  random_state_ += 0x9E3779B97F4A7C15u;
  uint64_t z = random_state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// Half of the exponential delay is certain, half is drawn, so that items do not come back together.
int64_t JudgeRun::backoff_ms(uint32_t failures) {
  int64_t delay = limits_.base_backoff_ms;
  for (uint32_t i = 1; i < failures && delay < limits_.max_backoff_ms; ++i)
    delay *= 2;
  delay = std::max<int64_t>(1, std::min(delay, limits_.max_backoff_ms));
  const int64_t half = delay / 2;
  return delay - half + static_cast<int64_t>(next_random() % static_cast<uint64_t>(half + 1));
}

// Running time goes up only by what the host shows of it; a gap longer than a request may take is a
// sleeping machine, not work.
void JudgeRun::touch(TimeMs now_ms) {
  if (state_ == RunState::Running && now_ms > last_seen_ms_) {
    active_ms_ += std::min(now_ms - last_seen_ms_, limits_.request_timeout_ms);
  }
  last_seen_ms_ = std::max(last_seen_ms_, now_ms);
}

void JudgeRun::note_error(const JudgeFailure& failure, uint32_t item) {
  constexpr size_t kMaxErrors = 5;
  const PlanItem& planned = plan_.items[item];
  ProgressError error{failure.code, failure.message, 1, plan_.scorers[planned.scorer].name, plan_.trace_ids[planned.trace]};
  const auto same = std::find_if(errors_.begin(), errors_.end(), [&](const ProgressError& other) {
    return other.code == failure.code;
  });
  if (same != errors_.end()) {
    error.count += same->count;
    errors_.erase(same);
  }
  errors_.insert(errors_.begin(), std::move(error));
  if (errors_.size() > kMaxErrors) errors_.pop_back();
}

// --- From queue to wire -----------------------------------------------------------------------

std::optional<uint32_t> JudgeRun::take_next_item(TimeMs now_ms) {
  if (!waiting_.empty() && waiting_.front().first <= now_ms) {
    std::pop_heap(waiting_.begin(), waiting_.end(), later);
    const uint32_t item = waiting_.back().second;
    waiting_.pop_back();
    return item;
  }
  while (!requeued_.empty()) {
    const uint32_t item = requeued_.front();
    requeued_.pop_front();
    if (items_[item].state == ItemState::Queued) return item;
  }
  while (next_unqueued_ < items_.size()) {
    const uint32_t at = next_unqueued_++;
    const uint32_t item = order_.empty() ? at : order_[at];
    items_[item].taken = true;
    if (items_[item].state == ItemState::Queued) return item;
  }
  return std::nullopt;
}

bool JudgeRun::announce(uint32_t item, TimeMs now_ms) {
  const PlanItem& planned = plan_.items[item];
  const ScorerSpec& scorer = plan_.scorers[planned.scorer];
  const std::string& trace_id = plan_.trace_ids[planned.trace];
  RenderedItem rendered =
      prompts_->render(trace_id, scorer, base_span(scorer, planned.span_id));
  if (rendered.skip == SkipReason::TraceNotLoaded) {
    // Its file may be opened yet: not a result.
    if (items_[item].state != ItemState::Queued) set_state(item, ItemState::Queued);
    unloaded_.push_back(item);
    return false;
  }
  VerdictRecord record;
  record.item = item;
  record.root_span_id = std::move(rendered.root_span_id);
  record.session = std::move(rendered.session);
  if (rendered.skip != SkipReason::None) {
    record.outcome = Outcome::Skipped;
    record.skip = rendered.skip;
    write_verdict(record, now_ms);
    return false;
  }
  if (rendered.computed) {
    if (Verdict* verdict = std::get_if<Verdict>(&*rendered.computed)) {
      record.verdict = std::move(*verdict);
    } else {
      record.outcome = Outcome::Failed;
      record.failure = std::move(std::get<JudgeFailure>(*rendered.computed));
      note_error(record.failure, record.item);
    }
    write_verdict(record, now_ms);
    return false;
  }
  Slot slot;
  slot.item = item;
  slot.session = std::move(record.session);
  if (!rendered.script_body.empty()) {
    slot.is_script = true;
    slot.body = std::move(rendered.script_body);
    slot.root_span_id = std::move(record.root_span_id);
    slot.event_token = emit(kRequestSent, encode_request_sent(item_ref(item), {},
                                                              ++items_[item].attempt, now_ms));
    slots_.push_back(std::move(slot));
    set_state(item, ItemState::Announced);
    return true;
  }
  slot.endpoint = endpoint_index(plan_, planned);
  const Endpoint endpoint = endpoint_of(plan_, planned);
  record.request_hash =
      request_hash(scorer, rendered.prompt, endpoint, trace_id, planned.span_id);
  if (plan_.reuse_verdicts && cache_ != nullptr) {
    if (std::optional<CachedVerdict> known = cache_->find(record.request_hash)) {
      record.verdict.value_json = std::move(known->value_json);
      record.verdict.rationale = std::move(known->rationale);
      record.reused_from = std::move(known->run_id);
      record.session = std::move(slot.session);
      ++reused_;
      write_verdict(record, now_ms);
      return false;
    }
  }
  slot.features = features_[slot.endpoint];
  slot.with_tools = rendered.prompt.with_tools;
  if (slot.with_tools) {
    Conversation& talk = conversations_[item];
    for (std::string& said : std::exchange(talk.said, {})) read_for(item, turn_of_said(endpoint.api, std::move(said)));
    continue_prompt(rendered.prompt, talk, max_turns(scorer));
    slot.must_answer = rendered.prompt.must_answer;
  }
  slot.body = request_body(rendered.prompt, endpoint, slot.features);
  slot.body_tokens = estimated_tokens(slot.body);
  slot.request_hash = std::move(record.request_hash);
  slot.root_span_id = std::move(record.root_span_id);
  slot.event_token = emit(kRequestSent, encode_request_sent(item_ref(item), slot.request_hash,
                                                            ++items_[item].attempt, now_ms,
                                                            slot.body.size()));
  slots_.push_back(std::move(slot));
  set_state(item, ItemState::Announced);
  return true;
}

void JudgeRun::announce_more(TimeMs now_ms) {
  more_to_render_ = false;
  // While the endpoint waits nothing is announced: after a crash it would look as if it had been
  // sent.
  if (now_ms < blocked_until_ms_ || !online_) return;
  const size_t wanted = wanted_slots();
  for (int renders = 0; slots_.size() < wanted; ++renders) {
    if (renders == limits_.renders_per_call) {
      more_to_render_ = true;
      return;
    }
    const std::optional<uint32_t> item = take_next_item(now_ms);
    if (!item) return;
    announce(*item, now_ms);
  }
}

// How many requests may be in flight: a server that has failed gets one at a time.
uint32_t JudgeRun::room() const {
  const auto most = static_cast<uint32_t>(effective_concurrency_);
  if (circuit_ == Circuit::Closed) return most;
  return std::min(most, count(ItemState::InFlight) + (probe_id_ == 0 ? 1 : 0));
}

// How many more a transport that keeps turns may hold.
uint32_t JudgeRun::ahead() const {
  if (circuit_ != Circuit::Closed || limits_.requests_per_minute > 0 || limits_.tokens_per_minute > 0) return 0;
  return limits_.hand_over ? static_cast<uint32_t>(announce_ahead_) : 0;
}

uint32_t JudgeRun::allowed() const { return room(); }

size_t JudgeRun::wanted_slots() const {
  return room() + static_cast<size_t>(circuit_ == Circuit::Closed ? announce_ahead_ : 0);
}

bool JudgeRun::may_send(TimeMs now_ms) const {
  if (count(ItemState::InFlight) >= room() + ahead() || !online_) return false;
  return now_ms >= blocked_until_ms_ && now_ms >= next_send_ms_ && now_ms >= next_token_ms_;
}

OutRequest JudgeRun::request_of(Slot& slot, TimeMs now_ms) {
  const Endpoint& endpoint =
      slot.endpoint == 0 ? plan_.endpoint : plan_.jurors[slot.endpoint - 1].second;
  OutRequest request;
  request.id = slot.request_id = next_request_id_++;
  slot.sent_ms = now_ms;
  if (slot.is_script) {
    request.method = kScriptMethod;
    request.body = std::move(slot.body);
    request.timeout_ms = limits_.script_timeout_ms;
    return request;
  }
  request.method = "POST";
  const Result<std::string> url = request_url(endpoint);
  request.url = url.ok() ? url.value() : endpoint.base_url;  // a bad address fails as NetworkOrCors
  request.host = host_of(request.url);
  request.headers = endpoint.extra_headers;
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = std::move(slot.body);
  slot.body.clear();
  request.secret = endpoint.secret;
  request.secret_placement = endpoint.secret_placement;
  request.secret_header = endpoint.secret_header;
  request.timeout_ms = limits_.request_timeout_ms;
  request.in_turn = true;
  return request;
}

double JudgeRun::cost_of(int64_t input_tokens, int64_t output_tokens, int64_t cached_tokens) const {
  if (limits_.input_usd_per_million < 0 || limits_.output_usd_per_million < 0) return 0;
  Price price;
  price.input_usd = limits_.input_usd_per_million;
  price.output_usd = limits_.output_usd_per_million;
  price.cached_usd = limits_.cached_usd_per_million;
  return cost_usd(price, input_tokens, output_tokens, cached_tokens);
}

// < 0 where the price or the tokens are not known: of another model than the run's, too, whose price the caps do not
// hold.
double JudgeRun::known_cost_of(const VerdictRecord& record) const {
  const ScorerSpec& scorer = plan_.scorers[plan_.items[record.item].scorer];
  const Usage& last = record.outcome == Outcome::Failed ? record.failure.usage : record.verdict.usage;
  if (limits_.input_usd_per_million < 0 || limits_.output_usd_per_million < 0) return -1;
  if (last.input_tokens < 0 || last.output_tokens < 0 || !jurors_of(scorer).empty()) return -1;
  const auto sum = [](int64_t a, int64_t b) { return std::max<int64_t>(0, a) + std::max<int64_t>(0, b); };
  return cost_of(sum(last.input_tokens, record.earlier.input_tokens),
                 sum(last.output_tokens, record.earlier.output_tokens),
                 sum(last.cached_tokens, record.earlier.cached_tokens));
}

int64_t JudgeRun::reserved_output_tokens() const {
  return plan_.endpoint.max_output_tokens > 0 ? plan_.endpoint.max_output_tokens
                                              : kMaxVerdictTokens;
}

void JudgeRun::set_caps(const Limits& limits) {
  held_by_cap_ = false;
  recall_ = true;  // they left under other caps
  limits_.concurrency = std::max(1, limits.concurrency);
  effective_concurrency_ = std::min(effective_concurrency_, limits_.concurrency);
  limits_.requests_per_minute = limits.requests_per_minute;
  limits_.tokens_per_minute = limits.tokens_per_minute;
  next_send_ms_ = next_token_ms_ = 0;
  limits_.max_requests = limits.max_requests;
  limits_.max_cost_usd = limits.max_cost_usd;
  limits_.day_max_requests = limits.day_max_requests;
  limits_.day_max_cost_usd = limits.day_max_cost_usd;
  limits_.input_usd_per_million = limits.input_usd_per_million;
  limits_.output_usd_per_million = limits.output_usd_per_million;
  limits_.cached_usd_per_million = limits.cached_usd_per_million;
}

double JudgeRun::spent_usd() const {
  return unreported_usd_ + cost_of(static_cast<int64_t>(input_tokens_), static_cast<int64_t>(output_tokens_),
                                   static_cast<int64_t>(cached_tokens_));
}

void JudgeRun::set_day_use(uint32_t requests, double cost_usd) {
  day_requests_ = requests;
  day_base_usd_ = cost_usd - spent_usd();
  held_by_cap_ = false;
}

JudgeRun::AtCap JudgeRun::check_caps(const Slot& slot, TimeMs now_ms) {
  const double next = cost_of(slot.body_tokens, reserved_output_tokens());
  double reserved = 0;  // for what is under way
  for (const Slot& other : slots_)
    reserved += other.reserved_usd;
  const struct {
    uint64_t requests, max_requests;
    double spent, max_usd;
    const char* of_day;
  } caps[] = {{paid_requests_, limits_.max_requests, spent_usd(), limits_.max_cost_usd, ""},
              {day_requests_, limits_.day_max_requests, day_base_usd_ + spent_usd(),
               limits_.day_max_cost_usd, " a day"}};
  std::string reason;
  bool wait = false;
  for (const auto& cap : caps) {
    if (cap.max_requests > 0 && cap.requests >= cap.max_requests) {
      reason = "The cap of " + std::to_string(cap.max_requests) + " requests" + cap.of_day +
               " is reached; raise it and go on, or cancel the run";
    } else if (cap.max_usd > 0 && cap.spent + reserved + next > cap.max_usd) {
      wait = wait || cap.spent + next <= cap.max_usd;  // the answers may cost less
      if (cap.spent + next > cap.max_usd)
        reason = "The next request could go beyond the cap of $" + format_fixed(cap.max_usd, 2) +
                 cap.of_day + "; raise it and go on, or cancel the run";
    }
  }
  // What the transport keeps is within the cap and leaves first.
  if (!reason.empty() && count(ItemState::InFlight) > room()) return AtCap::Wait;
  if (reason.empty()) return wait ? AtCap::Wait : AtCap::Below;
  release_unsent(now_ms, ItemState::Queued);
  set_run_state(RunState::Paused, now_ms, reason);
  return AtCap::Paused;
}

std::optional<OutRequest> JudgeRun::next_request(TimeMs now_ms) {
  touch(now_ms);
  if (state_ != RunState::Running) return std::nullopt;
  if (circuit_ == Circuit::Open && now_ms >= circuit_until_ms_) circuit_ = Circuit::HalfOpen;
  announce_more(now_ms);
  finish_if_done(now_ms);
  if (state_ != RunState::Running || !may_send(now_ms)) return std::nullopt;
  for (Slot& slot : slots_) {
    if (items_[slot.item].state != ItemState::Ready) continue;
    if (!slot.is_script) {
      const AtCap at_cap = check_caps(slot, now_ms);
      held_by_cap_ = at_cap == AtCap::Wait;
      if (at_cap != AtCap::Below) return std::nullopt;
    }
    set_state(slot.item, ItemState::InFlight);
    if (!slot.is_script) {
      ++requests_sent_;
      ++paid_requests_;
      ++day_requests_;
      slot.reserved_usd = cost_of(slot.body_tokens, reserved_output_tokens());
      if (limits_.tokens_per_minute > 0) {
        slot.reserved_tokens = slot.body_tokens + kMaxVerdictTokens / 2;
        next_token_ms_ = std::max(next_token_ms_, now_ms) +
                         slot.reserved_tokens * 60'000 / limits_.tokens_per_minute;
      }
      if (circuit_ == Circuit::HalfOpen) probe_id_ = next_request_id_;
    }
    if (limits_.requests_per_minute > 0) {
      next_send_ms_ =
          now_ms + (60'000 + limits_.requests_per_minute - 1) / limits_.requests_per_minute;
    }
    return request_of(slot, now_ms);
  }
  return std::nullopt;
}

void JudgeRun::on_event_durable(uint64_t token) {
  if (token < first_token_ || token >= next_token_) return;
  durable_token_ = std::max(durable_token_, token);
  for (const Slot& slot : slots_) {
    if (items_[slot.item].state == ItemState::Announced && slot.event_token <= durable_token_) {
      set_state(slot.item, ItemState::Ready);
    }
  }
}

std::optional<TimeMs> JudgeRun::wake_at() const {
  if (state_ != RunState::Running || !online_) return std::nullopt;
  if (more_to_render_) return last_seen_ms_;
  std::optional<TimeMs> at;
  const auto offer = [&at](TimeMs time_ms) { at = at ? std::min(*at, time_ms) : time_ms; };
  const bool may_fly = count(ItemState::InFlight) < room() + ahead();
  if (may_fly && !held_by_cap_ && count(ItemState::Ready) > 0)
    offer(std::max({blocked_until_ms_, next_send_ms_, next_token_ms_}));
  if (slots_.size() < wanted_slots()) {
    if (count(ItemState::Queued) > unloaded_.size()) offer(blocked_until_ms_);
    if (!waiting_.empty()) offer(std::max(blocked_until_ms_, waiting_.front().first));
  }
  return at;
}

// --- Answers ----------------------------------------------------------------------------------

std::optional<JudgeRun::Slot> JudgeRun::take_slot(uint64_t request_id) {
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].request_id != request_id || items_[slots_[i].item].state != ItemState::InFlight) {
      continue;
    }
    Slot slot = std::move(slots_[i]);
    held_by_cap_ = false;
    slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(i));
    return slot;
  }
  return std::nullopt;
}

void JudgeRun::on_completion(const Completion& completion, TimeMs now_ms) {
  // When it left, where the transport has kept it for a while.
  if (completion.latency_ms > 0 && limits_.hand_over)
    for (Slot& slot : slots_)
      if (slot.request_id == completion.request_id) slot.sent_ms = now_ms - completion.latency_ms;
  if (completion.failure)
    on_failure(completion.request_id, *completion.failure, now_ms);
  else
    on_reply(completion.request_id, completion.reply, now_ms);
}

void JudgeRun::on_reply(uint64_t request_id, const HttpReply& reply, TimeMs now_ms) {
  touch(now_ms);
  const std::optional<Slot> slot = take_slot(request_id);
  if (!slot) return;  // of another run, or a second answer
  if (slot->is_script) {
    const Judgement judgement = read_script_reply(reply);
    const Verdict* verdict = std::get_if<Verdict>(&judgement);
    if (verdict != nullptr && verdict->value_json == "null") {
      VerdictRecord record;
      record.item = slot->item;
      record.outcome = Outcome::Skipped;
      record.skip = SkipReason::NoValue;
      write_verdict(record, now_ms);
    } else if (verdict != nullptr) {
      settle_verdict(*slot, *verdict, now_ms);
    } else {
      settle_failure(*slot, std::get<JudgeFailure>(judgement), now_ms);
    }
    finish_if_done(now_ms);
    return;
  }
  const Endpoint endpoint = endpoint_of(plan_, plan_.items[slot->item]);
  EndpointFeatures& features = features_[slot->endpoint];
  const auto fewer = features_after_refusal(endpoint, slot->features, reply.status, reply.body);
  if (fewer && state_ != RunState::Cancelled) {
    learn(*slot, nullptr, {}, now_ms);
    // The endpoint does not take a parameter: never again in this run, and this item once more.
    features.response_format = features.response_format && fewer->response_format;
    features.temperature = features.temperature && fewer->temperature;
    features.system_role = features.system_role && fewer->system_role;
    features.max_tokens = std::max(features.max_tokens, fewer->max_tokens);
    emit(kRequestEnded,
         encode_request_ended(item_ref(slot->item), slot->request_hash, items_[slot->item].attempt,
                              kParameterRefused, now_ms));
    release_unsent(now_ms, ItemState::Queued);  // their bodies hold the parameter too
    set_state(slot->item, ItemState::Queued);
    requeued_.push_front(slot->item);
    return;
  }
  const ScorerSpec& scorer = plan_.scorers[plan_.items[slot->item].scorer];
  if (slot->with_tools && take_turn(*slot, reply, now_ms)) return;
  Judgement judgement =
      read_reply(reply, host_of(endpoint.base_url), endpoint.model, now_ms, answer_of(scorer));
  if (slot->with_tools && refuses_tools(reply.status, reply.body)) judgement = no_tools(endpoint.model);
  if (const Verdict* verdict = std::get_if<Verdict>(&judgement)) {
    settle_verdict(*slot, *verdict, now_ms);
  } else {
    settle_failure(*slot, std::get<JudgeFailure>(judgement), now_ms);
  }
  finish_if_done(now_ms);
}

// Runs what a turn asks for; its calls and their results go into the item's conversation.
void JudgeRun::read_for(uint32_t item, const ToolTurn& turn) {
  if (turn.uses.empty()) return;
  constexpr size_t kMaxUses = 16;  // in one turn; what is beyond is told
  const PlanItem& planned = plan_.items[item];
  Conversation& talk = conversations_[item];
  std::vector<std::string> results;
  for (size_t i = 0; i < turn.uses.size(); ++i) {
    results.push_back(i < kMaxUses ? prompts_->tool_result(plan_.trace_ids[planned.trace], turn.uses[i].name,
                                                           turn.uses[i].arguments_json)
                                   : R"({"error":"Too many calls at once; ask again"})");
    talk.tokens += estimated_tokens(results.back());
  }
  talk.tokens += estimated_tokens(turn.said_json);
  append_results(talk.messages, endpoint_of(plan_, planned).api, turn, results);
  ++talk.turns;
}

// True when the judge asked for tools: they are run, and the conversation goes on as the next request.
bool JudgeRun::take_turn(const Slot& slot, const HttpReply& reply, TimeMs now_ms) {
  if (reply.status < 200 || reply.status >= 300) return false;
  const ToolTurn turn = read_tool_turn(endpoint_of(plan_, plan_.items[slot.item]).api, reply.body);
  if (turn.uses.empty()) return false;
  if (slot.must_answer && state_ != RunState::Cancelled) {
    JudgeFailure failure;
    failure.code = kTooManySteps;
    failure.message = "The judge went on reading after " +
                      std::to_string(conversations_[slot.item].turns + 1) +
                      " steps and gave no verdict; allow more steps, or ask for less";
    failure.usage = turn.usage;
    failure.maybe_paid = true;
    settle_failure(slot, failure, now_ms);
    finish_if_done(now_ms);
    return true;
  }
  learn(slot, nullptr, turn.usage, now_ms);
  endpoint_failures_ = 0;
  count_turn(slot.item, turn.usage);
  if (!is_counted(turn.usage)) unreported_usd_ += slot.reserved_usd;
  emit(kRequestEnded, encode_request_ended(item_ref(slot.item), slot.request_hash, items_[slot.item].attempt,
                                           kToolTurn, now_ms, turn.usage,
                                           std::max<int64_t>(0, now_ms - slot.sent_ms), turn.said_json));
  if (state_ == RunState::Cancelled) {
    cancel_item(slot.item);
    finish_if_done(now_ms);
    return true;
  }
  read_for(slot.item, turn);
  set_state(slot.item, ItemState::Queued);
  requeued_.push_front(slot.item);
  return true;
}

// What a turn took, which the verdict's own usage does not have.
void JudgeRun::count_turn(uint32_t item, const Usage& usage) {
  Usage& sum = conversations_[item].usage;
  sum.input_tokens = std::max<int64_t>(0, sum.input_tokens) + std::max<int64_t>(0, usage.input_tokens);
  sum.output_tokens = std::max<int64_t>(0, sum.output_tokens) + std::max<int64_t>(0, usage.output_tokens);
  input_tokens_ += static_cast<uint64_t>(std::max<int64_t>(0, usage.input_tokens));
  output_tokens_ += static_cast<uint64_t>(std::max<int64_t>(0, usage.output_tokens));
  cached_tokens_ += static_cast<uint64_t>(std::max<int64_t>(0, usage.cached_tokens));
}

void JudgeRun::on_failure(uint64_t request_id, NetFailure failure, TimeMs now_ms) {
  touch(now_ms);
  const std::optional<Slot> slot = take_slot(request_id);
  if (!slot) return;
  if (failure == NetFailure::NotSent) {
    take_back(*slot, now_ms);
  } else if (failure == NetFailure::Aborted) {
    if (slot->request_id == probe_id_) probe_id_ = 0;
    // Nobody knows whether the answer was paid for: not sent again without the user's word.
    if (state_ == RunState::Cancelled)
      cancel_item(slot->item);
    else
      set_state(slot->item, ItemState::Interrupted);
  } else {
    const Endpoint endpoint = endpoint_of(plan_, plan_.items[slot->item]);
    JudgeFailure told =
        failure_of(failure, host_of(endpoint.base_url), limits_.request_timeout_ms);
    if (slot->is_script) {
      told = JudgeFailure{};
      told.code = failure == NetFailure::Timeout ? "TIMEOUT" : "SCORER_ERROR";
      told.message = failure == NetFailure::Timeout
                         ? "The script did not end within " +
                               format_fixed(static_cast<double>(limits_.script_timeout_ms) / 1000, 0) +
                               " s and was stopped"
                         : std::string("The script could not be run here");
      told.by_code = true;
    }
    settle_failure(*slot, told, now_ms);
  }
  finish_if_done(now_ms);
}

void JudgeRun::settle_verdict(const Slot& slot, const Verdict& verdict, TimeMs now_ms) {
  endpoint_failures_ = 0;
  learn(slot, nullptr, verdict.usage, now_ms);
  // This one still counts as in flight.
  const bool dry = ahead() > 0 ? count(ItemState::InFlight) <= room() : count(ItemState::Ready) == 0;
  if (!slot.is_script && dry && announce_ahead_ < limits_.max_announce_ahead) ++announce_ahead_;
  if (!is_counted(verdict.usage))
    unreported_usd_ += slot.reserved_usd;
  VerdictRecord record;
  record.item = slot.item;
  record.outcome = Outcome::Scored;
  record.request_hash = slot.request_hash;
  record.root_span_id = slot.root_span_id;
  record.session = slot.session;
  record.verdict = verdict;
  record.latency_ms = std::max<int64_t>(0, now_ms - slot.sent_ms);
  ++answered_;
  write_verdict(record, now_ms);
}

void JudgeRun::settle_failure(const Slot& slot, const JudgeFailure& failure, TimeMs now_ms) {
  note_error(failure, slot.item);
  const bool is_probe = slot.request_id == probe_id_;
  learn(slot, &failure, failure.usage, now_ms);
  // An answer that never came may have been paid for all the same.
  if (failure.maybe_paid && !is_counted(failure.usage))
    unreported_usd_ += slot.reserved_usd;
  // The item is not to blame where the network is gone or the server is known to fail.
  const bool not_counted = failure.unreachable && (is_probe || !online_);
  if (failure.retryable && retry_later(slot, failure, now_ms, not_counted)) {
    if (is_probe && circuit_ == Circuit::Open && probes_failed_ >= limits_.breaker_probes &&
        state_ == RunState::Running) {
      release_unsent(now_ms, ItemState::Queued);
      set_run_state(RunState::Paused, now_ms, failure.message);
    }
    return;
  }
  VerdictRecord record;
  record.item = slot.item;
  record.outcome = Outcome::Failed;
  record.request_hash = slot.request_hash;
  record.root_span_id = slot.root_span_id;
  record.session = slot.session;
  record.failure = failure;
  record.latency_ms = std::max<int64_t>(0, now_ms - slot.sent_ms);
  ++answered_;
  write_verdict(record, now_ms);
  endpoint_failures_ = failure.endpoint_wide ? endpoint_failures_ + 1 : 0;
  const bool hopeless =
      limits_.pause_after_failures > 0 && endpoint_failures_ >= limits_.pause_after_failures;
  if (hopeless && state_ == RunState::Running) {
    release_unsent(now_ms, ItemState::Queued);
    set_run_state(RunState::Paused, now_ms, failure.message);
  }
}

// False when the item has no further try.
bool JudgeRun::retry_later(const Slot& slot, const JudgeFailure& failure, TimeMs now_ms,
                           bool not_counted) {
  Item& item = items_[slot.item];
  const auto end_request = [&] {
    emit(kRequestEnded, encode_request_ended(item_ref(slot.item), slot.request_hash, item.attempt,
                                             failure.code, now_ms));
  };
  if (state_ == RunState::Cancelled) {
    end_request();
    cancel_item(slot.item);
    return true;
  }
  uint32_t tries = 1;
  if (!not_counted) {
    tries = failure.rate_limited ? ++item.rate_limited : ++item.failures;
    const int most = failure.rate_limited ? limits_.max_rate_limited : limits_.max_attempts;
    if (tries >= static_cast<uint32_t>(std::clamp(most, 1, 255))) return false;
  }
  int64_t delay_ms = backoff_ms(tries);
  if (failure.retry_after_ms >= 0) {
    // A server that says 0 is still given a moment.
    const int64_t asked = std::min(failure.retry_after_ms, limits_.max_retry_after_ms);
    delay_ms = std::max(asked, limits_.base_backoff_ms / 10);
  }
  slow_down(failure, delay_ms, now_ms);
  end_request();
  set_state(slot.item, ItemState::Waiting);
  waiting_.push_back({now_ms + delay_ms, slot.item});
  std::push_heap(waiting_.begin(), waiting_.end(), later);
  return true;
}

// What an answer, or its absence, says of the server. Additive increase and multiplicative decrease, as TCP
// does it (V. Jacobson, 1988): one more request at once after a round of successes, half as many when
// the server is too slow or refuses, once for all requests that were under way by then.
void JudgeRun::learn(const Slot& slot, const JudgeFailure* failure, const Usage& usage, TimeMs now_ms) {
  if (slot.is_script) return;
  if (slot.reserved_tokens > 0 && limits_.tokens_per_minute > 0 && usage.input_tokens + usage.output_tokens > 0)
    next_token_ms_ += (usage.input_tokens + usage.output_tokens - slot.reserved_tokens) * 60'000 /
                      limits_.tokens_per_minute;
  if (failure != nullptr && (failure->rate_limited || failure->overloaded)) {
    if (slot.request_id >= congestion_mark_) {
      effective_concurrency_ = std::max(1, effective_concurrency_ / 2);
      successes_since_change_ = 0;
      slow_start_ = false;
      congestion_mark_ = next_request_id_;
    }
  } else if (failure == nullptr && (slow_start_ || ++successes_since_change_ >= effective_concurrency_)) {
    effective_concurrency_ = std::min(effective_concurrency_ + 1, limits_.concurrency);
    successes_since_change_ = 0;
  }
  const bool is_probe = slot.request_id == probe_id_;
  if (is_probe) probe_id_ = 0;
  if (failure == nullptr || !failure->unreachable) {
    unreachable_in_a_row_ = probes_failed_ = 0;
    circuit_ = Circuit::Closed;
    return;
  }
  if (!online_ || limits_.breaker_failures <= 0) return;
  if (only_refused_left(slot)) {
    circuit_ = Circuit::Closed;
    return;
  }
  ++unreachable_in_a_row_;
  if (is_probe) ++probes_failed_;
  if (is_probe || (circuit_ == Circuit::Closed && unreachable_in_a_row_ >= limits_.breaker_failures))
    open_circuit(*failure, now_ms);
}

// The server has given verdicts, and all that is left has been asked before in vain: a gateway that gives up on certain
// requests. There is nothing to be spared by waiting; each has its tries and is then an error.
bool JudgeRun::only_refused_left(const Slot& slot) const {
  if (count(ItemState::Scored) == 0) return false;
  for (uint32_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    if (i == slot.item) continue;
    const bool unsent = item.state == ItemState::Queued && item.attempt == 0;
    const bool first_send = (item.state == ItemState::Announced || item.state == ItemState::Ready || item.state == ItemState::InFlight) &&
                            item.attempt <= 1 && item.failures == 0;
    if (unsent || first_send) return false;
  }
  return true;
}

void JudgeRun::open_circuit(const JudgeFailure& failure, TimeMs now_ms) {
  circuit_ = Circuit::Open;
  circuit_message_ = failure.message;
  int64_t pause_ms = limits_.breaker_pause_ms;
  for (int i = 0; i < probes_failed_ && pause_ms < limits_.breaker_max_pause_ms; ++i) pause_ms *= 2;
  pause_ms = std::clamp<int64_t>(pause_ms, 1, std::max<int64_t>(1, limits_.breaker_max_pause_ms));
  circuit_until_ms_ = now_ms + pause_ms;
  blocked_until_ms_ = std::max(blocked_until_ms_, circuit_until_ms_);
  release_unsent(now_ms, state_ == RunState::Cancelled ? ItemState::Cancelled : ItemState::Queued);
}

// A rate limit, or a server that names a time, makes the whole endpoint wait.
void JudgeRun::slow_down(const JudgeFailure& failure, int64_t delay_ms, TimeMs now_ms) {
  if (!failure.rate_limited && failure.retry_after_ms < 0) return;
  blocked_until_ms_ = std::max(blocked_until_ms_, now_ms + delay_ms);
  release_unsent(now_ms, ItemState::Queued);
}

void JudgeRun::write_verdict(const VerdictRecord& given, TimeMs now_ms) {
  VerdictRecord record = given;
  if (const auto talk = conversations_.find(record.item); talk != conversations_.end()) {
    record.earlier = talk->second.usage;
    record.turns = talk->second.turns;
    // What failed on its way goes on from here when it is tried again.
    if (record.outcome != Outcome::Failed || record.failure.code == kTooManySteps) conversations_.erase(talk);
  }
  record.cost_usd = known_cost_of(record);
  emit(kRunVerdict, encode_run_verdict(plan_, record, now_ms));
  const bool failed = record.outcome == Outcome::Failed;
  const Usage& usage = failed ? record.failure.usage : record.verdict.usage;
  if (is_counted(usage)) ++counted_answers_;
  if (failed ? false : record.verdict.value_json == "\"yes\"") items_[record.item].is_yes = true;
  input_tokens_ += static_cast<uint64_t>(std::max<int64_t>(0, usage.input_tokens));
  output_tokens_ += static_cast<uint64_t>(std::max<int64_t>(0, usage.output_tokens));
  cached_tokens_ += static_cast<uint64_t>(std::max<int64_t>(0, usage.cached_tokens));
  items_[record.item].has_failed = failed;
  set_state(record.item, failed                               ? ItemState::Failed
                         : record.outcome == Outcome::Skipped ? ItemState::Skipped
                                                              : ItemState::Scored);
  write_vote(record, now_ms);
  write_precision(record.item, record.root_span_id, now_ms);
}

// Ballots of one place stand together in the plan. Once all of them are cast, they are counted.
void JudgeRun::write_vote(const VerdictRecord& ballot, TimeMs now_ms) {
  const PlanItem& planned = plan_.items[ballot.item];
  const ScorerSpec& scorer = plan_.scorers[planned.scorer];
  const int number = ballot_of(scorer, planned.span_id);
  if (number < 1 || ballot.outcome == Outcome::Skipped) return;
  ballots_[ballot.item] = ballot_from(plan_, ballot);
  const size_t begin = ballot.item - static_cast<size_t>(number - 1);
  const size_t end = begin + static_cast<size_t>(ballots_of(scorer));
  std::vector<Ballot> cast;
  for (size_t i = begin; i < end; ++i) {
    const auto found = ballots_.find(static_cast<uint32_t>(i));
    const ItemState state = items_[i].state;
    if (found == ballots_.end() || (state != ItemState::Scored && state != ItemState::Failed))
      return;
    cast.push_back(found->second);
  }
  Vote vote = count_vote(scorer, cast);
  VerdictRecord record;
  record.item = ballot.item;
  record.root_span_id = ballot.root_span_id;
  record.session = ballot.session;
  record.verdict.metadata_json = std::move(vote.metadata_json);
  if (JudgeFailure* failure = std::get_if<JudgeFailure>(&vote.judgement)) {
    record.outcome = Outcome::Failed;
    record.failure = std::move(*failure);
  } else {
    record.verdict = std::move(std::get<Verdict>(vote.judgement));
  }
  for (size_t i = begin; i < end; ++i) {
    items_[i].is_divided = record.outcome == Outcome::Failed;
    items_[i].is_yes = record.verdict.value_json == "\"yes\"";
  }
  record.cost_usd = known_cost_of(record);
  emit(kRunVerdict, encode_vote(plan_, record, now_ms));
}

// Chunks of one span stand together in the plan. Once all of them have their verdicts, so has the span.
void JudgeRun::write_precision(uint32_t item, std::string_view root_span_id, TimeMs now_ms) {
  const PlanItem& planned = plan_.items[item];
  if (level_of(plan_.scorers[planned.scorer]) != ScorerLevel::Chunk) return;
  const auto span_of = [&](const PlanItem& it) {
    const std::string_view base = base_span(plan_.scorers[planned.scorer], it.span_id);
    return item_span(ScorerLevel::Chunk, base).span_id;
  };
  const std::string_view span_id = span_of(planned);
  const auto is_sibling = [&](size_t other) {
    const PlanItem& it = plan_.items[other];
    return it.trace == planned.trace && it.scorer == planned.scorer && span_of(it) == span_id;
  };
  size_t begin = item, end = item + size_t{1};
  while (begin > 0 && is_sibling(begin - 1)) --begin;
  while (end < items_.size() && is_sibling(end)) ++end;
  uint32_t yes = 0;
  for (size_t i = begin; i < end; ++i) {
    if (items_[i].state != ItemState::Scored || items_[i].is_divided) return;
    yes += items_[i].is_yes ? 1 : 0;
  }
  const double precision = static_cast<double>(yes) / static_cast<double>(end - begin);
  emit(kRunVerdict, encode_precision(plan_, item, precision, root_span_id, now_ms));
}

}  // namespace assay::judge
