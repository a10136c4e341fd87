// How much of what there is to find has been found.
#pragma once

#include <cstdint>
#include <optional>

namespace assay::stats {

// Good and Turing's estimate of the share of all occurrences that fall on kinds already seen:
// 1 − f1 / n (I. J. Good, 1953), f1: kinds that were seen exactly once, n: observations. Nothing for
// n = 0. Precondition: seen_once <= observations.
std::optional<double> good_turing_coverage(uint32_t seen_once, uint32_t observations);

}  // namespace assay::stats
