#include "core/annot/tags.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/writer.h"

namespace assay::annot {
namespace {

constexpr size_t kMaxKeyChars = 250, kMaxValueChars = 8000;

bool is_tag_event(std::string_view kind) { return kind == kTagSet || kind == kTagDelete; }

size_t count_chars(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

journal::NewEvent event_of(std::string_view kind, std::string_view trace_id, std::string_view key, const std::string_view* value) {
  std::string payload;
  json::Writer w(payload);
  w.begin_object();
  w.member("trace_id", trace_id);
  w.member("key", key);
  if (value != nullptr) w.member("value", *value);
  w.end_object();
  return {std::string(kind), std::move(payload), kTagEventVersion};
}

}  // namespace

Status check_tag(std::string_view key, std::string_view value) {
  const auto refuse = [](std::string what) { return make_error(ErrorCode::InvalidParameter, std::move(what)); };
  if (trimmed(key).empty()) return refuse("A tag needs a name");
  if (key.starts_with("mlflow.")) return refuse("Tags that begin with mlflow. are MLflow's own and cannot be changed");
  if (count_chars(key) > kMaxKeyChars) return refuse("The name of a tag has at most 250 characters");
  if (count_chars(value) > kMaxValueChars) return refuse("The value of a tag has at most 8,000 characters");
  if (!is_valid_utf8(key) || !is_valid_utf8(value)) return refuse("The tag is no valid UTF-8");
  return ok_status();
}

Result<journal::NewEvent> tag_set_event(std::string_view trace_id, std::string_view key, std::string_view value) {
  ASSAY_TRY(check_tag(key, value));
  return event_of(kTagSet, trace_id, key, &value);
}
journal::NewEvent tag_delete_event(std::string_view trace_id, std::string_view key) {
  return event_of(kTagDelete, trace_id, key, nullptr);
}

void TraceTags::sync() {
  bool again = false;
  const size_t known = events_.size();
  for (; events_seen_ < journal_.count(); ++events_seen_) {
    const auto index = static_cast<uint32_t>(events_seen_);
    if (is_tag_event(journal_.at(index).kind)) events_.push_back(index);
  }
  if (events_.empty()) return;
  if (events_.size() != known) {
    std::sort(events_.begin(), events_.end(), [this](uint32_t a, uint32_t b) { return journal_.is_before(a, b); });
    again = true;
  }
  if (journal_.reverted_txn_keys() != reverted_seen_) {
    reverted_seen_ = journal_.reverted_txn_keys();
    again = true;
  }
  if (again) fold();
  // What is no longer changed goes back to what was imported.
  for (auto at = applied_.begin(); at != applied_.end();) {
    const bool gone = !changes_.contains(at->first);
    if (gone) apply(at->first, {});
    at = gone ? applied_.erase(at) : std::next(at);
  }
  for (const auto& [trace_id, changes] : changes_) {
    const auto before = applied_.find(trace_id);
    if (before != applied_.end() && before->second == changes) continue;
    if (apply(trace_id, changes)) applied_[trace_id] = changes;
  }
}

void TraceTags::fold() {
  changes_.clear();
  ignored_ = 0;
  for (const uint32_t index : events_) {
    if (journal_.is_event_reverted(index)) continue;
    const journal::EventView event = journal_.at(index);
    const Result<json::Doc> payload = json::parse_doc(event.payload_json);
    const auto text = [&](std::string_view key) {
      return payload.ok() ? json::get_string(payload.value(), key) : std::optional<std::string>();
    };
    const auto trace_id = text("trace_id"), key = text("key"), value = text("value");
    const bool sets = event.kind == kTagSet;
    if (event.version > kTagEventVersion || !trace_id || !key || (sets && !value) || !check_tag(*key, value.value_or("")).ok()) {
      ++ignored_;
      continue;
    }
    changes_[*trace_id][*key] = sets ? value : std::nullopt;
  }
}

// False: the trace is not loaded.
bool TraceTags::apply(const std::string& trace_id, const Changes& changes) {
  const std::optional<store::TraceRow> row = dataset_.find_trace(trace_id);
  if (!row) return false;
  std::vector<std::pair<std::string, std::string>> tags;
  uint32_t count = 0;
  const store::KeyValues imported = dataset_.imported_tags(*row, count);
  const store::TextScope scope(dataset_);
  std::string scratch;
  for (uint32_t i = 0; i < count; ++i) {
    const std::string key(dataset_.name_text(imported[i].key));
    if (!changes.contains(key)) tags.emplace_back(key, dataset_.text_now(imported[i].value, scratch));
  }
  bool differs = false;
  for (const auto& [key, value] : changes) {
    differs = true;
    if (value) tags.emplace_back(key, *value);
  }
  dataset_.set_tags(*row, differs ? &tags : nullptr);
  return true;
}

}  // namespace assay::annot
