// The commands of the command line program. Each returns the exit status.
#pragma once

#include "shell/cli/arguments.h"

namespace assay::cli {

constexpr int kExitDone = 0;
constexpr int kExitFile = 1;   // a file cannot be read or written
constexpr int kExitUsage = 2;  // the command line or the filter is wrong

int run_info(const Arguments& arguments);
int run_search(const Arguments& arguments);
int run_convert(const Arguments& arguments);

}  // namespace assay::cli
