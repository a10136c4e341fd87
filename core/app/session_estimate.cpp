// Session: before a run, and beside it: what it will send and cost, whether the judge can be reached, and
// the ledger of what was sent.
#include <algorithm>
#include <unordered_map>

#include "core/app/session_state.h"
#include "core/base/numbers.h"
#include "core/base/time.h"
#include "core/judge/conversation.h"
#include "core/judge/judge_events.h"
#include "core/judge/prompt.h"
#include "core/judge/vote.h"

namespace assay::app {

using store::TraceRow;

namespace {

constexpr int64_t kUnitsPerItem = 64;  // an item's prompt costs about as much as so many rows

}  // namespace

// --- Estimate ----------------------------------------------------------------------------------------

void Session::State::begin_estimate(std::string_view scope) {
  estimate = {};
  estimate_plan = {};
  estimate_plan.scorers = settings.scorers_on();
  estimate_plan.endpoint = endpoint();
  judge::add_jurors(estimate_plan);
  for (const TraceRow row : rows_of_scope(scope)) estimate_plan.trace_ids.emplace_back(dataset.trace_id(row));
  judge::add_session_starts(dataset, estimate_plan);
  estimate_plan.items =
      judge::plan_items(dataset, estimate_plan.trace_ids, estimate_plan.scorers, estimate_plan.session_starts);
  estimate.counts.items = estimate_plan.items.size();
  estimate.counts.skipped_of.assign(estimate_plan.scorers.size(), 0);
  estimate.counts.items_of.assign(estimate_plan.scorers.size(), 0);
  estimate.working = !estimate_plan.items.empty();
}

void Session::State::step_estimate(Budget& budget) {
  if (!estimate.working) return;
  prompts.rules = settings.redaction;
  judge::Estimate& counts = estimate.counts;
  while (estimate.looked_at < counts.items) {
    const judge::PlanItem& item = estimate_plan.items[static_cast<size_t>(estimate.looked_at++)];
    const judge::ScorerSpec& scorer = estimate_plan.scorers[item.scorer];
    const std::string& trace_id = estimate_plan.trace_ids[item.trace];
    const judge::RenderedItem rendered =
        prompts.render(trace_id, scorer, judge::base_span(scorer, item.span_id));
    const bool is_first = judge::ballot_of(scorer, item.span_id) <= 1;
    counts.items_of[item.scorer] += is_first ? 1 : 0;
    const judge::Endpoint asked = judge::endpoint_of(estimate_plan, item);
    if (rendered.skip != judge::SkipReason::None) {
      counts.skipped += is_first ? 1 : 0;
      counts.skipped_of[item.scorer] += is_first ? 1 : 0;
    } else if (rendered.computed || !rendered.script_body.empty()) {
      ++counts.computed;
    } else if (verdicts.find(judge::request_hash(scorer, rendered.prompt, asked, trace_id, item.span_id))) {
      ++counts.reused;
    } else {
      int64_t tokens = 0;
      for (const judge::Message& message : rendered.prompt.messages)
        tokens += judge::estimated_tokens(message.content);
      if (rendered.prompt.with_tools) tokens += judge::estimated_tokens(judge::tools_json(asked.api));
      judge::count_request(counts, asked.model, tokens);
      if (rendered.prompt.with_tools)
        counts.more_requests += static_cast<uint64_t>(judge::max_turns(scorer) - 1);
    }
    if (!budget.spend(kUnitsPerItem)) break;
  }
  estimate.working = estimate.looked_at < counts.items;
  if (!estimate.working) estimate_plan = {};
}

const EstimateState& Session::estimate() const { return state_->estimate; }
const ConnectionTest& Session::connection_test() const { return state_->test; }
std::string_view Session::try_run_id() const { return state_->try_run_id; }
std::vector<std::pair<std::string, bool>> Session::juror_hosts() const {
  judge::JudgePlan plan;
  plan.scorers = state_->settings.scorers_on();
  plan.endpoint = state_->endpoint();
  judge::add_jurors(plan);
  std::vector<std::pair<std::string, bool>> hosts;
  for (const auto& [line, juror] : plan.jurors) {
    const Result<std::string> url = judge::request_url(juror);
    std::string host = judge::host_of(url.ok() ? url.value() : juror.base_url);
    if (host.empty() || host == judge::host_of(plan.endpoint.base_url)) continue;
    const bool known = std::any_of(hosts.begin(), hosts.end(),
                                   [&](const auto& other) { return other.first == host; });
    if (known) continue;
    const bool has_key = state_->juror_secrets.count(host) > 0;
    hosts.emplace_back(std::move(host), has_key);
  }
  return hosts;
}
judge::Endpoint Session::endpoint() const { return state_->endpoint(); }

judge::RenderedItem Session::rendered_item(const judge::ScorerSpec& scorer, std::string_view trace_id) const {
  State& s = *state_;
  s.prompts.rules = s.settings.redaction;
  std::string span;
  const std::optional<TraceRow> row = s.dataset.find_trace(trace_id);
  const judge::ScorerLevel level = judge::level_of(scorer);
  if (row && (level == judge::ScorerLevel::Retriever || level == judge::ScorerLevel::Chunk)) {
    const std::vector<judge::PlanItem> items = judge::plan_items(s.dataset, {std::string(trace_id)}, {scorer});
    if (!items.empty()) span = items.front().span_id;
  }
  return s.prompts.render(trace_id, scorer, judge::base_span(scorer, span));
}

// --- Test of the connection --------------------------------------------------------------------------

void Session::State::begin_test() {
  if (test_request_id != 0 || platform.transport == nullptr) return;
  test = {};
  test_features = {};
  std::vector<std::string> args;
  const std::string missing = missing_for_judges(endpoint(), args);
  if (missing.empty()) return send_test();
  test.state = ConnectionTest::State::Failed;
  test.message = missing == "no_model" ? "Name the model that judges"
                 : missing == "no_key" ? "Enter the key for " + args[0]
                                       : args[0];
}

void Session::State::send_test() {
  const judge::Endpoint to = endpoint();
  judge::TraceInput input;
  input.request = "What is the capital of France?";
  input.response = "Paris.";
  judge::ScorerSpec scorer;
  scorer.kind = judge::ScorerKind::RelevanceToQuery;
  const judge::RenderedPrompt prompt = judge::render_prompt(scorer, input);
  judge::OutRequest request;
  request.id = test_request_id = ++last_transport_id;
  request.method = "POST";
  request.url = judge::request_url(to).value();
  request.host = judge::host_of(request.url);
  request.headers = to.extra_headers;
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = judge::request_body(prompt, to, test_features);
  request.secret = to.secret;
  request.secret_placement = to.secret_placement;
  request.secret_header = to.secret_header;
  request.timeout_ms = limits().request_timeout_ms;
  test.state = ConnectionTest::State::Running;
  if (std::find(contacted_hosts.begin(), contacted_hosts.end(), request.host) == contacted_hosts.end())
    contacted_hosts.push_back(request.host);
  platform.transport->send(std::move(request));
}

void Session::State::finish_test(const judge::Completion& completion) {
  test_request_id = 0;
  const judge::Endpoint to = endpoint();
  test.latency_ms = completion.latency_ms;
  const std::string host = judge::host_of(to.base_url);
  judge::JudgeFailure failure;
  if (completion.failure) {
    failure = judge::failure_of(*completion.failure, host, limits().request_timeout_ms);
  } else {
    const auto fewer = judge::features_after_refusal(to, test_features, completion.reply.status,
                                                     completion.reply.body);
    if (fewer) {  // a parameter that this endpoint does not take, as a run would find out too
      test_features = *fewer;
      return send_test();
    }
    const judge::Judgement judgement = judge::read_reply(completion.reply, host, to.model, now_ms());
    if (std::holds_alternative<judge::Verdict>(judgement)) {
      test.state = ConnectionTest::State::Passed;
      test.message = to.model;
      return;
    }
    failure = std::get<judge::JudgeFailure>(judgement);
  }
  test.state = ConnectionTest::State::Failed;
  test.message = failure.message;
}

// --- Ledger ------------------------------------------------------------------------------------------

namespace {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string number_or_empty(int64_t value) { return value < 0 ? std::string() : std::to_string(value); }

}  // namespace

// One line for each request that left, with what came of it.
void Session::State::export_ledger(std::unique_ptr<DownloadSink> sink) {
  struct Sent {
    judge::ItemEvent event;
    std::string outcome;
    int64_t input_tokens = -1, output_tokens = -1, cached_tokens = 0, latency_ms = -1;
  };
  std::vector<Sent> rows;
  std::unordered_map<std::string, size_t> open;  // by item: the request that has no answer yet
  for (const uint32_t index : journal->in_order()) {
    const journal::EventView event = journal->at(index);
    const bool sent = event.kind == judge::kRequestSent;
    if (!sent && event.kind != judge::kRequestEnded && event.kind != judge::kRunVerdict) continue;
    Result<judge::ItemEvent> decoded = judge::decode_item_event(event.payload_json);
    if (!decoded.ok() || decoded.value().request_hash.empty()) continue;  // scripts, checks, skips
    judge::ItemEvent& item = decoded.value();
    const std::string key = item.run_id + '\n' + item.trace_id + '\n' + item.scorer + '\n' + item.span_id;
    if (sent) {
      open[key] = rows.size();
      rows.push_back({std::move(item), "no answer"});
      continue;
    }
    const auto found = open.find(key);
    if (found == open.end()) continue;  // reused: nothing was sent
    Sent& row = rows[found->second];
    open.erase(found);
    row.outcome = event.kind == judge::kRequestEnded ? item.code : std::string(judge::outcome_name(item.outcome));
    if (!item.code.empty() && item.outcome == judge::Outcome::Failed) row.outcome = item.code;
    row.input_tokens = item.usage.input_tokens;
    row.output_tokens = item.usage.output_tokens;
    row.cached_tokens = item.usage.cached_tokens;
    row.latency_ms = item.latency_ms;
  }
  std::string text =
      "\xEF\xBB\xBFtime,run,host,model,trace,scorer,span,attempt,hash,bytes,outcome,input_tokens,output_tokens,"
      "latency_ms,cost_usd\r\n";
  for (const Sent& row : rows) {
    if (row.outcome == "UNSENT") continue;
    const RunSummary* of = find_run(row.event.run_id);
    const std::string model = of != nullptr ? of->model : row.event.model;
    const std::optional<judge::Price> price = settings.price_of(model);
    std::string cost;
    if (price && row.input_tokens >= 0 && row.output_tokens >= 0)
      cost = json_number(judge::cost_usd(*price, row.input_tokens, row.output_tokens, row.cached_tokens));
    const std::string fields[] = {
        format_rfc3339(row.event.time_ms * 1'000'000), row.event.run_id,
        of != nullptr ? judge::host_of(of->base_url) : std::string(), model, row.event.trace_id,
        row.event.scorer, row.event.span_id, std::to_string(row.event.attempt), row.event.request_hash,
        std::to_string(row.event.body_bytes), row.outcome, number_or_empty(row.input_tokens),
        number_or_empty(row.output_tokens), number_or_empty(row.latency_ms), cost};
    bool first = true;
    for (const std::string& field : fields) {
      if (!first) text += ',';
      first = false;
      text += csv_field(field);
    }
    text += "\r\n";
  }
  if (platform.downloads == nullptr) return;
  platform.downloads->begin("judge-ledger.csv", "text/csv", "");
  sink->write(text);
  platform.downloads->finish();
  notice(NoticeKind::Success, "saved_file", "Saved judge-ledger.csv", {"judge-ledger.csv"});
}

}  // namespace assay::app
