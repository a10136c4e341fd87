// The plan of a run, and the events that a run writes to the journal. All payloads are small JSON
// objects; none holds a key or the value of a header.
//
//   run.create     {run, name, time_ms, scorers, endpoint{base_url, model, provider, temperature,
//                   max_output_tokens, structured_output}, trace_ids, session_starts?}
//   request.sent   {run, trace, scorer, span, hash, attempt, time_ms, bytes?}: before the request leaves
//                   and model, where no run.create tells it: a request beside a run (core/app/session_asks.cpp)
//   request.ended  {run, trace, scorer, span, hash, attempt, code, time_ms}: it failed and will be
//                   tried again, or it was never sent (code UNSENT), or the judge asked for tools
//                   (code TOOL_TURN, with input_tokens?, output_tokens?, cached_tokens?, latency_ms?, and said:
//                   what it said, from which a conversation goes on after a reload)
//   run.verdict    {run, trace, scorer, span, hash, outcome: scored|failed|skipped, time_ms,
//                   input_tokens?, output_tokens?, cached_tokens?, latency_ms?, reused_from?, skip?, assessment?,
//                   ballot?, vote?: true}
//   run.state      {run, state: paused|resumed|cancelled|finished, reason?, time_ms}
//
// Of a scorer that asks several times each answer is a `ballot` without an assessment; the vote among
// them, one more run.verdict with `vote`, has it.
// `span` is the retriever span of the item, of a chunk with "#" and its number, "" = the whole trace.
// A verdict "<scorer>/precision" follows when all chunks of a span have theirs. `assessment` is MLflow's JSON
// form. Its id is derived from run and item: when an item is judged again after a failure, the
// later verdict replaces the earlier one of the same id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/judge/endpoint.h"
#include "core/judge/reply.h"
#include "core/judge/scorer.h"
#include "core/judge/trace_input.h"
#include "core/store/dataset.h"

namespace assay::json {
class Reader;
}

