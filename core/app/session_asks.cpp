// Session: requests to a judge beside a run: its check before it is trusted, and the comparison of two
// responses. The ledger has them, with "check" or "compare" for the run.
#include <algorithm>
#include <utility>

#include "core/app/session_state.h"
#include "core/base/hash.h"
#include "core/json/doc.h"
#include "core/json/writer.h"
#include "core/judge/judge_events.h"
#include "core/judge/probes.h"
#include "core/judge/vote.h"

namespace assay::app {

namespace {

constexpr const char* kOutcomes[] = {"passed", "failed", "look"};

std::string shown(const std::string& value_json) {
  const Result<json::Doc> doc = json::parse_doc(value_json);
  return doc.ok() && doc.value().is_string() ? doc.value().get<std::string>() : value_json;
}

std::string text_of(const json::Doc& doc, std::string_view key) {
  return json::get_string(doc, key).value_or("");
}

}  // namespace

// Both: else ask_state has the reason.
bool Session::State::is_set_up(const judge::Endpoint& to) {
  std::vector<std::string> args;
  const std::string missing = missing_for_judges(to, args);
  if (missing == "no_model") ask_state.problem = {"notice.no_model", "Name the model that judges", {}};
  if (missing == "no_key") ask_state.problem = {"notice.no_key", "Enter the key for " + args[0], args};
  if (missing == "address") ask_state.problem = {{}, args[0], {}};
  return missing.empty();
}

bool Session::State::fits_day(size_t requests_wanted) {
  const judge::Limits caps = limits();
  const bool today = day_use.day == day_of(now_ms());
  const bool too_many = caps.day_max_requests > 0 && (today ? day_use.requests : 0) + requests_wanted > caps.day_max_requests;
  const bool too_dear = caps.day_max_cost_usd > 0 && today && day_use.cost_usd >= caps.day_max_cost_usd;
  if (too_many || too_dear) ask_state.problem = {"notice.day_cap", "The cap of a day is reached; raise it to ask", {}};
  return !too_many && !too_dear;
}

void Session::State::begin_check(const Command& command) {
  if (ask_state.running || platform.transport == nullptr || !ready_to_write()) return;
  ask_state = {AskState::For::Check, false, {}};
  const auto specs = judge::decode_scorers("[" + std::string(command.arg("spec")) + "]");
  if (!specs.ok() || specs.value().size() != 1 || !judge::asks_model(specs.value()[0].kind)) return;
  const judge::ScorerSpec& scorer = specs.value()[0];
  judge::JudgePlan plan;
  plan.endpoint = endpoint();
  plan.scorers = {scorer};
  if (judge::jurors_of(scorer).empty() && !is_set_up(plan.endpoint)) return;
  if (!seat_jurors(plan)) return;
  std::vector<judge::Endpoint> judges;
  for (const auto& [line, juror] : plan.jurors) judges.push_back(juror);
  if (judges.empty()) judges.push_back(plan.endpoint);
  if (!fits_day(judges.size() * std::size(judge::kProbes))) return;
  ask_scorer = scorer;
  side_asks.clear();
  for (const judge::Endpoint& to : judges) {
    for (const std::string_view probe : judge::kProbes) {
      Ask ask;
      ask.probe = probe;
      ask.to = to;
      ask.prompt = judge::render_probe(scorer, probe);
      ask.form = judge::answer_of(scorer);
      side_asks.push_back(std::move(ask));
    }
  }
  ask_state.running = true;
  for (Ask& ask : side_asks) send_ask(ask);
}

void Session::State::begin_pair(const Command& command) {
  if (ask_state.running || platform.transport == nullptr || !ready_to_write()) return;
  ask_state = {AskState::For::Pair, false, {}};
  const judge::Endpoint to = endpoint();
  if (!is_set_up(to) || !fits_day(2)) return;
  judge::PairInput input;
  input.criterion = command.arg("criterion");
  std::string* answers[] = {&input.answer_a, &input.answer_b};
  const std::string_view ids[] = {command.arg("a"), command.arg("b")};
  for (int side = 0; side < 2; ++side) {
    const auto row = dataset.find_trace(ids[side]);
    if (!row) return;
    judge::TraceInput read =
        judge::read_trace_input(dataset, *row, judge::ScorerKind::RelevanceToQuery, "");
    if (read.skip != judge::SkipReason::None) {
      ask_state.problem = {"skip." + std::string(judge::skip_reason_name(read.skip)), std::string(judge::skip_reason_text(read.skip)), {}};
      ask_state.side = side;
      return;
    }
    score::redact_input(read, settings.redaction);
    *answers[side] = std::move(read.response);
    if (side == 0) input.request = std::move(read.request);
  }
  ask_pair = {std::string(ids[0]), std::string(ids[1]), input.criterion, to.model, {}, {}, {}, 0};
  side_asks.clear();
  for (const bool b_first : {false, true}) {
    Ask ask;
    ask.to = to;
    ask.prompt = judge::render_pair(input, b_first);
    ask.form = judge::pair_form();
    side_asks.push_back(std::move(ask));
  }
  ask_state.running = true;
  for (Ask& ask : side_asks) send_ask(ask);
}

void Session::State::send_ask(Ask& ask) {
  judge::OutRequest request;
  request.id = ask.request_id = ++last_transport_id;
  request.method = "POST";
  request.url = judge::request_url(ask.to).value();
  request.host = judge::host_of(request.url);
  request.headers = ask.to.extra_headers;
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = judge::request_body(ask.prompt, ask.to, ask.features);
  request.secret = ask.to.secret;
  request.secret_placement = ask.to.secret_placement;
  request.secret_header = ask.to.secret_header;
  request.timeout_ms = limits().request_timeout_ms;
  contact(request.host);
  ask.hash = sha256_hex(request.body);
  write({{std::string(judge::kRequestSent),
          judge::encode_request_sent(ref_of(ask, std::to_string(request.id)), ask.hash, 1, now_ms(), request.body.size()),
          1}},
        journal::TxnScope::Background);
  platform.transport->send(std::move(request));
}

judge::ItemRef Session::State::ref_of(const Ask& ask, std::string_view request_id) const {
  const bool is_check = ask_state.what == AskState::For::Check;
  return {is_check ? "check" : "compare", is_check ? std::string_view(ask.probe) : std::string_view(ask_pair.a),
          is_check ? std::string_view(ask_scorer.name) : std::string_view(ask_pair.b), request_id, ask.to.model};
}

void Session::State::finish_ask(const judge::Completion& completion) {
  const auto ask = std::find_if(side_asks.begin(), side_asks.end(), [&](const Ask& other) {
    return !other.done && other.request_id == completion.request_id && other.request_id != 0;
  });
  if (ask == side_asks.end()) return;
  const std::string host = judge::host_of(ask->to.base_url);
  const auto ended = [&](std::string_view code, const judge::Usage& usage) {
    write({{std::string(judge::kRequestEnded),
            judge::encode_request_ended(ref_of(*ask, std::to_string(ask->request_id)), ask->hash, 1, code, now_ms(), usage,
                                        completion.latency_ms),
            1}},
          journal::TxnScope::Background);
  };
  if (completion.failure) {
    ask->answer = judge::failure_of(*completion.failure, host, limits().request_timeout_ms);
  } else {
    const auto fewer = judge::features_after_refusal(ask->to, ask->features, completion.reply.status,
                                                     completion.reply.body);
    if (fewer) {  // a parameter that this endpoint does not take, as a run would find out too
      ask->features = *fewer;
      ended("PARAMETER_REFUSED", {});
      return send_ask(*ask);
    }
    ask->answer = judge::read_reply(completion.reply, host, ask->to.model, now_ms(), ask->form);
  }
  ask->done = true;
  const judge::Verdict* verdict = std::get_if<judge::Verdict>(&ask->answer);
  if (verdict != nullptr)
    ended("ANSWERED", verdict->usage);
  else
    ended(std::get<judge::JudgeFailure>(ask->answer).code, std::get<judge::JudgeFailure>(ask->answer).usage);
  const bool all = std::all_of(side_asks.begin(), side_asks.end(), [](const Ask& other) { return other.done; });
  if (all) finish_asks();
}

void Session::State::finish_asks() {
  ask_state.running = false;
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member_integer("time_ms", now_ms());
  if (ask_state.what == AskState::For::Check) {
    out.member("scorer", ask_scorer.name);
    out.member_integer("version", ask_scorer.version);
    out.key("replies");
    out.begin_array();
    for (const Ask& ask : side_asks) {
      out.begin_object();
      out.member("probe", ask.probe);
      out.member("model", judge::model_uri(ask.to));
      if (const auto* verdict = std::get_if<judge::Verdict>(&ask.answer)) {
        const auto outcome = judge::probe_outcome(ask_scorer, ask.probe, *verdict);
        out.member("outcome", kOutcomes[static_cast<size_t>(outcome)]);
        out.member("value", shown(verdict->value_json));
        out.member("rationale", verdict->rationale);
      } else {
        const auto& failure = std::get<judge::JudgeFailure>(ask.answer);
        out.member("outcome", "error");
        out.member("value", failure.code);
        out.member("rationale", failure.message);
      }
      out.end_object();
    }
    out.end_array();
  } else {
    const auto* first = std::get_if<judge::Verdict>(&side_asks[0].answer);
    const auto* second = std::get_if<judge::Verdict>(&side_asks[1].answer);
    const auto reason = [](const Ask& ask) {
      const auto* verdict = std::get_if<judge::Verdict>(&ask.answer);
      return verdict != nullptr ? verdict->rationale : std::get<judge::JudgeFailure>(ask.answer).message;
    };
    out.member("a", ask_pair.a);
    out.member("b", ask_pair.b);
    out.member("criterion", ask_pair.criterion);
    out.member("model", judge::model_uri(side_asks[0].to));
    out.member("verdict", first != nullptr && second != nullptr
                              ? judge::pair_verdict(first->value_json, second->value_json)
                              : "error");
    out.member("first", reason(side_asks[0]));
    out.member("second", reason(side_asks[1]));
  }
  out.end_object();
  const std::string_view kind =
      ask_state.what == AskState::For::Check ? kJudgeChecked : kPairVerdict;
  side_asks.clear();
  write({{std::string(kind), std::move(text), 1}}, journal::TxnScope::Background);
}

void Session::State::fold_answers(const journal::EventView& event) {
  const bool is_check = event.kind == kJudgeChecked;
  if (!is_check && event.kind != kPairVerdict) return;
  const Result<json::Doc> parsed = json::parse_doc(event.payload_json);
  if (!parsed.ok()) return;
  const json::Doc& doc = parsed.value();
  if (!is_check) {
    pairs.push_back({text_of(doc, "a"), text_of(doc, "b"), text_of(doc, "criterion"), text_of(doc, "model"),
                     text_of(doc, "verdict"), text_of(doc, "first"), text_of(doc, "second"),
                     json::get_int(doc, "time_ms").value_or(0)});
    return;
  }
  JudgeCheck check;
  check.scorer = text_of(doc, "scorer");
  check.version = static_cast<int>(json::get_int(doc, "version").value_or(0));
  check.time_ms = json::get_int(doc, "time_ms").value_or(0);
  const json::Doc* replies = json::find(doc, "replies");
  if (replies == nullptr || !replies->is_array()) return;
  for (const json::Doc& reply : *replies)
    check.replies.push_back({text_of(reply, "probe"), text_of(reply, "model"), text_of(reply, "outcome"),
                             text_of(reply, "value"), text_of(reply, "rationale")});
  checks.push_back(std::move(check));
}

// --- Whether a program can be read -------------------------------------------------------------------
// Where it would run, and only there: the page itself evaluates nothing (shell/script.js).

void Session::State::begin_script_check(const Command& command) {
  if (command.arg("text") == script_check.text) return;
  const bool can_run = platform.transport != nullptr;
  script_check = {can_run ? ScriptCheck::State::Running : ScriptCheck::State::Unknown, std::string(command.arg("text")), 0, {}};
  if (can_run && script_check_id == 0) send_script_check();  // else when the one under way is done
}

void Session::State::send_script_check() {
  judge::OutRequest request;
  request.id = script_check_id = ++last_transport_id;
  request.method = judge::kScriptMethod;
  json::Writer out(request.body);
  out.begin_object();
  out.member("program", script_check.text);
  out.member_boolean("parse", true);
  out.end_object();
  constexpr int64_t kTimeoutMs = 5000;
  request.timeout_ms = kTimeoutMs;
  script_check_under_way = script_check.text;
  platform.transport->send(std::move(request));
}

void Session::State::finish_script_check(const judge::Completion& completion) {
  script_check_id = 0;
  if (script_check_under_way != script_check.text) return send_script_check();
  script_check.state = ScriptCheck::State::Unknown;
  if (completion.failure) return;
  const Result<json::Doc> reply = json::parse_doc(completion.reply.body);
  if (!reply.ok()) return;
  const auto error = json::get_string(reply.value(), "error");
  script_check.state = error ? ScriptCheck::State::Broken : ScriptCheck::State::Parses;
  if (!error) return;
  std::string_view reason = *error;
  constexpr std::string_view kUncaught = "Uncaught ";
  if (reason.starts_with(kUncaught)) reason.remove_prefix(kUncaught.size());
  const int64_t line = json::get_int(reply.value(), "line").value_or(0);
  if (line > 0) {
    reason = reason.substr(0, reason.rfind(" (line "));
    // What is missing at the end is missed behind it.
    const auto lines = 1 + std::count(script_check.text.begin(), script_check.text.end(), '\n');
    script_check.line = static_cast<int>(std::min<int64_t>(line, lines));
  }
  script_check.reason = reason;
}

const ScriptCheck& Session::script_check() const { return state_->script_check; }

const AskState& Session::ask_state() const { return state_->ask_state; }

const JudgeCheck* Session::find_check(std::string_view scorer, int version) const {
  const auto& all = state_->checks;
  for (size_t i = all.size(); i-- > 0;)
    if (all[i].scorer == scorer && all[i].version == version) return &all[i];
  return nullptr;
}

// Both orders were asked, so the one with the other trace as A is the same comparison.
std::optional<PairVerdict> Session::find_pair(std::string_view a, std::string_view b) const {
  const auto& all = state_->pairs;
  for (size_t i = all.size(); i-- > 0;) {
    if (all[i].a == a && all[i].b == b) return all[i];
    if (all[i].a != b || all[i].b != a) continue;
    PairVerdict mirrored = all[i];
    std::swap(mirrored.a, mirrored.b);
    std::swap(mirrored.first, mirrored.second);
    if (all[i].verdict == "A" || all[i].verdict == "B") mirrored.verdict = all[i].verdict == "A" ? "B" : "A";
    return mirrored;
  }
  return std::nullopt;
}

std::optional<std::pair<int, Message>> Session::pair_problem(std::string_view a, std::string_view b) const {
  const std::string_view ids[] = {a, b};
  for (int side = 0; side < 2; ++side) {
    const auto row = state_->dataset.find_trace(ids[side]);
    const judge::SkipReason skip =
        row ? judge::read_trace_input(state_->dataset, *row, judge::ScorerKind::RelevanceToQuery, "").skip : judge::SkipReason::TraceNotLoaded;
    if (skip == judge::SkipReason::None) continue;
    return std::pair(side, Message{"skip." + std::string(judge::skip_reason_name(skip)), std::string(judge::skip_reason_text(skip)), {}});
  }
  return std::nullopt;
}

std::vector<judge::ToolUse> Session::judge_reads(std::string_view run_id, std::string_view trace_id,
                                                 std::string_view scorer) const {
  std::vector<judge::ToolUse> uses;
  const journal::Journal& journal = *state_->journal;
  for (size_t i = 0; i < journal.count(); ++i) {
    const journal::EventView event = journal.at(i);
    if (event.kind != judge::kRequestEnded || event.payload_json.find(judge::kToolTurn) == std::string_view::npos ||
        event.payload_json.find(trace_id) == std::string_view::npos)
      continue;
    const Result<judge::ItemEvent> item = judge::decode_item_event(event.payload_json);
    if (!item.ok() || item.value().code != judge::kToolTurn || item.value().run_id != run_id ||
        item.value().trace_id != trace_id || item.value().scorer != scorer)
      continue;
    for (judge::ToolUse& use : judge::uses_of_said(item.value().said_json)) uses.push_back(std::move(use));
  }
  return uses;
}

}  // namespace assay::app
