// TraceInput: what a judge sees of a trace. Inputs and outputs of the root span as text, by
// MLflow's flattening rules (mlflow.genai.utils.trace_utils), and the documents of a retriever
// span.
//
// What a scorer needs and the trace does not hold makes a skip, which is shown and counted as a
// skip and is never an error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/judge/scorer.h"
#include "core/store/dataset.h"

namespace assay::judge {

enum class SkipReason : uint8_t {
  None,
  TraceNotLoaded,
  NoRootSpan,
  NoInputs,
  NoOutputs,
  NoRetrieverSpan,
  NoDocuments,
  NoExpectedAnswer,
  NoExpectedResponse,
  NoExpectedGuidelines,
  NoExpectations,
  NoSession,
  NoMeasure,
  NoValue,  // a script gave none
};
std::string_view skip_reason_name(SkipReason reason);  // "no_root_span"; stands in the journal
std::string_view skip_reason_text(SkipReason reason);  // a sentence for the user
SkipReason parse_skip_reason(std::string_view name);   // unknown names: None

struct RetrievedChunk {
  std::string content;
  std::string doc_uri;  // "" = none
};

struct ToolCall {
  std::string name;
  std::string arguments_json;  // "" = none
  std::string result;          // as text
  std::string error;           // of its first exception, or its status message; "" = it went well
  bool failed = false;
  uint32_t span = store::kNoRow;  // where it was called
};

// One trace of a session.
struct Turn {
  std::string user, assistant;
  std::vector<ToolCall> tools;
};

struct TraceInput {
  SkipReason skip = SkipReason::None;
  std::string error;  // what is wrong with the trace for this scorer, where that is no skip
  std::string root_span_id;
  std::string request;
  std::string response;
  std::vector<RetrievedChunk> context;  // of the retriever; for chunks, the one
  // What a person expected, from the trace's expectations (of one name the last, as MLflow has it).
  std::string expected_response;
  std::vector<std::string> expected_facts, expected_guidelines;
  std::string expected_tools_json;  // [{"name":…,"arguments":…}], "" = none
  std::string expectations_json;    // all of them, an object; "" = none
  std::vector<ToolCall> tools;      // that were called, by time
  std::string tools_offered_json;   // an array; "" = the trace does not tell
  std::vector<Turn> turns;          // of the session, by time
  std::string trace_text;           // an outline of all spans, for {{ trace }}
};

// JSON text of a span's inputs → the text a judge reads: a string as it is; {"messages": […]} or a
// list of messages: the last content, or the whole list as JSON when there are several plain ones;
// any other object as Python's str(dict) writes it. null or nothing: one blank, as MLflow has it.
std::string inputs_as_text(std::string_view json_text);
// JSON text of a span's outputs → text: a list counts by its first element;
// choices[0].message.content; messages[-1].content; the last message of the Responses API; a string
// as it is; other values as JSON.
std::string outputs_as_text(std::string_view json_text);
// Any JSON value as Python's repr() writes the value that json.loads makes of it; text that is not
// JSON comes back as it is.
std::string python_repr_of_json(std::string_view json_text);

// RETRIEVER spans without a RETRIEVER ancestor, in list order; a span whose chain of parents is
// broken does not count (MLflow's rule).
std::vector<store::SpanRow> top_level_retrievers(const store::Dataset& dataset,
                                                 store::TraceRow row);
// A retriever's outputs: a list of objects, or a JSON string of one; page_content and
// metadata.doc_uri of each. Elements that are no objects are dropped; anything else gives nothing.
std::vector<RetrievedChunk> retrieved_chunks(std::string_view outputs_json);

// The last text of the user in a span's inputs; else inputs_as_text().
std::string last_user_text(std::string_view inputs_json);

// Tools called: the TOOL spans by time, with MLflow's rule for their names.
std::vector<ToolCall> tools_called(const store::Dataset& dataset, store::TraceRow row);

// The traces of the session of `row`, by time; none when it has none. Runs over all traces.
std::vector<store::TraceRow> session_traces(const store::Dataset& dataset, store::TraceRow row);

// What a plan calls an item's span: its id, for chunks with "#" and the chunk's number from 0.
struct ItemSpan {
  std::string_view span_id;
  int chunk = -1;
};
ItemSpan item_span(ScorerLevel level, std::string_view planned);

// What the scorer reads of a trace. `planned_span` is PlanItem::span_id ("" where the scorer needs a
// retriever: NoRetrieverSpan); levels without spans ignore it. `session`: the session's traces in
// order, where the caller has them.
TraceInput read_trace_input(const store::Dataset& dataset, store::TraceRow row,
                            const ScorerSpec& scorer, std::string_view planned_span,
                            const std::vector<store::TraceRow>* session = nullptr);
TraceInput read_trace_input(const store::Dataset& dataset, store::TraceRow row, ScorerKind kind,
                            std::string_view planned_span);

}  // namespace assay::judge
