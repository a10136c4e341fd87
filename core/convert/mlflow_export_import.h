// Traces in two files: what MLflow keeps of a trace as an artifact (traces.json and the answer of
// get-trace-artifact: {"spans": […]}, with "request" and "response" in version 2), and the folder
// of the mlflow-export-import tool (trace.json with the info under the names of Python's
// attributes, beside the artifact traces.json). Where both are in one archive they become one
// record; where one is missing the other is used alone.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format mlflow_export_import_format();

}  // namespace assay::convert
