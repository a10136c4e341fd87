#include "ui/views/assessed.h"

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/unescape.h"
#include "ui/views/text.h"

namespace assay::ui {
namespace {

// Newest first, of equally old ones the earlier in the list. Lists are short.
void insert_by_time(std::vector<const store::Assessment*>& list,
                    const store::Assessment& assessment) {
  size_t at = list.size();
  list.push_back(&assessment);
  for (; at > 0 && list[at - 1]->create_time_ms < assessment.create_time_ms; --at)
    list[at] = list[at - 1];
  list[at] = &assessment;
}

ValueKind polarity(std::string_view text) {
  if (text.size() > 5) return ValueKind::Text;
  const std::string lower = ascii_lower(text);
  if (lower == "yes" || lower == "true" || lower == "pass") return ValueKind::Pass;
  if (lower == "no" || lower == "false" || lower == "fail") return ValueKind::Fail;
  return ValueKind::Text;
}

}  // namespace

AssessedValue value_of_json(std::string_view value_json) {
  if (value_json.empty() || value_json == "null") return {};
  if (value_json == "true") return {ValueKind::Pass, "true"};
  if (value_json == "false") return {ValueKind::Fail, "false"};
  if (value_json.front() == '"' && value_json.size() >= 2) {
    std::string text = json::unescaped(value_json.substr(1, value_json.size() - 2));
    const ValueKind kind = polarity(text);
    return {kind, std::move(text)};
  }
  if (value_json.front() == '{' || value_json.front() == '[')
    return {ValueKind::Json, std::string(value_json)};
  if (const auto number = parse_double(value_json))
    return {ValueKind::Number, format_score(*number)};
  return {ValueKind::Text, std::string(value_json)};
}

AssessedValue value_of(const store::Assessment& assessment) {
  AssessedValue shown = value_of_json(assessment.value_json);
  if (shown.kind == ValueKind::None && assessment.has_error()) {
    return {ValueKind::Error,
            assessment.error_code.empty() ? assessment.error_message : assessment.error_code};
  }
  return shown;
}

bool is_of_earlier_run(const store::Assessment& a, const std::vector<store::Assessment>& all) {
  if (a.source_type == store::SourceType::Human || a.kind != store::AssessmentKind::Feedback || !a.valid) return false;
  const auto is_candidate = [&a](const store::Assessment& b) {
    return &a != &b && b.valid && b.kind == a.kind && b.source_type == a.source_type && b.name == a.name &&
           b.source_id == a.source_id && b.span_id == a.span_id && b.create_time_ms >= a.create_time_ms;
  };
  std::string run;
  for (const store::Assessment& b : all) {
    if (!is_candidate(b)) continue;
    if (run.empty()) run = store::metadata_value(a, store::kSourceRunKey);
    if (run.empty()) return false;
    if (b.metadata_json.find(run) != std::string::npos) continue;  // the same run, without reading it: of many chunks
    const std::string other = store::metadata_value(b, store::kSourceRunKey);
    // Of equally old ones the later in the list is the newer.
    if (other.empty() || (b.create_time_ms == a.create_time_ms && &b < &a)) continue;
    bool same_place = true;
    for (const std::string_view key : {"span_id", "chunk_index", "mlflow.trace.session"})
      same_place = same_place && store::metadata_value(a, key) == store::metadata_value(b, key);
    if (same_place) return true;
  }
  return false;
}

CellValue cell_value(const std::vector<store::Assessment>& assessments, std::string_view name,
                     store::AssessmentKind kind, std::string_view only_of) {
  CellValue cell;
  for (const store::Assessment& a : assessments) {
    if (!only_of.empty() && !is_of(a, only_of)) continue;
    if (!a.valid || a.kind != kind || a.name != name) continue;
    cell.valid_count += is_of_earlier_run(a, assessments) ? 0 : 1;
    // Of equally old ones the later in the list.
    if (cell.assessment == nullptr || a.create_time_ms >= cell.assessment->create_time_ms)
      cell.assessment = &a;
  }
  return cell;
}

Threshold threshold_of(const store::Assessment& a) {
  Threshold told;
  const std::string_view metadata = a.metadata_json;
  const bool has = metadata.find("\"threshold\"") != std::string_view::npos || metadata.find("\"success\"") != std::string_view::npos;
  if (!has || a.kind != store::AssessmentKind::Feedback) return told;
  const auto number = [&](std::string_view key) {
    const std::optional<double> value = parse_double(trimmed(store::metadata_value(a, key)));
    return value ? format_score(*value) : std::string();
  };
  told.limit = number("threshold");
  const std::string success = ascii_lower(store::metadata_value(a, "success"));
  if (success == "true" || success == "false") told.passed = success == "true";
  if (value_of_json(a.value_json).kind != ValueKind::Number) told.score = number("score");
  return told;
}

bool is_of(const store::Assessment& a, std::string_view reviewer) {
  return a.source_type == store::SourceType::Human && a.source_id == reviewer;
}

std::vector<AssessmentGroup> group_assessments(const std::vector<store::Assessment>& assessments,
                                               std::string_view only_of) {
  std::vector<AssessmentGroup> groups;
  for (const auto kind : {store::AssessmentKind::Feedback, store::AssessmentKind::Expectation,
                          store::AssessmentKind::Issue}) {
    const size_t first = groups.size();
    for (const store::Assessment& a : assessments) {
      if (a.kind != kind || (!only_of.empty() && !is_of(a, only_of))) continue;
      size_t at = first;
      while (at < groups.size() && groups[at].name != a.name)
        ++at;
      if (at == groups.size()) groups.push_back({a.name, a.kind});
      AssessmentGroup& group = groups[at];
      insert_by_time(!a.valid                            ? group.earlier
                     : is_of_earlier_run(a, assessments) ? group.earlier_runs
                                                         : group.in_force,
                     a);
    }
  }
  return groups;
}

}  // namespace assay::ui
