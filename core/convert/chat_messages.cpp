#include "core/convert/chat_messages.h"

#include <vector>

#include "core/convert/encodings.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

std::string argument_text(json::Node node) {
  return node.is_string() ? node.text() : node.present() ? std::string(node.raw()) : std::string();
}

std::string role_of_type(std::string_view type) {
  if (type == "human" || type == "HumanMessage" || type == "HumanMessageChunk") return "user";
  if (type == "ai" || type == "AIMessage" || type == "AIMessageChunk") return "assistant";
  if (type == "system" || type == "SystemMessage" || type == "SystemMessageChunk") return "system";
  if (type == "tool" || type == "ToolMessage" || type == "function" || type == "FunctionMessage") return "tool";
  return {};
}

void read_calls(json::Node list, ChatMessage& out) {
  for (json::Node each = list.first(); each; each = each.next()) {
    const json::Node call = each["tool_call"].present() ? each["tool_call"] : each;
    const json::Node function = call["function"];
    ChatToolCall& to = out.calls.emplace_back();
    to.id = call["id"].text();
    if (to.id.empty()) to.id = call["toolCallId"].text();
    if (function.is_object()) {
      to.name = function["name"].text();
      to.arguments = argument_text(function["arguments"]);
      continue;
    }
    to.name = function.is_string() ? function.text() : call["name"].text();
    if (to.name.empty()) to.name = call["toolName"].text();
    for (const std::string_view key : {"args", "arguments", "input"}) {
      if (to.arguments.empty()) to.arguments = argument_text(call[key]);
    }
  }
}

// GenAI's parts but for the results of tools. Text is joined when there is nothing else; other kinds stay as
// they are.
void read_parts(json::Node parts, ChatMessage& out) {
  std::string text, rest;
  json::Writer w(rest);
  bool only_text = true;
  w.begin_array();
  for (json::Node part = parts.first(); part; part = part.next()) {
    const std::string type = part["type"].text();
    const json::Node content = part["content"].present() ? part["content"] : part["text"];
    if (type == "text" && content.is_string()) {
      if (!text.empty()) text += '\n';
      text += content.text();
      w.begin_object();
      w.member("type", "text");
      w.member("text", content.text());
      w.end_object();
    } else if (type == "reasoning" || type == "thinking") {
      out.reasoning += content.text();
    } else if (type == "tool_call") {
      out.calls.push_back({part["id"].text(), part["name"].text(), argument_text(part["arguments"])});
    } else if (type != "tool_call_response") {
      only_text = false;
      w.raw(part.raw());
    }
  }
  w.end_array();
  if (only_text) {
    if (!text.empty() || out.calls.empty()) out.content_json = json::quoted(text);
  } else {
    out.content_json = rest;
  }
}

// OpenInference: [{"message_content": {"type", "text", "image": {"image": {"url"}}}}].
std::string openinference_contents(json::Node contents) {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (json::Node each = contents.first(); each; each = each.next()) {
    const json::Node part = each["message_content"].present() ? each["message_content"] : each;
    const json::Node url = part["image"]["image"]["url"].present() ? part["image"]["image"]["url"] : part["image"]["url"];
    if (url.present()) {
      w.begin_object();
      w.member("type", "image_url");
      w.key("image_url");
      w.begin_object();
      w.member_raw("url", url.raw());
      w.end_object();
      w.end_object();
    } else {
      w.raw(part.raw());
    }
  }
  w.end_array();
  return out;
}

