// Records of MLflow's evaluation datasets: to_dict() ({"dataset_id", "records": […]}), to_df() rows
// (JSON or CSV), the REST answers (values as JSON texts), and what people write by hand for
// evaluate():
// {"inputs", "expectations", "outputs"?}. A record becomes a trace of one span with its
// expectations.
//
// The trace gets an id made from the record's, not that of the trace that the record was taken
// from, which may be loaded too; that one is kept as metadata.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format mlflow_dataset_format();

}  // namespace assay::convert
