#include "core/journal/journal.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/journal/journal_state.h"
#include "core/journal/json_text.h"

namespace assay::journal {
namespace {

constexpr int64_t kMaxTimeMs = INT64_MAX / 1'000'000;

std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
    line.remove_suffix(1);
  return line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

void note_bad_line(LoadReport& report, uint64_t line_number, uint64_t at_byte, const Error& error) {
  ++report.bad_lines;
  if (report.first_bad_lines.size() >= kMaxBadLines) return;
  const uint64_t inside = error.at_byte == kNoPosition ? 0 : error.at_byte;
  report.first_bad_lines.push_back(BadLine{line_number, at_byte + inside, error.what});
}

Result<Event> decode_upgraded(std::string_view line) {
  auto event = decode_event(line);
  if (event.ok() && !upgrade_event(event.value(), upgrade_chain())) {
    return make_error(ErrorCode::InvalidInput, "an event of an older version cannot be upgraded",
                      0);
  }
  return event;
}

Error newer_version_error(int version) {
  std::string what = "This work file was written by a newer version of Assay (journal version ";
  append_int(what, version);
  what += ", this page reads up to ";
  append_int(what, kJournalVersion);
  what +=
      "). Nothing was changed: reload the page to get the newest version and open the file again";
  return make_error(ErrorCode::Unsupported, std::move(what));
}

// What load() has read before anything is taken over.
struct Decoded {
  std::vector<Event> events;
  LoadReport report;
  bool has_header = false;
  int newer_version = 0;  // 0: none
};

void decode_line(Decoded& out, std::string_view line, uint64_t line_number, uint64_t at_byte,
                 bool may_be_torn) {
  auto event = decode_upgraded(line);
  if (event.ok()) {
    ++out.report.lines_read;
    out.events.push_back(std::move(event).value());
    return;
  }
  const Header header = decode_header(line);
  if (header.kind == HeaderKind::Readable) {
    out.has_header = true;
  } else if (header.kind == HeaderKind::Newer) {
    out.newer_version = header.version;
  } else if (may_be_torn) {
    ++out.report.lines_read;
    out.report.torn_last_line = true;
  } else {
    ++out.report.lines_read;
    note_bad_line(out.report, line_number, at_byte, event.error());
  }
}

Decoded decode_text(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  Decoded out;
  size_t at = text.substr(0, kByteOrderMark.size()) == kByteOrderMark ? kByteOrderMark.size() : 0;
  for (uint64_t line_number = 1; at < text.size(); ++line_number) {
    const size_t line_end = text.find('\n', at);
    const bool is_last = line_end == std::string_view::npos;
    const size_t end = is_last ? text.size() : line_end;
    const std::string_view line = without_line_end(text.substr(at, end - at));
    if (!is_blank(line)) decode_line(out, line, line_number, at, is_last);
    at = is_last ? text.size() : end + 1;
  }
  return out;
}

void append_count(std::string& out, uint64_t count, std::string_view what) {
  if (!out.empty()) out += ", ";
  append_int(out, static_cast<int64_t>(count));
  out += what;
}

}  // namespace

// One event of a batch on its way in.
struct Journal::Candidate {
  Stored stored;
  uint64_t content_hash = 0;
  uint32_t index = 0;  // once it is stored
};

std::string to_text(const LoadReport& report) {
  std::string out;
  append_count(out, report.events_added, " events added");
  if (report.duplicates > 0) append_count(out, report.duplicates, " known already");
  if (report.conflicts > 0)
    append_count(out, report.conflicts, " share a number with another event");
  if (report.bad_lines > 0) append_count(out, report.bad_lines, " unreadable lines left out");
  if (report.torn_last_line) out += ", the last line was cut off and left out";
  for (const BadLine& bad : report.first_bad_lines) {
    out += "\nline ";
    append_int(out, static_cast<int64_t>(bad.line_number));
    out += ", byte ";
    append_int(out, static_cast<int64_t>(bad.at_byte));
    out += ": ";
    out += bad.what;
  }
  return out;
}

Journal::Journal(std::string session) : session_(std::move(session)) {
  ASSAY_ASSERT(!session_.empty());
  session_id_ = strings_.intern(session_);
  revert_kind_ = strings_.intern(kTxnRevert);
}

Journal::~Journal() = default;

size_t Journal::count() const { return events_.size(); }

EventView Journal::at(size_t index) const {
  ASSAY_ASSERT(index < events_.size());
  const Stored& s = events_[index];
  return EventView{s.seq,
                   s.time_ms,
                   strings_.text_of(s.author),
                   strings_.text_of(s.session),
                   strings_.text_of(s.txn),
                   strings_.text_of(s.kind),
                   s.version,
                   s.background,
                   s.payload_json,
                   s.extra_json};
}

uint32_t Journal::txn_key(size_t index) const {
  ASSAY_ASSERT(index < events_.size());
  return events_[index].txn.v;
}

bool Journal::is_before(size_t a, size_t b) const {
  const Stored& x = events_[a];
  const Stored& y = events_[b];
  if (x.time_ms != y.time_ms) return x.time_ms < y.time_ms;
  if (!(x.session == y.session)) return strings_.text_of(x.session) < strings_.text_of(y.session);
  if (x.seq != y.seq) return x.seq < y.seq;
  // Two events under one number: any order will do that does not depend on their arrival.
  if (!(x.txn == y.txn)) return strings_.text_of(x.txn) < strings_.text_of(y.txn);
  if (!(x.kind == y.kind)) return strings_.text_of(x.kind) < strings_.text_of(y.kind);
  if (x.payload_json != y.payload_json) return x.payload_json < y.payload_json;
  if (!(x.author == y.author)) return strings_.text_of(x.author) < strings_.text_of(y.author);
  if (x.version != y.version) return x.version < y.version;
  if (x.background != y.background) return y.background;
  return x.extra_json < y.extra_json;
}

std::vector<uint32_t> Journal::in_order() const {
  return sorted_indexes(events_.size(), [this](uint32_t a, uint32_t b) { return is_before(a, b); });
}

void Journal::append_line(std::string& out, size_t index) const {
  out += encode_event(at(index));
  out += '\n';
}

std::string Journal::export_text(int64_t now_ms, std::string_view app) const {
  std::string out = encode_header(now_ms, events_.size(), app) + "\n";
  for (const uint32_t index : in_order())
    append_line(out, index);
  return out;
}

uint64_t Journal::size_bytes() const {
  uint64_t total = strings_.size_bytes() + events_.capacity() * sizeof(Stored);
  for (const Stored& s : events_)
    total += s.payload_json.capacity() + s.extra_json.capacity();
  for (const Known& k : known_)
    total += k.entries.capacity() * sizeof(Known::Entry);
  return total;
}

Journal::Stored Journal::stored_from(const Event& event) {
  Stored s;
  s.seq = event.seq;
  s.time_ms = event.time_ms;
  s.author = strings_.intern(event.author);
  s.session = strings_.intern(event.session);
  s.txn = strings_.intern(event.txn);
  s.kind = strings_.intern(event.kind);
  s.version = event.version;
  s.background = event.background;
  s.payload_json = event.payload_json;
  s.extra_json = event.extra_json;
  return s;
}

size_t Journal::store(Stored stored) {
  const size_t index = events_.size();
  ASSAY_ASSERT(index < UINT32_MAX);
  if (stored.session == session_id_) next_seq_ = std::max(next_seq_, stored.seq + 1);
  const bool is_revert = stored.kind == revert_kind_;
  events_.push_back(std::move(stored));
  if (index == 0 || is_before(latest_, index)) latest_ = index;
  if (is_revert) take_in_revert(index);
  return index;
}

Journal::Known& Journal::known_session(StringId session) {
  if (known_slot_.size() <= session.v) known_slot_.resize(session.v + 1, 0);
  uint32_t& slot = known_slot_[session.v];
  if (slot == 0) {
    known_.emplace_back();
    known_.back().session = session;
    slot = static_cast<uint32_t>(known_.size());
  }
  return known_[slot - 1];
}

// A time that puts a new event of this session behind everything that is here.
int64_t Journal::stamp_ms(int64_t now_ms) const {
  const int64_t now = std::clamp<int64_t>(now_ms, 0, kMaxTimeMs);
  if (events_.empty()) return now;
  const Stored& last = events_[latest_];
  const bool sorts_behind = session_ >= strings_.text_of(last.session);
  return std::max(now, std::min(last.time_ms + (sorts_behind ? 0 : 1), kMaxTimeMs));
}

Appended Journal::append(const std::vector<NewEvent>& events, int64_t now_ms, TxnScope scope) {
  ASSAY_ASSERT(!events.empty());
  Appended out;
  out.txn = session_ + ".";
  append_int(out.txn, static_cast<int64_t>(next_seq_));
  out.first = events_.size();
  out.count = events.size();
  const int64_t time_ms = stamp_ms(now_ms);
  for (const NewEvent& event : events) {
    Stored s;
    s.seq = next_seq_;
    s.time_ms = time_ms;
    s.author = strings_.intern(author_);
    s.session = session_id_;
    s.txn = strings_.intern(out.txn);
    s.kind = strings_.intern(event.kind);
    s.version = event.version;
    s.background = scope == TxnScope::Background;
    // One event is one line, whatever the caller's JSON looks like.
    const bool one_line = event.payload_json.find_first_of("\r\n") == std::string::npos;
    s.payload_json = one_line ? event.payload_json : minified(event.payload_json);
    const size_t index = store(std::move(s));
    out.lines.push_back(encode_event(at(index)));
    known_session(session_id_)
        .entries.push_back(Known::Entry{events_[index].seq, hash_bytes(out.lines.back()),
                                        static_cast<uint32_t>(index)});
  }
  track_undo(events_[out.first].txn, scope == TxnScope::Background);
  return out;
}

size_t Journal::Known::lower_bound(const Entry& entry) const {
  size_t low = 0, high = entries.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (entries[middle] < entry)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void Journal::Known::sort() {
  bool is_sorted = true;
  for (size_t i = 1; i < entries.size(); ++i)
    is_sorted &= !(entries[i] < entries[i - 1]);
  if (is_sorted) return;
  const auto order = sorted_indexes(
      entries.size(), [this](uint32_t a, uint32_t b) { return entries[a] < entries[b]; });
  std::vector<Entry> sorted;
  sorted.reserve(entries.size());
  for (const uint32_t i : order)
    sorted.push_back(entries[i]);
  entries = std::move(sorted);
}

bool Journal::is_known(const Known& known, const Candidate& candidate) const {
  const Known::Entry key{candidate.stored.seq, candidate.content_hash, 0};
  const size_t at = known.lower_bound(key);
  return at < known.entries.size() && !(key < known.entries[at]);
}

void Journal::add_batch(const std::vector<Event>& events, LoadReport& report) {
  report.first_added = events_.size();
  std::vector<Candidate> batch;
  batch.reserve(events.size());
  for (const Event& event : events) {
    batch.push_back(Candidate{stored_from(event), hash_bytes(encode_event(view_of(event))), 0});
  }
  // Duplicates, in the batch and against what is here.
  const auto order = sorted_indexes(batch.size(), [&batch](uint32_t x, uint32_t y) {
    const Candidate& a = batch[x];
    const Candidate& b = batch[y];
    if (!(a.stored.session == b.stored.session)) return a.stored.session.v < b.stored.session.v;
    if (a.stored.seq != b.stored.seq) return a.stored.seq < b.stored.seq;
    return a.content_hash < b.content_hash;
  });
  std::vector<Candidate> added;
  added.reserve(batch.size());
  for (const uint32_t i : order) {
    Candidate& c = batch[i];
    const Known& known = known_session(c.stored.session);
    const bool follows_twin = !added.empty() && added.back().stored.session == c.stored.session &&
                              added.back().stored.seq == c.stored.seq;
    if (is_known(known, c) || (follows_twin && added.back().content_hash == c.content_hash)) {
      ++report.duplicates;
      continue;
    }
    const size_t at = known.lower_bound(Known::Entry{c.stored.seq, 0, 0});
    const bool number_taken = at < known.entries.size() && known.entries[at].seq == c.stored.seq;
    if (follows_twin || number_taken) ++report.conflicts;
    added.push_back(std::move(c));
  }
  report.events_added = added.size();
  remember(std::move(added));
}

// Stores what is new, in order of time, and keeps each session's list sorted. `added` is sorted by
// session.
void Journal::remember(std::vector<Candidate> added) {
  bool own_session = false;
  const auto order = sorted_indexes(added.size(), [&added](uint32_t a, uint32_t b) {
    const Stored& x = added[a].stored;
    const Stored& y = added[b].stored;
    return x.time_ms != y.time_ms ? x.time_ms < y.time_ms : x.seq < y.seq;
  });
  for (const uint32_t i : order) {
    Candidate& c = added[i];
    std::string payload_json = std::move(c.stored.payload_json);
    Stored stored = c.stored;  // ids and numbers are needed once more below
    stored.payload_json = std::move(payload_json);
    c.index = static_cast<uint32_t>(store(std::move(stored)));
  }
  for (size_t i = 0; i < added.size();) {
    Known& known = known_session(added[i].stored.session);
    own_session |= known.session == session_id_;
    for (; i < added.size() && added[i].stored.session == known.session; ++i) {
      const Candidate& c = added[i];
      known.entries.push_back(Known::Entry{c.stored.seq, c.content_hash, c.index});
    }
    known.sort();
  }
  if (own_session) rebuild_undo();
}

Result<LoadReport> Journal::load(std::string_view text) {
  Decoded decoded = decode_text(text);
  if (decoded.newer_version > 0) return newer_version_error(decoded.newer_version);
  if (decoded.events.empty() && !decoded.has_header) {
    return make_error(
        ErrorCode::InvalidInput,
        decoded.report.lines_read == 0
            ? "This work file is empty"
            : "This is no Assay work file: no line of it is a journal header or an event");
  }
  add_batch(decoded.events, decoded.report);
  return std::move(decoded.report);
}

LoadReport Journal::load_lines(const std::vector<std::string>& lines) {
  Decoded decoded;
  uint64_t at_byte = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = without_line_end(lines[i]);
    if (!is_blank(line)) decode_line(decoded, line, i + 1, at_byte, false);
    at_byte += lines[i].size() + 1;
  }
  add_batch(decoded.events, decoded.report);
  return std::move(decoded.report);
}

}  // namespace assay::journal
