// What a span says of its own quality: evaluation events and Phoenix's annotations.
#include "core/convert/encodings.h"
#include "core/convert/flattened.h"
#include "core/convert/otel_values.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"

namespace assay::convert::otel {

namespace {

// An assessment that otlp_export wrote: nothing of it is lost on the way.
bool read_mlflow_assessment(const std::string& json, CanonicalAssessment& out) {
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
  out.span_id = a["span_id"].text();
  out.mlflow_json = json;
  for (json::Node each = a["metadata"].first(); each; each = each.next()) out.metadata.emplace_back(each.key(), each.text_or_raw());
  return true;
}

void read_evaluation_events(const CanonicalSpan& span, TraceFacts& facts) {
  for (const SpanEvent& event : span.events) {
    if (event.name != "gen_ai.evaluation.result") continue;
    const Attributes& a = event.attributes;
    CanonicalAssessment out;
    if (read_mlflow_assessment(value_of(a, "mlflow.assessment"), out)) {
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
    } else if (node["explanation"].has_content()) {  // a note is all text
      out.value_json = json::quoted(node["explanation"].text_or_raw());
    } else {
      continue;
    }
    if (score.has_content() || label.has_content()) out.rationale = node["explanation"].text();
    const std::string kind = upper(node["annotator_kind"].text());
    out.source_type = kind == "HUMAN" ? "HUMAN" : kind == "CODE" ? "CODE" : "LLM_JUDGE";
    out.source_id = node["identifier"].text();
    if (node["metadata"].has_content()) out.metadata.emplace_back("metadata", unwrapped_json(node["metadata"]));
    if (!whole_trace) out.span_id = span.id;
    if (prefix[0] == 's' && !facts.session.empty()) out.metadata.emplace_back("mlflow.trace.session", facts.session);
    facts.assessments.push_back(std::move(out));
  }
}

}  // namespace

void read_otel_scores(CanonicalSpan& span, TraceFacts& facts) {
  read_evaluation_events(span, facts);
  std::erase_if(span.events, [](const SpanEvent& event) {
    return event.name == "gen_ai.evaluation.result" && find_attribute(event.attributes, "mlflow.assessment") != nullptr;
  });
  read_annotations(span, "annotations", "annotation", false, facts);
  read_annotations(span, "evaluations", "evaluation", false, facts);
  read_annotations(span, "trace.annotations", "annotation", true, facts);
  read_annotations(span, "session.annotations", "annotation", true, facts);
}

}  // namespace assay::convert::otel
