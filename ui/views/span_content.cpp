#include "ui/views/span_content.h"

#include <optional>

#include "core/base/numbers.h"
#include "core/base/time.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"

namespace assay::ui {
namespace {

using json::Kind;
using json::Reader;

// A JSON value inside a larger text; strings without their quotes, still escaped.
struct Value {
  TextForm form = TextForm::None;
  std::string_view text;

  bool present() const { return form != TextForm::None; }
  bool is_string() const { return form == TextForm::Plain || form == TextForm::EscapedString; }
  bool is_object() const { return form == TextForm::Json && !text.empty() && text[0] == '{'; }
  bool is_array() const { return form == TextForm::Json && !text.empty() && text[0] == '['; }
  std::string string() const {
    return form == TextForm::EscapedString ? json::unescaped(text) : std::string(text);
  }
};

Value next_value(Reader& reader) {
  const json::Piece piece = reader.piece();
  return Value{piece.form, reader.text_of(piece)};
}

std::optional<Value> whole_value(std::string_view json_text) {
  Reader reader(json_text);
  const Value value = next_value(reader);
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  return value;
}

Value member(const Value& object, std::string_view key) {
  Value found;
  if (!object.is_object()) return found;
  Reader reader(object.text);
  if (!reader.enter_object()) return found;
  while (reader.next_key()) {
    if (reader.key_is(key)) {
      found = next_value(reader);
    } else {
      reader.skip_value();
    }
  }
  return reader.failed() ? Value{} : found;
}

std::vector<Value> elements(const Value& array) {
  std::vector<Value> out;
  if (!array.is_array()) return out;
  Reader reader(array.text);
  if (!reader.enter_array()) return out;
  while (reader.next_element())
    out.push_back(next_value(reader));
  if (reader.failed()) out.clear();
  return out;
}

std::string string_member(const Value& object, std::string_view key) {
  const Value value = member(object, key);
  return value.is_string() ? value.string() : std::string();
}

TextBlock shown(const Value& value) {
  if (value.is_string()) return {value.string(), false};
  if (!value.present()) return {};
  return {std::string(value.text), value.is_object() || value.is_array()};
}

void append_paragraph(std::string& out, std::string_view text) {
  if (!out.empty() && !text.empty()) out += "\n\n";
  out += text;
}

// Content in parts: texts are joined, every other part stands as its JSON, tool calls go to the
// list.
void read_content_parts(const Value& parts, ChatMessage& message) {
  for (const Value& part : elements(parts)) {
    if (part.is_string()) {
      append_paragraph(message.content.text, part.string());
      continue;
    }
    const std::string type = string_member(part, "type");
    const Value text = member(part, "text");
    if (type == "tool_use") {
      message.tool_calls.push_back(
          {string_member(part, "id"), string_member(part, "name"), shown(member(part, "input"))});
    } else if (type == "tool_result" && member(part, "content").is_string()) {
      append_paragraph(message.content.text, string_member(part, "content"));
    } else if (text.is_string()) {
      append_paragraph(message.content.text, text.string());
    } else if (part.present()) {
      append_paragraph(message.content.text, part.text);
    }
  }
}

void read_tool_calls(const Value& calls, ChatMessage& message) {
  for (const Value& call : elements(calls)) {
    const Value function = member(call, "function");
    const Value& holder = function.is_object() ? function : call;
    Value arguments = member(holder, "arguments");
    if (!arguments.present()) arguments = member(holder, "args");
    TextBlock value = shown(arguments);
    if (arguments.is_string()) value = decode_attribute(value.text);
    message.tool_calls.push_back(
        {string_member(call, "id"), string_member(holder, "name"), std::move(value)});
  }
}

std::string plain_role(std::string_view role) {
  if (role == "human") return "user";
  if (role == "ai" || role == "AIMessage" || role == "model") return "assistant";
  if (role == "function") return "tool";
  return std::string(role);
}

bool read_message(const Value& value, std::string_view default_role,
                  std::vector<ChatMessage>& out) {
  if (!value.is_object()) return false;
  std::string role = string_member(value, "role");
  if (role.empty()) {
    const std::string type = string_member(value, "type");  // LangChain
    if (type == "human" || type == "ai" || type == "system" || type == "tool" || type == "function")
      role = type;
  }
  if (role.empty()) role = default_role;
  const Value content = member(value, "content");
  const Value calls = member(value, "tool_calls");
  if (role.empty() ||
      (!content.present() && !calls.is_array() && !member(value, "refusal").is_string())) {
    return false;
  }
  ChatMessage message;
  message.role = plain_role(role);
  message.name = string_member(value, "name");
  if (content.is_array()) {
    read_content_parts(content, message);
  } else {
    message.content = shown(content);
  }
  append_paragraph(message.content.text, string_member(value, "refusal"));
  read_tool_calls(calls, message);
  out.push_back(std::move(message));
  return true;
}

// All elements must be messages, or lists of them (LangChain's batches).
bool read_message_list(const Value& list, std::vector<ChatMessage>& out) {
  const std::vector<Value> items = elements(list);
  if (items.empty()) return false;
  for (const Value& item : items) {
    const bool ok = item.is_array() ? read_message_list(item, out) : read_message(item, {}, out);
    if (!ok) return false;
  }
  return true;
}

// OpenAI's Responses: a list of items, some of them messages, some function calls.
bool read_response_items(const Value& list, std::vector<ChatMessage>& out) {
  const std::vector<Value> items = elements(list);
  if (items.empty()) return false;
  for (const Value& item : items) {
    const std::string type = string_member(item, "type");
    if (type == "function_call") {
      ChatMessage message;
      message.role = "assistant";
      message.tool_calls.push_back({string_member(item, "call_id"), string_member(item, "name"),
                                    decode_attribute(string_member(item, "arguments"))});
      out.push_back(std::move(message));
    } else if (type == "function_call_output") {
      ChatMessage message;
      message.role = "tool";
      message.content = shown(member(item, "output"));
      out.push_back(std::move(message));
    } else if (!read_message(item, {}, out)) {
      if (type.empty()) return false;
      ChatMessage message;  // reasoning and the like: as it stands
      message.role = type;
      message.content = {std::string(item.text), true};
      out.push_back(std::move(message));
    }
  }
  return true;
}

bool read_generations(const Value& generations, std::vector<ChatMessage>& out) {
  for (const Value& batch : elements(generations)) {
    for (const Value& generation : elements(batch)) {
      const Value inner = member(generation, "message");
      if (read_message(inner, "assistant", out)) continue;
      if (read_message(member(inner, "kwargs"), "assistant", out)) continue;
      const Value text = member(generation, "text");
      if (!text.is_string()) return false;
      ChatMessage message;
      message.role = "assistant";
      message.content.text = text.string();
      out.push_back(std::move(message));
    }
  }
  return !out.empty();
}

bool read_object(const Value& object, std::vector<ChatMessage>& out) {
  const Value choices = member(object, "choices");
  if (choices.is_array()) {
    for (const Value& choice : elements(choices)) {
      if (!read_message(member(choice, "message"), "assistant", out)) return false;
    }
    return !out.empty();
  }
  const Value generations = member(object, "generations");
  if (generations.is_array()) return read_generations(generations, out);
  const Value messages = member(object, "messages");
  if (messages.is_array()) {
    const Value system = member(object, "system");  // Anthropic keeps it beside the messages
    if (system.present()) {
      ChatMessage message;
      message.role = "system";
      if (system.is_array()) {
        read_content_parts(system, message);
      } else {
        message.content = shown(system);
      }
      out.push_back(std::move(message));
    }
    return read_message_list(messages, out);
  }
  for (const char* key : {"input", "output"}) {
    const Value items = member(object, key);
    if (items.is_array()) return read_response_items(items, out);
  }
  return read_message(object, {}, out);
}

int64_t event_time(const Value& value) {
  if (!value.present()) return kNoTime;
  return parse_int64(value.text).value_or(kNoTime);
}

SpanEvent read_event(const Value& object) {
  SpanEvent event;
  event.name = string_member(object, "name");
  event.time_ns = event_time(member(object, "time_unix_nano"));
  if (event.time_ns == kNoTime) event.time_ns = event_time(member(object, "timestamp"));
  event.is_exception = event.name == "exception";
  const Value attributes = member(object, "attributes");
  if (!attributes.is_object()) return event;
  for (Attribute& attribute : read_attributes(attributes.text)) {
    if (attribute.key == "exception.type") {
      event.exception_type = std::move(attribute.value.text);
    } else if (attribute.key == "exception.message") {
      event.exception_message = std::move(attribute.value.text);
    } else if (attribute.key == "exception.stacktrace") {
      event.stack_trace = std::move(attribute.value.text);
    } else {
      event.attributes.push_back(std::move(attribute));
    }
  }
  return event;
}

Document read_document(const Value& object) {
  Document document;
  for (const char* key : {"page_content", "content", "text"}) {
    const Value text = member(object, key);
    if (!text.is_string()) continue;
    document.text = text.string();
    break;
  }
  const Value metadata = member(object, "metadata");
  if (metadata.is_object()) {
    document.metadata_json = std::string(metadata.text);
    for (const char* key : {"doc_uri", "source", "title", "url"}) {
      document.title = string_member(metadata, key);
      if (!document.title.empty()) break;
    }
  }
  document.id = string_member(object, "id");
  for (const Value& holder : {object, metadata}) {
    const Value score = member(holder, "score");
    const auto number = score.present() ? parse_double(score.text) : std::nullopt;
    if (!number) continue;
    document.score = *number;
    document.has_score = true;
    break;
  }
  return document;
}

bool is_document(const Value& object) {
  if (!object.is_object()) return false;
  const bool has_text =
      member(object, "page_content").is_string() ||
      ((member(object, "content").is_string() || member(object, "text").is_string()) &&
       !member(object, "role").present());
  return has_text;
}

}  // namespace

TextBlock decode_attribute(std::string_view text) {
  const std::optional<Value> value = whole_value(text);
  if (!value) return {std::string(text), false};
  if (value->is_string()) return {value->string(), false};
  // Numbers, booleans and null are shown as they are written.
  return {std::string(text), value->is_object() || value->is_array()};
}

std::vector<Attribute> read_attributes(std::string_view attributes_json) {
  std::vector<Attribute> out;
  Reader reader(attributes_json);
  if (!reader.enter_object()) return out;
  while (reader.next_key()) {
    Attribute attribute;
    attribute.key = reader.key();
    const Value value = next_value(reader);
    attribute.value = value.is_string() ? decode_attribute(value.string())
                      : value.present() ? shown(value)
                                        : TextBlock{"null", false};
    out.push_back(std::move(attribute));
  }
  return out;
}

std::vector<SpanEvent> read_events(std::string_view events_json) {
  std::vector<SpanEvent> out;
  const std::optional<Value> list = whole_value(events_json);
  if (!list) return out;
  for (const Value& item : elements(*list)) {
    if (item.is_object()) out.push_back(read_event(item));
  }
  return out;
}

std::vector<ChatMessage> read_chat(std::string_view json_text) {
  std::vector<ChatMessage> out;
  const std::optional<Value> value = whole_value(json_text);
  if (!value) return out;
  const bool ok = value->is_array() ? read_message_list(*value, out)
                                    : value->is_object() && read_object(*value, out);
  if (!ok) out.clear();
  return out;
}

std::vector<Document> read_documents(std::string_view json_text) {
  std::vector<Document> out;
  std::optional<Value> value = whole_value(json_text);
  if (!value) return out;
  if (value->is_object()) {  // {"documents": [...]}, {"result": [...]}
    for (const char* key : {"documents", "result", "results", "output"}) {
      const Value inner = member(*value, key);
      if (inner.is_array()) {
        value = inner;
        break;
      }
    }
  }
  for (const Value& item : elements(*value)) {
    if (!is_document(item)) return {};
    out.push_back(read_document(item));
  }
  return out;
}

}  // namespace assay::ui
