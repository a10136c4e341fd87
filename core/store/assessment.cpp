#include "core/store/assessment.h"

#include "core/base/utf8.h"
#include "core/json/reader.h"

namespace assay::store {

std::string_view source_type_name(SourceType type) {
  switch (type) {
    case SourceType::Human: return "HUMAN";
    case SourceType::LlmJudge: return "LLM_JUDGE";
    case SourceType::Code: return "CODE";
    case SourceType::Unspecified: break;
  }
  return "SOURCE_TYPE_UNSPECIFIED";
}

SourceType parse_source_type(std::string_view name) {
  const std::string lower = ascii_lower(name);
  if (lower == "human") return SourceType::Human;
  if (lower == "llm_judge" || lower == "ai_judge") return SourceType::LlmJudge;
  if (lower == "code") return SourceType::Code;
  return SourceType::Unspecified;
}

std::string_view assessment_kind_name(AssessmentKind kind) {
  switch (kind) {
    case AssessmentKind::Expectation: return "expectation";
    case AssessmentKind::Issue: return "issue";
    case AssessmentKind::Feedback: break;
  }
  return "feedback";
}

std::string metadata_value(const Assessment& assessment, std::string_view key) {
  if (assessment.metadata_json.empty()) return {};
  json::Reader reader(assessment.metadata_json);
  std::string found;
  if (reader.enter_object()) {
    while (reader.next_key()) {
      if (!reader.key_is(key)) continue;
      if (const auto text = reader.string()) found = *text;
    }
  }
  return found;
}

}  // namespace assay::store
