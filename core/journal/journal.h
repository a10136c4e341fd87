// Journal: the append-only log of the user's work. State is a fold over it (core/annot); nothing
// else may change the user's work, and history is never cut: undo appends `txn.revert`, redo
// reverts that.
//
// Owns every event, from this session and from others (other tabs, earlier page loads, files of
// colleagues). Positions are indexes in order of arrival: stable for the life of the journal.
// in_order() gives the order that folds use: (time_ms, session, seq). append() never stamps an
// event earlier than one it already holds, so an event that was made with knowledge of another
// sorts after it, in whatever order journals are merged.
//
// Merging is a union: an event with the same (session, seq) and the same content is a duplicate.
// Two different events under one (session, seq) (a session id that was used twice) are both kept.
//
// Storage: append() returns the encoded lines; the host stores them. The stored form is the
// exported form. No clock and no random source here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/string_pool.h"
#include "core/journal/event.h"

namespace assay::journal {

struct NewEvent {
  std::string kind;
  std::string payload_json;  // compact JSON object
  int version = 1;
};

enum class TxnScope : uint8_t {
  User,        // Ctrl+Z reverts it
  Background,  // judge verdicts and the like: only an explicit revert() does
};

struct Appended {
  std::string txn;
  size_t first = 0, count = 0;     // indexes of the new events
  std::vector<std::string> lines;  // one per event, without line ends; for the storage
};

struct BadLine {
  uint64_t line_number = 0;  // 1-based
  uint64_t at_byte = 0;      // from the start of the text
  std::string what;
};
constexpr size_t kMaxBadLines = 20;

struct LoadReport {
  uint64_t lines_read = 0;  // that were not blank, without the header
  uint64_t events_added = 0;
  uint64_t duplicates = 0;      // already here
  uint64_t conflicts = 0;       // same (session, seq), other content: both kept
  uint64_t bad_lines = 0;       // left out
  bool torn_last_line = false;  // the last line was cut off and left out (not counted in bad_lines)
  std::vector<BadLine> first_bad_lines;
  size_t first_added = 0;  // indexes of the added events: [first_added, first_added + events_added)
};
// "12 events read, 3 known already; line 7: …" for the user, in English.
std::string to_text(const LoadReport& report);

class Journal {
 public:
  explicit Journal(std::string session);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  const std::string& session() const { return session_; }
  // Written into the events from now on.
  void set_author(std::string author) { author_ = std::move(author); }
  const std::string& author() const { return author_; }

  // --- Writing
  // --------------------------------------------------------------------------------------- Appends
  // the events as one transaction; they revert together. Precondition: not empty.
  Appended append(const std::vector<NewEvent>& events, int64_t now_ms,
                  TxnScope scope = TxnScope::User);
  // Appends a revert of `txn` (any transaction, also a revert). NotFound: no such transaction here.
  Result<Appended> revert(std::string_view txn, int64_t now_ms);

  // --- Merging
  // --------------------------------------------------------------------------------------- A whole
  // file (or the text of the storage): JSON Lines with or without the header line. Errors and
  // nothing changed: Unsupported when it comes from a newer version, InvalidInput when it is no
  // journal.
  Result<LoadReport> load(std::string_view text);
  // Lines from the storage or from another tab, one event each (a header among them is skipped).
  LoadReport load_lines(const std::vector<std::string>& lines);

  // --- Reading
  // ---------------------------------------------------------------------------------------
  size_t count() const;
  EventView at(size_t index) const;
  // Indexes in the order of the fold.
  std::vector<uint32_t> in_order() const;
  // True when event `a` comes before event `b` in that order.
  bool is_before(size_t a, size_t b) const;
  // Identity of the event's transaction inside this journal: equal for the same txn.
  uint32_t txn_key(size_t index) const;
  // Appends the line of an event and "\n"; for exports in slices.
  void append_line(std::string& out, size_t index) const;
  // Header and all events in order.
  std::string export_text(int64_t now_ms, std::string_view app) const;
  uint64_t size_bytes() const;

  // --- Undo
  // ------------------------------------------------------------------------------------------ A
  // transaction is out of force while a revert of it is in force.
  bool is_reverted(std::string_view txn) const;
  bool is_event_reverted(size_t index) const;
  // Sorted txn_key()s of the reverted transactions; changes only when a revert arrives.
  const std::vector<uint32_t>& reverted_txn_keys() const;

  struct UndoStep {
    std::string txn;       // what revert() takes
    std::string original;  // the transaction of the user that it brings out of force or back
  };
  // What Ctrl+Z and Ctrl+Y of this session would do; nothing: not possible. Judge verdicts and
  // other sessions' work are never among them.
  std::optional<UndoStep> undo_step() const;
  std::optional<UndoStep> redo_step() const;
  // Indexes of a transaction's events, in order of arrival (scans the journal).
  std::vector<uint32_t> events_of(std::string_view txn) const;

 private:
  struct Stored;
  struct Known;
  struct Revert;
  struct Candidate;

  Stored stored_from(const Event& event);
  size_t store(Stored stored);
  Known& known_session(StringId session);
  bool is_known(const Known& known, const Candidate& candidate) const;
  void add_batch(const std::vector<Event>& events, LoadReport& report);
  void remember(std::vector<Candidate> added);
  int64_t stamp_ms(int64_t now_ms) const;
  void take_in_revert(size_t index);
  void refresh_reverts() const;
  std::optional<StringId> revert_target(StringId txn) const;
  StringId original_of(StringId txn) const;
  void track_undo(StringId txn, bool background);
  void rebuild_undo();
  std::optional<UndoStep> top_step(const std::vector<uint32_t>& stack) const;

  std::string session_;
  std::string author_;
  StringPool strings_;  // authors, sessions, transactions, kinds
  StringId session_id_, revert_kind_;
  uint64_t next_seq_ = 1;
  std::vector<Stored> events_;
  std::vector<Known> known_;
  std::vector<uint32_t> known_slot_;  // by a session's StringId::v: index into known_ + 1, 0 = none
  size_t latest_ = 0;  // index of the last event in order; meaningful when events_ is not empty
  std::vector<Revert> reverts_;
  mutable bool reverts_dirty_ = false;
  mutable std::vector<uint32_t> reverted_;  // sorted
  // Transactions that undo and redo would revert; the top is last.
  std::vector<uint32_t> undo_, redo_;
};

}  // namespace assay::journal
