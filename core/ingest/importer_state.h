// The state machine behind FileImporter, shared by its .cpp files and nobody else: importer.cpp (bytes
// in, beginning and end), importer_steps.cpp (where records begin and end), importer_records.cpp (what a
// complete record becomes).
#pragma once

#include <string>
#include <utility>

#include "core/ingest/importer.h"
#include "core/ingest/mlflow_trace.h"
#include "core/ingest/record_context.h"
#include "core/ingest/record_scanner.h"
#include "core/ingest/record_window.h"

namespace assay::ingest {

constexpr uint32_t kFarColumn = 0x7FFFFFFF;  // no record begins there

enum class Container : uint8_t { Top, Array, Envelope };  // Envelope: the array in {"traces": […]}

enum class Mode : uint8_t {
  Sniffing,
  Between,       // before a record: blanks, commas, brackets
  Record,        // inside an object
  Value,         // inside an array's element that is no object
  EnvelopeTail,  // inside the object whose "traces" are over
  JunkLine,      // text that is no JSON, up to the line's end
  Resync,        // after a broken record: up to a line that begins one
  Done,          // nothing more is read
};

// All that a data set holds.
inline uint64_t total_bytes(const store::Dataset::Memory& m) {
  return m.text_bytes + m.columns_bytes + m.names_bytes + m.assessments_bytes;
}

struct FileImporter::State {
  State(store::Dataset& dataset_in, FileReport& report_in, std::string file_name, uint64_t size_bytes,
        ReadLimits limits_in)
      : dataset(dataset_in), report(report_in), window(dataset_in, size_bytes), limits(limits_in) {
    report.file_name = file_name;
    file = dataset.add_file({std::move(file_name), size_bytes, {}});
  }

  // --- Bytes in -------------------------------------------------------------------------------
  void push(std::string_view chunk);
  void feed(std::string_view bytes);
  bool sniff();
  void finish();
  void close();

  // --- One step of each mode; false: more bytes are needed -----------------------------------------
  bool step(bool at_end);
  bool step_between(bool at_end);
  bool step_record(bool at_end);
  bool step_value();
  bool step_envelope_tail(bool at_end);
  bool step_junk_line();
  bool step_resync();
  void note_line_breaks(std::string_view bytes);
  void run(bool at_end) {
    while (mode != Mode::Done && step(at_end)) {
    }
  }

  bool begin_record(bool at_end);
  void end_record(uint32_t size_bytes);
  void break_record(uint32_t size_bytes, std::string_view why);
  bool read_record(const RecordContext& parent, std::string_view text, TextRef place);
  bool read_envelope(RecordContext& context);
  bool begin_ahead();
  void read_ahead();
  bool read_line();
  void take_ahead_notes(RecordContext& context);
  void note_unknown(RecordContext& context, const std::string& what);
  void finish_mode();

  // --- Limits (importer_limits.cpp)
  bool memory_is_full();
  void stop_for_memory();
  bool is_wanted(std::string_view record);
  // The trace without the bodies of its spans; its bytes in the window are not needed any more.
  void read_slim(const RecordContext& parent, std::string_view text);
  void count_read(const RecordContext& context) {
    if (context.repaired) ++report.records_repaired;
    (scratch.is_v2 ? any_v2 : any_v3) = true;
  }
  bool enough() const { return limits.first_traces > 0 && report.traces >= limits.first_traces; }
  void stop_after_first();
  void tell_left_out();
  std::string format() const;

  void note(IssueKind kind, uint64_t record, uint32_t offset, std::string detail) {
    report.add(kind, record, offset_bytes + offset, std::move(detail));
  }
  void drop(uint32_t count) {
    window.drop(count);
    offset_bytes += count;
  }
  void advance_column() {
    if (column < kFarColumn) ++column;
  }
  std::string_view rest() const { return window.pending().substr(at); }

  store::Dataset& dataset;
  FileReport& report;
  RecordWindow window;
  RecordScanner scanner;
  TraceScratch scratch;
  // Of a large record that is being read while it arrives; its notes count once it is complete.
  MlflowTraceReader ahead;
  FileReport ahead_report;
  bool reading_ahead = false;
  bool one_line_each = true;     // so far no record had a line break inside
  uint32_t file = 0;

  Mode mode = Mode::Sniffing;
  Container container = Container::Top;
  std::string head;              // the first bytes, while sniffing
  uint64_t bytes_read = 0;
  uint64_t tail_bytes = 0;       // that came since the last line break
  uint64_t offset_bytes = 0;     // of the first pending byte in the file
  uint32_t at = 0;               // in the pending bytes: looked at so far (not in Mode::Record)
  uint32_t column = 0;           // bytes since the last line break
  uint32_t record_column = 0;    // of the record being read
  uint32_t max_column = 0;       // of all records so far
  uint64_t record_number = 0;
  uint64_t record_at_byte = 0;   // of the record being read; its first bytes may be dropped already
  bool line_mode = false;        // records may not span lines (after a first one was cut off)
  bool keep_bytes = true;        // false: the record is hopeless and its bytes are dropped
  bool too_large = false;
  bool wants_comma = false;      // in an array: a value stands before
  bool after_comma = false;      // in an array: a comma stands before
  bool junk_noted = false;
  bool in_string = false, escaped = false;  // Mode::Value
  uint64_t value_depth = 0;

  // For the name of the format.
  uint64_t top_records = 0, array_records = 0, envelope_records = 0;
  bool multi_line = false, any_v2 = false, any_v3 = false, in_container = false;
  std::string first_unknown;     // what the first record of no known form seems to be
  std::string last_unknown;
  uint64_t unknown_records = 0;

  ReadLimits limits;
  uint64_t left_out = 0;             // traces that the limits exclude
  uint64_t slim_traces = 0, slim_bytes = 0;  // read without bodies, and what these were
  std::string slim;                  // working memory
  uint64_t next_memory_look = 0;     // in bytes_read
  bool stopped_after_first = false;  // … and the file went on
};

}  // namespace assay::ingest
