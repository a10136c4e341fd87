// A host for a JudgeRun: a virtual clock, a scripted transport, and a journal of which a prefix is
// durable.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/json/unescape.h"
#include "core/judge/judge_run.h"
#include "core/judge/verdict_index.h"

namespace assay::test {

constexpr TimeMs kStart = 1'795'500'000'000;

// Prompts that need no data set: the text names the item.
struct PlainPrompts final : judge::PromptSource {
  std::set<std::string> skipped;   // trace ids
  std::set<std::string> unloaded;  // trace ids
  uint64_t rendered = 0;
  std::string tool_result(std::string_view trace_id, std::string_view name, std::string_view) override {
    return "{\"of\":" + json::quoted(std::string(trace_id) + " " + std::string(name)) + "}";
  }
  judge::RenderedItem render(std::string_view trace_id, const judge::ScorerSpec& scorer,
                             std::string_view span_id) override {
    ++rendered;
    judge::RenderedItem item;
    if (unloaded.count(std::string(trace_id)) > 0) {
      item.skip = judge::SkipReason::TraceNotLoaded;
      return item;
    }
    if (skipped.count(std::string(trace_id)) > 0) {
      item.skip = judge::SkipReason::NoOutputs;
      return item;
    }
    item.prompt.messages = {{"user", "judge " + std::string(trace_id) + " " + scorer.name + " " +
                                         std::string(span_id)}};
    item.prompt.response_schema_json = "{}";
    item.prompt.with_tools = judge::reads_with_tools(scorer);
    item.root_span_id = "00000000000000aa";
    return item;
  }
};

inline judge::JudgePlan make_plan(uint32_t traces, uint32_t scorers,
                                  const std::string& run_id = "run-1") {
  judge::JudgePlan plan;
  plan.run_id = run_id;
  plan.name = "First run";
  plan.endpoint.base_url = "https://judge.example/v1";
  plan.endpoint.model = "gpt-x";
  plan.endpoint.secret = judge::SecretRef{1};
  for (uint32_t s = 0; s < scorers; ++s) {
    plan.scorers.push_back(
        {"scorer_" + std::to_string(s), judge::ScorerKind::Guidelines, {"Be kind"}, 1});
  }
  for (uint32_t t = 0; t < traces; ++t) {
    plan.trace_ids.push_back("tr-" + std::to_string(t));
    for (uint32_t s = 0; s < scorers; ++s)
      plan.items.push_back({t, s, ""});
  }
  return plan;
}

inline judge::HttpReply reply_with(int status, std::string body,
                                   std::vector<judge::Header> headers = {}) {
  judge::HttpReply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.headers = std::move(headers);
  return reply;
}

inline judge::HttpReply verdict_reply(const char* result = "yes") {
  const std::string content =
      std::string("{\"rationale\":\"Because.\",\"result\":\"") + result + "\"}";
  return reply_with(200, "{\"choices\":[{\"message\":{\"content\":" + json::quoted(content) +
                             "}}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20}}");
}

// A judge that asks for a tool before it answers.
inline judge::HttpReply tool_call(const char* name = "list_spans", const char* arguments = "{}") {
  return reply_with(200, std::string(R"({"choices":[{"finish_reason":"tool_calls","message":{"role":"assistant",)") +
                             R"("content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":")" + name +
                             R"(","arguments":)" + json::quoted(arguments) +
                             R"(}}]}}],"usage":{"prompt_tokens":50,"completion_tokens":5}})");
}

inline judge::ScorerSpec tool_reader(const std::string& turns = "4") {
  judge::ScorerSpec spec;
  spec.name = "reader";
  spec.kind = judge::ScorerKind::Instructions;
  spec.text = "Did the agent of {{ trace }} use its tools well?";
  judge::set_param(spec, "trace_access", "tools");
  judge::set_param(spec, "max_turns", turns);
  return spec;
}

// Runs the host's loop; the test decides when storage acknowledges and what comes back.
struct Host {
  PlainPrompts prompts;
  judge::VerdictIndex cache;
  TimeMs now_ms = kStart;
  std::vector<judge::JudgeEvent> journal;  // all that was written, in order
  size_t durable = 0;                      // how many of them survive a crash
  std::map<uint64_t, judge::OutRequest> in_flight;
  std::vector<judge::OutRequest> sent;  // all requests ever
  std::vector<uint64_t> aborted;
  bool auto_durable = true;

  void pump(judge::JudgeRun& run) {
    for (int round = 0; round < 1000; ++round) {
      bool moved = false;
      while (auto request = run.next_request(now_ms)) {
        sent.push_back(*request);
        in_flight[request->id] = std::move(*request);
        moved = true;
      }
      for (const uint64_t id : run.take_aborts())
        aborted.push_back(id);
      for (judge::JudgeEvent& event : run.take_events())
        journal.push_back(std::move(event));
      if (auto_durable && durable < journal.size()) {
        make_durable(run);
        moved = true;
      }
      const auto wake = run.wake_at();
      if (wake && *wake <= now_ms) moved = true;
      if (!moved) return;
    }
  }
  void make_durable(judge::JudgeRun& run) {
    durable = journal.size();
    if (durable > 0) run.on_event_durable(journal.back().token);
  }
  // Answers the request that waits longest.
  void answer(judge::JudgeRun& run, const judge::HttpReply& reply) {
    const uint64_t id = in_flight.begin()->first;
    in_flight.erase(id);
    run.on_reply(id, reply, now_ms);
    pump(run);
  }
  void fail(judge::JudgeRun& run, judge::NetFailure failure) {
    const uint64_t id = in_flight.begin()->first;
    in_flight.erase(id);
    run.on_failure(id, failure, now_ms);
    pump(run);
  }
  void advance(judge::JudgeRun& run, int64_t ms) {
    now_ms += ms;
    pump(run);
  }
  size_t count(std::string_view kind) const {
    return static_cast<size_t>(std::count_if(
        journal.begin(), journal.end(), [kind](const auto& event) { return event.kind == kind; }));
  }
  const judge::JudgeEvent& last(std::string_view kind) const {
    for (size_t i = journal.size(); i-- > 0;) {
      if (journal[i].kind == kind) return journal[i];
    }
    static const judge::JudgeEvent none;
    return none;
  }
};

inline judge::Limits limits_of(int concurrency) {
  judge::Limits limits;
  limits.concurrency = concurrency;
  return limits;
}

inline judge::JudgeRun start(Host& host, judge::JudgePlan plan, judge::Limits limits) {
  return judge::JudgeRun(std::move(plan), limits, 42, host.prompts, &host.cache, host.now_ms);
}

}  // namespace assay::test
