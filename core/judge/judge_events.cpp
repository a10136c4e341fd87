#include "core/judge/judge_events.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"
#include "core/judge/prompt.h"
#include "core/judge/vote.h"
#include "core/store/assessment.h"

namespace assay::judge {
namespace {

constexpr std::string_view kInputTokensKey = "mlflow.assessment.judgeInputTokens";
constexpr std::string_view kOutputTokensKey = "mlflow.assessment.judgeOutputTokens";
constexpr std::string_view kCostKey = "mlflow.assessment.judgeCost";  // US dollars
constexpr size_t kAssessmentIdDigits = 32;

std::string text_of(const json::Doc& doc, std::string_view key) {
  return json::get_string(doc, key).value_or("");
}

ItemRef ref_of(const JudgePlan& plan, uint32_t index) {
  const PlanItem& item = plan.items[index];
  return {plan.run_id, plan.trace_ids[item.trace], plan.scorers[item.scorer].name, item.span_id};
}

// Of what the ballots of an item are about.
ItemRef base_ref(const JudgePlan& plan, uint32_t index) {
  ItemRef ref = ref_of(plan, index);
  ref.span_id = base_span(plan.scorers[plan.items[index].scorer], ref.span_id);
  return ref;
}

// "" where the scorer asks once.
std::string jury_text(const JudgePlan& plan, const PlanItem& item) {
  std::string text;
  for (const std::string& line : jurors_of(plan.scorers[item.scorer]))
    (text += text.empty() ? "" : ", ") += model_uri(juror_endpoint(plan.endpoint, line));
  constexpr size_t kMaxSourceIdBytes = 250;  // MLflow's limit
  text.resize(utf8_prefix(text, kMaxSourceIdBytes).size());
  return text;
}

void write_item(json::Writer& out, const ItemRef& item, std::string_view hash, TimeMs time_ms) {
  out.member("run", item.run_id);
  out.member("trace", item.trace_id);
  out.member("scorer", item.scorer);
  out.member("span", item.span_id);
  if (!item.model.empty()) out.member("model", item.model);
  out.member("hash", hash);
  out.member_integer("time_ms", time_ms);
}

const Usage& usage_of(const VerdictRecord& record) {
  return record.outcome == Outcome::Failed ? record.failure.usage : record.verdict.usage;
}

// One id per run and item, so that a second try replaces the first.
std::string assessment_id_of(const ItemRef& item) {
  Sha256 hash;
  for (const std::string_view part : {item.run_id, item.trace_id, item.scorer, item.span_id}) {
    hash.update(std::to_string(part.size()));
    hash.update(":");
    hash.update(part);
  }
  const std::array<uint8_t, 32> digest = hash.finish();
  return "a-" + hex_of(digest.data(), digest.size()).substr(0, kAssessmentIdDigits);
}

void write_feedback(json::Writer& out, const VerdictRecord& record) {
  out.key("feedback");
  out.begin_object();
  if (record.outcome == Outcome::Failed) {
    out.member_raw("value", "null");
    out.key("error");
    out.begin_object();
    out.member("error_code", record.failure.code);
    out.member("error_message", record.failure.message);
    if (!record.failure.stack.empty()) out.member("stack_trace", record.failure.stack);
    out.end_object();
  } else {
    const bool is_json = json::parse_doc(record.verdict.value_json).ok();
    out.member_raw("value", is_json ? std::string_view(record.verdict.value_json) : "null");
  }
  out.end_object();
}

bool by_code(const JudgePlan& plan, const VerdictRecord& record) {
  return !asks_model(plan.scorers[plan.items[record.item].scorer].kind) ||
         record.verdict.by_code || record.failure.by_code;
}

void write_metadata(json::Writer& out, const JudgePlan& plan, const VerdictRecord& record) {
  const PlanItem& item = plan.items[record.item];
  const ScorerSpec& scorer = plan.scorers[item.scorer];
  Usage usage = usage_of(record);
  if (record.turns > 0) {
    const auto sum = [](int64_t a, int64_t b) { return a < 0 ? b : a + std::max<int64_t>(0, b); };
    usage.input_tokens = sum(usage.input_tokens, record.earlier.input_tokens);
    usage.output_tokens = sum(usage.output_tokens, record.earlier.output_tokens);
  }
  out.key("metadata");
  out.begin_object();
  out.member(store::kSourceRunKey, plan.run_id);
  const ItemSpan span = item_span(level_of(scorer), base_span(scorer, item.span_id));
  if (!span.span_id.empty()) out.member(kRetrieverSpanKey, span.span_id);
  if (span.chunk >= 0) out.member(kChunkIndexKey, std::to_string(span.chunk));
  if (!record.session.empty()) out.member(store::kSessionKey, record.session);
  if (usage.input_tokens >= 0) out.member(kInputTokensKey, std::to_string(usage.input_tokens));
  if (usage.output_tokens >= 0) out.member(kOutputTokensKey, std::to_string(usage.output_tokens));
  if (record.cost_usd >= 0) out.member(kCostKey, json_number(record.cost_usd));
  out.member(kScorerVersionKey, std::to_string(scorer.version));
  if (!by_code(plan, record)) out.member(kPromptVersionKey, std::to_string(kPromptVersion));
  if (record.turns > 0) out.member(kTurnsKey, std::to_string(record.turns + 1));
  const std::string_view weight = param(scorer, "weight");
  if (!weight.empty() && weight != "1") out.member(kWeightKey, weight);
  const Result<json::Doc> more = json::parse_doc(record.verdict.metadata_json);
  if (more.ok() && more.value().is_object()) {
    for (const auto& [key, value] : more.value().items())
      out.member(key, value.is_string() ? value.get<std::string>() : json::dump(value));
  }
  if (!record.request_hash.empty()) out.member(kRequestHashKey, record.request_hash);
  if (!record.reused_from.empty()) out.member(kReusedFromKey, record.reused_from);
  out.end_object();
}

bool starts_before(const store::Dataset& dataset, store::TraceRow a, store::TraceRow b) {
  const int64_t at = dataset.request_time_ns(a), bt = dataset.request_time_ns(b);
  return at != bt ? at < bt : a.v < b.v;
}

// The position in trace_ids of the earliest trace of each session.
std::unordered_map<uint32_t, uint32_t> session_start_of(const store::Dataset& dataset,
                                                        const std::vector<std::string>& trace_ids,
                                                        const std::vector<ScorerLevel>& levels) {
  std::unordered_map<uint32_t, uint32_t> starts;
  if (std::find(levels.begin(), levels.end(), ScorerLevel::Session) == levels.end()) return starts;
  std::unordered_map<uint32_t, store::TraceRow> rows;
  for (uint32_t trace = 0; trace < trace_ids.size(); ++trace) {
    const std::optional<store::TraceRow> row = dataset.find_trace(trace_ids[trace]);
    if (!row || !dataset.session(*row).present()) continue;
    const uint32_t session = dataset.session(*row).v;
    const auto [at, is_new] = rows.try_emplace(session, *row);
    if (!is_new && !starts_before(dataset, *row, at->second)) continue;
    at->second = *row;
    starts[session] = trace;
  }
  return starts;
}

uint32_t count_chunks(const store::Dataset& dataset, store::SpanRow span) {
  std::string scratch;
  const TextRef outputs = dataset.span_outputs(span);
  if (!outputs.present()) return 0;
  const store::TextScope scope(dataset);
  return static_cast<uint32_t>(retrieved_chunks(dataset.text_now(outputs, scratch)).size());
}

Error bad_event(std::string_view kind) {
  return make_error(
      ErrorCode::InvalidInput,
      "A judge event in the journal lacks a field that it needs: " + std::string(kind));
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::Scored:
      return "scored";
    case Outcome::Failed:
      return "failed";
    case Outcome::Skipped:
      return "skipped";
  }
  return "";
}

std::vector<PlanItem> plan_items(const store::Dataset& dataset,
                                 const std::vector<std::string>& trace_ids,
                                 const std::vector<ScorerSpec>& scorers,
                                 uint32_t session_starts) {
  std::vector<PlanItem> items;
  std::unordered_set<std::string_view> seen;
  std::vector<ScorerLevel> levels;
  for (const ScorerSpec& scorer : scorers) levels.push_back(level_of(scorer));
  const std::unordered_map<uint32_t, uint32_t> starts = session_start_of(dataset, trace_ids, levels);
  const size_t chosen = trace_ids.size() - std::min<size_t>(session_starts, trace_ids.size());
  for (uint32_t trace = 0; trace < trace_ids.size(); ++trace) {
    if (!seen.insert(trace_ids[trace]).second) continue;  // named twice, judged once
    const std::optional<store::TraceRow> row = dataset.find_trace(trace_ids[trace]);
    std::vector<store::SpanRow> spans;
    std::vector<uint32_t> chunks;  // by span
    bool spans_read = false;
    for (uint32_t scorer = 0; scorer < scorers.size(); ++scorer) {
      if (levels[scorer] == ScorerLevel::Session) {
        const StringId session = row ? dataset.session(*row) : StringId{};
        const auto start = starts.find(session.v);
        const bool is_later =
            session.present() && start != starts.end() && start->second != trace;
        if (!is_later) items.push_back({trace, scorer, ""});
        continue;
      }
      if (trace >= chosen) continue;
      if (levels[scorer] == ScorerLevel::Trace || !row) {
        items.push_back({trace, scorer, ""});
        continue;
      }
      if (!spans_read) {
        spans_read = true;
        spans = top_level_retrievers(dataset, *row);
      }
      const size_t before = items.size();
      for (size_t i = 0; i < spans.size(); ++i) {
        const std::string span_id = dataset.span_id(spans[i]);
        if (levels[scorer] == ScorerLevel::Retriever) {
          items.push_back({trace, scorer, span_id});
          continue;
        }
        if (chunks.size() <= i) chunks.push_back(count_chunks(dataset, spans[i]));
        for (uint32_t chunk = 0; chunk < chunks[i]; ++chunk)
          items.push_back({trace, scorer, span_id + "#" + std::to_string(chunk)});
        if (chunks[i] == 0) items.push_back({trace, scorer, span_id});  // skipped: no documents
      }
      if (items.size() == before) items.push_back({trace, scorer, ""});
    }
  }
  const bool votes = std::any_of(scorers.begin(), scorers.end(), [](const ScorerSpec& scorer) {
    return ballots_of(scorer) > 1;
  });
  if (!votes) return items;
  std::vector<PlanItem> all;
  std::vector<int> ballots;
  for (const ScorerSpec& scorer : scorers) ballots.push_back(ballots_of(scorer));
  for (PlanItem& item : items) {
    const int count = ballots[item.scorer];
    for (int ballot = 1; ballot <= count && count > 1; ++ballot)
      all.push_back({item.trace, item.scorer, item.span_id + "@" + std::to_string(ballot)});
    if (count == 1) all.push_back(std::move(item));
  }
  return all;
}

void add_jurors(JudgePlan& plan) {
  plan.jurors.clear();
  for (const ScorerSpec& scorer : plan.scorers) {
    for (std::string& line : jurors_of(scorer)) {
      const bool known = std::any_of(plan.jurors.begin(), plan.jurors.end(),
                                     [&](const auto& juror) { return juror.first == line; });
      if (known) continue;
      Endpoint endpoint = juror_endpoint(plan.endpoint, line);
      plan.jurors.emplace_back(std::move(line), std::move(endpoint));
    }
  }
}

size_t endpoint_index(const JudgePlan& plan, const PlanItem& item) {
  const ScorerSpec& scorer = plan.scorers[item.scorer];
  const int ballot = ballot_of(scorer, item.span_id);
  const std::vector<std::string> jurors = jurors_of(scorer);
  if (jurors.empty()) return 0;
  // The first samples of all jurors, then the second ones.
  const std::string& line = jurors[static_cast<size_t>(std::max(0, ballot - 1)) % jurors.size()];
  for (size_t i = 0; i < plan.jurors.size(); ++i)
    if (plan.jurors[i].first == line) return i + 1;
  return 0;
}

Endpoint endpoint_of(const JudgePlan& plan, const PlanItem& item) {
  const size_t index = endpoint_index(plan, item);
  Endpoint endpoint = index == 0 ? plan.endpoint : plan.jurors[index - 1].second;
  // Samples are there to differ: at a temperature of 0 most models repeat themselves.
  constexpr double kSampleTemperature = 0.7;
  const ScorerSpec& scorer = plan.scorers[item.scorer];
  if (samples_of(scorer) > 1 && endpoint.temperature == 0) endpoint.temperature = kSampleTemperature;
  if (const auto own = param_number(scorer, "temperature")) endpoint.temperature = *own;
  return endpoint;
}

void add_session_starts(const store::Dataset& dataset, JudgePlan& plan) {
  const bool wanted =
      std::any_of(plan.scorers.begin(), plan.scorers.end(), [](const ScorerSpec& scorer) {
        return level_of(scorer) == ScorerLevel::Session;
      });
  if (!wanted) return;
  std::unordered_map<uint32_t, store::TraceRow> first;  // by session
  for (const std::string& trace_id : plan.trace_ids) {
    const std::optional<store::TraceRow> row = dataset.find_trace(trace_id);
    if (row && dataset.session(*row).present())
      first.try_emplace(dataset.session(*row).v, *row);
  }
  for (uint32_t i = 0; i < dataset.trace_count(); ++i) {
    const store::TraceRow row{i};
    const auto found = first.find(dataset.session(row).v);
    if (found != first.end() && starts_before(dataset, row, found->second)) found->second = row;
  }
  std::unordered_set<std::string_view> known(plan.trace_ids.begin(), plan.trace_ids.end());
  std::vector<std::string> added;
  for (uint32_t i = 0; i < dataset.trace_count(); ++i) {  // in the data's order, not the map's
    const store::TraceRow row{i};
    const auto found = first.find(dataset.session(row).v);
    if (found == first.end() || found->second != row) continue;
    if (known.count(dataset.trace_id(row)) == 0) added.emplace_back(dataset.trace_id(row));
  }
  plan.session_starts = static_cast<uint32_t>(added.size());
  for (std::string& trace_id : added) plan.trace_ids.push_back(std::move(trace_id));
}

std::string encode_run_create(const JudgePlan& plan, TimeMs time_ms) {
  const Endpoint& endpoint = plan.endpoint;
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("run", plan.run_id);
  out.member("name", plan.name);
  out.member_integer("time_ms", time_ms);
  out.member_raw("scorers", encode_scorers(plan.scorers));
  out.key("endpoint");
  out.begin_object();
  out.member("base_url", printable_url(endpoint.base_url));
  out.member("model", endpoint.model);
  out.member("provider", endpoint.provider);
  out.member_number("temperature", endpoint.temperature);
  out.member_integer("max_output_tokens", endpoint.max_output_tokens);
  out.member_boolean("structured_output", endpoint.structured_output);
  if (!endpoint.preset.empty()) out.member("preset", endpoint.preset);
  if (!endpoint.extra_headers.empty()) {
    out.key("extra_headers");  // their names alone
    out.begin_array();
    for (const Header& header : endpoint.extra_headers)
      out.string(header.name);
    out.end_array();
  }
  out.end_object();
  out.member_boolean("reuse_verdicts", plan.reuse_verdicts);
  out.key("trace_ids");
  out.begin_array();
  for (const std::string& trace_id : plan.trace_ids)
    out.string(trace_id);
  out.end_array();
  if (plan.session_starts > 0) out.member_integer("session_starts", plan.session_starts);
  out.end_object();
  return text;
}

std::string encode_request_sent(const ItemRef& item, std::string_view hash, uint32_t attempt,
                                TimeMs time_ms, size_t body_bytes) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_item(out, item, hash, time_ms);
  out.member_integer("attempt", attempt);
  if (body_bytes > 0) out.member_integer("bytes", static_cast<int64_t>(body_bytes));
  out.end_object();
  return text;
}

