// Phoenix and OpenInference: spans as Phoenix's REST API and its download write them (one a line,
// in pages, in the CLI's trace files), rows of its data frames, spans of OpenTelemetry's Python
// console exporter, and single spans that are nothing but flat attributes. Phoenix's OTLP forms are
// read by otlp_json. docs/formats/phoenix.md says what becomes of each field.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format phoenix_spans_format();
Format phoenix_rows_format();
Format otel_console_format();
Format flat_span_format();  // general: asked late

}  // namespace assay::convert
