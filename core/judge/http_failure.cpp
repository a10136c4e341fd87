#include "core/judge/http_failure.h"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/judge/endpoint.h"

namespace assay::judge {
namespace {

constexpr size_t kMaxServerTextBytes = 300;
constexpr double kMaxDelayMs = 1e12;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The server's own words: error.message, message, detail, or error as a string.
std::string message_in(const json::Doc& doc) {
  if (doc.is_string()) return doc.get<std::string>();
  if (doc.is_array() && !doc.empty()) return message_in(doc.front());
  if (const json::Doc* error = json::find(doc, "error")) {
    std::string inner = message_in(*error);
    if (!inner.empty()) return inner;
  }
  for (const std::string_view key : {"message", "detail", "error_message", "msg"}) {
    if (const auto text = json::get_string(doc, key)) return *text;
    const json::Doc* inside = json::find(doc, key);
    if (inside != nullptr && (inside->is_array() || inside->is_object()))
      return message_in(*inside);
  }
  return {};
}

std::string server_text(const HttpReply& reply) {
  const std::string_view body = trimmed(reply.body);
  if (body.empty() || body.front() == '<') return {};
  std::string text;
  const Result<json::Doc> doc = json::parse_doc(body);
  if (doc.ok())
    text = message_in(doc.value());
  else if (body.front() != '{')
    text = body;
  const std::string safe =
      redact_key_like(repaired_utf8(utf8_prefix(trimmed(text), 2 * kMaxServerTextBytes)));
  return std::string(utf8_prefix(safe, kMaxServerTextBytes));
}

bool is_about_length(std::string_view lower_body) {
  for (const std::string_view part :
       {"context_length", "context length", "maximum context", "context window", "context size",
        "too many tokens", "prompt is too long", "input is too long",
        "exceeds the maximum number of tokens", "exceed_context", "string_above_max_length"}) {
    if (has(lower_body, part)) return true;
  }
  return false;
}

bool is_about_money(std::string_view lower_body) {
  return has(lower_body, "insufficient_quota") || has(lower_body, "insufficient quota") ||
         has(lower_body, "exceeded your current quota") || has(lower_body, "credit balance") ||
         has(lower_body, "insufficient credits") || has(lower_body, "billing");
}

// What a status means, before the server's own text is added.
struct Meaning {
  std::string_view code;
  std::string sentence;
  bool retryable = false, rate_limited = false, endpoint_wide = false, maybe_paid = false;
  bool overloaded = false, unreachable = false;
  bool with_server_text = true;  // not where the server may echo the key
};

Meaning client_error(int status, std::string_view lower_body, std::string_view host,
                     std::string_view model) {
  const std::string at = std::string(host.empty() ? "The judge's server" : host);
  Meaning meaning;
  meaning.endpoint_wide = true;
  // Google refuses a wrong key as a bad request.
  const bool is_about_key = status == 400 && (has(lower_body, "api key not valid") ||
                                              has(lower_body, "api_key_invalid"));
  if (status == 401 || is_about_key) {
    meaning.code = "UNAUTHENTICATED";
    meaning.sentence = at + " does not accept the key (" + std::to_string(status) +
                       "); enter a valid key for this address";
    meaning.with_server_text = false;
  } else if (status == 402 || (status == 429 && is_about_money(lower_body))) {
    meaning.code = "QUOTA_EXCEEDED";
    meaning.sentence = at + " says that the account has no credit left (" + std::to_string(status) +
                       "); top it up or use another key";
  } else if (status == 403) {
    meaning.code = "PERMISSION_DENIED";
    meaning.sentence = at +
                       " forbids this call (403); check that the key may use the model and that "
                       "the server allows calls from web pages";
    meaning.with_server_text = false;
  } else if (status == 404 || status == 405) {
    meaning.code = "NOT_FOUND";
    meaning.sentence = at + " knows no such model or address (" + std::to_string(status) +
                       "); check the base address and the model name " + std::string(model);
  } else if (status == 413 || is_about_length(lower_body)) {
    meaning.code = "CONTEXT_TOO_LONG";
    meaning.sentence =
        "The trace is too long for the model; use a model with a larger context window";
    meaning.endpoint_wide = false;
  } else if (status == 429) {
    meaning.code = "RATE_LIMITED";
    meaning.sentence = at + " limits the rate of requests (429)";
    meaning.retryable = meaning.rate_limited = true;
    meaning.endpoint_wide = false;
  } else if (status == 408) {
    meaning.code = "TIMEOUT";
    meaning.sentence = at + " gave up waiting (408)";
    meaning.retryable = meaning.maybe_paid = meaning.overloaded = true;
  } else if (status == 409 || status == 425) {
    meaning.code = "SERVER_BUSY";
    meaning.sentence = at + " cannot take the request now (" + std::to_string(status) + ")";
    meaning.retryable = meaning.overloaded = true;
    meaning.endpoint_wide = false;
  } else {
    meaning.code = "BAD_REQUEST";
    meaning.sentence = at + " does not take the request (" + std::to_string(status) + ")";
    meaning.endpoint_wide = false;
  }
  return meaning;
}

Meaning meaning_of(int status, std::string_view lower_body, std::string_view host,
                   std::string_view model) {
  if (status >= 400 && status < 500) return client_error(status, lower_body, host, model);
  const std::string at = std::string(host.empty() ? "The judge's server" : host);
  Meaning meaning;
  meaning.endpoint_wide = true;
  if (status >= 500) {
    meaning.code = "SERVER_ERROR";
    meaning.sentence = at + " failed (" + std::to_string(status) + ")";
    meaning.retryable = status != 501;
    meaning.maybe_paid = meaning.unreachable = true;
    meaning.overloaded = status == 503 || status == 504 || status == 529;
  } else {
    meaning.code = "UNEXPECTED_STATUS";
    meaning.sentence = at + " answered with status " + std::to_string(status) +
                       ", which no chat completions call should; check the base address";
  }
  return meaning;
}

// "Sun, 06 Nov 1994 08:49:37 GMT" → ms since 1970.
std::optional<TimeMs> parse_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(25) != " GMT" || text[3] != ',') return std::nullopt;
  const size_t month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  std::string iso(text.substr(12, 4));
  iso += month / 3 < 9 ? "-0" : "-";
  iso += std::to_string(month / 3 + 1) + "-";
  iso += std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z";
  const std::optional<TimeNs> time_ns = parse_rfc3339(iso);
  if (!time_ns) return std::nullopt;
  return *time_ns / 1'000'000;
}

