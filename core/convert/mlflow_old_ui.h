// What early user interfaces of MLflow's tracing saved and tested with:
// {"trace_info": …, "trace_data": {"spans": [{"span_id", "parent_span_id", "span_type", "inputs",
// "outputs", "status": {"status_code"}, …}]}}. Databricks' review app writes the same envelope
// around today's spans.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format mlflow_old_ui_format();

}  // namespace assay::convert
