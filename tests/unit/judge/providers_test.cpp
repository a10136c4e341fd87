// What each provider needs, and what its answers look like.
#include <catch2/catch_test_macros.hpp>

#include "core/json/doc.h"
#include "core/judge/estimate.h"
#include "core/judge/prompt.h"
#include "tests/unit/judge/run_harness.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

namespace {

Endpoint endpoint_of(std::string_view preset) {
  Endpoint endpoint;
  set_provider(endpoint, preset);
  endpoint.base_url = find_provider(preset).base_url;
  endpoint.model = find_provider(preset).model;
  return endpoint;
}

RenderedPrompt prompt() {
  RenderedPrompt rendered;
  rendered.messages = {{"system", "You judge."}, {"user", "Is it so?"}};
  rendered.response_schema_json = R"({"type":"object"})";
  return rendered;
}

std::string content_json() { return json::quoted(R"({"rationale":"Because.","result":"yes"})"); }

void check_yes(const std::string& body, int64_t input_tokens, int64_t output_tokens) {
  INFO(body);
  const Judgement judgement = read_reply(reply_with(200, body), "h", "m", 0);
  const Verdict* verdict = std::get_if<Verdict>(&judgement);
  REQUIRE(verdict != nullptr);
  CHECK(verdict->value_json == "\"yes\"");
  CHECK(verdict->rationale == "Because.");
  CHECK(verdict->usage.input_tokens == input_tokens);
  CHECK(verdict->usage.output_tokens == output_tokens);
}

}  // namespace

TEST_CASE("Every preset has an address that a request can go to") {
  const struct {
    const char *preset, *url;
  } urls[] = {
      {"openai", "https://api.openai.com/v1/chat/completions"},
      {"openai-responses", "https://api.openai.com/v1/responses"},
      {"anthropic", "https://api.anthropic.com/v1/messages"},
      {"gemini",
       "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent"},
      {"groq", "https://api.groq.com/openai/v1/chat/completions"},
      {"openrouter", "https://openrouter.ai/api/v1/chat/completions"},
      {"ollama", "http://localhost:11434/v1/chat/completions"},
      {"gateway", "http://localhost:5000/gateway/mlflow/v1/chat/completions"},
      {"azure", "https://NAME.openai.azure.com/openai/v1/chat/completions"},
  };
  for (const auto& c : urls) {
    INFO(c.preset);
    const auto url = request_url(endpoint_of(c.preset));
    REQUIRE(url.ok());
    CHECK(url.value() == c.url);
  }
  for (const ProviderInfo& provider : providers()) {
    if (!provider.base_url.empty()) CHECK(request_url(endpoint_of(provider.key)).ok());
  }
  Endpoint gemini = endpoint_of("gemini");
  gemini.model = "../x?y";
  CHECK_FALSE(request_url(gemini).ok());
}

TEST_CASE("Anthropic is told that a page calls it, and where the key goes") {
  const Endpoint endpoint = endpoint_of("anthropic");
  CHECK(endpoint.secret_placement == SecretPlacement::NamedHeader);
  CHECK(endpoint.secret_header == "x-api-key");
  std::string headers;
  for (const Header& header : endpoint.extra_headers) headers += header.name + ": " + header.value + "\n";
  CHECK(headers ==
        "anthropic-version: 2023-06-01\nanthropic-dangerous-direct-browser-access: true\n");
  const auto body = json::parse_doc(request_body(prompt(), endpoint, {}));
  REQUIRE(body.ok());
  CHECK(json::get_string(body.value(), "system") == "You judge.");
  CHECK(json::get_int(body.value(), "max_tokens").value_or(0) > 0);
  CHECK(body.value()["messages"].size() == 1);
  CHECK(json::find(body.value(), "response_format") == nullptr);
}

