// The events of one Inspect sample as spans. Between inspect.cpp and inspect_events.cpp only.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/convert/canonical.h"
#include "core/json/tree.h"

namespace assay::convert {

// Texts that stand once and are referred to: "attachment://<hash>" (or its index), "tc://<hash>",
// and the pool of messages. What is put in their place is bounded; beyond that the references stay,
// and are counted.
class InspectTexts {
 public:
  explicit InspectTexts(json::Node sample);
  std::string resolved(std::string_view json);
  // The input of a model event, from its messages or its references into the pool.
  std::string model_input(json::Node event);
  uint32_t unresolved() const { return unresolved_; }

 private:
  bool afford(size_t bytes);
  std::unordered_map<std::string, json::Node> attachments_;
  std::vector<json::Node> pool_;
  size_t budget_bytes_;
  uint32_t unresolved_ = 0;
};

// Appends the spans below trace.spans[0], whose times and events it completes. Scores told by
// events only go to `scores`. Returns whether there was a model's answer among them.
bool append_inspect_events(json::Node events, InspectTexts& texts, CanonicalTrace& trace,
                           std::vector<CanonicalAssessment>& scores);

CanonicalAssessment inspect_score(std::string_view name, json::Node score);
void read_inspect_usage(json::Node usage, Tokens& tokens, Cost& cost);
// {"messages": [one]}: the model's answer.
std::string inspect_answer(json::Node output, InspectTexts& texts);

}  // namespace assay::convert
