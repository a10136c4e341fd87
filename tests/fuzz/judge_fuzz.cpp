// Any answer of a judge's server: a status on the first line, headers up to an empty line, and the
// body.
#include "core/base/utf8.h"
#include "core/judge/endpoint.h"
#include "core/judge/prompt.h"
#include "core/judge/reply.h"
#include "core/judge/trace_input.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/fuzz/json_mutator.h"

namespace {

using namespace assay;
using fuzz::check;

constexpr TimeMs kNowMs = 1'795'500'000'000;
constexpr std::string_view kSecret = "sk-0123456789abcdefghijklmnop";

judge::HttpReply reply_of(fuzz::Input input) {
  judge::HttpReply reply;
  reply.status = static_cast<int>(parse_int64(input.piece('\n')).value_or(200) % 1000);
  for (std::string_view line = input.piece('\n'); !line.empty(); line = input.piece('\n')) {
    const size_t colon = std::min(line.find(':'), line.size());
    reply.headers.push_back({std::string(line.substr(0, colon)),
                             std::string(line.substr(std::min(colon + 1, line.size())))});
  }
  reply.body = input.rest();
  return reply;
}

void check_failure(const judge::JudgeFailure& failure) {
  check(!failure.code.empty(), "a failure has a code");
  check(!failure.message.empty(), "and says what happened");
  check(is_valid_utf8(failure.message) && is_valid_utf8(failure.code), "in UTF-8");
  check(failure.message.size() < 3 * judge::kMaxKeptReplyBytes, "and not at any length");
  check(failure.retry_after_ms >= -1, "a wait is a time");
  check(failure.message.find(kSecret) == std::string::npos, "and names no key");
}

void check_judgement(const judge::HttpReply& reply) {
  const judge::Judgement judgement = judge::read_reply(reply, "api.example.com", "model-1", kNowMs);
  if (const auto* verdict = std::get_if<judge::Verdict>(&judgement)) {
    check(verdict->value_json == "\"yes\"" || verdict->value_json == "\"no\"",
          "a verdict is yes or no");
    check(is_valid_utf8(verdict->rationale), "its reason is UTF-8");
    check(reply.status >= 200 && reply.status < 300, "a verdict comes with a success");
    check(verdict->usage.input_tokens >= -1 && verdict->usage.output_tokens >= -1,
          "tokens are counted or not known");
  } else {
    check_failure(std::get<judge::JudgeFailure>(judgement));
  }
  const int64_t wait_ms = judge::retry_after_ms(reply, kNowMs);
  check(wait_ms >= -1, "a wait is a time");
}

// Each retry after a refusal asks for less, so that they end.
void check_refusals(const judge::HttpReply& reply) {
  judge::Endpoint endpoint;
  endpoint.base_url = "https://api.example.com/v1";
  endpoint.model = "model-1";
  endpoint.max_output_tokens = 100;
  judge::EndpointFeatures features;
  for (int tries = 0;; ++tries) {
    check(tries < 10, "retries end");
    const auto next = judge::features_after_refusal(endpoint, features, reply.status, reply.body);
    if (!next) break;
    check(!(*next == features), "each is different");
    features = *next;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::Input input(data, size);
  judge::HttpReply reply = reply_of(input);
  // As a transport does it; here, some texts hold the key.
  if (const size_t at = reply.body.find("%key%"); at != std::string::npos)
    reply.body.replace(at, 5, kSecret);
  judge::redact_secret(reply.body, kSecret);
  check(reply.body.find(kSecret) == std::string::npos, "a key is taken out");
  check_judgement(reply);
  check_refusals(reply);

  const std::string_view text = input.rest();
  if (const auto verdict = judge::find_verdict(text)) {
    check(judge::find_verdict(text)->yes == verdict->yes, "a verdict is the same each time");
  }
  const Result<std::string> url = judge::chat_url(text);
  if (url.ok()) check(!judge::host_of(url.value()).empty(), "an address that is taken has a host");
  judge::printable_url(text);
  judge::is_local_host(text);
  judge::redact_key_like(text);
  check(!judge::inputs_as_text(text).empty() || !text.empty(), "nothing becomes a blank");
  judge::outputs_as_text(text);
  judge::python_repr_of_json(text);
  judge::retrieved_chunks(text);
  return 0;
}
