#include "core/review/board.h"

#include <algorithm>

#include "core/annot/draft.h"
#include "core/base/ordering.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/writer.h"

namespace assay::review {
namespace {

using journal::EventView;
using journal::NewEvent;
using json::Doc;

constexpr std::string_view kStates[] = {"pending", "complete", "declined", "deferred"};
constexpr std::string_view kSources[] = {"selected", "matching", "sample", "stale", "spans"};
constexpr int64_t kMaxSpentMs = 24 * 3600 * 1000;  // a longer visit is a tab left open

bool is_review_event(std::string_view kind) {
  return kind == kSchemaDefine || kind == kSchemaRetire || kind == kQueueCreate || kind == kQueueArchive ||
         kind == kQueueItem;
}

NewEvent event_of(std::string_view kind, std::string payload) {
  return {std::string(kind), std::move(payload), kReviewEventVersion};
}

std::vector<std::string> texts_of(const Doc* list) {
  std::vector<std::string> out;
  if (list == nullptr || !list->is_array()) return out;
  for (const Doc& item : *list)
    if (const auto* text = item.get_ptr<const Doc::string_t*>()) out.push_back(*text);
  return out;
}

Error invalid(std::string what) { return make_error(ErrorCode::InvalidParameter, std::move(what)); }

}  // namespace

std::string_view item_state_name(ItemState state) { return kStates[static_cast<size_t>(state)]; }

std::optional<ItemState> parse_item_state(std::string_view name) {
  for (size_t i = 0; i < std::size(kStates); ++i)
    if (kStates[i] == name) return static_cast<ItemState>(i);
  return std::nullopt;
}

std::string_view queue_source_name(QueueSource::Kind kind) { return kSources[static_cast<size_t>(kind)]; }

std::string_view reviewer_name(std::string_view author) {
  return author.empty() ? annot::kDefaultSourceId : author;
}

std::string item_key(std::string_view trace_id, std::string_view span_id) {
  std::string key(trace_id);
  if (!span_id.empty()) key.append("#").append(span_id);
  return key;
}

std::string Queue::key(uint32_t position) const { return item_key(trace_ids[position], span_id(position)); }

std::optional<uint32_t> Queue::position_of(std::string_view item_key) const {
  const auto it = positions.find(std::string(item_key));
  if (it == positions.end()) return std::nullopt;
  return it->second;
}

const ReviewerWork* Queue::work_of(std::string_view reviewer) const {
  for (const ReviewerWork& w : work)
    if (w.reviewer == reviewer) return &w;
  return nullptr;
}

ItemWork Queue::item(std::string_view reviewer, uint32_t position) const {
  const ReviewerWork* w = work_of(reviewer);
  return w != nullptr && position < w->items.size() ? w->items[position] : ItemWork{};
}

QueueProgress progress_of(const Queue& queue, std::string_view reviewer) {
  QueueProgress progress;
  progress.total = static_cast<uint32_t>(queue.trace_ids.size());
  const ReviewerWork* w = queue.work_of(reviewer);
  if (w == nullptr) return progress;
  for (const ItemWork& item : w->items) {
    switch (item.state) {
      case ItemState::Pending: break;
      case ItemState::Complete:
        ++progress.complete;
        progress.spent_ms += item.spent_ms;
        break;
      case ItemState::Declined: ++progress.declined; break;
      case ItemState::Deferred: ++progress.deferred; break;
    }
  }
  return progress;
}

std::optional<uint32_t> next_open_item(const Queue& queue, std::string_view reviewer, int64_t after) {
  const auto total = static_cast<int64_t>(queue.trace_ids.size());
  const ReviewerWork* w = queue.work_of(reviewer);
  const auto item = [&](int64_t at) { return w == nullptr ? ItemWork{} : w->items[static_cast<size_t>(at)]; };
  for (int64_t step = 1; step <= total; ++step) {
    const int64_t at = (after + step) % total;
    if (at != after && item(at).state == ItemState::Pending) return static_cast<uint32_t>(at);
  }
  if (after >= 0 && after < total && item(after).state == ItemState::Pending) return static_cast<uint32_t>(after);
  std::optional<uint32_t> best;
  for (int64_t at = 0; at < total; ++at) {
    if (item(at).state != ItemState::Deferred || at == after) continue;
    if (!best || item(at).changed_ms < item(*best).changed_ms) best = static_cast<uint32_t>(at);
  }
  if (!best && after >= 0 && after < total && item(after).state == ItemState::Deferred)
    return static_cast<uint32_t>(after);
  return best;
}

// --- The fold -------------------------------------------------------------------------------------

bool Board::sync() {
  bool again = false;
  const size_t known = events_.size();
  for (; events_seen_ < journal_.count(); ++events_seen_) {
    const auto index = static_cast<uint32_t>(events_seen_);
    if (!is_review_event(journal_.at(index).kind)) continue;
    if (!events_.empty() && journal_.is_before(index, events_.back())) again = true;
    events_.push_back(index);
  }
  if (again)
    std::sort(events_.begin(), events_.end(), [this](uint32_t a, uint32_t b) { return journal_.is_before(a, b); });
  const std::vector<uint32_t>& reverted = journal_.reverted_txn_keys();
  if (reverted != reverted_seen_) {
    reverted_seen_ = reverted;
    again = true;
  }
  if (!again && events_.size() == known) return false;
  if (again) {
    schemas_.clear();
    queues_.clear();
    ignored_ = 0;
  }
  for (size_t i = again ? 0 : known; i < events_.size(); ++i) apply(events_[i]);
  ++generation_;
  return true;
}

void Board::apply(uint32_t index) {
  if (journal_.is_event_reverted(index)) return;
  const EventView event = journal_.at(index);
  if (event.version > kReviewEventVersion) {
    ++ignored_;
    return;
  }
  if (event.kind == kSchemaDefine) return define(event);
  if (event.kind == kQueueCreate) return create(event);
  if (event.kind == kQueueItem) return work(event);
  Result<Doc> payload = json::parse_doc(event.payload_json);
  if (payload.ok() && event.kind == kSchemaRetire) {
    const std::string name = json::get_string(payload.value(), "name").value_or("");
    for (SchemaEntry& entry : schemas_) {
      if (entry.schema.name != name) continue;
      entry.retired = true;
      return;
    }
  } else if (payload.ok()) {
    const std::string id = json::get_string(payload.value(), "queue_id").value_or("");
    for (Queue& queue : queues_) {
      if (queue.queue_id != id) continue;
      queue.archived = true;
      return;
    }
  }
  ++ignored_;
}

void Board::define(const EventView& event) {
  Result<Doc> payload = json::parse_doc(event.payload_json);
  const Doc* doc = payload.ok() ? json::find(payload.value(), "schema") : nullptr;
  Result<LabelSchema> schema = doc != nullptr ? decode_schema(json::dump(*doc))
                                              : Result<LabelSchema>(invalid("no schema"));
  if (!schema.ok()) {
    ++ignored_;
    return;
  }
  const std::string hash = definition_hash(schema.value());
  for (SchemaEntry& entry : schemas_) {
    if (entry.schema.name != schema.value().name) continue;
    if (entry.hash != hash) ++entry.version;
    entry.schema = std::move(schema).value();
    entry.hash = hash;
    entry.changed_ms = event.time_ms;
    entry.author = event.author;
    entry.retired = false;
    return;
  }
  SchemaEntry entry;
  entry.schema = std::move(schema).value();
  entry.hash = hash;
  entry.changed_ms = event.time_ms;
  entry.author = event.author;
  schemas_.push_back(std::move(entry));
}

void Board::create(const EventView& event) {
  Result<Doc> payload = json::parse_doc(event.payload_json);
  if (!payload.ok()) {
    ++ignored_;
    return;
  }
  const Doc& doc = payload.value();
  Queue queue;
  queue.queue_id = json::get_string(doc, "queue_id").value_or("");
  queue.name = json::get_string(doc, "name").value_or("");
  queue.author = event.author;
  queue.created_ms = event.time_ms;
  queue.schemas = texts_of(json::find(doc, "schemas"));
  queue.blind = json::get_bool(doc, "blind").value_or(true);
  std::vector<std::string> traces = texts_of(json::find(doc, "traces"));
  const std::vector<std::string> spans = texts_of(json::find(doc, "spans"));
  if (queue.queue_id.empty() || traces.size() > kMaxQueueItems || (!spans.empty() && spans.size() != traces.size()) ||
      std::find(spans.begin(), spans.end(), "") != spans.end() || find_queue(queue.queue_id) != nullptr) {
    ++ignored_;
    return;
  }
  for (size_t i = 0; i < traces.size(); ++i) {
    const std::string key = item_key(traces[i], spans.empty() ? std::string_view() : std::string_view(spans[i]));
    if (!queue.positions.emplace(key, static_cast<uint32_t>(queue.trace_ids.size())).second) continue;
    queue.trace_ids.push_back(std::move(traces[i]));
    if (!spans.empty()) queue.span_ids.push_back(spans[i]);
  }
  if (const Doc* source = json::find(doc, "source")) {
    const std::string kind = json::get_string(*source, "kind").value_or("");
    for (size_t i = 0; i < std::size(kSources); ++i)
      if (kSources[i] == kind) queue.source.kind = static_cast<QueueSource::Kind>(i);
    queue.source.query = json::get_string(*source, "query").value_or("");
    queue.source.spans = json::get_string(*source, "spans").value_or("");
    queue.source.seed = static_cast<uint64_t>(json::get_int(*source, "seed").value_or(0));
    queue.source.population = static_cast<uint32_t>(
        std::clamp<int64_t>(json::get_int(*source, "population").value_or(0), 0, UINT32_MAX));
  }
  queues_.push_back(std::move(queue));
}

void Board::work(const EventView& event) {
  Result<Doc> payload = json::parse_doc(event.payload_json);
  const Doc doc = payload.ok() ? std::move(payload).value() : Doc();
  const std::string id = json::get_string(doc, "queue_id").value_or("");
  const auto it = std::find_if(queues_.begin(), queues_.end(), [&](const Queue& q) { return q.queue_id == id; });
  const std::optional<ItemState> state = parse_item_state(json::get_string(doc, "state").value_or(""));
  const std::optional<uint32_t> at = it == queues_.end() ? std::nullopt
                                                         : it->position_of(item_key(
                                                               json::get_string(doc, "trace_id").value_or(""),
                                                               json::get_string(doc, "span_id").value_or("")));
  if (!at || !state) {
    ++ignored_;
    return;
  }
  const std::string_view reviewer = reviewer_name(event.author);
  auto found = std::find_if(it->work.begin(), it->work.end(),
                            [&](const ReviewerWork& w) { return w.reviewer == reviewer; });
  if (found == it->work.end()) {
    it->work.push_back({std::string(reviewer), std::vector<ItemWork>(it->trace_ids.size())});
    found = std::prev(it->work.end());
  }
  ItemWork& item = found->items[*at];
  item.state = *state;
  item.changed_ms = event.time_ms;
  item.spent_ms += std::clamp<int64_t>(json::get_int(doc, "spent_ms").value_or(0), 0, kMaxSpentMs);
}

const SchemaEntry* Board::find_schema(std::string_view name) const {
  for (const SchemaEntry& entry : schemas_)
    if (entry.schema.name == name) return &entry;
  return nullptr;
}

const Queue* Board::find_queue(std::string_view queue_id) const {
  for (const Queue& queue : queues_)
    if (queue.queue_id == queue_id) return &queue;
  return nullptr;
}

// --- Events ---------------------------------------------------------------------------------------

NewEvent schema_define_event(const LabelSchema& schema) {
  return event_of(kSchemaDefine, "{\"schema\":" + encode_schema(schema) + "}");
}

NewEvent schema_retire_event(std::string_view name) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("name", name);
  w.end_object();
  return event_of(kSchemaRetire, std::move(out));
}

