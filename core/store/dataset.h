// Dataset: everything that was loaded. Owns the text (blobs that never move), the interned names, and
// the trace and span tables (one vector per field). Filled by core/ingest through the `add_…` calls,
// read by everyone else. Rows are positions inside one loaded data set; keys (trace id, span id) are
// what the journal and addresses use.
//
// Text: every loaded record stands contiguous in one blob. Columns hold places relative to it, or find them
// again when asked (the parts of a span). Much text (TextPolicy) is packed as soon as a blob is full, and
// unpacked piece by piece when it is read. A view of text is valid inside the innermost TextScope that was open
// when it was asked for; outside of any scope until the next let_go_texts() (Session calls it between frames) or
// another non-const call, whichever comes first. Whoever reads the texts of many rows opens a TextScope for each.
//
// Columns are meant to stay below 8 % of the text: 40 bytes a span, some 250 a trace. What is rare (ids that
// are no 8 bytes, times that do not fit, texts that stand elsewhere) is kept aside.
//
// Traces are unique by trace id: find_trace() and add_trace() see to it (the importer decides what a
// second record of the same id means and reports it).
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/string_pool.h"
#include "core/base/text_ref.h"
#include "core/base/time.h"
#include "core/store/assessment.h"
#include "core/store/column.h"
#include "core/store/packed_text.h"

namespace assay::store {

// How text is kept. Up to pack_from_bytes of it, counted by the sizes of the files, it stays as it is: 400 MB are read in
// twice as fast (docs/performance.md), and a tab has that much memory.
struct TextPolicy {
  uint64_t pack_from_bytes = 512'000'000;
  uint64_t unpacked_kept_bytes = TextCache::kKeptBytes;
  bool packs_all = false;  // for tests: also what gets no smaller
};
// For tests: of data sets that are made from now on without a policy of their own.
void set_default_text_policy(TextPolicy policy);
TextPolicy default_text_policy();

struct TraceRow {
  uint32_t v = 0;
  friend auto operator<=>(TraceRow, TraceRow) = default;
};
struct SpanRow {
  uint32_t v = 0;
  friend auto operator<=>(SpanRow, SpanRow) = default;
};
constexpr uint32_t kNoRow = 0xFFFFFFFF;

enum class TraceState : uint8_t { Unspecified, Ok, Error, InProgress };
std::string_view trace_state_name(TraceState state);  // "OK", "ERROR", "IN_PROGRESS", "STATE_UNSPECIFIED"
enum class SpanStatus : uint8_t { Unset, Ok, Error };
std::string_view span_status_name(SpanStatus status);  // "UNSET", "OK", "ERROR"

// Which writer's form a record has; exporters need it to splice or to upgrade (mlflow.md 1.1).
enum class RecordShape : uint8_t { TraceV3, TraceV2 };

struct KeyValue {
  StringId key;
  TextRef value;
};
struct Range {
  uint32_t begin = 0;
  uint32_t count = 0;
};

struct SourceFile {
  std::string name;
  uint64_t size_bytes = 0;
  std::string format;  // "MLflow trace JSON Lines", …
};

// A trace as the importer hands it over; the columns below keep the same fields.
struct TraceFields {
  uint32_t file = 0;
  RecordShape shape = RecordShape::TraceV3;
  TextRef record;             // the whole record, verbatim
  TextRef assessments;        // info.assessments, verbatim (the array), where present
  std::string_view trace_id;  // as shown by MLflow ("tr-…")
  TextRef client_request_id;
  int64_t request_time_ns = kNoTime;
  int64_t duration_ms = kNoTime;
  TraceState state = TraceState::Unspecified;
  StringId name;              // tag mlflow.traceName
  TextRef request_preview, response_preview;
  int64_t input_tokens = -1, output_tokens = -1, total_tokens = -1;  // -1 = unknown
  double cost_usd = -1;                                              // < 0 = unknown
  StringId session, user;     // metadata mlflow.trace.session / mlflow.trace.user, decoded
};

struct SpanFields {
  uint32_t parent_index = kNoRow;  // index among this trace's spans; kNoRow: none (or not there)
  bool is_orphan = false;          // names a parent that the trace does not hold
  uint64_t span_id = 0;            // the 8 bytes, big-endian; 0 when opaque_id is used
  StringId opaque_id;              // ids that are no 8 bytes
  StringId name;
  StringId model;                  // mlflow.llm.model, decoded; absent: no model was called
  StringId type;                   // decoded span type ("CHAT_MODEL"); absent: UNKNOWN
  SpanStatus status = SpanStatus::Unset;
  int64_t start_ns = kNoTime, end_ns = kNoTime;
  TextRef record;                  // the whole span, verbatim
  // The rest counts only where `record` is no part of the trace's record: else it is read from there when
  // it is asked for (span_pieces.h).
  TextRef attributes, events;      // the JSON object / array, verbatim
  TextRef inputs, outputs;         // values of mlflow.spanInputs / mlflow.spanOutputs; text() is JSON text
  TextRef status_message;
};

enum class TextStatus : uint8_t { Ready, Pending };
struct TextLookup {
  TextStatus status = TextStatus::Ready;
  std::string_view text;
};

class Dataset;

// Some metadata or tags of a trace; valid until the next non-const call on the data set.
class KeyValues {
 public:
  KeyValue operator[](uint32_t i) const;
  std::optional<TextRef> find(StringId key, uint32_t count) const;  // among the first `count`

