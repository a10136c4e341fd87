// Dataset: everything that was loaded. Owns the text (blobs that never move), the interned names, and
// the trace and span tables (one vector per field). Filled by core/ingest through the `add_…` calls,
// read by everyone else. Rows are positions inside one loaded data set; keys (trace id, span id) are
// what the journal and addresses use.
//
// Text: every loaded record stands contiguous in one blob. Columns hold TextRefs into it. A view that
// text() returns is valid until the next non-const call, and never across a step() or a frame.
//
// Traces are unique by trace id: find_trace() and add_trace() see to it (the importer decides what a
// second record of the same id means and reports it).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/string_pool.h"
#include "core/base/text_ref.h"
#include "core/base/time.h"
#include "core/store/assessment.h"

namespace assay::store {

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
  StringId type;                   // decoded span type ("CHAT_MODEL"); absent: UNKNOWN
  SpanStatus status = SpanStatus::Unset;
  int64_t start_ns = kNoTime, end_ns = kNoTime;
  TextRef record;                  // the whole span, verbatim
  TextRef attributes, events;      // the JSON object / array, verbatim
  TextRef inputs, outputs;         // values of mlflow.spanInputs / mlflow.spanOutputs; text() is JSON text
  TextRef status_message;
};

enum class TextStatus : uint8_t { Ready, Pending };
struct TextLookup {
  TextStatus status = TextStatus::Ready;
  std::string_view text;
};

class Dataset {
 public:
  Dataset();
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
  StringPool& names() { return names_; }
  // Adds a trace and its spans, tags and metadata. Precondition: find_trace(trace_id) has no value.
  TraceRow add_trace(const TraceFields& trace, const std::vector<SpanFields>& spans,
                     const std::vector<KeyValue>& metadata, const std::vector<KeyValue>& tags,
                     std::vector<Assessment> assessments);
  // Forgets everything that was loaded. Rows, references and string ids of before are void.
  void clear();

  // --- Assessments in force (written by core/annot) ---------------------------------------------
  const std::vector<Assessment>& imported_assessments(TraceRow row) const { return imported_[row.v]; }
  const std::vector<Assessment>& assessments(TraceRow row) const { return in_force_[row.v]; }
  void set_assessments(TraceRow row, std::vector<Assessment> assessments);
  // Grows with every set_assessments and every added trace: caches compare it.
  uint64_t revision() const { return revision_; }

  // --- Reading: files and traces -----------------------------------------------------------------
  const std::vector<SourceFile>& files() const { return files_; }
  uint32_t trace_count() const { return static_cast<uint32_t>(trace_id_.size()); }
  uint32_t span_count() const { return static_cast<uint32_t>(span_name_.size()); }
  std::optional<TraceRow> find_trace(std::string_view trace_id) const;

  std::string_view trace_id(TraceRow r) const { return ids_.text_of(trace_id_[r.v]); }
  uint32_t trace_file(TraceRow r) const { return trace_file_[r.v]; }
  RecordShape shape(TraceRow r) const { return shape_[r.v]; }
  TextRef record(TraceRow r) const { return record_[r.v]; }
  TextRef assessments_json(TraceRow r) const { return assessments_json_[r.v]; }
  TextRef client_request_id(TraceRow r) const { return client_request_id_[r.v]; }
  int64_t request_time_ns(TraceRow r) const { return request_time_ns_[r.v]; }
  int64_t duration_ms(TraceRow r) const { return duration_ms_[r.v]; }
  TraceState state(TraceRow r) const { return state_[r.v]; }
  StringId name(TraceRow r) const { return name_[r.v]; }
  TextRef request_preview(TraceRow r) const { return request_preview_[r.v]; }
  TextRef response_preview(TraceRow r) const { return response_preview_[r.v]; }
  int64_t input_tokens(TraceRow r) const { return input_tokens_[r.v]; }
  int64_t output_tokens(TraceRow r) const { return output_tokens_[r.v]; }
  int64_t total_tokens(TraceRow r) const { return total_tokens_[r.v]; }
  double cost_usd(TraceRow r) const { return cost_usd_[r.v]; }
  StringId session(TraceRow r) const { return session_[r.v]; }
  StringId user(TraceRow r) const { return user_[r.v]; }
  Range spans(TraceRow r) const { return trace_spans_[r.v]; }  // begin: the first SpanRow
  // Pointer and count of the metadata / tags of a trace.
  const KeyValue* metadata(TraceRow r, uint32_t& count) const;
  const KeyValue* tags(TraceRow r, uint32_t& count) const;
  std::optional<TextRef> find_metadata(TraceRow r, std::string_view key) const;
  std::optional<TextRef> find_tag(TraceRow r, std::string_view key) const;
  // The first span in list order without a parent (MLflow's root rule).
  std::optional<SpanRow> root_span(TraceRow r) const;

