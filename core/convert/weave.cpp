#include "core/convert/weave.h"

#include <algorithm>
#include <unordered_set>

#include "core/convert/encodings.h"
#include "core/convert/flattened.h"
#include "core/convert/otel_span.h"
#include "core/convert/record_fields.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr std::string_view kCallKnown =
    " id trace_id parent_id op_name display_name started_at ended_at inputs output exception "
    "summary attributes "
    "thread_id turn_id wb_user_id wb_run_id project_id deleted_at feedback ";

bool matches(json::Node r) {
  return r["op_name"].is_string() && r["started_at"].present() && r["id"].present();
}

// "weave:///entity/project/op/NAME:hash" → NAME.
std::string op_of(const std::string& op_name) {
  if (op_name.compare(0, 9, "weave:///") != 0) return op_name;
  std::string name = op_name.substr(op_name.rfind('/') + 1);
  name.resize(std::min(name.size(), name.find(':')));
  return name;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Weave tells no kind: the op's name and its attributes do, where they are known.
std::string type_of(json::Node attributes, const std::string& op, const std::string& inputs_json) {
  const std::string kind = first_text_of(attributes["weave"], {"kind"});
  if (std::string type = span_type_of(first_text_of(attributes, {"kind", "type"}), inputs_json);
      !type.empty())
    return type;
  if (std::string type = span_type_of(kind == "llm" ? "LLM" : kind, inputs_json); !type.empty())
    return type;
  if (contains(op, "embeddings.create") || contains(op, ".embed")) return "EMBEDDING";
  if (contains(op, "completions.create") || contains(op, "messages.create") ||
      contains(op, "responses.create") || contains(op, "generate_content") ||
      contains(op, "chat.complete")) {
    return span_type_of("LLM", inputs_json);
  }
  if (contains(op, ".score") || contains(op, "Evaluation.")) return "EVALUATOR";
  return {};
}

void add(int64_t& sum, int64_t count) {
  if (count >= 0) sum = (sum < 0 ? 0 : sum) + count;
}

// summary.usage: {model: {…}}. A call with calls below it repeats their sum; only the innermost
// counts.
bool read_usage_by_model(json::Node summary, CanonicalSpan& span) {
  const json::Node usage = summary["usage"];
  if (!usage.is_object() || !usage.has_content()) return false;
  for (json::Node each = usage.first(); each; each = each.next()) {
    Tokens tokens;
    read_usage(each, tokens);
    add(span.tokens.input, tokens.input);
    add(span.tokens.output, tokens.output);
    add(span.tokens.total, tokens.total);
    add(span.tokens.cache_read, tokens.cache_read);
    add(span.tokens.reasoning, tokens.reasoning);
    if (span.model.empty()) span.model = each.key();
  }
  const json::Node costs = summary["weave"]["costs"];
  const auto add_usd = [](double& sum, json::Node cost) {
    const auto usd = cost.number();
    if (usd && *usd >= 0) sum = (sum < 0 ? 0 : sum) + *usd;
  };
  for (json::Node each = costs.is_object() ? costs.first() : json::Node(); each;
       each = each.next()) {
    add_usd(span.cost.input_usd, each["prompt_tokens_total_cost"]);
    add_usd(span.cost.output_usd, each["completion_tokens_total_cost"]);
    if (!each["prompt_tokens_total_cost"].present())
      add_usd(span.cost.total_usd, first_of(each, {"total_cost", "cost"}));
  }
  return true;
}

void read_feedback(Context& context, json::Node node, const std::string& span_id,
                   CanonicalTrace& trace) {
  const std::string type = node["feedback_type"].text();
  const json::Node payload = node["payload"];
  CanonicalAssessment out;
  out.source_type = "HUMAN";
  const auto begins = [&](std::string_view prefix) {
    return type.compare(0, prefix.size(), prefix) == 0;
  };
  json::Node value;
  if (begins("wandb.reaction.")) {
    out.name = "reaction";
    value = first_of(payload, {"emoji", "alias"});
  } else if (begins("wandb.note.")) {
    out.name = "note";
    value = payload["note"];
  } else if (begins("wandb.annotation.")) {
    out.name = type.substr(17);
    value = payload["value"];
  } else if (begins("wandb.runnable.")) {
    out.name = type.substr(15);
    out.source_type = "CODE";
    value = payload["output"];
    if (value.is_object() && value.size() == 1) value = value.first();
    out.source_id = node["runnable_ref"].text();
  } else {
    out.name = type.empty() ? "feedback" : type;
    value = payload;
  }
  if (!value.has_content()) {
    context.note(ingest::IssueKind::BadAssessment, "feedback " + out.name + " without a value",
                 node.offset_bytes());
    return;
  }
  out.value_json = value.is_string() ? json::quoted(value.text()) : std::string(value.raw());
  out.id = node["id"].text();
  if (out.source_id.empty()) out.source_id = first_text_of(node, {"creator", "wb_user_id"});
  out.create_time_ns = time_member(context, node, {"created_at"});
  out.span_id = span_id;
  out.metadata.emplace_back("weave.feedback_type", type);
  trace.assessments.push_back(std::move(out));
}

std::string first_line(const std::string& text) {
  const size_t last = text.find_last_not_of("\r\n ");
  if (last == std::string::npos) return {};
  const size_t begin = text.find_last_of('\n', last);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     last - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const Unwrapped row(unflattened_row(record));
    const json::Node node = row.node;
    std::string trace_id = node["trace_id"].text_or_raw();
    if (trace_id.empty()) {
      context.note(ingest::IssueKind::DerivedTraceId, "call " + node["op_name"].text());
      trace_id = node["id"].text_or_raw();
    }
    const Unwrapped summary_value(node["summary"]), attributes_value(node["attributes"]);
    const json::Node summary = summary_value.node, attributes = attributes_value.node;
    CanonicalSpan span;
    span.id = node["id"].text_or_raw();
    span.parent_id = node["parent_id"].text_or_raw();
    const std::string op = op_of(node["op_name"].text());
    span.name = first_text_of(node, {"display_name"});
    if (span.name.empty()) span.name = op;
    read_times(context, node, summary, span);
    read_status(node, summary, span);
    span.inputs_json = io_value(node["inputs"]);
    span.outputs_json = io_value(node["output"]);
    const bool used = read_usage_by_model(summary, span);
    span.type = type_of(attributes, op, span.inputs_json);
    if (used && span.model.empty()) span.model = first_text_of(node["inputs"], {"model"});
    // Calls of OpenTelemetry spans carry their attributes.
    append_otlp_attributes(attributes["otel_span"]["attributes"], span.attributes);
    add_text_attribute(span.attributes, "weave.op_name", node["op_name"].text());
    keep_rest(attributes, " otel_span ", "weave.attributes.", span.attributes);
    keep_rest(summary, " usage weave ", "weave.summary.", span.attributes);
    if (summary["usage"].has_content())
      add_attribute(span.attributes, "weave.summary.usage", std::string(summary["usage"].raw()));
    if (node["exception"].has_content())
      add_text_attribute(span.attributes, "weave.exception", node["exception"].text_or_raw());
    keep_rest(node, kCallKnown, "weave.", span.attributes);
    read_trace(context, node, summary, std::move(span), context.traces.trace(trace_id));
  }

  // The page's CSV has columns like "inputs.question" and "summary.weave.status".
  static std::string unflattened_row(json::Node record) {
    std::string tidy = tidy_row(record, false);
    bool flat = false;
    for (json::Node each = record.first(); each && !flat; each = each.next()) {
      const std::string key = each.key();
      flat = key.compare(0, 7, "inputs.") == 0 || key.compare(0, 7, "output.") == 0 ||
             key.compare(0, 8, "summary.") == 0;
    }
    if (!flat) return tidy;
    const Unwrapped row(std::move(tidy));
    std::vector<Attribute> members;
    for (json::Node each = row.node.first(); each; each = each.next())
      members.push_back({"row." + each.key(), std::string(each.raw())});
    return unflattened(members, "row");
  }

  static void read_times(Context& context, json::Node node, json::Node summary,
                         CanonicalSpan& span) {
    span.start_ns = time_member(context, node, {"started_at"});
    span.end_ns = time_member(context, node, {"ended_at"});
    const auto latency_ms = summary["weave"]["latency_ms"].number();
    if (span.end_ns == kNoTime && span.start_ns != kNoTime && latency_ms && *latency_ms >= 0 &&
        *latency_ms < 1e12) {
      span.end_ns = span.start_ns + static_cast<TimeNs>(*latency_ms * 1e6);
    }
  }

  static void read_status(json::Node node, json::Node summary, CanonicalSpan& span) {
    std::string status = summary["weave"]["status"].text();
    for (char& c : status) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    const std::string exception = node["exception"].text_or_raw();
    if (status == "ERROR" || !exception.empty()) {
      span.status = Status::Error;
      span.status_message =
          first_line(exception);  // the last line of a traceback says what went wrong
    } else if (span.end_ns != kNoTime) {
      span.status = Status::Ok;
    }
    if (status == "DESCENDANT_ERROR") add_text_attribute(span.attributes, "weave.status", status);
  }

  void read_trace(Context& context, json::Node node, json::Node summary, CanonicalSpan span,
                  CanonicalTrace& trace) {
    if (trace.source_format.empty()) trace.source_format = context.format;
    if (trace.session.empty()) trace.session = node["thread_id"].text_or_raw();
    if (trace.user.empty()) trace.user = node["wb_user_id"].text_or_raw();
    const bool root = span.parent_id.empty();
    if (root) {
      for (const std::string_view key : {"project_id", "wb_run_id", "turn_id"}) {
        if (const std::string text = node[key].text_or_raw(); !text.empty())
          trace.metadata.emplace_back("weave." + std::string(key), text);
      }
    }
    json::Node feedback = node["feedback"];
    if (!feedback.is_array()) feedback = summary["weave"]["feedback"];
    for (json::Node each = feedback.is_array() ? feedback.first() : json::Node(); each;
         each = each.next()) {
      if (each.is_object()) read_feedback(context, each, root ? std::string() : span.id, trace);
    }
    trace.spans.push_back(std::move(span));
    trace_ids_.insert(trace.id);
  }

  // Weave adds up the usage of the calls below a call in that call, too. The innermost called the
  // model.
  void finish(Context& context) override {
    for (const std::string& id : trace_ids_) {
      CanonicalTrace& trace = context.traces.trace(id);
      keep_innermost_usage(trace);
      for (CanonicalSpan& span : trace.spans) {
        if (!span.tokens.known()) {
          span.model.clear();
        } else if (span.type.empty()) {
          span.type = span_type_of("LLM", span.inputs_json);
        }
      }
    }
  }

  std::unordered_set<std::string> trace_ids_;
};

}  // namespace

Format weave_format() {
  return {"Weave calls", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