 private:
  friend class Dataset;
  KeyValues(const Dataset& dataset, TraceRow row, uint32_t begin)
      : dataset_(&dataset), row_(row), begin_(begin) {}
  const Dataset* dataset_;
  TraceRow row_;
  uint32_t begin_;
};

class Dataset {
 public:
  explicit Dataset(TextPolicy policy = default_text_policy());
  ~Dataset();
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  // --- Filling (core/ingest only) -------------------------------------------------------------
  uint32_t add_file(SourceFile file);
  SourceFile& file(uint32_t index) { return files_[index]; }
  // Reserves `size_bytes` contiguous bytes in a blob and returns their place; the caller writes them
  // through blob_bytes() before anything reads them. At most 4 GB - 1 a piece.
  // Out of memory: the reference is not present().
  TextRef reserve_text(uint32_t size_bytes);
  // The same for a reader that fills and shrinks: what is left of the blob that was last shrunk when
  // that holds `at_least_bytes`, a new blob of `wanted_bytes` otherwise.
  TextRef reserve_window(uint32_t at_least_bytes, uint32_t wanted_bytes);
  char* writable_text(TextRef ref);
  // Gives back the tail of a reservation, which must be the latest in its blob.
  void shrink_last_reservation(TextRef ref, uint32_t used_bytes);
  // Whether windows are packed when they are left; then they had better be small.
  bool packs_text() const { return std::max(announced_bytes_, text_bytes_) >= policy_.pack_from_bytes; }
  StringPool& names() { return names_; }
  // Adds a trace and its spans, tags and metadata. Precondition: find_trace(trace_id) has no value.
  TraceRow add_trace(const TraceFields& trace, const std::vector<SpanFields>& spans,
                     const std::vector<KeyValue>& metadata, const std::vector<KeyValue>& tags,
                     std::vector<Assessment> assessments);
  // Ends the views that were taken outside of scopes. No scope may be open.
  void let_go_texts();
  // Forgets everything that was loaded. Rows, references and string ids of before are void.
  void clear();

  // --- Assessments in force (written by core/annot) ---------------------------------------------
  const std::vector<Assessment>& imported_assessments(TraceRow row) const { return imported_[row.v]; }
  bool assessments_changed(TraceRow row) const { return changed_[row.v] != nullptr; }
  const std::vector<Assessment>& assessments(TraceRow row) const {
    return changed_[row.v] != nullptr ? *changed_[row.v] : imported_[row.v];
  }
  void set_assessments(TraceRow row, std::vector<Assessment> assessments);
  // Tags in force of a trace (written by core/annot); nullptr: as they were imported.
  void set_tags(TraceRow row, const std::vector<std::pair<std::string, std::string>>* tags);
  uint64_t tags_generation() const { return tags_generation_; }  // grows with every set_tags
  bool tags_changed(TraceRow row) const { return imported_tags_.contains(row.v); }
  KeyValues imported_tags(TraceRow row, uint32_t& count) const;
  // Reading blind: what searches, sorts and counts looks only at what this person has said; "": at everything.
  // Kept by clear(). What computes (judges, statistics, exports) does not ask.
  void show_only_of(std::string_view person);
  const std::string& shown_person() const { return shown_person_; }
  bool shows(const Assessment& a) const {
    return shown_person_.empty() || (a.source_type == SourceType::Human && a.source_id == shown_person_);
  }
  // The record of a trace as it may be searched and shown: reading blind, what stands before its assessments and what
  // stands after them; else all of it and nothing.
  std::pair<std::string_view, std::string_view> shown_record(TraceRow row) const;
  // Grows with every set_assessments and every added trace: caches compare it.
  uint64_t revision() const { return revision_; }

