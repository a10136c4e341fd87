// Inputs, outputs and types of spans from the values of JSON rows (the second half of
// record_fields.h).
#include <unordered_map>
#include <unordered_set>

#include "core/convert/chat_messages.h"
#include "core/convert/encodings.h"
#include "core/convert/record_fields.h"
#include "core/json/respaced.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

// LangChain's LLMResult: {"generations": [[{"text", "message"}]]}; the messages of all of them.
std::string generation_messages(json::Node generations) {
  std::string list;
  json::Writer w(list);
  w.begin_array();
  bool any = false;
  for (json::Node prompt = generations.first(); prompt; prompt = prompt.next()) {
    json::Node each = prompt.is_array() ? prompt.first() : prompt;
    for (; each; each = prompt.is_array() ? each.next() : json::Node()) {
      any = true;
      if (each["message"].is_object()) {
        w.raw(each["message"].raw());
      } else {
        w.begin_object();
        w.member("role", "assistant");
        w.member("content", each["text"].text());
        w.end_object();
      }
    }
  }
  w.end_array();
  return any ? chat_messages(list) : std::string();
}

// The object with its message list in OpenAI's form; the other members stay.
std::string with_member(json::Node object, std::string_view name, const std::string& messages) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member_raw("messages", messages);
  for (json::Node each = object.first(); each; each = each.next()) {
    const std::string key = each.key();
    if (key != name && key != "messages") w.member_raw(key, each.raw());
  }
  w.end_object();
  return out;
}

}  // namespace

std::string io_value(json::Node value) {
  const Unwrapped inner(value);
  const json::Node node = inner.node;
  if (!node.present() || node.kind() == json::Kind::Null) return {};
  if (node.is_object()) {
    if (node["messages"].is_array()) {
      const std::string messages = chat_messages(node["messages"].raw());
      if (!messages.empty()) return with_member(node, "messages", messages);
    }
    if (node["generations"].is_array()) {
      const std::string messages = generation_messages(node["generations"]);
      if (!messages.empty()) return with_member(node, "generations", messages);
    }
    // LangChain's prompt values.
    if (node["lc"].present() && node["kwargs"]["messages"].is_array()) {
      const std::string messages = chat_messages(node["kwargs"]["messages"].raw());
      if (!messages.empty()) return "{\"messages\":" + messages + "}";
    }
    // {"output": message}, as LangChain's runs answer.
    if (node.size() == 1 && (node["output"].is_object() || node["output"].is_array())) {
      const std::string messages = chat_messages(node["output"].raw());
      if (!messages.empty()) return "{\"messages\":" + messages + "}";
    }
  }
  // Choices of a completion say more than their messages; OpenAI's form keeps all of it.
  const json::Node choice = node.is_array() ? node.first() : json::Node();
  if (choice["message"].is_object() &&
      (choice["index"].present() || choice["finish_reason"].present())) {
    return "{\"choices\":" + std::string(node.raw()) + "}";
  }
  return with_messages(std::string(node.raw()));
}

std::string io_of_encoded(json::Node value) {
  const std::string text = value.is_string() ? value.text() : std::string();
  if (text.size() < 2 || text[0] != '"' || !is_json(text)) return io_value(value);
  const Unwrapped once(text);
  return io_value(once.node);
}

std::string retrieved_documents(json::Node value) {
  const Unwrapped inner(value);
  json::Node list = inner.node;
  if (list.is_object()) list = first_of(list, {"documents", "output"});
  if (!list.is_array() || !list.first().is_object()) return {};
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (json::Node each = list.first(); each; each = each.next()) {
    json::Node document = each["kwargs"].is_object() ? each["kwargs"] : each;
    if (document["document"].is_object()) document = document["document"];
    const json::Node content =
        first_of(document, {"page_content", "pageContent", "document.content", "content", "text"});
    if (!content.present()) return {};
    std::string metadata;
    json::Writer m(metadata);
    m.begin_object();
    const Unwrapped given(first_of(document, {"metadata", "document.metadata"}));
    for (json::Node member = given.node.is_object() ? given.node.first() : json::Node(); member;
         member = member.next()) {
      m.member_raw(member.key(), member.raw());
    }
    const json::Node score = first_of(document, {"score", "document.score"});
    if (score.present() && !given.node["score"].present()) m.member_raw("score", score.raw());
    m.end_object();
    w.begin_object();
    w.member("page_content", content.text_or_raw());
    w.member_raw("metadata", metadata);
    const json::Node id = first_of(document, {"id", "document.id"});
    if (id.is_string() || id.is_number()) w.member("id", id.text_or_raw());
    w.end_object();
  }
  w.end_array();
  return out;
}

