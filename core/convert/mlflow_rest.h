// Answers of MLflow's REST API as files: traces/get and batchGet (whole traces with typed
// attributes), traces/search of version 3 and of version 2 and batchGetInfos (traces without
// spans), and its error answers. Pages ({"traces": […], "next_page_token"}) are read element by
// element, whatever they hold.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format mlflow_rest_format();

}  // namespace assay::convert
