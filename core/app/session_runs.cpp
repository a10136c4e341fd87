// Session: evaluations. A run is folded from the journal; the one under way is a judge::JudgeRun that
// the session pumps.
#include <algorithm>

#include "core/app/trace_clusters.h"
#include "core/app/session_state.h"
#include "core/base/hash.h"
#include "core/base/late.h"
#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/base/utf8.h"
#include "core/json/unescape.h"
#include "core/judge/judge_events.h"
#include "core/judge/vote.h"
#include "core/score/scorer_files.h"
#include "core/score/check_values.h"

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

void count_value(RunScore& score, const std::string& value_json) {
  constexpr size_t kMaxTexts = 6;
  const uint32_t others = score.counts.other;
  score.counts.add(value_json);
  if (score.counts.other == others || value_json.size() < 3 || value_json.front() != '"') return;
  const std::string text = json::unescaped(std::string_view(value_json).substr(1, value_json.size() - 2));
  for (auto& [known, count] : score.texts) {
    if (known != text) continue;
    ++count;
    return;
  }
  if (score.texts.size() < kMaxTexts) score.texts.emplace_back(text, 1u);
}

void add_interval(RunScore& score, const std::vector<uint32_t>& cluster_of) {
  const stats::AggregateInput& counts = score.counts;
  score.effect = stats::design_effect(counts.values, cluster_of);
  if (!score.mean) return;
  score.interval = counts.yes + counts.no == counts.n() ? stats::rate_interval(*score.mean, score.effect)
                                                        : stats::mean_interval(counts.values, cluster_of);
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
    if (event.kind == kJudgeChecked || event.kind == kPairVerdict) call_late<&State::fold_answers>(*this, event);
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
    summary.session_starts = plan.session_starts;
    // The run under way has its plan already.
    const bool is_own = run != nullptr && run->plan().run_id == summary.run_id;
    summary.total = static_cast<uint32_t>(
        is_own ? run->plan().items.size()
               : judge::plan_items(dataset, summary.trace_ids, summary.scorers, summary.session_starts).size());
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
  if (!decoded.ok()) return;
  const judge::ItemEvent& item = decoded.value();
  if (!item.model.empty()) return count_day_use(item, event.kind, item.model);
  RunSummary* summary = find_run(item.run_id);
  if (summary == nullptr) return;
  count_day_use(item, event.kind, summary->model);
  ItemFold state = ItemFold::Sent;
  const auto add_tokens = [&item, summary] {
    if (item.usage.input_tokens > 0) summary->input_tokens += static_cast<uint64_t>(item.usage.input_tokens);
    if (item.usage.output_tokens > 0) summary->output_tokens += static_cast<uint64_t>(item.usage.output_tokens);
  };
  if (event.kind == judge::kRequestEnded) {
    state = ItemFold::Ended;
    add_tokens();
  }
  if (event.kind == judge::kRunVerdict) {
    state = item.outcome == judge::Outcome::Scored   ? ItemFold::Scored
            : item.outcome == judge::Outcome::Failed ? ItemFold::Failed
                                                     : ItemFold::Skipped;
    verdicts.add(item);
    add_tokens();
  }
  // The precision of a retriever's chunks, and a vote, follow from other verdicts and are no items.
  uint16_t scorer = scorer_index(*summary, item.scorer);
  if (scorer >= summary->scorers.size() || item.is_vote) return;
  // Skips are counted once for all ballots of a place.
  if (state == ItemFold::Skipped && judge::ballot_of(summary->scorers[scorer], item.span_id) > 1)
    scorer = static_cast<uint16_t>(summary->scorers.size());
  set_item(folds[summary->run_id], item_key(item.trace_id, item.scorer, item.span_id), {state, scorer});
}

