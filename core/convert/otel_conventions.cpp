// The attribute conventions, by one table of precedence. Each row of a table is asked in order; the first
// attribute that is there and has content decides.
#include <array>

#include "core/base/numbers.h"
#include "core/convert/chat_messages.h"
#include "core/convert/encodings.h"
#include "core/convert/flattened.h"
#include "core/convert/otel_span.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

using Attributes = std::vector<Attribute>;

bool has_content(const std::string* json) {
  return json != nullptr && *json != "null" && *json != "\"\"" && *json != "{}" && *json != "[]" && *json != "\"{}\"";
}

// The attribute as text: a string decoded, anything else as JSON.
std::string text_of(const Attributes& attributes, std::string_view key) {
  const std::string* json = find_attribute(attributes, key);
  if (!has_content(json)) return {};
  if ((*json)[0] == '"') return json::unescaped(std::string_view(*json).substr(1, json->size() - 2));
  return *json;
}

std::string first_text(const Attributes& attributes, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    std::string text = text_of(attributes, key);
    if (!text.empty()) return text;
  }
  return {};
}

int64_t first_count(const Attributes& attributes, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const std::string text = text_of(attributes, key);
    if (const auto whole = parse_int64(text); whole && *whole >= 0) return *whole;
    if (const auto real = parse_double(text); real && *real >= 0 && *real < 1e15) return static_cast<int64_t>(*real);
  }
  return -1;
}

double first_usd(const Attributes& attributes, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const auto real = parse_double(text_of(attributes, key));
    if (real && *real >= 0 && *real < 1e12) return *real;
  }
  return -1;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// --- Span type ----------------------------------------------------------------------------------------

std::string type_of_operation(std::string_view operation) {
  constexpr std::pair<std::string_view, std::string_view> kTable[] = {
      {"chat", "CHAT_MODEL"}, {"completion", "LLM"}, {"text_completion", "LLM"}, {"generate_content", "LLM"},
      {"generate", "LLM"}, {"response", "LLM"}, {"embeddings", "EMBEDDING"}, {"invoke_agent", "AGENT"},
      {"create_agent", "AGENT"}, {"invoke_workflow", "WORKFLOW"}, {"execute_tool", "TOOL"}, {"retrieval", "RETRIEVER"},
      {"rerank", "RERANKER"}};
  for (const auto& [name, type] : kTable) {
    if (name == operation) return std::string(type);
  }
  return {};
}

// Langfuse's observation types, OpenLLMetry's and LangSmith's kinds in MLflow's words.
std::string type_of_kind(const std::string& kind) {
  const std::string name = upper(kind);
  if (name == "GENERATION") return "LLM";
  if (name == "DEFAULT" || name == "SPAN" || name == "EVENT" || name == "FUNCTION") return {};
  if (name == "PROMPT" || name == "GENERAL") return "UNKNOWN";
  return name;
}

std::string type_of_vercel(std::string operation) {
  operation = operation.substr(0, operation.find(' '));  // a function id may follow
  if (ends_with(operation, ".doGenerate") || ends_with(operation, ".doStream")) return "LLM";
  if (ends_with(operation, ".doEmbed")) return "EMBEDDING";
  if (operation == "ai.toolCall") return "TOOL";
  if (operation.substr(0, 3) == "ai.") return "CHAIN";
  return {};
}

std::string span_type(const Attributes& a) {
  for (const std::string_view key : {"langfuse.observation.type", "mlflow.spanType", "openinference.span.kind"}) {
    const std::string kind = text_of(a, key);
    std::string unquoted = kind;
    if (kind.size() > 2 && kind.front() == '"') unquoted = json::unescaped(std::string_view(kind).substr(1, kind.size() - 2));
    const std::string type = kind.empty() ? std::string() : type_of_kind(unquoted);
    if (!type.empty()) return type;
  }
  std::string type = type_of_operation(text_of(a, "gen_ai.operation.name"));
  if (type.empty()) type = upper(text_of(a, "genkit:metadata:subtype"));
  if (type == "MODEL") type = "LLM";
  if (type.empty()) type = type_of_vercel(first_text(a, {"ai.operationId", "operation.name"}));
  if (type.empty() && !first_text(a, {"gen_ai.tool.name", "gen_ai.tool.call.id"}).empty()) type = "TOOL";
  for (const std::string_view key : {"traceloop.span.kind", "lmnr.span.type", "langsmith.span.kind"}) {
    if (type.empty()) type = type_of_kind(text_of(a, key));
  }
  if (type.empty() && !text_of(a, "llm.request.type").empty()) {
    type = text_of(a, "llm.request.type") == "embedding" ? "EMBEDDING" : "LLM";
  }
  if (type.empty() && !text_of(a, "gen_ai.request.model").empty()) type = "LLM";
  return type;
}

