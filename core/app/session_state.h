// The inside of a Session. Included by session*.cpp alone.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/annot/annotations.h"
#include "core/annot/tags.h"
#include "core/annot/chunk_sink.h"
#include "core/annot/feedback_file.h"
#include "core/app/drafts.h"
#include "core/app/session.h"
#include "core/journal/ids.h"
#include "core/judge/verdict_index.h"
#include "core/review/codebook.h"
#include "core/review/labels.h"
#include "core/score/scorer_source.h"

namespace assay::app {

// How often work that follows a stream of changes (an import, a run) is done again.
constexpr double kRefreshIntervalMs = 250;
constexpr double kStorageRetryMs = 3000;
constexpr size_t kMaxNotices = 50;
// Kinds of events of JudgeCheck and JudgePair.
constexpr std::string_view kJudgeChecked = "scorer.check";
constexpr std::string_view kPairVerdict = "pair.verdict";
constexpr double kPumpMs = 8;  // for answers and requests of judges, at a time; writing them down takes half as long again
constexpr int kRendersPerCall = 8;  // some milliseconds of the page's thread where all is cold
constexpr int kMaxAnnounceAhead = 100;  // requests that are written down before they can leave

// A file under way. `report` points into State::reports.
struct OpenImport {
  uint32_t token = 0;
  std::string name;
  uint64_t size_bytes = 0;
  ingest::FileReport* report = nullptr;
  std::unique_ptr<ingest::FileImporter> importer;  // made when its first bytes arrive
  double begun_ms = 0;
  bool cancelled = false;
  bool kept = false;             // of the last visit
  ingest::ReadLimits limits;     // the part that is wanted, and the memory there is
  bool refused = false;          // too large; `cancelled` then too, so that the host stops
  uint64_t fits_bytes = 0;       // … and what would not have been
  bool converting = false;       // the chunks are a converter's lines
  uint64_t converted_bytes = 0;  // of the file, read by the converter
  std::string conversion;        // its report
  std::string joined;            // names of the files that were opened after the others and have joined them
  // Files that hold no traces are read whole.
  enum class Holds : uint8_t { Unknown, Traces, Work, Schemas, Codebook, Feedback } holds = Holds::Unknown;
  std::string text;
  annot::FeedbackColumns columns;  // of feedback whose columns' names do not tell
};

// What there is to say of a file of traces that has been read.
struct ImportNews {
  NoticeKind kind = NoticeKind::Success;
  std::string key, text;
  std::vector<std::string> args;
  uint64_t traces = 0;
};

// Feedback that waits until the files before it, or beside it, are read.
struct WaitingFeedback {
  ingest::FileReport* report = nullptr;
  std::string name, text;
  annot::FeedbackColumns columns = {};
};

// A colleague's file on its way in, a slice of lines at a time.
struct OpenMerge {
  std::string file_name, text;
  size_t at_byte = 0;
  review::MergeReport report;  // of the slices so far
  std::vector<std::string> waiting;  // traces that are not open, each once, sorted
};

// Lines on their way to the storage.
struct PendingWrite {
  uint64_t token = 0;
  std::vector<std::string> lines;
  uint64_t judge_token = 0;  // acknowledged to the run under way when durable; 0 = none
  std::string run_id;
  bool failed = false;
};

// What the journal says of the items of a run.
enum class ItemFold : uint8_t { Sent, Ended, Scored, Failed, Skipped };
struct RunFold {
  struct Item {
    ItemFold state;
    uint16_t scorer;
  };
  std::unordered_map<uint64_t, Item> items;  // by hash of trace, scorer, span
  uint32_t counts[5] = {};                   // by ItemFold
  std::vector<uint32_t> skipped;             // by scorer
};

class DownloadSink final : public annot::ChunkSink {
 public:
  explicit DownloadSink(Downloads* downloads) : downloads_(downloads) {}
  void write(std::string_view bytes) override {
    if (downloads_ != nullptr) downloads_->write(bytes);
  }

