// What was begun and not saved (a note, an assessment, an answer), as the text under which the session keeps it for its
// place, so that it is there again when the place is opened, also after a reload (Session::draft, CommandId::DraftSet).
#pragma once

#include <string>
#include <string_view>

#include "ui/frame.h"

namespace assay::ui {

// Where a draft belongs.
std::string note_place(std::string_view trace_id);
std::string assessment_place(std::string_view trace_id);
std::string edit_place(std::string_view trace_id, std::string_view assessment_id);  // of one that is changed in place
std::string answer_place(std::string_view item_key, std::string_view question);
std::string scorer_place(const ScorerState& state);  // of the one in the editor

// "" where nothing was begun. Reading "" or what is no draft leaves all as it is and says false.
std::string note_draft(const AnalysisState& state);
bool read_note_draft(std::string_view text, AnalysisState& state);
std::string assessment_draft(const AssessmentForm& form);
bool read_assessment_draft(std::string_view text, AssessmentForm& form);
// Of an assessment as it is in `now`; begun when it was another, it is not read.
std::string edit_draft(const AnnotateState& state);
bool read_edit_draft(std::string_view text, const AssessmentForm& now, AssessmentForm& form);
std::string answer_draft(const AnswerDraft& draft);
bool read_answer_draft(std::string_view text, AnswerDraft& draft);
// Of a scorer as it was when it was begun to be changed; of another one it is not read.
std::string scorer_draft(const ScorerState& state);
bool read_scorer_draft(std::string_view text, ScorerState& state);
// A new scorer that was begun before a reload is in the editor again.
void show_begun_scorer(UiFrame& f);

// Hands over what has changed in this frame. After the views.
void keep_drafts(UiFrame& f);
// A note that was begun under this trace is shown again when it is first opened.
void show_begun_note(UiFrame& f, std::string_view trace_id);

}  // namespace assay::ui
