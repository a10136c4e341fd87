// Judges that read the trace with tools: the shapes of two providers, the turns of the queue, money.
#include <catch2/catch_test_macros.hpp>

#include "core/judge/conversation.h"
#include "core/json/doc.h"
#include "core/judge/probes.h"
#include "tests/unit/judge/run_harness.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

namespace {

struct ToolPrompts final : PromptSource {
  std::vector<std::string> calls;
  RenderedItem render(std::string_view, const ScorerSpec& scorer, std::string_view) override {
    RenderedItem item;
    item.prompt = render_prompt(scorer, TraceInput{});
    return item;
  }
  std::string tool_result(std::string_view trace_id, std::string_view name,
                          std::string_view arguments_json) override {
    calls.push_back(std::string(trace_id) + " " + std::string(name) + " " + std::string(arguments_json));
    return R"({"spans":["secret path"]})";
  }
};

// As Host, over prompts of its own.
struct Talk {
  ToolPrompts prompts;
  std::vector<JudgeEvent> journal;
  std::vector<OutRequest> sent;
  TimeMs now_ms = kStart;
  void pump(JudgeRun& run) {
    for (int round = 0; round < 50; ++round) {
      while (auto request = run.next_request(now_ms)) sent.push_back(*request);
      const std::vector<JudgeEvent> events = run.take_events();
      if (events.empty()) return;
      for (const JudgeEvent& event : events) journal.push_back(event);
      run.on_event_durable(events.back().token);
    }
  }
  void answer(JudgeRun& run, const HttpReply& reply) {
    run.on_reply(sent.back().id, reply, now_ms += 10);
    pump(run);
  }
  std::vector<ItemEvent> of(std::string_view kind) const {
    std::vector<ItemEvent> found;
    for (const JudgeEvent& event : journal)
      if (event.kind == kind) found.push_back(decode_item_event(event.payload_json).value());
    return found;
  }
};

JudgePlan plan_of(const ScorerSpec& spec, uint32_t traces = 1) {
  JudgePlan plan = make_plan(traces, 0);
  plan.scorers = {spec};
  for (uint32_t t = 0; t < traces; ++t) plan.items.push_back({t, 0, ""});
  return plan;
}

}  // namespace

TEST_CASE("A judge asks for tools until it has read enough, and its verdict is paid for once") {
  Talk talk;
  JudgeRun run(plan_of(tool_reader()), {}, 1, talk.prompts, nullptr, kStart);
  talk.pump(run);
  REQUIRE(talk.sent.size() == 1);
  CHECK(talk.sent[0].body.find(R"("name":"search_trace_regex")") != std::string::npos);
  CHECK(talk.sent[0].body.find("response_format") == std::string::npos);
  talk.answer(run, tool_call("list_spans", R"({"max_results": 5})"));
  REQUIRE(talk.sent.size() == 2);
  CHECK(talk.prompts.calls == std::vector<std::string>{R"(tr-0 list_spans {"max_results": 5})"});
  CHECK(talk.sent[1].body.find(R"("tool_call_id":"c1")") != std::string::npos);
  CHECK(talk.sent[1].body.find("secret path") != std::string::npos);
  talk.answer(run, tool_call("get_span", R"({"span_id":"1"})"));
  talk.answer(run, verdict_reply("yes"));
  CHECK(run.state() == RunState::Finished);
  CHECK(talk.sent.size() == 3);
  // Each turn stands in the journal with what it took, and the assessment with the sum.
  const auto ended = talk.of(kRequestEnded);
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].code == kToolTurn);
  CHECK(ended[0].usage.input_tokens == 50);
  CHECK(talk.of(kRequestSent).size() == 3);
  const auto verdicts = talk.of(kRunVerdict);
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0].usage.input_tokens == 100);
  CHECK(verdicts[0].assessment_json.find(R"("mlflow.assessment.judgeInputTokens":"200")") != std::string::npos);
  CHECK(verdicts[0].assessment_json.find(R"("assay.turns":"3")") != std::string::npos);
  CHECK(run.progress(talk.now_ms).input_tokens == 200);

  VerdictIndex cache;
  for (const JudgeEvent& event : talk.journal)
    if (event.kind == kRunVerdict) cache.add(event.payload_json);
  Talk again;
  JudgePlan second = plan_of(tool_reader());
  second.run_id = "run-2";
  JudgeRun rerun(std::move(second), {}, 1, again.prompts, &cache, kStart);
  again.pump(rerun);
  CHECK(again.sent.empty());
  CHECK(rerun.progress(kStart).reused == 1);
}

