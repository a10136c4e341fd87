// Replies: from what a server sent to a verdict or a failure in plain words. Tolerant of what
// models and servers do in practice (fences, prose around the JSON, single quotes, raw control
// characters, tool calls, a stream nobody asked for, errors with status 200), never guessing: what
// has no unmistakable verdict is a failure that keeps the raw reply.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/time.h"
#include "core/judge/scorer.h"
#include "core/judge/transport.h"

namespace assay::judge {

constexpr size_t kMaxKeptReplyBytes = 2000;

struct Usage {
  int64_t input_tokens = -1;  // -1 = the server did not say
  int64_t output_tokens = -1;
  int64_t cached_tokens = 0;  // of the input, read from the provider's cache
};
inline bool is_counted(const Usage& usage) { return usage.input_tokens >= 0 || usage.output_tokens >= 0; }

struct Verdict {
  std::string value_json;  // "\"yes\"" or "\"no\"", or what the scorer's answers are
  std::string rationale;
  Usage usage;
  bool by_code = false;      // computed, not judged
  std::string metadata_json = {};  // further members of the assessment's metadata, an object; "" = none
};

// `code` is the assessment's error_code. `message` is for the user: what happened, what to do;
// where a reply could not be read, it ends with the reply.
struct JudgeFailure {
  std::string code;
  std::string message;
  bool retryable = false;
  bool rate_limited = false;    // the whole endpoint should wait
  bool endpoint_wide = false;   // the next request would meet the same (key, address, network)
  bool maybe_paid = false;      // the server may have done the work
  bool overloaded = false;      // fewer requests at once would help (503, 529, busy, time-outs)
  bool unreachable = false;     // the server did not do its work at all: no answer, or 5xx
  int64_t retry_after_ms = -1;  // as the server asked; -1 = it did not
  Usage usage;
  bool by_code = false;     // of a check or a script
  std::string stack = {};   // of a script
};

using Judgement = std::variant<Verdict, JudgeFailure>;

// The reply to a judge's call, in the form of any API of Endpoint::api (told apart by what stands in
// it). `now_ms` is for Retry-After dates. `host` and `model` are named in messages.
Judgement read_reply(const HttpReply& reply, std::string_view host, std::string_view model,
                     TimeMs now_ms, const AnswerForm& form = {});
// The reply of the page's script runner: {"value":…}, {"feedback":{…}} or {"error":…,"stack":…}.
Judgement read_script_reply(const HttpReply& reply);

// What a completion says that it took.
Usage usage_of_reply(std::string_view body);

JudgeFailure failure_of(NetFailure failure, std::string_view host, int64_t timeout_ms);

// The answer in the text that a model wrote; nothing when there is none beyond doubt.
struct TextAnswer {
  std::string value_json;
  std::string rationale;
};
std::optional<TextAnswer> find_answer(std::string_view content, const AnswerForm& form);

struct TextVerdict {
  bool yes = false;
  std::string rationale;
};
std::optional<TextVerdict> find_verdict(std::string_view content);

// Retry-After (seconds or HTTP date), retry-after-ms, x-ratelimit-reset-requests / -tokens
// ("1m2.5s"). -1 when the reply names no time.
int64_t retry_after_ms(const HttpReply& reply, TimeMs now_ms);

}  // namespace assay::judge
