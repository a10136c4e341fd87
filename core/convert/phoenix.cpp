#include "core/convert/phoenix.h"

#include <unordered_map>

#include "core/convert/encodings.h"
#include "core/convert/otel_span.h"
#include "core/convert/reading.h"
#include "core/convert/record_fields.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr std::string_view kSpanKnown =
    " id name context span_kind kind parent_id start_time end_time status status_code "
    "status_message attributes events "
    "links annotations notes resource ";
constexpr std::string_view kTraceKnown =
    " traceId spans rootSpan duration startTime endTime status ";
constexpr std::string_view kAnnotationKnown =
    " id name annotator_kind result identifier span_id trace_id session_id created_at updated_at "
    "metadata user_id ";

// The console exporter writes ids as 0x….
std::string id_of(json::Node node) {
  std::string id = node.text_or_raw();
  if (id.size() > 2 && id[0] == '0' && (id[1] == 'x' || id[1] == 'X')) id.erase(0, 2);
  return id;
}

// --- Annotations
// --------------------------------------------------------------------------------------

bool read_annotation(Context& context, json::Node node, CanonicalAssessment& out) {
  const json::Node result = node["result"].is_object() ? node["result"] : node;
  const json::Node score = result["score"], label = result["label"],
                   text = first_of(result, {"explanation", "note", "text"});
  out.name = node["name"].text();
  if (out.name.empty()) out.name = "note";
  const std::string kind = node["annotator_kind"].text();
  out.source_type = kind == "LLM" ? "LLM_JUDGE" : kind == "CODE" ? "CODE" : "HUMAN";
  out.id = node["id"].text();
  out.source_id = first_text_of(node, {"user_id", "identifier"});
  if (score.has_content()) {
    out.value_json = scalar_value(score);
    if (label.has_content()) out.metadata.emplace_back("label", label.text_or_raw());
  } else if (label.has_content()) {
    out.value_json = scalar_value(label);
  } else if (text.has_content()) {  // a note is all text
    out.value_json = json::quoted(text.text_or_raw());
  } else {
    context.note(ingest::IssueKind::BadAssessment, "annotation " + out.name + " without a value",
                 node.offset_bytes());
    return false;
  }
  if (text.has_content() && (score.has_content() || label.has_content()))
    out.rationale = text.text_or_raw();
  out.create_time_ns = time_member(context, node, {"created_at"});
  const Unwrapped metadata(node["metadata"]);
  keep_rest(metadata.node, {}, "phoenix.metadata.", out.metadata);
  if (node["user_id"].has_content() && node["identifier"].has_content()) {
    out.metadata.emplace_back("phoenix.identifier", node["identifier"].text_or_raw());
  }
  keep_rest(node, std::string(kAnnotationKnown) + "score label explanation note text ", "phoenix.",
            out.metadata);
  return true;
}

void read_annotations(Context& context, json::Node list, const std::string& span_id,
                      CanonicalTrace& trace) {
  for (json::Node each = list.is_array() ? list.first() : json::Node(); each; each = each.next()) {
    CanonicalAssessment out;
    if (!each.is_object() || !read_annotation(context, each, out)) continue;
    out.span_id = span_id;
    trace.assessments.push_back(std::move(out));
  }
}

// --- Spans
// ----------------------------------------------------------------------------------------------

Status status_of(const std::string& code) {
  const size_t dot = code.rfind('.');  // "StatusCode.ERROR"
  const std::string_view name =
      dot == std::string::npos ? std::string_view(code) : std::string_view(code).substr(dot + 1);
  return name == "OK" ? Status::Ok : name == "ERROR" ? Status::Error : Status::Unset;
}

void read_events(Context& context, json::Node value, CanonicalSpan& span) {
  const Unwrapped list(value);
  for (json::Node each = list.node.is_array() ? list.node.first() : json::Node(); each;
       each = each.next()) {
    SpanEvent& event = span.events.emplace_back();
    event.name = each["name"].text();
    event.time_ns = time_member(context, each, {"timestamp", "time"});
    append_otlp_attributes(each["attributes"], event.attributes);
    keep_rest(each, " name timestamp time attributes ", {}, event.attributes);
    if (span.status_message.empty())
      span.status_message = each["attributes"]["exception.message"].text();
  }
}