  // --- Reading: spans ------------------------------------------------------------------------------
  TraceRow trace_of(SpanRow s) const { return TraceRow{span_trace_[s.v]}; }
  uint32_t parent(SpanRow s) const { return span_parent_[s.v]; }  // a SpanRow's number, or kNoRow
  bool is_orphan(SpanRow s) const { return span_orphan_[s.v] != 0; }
  std::string span_id(SpanRow s) const;  // 16 hex digits, or the opaque id
  std::optional<SpanRow> find_span(TraceRow r, std::string_view span_id) const;
  StringId span_name(SpanRow s) const { return span_name_[s.v]; }
  StringId span_type(SpanRow s) const { return span_type_[s.v]; }
  SpanStatus span_status(SpanRow s) const { return span_status_[s.v]; }
  int64_t span_start_ns(SpanRow s) const { return span_start_ns_[s.v]; }
  int64_t span_end_ns(SpanRow s) const { return span_end_ns_[s.v]; }
  TextRef span_record(SpanRow s) const { return span_record_[s.v]; }
  TextRef span_attributes(SpanRow s) const { return span_attributes_[s.v]; }
  TextRef span_events(SpanRow s) const { return span_events_[s.v]; }
  TextRef span_inputs(SpanRow s) const { return span_inputs_[s.v]; }
  TextRef span_outputs(SpanRow s) const { return span_outputs_[s.v]; }
  TextRef span_status_message(SpanRow s) const { return span_status_message_[s.v]; }

  // --- Reading: text ---------------------------------------------------------------------------------
  // The bytes as they stand in the file.
  std::string_view raw(TextRef ref) const;
  // The text: unescaped into `scratch` where needed. Pending is for text that is not resident (a later
  // storage policy); callers draw a placeholder and ask again.
  TextLookup text(TextRef ref, std::string& scratch) const;
  // For work that may not meet Pending (all text is resident today).
  std::string_view text_now(TextRef ref, std::string& scratch) const;
  std::string_view name_text(StringId id) const { return names_.text_of(id); }
  const StringPool& names() const { return names_; }

  struct Memory {
    uint64_t text_bytes, columns_bytes, names_bytes, assessments_bytes;
  };
  Memory memory() const;

 private:
  struct Blob;
  TextRef take(uint32_t blob, uint32_t size_bytes);
  bool add_blob(uint32_t capacity_bytes);

  std::vector<std::unique_ptr<Blob>> blobs_;
  uint32_t small_blob_ = kNoRow;  // where small texts go
  uint32_t tail_blob_ = kNoRow;   // the blob that was last shrunk
  uint32_t next_blob_bytes_ = 0;
  std::vector<SourceFile> files_;
  StringPool names_;
  StringPool ids_;
  std::vector<uint32_t> row_by_id_;  // trace id's StringId → row
  uint64_t revision_ = 0;

  std::vector<StringId> trace_id_;
  std::vector<uint32_t> trace_file_;
  std::vector<RecordShape> shape_;
  std::vector<TextRef> record_, assessments_json_, client_request_id_;
  std::vector<int64_t> request_time_ns_, duration_ms_;
  std::vector<TraceState> state_;
  std::vector<StringId> name_;
  std::vector<TextRef> request_preview_, response_preview_;
  std::vector<int64_t> input_tokens_, output_tokens_, total_tokens_;
  std::vector<double> cost_usd_;
  std::vector<StringId> session_, user_;
  std::vector<Range> trace_spans_, trace_metadata_, trace_tags_;
  std::vector<KeyValue> key_values_;
  std::vector<std::vector<Assessment>> imported_, in_force_;

  std::vector<uint32_t> span_trace_, span_parent_;
  std::vector<uint8_t> span_orphan_;
  std::vector<uint64_t> span_id_;
  std::vector<StringId> span_opaque_id_, span_name_, span_type_;
  std::vector<SpanStatus> span_status_;
  std::vector<int64_t> span_start_ns_, span_end_ns_;
  std::vector<TextRef> span_record_, span_attributes_, span_events_, span_inputs_, span_outputs_,
      span_status_message_;
};

}  // namespace assay::store