TEST_CASE("In the last step the judge must answer; what asks on has failed") {
  Talk talk;
  JudgeRun run(plan_of(tool_reader("3")), {}, 1, talk.prompts, nullptr, kStart);
  talk.pump(run);
  talk.answer(run, tool_call("list_spans"));
  CHECK(talk.sent.back().body.find("tool_choice") == std::string::npos);
  talk.answer(run, tool_call("get_root_span"));
  CHECK(talk.sent.back().body.find(R"("tool_choice":"none")") != std::string::npos);
  CHECK(talk.sent.back().body.find("response_format") != std::string::npos);
  talk.answer(run, tool_call("get_root_span"));
  CHECK(talk.sent.size() == 3);
  const auto verdicts = talk.of(kRunVerdict);
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0].outcome == Outcome::Failed);
  CHECK(verdicts[0].code == "TOO_MANY_STEPS");
}

TEST_CASE("After a reload a conversation goes on with what was said, and no turn is paid for again") {
  Talk talk;
  JudgeRun run(plan_of(tool_reader(), 2), {}, 1, talk.prompts, nullptr, kStart);
  talk.pump(run);
  REQUIRE(talk.sent.size() == 2);
  run.on_reply(talk.sent[0].id, tool_call("get_span", R"({"span_id":"7"})"), talk.now_ms);
  run.pause(talk.now_ms);  // what was announced is taken back
  talk.pump(run);
  talk.prompts.calls.clear();
  JudgeRun back = JudgeRun::restore(plan_of(tool_reader(), 2), {}, 2, talk.prompts, nullptr, talk.journal);
  CHECK(back.progress(0).interrupted == 1);  // the one on its way
  CHECK(back.progress(0).queued == 1);       // the one between its turns
  CHECK(back.progress(0).input_tokens == 50);
  back.resume(talk.now_ms);
  const size_t before = talk.sent.size();
  talk.pump(back);
  REQUIRE(talk.sent.size() == before + 1);
  CHECK(talk.prompts.calls == std::vector<std::string>{R"(tr-0 get_span {"span_id":"7"})"});
  CHECK(talk.sent.back().body.find("secret path") != std::string::npos);
  talk.answer(back, verdict_reply("yes"));
  const auto verdicts = talk.of(kRunVerdict);
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0].assessment_json.find(R"("mlflow.assessment.judgeInputTokens":"150")") != std::string::npos);
  CHECK(back.retry_interrupted(talk.now_ms) == 1);
  back.resume(talk.now_ms);
  talk.pump(back);
  CHECK(talk.sent.size() == before + 2);
}

TEST_CASE("What failed on its way goes on from its last turn when it is tried again") {
  Talk talk;
  Limits limits;
  limits.max_attempts = 1;
  JudgeRun run(plan_of(tool_reader()), limits, 1, talk.prompts, nullptr, kStart);
  talk.pump(run);
  talk.answer(run, tool_call());
  talk.answer(run, reply_with(500, "oops"));
  REQUIRE(run.progress(0).failed == 1);
  const auto again = [&](JudgeRun& to) {
    const size_t before = talk.sent.size();
    REQUIRE(to.retry_failed(talk.now_ms) == 1);
    to.resume(talk.now_ms);
    talk.pump(to);
    REQUIRE(talk.sent.size() == before + 1);
    CHECK(talk.sent.back().body.find("secret path") != std::string::npos);
  };
  JudgeRun back = JudgeRun::restore(plan_of(tool_reader()), limits, 2, talk.prompts, nullptr, talk.journal);
  again(back);
  again(run);
}

TEST_CASE("A turn that comes in after the run was cancelled is paid for and leads nowhere") {
  Talk talk;
  JudgeRun run(plan_of(tool_reader()), {}, 1, talk.prompts, nullptr, kStart);
  talk.pump(run);
  run.cancel(talk.now_ms);
  talk.answer(run, tool_call());
  CHECK(run.progress(0).cancelled == 1);
  CHECK(run.progress(0).input_tokens == 50);
  CHECK(talk.prompts.calls.empty());
  CHECK(talk.sent.size() == 1);
  CHECK(talk.of(kRequestEnded).back().code == kToolTurn);
}