void Session::State::count_items(RunSummary& summary) {
  const bool live = run != nullptr && summary.run_id == run_id;
  const RunFold& fold = folds[summary.run_id];
  summary.scored = fold.counts[static_cast<size_t>(ItemFold::Scored)];
  summary.failed = fold.counts[static_cast<size_t>(ItemFold::Failed)];
  summary.skipped = fold.counts[static_cast<size_t>(ItemFold::Skipped)];
  summary.interrupted = live ? 0 : fold.counts[static_cast<size_t>(ItemFold::Sent)];
  const uint32_t known = summary.scored + summary.failed + summary.skipped + summary.interrupted;
  summary.total = std::max(summary.total, known);  // of traces that are not loaded less is known than was done
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
        judge::plan_items(dataset, summary.trace_ids, summary.scorers, summary.session_starts).size());
    count_items(summary);
  }
}

// --- Commands ------------------------------------------------------------------------------------------

namespace {

Result<judge::ScorerSpec> spec_of(const Command& command) {
  if (!command.arg("spec").empty()) {
    std::vector<judge::ScorerSpec> specs =
        ASSAY_TRY(judge::decode_scorers("[" + std::string(command.arg("spec")) + "]"));
    if (specs.size() == 1) return std::move(specs.front());
  }
  judge::ScorerSpec spec;
  const std::optional<judge::ScorerKind> kind = judge::parse_scorer_kind(command.arg("kind"));
  if (!kind) return make_error(ErrorCode::InvalidParameter, "Choose what kind of scorer this is");
  spec.kind = *kind;
  spec.name = command.arg("name");
  if (judge::takes_guidelines(*kind)) spec.guidelines = score::lines_of(command.arg("guidelines"));
  return spec;
}

}  // namespace

void Session::State::execute_scorer(const Command& command) {
  std::vector<judge::ScorerSpec> scorers = settings.scorers;
  const std::optional<int64_t> index = parse_int64(command.arg("index"));
  const bool exists = index && *index >= 0 && *index < static_cast<int64_t>(scorers.size());
  const auto forget_switch = [this](const std::string& name) { std::erase(settings.scorers_off, name); };
  if (command.id == CommandId::ScorerSwitch) {
    const std::string name(command.arg("name"));
    forget_switch(name);
    choose_scorer(settings, name);
    if (command.arg("on") == "false") settings.scorers_off.push_back(name);
    return save_settings();
  }
  if (command.id == CommandId::ScorerDelete) {
    if (!exists) return;
    forget_switch(scorers[static_cast<size_t>(*index)].name);
    choose_scorer(settings, scorers[static_cast<size_t>(*index)].name);
    scorers.erase(scorers.begin() + static_cast<std::ptrdiff_t>(*index));
  } else {
    Result<judge::ScorerSpec> read = spec_of(command);
    if (!read.ok()) return notice(NoticeKind::Error, "", read.error().what);
    judge::ScorerSpec spec = std::move(read).value();
    if (exists) {
      judge::ScorerSpec& current = scorers[static_cast<size_t>(*index)];
      spec.version = current.version;
      if (spec == current) return;
      ++spec.version;
      if (spec.name != current.name) forget_switch(current.name);
      current = std::move(spec);
    } else {
      spec.version = 1;
      scorers.push_back(std::move(spec));
    }
  }
  const Status valid = judge::validate_scorers(scorers);
  if (!valid.ok()) return notice(NoticeKind::Error, "", valid.error().what);
  // Each version stays in the journal, whatever becomes of the settings.
  if (command.id == CommandId::ScorerSave && ready_to_write()) {
    const judge::ScorerSpec& saved = exists ? scorers[static_cast<size_t>(*index)] : scorers.back();
    write({{"scorer.save", judge::encode_scorer(saved), 1}}, journal::TxnScope::Background);
  }
  if (command.id == CommandId::ScorerSave) {
    if (exists) choose_scorer(settings, settings.scorers[static_cast<size_t>(*index)].name);
    choose_scorer(settings, exists ? scorers[static_cast<size_t>(*index)].name : scorers.back().name);
  }
  settings.scorers = std::move(scorers);
  save_settings();
}

void Session::State::fit_scorers_to_data() {
  const std::vector<const ingest::FileReport*> open = open_files();
  const bool is_example = !open.empty() && std::all_of(open.begin(), open.end(), [](const ingest::FileReport* report) {
    return report->file_name == kExampleFileName;
  });
  fit_scorers(settings, is_example, dataset.has_span_type("RETRIEVER"));
}

