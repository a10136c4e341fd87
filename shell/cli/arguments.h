// The command line taken apart: `assay COMMAND FILE… --option VALUE…`. Options and files may be mixed;
// "--option=value" is the same as "--option value"; after "--" everything is a file; "-" is standard
// input (or output, for --out).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace assay::cli {

struct Arguments {
  std::string command;              // "info", "search", "convert", "help", "version"
  std::vector<std::string> files;
  bool json = false;
  std::optional<std::string> filter;
  std::vector<std::string> order_by;
  uint32_t max_results = 0;         // 0: all
  std::string to;                   // convert: the target format
  std::string out;                  // convert: the path
};

// Errors are InvalidParameter: the text says which word is wrong and what it should be.
Result<Arguments> parse_arguments(const std::vector<std::string>& words);

std::string_view help_text();

}  // namespace assay::cli