 private:
  Downloads* downloads_;
};

struct ExportJob {
  std::string file_name, mime_type, form;
  std::unique_ptr<DownloadSink> sink;
  std::unique_ptr<Job> job;
  bool begun = false;
};

// Results of a run, computed when asked for and kept until the data change.
struct RunCache {
  std::string run_id;
  uint64_t revision = ~uint64_t{0};
  double made_ms = 0;
  std::vector<store::TraceRow> rows;
  std::vector<RunScore> scores;
};

// What undo or redo would do, by the transaction that it was made for.
struct ChangeCache {
  std::string txn;
  Change change;
};
// Of an assessment that this session has removed.
struct RemovedName {
  std::string assessment_id, name;
  bool expectation = false;
};

struct Session::State {
  explicit State(Platform p);

  Platform platform;
  Settings settings;
  Drafts drafts;
  TimeMs draft_changed_ms = 0;    // of the latest; no two have the same
  bool drafts_full_told = false;  // in this visit
  store::Dataset dataset;
  TraceList list;
  Completer completer;
  SavedViews views;
  Route route;
  std::vector<uint8_t> selected;  // by row; may be shorter than the data set
  uint32_t selected_count = 0;
  uint64_t selection_revision = 0;
  struct SelectedInList {
    uint64_t list_generation = ~uint64_t{0}, selection_revision = 0;
    uint32_t count = 0;
  };
  mutable SelectedInList selected_in_list;
  std::vector<Notice> notices;
  uint64_t last_notice = 0;
  std::vector<std::string> contacted_hosts;

  // Imports
  std::deque<ingest::FileReport> reports;
  std::deque<OpenImport> imports;
  std::vector<ImportNews> import_news;  // of the files of one drop, until the last is read
  std::vector<WaitingFeedback> waiting_feedback;
  ImportProgress progress;
  uint32_t last_file_token = 0;
  double last_refresh_ms = 0;
  int utc_offset_minutes = 0;
  search::QueryClock query_clock() const;
  search::CaseMode like_case() const {
    return settings.like_ignores_case ? search::CaseMode::AsciiInsensitive : search::CaseMode::Sensitive;
  }
  double query_ms = 0;  // spent on the query under way
  bool rows_unsynced = false;
  bool kept_files_begin = false;  // the host announces files of the last visit
  uint64_t machine_bytes = 0;     // of memory, as the host knows

  // Journal
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<annot::Annotations> annotations;
  std::unique_ptr<review::Board> board;
  std::unique_ptr<review::Codebook> codebook;
  std::unique_ptr<annot::TraceTags> trace_tags;
  std::optional<review::MergeReport> last_merge;
  std::deque<OpenMerge> merges;
  std::vector<std::pair<std::string, std::string>> waiting_merges;  // name and text, until the journal is there
  std::deque<PendingWrite> pending;
  uint64_t last_write_token = 0;
  std::string storage_failure;
  double storage_retry_at_ms = 0;
  bool journal_loaded = false;
  ChangeCache undo_cache, redo_cache;
  std::vector<RemovedName> removed;
  size_t runs_folded = 0;  // events of the journal that the runs have seen

  // Runs
  std::vector<RunSummary> runs;  // newest first
  std::map<std::string, RunFold, std::less<>> folds;
  judge::VerdictIndex verdicts;
  mutable score::ScorerSource prompts;
  judge::SecretRef secret;
  std::map<std::string, judge::SecretRef> juror_secrets;  // by host
  std::unique_ptr<judge::JudgeRun> run;
  std::string run_id;  // of `run`
  std::unordered_map<uint64_t, uint64_t> requests;  // transport's id → the run's id
  std::deque<judge::Completion> judge_answers;  // that have come and are to be taken in
  uint64_t last_transport_id = 0;
  // A run that waits for the lock.
  std::unique_ptr<judge::JudgeRun> waiting_run;
  bool waiting_resume = false;
  bool has_lock = false;
  bool stays = false;  // the place does not change when it begins
  RunCache run_cache;
  std::string try_run_id;
  DayUse day_use;
  std::unordered_map<uint64_t, double> day_open_usd;  // by item: estimated for a request without an answer
  int64_t run_day = INT64_MIN;  // that the run under way was told of
  bool online = true;
  std::pair<std::string, std::optional<judge::Price>> known_price;  // of a model, until the settings change
  mutable std::pair<std::string, uint32_t> scope_size;  // what was counted, and how many
  EstimateState estimate;
  judge::JudgePlan estimate_plan;  // what is counted
  ConnectionTest test;
  uint64_t test_request_id = 0;    // the transport's; 0: none is under way
  judge::EndpointFeatures test_features;
  // Requests beside a run: of a check of a judge, of a comparison.
  struct Ask {
    std::string probe;  // "" of a comparison
    judge::Endpoint to;
    judge::RenderedPrompt prompt;
    judge::AnswerForm form;
    judge::EndpointFeatures features;
    uint64_t request_id = 0;  // the transport's
    std::string hash;         // of the body
    bool done = false;
    judge::Judgement answer;
  };
  AskState ask_state;
  std::vector<Ask> side_asks;
  judge::ScorerSpec ask_scorer;
  PairVerdict ask_pair;
  std::vector<JudgeCheck> checks;
  std::vector<PairVerdict> pairs;

