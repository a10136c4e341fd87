// Session: evaluations. A run is folded from the journal; the one under way is a judge::JudgeRun that
// the session pumps.
#include <algorithm>

#include "core/app/session_state.h"
#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/judge/judge_events.h"

namespace assay::app {

using store::TraceRow;

namespace {

uint64_t item_key(std::string_view trace_id, std::string_view scorer, std::string_view span_id) {
  return hash_bytes(span_id, hash_bytes(scorer, hash_bytes(trace_id)));
}

uint16_t scorer_index(const RunSummary& run, std::string_view name) {
  for (size_t i = 0; i < run.scorers.size(); ++i)
    if (run.scorers[i].name == name) return static_cast<uint16_t>(i);
  return static_cast<uint16_t>(run.scorers.size());
}

// Keeps the counts beside the items, so that a verdict costs the same in a run of any size.
void set_item(RunFold& fold, uint64_t key, RunFold::Item next) {
  if (next.scorer >= fold.skipped.size()) fold.skipped.resize(next.scorer + size_t{1}, 0);
  const auto [it, is_new] = fold.items.try_emplace(key, next);
  if (!is_new) {
    --fold.counts[static_cast<size_t>(it->second.state)];
    if (it->second.state == ItemFold::Skipped) --fold.skipped[it->second.scorer];
    it->second = next;
  }
  ++fold.counts[static_cast<size_t>(next.state)];
  if (next.state == ItemFold::Skipped) ++fold.skipped[next.scorer];
}

uint64_t seed_of(const judge::JudgePlan& plan) { return hash_bytes(plan.run_id); }

}  // namespace

// --- Fold ------------------------------------------------------------------------------------------

RunSummary* Session::State::find_run(std::string_view wanted_run_id) {
  for (RunSummary& summary : runs)
    if (summary.run_id == wanted_run_id) return &summary;
  return nullptr;
}

void Session::State::fold_runs() {
  bool any = false;
  for (; runs_folded < journal->count(); ++runs_folded) {
    const journal::EventView event = journal->at(runs_folded);
    if (event.kind.substr(0, 4) != "run." && event.kind.substr(0, 8) != "request.") continue;
    fold_run_event(event);
    any = true;
  }
  if (!any) return;
  const auto newer = [this](uint32_t a, uint32_t b) { return runs[a].created_ms > runs[b].created_ms; };
  std::vector<RunSummary> sorted;
  sorted.reserve(runs.size());
  for (const uint32_t index : sorted_indexes(runs.size(), newer)) sorted.push_back(std::move(runs[index]));
  runs = std::move(sorted);
  for (RunSummary& summary : runs) count_items(summary);
}

void Session::State::fold_run_event(const journal::EventView& event) {
  if (event.kind == judge::kRunCreate) {
    Result<judge::RunCreated> created = judge::decode_run_create(event.payload_json);
    if (!created.ok() || find_run(created.value().plan.run_id) != nullptr) return;
    judge::JudgePlan& plan = created.value().plan;
    RunSummary summary;
    summary.run_id = plan.run_id;
    summary.name = plan.name;
    summary.model = plan.endpoint.model;
    summary.base_url = judge::printable_url(plan.endpoint.base_url);
    summary.created_ms = created.value().time_ms;
    summary.scorers = std::move(plan.scorers);
    summary.trace_ids = std::move(plan.trace_ids);
    summary.total = static_cast<uint32_t>(
        judge::plan_items(dataset, summary.trace_ids, summary.scorers).size());
    folds[summary.run_id];
    runs.push_back(std::move(summary));
    return;
  }
  if (event.kind == judge::kRunState) {
    Result<judge::RunStateEvent> state = judge::decode_run_state(event.payload_json);
    RunSummary* summary = state.ok() ? find_run(state.value().run_id) : nullptr;
    if (summary == nullptr) return;
    const std::string& name = state.value().state;
    if (name == "finished") summary->state = RunSummary::State::Finished;
    if (name == "cancelled") summary->state = RunSummary::State::Cancelled;
    if (name == "resumed" || name == "paused") summary->state = RunSummary::State::Interrupted;
    return;
  }
  Result<judge::ItemEvent> decoded = judge::decode_item_event(event.payload_json);
  RunSummary* summary = decoded.ok() ? find_run(decoded.value().run_id) : nullptr;
  if (summary == nullptr) return;
  const judge::ItemEvent& item = decoded.value();
  ItemFold state = ItemFold::Sent;
  if (event.kind == judge::kRequestEnded) state = ItemFold::Ended;
  if (event.kind == judge::kRunVerdict) {
    state = item.outcome == judge::Outcome::Scored   ? ItemFold::Scored
            : item.outcome == judge::Outcome::Failed ? ItemFold::Failed
                                                     : ItemFold::Skipped;
    verdicts.add(event.payload_json);
    if (item.usage.input_tokens > 0) summary->input_tokens += static_cast<uint64_t>(item.usage.input_tokens);
    if (item.usage.output_tokens > 0) summary->output_tokens += static_cast<uint64_t>(item.usage.output_tokens);
  }
  set_item(folds[summary->run_id], item_key(item.trace_id, item.scorer, item.span_id),
           {state, scorer_index(*summary, item.scorer)});
}

void Session::State::count_items(RunSummary& summary) {
  const bool live = run != nullptr && summary.run_id == run_id;
  const RunFold& fold = folds[summary.run_id];
  summary.scored = fold.counts[static_cast<size_t>(ItemFold::Scored)];
  summary.failed = fold.counts[static_cast<size_t>(ItemFold::Failed)];
  summary.skipped = fold.counts[static_cast<size_t>(ItemFold::Skipped)];
  summary.interrupted = live ? 0 : fold.counts[static_cast<size_t>(ItemFold::Sent)];
  const uint32_t known = summary.scored + summary.failed + summary.skipped + summary.interrupted;
  summary.queued = summary.total > known ? summary.total - known : 0;
  if (!live) return;
  switch (run->state()) {
    case judge::RunState::Running: summary.state = RunSummary::State::Running; break;
    case judge::RunState::Paused: summary.state = RunSummary::State::Paused; break;
    case judge::RunState::Cancelled: summary.state = RunSummary::State::Cancelled; break;
    case judge::RunState::Finished: summary.state = RunSummary::State::Finished; break;
  }
  summary.interrupted = run->progress(now_ms()).interrupted;
}

void Session::State::recount_totals() {
  for (RunSummary& summary : runs) {
    summary.total = static_cast<uint32_t>(
        judge::plan_items(dataset, summary.trace_ids, summary.scorers).size());
    count_items(summary);
  }
}

// --- Commands ------------------------------------------------------------------------------------------

void Session::State::execute_scorer(const Command& command) {
  std::vector<judge::ScorerSpec> scorers = settings.scorers;
  const std::optional<int64_t> index = parse_int64(command.arg("index"));
  const bool exists = index && *index >= 0 && *index < static_cast<int64_t>(scorers.size());
  if (command.id == CommandId::ScorerDelete) {
    if (!exists) return;
    scorers.erase(scorers.begin() + static_cast<std::ptrdiff_t>(*index));
  } else {
    judge::ScorerSpec spec;
    const std::optional<judge::ScorerKind> kind = judge::parse_scorer_kind(command.arg("kind"));
    if (!kind) return notice(NoticeKind::Error, "", "Choose what kind of scorer this is");
    spec.kind = *kind;
    spec.name = command.arg("name");
    std::string_view rest = *kind == judge::ScorerKind::Guidelines ? command.arg("guidelines") : "";
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
      while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
      if (!line.empty()) spec.guidelines.emplace_back(line);
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
    if (exists) {
      judge::ScorerSpec& current = scorers[static_cast<size_t>(*index)];
      spec.version = current.version;
      if (spec == current) return;
      ++spec.version;
      current = std::move(spec);
    } else {
      scorers.push_back(std::move(spec));
    }
  }
  const Status valid = judge::validate_scorers(scorers);
  if (!valid.ok()) return notice(NoticeKind::Error, "", valid.error().what);
  settings.scorers = std::move(scorers);
  save_settings();
}

void Session::State::execute_judge(const Command& command) {
  const std::string_view wanted = command.arg("run_id");
  switch (command.id) {
    case CommandId::JudgeSetKey:
      if (platform.vault == nullptr) return;
      secret = platform.vault->keep(command.arg("key"));
      if (run != nullptr) run->set_secret(secret);
      return;
    case CommandId::JudgeForgetKey:
      if (platform.vault != nullptr) platform.vault->forget();
      secret = {};
      if (run != nullptr) run->set_secret(secret);
      return;
    case CommandId::JudgeStart: return start_run(command.arg("scope"), command.arg("name"));
    case CommandId::JudgePause:
      if (run != nullptr) run->pause(now_ms());
      break;
    case CommandId::JudgeResume:
      if (!wanted.empty() && (run == nullptr || run_id != wanted)) {
        if (restore_run(wanted)) waiting_resume = true;
        return begin_waiting_run();
      }
      if (run != nullptr) run->resume(now_ms());
      break;
    case CommandId::JudgeCancel:
      if (!wanted.empty() && (run == nullptr || run_id != wanted)) {
        if (restore_run(wanted)) waiting_run->cancel(now_ms());
        return begin_waiting_run();
      }
      if (run != nullptr) run->cancel(now_ms());
      break;
    case CommandId::JudgeRetryFailed:
    case CommandId::JudgeRetryInterrupted: {
      const bool failed = command.id == CommandId::JudgeRetryFailed;
      judge::JudgeRun* target = run.get();
      const bool is_other = !wanted.empty() && (run == nullptr || run_id != wanted);
      if (is_other) {
        if (!restore_run(wanted)) return;
        target = waiting_run.get();
      }
      if (target == nullptr) return;
      if (failed)
        target->retry_failed(now_ms());
      else
        target->retry_interrupted(now_ms());
      if (is_other) {
        waiting_resume = true;
        return begin_waiting_run();
      }
      if (target->state() == judge::RunState::Paused) target->resume(now_ms());
      break;
    }
    default: return;
  }
  pump_judge();
}

judge::Limits Session::State::limits() const {
  judge::Limits limits;
  limits.concurrency = settings.judge_concurrency;
  limits.max_attempts = settings.judge_max_attempts;
  limits.request_timeout_ms = int64_t{1000} * settings.judge_timeout_s;
  return limits;
}

void Session::State::start_run(std::string_view scope, std::string_view name) {
  if (!ready_to_write()) return;
  if (run != nullptr && (run->state() == judge::RunState::Running || run->state() == judge::RunState::Paused))
    return notice(NoticeKind::Warning, "run_under_way", "A run is under way. Cancel it or wait for its end first");
  judge::JudgePlan plan;
  plan.endpoint.base_url = settings.judge_base_url;
  plan.endpoint.model = settings.judge_model;
  plan.endpoint.secret = secret;
  plan.scorers = settings.scorers;
  const Status valid = judge::validate_scorers(plan.scorers);
  if (!valid.ok()) return notice(NoticeKind::Error, "", valid.error().what);
  if (plan.scorers.empty()) return notice(NoticeKind::Error, "no_scorers", "Add a scorer first");
  if (plan.endpoint.model.empty()) return notice(NoticeKind::Error, "no_model", "Name the model that judges");
  const Result<std::string> url = judge::chat_url(settings.judge_base_url);
  if (!url.ok()) return notice(NoticeKind::Error, "", url.error().what);
  const bool has_secret = platform.vault != nullptr && platform.vault->has_secret();
  if (!has_secret && !judge::is_local_host(judge::host_of(url.value())))
    return notice(NoticeKind::Error, "no_key", "Enter the key for " + judge::host_of(url.value()),
                  {judge::host_of(url.value())});
  for (const TraceRow row : rows_of_scope(scope)) plan.trace_ids.emplace_back(dataset.trace_id(row));
  if (plan.trace_ids.empty())
    return notice(NoticeKind::Error, "no_traces_in_scope", "There are no traces to judge: select some or change the query");
  plan.items = judge::plan_items(dataset, plan.trace_ids, plan.scorers);
  uint8_t bytes[16] = {};
  if (platform.random != nullptr) platform.random->fill(bytes, sizeof bytes);
  plan.run_id = hex_of(bytes, sizeof bytes);
  plan.name = name.empty() ? "Evaluation " + std::to_string(runs.size() + 1) : std::string(name);
  const uint64_t seed = seed_of(plan);
  waiting_run = std::make_unique<judge::JudgeRun>(std::move(plan), limits(), seed, prompts, &verdicts, now_ms());
  waiting_resume = false;
  begin_waiting_run();
}

bool Session::State::restore_run(std::string_view wanted_run_id) {
  if (!ready_to_write()) return false;
  if (run != nullptr && (run->state() == judge::RunState::Running || run->in_flight() > 0)) {
    notice(NoticeKind::Warning, "run_under_way", "A run is under way. Cancel it or wait for its end first");
    return false;
  }
  std::optional<judge::JudgePlan> plan;
  std::vector<judge::JudgeEvent> events;
  for (const uint32_t index : journal->in_order()) {
    const journal::EventView event = journal->at(index);
    if (event.kind.substr(0, 4) != "run." && event.kind.substr(0, 8) != "request.") continue;
    if (event.payload_json.find(wanted_run_id) == std::string_view::npos) continue;
    if (event.kind == judge::kRunCreate) {
      Result<judge::RunCreated> created = judge::decode_run_create(event.payload_json);
      if (created.ok() && created.value().plan.run_id == wanted_run_id) plan = std::move(created.value().plan);
    }
    events.push_back({0, std::string(event.kind), std::string(event.payload_json)});
  }
  if (!plan) return false;
  plan->items = judge::plan_items(dataset, plan->trace_ids, plan->scorers);
  plan->endpoint.secret = secret;
  const bool has_secret = platform.vault != nullptr && platform.vault->has_secret();
  const std::string host = judge::host_of(judge::chat_url(plan->endpoint.base_url).ok()
                                              ? judge::chat_url(plan->endpoint.base_url).value()
                                              : plan->endpoint.base_url);
  if (!has_secret && !judge::is_local_host(host)) {
    notice(NoticeKind::Error, "no_key", "Enter the key for " + host, {host});
    return false;
  }
  const uint64_t seed = seed_of(*plan) ^ static_cast<uint64_t>(now_ms());
  waiting_run = std::make_unique<judge::JudgeRun>(
      judge::JudgeRun::restore(std::move(*plan), limits(), seed, prompts, &verdicts, events));
  return true;
}

void Session::State::begin_waiting_run() {
  if (waiting_run == nullptr) return;
  if (platform.judge_lock != nullptr && !has_lock) {
    platform.judge_lock->request();  // goes on in on_judge_lock()
    return;
  }
  run = std::move(waiting_run);
  run_id = run->plan().run_id;
  requests.clear();
  if (waiting_resume) run->resume(now_ms());
  waiting_resume = false;
  Route to = route;
  to.place = Place::Runs;
  to.run_id = run_id;
  go(std::move(to), true);
  pump_judge();
}

void Session::on_judge_lock(bool granted) {
  State& s = *state_;
  s.has_lock = granted;
  if (granted) {
    s.begin_waiting_run();
    s.release_lock_if_done();
    return;
  }
  s.waiting_run.reset();
  s.notice(NoticeKind::Warning, "run_in_other_tab", "Judges are running in another tab. Wait for it or cancel it there");
}

// --- The pump --------------------------------------------------------------------------------------------

void Session::State::pump_judge() {
  if (platform.transport == nullptr) return;
  std::vector<judge::Completion> completions;
  platform.transport->drain(completions);
  if (run == nullptr) return;
  for (judge::Completion& completion : completions) {
    const auto it = requests.find(completion.request_id);
    if (it == requests.end()) continue;  // of a run that is gone
    completion.request_id = it->second;
    requests.erase(it);
    run->on_completion(completion, now_ms());
  }
  while (std::optional<judge::OutRequest> request = run->next_request(now_ms())) {
    requests[++last_transport_id] = request->id;
    request->id = last_transport_id;
    contact(request->host);
    platform.transport->send(std::move(*request));
  }
  for (const uint64_t id : run->take_aborts())
    for (const auto& [transport_id, own_id] : requests)
      if (own_id == id) platform.transport->abort(transport_id);
  const std::vector<judge::JudgeEvent> events = run->take_events();
  if (!events.empty()) {
    std::vector<journal::NewEvent> lines;
    lines.reserve(events.size());
    for (const judge::JudgeEvent& event : events) lines.push_back({event.kind, event.payload_json, 1});
    write(lines, journal::TxnScope::Background, events.back().token);
  }
  release_lock_if_done();
}

void Session::State::release_lock_if_done() {
  if (!has_lock || platform.judge_lock == nullptr || run == nullptr || run->in_flight() > 0) return;
  if (run->state() != judge::RunState::Finished && run->state() != judge::RunState::Cancelled) return;
  has_lock = false;
  platform.judge_lock->release();
}

// --- Results ------------------------------------------------------------------------------------------------

const RunCache& Session::State::results_of(std::string_view wanted_run_id) {
  const bool fresh = run_cache.run_id == wanted_run_id && run_cache.revision == dataset.revision();
  const bool young = run_cache.run_id == wanted_run_id && run != nullptr &&
                     run->state() == judge::RunState::Running &&
                     monotonic_ms() - run_cache.made_ms < kRefreshIntervalMs;
  if (fresh || young) return run_cache;
  RunCache cache;
  cache.run_id = wanted_run_id;
  cache.revision = dataset.revision();
  cache.made_ms = monotonic_ms();
  const RunSummary* summary = find_run(wanted_run_id);
  if (summary != nullptr) {
    for (const std::string& trace_id : summary->trace_ids)
      if (const std::optional<TraceRow> row = dataset.find_trace(trace_id)) cache.rows.push_back(*row);
    for (size_t i = 0; i < summary->scorers.size(); ++i) {
      RunScore score;
      score.name = summary->scorers[i].name;
      for (const TraceRow row : cache.rows) {
        for (const store::Assessment& assessment : dataset.assessments(row)) {
          if (assessment.name != score.name || assessment.kind != store::AssessmentKind::Feedback) continue;
          // MLflow counts only assessments in force.
          if (!assessment.valid || assessment.metadata_json.find(wanted_run_id) == std::string::npos) continue;
          if (assessment.has_error())
            score.counts.add_error();
          else
            score.counts.add(assessment.value_json);
        }
      }
      const std::vector<uint32_t>& skipped = folds[summary->run_id].skipped;
      if (i < skipped.size()) score.counts.skipped = skipped[i];
      score.mean = stats::aggregate(stats::Aggregation::Mean, score.counts.values);
      cache.scores.push_back(std::move(score));
    }
  }
  run_cache = std::move(cache);
  return run_cache;
}

const std::vector<RunSummary>& Session::runs() const { return state_->runs; }
const RunSummary* Session::find_run(std::string_view run_id) const { return state_->find_run(run_id); }
std::vector<RunScore> Session::run_scores(std::string_view run_id) const {
  return state_->results_of(run_id).scores;
}
const std::vector<TraceRow>& Session::run_rows(std::string_view run_id) const {
  return state_->results_of(run_id).rows;
}
const judge::JudgeRun* Session::active_run() const { return state_->run.get(); }
std::string_view Session::active_run_id() const { return state_->run_id; }

std::vector<const store::Assessment*> Session::run_assessments(std::string_view run_id, TraceRow row) const {
  std::vector<const store::Assessment*> found;
  for (const store::Assessment& assessment : state_->dataset.assessments(row))
    if (assessment.kind == store::AssessmentKind::Feedback &&
        store::metadata_value(assessment, store::kSourceRunKey) == run_id)
      found.push_back(&assessment);
  return found;
}

uint32_t Session::evaluation_size(std::string_view scope) const {
  if (scope == "selected") return state_->selected_count;
  if (scope == "all") return state_->dataset.trace_count();
  return static_cast<uint32_t>(state_->list.rows().size());
}

}  // namespace assay::app
