// The form of one assessment, for adding and for changing in place. Pure parts are tested without a
// screen.
#pragma once

#include <string>
#include <string_view>

#include "ui/frame.h"

namespace assay::ui {

// value_type and value of the command, from what stands in the form; "" and a text for the user
// when it is not complete.
struct FormValue {
  std::string value_type;  // "boolean", "number", "string", "json"; "" = not valid
  std::string value;
  kit::Str problem = kit::Str::kCount;
};
FormValue form_value(const AssessmentForm& form);

// A form that holds the value and rationale of an assessment.
AssessmentForm form_of(const store::Assessment& assessment);
// Judges write "yes" and "no"; a person's pass or fail under the same name is written alike.
bool name_uses_yes_no(const UiFrame& f, store::TraceRow trace, std::string_view name);

// Names in use, for suggestions: of the loaded assessments, then of the scorers.
std::vector<std::string> known_names(const UiFrame& f, bool expectation);

// The form for a new assessment. Emits AssessmentAdd.
void draw_add_form(UiFrame& f, store::TraceRow trace);
// Value and rationale only. Emits AssessmentUpdate. False when it is done or left.
bool draw_edit_form(UiFrame& f, std::string_view id, store::TraceRow trace,
                    const store::Assessment& assessment);

// Type, value and rationale of a form, one below the other. True when it is to be saved (Enter).
bool draw_value_fields(UiFrame& f, std::string_view id, AssessmentForm& form);

// To another trace: takes up what was begun for it (`draft`, drafts.h; "": nothing). What was in the form is kept by keep_drafts().
void switch_form_to(AnnotateState& state, std::string_view trace_id, std::string_view draft);

}  // namespace assay::ui