// --- Inputs and outputs -------------------------------------------------------------------------------

// The JSON value that an attribute means; "" without content.
std::string value_of(const Attributes& a, std::string_view key) {
  const std::string* json = find_attribute(a, key);
  if (!has_content(json)) return {};
  if ((*json)[0] != '"') return *json;
  return json_of_text(json::unescaped(std::string_view(*json).substr(1, json->size() - 2)));
}

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
      json::Node message = tree.root()["message"].present() ? tree.root()["message"] : tree.root();
      if (message["role"].is_string()) {
        w.raw(message.raw());
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

std::string first_value(const Attributes& a, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    std::string value = value_of(a, key);
    if (!value.empty()) return value;
  }
  return {};
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
  if (found.empty()) {
    found = first_value(a, {"ai.prompt.messages", "ai.prompt", "gen_ai.tool.call.arguments", "ai.toolCall.args",
                            "gcp.vertex.agent.llm_request", "gcp.vertex.agent.tool_call_args", "pydantic_ai.all_messages",
                            "all_messages_events", "gen_ai.retrieval.query.text", "request_data", "prompt", "events",
                            "lk.input_text", "lk.user_transcript", "lk.chat_ctx", "genkit:input", "traceloop.entity.input",
                            "lmnr.span.input", "input.value", "input"});
  }
  if (found.empty()) {
    if (const SpanEvent* prompt = find_event(span.events, "gen_ai.content.prompt")) {
      found = first_value(prompt->attributes, {"gen_ai.prompt"});
    }
  }
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
  if (found.empty()) found = documents_of(a, "retrieval.documents");
  if (found.empty()) found = documents_of(a, "reranker.output_documents");
  if (found.empty()) {
    found = first_value(a, {"ai.response.object", "ai.result.object", "gen_ai.tool.call.result", "ai.toolCall.result",
                            "gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_response", "gen_ai.retrieval.documents",
                            "final_result", "response_data", "lk.response.text", "lk.function_tool.output", "genkit:output",
                            "traceloop.entity.output", "lmnr.span.output", "output.value", "output"});
  }
  if (found.empty()) {
    if (const SpanEvent* completion = find_event(span.events, "gen_ai.content.completion")) {
      found = first_value(completion->attributes, {"gen_ai.completion"});
    }
  }
  return with_messages(std::move(found));
}

// --- Model, tokens, cost ----------------------------------------------------------------------------------

void read_model(CanonicalSpan& span) {
  const Attributes& a = span.attributes;
  if (span.model.empty()) {
    span.model = first_text(a, {"langfuse.observation.model.name", "gen_ai.response.model", "ai.model.id",
                                "gen_ai.request.model", "llm.response.model", "llm.response.model_name", "llm.model_name",
                                "embedding.model_name", "model"});
  }
  if (span.provider.empty()) {
    span.provider = first_text(a, {"gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ai.model.provider"});
  }
}

void read_tokens(CanonicalSpan& span) {
  const Attributes& a = span.attributes;
  Tokens& t = span.tokens;
  // Vercel's outer spans repeat the usage of the inner ones.
  const std::string vercel = first_text(a, {"ai.operationId"});
  if (!vercel.empty() && type_of_vercel(vercel) == "CHAIN") return;
  const auto take = [&](int64_t& to, std::initializer_list<std::string_view> keys) {
    if (to < 0) to = first_count(a, keys);
  };
  take(t.input, {"gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "ai.usage.inputTokens",
                 "ai.usage.promptTokens", "llm.usage.prompt_tokens"});
  take(t.output, {"gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion",
                  "ai.usage.outputTokens", "ai.usage.completionTokens", "llm.usage.completion_tokens"});
  take(t.total, {"gen_ai.usage.total_tokens", "llm.token_count.total", "llm.usage.total_tokens", "ai.usage.totalTokens"});
  take(t.cache_read, {"gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
                      "llm.token_count.prompt_details.cache_read", "ai.usage.cachedInputTokens"});
  take(t.cache_creation, {"gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
                          "llm.token_count.prompt_details.cache_write"});
  take(t.reasoning, {"gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
                     "llm.token_count.completion_details.reasoning", "ai.usage.reasoningTokens"});
}