void Session::State::execute_scorer_file(const Command& command) {
  if (command.id == CommandId::ScorerExport) {
    std::vector<judge::ScorerSpec> chosen = settings.scorers;
    const std::optional<int64_t> index = parse_int64(command.arg("index"));
    if (index && *index >= 0 && *index < static_cast<int64_t>(chosen.size()))
      chosen = {settings.scorers[static_cast<size_t>(*index)]};
    const std::string name = chosen.size() == 1 ? chosen[0].name + ".scorer.json" : "scorers.json";
    if (platform.downloads == nullptr) return;
    platform.downloads->begin(name, "application/json", "");
    platform.downloads->write(score::encode_scorer_file(chosen, judge::model_uri(endpoint())));
    platform.downloads->finish();
    return notice(NoticeKind::Success, "saved_file", "Saved " + name, {name});
  }
  Result<score::ScorerFile> read = score::decode_scorer_file(command.arg("text"));
  if (!read.ok()) return notice(NoticeKind::Error, "", read.error().what);
  std::vector<judge::ScorerSpec> scorers = settings.scorers;
  std::vector<journal::NewEvent> events;
  size_t added = 0;
  for (judge::ScorerSpec& scorer : read.value().scorers) {
    const auto has_name = [&](std::string_view name) {
      return std::any_of(scorers.begin(), scorers.end(),
                         [&](const judge::ScorerSpec& other) { return other.name == name; });
    };
    if (std::find(scorers.begin(), scorers.end(), scorer) != scorers.end()) continue;
    const std::string wanted = scorer.name;
    for (int number = 2; has_name(scorer.name); ++number)
      scorer.name = wanted + "_" + std::to_string(number);
    events.push_back({"scorer.save", judge::encode_scorer(scorer), 1});
    scorers.push_back(std::move(scorer));
    ++added;
  }
  if (!events.empty() && ready_to_write()) write(events, journal::TxnScope::Background);
  settings.scorers = std::move(scorers);
  save_settings();
  for (const std::string& reason : read.value().left_out) notice(NoticeKind::Warning, "", reason);
  for (const std::string& what : read.value().lost) notice(NoticeKind::Info, "", what);
  if (added > 0)
    notice(NoticeKind::Success, "scorers_imported", "Scorers added: " + std::to_string(added),
           {std::to_string(added)});
  else if (read.value().left_out.empty())
    notice(NoticeKind::Info, "scorers_known", "These scorers are there already");
}

