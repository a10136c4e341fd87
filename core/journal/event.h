// Event: one durable change of the user's work, and its text form (one JSON object a line).
//
//   {"seq":7,"time_ms":1795500930582,"author":"Ann","session":"s-…","txn":"s-….7",
//    "kind":"assessment.create","version":1,"payload":{…}}
//
// "background":true is written for transactions that Ctrl+Z does not reach (a judge's verdicts).
// Members that this version does not know are kept and written again.
//
// Identity: (session, seq). Order: (time_ms, session, seq); see Journal for why time never runs
// backwards inside one journal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace assay::journal {

// The version of the file form; a file with a larger one is refused.
constexpr int kJournalVersion = 1;

// Kinds of the journal itself. Other layers add theirs (core/annot/annotations.h).
constexpr std::string_view kTxnRevert = "txn.revert";  // payload {"txn":"<id of the reverted one>"}

struct Event {
  uint64_t seq = 0;          // place in its session, from 1; assigned by Journal::append
  int64_t time_ms = 0;       // UTC
  std::string author;        // the name the user gave, or ""
  std::string session;       // one page load
  std::string txn;           // transaction; unique across sessions
  std::string kind;          // "assessment.create"
  int version = 1;           // of the payload
  bool background = false;   // its transaction is not for undo by keyboard
  std::string payload_json;  // compact JSON object
  std::string extra_json;    // members unknown to this version: `"a":1,"b":2`, normally empty
};

// The same with views: valid until the journal's next non-const call.
struct EventView {
  uint64_t seq = 0;
  int64_t time_ms = 0;
  std::string_view author, session, txn, kind;
  int version = 1;
  bool background = false;
  std::string_view payload_json, extra_json;
};
EventView view_of(const Event& event);

// One line, without the line end.
std::string encode_event(const EventView& event);

// Reads one line. Errors: InvalidInput with the byte offset inside the line.
Result<Event> decode_event(std::string_view line);

// The first line of an exported file; `app` names the writing program's version ("1.0.0").
std::string encode_header(int64_t exported_ms, uint64_t event_count, std::string_view app);

enum class HeaderKind : uint8_t { NotHeader, Readable, Newer };
struct Header {
  HeaderKind kind = HeaderKind::NotHeader;
  int version = 0;
};
Header decode_header(std::string_view line);

// One step of the upgrade chain: turns the payload of `kind` at `from_version` into the next
// version's. False: the payload cannot be upgraded (the event is kept as it is and reported).
struct UpgradeStep {
  std::string_view kind;
  int from_version = 0;
  bool (*apply)(std::string& payload_json) = nullptr;
};

// The chain of this version of the program (in order; may be empty).
const std::vector<UpgradeStep>& upgrade_chain();

// Applies every step that fits, in turn. False: a step failed.
bool upgrade_event(Event& event, const std::vector<UpgradeStep>& chain);

}  // namespace assay::journal