std::string encode_request_ended(const ItemRef& item, std::string_view hash, uint32_t attempt,
                                 std::string_view code, TimeMs time_ms, const Usage& usage,
                                 int64_t latency_ms, std::string_view said_json) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_item(out, item, hash, time_ms);
  out.member_integer("attempt", attempt);
  out.member("code", code);
  if (usage.input_tokens >= 0) out.member_integer("input_tokens", usage.input_tokens);
  if (usage.output_tokens >= 0) out.member_integer("output_tokens", usage.output_tokens);
  if (usage.cached_tokens > 0) out.member_integer("cached_tokens", usage.cached_tokens);
  if (latency_ms >= 0) out.member_integer("latency_ms", latency_ms);
  if (!said_json.empty()) out.member_raw("said", said_json);
  out.end_object();
  return text;
}

std::string encode_run_verdict(const JudgePlan& plan, const VerdictRecord& record, TimeMs time_ms) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_item(out, ref_of(plan, record.item), record.request_hash, time_ms);
  out.member("outcome", outcome_name(record.outcome));
  if (record.outcome == Outcome::Skipped) {
    out.member("skip", skip_reason_name(record.skip));
  } else {
    const Usage& usage = usage_of(record);
    if (usage.input_tokens >= 0) out.member_integer("input_tokens", usage.input_tokens);
    if (usage.output_tokens >= 0) out.member_integer("output_tokens", usage.output_tokens);
    if (usage.cached_tokens > 0) out.member_integer("cached_tokens", usage.cached_tokens);
    if (record.latency_ms >= 0) out.member_integer("latency_ms", record.latency_ms);
    if (record.outcome == Outcome::Failed) out.member("code", record.failure.code);
    if (!record.reused_from.empty()) out.member("reused_from", record.reused_from);
    const PlanItem& item = plan.items[record.item];
    if (ballot_of(plan.scorers[item.scorer], item.span_id) > 0)
      out.member_raw("ballot", encode_ballot(ballot_from(plan, record)));
    else
      out.member_raw("assessment", assessment_json(plan, record, time_ms));
  }
  out.end_object();
  return text;
}

