// One MLflow trace, {"info": …, "data": {"spans": […]}}, as Trace.to_json() of MLflow 2.14 and later
// writes it: schema V2 and V3, told by the members of "info".
#pragma once

#include "core/ingest/record_context.h"

namespace assay::ingest {

// Adds the trace to the data set, or notes why not and returns false.
bool read_mlflow_trace(RecordContext& context, TraceScratch& scratch);

// The same in parts, for a record so large that reading it at once would hold a frame: what is complete of it is
// read while the rest arrives.
class MlflowTraceReader {
 public:
  void start(TraceScratch& scratch);
  // context.text begins the record, and grows from call to call; it may stand elsewhere each time.
  // `expected_bytes` is how long the record may become (0: not known), to reserve memory.
  void read_ahead(RecordContext& context, TraceScratch& scratch, uint64_t expected_bytes);
  // context.text begins with the record and may hold more. False: it is no whole, valid record on one line.
  bool read_line(RecordContext& context, TraceScratch& scratch);
  uint32_t size_bytes() const { return reader_.offset_bytes(); }  // after read_line()
  bool saw_line_break() const { return reader_.saw_line_break(); }
  // context.text is the whole record.
  bool finish(RecordContext& context, TraceScratch& scratch);

 private:
  enum class Stage : uint8_t { Trace, Data, Spans, Over };  // inside of what the reader stands
  bool step(RecordContext& context, TraceScratch& scratch);
  bool next_is_complete(json::Reader probe, size_t size_bytes) const;
  void move_to(TextRef place, TraceScratch& scratch);
  void check_utf8(std::string_view text, bool is_whole);
  void note_text_problems(RecordContext& context);

  json::Reader reader_{{}};
  Stage stage_ = Stage::Trace;
  bool entered_ = false;          // the record's brace
  TextRef place_;                 // where the record stood at the last call
  size_t next_try_bytes_ = 0;     // a text that is no longer than this holds nothing new
  size_t utf8_checked_bytes_ = 0;
  size_t bad_utf8_at_ = std::string_view::npos;
};

}  // namespace assay::ingest
