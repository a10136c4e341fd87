// Session: the composition of the core behind the page: loaded data, query, annotations, runs,
// settings, route. Views read it (const), emit Commands, and the host feeds it events. It draws
// nothing and knows no browser. Everything a person does goes through execute(); every durable change
// becomes journal events first.
//
// Threading: one thread. Nothing here blocks; long work goes on in tick().
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/annot/annotations.h"
#include "core/app/command.h"
#include "core/app/completer.h"
#include "core/app/platform.h"
#include "core/app/route.h"
#include "core/app/saved_views.h"
#include "core/app/settings.h"
#include "core/app/trace_clusters.h"
#include "core/app/trace_list.h"
#include "core/base/job.h"
#include "core/ingest/importer.h"
#include "core/journal/journal.h"
#include "core/judge/judge_run.h"
#include "core/review/board.h"
#include "core/review/codebook.h"
#include "core/review/work_file.h"
#include "core/stats/aggregate.h"
#include "core/stats/clusters.h"
#include "core/store/dataset.h"

namespace assay::app {

enum class NoticeKind : uint8_t { Info, Success, Warning, Error };
// What to tell a person. `text` is English; `key` finds the translation, with `args` for {0}, {1}.
struct Message {
  std::string key, text;
  std::vector<std::string> args;
  bool empty() const { return text.empty(); }
};

struct Notice {
  NoticeKind kind;
  std::string key;     // for the translation table: "notice.<key>"; "" = show text as it is
  std::string text;    // English, or the detail
  std::vector<std::string> args;  // {0}, {1} of the translated text
  uint64_t number;     // identity, grows
};

struct ImportProgress {
  bool active = false;
  std::string file_name;
  uint64_t bytes_read = 0, size_bytes = 0;
  uint32_t files_waiting = 0;
};

// Whether the user's work is safe.
struct SaveState {
  uint64_t unsaved_events = 0;
  std::string failure;  // "" = fine; otherwise why storage refused
  bool loaded = false;  // the journal of earlier sessions has been read
};

// One evaluation as the Runs place shows it; folded from the journal.
struct RunSummary {
  std::string run_id, name, model, base_url;
  int64_t created_ms = 0;
  std::vector<judge::ScorerSpec> scorers;
  std::vector<std::string> trace_ids;
  uint32_t session_starts = 0;  // at the end of trace_ids (judge::JudgePlan)
  // Interrupted: under way when its tab was closed; it goes on when the user resumes it.
  enum class State : uint8_t { Running, Paused, Interrupted, Cancelled, Finished };
  State state = State::Interrupted;
  // Items: a trace by a scorer (by a retriever span, for groundedness). `interrupted`: sent, and the
  // answer never arrived; it may have been paid for.
  uint32_t total = 0, scored = 0, failed = 0, skipped = 0, interrupted = 0, queued = 0;
  uint64_t input_tokens = 0, output_tokens = 0;
};

// What an evaluation would send; counted in ticks from JudgeEstimate on.
struct EstimateState {
  judge::Estimate counts;       // of the items that were looked at
  uint64_t looked_at = 0;
  bool working = false;
  bool is_done() const { return !working && looked_at == counts.items; }
};

// How many connections browsers open to one http:// address (HTTP/1.1); https servers with HTTP/2 share one.
constexpr int kBrowserConnections = 6;

// Requests to judges and their cost in a day, over all runs.
struct DayUse {
  int64_t day = INT64_MIN;  // since 1970, in the reader's time zone
  uint32_t requests = 0;
  double cost_usd = 0;      // of models with a price; estimated where no answer told
};

// What came of JudgeCheck: one reply for each probe and each model that judges for the scorer.
struct JudgeCheck {
  struct Reply {
    std::string probe, model;
    std::string outcome;  // "passed", "failed", "look", or "error"
    std::string value, rationale;  // of an error its code and message
  };
  std::string scorer;
  int version = 0;
  TimeMs time_ms = 0;
  std::vector<Reply> replies;
};
// What came of JudgePair.
struct PairVerdict {
  std::string a, b, criterion, model;
  std::string verdict;  // "A", "B", "tie", "inconsistent", or "error"
  std::string first, second;  // the reason with A read first, with B read first; or the error
  TimeMs time_ms = 0;
};
// JudgeCheck or JudgePair, while it waits for replies, and why it could not begin.
struct AskState {
  enum class For : uint8_t { Nothing, Check, Pair } what = For::Nothing;
  bool running = false;
  Message problem;
  int side = -1;  // of a pair that the problem is about
};

// What came of ScorerParse.
struct ScriptCheck {
  // Unknown: there was no answer, as where the browser has no place to run programs in.
  enum class State : uint8_t { None, Running, Parses, Broken, Unknown } state = State::None;
  std::string text;    // the program that this is about
  int line = 0;        // of the mistake, from 1; 0 = not told
  std::string reason;  // as the browser says it
};

// What came of JudgeTest.
struct ConnectionTest {
  enum class State : uint8_t { None, Running, Passed, Failed } state = State::None;
  std::string message;
  int64_t latency_ms = -1;
};

// Aggregates of one assessment name within a run (MLflow's rule), and what MLflow hides.
struct RunScore {
  std::string name;
  stats::AggregateInput counts;                  // n, errors, skips, …
  // Verdicts on one session, or on one trace without one, belong together (core/stats/clusters.h).
  stats::DesignEffect effect;
  ClusterKind cluster_kind = ClusterKind::Traces;  // of the run's traces
  std::vector<std::pair<std::string, uint32_t>> texts;  // values that are texts, and how often; the first few
  std::optional<double> mean;
  std::optional<stats::Interval> interval;       // 95 %: of the rate where all is yes or no, else of the mean
  std::vector<stats::Metric> metrics;  // as MLflow names them, by the scorer's aggregations
  // Of verdicts that were voted for: how many, how many of them not by all, the mean agreement.
  uint32_t voted = 0, split = 0;
  double agreement = 0;
};

// What an undo or redo concerns: one assessment that was added, changed or removed.
struct Change {
  enum class What : uint8_t { Other, Add, Update, Remove };
  What what = What::Other;
  bool expectation = false;
  std::string name;      // "" where it is not known any more
  std::string trace_id;
  uint32_t count = 1;    // of traces that it concerns alike
};

class Session {
 public:
  explicit Session(Platform platform);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- Events from the host -----------------------------------------------------------------------
  // `drafts_json`: what the host's DraftStore holds, as an object of texts.
  void start(std::string_view settings_json, std::string_view route_fragment, std::string_view drafts_json = {});
  // All journal lines of earlier sessions, in order; once, before any command that writes.
  void on_journal_loaded(const std::vector<std::string>& lines);
  void on_journal_remote(const std::vector<std::string>& lines);  // another tab's new lines
  void on_journal_durable(uint64_t token);
  void on_journal_failed(uint64_t token, std::string_view reason);
  // Files: begin → chunks → end. Returns a token for the others. Several may be announced; the host
  // sends their bytes one file after the other.
  // `part`: what read_again() was given for this file (ReadLimits as text); "": all of it.
  uint32_t on_file_begin(std::string_view name, uint64_t size_bytes, std::string_view part = {});
  void on_file_chunk(uint32_t token, std::string_view bytes);
  // Where the host may write the file's next chunk, which then is not copied (FileImporter::space); nullptr: nowhere.
  char* file_space(uint32_t token, size_t size_bytes);
  void on_file_end(uint32_t token, std::string_view error);  // error "": complete
  // A file that is no MLflow trace JSON goes through the host's converter: begin → converting → chunks,
  // which are the converter's lines, and progress → converted → end.
  bool file_needs_conversion(std::string_view head) const;  // its first 16 KB, or all of it
  // Whether it looks like people's feedback, which is joined to the traces here, but may be a part of an export, too.
  bool file_is_feedback(std::string_view head) const;
  // Returns the converter's options as JSON.
  std::string on_file_converting(uint32_t token);
  void on_file_progress(uint32_t token, uint64_t bytes_read);
  void on_file_converted(uint32_t token, std::string_view report_json);
  bool file_cancelled(uint32_t token) const;
  bool file_enough(uint32_t token) const;  // the rest is not wanted; the file has been read all the same
  void set_utc_offset_minutes(int minutes);  // in which dates of queries are meant
  // What the host knows of the machine; 0: nothing.
  void on_memory_hint(uint64_t machine_bytes);
  // Around the begins of the files that the host has kept since the last visit: what is wrong with them
  // has been said then.
  void on_kept_files(bool begin);
  // A new file that is a part of the same export as an open one, and names `ids` (core/convert/export_parts.h): whether
  // it belongs to it, so that they are to be read together. Busy: it does, but a run is under way, which is said.
  enum class FileTie : uint8_t { None, Belongs, Busy };
  FileTie file_tie(uint32_t token, std::string_view ids);
  // The host has put such files beside those that were open, and wants to hand over all files again.
  void on_files_joined();
  // … and is handing over the entry that they have joined: behind its on_file_begin().
  void on_file_joined(uint32_t token, std::string_view names);
  void on_files_restored();  // the host has handed over all kept files of the last session
  void on_navigate(std::string_view route_fragment);  // back, forward, an edited address
  void on_judge_lock(bool granted);
  enum class VaultAnswer : uint8_t { Stored, Unlocked, WrongPassphrase, Unavailable };
  void on_vault(VaultAnswer answer, judge::SecretRef secret);  // `secret` with Unlocked
  void on_online(bool online);
  void on_notice(NoticeKind kind, std::string_view key, std::string_view text);

