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
  FileOpenAddress,  // url: a file of another host (file_address.h); the person has agreed
  FileCloseAll,     // forget the loaded files (annotations stay in the journal)
  FileClose,        // token: one of them (Session::open_files); the others are read again
  FileCancelImport,
  FileColumns,      // token, columns: what a table's columns are (core/ingest/column_mapping.h); reads it again
  FilePart,         // token, first?, from?, to?, bodies?: a part of a file that is too large; reads it again
  // search and selection
  SearchSet,        // query: the filter text
  SearchSort,       // key, direction = asc | desc
  SearchComplete,   // query, caret, demand = 1?: what could be written there; without a caret: nothing any more
  SearchRemember,   // query: into the history
  SearchForgetHistory,
  ViewSave,         // name, layout, id?: the query and the sort of now; with the name of one that is there, or its
                    // id: replaces it
  ViewRename,       // id, name
  ViewDelete,       // id
  ViewApply,        // id
  SelectToggle,     // trace_id
  SelectRange,      // from, to: trace ids, in list order
  SelectAll,        // all that match
  SelectNone,
  // places
  GoTraces, GoReview, GoScorers, GoRuns, GoAnalysis, GoSettings,  // as the rail stands, and so their keys
  TraceOpen,        // trace_id, span_id?
  TraceClose, TraceNext, TracePrevious,
  SpanSelect,       // span_id
  SessionOpen,      // session_id: the turns of a conversation
  SessionClose,
  CompareOpen,      // with: a trace id; trace_id? (absent: the open trace)
  CompareClose,
  RunOpen,          // run_id
  RunClose,
  RunCompare,       // with: a run_id; run_id? (absent: the open run)
  RunCompareClose,
  // annotation
  AssessmentAdd,     // trace_id, span_id?, kind, name, value_type, value, rationale?, overrides?, session?;
                     // anchor_field?, anchor_part, anchor_from, anchor_to, anchor_quote (core/review/anchor.h)
  AssessmentUpdate,  // trace_id, assessment_id, value_type, value, rationale?, metadata? (key=value, one a line; also of AssessmentAdd)
  AssessmentDelete,  // trace_id, assessment_id
  CodeRename,        // name, from, to: a value of this feedback, wherever a person has given it
  ModeDefine,        // name, definition, example: of a failure mode; a new one, or a new version
  ModeRetire,        // name
  ModeConfirm,       // name: this person's codes of earlier versions hold under the one of now, too
  TagSet,            // trace_id, or scope = selected | matching; key, value: a tag of MLflow's kind; one step for undo
  TagDelete,         // trace_id, key
  NotesCode,         // name, notes (trace id, TAB, span id; one a line): these have this failure mode; one step for undo
  CodebookExport,
  Undo, Redo,
  AssessmentAddMany,  // scope = selected | matching; kind, name, value_type, value, rationale?: on each trace, one undo
  AssessmentsOf,      // person: searches, sorts and counts look at what he or she said alone; "": at everything
  // review
  ReviewShow,       // tab
  SchemaSave,       // schema: JSON (core/review/label_schema.h); a new one, or a new definition under its name
  SchemaRetire,     // name
  SchemaExport,
  QueueCreate,      // name, schemas (names, one a line), scope = selected | matching | sample | stale | spans, size?,
                    // seed?, schema? (whose stale labels), blind = 0 | 1; span_type?, span_failed = 1?, span_name?
  QueueArchive,     // queue_id
  QueueOpen,        // queue_id; at the next item that waits
  QueueClose,
  ReviewItem,       // trace_id: another item of the open queue, by its key (review::item_key)
  ReviewAnswer,     // queue_id (none: outside of a queue), trace_id, span_id?, schema, answer, comment?, complete? (1: the last one; goes on), spent_ms?
  ReviewMark,       // queue_id, trace_id, span_id?, state = complete | declined | deferred | pending, spent_ms?; goes on
  Adjudicate,       // trace_id, span_id?, name, kind, schema?, value (JSON): the chosen label over differing ones
  ExportWork,       // this reviewer's labels and progress, for colleagues
  // judges
  ScorerSave,       // index?, and spec (as encode_scorer() writes it), or name, kind, guidelines (one a line)
  ScorerDelete,     // index
  ScorerSwitch,     // name, on = true | false: whether runs take it
  ScorerParse,      // text: whether a program can be read; it does not run (Session::script_check())
  ScorerImport,     // text: of a file of scorers
  ScorerExport,     // index? (absent: all)
  JudgeSetKey,      // key (a secret: never printed, kept in memory only)
  JudgeForgetKey,
  JudgeStoreKey,    // passphrase (a secret): keeps the key on this machine, encrypted under it
  JudgeUnlockKey,   // passphrase (a secret)
  JudgeForgetStored,
  JudgeStart,       // scope = selected | matching, with :missing (a verdict) or :errors after it; name?; limit? (a sample)
  JudgeTry,         // trace_id, spec: one scorer on one trace; the place stays
  JudgeTest,        // one small request, to see whether the address, the key and the model work
  JudgeCheck,       // spec: asks the judge what no criterion can hold for (core/judge/probes.h)
  JudgePair,        // a, b (trace ids), criterion: which response is better, asked in both orders
  JudgeEstimate,    // scope: counts requests, tokens and what is skipped; goes on in ticks
  JudgePause, JudgeResume, JudgeCancel,
  JudgeRetryFailed, JudgeRetryInterrupted,  // run_id
  // taking home
  ExportTraces,     // scope = all | matching | selected; form = see Downloads (none: MLflow's)
  ExportResultsCsv, ExportResultsJson,  // run_id? (absent: all assessments)
  ExportAssessmentsCsv,                 // likewise, a row for each, those that were superseded too
  ExportJournal,
  ExportLedger,     // every request to a judge that the journal knows, as CSV
  // settings
  SettingSet,       // key, value
  SettingsExport,
  SettingsImport,   // json: what SettingsExport gave
  ForgetEverything,
  DraftSet,         // place, text ("": it is saved, or given up)
  NoticeDismiss,    // number
  // the frame's own
  UiFocusSearch, UiFocusList, UiFocusFacets, UiSaveView, UiHitNext, UiHitPrevious, UiPalette, UiShortcuts, UiToggleTheme, UiToggleLanguage, UiToggleFacets,
  UiMaximizeReader, UiAnnotate, UiNote, UiBlind, UiImportReport, UiUpdate,
  // the timeline of the open trace
  UiSlowestSpan, UiFirstError, UiZoomIn, UiZoomOut, UiZoomAll, UiEarlier, UiLater,
  UiCompare,        // the two that are selected
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