TEST_CASE("Bodies for Gemini and for OpenAI's Responses") {
  CHECK(request_body(prompt(), endpoint_of("gemini"), {}) ==
        R"({"systemInstruction":{"parts":[{"text":"You judge."}]},)"
        R"("contents":[{"role":"user","parts":[{"text":"Is it so?"}]}],)"
        R"("generationConfig":{"temperature":0.0,"responseMimeType":"application/json"}})");
  CHECK(request_body(prompt(), endpoint_of("openai-responses"), {}) ==
        R"({"model":"gpt-4.1-mini","instructions":"You judge.",)"
        R"("input":[{"role":"user","content":"Is it so?"}],"store":false,"temperature":0.0,)"
        R"("text":{"format":{"type":"json_schema","name":"verdict","strict":true,)"
        R"("schema":{"type":"object"}}}})");
}

TEST_CASE("Answers of each API are read, with their usage") {
  check_yes(R"({"type":"message","role":"assistant","content":[{"type":"thinking","thinking":"no"},)"
            R"({"type":"text","text":)" +
                content_json() +
                R"(}],"stop_reason":"end_turn","usage":{"input_tokens":10,)"
                R"("cache_read_input_tokens":5,"output_tokens":7}})",
            15, 7);
  check_yes(R"({"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":)" +
                content_json() +
                R"(}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":)"
                R"({"promptTokenCount":11,"candidatesTokenCount":6,"thoughtsTokenCount":3}})",
            11, 9);
  check_yes(R"({"object":"response","error":null,"output":[{"type":"reasoning","summary":[]},)"
            R"({"type":"message","content":[{"type":"output_text","text":)" +
                content_json() + R"(}]}],"usage":{"input_tokens":12,"output_tokens":8}})",
            12, 8);
}

TEST_CASE("What stops an answer is told for each API") {
  const auto message_of = [](const std::string& body) {
    const Judgement judgement = read_reply(reply_with(200, body), "h", "m", 0);
    return std::get<JudgeFailure>(judgement).code + " " +
           std::get<JudgeFailure>(judgement).message;
  };
  CHECK(message_of(R"({"candidates":[{"finishReason":"SAFETY"}]})").rfind("CONTENT_FILTER", 0) == 0);
  CHECK(message_of(R"({"promptFeedback":{"blockReason":"SAFETY"}})").rfind("CONTENT_FILTER", 0) == 0);
  CHECK(message_of(R"({"candidates":[{"content":{"parts":[{"text":"{"}]},"finishReason":"MAX_TOKENS"}]})")
            .find("more output tokens") != std::string::npos);
  CHECK(message_of(R"({"type":"message","content":[],"stop_reason":"refusal"})")
            .rfind("CONTENT_FILTER", 0) == 0);
  CHECK(message_of(R"({"output":[],"incomplete_details":{"reason":"max_output_tokens"}})")
            .find("more output tokens") != std::string::npos);
  const Judgement error = read_reply(
      reply_with(529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"),
      "h", "m", 0);
  CHECK(std::get<JudgeFailure>(error).retryable);
}

TEST_CASE("Google's refusal of a key is told as that") {
  const Judgement judgement = read_reply(
      reply_with(400, R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}})"),
      "h", "m", 0);
  CHECK(std::get<JudgeFailure>(judgement).code == "UNAUTHENTICATED");
}

TEST_CASE("The preset is in the journal, and tells after a reload how to ask; the key is not") {
  JudgePlan plan = make_plan(1, 1);
  plan.endpoint = endpoint_of("anthropic");
  plan.endpoint.secret = SecretRef{7};
  const std::string text = encode_run_create(plan, 1);
  const auto again = decode_run_create(text);
  REQUIRE(again.ok());
  CHECK(again.value().plan.endpoint.api == Api::Messages);
  CHECK(again.value().plan.endpoint.extra_headers.size() == 2);
  CHECK(model_uri(again.value().plan.endpoint) == "anthropic:/claude-haiku-4-5");
}

