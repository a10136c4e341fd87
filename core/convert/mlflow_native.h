// MLflow's own trace records, which need no conversion: they go through verbatim. They come here when a
// file holds them beside others, or packed.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format mlflow_trace_format();

}  // namespace assay::convert