void read_links(json::Node list, CanonicalSpan& span) {
  for (json::Node each = list.is_array() ? list.first() : json::Node(); each; each = each.next()) {
    std::string text;
    json::Writer w(text);
    w.begin_object();
    w.member("trace_id", mlflow_trace_id(id_of(each["context"]["trace_id"])));
    w.member("span_id", mlflow_span_id(id_of(each["context"]["span_id"])));
    w.member_raw("attributes", each["attributes"].is_object() ? each["attributes"].raw()
                                                              : std::string_view("{}"));
    w.end_object();
    span.links.push_back({{}, std::move(text)});
  }
}

// Data frames hold lists of dictionaries with dots in their keys; flat keys are what the
// conventions read.
void flatten(const std::string& key, json::Node node, int depth, std::vector<Attribute>& out) {
  const bool list = node.is_array() && node.first().is_object();
  const size_t end = key.rfind('.');
  const std::string_view last =
      std::string_view(key).substr(end == std::string::npos ? 0 : end + 1);
  const bool leaf =
      last == "json_schema" || last == "metadata" || last == "arguments" || last == "vector" ||
      last == "parameters";
  if (depth > 12 || leaf || !(list || (node.is_object() && node.has_content()))) {
    out.push_back({key, std::string(node.raw())});
    return;
  }
  size_t index = 0;
  for (json::Node each = node.first(); each; each = each.next()) {
    flatten(key + "." + (list ? std::to_string(index++) : each.key()), each, depth + 1, out);
  }
}

// Attributes as flat keys, or as the nested objects that Phoenix's server holds them in.
void read_attributes(json::Node attributes, CanonicalSpan& span) {
  if (!attributes.is_object()) return append_otlp_attributes(attributes, span.attributes);
  for (json::Node each = attributes.first(); each; each = each.next()) {
    const std::string key = each.key();
    const bool of_convention = names_contain(
        " llm input output openinference session user retrieval reranker embedding tag tool agent "
        "graph ",
        key);
    if (each.is_object() && of_convention) {
      flatten(key, each, 0, span.attributes);
    } else {
      span.attributes.push_back({key, std::string(each.raw())});
    }
  }
}

// By conventions first; `kind` is Phoenix's own word.
void finish_span(Context& context, CanonicalSpan span, const std::string& kind,
                 CanonicalTrace& trace) {
  if (kind != "UNKNOWN" && find_attribute(span.attributes, "openinference.span.kind") == nullptr) {
    add_text_attribute(span.attributes, "openinference.span.kind", kind);
  }
  TraceFacts facts;
  apply_conventions(span, {}, facts);
  if (trace.source_format.empty()) trace.source_format = context.format;
  apply_facts(trace, std::move(facts));
  trace.spans.push_back(std::move(span));
}

