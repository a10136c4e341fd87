// Small pieces that several views draw alike.
#pragma once

#include <string>
#include <string_view>

#include "core/store/assessment.h"
#include "ui/frame.h"
#include "ui/kit/display.h"

namespace assay::ui {

// Rows of a list stand without space between them while it lives.
struct TightRows {
  explicit TightRows(float gap_pt = 0);
  ~TightRows();
  TightRows(const TightRows&) = delete;
  TightRows& operator=(const TightRows&) = delete;
};

// Moves the cursor right of the region's left edge, on a fresh row.
void indent_by(float width_pt);

struct SourceLook {
  const char* icon;
  kit::Str name;
};
SourceLook source_look(store::SourceType type);

// Mark, colour and text of a value in one line: "✓ yes", "4.5", "! TimeoutError". Drawn at the
// cursor; `struck`: with a line through it. Long texts and JSON are shown in full below by the
// caller.
void draw_value_line(UiFrame& f, std::string_view id, const store::Assessment& assessment,
                     bool struck, float width_pt);
// "threshold 0.5 · passed", where its writer tells; "" = nothing.
std::string threshold_text(const store::Assessment& assessment);
// What stands behind a verdict in a table's cell: the error's message, the threshold, the reason; "" = nothing.
std::string verdict_tip(const store::Assessment& assessment);
// An error's code, message and stack; nothing where there is none.
void draw_error(UiFrame& f, std::string_view id, const store::Assessment& assessment);
// What each judge of a vote said, and how far they agree; nothing where there was no vote.
void draw_ballots(UiFrame& f, std::string_view id, const store::Assessment& assessment);
// The value does not fit into one line, or is JSON.
bool needs_block(const store::Assessment& assessment);

// Of the file that was opened, cut where it is very long.
std::string shown_file_name(const ingest::FileReport& report);

// A count of minutes and hours ago is worth less than a time: "09:14", or the date.
std::string short_when(const UiFrame& f, int64_t time_ms);

// "24 Nov 09:14".
std::string minute_text(TimeNs time_ns);

// Back to the list that this was opened from, above a page's title; true when it was pressed.
bool back_button(UiFrame& f, std::string_view id, kit::Str text);

// Wrapped text that tests and screen readers find.
void wrapped_text(UiFrame& f, std::string_view id, std::string_view text, kit::TextStyle style,
                  kit::Color color, kit::Role role = kit::Role::Text, float free_pt = 0);

// What an undo or redo concerns: "feedback “correctness” on trace tr-0123…". The parts as the session's
// notice has them: add, update, remove; feedback, expectation; name; trace id.
// `count`: of traces where it is about several, else "".
std::string change_text(std::string_view what, std::string_view kind, std::string_view name,
                        std::string_view trace_id, std::string_view count = {});
// "Undo: …", or "Undo" where there is nothing to undo.
std::string undo_title(const UiFrame& f, bool redo);

// In the traces' place, while others' labels are hidden: the reviewer, whose own are shown; else "".
std::string_view blind_reviewer(const UiFrame& f);
// Reading blind, instead of what shows others' labels or judges' verdicts: says so, and offers to show it. True when it
// stands there.
bool draw_hidden_by_blind(UiFrame& f);

// The keys of a command as they are now, for people; "" when it has none.
std::string key_label(const UiFrame& f, app::CommandId id);

}  // namespace assay::ui
