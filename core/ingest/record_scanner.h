// RecordScanner: finds where a JSON object ends, 64 bytes at a time, without reading it. Resumable: it
// remembers its state between calls and looks at each byte once.
//
// It also notices that a record was cut off, in a file with one record a line:
// - a line break inside a string (JSON has none), or, in line mode, inside the record at all;
// - a line that begins, at its first column, exactly as this record began.
#pragma once

#include <cstdint>
#include <string_view>

namespace assay::ingest {

class RecordScanner {
 public:
  enum class Outcome : uint8_t {
    NeedMore,
    Complete,  // at() is behind the closing brace
    Broken,    // at() is at the line break before which the record ends
    Restart,   // at() is at the brace that begins the next record
  };

  // The record's first byte is an opening brace and the first of the text given to scan().
  void start(bool may_restart, bool line_mode);
  // The same from inside: `depth` levels are open, the next byte is given first.
  void start_inside(uint64_t depth);

  // `text` begins with the record and holds all bytes since, unless they were forgotten.
  Outcome scan(std::string_view text, bool at_end);
  // The first `count` bytes are no longer in the text. Restarts are no longer noticed.
  void forget(uint32_t count);

  uint32_t at() const { return at_; }
  bool is_too_deep() const { return too_deep_; }
  bool saw_line_break() const { return saw_line_break_; }  // inside the record

 private:
  Outcome scan_slowly(std::string_view text, uint32_t stop, bool at_end);
  bool scan_block(const char* bytes);

  uint32_t at_ = 0;
  uint64_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;         // a backslash stands before the next byte
  bool after_line_break_ = false;
  bool may_restart_ = false;
  bool line_mode_ = false;
  bool too_deep_ = false;
  bool saw_line_break_ = false;
};

}  // namespace assay::ingest
