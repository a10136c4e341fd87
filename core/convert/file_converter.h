// FileConverter: one file of any system in, MLflow trace records out. Bytes come in pieces of any size;
// the traces of formats whose records are whole traces come out as they are read, those that are spread
// over records (spans one a line) at the end. Several files that are parts of one export (export_parts.h)
// are read like one: push(); next_file(); push(); … finish().
//
// What was read, repaired and skipped is in report(), like that of an import; the host adds it to the
// report of the import that reads the lines.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/convert/format.h"
#include "core/ingest/import_report.h"

namespace assay::convert {

class LineSink {
 public:
  virtual ~LineSink() = default;
  virtual void line(std::string_view mlflow_json) = 0;  // without the line break
};

struct ConvertOptions {
  // What the columns of this file are: for every record that has one of its inputs, outputs or messages.
  ColumnMapping mapping;
  // What was said of other tables: for records with the same columns that no system has signed.
  std::vector<ColumnMapping> remembered;
  // So many traces are enough (0: all); then is_done().
  uint64_t first_traces = 0;
  bool skip_mlflow_records = false;  // they were read already
};

class FileConverter {
 public:
  FileConverter(LineSink& sink, std::string file_name, uint64_t size_bytes, ConvertOptions options = {});
  ~FileConverter();
  void push(std::string_view bytes);
  // The file is at its end, and another part of the same export begins.
  void next_file(std::string file_name, uint64_t size_bytes);
  void finish();
  bool is_done() const;  // further bytes are not looked at
  const ingest::FileReport& report() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::convert
