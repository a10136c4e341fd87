// One assessment in MLflow's JSON form (protobuf's snake_case form of Assessment) and back.
//
// Reading is tolerant: unknown members are skipped, absent ones take their defaults (valid = true),
// the deprecated top-level `error` is read as the feedback's, both spellings of JSON_FORMAT are
// known, and times may be RFC 3339 texts or the integers create_time_ms / last_update_time_ms.
// Writing leaves absent fields out, except the name (MLflow itself exports empty ones) and a
// feedback's `value` (null with an error), because MLflow's reader demands both; and `valid` is
// written for feedback and for anything superseded.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/store/assessment.h"

namespace assay::store {

// Errors: InvalidInput (no JSON object, or none of feedback, expectation, issue in it).
// `changed` is true and `imported_json` empty in the result: the importer sets both.
Result<Assessment> assessment_from_json(std::string_view json_text);

// `value_json` and `metadata_json` are written as they stand (with their white space, if they have
// any); an empty value becomes null.
std::string assessment_to_json(const Assessment& assessment, std::string_view trace_id);

// Only what stands behind its "feedback", "expectation" or "issue".
std::string assessment_value_to_json(const Assessment& assessment);

}  // namespace assay::store