  ScriptCheck script_check;
  uint64_t script_check_id = 0;       // the transport's; 0: none is under way
  std::string script_check_under_way;  // the program that is being read; script_check may be about a later one

  std::deque<ExportJob> exports;

  // --- session.cpp
  // A run is under way, and the list of traces is not on the screen.
  bool is_judging_elsewhere() const {
    return run != nullptr && run->state() == judge::RunState::Running && route.place != Place::Traces;
  }
  double refresh_interval_ms() const { return is_judging_elsewhere() ? 8 * kRefreshIntervalMs : kRefreshIntervalMs; }
  int64_t now_ms() const { return platform.clock != nullptr ? platform.clock->now_ms() : 0; }
  double monotonic_ms() const { return platform.clock != nullptr ? platform.clock->monotonic_ms() : 0; }
  journal::RandomSource random() const;
  void notice(NoticeKind kind, std::string key, std::string text, std::vector<std::string> args = {});
  void open_journal();
  bool ready_to_write();
  void write(const std::vector<journal::NewEvent>& events, journal::TxnScope scope,
             uint64_t judge_token = 0);
  void store_lines(std::vector<std::string> lines, uint64_t judge_token);
  void retry_storage();
  void journal_changed();
  void go(Route next, bool new_place);
  void apply_route();
  void save_settings();
  void export_settings();
  void import_settings(std::string_view json_text);
  void select(store::TraceRow row, bool on);
  void clear_selection();
  std::vector<store::TraceRow> rows_of_scope(std::string_view scope) const;
  void execute_annotation(const Command& command);
  void rename_code(const Command& command);
  void execute_navigation(const Command& command);
  void execute_search(const Command& command);
  void execute_view(const Command& command);
  void open_view_of_address();
  void step_in_list(int direction);
  void forget_everything();

  // --- session_review.cpp
  void execute_review(const Command& command);
  void save_schema(const Command& command);
  void import_schemas(std::string_view file_name, std::string_view text);
  void import_codebook(std::string_view file_name, std::string_view text);
  void execute_mode(const Command& command);
  void execute_tag(const Command& command);
  void code_notes(std::string_view mode, std::string_view notes);
  journal::NewEvent restamped(store::TraceRow row, const store::Assessment& code, const review::ModeEntry& entry) const;
  void create_queue(const Command& command);
  bool spans_of_queue(const Command& command, review::Queue& queue);
  void answer(const Command& command);
  void mark_item(const Command& command);
  void adjudicate(const Command& command);
  void go_on(const review::Queue& queue, std::string_view item_key);
  void follow_undo(std::string_view txn);
  void merge_work(const std::string& file_name, std::string text);
  bool merge_slice(OpenMerge& merge);  // false: refused, and said so
  void finish_merge(OpenMerge& merge);
  void step_merges(Budget& budget);
  void add_many(const Command& command);
  std::string new_id(std::string_view prefix);

  // --- session_undo.cpp
  void undo_or_redo(bool undo);
  Change change_of(std::string_view txn) const;
  void name_change(Change& change, std::string_view assessment_id) const;
  const Change& cached_change(ChangeCache& cache,
                              const std::optional<journal::Journal::UndoStep>& step) const;

