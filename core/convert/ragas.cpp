#include "core/convert/ragas.h"

#include "core/convert/encodings.h"
#include "core/convert/reading.h"

namespace assay::convert {
namespace {

constexpr std::string_view kPrefix = "ragas.";

bool is_run(json::Node node) {
  return node["metric_input"].is_object() && node["metric_output"].present();
}

bool matches(json::Node record) {
  const json::Node first = record.is_object() ? record.first() : json::Node();
  return first.is_array() && is_run(first.first());
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    for (json::Node list = record.first(); list; list = list.next()) {
      const std::string metric = list.key();
      for (json::Node run = list.first(); run; run = run.next()) {
        if (is_run(run)) {
          read_run(context, run, metric);
        } else {
          context.note(ingest::IssueKind::WrongType,
                       metric + ": " + std::string(run.raw().substr(0, 80)), run.offset_bytes());
        }
      }
    }
  }

  static void read_run(Context& context, json::Node run, const std::string& metric) {
    const json::Node input = run["metric_input"];
    CanonicalTrace trace;
    trace.id = derived_id(context.file_name, metric + "\n" + std::string(run.raw()));
    trace.name = metric;
    trace.source_format = context.format;
    trace.state = TraceState::Ok;  // no times are told
    CanonicalSpan& root = trace.spans.emplace_back();
    root.id = trace.id + "/0";
    root.name = metric;
    root.type = "CHAIN";
    root.inputs_json = io_value(input["user_input"]);
    root.outputs_json = io_value(input["response"]);
    keep_rest(input, " user_input response reference retrieved_contexts ", kPrefix,
              root.attributes);
    const std::string root_id = root.id;
    add_contexts(input["retrieved_contexts"], trace);
    add_expected(input["reference"], {}, trace);
    keep_rest(run, " metric_input metric_output prompts is_accepted ", kPrefix, trace.metadata);

    std::string reason, corrected, corrected_reason;
    for (json::Node prompt = run["prompts"].first(); prompt; prompt = prompt.next()) {
      CanonicalSpan span;
      span.id = trace.id + "/" + prompt.key();
      span.parent_id = root_id;
      span.name = prompt.key();
      span.type = "EVALUATOR";
      span.inputs_json = unwrapped_json(prompt["prompt_input"]);
      span.outputs_json = unwrapped_json(prompt["prompt_output"]);
      keep_rest(prompt, " prompt_input prompt_output ", kPrefix, span.attributes);
      trace.spans.push_back(std::move(span));
      if (reason.empty()) reason = prompt["prompt_output"]["reason"].text();
      // A correction of a chain's only prompt is one of the metric.
      const json::Node edited = prompt["edited_output"];
      if (run["prompts"].size() == 1 && edited["verdict"].has_content()) {
        corrected = edited["verdict"].raw();
        corrected_reason = edited["reason"].text();
      }
    }
    add_verdicts(run, metric, reason, corrected, corrected_reason, trace);
    close_untimed(trace);
    context.emit(std::move(trace));
  }

  static void add_verdicts(json::Node run, const std::string& metric, const std::string& reason,
                           const std::string& corrected, const std::string& corrected_reason,
                           CanonicalTrace& trace) {
    const json::Node accepted = run["is_accepted"];
    CanonicalAssessment judge;
    judge.name = metric;
    judge.value_json = run["metric_output"].raw();
    judge.source_type = "LLM_JUDGE";
    judge.source_id = "ragas";
    judge.rationale = reason;
    keep_pair(accepted, "ragas.is_accepted", judge.metadata);
    CanonicalAssessment human;
    human.name = metric;
    human.source_type = "HUMAN";
    human.source_id = "ragas";
    human.value_json = !corrected.empty()           ? corrected
                       : accepted.boolean() == true ? judge.value_json
                                                    : std::string();
    human.rationale = corrected_reason;
    trace.assessments.push_back(std::move(judge));
    if (!human.value_json.empty()) trace.assessments.push_back(std::move(human));
  }
};

}  // namespace

Format ragas_format() {
  return {"Ragas", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
