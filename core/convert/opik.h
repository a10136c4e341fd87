// Opik: the CLI's trace files ({"trace", "spans"}), traces and spans as the SDK lists them,
// experiments, and rows of the CLI's (trace_…, span_… columns) and the page's CSV (flattened
// names). docs/formats/opik.md says what becomes of each field.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format opik_format();

}  // namespace assay::convert