bool read_span(Context& context, json::Node node,
               std::unordered_map<std::string, std::string>* traces) {
  const std::string trace_id = id_of(node["context"]["trace_id"]);
  if (trace_id.empty()) {
    context.note(ingest::IssueKind::MissingTraceId, "span " + node["name"].text(),
                 node.offset_bytes());
    return false;
  }
  CanonicalSpan span;
  span.id = id_of(node["context"]["span_id"]);
  span.parent_id = id_of(node["parent_id"]);
  span.name = node["name"].text_or_raw();
  span.start_ns = time_member(context, node, {"start_time"});
  span.end_ns = time_member(context, node, {"end_time"});
  span.status = status_of(first_text_of(node, {"status_code"}));
  if (span.status == Status::Unset) span.status = status_of(node["status"]["status_code"].text());
  span.status_message = first_text_of(node, {"status_message"});
  if (span.status_message.empty()) span.status_message = node["status"]["description"].text();
  read_attributes(node["attributes"], span);
  read_events(context, node["events"], span);
  read_links(node["links"], span);
  keep_rest(node, kSpanKnown, "phoenix.", span.attributes);
  add_text_attribute(span.attributes, "phoenix.id", node["id"].text());
  if (const std::string kind = node["kind"].text(); kind.compare(0, 9, "SpanKind.") == 0) {
    add_text_attribute(span.attributes, "otel.span.kind", kind.substr(9));
  }
  const std::string span_id = span.id;
  CanonicalTrace& trace = context.traces.trace(trace_id);
  if (trace.source_format.empty())
    keep_rest(node["resource"]["attributes"], {}, "otel.resource.", trace.metadata);
  finish_span(context, std::move(span), node["span_kind"].text(), trace);
  read_annotations(context, node["annotations"], span_id, trace);
  read_annotations(context, node["notes"], span_id, trace);
  if (traces != nullptr) (*traces)[mlflow_span_id(span_id)] = trace_id;
  return true;
}

bool is_span(json::Node node) {
  return node["context"]["trace_id"].present() && node["context"]["span_id"].present() &&
         node["name"].present();
}

bool is_cli_trace(json::Node node) {
  return node["traceId"].present() && is_span(node["spans"].first());
}

bool is_annotation(json::Node node) {
  return node["annotator_kind"].is_string() && node["name"].is_string() &&
         (node["span_id"].present() || node["trace_id"].present()) &&
         (node["result"].present() || node["score"].present());
}

class SpanReader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (is_span(record)) {
      read_span(context, record, &trace_of_span_);
    } else if (is_cli_trace(record)) {
      for (json::Node each = record["spans"].first(); each; each = each.next())
        read_span(context, each, &trace_of_span_);
      const std::string id = id_of(record["traceId"]);
      if (context.traces.has(id))
        keep_rest(record, kTraceKnown, "phoenix.", context.traces.trace(id).metadata);
    } else {
      Late& late = late_.emplace_back();
      late.trace_id = id_of(record["trace_id"]);
      late.assessment.span_id = id_of(record["span_id"]);
      if (!read_annotation(context, record, late.assessment)) late_.pop_back();
    }
  }

  // Annotations of their own name the span; its trace is known when all spans are read.
  void finish(Context& context) override {
    for (Late& late : late_) {
      if (const auto at = trace_of_span_.find(mlflow_span_id(late.assessment.span_id));
          at != trace_of_span_.end()) {
        late.trace_id = at->second;
      }
      if (late.trace_id.empty()) {
        context.note(ingest::IssueKind::BadAssessment, "annotation " + late.assessment.name +
                                                           " of span " + late.assessment.span_id +
                                                           ", which is not in the file");
        continue;
      }
      CanonicalTrace& trace = context.traces.trace(late.trace_id);
      if (trace.source_format.empty()) trace.source_format = context.format;
      trace.assessments.push_back(std::move(late.assessment));
    }
  }

  struct Late {
    std::string trace_id;
    CanonicalAssessment assessment;
  };
  std::vector<Late> late_;
  std::unordered_map<std::string, std::string> trace_of_span_;
};

// --- Rows of data frames
// -----------------------------------------------------------------------------------

bool is_flattened_list(std::string_view key) {
  return names_contain(
      " llm.input_messages llm.output_messages llm.tools retrieval.documents "
      "reranker.input_documents "
      "reranker.output_documents embedding.embeddings llm.prompts llm.choices ",
      key);
}

