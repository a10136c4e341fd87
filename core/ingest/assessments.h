// MLflow assessments as they stand in info.assessments (protobuf JSON in snake_case), the forms of
// older writers included: a top-level "error", "serialized_value", source type AI_JUDGE, times in ms.
#pragma once

#include <vector>

#include "core/ingest/record_context.h"

namespace assay::ingest {

// Consumes the array. What is no assessment is noted and left out.
void read_assessments(RecordContext& context, json::Reader& reader, MlflowMembers& members,
                      std::vector<store::Assessment>& out);

}  // namespace assay::ingest