Ballot ballot_from(const JudgePlan& plan, const VerdictRecord& record) {
  Ballot ballot;
  ballot.model = model_uri(endpoint_of(plan, plan.items[record.item]));
  if (record.outcome == Outcome::Scored)
    ballot.judgement = record.verdict;
  else
    ballot.judgement = record.failure;
  return ballot;
}

std::string encode_vote(const JudgePlan& plan, const VerdictRecord& record, TimeMs time_ms) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_item(out, base_ref(plan, record.item), {}, time_ms);
  out.member("outcome", outcome_name(record.outcome));
  if (record.outcome == Outcome::Failed) out.member("code", record.failure.code);
  out.member_boolean("vote", true);
  out.member_raw("assessment", assessment_json(plan, record, time_ms));
  out.end_object();
  return text;
}

std::string encode_precision(const JudgePlan& plan, uint32_t item, double precision,
                             std::string_view root_span_id, TimeMs time_ms) {
  const PlanItem& planned = plan.items[item];
  const ScorerSpec& scorer = plan.scorers[planned.scorer];
  const std::string name = scorer.name + std::string(kPrecisionSuffix);
  const std::string span_id(
      item_span(ScorerLevel::Chunk, base_span(scorer, planned.span_id)).span_id);
  const ItemRef ref{plan.run_id, plan.trace_ids[planned.trace], name, span_id};
  const std::string time = format_rfc3339(time_ms * 1'000'000);
  std::string assessment;
  json::Writer a(assessment);
  a.begin_object();
  a.member("assessment_id", assessment_id_of(ref));
  a.member("assessment_name", name);
  a.member("trace_id", ref.trace_id);
  if (!root_span_id.empty()) a.member("span_id", root_span_id);
  a.member_raw("source", R"({"source_type":"CODE","source_id":)" + json::quoted(name) + "}");
  a.member("create_time", time);
  a.member("last_update_time", time);
  a.key("feedback");
  a.begin_object();
  a.member_number("value", precision);
  a.end_object();
  a.key("metadata");
  a.begin_object();
  a.member(store::kSourceRunKey, plan.run_id);
  a.member(kRetrieverSpanKey, span_id);
  a.member(kScorerVersionKey, std::to_string(scorer.version));
  a.end_object();
  a.member_boolean("valid", true);
  a.end_object();
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_item(out, ref, {}, time_ms);
  out.member("outcome", outcome_name(Outcome::Scored));
  out.member_raw("assessment", assessment);
  out.end_object();
  return text;
}

