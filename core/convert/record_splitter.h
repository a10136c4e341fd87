// RecordSplitter: bytes of a text file in, one JSON value after another out: the values at the top level
// (one a line, one after another, pretty-printed); of an array that stands there, its elements. Where these are
// texts that hold an object (a list of trace.to_json() written once more), the objects. What is no JSON is skipped up to the end of its line and told once; a record that is cut off is told too. Where the
// file is one record and ends inside it, what stands whole before the end is given out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ingest/import_report.h"
#include "core/ingest/record_scanner.h"

namespace assay::convert {

class RecordSplitter {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    // One complete object or array (balanced, not yet checked); valid during the call.
    virtual void record(std::string_view json, uint64_t at_byte) = 0;
    virtual void broken(ingest::IssueKind kind, std::string_view why, uint64_t at_byte) = 0;
  };
  explicit RecordSplitter(Sink& sink) : sink_(sink) {}

  void push(std::string_view bytes);
  void finish();
  // After finish(): another file begins.
  void restart() { begin_byte_ = records_ = 0; }
  uint64_t pending_bytes() const { return pending_.size(); }

 private:
  enum class Mode : uint8_t { Between, Record, Text, Junk };
  bool step(bool at_end);
  bool step_between();
  bool step_record(bool at_end);
  bool step_text(bool at_end);
  bool step_junk();
  void finish_record();
  void begin_junk();
  void drop(size_t count);

  Sink& sink_;
  ingest::RecordScanner scanner_;
  std::string pending_;      // from the first byte that is not done with
  size_t begin_ = 0;         // in pending_: done up to here
  size_t at_ = 0;            // in pending_: looked at up to here
  uint64_t begin_byte_ = 0;  // of pending_[begin_] in the file
  uint64_t records_ = 0;     // given out, of the file
  Mode mode_ = Mode::Between;
  bool in_array_ = false;
  bool line_start_ = true;
  bool junk_told_ = false;
  bool escaped_ = false;     // a backslash stands before the next byte of a text
};

}  // namespace assay::convert
