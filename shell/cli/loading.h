// Several files and folders into one data set, as the page does it.
#pragma once

#include <string>
#include <vector>

#include "core/store/dataset.h"
#include "shell/cli/files.h"

namespace assay::cli {

// What is wrong with a file goes to standard error. Returns the exit status so far.
int load_files(store::Dataset& dataset, const std::vector<std::string>& paths, const Reading& reading = {});

}  // namespace assay::cli
