#include "core/judge/conversation.h"

#include <algorithm>
#include <utility>

#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/writer.h"

namespace assay::judge {
namespace {

struct Tool {
  std::string_view name, description, properties, required;
};

constexpr std::string_view kPage =
    R"("max_content_length":{"type":"integer","description":"Bytes of a page"},)"
    R"("page_token":{"type":"string","description":"next_page_token of the page before"})";
constexpr std::string_view kSpanPage =
    R"("span_id":{"type":"string"},)"
    R"("max_content_length":{"type":"integer","description":"Bytes of a page"},)"
    R"("page_token":{"type":"string","description":"next_page_token of the page before"})";

constexpr Tool kTools[] = {
    {"get_trace_info", "State, time, duration, tokens and previews of the trace.", "", ""},
    {"get_root_span", "The outermost span: the request and the final response.", kPage, ""},
    {"list_spans", "All spans in order: id, name, type, start, duration, parent, status.",
     R"("max_results":{"type":"integer"},"page_token":{"type":"string"})", ""},
    {"get_span", "Inputs, outputs, attributes and events of one span.", kSpanPage, R"("span_id")"},
    {"search_trace_regex",
     "Where a regular expression occurs in the spans, in upper or lower case.",
     R"("pattern":{"type":"string"},"max_matches":{"type":"integer"},)"
     R"("surrounding_content_length":{"type":"integer"})",
     R"("pattern")"},
    {"get_span_performance_and_timing_report",
     "The slowest spans, and how often each name occurs and how long it takes.", "", ""},
};

std::string text_at(const json::Doc& doc, std::string_view key) {
  return json::get_string(doc, key).value_or("");
}

const json::Doc* list_at(const json::Doc& doc, std::string_view key) {
  const json::Doc* list = json::find(doc, key);
  return list != nullptr && list->is_array() ? list : nullptr;
}

const json::Doc* first_in(const json::Doc& doc, std::string_view list_key, std::string_view key) {
  const json::Doc* list = list_at(doc, list_key);
  return list != nullptr && !list->empty() ? json::find(list->front(), key) : nullptr;
}

std::string text_or_json(const json::Doc* value) {
  if (value == nullptr) return "{}";
  return value->is_string() ? value->get<std::string>() : json::dump(*value);
}

// What of a reply has to be said again in the next request, for the judge to know what it asked for.
json::Doc said_in(Api api, const json::Doc& reply) {
  json::Doc said;
  switch (api) {
    case Api::Chat: {
      const json::Doc* message = first_in(reply, "choices", "message");
      const json::Doc* calls = message != nullptr ? list_at(*message, "tool_calls") : nullptr;
      if (calls == nullptr) break;
      said["role"] = "assistant";
      const json::Doc* content = json::find(*message, "content");
      said["content"] = content != nullptr ? *content : json::Doc();
      said["tool_calls"] = json::Doc::array();
      for (json::Doc call : *calls) {
        const json::Doc* function = json::find(call, "function");
        if (function == nullptr || !function->is_object()) continue;
        std::string arguments = text_or_json(json::find(*function, "arguments"));
        if (text_at(call, "id").empty()) call["id"] = "call_" + std::to_string(said["tool_calls"].size() + 1);  // some give none
        call["type"] = "function";
        call["function"]["arguments"] = std::move(arguments);
        said["tool_calls"].push_back(std::move(call));
      }
      break;
    }
    case Api::Responses: {
      // Nothing is kept on the provider's side: ids of its items, and its reasoning, would mean nothing.
      const json::Doc* output = list_at(reply, "output");
      said = json::Doc::array();
      for (size_t i = 0; output != nullptr && i < output->size(); ++i) {
        const json::Doc& item = (*output)[i];
        if (text_at(item, "type") != "function_call") continue;
        json::Doc kept = json::Doc::object();
        for (const char* key : {"type", "call_id", "name"}) kept[key] = text_at(item, key);
        kept["arguments"] = text_or_json(json::find(item, "arguments"));
        said.push_back(std::move(kept));
      }
      break;
    }
    case Api::Messages: {
      const json::Doc* content = list_at(reply, "content");
      if (content == nullptr) break;
      said["role"] = "assistant";
      said["content"] = *content;
      break;
    }
    case Api::Gemini: {
      const json::Doc* content = first_in(reply, "candidates", "content");
      if (content == nullptr || list_at(*content, "parts") == nullptr) break;
      said = *content;
      said["role"] = "model";
      break;
    }
  }
  return said;
}

std::vector<ToolUse> uses_in(Api api, const json::Doc& said) {
  std::vector<ToolUse> uses;
  const json::Doc* list = api == Api::Responses ? &said
                          : api == Api::Chat     ? list_at(said, "tool_calls")
                          : api == Api::Messages ? list_at(said, "content")
                                                 : list_at(said, "parts");
  if (list == nullptr || !list->is_array()) return uses;
  for (const json::Doc& entry : *list) {
    const json::Doc* call = &entry;
    const char* arguments = "arguments";
    if (api == Api::Chat) call = json::find(entry, "function");
    if (api == Api::Gemini) {
      call = json::find(entry, "functionCall");
      arguments = "args";
    } else if (api == Api::Messages) {
      if (text_at(entry, "type") != "tool_use") continue;
      arguments = "input";
    }
    if (call == nullptr) continue;
    const json::Doc& named = api == Api::Gemini ? *call : entry;
    uses.push_back({text_at(named, api == Api::Responses ? "call_id" : "id"), text_at(*call, "name"),
                    text_or_json(json::find(*call, arguments))});
  }
  return uses;
}

}  // namespace

bool reads_with_tools(const ScorerSpec& scorer) {
  return scorer.kind == ScorerKind::Instructions && param(scorer, "trace_access") == "tools" &&
         template_variables(scorer.text).ok() &&
         (template_variables(scorer.text).value() & kVarTrace) != 0;
}

int max_turns(const ScorerSpec& scorer) {
  return static_cast<int>(
      std::clamp<double>(param_number(scorer, "max_turns").value_or(10), 2, kMaxTurns));
}

std::string tools_json(Api api) {
  std::string text = api == Api::Gemini ? R"([{"functionDeclarations":[)" : "[";
  bool first = true;
  for (const Tool& tool : kTools) {
    if (!first) text += ',';
    first = false;
    text += api == Api::Chat        ? R"({"type":"function","function":{"name":")"
            : api == Api::Responses ? R"({"type":"function","strict":false,"name":")"
                                    : R"({"name":")";
    text += tool.name;
    text += R"(","description":")";
    text += tool.description;
    text += '"';
    // Gemini refuses an object without properties.
    if (api != Api::Gemini || !tool.properties.empty()) {
      text += api == Api::Messages ? R"(,"input_schema":)" : R"(,"parameters":)";
      text += R"({"type":"object","properties":{)";
      text += tool.properties;
      text += R"(},"required":[)";
      text += tool.required;
      text += "]}";
    }
    text += api == Api::Chat ? "}}" : "}";
  }
  return text + (api == Api::Gemini ? "]}]" : "]");
}

