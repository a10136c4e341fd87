// Prompts: the judge's instructions, in our own words, versioned. The criterion and the rules come
// first; what is judged stands apart, in fences that it cannot close: each fence carries a tag
// derived from a hash of the evidence, and a tag that occurs in the evidence is never used. The
// judge is told that fenced text is data, that instructions inside it count for nothing, and to
// answer one JSON object, rationale first, then "yes" or "no".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/judge/endpoint.h"
#include "core/judge/scorer.h"
#include "core/judge/trace_input.h"

namespace assay::judge {

// Grows with every change of a prompt's text; recorded with each verdict.
constexpr int kPromptVersion = 1;

struct Message {
  std::string role;  // "system" or "user"
  std::string content;
  // Not empty: the whole message as the API wants it, of a conversation with tools (conversation.h).
  std::string raw_json = {};
};

struct RenderedPrompt {
  std::vector<Message> messages;
  std::string response_schema_json;  // JSON Schema of the answer
  bool strict_schema = true;  // a provider may be held to it; an object with names of the judge's own is never strict
  int prompt_version = kPromptVersion;
  bool with_tools = false;  // the judge may ask for tools before it answers
  bool must_answer = false;  // … and now may not any more
};

// Precondition: input.skip is None.
RenderedPrompt render_prompt(const ScorerSpec& scorer, const TraceInput& input);

struct ExhibitText {
  std::string_view name, text;
};
// Which of two answers is better (probes.h), with the same rules and fences; the criterion ends with a line end.
RenderedPrompt render_pair_prompt(std::string_view criterion, std::span<const ExhibitText> exhibits,
                               const AnswerForm& answer);

// The whole prompt as text, for the preview before anything is sent, and for golden tests.
std::string printed_prompt(const RenderedPrompt& prompt);

// Which optional parameters an endpoint is known to take; starts with all, and loses those the
// server refuses, for the rest of the run.
struct EndpointFeatures {
  bool response_format = true;
  bool temperature = true;
  enum class MaxTokens : uint8_t {
    MaxTokens,
    MaxCompletionTokens,
    None
  } max_tokens = MaxTokens::MaxTokens;
  bool system_role = true;
  friend bool operator==(const EndpointFeatures&, const EndpointFeatures&) = default;
};

// The features to try next after a refusal (400 or 422) whose text names a parameter that was sent;
// nothing when the refusal is about something else. Each answer has less than `sent`, so retries
// end.
std::optional<EndpointFeatures> features_after_refusal(const Endpoint& endpoint,
                                                       const EndpointFeatures& sent, int status,
                                                       std::string_view reply_body);

// The body of a request in the form of endpoint.api; features that an API does not have are ignored.
std::string request_body(const RenderedPrompt& prompt, const Endpoint& endpoint,
                         const EndpointFeatures& features);
// Body of POST …/chat/completions.
std::string chat_body(const RenderedPrompt& prompt, const Endpoint& endpoint,
                      const EndpointFeatures& features);

// SHA-256 (64 hex digits) over scorer, prompt, model, parameters, trace id and span id: the
// identity under which a verdict is paid for once. Independent of what the endpoint turns out to
// refuse.
std::string request_hash(const ScorerSpec& scorer, const RenderedPrompt& prompt,
                         const Endpoint& endpoint, std::string_view trace_id,
                         std::string_view span_id);

}  // namespace assay::judge