std::string encode_run_state(std::string_view run_id, std::string_view state,
                             std::string_view reason, TimeMs time_ms) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("run", run_id);
  out.member("state", state);
  out.member_integer("time_ms", time_ms);
  if (!reason.empty()) out.member("reason", reason);
  out.end_object();
  return text;
}

std::string assessment_json(const JudgePlan& plan, const VerdictRecord& record, TimeMs time_ms) {
  if (record.outcome == Outcome::Skipped) return {};
  const ItemRef item = base_ref(plan, record.item);
  const std::string time = format_rfc3339(time_ms * 1'000'000);
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("assessment_id", assessment_id_of(item));
  out.member("assessment_name", item.scorer);
  out.member("trace_id", item.trace_id);
  if (!record.root_span_id.empty()) out.member("span_id", record.root_span_id);
  out.key("source");
  out.begin_object();
  const bool is_code = by_code(plan, record);
  out.member("source_type", is_code ? "CODE" : "LLM_JUDGE");
  std::string jury = jury_text(plan, plan.items[record.item]);
  if (jury.empty()) jury = model_uri(plan.endpoint);
  out.member("source_id", is_code ? item.scorer : std::string_view(jury));
  out.end_object();
  out.member("create_time", time);
  out.member("last_update_time", time);
  write_feedback(out, record);
  if (record.outcome == Outcome::Scored && !record.verdict.rationale.empty()) {
    out.member("rationale", record.verdict.rationale);
  }
  write_metadata(out, plan, record);
  out.member_boolean("valid", true);
  out.end_object();
  return text;
}