int64_t delay_of(double ms) {
  if (!(ms >= 0)) return -1;
  return static_cast<int64_t>(std::ceil(std::min(ms, kMaxDelayMs)));
}

// "1h2m3.5s", "250ms", "6m0s" → ms; -1 for any other text.
int64_t parse_short_duration_ms(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return -1;
  double total_ms = 0;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::optional<double> value = parse_double(text.substr(0, digits));
    if (!value) return -1;
    text.remove_prefix(digits);
    const size_t unit_end = std::min(text.find_first_of("0123456789."), text.size());
    const std::string_view unit = text.substr(0, unit_end);
    text.remove_prefix(unit_end);
    if (unit == "ms")
      total_ms += *value;
    else if (unit == "s" || unit.empty())
      total_ms += *value * 1e3;
    else if (unit == "m")
      total_ms += *value * 60e3;
    else if (unit == "h")
      total_ms += *value * 3600e3;
    else if (unit == "d")
      total_ms += *value * 86400e3;
    else
      return -1;
  }
  return delay_of(total_ms);
}

int64_t reset_after_ms(const HttpReply& reply, std::string_view what) {
  const std::string_view left = header_value(reply, "x-ratelimit-remaining-" + std::string(what));
  if (!left.empty() && left != "0") return -1;  // this limit is not the one that was hit
  return parse_short_duration_ms(header_value(reply, "x-ratelimit-reset-" + std::string(what)));
}

// The status that an error inside a 200 stands for.
int status_of(std::string_view error_json) {
  const Result<json::Doc> doc = json::parse_doc(error_json);
  if (!doc.ok()) return 400;
  const json::Doc& error = doc.value();
  for (const std::string_view key : {"code", "status"}) {
    const auto number = json::get_int(error, key);
    if (number && *number >= 400 && *number <= 599) return static_cast<int>(*number);
    const auto text = json::get_string(error, key);
    const auto digits = text ? parse_int64(*text) : std::nullopt;
    if (digits && *digits >= 400 && *digits <= 599) return static_cast<int>(*digits);
  }
  const std::string all = ascii_lower(error_json);
  if (is_about_money(all) || has(all, "rate_limit") || has(all, "rate limit")) return 429;
  if (has(all, "api key") || has(all, "api_key") || has(all, "authentication")) return 401;
  if (has(all, "model_not_found") || has(all, "not found")) return 404;
  if (has(all, "overloaded") || has(all, "server_error") || has(all, "internal")) return 502;
  return 400;
}

}  // namespace

