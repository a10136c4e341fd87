#include "core/convert/deepeval.h"

#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/convert/transcript.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr std::string_view kPrefix = "deepeval.";

bool is_case(json::Node node) {
  return node["metricsData"].is_array() &&
         (node["actualOutput"].present() || node["input"].present() || node["turns"].is_array());
}

bool matches(json::Node record) {
  for (const std::string_view key : {"testCases", "conversationalTestCases"}) {
    const json::Node first = record[key].first();
    if (is_case(first) || (first["name"].is_string() && first["success"].present())) return true;
  }
  return is_case(record);
}

// A span or a trace without an end is still running; the status says so too.
Status status_of(json::Node node) {
  const std::string status = node["status"].text();
  return status == "ERRORED" ? Status::Error : status == "SUCCESS" ? Status::Ok : Status::Unset;
}

// A trace repeats the metrics of its test case.
bool is_same(json::Node a, json::Node b) {
  return a["name"].raw() == b["name"].raw() && a["score"].raw() == b["score"].raw() &&
         a["reason"].raw() == b["reason"].raw();
}

void read_metrics(json::Node list, const std::string& span_id, CanonicalTrace& trace,
                  json::Node told_already = {}) {
  for (json::Node metric = list.first(); metric; metric = metric.next()) {
    bool told = false;
    for (json::Node other = told_already.first(); other && !told; other = other.next())
      told = is_same(other, metric);
    if (told) continue;
    CanonicalAssessment out;
    out.name = first_text_of(metric, {"name", "metric"});
    if (out.name.empty()) out.name = "metric";
    out.span_id = span_id;
    out.rationale = metric["reason"].text();
    out.source_id = metric["evaluationModel"].text();
    out.source_type = out.source_id.empty() ? "CODE" : "LLM_JUDGE";
    out.error_message = metric["error"].text();
    const json::Node verdict = metric["score"].has_content() || !out.error_message.empty()
                                   ? metric["score"]
                                   : metric["success"];
    if (verdict.has_content()) out.value_json = verdict.raw();
    if (out.value_json.empty() && out.error_message.empty()) out.value_json = "null";
    keep_pair(metric["evaluationCost"], "mlflow.assessment.judgeCost", out.metadata);
    keep_rest(metric, " name metric reason evaluationModel score error evaluationCost ", "",
              out.metadata);
    trace.assessments.push_back(std::move(out));
  }
}

struct SpanList {
  std::string_view member, type;
};
constexpr SpanList kSpanLists[] = {{"baseSpans", ""},
                                   {"agentSpans", "AGENT"},
                                   {"llmSpans", "LLM"},
                                   {"retrieverSpans", "RETRIEVER"},
                                   {"toolSpans", "TOOL"}};

void read_span(Context& context, json::Node node, std::string_view type, CanonicalTrace& trace) {
  CanonicalSpan span;
  span.id = node["uuid"].text();
  span.parent_id = node["parentUuid"].text();
  span.name = node["name"].text();
  span.start_ns = time_member(context, node, {"startTime"});
  span.end_ns = time_member(context, node, {"endTime"});
  span.status = status_of(node);
  span.status_message = node["error"].text();
  span.inputs_json = io_value(node["input"]);
  if (type == "RETRIEVER") span.outputs_json = retrieved_documents(node["output"]);
  if (span.outputs_json.empty()) span.outputs_json = io_value(node["output"]);
  constexpr std::string_view kAi =
      R"({"role":"AI",)";  // as a message's role (inside a text the quotes are escaped)
  for (size_t at = span.outputs_json.find(kAi); at != std::string::npos;
       at = span.outputs_json.find(kAi, at)) {
    span.outputs_json.replace(at, kAi.size(), R"({"role":"assistant",)");
  }
  span.type = type.empty() ? std::string() : span_type_of(type, span.inputs_json);
  span.model = node["model"].text();
  span.provider = node["provider"].text();
  span.tokens.input = count_of(node["inputTokenCount"]);
  span.tokens.output = count_of(node["outputTokenCount"]);
  const double per_input = usd_of(node["costPerInputToken"]),
               per_output = usd_of(node["costPerOutputToken"]);
  if (per_input >= 0 && span.tokens.input >= 0)
    span.cost.input_usd = per_input * static_cast<double>(span.tokens.input);
  if (per_output >= 0 && span.tokens.output >= 0)
    span.cost.output_usd = per_output * static_cast<double>(span.tokens.output);
  read_metrics(node["metricsData"], span.id, trace);
  keep_rest(node,
            " uuid parentUuid name startTime endTime status error input output model provider "
            "inputTokenCount "
            "outputTokenCount metricsData type ",
            kPrefix, span.attributes);
  trace.spans.push_back(std::move(span));
}

