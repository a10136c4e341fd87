// Export of traces as MLflow Trace JSON Lines (one Trace.to_json() a line) with the assessments in
// force, in slices.
//
// V3 records are copied byte for byte; only `info.assessments` is replaced (or inserted) where the
// assessments differ from the imported ones, and in it unchanged assessments are copied byte for
// byte. A changed imported assessment keeps the members that this program does not know. Records
// that span several lines lose the white space between tokens, nothing else. V2 records
// (MLflow 2.14-2.22) are upgraded to V3 as MLflow itself does when it loads them. Ill-formed UTF-8
// becomes U+FFFD, because one bad byte would make the whole file unreadable to Python. Where info lacks
// a member that MLflow cannot load a trace without (trace_id, trace_location, request_time, state), or has it
// as null or in another type, it is put in; a time that nobody knows is 1970-01-01T00:00:00Z. tests/checks/load_in_mlflow.py tries the
// result in an MLflow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/annot/chunk_sink.h"
#include "core/base/job.h"
#include "core/store/dataset.h"

namespace assay::annot {

// Every row, in order of import.
std::vector<store::TraceRow> all_rows(const store::Dataset& dataset);

// One line without its line end.
std::string export_record(const store::Dataset& dataset, store::TraceRow row);

class MlflowExport : public Job {
 public:
  // `dataset` and `sink` must outlive the job, and rows stay what they are (no Dataset::clear()).
  // Assessments are those of the moment in which a row's turn comes.
  MlflowExport(const store::Dataset& dataset, std::vector<store::TraceRow> rows, ChunkSink& sink);

  // One unit is one byte written.
  Progress step(Budget& budget) override;

  size_t rows_done() const { return next_; }
  size_t rows_total() const { return rows_.size(); }
  uint64_t bytes_written() const { return bytes_written_; }

 private:
  void flush();
  void write(std::string_view bytes);
  const store::Dataset& dataset_;
  std::vector<store::TraceRow> rows_;
  ChunkSink& sink_;
  size_t next_ = 0;
  uint64_t bytes_written_ = 0;
  std::string buffer_;
};

}  // namespace assay::annot
