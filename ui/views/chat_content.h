// Conversations in the values and attributes of spans, whoever wrote them, as messages of parts.
// Pure functions over JSON text, called once when a span is selected. Unknown forms give nothing,
// and the caller shows the JSON as it is; nothing is cut.
//
// Forms read: OpenAI chat requests and answers, OpenAI's Responses, Anthropic messages and content
// blocks, Gemini contents and parts, Bedrock Converse, LangChain messages (batches and serialized
// ones too), Vercel AI SDK prompts, parts and answers, Pydantic AI messages, OpenInference
// llm.*_messages and OpenLLMetry gen_ai.prompt.* attributes, OpenTelemetry's GenAI attributes and
// events, and plain lists of {role, content}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ui/views/span_content.h"

namespace assay::ui {

struct ChatPart {
  enum class Kind : uint8_t { Text, Reasoning, ToolCall, ToolResult, Media, Other };
  Kind kind = Kind::Text;
  // What is said or thought; arguments of a call; what a tool gave back; JSON of what is not known.
  // Media: the address, or nothing where the data itself stands in the trace.
  TextBlock text;
  std::string id;           // of a tool call and of its result
  std::string name;         // of the tool; of media: its type ("image/png", "image")
  uint64_t size_bytes = 0;  // of media whose data stands in the trace
  bool failed = false;      // a tool's result that is an error
  // The place of a call's result, and of a result's call, in the same list of messages; −1: none.
  int32_t other_message = -1, other_part = -1;
};
struct ChatMessage {
  std::string role;  // "system", "user", "assistant", "tool", or as written
  std::string name;  // of a tool or a speaker
  std::vector<ChatPart> parts;
};

// The messages in a span's inputs or outputs; empty when it holds none.
std::vector<ChatMessage> read_chat(std::string_view json);
// Those in its attributes and events: what was asked, or what was answered.
enum class ChatSide : uint8_t { Input, Output };
std::vector<ChatMessage> read_chat_attributes(const std::vector<Attribute>& attributes,
                                              const std::vector<SpanEvent>& events, ChatSide side);
// Whichever tells more.
std::vector<ChatMessage> richer_chat(std::vector<ChatMessage> a, std::vector<ChatMessage> b);

// Links results with their calls: by id, and where there is none by the tool's name, in order.
void pair_tools(std::vector<ChatMessage>& messages);
// All of its results stand with their calls, and it holds nothing else.
bool is_paired_result(const ChatMessage& message);

// What a message says, paragraphs apart; no reasoning, no calls.
std::string message_text(const ChatMessage& message);
// The text of the last message of a role; "" when there is none.
std::string last_text_of(const std::vector<ChatMessage>& messages, std::string_view role);

}  // namespace assay::ui
