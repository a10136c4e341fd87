// FileImporter: reads one file, chunk by chunk, into a Dataset. A resumable state machine: the host
// pushes bytes as they arrive (any chunk sizes give the same result) and calls finish() at the end.
//
// Stages: sniff the format from the first bytes → find record boundaries (never rescanned) → each
// complete record goes to the reader of its shape → add_trace. Records that straddle chunks are glued
// so that each stands contiguous in the data set. JSON Lines, JSON arrays of records, a single
// (pretty-printed) object, and objects one after another are the same to it; after a broken line it
// takes up again at the next one.
//
// Traces that are already loaded: a byte-identical record is left out and counted, a different one
// with the same id is left out and reported.
//
// Limits: traces outside of the part that is wanted are left out and counted in the report; when the memory
// that the data set may take is used up, reading ends, and what was read stays.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/ingest/import_report.h"
#include "core/ingest/read_limits.h"
#include "core/store/dataset.h"

namespace assay::ingest {

class FileImporter {
 public:
  // `dataset` and `report` must outlive the importer. size_bytes 0: not known.
  FileImporter(store::Dataset& dataset, FileReport& report, std::string file_name, uint64_t size_bytes,
               ReadLimits limits = {});
  ~FileImporter();

  // Where the caller may write the next chunk, of at most so many bytes, and give that to push(): it is not copied then.
  // nullptr: there is no such place just now. Valid until the next call.
  char* space(size_t size_bytes);
  // Reads the bytes; all complete records among them are in the data set when it returns, or, where the last line is
  // cut off, when that goes on.
  void push(std::string_view chunk);
  void finish();
  // Stops; what was read stays.
  void cancel();
  uint64_t bytes_read() const;
  // Nothing more is looked at: the limits are reached, or the file cannot be read.
  bool is_done() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whole files at once (command line, tests).
FileReport import_bytes(store::Dataset& dataset, std::string file_name, std::string_view bytes,
                        size_t chunk_bytes = 1 << 20);

}  // namespace assay::ingest
