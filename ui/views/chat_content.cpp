#include "ui/views/chat_content.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "ui/views/json_parts.h"

namespace assay::ui {
namespace {

using Kind = ChatPart::Kind;

constexpr size_t kMaxIndex = 20000;  // of flat attribute lists

void append_paragraph(std::string& out, std::string_view text) {
  if (!out.empty() && !text.empty()) out += "\n\n";
  out += text;
}

std::string plain_role(std::string_view role) {
  if (role == "human" || role == "HumanMessage" || role == "HumanMessageChunk" || role == "USER") return "user";
  if (role == "ai" || role == "AIMessage" || role == "AIMessageChunk" || role == "model" || role == "bot" ||
      role == "ASSISTANT") {
    return "assistant";
  }
  if (role == "function" || role == "ToolMessage" || role == "FunctionMessage" || role == "TOOL") return "tool";
  if (role == "SystemMessage" || role == "SYSTEM") return "system";
  return std::string(role);
}

void add_text(ChatMessage& message, std::string text, Kind kind = Kind::Text) {
  if (text.empty()) return;
  ChatPart part;
  part.kind = kind;
  part.text.text = std::move(text);
  message.parts.push_back(std::move(part));
}

void add_other(ChatMessage& message, const JsonPart& value) {
  ChatPart part;
  part.kind = Kind::Other;
  part.text = shown_json(value);
  message.parts.push_back(std::move(part));
}

void add_call(ChatMessage& message, std::string id, std::string name, const JsonPart& arguments) {
  ChatPart part;
  part.kind = Kind::ToolCall;
  part.id = std::move(id);
  part.name = std::move(name);
  part.text = shown_decoded(arguments);
  message.parts.push_back(std::move(part));
}

// What a tool gave back: text, a list of texts, or {type, value} of the Vercel AI SDK.
TextBlock result_block(const JsonPart& value) {
  if (value.is_array()) {
    std::string text;
    for (const JsonPart& part : json_elements(value)) {
      const JsonPart said = part.is_string() ? part : json_member(part, "text");
      if (!said.is_string()) return shown_json(value);
      append_paragraph(text, said.string());
    }
    return {text, false};
  }
  if (value.is_object()) {
    const JsonPart inner = json_member(value, "value");
    const std::string type = json_string(value, "type");
    if (inner.present() && (type == "text" || type == "json" || type == "error-text" || type == "content"))
      return result_block(inner);
  }
  return shown_decoded(value);
}

void add_result(ChatMessage& message, std::string id, std::string name, const JsonPart& content, bool failed) {
  ChatPart part;
  part.kind = Kind::ToolResult;
  part.id = std::move(id);
  part.name = std::move(name);
  part.text = result_block(content);
  part.failed = failed;
  message.parts.push_back(std::move(part));
}

// `source`: an address, a data: URL, or base64. `type`: as it is known.
void add_media(ChatMessage& message, std::string source, std::string type) {
  ChatPart part;
  part.kind = Kind::Media;
  part.name = std::move(type);
  const bool is_address = source.find("://") != std::string::npos && !source.starts_with("data:");
  if (is_address) {
    part.text.text = std::move(source);
  } else {
    std::string_view data = source;
    const bool is_data_address = data.starts_with("data:");
    if (is_data_address) {
      const size_t comma = data.find(',');
      const std::string_view head = data.substr(5, comma == std::string_view::npos ? 0 : comma - 5);
      const std::string_view said = head.substr(0, head.find(';'));
      if (!said.empty()) part.name = said;
      data = comma == std::string_view::npos ? std::string_view() : data.substr(comma + 1);
    }
    // What a page can show.
    if (is_data_address) {
      part.text.text = source;
    } else if (part.name.find('/') != std::string::npos) {
      part.text.text = "data:" + part.name + ";base64," + source;
    }
    while (data.ends_with('=')) data.remove_suffix(1);
    part.size_bytes = data.size() * 3 / 4;
  }
  message.parts.push_back(std::move(part));
}

bool read_media(const JsonPart& part, std::string_view type, ChatMessage& message) {
  if (type == "image_url" || type == "input_image") {
    const JsonPart image = json_member(part, "image_url");
    const std::string url = image.is_string() ? image.string() : json_string(image, "url");
    add_media(message, url.empty() ? json_string(part, "file_id") : url, "image");
    return true;
  }
  if (type == "image" || type == "document" || type == "audio" || type == "video" || type == "media") {
    const JsonPart source = json_member(part, "source");
    std::string media_type = json_string_of(part, {"mimeType", "mediaType", "media_type", "mime_type"});
    if (source.is_object()) {
      if (media_type.empty()) media_type = json_string(source, "media_type");
      if (json_string(source, "type") == "text") {
        add_text(message, json_string(source, "data"));
        return true;
      }
      add_media(message, json_string_of(source, {"url", "data", "file_id"}), media_type.empty() ? std::string(type) : media_type);
      return true;
    }
    const std::string data = json_string_of(part, {"image", "url", "data", "base64", "audio"});
    if (data.empty() && json_string(part, "text").empty()) return false;
    add_media(message, data, media_type.empty() ? std::string(type) : media_type);
    return true;
  }
  if (type == "input_audio") {
    const JsonPart audio = json_member(part, "input_audio");
    add_media(message, json_string(audio, "data"), "audio/" + json_string(audio, "format"));
    return true;
  }
  if (type == "file" || type == "input_file") {
    const JsonPart file = json_member(part, "file");
    const JsonPart& holder = file.is_object() ? file : part;
    std::string name = json_string_of(holder, {"filename", "file_name", "mimeType", "mediaType", "mime_type"});
    add_media(message, json_string_of(holder, {"file_data", "data", "url", "uri", "file_id"}), name.empty() ? "file" : name);
    return true;
  }
  if (type == "blob") {
    add_media(message, json_string(part, "content"), json_string_of(part, {"mime_type", "modality"}));
    return true;
  }
  if (type == "uri") {
    add_media(message, json_string(part, "uri"), json_string_of(part, {"mime_type", "modality"}));
    return true;
  }
  return false;
}

std::string reasoning_text(const JsonPart& part) {
  std::string text = json_string_of(part, {"thinking", "reasoning", "text", "content"});
  if (!text.empty()) return text;
  for (const char* key : {"summary", "content", "details"}) {
    for (const JsonPart& item : json_elements(json_member(part, key)))
      append_paragraph(text, item.is_string() ? item.string() : json_string(item, "text"));
    if (!text.empty()) return text;
  }
  return text;
}

bool is_call_type(std::string_view type) {
  return type == "tool_use" || type == "server_tool_use" || type == "tool_call" || type == "tool-call" ||
         type == "function_call" || type == "custom_tool_call" || type == "server_tool_call" || type == "mcp_call" ||
         type == "mcp_tool_use";
}

bool is_result_type(std::string_view type) {
  return type == "tool_result" || type == "tool-result" || type == "tool_call_response" || type == "function_call_output" ||
         type == "custom_tool_call_output" || type == "server_tool_call_response" || type == "web_search_tool_result" ||
         type == "mcp_tool_result" || type == "tool-error";
}

void read_call(const JsonPart& part, ChatMessage& message) {
  const JsonPart function = json_member(part, "function");
  const JsonPart& holder = function.is_object() ? function : part;
  add_call(message, json_string_of(part, {"call_id", "toolCallId", "tool_call_id", "id"}),
           json_string_of(holder, {"name", "toolName", "tool_name"}),
           json_member_of(holder, {"arguments", "args", "input"}));
}

void read_result(const JsonPart& part, ChatMessage& message) {
  const bool failed = json_member_of(part, {"is_error", "isError"}).is_true() || json_string(part, "type") == "tool-error";
  add_result(message, json_string_of(part, {"tool_use_id", "toolCallId", "call_id", "tool_call_id", "id"}),
             json_string_of(part, {"toolName", "name", "tool_name"}),
             json_member_of(part, {"content", "output", "result", "response", "error"}), failed);
}

// Gemini and Bedrock name the kind of a part by its one member.
bool read_named_part(const JsonPart& part, ChatMessage& message) {
  if (const JsonPart call = json_member_of(part, {"functionCall", "function_call"}); call.is_object()) {
    add_call(message, json_string(call, "id"), json_string(call, "name"), json_member(call, "args"));
    return true;
  }
  if (const JsonPart given = json_member_of(part, {"functionResponse", "function_response"}); given.is_object()) {
    add_result(message, json_string(given, "id"), json_string(given, "name"), json_member(given, "response"), false);
    return true;
  }
  if (const JsonPart use = json_member(part, "toolUse"); use.is_object()) {
    add_call(message, json_string(use, "toolUseId"), json_string(use, "name"), json_member(use, "input"));
    return true;
  }
  if (const JsonPart given = json_member(part, "toolResult"); given.is_object()) {
    const std::vector<JsonPart> items = json_elements(json_member(given, "content"));
    const JsonPart json = items.size() == 1 ? json_member(items[0], "json") : JsonPart{};
    add_result(message, json_string(given, "toolUseId"), {}, json.present() ? json : json_member(given, "content"),
               json_string(given, "status") == "error");
    return true;
  }
  if (const JsonPart thought = json_member(part, "reasoningContent"); thought.is_object()) {
    add_text(message, json_string(json_member(thought, "reasoningText"), "text"), Kind::Reasoning);
    return true;
  }
  if (const JsonPart data = json_member_of(part, {"inlineData", "inline_data"}); data.is_object()) {
    add_media(message, json_string(data, "data"), json_string_of(data, {"mimeType", "mime_type"}));
    return true;
  }
  if (const JsonPart file = json_member_of(part, {"fileData", "file_data"}); file.is_object()) {
    add_media(message, json_string_of(file, {"fileUri", "file_uri"}), json_string_of(file, {"mimeType", "mime_type"}));
    return true;
  }
  for (const char* kind : {"image", "document", "video"}) {
    const JsonPart media = json_member(part, kind);
    if (!media.is_object()) continue;
    add_media(message, json_string(json_member(media, "source"), "bytes"),
              std::string(kind) + "/" + json_string(media, "format"));
    return true;
  }
  return false;
}

// Pydantic AI names its parts by part_kind.
bool read_pydantic_part(const JsonPart& part, std::string_view kind, ChatMessage& message) {
  const JsonPart content = json_member(part, "content");
  if (kind == "tool-call") {
    add_call(message, json_string(part, "tool_call_id"), json_string(part, "tool_name"), json_member(part, "args"));
  } else if (kind == "tool-return" || kind == "retry-prompt") {
    add_result(message, json_string(part, "tool_call_id"), json_string(part, "tool_name"), content, kind == "retry-prompt");
  } else if (kind == "thinking") {
    add_text(message, json_string(part, "content"), Kind::Reasoning);
  } else if (content.is_string()) {
    add_text(message, content.string());
  } else {
    return false;
  }
  return true;
}

void read_part(const JsonPart& part, ChatMessage& message) {
  if (!part.present()) return;
  if (part.is_string()) return add_text(message, part.string());
  if (!part.is_object()) return add_other(message, part);
  const JsonPart inner = json_member(part, "message_content");  // OpenInference
  if (inner.is_object()) return read_part(inner, message);
  if (const std::string kind = json_string(part, "part_kind"); !kind.empty() && read_pydantic_part(part, kind, message)) return;
  const std::string type = json_string_of(part, {"type", "message_content.type"});
  const JsonPart text = json_member_of(part, {"text", "message_content.text"});
  if (is_call_type(type)) return read_call(part, message);
  if (is_result_type(type)) return read_result(part, message);
  if (type.starts_with("tool-") || type == "tool-invocation" || type == "dynamic-tool") {  // UI messages of Vercel
    const JsonPart invocation = json_member(part, "toolInvocation");
    const JsonPart& holder = invocation.is_object() ? invocation : part;
    std::string name = json_string(holder, "toolName");
    if (name.empty() && type.size() > 5) name = type.substr(5);
    const std::string id = json_string(holder, "toolCallId");
    add_call(message, id, name, json_member_of(holder, {"input", "args"}));
    const JsonPart result = json_member_of(holder, {"output", "result", "errorText"});
    if (result.present()) add_result(message, id, name, result, json_string(holder, "state") == "output-error");
    return;
  }
  if (type == "step-start") return;
  if (type == "thinking" || type == "reasoning" || type == "redacted_thinking" || type == "reasoning_content") {
    const std::string thought = reasoning_text(part);
    ChatPart out;
    out.kind = Kind::Reasoning;
    out.text.text = thought;  // "": it is there and hidden
    message.parts.push_back(std::move(out));
    return;
  }
  if (read_media(part, type, message)) return;
  if (json_member(part, "thought").is_true() && text.is_string()) return add_text(message, text.string(), Kind::Reasoning);
  if (text.is_string()) return add_text(message, text.string());
  if (read_named_part(part, message)) return;
  if (type == "text" || type == "refusal") {  // GenAI: {type, content}
    const JsonPart content = json_member_of(part, {"content", "refusal"});
    if (content.is_string()) return add_text(message, content.string());
  }
  const JsonPart url = json_member(json_member(json_member(part, "image"), "image"), "url");
  if (url.is_string()) return add_media(message, url.string(), "image");
  add_other(message, part);
}

void read_content(const JsonPart& content, ChatMessage& message) {
  if (content.is_array()) {
    for (const JsonPart& part : json_elements(content)) read_part(part, message);
  } else if (content.is_string()) {
    add_text(message, content.string());
  } else if (content.present()) {
    read_part(content, message);
  }
}

void read_calls(const JsonPart& calls, ChatMessage& message) {
  for (const JsonPart& item : json_elements(calls)) {
    const JsonPart inner = json_member(item, "tool_call");  // OpenInference
    read_call(inner.is_object() ? inner : item, message);
  }
}

// "HumanMessage" of LangChain's ["langchain", "schema", "messages", "HumanMessage"].
std::string class_name(const JsonPart& constructor) {
  const std::vector<JsonPart> path = json_elements(json_member(constructor, "id"));
  return path.empty() || !path.back().is_string() ? std::string() : path.back().string();
}

// A message of role tool: its content is a result, unless its parts said so themselves.
void make_result(const JsonPart& value, ChatMessage& message) {
  if (std::any_of(message.parts.begin(), message.parts.end(), [](const ChatPart& p) { return p.kind == Kind::ToolResult; }))
    return;
  message.parts.clear();
  add_result(message, json_string_of(value, {"tool_call_id", "toolCallId", "message.tool_call_id", "id"}), message.name,
             json_member_of(value, {"content", "message.content"}), json_string(value, "status") == "error");
}

bool read_message(const JsonPart& value, std::string_view default_role, std::vector<ChatMessage>& out) {
  if (!value.is_object()) return false;
  if (const JsonPart inner = json_member(value, "message"); inner.is_object()) return read_message(inner, default_role, out);
  if (const JsonPart kwargs = json_member(value, "kwargs"); kwargs.is_object()) {
    const std::string name = class_name(value);
    return read_message(kwargs, name.empty() ? default_role : std::string_view(name), out);
  }
  std::string role = json_string_of(value, {"role", "message.role"});
  const std::string type = json_string(value, "type");
  if (role.empty()) {
    if (type == "human" || type == "ai" || type == "system" || type == "tool" || type == "function" ||
        type == "HumanMessage" || type == "AIMessage" || type == "AIMessageChunk" || type == "SystemMessage" ||
        type == "ToolMessage") {
      role = type;
    }
  }
  if (const JsonPart data = json_member(value, "data"); data.is_object() && !role.empty() && !json_member(value, "content").present())
    return read_message(data, role, out);
  if (role.empty()) role = default_role;
  const std::string kind = json_string(value, "kind");
  JsonPart content = json_member_of(value, {"content", "message.content", "contents", "message.contents"});
  const JsonPart parts = json_member(value, "parts");
  if (role.empty() && parts.is_array() && (kind == "request" || kind == "response"))
    role = kind == "request" ? "user" : "assistant";  // Pydantic AI
  if (parts.is_array() && !json_elements(parts).empty()) content = parts;
  JsonPart calls = json_member_of(value, {"tool_calls", "toolCalls", "message.tool_calls", "toolInvocations"});
  if (!calls.is_array() || json_elements(calls).empty()) calls = json_member(json_member(value, "additional_kwargs"), "tool_calls");
  const JsonPart old_call = json_member(value, "function_call");
  const JsonPart refusal = json_member(value, "refusal");
  if (role.empty() || (!content.present() && !calls.is_array() && !refusal.is_string() && !old_call.is_object())) return false;
  ChatMessage message;
  message.role = plain_role(role);
  message.name = json_string_of(value, {"name", "message.name"});
  const JsonPart thought = json_member_of(value, {"reasoning_content", "reasoning"});
  if (thought.is_string()) add_text(message, thought.string(), Kind::Reasoning);
  read_content(content, message);
  if (refusal.is_string()) add_text(message, refusal.string());
  // LangChain keeps Anthropic's calls in the content and once more in tool_calls.
  const bool has_calls = std::any_of(message.parts.begin(), message.parts.end(),
                                     [](const ChatPart& p) { return p.kind == Kind::ToolCall; });
  if (!has_calls) read_calls(calls, message);
  if (old_call.is_object()) read_call(old_call, message);
  if (message.role == "tool") make_result(value, message);
  // Pydantic AI keeps the system prompt among the parts of the first request.
  if (kind == "request" && parts.is_array()) {
    const std::vector<JsonPart> items = json_elements(parts);
    ChatMessage system;
    system.role = "system";
    for (size_t i = items.size(); i-- > 0;) {
      if (i >= message.parts.size() || json_string(items[i], "part_kind") != "system-prompt") continue;
      system.parts.insert(system.parts.begin(), std::move(message.parts[i]));
      message.parts.erase(message.parts.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (!system.parts.empty()) out.push_back(std::move(system));
    if (message.parts.empty()) return true;
  }
  out.push_back(std::move(message));
  return true;
}

// All elements must be messages, or lists of them (LangChain's batches).
bool read_message_list(const JsonPart& list, std::vector<ChatMessage>& out) {
  const std::vector<JsonPart> items = json_elements(list);
  if (items.empty()) return false;
  for (const JsonPart& item : items) {
    const bool ok = item.is_array() ? read_message_list(item, out) : read_message(item, {}, out);
    if (!ok) return false;
  }
  return true;
}

void add_message(std::string_view role, const JsonPart& content, std::vector<ChatMessage>& out) {
  ChatMessage message;
  message.role = role;
  if (content.is_object() && json_member(content, "parts").is_array()) {
    read_content(json_member(content, "parts"), message);
  } else {
    read_content(content, message);
  }
  if (!message.parts.empty()) out.push_back(std::move(message));
}

// OpenAI's Responses: a list of items, some of them messages, some calls and their results.
bool read_response_items(const JsonPart& list, std::vector<ChatMessage>& out) {
  const std::vector<JsonPart> items = json_elements(list);
  if (items.empty()) return false;
  for (const JsonPart& item : items) {
    const std::string type = json_string(item, "type");
    const bool is_call = is_call_type(type), is_result = is_result_type(type);
    if (!is_call && !is_result && type != "reasoning") {
      if (read_message(item, {}, out)) continue;
      if (type.empty()) return false;
    }
    ChatMessage message;
    message.role = is_result ? "tool" : "assistant";
    read_part(item, message);
    // Thought and call belong to one turn.
    if (!is_result && !out.empty() && out.back().role == "assistant") {
      for (ChatPart& part : message.parts) out.back().parts.push_back(std::move(part));
    } else {
      out.push_back(std::move(message));
    }
  }
  return true;
}

bool read_generations(const JsonPart& generations, std::vector<ChatMessage>& out) {
  for (const JsonPart& batch : json_elements(generations)) {
    const std::vector<JsonPart> items = batch.is_array() ? json_elements(batch) : std::vector<JsonPart>{batch};
    for (const JsonPart& generation : items) {
      if (read_message(json_member(generation, "message"), "assistant", out)) continue;
      const JsonPart text = json_member(generation, "text");
      if (!text.is_string()) return false;
      add_message("assistant", text, out);
    }
  }
  return !out.empty();
}

bool read_gemini(const JsonPart& object, const JsonPart& contents, std::vector<ChatMessage>& out) {
  JsonPart system = json_member_of(object, {"system_instruction", "systemInstruction"});
  if (!system.present())
    system = json_member_of(json_member_of(object, {"config", "generation_config"}), {"system_instruction", "systemInstruction"});
  if (system.present()) add_message("system", system, out);
  if (contents.is_string()) {
    add_message("user", contents, out);
    return true;
  }
  for (const JsonPart& item : json_elements(contents)) {
    if (item.is_string()) {
      add_message("user", item, out);
    } else if (!read_message(item, "user", out)) {
      return false;
    }
  }
  return !out.empty();
}

bool read_list(const JsonPart& list, std::vector<ChatMessage>& out) {
  if (read_message_list(list, out)) return true;
  out.clear();
  // A list of items of the Responses, at least one of which is none of a plain list.
  const std::vector<JsonPart> items = json_elements(list);
  const bool has_items = std::any_of(items.begin(), items.end(), [](const JsonPart& item) {
    const std::string type = json_string(item, "type");
    return is_call_type(type) || is_result_type(type) || (type == "reasoning" && item.is_object());
  });
  if (has_items && read_response_items(list, out)) return true;
  out.clear();
  return false;
}

bool read_object(const JsonPart& object, int depth, std::vector<ChatMessage>& out) {
  const JsonPart choices = json_member(object, "choices");
  if (choices.is_array()) {
    for (const JsonPart& choice : json_elements(choices)) {
      if (!read_message(json_member_of(choice, {"message", "delta"}), "assistant", out)) return false;
    }
    return !out.empty();
  }
  const JsonPart candidates = json_member(object, "candidates");
  if (candidates.is_array()) {
    for (const JsonPart& candidate : json_elements(candidates))
      if (!read_message(json_member(candidate, "content"), "assistant", out)) return false;
    return !out.empty();
  }
  const JsonPart generations = json_member(object, "generations");
  if (generations.is_array()) return read_generations(generations, out);
  const JsonPart contents = json_member(object, "contents");
  if (contents.present() && read_gemini(object, contents, out)) return true;
  out.clear();
  const JsonPart messages = json_member(object, "messages");
  const JsonPart system = json_member(object, "system");  // Anthropic keeps it beside the messages
  if (messages.is_array()) {
    if (system.present()) add_message("system", system, out);
    return read_message_list(messages, out);
  }
  const JsonPart prompt = json_member(object, "prompt");  // Vercel's ai.prompt
  if (prompt.is_array() && read_message_list(prompt, out)) return true;
  out.clear();
  if (prompt.is_string() && system.is_string()) {
    add_message("system", system, out);
    add_message("user", prompt, out);
    return true;
  }
  const JsonPart answer = json_member_of(object, {"toolCalls", "tool_calls"});
  if (answer.is_array() && !json_member(object, "role").present()) {  // {text, toolCalls} of the Vercel AI SDK
    ChatMessage message;
    message.role = "assistant";
    add_text(message, json_string_of(object, {"reasoning", "reasoningText"}), Kind::Reasoning);
    read_content(json_member_of(object, {"text", "content"}), message);
    read_calls(answer, message);
    if (message.parts.empty()) return false;
    out.push_back(std::move(message));
    return true;
  }
  const JsonPart converse = json_member(json_member(object, "output"), "message");  // Bedrock
  if (converse.is_object()) return read_message(converse, "assistant", out);
  for (const char* key : {"input", "output"}) {
    const JsonPart items = json_member(object, key);
    const JsonPart instructions = json_member(object, "instructions");
    if (!items.is_array() && !(items.is_string() && instructions.is_string())) continue;
    if (instructions.is_string()) add_message("system", instructions, out);
    if (items.is_string()) {
      add_message("user", items, out);
      return true;
    }
    if (read_response_items(items, out)) return true;
    out.clear();
    return false;
  }
  if (read_message(object, {}, out)) return true;
  out.clear();
  // Served agents: {"request": {"input": […]}}.
  if (depth < 3) {
    for (const char* key : {"request", "llm_request", "payload", "body"}) {
      const JsonPart inner = json_member(object, key);
      if (inner.is_object() && read_object(inner, depth + 1, out)) return true;
      out.clear();
    }
  }
  // {type: "message", content: […]} of Anthropic has a role; what has none is no message.
  return false;
}

bool read_any(const JsonPart& value, std::vector<ChatMessage>& out) {
  const bool ok = value.is_array() ? read_list(value, out) : value.is_object() && read_object(value, 0, out);
  if (!ok) out.clear();
  return ok;
}

const Attribute* find_attribute(const std::vector<Attribute>& attributes, std::string_view key) {
  for (const Attribute& attribute : attributes)
    if (attribute.key == key && !attribute.value.text.empty()) return &attribute;
  return nullptr;
}

// "12.rest" → 12 and "rest"; nothing for what is no index.
std::optional<size_t> take_index(std::string_view& text) {
  const size_t dot = text.find('.');
  const std::optional<int64_t> number = parse_int64(text.substr(0, dot));
  if (!number || *number < 0 || static_cast<size_t>(*number) > kMaxIndex) return std::nullopt;
  text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  return static_cast<size_t>(*number);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// One message of a flat list of attributes.
struct FlatMessage {
  std::string role, name, tool_call_id;
  TextBlock content;
  struct Part {
    std::string type, text, url;
  };
  std::vector<Part> parts;
  std::vector<ChatPart> calls;
  bool used = false;
};

template <typename T>
T& grown(std::vector<T>& list, size_t index) {
  if (list.size() <= index) list.resize(index + 1);
  return list[index];
}

void take_flat_member(FlatMessage& message, std::string_view rest, const TextBlock& value) {
  message.used = true;
  take_prefix(rest, "message.");
  if (rest == "role") {
    message.role = value.text;
  } else if (rest == "content" || rest == "message.content") {
    message.content = value;
  } else if (rest == "name") {
    message.name = value.text;
  } else if (rest == "tool_call_id") {
    message.tool_call_id = value.text;
  } else if (take_prefix(rest, "contents.")) {
    const auto index = take_index(rest);
    if (!index) return;
    take_prefix(rest, "message_content.");
    FlatMessage::Part& part = grown(message.parts, *index);
    if (rest == "type") part.type = value.text;
    if (rest == "text") part.text = value.text;
    if (rest.ends_with("url")) part.url = value.text;
  } else if (take_prefix(rest, "tool_calls.")) {
    const auto index = take_index(rest);
    if (!index) return;
    take_prefix(rest, "tool_call.");
    take_prefix(rest, "function.");
    ChatPart& call = grown(message.calls, *index);
    call.kind = Kind::ToolCall;
    if (rest == "id") call.id = value.text;
    if (rest == "name") call.name = value.text;
    if (rest == "arguments") call.text = value;
  }
}

ChatMessage message_of(FlatMessage flat) {
  ChatMessage message;
  message.role = plain_role(flat.role);
  message.name = std::move(flat.name);
  if (message.role == "tool") {
    ChatPart part;
    part.kind = Kind::ToolResult;
    part.id = std::move(flat.tool_call_id);
    part.name = message.name;
    part.text = std::move(flat.content);
    message.parts.push_back(std::move(part));
    return message;
  }
  if (flat.content.is_json) {
    if (const auto value = whole_json(flat.content.text)) read_content(*value, message);
  } else {
    add_text(message, std::move(flat.content.text));
  }
  for (FlatMessage::Part& part : flat.parts) {
    if (!part.url.empty()) {
      add_media(message, std::move(part.url), part.type.empty() ? "image" : part.type);
    } else if (part.type == "reasoning" || part.type == "thinking") {
      add_text(message, std::move(part.text), Kind::Reasoning);
    } else {
      add_text(message, std::move(part.text));
    }
  }
  for (ChatPart& call : flat.calls) message.parts.push_back(std::move(call));
  return message;
}

std::vector<ChatMessage> read_flat(const std::vector<Attribute>& attributes, std::string_view prefix,
                                   std::string_view default_role) {
  std::vector<FlatMessage> flat;
  for (const Attribute& attribute : attributes) {
    std::string_view rest = attribute.key;
    if (!take_prefix(rest, prefix)) continue;
    const auto index = take_index(rest);
    if (index) take_flat_member(grown(flat, *index), rest, attribute.value);
  }
  std::vector<ChatMessage> out;
  for (FlatMessage& message : flat) {
    if (!message.used) continue;
    if (message.role.empty()) message.role = default_role;
    out.push_back(message_of(std::move(message)));
    if (out.back().parts.empty()) out.pop_back();
  }
  return out;
}

void take_if_richer(std::vector<ChatMessage>& best, std::vector<ChatMessage> other) {
  best = richer_chat(std::move(best), std::move(other));
}

std::vector<ChatMessage> chat_in(const std::vector<Attribute>& attributes, std::string_view key) {
  const Attribute* attribute = find_attribute(attributes, key);
  return attribute != nullptr && attribute->value.is_json ? read_chat(attribute->value.text) : std::vector<ChatMessage>{};
}

// {system_instructions: parts}, {input.messages: messages} of the GenAI conventions.
std::vector<ChatMessage> genai_input(const std::vector<Attribute>& attributes) {
  std::vector<ChatMessage> out = chat_in(attributes, "gen_ai.input.messages");
  if (out.empty()) return out;
  const Attribute* system = find_attribute(attributes, "gen_ai.system_instructions");
  if (system == nullptr || out.front().role == "system") return out;
  std::vector<ChatMessage> first;
  if (const auto value = system->value.is_json ? whole_json(system->value.text) : std::nullopt) {
    add_message("system", *value, first);
  } else {
    add_message("system", {TextForm::Plain, system->value.text}, first);
  }
  out.insert(out.begin(), first.begin(), first.end());
  return out;
}

std::vector<ChatMessage> vercel_answer(const std::vector<Attribute>& attributes) {
  std::vector<ChatMessage> out;
  ChatMessage message;
  message.role = "assistant";
  const auto text_of = [&](std::initializer_list<std::string_view> keys) -> const Attribute* {
    for (const std::string_view key : keys)
      if (const Attribute* found = find_attribute(attributes, key)) return found;
    return nullptr;
  };
  if (const Attribute* thought = text_of({"ai.response.reasoning", "ai.result.reasoning"}))
    add_text(message, thought->value.text, Kind::Reasoning);
  if (const Attribute* text = text_of({"ai.response.text", "ai.result.text"})) add_text(message, text->value.text);
  if (const Attribute* calls = text_of({"ai.response.toolCalls", "ai.result.toolCalls"}); calls != nullptr && calls->value.is_json)
    if (const auto value = whole_json(calls->value.text)) read_calls(*value, message);
  if (!message.parts.empty()) out.push_back(std::move(message));
  return out;
}

// Events of the older GenAI conventions: one a message, the answer in gen_ai.choice.
std::vector<ChatMessage> chat_in_events(const std::vector<SpanEvent>& events, ChatSide side) {
  std::vector<ChatMessage> out;
  for (const SpanEvent& event : events) {
    const bool choice = event.name == "gen_ai.choice";
    if (choice != (side == ChatSide::Output)) continue;
    std::string_view role = event.name;
    if (!choice && !(take_prefix(role, "gen_ai.") && role.ends_with(".message"))) continue;
    if (!choice) role.remove_suffix(std::string_view(".message").size());
    FlatMessage flat;
    flat.role = choice ? std::string("assistant") : std::string(role);
    std::vector<ChatMessage> whole;
    ChatMessage extra;
    for (const Attribute& attribute : event.attributes) {
      if (attribute.key == "message" && attribute.value.is_json) {
        if (const auto value = whole_json(attribute.value.text)) read_message(*value, "assistant", whole);
      } else if (attribute.key == "tool_calls" && attribute.value.is_json) {
        if (const auto value = whole_json(attribute.value.text)) read_calls(*value, extra);
      } else if (attribute.key == "role" || attribute.key == "content" || attribute.key == "name") {
        take_flat_member(flat, attribute.key, attribute.value);
      } else if (attribute.key == "id") {
        flat.tool_call_id = attribute.value.text;
      }
    }
    if (whole.empty()) {
      whole.push_back(message_of(std::move(flat)));
      for (ChatPart& part : extra.parts) whole.back().parts.push_back(std::move(part));
    }
    for (ChatMessage& message : whole)
      if (!message.parts.empty()) out.push_back(std::move(message));
  }
  return out;
}

size_t part_count(const std::vector<ChatMessage>& messages) {
  size_t count = 0;
  for (const ChatMessage& message : messages) count += message.parts.size();
  return count;
}

}  // namespace

std::vector<ChatMessage> read_chat(std::string_view json_text) {
  std::vector<ChatMessage> out;
  if (const auto value = whole_json(json_text)) read_any(*value, out);
  pair_tools(out);
  return out;
}

std::vector<ChatMessage> read_chat_attributes(const std::vector<Attribute>& attributes, const std::vector<SpanEvent>& events,
                                              ChatSide side) {
  std::vector<ChatMessage> best;
  if (side == ChatSide::Input) {
    best = genai_input(attributes);
    for (const SpanEvent& event : events)
      if (event.name == "gen_ai.client.inference.operation.details") take_if_richer(best, genai_input(event.attributes));
    take_if_richer(best, read_flat(attributes, "llm.input_messages.", "user"));
    take_if_richer(best, chat_in(attributes, "llm.input_messages"));
    take_if_richer(best, read_flat(attributes, "gen_ai.prompt.", "user"));
    for (const char* key : {"ai.prompt.messages", "ai.prompt", "gcp.vertex.agent.llm_request"})
      take_if_richer(best, chat_in(attributes, key));
  } else {
    best = chat_in(attributes, "gen_ai.output.messages");
    for (const SpanEvent& event : events)
      if (event.name == "gen_ai.client.inference.operation.details")
        take_if_richer(best, chat_in(event.attributes, "gen_ai.output.messages"));
    take_if_richer(best, read_flat(attributes, "llm.output_messages.", "assistant"));
    take_if_richer(best, chat_in(attributes, "llm.output_messages"));
    take_if_richer(best, read_flat(attributes, "gen_ai.completion.", "assistant"));
    take_if_richer(best, vercel_answer(attributes));
    take_if_richer(best, chat_in(attributes, "gcp.vertex.agent.llm_response"));
  }
  take_if_richer(best, chat_in_events(events, side));
  pair_tools(best);
  return best;
}

std::vector<ChatMessage> richer_chat(std::vector<ChatMessage> a, std::vector<ChatMessage> b) {
  return part_count(b) > part_count(a) ? std::move(b) : std::move(a);
}

void pair_tools(std::vector<ChatMessage>& messages) {
  struct Place {
    int32_t message, part;
  };
  std::vector<Place> waiting;  // calls without a result
  for (size_t m = 0; m < messages.size(); ++m) {
    for (size_t p = 0; p < messages[m].parts.size(); ++p) {
      ChatPart& part = messages[m].parts[p];
      const Place here{static_cast<int32_t>(m), static_cast<int32_t>(p)};
      if (part.kind == Kind::ToolCall) waiting.push_back(here);
      if (part.kind != Kind::ToolResult) continue;
      const auto fits = [&](const Place& place) {
        const ChatPart& call = messages[static_cast<size_t>(place.message)].parts[static_cast<size_t>(place.part)];
        if (!part.id.empty() && !call.id.empty()) return part.id == call.id;
        return !part.name.empty() && part.name == call.name;
      };
      const auto found = std::find_if(waiting.begin(), waiting.end(), fits);
      if (found == waiting.end()) continue;
      ChatPart& call = messages[static_cast<size_t>(found->message)].parts[static_cast<size_t>(found->part)];
      call.other_message = here.message;
      call.other_part = here.part;
      part.other_message = found->message;
      part.other_part = found->part;
      if (part.name.empty()) part.name = call.name;
      waiting.erase(found);
    }
  }
}

bool is_paired_result(const ChatMessage& message) {
  return !message.parts.empty() && std::all_of(message.parts.begin(), message.parts.end(), [](const ChatPart& part) {
    return part.kind == Kind::ToolResult && part.other_message >= 0;
  });
}

std::string message_text(const ChatMessage& message) {
  std::string out;
  for (const ChatPart& part : message.parts)
    if (part.kind == Kind::Text) append_paragraph(out, part.text.text);
  return out;
}

std::string last_text_of(const std::vector<ChatMessage>& messages, std::string_view role) {
  for (size_t i = messages.size(); i-- > 0;) {
    if (messages[i].role != role) continue;
    std::string text = message_text(messages[i]);
    if (!text.empty()) return text;
  }
  return {};
}

}  // namespace assay::ui
