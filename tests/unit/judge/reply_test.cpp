#include <catch2/catch_test_macros.hpp>

#include <string>

#include "core/json/unescape.h"
#include "core/judge/reply.h"

using namespace assay;
using namespace assay::judge;

namespace {

constexpr TimeMs kNow = 1'795'500'000'000;

Judgement judged(int status, std::string body, std::vector<Header> headers = {}) {
  HttpReply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.headers = std::move(headers);
  return read_reply(reply, "judge.example", "gpt-x", kNow);
}

// A chat completion whose message has this content.
std::string completion(const std::string& content, const std::string& finish = "stop") {
  return R"({"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":)" +
         json::quoted(content) + R"(},"finish_reason":")" + finish +
         R"("}],"usage":{"prompt_tokens":120,"completion_tokens":30,"total_tokens":150}})";
}

const std::string kYes = R"({"rationale":"Polite.","result":"yes"})";

struct Case {
  const char* name;
  std::string body;
  const char* expected;      // yes | no | the failure's code
  const char* message = "";  // a part of the failure's message, or the rationale
};

void check(const Case& c, int status = 200) {
  INFO(c.name);
  const Judgement judgement = judged(status, c.body);
  if (const Verdict* verdict = std::get_if<Verdict>(&judgement)) {
    CHECK(verdict->value_json == "\"" + std::string(c.expected) + "\"");
    CHECK(verdict->rationale.find(c.message) != std::string::npos);
    return;
  }
  const JudgeFailure& failure = std::get<JudgeFailure>(judgement);
  INFO(failure.message);
  CHECK(failure.code == c.expected);
  CHECK(failure.message.find(c.message) != std::string::npos);
}

JudgeFailure failed(int status, std::string body = "", std::vector<Header> headers = {}) {
  const Judgement judgement = judged(status, std::move(body), std::move(headers));
  REQUIRE(std::holds_alternative<JudgeFailure>(judgement));
  return std::get<JudgeFailure>(judgement);
}

}  // namespace

TEST_CASE("Chat completions in all the shapes that servers send") {
  const std::string escaped = json::quoted(kYes);
  const Case cases[] = {
      {"plain", completion(kYes), "yes", "Polite."},
      {"byte order mark and spaces", "\xEF\xBB\xBF  " + completion(kYes) + "\n\n", "yes"},
      {"content in parts",
       R"({"choices":[{"message":{"content":[{"type":"text","text":"{\"rationale\":\"p\","},{"type":"text","text":"\"result\":\"no\"}"}]}}]})",
       "no", "p"},
      {"content as an object",
       R"({"choices":[{"message":{"content":{"rationale":"obj","result":"no"}}}]})", "no", "obj"},
      {"tool call",
       R"({"choices":[{"message":{"content":null,"tool_calls":[{"type":"function","function":{"name":"verdict","arguments":)" +
           escaped + R"(}}]},"finish_reason":"tool_calls"}]})",
       "yes"},
      {"old function call",
       R"({"choices":[{"message":{"content":"","function_call":{"name":"v","arguments":)" +
           escaped + R"(}}}]})",
       "yes"},
      {"completions API", R"({"choices":[{"text":)" + escaped + "}]}", "yes"},
      {"Ollama's own API",
       R"({"model":"m","message":{"role":"assistant","content":)" + escaped + R"(},"done":true})",
       "yes"},
      {"cut off after the verdict", completion(kYes + " And f", "length"), "yes"},
      {"refusal null", R"({"choices":[{"message":{"content":)" + escaped + R"(,"refusal":null}}]})",
       "yes"},
      {"error null", R"({"error":null,"choices":[{"message":{"content":)" + escaped + "}}]}",
       "yes"},
      {"refusal", R"({"choices":[{"message":{"content":null,"refusal":"I cannot judge this."}}]})",
       "REFUSED", "I cannot judge this."},
      {"content filter", completion("", "content_filter"), "CONTENT_FILTER"},
      {"cut off before the verdict", completion("{\"rationale\": \"It is", "length"),
       "INVALID_REPLY", "more output tokens"},
      {"empty content", completion(""), "INVALID_REPLY", "empty"},
      {"blank content", completion("  \n "), "INVALID_REPLY", "empty"},
      {"null content", R"({"choices":[{"message":{"content":null}}]})", "INVALID_REPLY", "empty"},
      {"prose without a verdict", completion("I think it is quite nice"), "INVALID_REPLY",
       "I think it is quite nice"},
      {"wrong language", completion("C'est poli, donc oui."), "INVALID_REPLY", "C'est poli"},
      {"wrong type of result", completion(R"({"rationale":"r","result":["yes"]})"),
       "INVALID_REPLY"},
      {"no choices", R"({"choices":[]})", "INVALID_REPLY", "no chat completion"},
      {"choices of the wrong type", R"({"choices":"x"})", "INVALID_REPLY"},
      {"choice of the wrong type", R"({"choices":[5]})", "INVALID_REPLY"},
      {"message of the wrong type", R"({"choices":[{"message":7}]})", "INVALID_REPLY"},
      {"usage of the wrong type",
       R"({"choices":[{"message":{"content":)" + escaped + R"(}}],"usage":"x"})", "yes"},
      {"a number", "42", "INVALID_REPLY"},
      {"an array", "[]", "INVALID_REPLY"},
      {"null", "null", "INVALID_REPLY"},
      {"empty body", "", "INVALID_REPLY", "it is empty"},
      {"blank body", " \r\n ", "INVALID_REPLY", "it is empty"},
      {"not JSON", "upstream connect error", "INVALID_REPLY", "upstream connect error"},
      {"half JSON", R"({"choices":[{"message":{"content":"x)", "INVALID_REPLY", "no JSON"},
      {"web page", "<!DOCTYPE html><html><body>Welcome</body></html>", "INVALID_REPLY", "web page"},
      {"binary", std::string("\x00\xFF\xFE\x01", 4), "INVALID_REPLY"},
      {"200 with an error", R"({"error":{"message":"Provider returned error","code":502}})",
       "SERVER_ERROR", "Provider returned error"},
      {"200 with a rate limit", R"({"error":{"message":"slow down","code":"rate_limit_exceeded"}})",
       "RATE_LIMITED"},
      {"200 with a key error",
       R"({"error":{"message":"Invalid API key","type":"authentication_error"}})",
       "UNAUTHENTICATED"},
      {"200 with an error in words", R"({"error":"model overloaded"})", "SERVER_ERROR",
       "model overloaded"},
      {"200 with an unknown error", R"({"error":{"message":"hm"}})", "BAD_REQUEST", "hm"},
      {"stream",
       "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
       "data: "
       "{\"choices\":[{\"delta\":{\"content\":\"{\\\"rationale\\\":\\\"joined\\\",\"}}]}\r\n\r\n"
       ": keep-alive\n"
       "data: "
       "{\"choices\":[{\"delta\":{\"content\":\"\\\"result\\\":\\\"no\\\"}\"},\"finish_reason\":"
       "\"stop\"}]}\n\n"
       "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}\n\ndata: "
       "[DONE]\n\n",
       "no", "joined"},
      {"torn stream",
       "data: {\"choices\":[{\"delta\":{\"content\":\"{\\\"ration\"}}]}\n\ndata: {\"choi",
       "INVALID_REPLY"},
      {"stream with an error", "data: {\"error\":{\"message\":\"boom\",\"code\":500}}\n\n",
       "SERVER_ERROR", "boom"},
      {"empty stream", "data: [DONE]\n\n", "INVALID_REPLY"},
  };
  for (const Case& c : cases)
    check(c);
}