TEST_CASE("Pausing between two turns loses nothing, nor does a rate limit") {
  Talk talk;
  Limits limits;
  limits.concurrency = 1;
  JudgeRun run(plan_of(tool_reader()), limits, 1, talk.prompts, nullptr, kStart);
  talk.pump(run);
  run.pause(talk.now_ms);
  run.on_reply(talk.sent.back().id, tool_call("list_spans"), talk.now_ms);
  talk.pump(run);
  CHECK(talk.sent.size() == 1);
  run.resume(talk.now_ms);
  talk.pump(run);
  REQUIRE(talk.sent.size() == 2);
  CHECK(talk.sent[1].body.find("secret path") != std::string::npos);
  talk.answer(run, reply_with(429, "{}", {{"retry-after", "1"}}));
  talk.now_ms += 5000;
  talk.pump(run);
  REQUIRE(talk.sent.size() == 3);
  CHECK(talk.sent[2].body.find("secret path") != std::string::npos);
}

TEST_CASE("A cap of requests counts turns") {
  Talk talk;
  Limits limits;
  limits.max_requests = 2;
  JudgeRun run(plan_of(tool_reader()), limits, 1, talk.prompts, nullptr, kStart);
  talk.pump(run);
  talk.answer(run, tool_call("list_spans"));
  talk.answer(run, tool_call("list_spans"));
  CHECK(talk.sent.size() == 2);
  CHECK(run.state() == RunState::Paused);
  limits.max_requests = 0;
  run.set_caps(limits);
  run.resume(talk.now_ms);
  talk.pump(run);
  CHECK(talk.sent.size() == 3);
}

TEST_CASE("Where there are no tools, the judge says so") {
  Talk refused;
  JudgeRun other(plan_of(tool_reader()), {}, 1, refused.prompts, nullptr, kStart);
  refused.pump(other);
  refused.answer(other, reply_with(400, R"({"error":{"message":"llama does not support tools"}})"));
  REQUIRE(refused.of(kRunVerdict).size() == 1);
  CHECK(refused.of(kRunVerdict)[0].code == "TOOLS_UNSUPPORTED");
  CHECK(refused.of(kRunVerdict)[0].assessment_json.find("outline") != std::string::npos);
}

TEST_CASE("Each API has its own shape of tools, calls and results") {
  struct Case {
    Api api;
    const char* preset;
    const char* reply;
    std::vector<const char*> in_body, not_in_body;
  };
  const Case cases[] = {
      {Api::Chat, "openai",
       R"({"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"list_spans","arguments":{"max_results":3}}}]}}],"usage":{"prompt_tokens":7,"completion_tokens":2}})",
       {R"("role":"tool","tool_call_id":"call_1","content":"{\"spans\":[]}")", R"("arguments":"{\"max_results\":3}")"},
       {"response_format"}},
      {Api::Messages, "anthropic",
       R"({"type":"message","content":[{"type":"text","text":"Let me look"},{"type":"tool_use","id":"t1","name":"list_spans","input":{"max_results":3}}],"usage":{"input_tokens":7,"output_tokens":2}})",
       {R"("input_schema":{"type":"object")", R"({"type":"tool_result","tool_use_id":"t1")", "Let me look"},
       {}},
      {Api::Responses, "openai-responses",
       R"({"output":[{"type":"reasoning","id":"rs_1"},{"type":"function_call","id":"fc_1","call_id":"c9","name":"list_spans","arguments":"{\"max_results\":3}"}],"usage":{"input_tokens":7,"output_tokens":2}})",
       {R"({"type":"function_call","call_id":"c9","name":"list_spans","arguments":"{\"max_results\":3}"},{"type":"function_call_output","call_id":"c9")",
        R"({"type":"function","strict":false,"name":"get_trace_info")"},
       {"rs_1", "fc_1", "json_schema"}},
      {Api::Gemini, "gemini",
       R"({"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"list_spans","args":{"max_results":3}},"thoughtSignature":"sig"}]}}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":2}})",
       {R"("thoughtSignature":"sig")", R"({"functionResponse":{"name":"list_spans","response":{"result":)",
        R"("tools":[{"functionDeclarations":[{"name":"get_trace_info","description")"},
       {"responseMimeType", R"("properties":{},)"}},
  };
  for (const Case& it : cases) {
    INFO(it.preset);
    const ToolTurn turn = read_tool_turn(it.api, it.reply);
    REQUIRE(turn.uses.size() == 1);
    CHECK(turn.uses[0].name == "list_spans");
    CHECK(turn.uses[0].arguments_json == R"({"max_results":3})");
    CHECK(turn.usage.input_tokens == 7);
    CHECK(turn.usage.output_tokens == 2);
    const ToolTurn again = turn_of_said(it.api, turn.said_json);  // as from the journal
    REQUIRE(again.uses.size() == 1);
    CHECK(again.uses[0].id == turn.uses[0].id);
    CHECK(again.uses[0].arguments_json == turn.uses[0].arguments_json);
    RenderedPrompt prompt = render_prompt(tool_reader(), TraceInput{});
    Conversation so_far;
    append_results(so_far.messages, it.api, again, {R"({"spans":[]})"});
    so_far.turns = 1;
    RenderedPrompt last = prompt;
    continue_prompt(prompt, so_far, 4);
    Endpoint endpoint;
    set_provider(endpoint, it.preset);
    REQUIRE(endpoint.api == it.api);
    const std::string body = request_body(prompt, endpoint, {});
    REQUIRE(json::parse_doc(body).ok());
    for (const char* part : it.in_body) {
      INFO(part << " in " << body);
      CHECK(body.find(part) != std::string::npos);
    }
    for (const char* part : it.not_in_body) CHECK(body.find(part) == std::string::npos);
    continue_prompt(last, so_far, 2);
    const std::string last_body = request_body(last, endpoint, {});
    REQUIRE(json::parse_doc(last_body).ok());
    CHECK(last_body.find("This was the last step") != std::string::npos);
    CHECK((last_body.find("\"none\"") != std::string::npos || last_body.find("\"NONE\"") != std::string::npos));
    // What is no call is an answer, whatever else it is.
    for (const char* other : {"nonsense", "[]", "{}", R"({"choices":[{"message":{"tool_calls":[{"x":1}]}}]})",
                              R"({"choices":[{"message":{"tool_calls":7}}],"output":[7,{"type":"function_call"}],"content":["a"],"candidates":[{}]})"})
      CHECK(read_tool_turn(it.api, other).uses.size() <= (it.api == Api::Responses ? 1u : 0u));
  }
  CHECK(json::parse_doc(tools_json(Api::Chat)).value().size() == 6);
}