Result<NewEvent> queue_create_event(const Queue& queue) {
  if (trimmed(queue.name).empty()) return invalid("A review queue needs a name");
  if (queue.schemas.empty()) return invalid("Choose at least one question for the review queue");
  if (queue.trace_ids.empty()) return invalid("There are no traces for the review queue: select some or change the query");
  if (queue.trace_ids.size() > kMaxQueueItems)
    return invalid("A review queue holds at most 200,000 traces: draw a sample instead");
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("queue_id", queue.queue_id);
  w.member("name", queue.name);
  w.key("schemas");
  w.begin_array();
  for (const std::string& name : queue.schemas) w.string(name);
  w.end_array();
  w.member_boolean("blind", queue.blind);
  w.key("source");
  w.begin_object();
  w.member("kind", queue_source_name(queue.source.kind));
  if (!queue.source.query.empty()) w.member("query", queue.source.query);
  if (!queue.source.spans.empty()) w.member("spans", queue.source.spans);
  if (queue.source.kind == QueueSource::Kind::Sample || queue.source.population > 0) {
    w.member_integer("seed", static_cast<int64_t>(queue.source.seed));
    w.member_integer("population", queue.source.population);
  }
  w.end_object();
  w.key("traces");
  w.begin_array();
  for (const std::string& id : queue.trace_ids) w.string(id);
  w.end_array();
  if (queue.of_spans()) {
    w.key("spans");
    w.begin_array();
    for (const std::string& id : queue.span_ids) w.string(id);
    w.end_array();
  }
  w.end_object();
  return event_of(kQueueCreate, std::move(out));
}

NewEvent queue_archive_event(std::string_view queue_id) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("queue_id", queue_id);
  w.end_object();
  return event_of(kQueueArchive, std::move(out));
}

NewEvent queue_item_event(std::string_view queue_id, std::string_view trace_id, ItemState state, int64_t spent_ms,
                          std::string_view span_id) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("queue_id", queue_id);
  w.member("trace_id", trace_id);
  if (!span_id.empty()) w.member("span_id", span_id);
  w.member("state", item_state_name(state));
  w.member_integer("spent_ms", std::clamp<int64_t>(spent_ms, 0, kMaxSpentMs));
  w.end_object();
  return event_of(kQueueItem, std::move(out));
}

std::vector<uint32_t> random_sample(uint32_t population, uint32_t size, uint64_t seed) {
  std::vector<uint32_t> all(population);
  for (uint32_t i = 0; i < population; ++i) all[i] = i;
  size = std::min(size, population);
  uint64_t state = seed;
  const auto next = [&state] {  // SplitMix64: the same sample on every machine
    uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  };
  for (uint32_t i = 0; i < size; ++i) std::swap(all[i], all[i + next() % (population - i)]);
  all.resize(size);
  return all;
}

}  // namespace assay::review
