// An OpenTelemetry span on its way to a CanonicalSpan, whatever carried it (OTLP, Jaeger, Phoenix,
// Langfuse's metadata.attributes): attributes as flat dotted keys with JSON values.
//
// apply_conventions() reads the attribute conventions: MLflow's own, OpenInference, GenAI (new and old),
// OpenLLMetry, Vercel AI SDK, Langfuse, LangSmith and others, by one table of precedence; the first that
// is present and has content wins, and all attributes are kept as they were.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/convert/canonical.h"
#include "core/convert/format.h"

namespace assay::convert {

// What otlp_export puts on the root of a trace for the trace's own fields, and on spans and events to name the
// attributes that are JSON texts.
constexpr std::string_view kTraceId = "mlflow.trace.id";
constexpr std::string_view kClientRequestId = "mlflow.trace.client_request_id";
constexpr std::string_view kTraceState = "mlflow.trace.state";
constexpr std::string_view kJsonAttributes = "assay.json_attributes";

// What an attribute says of the whole trace.
struct TraceFacts {
  std::string id, client_request_id;
  TraceState state = TraceState::Derived;
  std::string session, user, name;
  std::vector<std::pair<std::string, std::string>> metadata, tags;
  std::vector<CanonicalAssessment> assessments;
  std::string inputs_json, outputs_json;
};

// `span.attributes` and `span.events` are what the source says; fills type, inputs, outputs, model, tokens,
// cost, tools and so on where the span has them not yet. `scope_name` is the instrumentation scope's.
void apply_conventions(CanonicalSpan& span, std::string_view scope_name, TraceFacts& facts);

// Moves the facts into the trace; what the trace has already stays.
void apply_facts(CanonicalTrace& trace, TraceFacts&& facts);

// The attribute's JSON value, or nullptr. The last of several with the key.
const std::string* find_attribute(const std::vector<Attribute>& attributes, std::string_view key);

// KeyValue lists as OTLP JSON has them ([{key, value: {stringValue: …}}]) or plain objects, appended as
// attributes. AnyValue becomes the JSON value that it means, and so does a text that kJsonAttributes names.
void append_otlp_attributes(json::Node list, std::vector<Attribute>& out);
std::string json_of_any_value(json::Node any_value);

}  // namespace assay::convert
