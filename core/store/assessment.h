// Assessment: a feedback, an expectation or an issue on a trace or a span, in MLflow's model
// (mlflow.entities.Assessment; its JSON is protobuf's snake_case form).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/text_ref.h"
#include "core/base/time.h"

namespace assay::store {

enum class AssessmentKind : uint8_t { Feedback, Expectation, Issue };
enum class SourceType : uint8_t { Unspecified, Human, LlmJudge, Code };

std::string_view source_type_name(SourceType type);  // "HUMAN", "LLM_JUDGE", "CODE", …
// Case-insensitive; AI_JUDGE is read as LLM_JUDGE.
SourceType parse_source_type(std::string_view name);
std::string_view assessment_kind_name(AssessmentKind kind);  // "feedback", "expectation", "issue"

struct Assessment {
  std::string assessment_id;  // "a-" + 32 hex when we make it
  std::string name;
  std::string span_id;        // 16 hex digits (or the opaque id as read); "" = the whole trace
  AssessmentKind kind = AssessmentKind::Feedback;
  SourceType source_type = SourceType::Unspecified;
  std::string source_id;
  TimeMs create_time_ms = 0;
  TimeMs last_update_time_ms = 0;
  // The value as JSON text: `"yes"`, `true`, `5.0`, `null`, `["a"]`, `NaN`. For expectations with a
  // serialized_value it is the decoded JSON inside. Empty: no value at all (an error only, or an issue).
  std::string value_json;
  std::string error_code, error_message, stack_trace;  // feedback.error; all empty: no error
  std::string rationale;      // "" = none
  std::string metadata_json;  // a JSON object of strings; "" = none
  std::string overrides;      // the id of the superseded assessment; "" = none
  bool valid = true;          // absent in the source means true

  bool has_error() const { return !error_code.empty() || !error_message.empty(); }

  // Where its JSON stands in the imported text; exporters copy it verbatim while `changed` is false.
  TextRef imported_json;
  bool changed = true;
};

// The metadata value of `key`, or "" (metadata is small: parsed on each call).
std::string metadata_value(const Assessment& assessment, std::string_view key);

// MLflow's key that marks an assessment of a whole session; it lives on the session's first trace.
constexpr std::string_view kSessionKey = "mlflow.trace.session";
// … of the evaluation run that made it.
constexpr std::string_view kSourceRunKey = "mlflow.assessment.sourceRunId";
// Of a verdict: the version of the scorer that gave it.
constexpr std::string_view kScorerVersionKey = "assay.scorerVersion";

}  // namespace assay::store
