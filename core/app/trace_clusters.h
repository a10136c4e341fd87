// Which traces do not stand for themselves: those of one session resemble each other, and verdicts on one trace still
// more. What core/stats/clusters.h wants to know of a list of traces.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/store/dataset.h"

namespace assay::app {

// What the clusters of a list are.
enum class ClusterKind : uint8_t {
  Traces,    // no two traces have one session
  Sessions,  // some have, and each trace has a session
  Mixed,     // some have, and some traces have none
};
struct TraceClusters {
  std::vector<uint32_t> of;  // by place in the list: numbers from 0 on, the same for traces of one session
  ClusterKind kind = ClusterKind::Traces;
};
// Traces without a session are clusters of their own.
TraceClusters clusters_of(const store::Dataset& dataset, std::span<const store::TraceRow> rows);

}  // namespace assay::app
