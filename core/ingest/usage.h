// Tokens and cost of a trace: from the metadata mlflow.trace.tokenUsage and mlflow.trace.cost where
// they are, otherwise summed over its spans. In the sum a span that reports hides its descendants, so
// that an agent's total and its model calls are not counted twice.
#pragma once

#include "core/ingest/record_context.h"

namespace assay::ingest {

// Fills the token and cost fields. Precondition: parents are linked.
void read_usage(RecordContext& context, TraceScratch& scratch);

}  // namespace assay::ingest