  // --- Reading: files and traces -----------------------------------------------------------------
  const std::vector<SourceFile>& files() const { return files_; }
  uint32_t trace_count() const { return traces_.size(); }
  uint32_t span_count() const { return spans_.size(); }
  std::optional<TraceRow> find_trace(std::string_view trace_id) const;

  std::string_view trace_id(TraceRow r) const { return ids_.text_of(traces_[r.v].id); }
  uint32_t trace_file(TraceRow r) const { return traces_[r.v].file; }
  RecordShape shape(TraceRow r) const { return traces_[r.v].shape; }
  TextRef record(TraceRow r) const { return traces_[r.v].record(); }
  TextRef assessments_json(TraceRow r) const { return unpacked(r, traces_[r.v].assessments_json); }
  TextRef client_request_id(TraceRow r) const { return unpacked(r, traces_[r.v].client_request_id); }
  int64_t request_time_ns(TraceRow r) const { return traces_[r.v].request_time_ns; }
  int64_t duration_ms(TraceRow r) const { return traces_[r.v].duration_ms; }
  TraceState state(TraceRow r) const { return traces_[r.v].state; }
  StringId name(TraceRow r) const { return traces_[r.v].name; }
  TextRef request_preview(TraceRow r) const { return unpacked(r, traces_[r.v].request_preview); }
  TextRef response_preview(TraceRow r) const { return unpacked(r, traces_[r.v].response_preview); }
  int64_t input_tokens(TraceRow r) const { return traces_[r.v].input_tokens; }
  int64_t output_tokens(TraceRow r) const { return traces_[r.v].output_tokens; }
  int64_t total_tokens(TraceRow r) const { return traces_[r.v].total_tokens; }
  double cost_usd(TraceRow r) const { return traces_[r.v].cost_usd; }
  StringId session(TraceRow r) const { return traces_[r.v].session; }
  StringId user(TraceRow r) const { return traces_[r.v].user; }
  Range spans(TraceRow r) const { return traces_[r.v].spans; }  // begin: the first SpanRow
  // The models that its spans called, each once, in the order of the spans.
  std::span<const StringId> models(TraceRow r) const;
  // The metadata / tags of a trace, and how many.
  KeyValues metadata(TraceRow r, uint32_t& count) const;
  KeyValues tags(TraceRow r, uint32_t& count) const;
  std::optional<TextRef> find_metadata(TraceRow r, std::string_view key) const;
  std::optional<TextRef> find_tag(TraceRow r, std::string_view key) const;
  // The first span in list order without a parent (MLflow's root rule).
  std::optional<SpanRow> root_span(TraceRow r) const;

