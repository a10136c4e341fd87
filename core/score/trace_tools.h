// The tools by which a judge reads a trace for itself: MLflow's names and parameters. Pure functions of
// the data set; every result is JSON, whatever the model asked for, and has an "error" where the call
// cannot be answered.
#pragma once

#include <string>
#include <string_view>

#include "core/store/dataset.h"

namespace assay::score {

constexpr size_t kMaxToolResultBytes = 20'000;  // of a page; the rest is had by its page token

// `arguments_json` comes from a model and may be anything.
std::string run_trace_tool(const store::Dataset& dataset, store::TraceRow row,
                           std::string_view name, std::string_view arguments_json);

}  // namespace assay::score
