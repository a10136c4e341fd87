// Inputs and outputs of spans by the attribute conventions; the first that has content decides.
#include "core/convert/chat_messages.h"
#include "core/convert/encodings.h"
#include "core/convert/flattened.h"
#include "core/convert/otel_values.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert::otel {
namespace {

std::string flattened_messages(const Attributes& a, std::string_view prefix) {
  const std::string list = unflattened(a, prefix);
  if (list.empty()) return {};
  const std::string messages = chat_messages(list);
  return messages.empty() ? list : "{\"messages\":" + messages + "}";
}

// Old GenAI events: gen_ai.user.message and so on, one a message.
std::string event_messages(const std::vector<SpanEvent>& events, bool outputs) {
  std::string list;
  json::Writer w(list);
  w.begin_array();
  bool any = false;
  for (const SpanEvent& event : events) {
    std::string_view role;
    if (!outputs && event.name == "gen_ai.system.message") role = "system";
    if (!outputs && event.name == "gen_ai.user.message") role = "user";
    if (!outputs && event.name == "gen_ai.assistant.message") role = "assistant";
    if (!outputs && event.name == "gen_ai.tool.message") role = "tool";
    if (outputs && event.name == "gen_ai.choice") role = "assistant";
    if (role.empty()) continue;
    any = true;
    std::string body = value_of(event.attributes, "message");
    if (body.empty()) body = value_of(event.attributes, "body");
    json::Tree tree;
    if (!body.empty() && body[0] == '{' && tree.parse(body)) {
      const json::Node message = tree.root()["message"].is_object() ? tree.root()["message"] : tree.root();
      if (message["role"].is_string()) {
        w.raw(message.raw());
        continue;
      }
      // Log records leave the role out where the event's name says it.
      if (message["content"].present() || message["tool_calls"].present()) {
        w.begin_object();
        w.member("role", role);
        for (json::Node member = message.first(); member; member = member.next()) {
          const bool names_call = member.key_is("id") && role == "tool";
          w.member_raw(names_call ? "tool_call_id" : member.key(), member.raw());
        }
        w.end_object();
        continue;
      }
    }
    w.begin_object();
    w.member("role", role);
    const std::string content = value_of(event.attributes, "content");
    w.member_raw("content", content.empty() ? (body.empty() ? "null" : body) : content);
    const std::string calls = value_of(event.attributes, "tool_calls");
    if (!calls.empty()) w.member_raw("tool_calls", calls);
    if (const std::string id = text_of(event.attributes, "id"); !id.empty() && role == "tool") w.member("tool_call_id", id);
    w.end_object();
  }
  w.end_array();
  return any ? with_messages(std::move(list)) : std::string();
}

// Logfire's attribute "events": the old GenAI events in one list, each with its "event.name".
std::string logfire_messages(const Attributes& a, bool outputs) {
  const std::string list = value_of(a, "events");
  json::Tree tree;
  if (list.empty() || !tree.parse(list) || !tree.root().is_array()) return {};
  std::string out;
  json::Writer w(out);
  w.begin_array();
  bool any = false;
  for (json::Node each = tree.root().first(); each; each = each.next()) {
    const std::string name = each["event.name"].text();
    if (name.empty()) return {};
    if ((name == "gen_ai.choice") != outputs) continue;
    any = true;
    w.raw(each["message"].is_object() ? each["message"].raw() : each.raw());
  }
  w.end_array();
  return any ? with_messages(std::move(out)) : std::string();
}

// Of a list that holds a whole conversation, what came out of it: the last message.
std::string last_message(const Attributes& a, std::string_view key) {
  const std::string list = value_of(a, key);
  json::Tree tree;
  if (list.empty() || !tree.parse(list) || !tree.root().is_array()) return {};
  json::Node last;
  for (json::Node each = tree.root().first(); each; each = each.next()) last = each;
  return last.is_object() ? with_messages("[" + std::string(last.raw()) + "]") : std::string();
}

// The texts that were embedded.
std::string embedded_texts(const Attributes& a) {
  const std::string list = unflattened(a, "embedding.embeddings");
  json::Tree tree;
  if (list.empty() || !tree.parse(list) || !tree.root().is_array()) return {};
  std::string out;
  json::Writer w(out);
  w.begin_array();
  bool any = false;
  for (json::Node each = tree.root().first(); each; each = each.next()) {
    const json::Node embedding = each["embedding"].present() ? each["embedding"] : each;
    const json::Node text = embedding["text"];
    if (!text.has_content()) continue;
    any = true;
    w.raw(text.raw());
  }
  w.end_array();
  return any ? out : std::string();
}

const SpanEvent* find_event(const std::vector<SpanEvent>& events, std::string_view name) {
  for (const SpanEvent& event : events) {
    if (event.name == name) return &event;
  }
  return nullptr;
}

// gen_ai.system_instructions and gen_ai.input.messages, as attributes or on an event.
std::string genai_input(const Attributes& a) {
  std::string messages = value_of(a, "gen_ai.input.messages");
  if (messages.empty()) return {};
  messages = chat_messages(messages).empty() ? messages : chat_messages(messages);
  const std::string system = value_of(a, "gen_ai.system_instructions");
  if (!system.empty() && messages.size() > 1 && messages[0] == '[') {
    const std::string first = chat_messages(R"([{"role":"system","parts":)" + (system[0] == '[' ? system : "[{\"type\":\"text\",\"content\":" + system + "}]") + "}]");
    if (first.size() > 2) {
      messages = first.substr(0, first.size() - 1) + (messages == "[]" ? "]" : "," + messages.substr(1));
    }
  }
  return with_messages(std::move(messages));
}

// Instructions alone, where nothing else tells what went in.
std::string genai_instructions(const Attributes& a) {
  const std::string system = value_of(a, "gen_ai.system_instructions");
  if (system.empty()) return {};
  return with_messages(R"([{"role":"system","parts":)" + (system[0] == '[' ? system : "[{\"type\":\"text\",\"content\":" + system + "}]") + "}]");
}

std::string vercel_output(const Attributes& a) {
  const std::string text = value_of(a, "ai.response.text").empty() ? value_of(a, "ai.result.text") : value_of(a, "ai.response.text");
  const std::string calls = value_of(a, "ai.response.toolCalls").empty() ? value_of(a, "ai.result.toolCalls") : value_of(a, "ai.response.toolCalls");
  if (text.empty() && calls.empty()) return {};
  std::string list;
  json::Writer w(list);
  w.begin_array();
  w.begin_object();
  w.member("role", "assistant");
  w.member_raw("content", text.empty() ? "null" : text);
  if (!calls.empty() && calls[0] == '[') w.member_raw("tool_calls", calls);
  w.end_object();
  w.end_array();
  return with_messages(std::move(list));
}

// OpenInference's documents as MLflow's retrievers give them, which its retrieval judges read.
std::string documents_of(const Attributes& a, std::string_view prefix) {
  const std::string list = unflattened(a, prefix);
  json::Tree tree;
  if (list.empty() || !tree.parse(list)) return {};
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (json::Node each = tree.root().first(); each; each = each.next()) {
    const json::Node document = each["document"].present() ? each["document"] : each;
    w.begin_object();
    w.member("page_content", document["content"].text_or_raw());
    std::string metadata = unwrapped_json(document["metadata"]);
    const json::Node score = document["score"];
    if (score.present()) {
      const bool open = metadata.size() > 2 && metadata[0] == '{';
      metadata = (open ? metadata.substr(0, metadata.size() - 1) + "," : std::string("{")) + "\"score\":" + std::string(score.raw()) + "}";
    }
    w.member_raw("metadata", metadata.empty() || metadata[0] != '{' ? "{}" : metadata);
    if (document["id"].has_content()) w.member("id", document["id"].text_or_raw());
    w.end_object();
  }
  w.end_array();
  return out;
}

// What a reranker was asked, and what it was to put in order.
std::string reranker_input(const Attributes& a) {
  const std::string query = text_of(a, "reranker.query"), documents = documents_of(a, "reranker.input_documents");
  if (query.empty() && documents.empty()) return {};
  std::string out;
  json::Writer w(out);
  w.begin_object();
  if (!query.empty()) w.member("query", query);
  if (!documents.empty()) w.member_raw("documents", documents);
  w.end_object();
  return out;
}

std::string span_input(const CanonicalSpan& span) {
  const Attributes& a = span.attributes;
  std::string found = first_value(a, {"langfuse.observation.input", "mlflow.spanInputs"});
  if (!found.empty()) return with_messages(std::move(found));
  if (const SpanEvent* details = find_event(span.events, "gen_ai.client.inference.operation.details")) {
    found = genai_input(details->attributes);
  }
  if (found.empty()) found = genai_input(a);
  if (found.empty()) found = event_messages(span.events, false);
  if (found.empty()) found = flattened_messages(a, "llm.input_messages");
  if (found.empty()) found = flattened_messages(a, "gen_ai.prompt");
  if (found.empty()) found = logfire_messages(a, false);
  if (found.empty()) {
    found = first_value(a, {"ai.prompt.messages", "ai.prompt", "gen_ai.tool.call.arguments", "ai.toolCall.args",
                            "gcp.vertex.agent.llm_request", "gcp.vertex.agent.tool_call_args", "pydantic_ai.all_messages",
                            "all_messages_events", "gen_ai.retrieval.query.text", "request_data", "prompt", "events",
                            "lk.input_text", "lk.user_transcript", "lk.chat_ctx", "genkit:input", "traceloop.entity.input",
                            "lmnr.span.input", "input.value", "input"});
  }
  if (found.empty()) found = reranker_input(a);
  if (found.empty()) found = embedded_texts(a);
  if (found.empty()) {
    if (const SpanEvent* prompt = find_event(span.events, "gen_ai.content.prompt")) {
      found = first_value(prompt->attributes, {"gen_ai.prompt"});
    }
  }
  if (found.empty()) found = value_of(a, "gen_ai.prompt");
  if (found.empty()) found = genai_instructions(a);
  return with_messages(std::move(found));
}

std::string span_output(const CanonicalSpan& span) {
  const Attributes& a = span.attributes;
  std::string found = first_value(a, {"langfuse.observation.output", "mlflow.spanOutputs"});
  if (!found.empty()) return with_messages(std::move(found));
  if (const SpanEvent* details = find_event(span.events, "gen_ai.client.inference.operation.details")) {
    found = with_messages(value_of(details->attributes, "gen_ai.output.messages"));
  }
  if (found.empty()) found = with_messages(value_of(a, "gen_ai.output.messages"));
  if (found.empty()) found = event_messages(span.events, true);
  if (found.empty()) found = flattened_messages(a, "llm.output_messages");
  if (found.empty()) found = flattened_messages(a, "gen_ai.completion");
  if (found.empty()) found = vercel_output(a);
  if (found.empty()) found = logfire_messages(a, true);
  if (found.empty()) found = documents_of(a, "retrieval.documents");
  if (found.empty()) found = documents_of(a, "reranker.output_documents");
  if (found.empty()) {
    found = first_value(a, {"ai.response.object", "ai.result.object", "gen_ai.tool.call.result", "ai.toolCall.result",
                            "gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_response", "gen_ai.retrieval.documents",
                            "final_result", "response_data"});
  }
  if (found.empty()) found = last_message(a, "all_messages_events");
  if (found.empty()) {
    found = first_value(a, {"lk.response.text", "lk.function_tool.output", "genkit:output",
                            "traceloop.entity.output", "lmnr.span.output", "output.value", "output"});
  }
  if (found.empty()) {
    if (const SpanEvent* completion = find_event(span.events, "gen_ai.content.completion")) {
      found = first_value(completion->attributes, {"gen_ai.completion"});
    }
  }
  if (found.empty()) found = value_of(a, "gen_ai.completion");
  return with_messages(std::move(found));
}

}  // namespace

void read_otel_io(CanonicalSpan& span) {
  if (span.inputs_json.empty()) span.inputs_json = span_input(span);
  if (span.outputs_json.empty()) span.outputs_json = span_output(span);
}

}  // namespace assay::convert::otel
