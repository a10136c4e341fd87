// VerdictIndex: the VerdictCache over the journal. Feed it the run.verdict events of all runs (also
// those of the run under way); it keeps the scored ones by request hash.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/judge/judge_run.h"

namespace assay::judge {

class VerdictIndex final : public VerdictCache {
 public:
  // Payload of a run.verdict event. Verdicts that were themselves reused, failures and skips are
  // not kept; of two with one hash the first stays.
  void add(std::string_view payload_json);
  void add(const ItemEvent& verdict);
  std::optional<CachedVerdict> find(std::string_view request_hash) const override;
  size_t count() const { return by_hash_.size(); }
  void clear() { by_hash_.clear(); }

 private:
  std::unordered_map<std::string, CachedVerdict> by_hash_;
};

// A PromptSource over loaded traces for scorers that ask a model; `dataset` outlives it. What computes
// checks, runs scripts and redacts stands above it (core/score/scorer_source.h).
class DatasetPrompts final : public PromptSource {
 public:
  explicit DatasetPrompts(const store::Dataset& dataset) : dataset_(&dataset) {}
  RenderedItem render(std::string_view trace_id, const ScorerSpec& scorer,
                      std::string_view span_id) override;

 private:
  const store::Dataset* dataset_;
};

}  // namespace assay::judge