  // --- Reading: spans ------------------------------------------------------------------------------
  TraceRow trace_of(SpanRow s) const;
  uint32_t parent(SpanRow s) const { return spans_[s.v].parent; }  // a SpanRow's number, or kNoRow
  bool is_orphan(SpanRow s) const { return (spans_[s.v].flags & kOrphan) != 0; }
  std::string span_id(SpanRow s) const;  // 16 hex digits, or the opaque id
  std::optional<SpanRow> find_span(TraceRow r, std::string_view span_id) const;
  StringId span_name(SpanRow s) const { return spans_[s.v].name; }
  StringId span_type(SpanRow s) const {
    const SpanCells& cells = spans_[s.v];
    return (cells.flags & kOdd) != 0 ? odd_span(s).type : types_[cells.type];
  }
  // Whether a span of what is loaded may be of this type; false: none is.
  bool has_span_type(std::string_view type) const;
  SpanStatus span_status(SpanRow s) const { return spans_[s.v].status; }
  int64_t span_start_ns(SpanRow s) const { return spans_[s.v].start_ns; }
  int64_t span_end_ns(SpanRow s) const {
    const SpanCells& cells = spans_[s.v];
    if ((cells.flags & kOdd) != 0) return odd_span(s).end_ns;
    const uint64_t duration_ns = static_cast<uint64_t>(cells.duration_high) << 32 | cells.duration_low;
    return duration_ns == kNoDuration ? kNoTime : cells.start_ns + static_cast<int64_t>(duration_ns);
  }
  TextRef span_record(SpanRow s) const;
  // Whether everything of its spans is read from within record(r).
  bool spans_are_inside(TraceRow r) const;
  // Found by running over the span's text (about 1 GB/s); the last span asked for is remembered.
  TextRef span_attributes(SpanRow s) const { return span_texts(s).attributes; }
  TextRef span_events(SpanRow s) const { return span_texts(s).events; }
  TextRef span_inputs(SpanRow s) const { return span_texts(s).inputs; }
  TextRef span_outputs(SpanRow s) const { return span_texts(s).outputs; }
  TextRef span_status_message(SpanRow s) const { return span_texts(s).status_message; }

  // --- Reading: text ---------------------------------------------------------------------------------
  // The bytes as they stand in the file.
  std::string_view raw(TextRef ref) const;
  // The text: unescaped into `scratch` where needed. Pending is for text that is not resident (a later
  // storage policy); callers draw a placeholder and ask again.
  TextLookup text(TextRef ref, std::string& scratch) const;
  // False: a text with these trigrams does not stand in the bytes of `ref`, which is known of packed text without
  // unpacking it.
  bool may_hold(TextRef ref, const Trigrams& wanted) const;
  // Which of the short values of tags and metadata this is; absent: its text is not kept once for all that have it, or
  // must be unescaped. Ids count from 1 to value_count() - 1.
  StringId value_id(TextRef ref) const {
    return ref.blob == kPoolBlob && ref.form != TextForm::EscapedString ? StringId{ref.offset_bytes} : StringId{};
  }
  size_t value_count() const { return values_.count(); }
  // For work that may not meet Pending (all text is resident today).
  std::string_view text_now(TextRef ref, std::string& scratch) const;
  std::string_view name_text(StringId id) const { return names_.text_of(id); }
  const StringPool& names() const { return names_; }

  // text_bytes: what its blobs take now, packed or not, and what is unpacked.
  struct Memory {
    uint64_t text_bytes, columns_bytes, names_bytes, assessments_bytes;
  };
  Memory memory() const;

 private:
  friend class KeyValues;
  friend class TextScope;
  struct Blob;
  void seal(Blob& blob);
  TextRef take(uint32_t blob, uint32_t size_bytes);
  bool add_blob(uint32_t capacity_bytes);

