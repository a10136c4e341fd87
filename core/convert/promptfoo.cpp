#include "core/convert/promptfoo.h"

#include <unordered_map>

#include "core/convert/encodings.h"
#include "core/convert/reading.h"

namespace assay::convert {
namespace {

constexpr std::string_view kPrefix = "promptfoo.";

bool is_row(json::Node node) {
  return node["prompt"].is_object() && node["vars"].is_object() &&
         (node["gradingResult"].present() || node["promptIdx"].present()) &&
         (node["response"].present() || node["success"].present());
}

bool matches(json::Node record) {
  const json::Node results = record["results"];
  return (record["evalId"].present() && results.is_object() && results["version"].present()) ||
         is_row(results["results"].first()) || is_row(record);
}

// Assertions whose verdict a model gives; all others are computed.
bool is_model_graded(std::string_view type) {
  if (type.substr(0, 4) == "not-") type.remove_prefix(4);
  if (type.substr(0, 13) == "model-graded-" || type.substr(0, 8) == "context-" ||
      type.substr(0, 5) == "llm-r")
    return true;
  return names_contain(
      " factuality g-eval answer-relevance conversation-relevance select-best moderation "
      "classifier pi search-rubric "
      "trajectory:goal-success agent-rubric ",
      type);
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (is_row(record)) return read_row(context, record, {}, {});
    const json::Node results = record["results"];
    for (json::Node row = results["results"].first(); row; row = row.next()) {
      if (is_row(row)) {
        read_row(context, row, record, results["timestamp"]);
      } else {
        context.note(ingest::IssueKind::WrongType,
                     "result: " + std::string(row.raw().substr(0, 80)), row.offset_bytes());
      }
    }
    if (!results["results"].first().present())
      context.note(ingest::IssueKind::ConversionNote, "an evaluation without results");
  }

  void read_row(Context& context, json::Node row, json::Node evaluation, json::Node time) {
    CanonicalTrace trace;
    trace.source_format = context.format;
    const std::string evaluation_id = evaluation["evalId"].text();
    const json::Node test = row["testCase"], response = row["response"], provider = row["provider"];
    trace.id = row["id"].text();
    if (trace.id.empty() && !evaluation_id.empty() && row["testIdx"].present()) {
      trace.id =
          evaluation_id + "-" + row["testIdx"].text_or_raw() + "-" + row["promptIdx"].text_or_raw();
    }
    if (trace.id.empty()) trace.id = derived_id(context.file_name, row.raw());
    trace.name = first_text_of(test, {"description"});
    if (trace.name.empty()) trace.name = first_text_of(row["prompt"], {"label"}).substr(0, 80);
    keep_text(evaluation_id, "promptfoo.evalId", trace.metadata);
    keep_pair(evaluation["config"]["description"], "promptfoo.description", trace.metadata);
    trace.request_time_ns = any_time_ns(time);

    CanonicalSpan& span = trace.spans.emplace_back();
    span.id = trace.id + "/0";
    span.name = provider.is_object() ? first_text_of(provider, {"label", "id"}) : provider.text();
    if (span.name.empty()) span.name = "model";
    span.inputs_json = io_value(row["prompt"]["raw"]);
    span.outputs_json = io_value(response["output"]);
    span.type = span_type_of("LLM", span.inputs_json);
    read_model(provider.is_object() ? provider["id"].text() : provider.text(), span);
    read_usage(response["tokenUsage"].has_content() ? response["tokenUsage"] : row["tokenUsage"],
               span.tokens);
    if (span.tokens.cache_read < 0)
      span.tokens.cache_read = count_of(response["tokenUsage"]["cached"]);
    span.cost.total_usd = usd_of(response["cost"].present() ? response["cost"] : row["cost"]);
    span.start_ns = trace.request_time_ns;
    const auto latency_ms = row["latencyMs"].number();
    if (span.start_ns != kNoTime) {
      span.end_ns = span.start_ns + (latency_ms && *latency_ms >= 0 && *latency_ms < 1e12
                                         ? static_cast<int64_t>(*latency_ms * 1e6)
                                         : 0);
    }
    // failureReason: 1 an assertion failed, 2 the call failed.
    const bool failed = row["failureReason"].integer() == 2 || response["error"].has_content();
    span.status = failed ? Status::Error : Status::Ok;
    if (failed)
      span.status_message = first_text_of(row, {"error"}).empty() ? response["error"].text_or_raw()
                                                                  : row["error"].text_or_raw();
    if (span.end_ns == kNoTime) trace.state = failed ? TraceState::Error : TraceState::Ok;
    keep_rest(row["prompt"], " raw ", "promptfoo.prompt.", span.attributes);
    keep_rest(response, " output tokenUsage cost ", "promptfoo.response.", span.attributes);
    keep_rest(row,
              " id prompt response gradingResult namedScores score success tokenUsage cost "
              "latencyMs testCase error provider ",
              kPrefix, span.attributes);
    if (provider.is_object()) keep_rest(provider, "", "promptfoo.provider.", span.attributes);
    keep_rest(test, " vars ", "promptfoo.test.", trace.metadata);

    read_scores(row, trace);
    close_untimed(trace);
    context.emit(std::move(trace));
  }

