// Drafts: from what a user typed or a judge said to a checked event for the journal. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/journal/journal.h"
#include "core/store/assessment.h"

namespace assay::annot {

constexpr size_t kMaxNameChars = 250;  // code points; MLflow's limits
constexpr size_t kMaxSourceIdChars = 250;
constexpr std::string_view kDefaultSourceId = "default";

enum class ValueType : uint8_t { Boolean, Number, String, Json };

// What stands in the form of the annotation panel.
struct AssessmentDraft {
  std::string trace_id;
  std::string span_id;  // "" = the whole trace
  store::AssessmentKind kind = store::AssessmentKind::Feedback;
  std::string name;
  ValueType value_type = ValueType::Boolean;
  std::string value_text;  // as typed: "true", "4.5", free text, JSON
  std::string rationale;
  std::string overrides;  // the id of the assessment that this one supersedes; "" = none
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string session_id;  // it is of the whole session, kept on its earliest trace; "" = of the trace
};

// Who makes it, when, and under which id ("a-…", journal::new_assessment_id).
struct Stamp {
  std::string author;  // "" becomes "default"
  TimeMs now_ms = 0;
  std::string assessment_id;
};

// Not empty, not only blanks, at most 250 characters.
Status check_name(std::string_view name);
// The value as JSON text. Boolean: true/false/yes/no/1/0 in any case; Number: a finite number,
// written as a double (5 → 5.0); String: as it stands; Json: strict RFC 8259. Numbers inside a
// feedback's JSON become doubles too, because MLflow carries them as such.
Result<std::string> parse_value(ValueType type, std::string_view text, store::AssessmentKind kind);
// The type and text with which a form shows a value again.
std::pair<ValueType, std::string> value_for_editing(std::string_view value_json);

// A human's new assessment: source HUMAN, source_id = author.
Result<journal::NewEvent> create_event(const AssessmentDraft& draft, const Stamp& stamp);
// The changes from `current` to the draft (name, value, rationale, and metadata, which is added to what is there); InvalidInput when nothing
// changes or the draft has another kind. Overrides and span of the draft are not looked at: they
// stay.
Result<journal::NewEvent> update_event(const store::Assessment& current,
                                       const AssessmentDraft& draft);
journal::NewEvent delete_event(std::string_view trace_id, std::string_view assessment_id);

// A judge's or a code scorer's verdict. Metadata keys of MLflow: mlflow.assessment.sourceRunId,
// …judgeInputTokens, …judgeOutputTokens, …judgeCost.
struct JudgeFeedback {
  std::string trace_id;
  std::string span_id;
  std::string name;
  store::SourceType source_type = store::SourceType::LlmJudge;
  std::string source_id;   // the model URI ("openai:/gpt-4o-mini"), or the scorer's name
  std::string value_json;  // "" with an error; numbers are written as doubles
  std::string rationale;
  std::string error_code, error_message, stack_trace;  // all empty: no error
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string overrides;
};
Result<journal::NewEvent> judge_event(const JudgeFeedback& verdict, const Stamp& stamp);

// The event for any assessment (ids and times are taken as they are).
journal::NewEvent create_event_of(const store::Assessment& assessment, std::string_view trace_id);

// JSON text with every number written as a double, NaN and infinities as MLflow's strings.
// Precondition: valid JSON (else it is returned unchanged).
std::string with_double_numbers(std::string_view value_json);

}  // namespace assay::annot