void Session::State::execute_judge(const Command& command) {
  const std::string_view wanted = command.arg("run_id");
  switch (command.id) {
    case CommandId::JudgeSetKey:
      if (platform.vault == nullptr) return;
      if (const std::string host(command.arg("host")); !host.empty()) {
        juror_secrets[host] = platform.vault->keep_for(host, command.arg("key"));
        if (run != nullptr) run->set_juror_secret(host, juror_secrets[host]);
        break;
      }
      secret = platform.vault->keep(command.arg("key"));
      if (run != nullptr) run->set_secret(secret);
      break;
    case CommandId::JudgeForgetKey:
      if (platform.vault != nullptr) platform.vault->forget();
      secret = {};
      if (run != nullptr) {
        run->set_secret(secret);
        for (const auto& [host, unused] : juror_secrets) run->set_juror_secret(host, secret);
      }
      juror_secrets.clear();
      break;
    case CommandId::JudgeStoreKey:
      if (platform.vault != nullptr) platform.vault->store(command.arg("passphrase"), judge::host_of(settings.judge_base_url));
      return;
    case CommandId::JudgeUnlockKey:
      if (platform.vault != nullptr) platform.vault->unlock(command.arg("passphrase"));
      return;
    case CommandId::JudgeForgetStored:
      if (platform.vault != nullptr) platform.vault->forget_stored();
      return;
    case CommandId::JudgeStart: return start_evaluation(command);
    case CommandId::JudgeTry: return try_scorer(command);
    case CommandId::JudgeTest: return begin_test();
    case CommandId::JudgeCheck: return begin_check(command);
    case CommandId::JudgePair: return begin_pair(command);
    case CommandId::JudgeEstimate: return begin_estimate(command.arg("scope"));
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
  // Browsers open so many connections to an http:// address; more requests would only wait, with their
  // time-out running.
  if (const Result<std::string> url = judge::request_url(endpoint()); url.ok() && url.value().starts_with("http://"))
    limits.concurrency = std::min(limits.concurrency, kBrowserConnections);
  limits.random_order = true;
  limits.max_announce_ahead = kMaxAnnounceAhead;
  limits.renders_per_call = kRendersPerCall;
  limits.hand_over = platform.transport != nullptr && platform.transport->keeps_turns();
  limits.requests_per_minute = settings.judge_requests_per_minute;
  limits.tokens_per_minute = settings.judge_tokens_per_minute;
  limits.day_max_requests = static_cast<uint32_t>(settings.judge_day_max_requests);
  limits.day_max_cost_usd = settings.judge_day_max_cost_usd;
  limits.max_attempts = settings.judge_max_attempts;
  limits.request_timeout_ms = int64_t{1000} * settings.judge_timeout_s;
  limits.max_requests = static_cast<uint32_t>(settings.judge_max_requests);
  limits.max_cost_usd = settings.judge_max_cost_usd;
  if (const std::optional<judge::Price> price = settings.price()) {
    limits.input_usd_per_million = price->input_usd;
    limits.output_usd_per_million = price->output_usd;
    limits.cached_usd_per_million = price->cached_usd;
  }
  return limits;
}

judge::Endpoint Session::State::endpoint() const {
  judge::Endpoint made;
  judge::set_provider(made, settings.judge_provider);
  made.base_url = settings.judge_base_url;
  made.model = settings.judge_model;
  made.secret = secret;
  return made;
}

// The key of the notice that says what is missing for asking a model; "" = nothing. A text of its own
// stands in args[0] where the key is "address".
std::string Session::State::missing_for_judges(const judge::Endpoint& endpoint,
                                               std::vector<std::string>& args) const {
  if (endpoint.model.empty()) return "no_model";
  const Result<std::string> url = judge::request_url(endpoint);
  if (!url.ok()) {
    args = {url.error().what};
    return "address";
  }
  const bool has_secret = platform.vault != nullptr && platform.vault->has_secret();
  if (has_secret || judge::is_local_host(judge::host_of(url.value()))) return {};
  args = {judge::host_of(url.value())};
  return "no_key";
}

// Finds the jurors' endpoints and keys; false, and a notice, where one has none.
bool Session::State::seat_jurors(judge::JudgePlan& plan) {
  judge::add_jurors(plan);
  for (auto& [line, juror] : plan.jurors) {
    const Result<std::string> url = judge::request_url(juror);
    if (!url.ok()) {
      notice(NoticeKind::Error, "", "The juror " + line + ": " + url.error().what);
      return false;
    }
    const std::string host = judge::host_of(url.value());
    if (host == judge::host_of(plan.endpoint.base_url)) continue;  // has its key, or needs none
    const auto key = juror_secrets.find(host);
    if (key != juror_secrets.end()) juror.secret = key->second;
    if (juror.secret.present() || judge::is_local_host(host)) continue;
    notice(NoticeKind::Error, "no_key", "Enter the key for " + host, {host});
    return false;
  }
  return true;
}

// A cap of money holds for the dearest of those who are asked.
judge::Limits Session::State::limits_of(const judge::JudgePlan& plan) const {
  judge::Limits caps = limits();
  for (const auto& [line, juror] : plan.jurors) {
    const std::optional<judge::Price> price = settings.price_of(juror.model);
    if (!price) {
      caps.input_usd_per_million = caps.output_usd_per_million = -1;
      break;
    }
    caps.input_usd_per_million = std::max(caps.input_usd_per_million, price->input_usd);
    caps.output_usd_per_million = std::max(caps.output_usd_per_million, price->output_usd);
  }
  return caps;
}

void Session::State::start_run(judge::JudgePlan plan, std::string_view name) {
  if (!ready_to_write()) return;
  if (run != nullptr && (run->state() == judge::RunState::Running || run->state() == judge::RunState::Paused))
    return notice(NoticeKind::Warning, "run_under_way", "A run is under way. Cancel it or wait for its end first");
  plan.endpoint = endpoint();
  const Status valid = judge::validate_scorers(plan.scorers);
  if (!valid.ok()) return notice(NoticeKind::Error, "", valid.error().what);
  if (plan.scorers.empty()) return notice(NoticeKind::Error, "no_scorers", "Add a scorer first");
  bool asks = false;
  for (const judge::ScorerSpec& scorer : plan.scorers) asks = asks || judge::asks_model(scorer.kind);
  if (asks) {
    std::vector<std::string> args;
    const std::string missing = missing_for_judges(plan.endpoint, args);
    if (missing == "no_model") return notice(NoticeKind::Error, "no_model", "Name the model that judges");
    if (missing == "address") return notice(NoticeKind::Error, "", args[0]);
    if (missing == "no_key") return notice(NoticeKind::Error, "no_key", "Enter the key for " + args[0], args);
  }
  if (!seat_jurors(plan)) return;
  if (plan.trace_ids.empty())
    return notice(NoticeKind::Error, "no_traces_in_scope", "There are no traces to judge: select some or change the query");
  judge::add_session_starts(dataset, plan);
  plan.items = judge::plan_items(dataset, plan.trace_ids, plan.scorers, plan.session_starts);
  uint8_t bytes[16] = {};
  if (platform.random != nullptr) platform.random->fill(bytes, sizeof bytes);
  plan.run_id = hex_of(bytes, sizeof bytes);
  plan.name = name.empty() ? "Evaluation " + std::to_string(runs.size() + 1) : std::string(name);
  const uint64_t seed = seed_of(plan);
  prompts.rules = settings.redaction;
  const judge::Limits caps = limits_of(plan);
  waiting_run = std::make_unique<judge::JudgeRun>(std::move(plan), caps, seed, prompts, &verdicts, now_ms());
  waiting_resume = false;
  begin_waiting_run();
}

void Session::State::start_evaluation(const Command& command) {
  judge::JudgePlan plan;
  plan.scorers = settings.scorers_on();
  const std::vector<TraceRow> rows = rows_of_scope(command.arg("scope"));
  const std::optional<int64_t> limit = parse_int64(command.arg("limit"));
  size_t wanted = rows.size();
  if (limit && *limit > 0) wanted = std::min(wanted, static_cast<size_t>(*limit));
  if (wanted == rows.size()) {
    for (const TraceRow row : rows) plan.trace_ids.emplace_back(dataset.trace_id(row));
  } else {
    // A random sample, the same each time: what it costs is not paid again.
    const auto rank = [&](uint32_t i) { return hash_bytes(dataset.trace_id(rows[i]), 1); };
    std::vector<uint32_t> order =
        sorted_indexes(rows.size(), [&](uint32_t a, uint32_t b) { return rank(a) < rank(b); });
    order.resize(wanted);
    for (const uint32_t i : order) plan.trace_ids.emplace_back(dataset.trace_id(rows[i]));
  }
  stays = false;
  start_run(std::move(plan), command.arg("name"));
}

void Session::State::try_scorer(const Command& command) {
  Result<judge::ScorerSpec> spec = spec_of(command);
  if (!spec.ok()) return notice(NoticeKind::Error, "", spec.error().what);
  judge::JudgePlan plan;
  const std::string name = spec.value().name;
  plan.scorers.push_back(std::move(spec).value());
  plan.trace_ids.emplace_back(command.arg("trace_id"));
  stays = true;
  start_run(std::move(plan), command.arg("name").empty() ? std::string_view(name) : command.arg("name"));
  if (waiting_run != nullptr)
    try_run_id = waiting_run->plan().run_id;
  else if (stays && run != nullptr && run->plan().scorers.size() == 1)
    try_run_id = run_id;
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
  plan->items = judge::plan_items(dataset, plan->trace_ids, plan->scorers, plan->session_starts);
  plan->endpoint.secret = secret;
  const bool has_secret = platform.vault != nullptr && platform.vault->has_secret();
  const Result<std::string> url = judge::request_url(plan->endpoint);
  const std::string host = judge::host_of(url.ok() ? url.value() : plan->endpoint.base_url);
  bool asks = false;
  for (const judge::ScorerSpec& scorer : plan->scorers) asks = asks || judge::asks_model(scorer.kind);
  if (asks && !has_secret && !judge::is_local_host(host)) {
    notice(NoticeKind::Error, "no_key", "Enter the key for " + host, {host});
    return false;
  }
  if (!seat_jurors(*plan)) return false;
  const judge::Limits caps = limits_of(*plan);
  const uint64_t seed = seed_of(*plan) ^ static_cast<uint64_t>(now_ms());
  prompts.rules = settings.redaction;
  stays = false;
  waiting_run = std::make_unique<judge::JudgeRun>(
      judge::JudgeRun::restore(std::move(*plan), caps, seed, prompts, &verdicts, events));
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
  judge_answers.clear();
  tell_day_use();
  run->set_online(online, now_ms());
  if (waiting_resume) run->resume(now_ms());
  waiting_resume = false;
  if (!stays) {
    Route to = route;
    to.place = Place::Runs;
    to.run_id = run_id;
    to.with_run_id.clear();
    go(std::move(to), true);
  }
  // The next tick sends: the plan of a large run has taken its time by now.
  if (platform.judge_lock == nullptr) pump_judge();
}

void Session::on_judge_lock(bool granted) {
  State& s = *state_;
  s.has_lock = granted;
  if (granted) {
    call_late<&State::begin_waiting_run>(s);
    s.release_lock_if_done();
    return;
  }
  s.waiting_run.reset();
  s.notice(NoticeKind::Warning, "run_in_other_tab", "Judges are running in another tab. Wait for it or cancel it there");
}

// --- The pump --------------------------------------------------------------------------------------------

// A part of what there is to do at a time: the page has other things to do, and what waits is done in the next tick.
void Session::State::pump_judge() {
  if (platform.transport == nullptr) return;
  const double end_ms = monotonic_ms() + kPumpMs;
  std::vector<judge::Completion> came;
  platform.transport->drain(came);
  for (judge::Completion& completion : came) {
    if (test_request_id != 0 && completion.request_id == test_request_id) finish_test(completion);
    finish_ask(completion);
    if (script_check_id != 0 && completion.request_id == script_check_id) finish_script_check(completion);
    if (requests.contains(completion.request_id)) judge_answers.push_back(std::move(completion));  // else of a run that is gone
  }
  if (run == nullptr) return judge_answers.clear();
  // A run that begins is written down by itself: with a thousand traces that takes its time, as the first prompts do.
  if (find_run(run_id) == nullptr && write_run_events()) return;
  if (run_day != day_of(now_ms())) tell_day_use();
  while (!judge_answers.empty() && monotonic_ms() <= end_ms) {
    judge::Completion completion = std::move(judge_answers.front());
    judge_answers.pop_front();
    const auto it = requests.find(completion.request_id);
    if (it == requests.end()) continue;
    completion.request_id = it->second;
    requests.erase(it);
    run->on_completion(completion, now_ms());
  }
  const auto recall = [this] {
    if (run->take_recall()) platform.transport->recall();
  };
  recall();
  while (monotonic_ms() <= end_ms) {
    std::optional<judge::OutRequest> request = run->next_request(now_ms());
    if (!request) break;
    requests[++last_transport_id] = request->id;
    request->id = last_transport_id;
    if (!request->host.empty()) contact(request->host);
    platform.transport->send(std::move(*request));
  }
  recall();
  for (const uint64_t id : run->take_aborts())
    for (const auto& [transport_id, own_id] : requests)
      if (own_id == id) platform.transport->abort(transport_id);
  if (judge_answers.empty()) platform.transport->allow(run->allowed());  // what failed is known by now
  write_run_events();
  release_lock_if_done();
}

// What the run under way has to say; false: nothing.
bool Session::State::write_run_events() {
  std::vector<judge::JudgeEvent> events = run->take_events();
  if (events.empty()) return false;
  std::vector<journal::NewEvent> lines;
  lines.reserve(events.size());
  for (judge::JudgeEvent& event : events) lines.push_back({std::move(event.kind), std::move(event.payload_json), 1});
  write(lines, journal::TxnScope::Background, events.back().token);
  return true;
}

void Session::State::release_lock_if_done() {
  if (!has_lock || platform.judge_lock == nullptr || run == nullptr || run->in_flight() > 0) return;
  if (run->state() != judge::RunState::Finished && run->state() != judge::RunState::Cancelled) return;
  has_lock = false;
  platform.judge_lock->release();
}

// --- Results ------------------------------------------------------------------------------------------------

// By scorer, of the traces that are loaded: all else that is told of the run's results is of them.
std::vector<uint32_t> Session::State::skips_of_loaded(const RunSummary& summary, size_t loaded) {
  const RunFold& fold = folds[summary.run_id];
  if (loaded == summary.trace_ids.size()) return fold.skipped;
  std::vector<uint32_t> skipped(summary.scorers.size(), 0);
  for (const judge::PlanItem& item : judge::plan_items(dataset, summary.trace_ids, summary.scorers, summary.session_starts)) {
    const std::string& trace_id = summary.trace_ids[item.trace];
    if (!dataset.find_trace(trace_id)) continue;
    const auto known = fold.items.find(item_key(trace_id, summary.scorers[item.scorer].name, item.span_id));
    if (known != fold.items.end() && known->second.state == ItemFold::Skipped && known->second.scorer == item.scorer) ++skipped[item.scorer];
  }
  return skipped;
}

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
    std::vector<std::string> names;
    for (const judge::ScorerSpec& scorer : summary->scorers) names.push_back(scorer.name);
    for (const judge::ScorerSpec& scorer : summary->scorers)
      if (judge::level_of(scorer) == judge::ScorerLevel::Chunk)
        names.push_back(scorer.name + std::string(judge::kPrecisionSuffix));
    std::vector<stats::ScorerAggregations> aggregations;
    for (const judge::ScorerSpec& scorer : summary->scorers) {
      stats::ScorerAggregations wanted{scorer.name, {}};
      for (const std::string_view name : judge::aggregations_of(scorer))
        if (const auto known = stats::parse_aggregation(name)) wanted.aggregations.push_back(*known);
      aggregations.push_back(std::move(wanted));
    }
    const TraceClusters clusters = clusters_of(dataset, cache.rows);
    const std::vector<uint32_t> skipped = skips_of_loaded(*summary, cache.rows.size());
    for (size_t i = 0; i < names.size(); ++i) {
      RunScore score;
      score.name = names[i];
      score.cluster_kind = clusters.kind;
      std::vector<uint32_t> cluster_of;  // by score.counts.values
      for (size_t place = 0; place < cache.rows.size(); ++place) {
        for (const store::Assessment& assessment : dataset.assessments(cache.rows[place])) {
          if (assessment.name != score.name || assessment.kind != store::AssessmentKind::Feedback) continue;
          // MLflow counts only assessments in force.
          if (!assessment.valid || assessment.metadata_json.find(wanted_run_id) == std::string::npos) continue;
          if (const auto share = parse_double(store::metadata_value(assessment, judge::kAgreementKey))) {
            ++score.voted;
            score.split += *share < 1 ? 1 : 0;
            score.agreement += *share;
          }
          if (assessment.has_error())
            score.counts.add_error();
          else
            count_value(score, assessment.value_json);
          cluster_of.resize(score.counts.values.size(), clusters.of[place]);
        }
      }
      if (i < skipped.size()) score.counts.skipped = skipped[i];
      if (score.voted > 0) score.agreement /= score.voted;
      score.mean = stats::aggregate(stats::Aggregation::Mean, score.counts.values);
      add_interval(score, cluster_of);
      score.metrics = stats::metrics_of(score.name, score.counts, aggregations);
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


}  // namespace assay::app
