#include "core/app/command.h"

namespace assay::app {

namespace {

// In the order of the enum. Chords: "Mod" is Ctrl, on a Mac Cmd. None of them is one that a browser
// keeps for itself (W, T, N, L, R, function keys).
constexpr CommandInfo kCommands[] = {
    {CommandId::FileOpen, "file.open", "Open files…", "load import drop traces", "Mod+O", true},
    {CommandId::FileOpenExample, "file.open_example", "Open the example", "demo sample try", "", true},
    {CommandId::FileOpenAddress, "file.open_address", "Open an address", "", "", false},
    {CommandId::FileCloseAll, "file.close_all", "Close all files", "unload clear data", "", true},
    {CommandId::FileCancelImport, "file.cancel_import", "Cancel the import", "stop loading", "", true},
    {CommandId::FileColumns, "file.columns", "Say what a table's columns are", "", "", false},
    {CommandId::FilePart, "file.part", "Read a part of a file", "", "", false},
    {CommandId::SearchSet, "search.set", "Search", "", "", false},
    {CommandId::SearchSort, "search.sort", "Sort", "", "", false},
    {CommandId::SearchComplete, "search.complete", "Complete the query", "", "", false},
    {CommandId::SearchRemember, "search.remember", "Remember a query", "", "", false},
    {CommandId::SearchForgetHistory, "search.forget_history", "Clear the history of queries", "recent searches", "", true},
    {CommandId::ViewSave, "view.save", "Save a view", "", "", false},
    {CommandId::ViewRename, "view.rename", "Rename a view", "", "", false},
    {CommandId::ViewDelete, "view.delete", "Delete a view", "", "", false},
    {CommandId::ViewApply, "view.apply", "Open a view", "", "", false},
    {CommandId::SelectToggle, "select.toggle", "Select a trace", "", "", false},
    {CommandId::SelectRange, "select.range", "Select a range", "", "", false},
    {CommandId::SelectAll, "select.all", "Select all that match", "everything", "", true},
    {CommandId::SelectNone, "select.none", "Clear the selection", "deselect nothing", "", true},
    {CommandId::GoTraces, "go.traces", "Go to traces", "list table", "Alt+1", true},
    {CommandId::GoReview, "go.review", "Go to review", "label annotate queue agreement reviewers", "Alt+5", true},
    {CommandId::GoScorers, "go.scorers", "Go to scorers", "judges guidelines evaluate", "Alt+2", true},
    {CommandId::GoRuns, "go.runs", "Go to runs", "results scores evaluation", "Alt+3", true},
    {CommandId::GoSettings, "go.settings", "Go to settings", "preferences options", "Alt+4", true},
    {CommandId::TraceOpen, "trace.open", "Open a trace", "", "", false},
    {CommandId::TraceClose, "trace.close", "Close the trace", "reader", "Escape", true},
    {CommandId::TraceNext, "trace.next", "Next trace", "", "J", true},
    {CommandId::TracePrevious, "trace.previous", "Previous trace", "", "K", true},
    {CommandId::SpanSelect, "span.select", "Select a span", "", "", false},
    {CommandId::SessionOpen, "session.open", "Open a session", "", "", false},
    {CommandId::SessionClose, "session.close", "Close the session", "conversation", "", false},
    {CommandId::CompareOpen, "compare.open", "Compare two traces", "", "", false},
    {CommandId::CompareClose, "compare.close", "End the comparison", "", "", false},
    {CommandId::GoAnalysis, "go.analysis", "Go to error analysis", "failure modes codebook notes", "Alt+6", true},
    {CommandId::RunOpen, "run.open", "Open a run", "", "", false},
    {CommandId::RunClose, "run.close", "Back to all runs", "", "", false},
    {CommandId::AssessmentAdd, "assessment.add", "Add an assessment", "", "", false},
    {CommandId::AssessmentUpdate, "assessment.update", "Change an assessment", "", "", false},
    {CommandId::AssessmentDelete, "assessment.delete", "Delete an assessment", "", "", false},
    {CommandId::CodeRename, "code.rename", "Rename a failure mode", "", "", false},
    {CommandId::ModeDefine, "mode.define", "Define a failure mode", "", "", false},
    {CommandId::ModeRetire, "mode.retire", "Take a failure mode out of the codebook", "", "", false},
    {CommandId::ModeConfirm, "mode.confirm", "Confirm earlier codes of a failure mode", "", "", false},
    {CommandId::CodebookExport, "codebook.export", "Save the codebook as a file", "failure modes download", "", true},
    {CommandId::Undo, "edit.undo", "Undo", "back revert", "Mod+Z", true},
    {CommandId::Redo, "edit.redo", "Redo", "again", "Mod+Shift+Z", true},
    {CommandId::AssessmentAddMany, "assessment.add_many", "Assess many traces", "", "", false},
    {CommandId::ReviewShow, "review.show", "Show a part of the review place", "", "", false},
    {CommandId::SchemaSave, "schema.save", "Save a question", "", "", false},
    {CommandId::SchemaRetire, "schema.retire", "Retire a question", "", "", false},
    {CommandId::SchemaExport, "schema.export", "Save the questions as a file", "label schemas download", "", true},
    {CommandId::QueueCreate, "queue.create", "Make a review queue", "", "", false},
    {CommandId::QueueArchive, "queue.archive", "Archive a review queue", "", "", false},
    {CommandId::QueueOpen, "queue.open", "Open a review queue", "", "", false},
    {CommandId::QueueClose, "queue.close", "Back to all queues", "review", "", true},
    {CommandId::ReviewItem, "review.item", "Show an item of the queue", "", "", false},
    {CommandId::ReviewAnswer, "review.answer", "Answer a question", "", "", false},
    {CommandId::ReviewMark, "review.mark", "Mark an item of the queue", "", "", false},
    {CommandId::Adjudicate, "review.adjudicate", "Decide between labels", "", "", false},
    {CommandId::ExportWork, "export.work", "Save my labels for colleagues", "review work file team merge", "", true},
    {CommandId::ScorerSave, "scorer.save", "Save a scorer", "", "", false},
    {CommandId::ScorerDelete, "scorer.delete", "Delete a scorer", "", "", false},
    {CommandId::ScorerSwitch, "scorer.switch", "Take a scorer into runs", "", "", false},
    {CommandId::ScorerImport, "scorer.import", "Import scorers", "", "", false},
    {CommandId::ScorerExport, "scorer.export", "Export all scorers", "save mlflow serialized", "", true},
    {CommandId::JudgeSetKey, "judge.set_key", "Set the key", "", "", false},
    {CommandId::JudgeForgetKey, "judge.forget_key", "Forget the key", "secret remove", "", true},
    {CommandId::JudgeStart, "judge.start", "Run the judges", "", "", false},
    {CommandId::JudgeTry, "judge.try", "Try a scorer on one trace", "", "", false},
    {CommandId::JudgeTest, "judge.test", "Test the connection to the judge", "check key cors", "", true},
    {CommandId::JudgeEstimate, "judge.estimate", "Count requests and tokens", "", "", false},
    {CommandId::JudgePause, "judge.pause", "Pause the run", "hold stop", "", true},
    {CommandId::JudgeResume, "judge.resume", "Resume the run", "continue", "", true},
    {CommandId::JudgeCancel, "judge.cancel", "Cancel the run", "stop abort", "", true},
    {CommandId::JudgeRetryFailed, "judge.retry_failed", "Try the failed ones again", "", "", false},
    {CommandId::JudgeRetryInterrupted, "judge.retry_interrupted", "Send the interrupted ones again", "",
     "", false},
    {CommandId::ExportTraces, "export.traces", "Save the traces as MLflow JSON Lines",
     "download export take home", "Mod+S", true},
    {CommandId::ExportResultsCsv, "export.results_csv", "Save the results as CSV",
     "download export spreadsheet", "", true},
    {CommandId::ExportResultsJson, "export.results_json", "Save the results as JSON", "download export",
     "", true},
    {CommandId::ExportJournal, "export.journal", "Save the journal", "download export backup", "", true},
    {CommandId::ExportLedger, "export.ledger", "Save the ledger of judge requests", "cost tokens csv", "", true},
    {CommandId::SettingSet, "setting.set", "Change a setting", "", "", false},
    {CommandId::SettingsExport, "settings.export", "Save the settings", "preferences keys download", "", true},
    {CommandId::SettingsImport, "settings.import", "Load settings", "", "", false},
    {CommandId::ForgetEverything, "forget.everything", "Forget everything", "", "", false},
    {CommandId::NoticeDismiss, "notice.dismiss", "Dismiss a notice", "", "", false},
    {CommandId::UiFocusSearch, "ui.focus_search", "Search traces", "find filter query", "Mod+F", true},
    {CommandId::UiSaveView, "ui.save_view", "Save this view…", "query filter bookmark name", "", true},
    {CommandId::UiHitNext, "ui.hit_next", "Next hit in the trace", "find match word", "N", true},
    {CommandId::UiHitPrevious, "ui.hit_previous", "Previous hit in the trace", "find match word", "Shift+N", true},
    {CommandId::UiPalette, "ui.palette", "Find a command", "palette actions", "Mod+K", false},
    {CommandId::UiShortcuts, "ui.shortcuts", "Show the keys", "help shortcuts keyboard", "?", true},
    {CommandId::UiToggleTheme, "ui.toggle_theme", "Switch between light and dark", "theme colours", "",
     true},
    {CommandId::UiToggleLanguage, "ui.toggle_language", "Switch the language", "english chinese 中文",
     "", true},
    {CommandId::UiToggleFacets, "ui.toggle_facets", "Show or hide the facets", "panel sidebar", "",
     false},
    {CommandId::UiMaximizeReader, "ui.maximize_reader", "Widen or narrow the trace", "full width", "F",
     true},
    {CommandId::UiAnnotate, "ui.annotate", "Add an assessment to this trace", "label feedback note", "A",
     true},
    {CommandId::UiNote, "ui.note", "Note what goes wrong here", "selected text quote error analysis", "M", true},
    {CommandId::UiBlind, "ui.blind", "Hide or show others' labels and judges' verdicts", "blind review", "Shift+B", true},
    {CommandId::UiImportReport, "ui.import_report", "Show the import report", "skipped repaired errors",
     "", true},
    {CommandId::UiUpdate, "ui.update", "Change to the new version", "reload update", "", false},
    {CommandId::UiSlowestSpan, "ui.slowest_span", "Slowest span, then the next slowest", "timeline latency duration", "S", true},
    {CommandId::UiFirstError, "ui.first_error", "First failed span, then the next", "timeline exception", "E", true},
    {CommandId::UiZoomIn, "ui.zoom_in", "Timeline: closer", "zoom", "=", true},
    {CommandId::UiZoomOut, "ui.zoom_out", "Timeline: farther", "zoom", "-", true},
    {CommandId::UiZoomAll, "ui.zoom_all", "Timeline: the whole trace", "zoom fit", "0", true},
    {CommandId::UiEarlier, "ui.earlier", "Timeline: earlier", "pan left", "Shift+ArrowLeft", true},
    {CommandId::UiLater, "ui.later", "Timeline: later", "pan right", "Shift+ArrowRight", true},
    {CommandId::UiCompare, "ui.compare", "Compare the two selected traces", "diff difference", "", true},
};
static_assert(sizeof(kCommands) / sizeof(kCommands[0]) == static_cast<size_t>(CommandId::kCount));

}  // namespace

std::string_view Command::arg(std::string_view key) const {
  for (const CommandArg& argument : args)
    if (argument.first == key) return argument.second;
  return {};
}

const CommandInfo& command_info(CommandId id) { return kCommands[static_cast<size_t>(id)]; }

std::optional<CommandId> find_command(std::string_view key) {
  for (const CommandInfo& info : kCommands)
    if (info.key == key) return info.id;
  return std::nullopt;
}

}  // namespace assay::app