namespace assay::judge {

constexpr std::string_view kRunCreate = "run.create";
constexpr std::string_view kRequestSent = "request.sent";
constexpr std::string_view kRequestEnded = "request.ended";
constexpr std::string_view kRunVerdict = "run.verdict";
constexpr std::string_view kRunState = "run.state";

constexpr std::string_view kToolTurn = "TOOL_TURN";
constexpr std::string_view kTooManySteps = "TOO_MANY_STEPS";

// Metadata keys of a verdict besides MLflow's own.
constexpr std::string_view kRetrieverSpanKey = "span_id";  // as MLflow's retriever scorers name it
using store::kScorerVersionKey;
constexpr std::string_view kPromptVersionKey = "assay.promptVersion";
constexpr std::string_view kRequestHashKey = "assay.requestHash";
constexpr std::string_view kTurnsKey = "assay.turns";
constexpr std::string_view kReusedFromKey = "assay.reusedFromRun";

struct JudgeEvent {
  // Grows by one within a run; on_event_durable(token) acknowledges all up to it. Starts anywhere.
  uint64_t token = 0;
  std::string kind;
  std::string payload_json;
};

constexpr std::string_view kChunkIndexKey = "chunk_index";
constexpr std::string_view kWeightKey = "assay.weight";
constexpr std::string_view kPrecisionSuffix = "/precision";

struct PlanItem {
  uint32_t trace = 0;   // index into JudgePlan::trace_ids
  uint32_t scorer = 0;  // index into JudgePlan::scorers
  // The retriever span, "#N" after it for its N-th chunk; "" = the whole trace; then "@N" for the N-th
  // ballot of a scorer that asks more than once (vote.h).
  std::string span_id;
};

struct JudgePlan {
  std::string run_id;  // 32 hex digits, as MLflow's run ids
  std::string name;
  Endpoint endpoint;
  std::vector<ScorerSpec> scorers;
  // The endpoints that lines of juries name, each once; made by add_jurors().
  std::vector<std::pair<std::string, Endpoint>> jurors;
  std::vector<std::string> trace_ids;
  // So many at the end of trace_ids were not chosen; they are there as the first traces of sessions of
  // which others were chosen: a session's verdict stands on its earliest trace.
  uint32_t session_starts = 0;
  std::vector<PlanItem> items;
  bool reuse_verdicts = true;  // false: ask again even where an earlier run has the verdict
};

// Every trace by every scorer, by its level: once a trace; once a top-level retriever span, or once for
// each of its chunks (one item without a span, that will be skipped, where there is none); once a
// session, on its earliest trace that is in the plan (one item for each trace without a session, that
// will be skipped). The last `session_starts` traces are for scorers of sessions alone.
std::vector<PlanItem> plan_items(const store::Dataset& dataset,
                                 const std::vector<std::string>& trace_ids,
                                 const std::vector<ScorerSpec>& scorers,
                                 uint32_t session_starts = 0);
// Adds the earliest loaded traces of the sessions to trace_ids and counts them, where a scorer wants it.
void add_session_starts(const store::Dataset& dataset, JudgePlan& plan);

void add_jurors(JudgePlan& plan);
// Whom an item asks: 0 = plan.endpoint, N = plan.jurors[N - 1].
size_t endpoint_index(const JudgePlan& plan, const PlanItem& item);
// That endpoint, with the scorer's temperature where it has its own.
Endpoint endpoint_of(const JudgePlan& plan, const PlanItem& item);

struct ItemRef {
  std::string_view run_id, trace_id, scorer, span_id;
  std::string_view model = {};  // of requests beside a run, whose events are their only trace
};

enum class Outcome : uint8_t { Scored, Failed, Skipped };
std::string_view outcome_name(Outcome outcome);

// A final result of one item, on its way into the journal.
struct VerdictRecord {
  uint32_t item = 0;
  Outcome outcome = Outcome::Scored;
  std::string request_hash;  // "" for skips
  std::string root_span_id;
  Verdict verdict;       // Scored
  JudgeFailure failure;  // Failed
  SkipReason skip = SkipReason::None;
  std::string reused_from;  // run id, when no request was sent
  int64_t latency_ms = -1;
  Usage earlier;        // of the turns before, whose events have it already
  int turns = 0;        // of a conversation with tools
  double cost_usd = -1;  // of all its requests; < 0 = not known
  std::string session;  // whose verdict it is; "" = of the trace
};

// --- Writing -------------------------------------------------------------------------------------
std::string encode_run_create(const JudgePlan& plan, TimeMs time_ms);
std::string encode_request_sent(const ItemRef& item, std::string_view hash, uint32_t attempt,
                                TimeMs time_ms, size_t body_bytes = 0);
std::string encode_request_ended(const ItemRef& item, std::string_view hash, uint32_t attempt,
                                 std::string_view code, TimeMs time_ms, const Usage& usage = {},
                                 int64_t latency_ms = -1, std::string_view said_json = {});
std::string encode_run_verdict(const JudgePlan& plan, const VerdictRecord& record, TimeMs time_ms);
struct Ballot;
Ballot ballot_from(const JudgePlan& plan, const VerdictRecord& record);
// The vote among the ballots of an item, of which record.item is one.
std::string encode_vote(const JudgePlan& plan, const VerdictRecord& record, TimeMs time_ms);
// The share of yes among the chunks of a span, as a verdict of code; `item` is one of them.
std::string encode_precision(const JudgePlan& plan, uint32_t item, double precision,
                             std::string_view root_span_id, TimeMs time_ms);
std::string encode_run_state(std::string_view run_id, std::string_view state,
                             std::string_view reason, TimeMs time_ms);
// The verdict as an MLflow feedback; "" for skips.
std::string assessment_json(const JudgePlan& plan, const VerdictRecord& record, TimeMs time_ms);

// --- Reading (for folds and restore) ----------------------------------------------------------
struct RunCreated {
  JudgePlan plan;  // without items and secret
  TimeMs time_ms = 0;
};
Result<RunCreated> decode_run_create(std::string_view payload_json);

struct ItemEvent {  // request.sent, request.ended, run.verdict
  std::string run_id, trace_id, scorer, span_id, request_hash;
  uint32_t attempt = 0;
  int64_t body_bytes = 0;             // request.sent
  std::string model;                  // of requests beside a run
  std::string code;                   // request.ended, and of failed verdicts
  std::string said_json;              // request.ended with kToolTurn
  Outcome outcome = Outcome::Scored;  // run.verdict and below
  SkipReason skip = SkipReason::None;
  Usage usage;
  int64_t latency_ms = -1;
  std::string reused_from;
  std::string assessment_json;  // verbatim MLflow JSON; "" for skips and ballots
  std::string ballot_json;      // of one ballot (encode_ballot)
  bool is_vote = false;         // follows from ballots, and is no item
  TimeMs time_ms = 0;
};
Result<ItemEvent> decode_item_event(std::string_view payload_json);
// The value that stands next in `record`, which `reader` reads, in compact form.
std::string value_of(json::Reader& reader, std::string_view record);

struct RunStateEvent {
  std::string run_id, state, reason;
  TimeMs time_ms = 0;
};
Result<RunStateEvent> decode_run_state(std::string_view payload_json);

}  // namespace assay::judge