Result<RunCreated> decode_run_create(std::string_view payload_json) {
  const json::Doc doc = ASSAY_TRY(json::parse_doc(payload_json));
  RunCreated created;
  JudgePlan& plan = created.plan;
  plan.run_id = text_of(doc, "run");
  if (plan.run_id.empty()) return bad_event(kRunCreate);
  plan.name = text_of(doc, "name");
  created.time_ms = json::get_int(doc, "time_ms").value_or(0);
  plan.reuse_verdicts = json::get_bool(doc, "reuse_verdicts").value_or(true);
  if (const json::Doc* scorers = json::find(doc, "scorers")) {
    plan.scorers = ASSAY_TRY(decode_scorers(json::dump(*scorers)));
  }
  if (const json::Doc* endpoint = json::find(doc, "endpoint")) {
    plan.endpoint.base_url = text_of(*endpoint, "base_url");
    plan.endpoint.model = text_of(*endpoint, "model");
    // The preset's name tells how to ask; headers and the like are not in the journal.
    set_provider(plan.endpoint, text_of(*endpoint, "preset"));
    plan.endpoint.provider = text_of(*endpoint, "provider");
    plan.endpoint.temperature = json::get_double(*endpoint, "temperature").value_or(0);
    const int64_t limit = json::get_int(*endpoint, "max_output_tokens").value_or(0);
    plan.endpoint.max_output_tokens = static_cast<int>(std::clamp<int64_t>(limit, 0, INT32_MAX));
    plan.endpoint.structured_output = json::get_bool(*endpoint, "structured_output").value_or(true);
  }
  const json::Doc* ids = json::find(doc, "trace_ids");
  if (ids == nullptr || !ids->is_array()) return bad_event(kRunCreate);
  for (const json::Doc& id : *ids) {
    if (id.is_string()) plan.trace_ids.push_back(id.get<std::string>());
  }
  plan.session_starts = static_cast<uint32_t>(
      std::clamp<int64_t>(json::get_int(doc, "session_starts").value_or(0), 0,
                          static_cast<int64_t>(plan.trace_ids.size())));
  return created;
}