ToolTurn read_tool_turn(Api api, std::string_view reply_body) {
  const Result<json::Doc> doc = json::parse_doc(reply_body);
  if (!doc.ok() || !doc.value().is_object()) return {};
  ToolTurn turn = turn_of_said(api, json::dump(said_in(api, doc.value())));
  turn.usage = usage_of_reply(reply_body);
  return turn;
}

ToolTurn turn_of_said(Api api, std::string said_json) {
  ToolTurn turn;
  const Result<json::Doc> doc = json::parse_doc(said_json);
  if (doc.ok()) turn.uses = uses_in(api, doc.value());
  turn.said_json = std::move(said_json);
  return turn;
}

std::vector<ToolUse> uses_of_said(std::string_view said_json) {
  for (const Api api : {Api::Chat, Api::Responses, Api::Messages, Api::Gemini}) {
    ToolTurn turn = turn_of_said(api, std::string(said_json));
    if (!turn.uses.empty()) return std::move(turn.uses);
  }
  return {};
}

void append_results(std::vector<Message>& messages, Api api, const ToolTurn& turn,
                    const std::vector<std::string>& results) {
  // The Responses API has no messages around the items.
  const std::string_view said = turn.said_json;
  messages.push_back({"assistant", "", std::string(api == Api::Responses ? said.substr(1, said.size() - 2) : said)});
  // One message with all results, or, in the other two, an entry for each.
  const bool in_one = api == Api::Messages || api == Api::Gemini;
  std::string text;
  json::Writer out(text);
  if (in_one) {
    out.begin_object();
    out.member("role", "user");
    out.key(api == Api::Gemini ? "parts" : "content");
  }
  out.begin_array();
  for (size_t i = 0; i < turn.uses.size(); ++i) {
    const ToolUse& use = turn.uses[i];
    out.begin_object();
    switch (api) {
      case Api::Chat:
        out.member("role", "tool");
        out.member("tool_call_id", use.id);
        out.member("content", results[i]);
        break;
      case Api::Responses:
        out.member("type", "function_call_output");
        out.member("call_id", use.id);
        out.member("output", results[i]);
        break;
      case Api::Messages:
        out.member("type", "tool_result");
        out.member("tool_use_id", use.id);
        out.member("content", results[i]);
        break;
      case Api::Gemini:
        out.key("functionResponse");
        out.begin_object();
        if (!use.id.empty()) out.member("id", use.id);
        out.member("name", use.name);
        out.key("response");
        out.begin_object();
        out.member("result", results[i]);
        out.end_object();
        out.end_object();
        break;
    }
    out.end_object();
  }
  out.end_array();
  if (in_one) out.end_object();
  messages.push_back({"user", "", in_one ? std::move(text) : text.substr(1, text.size() - 2)});
}

bool refuses_tools(int status, std::string_view reply_body) {
  if (status != 400 && status != 404 && status != 422 && status != 501) return false;
  const std::string text = ascii_lower(utf8_prefix(reply_body, 20'000));
  return text.find("tool") != std::string::npos || text.find("function call") != std::string::npos;
}

}  // namespace assay::judge
