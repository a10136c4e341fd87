#include "core/judge/reply.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/judge/endpoint.h"
#include "core/judge/http_failure.h"

namespace assay::judge {
namespace {

constexpr int kMaxErrorStatus = 599;

// What stands in a chat completion, whichever way it was sent.
struct Completed {
  std::string content;
  std::string refusal;
  std::string finish_reason;
  Usage usage;
  bool has_choice = false;
};

void append_content(std::string& out, const json::Doc* content) {
  if (content == nullptr) return;
  if (content->is_string()) out += content->get<std::string>();
  if (content->is_object()) out += json::dump(*content);  // servers that hand over the parsed JSON
  if (!content->is_array()) return;
  for (const json::Doc& part : *content) {
    if (part.is_string())
      out += part.get<std::string>();
    else if (const auto text = json::get_string(part, "text"))
      out += *text;
    else if (const auto refusal = json::get_string(part, "refusal"))
      out += *refusal;
  }
}

// A verdict given as the arguments of a tool call.
void append_arguments(std::string& out, const json::Doc& message) {
  const json::Doc* call = json::find(message, "function_call");
  const json::Doc* calls = json::find(message, "tool_calls");
  if (calls != nullptr && calls->is_array() && !calls->empty()) {
    call = json::find(calls->front(), "function");
  }
  if (call != nullptr) append_content(out, json::find(*call, "arguments"));
}

void read_message(Completed& completed, const json::Doc& message) {
  append_content(completed.content, json::find(message, "content"));
  if (trimmed(completed.content).empty()) append_arguments(completed.content, message);
  completed.refusal += json::get_string(message, "refusal").value_or("");
}

void read_usage(Usage& usage, const json::Doc& doc) {
  const json::Doc* found = json::find(doc, "usage");
  if (found == nullptr || !found->is_object()) return;
  const auto count = [found](std::string_view name, std::string_view other) {
    const auto value = json::get_int(*found, name);
    return std::max<int64_t>(-1, value ? *value : json::get_int(*found, other).value_or(-1));
  };
  usage.input_tokens = count("prompt_tokens", "input_tokens");
  usage.output_tokens = count("completion_tokens", "output_tokens");
  // Anthropic beside them, OpenAI inside the details, DeepSeek in a field of its own.
  usage.cached_tokens = json::get_int(*found, "prompt_cache_hit_tokens")
                            .value_or(json::get_int(*found, "cache_read_input_tokens").value_or(0));
  for (const std::string_view details : {"prompt_tokens_details", "input_tokens_details"}) {
    if (const json::Doc* inside = json::find(*found, details))
      usage.cached_tokens = std::max(usage.cached_tokens, json::get_int(*inside, "cached_tokens").value_or(0));
  }
  // Anthropic counts what came from or went to its cache beside the rest.
  for (const std::string_view cached : {"cache_read_input_tokens", "cache_creation_input_tokens"}) {
    const int64_t more = json::get_int(*found, cached).value_or(0);
    if (usage.input_tokens >= 0 && more > 0) usage.input_tokens += more;
  }
}

// Gemini: {"candidates":[{"content":{"parts":[{"text":…}]},"finishReason":"STOP"}],"usageMetadata":…}
bool read_gemini(Completed& completed, const json::Doc& doc) {
  const json::Doc* usage = json::find(doc, "usageMetadata");
  const json::Doc* candidates = json::find(doc, "candidates");
  const json::Doc* feedback = json::find(doc, "promptFeedback");
  if (usage == nullptr && candidates == nullptr && feedback == nullptr) return false;
  if (usage != nullptr) {
    completed.usage.input_tokens = json::get_int(*usage, "promptTokenCount").value_or(-1);
    completed.usage.cached_tokens = json::get_int(*usage, "cachedContentTokenCount").value_or(0);
    const int64_t written = json::get_int(*usage, "candidatesTokenCount").value_or(-1);
    const int64_t thought = json::get_int(*usage, "thoughtsTokenCount").value_or(0);
    completed.usage.output_tokens = written < 0 ? -1 : written + thought;
  }
  if (feedback != nullptr && json::find(*feedback, "blockReason") != nullptr) {
    completed.has_choice = true;
    completed.finish_reason = "content_filter";
  }
  if (candidates == nullptr || !candidates->is_array() || candidates->empty()) return true;
  const json::Doc& candidate = candidates->front();
  completed.has_choice = true;
  const std::string reason = json::get_string(candidate, "finishReason").value_or("");
  if (reason == "MAX_TOKENS") completed.finish_reason = "length";
  if (reason == "SAFETY" || reason == "PROHIBITED_CONTENT" || reason == "BLOCKLIST")
    completed.finish_reason = "content_filter";
  const json::Doc* content = json::find(candidate, "content");
  const json::Doc* parts = content != nullptr ? json::find(*content, "parts") : nullptr;
  if (parts == nullptr || !parts->is_array()) return true;
  for (const json::Doc& part : *parts) {
    if (!json::get_bool(part, "thought").value_or(false))
      completed.content += json::get_string(part, "text").value_or("");
  }
  return true;
}

// OpenAI's Responses: {"output":[{"type":"message","content":[{"type":"output_text","text":…}]}]};
// Anthropic's Messages: {"type":"message","content":[{"type":"text","text":…}],"stop_reason":…}.
bool read_items(Completed& completed, const json::Doc& doc) {
  if (const json::Doc* output = json::find(doc, "output"); output != nullptr && output->is_array()) {
    completed.has_choice = true;
    for (const json::Doc& item : *output) {
      if (json::get_string(item, "type") == "message") read_message(completed, item);
    }
    if (const json::Doc* why = json::find(doc, "incomplete_details"); why != nullptr) {
      const std::string reason = json::get_string(*why, "reason").value_or("");
      if (reason == "max_output_tokens") completed.finish_reason = "length";
      if (reason == "content_filter") completed.finish_reason = reason;
    }
    return true;
  }
  const json::Doc* content = json::find(doc, "content");
  if (content == nullptr || !content->is_array() || json::get_string(doc, "type") != "message")
    return false;
  completed.has_choice = true;
  for (const json::Doc& part : *content) {
    if (json::get_string(part, "type") == "text")
      completed.content += json::get_string(part, "text").value_or("");
  }
  completed.finish_reason = json::get_string(doc, "stop_reason").value_or("");
  if (completed.finish_reason == "refusal") completed.finish_reason = "content_filter";
  return true;
}

// One document of a reply: a whole completion or a chunk of a stream.
void read_completion(Completed& completed, const json::Doc& doc) {
  read_usage(completed.usage, doc);
  if (read_gemini(completed, doc) || read_items(completed, doc)) return;
  const json::Doc* choices = json::find(doc, "choices");
  if (choices == nullptr || !choices->is_array() || choices->empty()) {
    const json::Doc* message = json::find(doc, "message");  // Ollama's own API
    if (message == nullptr || !message->is_object()) return;
    completed.has_choice = true;
    read_message(completed, *message);
    return;
  }
  const json::Doc& choice = choices->front();
  completed.has_choice = true;
  if (const json::Doc* message = json::find(choice, "message"))
    read_message(completed, *message);
  else if (const json::Doc* delta = json::find(choice, "delta"))
    read_message(completed, *delta);
  else
    append_content(completed.content, json::find(choice, "text"));
  if (const auto reason = json::get_string(choice, "finish_reason"))
    completed.finish_reason = *reason;
}

const json::Doc* error_in(const json::Doc& doc) {
  const json::Doc* error = json::find(doc, "error");
  if (error == nullptr || error->is_null() || (error->is_boolean() && !error->get<bool>()))
    return nullptr;
  if ((error->is_string() || error->is_object()) && error->empty()) return nullptr;
  return error;
}

JudgeFailure unreadable(std::string_view what, std::string_view raw, const Usage& usage) {
  JudgeFailure failure;
  failure.code = "INVALID_REPLY";
  failure.message = "Failed to parse the judge's reply: ";
  failure.message += what;
  // Keys are taken out before the cut, which could otherwise leave a recognisable half.
  const std::string safe = redact_key_like(repaired_utf8(utf8_prefix(raw, 2 * kMaxKeptReplyBytes)));
  const std::string_view kept = utf8_prefix(trimmed(safe), kMaxKeptReplyBytes);
  if (!kept.empty()) {
    failure.message += ". Reply: ";
    failure.message += kept;
    if (raw.size() > kMaxKeptReplyBytes)
      failure.message += " … (cut; the reply has " + std::to_string(raw.size()) + " bytes)";
  }
  failure.usage = usage;
  failure.maybe_paid = true;
  return failure;
}

JudgeFailure refused(std::string code, std::string message, const Usage& usage) {
  JudgeFailure failure;
  failure.code = std::move(code);
  failure.message = std::move(message);
  failure.usage = usage;
  failure.maybe_paid = true;
  return failure;
}

// What was looked for in vain.
std::string nothing_of(const AnswerForm& form) {
  switch (form.type) {
    case AnswerType::YesNo:
      return "it has no clear \"yes\" or \"no\"";
    case AnswerType::Boolean:
      return "it has no clear true or false";
    case AnswerType::Integer:
      return "it has no whole number as \"result\"";
    case AnswerType::Number:
      return "it has no number as \"result\"";
    case AnswerType::Category: {
      std::string text = "it names none of the categories";
      for (size_t i = 0; i < form.categories.size(); ++i)
        text += (i == 0 ? " " : ", ") + form.categories[i];
      return text;
    }
    case AnswerType::Text:
      return "it has no \"result\"";
    case AnswerType::TextList:
      return "it has no list of texts as \"result\"";
    default:
      return is_list(form.type) ? "it has no list of values of its type as \"result\""
                                : "it has no object of values of its type as \"result\"";
  }
  return {};
}

Judgement judge_completion(const Completed& completed, std::string_view raw,
                           const AnswerForm& form) {
  if (!completed.has_choice) {
    return unreadable(
        "it is JSON, but no chat completion; check that the address is that of an "
        "OpenAI-compatible API",
        raw, completed.usage);
  }
  if (!trimmed(completed.refusal).empty() && trimmed(completed.content).empty()) {
    const std::string said = redact_key_like(utf8_prefix(completed.refusal, kMaxKeptReplyBytes));
    return refused("REFUSED", "The model refused to judge: " + said, completed.usage);
  }
  if (completed.finish_reason == "content_filter") {
    return refused("CONTENT_FILTER", "The provider's content filter stopped the judge's answer",
                   completed.usage);
  }
  if (const auto answer = find_answer(completed.content, form)) {
    return Verdict{answer->value_json, answer->rationale, completed.usage};
  }
  if (completed.finish_reason == "length" || completed.finish_reason == "max_tokens") {
    return unreadable("it was cut off before the verdict; allow the judge more output tokens",
                      completed.content, completed.usage);
  }
  if (trimmed(completed.content).empty()) return unreadable("it is empty", raw, completed.usage);
  return unreadable(nothing_of(form), completed.content, completed.usage);
}

// Server-sent events, though no stream was asked for: the deltas are joined.
Judgement judge_stream(std::string_view body, std::string_view host, std::string_view model,
                       const HttpReply& reply, TimeMs now_ms, const AnswerForm& form) {
  Completed completed;
  for (size_t at = 0; at < body.size();) {
    size_t end = body.find('\n', at);
    if (end == std::string_view::npos) end = body.size();
    std::string_view line = trimmed(body.substr(at, end - at));
    at = end + 1;
    if (line.substr(0, 5) != "data:") continue;
    line = trimmed(line.substr(5));
    if (line == "[DONE]") break;
    const Result<json::Doc> doc = json::parse_doc(line);
    if (!doc.ok()) continue;  // a torn last line; what came before counts
    if (const json::Doc* error = error_in(doc.value())) {
      return error_in_reply(json::dump(*error), reply, host, model, now_ms);
    }
    Usage before = completed.usage;
    read_completion(completed, doc.value());
    if (completed.usage.input_tokens < 0) completed.usage = before;
  }
  return judge_completion(completed, body, form);
}

bool is_stream(std::string_view body) {
  return body.substr(0, 5) == "data:" || body.substr(0, 6) == "event:" || body.substr(0, 1) == ":";
}

bool is_web_page(std::string_view body) {
  const std::string start = ascii_lower(body.substr(0, 64));
  return start.find("<!doctype html") != std::string::npos ||
         start.find("<html") != std::string::npos;
}

Judgement read_success(const HttpReply& reply, std::string_view host, std::string_view model,
                       TimeMs now_ms, const AnswerForm& form) {
  std::string_view body = trimmed(reply.body);
  if (body.substr(0, 3) == "\xEF\xBB\xBF") body = trimmed(body.substr(3));
  if (body.empty()) return unreadable("it is empty", {}, {});
  if (is_stream(body)) return judge_stream(body, host, model, reply, now_ms, form);
  const Result<json::Doc> doc = json::parse_doc(body);
  if (!doc.ok()) {
    return unreadable(
        is_web_page(body) ? "it is a web page; check the judge's address" : "it is no JSON", body,
        {});
  }
  if (const json::Doc* error = error_in(doc.value())) {
    return error_in_reply(json::dump(*error), reply, host, model, now_ms);
  }
  Completed completed;
  read_completion(completed, doc.value());
  return judge_completion(completed, body, form);
}

}  // namespace

Usage usage_of_reply(std::string_view body) {
  Completed completed;
  const Result<json::Doc> doc = json::parse_doc(body);
  if (doc.ok()) read_completion(completed, doc.value());
  return completed.usage;
}

Judgement read_reply(const HttpReply& reply, std::string_view host, std::string_view model,
                     TimeMs now_ms, const AnswerForm& form) {
  if (reply.status >= 200 && reply.status < 300)
    return read_success(reply, host, model, now_ms, form);
  const int status = std::clamp(reply.status, 0, kMaxErrorStatus);
  return http_failure(status, reply, host, model, now_ms);
}

Judgement read_script_reply(const HttpReply& reply) {
  const auto failed = [](std::string code, std::string message, std::string stack) {
    JudgeFailure failure;
    failure.code = std::move(code);
    failure.message = std::move(message);
    failure.stack = std::move(stack);
    failure.by_code = true;
    return failure;
  };
  const Result<json::Doc> parsed = json::parse_doc(reply.body);
  if (!parsed.ok()) return failed("SCORER_ERROR", "The script's result is no JSON", {});
  const json::Doc& doc = parsed.value();
  if (const auto error = json::get_string(doc, "error")) {
    return failed(json::get_string(doc, "code").value_or("SCORER_ERROR"), *error,
                  json::get_string(doc, "stack").value_or(""));
  }
  Verdict verdict;
  verdict.by_code = true;
  const json::Doc* value = json::find(doc, "value");
  verdict.value_json = value != nullptr ? json::dump(*value) : "null";
  verdict.rationale = json::get_string(doc, "rationale").value_or("");
  const json::Doc* metadata = json::find(doc, "metadata");
  if (metadata != nullptr && metadata->is_object()) verdict.metadata_json = json::dump(*metadata);
  return verdict;
}

}  // namespace assay::judge