std::string span_type_of(std::string_view kind, std::string_view inputs_json) {
  constexpr std::pair<std::string_view, std::string_view> kTable[] = {{"LLM", "LLM"},
                                                                      {"GENERATION", "LLM"},
                                                                      {"COMPLETION", "LLM"},
                                                                      {"CHAIN", "CHAIN"},
                                                                      {"TOOL", "TOOL"},
                                                                      {"FUNCTION", "UNKNOWN"},
                                                                      {"AGENT", "AGENT"},
                                                                      {"RETRIEVER", "RETRIEVER"},
                                                                      {"EMBEDDING", "EMBEDDING"},
                                                                      {"RERANKER", "RERANKER"},
                                                                      {"PARSER", "PARSER"},
                                                                      {"EVALUATOR", "EVALUATOR"},
                                                                      {"SCORE", "EVALUATOR"},
                                                                      {"REVIEW", "EVALUATOR"},
                                                                      {"CLASSIFIER", "EVALUATOR"},
                                                                      {"GUARDRAIL", "GUARDRAIL"},
                                                                      {"TASK", "TASK"},
                                                                      {"WORKFLOW", "WORKFLOW"},
                                                                      {"AUTOMATION", "WORKFLOW"},
                                                                      {"CHAT_MODEL", "CHAT_MODEL"},
                                                                      {"MEMORY", "MEMORY"}};
  std::string upper(kind);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  std::string_view found;
  for (const auto& [name, type] : kTable) {
    if (name == upper) found = type;
  }
  if (found == "LLM" && inputs_json.find("\"messages\":[{\"role\":") < 4) return "CHAT_MODEL";
  return std::string(found);
}

void keep_innermost_usage(CanonicalTrace& trace) {
  std::unordered_map<std::string, size_t> by_id;
  for (size_t i = 0; i < trace.spans.size(); ++i)
    by_id[mlflow_span_id(trace.spans[i].id)] = i;
  std::vector<bool> above(trace.spans.size());
  for (size_t i = 0; i < trace.spans.size(); ++i) {
    if (!trace.spans[i].tokens.known() && !trace.spans[i].cost.known()) continue;
    // Up to one that was met already, so that rings end.
    for (auto at = by_id.find(mlflow_span_id(trace.spans[i].parent_id));
         at != by_id.end() && !above[at->second];
         at = by_id.find(mlflow_span_id(trace.spans[at->second].parent_id))) {
      above[at->second] = true;
    }
  }
  for (size_t i = 0; i < trace.spans.size(); ++i) {
    if (!above[i]) continue;
    trace.spans[i].tokens = Tokens();
    trace.spans[i].cost = Cost();
  }
}

void settle_trace_io(CanonicalTrace& trace, std::string_view prefix) {
  if (trace.inputs_json.empty() && trace.outputs_json.empty()) return;
  if (trace.spans.empty()) {
    CanonicalSpan span;
    span.id = trace.id;
    span.name = trace.name;
    span.start_ns = trace.request_time_ns;
    if (trace.request_time_ns != kNoTime && trace.duration_ms >= 0 &&
        trace.duration_ms < 1'000'000'000'000) {
      span.end_ns = trace.request_time_ns + trace.duration_ms * 1'000'000;
    }
    span.status = trace.state == TraceState::Error ? Status::Error : Status::Unset;
    span.inputs_json = trace.inputs_json;
    span.outputs_json = trace.outputs_json;
    span.attributes.push_back({"assay.source.madeFromTrace", "true"});
    trace.spans.push_back(std::move(span));
    return;
  }
  std::unordered_set<std::string> ids;
  for (const CanonicalSpan& span : trace.spans)
    ids.insert(mlflow_span_id(span.id));
  CanonicalSpan* root = nullptr;
  for (CanonicalSpan& span : trace.spans) {
    const std::string parent = mlflow_span_id(span.parent_id);
    if (!parent.empty() && ids.count(parent) > 0) continue;
    const bool better = root == nullptr ||
                        (parent.empty() && !mlflow_span_id(root->parent_id).empty()) ||
                        (parent.empty() == mlflow_span_id(root->parent_id).empty() &&
                         span.start_ns < root->start_ns);
    if (better) root = &span;
  }
  if (root == nullptr) return;
  const auto settle = [&](const std::string& of_trace, std::string& of_root,
                          std::string_view name) {
    if (of_trace.empty()) return;
    if (of_root.empty()) {
      of_root = of_trace;
    } else if (json::respaced(of_root) != json::respaced(of_trace)) {
      add_attribute(root->attributes, std::string(prefix) + std::string(name), of_trace);
    }
  };
  settle(trace.inputs_json, root->inputs_json, "trace.input");
  settle(trace.outputs_json, root->outputs_json, "trace.output");
}

}  // namespace assay::convert
