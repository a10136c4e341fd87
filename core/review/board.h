// Board: the label schemas and review queues in force, as a fold of the journal.
//
// Event kinds and payloads (version 1):
//   schema.define   {"schema": {… label_schema.h …}}             a new one, or a new definition under its name
//   schema.retire   {"name"}                                     no longer asked; its labels stay
//   queue.create    {"queue_id", "name", "schemas": [names], "traces": [ids], "spans"?: [ids], "blind", "source": {…}}
//                   `spans`, as many as traces: the items are these spans of those traces
//   queue.archive   {"queue_id"}
//   queue.item      {"queue_id", "trace_id", "span_id"?, "state", "spent_ms"}   of the event's author
//
// The state of an item belongs to a reviewer (the event's author): each reviewer works through the whole queue, and
// none sees another's progress as his own. The later event counts; `spent_ms` adds up.
// An event that cannot be applied (an unknown queue, a trace that is not in it) changes nothing and is counted.
//
// The journal is the truth, this class a cache of it: sync() takes in what came since the last call. Undone
// transactions have no effect. Nothing here knows which traces are loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/journal/journal.h"
#include "core/review/label_schema.h"

namespace assay::review {

constexpr std::string_view kSchemaDefine = "schema.define";
constexpr std::string_view kSchemaRetire = "schema.retire";
constexpr std::string_view kQueueCreate = "queue.create";
constexpr std::string_view kQueueArchive = "queue.archive";
constexpr std::string_view kQueueItem = "queue.item";
constexpr int kReviewEventVersion = 1;
constexpr size_t kMaxQueueItems = 200'000;

struct SchemaEntry {
  LabelSchema schema;
  std::string hash;       // definition_hash(schema)
  uint32_t version = 1;   // counts definitions that differ, in the journal's order
  int64_t changed_ms = 0;
  std::string author;     // of the definition in force
  bool retired = false;
};

enum class ItemState : uint8_t { Pending, Complete, Declined, Deferred };
std::string_view item_state_name(ItemState state);  // "pending", "complete", …
std::optional<ItemState> parse_item_state(std::string_view name);

struct ItemWork {
  ItemState state = ItemState::Pending;
  int64_t spent_ms = 0;    // before the screen, all visits
  int64_t changed_ms = 0;  // 0: never
};

struct ReviewerWork {
  std::string reviewer;
  std::vector<ItemWork> items;  // by position in the queue
};

// Where the items of a queue came from, for people and for statistics (a random sample allows to speak of all).
struct QueueSource {
  enum class Kind : uint8_t { Selected, Matching, Sample, Stale, Spans } kind = Kind::Selected;
  std::string query;
  std::string spans;        // what was asked of the spans, in the filter's language
  uint64_t seed = 0;
  uint32_t population = 0;  // of which a sample was drawn
};
std::string_view queue_source_name(QueueSource::Kind kind);

// What an item is known by: the trace's id, or "trace#span".
std::string item_key(std::string_view trace_id, std::string_view span_id);

struct Queue {
  std::string queue_id, name, author;
  int64_t created_ms = 0;
  std::vector<std::string> schemas;    // names
  std::vector<std::string> trace_ids;  // by item; each once, but where the items are spans
  std::vector<std::string> span_ids;   // … and the item's span; empty: the items are whole traces
  bool blind = true;
  QueueSource source;
  bool archived = false;
  std::vector<ReviewerWork> work;  // by first appearance

  bool of_spans() const { return !span_ids.empty(); }
  std::string_view span_id(uint32_t position) const { return of_spans() ? std::string_view(span_ids[position]) : std::string_view(); }
  std::string key(uint32_t position) const;  // of an item: item_key()
  std::optional<uint32_t> position_of(std::string_view item_key) const;
  const ReviewerWork* work_of(std::string_view reviewer) const;  // nullptr: nothing yet
  ItemWork item(std::string_view reviewer, uint32_t position) const;

  std::unordered_map<std::string, uint32_t> positions;  // by key
};

struct QueueProgress {
  uint32_t total = 0, complete = 0, declined = 0, deferred = 0;
  int64_t spent_ms = 0;  // on completed ones
  uint32_t pending() const { return total - complete - declined - deferred; }
  uint32_t done() const { return complete + declined; }
};
QueueProgress progress_of(const Queue& queue, std::string_view reviewer);

// The next one that waits for the reviewer, after position `after` and round to its beginning (-1: from the start);
// when none is pending, the one that was put off the longest ago, other than `after` if there is another. Nothing:
// the queue is done.
std::optional<uint32_t> next_open_item(const Queue& queue, std::string_view reviewer, int64_t after);

class Board {
 public:
  // The journal must outlive this object.
  explicit Board(const journal::Journal& journal) : journal_(journal) {}

  // Call after every append, load, undo and redo. True when something changed.
  bool sync();
  uint64_t generation() const { return generation_; }  // grows with every change

  const std::vector<SchemaEntry>& schemas() const { return schemas_; }  // by first definition; retired ones too
  const SchemaEntry* find_schema(std::string_view name) const;
  const std::vector<Queue>& queues() const { return queues_; }  // by creation; archived ones too
  const Queue* find_queue(std::string_view queue_id) const;
  uint64_t ignored_events() const { return ignored_; }  // that could not be applied, or are of a newer version

 private:
  void apply(uint32_t index);
  void define(const journal::EventView& event);
  void create(const journal::EventView& event);
  void work(const journal::EventView& event);

  const journal::Journal& journal_;
  size_t events_seen_ = 0;
  std::vector<uint32_t> events_;  // of these kinds, in the fold's order
  std::vector<uint32_t> reverted_seen_;
  std::vector<SchemaEntry> schemas_;
  std::vector<Queue> queues_;
  uint64_t generation_ = 0, ignored_ = 0;
};

// "" is "default", as in the assessments.
std::string_view reviewer_name(std::string_view author);

// --- Events ---
journal::NewEvent schema_define_event(const LabelSchema& schema);
journal::NewEvent schema_retire_event(std::string_view name);
// Errors: no name, no schema, no trace, too many.
Result<journal::NewEvent> queue_create_event(const Queue& queue);
journal::NewEvent queue_archive_event(std::string_view queue_id);
journal::NewEvent queue_item_event(std::string_view queue_id, std::string_view trace_id, ItemState state,
                                   int64_t spent_ms, std::string_view span_id = {});

// `size` different numbers below `population`, drawn at random for `seed`, in the order drawn (so that the first few
// are a sample too). All of them, in order drawn, when size >= population.
std::vector<uint32_t> random_sample(uint32_t population, uint32_t size, uint64_t seed);

}  // namespace assay::review