// Two of these stand in the journal for each verdict: read in one pass, without a tree.
Result<ItemEvent> decode_item_event(std::string_view payload_json) {
  ItemEvent event;
  std::string outcome, skip;
  json::Reader reader(payload_json);
  if (!reader.enter_object()) return bad_event(kRunVerdict);
  const std::pair<std::string_view, std::string*> texts[] = {
      {"run", &event.run_id}, {"trace", &event.trace_id}, {"scorer", &event.scorer}, {"span", &event.span_id},
      {"hash", &event.request_hash}, {"model", &event.model}, {"code", &event.code}, {"outcome", &outcome},
      {"skip", &skip}, {"reused_from", &event.reused_from}};
  int64_t attempt = 0;
  const std::pair<std::string_view, int64_t*> numbers[] = {
      {"attempt", &attempt}, {"bytes", &event.body_bytes}, {"input_tokens", &event.usage.input_tokens},
      {"output_tokens", &event.usage.output_tokens}, {"cached_tokens", &event.usage.cached_tokens},
      {"latency_ms", &event.latency_ms}, {"time_ms", &event.time_ms}};
  const auto named = [&reader](const auto& one) { return one.first == reader.raw_key(); };
  while (reader.next_key()) {
    const auto text = std::find_if(std::begin(texts), std::end(texts), named);
    const auto number = std::find_if(std::begin(numbers), std::end(numbers), named);
    const bool is_object = reader.peek() == json::Kind::Object;
    if (text != std::end(texts))
      *text->second = reader.string().value_or("");
    else if (number != std::end(numbers))
      *number->second = reader.integer().value_or(*number->second);
    else if (reader.key_is("assessment") && is_object)
      event.assessment_json = value_of(reader, payload_json);
    else if (reader.key_is("ballot") && is_object)
      event.ballot_json = value_of(reader, payload_json);
    else if (reader.key_is("said"))
      event.said_json = value_of(reader, payload_json);
    else if (reader.key_is("vote"))
      event.is_vote = reader.boolean().value_or(false);
  }
  if (reader.failed() || !reader.at_end() || reader.non_finite_at() != json::Reader::kNowhere || event.run_id.empty() ||
      event.trace_id.empty() || event.scorer.empty())
    return bad_event(kRunVerdict);
  event.attempt = static_cast<uint32_t>(std::clamp<int64_t>(attempt, 0, INT32_MAX));
  event.usage.cached_tokens = std::max<int64_t>(0, event.usage.cached_tokens);
  event.outcome = outcome == "failed"    ? Outcome::Failed
                  : outcome == "skipped" ? Outcome::Skipped
                                         : Outcome::Scored;
  event.skip = parse_skip_reason(skip);
  return event;
}

std::string value_of(json::Reader& reader, std::string_view record) {
  (void)reader.peek();  // steps over white space
  const uint32_t begin = reader.offset_bytes();
  reader.skip_value();
  std::string text(record.substr(begin, reader.offset_bytes() - begin));
  // Who reads it may look for a member as the writer puts it; a file that somebody edited has spaces.
  if (text.find("\": ") == std::string::npos && text.find('\n') == std::string::npos) return text;
  const Result<json::Doc> doc = json::parse_doc(text);
  return doc.ok() ? json::dump(doc.value()) : text;
}

Result<RunStateEvent> decode_run_state(std::string_view payload_json) {
  const json::Doc doc = ASSAY_TRY(json::parse_doc(payload_json));
  RunStateEvent event;
  event.run_id = text_of(doc, "run");
  event.state = text_of(doc, "state");
  if (event.run_id.empty() || event.state.empty()) return bad_event(kRunState);
  event.reason = text_of(doc, "reason");
  event.time_ms = json::get_int(doc, "time_ms").value_or(0);
  return event;
}

}  // namespace assay::judge
