// ScorerSource: for each item of a run, its prompt, its computed verdict, its script, or why it is
// skipped. The one place where what a scorer reads of a trace becomes what leaves the machine, so the
// redaction rules are applied here, for the preview as for the queue.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/judge/judge_run.h"
#include "core/json/writer.h"
#include "core/score/redact.h"
#include "core/store/dataset.h"

namespace assay::score {

// `dataset` outlives it.
class ScorerSource final : public judge::PromptSource {
 public:
  explicit ScorerSource(const store::Dataset& dataset) : dataset_(&dataset) {}

  judge::RenderedItem render(std::string_view trace_id, const judge::ScorerSpec& scorer,
                             std::string_view planned_span) override;

  std::string tool_result(std::string_view trace_id, std::string_view name,
                          std::string_view arguments_json) override;

  RedactionRules rules;
  // Places that the last render() hid.
  uint32_t last_redactions() const { return last_redactions_; }

 private:
  judge::RenderedItem rendered(std::string_view trace_id, const judge::ScorerSpec& scorer, std::string_view planned_span);
  std::string run_tool(std::string_view trace_id, std::string_view name, std::string_view arguments_json);
  const std::vector<store::TraceRow>& session_of(store::TraceRow row);

  const store::Dataset* dataset_;
  uint32_t last_redactions_ = 0;
  // Sessions by StringId, made anew when traces were added.
  std::unordered_map<uint32_t, std::vector<store::TraceRow>> sessions_;
  uint32_t sessions_made_of_ = 0;
};

// Members of a JSON object that is open: id, state, duration, tokens, cost and session, as far as they are known.
void write_trace_facts(json::Writer& out, const store::Dataset& dataset, store::TraceRow row);

// {"program":…,"arguments":{"inputs":…,"outputs":…,"expectations":…,"trace":{…}}} for a Script.
std::string script_body(const judge::ScorerSpec& scorer, const store::Dataset& dataset,
                        store::TraceRow row);

}  // namespace assay::score