  // "openai:chat:gpt-4o" → provider openai, model gpt-4o.
  static void read_model(const std::string& id, CanonicalSpan& span) {
    const size_t first = id.find(':');
    if (first == std::string::npos) {
      span.model = id;
      return;
    }
    span.provider = id.substr(0, first);
    std::string rest = id.substr(first + 1);
    for (const std::string_view kind :
         {"chat:", "messages:", "completion:", "responses:", "embedding:"}) {
      if (rest.substr(0, kind.size()) == kind) rest.erase(0, kind.size());
    }
    span.model = std::move(rest);
  }

  static void read_scores(json::Node row, CanonicalTrace& trace) {
    const json::Node grading = row["gradingResult"];
    add(trace, "pass", row["success"].present() ? row["success"] : grading["pass"], "CODE")
        .rationale = grading["reason"].text();
    add(trace, "score", row["score"].present() ? row["score"] : grading["score"], "CODE");
    for (json::Node named = row["namedScores"].first(); named; named = named.next())
      add(trace, named.key(), named, "CODE");
    std::unordered_map<std::string, int> seen;
    for (json::Node part = grading["componentResults"].first(); part; part = part.next()) {
      const json::Node assertion = part["assertion"];
      const std::string type = assertion["type"].text();
      std::string name = first_text_of(assertion, {"metric", "type"});
      if (name.empty()) name = "assertion";
      if (const int count = ++seen[name]; count > 1) name += "-" + std::to_string(count);
      const bool judged = is_model_graded(type);
      CanonicalAssessment& out =
          add(trace, name, judged && part["score"].present() ? part["score"] : part["pass"],
              type == "human" ? "HUMAN"
              : judged        ? "LLM_JUDGE"
                              : "CODE");
      out.rationale = first_text_of(part, {"reason", "comment"});
      out.source_id = assertion["provider"].is_object() ? assertion["provider"]["id"].text()
                                                        : assertion["provider"].text();
      keep_rest(assertion, " provider metric ", "assertion.", out.metadata);
      keep_rest(part, " assertion reason ", "", out.metadata);
    }
    for (json::Node assertion = row["testCase"]["assert"].first(); assertion;
         assertion = assertion.next()) {
      if (assertion["type"].text() == "equals") add_expected(assertion["value"], {}, trace);
    }
    drop_empty(trace);
  }

  static CanonicalAssessment& add(CanonicalTrace& trace, std::string_view name, json::Node value,
                                  std::string_view source) {
    CanonicalAssessment& out = trace.assessments.emplace_back();
    out.name = name;
    if (value.has_content()) out.value_json = value.raw();
    out.source_type = source;
    return out;
  }

  static void drop_empty(CanonicalTrace& trace) {
    std::vector<CanonicalAssessment> kept;
    for (CanonicalAssessment& a : trace.assessments) {
      if (!a.value_json.empty()) kept.push_back(std::move(a));
    }
    trace.assessments = std::move(kept);
  }
};

}  // namespace

Format promptfoo_format() {
  return {"promptfoo", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
