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
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/ingest/import_report.h"
#include "core/store/dataset.h"

namespace assay::ingest {

class FileImporter {
 public:
  // `dataset` and `report` must outlive the importer. size_bytes 0: not known.
  FileImporter(store::Dataset& dataset, FileReport& report, std::string file_name, uint64_t size_bytes);
  ~FileImporter();

  // Reads the bytes; all complete records among them are in the data set when it returns.
  void push(std::string_view chunk);
  void finish();
  // Stops; what was read stays.
  void cancel();
  uint64_t bytes_read() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whole files at once (command line, tests).
FileReport import_bytes(store::Dataset& dataset, std::string file_name, std::string_view bytes,
                        size_t chunk_bytes = 1 << 20);

}  // namespace assay::ingest
