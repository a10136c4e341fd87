// Files and standard streams; the only place of the command line program that does input and output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/annot/chunk_sink.h"
#include "core/base/result.h"
#include "core/ingest/column_mapping.h"
#include "core/ingest/importer.h"
#include "core/store/dataset.h"

namespace assay::cli {

void print(std::string_view text);        // to standard output
void print_error(std::string_view text);  // to standard error, with a line end

// How files are read. Empty columns: by their names.
struct Reading {
  ingest::ColumnMapping columns;
  ingest::ReadLimits limits;
};

// Reads `path` ("-": standard input) into `dataset`. Errors: the file cannot be opened or read.
Result<ingest::FileReport> import_file(store::Dataset& dataset, const std::string& path, const Reading& reading = {});
// The same of files that are parts of one export (inputs.h), with one report. At least one path.
Result<ingest::FileReport> import_parts(store::Dataset& dataset, const std::vector<std::string>& paths,
                                        const Reading& reading = {});

// All of a file ("-": standard input). Errors: it cannot be opened or read, or is larger than 1 GB.
Result<std::string> read_whole(const std::string& path);

// A file that is written piece by piece ("-": standard output).
class FileSink : public annot::ChunkSink {
 public:
  FileSink() = default;
  ~FileSink() override;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  Status open(const std::string& path);
  void write(std::string_view bytes) override;
  // Whether everything arrived; to be asked once, at the end.
  Status close();

 private:
  void* file_ = nullptr;
  bool failed_ = false;
  bool is_stdout_ = false;
  std::string path_;
};

}  // namespace assay::cli
