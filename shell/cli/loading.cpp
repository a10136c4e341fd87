#include "shell/cli/loading.h"

#include "shell/cli/commands.h"
#include "shell/cli/files.h"
#include "shell/cli/inputs.h"

namespace assay::cli {

int load_files(store::Dataset& dataset, const std::vector<std::string>& paths, const Reading& reading) {
  int status = kExitDone;
  for (const std::vector<std::string>& parts : inputs_of(paths, reading)) {
    auto report = import_parts(dataset, parts, reading);
    if (!report.ok()) {
      print_error(report.error().what);
      status = kExitFile;
      continue;
    }
    const bool part = report.value().count(ingest::IssueKind::LeftOut) > 0;
    if (report.value().warnings() > 0 || part) print_error(ingest::to_text(report.value()));
    if (report.value().failed) status = kExitFile;
  }
  return status;
}

}  // namespace assay::cli
