// read_trace_input(): what a scorer reads of a trace beyond its root span: expectations, tools,
// documents, the other traces of the session.
#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/unescape.h"
#include "core/judge/trace_input.h"
#include "core/store/assessment.h"

namespace assay::judge {
namespace {

using store::Dataset;
using store::SpanRow;
using store::TraceRow;

// Of an outline of a whole trace, in bytes.
constexpr size_t kMaxOutlineValue = 4000;
constexpr size_t kMaxOutline = 80'000;

std::string text_at(const Dataset& dataset, TextRef ref) {
  std::string scratch;
  const store::TextScope scope(dataset);
  return ref.present() ? std::string(dataset.text_now(ref, scratch)) : std::string();
}

bool is_missing(std::string_view json_text) {
  const std::string_view text = trimmed(json_text);
  return text.empty() || text == "null";
}

// An attribute's value; MLflow writes them as strings that hold JSON.
json::Doc attribute(const json::Doc& attributes, std::string_view key) {
  const json::Doc* found = json::find(attributes, key);
  if (found == nullptr) return {};
  if (!found->is_string()) return *found;
  Result<json::Doc> inner = json::parse_doc(found->get<std::string>());
  return inner.ok() ? std::move(inner).value() : *found;
}

std::string first_exception(const Dataset& dataset, SpanRow span) {
  const Result<json::Doc> events = json::parse_doc(text_at(dataset, dataset.span_events(span)));
  if (!events.ok() || !events.value().is_array()) return {};
  for (const json::Doc& event : events.value()) {
    if (json::get_string(event, "name") != "exception") continue;
    const json::Doc* attributes = json::find(event, "attributes");
    if (attributes == nullptr) continue;
    if (auto message = json::get_string(*attributes, "exception.message")) return *message;
    return json::get_string(*attributes, "exception.type").value_or("exception");
  }
  return {};
}

ToolCall tool_call(const Dataset& dataset, SpanRow span) {
  ToolCall call;
  call.name = dataset.name_text(dataset.span_name(span));
  const std::string inputs = text_at(dataset, dataset.span_inputs(span));
  if (!is_missing(inputs)) call.arguments_json = inputs;
  if (inputs.find("tool_name") != std::string::npos) {
    const Result<json::Doc> doc = json::parse_doc(inputs);
    const json::Doc* inner = doc.ok() ? json::find(doc.value(), "call") : nullptr;
    if (inner != nullptr) {
      if (auto name = json::get_string(*inner, "tool_name")) call.name = *name;
    }
  }
  const std::string outputs = text_at(dataset, dataset.span_outputs(span));
  if (!is_missing(outputs)) call.result = outputs_as_text(outputs);
  call.error = first_exception(dataset, span);
  call.failed = !call.error.empty() || dataset.span_status(span) == store::SpanStatus::Error;
  if (call.failed && call.error.empty())
    call.error = text_at(dataset, dataset.span_status_message(span));
  return call;
}

// The tools that the models were given: mlflow.chat.tools, or the inputs' tools, each once.
std::string tools_offered(const Dataset& dataset, TraceRow row) {
  json::Doc all = json::Doc::array();
  const store::Range spans = dataset.spans(row);
  for (uint32_t i = 0; i < spans.count; ++i) {
    const SpanRow span{spans.begin + i};
    const std::string_view type = dataset.name_text(dataset.span_type(span));
    if (type != "LLM" && type != "CHAT_MODEL") continue;
    json::Doc tools;
    const Result<json::Doc> attributes =
        json::parse_doc(text_at(dataset, dataset.span_attributes(span)));
    if (attributes.ok()) tools = attribute(attributes.value(), "mlflow.chat.tools");
    if (!tools.is_array()) {
      const Result<json::Doc> inputs = json::parse_doc(text_at(dataset, dataset.span_inputs(span)));
      const json::Doc* given = inputs.ok() ? json::find(inputs.value(), "tools") : nullptr;
      if (given != nullptr) tools = *given;
    }
    if (!tools.is_array()) continue;
    for (json::Doc& tool : tools) {
      if (std::find(all.begin(), all.end(), tool) == all.end()) all.push_back(std::move(tool));
    }
  }
  return all.empty() ? std::string() : json::dump(all);
}

std::vector<std::string> texts_of(const json::Doc& value) {
  std::vector<std::string> texts;
  if (value.is_string()) texts.push_back(value.get<std::string>());
  if (!value.is_array()) return texts;
  for (const json::Doc& element : value)
    texts.push_back(element.is_string() ? element.get<std::string>() : json::dump(element));
  return texts;
}

void read_expectations(TraceInput& input, const Dataset& dataset, TraceRow row) {
  json::Doc all = json::Doc::object();
  for (const store::Assessment& assessment : dataset.assessments(row)) {
    if (assessment.kind != store::AssessmentKind::Expectation) continue;
    Result<json::Doc> value = json::parse_doc(assessment.value_json);
    if (value.ok() && !value.value().is_null()) all[assessment.name] = std::move(value).value();
  }
  if (all.empty()) return;
  input.expectations_json = json::dump_pretty(all);
  if (const json::Doc* value = json::find(all, "expected_response")) {
    input.expected_response = value->is_string() ? value->get<std::string>() : json::dump(*value);
  }
  if (const json::Doc* value = json::find(all, "expected_facts"))
    input.expected_facts = texts_of(*value);
  if (const json::Doc* value = json::find(all, "guidelines"))
    input.expected_guidelines = texts_of(*value);
  const json::Doc* tools = json::find(all, "expected_tool_calls");
  if (tools != nullptr && tools->is_array()) input.expected_tools_json = json::dump(*tools);
}

void append_value(std::string& out, std::string_view label, std::string_view value) {
  if (is_missing(value)) return;
  out += "  ";
  out += label;
  out += ": ";
  const std::string_view kept = utf8_prefix(value, kMaxOutlineValue);
  out += kept;
  if (kept.size() < value.size())
    out += "… (" + std::to_string(value.size() - kept.size()) + " more bytes left out)";
  out += '\n';
}

std::string outline(const Dataset& dataset, TraceRow row) {
  std::string out = "trace ";
  out += dataset.trace_id(row);
  out += ", ";
  out += store::trace_state_name(dataset.state(row));
  if (dataset.duration_ms(row) >= 0) out += ", " + std::to_string(dataset.duration_ms(row)) + " ms";
  out += '\n';
  const store::Range spans = dataset.spans(row);
  for (uint32_t i = 0; i < spans.count; ++i) {
    const SpanRow span{spans.begin + i};
    if (out.size() > kMaxOutline) {
      return out + "(" + std::to_string(spans.count - i) + " more spans left out)\n";
    }
    out += "span " + std::to_string(i + 1) + ": ";
    out += dataset.name_text(dataset.span_name(span));
    const std::string_view type = dataset.name_text(dataset.span_type(span));
    if (!type.empty()) (out += ", ") += type;
    const uint32_t parent = dataset.parent(span);
    if (parent != store::kNoRow) out += ", in span " + std::to_string(parent - spans.begin + 1);
    (out += ", ") += store::span_status_name(dataset.span_status(span));
    const int64_t start = dataset.span_start_ns(span), end = dataset.span_end_ns(span);
    if (start != kNoTime && end != kNoTime && end >= start)
      out += ", " + std::to_string((end - start) / 1'000'000) + " ms";
    out += '\n';
    append_value(out, "inputs", text_at(dataset, dataset.span_inputs(span)));
    append_value(out, "outputs", text_at(dataset, dataset.span_outputs(span)));
    if (dataset.span_status(span) == store::SpanStatus::Error) {
      std::string error = first_exception(dataset, span);
      if (error.empty()) error = text_at(dataset, dataset.span_status_message(span));
      append_value(out, "error", error);
    }
  }
  return out;
}

bool is_before(const Dataset& dataset, TraceRow a, TraceRow b) {
  const int64_t at = dataset.request_time_ns(a), bt = dataset.request_time_ns(b);
  return at != bt ? at < bt : a.v < b.v;
}

void read_turns(TraceInput& input, const Dataset& dataset, const std::vector<TraceRow>& rows) {
  for (const TraceRow row : rows) {
    const std::optional<SpanRow> root = dataset.root_span(row);
    if (!root) continue;
    Turn turn;
    const std::string inputs = text_at(dataset, dataset.span_inputs(*root));
    const std::string outputs = text_at(dataset, dataset.span_outputs(*root));
    if (!is_missing(inputs)) turn.user = last_user_text(inputs);
    if (!is_missing(outputs)) turn.assistant = outputs_as_text(outputs);
    turn.tools = tools_called(dataset, row);
    if (!turn.user.empty() || !turn.assistant.empty()) input.turns.push_back(std::move(turn));
  }
}

uint16_t reads_of(const ScorerSpec& scorer, uint8_t variables) {
  uint16_t reads = scorer_info(scorer.kind).reads;
  if (scorer.kind != ScorerKind::Instructions) return reads;
  if ((variables & kVarInputs) != 0) reads |= kReadsInputs;
  if ((variables & kVarOutputs) != 0) reads |= kReadsOutputs;
  if ((variables & kVarConversation) != 0) reads |= kReadsConversation;
  return reads;
}

// The expectations that the scorer cannot do without.
SkipReason missing_expectation(const TraceInput& input, const ScorerSpec& scorer, uint16_t reads) {
  if ((reads & kReadsExpectedAnswer) != 0 && input.expected_response.empty() &&
      input.expected_facts.empty()) {
    return SkipReason::NoExpectedAnswer;
  }
  if ((reads & kReadsExpectedText) != 0 && input.expected_response.empty() &&
      trimmed(param(scorer, "expected")).empty()) {
    return SkipReason::NoExpectedResponse;
  }
  if ((reads & kReadsExpectedGuidelines) != 0 && input.expected_guidelines.empty())
    return SkipReason::NoExpectedGuidelines;
  return SkipReason::None;
}

}  // namespace

std::vector<ToolCall> tools_called(const Dataset& dataset, TraceRow row) {
  std::vector<std::pair<int64_t, uint32_t>> spans;
  const store::Range range = dataset.spans(row);
  for (uint32_t i = 0; i < range.count; ++i) {
    const SpanRow span{range.begin + i};
    if (dataset.name_text(dataset.span_type(span)) == "TOOL")
      spans.emplace_back(dataset.span_start_ns(span), span.v);
  }
  sort_in_place(spans);
  std::vector<ToolCall> calls;
  for (const auto& [start, span] : spans) {
    calls.push_back(tool_call(dataset, SpanRow{span}));
    calls.back().span = span;
  }
  return calls;
}

std::vector<TraceRow> session_traces(const Dataset& dataset, TraceRow row) {
  std::vector<TraceRow> found;
  const StringId session = dataset.session(row);
  if (!session.present()) return found;
  for (uint32_t i = 0; i < dataset.trace_count(); ++i) {
    if (dataset.session(TraceRow{i}) == session) found.push_back(TraceRow{i});
  }
  std::vector<TraceRow> ordered;
  const auto before = [&](uint32_t a, uint32_t b) {
    return is_before(dataset, found[a], found[b]);
  };
  for (const uint32_t i : sorted_indexes(found.size(), before)) ordered.push_back(found[i]);
  return ordered;
}

ItemSpan item_span(ScorerLevel level, std::string_view planned) {
  if (level != ScorerLevel::Chunk) return {planned, -1};
  const size_t hash = planned.rfind('#');
  if (hash == std::string_view::npos) return {planned, -1};
  const std::optional<int64_t> chunk = parse_int64(planned.substr(hash + 1));
  if (!chunk || *chunk < 0 || *chunk > INT32_MAX) return {planned, -1};
  return {planned.substr(0, hash), static_cast<int>(*chunk)};
}

TraceInput read_trace_input(const Dataset& dataset, TraceRow row, const ScorerSpec& scorer,
                            std::string_view planned_span,
                            const std::vector<TraceRow>* session) {
  TraceInput input;
  const auto skipped = [&input](SkipReason reason) {
    input.skip = reason;
    return input;
  };
  const Result<uint8_t> parsed = scorer.kind == ScorerKind::Instructions
                                     ? template_variables(scorer.text)
                                     : Result<uint8_t>(uint8_t{0});
  const uint8_t variables = parsed.ok() ? parsed.value() : uint8_t{0};
  const uint16_t reads = reads_of(scorer, variables);
  const std::optional<SpanRow> root = dataset.root_span(row);
  const bool is_measure = scorer_info(scorer.kind).group == ScorerGroup::Measures;
  if (!root && !is_measure) return skipped(SkipReason::NoRootSpan);
  if (root) input.root_span_id = dataset.span_id(*root);

  const std::string inputs = root ? text_at(dataset, dataset.span_inputs(*root)) : std::string();
  if (!is_missing(inputs))
    input.request =
        scorer.kind == ScorerKind::Instructions ? inputs : inputs_as_text(inputs);
  else if ((reads & kReadsInputs) != 0 || param(scorer, "of") == "inputs")
    return skipped(SkipReason::NoInputs);
  const std::string outputs = root ? text_at(dataset, dataset.span_outputs(*root)) : std::string();
  if (!is_missing(outputs))
    input.response =
        scorer.kind == ScorerKind::Instructions ? outputs : outputs_as_text(outputs);
  else if ((reads & kReadsOutputs) != 0)
    return skipped(SkipReason::NoOutputs);

  const bool wants_expectations =
      (variables & kVarExpectations) != 0 || scorer.kind == ScorerKind::Script ||
      scorer.kind == ScorerKind::ToolCallCorrectness ||
      (reads & (kReadsExpectedAnswer | kReadsExpectedText | kReadsExpectedGuidelines)) != 0;
  if (wants_expectations) read_expectations(input, dataset, row);
  if ((variables & kVarExpectations) != 0 && input.expectations_json.empty())
    return skipped(SkipReason::NoExpectations);
  const SkipReason missing = missing_expectation(input, scorer, reads);
  if (missing != SkipReason::None) return skipped(missing);
  if ((reads & kReadsExpectedAnswer) != 0 && !input.expected_response.empty() &&
      !input.expected_facts.empty()) {
    input.error =
        "The trace has both expected_response and expected_facts; MLflow takes one of them. "
        "Remove one";
  }

  if ((reads & kReadsChunks) != 0) {
    const ItemSpan item = item_span(level_of(scorer), planned_span);
    const std::optional<SpanRow> retriever =
        item.span_id.empty() ? std::nullopt : dataset.find_span(row, item.span_id);
    if (!retriever) return skipped(SkipReason::NoRetrieverSpan);
    input.context = retrieved_chunks(text_at(dataset, dataset.span_outputs(*retriever)));
    if (level_of(scorer) == ScorerLevel::Chunk) {
      const auto chunk = static_cast<size_t>(std::max(0, item.chunk));
      if (item.chunk < 0 || chunk >= input.context.size())
        return skipped(SkipReason::NoDocuments);
      input.context = {input.context[chunk]};
    }
  }
  if ((reads & kReadsTools) != 0) input.tools = tools_called(dataset, row);
  if ((reads & kReadsToolsOffered) != 0) input.tools_offered_json = tools_offered(dataset, row);
  if ((variables & kVarTrace) != 0) input.trace_text = outline(dataset, row);
  if ((reads & kReadsConversation) != 0) {
    if (!dataset.session(row).present()) return skipped(SkipReason::NoSession);
    read_turns(input, dataset, session != nullptr ? *session : session_traces(dataset, row));
    if (input.turns.empty()) return skipped(SkipReason::NoInputs);
  }
  return input;
}

}  // namespace assay::judge
