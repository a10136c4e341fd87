#include "core/convert/braintrust.h"

#include "core/convert/encodings.h"
#include "core/convert/record_fields.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr std::string_view kRowKnown =
    " id span_id root_span_id span_parents is_root span_attributes metrics created input output "
    "expected error scores "
    "metadata tags comments _is_merge _merge_paths _xact_id _pagination_key project_id log_id "
    "experiment_id dataset_id "
    "project_name experiment_name org_id ";
constexpr std::string_view kMetricsKnown =
    " start end prompt_tokens completion_tokens tokens total_tokens prompt_cached_tokens "
    "prompt_cache_creation_tokens "
    "completion_reasoning_tokens estimated_cost ";

bool matches(json::Node r) {
  return r["root_span_id"].present() && r["span_id"].present() &&
         (r["span_attributes"].present() || r["_xact_id"].present() || r["_is_merge"].present() ||
          r["span_parents"].present());
}

void read_numbers(json::Node metrics, json::Node metadata, CanonicalSpan& span) {
  read_usage(metrics, span.tokens);
  span.cost.total_usd = first_of(metrics, {"estimated_cost", "cost"}).number().value_or(-1);
  span.model = first_text_of(metadata, {"model"});
  for (const std::string_view inner : {"invocation_params", "metadata"}) {
    if (span.model.empty()) span.model = first_text_of(metadata[inner], {"model", "ls_model_name"});
  }
  span.provider = first_text_of(metadata, {"provider"});
  if (span.provider.empty()) span.provider = first_text_of(metadata["metadata"], {"ls_provider"});
  if (metadata["tools"].is_array() && metadata["tools"].has_content())
    span.tools_json = metadata["tools"].raw();
}

void read_scores(json::Node scores, const std::string& span_id, bool root, TimeNs time,
                 CanonicalTrace& trace) {
  for (json::Node each = scores.is_object() ? scores.first() : json::Node(); each;
       each = each.next()) {
    if (!each.has_content()) continue;  // null: not scored
    CanonicalAssessment& out = trace.assessments.emplace_back();
    out.name = each.key();
    out.value_json = scalar_value(each);
    out.source_id = "braintrust";
    out.create_time_ns = time;
    if (!root) out.span_id = span_id;
  }
}

// {"name": [{"id", "label", "confidence"}]} or one of these.
void read_classifications(json::Node map, const std::string& span_id, bool root,
                          CanonicalTrace& trace) {
  for (json::Node each = map.is_object() ? map.first() : json::Node(); each; each = each.next()) {
    const json::Node first = each.is_array() ? each.first() : each;
    const std::string label =
        first.is_object() ? first_text_of(first, {"label", "id", "name"}) : first.text_or_raw();
    if (label.empty()) continue;
    CanonicalAssessment& out = trace.assessments.emplace_back();
    out.name = each.key();
    out.value_json = json::quoted(label);
    out.source_type = "LLM_JUDGE";
    out.source_id = "braintrust classifier";
    keep_rest(first, " label ", "braintrust.", out.metadata);
    if (!root) out.span_id = span_id;
  }
}

