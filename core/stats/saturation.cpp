#include "core/stats/saturation.h"

namespace assay::stats {

std::optional<double> good_turing_coverage(uint32_t seen_once, uint32_t observations) {
  if (observations == 0) return std::nullopt;
  return 1.0 - static_cast<double>(seen_once) / static_cast<double>(observations);
}

}  // namespace assay::stats
