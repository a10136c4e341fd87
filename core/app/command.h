// Commands are values: everything a person can do that changes something is one. Menus, palette,
// shortcuts, tooltips and window.assay.command() read the one table in command.cpp. Views emit
// commands; the Session executes them after the frame; those of the ui. group are the frame's own.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::app {

enum class CommandId : uint16_t {
  // file
  FileOpen,         // the file chooser
  FileOpenExample,
  FileCloseAll,     // forget the loaded files (annotations stay in the journal)
  FileCancelImport,
  FileColumns,      // token, columns: what a table's columns are (core/ingest/column_mapping.h); reads it again
  FilePart,         // token, first?, from?, to?, bodies?: a part of a file that is too large; reads it again
  // search and selection
  SearchSet,        // query: the filter text
  SearchSort,       // key, direction = asc | desc
  SelectToggle,     // trace_id
  SelectRange,      // from, to: trace ids, in list order
  SelectAll,        // all that match
  SelectNone,
  // places
  GoTraces, GoScorers, GoRuns, GoSettings,
  TraceOpen,        // trace_id, span_id?
  TraceClose, TraceNext, TracePrevious,
  SpanSelect,       // span_id
  RunOpen,          // run_id
  RunClose,
  // annotation
  AssessmentAdd,     // trace_id, span_id?, kind, name, value_type, value, rationale?, overrides?
  AssessmentUpdate,  // trace_id, assessment_id, value_type, value, rationale?
  AssessmentDelete,  // trace_id, assessment_id
  Undo, Redo,
  // judges
  ScorerSave,       // index?, and spec (as encode_scorer() writes it), or name, kind, guidelines (one a line)
  ScorerDelete,     // index
  ScorerSwitch,     // name, on = true | false: whether runs take it
  ScorerImport,     // text: of a file of scorers
  ScorerExport,     // index? (absent: all)
  JudgeSetKey,      // key (a secret: never printed, kept in memory only)
  JudgeForgetKey,
  JudgeStart,       // scope = selected | matching; name?; limit? (a sample of so many traces)
  JudgeTry,         // trace_id, spec: one scorer on one trace; the place stays
  JudgeTest,        // one small request, to see whether the address, the key and the model work
  JudgeEstimate,    // scope: counts requests, tokens and what is skipped; goes on in ticks
  JudgePause, JudgeResume, JudgeCancel,
  JudgeRetryFailed, JudgeRetryInterrupted,  // run_id
  // taking home
  ExportTraces,     // scope = all | matching | selected; form = see Downloads (none: MLflow's)
  ExportResultsCsv, ExportResultsJson,  // run_id? (absent: all assessments)
  ExportJournal,
  ExportLedger,     // every request to a judge that the journal knows, as CSV
  // settings
  SettingSet,       // key, value
  ForgetEverything,
  NoticeDismiss,    // number
  // the frame's own
  UiFocusSearch, UiPalette, UiShortcuts, UiToggleTheme, UiToggleLanguage, UiToggleFacets,
  UiMaximizeReader, UiAnnotate, UiImportReport,
  kCount,
};

using CommandArg = std::pair<std::string, std::string>;

struct Command {
  CommandId id = CommandId::kCount;
  std::vector<CommandArg> args;

  Command() = default;
  explicit Command(CommandId command_id, std::initializer_list<CommandArg> arguments = {})
      : id(command_id), args(arguments) {}
  // The value of an argument, or "".
  std::string_view arg(std::string_view key) const;
};

struct CommandInfo {
  CommandId id;
  std::string_view key;          // "edit.undo": stable, used by tests, palette memory, addresses
  std::string_view title;        // English; the page translates "command.<key>"
  std::string_view search_words;
  std::string_view default_chord;  // "Mod+Z": Mod is Ctrl, on a Mac Cmd; "" = none
  bool in_palette;               // useful without arguments
};

const CommandInfo& command_info(CommandId id);
std::optional<CommandId> find_command(std::string_view key);

}  // namespace assay::app
