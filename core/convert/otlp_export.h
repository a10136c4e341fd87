// MLflow trace records as OTLP JSON (opentelemetry-proto 1.x: hex ids, 64-bit integers as strings), and
// their assessments as gen_ai.evaluation.result events.
#pragma once

#include <string>

#include "core/json/tree.h"

namespace assay::convert {

std::string otlp_request(json::Node trace);      // one ExportTraceServiceRequest
std::string evaluation_logs(json::Node trace);   // one ExportLogsServiceRequest; "" without assessments

}  // namespace assay::convert