ChatMessage read_message(json::Node node) {
  ChatMessage out;
  if (!node.is_object()) return out;
  if (node["message"].is_object()) node = node["message"];
  if (node["lc"].present() && node["kwargs"].is_object()) {  // LangChain's constructor form
    std::string last;
    for (json::Node id = node["id"].first(); id; id = id.next()) last = id.text();
    out.role = role_of_type(last);
    node = node["kwargs"];
  } else if (node["data"].is_object() && node["type"].is_string() && !role_of_type(node["type"].text()).empty()) {
    out.role = role_of_type(node["type"].text());
    node = node["data"];
  }
  if (node["role"].is_string()) out.role = node["role"].text();
  if (out.role.empty() && node["type"].is_string()) out.role = role_of_type(node["type"].text());
  if (out.role.empty()) return out;
  out.name = node["name"].text();
  out.tool_call_id = node["tool_call_id"].text();
  out.finish_reason = node["finish_reason"].text();
  const json::Node content = node["content"];
  if (node["parts"].is_array()) {
    read_parts(node["parts"], out);
  } else if (node["contents"].is_array()) {
    out.content_json = openinference_contents(node["contents"]);
  } else if (content.present() && content.kind() != json::Kind::Null) {
    out.content_json = content.raw();
    // OpenLLMetry writes lists of parts as text.
    if (content.is_string() && content.raw().substr(0, 10) == "\"[{\\\"type\\") {
      std::string parts = content.text();
      if (is_json(parts)) out.content_json = std::move(parts);
    }
  }
  read_calls(node["tool_calls"].present() ? node["tool_calls"] : node["toolCalls"], out);
  if (out.calls.empty()) read_calls(node["additional_kwargs"]["tool_calls"], out);
  for (const std::string_view key : {"reasoning_content", "reasoning"}) {
    if (out.reasoning.empty()) out.reasoning = node[key].text();
  }
  return out;
}

// GenAI holds the results of all tools that one answer called in one message; OpenAI has a message for each.
// Returns how many parts these were.
size_t write_tool_results(json::Writer& w, json::Node parts) {
  size_t count = 0;
  for (json::Node part = parts.is_array() ? parts.first() : json::Node(); part; part = part.next()) {
    if (part["type"].text() != "tool_call_response") continue;
    ChatMessage message;
    message.role = "tool";
    message.tool_call_id = part["id"].text();
    const json::Node response = part["response"].present() ? part["response"] : part["result"];
    message.content_json = json::quoted(response.text_or_raw());
    write_chat_message(w, message);
    ++count;
  }
  return count;
}

}  // namespace

void write_chat_message(json::Writer& w, const ChatMessage& m) {
  w.begin_object();
  w.member("role", m.role);
  w.member_raw("content", m.content_json.empty() ? "null" : std::string_view(m.content_json));
  if (!m.name.empty()) w.member("name", m.name);
  if (!m.reasoning.empty()) w.member("reasoning_content", m.reasoning);
  if (!m.tool_call_id.empty()) w.member("tool_call_id", m.tool_call_id);
  if (!m.calls.empty()) {
    w.key("tool_calls");
    w.begin_array();
    for (const ChatToolCall& call : m.calls) {
      w.begin_object();
      if (!call.id.empty()) w.member("id", call.id);
      w.member("type", "function");
      w.key("function");
      w.begin_object();
      w.member("name", call.name);
      w.member("arguments", call.arguments);
      w.end_object();
      w.end_object();
    }
    w.end_array();
  }
  if (!m.finish_reason.empty()) w.member("finish_reason", m.finish_reason);
  w.end_object();
}

std::string chat_messages(std::string_view json) {
  json::Tree tree;
  if (!tree.parse(json)) return {};
  json::Node first = tree.root();
  if (first.is_array()) {
    first = first.first();
    if (first.is_array()) first = first.first();  // LangChain: a list of conversations, the first of them
  }
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (json::Node each = first; each; each = each.next()) {
    const ChatMessage message = read_message(each);
    if (message.role.empty()) return {};
    const json::Node parts = each["parts"];
    const size_t results = write_tool_results(w, parts);
    if (results == 0 || results < parts.size()) write_chat_message(w, message);
    if (tree.root().is_object()) break;
  }
  w.end_array();
  return first.present() ? out : std::string();
}

std::string with_messages(std::string json) {
  std::string messages = chat_messages(json);
  if (messages.empty()) return json;
  return "{\"messages\":" + messages + "}";
}

}  // namespace assay::convert
