// JudgeRun: coming back from the journal, and the figures for the progress bar.
#include <algorithm>

#include "core/base/ordering.h"

#include "core/json/doc.h"
#include "core/judge/judge_run.h"

namespace assay::judge {
namespace {

// One text per item; the parts are cut apart by a byte that no id holds.
std::string key_of(std::string_view trace_id, std::string_view scorer, std::string_view span_id) {
  std::string key(trace_id);
  (key += '\0') += scorer;
  (key += '\0') += span_id;
  return key;
}

// What encode_ballot() wrote.
Ballot ballot_of_event(const ItemEvent& event) {
  Ballot ballot;
  const Result<json::Doc> doc = json::parse_doc(event.ballot_json);
  if (!doc.ok()) return ballot;
  const auto text = [&doc](std::string_view key) {
    return json::get_string(doc.value(), key).value_or("");
  };
  ballot.model = text("model");
  if (event.outcome == Outcome::Failed) {
    JudgeFailure failure;
    failure.code = text("error");
    failure.message = text("message");
    failure.usage = event.usage;
    ballot.judgement = std::move(failure);
    return ballot;
  }
  Verdict verdict;
  const json::Doc* value = json::find(doc.value(), "value");
  verdict.value_json = value != nullptr ? json::dump(*value) : "null";
  verdict.rationale = text("rationale");
  verdict.usage = event.usage;
  ballot.judgement = std::move(verdict);
  return ballot;
}

}  // namespace

JudgeRun JudgeRun::restore(JudgePlan plan, Limits limits, uint64_t seed, PromptSource& prompts,
                           const VerdictCache* cache, const std::vector<JudgeEvent>& events) {
  JudgeRun run(std::move(plan), limits, seed, prompts, cache, FromJournal::Tag);
  run.state_ = RunState::Paused;
  std::vector<std::pair<std::string, uint32_t>> index;
  index.reserve(run.items_.size());
  for (uint32_t item = 0; item < run.items_.size(); ++item) {
    const ItemRef ref = run.item_ref(item);
    index.emplace_back(key_of(ref.trace_id, ref.scorer, ref.span_id), item);
  }
  sort_in_place(index);
  for (const JudgeEvent& event : events)
    run.replay(event, index);
  if (run.state_ != RunState::Cancelled) {
    const bool over = run.progress(0).left() + run.count(ItemState::Interrupted) == 0;
    if (!over) run.state_ = RunState::Paused;
    return run;
  }
  for (uint32_t item = 0; item < run.items_.size(); ++item) {
    const ItemState state = run.items_[item].state;
    if (state == ItemState::Queued || state == ItemState::Interrupted) {
      run.cancel_item(item);
    }
  }
  return run;
}

void JudgeRun::replay(const JudgeEvent& event,
                      const std::vector<std::pair<std::string, uint32_t>>& index) {
  if (event.kind == kRunState) {
    const Result<RunStateEvent> change = decode_run_state(event.payload_json);
    if (!change.ok() || change.value().run_id != plan_.run_id) return;
    const std::string& name = change.value().state;
    state_ = name == "finished"    ? RunState::Finished
             : name == "cancelled" ? RunState::Cancelled
                                   : RunState::Paused;
    pause_reason_ = name == "paused" ? change.value().reason : std::string();
    return;
  }
  if (event.kind != kRequestSent && event.kind != kRequestEnded && event.kind != kRunVerdict)
    return;
  const Result<ItemEvent> decoded = decode_item_event(event.payload_json);
  if (!decoded.ok() || decoded.value().run_id != plan_.run_id) return;
  const ItemEvent& it = decoded.value();
  const std::string key =
      key_of(it.trace_id, it.scorer, it.is_vote ? it.span_id + "@1" : it.span_id);
  const auto found = std::lower_bound(index.begin(), index.end(), std::make_pair(key, uint32_t{0}));
  if (found == index.end() || found->first != key) return;
  Item& item = items_[found->second];
  if (it.is_vote) {
    const size_t ballots = static_cast<size_t>(
        ballots_of(plan_.scorers[plan_.items[found->second].scorer]));
    const bool is_yes = it.assessment_json.find(R"("value":"yes")") != std::string::npos;
    for (size_t i = found->second; i < found->second + ballots && i < items_.size(); ++i) {
      items_[i].is_yes = is_yes;
      items_[i].is_divided = it.outcome == Outcome::Failed;
    }
    return;
  }
  if (event.kind == kRunVerdict) {
    if (!it.ballot_json.empty() && it.outcome != Outcome::Skipped)
      ballots_[found->second] = ballot_of_event(it);
    if (it.outcome != Outcome::Failed || it.code == kTooManySteps) conversations_.erase(found->second);
    const bool is_new = item.state != ItemState::Scored;
    if (!is_new) return;  // a verdict is final; a second one is a merged journal's echo
    if (is_counted(it.usage)) unreported_usd_ -= static_cast<double>(item.open_usd);
    item.open_usd = 0;
    if (is_counted(it.usage)) ++counted_answers_;
    input_tokens_ += static_cast<uint64_t>(std::max<int64_t>(0, it.usage.input_tokens));
    output_tokens_ += static_cast<uint64_t>(std::max<int64_t>(0, it.usage.output_tokens));
    cached_tokens_ += static_cast<uint64_t>(it.usage.cached_tokens);
    if (it.outcome == Outcome::Scored && !it.reused_from.empty()) ++reused_;
    item.has_failed = it.outcome == Outcome::Failed;
    item.is_yes = it.outcome == Outcome::Scored &&
                  it.assessment_json.find(R"("value":"yes")") != std::string::npos;
    set_state(found->second, it.outcome == Outcome::Scored   ? ItemState::Scored
                             : it.outcome == Outcome::Failed ? ItemState::Failed
                                                             : ItemState::Skipped);
    return;
  }
  if (item.state == ItemState::Scored || item.state == ItemState::Skipped) return;
  item.attempt = std::max(item.attempt, it.attempt);
  if (event.kind == kRequestSent) {
    if (!it.request_hash.empty()) {
      ++paid_requests_;
      // Until its answer is known it counts as an estimate has it: four bytes a token.
      item.open_usd = static_cast<float>(cost_of(it.body_bytes / 4, reserved_output_tokens()));
      unreported_usd_ += static_cast<double>(item.open_usd);
    }
    if (item.state == ItemState::Failed) item.failures = item.rate_limited = 0;  // a new round
    // A script costs nothing: it just runs again.
    set_state(found->second, it.request_hash.empty() ? ItemState::Queued : ItemState::Interrupted);
    return;
  }
  if (it.code == "UNSENT" && !it.request_hash.empty() && paid_requests_ > 0) --paid_requests_;
  // Refused or never sent: nothing to pay. Else the server may have done the work.
  if (it.code == "UNSENT" || it.code == "PARAMETER_REFUSED" || it.code == "RATE_LIMITED")
    unreported_usd_ -= static_cast<double>(item.open_usd);
  if (it.code == kToolTurn) {
    count_turn(found->second, it.usage);
    conversations_[found->second].said.push_back(it.said_json);
    if (is_counted(it.usage)) unreported_usd_ -= static_cast<double>(item.open_usd);
  }
  item.open_usd = 0;
  if (item.state != ItemState::Interrupted) return;
  set_state(found->second, ItemState::Queued);
  if (it.code == "RATE_LIMITED")
    ++item.rate_limited;
  else if (it.code != "UNSENT" && it.code != "PARAMETER_REFUSED" && it.code != kToolTurn)
    ++item.failures;
}

JudgeProgress JudgeRun::progress(TimeMs now_ms) const {
  JudgeProgress progress;
  progress.state = state_;
  progress.pause_reason = pause_reason_;
  progress.total = static_cast<uint32_t>(items_.size());
  progress.queued = count(ItemState::Queued);
  // What a transport has beyond those that may be under way has not left.
  progress.in_flight = count(ItemState::InFlight);
  if (limits_.hand_over) progress.in_flight = std::min(progress.in_flight, room());
  progress.announced = count(ItemState::Announced) + count(ItemState::Ready) + count(ItemState::InFlight) - progress.in_flight;
  progress.waiting = count(ItemState::Waiting);
  progress.scored = count(ItemState::Scored);
  progress.failed = count(ItemState::Failed);
  progress.skipped = count(ItemState::Skipped);
  progress.cancelled = count(ItemState::Cancelled);
  progress.interrupted = count(ItemState::Interrupted);
  progress.reused = reused_;
  progress.requests_sent = requests_sent_;
  progress.input_tokens = input_tokens_;
  progress.output_tokens = output_tokens_;
  if (limits_.input_usd_per_million >= 0 && limits_.output_usd_per_million >= 0) {
    progress.cost_usd = spent_usd();
  }
  progress.elapsed_ms = active_ms_;
  if (state_ == RunState::Running && now_ms > last_seen_ms_) {
    progress.elapsed_ms += std::min(now_ms - last_seen_ms_, limits_.request_timeout_ms);
  }
  progress.waiting_until_ms = blocked_until_ms_ > now_ms ? blocked_until_ms_ : 0;
  progress.concurrency = room();
  progress.offline = !online_;
  progress.circuit_open = circuit_ != Circuit::Closed;
  progress.failures_in_a_row = static_cast<uint32_t>(unreachable_in_a_row_);
  if (progress.circuit_open) progress.circuit_message = circuit_message_;
  progress.last_errors = errors_;
  const int64_t left = progress.left();
  if (left == 0) {
    progress.time_left_ms = progress.input_tokens_left = progress.output_tokens_left = 0;
    return progress;
  }
  if (answered_ > 0) progress.time_left_ms = progress.elapsed_ms * left / answered_;
  if (counted_answers_ > 0) {
    const int64_t answers = counted_answers_;
    progress.input_tokens_left = static_cast<int64_t>(input_tokens_) * left / answers;
    progress.output_tokens_left = static_cast<int64_t>(output_tokens_) * left / answers;
  }
  return progress;
}

size_t JudgeRun::size_bytes() const {
  size_t bytes = items_.capacity() * sizeof(Item) + plan_.items.capacity() * sizeof(PlanItem) +
                 waiting_.capacity() * sizeof(waiting_[0]) + requeued_.size() * sizeof(uint32_t);
  for (const std::string& id : plan_.trace_ids)
    bytes += sizeof(id) + id.capacity();
  for (const Slot& slot : slots_)
    bytes += sizeof(slot) + slot.body.capacity();
  for (const JudgeEvent& event : events_)
    bytes += sizeof(event) + event.payload_json.capacity();
  return bytes;
}

}  // namespace assay::judge
