#include "core/journal/event.h"

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"

namespace assay::journal {
namespace {

constexpr size_t kMaxLineBytes = size_t{64} << 20;
constexpr int64_t kMaxSeq = int64_t{1} << 53;
// RFC 3339 texts are made from nanoseconds: the last millisecond that fits.
constexpr int64_t kMaxTimeMs = INT64_MAX / 1'000'000;
constexpr int kMaxVersion = 1'000'000;

void append_key(std::string& out, std::string_view key) {
  if (out.back() != '{') out += ',';
  out += '"';
  out += key;
  out += "\":";
}

void append_text(std::string& out, std::string_view key, std::string_view text) {
  append_key(out, key);
  json::append_quoted(out, text);
}

void append_number(std::string& out, std::string_view key, int64_t value) {
  append_key(out, key);
  append_int(out, value);
}

// Reads the members of one line; says what is wrong through `problem`.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : line_(line), reader_(line) {}

  Result<Event> read() {
    if (!reader_.enter_object()) return fail("the line is no JSON object", 0);
    while (reader_.next_key())
      read_member();
    if (reader_.failed()) return fail(reader_.error_text(), reader_.error_offset_bytes());
    if (!reader_.at_end()) return fail("there is text after the event", reader_.offset_bytes());
    if (problem_ == nullptr) check_required();
    if (problem_ != nullptr) return fail(problem_, problem_at_);
    if (event_.payload_json.empty()) event_.payload_json = "{}";
    return std::move(event_);
  }

 private:
  static Error fail(const char* what, uint64_t at_byte) {
    return make_error(ErrorCode::InvalidInput, what, at_byte);
  }

  void note(const char* what) {
    if (problem_ == nullptr) {
      problem_ = what;
      problem_at_ = reader_.offset_bytes();
    }
  }

  void text(std::string& to, const char* problem) {
    auto value = reader_.string();
    if (value)
      to = std::move(*value);
    else
      note(problem);
  }

  int64_t number(int64_t min, int64_t max, const char* problem) {
    const auto value = reader_.integer();
    if (value && *value >= min && *value <= max) return *value;
    note(problem);
    return min;
  }

  void read_member() {
    if (reader_.key_is("seq")) {
      event_.seq = static_cast<uint64_t>(number(1, kMaxSeq, "seq is no positive whole number"));
    } else if (reader_.key_is("time_ms")) {
      has_time_ = true;
      event_.time_ms = number(0, kMaxTimeMs, "time_ms is no time");
    } else if (reader_.key_is("author")) {
      text(event_.author, "author is no text");
    } else if (reader_.key_is("session")) {
      text(event_.session, "session is no text");
    } else if (reader_.key_is("txn")) {
      text(event_.txn, "txn is no text");
    } else if (reader_.key_is("kind")) {
      text(event_.kind, "kind is no text");
    } else if (reader_.key_is("version")) {
      event_.version = static_cast<int>(number(1, kMaxVersion, "version is no positive number"));
    } else if (reader_.key_is("background")) {
      event_.background = reader_.boolean().value_or(false);
    } else if (reader_.key_is("payload")) {
      if (reader_.peek() != json::Kind::Object) note("payload is no JSON object");
      event_.payload_json = std::string(verbatim_value());
    } else {
      keep_unknown();
    }
  }

  std::string_view verbatim_value() {
    const uint32_t begin = reader_.offset_bytes();
    reader_.skip_value();
    if (reader_.failed()) return {};
    return trimmed(line_.substr(begin, reader_.offset_bytes() - begin));
  }

  void keep_unknown() {
    std::string member = "\"";
    member += reader_.raw_key();
    member += "\":";
    member += verbatim_value();
    if (!event_.extra_json.empty()) event_.extra_json += ',';
    event_.extra_json += member;
  }

  void check_required() {
    if (event_.seq == 0)
      note("seq is missing");
    else if (!has_time_)
      note("time_ms is missing");
    else if (event_.session.empty())
      note("session is missing");
    else if (event_.txn.empty())
      note("txn is missing");
    else if (event_.kind.empty())
      note("kind is missing");
  }

  std::string_view line_;
  json::Reader reader_;
  Event event_;
  bool has_time_ = false;
  const char* problem_ = nullptr;
  uint64_t problem_at_ = 0;
};

}  // namespace

EventView view_of(const Event& e) {
  return EventView{e.seq,  e.time_ms, e.author,     e.session,      e.txn,
                   e.kind, e.version, e.background, e.payload_json, e.extra_json};
}

std::string encode_event(const EventView& event) {
  std::string out;
  out.reserve(event.payload_json.size() + event.extra_json.size() + event.author.size() + 160);
  out = "{";
  append_number(out, "seq", static_cast<int64_t>(event.seq));
  append_number(out, "time_ms", event.time_ms);
  append_text(out, "author", event.author);
  append_text(out, "session", event.session);
  append_text(out, "txn", event.txn);
  append_text(out, "kind", event.kind);
  append_number(out, "version", event.version);
  if (event.background) {
    append_key(out, "background");
    out += "true";
  }
  append_key(out, "payload");
  out += event.payload_json;
  if (!event.extra_json.empty()) {
    out += ',';
    out += event.extra_json;
  }
  out += '}';
  return out;
}

Result<Event> decode_event(std::string_view line) {
  if (line.size() > kMaxLineBytes) {
    return make_error(ErrorCode::TooLarge, "the line is longer than 64 MB", 0);
  }
  return LineReader(line).read();
}

std::string encode_header(int64_t exported_ms, uint64_t event_count, std::string_view app) {
  std::string out = "{";
  append_number(out, "assay_journal", kJournalVersion);
  append_number(out, "exported_ms", exported_ms);
  append_number(out, "events", static_cast<int64_t>(event_count));
  append_text(out, "app", app);
  return out + "}";
}

Header decode_header(std::string_view line) {
  if (line.size() > kMaxLineBytes) return {};
  Header header;
  json::Reader reader(line);
  if (!reader.enter_object()) return {};
  while (reader.next_key()) {
    if (!reader.key_is("assay_journal")) {
      reader.skip_value();
      continue;
    }
    const int64_t version = reader.integer().value_or(0);
    if (version < 1 || version > INT32_MAX) return {};
    header.version = static_cast<int>(version);
    header.kind = version > kJournalVersion ? HeaderKind::Newer : HeaderKind::Readable;
  }
  return reader.failed() ? Header{} : header;
}

const std::vector<UpgradeStep>& upgrade_chain() {
  // Version 1 is the first of every kind.
  static const std::vector<UpgradeStep> kChain;
  return kChain;
}

bool upgrade_event(Event& event, const std::vector<UpgradeStep>& chain) {
  for (const UpgradeStep& step : chain) {
    if (step.kind != event.kind || step.from_version != event.version) continue;
    if (!step.apply(event.payload_json)) return false;
    ++event.version;
  }
  return true;
}

}  // namespace assay::journal