  // --- session_files.cpp
  void close_all_files();
  void close_open_files();  // … as a person asks for it, and says so
  std::vector<const ingest::FileReport*> open_files() const;
  void close_file(uint32_t token);
  std::string export_base_name() const;
  void tell_imports();
  void open_address(std::string_view url);
  void contact(const std::string& host);  // for the list of hosts that were asked for anything
  void cancel_import();
  void update_import_progress();
  void begin_import(OpenImport& import);
  void finish_import(OpenImport& import, std::string_view error);
  void finish_text(OpenImport& import, std::string_view error);
  OpenImport* find_import(uint32_t token);
  void refresh_after_import(bool force);
  void finish_feedback(OpenImport& import, std::string_view error);
  void join_feedback();
  annot::FeedbackColumns remembered_feedback(std::string_view head) const;  // empty: none fits
  void start_export(std::string file_name, std::string mime_type, std::unique_ptr<DownloadSink> sink,
                    std::unique_ptr<Job> job, std::string_view form = {});
  void execute_export(const Command& command);
  void step_exports(Budget& budget);

  // --- session_reading.cpp
  uint64_t memory_limit_bytes() const;
  uint64_t fitting_file_bytes() const;
  void refuse_if_too_large(OpenImport& import);
  void finish_refused(OpenImport& import);
  ingest::FileReport* find_report(uint32_t token);
  Session::FileTie file_tie(uint32_t token, std::string_view ids);
  void execute_columns(const Command& command);
  void execute_part(const Command& command);
  void read_again(ingest::FileReport& report, std::string_view part);
  void read_all_again();
  void unload();

  // --- session_runs.cpp
  void fold_runs();
  void fold_run_event(const journal::EventView& event);
  RunSummary* find_run(std::string_view run_id);
  void count_items(RunSummary& summary);
  void recount_totals();
  void execute_judge(const Command& command);
  void execute_scorer(const Command& command);
  void execute_scorer_file(const Command& command);
  void start_run(judge::JudgePlan plan, std::string_view name);
  void start_evaluation(const Command& command);
  void try_scorer(const Command& command);
  judge::Endpoint endpoint() const;
  std::string missing_for_judges(const judge::Endpoint& endpoint, std::vector<std::string>& args) const;
  // session_estimate.cpp
  void begin_estimate(std::string_view scope);
  void step_estimate(Budget& budget);
  void begin_test();
  // session_asks.cpp
  void begin_check(const Command& command);
  void begin_pair(const Command& command);
  bool is_set_up(const judge::Endpoint& to);
  bool fits_day(size_t requests_wanted);
  judge::ItemRef ref_of(const Ask& ask, std::string_view request_id) const;
  void send_ask(Ask& ask);
  void finish_ask(const judge::Completion& completion);
  void finish_asks();
  void fold_answers(const journal::EventView& event);
  void begin_script_check(const Command& command);
  void send_script_check();
  void finish_script_check(const judge::Completion& completion);
  void send_test();
  void finish_test(const judge::Completion& completion);
  void export_ledger(std::unique_ptr<DownloadSink> sink);
  // session_spend.cpp
  int64_t day_of(int64_t time_ms) const;
  void count_day_use(const judge::ItemEvent& item, std::string_view kind, std::string_view model);
  void tell_day_use();
  bool wanted_by(std::string_view which, store::TraceRow row, const std::vector<judge::ScorerSpec>& on) const;
  void set_draft(const std::string& place, std::string_view text);
  void drop_oldest_drafts();
  void fit_scorers_to_data();
  bool restore_run(std::string_view wanted_run_id);
  void begin_waiting_run();
  judge::Limits limits() const;
  judge::Limits limits_of(const judge::JudgePlan& plan) const;
  bool seat_jurors(judge::JudgePlan& plan);
  void pump_judge();
  bool write_run_events();
  void release_lock_if_done();
  std::vector<uint32_t> skips_of_loaded(const RunSummary& summary, size_t loaded);
  const RunCache& results_of(std::string_view wanted_run_id);
};

}  // namespace assay::app
