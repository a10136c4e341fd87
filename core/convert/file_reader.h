// FileReader: one file of any form into a data set: MLflow's own trace JSON directly, everything else
// through a FileConverter. For the command line and for tests; the page does the same with the converter
// as a program of its own (shell/convert.js).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/convert/file_converter.h"
#include "core/ingest/importer.h"

namespace assay::convert {

class FileReader {
 public:
  // `dataset` and `report` must outlive the reader. size_bytes 0: not known. `shown_name`: what the file is
  // called in the data set, where that is not its name.
  FileReader(store::Dataset& dataset, ingest::FileReport& report, std::string file_name, uint64_t size_bytes,
             ConvertOptions options = {}, ingest::ReadLimits limits = {}, std::string shown_name = {});
  ~FileReader();
  void push(std::string_view bytes);
  // The file is at its end, and another part of the same export begins (export_parts.h).
  void next_file(std::string file_name, uint64_t size_bytes);
  void finish();
  void cancel();  // what was read stays
  bool is_done() const;  // further bytes are not looked at

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whole files at once.
ingest::FileReport read_bytes(store::Dataset& dataset, std::string file_name, std::string_view bytes,
                              size_t chunk_bytes = 1 << 20);

}  // namespace assay::convert
