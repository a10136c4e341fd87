// Scorers as files: MLflow's serialised form (Scorer.model_dump, serialization_version 1) for built-in
// scorers and judges by template, which MLflow itself loads; for checks and scripts, which it does not
// have, the same envelope with a member "assay_scorer".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/judge/scorer.h"

namespace assay::score {

// A JSON array of serialised scorers. What MLflow has no place for (samples, juries, …) stands in a member
// "assay" of the scorer's own data, which MLflow passes over. `model` is the URI of the connection's model:
// MLflow reads no judge without one.
std::string encode_scorer_file(const std::vector<judge::ScorerSpec>& scorers,
                               std::string_view model = "openai:/gpt-4.1-mini");

struct ScorerFile {
  std::vector<judge::ScorerSpec> scorers;
  std::vector<std::string> left_out;  // a sentence for each that cannot be taken over, and why
  std::vector<std::string> lost;      // a sentence for each with settings that have no place here
};
// One serialised scorer, an array of them, MLflow's scorer versions ({"serialized_scorer": "…"}), or what
// encode_scorers() writes. An error: it is none of these.
Result<ScorerFile> decode_scorer_file(std::string_view json_text);

}  // namespace assay::score
