// The spans of an MLflow trace, in the forms of schema V3 (ids in base64 or hex, start_time_unix_nano,
// status {code, message}) and V2 (context {trace_id, span_id}, start_time, status_code). A span is V2
// exactly when it has a context. Attribute values are JSON in strings.
#pragma once

#include "core/ingest/record_context.h"

namespace assay::ingest {

// Enters the array of spans and empties scratch.spans and scratch.links; false: the value is none.
bool begin_mlflow_spans(RecordContext& context, json::Reader& reader, TraceScratch& scratch);

// Consumes one element of it and appends to both; parents are not resolved.
void read_mlflow_span(RecordContext& context, json::Reader& reader, TraceScratch& scratch);

// Turns the parents' ids into indexes; orphans, rings, and repeated ids are noted.
void link_spans(RecordContext& context, TraceScratch& scratch);

}  // namespace assay::ingest
