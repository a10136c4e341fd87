// The attribute conventions, by one table of precedence. Each row of a table is asked in order; the first
// attribute that is there and has content decides.
#include <array>

#include "core/base/numbers.h"
#include "core/convert/encodings.h"
#include "core/convert/flattened.h"
#include "core/convert/otel_span.h"
#include "core/convert/otel_values.h"
#include "core/convert/record_fields.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

using namespace otel;

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
    const std::string request = text_of(a, "llm.request.type");
    type = request == "embedding" ? "EMBEDDING" : request == "rerank" ? "RERANKER" : "LLM";
  }
  if (type.empty() && !text_of(a, "gen_ai.request.model").empty()) type = "LLM";
  return type;
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
  const std::string vercel = first_text(a, {"ai.operationId", "operation.name"});
  if (vercel.substr(0, 3) == "ai." && type_of_vercel(vercel) == "CHAIN") return;
  const std::string details = value_of(a, "langfuse.observation.usage_details");
  json::Tree tree;
  if (!details.empty() && details[0] == '{' && tree.parse(details)) read_usage(tree.root(), t);
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

// {"name", "description", "parameters"} in OpenAI's form.
void write_function(json::Writer& w, json::Node function) {
  w.begin_object();
  w.member("type", "function");
  w.key("function");
  w.begin_object();
  for (const std::string_view name : {"name", "description"}) {
    if (function[name].has_content()) w.member_raw(name, function[name].raw());
  }
  for (const std::string_view name : {"parameters", "inputSchema", "input_schema"}) {
    if (!function[name].has_content()) continue;
    w.member_raw("parameters", unwrapped_json(function[name]));
    break;
  }
  w.end_object();
  w.end_object();
}

// Tools offered to the model, where they are a list already.
void read_tools(CanonicalSpan& span) {
  if (!span.tools_json.empty()) return;
  const std::string tools = first_value(span.attributes, {"mlflow.chat.tools", "gen_ai.tool.definitions"});
  if (!tools.empty() && tools[0] == '[') {
    span.tools_json = tools;
    return;
  }
  // OpenInference's by their schemas, Vercel's as texts of JSON, OpenLLMetry's by their functions.
  std::string list = unflattened(span.attributes, "llm.tools");
  if (list.empty()) list = value_of(span.attributes, "ai.prompt.tools");
  const bool functions = list.empty();
  if (functions) list = unflattened(span.attributes, "llm.request.functions");
  json::Tree tree;
  if (list.empty() || !tree.parse(list) || !tree.root().is_array()) return;
  json::Writer w(span.tools_json);
  w.begin_array();
  for (json::Node each = tree.root().first(); each; each = each.next()) {
    const std::string schema = unwrapped_json(each["tool"]["json_schema"].present() ? each["tool"]["json_schema"] : each);
    json::Tree parsed;
    if (parsed.parse(schema) && (functions || parsed.root()["inputSchema"].present() || parsed.root()["name"].is_string())) {
      write_function(w, parsed.root());
    } else {
      w.raw(schema.empty() ? "null" : schema);
    }
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

// What Langfuse's SDK says beside OpenTelemetry's own status, and the prompt that was used.
void read_langfuse(CanonicalSpan& span) {
  const Attributes& a = span.attributes;
  const std::string level = upper(text_of(a, "langfuse.observation.level"));
  if (level == "ERROR") span.status = Status::Error;
  if (span.status_message.empty()) span.status_message = text_of(a, "langfuse.observation.status_message");
  const std::string prompt = text_of(a, "langfuse.observation.prompt.name");
  if (prompt.empty() || find_attribute(a, "mlflow.linkedPrompts") != nullptr) return;
  std::string prompts;
  json::Writer w(prompts);
  w.begin_array();
  w.begin_object();
  w.member("name", prompt);
  w.member("version", text_of(a, "langfuse.observation.prompt.version"));
  w.end_object();
  w.end_array();
  add_attribute(span.attributes, "mlflow.linkedPrompts", std::move(prompts));
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
  if (facts.name.empty()) facts.name = text_of(a, "langfuse.trace.name");
  facts.inputs_json = value_of(a, "langfuse.trace.input");
  facts.outputs_json = value_of(a, "langfuse.trace.output");
}

// What otlp_export put on the root of the trace goes back to the trace.
void take_trace_attributes(CanonicalSpan& span, TraceFacts& facts) {
  constexpr std::string_view kMetadata = "mlflow.trace.metadata.", kTag = "mlflow.trace.tag.";
  std::erase_if(span.attributes, [&](const Attribute& attribute) {
    const std::string_view key = attribute.key;
    const bool is_metadata = key.substr(0, kMetadata.size()) == kMetadata, is_tag = key.substr(0, kTag.size()) == kTag;
    const bool is_field = key == kTraceId || key == kClientRequestId || key == kTraceState;
    if (!is_metadata && !is_tag && !is_field) return false;
    const std::string text = attribute.json.size() > 1 && attribute.json[0] == '"'
                                 ? json::unescaped(std::string_view(attribute.json).substr(1, attribute.json.size() - 2))
                                 : attribute.json;
    if (key == kTraceId) {
      facts.id = text;
    } else if (key == kClientRequestId) {
      facts.client_request_id = text;
    } else if (key == kTraceState) {
      facts.state = text == "OK"            ? TraceState::Ok
                    : text == "ERROR"       ? TraceState::Error
                    : text == "IN_PROGRESS" ? TraceState::InProgress
                                            : TraceState::Derived;
    } else if (is_tag && key.substr(kTag.size()) == "mlflow.traceName") {
      facts.name = text;
    } else if (is_metadata) {
      facts.metadata.emplace_back(key.substr(kMetadata.size()), text);
    } else {
      facts.tags.emplace_back(key.substr(kTag.size()), text);
    }
    return true;
  });
}

// MLflow hands its spans to OpenTelemetry with every attribute as a text of JSON, as it stores them. Its
// traceRequestId tells: it has quotes inside.
void decode_mlflow_attributes(std::vector<Attribute>& attributes) {
  const std::string* request = find_attribute(attributes, "mlflow.traceRequestId");
  const bool all = request != nullptr && request->compare(0, 3, "\"\\\"") == 0;
  for (Attribute& attribute : attributes) {
    // These are never texts.
    const std::string_view key = attribute.key;
    if (!all && key != "mlflow.chat.tokenUsage" && key != "mlflow.llm.cost" && key != "mlflow.chat.tools") continue;
    if (attribute.json.size() < 2 || attribute.json[0] != '"') continue;
    std::string text = json::unescaped(std::string_view(attribute.json).substr(1, attribute.json.size() - 2));
    if (is_json(text)) attribute.json = std::move(text);
  }
}

}  // namespace

void apply_conventions(CanonicalSpan& span, std::string_view, TraceFacts& facts) {
  decode_mlflow_attributes(span.attributes);
  take_trace_attributes(span, facts);
  if (span.type.empty()) span.type = span_type(span.attributes);
  read_otel_io(span);
  read_model(span);
  read_tokens(span);
  read_cost(span);
  read_tools(span);
  read_langfuse(span);
  read_facts(span, facts);
  read_otel_scores(span, facts);
}

}  // namespace assay::convert
