// ScorerSpec: what to judge, as plain data. The kinds are MLflow's built-in scorers of the same
// names; the default assessment names are MLflow's too, so that results line up with theirs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace assay::judge {

enum class ScorerKind : uint8_t { Guidelines, RelevanceToQuery, RetrievalGroundedness };

std::string_view scorer_kind_name(ScorerKind kind);  // MLflow's class name: "Guidelines", …
std::optional<ScorerKind> parse_scorer_kind(std::string_view name);
// "guidelines", "relevance_to_query", "retrieval_groundedness".
std::string_view default_scorer_name(ScorerKind kind);

constexpr size_t kMaxScorerNameChars = 250;  // MLflow's limit for assessment names

struct ScorerSpec {
  std::string name;  // the assessment name of its verdicts
  ScorerKind kind = ScorerKind::Guidelines;
  std::vector<std::string> guidelines;  // Guidelines only: all must hold
  int version = 1;                      // grows when the spec is edited
  friend bool operator==(const ScorerSpec&, const ScorerSpec&) = default;
};

// The set a new user starts with, for an e-mail assistant: follows_objective,
// concise_communication, professional_tone, relevance_to_query, retrieval_groundedness.
std::vector<ScorerSpec> default_scorers();

// One sentence on the first thing that is wrong: a name that is empty, too long, or used twice; a
// Guidelines scorer without a guideline, or with an empty one; other kinds with guidelines.
Status validate_scorers(const std::vector<ScorerSpec>& scorers);

// {"name":…,"kind":"Guidelines","guidelines":[…],"version":1}; canonical: part of the request hash.
std::string encode_scorer(const ScorerSpec& scorer);
std::string encode_scorers(const std::vector<ScorerSpec>& scorers);  // an array
Result<std::vector<ScorerSpec>> decode_scorers(
    std::string_view json_text);  // reads, does not validate

}  // namespace assay::judge
