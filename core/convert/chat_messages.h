// Lists of chat messages in the forms that conventions have, as one form: OpenAI's
// ({"role", "content", "tool_calls": [{"id", "type", "function": {"name", "arguments"}}], "tool_call_id"}).
// What is no message list comes back as it was.
//
// Understood: OpenAI's own; GenAI's parts ({"role", "parts": [{"type": "text", "content"}, …]});
// OpenInference's nested members ({"message": {"role", "contents": [{"message_content": …}]}}); LangChain's
// ({"lc": 1, "id": [… "HumanMessage"], "kwargs"}, {"type": "human", "data"}).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/writer.h"

namespace assay::convert {

struct ChatToolCall {
  std::string id, name, arguments;  // arguments: JSON text or any text
};

struct ChatMessage {
  std::string role;  // "": no message
  std::string name, tool_call_id, finish_reason, reasoning;
  std::string content_json;  // one JSON value; "" none
  std::vector<ChatToolCall> calls;
};

void write_chat_message(json::Writer& w, const ChatMessage& message);

// `json` is an array of messages or one message. The result is the array, or "" when it holds no message.
std::string chat_messages(std::string_view json);

// {"messages": […]} of a list of messages; the value itself when it is none.
std::string with_messages(std::string json);

}  // namespace assay::convert