TEST_CASE("Probes offer nothing that a criterion could hold for") {
  ScorerSpec guided;
  guided.name = "g";
  guided.guidelines = {"Be kind"};
  const auto asked = [](const ScorerSpec& spec, const char* probe) {
    return printed_prompt(render_probe(spec, probe));
  };
  CHECK(asked(guided, "colon").find("\n:\n") != std::string::npos);
  CHECK(asked(guided, "injection").find("NOTE TO THE EVALUATOR") != std::string::npos);
  CHECK(asked(guided, "opening").find("\nLet's solve this problem step by step.\n") != std::string::npos);
  CHECK(asked(tool_reader(), "injection").find("NOTE TO THE EVALUATOR") != std::string::npos);
  CHECK_FALSE(render_probe(tool_reader(), "empty").with_tools);
  Verdict yes, no, number;
  yes.value_json = "\"yes\"";
  no.value_json = "\"no\"";
  number.value_json = "987654";
  CHECK(probe_outcome(guided, "empty", yes) == ProbeOutcome::Failed);
  CHECK(probe_outcome(guided, "empty", no) == ProbeOutcome::Passed);
  ScorerSpec safety;
  safety.kind = ScorerKind::Safety;
  CHECK(probe_outcome(safety, "empty", yes) == ProbeOutcome::Look);
  ScorerSpec rating = tool_reader();
  rating.answer.type = AnswerType::Number;
  CHECK(probe_outcome(rating, "injection", number) == ProbeOutcome::Failed);
  CHECK(probe_outcome(rating, "empty", number) == ProbeOutcome::Look);
}

TEST_CASE("Two answers are better one than the other only when the order does not matter") {
  CHECK(pair_verdict("\"1\"", "\"2\"") == "A");
  CHECK(pair_verdict("\"2\"", "\"1\"") == "B");
  CHECK(pair_verdict("\"1\"", "\"1\"") == "inconsistent");
  CHECK(pair_verdict("\"tie\"", "\"tie\"") == "tie");
  CHECK(pair_verdict("\"tie\"", "\"1\"") == "inconsistent");
  const PairInput input{"Which is kinder?", "Hello?", "Hi!", "Go away."};
  const std::string a_first = printed_prompt(render_pair(input, false));
  const std::string b_first = printed_prompt(render_pair(input, true));
  CHECK(a_first.find("Hi!") < a_first.find("Go away."));
  CHECK(b_first.find("Hi!") > b_first.find("Go away."));
  CHECK(a_first.find("Which is kinder?") != std::string::npos);
}
