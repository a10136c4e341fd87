// FileConverter: one file of any system in, MLflow trace records out. Bytes come in pieces of any size;
// the traces of formats whose records are whole traces come out as they are read, those that are spread
// over records (spans one a line) at the end.
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
  ColumnMapping mapping;
  bool skip_mlflow_records = false;  // they were read already
};

class FileConverter {
 public:
  FileConverter(LineSink& sink, std::string file_name, uint64_t size_bytes, ConvertOptions options = {});
  ~FileConverter();
  void push(std::string_view bytes);
  void finish();
  const ingest::FileReport& report() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::convert
