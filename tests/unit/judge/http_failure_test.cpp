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

JudgeFailure failed(int status, std::string body = "", std::vector<Header> headers = {}) {
  const Judgement judgement = judged(status, std::move(body), std::move(headers));
  REQUIRE(std::holds_alternative<JudgeFailure>(judgement));
  return std::get<JudgeFailure>(judgement);
}

}  // namespace

TEST_CASE("HTTP errors become plain sentences") {
  struct ErrorCase {
    int status;
    const char *body, *code, *part;
    bool retryable, endpoint_wide;
  };
  const ErrorCase cases[] = {
      {401, R"({"error":{"message":"Incorrect API key provided: secret-key-1"}})",
       "UNAUTHENTICATED", "judge.example does not accept the key (401)", false, true},
      {402, "", "QUOTA_EXCEEDED", "no credit", false, true},
      {403, "secret-key-1 is not allowed", "PERMISSION_DENIED", "403", false, true},
      {404, R"({"error":{"message":"The model gpt-x does not exist"}})", "NOT_FOUND",
       "does not exist", false, true},
      {405, "", "NOT_FOUND", "gpt-x", false, true},
      {408, "", "TIMEOUT", "408", true, true},
      {413, "", "CONTEXT_TOO_LONG", "too long", false, false},
      {400,
       R"({"error":{"code":"context_length_exceeded","message":"maximum context length is 8192"}})",
       "CONTEXT_TOO_LONG", "8192", false, false},
      {400, R"({"error":{"message":"bad messages"}})", "BAD_REQUEST", "bad messages", false, false},
      {422, R"({"detail":[{"loc":["body"],"msg":"field required"}]})", "BAD_REQUEST",
       "field required", false, false},
      {409, "", "SERVER_BUSY", "409", true, false},
      {429, R"({"error":{"message":"Rate limit reached"}})", "RATE_LIMITED", "Rate limit reached",
       true, false},
      {429,
       R"({"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}})",
       "QUOTA_EXCEEDED", "credit", false, true},
      {500, "<html>Internal</html>", "SERVER_ERROR", "failed (500)", true, true},
      {501, "", "SERVER_ERROR", "501", false, true},
      {503, R"({"message":"overloaded"})", "SERVER_ERROR", "overloaded", true, true},
      {529, "", "SERVER_ERROR", "529", true, true},
      {302, "", "UNEXPECTED_STATUS", "302", false, true},
      {0, "", "UNEXPECTED_STATUS", "status 0", false, true},
      {-7, "", "UNEXPECTED_STATUS", "", false, true},
      {99999, "", "SERVER_ERROR", "", true, true},
  };
  for (const ErrorCase& c : cases) {
    INFO(c.status << " " << c.body);
    const JudgeFailure failure = failed(c.status, c.body);
    INFO(failure.message);
    CHECK(failure.code == c.code);
    CHECK(failure.message.find(c.part) != std::string::npos);
    CHECK(failure.retryable == c.retryable);
    CHECK(failure.endpoint_wide == c.endpoint_wide);
    CHECK(failure.message.find("secret-key-1") == std::string::npos);
    CHECK(failure.message.size() < 700);
  }
}

TEST_CASE("A key that a server echoes is kept out of messages") {
  for (const int status : {400, 401, 403, 404, 429, 500}) {
    const JudgeFailure failure =
        failed(status, R"({"error":{"message":"key sk-proj-ABCDEFGH12345678 is bad"}})");
    CHECK(failure.message.find("ABCDEFGH") == std::string::npos);
  }
  const std::string long_prose = std::string(1990, 'p') + " sk-proj-ABCDEFGH12345678";
  CHECK(failed(200, completion(long_prose)).message.find("ABCD") == std::string::npos);
}

TEST_CASE("The time to wait is read from what servers send") {
  struct HeaderCase {
    std::vector<Header> headers;
    int64_t ms;
  };
  const HeaderCase cases[] = {
      {{{"retry-after", "3"}}, 3000},
      {{{"retry-after", " 1.5 "}}, 1500},
      {{{"retry-after", "0"}}, 0},
      {{{"retry-after-ms", "250"}, {"retry-after", "9"}}, 250},
      // 1'795'500'000 s after 1970 is Tue, 24 Nov 2026 06:00:00 GMT.
      {{{"retry-after", "Tue, 24 Nov 2026 06:00:07 GMT"}}, 7000},
      {{{"retry-after", "Tue, 24 Nov 2026 05:59:00 GMT"}}, 0},
      {{{"x-ratelimit-reset-requests", "1m2.5s"}}, 62'500},
      {{{"x-ratelimit-reset-tokens", "250ms"}}, 250},
      {{{"x-ratelimit-reset-requests", "6m0s"},
        {"x-ratelimit-remaining-requests", "12"},
        {"x-ratelimit-reset-tokens", "2s"},
        {"x-ratelimit-remaining-tokens", "0"}},
       2000},
      {{{"retry-after", "-3"}}, -1},
      {{{"retry-after", "soon"}}, -1},
      {{{"retry-after", "NaN"}}, -1},
      {{{"retry-after", "Tue, 99 Foo 2026 06:00:07 GMT"}}, -1},
      {{{"retry-after", ""}}, -1},
      {{{"x-ratelimit-reset-requests", "m"}}, -1},
      {{{"x-ratelimit-reset-requests", "1x"}}, -1},
      {{}, -1},
  };
  for (const HeaderCase& c : cases) {
    INFO((c.headers.empty() ? "none" : c.headers[0].value));
    HttpReply reply;
    reply.headers = c.headers;
    CHECK(retry_after_ms(reply, kNow) == c.ms);
  }
  HttpReply huge;
  huge.headers = {{"retry-after", "1e300"}};
  CHECK(retry_after_ms(huge, kNow) > 0);
  CHECK(failed(429, "", {{"retry-after", "3"}}).retry_after_ms == 3000);
  CHECK(failed(401, "", {{"retry-after", "3"}}).retry_after_ms == -1);
}

TEST_CASE("Failures without a reply name both causes and the way out") {
  const JudgeFailure far = failure_of(NetFailure::NetworkOrCors, "api.example", 1000);
  CHECK(far.code == "NETWORK_OR_CORS");
  CHECK(far.retryable);
  CHECK(far.maybe_paid);
  CHECK(far.message.find("cannot be reached") != std::string::npos);
  CHECK(far.message.find("CORS") != std::string::npos);
  CHECK(far.message.find("OLLAMA_ORIGINS") == std::string::npos);
  const JudgeFailure near = failure_of(NetFailure::NetworkOrCors, "localhost:11434", 1000);
  CHECK(near.message.find("OLLAMA_ORIGINS") != std::string::npos);
  const JudgeFailure late = failure_of(NetFailure::Timeout, "api.example", 120'000);
  CHECK(late.code == "TIMEOUT");
  CHECK(late.message.find("120 s") != std::string::npos);
  CHECK(late.retryable);
  CHECK_FALSE(failure_of(NetFailure::Aborted, "api.example", 1).retryable);
}
