// The spans of a trace as the lines of a tree, in depth-first order, siblings by start time. Built
// once per trace and set of closed nodes, not per frame.
#pragma once

#include <cstdint>
#include <vector>

#include "core/store/dataset.h"

namespace assay::ui {

struct SpanLine {
  store::SpanRow span;
  uint32_t depth = 0;
  uint32_t descendants = 0;
  bool open = true;  // its children follow (when it has any)
};

struct SpanTree {
  std::vector<SpanLine> lines;       // those that are to be seen
  int64_t start_ns = 0, end_ns = 0;  // of all spans, for the bars; equal: no times
  uint32_t error_count = 0, orphan_count = 0, open_ended_count = 0;
};

// `closed`: rows of spans whose children are hidden, sorted. Never more than one line a span:
// parents that are not there, or that form a ring, put their spans at the top level.
SpanTree build_span_tree(const store::Dataset& dataset, store::TraceRow trace,
                         const std::vector<uint32_t>& closed);

}  // namespace assay::ui
