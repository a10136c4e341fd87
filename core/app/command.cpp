#include "core/app/command.h"

namespace assay::app {

namespace {

// In the order of the enum. Chords: "Mod" is Ctrl, on a Mac Cmd. None of them is one that a browser
// keeps for itself (W, T, N, L, R, function keys).
constexpr CommandInfo kCommands[] = {
    {CommandId::FileOpen, "file.open", "Open files…", "load import drop traces", "Mod+O", true},
    {CommandId::FileOpenExample, "file.open_example", "Open the example", "demo sample try", "", true},
    {CommandId::FileCloseAll, "file.close_all", "Close all files", "unload clear data", "", true},
    {CommandId::FileCancelImport, "file.cancel_import", "Cancel the import", "stop loading", "", true},
    {CommandId::FileColumns, "file.columns", "Say what a table's columns are", "", "", false},
    {CommandId::FilePart, "file.part", "Read a part of a file", "", "", false},
    {CommandId::SearchSet, "search.set", "Search", "", "", false},
    {CommandId::SearchSort, "search.sort", "Sort", "", "", false},
    {CommandId::SelectToggle, "select.toggle", "Select a trace", "", "", false},
    {CommandId::SelectRange, "select.range", "Select a range", "", "", false},
    {CommandId::SelectAll, "select.all", "Select all that match", "everything", "", true},
    {CommandId::SelectNone, "select.none", "Clear the selection", "deselect nothing", "", true},
    {CommandId::GoTraces, "go.traces", "Go to traces", "list table", "Alt+1", true},
    {CommandId::GoScorers, "go.scorers", "Go to scorers", "judges guidelines evaluate", "Alt+2", true},
    {CommandId::GoRuns, "go.runs", "Go to runs", "results scores evaluation", "Alt+3", true},
    {CommandId::GoSettings, "go.settings", "Go to settings", "preferences options", "Alt+4", true},
    {CommandId::TraceOpen, "trace.open", "Open a trace", "", "", false},
    {CommandId::TraceClose, "trace.close", "Close the trace", "reader", "Escape", true},
    {CommandId::TraceNext, "trace.next", "Next trace", "", "J", true},
    {CommandId::TracePrevious, "trace.previous", "Previous trace", "", "K", true},
    {CommandId::SpanSelect, "span.select", "Select a span", "", "", false},
    {CommandId::RunOpen, "run.open", "Open a run", "", "", false},
    {CommandId::RunClose, "run.close", "Back to all runs", "", "", false},
    {CommandId::AssessmentAdd, "assessment.add", "Add an assessment", "", "", false},
    {CommandId::AssessmentUpdate, "assessment.update", "Change an assessment", "", "", false},
    {CommandId::AssessmentDelete, "assessment.delete", "Delete an assessment", "", "", false},
    {CommandId::Undo, "edit.undo", "Undo", "back revert", "Mod+Z", true},
    {CommandId::Redo, "edit.redo", "Redo", "again", "Mod+Shift+Z", true},
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
    {CommandId::ForgetEverything, "forget.everything", "Forget everything", "", "", false},
    {CommandId::NoticeDismiss, "notice.dismiss", "Dismiss a notice", "", "", false},
    {CommandId::UiFocusSearch, "ui.focus_search", "Search traces", "find filter query", "Mod+F", true},
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
    {CommandId::UiImportReport, "ui.import_report", "Show the import report", "skipped repaired errors",
     "", true},
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
