#include "core/annot/export_mlflow.h"
#include "core/base/numbers.h"
#include "shell/cli/commands.h"
#include "shell/cli/files.h"
#include "shell/cli/loading.h"

namespace assay::cli {

int run_convert(const Arguments& arguments) {
  for (const std::string& path : arguments.files) {
    if (path == arguments.out && path != "-") {
      print_error("--out would overwrite the input " + path);
      return kExitUsage;
    }
  }
  store::Dataset dataset;
  const int status = load_files(dataset, arguments.files);
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
  annot::MlflowExport job(dataset, annot::all_rows(dataset), sink);
  for (Progress progress = Progress::Working; progress != Progress::Finished;) {
    Budget budget;
    progress = job.step(budget);
  }
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
