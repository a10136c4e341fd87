// Reverts and the undo cursor of Journal. Both are derived from the events alone.
#include <algorithm>

#include "core/base/assert.h"
#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/journal/journal.h"
#include "core/journal/journal_state.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"

namespace assay::journal {
namespace {

std::string revert_payload(std::string_view txn) {
  std::string out = "{\"txn\":";
  json::append_quoted(out, txn);
  return out + "}";
}

std::string target_in(std::string_view payload_json) {
  std::string target;
  json::Reader reader(payload_json);
  if (!reader.enter_object()) return target;
  while (reader.next_key()) {
    if (reader.key_is("txn"))
      target = reader.string().value_or(std::string());
    else
      reader.skip_value();
  }
  return target;
}

// Removes the topmost `value`; false: it is not there.
bool take_from(std::vector<uint32_t>& stack, uint32_t value) {
  const auto it = std::find(stack.rbegin(), stack.rend(), value);
  if (it == stack.rend()) return false;
  stack.erase(std::next(it).base());
  return true;
}

}  // namespace

Result<Appended> Journal::revert(std::string_view txn, int64_t now_ms) {
  const StringId id = strings_.find(txn);
  const bool is_here = id.present() && std::any_of(events_.begin(), events_.end(),
                                                   [id](const Stored& s) { return s.txn == id; });
  if (!is_here) {
    return make_error(ErrorCode::NotFound,
                      "There is no such change in this journal: " + std::string(txn));
  }
  return append({NewEvent{std::string(kTxnRevert), revert_payload(txn), 1}}, now_ms,
                TxnScope::User);
}

void Journal::take_in_revert(size_t index) {
  const std::string target = target_in(events_[index].payload_json);
  if (target.empty()) return;
  reverts_.push_back(
      Revert{static_cast<uint32_t>(index), events_[index].txn, strings_.intern(target)});
  reverts_dirty_ = true;
}

// A revert comes after what it reverts, so one walk from the last to the first decides them all:
// when a revert's turn comes, everything that could put it out of force has been seen.
void Journal::refresh_reverts() const {
  if (!reverts_dirty_) return;
  reverts_dirty_ = false;
  const auto order = sorted_indexes(reverts_.size(), [this](uint32_t a, uint32_t b) {
    return is_before(reverts_[a].index, reverts_[b].index);
  });
  std::vector<uint8_t> is_out(strings_.count() + 1, 0);
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    const Revert& revert = reverts_[*it];
    if (is_out[revert.txn.v] == 0) is_out[revert.target.v] = 1;
  }
  reverted_.clear();
  for (uint32_t v = 0; v < is_out.size(); ++v) {
    if (is_out[v] != 0) reverted_.push_back(v);
  }
}

const std::vector<uint32_t>& Journal::reverted_txn_keys() const {
  refresh_reverts();
  return reverted_;
}

bool Journal::is_reverted(std::string_view txn) const {
  const StringId id = strings_.find(txn);
  const auto& out = reverted_txn_keys();
  return id.present() && std::binary_search(out.begin(), out.end(), id.v);
}

bool Journal::is_event_reverted(size_t index) const {
  const auto& out = reverted_txn_keys();
  return std::binary_search(out.begin(), out.end(), txn_key(index));
}

std::vector<uint32_t> Journal::events_of(std::string_view txn) const {
  std::vector<uint32_t> out;
  const StringId id = strings_.find(txn);
  if (!id.present()) return out;
  for (size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].txn == id) out.push_back(static_cast<uint32_t>(i));
  }
  return out;
}

std::optional<StringId> Journal::revert_target(StringId txn) const {
  for (auto it = reverts_.rbegin(); it != reverts_.rend(); ++it) {
    if (it->txn == txn) return it->target;
  }
  return std::nullopt;
}

StringId Journal::original_of(StringId txn) const {
  // Damaged journals may hold rings; a chain is never longer than the number of reverts.
  for (size_t i = 0; i < reverts_.size(); ++i) {
    const auto target = revert_target(txn);
    if (!target) break;
    txn = *target;
  }
  return txn;
}

// Undoing T appends R = revert(T); redoing it appends R2 = revert(R); undoing again reverts R2.
// A revert of something older in the stack (from the history) is an undo out of turn.
void Journal::track_undo(StringId txn, bool background) {
  if (background) return;
  const auto target = revert_target(txn);
  if (target && take_from(undo_, target->v)) {
    redo_.push_back(txn.v);
  } else if (target && take_from(redo_, target->v)) {
    undo_.push_back(txn.v);
  } else {
    undo_.push_back(txn.v);
    redo_.clear();
  }
}

void Journal::rebuild_undo() {
  undo_.clear();
  redo_.clear();
  StringId previous;
  for (const Known::Entry& entry : known_session(session_id_).entries) {
    const Stored& s = events_[entry.index];
    if (s.txn == previous) continue;
    previous = s.txn;
    track_undo(s.txn, s.background);
  }
}

std::optional<Journal::UndoStep> Journal::top_step(const std::vector<uint32_t>& stack) const {
  const auto& out = reverted_txn_keys();
  for (auto it = stack.rbegin(); it != stack.rend(); ++it) {
    // Another session may have reverted it meanwhile: then there is nothing left to do about it.
    if (std::binary_search(out.begin(), out.end(), *it)) continue;
    const StringId txn{*it};
    return UndoStep{std::string(strings_.text_of(txn)),
                    std::string(strings_.text_of(original_of(txn)))};
  }
  return std::nullopt;
}

std::optional<Journal::UndoStep> Journal::undo_step() const { return top_step(undo_); }
std::optional<Journal::UndoStep> Journal::redo_step() const { return top_step(redo_); }

}  // namespace assay::journal
