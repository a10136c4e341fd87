// Scores in columns: the result tables of mlflow.genai.evaluate() (<name>/value, beside the columns
// of search_traces()), of the older mlflow.evaluate() (<metric>/v1/score and /v1/justification,
// with inputs, outputs and targets) and of Databricks' agent evaluation (<name>/rating,
// /rationale).
#pragma once

#include "core/convert/format.h"
#include "core/convert/mlflow_parts.h"

namespace assay::convert {

// Tables that hold no traces: a row becomes a trace of one span. Also the answer of
// `mlflow traces evaluate --output json`: {"trace_id", "assessments": [{"name", "result", …}]}.
Format mlflow_evaluate_format();

bool is_score_column(std::string_view column);

// Adds the scores of a row's columns to an info that has no assessment of that name.
void add_scores(Members& info, json::Node row, std::string_view trace_id, TimeNs time_ns);

}  // namespace assay::convert