void read_cost(CanonicalSpan& span) {
  const Attributes& a = span.attributes;
  Cost& c = span.cost;
  const std::string details = value_of(a, "langfuse.observation.cost_details");
  json::Tree tree;
  if (!details.empty() && details[0] == '{' && tree.parse(details)) {
    if (c.total_usd < 0) c.total_usd = tree.root()["total"].number().value_or(-1);
    if (c.input_usd < 0) c.input_usd = tree.root()["input"].number().value_or(-1);
    if (c.output_usd < 0) c.output_usd = tree.root()["output"].number().value_or(-1);
  }
  if (c.total_usd < 0) c.total_usd = first_usd(a, {"gen_ai.usage.cost", "llm.cost.total", "operation.cost"});
  if (c.input_usd < 0) c.input_usd = first_usd(a, {"llm.cost.prompt"});
  if (c.output_usd < 0) c.output_usd = first_usd(a, {"llm.cost.completion"});
}

// Tools offered to the model, where they are a list already.
void read_tools(CanonicalSpan& span) {
  if (!span.tools_json.empty()) return;
  const std::string tools = first_value(span.attributes, {"mlflow.chat.tools", "gen_ai.tool.definitions"});
  if (!tools.empty() && tools[0] == '[') {
    span.tools_json = tools;
    return;
  }
  const std::string flat = unflattened(span.attributes, "llm.tools");
  json::Tree tree;
  if (flat.empty() || !tree.parse(flat)) return;
  json::Writer w(span.tools_json);
  w.begin_array();
  for (json::Node each = tree.root().first(); each; each = each.next()) {
    const std::string schema = unwrapped_json(each["tool"]["json_schema"].present() ? each["tool"]["json_schema"] : each);
    w.raw(schema.empty() ? "null" : schema);
  }
  w.end_array();
}

// --- What is said of the trace ------------------------------------------------------------------------------

void add_tag_list(const std::string& json, TraceFacts& facts) {
  json::Tree tree;
  if (json.empty() || !tree.parse(json) || !tree.root().is_array()) return;
  for (json::Node each = tree.root().first(); each; each = each.next()) {
    const std::string name = each.text_or_raw();
    if (!name.empty()) facts.tags.emplace_back(name, "true");
  }
}

void read_facts(const CanonicalSpan& span, TraceFacts& facts) {
  const Attributes& a = span.attributes;
  facts.session = first_text(a, {"langfuse.session.id", "session.id", "gen_ai.conversation.id",
                                 "traceloop.association.properties.session_id", "traceloop.association.properties.chat_id",
                                 "lmnr.association.properties.session_id", "ai.telemetry.metadata.sessionId",
                                 "langsmith.metadata.thread_id"});
  facts.user = first_text(a, {"langfuse.user.id", "user.id", "enduser.id", "traceloop.association.properties.user_id",
                              "lmnr.association.properties.user_id", "ai.telemetry.metadata.userId"});
  for (const std::string_view key : {"langfuse.trace.tags", "tag.tags", "lmnr.association.properties.tags", "ai.telemetry.metadata.tags"}) {
    add_tag_list(value_of(a, key), facts);
  }
  facts.name = text_of(a, "langfuse.trace.name");
  facts.inputs_json = value_of(a, "langfuse.trace.input");
  facts.outputs_json = value_of(a, "langfuse.trace.output");
}

// --- Scores ---------------------------------------------------------------------------------------------------

// An assessment that otlp_export wrote: nothing of it is lost on the way.
bool read_mlflow_assessment(const std::string& json, const CanonicalSpan& span, CanonicalAssessment& out) {
  json::Tree tree;
  if (json.empty() || !tree.parse(json) || !tree.root()["assessment_name"].is_string()) return false;
  const json::Node a = tree.root(), expectation = a["expectation"], feedback = a["feedback"];
  out.id = a["assessment_id"].text();
  out.name = a["assessment_name"].text();
  if (expectation.is_object()) {
    out.kind = CanonicalAssessment::Kind::Expectation;
    const json::Node serialized = expectation["serialized_value"]["value"];
    out.value_json = serialized.present() ? json_of_text(serialized.text()) : std::string(expectation["value"].raw());
  } else {
    out.value_json = feedback["value"].raw();
    out.error_code = feedback["error"]["error_code"].text();
    out.error_message = feedback["error"]["error_message"].text();
  }
  out.rationale = a["rationale"].text();
  out.source_type = a["source"]["source_type"].text();
  out.source_id = a["source"]["source_id"].text();
  out.create_time_ns = any_time_ns(a["create_time"]);
  if (a["span_id"].has_content()) out.span_id = span.id;
  for (json::Node each = a["metadata"].first(); each; each = each.next()) out.metadata.emplace_back(each.key(), each.text_or_raw());
  return true;
}

