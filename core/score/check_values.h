// Making verdicts. Part of core/score; not for others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/score/checks.h"

namespace assay::score {

// `negate` of the scorer turns it round.
CheckResult passed_or_not(const judge::ScorerSpec& scorer, bool passed, std::string rationale);
CheckResult failed_check(std::string message);
CheckResult skipped_check(judge::SkipReason reason);

std::vector<std::string> lines_of(std::string_view text);  // trimmed, empty ones left out
std::string shortened(std::string_view text, size_t max_bytes = 200);

CheckResult run_trajectory_check(const judge::ScorerSpec& scorer, const judge::TraceInput& input,
                                 const Measures& measures);

}  // namespace assay::score
