#include "core/review/codebook.h"

#include <algorithm>

#include "core/annot/draft.h"
#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/writer.h"

namespace assay::review {
namespace {

using journal::EventView;
using journal::NewEvent;
using json::Doc;

bool is_mode_event(std::string_view kind) { return kind == kModeDefine || kind == kModeRename || kind == kModeRetire; }

Error invalid(std::string what) { return make_error(ErrorCode::InvalidParameter, std::move(what)); }

std::string definition_hash_of(std::string_view definition, std::string_view example) {
  std::string text(trimmed(definition));
  text += '\n';
  text += trimmed(example);
  return sha256_hex(text).substr(0, 16);
}

std::string number_text_of(size_t number) {
  std::string out;
  append_int(out, static_cast<int64_t>(number));
  return out;
}

NewEvent event_of(std::string_view kind, std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  for (const auto& [key, text] : members) w.member(key, text);
  w.end_object();
  return {std::string(kind), std::move(out), kModeEventVersion};
}

}  // namespace

bool Codebook::sync() {
  bool again = false;
  const size_t known = events_.size();
  for (; events_seen_ < journal_.count(); ++events_seen_) {
    const auto index = static_cast<uint32_t>(events_seen_);
    if (!is_mode_event(journal_.at(index).kind)) continue;
    if (!events_.empty() && journal_.is_before(index, events_.back())) again = true;
    events_.push_back(index);
  }
  if (again) std::sort(events_.begin(), events_.end(), [this](uint32_t a, uint32_t b) { return journal_.is_before(a, b); });
  const std::vector<uint32_t>& reverted = journal_.reverted_txn_keys();
  if (reverted != reverted_seen_) {
    reverted_seen_ = reverted;
    again = !events_.empty();
  }
  if (!again && events_.size() == known) return false;
  if (again) {
    modes_.clear();
    ignored_ = 0;
  }
  for (size_t i = again ? 0 : known; i < events_.size(); ++i) apply(events_[i]);
  ++generation_;
  return true;
}

void Codebook::apply(uint32_t index) {
  if (journal_.is_event_reverted(index)) return;
  const EventView event = journal_.at(index);
  const Result<Doc> payload = json::parse_doc(event.payload_json);
  if (event.version > kModeEventVersion || !payload.ok()) {
    ++ignored_;
    return;
  }
  const auto text = [&](std::string_view key) { return json::get_string(payload.value(), key).value_or(""); };
  if (event.kind == kModeRename) return rename(text("from"), text("to"), event);
  if (event.kind == kModeDefine) {
    const ModeDefinition mode{text("name"), text("definition"), text("example")};
    if (!validate_mode(mode).ok()) ++ignored_;
    else define(mode.name, mode.definition, mode.example, event);
    return;
  }
  const std::string name = text("name");
  for (ModeEntry& entry : modes_)
    if (entry.name == name) return entry.retired = true, void();
  ++ignored_;
}

void Codebook::define(std::string_view name, std::string_view definition, std::string_view example, const EventView& event) {
  auto at = std::find_if(modes_.begin(), modes_.end(), [&](const ModeEntry& e) { return e.name == name; });
  if (at == modes_.end()) {
    if (modes_.size() >= kMaxModes) return ++ignored_, void();
    modes_.emplace_back().name = name;
    at = std::prev(modes_.end());
    at->version = 0;
  }
  const std::string hash = definition_hash_of(definition, example);
  at->retired = false;
  if (at->hash == hash) return;
  ++at->version;
  at->hash = hash;
  at->definition = definition;
  at->example = example;
  at->history.push_back({at->version, at->name, at->definition, at->example, std::string(event.author), event.time_ms});
}

void Codebook::rename(std::string_view from, std::string_view to, const EventView& event) {
  const auto at = std::find_if(modes_.begin(), modes_.end(), [&](const ModeEntry& e) { return e.name == from; });
  const bool taken = std::any_of(modes_.begin(), modes_.end(), [&](const ModeEntry& e) { return e.name == to; });
  if (at == modes_.end() || from == to || !annot::check_name(to).ok()) return ++ignored_, void();
  if (taken) {  // joined: the other one's definition holds, this one's codes are marked
    at->retired = true;
    return;
  }
  at->name = to;
  at->history.push_back({at->version, at->name, at->definition, at->example, std::string(event.author), event.time_ms});
}

const ModeEntry* Codebook::find(std::string_view name) const {
  for (const ModeEntry& entry : modes_)
    if (entry.name == name && !entry.retired) return &entry;
  return nullptr;
}

std::string mode_mark(const ModeEntry& entry) {
  std::string mark;
  append_int(mark, entry.version);
  return mark + ":" + entry.hash;
}

bool is_code_stale(const store::Assessment& code, const ModeEntry& entry) {
  const std::string mark = store::metadata_value(code, kModeKey);
  const size_t colon = mark.find(':');
  return colon == std::string::npos || mark.substr(colon + 1) != entry.hash;
}

bool is_note(const store::Assessment& a) {
  return a.valid && a.kind == store::AssessmentKind::Feedback && a.name == kNoteName && a.value_json.starts_with('"');
}
bool is_code(const store::Assessment& a) {
  return a.valid && a.kind == store::AssessmentKind::Feedback && a.name == kModeName && a.value_json.starts_with('"');
}

Status validate_mode(const ModeDefinition& mode) {
  ASSAY_TRY(annot::check_name(mode.name));
  if (mode.name == kNoFailure) return invalid("\"none\" says that there is no failure; it cannot be defined as one");
  if (mode.definition.size() > kMaxModeTextBytes || mode.example.size() > kMaxModeTextBytes)
    return invalid("The definition of " + std::string(utf8_prefix(mode.name, 60)) + " is longer than 20,000 bytes");
  return ok_status();
}

NewEvent mode_define_event(const ModeDefinition& mode) {
  return event_of(kModeDefine, {{"name", mode.name}, {"definition", mode.definition}, {"example", mode.example}});
}
NewEvent mode_rename_event(std::string_view from, std::string_view to) {
  return event_of(kModeRename, {{"from", from}, {"to", to}});
}
NewEvent mode_retire_event(std::string_view name) { return event_of(kModeRetire, {{"name", name}}); }

// --- Files ----------------------------------------------------------------------------------------

std::string encode_codebook_file(const std::vector<ModeEntry>& modes) {
  std::string out;
  json::Writer w(out);
  const auto texts = [&w](std::string_view name, std::string_view definition, std::string_view example, uint32_t version) {
    w.member("name", name);
    w.member("definition", definition);
    w.member("example", example);
    w.member_integer("version", version);
  };
  w.begin_object();
  w.key("failure_modes");
  w.begin_array();
  for (const ModeEntry& entry : modes) {
    if (entry.retired) continue;
    w.begin_object();
    texts(entry.name, entry.definition, entry.example, entry.version);
    w.key("history");
    w.begin_array();
    for (const ModeVersion& v : entry.history) {
      w.begin_object();
      texts(v.name, v.definition, v.example, v.version);
      w.member("author", v.author);
      w.member_integer("changed_ms", v.changed_ms);
      w.end_object();
    }
    w.end_array();
    w.end_object();
  }
  w.end_array();
  w.end_object();
  return out + "\n";
}

Result<std::vector<ModeDefinition>> decode_codebook_file(std::string_view json_text) {
  if (json_text.starts_with("\xEF\xBB\xBF")) json_text.remove_prefix(3);
  const Result<Doc> doc = json::parse_doc(json_text);
  if (!doc.ok()) return make_error(ErrorCode::InvalidParameter, "The file is no JSON: " + doc.error().what, doc.error().at_byte);
  const Doc* list = doc.value().is_array() ? &doc.value() : json::find(doc.value(), "failure_modes");
  if (list == nullptr || !list->is_array()) return invalid("A list \"failure_modes\" is needed");
  if (list->size() > kMaxModes) return invalid("A codebook holds at most 500 failure modes");
  std::vector<ModeDefinition> out;
  for (const Doc& item : *list) {
    const std::string which = "Failure mode " + number_text_of(out.size() + 1);
    if (!item.is_object()) return invalid(which + " is no object");
    for (const std::string_view key : {"name", "definition", "example"}) {
      const Doc* value = json::find(item, key);
      if (value != nullptr && !value->is_string() && !value->is_null())
        return invalid(which + ": " + std::string(key) + " is no text");
    }
    const auto text = [&](std::string_view key) { return json::get_string(item, key).value_or(""); };
    ModeDefinition mode{std::string(trimmed(text("name"))), text("definition"), text("example")};
    if (const Status status = validate_mode(mode); !status.ok()) return invalid(which + ": " + status.error().what);
    if (std::any_of(out.begin(), out.end(), [&](const ModeDefinition& m) { return m.name == mode.name; }))
      return invalid(which + ": " + std::string(utf8_prefix(mode.name, 60)) + " is there twice");
    out.push_back(std::move(mode));
  }
  return out;
}

bool looks_like_codebook_file(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  head = trimmed(head);
  if (!head.starts_with('{')) return false;
  head = trimmed(head.substr(1));
  return head.starts_with("\"failure_modes\"");
}

}  // namespace assay::review