void read_trace(Context& context, json::Node node, json::Node test_case, CanonicalTrace& trace) {
  trace.id = node["uuid"].text();
  trace.request_time_ns = time_member(context, node, {"startTime"});
  const TimeNs end_ns = time_member(context, node, {"endTime"});
  if (trace.request_time_ns != kNoTime && end_ns != kNoTime && end_ns >= trace.request_time_ns) {
    trace.duration_ms = (end_ns - trace.request_time_ns) / 1'000'000;
  }
  const Status status = status_of(node);
  if (status != Status::Unset)
    trace.state = status == Status::Error ? TraceState::Error : TraceState::Ok;
  if (node["name"].has_content()) trace.name = node["name"].text();
  trace.session = node["threadId"].text();
  trace.user = node["userId"].text();
  add_tags(node["tags"], trace);
  trace.inputs_json = io_value(node["input"]);
  trace.outputs_json = io_value(node["output"]);
  for (const SpanList& list : kSpanLists) {
    for (json::Node span = node[list.member].first(); span; span = span.next())
      read_span(context, span, list.type, trace);
  }
  read_metrics(node["metricsData"], {}, trace, test_case["metricsData"]);
  keep_rest(node["metadata"], "", "deepeval.metadata.", trace.metadata);
  keep_rest(node,
            " uuid startTime endTime status name threadId userId tags input output metricsData "
            "metadata baseSpans agentSpans "
            "llmSpans retrieverSpans toolSpans ",
            "deepeval.trace.", trace.metadata);
}

// [{"name", "inputParameters", "output"}]
void add_tools(json::Node tools, CanonicalTrace& trace) {
  for (json::Node tool = tools.first(); tool; tool = tool.next()) {
    CanonicalSpan span;
    span.id = trace.id + "/tool-" + std::to_string(trace.spans.size());
    span.parent_id = trace.spans[0].id;
    span.name = tool["name"].text();
    span.type = "TOOL";
    span.inputs_json = unwrapped_json(tool["inputParameters"]);
    span.outputs_json = unwrapped_json(tool["output"]);
    keep_rest(tool, " name inputParameters output ", kPrefix, span.attributes);
    trace.spans.push_back(std::move(span));
  }
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (is_case(record)) return read_case(context, record, {});
    Pairs run;
    keep_rest(record, " testCases conversationalTestCases metricsScores ", "deepeval.run.", run);
    for (const std::string_view key : {"testCases", "conversationalTestCases"}) {
      for (json::Node each = record[key].first(); each; each = each.next()) {
        if (each.is_object()) {
          read_case(context, each, run);
        } else {
          context.note(ingest::IssueKind::WrongType,
                       "test case: " + std::string(each.raw().substr(0, 80)), each.offset_bytes());
        }
      }
    }
  }

  void read_case(Context& context, json::Node node, const Pairs& run) {
    CanonicalTrace trace;
    trace.source_format = context.format;
    trace.name = node["name"].text();
    trace.metadata = run;
    std::string known =
        " name metricsData expectedOutput expectedOutcome expectedTools tags trace ";
    const json::Node own = node["trace"];
    if (own.is_object()) read_trace(context, own, node, trace);
    if (trace.id.empty()) trace.id = derived_id(context.file_name, node.raw());
    if (trace.spans.empty()) {
      read_exchange(node, trace);
      known += "input actualOutput retrievalContext toolsCalled turns ";
    } else {
      if (trace.inputs_json.empty()) trace.inputs_json = io_value(node["input"]);
      if (trace.outputs_json.empty()) trace.outputs_json = io_value(node["actualOutput"]);
      settle_trace_io(trace, kPrefix);
    }
    read_metrics(node["metricsData"], {}, trace);
    add_expected(first_of(node, {"expectedOutput", "expectedOutcome"}), {}, trace);
    add_expected(node["expectedTools"], "expected_tools", trace);
    add_tags(node["tags"], trace);
    keep_rest(node, known, kPrefix, trace.metadata);
    context.emit(std::move(trace));
  }

  // A test case that tells no spans.
  static void read_exchange(json::Node node, CanonicalTrace& trace) {
    std::vector<TranscriptMessage> turns;
    TranscriptOptions options;
    if (!trace.name.empty()) options.name = trace.name;
    if (read_transcript(node["turns"], turns)) {
      options.single_span = true;
      append_transcript(trace, turns, options);
    } else {
      CanonicalSpan& root = trace.spans.emplace_back();
      root.id = trace.id + "/0";
      root.name = options.name;
      root.type = "CHAIN";
      root.inputs_json = io_value(node["input"]);
      root.outputs_json = io_value(node["actualOutput"]);
    }
    add_contexts(node["retrievalContext"], trace);
    add_tools(node["toolsCalled"], trace);
    if (trace.state == TraceState::Derived) trace.state = TraceState::Ok;  // no times are told
    close_untimed(trace);
  }
};

}  // namespace

Format deepeval_format() {
  return {"DeepEval", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
