// Jaeger's trace JSON: a query's answer ({"data": [trace, …]}), one trace ({traceID, spans,
// processes}), or the storage's spans one by one, each with its process. Times are microseconds;
// attributes are tags.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format jaeger_format();

}  // namespace assay::convert
