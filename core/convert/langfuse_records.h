// Between langfuse.cpp and langfuse_records.cpp only: one trace, observation or score of Langfuse,
// its names in camelCase.
#pragma once

#include "core/convert/canonical.h"
#include "core/convert/format.h"
#include "core/json/tree.h"

namespace assay::convert {

// Adds the observation to its trace.
void read_langfuse_observation(Context& context, json::Node node, CanonicalTrace& trace);
// `row`: a row of a table, whose unknown lists are scores.
void read_langfuse_trace(Context& context, json::Node node, CanonicalTrace& trace, bool row);
void read_langfuse_scores(Context& context, json::Node list, CanonicalTrace& trace,
                          std::string_view observation_id);
void read_langfuse_score(Context& context, json::Node node, CanonicalTrace& trace,
                         std::string_view observation_id);
void read_langfuse_comments(Context& context, json::Node list, CanonicalTrace& trace);

}  // namespace assay::convert
