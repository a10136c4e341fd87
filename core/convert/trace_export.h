// The other way: MLflow trace records (lines of Trace JSON, schema 2 or 3) in, other systems' forms out.
//
// - OtlpJson: one ExportTraceServiceRequest a line. Assessments go along as gen_ai.evaluation.result events
//   of the span that they are about (the root for the whole trace), metadata and tags as attributes of the
//   root; reading it back gives the same spans.
// - EvaluationResults: one ExportLogsServiceRequest a line with the gen_ai.evaluation.result events alone
//   (OpenTelemetry's semantic conventions for generative AI).
// - DataFrameJson: an array of records with the columns of mlflow.search_traces(); pandas.read_json reads it.
// - Csv: the same columns, nested cells as JSON; cells that a spreadsheet would run are given a leading '. With a byte
//   order mark, without which Excel reads no UTF-8, where the text is not all ASCII (of its first 64 MB).
// - DatasetRecords: one evaluation dataset record a line (inputs, outputs, expectations, tags, source).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace assay::convert {

enum class ExportForm : uint8_t { OtlpJson, EvaluationResults, DataFrameJson, Csv, DatasetRecords };

// "otlp", "evaluations", "dataframe", "csv", "dataset".
std::optional<ExportForm> export_form_of(std::string_view name);

class TextSink {
 public:
  virtual ~TextSink() = default;
  virtual void write(std::string_view text) = 0;
};

class TraceExporter {
 public:
  // `sink` must outlive the exporter.
  TraceExporter(ExportForm form, TextSink& sink);
  ~TraceExporter();
  // Bytes of lines, in pieces of any size.
  void push(std::string_view lines);
  void finish();
  uint64_t traces() const;
  uint64_t skipped() const;  // lines that are no trace record

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::convert
