// Builds small traces in a Dataset, without an importer, for the tests of core/judge.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/dataset.h"

namespace assay::test {

struct SpanSpec {
  std::string type = "AGENT";
  int parent = -1;     // index among the spans; -1 = root
  std::string inputs;  // JSON text; "" = none
  std::string outputs;
  bool orphan = false;
};

inline TextRef put_text(store::Dataset& dataset, std::string_view text) {
  if (text.empty()) return {};
  TextRef ref = dataset.reserve_text(static_cast<uint32_t>(text.size()));
  std::memcpy(dataset.writable_text(ref), text.data(), text.size());
  ref.form = TextForm::Json;  // text() gives it back verbatim
  return ref;
}

// Span ids are 1, 2, … as 16 hex digits.
inline store::TraceRow add_trace(store::Dataset& dataset, std::string_view trace_id,
                                 const std::vector<SpanSpec>& specs) {
  store::TraceFields trace;
  trace.trace_id = trace_id;
  std::vector<store::SpanFields> spans;
  for (size_t i = 0; i < specs.size(); ++i) {
    store::SpanFields span;
    span.span_id = i + 1;
    span.parent_index =
        specs[i].parent < 0 ? store::kNoRow : static_cast<uint32_t>(specs[i].parent);
    span.is_orphan = specs[i].orphan;
    span.type = dataset.names().intern(specs[i].type);
    span.name = dataset.names().intern("span");
    span.inputs = put_text(dataset, specs[i].inputs);
    span.outputs = put_text(dataset, specs[i].outputs);
    spans.push_back(span);
  }
  return dataset.add_trace(trace, spans, {}, {}, {});
}

constexpr std::string_view kDocuments =
    R"([{"page_content": "The Pro plan costs 40 euros a month.", "metadata": {"doc_uri": "crm://plans"}},
        {"page_content": "Mara leads procurement at Hill & Sons.", "metadata": {}}])";

// Root (1), retriever (2), chat model (3).
inline store::TraceRow add_email_trace(
    store::Dataset& dataset, std::string_view trace_id,
    std::string_view request = "follow up after product demo",
    std::string_view response = "Dear Mara, thank you for the demo.") {
  const std::string inputs = "{\"request\": \"" + std::string(request) + "\"}";
  const std::string outputs = "\"" + std::string(response) + "\"";
  return add_trace(dataset, trace_id,
                   {{"AGENT", -1, inputs, outputs, false},
                    {"RETRIEVER", 0, "{\"query\": \"Mara\"}", std::string(kDocuments), false},
                    {"CHAT_MODEL", 0, inputs, outputs, false}});
}

}  // namespace assay::test
