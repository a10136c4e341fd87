// The "info" object of an MLflow trace: TraceInfo of schema V3 (trace_id, request_time, state, …) and
// of V2 (request_id, timestamp_ms, status, …). It is V2 exactly when it has a request_id; its fields
// are mapped to V3's: request_id → trace_id, timestamp_ms → request_time, execution_time_ms →
// execution_duration, status → state, request_metadata → trace_metadata.
#pragma once

#include "core/ingest/record_context.h"

namespace assay::ingest {

// Consumes the value of "info" and fills scratch.fields, metadata, tags, assessments and id.
void read_mlflow_info(RecordContext& context, json::Reader& reader, TraceScratch& scratch);

}  // namespace assay::ingest
