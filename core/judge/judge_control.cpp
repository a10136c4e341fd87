// JudgeRun: its beginning to wait, its going on and its end, by itself or on the user's word.
#include <utility>

#include "core/judge/judge_run.h"

namespace assay::judge {

// Takes back what was announced and has not left, and writes that down.
void JudgeRun::release_unsent(TimeMs now_ms, ItemState to) {
  std::vector<Slot> kept;
  std::vector<uint32_t> released;
  for (Slot& slot : slots_) {
    if (items_[slot.item].state == ItemState::InFlight) {
      recall_ = true;
      kept.push_back(std::move(slot));
      continue;
    }
    emit(kRequestEnded, encode_request_ended(item_ref(slot.item), slot.request_hash,
                                             items_[slot.item].attempt, "UNSENT", now_ms));
    if (to == ItemState::Cancelled)
      cancel_item(slot.item);
    else
      set_state(slot.item, to);
    released.push_back(slot.item);
  }
  slots_ = std::move(kept);
  if (to == ItemState::Queued)
    requeued_.insert(requeued_.begin(), released.begin(), released.end());
}

// The transport had kept it and gives it back: it counts as if it had never been handed over.
void JudgeRun::take_back(const Slot& slot, TimeMs now_ms) {
  if (slot.request_id == probe_id_) probe_id_ = 0;
  if (!slot.is_script) {
    --requests_sent_;
    --paid_requests_;
    if (day_requests_ > 0) --day_requests_;
  }
  emit(kRequestEnded, encode_request_ended(item_ref(slot.item), slot.request_hash, items_[slot.item].attempt, "UNSENT", now_ms));
  if (state_ == RunState::Cancelled) return cancel_item(slot.item);
  set_state(slot.item, ItemState::Queued);
  requeued_.push_back(slot.item);
}

void JudgeRun::requeue_unloaded() {
  requeued_.insert(requeued_.begin(), unloaded_.begin(), unloaded_.end());
  unloaded_.clear();
}

// Over when nothing is under way. Interrupted items wait for the user, so the run pauses for them.
void JudgeRun::finish_if_done(TimeMs now_ms) {
  if (state_ != RunState::Running && state_ != RunState::Paused) return;
  const uint32_t left = count(ItemState::Queued) + count(ItemState::Announced) +
                        count(ItemState::Ready) + count(ItemState::InFlight) +
                        count(ItemState::Waiting);
  if (left > 0) {
    if (left > unloaded_.size() || state_ != RunState::Running) return;
    requeue_unloaded();  // for the next resume()
    set_run_state(RunState::Paused, now_ms,
                  "The traces that are left are not loaded; open their file, then go on");
    return;
  }
  if (count(ItemState::Interrupted) == 0) {
    set_run_state(RunState::Finished, now_ms, {});
  } else if (state_ == RunState::Running) {
    set_run_state(RunState::Paused, now_ms,
                  "Some requests were interrupted and may have been paid for; send them again or "
                  "cancel the run");
  }
}

// --- The user's word --------------------------------------------------------------------------

void JudgeRun::pause(TimeMs now_ms) {
  touch(now_ms);
  if (state_ != RunState::Running) return;
  release_unsent(now_ms, ItemState::Queued);
  set_run_state(RunState::Paused, now_ms, {});
}

void JudgeRun::resume(TimeMs now_ms) {
  touch(now_ms);
  if (state_ != RunState::Paused) return;
  endpoint_failures_ = 0;
  probes_failed_ = 0;
  if (circuit_ == Circuit::Open) {  // the user says that it works again: one request tries at once
    blocked_until_ms_ = std::min(blocked_until_ms_, now_ms);
    circuit_until_ms_ = now_ms;
  }
  requeue_unloaded();
  set_run_state(RunState::Running, now_ms, {});
  finish_if_done(now_ms);
}

void JudgeRun::cancel(TimeMs now_ms, CancelMode mode) {
  touch(now_ms);
  if (state_ == RunState::Finished) return;
  if (state_ != RunState::Cancelled) {
    release_unsent(now_ms, ItemState::Cancelled);
    for (uint32_t item = 0; item < items_.size(); ++item) {
      const ItemState state = items_[item].state;
      if (state == ItemState::Queued || state == ItemState::Waiting ||
          state == ItemState::Interrupted) {
        cancel_item(item);
      }
    }
    waiting_.clear();
    requeued_.clear();
    unloaded_.clear();
    set_run_state(RunState::Cancelled, now_ms, {});
  }
  if (mode == CancelMode::FinishInFlight) return;
  for (const Slot& slot : slots_)
    aborts_.push_back(slot.request_id);
}

void JudgeRun::set_online(bool online, TimeMs now_ms) {
  touch(now_ms);
  if (!asks_ || online == online_) return;
  online_ = online;
  if (!online) {
    if (state_ == RunState::Running) release_unsent(now_ms, ItemState::Queued);
    return;
  }
  // What failed meanwhile was the network, not the server.
  if (circuit_ == Circuit::Open) blocked_until_ms_ = circuit_until_ms_ = now_ms;
  unreachable_in_a_row_ = probes_failed_ = 0;
}

uint32_t JudgeRun::requeue(ItemState from, TimeMs now_ms) {
  touch(now_ms);
  if (state_ == RunState::Cancelled) return 0;
  uint32_t requeued = 0;
  for (uint32_t item = 0; item < items_.size(); ++item) {
    if (items_[item].state != from) continue;
    items_[item].failures = 0;
    items_[item].rate_limited = 0;
    set_state(item, ItemState::Queued);
    if (items_[item].taken) requeued_.push_back(item);  // later ones are met in their turn
    ++requeued;
  }
  if (requeued > 0 && state_ == RunState::Finished) {
    endpoint_failures_ = 0;
    set_run_state(RunState::Running, now_ms, {});
  }
  return requeued;
}

uint32_t JudgeRun::retry_interrupted(TimeMs now_ms) {
  return requeue(ItemState::Interrupted, now_ms);
}

uint32_t JudgeRun::retry_failed(TimeMs now_ms) { return requeue(ItemState::Failed, now_ms); }

void JudgeRun::set_juror_secret(std::string_view host, SecretRef secret) {
  recall_ = true;  // those that have not left hold the key before
  for (auto& [line, endpoint] : plan_.jurors)
    if (host_of(endpoint.base_url) == host) endpoint.secret = secret;
}

std::vector<JudgeEvent> JudgeRun::take_events() { return std::exchange(events_, {}); }

bool JudgeRun::take_recall() { return std::exchange(recall_, false) && limits_.hand_over; }

std::vector<uint64_t> JudgeRun::take_aborts() { return std::exchange(aborts_, {}); }

}  // namespace assay::judge
