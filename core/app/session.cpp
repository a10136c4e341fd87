#include "core/app/session.h"

#include <algorithm>
#include <utility>

#include "core/annot/draft.h"
#include "core/app/query_edit.h"
#include "core/app/session_state.h"
#include "core/base/late.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/journal/ids.h"
#include "core/json/unescape.h"
#include "core/review/anchor.h"

namespace assay::app {

using store::SpanRow;
using store::TraceRow;

Session::State::State(Platform p) : platform(p), list(dataset), completer(dataset), prompts(dataset) {}

Session::Session(Platform platform) : state_(std::make_unique<State>(platform)) {
  state_->settings = default_settings();
  state_->open_journal();
}
Session::~Session() = default;

// --- Basics -------------------------------------------------------------------------------------

journal::RandomSource Session::State::random() const {
  journal::RandomSource source;
  source.fill = [](void* context, uint8_t* bytes, size_t count) {
    static_cast<Random*>(context)->fill(bytes, count);
  };
  source.context = platform.random;
  return source;
}

void Session::State::notice(NoticeKind kind, std::string key, std::string text,
                            std::vector<std::string> args) {
  notices.push_back({kind, std::move(key), std::move(text), std::move(args), ++last_notice});
  if (notices.size() > kMaxNotices) notices.erase(notices.begin());
}

void Session::State::open_journal() {
  // A session without randomness (the command line) has no other session to be told apart from.
  const std::string id = platform.random != nullptr ? journal::new_session_id(random()) : "s-local";
  annotations.reset();
  board.reset();
  codebook.reset();
  journal = std::make_unique<journal::Journal>(id);
  journal->set_author(settings.author);
  annotations = std::make_unique<annot::Annotations>(*journal, dataset);
  board = std::make_unique<review::Board>(*journal);
  codebook = std::make_unique<review::Codebook>(*journal);
  trace_tags = std::make_unique<annot::TraceTags>(*journal, dataset);
}

bool Session::State::ready_to_write() {
  if (journal_loaded) return true;
  notice(NoticeKind::Warning, "still_loading", "Your earlier work is still being read. Try again in a moment");
  return false;
}

void Session::State::write(const std::vector<journal::NewEvent>& events, journal::TxnScope scope,
                           uint64_t judge_token) {
  journal::Appended appended = journal->append(events, now_ms(), scope);
  store_lines(std::move(appended.lines), judge_token);
  journal_changed();
}

void Session::State::store_lines(std::vector<std::string> lines, uint64_t judge_token) {
  if (platform.journal == nullptr) {  // nothing to wait for (the command line)
    if (judge_token != 0 && run != nullptr) run->on_event_durable(judge_token);
    return;
  }
  PendingWrite write;
  write.token = ++last_write_token;
  write.judge_token = judge_token;
  if (judge_token != 0) write.run_id = run_id;
  write.lines = lines;
  pending.push_back(std::move(write));
  platform.journal->append(lines, last_write_token);
}

void Session::State::retry_storage() {
  if (storage_failure.empty() || platform.journal == nullptr || monotonic_ms() < storage_retry_at_ms) return;
  storage_retry_at_ms = monotonic_ms() + kStorageRetryMs;
  // Copied first: an answer may come at once and change `pending`.
  std::vector<PendingWrite> again;
  for (PendingWrite& write : pending) {
    if (!write.failed) continue;
    write.failed = false;
    again.push_back(write);
  }
  for (const PendingWrite& write : again) platform.journal->append(write.lines, write.token);
}

void Session::State::journal_changed() {
  annotations->sync();
  trace_tags->sync();
  board->sync();
  codebook->sync();
  fold_runs();
  views.sync(*journal);
}

void Session::State::export_settings() {
  if (platform.downloads == nullptr) return;
  platform.downloads->begin("assay-settings.json", "application/json", "");
  platform.downloads->write(encode_settings(settings));
  platform.downloads->finish();
}

void Session::State::import_settings(std::string_view json_text) {
  if (!is_settings_text(json_text))
    return notice(NoticeKind::Error, "settings_unknown", "This file holds no settings of Assay. Nothing was changed");
  settings = decode_settings(json_text);
  fit_scorers_to_data();
  save_settings();
  notice(NoticeKind::Success, "settings_loaded", "The settings are loaded");
}

void Session::State::save_settings() {
  known_price = {};
  journal->set_author(settings.author);
  if (platform.settings != nullptr) platform.settings->save(encode_settings(settings));
}

// --- Events from the host ---------------------------------------------------------------------------

void Session::start(std::string_view settings_json, std::string_view route_fragment, std::string_view drafts_json) {
  State& s = *state_;
  s.drafts = read_drafts(drafts_json);
  for (const auto& [place, draft] : s.drafts) s.draft_changed_ms = std::max(s.draft_changed_ms, draft.changed_ms);
  s.drop_oldest_drafts();
  s.settings = settings_json.empty() ? default_settings() : decode_settings(settings_json);
  s.fit_scorers_to_data();
  s.journal->set_author(s.settings.author);
  s.list.set_like_case(s.like_case());
  s.route = decode_route(route_fragment);
  s.apply_route();
}

void Session::on_journal_loaded(const std::vector<std::string>& lines) {
  State& s = *state_;
  const journal::LoadReport report = s.journal->load_lines(lines);
  if (report.bad_lines > 0 || report.torn_last_line)
    s.notice(NoticeKind::Warning, "journal_damaged", journal::to_text(report), {journal::to_text(report)});
  s.journal_loaded = true;
  s.journal_changed();
  s.open_view_of_address();
  for (auto& [name, text] : std::exchange(s.waiting_merges, {})) call_late<&State::merge_work>(s, name, std::move(text));
}

void Session::on_journal_remote(const std::vector<std::string>& lines) {
  state_->journal->load_lines(lines);
  state_->journal_changed();
}

void Session::on_journal_durable(uint64_t token) {
  State& s = *state_;
  const auto it = std::find_if(s.pending.begin(), s.pending.end(),
                               [token](const PendingWrite& write) { return write.token == token; });
  if (it == s.pending.end()) return;
  if (it->judge_token != 0 && s.run != nullptr && it->run_id == s.run_id)
    s.run->on_event_durable(it->judge_token);
  s.pending.erase(it);
  const bool any_failed = std::any_of(s.pending.begin(), s.pending.end(),
                                      [](const PendingWrite& write) { return write.failed; });
  if (!any_failed) s.storage_failure.clear();
}

void Session::on_journal_failed(uint64_t token, std::string_view reason) {
  State& s = *state_;
  for (PendingWrite& write : s.pending)
    if (write.token == token) write.failed = true;
  if (s.storage_failure.empty())
    s.notice(NoticeKind::Error, "storage_failed",
             "Your work could not be stored. Save the journal before you close this tab: " + std::string(reason),
             {std::string(reason)});
  s.storage_failure = reason.empty() ? "refused" : std::string(reason);
  s.storage_retry_at_ms = s.monotonic_ms() + kStorageRetryMs;
  // Nothing may be paid for that cannot be written down.
  if (s.run != nullptr && s.run->state() == judge::RunState::Running) s.run->pause(s.now_ms());
}

void Session::on_navigate(std::string_view route_fragment) {
  State& s = *state_;
  s.route = decode_route(route_fragment);
  s.apply_route();
  s.open_view_of_address();
}

void Session::on_notice(NoticeKind kind, std::string_view key, std::string_view text) {
  state_->notice(kind, std::string(key), std::string(text), {std::string(text)});
}

// --- Places -------------------------------------------------------------------------------------------

void Session::State::go(Route next, bool new_place) {
  if (next == route) return;
  route = std::move(next);
  apply_route();
  if (platform.history == nullptr) return;
  const std::string fragment = encode_route(route);
  if (new_place)
    platform.history->push(fragment);
  else
    platform.history->replace(fragment);
}

search::QueryClock Session::State::query_clock() const {
  return {now_ms() * 1'000'000, utc_offset_minutes};
}

void Session::State::apply_route() {
  list.set_clock(query_clock());
  list.set_query(route.query);
  std::string key = route.sort.empty() ? "time" : route.sort;
  bool descending = true;
  const size_t dot = key.rfind('.');
  if (dot != std::string::npos && (key.substr(dot) == ".asc" || key.substr(dot) == ".desc")) {
    descending = key.substr(dot) == ".desc";
    key.resize(dot);
  }
  list.set_sort(std::move(key), descending);
}

void Session::State::step_in_list(int direction) {
  const std::vector<TraceRow>& rows = list.rows();
  if (rows.empty()) return;
  const std::optional<TraceRow> open = dataset.find_trace(route.trace_id);
  const std::optional<uint32_t> at = open ? list.position_of(*open) : std::nullopt;
  int64_t next = direction > 0 ? 0 : static_cast<int64_t>(rows.size()) - 1;
  if (at) next = static_cast<int64_t>(*at) + direction;
  if (next < 0 || next >= static_cast<int64_t>(rows.size())) return;
  Route to = route;
  to.trace_id = dataset.trace_id(rows[static_cast<size_t>(next)]);
  to.span_id.clear();
  to.session_id.clear();
  go(std::move(to), false);
}

void Session::State::execute_navigation(const Command& command) {
  Route to = route;
  switch (command.id) {
    case CommandId::SearchSet:
      to.query = command.arg("query");
      if (to.query != route.query) to.view.clear();
      return go(std::move(to), false);
    case CommandId::SearchSort: {
      const bool is_default = command.arg("key") == "time" && command.arg("direction") != "asc";
      to.sort = is_default ? "" : std::string(command.arg("key")) +
                                      (command.arg("direction") == "asc" ? ".asc" : ".desc");
      // An order that the query asks for would go before.
      to.query = std::string(trimmed(std::string_view(to.query).substr(0, find_order_by(to.query))));
      if (to.sort != route.sort || to.query != route.query) to.view.clear();
      return go(std::move(to), false);
    }
    case CommandId::GoTraces: to.place = Place::Traces; break;
    case CommandId::GoReview: to.place = Place::Review; break;
    case CommandId::GoScorers: to.place = Place::Scorers; break;
    case CommandId::GoRuns: to.place = Place::Runs; break;
    case CommandId::GoSettings: to.place = Place::Settings; break;
    case CommandId::GoAnalysis: to.place = Place::Analysis; break;
    case CommandId::SessionOpen:
      to.place = Place::Traces;
      to.session_id = command.arg("session_id");
      to.compare_id.clear();
      break;
    case CommandId::SessionClose: to.session_id.clear(); break;
    case CommandId::CompareOpen:
      to.place = Place::Traces;
      if (!command.arg("trace_id").empty()) to.trace_id = command.arg("trace_id");
      to.compare_id = command.arg("with");
      to.span_id.clear();
      to.session_id.clear();
      break;
    case CommandId::CompareClose: to.compare_id.clear(); break;
    case CommandId::TraceOpen:
      to.place = Place::Traces;
      to.trace_id = command.arg("trace_id");
      to.span_id = command.arg("span_id");
      to.session_id.clear();
      to.compare_id.clear();
      // What was looked for and then opened is worth keeping.
      if (!list.error() && remember_query(settings, route.query)) save_settings();
      break;
    case CommandId::TraceClose:
      // What lies over the trace goes first.
      if (!to.session_id.empty()) {
        to.session_id.clear();
        break;
      }
      if (!to.compare_id.empty()) {
        to.compare_id.clear();
        break;
      }
      to.trace_id.clear();
      to.span_id.clear();
      break;
    case CommandId::TraceNext: return step_in_list(1);
    case CommandId::TracePrevious: return step_in_list(-1);
    case CommandId::SpanSelect:
      to.span_id = command.arg("span_id");
      return go(std::move(to), false);
    case CommandId::RunOpen:
      to.place = Place::Runs;
      to.run_id = command.arg("run_id");
      to.with_run_id.clear();
      break;
    case CommandId::RunClose:
      to.run_id.clear();
      to.with_run_id.clear();
      break;
    case CommandId::RunCompare:
      to.place = Place::Runs;
      if (!command.arg("run_id").empty()) to.run_id = command.arg("run_id");
      to.with_run_id = command.arg("with");
      break;
    case CommandId::RunCompareClose: to.with_run_id.clear(); break;
    case CommandId::ReviewShow:
      to.place = Place::Review;
      to.tab = command.arg("tab");
      to.queue_id.clear();
      to.item_id.clear();
      break;
    case CommandId::QueueOpen:
      to.place = Place::Review;
      to.tab.clear();
      to.queue_id = command.arg("queue_id");
      to.item_id.clear();
      if (const review::Queue* queue = board->find_queue(to.queue_id)) {
        const std::optional<uint32_t> at = review::next_open_item(*queue, review::reviewer_name(settings.author), -1);
        if (at) to.item_id = queue->key(*at);
      }
      break;
    case CommandId::QueueClose:
      to.queue_id.clear();
      to.item_id.clear();
      break;
    case CommandId::ReviewItem:
      to.item_id = command.arg("trace_id");
      return go(std::move(to), false);
    default: return;
  }
  go(std::move(to), true);
}

// --- Selection -------------------------------------------------------------------------------------------

void Session::State::select(TraceRow row, bool on) {
  if (row.v >= selected.size()) selected.resize(dataset.trace_count(), 0);
  if (row.v >= selected.size() || (selected[row.v] != 0) == on) return;
  selected[row.v] = on ? 1 : 0;
  ++selection_revision;
  if (on)
    ++selected_count;
  else
    --selected_count;
}

void Session::State::clear_selection() {
  selected.clear();
  selected_count = 0;
  ++selection_revision;
}

std::vector<TraceRow> Session::State::rows_of_scope(std::string_view scope) const {
  if (const size_t colon = scope.find(':'); colon != std::string_view::npos) {
    std::vector<TraceRow> rows = rows_of_scope(scope.substr(0, colon));
    const std::vector<judge::ScorerSpec> on = settings.scorers_on();
    std::erase_if(rows, [&](TraceRow row) { return !wanted_by(scope.substr(colon + 1), row, on); });
    return rows;
  }
  if (scope == "all") {
    std::vector<TraceRow> rows(dataset.trace_count());
    for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = TraceRow{i};
    return rows;
  }
  // Of a query that cannot be read nothing matches: the list is of before.
  if (scope != "selected") return list.error() ? std::vector<TraceRow>() : list.rows();
  // In the order of the table; selected traces that the query hides come after.
  std::vector<TraceRow> rows;
  for (const TraceRow row : list.rows())
    if (row.v < selected.size() && selected[row.v] != 0) rows.push_back(row);
  if (rows.size() == selected_count) return rows;
  for (uint32_t i = 0; i < selected.size(); ++i)
    if (selected[i] != 0 && !list.position_of(TraceRow{i})) rows.push_back(TraceRow{i});
  return rows;
}

// --- Annotation -----------------------------------------------------------------------------------------

namespace {

std::optional<annot::ValueType> parse_value_type(std::string_view name) {
  if (name == "boolean") return annot::ValueType::Boolean;
  if (name == "number") return annot::ValueType::Number;
  if (name == "string") return annot::ValueType::String;
  if (name == "json") return annot::ValueType::Json;
  return std::nullopt;
}

annot::AssessmentDraft draft_of(const Command& command) {
  annot::AssessmentDraft draft;
  draft.trace_id = command.arg("trace_id");
  draft.span_id = command.arg("span_id");
  draft.kind = command.arg("kind") == "expectation" ? store::AssessmentKind::Expectation
                                                    : store::AssessmentKind::Feedback;
  draft.name = command.arg("name");
  draft.value_type = parse_value_type(command.arg("value_type")).value_or(annot::ValueType::String);
  draft.value_text = command.arg("value");
  draft.rationale = command.arg("rationale");
  draft.overrides = command.arg("overrides");
  draft.session_id = command.arg("session");
  for (std::string_view lines = command.arg("metadata"); !lines.empty();) {
    const size_t end = std::min(lines.find('\n'), lines.size()), sign = lines.find('=');
    if (sign < end) draft.metadata.emplace_back(trimmed(lines.substr(0, sign)), trimmed(lines.substr(sign + 1, end - sign - 1)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  review::Anchor anchor;
  anchor.field = command.arg("anchor_field");
  anchor.part = command.arg("anchor_part");
  anchor.quote = command.arg("anchor_quote");
  const auto from = parse_int64(command.arg("anchor_from")), to = parse_int64(command.arg("anchor_to"));
  if (!anchor.field.empty() && !anchor.quote.empty() && from && to && *from >= 0 && *to > *from && *to <= UINT32_MAX) {
    anchor.from = static_cast<uint32_t>(*from);
    anchor.to = static_cast<uint32_t>(*to);
    for (auto& pair : review::anchor_metadata(anchor)) draft.metadata.push_back(std::move(pair));
  }
  return draft;
}

const store::Assessment* find_assessment(const store::Dataset& dataset, std::string_view trace_id,
                                         std::string_view assessment_id) {
  const std::optional<TraceRow> row = dataset.find_trace(trace_id);
  if (!row) return nullptr;
  for (const store::Assessment& assessment : dataset.assessments(*row))
    if (assessment.assessment_id == assessment_id) return &assessment;
  return nullptr;
}

}  // namespace

void Session::State::execute_annotation(const Command& command) {
  if (!ready_to_write()) return;
  Result<journal::NewEvent> event = make_error(ErrorCode::NotFound, "This assessment is not there any more");
  if (command.id == CommandId::AssessmentAdd) {
    annot::Stamp stamp;
    stamp.author = settings.author;
    stamp.now_ms = now_ms();
    stamp.assessment_id = journal::new_assessment_id(random());
    annot::AssessmentDraft draft = draft_of(command);
    if (draft.name == review::kModeName)
      if (const review::ModeEntry* entry = codebook->find(draft.value_text))
        draft.metadata.emplace_back(review::kModeKey, review::mode_mark(*entry));
    event = annot::create_event(draft, stamp);
  } else if (command.id == CommandId::AssessmentDelete) {
    if (const store::Assessment* current =
            find_assessment(dataset, command.arg("trace_id"), command.arg("assessment_id")))
      removed.push_back({current->assessment_id, current->name,
                         current->kind == store::AssessmentKind::Expectation});
    event = annot::delete_event(command.arg("trace_id"), command.arg("assessment_id"));
  } else if (const store::Assessment* current =
                 find_assessment(dataset, command.arg("trace_id"), command.arg("assessment_id"))) {
    annot::AssessmentDraft draft = draft_of(command);
    draft.kind = current->kind;
    if (draft.name.empty()) draft.name = current->name;
    event = annot::update_event(*current, draft);
  }
  if (event.ok()) {
    Status status = annotations->check(event.value());
    if (!status.ok()) event = status.take_error();
  }
  if (!event.ok()) {
    notice(NoticeKind::Error, "", event.error().what);
    return;
  }
  write({std::move(event).value()}, journal::TxnScope::User);
  // Where it appears may be out of sight.
  const std::string name(trimmed(command.arg("name")));
  if (command.id == CommandId::AssessmentAdd && command.arg("tell") == "true")
    notice(NoticeKind::Success, "assessment_saved", "Saved: " + name, {name});
}

// All of it is one step for undo.
void Session::State::rename_code(const Command& command) {
  if (!ready_to_write()) return;
  const std::string_view name = command.arg("name");
  std::string from;
  json::append_quoted(from, command.arg("from"));
  std::vector<journal::NewEvent> events;
  for (uint32_t row = 0; row < dataset.trace_count(); ++row) {
    for (const store::Assessment& a : dataset.assessments(TraceRow{row})) {
      if (a.name != name || a.source_type != store::SourceType::Human || a.value_json != from || !a.valid) continue;
      annot::AssessmentDraft draft;
      draft.trace_id = dataset.trace_id(TraceRow{row});
      draft.name = a.name;
      draft.kind = a.kind;
      draft.value_type = annot::ValueType::String;
      draft.value_text = command.arg("to");
      draft.rationale = a.rationale;
      if (auto event = annot::update_event(a, draft); event.ok()) events.push_back(std::move(event).value());
    }
  }
  if (name == review::kModeName && codebook->find(command.arg("from")) != nullptr)
    events.push_back(review::mode_rename_event(command.arg("from"), command.arg("to")));
  if (!events.empty()) write(events, journal::TxnScope::User);
}

void Session::State::set_draft(const std::string& place, std::string_view text) {
  const auto at = drafts.find(place);
  if (place.empty() || (at == drafts.end() ? text.empty() : at->second.text == text)) return;
  if (text.empty()) {
    drafts.erase(at);
    if (platform.drafts != nullptr) platform.drafts->save(place, {});
    return;
  }
  draft_changed_ms = std::max(now_ms(), draft_changed_ms + 1);
  const Draft draft{std::string(text), draft_changed_ms};
  if (platform.drafts != nullptr) platform.drafts->save(place, text.size() <= kMaxDraftBytes ? stored_draft(draft) : std::string());
  drafts.insert_or_assign(place, draft);
  drop_oldest_drafts();
}

void Session::State::drop_oldest_drafts() {
  if (drafts.size() <= kMaxDrafts) return;
  while (drafts.size() > kMaxDrafts) {
    const auto oldest = oldest_draft(drafts);
    if (platform.drafts != nullptr) platform.drafts->save(oldest->first, {});
    drafts.erase(oldest);
  }
  if (std::exchange(drafts_full_told, true)) return;
  const std::string most = std::to_string(kMaxDrafts);
  notice(NoticeKind::Warning, "drafts_full", "Only " + most + " unfinished texts are kept; the oldest are dropped", {most});
}

void Session::State::forget_everything() {
  if (platform.drafts != nullptr) platform.drafts->erase_all();
  drafts.clear();
  if (run != nullptr) run->cancel(now_ms(), judge::CancelMode::AbortInFlight);
  pump_judge();
  run.reset();
  run_id.clear();
  requests.clear();
  judge_answers.clear();
  close_all_files();
  if (platform.journal != nullptr) platform.journal->erase_all();
  if (platform.vault != nullptr) {
    platform.vault->forget();
    platform.vault->forget_stored();
  }
  secret = {};
  day_use = {};
  day_open_usd.clear();
  pending.clear();
  undo_cache = redo_cache = {};
  removed.clear();
  last_merge.reset();
  waiting_merges.clear();
  merges.clear();
  storage_failure.clear();
  settings = default_settings();
  open_journal();
  runs.clear();
  folds.clear();
  verdicts.clear();
  views.clear();
  completer.close();
  list.set_like_case(like_case());
  runs_folded = 0;
  checks.clear();
  pairs.clear();
  contacted_hosts.clear();
  run_cache = {};
  save_settings();
  go(Route{}, true);
  notice(NoticeKind::Success, "forgotten", "Everything is forgotten on this machine");
}

namespace {

// What acts on all that match.
bool acts_on_matching(const Command& command) {
  switch (command.id) {
    case CommandId::SelectAll:
    case CommandId::AssessmentAddMany:
    case CommandId::QueueCreate:
    case CommandId::JudgeStart: return true;
    case CommandId::JudgeEstimate: return false;  // follows the rows as they come
    default: return !command.arg("scope").empty();
  }
}

}  // namespace

void Session::execute(const Command& command) {
  State& s = *state_;
  if (acts_on_matching(command)) s.list.finish();
  switch (command.id) {
    case CommandId::FileOpen:
      if (s.platform.files != nullptr) s.platform.files->open_dialog();
      return;
    case CommandId::FileOpenExample:
      if (s.platform.files != nullptr) s.platform.files->open_example();
      return;
    case CommandId::FileOpenAddress: return s.open_address(command.arg("url"));
    case CommandId::FileCloseAll: return call_late<&State::close_open_files>(s);
    case CommandId::FileClose: return call_late<&State::close_file>(s, static_cast<uint32_t>(parse_int64(command.arg("token")).value_or(0)));
    case CommandId::FileCancelImport: return s.cancel_import();
    case CommandId::FileColumns: return call_late<&State::execute_columns>(s, command);
    case CommandId::FilePart: return call_late<&State::execute_part>(s, command);
    case CommandId::SearchComplete:
    case CommandId::SearchRemember:
    case CommandId::SearchForgetHistory: return call_late<&State::execute_search>(s, command);
    case CommandId::ViewSave:
    case CommandId::ViewRename:
    case CommandId::ViewDelete:
    case CommandId::ViewApply: return call_late<&State::execute_view>(s, command);
    case CommandId::SelectToggle:
      if (const std::optional<TraceRow> row = s.dataset.find_trace(command.arg("trace_id")))
        s.select(*row, !is_selected(*row));
      return;
    case CommandId::SelectRange: {
      const std::optional<TraceRow> from = s.dataset.find_trace(command.arg("from"));
      const std::optional<TraceRow> to = s.dataset.find_trace(command.arg("to"));
      const std::optional<uint32_t> a = from ? s.list.position_of(*from) : std::nullopt;
      const std::optional<uint32_t> b = to ? s.list.position_of(*to) : std::nullopt;
      if (!a || !b) return;
      for (uint32_t i = std::min(*a, *b); i <= std::max(*a, *b); ++i) s.select(s.list.rows()[i], true);
      return;
    }
    case CommandId::SelectAll:
      for (const TraceRow row : s.list.rows()) s.select(row, true);
      return;
    case CommandId::SelectNone: return s.clear_selection();
    case CommandId::AssessmentAdd:
    case CommandId::AssessmentUpdate:
    case CommandId::AssessmentDelete: return s.execute_annotation(command);
    case CommandId::AssessmentsOf: return s.dataset.show_only_of(command.arg("person"));
    case CommandId::AssessmentAddMany:
    case CommandId::SchemaSave:
    case CommandId::SchemaRetire:
    case CommandId::QueueCreate:
    case CommandId::QueueArchive:
    case CommandId::ReviewAnswer:
    case CommandId::ReviewMark:
    case CommandId::Adjudicate: return call_late<&State::execute_review>(s, command);
    case CommandId::CodeRename: return call_late<&State::rename_code>(s, command);
    case CommandId::ModeDefine:
    case CommandId::ModeRetire:
    case CommandId::TagSet:
    case CommandId::TagDelete:
    case CommandId::NotesCode:
    case CommandId::ModeConfirm: return call_late<&State::execute_mode>(s, command);
    case CommandId::Undo: return s.undo_or_redo(true);
    case CommandId::Redo: return s.undo_or_redo(false);
    case CommandId::ScorerSave:
    case CommandId::ScorerSwitch:
    case CommandId::ScorerDelete: return call_late<&State::execute_scorer>(s, command);
    case CommandId::ScorerParse: return call_late<&State::begin_script_check>(s, command);
    case CommandId::ScorerImport:
    case CommandId::ScorerExport: return call_late<&State::execute_scorer_file>(s, command);
    case CommandId::JudgeTry:
    case CommandId::JudgeTest:
    case CommandId::JudgeCheck:
    case CommandId::JudgePair:
    case CommandId::JudgeEstimate:
    case CommandId::JudgeSetKey:
    case CommandId::JudgeForgetKey:
    case CommandId::JudgeStoreKey:
    case CommandId::JudgeUnlockKey:
    case CommandId::JudgeForgetStored:
    case CommandId::JudgeStart:
    case CommandId::JudgePause:
    case CommandId::JudgeResume:
    case CommandId::JudgeCancel:
    case CommandId::JudgeRetryFailed:
    case CommandId::JudgeRetryInterrupted: return call_late<&State::execute_judge>(s, command);
    case CommandId::ExportTraces:
    case CommandId::ExportResultsCsv:
    case CommandId::ExportAssessmentsCsv:
    case CommandId::ExportResultsJson:
    case CommandId::SchemaExport:
    case CommandId::CodebookExport:
    case CommandId::ExportWork:
    case CommandId::ExportLedger:
    case CommandId::ExportJournal: return call_late<&State::execute_export>(s, command);
    case CommandId::SettingSet:
      if (!set_setting(s.settings, command.arg("key"), command.arg("value")))
        return s.notice(NoticeKind::Error, "bad_setting", "This value does not fit the setting");
      s.list.set_like_case(s.like_case());
      if (s.run != nullptr && command.arg("key").substr(0, 6) == "judge_") s.run->set_caps(s.limits_of(s.run->plan()));
      return s.save_settings();
    case CommandId::SettingsExport: return call_late<&State::export_settings>(s);
    case CommandId::SettingsImport: return call_late<&State::import_settings>(s, command.arg("json"));
    case CommandId::ForgetEverything: return call_late<&State::forget_everything>(s);
    case CommandId::DraftSet: return s.set_draft(std::string(command.arg("place")), command.arg("text"));
    case CommandId::NoticeDismiss:
      std::erase_if(s.notices, [&](const Notice& notice) {
        return std::to_string(notice.number) == command.arg("number");
      });
      return;
    default: return s.execute_navigation(command);
  }
}

bool Session::can_execute(CommandId id) const {
  const State& s = *state_;
  const bool has_traces = s.dataset.trace_count() > 0;
  const bool run_live = s.run != nullptr;
  switch (id) {
    case CommandId::FileCloseAll: return has_traces || !s.reports.empty();
    case CommandId::FileClose: return has_traces;
    case CommandId::FileCancelImport: return s.progress.active;
    case CommandId::SelectAll:
    case CommandId::TraceNext:
    case CommandId::TracePrevious: return !s.list.rows().empty();
    case CommandId::SelectNone: return s.selected_count > 0;
    case CommandId::TraceClose: return !s.route.trace_id.empty() || !s.route.session_id.empty();
    case CommandId::SearchForgetHistory: return !s.settings.query_history.empty();
    case CommandId::UiFocusList:
    case CommandId::UiFocusFacets:
    case CommandId::UiSaveView: return has_traces;
    case CommandId::UiHitNext:
    case CommandId::UiHitPrevious: return open_trace().has_value() && !s.list.words().empty();
    case CommandId::UiMaximizeReader: return !s.route.trace_id.empty();
    case CommandId::SessionClose: return !s.route.session_id.empty();
    case CommandId::CompareClose: return !s.route.compare_id.empty();
    case CommandId::UiCompare: return s.selected_count == 2;
    case CommandId::UiNote: return open_trace().has_value() || !s.route.item_id.empty();
    case CommandId::UiAnnotate:
    case CommandId::UiSlowestSpan:
    case CommandId::UiFirstError:
    case CommandId::UiZoomIn:
    case CommandId::UiZoomOut:
    case CommandId::UiZoomAll:
    case CommandId::UiEarlier:
    case CommandId::UiLater: return open_trace().has_value();
    case CommandId::RunClose: return !s.route.run_id.empty();
    case CommandId::RunCompareClose: return !s.route.with_run_id.empty();
    case CommandId::Undo: return s.journal->undo_step().has_value();
    case CommandId::Redo: return s.journal->redo_step().has_value();
    case CommandId::JudgeForgetKey: return has_key();
    case CommandId::JudgeForgetStored: return has_stored_key();
    case CommandId::JudgePause: return run_live && s.run->state() == judge::RunState::Running;
    case CommandId::JudgeResume: return run_live && s.run->state() == judge::RunState::Paused;
    case CommandId::JudgeCancel:
      return run_live && (s.run->state() == judge::RunState::Running || s.run->state() == judge::RunState::Paused);
    case CommandId::ExportTraces:
    case CommandId::ExportResultsCsv:
    case CommandId::ExportAssessmentsCsv:
    case CommandId::ExportResultsJson: return has_traces;
    case CommandId::ExportWork:
    case CommandId::ExportJournal: return s.journal->count() > 0;
    case CommandId::CodebookExport: return !s.codebook->modes().empty();
    case CommandId::SchemaExport: return !s.board->schemas().empty();
    case CommandId::QueueClose: return !s.route.queue_id.empty();
    case CommandId::UiImportReport: return !s.reports.empty();
    default: return true;
  }
}

// --- Time -------------------------------------------------------------------------------------------------

void Session::tick(Budget& budget) {
  State& s = *state_;
  s.dataset.let_go_texts();  // of the last frame
  s.refresh_after_import(false);
  if (s.journal_loaded && !s.merges.empty()) call_late<&State::step_merges>(s, budget);
  if (!s.list.working() && s.list.is_stale()) {
    // Under a stream of changes the list follows a few times a second, otherwise at once.
    const bool streaming = s.progress.active || !s.merges.empty() || (s.run != nullptr && s.run->state() == judge::RunState::Running);
    if (!streaming || s.monotonic_ms() - s.last_refresh_ms >= s.refresh_interval_ms() || s.list.rows().empty()) {
      s.last_refresh_ms = s.monotonic_ms();
      s.list.set_clock(s.query_clock());
      s.list.refresh_if_stale();
    }
  }
  s.list.put_off_facets(s.progress.active || !s.merges.empty() || s.is_judging_elsewhere());
  if (s.list.working()) {
    const double begun_ms = s.monotonic_ms();
    (void)s.list.step(budget);
    s.query_ms += s.monotonic_ms() - begun_ms;
    if (!s.list.working()) {
      s.list.set_elapsed_ms(s.query_ms);
      s.query_ms = 0;
    }
  } else if (s.list.counting()) {
    (void)s.list.step(budget);
  }
  s.completer.put_off(s.progress.active || !s.merges.empty());
  s.completer.step(budget);
  if (s.run != nullptr || s.test_request_id != 0 || s.ask_state.running || s.script_check_id != 0) call_late<&State::pump_judge>(s);
  if (s.estimate.working) call_late<&State::step_estimate>(s, budget);
  if (!s.exports.empty()) call_late<&State::step_exports>(s, budget);
  s.retry_storage();
}

double Session::wants_tick_in_ms() const {
  const State& s = *state_;
  if (!s.merges.empty() || s.list.working() || s.list.counting() || s.completer.working() || !s.exports.empty() || s.estimate.working || !s.judge_answers.empty()) return 0;
  double wait_ms = -1;
  const auto sooner = [&wait_ms](double ms) {
    ms = std::max(ms, 0.0);
    if (wait_ms < 0 || ms < wait_ms) wait_ms = ms;
  };
  if (s.list.is_stale() || s.rows_unsynced) sooner(s.last_refresh_ms + s.refresh_interval_ms() - s.monotonic_ms());
  if (s.run != nullptr)
    if (const std::optional<TimeMs> at = s.run->wake_at()) sooner(static_cast<double>(*at - s.now_ms()));
  if (!s.storage_failure.empty()) sooner(s.storage_retry_at_ms - s.monotonic_ms());
  return wait_ms;
}

bool Session::idle() const {
  const State& s = *state_;
  if (s.list.working() || s.list.counting() || s.completer.working() || s.list.is_stale() || !s.exports.empty() || s.progress.active) return false;
  if (!s.merges.empty() || (!s.pending.empty() && s.storage_failure.empty())) return false;
  if (!s.requests.empty() || s.waiting_run != nullptr || s.estimate.working || s.test_request_id != 0 || s.ask_state.running || s.script_check_id != 0) return false;
  return s.run == nullptr || s.run->state() != judge::RunState::Running;
}

// --- What views read ----------------------------------------------------------------------------------------

const store::Dataset& Session::dataset() const { return state_->dataset; }
const std::deque<ingest::FileReport>& Session::import_reports() const { return state_->reports; }
std::vector<const ingest::FileReport*> Session::open_files() const { return state_->open_files(); }
const ImportProgress& Session::import_progress() const { return state_->progress; }
const TraceList& Session::traces() const { return state_->list; }
const Completer& Session::completer() const { return state_->completer; }
const std::vector<SavedView>& Session::views() const { return state_->views.list(); }
const SavedView* Session::find_view(std::string_view id) const { return state_->views.find(id); }
bool Session::is_selected(TraceRow row) const {
  return row.v < state_->selected.size() && state_->selected[row.v] != 0;
}
uint32_t Session::selected_count() const { return state_->selected_count; }
uint32_t Session::selected_in_list() const {
  const State& s = *state_;
  State::SelectedInList& known = s.selected_in_list;
  if (known.list_generation != s.list.generation() || known.selection_revision != s.selection_revision) {
    known = {s.list.generation(), s.selection_revision, 0};
    for (const TraceRow row : s.list.rows()) known.count += is_selected(row) ? 1 : 0;
  }
  return known.count;
}
const Route& Session::route() const { return state_->route; }
std::optional<TraceRow> Session::open_trace() const {
  if (state_->route.trace_id.empty()) return std::nullopt;
  return state_->dataset.find_trace(state_->route.trace_id);
}
std::optional<SpanRow> Session::selected_span() const {
  const std::optional<TraceRow> row = open_trace();
  if (!row || state_->route.span_id.empty()) return std::nullopt;
  return state_->dataset.find_span(*row, state_->route.span_id);
}
const review::Codebook& Session::codebook() const { return *state_->codebook; }
const review::Board& Session::review() const { return *state_->board; }
std::string_view Session::reviewer() const { return review::reviewer_name(state_->settings.author); }
const review::MergeReport* Session::last_merge() const { return state_->last_merge ? &*state_->last_merge : nullptr; }
const Settings& Session::settings() const { return state_->settings; }
bool Session::has_key() const { return state_->platform.vault != nullptr && state_->platform.vault->has_secret(); }
SaveState Session::save_state() const {
  SaveState save;
  for (const PendingWrite& write : state_->pending) save.unsaved_events += write.lines.size();
  save.failure = state_->storage_failure;
  save.loaded = state_->journal_loaded;
  return save;
}
bool Session::can_undo() const { return state_->journal->undo_step().has_value(); }
bool Session::can_redo() const { return state_->journal->redo_step().has_value(); }
std::string_view Session::draft(std::string_view place) const {
  const auto at = state_->drafts.find(place);
  return at == state_->drafts.end() ? std::string_view() : std::string_view(at->second.text);
}
const std::vector<Notice>& Session::notices() const { return state_->notices; }
const std::vector<std::string>& Session::contacted_hosts() const { return state_->contacted_hosts; }
void Session::set_utc_offset_minutes(int minutes) { state_->utc_offset_minutes = minutes; }
uint64_t Session::memory_limit_bytes() const { return state_->memory_limit_bytes(); }
bool Session::exporting() const { return !state_->exports.empty(); }

}  // namespace assay::app
