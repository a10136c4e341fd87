#include "core/convert/atif.h"

#include <unordered_map>

#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/convert/transcript.h"

namespace assay::convert {
namespace {

constexpr std::string_view kPrefix = "atif.";
constexpr int kMaxNesting = 8;

bool matches(json::Node record) {
  return record["steps"].is_array() && record["schema_version"].text().substr(0, 5) == "ATIF-";
}

void read_metrics(json::Node metrics, TranscriptMessage& m) {
  m.tokens.input = count_of(metrics["prompt_tokens"]);
  m.tokens.output = count_of(metrics["completion_tokens"]);
  m.tokens.cache_read = count_of(metrics["cached_tokens"]);
  m.cost.total_usd = usd_of(metrics["cost_usd"]);
  keep_rest(metrics, " prompt_tokens completion_tokens cached_tokens cost_usd ", "atif.metrics.",
            m.attributes);
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    CanonicalTrace trace;
    trace.session = record["session_id"].text();
    trace.id = first_text_of(record, {"trajectory_id", "session_id"});
    if (trace.id.empty()) trace.id = derived_id(context.file_name, record.raw());
    // A continued session is the same conversation.
    const size_t part = trace.session.rfind("-cont-");
    if (part != std::string::npos &&
        trace.session.find_first_not_of("0123456789", part + 6) == std::string::npos) {
      trace.session.resize(part);
    }
    trace.source_format = context.format;
    const json::Node agent = record["agent"];
    trace.name = agent["name"].text();
    keep_rest(agent, " tool_definitions ", "atif.agent.", trace.metadata);
    keep_rest(record, " session_id trajectory_id agent steps final_metrics subagent_trajectories ",
              kPrefix, trace.metadata);
    read_totals(record["final_metrics"], trace);

    std::unordered_map<std::string, json::Node> subagents;
    collect(record["subagent_trajectories"], subagents);
    std::vector<TranscriptMessage> messages = read_steps(context, record, subagents, 0);
    TranscriptOptions options;
    if (!trace.name.empty()) options.name = trace.name;
    const uint32_t unmatched = append_transcript(trace, messages, options);
    if (unmatched > 0) {
      context.note(ingest::IssueKind::ConversionNote,
                   trace.id + ": " + std::to_string(unmatched) + " observations of no call");
    }
    if (agent["tool_definitions"].is_array())
      trace.spans.front().tools_json = agent["tool_definitions"].raw();
    if (trace.spans.front().start_ns == kNoTime) trace.state = TraceState::Ok;
    close_untimed(trace);
    context.emit(std::move(trace));
    // Those that nobody refers to are traces of their own.
    for (json::Node each = record["subagent_trajectories"].first(); each; each = each.next()) {
      if (subagents.count(first_text_of(each, {"trajectory_id", "session_id"})) > 0)
        context.dispatch(each);
    }
  }

  static void read_totals(json::Node totals, CanonicalTrace& trace) {
    trace.tokens.input = count_of(totals["total_prompt_tokens"]);
    trace.tokens.output = count_of(totals["total_completion_tokens"]);
    trace.tokens.cache_read = count_of(totals["total_cached_tokens"]);
    trace.cost.total_usd = usd_of(totals["total_cost_usd"]);
    keep_rest(totals,
              " total_prompt_tokens total_completion_tokens total_cached_tokens total_cost_usd ",
              "atif.final_metrics.", trace.metadata);
  }

  static void collect(json::Node list, std::unordered_map<std::string, json::Node>& out) {
    for (json::Node each = list.first(); each; each = each.next()) {
      if (matches(each)) out.emplace(first_text_of(each, {"trajectory_id", "session_id"}), each);
    }
  }

  // The subagents that a step refers to are taken out of `subagents`.
  static std::vector<TranscriptMessage> read_steps(
      Context& context, json::Node record, std::unordered_map<std::string, json::Node>& subagents,
      int nesting) {
    std::vector<TranscriptMessage> out;
    const std::string model = record["agent"]["model_name"].text();
    for (json::Node step = record["steps"].first(); step; step = step.next()) {
      TranscriptMessage m;
      const std::string source = step["source"].text();
      m.role = source == "agent" ? "assistant" : source.empty() ? "user" : source;
      m.time_ns = time_member(context, step, {"timestamp"});
      m.reasoning = step["reasoning_content"].text();
      read_content_parts(step["message"], m, out);
      for (json::Node call = step["tool_calls"].first(); call; call = call.next()) {
        m.calls.push_back({call["tool_call_id"].text(),
                           call["function_name"].text(),
                           unwrapped_json(call["arguments"]),
                           {},
                           {}});
      }
      if (m.role == "assistant") {
        m.model = step["model_name"].has_content() ? step["model_name"].text() : model;
        read_metrics(step["metrics"], m);
      }
      keep_rest(
          step,
          " source timestamp message model_name reasoning_content tool_calls observation metrics ",
          kPrefix, m.attributes);
      std::vector<TranscriptMessage> results = read_results(step["observation"]["results"], m);
      nest(context, step["observation"]["results"], m, subagents, nesting);
      out.push_back(std::move(m));
      for (TranscriptMessage& result : results)
        out.push_back(std::move(result));
    }
    return out;
  }

  static std::vector<TranscriptMessage> read_results(json::Node list,
                                                     const TranscriptMessage& step) {
    std::vector<TranscriptMessage> out;
    for (json::Node each = list.first(); each; each = each.next()) {
      TranscriptMessage result;
      result.role = "tool";
      result.tool_call_id = each["source_call_id"].text();
      // An observation without a call: of the only call there is, else of the environment.
      if (result.tool_call_id.empty() && step.calls.size() == 1 && list.size() == 1)
        result.tool_call_id = step.calls[0].id;
      result.tool_name = result.tool_call_id.empty() ? "environment" : "";
      std::vector<TranscriptMessage> none;
      read_content_parts(each["content"], result, none);
      result.time_ns = step.time_ns;
      keep_rest(each, " source_call_id content ", kPrefix, result.attributes);
      out.push_back(std::move(result));
    }
    return out;
  }

  static void nest(Context& context, json::Node results, TranscriptMessage& m,
                   std::unordered_map<std::string, json::Node>& subagents, int nesting) {
    if (subagents.empty() || nesting >= kMaxNesting) return;
    for (json::Node each = results.first(); each; each = each.next()) {
      const json::Node refs = each["subagent_trajectory_ref"];
      for (json::Node ref = refs.is_array() ? refs.first() : refs; ref;
           ref = refs.is_array() ? ref.next() : json::Node()) {
        const auto found = subagents.find(first_text_of(ref, {"trajectory_id", "session_id"}));
        TranscriptCall* call = nullptr;
        for (TranscriptCall& one : m.calls) {
          if (one.id == each["source_call_id"].text()) call = &one;
        }
        if (found == subagents.end() || call == nullptr || !call->nested.empty()) continue;
        const json::Node trajectory = found->second;
        subagents.erase(found);
        call->nested_name = trajectory["agent"]["name"].text();
        collect(trajectory["subagent_trajectories"], subagents);
        call->nested = read_steps(context, trajectory, subagents, nesting + 1);
      }
    }
  }
};

}  // namespace

Format atif_format() {
  return {"ATIF trajectory", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
