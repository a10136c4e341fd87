#include <memory>

#include "core/annot/export_mlflow.h"
#include "core/base/numbers.h"
#include "core/convert/trace_export.h"
#include "shell/cli/commands.h"
#include "shell/cli/files.h"
#include "shell/cli/loading.h"

namespace assay::cli {
namespace {

struct ToFile final : convert::TextSink {
  explicit ToFile(FileSink& file_in) : file(file_in) {}
  void write(std::string_view text) override { file.write(text); }
  FileSink& file;
};

// MLflow lines on their way to another form.
struct ToForm final : annot::ChunkSink {
  ToForm(convert::ExportForm form, FileSink& file) : out(file), exporter(form, out) {}
  void write(std::string_view lines) override { exporter.push(lines); }
  ToFile out;
  convert::TraceExporter exporter;
};

}  // namespace

int run_convert(const Arguments& arguments) {
  for (const std::string& path : arguments.files) {
    if (path == arguments.out && path != "-") {
      print_error("--out would overwrite the input " + path);
      return kExitUsage;
    }
  }
  store::Dataset dataset;
  const int status = load_files(dataset, arguments.files, {arguments.columns, arguments.limits});
  if (dataset.trace_count() == 0) {
    print_error("There is no trace to write; " + arguments.out + " was not written");
    return kExitFile;
  }
  FileSink sink;
  const Status opened = sink.open(arguments.out);
  if (!opened.ok()) {
    print_error(opened.error().what);
    return kExitFile;
  }
  const auto form = convert::export_form_of(arguments.to);
  std::unique_ptr<ToForm> converted;
  if (form) converted = std::make_unique<ToForm>(*form, sink);
  annot::MlflowExport job(dataset, annot::all_rows(dataset), form ? static_cast<annot::ChunkSink&>(*converted) : sink);
  for (Progress progress = Progress::Working; progress != Progress::Finished;) {
    Budget budget;
    progress = job.step(budget);
  }
  if (converted != nullptr) converted->exporter.finish();
  const Status closed = sink.close();
  if (!closed.ok()) {
    print_error(closed.error().what);
    return kExitFile;
  }
  std::string text;
  append_int(text, static_cast<int64_t>(job.rows_done()));
  text += " traces written to " + arguments.out;
  print_error(text);
  return status;
}

}  // namespace assay::cli