int64_t retry_after_ms(const HttpReply& reply, TimeMs now_ms) {
  if (const auto ms = parse_double(trimmed(header_value(reply, "retry-after-ms")))) {
    if (*ms >= 0) return delay_of(*ms);
  }
  const std::string_view after = trimmed(header_value(reply, "retry-after"));
  if (const auto seconds = parse_double(after)) {
    if (*seconds >= 0) return delay_of(*seconds * 1000);
  }
  if (const auto date = parse_http_date(after)) return std::max<int64_t>(0, *date - now_ms);
  return std::max(reset_after_ms(reply, "requests"), reset_after_ms(reply, "tokens"));
}

JudgeFailure http_failure(int status, const HttpReply& reply, std::string_view host,
                          std::string_view model, TimeMs now_ms) {
  const std::string lower_body = ascii_lower(utf8_prefix(reply.body, 20'000));
  const Meaning meaning = meaning_of(status, lower_body, host, model);
  JudgeFailure failure;
  failure.code = meaning.code;
  failure.message = meaning.sentence;
  failure.retryable = meaning.retryable;
  failure.rate_limited = meaning.rate_limited;
  failure.endpoint_wide = meaning.endpoint_wide;
  failure.maybe_paid = meaning.maybe_paid;
  failure.overloaded = meaning.overloaded;
  failure.unreachable = meaning.unreachable;
  if (meaning.retryable) failure.retry_after_ms = retry_after_ms(reply, now_ms);
  const std::string said = meaning.with_server_text ? server_text(reply) : std::string();
  if (!said.empty()) failure.message += ". The server said: " + said;
  return failure;
}

JudgeFailure error_in_reply(std::string_view error_json, const HttpReply& reply,
                            std::string_view host, std::string_view model, TimeMs now_ms) {
  HttpReply inner;
  inner.status = status_of(error_json);
  inner.headers = reply.headers;
  inner.body = "{\"error\":" + std::string(error_json) + "}";
  JudgeFailure failure = http_failure(inner.status, inner, host, model, now_ms);
  failure.maybe_paid = true;
  return failure;
}

JudgeFailure failure_of(NetFailure net, std::string_view host, int64_t timeout_ms) {
  const std::string at = std::string(host.empty() ? "the judge's server" : host);
  JudgeFailure failure;
  failure.maybe_paid = true;
  switch (net) {
    case NetFailure::Timeout:
      failure.code = "TIMEOUT";
      failure.message = "No answer from " + at + " within " +
                        format_fixed(static_cast<double>(timeout_ms) / 1000, 0) +
                        " s; a slow model needs a longer time-out or fewer requests at once";
      failure.retryable = failure.endpoint_wide = failure.overloaded = failure.unreachable = true;
      return failure;
    case NetFailure::Aborted:
    case NetFailure::NotSent:
      failure.code = "CANCELLED";
      failure.message = "The request was cancelled; it may have been paid for";
      return failure;
    case NetFailure::NetworkOrCors:
      break;
  }
  failure.code = "NETWORK_OR_CORS";
  failure.message =
      "No answer from " + at +
      ": either it cannot be reached (address, network, server not running), "
      "or it does not let web pages read its answers (CORS); the browser does not say which. ";
  failure.message +=
      is_local_host(host)
          ? "Check that the server runs, and allow this page's address in it: Ollama by the "
            "variable "
            "OLLAMA_ORIGINS, LM Studio by the switch \"Enable CORS\", vLLM by --allowed-origins; "
            "llama.cpp's server allows it already"
          : "Check the address and the connection; if the provider does not allow calls from web "
            "pages, "
            "use one that does, or a proxy that adds the CORS headers";
  failure.retryable = failure.endpoint_wide = failure.unreachable = true;
  return failure;
}

}  // namespace assay::judge
