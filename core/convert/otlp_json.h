// OTLP JSON (ExportTraceServiceRequest, opentelemetry-proto 1.x) in the variants that real files have:
// ids in hex or base64, 64-bit integers as strings or numbers, enums as names or numbers, snake_case or
// camelCase, "batches" for resourceSpans (Tempo), instrumentationLibrarySpans (before 0.19), and
// resourceLogs beside or instead (GenAI events and evaluation results). One document may stand a line.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format otlp_json_format();

}  // namespace assay::convert
