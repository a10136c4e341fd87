#include "core/convert/openai_agents.h"

#include <unordered_set>

#include "core/convert/encodings.h"
#include "core/convert/record_fields.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

bool matches(json::Node r) {
  const std::string object = r["object"].text();
  return (object == "trace" && (r["workflow_name"].present() || r["group_id"].present() ||
                                r["id"].text().compare(0, 6, "trace_") == 0)) ||
         (object == "trace.span" && r["span_data"].is_object());
}

struct Kind {
  std::string_view name, type, inputs, outputs;  // members of span_data; "" none
};

constexpr Kind kKinds[] = {
    {"agent", "AGENT", "", ""},
    {"function", "TOOL", "input", "output"},
    {"generation", "LLM", "input", "output"},
    {"response", "LLM", "input", "output"},
    {"handoff", "AGENT", "from_agent", "to_agent"},
    {"guardrail", "GUARDRAIL", "", "triggered"},
    {"custom", "", "", "data"},
    {"transcription", "LLM", "input", "output"},
    {"speech", "LLM", "input", "output"},
    {"speech_group", "", "input", ""},
    {"mcp_tools", "TOOL", "server", "result"},
    {"task", "TASK", "", ""},
    {"turn", "", "", ""},
};

const Kind& kind_of(std::string_view name) {
  static constexpr Kind kUnknown = {"", "", "input", "output"};
  for (const Kind& kind : kKinds) {
    if (kind.name == name) return kind;
  }
  return kUnknown;
}

// Audio is kept as it stands: {"data", "format"}.
std::string name_of(json::Node data, const std::string& type) {
  const std::string name = first_text_of(data, {"name"});
  if (!name.empty()) return name;
  if (type == "handoff") return "handoff to " + data["to_agent"].text_or_raw();
  if (type == "mcp_tools") return "tools of " + data["server"].text_or_raw();
  return type;
}

// ["search", "lookup"]: the names are all that is told.
std::string tools_of(json::Node tools) {
  if (!tools.is_array() || !tools.has_content()) return {};
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (json::Node each = tools.first(); each; each = each.next()) {
    if (!each.is_string()) return std::string(tools.raw());
    w.begin_object();
    w.member("type", "function");
    w.key("function");
    w.begin_object();
    w.member_raw("name", each.raw());
    w.end_object();
    w.end_object();
  }
  w.end_array();
  return out;
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (record["object"].text() == "trace") {
      read_trace(context, record);
    } else {
      read_span(context, record);
    }
  }

  static void read_trace(Context& context, json::Node node) {
    const std::string id = node["id"].text();
    if (id.empty()) {
      context.note(ingest::IssueKind::MissingTraceId, "trace " + node["workflow_name"].text());
      return;
    }
    CanonicalTrace& trace = context.traces.trace(id);
    trace.source_format = context.format;
    trace.name = node["workflow_name"].text();
    trace.session = node["group_id"].text_or_raw();
    const json::Node metadata = node["metadata"];
    if (trace.user.empty()) trace.user = first_text_of(metadata, {"user_id"});
    keep_rest(metadata, " user_id ", {}, trace.metadata);
    keep_rest(node, " object id workflow_name group_id metadata ", "openai_agents.",
              trace.metadata);
  }

  void read_span(Context& context, json::Node node) {
    const std::string trace_id = node["trace_id"].text();
    if (trace_id.empty()) {
      context.note(ingest::IssueKind::MissingTraceId, "span " + node["id"].text(),
                   node.offset_bytes());
      return;
    }
    const json::Node data = node["span_data"];
    const std::string type = data["type"].text();
    const Kind& kind = kind_of(type);
    CanonicalSpan span;
    span.id = node["id"].text();
    span.parent_id = node["parent_id"].text();
    span.name = name_of(data, type);
    span.start_ns = time_member(context, node, {"started_at"});
    span.end_ns = time_member(context, node, {"ended_at"});
    const json::Node error = node["error"];
    span.status = error.has_content()      ? Status::Error
                  : span.end_ns != kNoTime ? Status::Ok
                                           : Status::Unset;
    span.status_message = first_text_of(error, {"message"});
    if (!kind.inputs.empty()) span.inputs_json = io_value(data[kind.inputs]);
    if (!kind.outputs.empty()) span.outputs_json = io_value(data[kind.outputs]);
    span.type = kind.type == "LLM" ? span_type_of("LLM", span.inputs_json) : std::string(kind.type);
    read_model(data, type, span);
    add_text_attribute(span.attributes, "openai_agents.type", type);
    const std::string known = " type name input output usage model " + std::string(kind.inputs) +
                              " " + std::string(kind.outputs) + " ";
    keep_rest(data, known, "openai_agents.", span.attributes);
    if (data["usage"].has_content())
      add_attribute(span.attributes, "openai_agents.usage", std::string(data["usage"].raw()));
    if (error.has_content())
      add_attribute(span.attributes, "openai_agents.error", std::string(error.raw()));
    keep_rest(node, " object id trace_id parent_id started_at ended_at span_data error ",
              "openai_agents.span.", span.attributes);
    if (type == "response" && span.inputs_json.empty() && span.outputs_json.empty()) {
      context.note(ingest::IssueKind::ContentElsewhere,
                   "span " + span.id + " names response " + data["response_id"].text() +
                       " and holds no text of it",
                   node.offset_bytes());
    }
    CanonicalTrace& trace = context.traces.trace(trace_id);
    if (trace.source_format.empty()) trace.source_format = context.format;
    trace.spans.push_back(std::move(span));
    trace_ids_.insert(trace.id);
  }

  // Agents, tasks and turns may repeat the usage of the model calls below them.
  void finish(Context& context) override {
    for (const std::string& id : trace_ids_)
      keep_innermost_usage(context.traces.trace(id));
  }

  static void read_model(json::Node data, const std::string& type, CanonicalSpan& span) {
    const json::Node response = data["response"];
    span.model = first_text_of(data, {"model"});
    if (span.model.empty()) span.model = first_text_of(response, {"model"});
    if (type == "generation" || type == "response") span.provider = "openai";
    read_usage(data["usage"], span.tokens);
    if (!span.tokens.known()) read_usage(response["usage"], span.tokens);
    if (span.outputs_json.empty() && response["output"].has_content())
      span.outputs_json = io_value(response["output"]);
    if (type == "agent") span.tools_json = tools_of(data["tools"]);
  }

  std::unordered_set<std::string> trace_ids_;
};

}  // namespace

Format openai_agents_format() {
  return {"OpenAI Agents SDK", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
