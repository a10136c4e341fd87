// MLflow trace records of schema V2 (MLflow 2.14-2.22) in the form of V3, as MLflow does it when it
// loads them:
//   info: request_id → trace_id, experiment_id → trace_location, timestamp_ms → request_time,
//         execution_time_ms → execution_duration_ms, status → state, request_metadata →
//         trace_metadata, previews from the metadata mlflow.traceInputs / mlflow.traceOutputs
//   span: context → trace_id, span_id (hex → base64), parent_id → parent_span_id, start_time →
//         start_time_unix_nano, end_time → end_time_unix_nano, status_code and status_message →
//         status, events' timestamp → time_unix_nano; attributes to the letter
// Members of other names are kept as they are. Spans with ids that are not hexadecimal stay V2.
#pragma once

#include <string>
#include <string_view>

namespace assay::annot {

// `assessments`: the JSON array to put into info; empty: the one that the record has, if any.
std::string upgraded_v2_record(std::string_view record, std::string_view assessments);

}  // namespace assay::annot
