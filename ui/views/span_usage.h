// Tokens and cost of each span of a trace: what it reports itself, and what those below it report.
// Summed as the trace's totals are (core/ingest/usage.h): a span that reports stands for all below
// it, so that an agent's total and its model calls are not counted twice.
//
// Read step by step: a trace of tens of thousands of spans is megabytes of attributes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/store/dataset.h"
#include "ui/views/span_tree_model.h"

namespace assay::ui {

struct SpanUsage {
  int64_t input_tokens = -1, output_tokens = -1, total_tokens = -1;  // −1: not reported
  double cost_usd = -1;
  bool has_tokens() const { return input_tokens >= 0 || output_tokens >= 0 || total_tokens >= 0; }
  bool has_cost() const { return cost_usd >= 0; }
};

// What a span reports in its attributes: mlflow.chat.tokenUsage and mlflow.llm.cost, else the usage
// attributes of the GenAI conventions, OpenInference, or the Vercel AI SDK.
SpanUsage read_span_usage(std::string_view attributes_json);

struct UsageSums {
  std::vector<SpanUsage> own;    // by line of the tree
  std::vector<SpanUsage> below;  // of what is under the line; valid when done
  uint32_t read = 0;             // lines read so far
  bool done = false;
};
// Reads some more lines, about `most_bytes` of attributes; sets `done` with the last one.
void read_more_usage(const store::Dataset& dataset, const SpanTree& tree, UsageSums& sums,
                     uint64_t most_bytes);

}  // namespace assay::ui