TEST_CASE("Tokens and money are estimated") {
  CHECK(estimated_tokens("") == 0);
  CHECK(estimated_tokens("The quick brown fox jumps over the lazy dog.") == 10);
  CHECK(estimated_tokens("天气很好") == 4);
  CHECK(estimated_tokens("1234567") == 3);
  const std::vector<Price> prices = default_prices();
  CHECK(find_price(prices, "gpt-4.1-mini-2025-04-14")->input_usd == 0.4);
  CHECK(find_price(prices, "openai/gpt-4o-mini")->output_usd == 0.6);
  CHECK_FALSE(find_price(prices, "llama3.1").has_value());
  CHECK(find_price(prices, "gpt-5-2025-08-07")->input_usd == 1.25);
  CHECK(find_price(prices, "gpt-5.4-mini")->input_usd == 0.75);
  CHECK_FALSE(find_price(prices, "gpt-5.9").has_value());  // another model, and nobody knows its price
  CHECK_FALSE(find_price(prices, "gpt-50").has_value());
  CHECK(decode_prices(encode_prices(prices)).value() == prices);
  CHECK_FALSE(decode_prices("gpt 1").ok());
  CHECK_FALSE(decode_prices("gpt -1 2").ok());
  CHECK_FALSE(decode_prices("gpt 1 2 3 4").ok());
  CHECK_FALSE(decode_prices("gpt 1 2 x").ok());
  const Price cached = decode_prices("m  2\t8 0.5").value().at(0);
  CHECK(cached.cached_usd == 0.5);
  CHECK(cost_usd(cached, 1'000'000, 100'000, 400'000) == 0.6 * 2 + 0.4 * 0.5 + 0.1 * 8);
  CHECK(cost_usd(cached, 100, -1, 5000) == 100 * 0.5 / 1e6);  // never more from the cache than there is
  CHECK(cost_usd(decode_prices("m 2 8").value().at(0), 1'000'000, 0, 400'000) == 2);
  Estimate estimate;
  for (int i = 0; i < 100; ++i) count_request(estimate, i < 40 ? "m" : "n", 1000);
  CHECK(estimate.requests == 100);
  CHECK(estimate.input_tokens == 100'000);
  REQUIRE(estimate.models.size() == 2);
  CHECK(estimate.models[0].requests == 40);
  CHECK(estimate.models[1].input_tokens == 60'000);
  const Range range = cost_range_usd({"m", 100, 100'000}, {"m", 1, 10});
  CHECK(range.low < range.high);
  CHECK(range.low > 0.1);
  CHECK(range.high < 0.6);
}

TEST_CASE("A run never goes beyond its caps, also after a reload, and goes on when they are raised") {
  for (const bool of_money : {false, true}) {
    Host host;
    Limits limits;
    limits.concurrency = 3;
    if (of_money) {
      limits.max_cost_usd = 0.01;
      limits.input_usd_per_million = 10;   // 100 tokens a request: 0.001
      limits.output_usd_per_million = 10;  // 20 tokens: 0.0002; reserved: 0.004
    } else {
      limits.max_requests = 5;
    }
    const JudgePlan plan = make_plan(20, 1);
    JudgeRun run(plan, limits, 1, host.prompts, nullptr, kStart);
    host.pump(run);
    const auto answer_all = [&](JudgeRun& to) {
      while (!host.in_flight.empty()) host.answer(to, verdict_reply());
    };
    answer_all(run);
    CHECK(run.state() == RunState::Paused);
    CHECK(run.progress(kStart).pause_reason.find("cap") != std::string::npos);
    if (!of_money) CHECK(host.sent.size() == 5);
    if (of_money) CHECK(run.progress(kStart).cost_usd <= 0.01);
    const size_t sent = host.sent.size();
    run.resume(kStart);
    host.pump(run);
    CHECK(host.sent.size() == sent);  // nothing more

    JudgeRun again = JudgeRun::restore(plan, limits, 2, host.prompts, nullptr, host.journal);
    again.resume(kStart);
    host.pump(again);
    CHECK(host.sent.size() == sent);
    CHECK(again.state() == RunState::Paused);
    again.set_caps({});
    again.resume(kStart);
    host.pump(again);
    answer_all(again);
    CHECK(again.state() == RunState::Finished);
    CHECK(again.progress(kStart).scored == 20);
    CHECK(host.sent.size() == 20);
  }
}
