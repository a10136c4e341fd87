// How an assessment's value is shown: as a mark, a number, a short text or an error. Pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/assessment.h"

namespace assay::ui {

enum class ValueKind : uint8_t {
  None,  // no value
  Pass,  // yes, true, pass
  Fail,  // no, false, fail
  Number,
  Text,   // any other string
  Json,   // a list or an object
  Error,  // an error and no value
};

struct AssessedValue {
  ValueKind kind = ValueKind::None;
  std::string text;  // "yes", "4.5", "polite", JSON text, or the error's code
};
AssessedValue value_of(const store::Assessment& assessment);
AssessedValue value_of_json(std::string_view value_json);

// A verdict of an evaluation run, after which the same judge (name and source) has judged the same place again in
// another run. As in MLflow both stay valid; the later one is what the page shows for the name.
bool is_of_earlier_run(const store::Assessment& assessment, const std::vector<store::Assessment>& all);

// What a table cell shows of all the assessments of one name and kind: the newest valid one.
struct CellValue {
  const store::Assessment* assessment = nullptr;  // nullptr: none
  uint32_t valid_count = 0;  // without those of earlier runs
};
// `only_of`: only what this person has said; "": all.
CellValue cell_value(const std::vector<store::Assessment>& assessments, std::string_view name,
                     store::AssessmentKind kind, std::string_view only_of = {});
// Whether a person has said it.
bool is_of(const store::Assessment& assessment, std::string_view reviewer);

// What a number was measured against, where its writer tells (DeepEval, and MLflow's scorers of other systems):
// metadata "threshold", "success" and, beside a yes or no, "score".
struct Threshold {
  std::string score, limit;     // as numbers are shown; "" = not told
  std::optional<bool> passed;
  bool present() const { return !limit.empty() || passed.has_value(); }
};
Threshold threshold_of(const store::Assessment& assessment);

// The assessments of a trace by name: feedback first, then expectations, then issues, each name in
// the order of its first appearance. Within a name: valid ones, newest first; then those of earlier runs, and the
// superseded ones.
struct AssessmentGroup {
  std::string_view name;
  store::AssessmentKind kind;
  std::vector<const store::Assessment*> in_force = {};
  std::vector<const store::Assessment*> earlier_runs = {};  // valid too
  std::vector<const store::Assessment*> earlier = {};
};
std::vector<AssessmentGroup> group_assessments(const std::vector<store::Assessment>& assessments,
                                               std::string_view only_of = {});

}  // namespace assay::ui
