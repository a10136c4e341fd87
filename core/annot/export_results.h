// Export of results (assessments of a run, or all in force) as CSV and JSON, in slices.
//
// Wide CSV, one row a trace: trace_id, request, response, then for each assessment name
//   <name>/value, <name>/rationale, <name>/error     (as in MLflow's result table)
//   Several of one name on a trace: the latest one (by creation). A name that has expectations alone, which carry
//   neither reasons nor errors, has its value alone.
// Long CSV, one row an assessment: trace_id, span_id, name, kind, value, rationale, error,
// source_type,
//   source_id, create_time, run_id, valid, scorer_version, assessment_id. Whatever several people, judges or versions of
//   a scorer have said of one thing stands here.
// JSON: an array of {trace_id, request_preview, response_preview, assessments: [MLflow's JSON
// form]}.
//
// CSV is RFC 4180 with CRLF. Cells that a spreadsheet would run as a formula get a leading
// apostrophe; plain numbers (-5) stay as they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/annot/chunk_sink.h"
#include "core/base/job.h"
#include "core/store/dataset.h"

namespace assay::annot {

enum class ResultsFormat : uint8_t { CsvWide, CsvLong, Json };
enum class ByteOrderMark : uint8_t { Omit, Write };  // Excel reads UTF-8 CSV only with one

struct ResultsRequest {
  ResultsFormat format = ResultsFormat::CsvWide;
  std::vector<store::TraceRow> rows;
  std::vector<std::string> names;  // in this order; empty: all that are met, sorted
  std::string run_id;  // only assessments with this mlflow.assessment.sourceRunId; "" = all
  bool include_superseded = false;  // those with valid = false, too (never in CsvWide)
  ByteOrderMark byte_order_mark = ByteOrderMark::Omit;  // CSV only
};

class ResultsExport : public Job {
 public:
  // `dataset` and `sink` must outlive the job, and rows stay what they are.
  ResultsExport(const store::Dataset& dataset, ResultsRequest request, ChunkSink& sink);

  // One unit is one trace.
  Progress step(Budget& budget) override;

  size_t rows_done() const { return next_; }
  size_t rows_total() const { return request_.rows.size(); }

 private:
  enum class Phase : uint8_t { CollectNames, Header, Rows, Finished };
  bool collect_names(Budget& budget);
  void write_header();
  void write_row(store::TraceRow row);
  void flush();

  const store::Dataset& dataset_;
  ResultsRequest request_;
  ChunkSink& sink_;
  Phase phase_ = Phase::CollectNames;
  size_t next_ = 0;
  std::vector<uint8_t> has_reasons_;  // by name: whether there can be rationales and errors; beyond its end: yes
  std::string buffer_;
};

// One CSV cell: quoted where needed, neutralised where a spreadsheet would run it.
void append_csv_cell(std::string& out, std::string_view text);
// The text that is put in the cell: with a leading apostrophe where it would be a formula.
std::string neutralised_cell(std::string_view text);

}  // namespace assay::annot