class RowReader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const Unwrapped row(tidy_row(record, false));
    const json::Node node = row.node;
    const std::string trace_id = id_of(node["context.trace_id"]);
    if (trace_id.empty()) {
      context.note(ingest::IssueKind::MissingTraceId, "row of span " + node["name"].text());
      return;
    }
    CanonicalSpan span;
    span.id = id_of(node["context.span_id"]);
    span.parent_id = id_of(node["parent_id"]);
    span.name = node["name"].text_or_raw();
    span.start_ns = time_member(context, node, {"start_time"});
    span.end_ns = time_member(context, node, {"end_time"});
    span.status = status_of(node["status_code"].text());
    span.status_message = node["status_message"].text_or_raw();
    read_events(context, node["events"], span);
    for (json::Node each = node.first(); each; each = each.next()) {
      const std::string key = each.key();
      if (key.compare(0, 11, "attributes.") == 0 && each.has_content()) {
        if (is_flattened_list(std::string_view(key).substr(11))) {
          flatten(key.substr(11), each, 0, span.attributes);
        } else {
          span.attributes.push_back({key.substr(11), std::string(each.raw())});
        }
      } else if (each.has_content() && !names_contain(kSpanKnown, key) &&
                 !names_contain(" context.span_id context.trace_id ", key)) {
        span.attributes.push_back({"phoenix." + key, std::string(each.raw())});
      }
    }
    finish_span(context, std::move(span), node["span_kind"].text(), context.traces.trace(trace_id));
  }
};

// --- Single spans of flat attributes
// -------------------------------------------------------------------------

bool is_flat_span(json::Node node) {
  for (const std::string_view key :
       {"openinference.span.kind", "gen_ai.operation.name", "gen_ai.system", "llm.model_name",
        "gen_ai.request.model", "traceloop.span.kind"}) {
    if (node[key].is_string()) return true;
  }
  return false;
}

class FlatReader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const Unwrapped row(tidy_row(record, false));
    const json::Node node = row.node;
    CanonicalSpan span;
    span.id = id_of(first_of(node, {"span_id", "spanId"}));
    span.parent_id = id_of(first_of(node, {"parent_span_id", "parentSpanId", "parent_id"}));
    span.name = first_text_of(node, {"name", "span.name", "gen_ai.tool.name", "tool.name",
                                     "gen_ai.operation.name", "llm.model_name"});
    span.start_ns = time_member(context, node, {"start_time", "startTime"});
    span.end_ns = time_member(context, node, {"end_time", "endTime"});
    std::string trace_id = id_of(first_of(node, {"trace_id", "traceId"}));
    if (trace_id.empty()) {
      trace_id = derived_id(context.file_name,
                            std::to_string(context.record_number) + std::string(record.raw()));
      context.note(ingest::IssueKind::DerivedTraceId, "a span of attributes alone: " + span.name);
    }
    keep_rest(node,
              " span_id spanId parent_span_id parentSpanId parent_id trace_id traceId name "
              "start_time startTime end_time endTime ",
              {}, span.attributes);
    if (span.start_ns == kNoTime && span.end_ns == kNoTime) {
      context.note(ingest::IssueKind::BadTimestamp, "no times: " + span.name);
      span.start_ns = span.end_ns = 0;
      if (find_attribute(span.attributes, "error.type") == nullptr) span.status = Status::Ok;
    }
    finish_span(context, std::move(span), {}, context.traces.trace(trace_id));
  }
};

template <typename Reader>
std::unique_ptr<FormatReader> make_reader() {
  return std::make_unique<Reader>();
}

}  // namespace

Format phoenix_spans_format() {
  return {"Phoenix spans",
          [](json::Node r) {
            return (is_span(r) && r["span_kind"].present()) || is_cli_trace(r) || is_annotation(r);
          },
          make_reader<SpanReader>};
}

Format otel_console_format() {
  return {"OpenTelemetry console spans",
          [](json::Node r) {
            return is_span(r) &&
                   (r["resource"].present() || r["attributes"].present() || r["kind"].present());
          },
          make_reader<SpanReader>};
}

Format phoenix_rows_format() {
  return {"Phoenix data frame",
          [](json::Node r) {
            return r["context.span_id"].present() && r["context.trace_id"].present();
          },
          make_reader<RowReader>};
}

Format flat_span_format() {
  return {"Flat span attributes", is_flat_span, make_reader<FlatReader>};
}

}  // namespace assay::convert