void read_comments(Context& context, json::Node list, const std::string& span_id, bool root,
                   CanonicalTrace& trace) {
  for (json::Node each = list.is_array() ? list.first() : json::Node(); each; each = each.next()) {
    const json::Node comment = each["comment"];
    const std::string text = comment.is_object() ? comment["text"].text_or_raw()
                                                 : first_text_of(each, {"comment", "text"});
    if (text.empty()) continue;
    CanonicalAssessment& out = trace.assessments.emplace_back();
    out.name = "comment";
    out.value_json = json::quoted(text);
    out.source_type = "HUMAN";
    out.id = each["id"].text();
    out.source_id = first_text_of(each["user"], {"email", "id", "name"});
    out.create_time_ns = time_member(context, each, {"created"});
    if (!root) out.span_id = span_id;
  }
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    // Parts of a row are known by its id; what is no part needs no keeping.
    const std::string id = record["id"].text_or_raw();
    if (record["_is_merge"].present() && !id.empty()) {
      parts_.add(id, record);
      return;
    }
    if (!id.empty() && parts_.has(id)) {  // the whole row between its parts
      parts_.add(id, record);
      return;
    }
    read_row(context, record);
  }

  void finish(Context& context) override {
    for (const std::string& text : parts_.take()) {
      json::Tree tree;
      if (tree.parse(text)) read_row(context, tree.root());
    }
  }

  static void read_row(Context& context, json::Node record) {
    const Unwrapped row(tidy_row(record, false));
    const json::Node node = row.node;
    const std::string trace_id = node["root_span_id"].text_or_raw();
    if (trace_id.empty()) {
      context.note(ingest::IssueKind::MissingTraceId, "row " + node["id"].text_or_raw());
      return;
    }
    const Unwrapped attributes(node["span_attributes"]), metrics(node["metrics"]),
        metadata(node["metadata"]);
    CanonicalSpan span;
    span.id = node["span_id"].text_or_raw();
    const Unwrapped parents(node["span_parents"]);
    span.parent_id =
        parents.node.is_array() ? parents.node.first().text_or_raw() : parents.node.text_or_raw();
    if (span.parent_id == span.id) span.parent_id.clear();
    const bool root = span.parent_id.empty();
    span.name = attributes.node["name"].text_or_raw();
    if (span.name.empty()) span.name = node["name"].text_or_raw();
    read_times(context, node, metrics.node, span);
    span.inputs_json = io_value(node["input"]);
    const std::string type = attributes.node["type"].text();
    if (type == "retriever") span.outputs_json = retrieved_documents(node["output"]);
    if (span.outputs_json.empty()) span.outputs_json = io_value(node["output"]);
    span.type = span_type_of(type, span.inputs_json);
    if (attributes.node["purpose"].text() == "scorer") span.type = "EVALUATOR";
    const std::string error = error_text(node["error"]);
    span.status = !error.empty()           ? Status::Error
                  : span.end_ns != kNoTime ? Status::Ok
                                           : Status::Unset;
    span.status_message = error;
    read_numbers(metrics.node, metadata.node, span);
    keep_rest(attributes.node, " name ", "braintrust.span_attributes.", span.attributes);
    keep_rest(metrics.node, kMetricsKnown, "braintrust.metrics.", span.attributes);
    keep_rest(metadata.node, {}, "braintrust.metadata.", span.attributes);
    keep_rest(node, std::string(kRowKnown) + "classifications ", "braintrust.", span.attributes);
    add_text_attribute(span.attributes, "braintrust.id", node["id"].text_or_raw());
    if (node["error"].is_object())
      add_attribute(span.attributes, "braintrust.error", std::string(node["error"].raw()));
    read_trace(context, node, metadata.node, span, root, context.traces.trace(trace_id));
  }

  static std::string error_text(json::Node error) {
    if (!error.has_content()) return {};
    const std::string message = first_text_of(error, {"message", "error"});
    return !message.empty() ? message : error.text_or_raw();
  }

  static void read_times(Context& context, json::Node node, json::Node metrics,
                         CanonicalSpan& span) {
    span.start_ns = time_member(context, metrics, {"start"});
    span.end_ns = time_member(context, metrics, {"end"});
    if (span.start_ns == kNoTime) span.start_ns = time_member(context, node, {"created"});
  }

  static void read_trace(Context& context, json::Node node, json::Node metadata,
                         CanonicalSpan& span, bool root, CanonicalTrace& trace) {
    if (trace.source_format.empty()) trace.source_format = context.format;
    if (root) {
      trace.session = first_text_of(metadata, {"session_id", "thread_id", "conversation_id"});
      trace.user = first_text_of(metadata, {"user_id"});
      for (const std::string_view key : {"project_id", "project_name", "log_id", "experiment_id",
                                         "experiment_name", "dataset_id", "org_id"}) {
        if (const std::string text = node[key].text_or_raw(); !text.empty())
          trace.metadata.emplace_back("braintrust." + std::string(key), text);
      }
      add_tags(node["tags"], trace);
    } else if (node["tags"].has_content()) {
      add_attribute(span.attributes, "braintrust.tags", std::string(node["tags"].raw()));
    }
    const Unwrapped scores(node["scores"]);
    read_scores(scores.node, span.id, root, span.end_ns, trace);
    const Unwrapped classifications(node["classifications"]);
    read_classifications(classifications.node, span.id, root, trace);
    const Unwrapped comments(node["comments"]);
    read_comments(context, comments.node, span.id, root, trace);
    if (const std::string expected = unwrapped_json(node["expected"]);
        !expected.empty() && node["expected"].has_content()) {
      // Scorers and inner spans repeat the ground truth of the row that they belong to.
      if (root) {
        trace.assessments.push_back(expectation_of(expected));
      } else {
        add_attribute(span.attributes, "braintrust.expected", expected);
      }
    }
    trace.spans.push_back(std::move(span));
  }

  RowMerger parts_;
};

}  // namespace

Format braintrust_format() {
  return {"Braintrust rows", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
