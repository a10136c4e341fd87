// Bodies of requests for the APIs that are not OpenAI's chat completions.
#include "core/json/writer.h"
#include "core/judge/conversation.h"
#include "core/judge/prompt.h"

namespace assay::judge {
namespace {

// Anthropic takes no request without a limit.
constexpr int kDefaultAnswerTokens = 2048;

std::string system_text(const RenderedPrompt& prompt) {
  std::string text;
  for (const Message& message : prompt.messages) {
    if (message.role == "system") text += message.content;
  }
  return text;
}

// What the judge is told beside the system's text.
void write_messages(json::Writer& out, std::string_view key, const RenderedPrompt& prompt) {
  out.key(key);
  out.begin_array();
  for (const Message& message : prompt.messages) {
    if (message.role == "system") continue;
    if (!message.raw_json.empty()) {
      out.raw(message.raw_json);
      continue;
    }
    out.begin_object();
    out.member("role", message.role);
    out.member("content", message.content);
    out.end_object();
  }
  out.end_array();
}

std::string responses_body(const RenderedPrompt& prompt, const Endpoint& endpoint,
                           const EndpointFeatures& features) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("model", endpoint.model);
  out.member("instructions", system_text(prompt));
  write_messages(out, "input", prompt);
  out.member_boolean("store", false);  // nothing is kept on the provider's side
  if (prompt.with_tools) {
    out.member_raw("tools", tools_json(Api::Responses));
    if (prompt.must_answer) out.member("tool_choice", "none");
  }
  if (features.temperature) out.member_number("temperature", endpoint.temperature);
  if (endpoint.max_output_tokens > 0)
    out.member_integer("max_output_tokens", endpoint.max_output_tokens);
  const bool may_ask = prompt.with_tools && !prompt.must_answer;
  if (endpoint.structured_output && features.response_format && !may_ask) {
    out.member_raw("text",
                   R"({"format":{"type":"json_schema","name":"verdict","strict":)" +
                       std::string(prompt.strict_schema ? "true" : "false") + R"(,"schema":)" +
                       prompt.response_schema_json + "}}");
  }
  out.end_object();
  return text;
}

std::string messages_body(const RenderedPrompt& prompt, const Endpoint& endpoint,
                          const EndpointFeatures& features) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("model", endpoint.model);
  out.member_integer("max_tokens", endpoint.max_output_tokens > 0 ? endpoint.max_output_tokens
                                                                  : kDefaultAnswerTokens);
  out.member("system", system_text(prompt));
  write_messages(out, "messages", prompt);
  if (prompt.with_tools) {
    out.member_raw("tools", tools_json(Api::Messages));
    if (prompt.must_answer) out.member_raw("tool_choice", R"({"type":"none"})");
  }
  if (features.temperature) out.member_number("temperature", endpoint.temperature);
  out.end_object();
  return text;
}

std::string gemini_body(const RenderedPrompt& prompt, const Endpoint& endpoint,
                        const EndpointFeatures& features) {
  const auto write_parts = [](json::Writer& out, std::string_view content) {
    out.key("parts");
    out.begin_array();
    out.begin_object();
    out.member("text", content);
    out.end_object();
    out.end_array();
  };
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.key("systemInstruction");
  out.begin_object();
  write_parts(out, system_text(prompt));
  out.end_object();
  out.key("contents");
  out.begin_array();
  for (const Message& message : prompt.messages) {
    if (message.role == "system") continue;
    if (!message.raw_json.empty()) {
      out.raw(message.raw_json);
      continue;
    }
    out.begin_object();
    out.member("role", "user");
    write_parts(out, message.content);
    out.end_object();
  }
  out.end_array();
  if (prompt.with_tools) {
    out.member_raw("tools", tools_json(Api::Gemini));
    if (prompt.must_answer) out.member_raw("toolConfig", R"({"functionCallingConfig":{"mode":"NONE"}})");
  }
  out.key("generationConfig");
  out.begin_object();
  if (features.temperature) out.member_number("temperature", endpoint.temperature);
  if (endpoint.max_output_tokens > 0)
    out.member_integer("maxOutputTokens", endpoint.max_output_tokens);
  // Its schemas are a dialect of JSON Schema; that an answer is JSON is enough. With tools it takes no type.
  if (endpoint.structured_output && features.response_format && !prompt.with_tools)
    out.member("responseMimeType", "application/json");
  out.end_object();
  out.end_object();
  return text;
}

}  // namespace

std::string request_body(const RenderedPrompt& prompt, const Endpoint& endpoint,
                         const EndpointFeatures& features) {
  switch (endpoint.api) {
    case Api::Chat:
      break;
    case Api::Responses:
      return responses_body(prompt, endpoint, features);
    case Api::Messages:
      return messages_body(prompt, endpoint, features);
    case Api::Gemini:
      return gemini_body(prompt, endpoint, features);
  }
  return chat_body(prompt, endpoint, features);
}

}  // namespace assay::judge
