// Any lines through every export form, whole and in pieces; what comes out is what it says it is,
// and the OTLP form and the table are read again.
#include "core/convert/file_reader.h"
#include "core/convert/trace_export.h"
#include "core/json/tree.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/fuzz/json_mutator.h"

namespace {

using namespace assay;
using convert::ExportForm;
using fuzz::check;

struct Text final : convert::TextSink {
  void write(std::string_view more) override { text += more; }
  std::string text;
};

struct Written {
  std::string text;
  uint64_t traces = 0, skipped = 0;
};

Written write(ExportForm form, std::string_view lines, size_t chunk_bytes) {
  Text out;
  convert::TraceExporter exporter(form, out);
  fuzz::Chunks chunks(lines, chunk_bytes);
  for (std::string_view chunk; chunks.next(chunk);)
    exporter.push(chunk);
  exporter.finish();
  return {std::move(out.text), exporter.traces(), exporter.skipped()};
}

void check_lines(std::string_view text) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    check(end != std::string_view::npos, "each line has its end");
    json::Tree tree;
    check(tree.parse(text.substr(0, end)) && tree.root().is_object(), "each line is a JSON object");
    text.remove_prefix(end + 1);
  }
}

void check_form(ExportForm form, const Written& written) {
  if (form == ExportForm::Csv) return;
  if (form != ExportForm::DataFrameJson) return check_lines(written.text);
  json::Tree tree;
  check(tree.parse(written.text) && tree.root().is_array(), "a data frame is a JSON array");
  check(tree.root().size() == written.traces, "with a record for each trace");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const size_t chunk_bytes = fuzz::chunk_bytes_of(input.byte());
  const std::string_view lines = input.rest();
  for (const ExportForm form :
       {ExportForm::OtlpJson, ExportForm::EvaluationResults, ExportForm::DataFrameJson,
        ExportForm::Csv, ExportForm::DatasetRecords}) {
    const Written whole = write(form, lines, lines.size() + 1),
                  pieces = write(form, lines, chunk_bytes);
    fuzz::check_same(pieces.text, whole.text, "pieces and the whole");
    check(pieces.traces == whole.traces && pieces.skipped == whole.skipped, "and their counts");
    check_form(form, whole);
    if (form == ExportForm::EvaluationResults || form == ExportForm::DatasetRecords) continue;
    store::Dataset dataset;
    const auto report = convert::read_bytes(
        dataset, form == ExportForm::Csv ? "back.csv" : "back.json", whole.text);
    fuzz::check_dataset(dataset);
    fuzz::check_report(dataset, report);
    check(dataset.trace_count() <= whole.traces, "no trace comes from nowhere");
  }
  return 0;
}
