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
#include "core/ingest/column_mapping.h"
#include "core/ingest/read_limits.h"

namespace assay::cli {

// convert: a table of assessments, which is no form of traces.
constexpr std::string_view kAssessmentsForm = "assessments";

struct Arguments {
  std::string command;              // "info", "search", "convert", "help", "version"
  std::vector<std::string> files;
  bool json = false;
  std::optional<std::string> filter;  // search: in MLflow's language, or …
  std::optional<std::string> query;   // … in ours
  bool explain = false;               // search: the nearest filter for MLflow beside the answer
  bool like_ignores_case = false;     // search: what LIKE does; MLflow's SQLite store tells cases apart
  std::vector<std::string> order_by;
  uint32_t max_results = 0;         // 0: all
  std::string to;                   // convert: the target format
  std::string out;                  // convert: the path
  std::vector<std::string> labels;  // convert: work files of reviewers, merged into the traces
  // How files are read, for every command.
  ingest::ColumnMapping columns;    // empty: by their names
  ingest::ReadLimits limits;
};

// Errors are InvalidParameter: the text says which word is wrong and what it should be.
Result<Arguments> parse_arguments(const std::vector<std::string>& words);

std::string_view help_text();

}  // namespace assay::cli