  // A TextRef relative to the beginning of its trace's record; kElsewhere: the offset is an index in
  // elsewhere_.
  struct PackedRef {
    uint32_t offset_bytes = 0;
    uint32_t size_and_form = 0;  // size << 2 | form
  };
  static constexpr uint32_t kElsewhere = 0xFFFFFFFF;
  // … and of values in values_: the offset is a StringId.
  static constexpr uint32_t kPooled = 0xFFFFFFF0;
  static constexpr uint32_t kPoolBlob = 0xFFFFFFFE;  // TextRef::blob of these
  struct TraceCells {
    int64_t request_time_ns, duration_ms;
    int64_t input_tokens, output_tokens, total_tokens;
    double cost_usd;
    StringId id, name, session, user;
    uint32_t file;
    uint32_t record_blob, record_offset, record_size;
    PackedRef assessments_json, client_request_id, request_preview, response_preview;
    Range spans;
    uint32_t key_values_begin, metadata_count, tags_count;
    uint32_t model_set;  // index in model_sets_
    TextForm record_form;
    RecordShape shape;
    TraceState state;
    TextRef record() const { return {record_blob, record_offset, record_size, record_form}; }
  };
  struct PairCells {
    StringId key;
    PackedRef value;
  };
  // Flags of a span.
  static constexpr uint8_t kOrphan = 1;
  static constexpr uint8_t kOpaqueId = 2;   // `id` is a StringId
  static constexpr uint8_t kOdd = 4;        // its whole SpanFields are in odd_spans_
  static constexpr uint64_t kNoDuration = 0xFF'FFFF'FFFF;
  struct SpanCells {
    int64_t start_ns;
    uint64_t id;
    StringId name;
    uint32_t parent;
    uint32_t record_offset, record_size;  // from the beginning of the trace's record
    uint32_t duration_low;                // the lower 32 of 40 bits, in ns; all of them set: no end
    uint8_t duration_high;
    uint8_t type;                         // index in types_
    SpanStatus status;
    uint8_t flags;
  };
  struct OddSpan {
    uint32_t row;
    SpanFields fields;
  };
  struct SpanTexts {
    TextRef attributes, events, inputs, outputs, status_message;
  };
  static TextRef part_of(TextRef record, uint32_t offset_bytes, uint32_t size_bytes, TextForm form);
  PackedRef packed(TextRef record, TextRef ref);
  PackedRef pooled(TextRef record, const KeyValue& pair);
  void note_ends(const TraceFields& trace, const std::vector<SpanFields>& spans);
  TextRef unpacked(TraceRow row, PackedRef ref) const;
  void add_pairs(TextRef record, const std::vector<KeyValue>& pairs);
  uint32_t model_set_of(const std::vector<SpanFields>& spans);
  void add_span(const TraceCells& trace, const SpanFields& span, uint32_t first_span);
  bool set_type(SpanCells& cells, StringId type);
  const SpanFields& odd_span(SpanRow s) const;
  const SpanTexts& span_texts(SpanRow s) const;

  TextPolicy policy_;
  uint64_t announced_bytes_ = 0;  // of all files, as far as their sizes are known
  uint64_t text_bytes_ = 0;       // that were ever reserved and not given back
  mutable TextCache cache_;
  std::vector<char*> spare_;      // memory of blobs that were packed, for the next ones
  uint32_t spare_bytes_ = 0;      // of each
  std::vector<std::unique_ptr<Blob>> blobs_;
  uint32_t small_blob_ = kNoRow;  // where small texts go
  uint32_t tail_blob_ = kNoRow;   // the blob that was last shrunk
  uint32_t next_blob_bytes_ = 0;
  std::vector<SourceFile> files_;
  StringPool names_;
  StringPool ids_;
  StringPool values_;  // short tags and metadata, as they stand in the file: what facets and filters read
  std::vector<uint32_t> distinct_values_;  // by key: how many of values_ came with it; kNoRow: not seen yet
  Column<uint32_t> row_by_id_;  // trace id's StringId → row
  std::string shown_person_;
  uint64_t tags_generation_ = 0;
  std::map<uint32_t, Range> imported_tags_;  // of rows whose tags were changed: where all their pairs stood, and how many tags
  uint64_t revision_ = 0;

  Column<TraceCells> traces_;
  Column<PairCells> key_values_;
  Column<SpanCells> spans_;
  std::vector<TextRef> elsewhere_;
  std::vector<StringId> types_;     // at most 255
  std::vector<std::vector<StringId>> model_sets_;  // most traces share one of a few
  std::vector<StringId> found_models_;             // working memory of add_trace()
  std::vector<OddSpan> odd_spans_;  // by row
  Column<std::vector<Assessment>> imported_;
  Column<std::unique_ptr<std::vector<Assessment>>> changed_;  // null: in force as imported
  mutable uint32_t last_trace_ = 0;       // what trace_of() found last
  mutable uint32_t last_span_ = kNoRow;   // whose texts last_texts_ are
  mutable SpanTexts last_texts_;
};

// What is read of a data set's texts while this exists is let go of when it ends. Scopes nest like the blocks they
// stand in.
class TextScope {
 public:
  explicit TextScope(const Dataset& dataset) : cache_(dataset.cache_), mark_(cache_.open_scope()) {}
  ~TextScope() { cache_.close_scope(mark_); }
  TextScope(const TextScope&) = delete;
  TextScope& operator=(const TextScope&) = delete;

 private:
  TextCache& cache_;
  size_t mark_;
};

}  // namespace assay::store
