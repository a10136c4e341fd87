// One MLflow trace, {"info": …, "data": {"spans": […]}}, as Trace.to_json() of MLflow 2.14 and later
// writes it: schema V2 and V3, told by the members of "info".
#pragma once

#include "core/ingest/record_context.h"

namespace assay::ingest {

// Adds the trace to the data set, or notes why not and returns false.
bool read_mlflow_trace(RecordContext& context, TraceScratch& scratch);

}  // namespace assay::ingest
