// The files that the arguments name: folders stand for what is in them, and files that are parts of one export
// belong together, as in one drop on the page.
#pragma once

#include <string>
#include <vector>

#include "shell/cli/files.h"

namespace assay::cli {

// Lists of paths that are read as one; mostly one path each. Of folders the files with names of exports, by
// name, without hidden ones. With columns that are said, each file is a table of its own.
std::vector<std::vector<std::string>> inputs_of(const std::vector<std::string>& paths, const Reading& reading);

}  // namespace assay::cli
