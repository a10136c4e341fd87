// Scorers that need no model: of a text, of what a trace took, of the tools an agent called. Pure
// functions of what was read of a trace; the same trace always gives the same verdict.
#pragma once

#include <cstdint>
#include <optional>

#include "core/judge/reply.h"
#include "core/judge/trace_input.h"
#include "core/store/dataset.h"

namespace assay::score {

// What a trace took; -1 = it does not tell.
struct Measures {
  int64_t duration_ms = -1;
  int64_t input_tokens = -1, output_tokens = -1, total_tokens = -1;
  double cost_usd = -1;
  uint32_t model_calls = 0;  // LLM and CHAT_MODEL spans
  uint32_t spans_counted = 0;  // that have the type and the name of a SpanCount
};
Measures measures_of(const store::Dataset& dataset, store::TraceRow row,
                     const judge::ScorerSpec& scorer);

struct CheckResult {
  judge::SkipReason skip = judge::SkipReason::None;
  judge::Judgement judgement;  // when there is no skip; always by_code
};

// Precondition: is_check(scorer.kind), input.skip is None. Booleans, yes/no for ResponseLength (as
// MLflow's), numbers where no limit is given; the rationale says what decided it.
CheckResult run_check(const judge::ScorerSpec& scorer, const judge::TraceInput& input,
                      const Measures& measures);

// Verdicts of scorers that ask a model, for which none is needed: Equivalence of equal texts or numbers
// (MLflow's short cut), ToolCallCorrectness by exact match.
std::optional<judge::Judgement> verdict_without_model(const judge::ScorerSpec& scorer,
                                                      const judge::TraceInput& input);

}  // namespace assay::score
