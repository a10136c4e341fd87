#include "core/convert/file_reader.h"

#include "core/ingest/sniff.h"

namespace assay::convert {

struct FileReader::State final : LineSink {
  State(store::Dataset& dataset_in, ingest::FileReport& report_in, std::string file_name_in, uint64_t size_bytes_in,
        ConvertOptions options_in, ingest::ReadLimits limits_in, std::string shown_name_in)
      : dataset(dataset_in), report(report_in), file_name(std::move(file_name_in)),
        shown_name(shown_name_in.empty() ? file_name : std::move(shown_name_in)), size_bytes(size_bytes_in),
        options(std::move(options_in)), limits(limits_in) {
    if (!limits.has_range()) options.first_traces = limits.first_traces;
  }

  void line(std::string_view mlflow_json) override {
    importer->push(mlflow_json);
    importer->push("\n");
  }

  void decide() {
    decided = true;
    // Where the columns are said, the file is a table, whatever it looks like.
    const bool direct = options.mapping.empty() && ingest::route_of(head) == ingest::FileRoute::Direct;
    // The lines are longer than the file they are made of, so their size is not told.
    importer = std::make_unique<ingest::FileImporter>(dataset, report, shown_name, direct ? size_bytes : 0, limits);
    if (!direct) converter = std::make_unique<FileConverter>(*this, file_name, size_bytes, options);
    feed(head);
    head.clear();
    head.shrink_to_fit();
  }

  void feed(std::string_view bytes) {
    if (converter != nullptr) {
      converter->push(bytes);
    } else {
      importer->push(bytes);
    }
  }

  store::Dataset& dataset;
  ingest::FileReport& report;
  std::string file_name, shown_name;
  uint64_t size_bytes;
  ConvertOptions options;
  ingest::ReadLimits limits;
  std::string head;
  bool decided = false;
  std::unique_ptr<ingest::FileImporter> importer;
  std::unique_ptr<FileConverter> converter;
};

FileReader::FileReader(store::Dataset& dataset, ingest::FileReport& report, std::string file_name, uint64_t size_bytes,
                       ConvertOptions options, ingest::ReadLimits limits, std::string shown_name)
    : state_(std::make_unique<State>(dataset, report, std::move(file_name), size_bytes, std::move(options), limits,
                                     std::move(shown_name))) {}
FileReader::~FileReader() = default;

void FileReader::push(std::string_view bytes) {
  State& s = *state_;
  if (s.decided) return s.feed(bytes);
  s.head.append(bytes);
  if (s.head.size() >= ingest::kRouteBytes) s.decide();
}

void FileReader::next_file(std::string file_name, uint64_t size_bytes) {
  State& s = *state_;
  if (!s.decided) s.decide();
  s.size_bytes += size_bytes;
  if (s.converter != nullptr) s.converter->next_file(std::move(file_name), size_bytes);
}

void FileReader::finish() {
  State& s = *state_;
  if (!s.decided) s.decide();
  if (s.converter != nullptr) s.converter->finish();
  s.importer->finish();
  if (s.converter != nullptr) s.report.merge_conversion(s.converter->report(), s.size_bytes);
}

bool FileReader::is_done() const {
  const State& s = *state_;
  return s.importer != nullptr && (s.importer->is_done() || (s.converter != nullptr && s.converter->is_done()));
}

void FileReader::cancel() {
  State& s = *state_;
  if (!s.decided) s.decide();
  s.importer->cancel();
}

ingest::FileReport read_bytes(store::Dataset& dataset, std::string file_name, std::string_view bytes, size_t chunk_bytes) {
  ingest::FileReport report;
  FileReader reader(dataset, report, std::move(file_name), bytes.size());
  if (chunk_bytes == 0) chunk_bytes = bytes.size() + 1;
  for (size_t at = 0; at < bytes.size(); at += chunk_bytes) reader.push(bytes.substr(at, chunk_bytes));
  reader.finish();
  return report;
}

}  // namespace assay::convert