TEST_CASE("Tokens are taken from either naming, also when the verdict cannot be read") {
  const Judgement good = judged(200, completion(kYes));
  CHECK(std::get<Verdict>(good).usage.input_tokens == 120);
  CHECK(std::get<Verdict>(good).usage.output_tokens == 30);
  const JudgeFailure bad = failed(200, completion("hm"));
  CHECK(bad.usage.input_tokens == 120);
  CHECK(bad.maybe_paid);
  const Judgement other = judged(
      200,
      R"({"choices":[{"message":{"content":"Yes."}}],"usage":{"input_tokens":7,"output_tokens":8}})");
  CHECK(std::get<Verdict>(other).usage.input_tokens == 7);
  CHECK(std::get<Verdict>(other).usage.output_tokens == 8);
  const Judgement none = judged(200, R"({"choices":[{"message":{"content":"Yes."}}]})");
  CHECK(std::get<Verdict>(none).usage.input_tokens == -1);
}

TEST_CASE("An unreadable reply is kept, but not more than 2,000 bytes of it") {
  const JudgeFailure failure = failed(200, completion(std::string(10'000'000, 'z')));
  CHECK(failure.code == "INVALID_REPLY");
  CHECK_FALSE(failure.retryable);
  CHECK(failure.message.substr(0, 16) == "Failed to parse ");
  CHECK(failure.message.find(std::string(2000, 'z')) != std::string::npos);
  CHECK(failure.message.find(std::string(2001, 'z')) == std::string::npos);
}

TEST_CASE("Tokens from a provider's cache are told in four ways") {
  const auto cached = [](const std::string& body) {
    HttpReply reply;
    reply.status = 200;
    reply.body = body;
    const Judgement judgement = read_reply(reply, "h", "m", 0);
    const Verdict* verdict = std::get_if<Verdict>(&judgement);
    REQUIRE(verdict != nullptr);
    CHECK(verdict->usage.input_tokens == 100);
    return verdict->usage.cached_tokens;
  };
  const std::string choices = R"({"choices":[{"message":{"content":"{\"result\":\"yes\"}"}}],"usage":)";
  CHECK(cached(choices + R"({"prompt_tokens":100,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":64}}})") == 64);
  CHECK(cached(choices + R"({"prompt_tokens":100,"completion_tokens":5,"prompt_cache_hit_tokens":32}})") == 32);
  CHECK(cached(choices + R"({"prompt_tokens":100,"completion_tokens":5}})") == 0);
  CHECK(cached(R"({"type":"message","content":[{"type":"text","text":"{\"result\":\"yes\"}"}],"usage":{"input_tokens":20,"cache_read_input_tokens":80,"output_tokens":5}})") == 80);
  CHECK(cached(R"({"candidates":[{"content":{"parts":[{"text":"{\"result\":\"yes\"}"}]}}],"usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":5,"cachedContentTokenCount":7}})") == 7);
}