void read_evaluation_events(const CanonicalSpan& span, TraceFacts& facts) {
  for (const SpanEvent& event : span.events) {
    if (event.name != "gen_ai.evaluation.result") continue;
    const Attributes& a = event.attributes;
    CanonicalAssessment out;
    if (read_mlflow_assessment(value_of(a, "mlflow.assessment"), span, out)) {
      facts.assessments.push_back(std::move(out));
      continue;
    }
    out.name = text_of(a, "gen_ai.evaluation.name");
    if (out.name.empty()) out.name = "evaluation";
    const std::string label = text_of(a, "gen_ai.evaluation.score.label");
    const std::string* value = find_attribute(a, "gen_ai.evaluation.score.value");
    if (has_content(value)) {
      out.value_json = *value;
      if (!label.empty()) out.metadata.emplace_back("label", label);
    } else if (!label.empty()) {
      out.value_json = json::quoted(label);
    }
    out.rationale = text_of(a, "gen_ai.evaluation.explanation");
    out.source_type = "LLM_JUDGE";
    out.source_id = text_of(a, "gen_ai.evaluation.evaluator");
    out.create_time_ns = event.time_ns;
    out.span_id = span.id;
    if (const std::string error = text_of(a, "error.type"); !error.empty()) {
      out.error_code = error;
      out.error_message = error;
    }
    facts.assessments.push_back(std::move(out));
  }
}

// Phoenix puts its annotations into the spans it exports: annotations.0.annotation.name and so on.
void read_annotations(const CanonicalSpan& span, std::string_view prefix, std::string_view member, bool whole_trace,
                      TraceFacts& facts) {
  const std::string list = unflattened(span.attributes, prefix);
  json::Tree tree;
  if (list.empty() || !tree.parse(list) || !tree.root().is_array()) return;
  for (json::Node each = tree.root().first(); each; each = each.next()) {
    const json::Node node = each[member].present() ? each[member] : each;
    CanonicalAssessment out;
    out.name = node["name"].text();
    if (out.name.empty()) continue;
    const json::Node score = node["score"], label = node["label"];
    if (score.has_content()) {
      out.value_json = score.raw();
      if (label.has_content()) out.metadata.emplace_back("label", label.text_or_raw());
    } else if (label.has_content()) {
      out.value_json = json::quoted(label.text_or_raw());
    }
    out.rationale = node["explanation"].text();
    const std::string kind = upper(node["annotator_kind"].text());
    out.source_type = kind == "HUMAN" ? "HUMAN" : kind == "CODE" ? "CODE" : "LLM_JUDGE";
    out.source_id = node["identifier"].text();
    if (node["metadata"].has_content()) out.metadata.emplace_back("metadata", unwrapped_json(node["metadata"]));
    if (!whole_trace) out.span_id = span.id;
    facts.assessments.push_back(std::move(out));
  }
}

// What otlp_export put on the root of the trace goes back to the trace.
void take_trace_attributes(CanonicalSpan& span, TraceFacts& facts) {
  constexpr std::string_view kMetadata = "mlflow.trace.metadata.", kTag = "mlflow.trace.tag.";
  std::erase_if(span.attributes, [&](const Attribute& attribute) {
    const std::string_view key = attribute.key;
    const bool is_metadata = key.substr(0, kMetadata.size()) == kMetadata, is_tag = key.substr(0, kTag.size()) == kTag;
    if (!is_metadata && !is_tag) return false;
    const std::string text = attribute.json.size() > 1 && attribute.json[0] == '"'
                                 ? json::unescaped(std::string_view(attribute.json).substr(1, attribute.json.size() - 2))
                                 : attribute.json;
    if (is_metadata) {
      facts.metadata.emplace_back(key.substr(kMetadata.size()), text);
    } else {
      facts.tags.emplace_back(key.substr(kTag.size()), text);
    }
    return true;
  });
}

}  // namespace

void apply_conventions(CanonicalSpan& span, std::string_view, TraceFacts& facts) {
  take_trace_attributes(span, facts);
  if (span.type.empty()) span.type = span_type(span.attributes);
  if (span.inputs_json.empty()) span.inputs_json = span_input(span);
  if (span.outputs_json.empty()) span.outputs_json = span_output(span);
  read_model(span);
  read_tokens(span);
  read_cost(span);
  read_tools(span);
  read_facts(span, facts);
  read_evaluation_events(span, facts);
  std::erase_if(span.events, [](const SpanEvent& event) {
    return event.name == "gen_ai.evaluation.result" && find_attribute(event.attributes, "mlflow.assessment") != nullptr;
  });
  read_annotations(span, "annotations", "annotation", false, facts);
  read_annotations(span, "evaluations", "evaluation", false, facts);
  read_annotations(span, "trace.annotations", "annotation", true, facts);
  read_annotations(span, "session.annotations", "annotation", true, facts);
}

}  // namespace assay::convert