  void execute(const Command& command);
  bool can_execute(CommandId id) const;

  // Runs jobs and the judge queue; the budget bounds the jobs.
  void tick(Budget& budget);
  // How long the host may sleep before the next tick: 0 = work is waiting, -1 = until an event.
  double wants_tick_in_ms() const;
  bool idle() const;  // no job, request, or write is under way

  // --- What views read ------------------------------------------------------------------------------
  const store::Dataset& dataset() const;
  const std::deque<ingest::FileReport>& import_reports() const;
  // Those of the files that hold traces which are loaded, in the order in which they were opened.
  std::vector<const ingest::FileReport*> open_files() const;
  const ImportProgress& import_progress() const;
  uint64_t memory_limit_bytes() const;  // what loaded data may take; 0: no limit
  const TraceList& traces() const;
  const Completer& completer() const;
  const std::vector<SavedView>& views() const;  // by name
  const SavedView* find_view(std::string_view id) const;
  bool is_selected(store::TraceRow row) const;
  uint32_t selected_count() const;
  uint32_t selected_in_list() const;  // … of those that match the query
  const Route& route() const;
  std::optional<store::TraceRow> open_trace() const;      // of the route, when it is loaded
  std::optional<store::SpanRow> selected_span() const;    // of the route, in the open trace
  const Settings& settings() const;
  std::string_view draft(std::string_view place) const;   // begun there and not saved; "": nothing
  bool has_key() const;
  bool has_stored_key() const;         // encrypted, on this machine
  std::string stored_key_label() const;
  DayUse day_use() const;              // of judges, today, as the journal knows
  SaveState save_state() const;
  bool can_undo() const;
  bool can_redo() const;
  // What undo and redo would bring out of force or back; Other with can_undo() false: nothing.
  const Change& undo_change() const;
  const Change& redo_change() const;
  const review::Board& review() const;                    // label schemas and review queues
  const review::Codebook& codebook() const;               // failure modes and what they mean
  std::string_view reviewer() const;                      // the author of the settings, as labels name him
  const review::MergeReport* last_merge() const;          // of this visit; nullptr: none
  const std::vector<RunSummary>& runs() const;            // newest first
  const RunSummary* find_run(std::string_view run_id) const;
  std::vector<RunScore> run_scores(std::string_view run_id) const;   // aggregates per name
  const judge::JudgeRun* active_run() const;              // null: none is under way
  std::string_view active_run_id() const;
  // The assessments of a trace that a run made (all of one trace are few).
  std::vector<const store::Assessment*> run_assessments(std::string_view run_id, store::TraceRow row) const;
  // What a judge with tools asked for before its verdict on this trace, in order; of all ballots. Reads the journal
  // through: not for each frame.
  std::vector<judge::ToolUse> judge_reads(std::string_view run_id, std::string_view trace_id, std::string_view scorer) const;
  // Traces of a run that are loaded, in the run's order.
  const std::vector<store::TraceRow>& run_rows(std::string_view run_id) const;
  uint32_t evaluation_size(std::string_view scope) const; // traces in "selected" / "matching"
  const std::vector<Notice>& notices() const;
  const std::vector<std::string>& contacted_hosts() const;
  bool exporting() const;
  const EstimateState& estimate() const;
  const ConnectionTest& connection_test() const;
  // The hosts of jurors that are not the connection's, each once; whether its key is here.
  std::vector<std::pair<std::string, bool>> juror_hosts() const;
  const AskState& ask_state() const;
  const ScriptCheck& script_check() const;
  // The latest of this version of the scorer; nullptr: none.
  const JudgeCheck* find_check(std::string_view scorer, int version) const;
  // The latest of these two traces, whichever of them was A then: told as of `a` and `b`.
  std::optional<PairVerdict> find_pair(std::string_view a, std::string_view b) const;
  // Why no judge can compare the responses of these two; side: 0 or 1, of the one that the reason is about.
  std::optional<std::pair<int, Message>> pair_problem(std::string_view a, std::string_view b) const;
  std::string_view try_run_id() const;                    // of the last JudgeTry
  // As the queue would render it now: the prompt, the computed verdict, or why it is skipped.
  judge::RenderedItem rendered_item(const judge::ScorerSpec& scorer, std::string_view trace_id) const;
  // The endpoint as the settings have it.
  judge::Endpoint endpoint() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::app
