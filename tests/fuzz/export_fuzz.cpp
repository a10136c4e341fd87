// Any lines through every export form; what comes out of the OTLP form is read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/convert/file_reader.h"
#include "core/convert/trace_export.h"

namespace {

struct Text final : assay::convert::TextSink {
  void write(std::string_view more) override { text += more; }
  std::string text;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using assay::convert::ExportForm;
  const std::string_view lines(reinterpret_cast<const char*>(data), size);
  for (const ExportForm form : {ExportForm::OtlpJson, ExportForm::EvaluationResults, ExportForm::DataFrameJson,
                                ExportForm::Csv, ExportForm::DatasetRecords}) {
    Text out;
    assay::convert::TraceExporter exporter(form, out);
    exporter.push(lines);
    exporter.finish();
    if (form != ExportForm::OtlpJson) continue;
    assay::store::Dataset dataset;
    assay::convert::read_bytes(dataset, "back.json", out.text);
  }
  return 0;
}
