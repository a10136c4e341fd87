#include "shell/cli/loading.h"

#include "shell/cli/commands.h"
#include "shell/cli/files.h"

namespace assay::cli {

int load_files(store::Dataset& dataset, const std::vector<std::string>& paths) {
  int status = kExitDone;
  for (const std::string& path : paths) {
    auto report = import_file(dataset, path);
    if (!report.ok()) {
      print_error(report.error().what);
      status = kExitFile;
      continue;
    }
    if (report.value().warnings() > 0) print_error(ingest::to_text(report.value()));
    if (report.value().failed) status = kExitFile;
  }
  return status;
}

}  // namespace assay::cli
