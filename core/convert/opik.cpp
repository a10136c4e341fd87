#include "core/convert/opik.h"

#include <unordered_set>

#include "core/convert/encodings.h"
#include "core/convert/flattened.h"
#include "core/convert/reading.h"
#include "core/convert/record_fields.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr std::string_view kTraceKnown =
    " id name start_time end_time input output metadata tags thread_id feedback_scores usage "
    "total_estimated_cost duration "
    "error_info comments span_feedback_scores span_count llm_span_count created_at "
    "last_updated_at ";
constexpr std::string_view kSpanKnown =
    " id trace_id parent_span_id name type start_time end_time input output metadata model "
    "provider usage tags "
    "total_estimated_cost duration error_info feedback_scores comments created_at last_updated_at ";

// --- Matching
// -------------------------------------------------------------------------------------------

bool is_file(json::Node r) {
  const json::Node trace = r["trace"];
  if (!trace["id"].present() || !r["spans"].is_array()) return false;
  return r["downloaded_at"].present() || trace["feedback_scores"].present() ||
         trace["start_time"].present() || r["spans"].first()["parent_span_id"].present();
}

bool is_span(json::Node r) {
  // With a type of a later version, too, where a span's other members are.
  return r["trace_id"].present() && r["id"].present() && r["start_time"].present() &&
         (names_contain(" general llm tool guardrail ", r["type"].text()) ||
          (r["type"].is_string() && r["parent_span_id"].present() && r["project_id"].present()));
}

bool is_trace(json::Node r) {
  if (!r["id"].present() || !r["start_time"].present() || r["trace_id"].present()) return false;
  for (const std::string_view key :
       {"feedback_scores", "total_estimated_cost", "span_feedback_scores", "llm_span_count",
        "feedback_scores.0.name", "usage.total_tokens", "last_updated_by"}) {
    if (r[key].present()) return true;
  }
  return false;
}

bool is_cli_row(json::Node r) {
  return r["trace_id"].present() && r["trace_name"].present() && r["trace_start_time"].present();
}

bool is_experiment(json::Node r) {
  return r["experiment"].is_object() && r["items"].is_array() &&
         (r["items"].size() == 0 || r["items"].first()["trace_id"].present());
}

bool matches(json::Node r) {
  return is_file(r) || is_span(r) || is_trace(r) || is_cli_row(r) || is_experiment(r);
}

// --- Scores
// -----------------------------------------------------------------------------------------------

CanonicalAssessment score_of(Context& context, json::Node score, json::Node given,
                             std::string_view span_id) {
  CanonicalAssessment out;
  out.name = score["name"].text_or_raw();
  json::Node value = given["value"].has_content() ? given["value"] : score["value"];
  const json::Node category = first_of(given, {"category_name"}).present() ? given["category_name"]
                                                                           : score["category_name"];
  if (category.has_content()) {
    out.value_json = json::quoted(category.text_or_raw());
    if (value.has_content()) out.metadata.emplace_back("opik.value", value.text_or_raw());
  } else {
    out.value_json = scalar_value(value);
  }
  const std::string source =
      first_text_of(given, {"source"}).empty() ? score["source"].text() : given["source"].text();
  out.source_type = source == "ui" ? "HUMAN" : source == "online_scoring" ? "LLM_JUDGE" : "CODE";
  out.source_id = first_text_of(score, {"created_by", "last_updated_by"});
  if (out.source_id.empty()) out.source_id = source;
  out.rationale = first_text_of(given, {"reason"});
  if (out.rationale.empty()) out.rationale = score["reason"].text_or_raw();
  out.span_id = span_id;
  out.create_time_ns = time_member(context, given, {"created_at", "last_updated_at"});
  if (out.create_time_ns == kNoTime)
    out.create_time_ns = time_member(context, score, {"created_at", "last_updated_at"});
  keep_rest(score,
            " name value category_name reason source created_by last_updated_by created_at "
            "last_updated_at value_by_author ",
            "opik.", out.metadata);
  return out;
}

// With several authors, the score is their mean; each said something of their own.
void read_scores(Context& context, json::Node value, std::string_view span_id,
                 CanonicalTrace& trace) {
  const Unwrapped list(value);
  for (json::Node score = list.node.is_array() ? list.node.first() : json::Node(); score;
       score = score.next()) {
    if (!score["name"].has_content()) continue;
    const json::Node authors = score["value_by_author"];
    if (authors.is_object() && authors.has_content()) {
      for (json::Node author = authors.first(); author; author = author.next()) {
        CanonicalAssessment out = score_of(context, score, author, span_id);
        out.source_id = author.key();
        trace.assessments.push_back(std::move(out));
      }
    } else {
      trace.assessments.push_back(score_of(context, score, json::Node(), span_id));
    }
  }
}

void read_comments(Context& context, json::Node value, std::string_view span_id,
                   CanonicalTrace& trace) {
  const Unwrapped list(value);
  for (json::Node each = list.node.is_array() ? list.node.first() : json::Node(); each;
       each = each.next()) {
    const std::string text = each["text"].text_or_raw();
    if (text.empty()) continue;
    CanonicalAssessment& out = trace.assessments.emplace_back();
    out.name = "comment";
    out.value_json = json::quoted(text);
    out.source_type = "HUMAN";
    out.id = each["id"].text();
    out.source_id = each["created_by"].text();
    out.span_id = span_id;
    out.create_time_ns = time_member(context, each, {"created_at"});
  }
}

// --- Traces and spans
// ---------------------------------------------------------------------------------------

std::string error_text(json::Node value) {
  const Unwrapped error(value);
  if (!error.node.has_content()) return {};
  std::string text = first_text_of(error.node, {"message", "exception_type"});
  const std::string type = error.node["exception_type"].text();
  if (!type.empty() && text != type) text = type + ": " + text;
  return !text.empty() ? text : error.node.text_or_raw();
}

void end_by_duration(json::Node duration, TimeNs start_ns, TimeNs& end_ns) {
  const auto duration_ms = duration.number();
  if (end_ns == kNoTime && start_ns != kNoTime && duration_ms && *duration_ms >= 0 &&
      *duration_ms < 1e12) {
    end_ns = start_ns + static_cast<TimeNs>(*duration_ms * 1e6);
  }
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (is_file(record)) {
      read_trace(context, record["trace"]);
      const std::string id = record["trace"]["id"].text_or_raw();
      for (json::Node each = record["spans"].first(); each; each = each.next()) {
        if (each.is_object()) read_span(context, each, id);
      }
      keep_rest(record, " trace spans ", "opik.", context.traces.trace(id).metadata);
    } else if (is_experiment(record)) {
      read_experiment(context, record);
    } else if (is_cli_row(record)) {
      read_cli_row(context, record);
    } else if (is_span(record)) {
      const Unwrapped row(tidy_row(record, false));
      read_span(context, row.node, row.node["trace_id"].text_or_raw());
    } else {
      const Unwrapped row(is_table_row(record) ? unflattened_row(record)
                                               : std::string(record.raw()));
      read_trace(context, row.node);
    }
  }

  // The page's CSV: "feedback_scores.0.name" and so on.
  static std::string unflattened_row(json::Node record) {
    const Unwrapped row(tidy_row(record, false));
    std::vector<Attribute> members;
    for (json::Node each = row.node.first(); each; each = each.next()) {
      members.push_back({"row." + each.key(), std::string(each.raw())});
    }
    return unflattened(members, "row");
  }

  // trace_… and span_… columns as one trace and one span.
  void read_cli_row(Context& context, json::Node record) {
    const Unwrapped row(tidy_row(record, false));
    std::string parts[2];
    for (size_t part = 0; part < 2; ++part) {
      const std::string_view prefix = part == 0 ? "trace_" : "span_";
      json::Writer w(parts[part]);
      w.begin_object();
      for (json::Node each = row.node.first(); each; each = each.next()) {
        const std::string key = each.key();
        if (key.compare(0, prefix.size(), prefix) == 0)
          w.member_raw(key.substr(prefix.size()), each.raw());
      }
      w.end_object();
    }
    const Unwrapped trace(parts[0]), span(parts[1]);
    read_trace(context, trace.node);
    if (span.node["id"].has_content())
      read_span(context, span.node, row.node["trace_id"].text_or_raw());
  }

  void read_trace(Context& context, json::Node node) {
    const std::string id = node["id"].text_or_raw();
    if (id.empty()) {
      context.note(ingest::IssueKind::MissingTraceId, "trace " + node["name"].text());
      return;
    }
    if (!seen_.insert(id).second) return;  // rows of spans repeat their trace
    trace_ids_.push_back(id);
    CanonicalTrace& trace = context.traces.trace(id);
    trace.source_format = context.format;
    trace.name = node["name"].text_or_raw();
    trace.session = node["thread_id"].text_or_raw();
    trace.request_time_ns = time_member(context, node, {"start_time"});
    TimeNs end_ns = time_member(context, node, {"end_time"});
    end_by_duration(node["duration"], trace.request_time_ns, end_ns);
    if (end_ns != kNoTime && trace.request_time_ns != kNoTime)
      trace.duration_ms = (end_ns - trace.request_time_ns) / 1'000'000;
    trace.inputs_json = io_value(node["input"]);
    trace.outputs_json = io_value(node["output"]);
    add_tags(node["tags"], trace);
    const Unwrapped metadata(node["metadata"]), usage(node["usage"]);
    keep_rest(metadata.node, {}, {}, trace.metadata);
    read_usage(usage.node, trace.tokens);
    trace.cost.total_usd = node["total_estimated_cost"].number().value_or(-1);
    const std::string error = error_text(node["error_info"]);
    trace.state = !error.empty()      ? TraceState::Error
                  : end_ns != kNoTime ? TraceState::Ok
                                      : TraceState::InProgress;
    if (!error.empty())
      trace.metadata.emplace_back("opik.error_info", node["error_info"].text_or_raw());
    read_scores(context, node["feedback_scores"], {}, trace);
    read_comments(context, node["comments"], {}, trace);
    keep_rest(node, kTraceKnown, "opik.", trace.metadata);
  }

  static void read_span(Context& context, json::Node node, const std::string& trace_id) {
    CanonicalSpan span;
    span.id = node["id"].text_or_raw();
    span.parent_id = node["parent_span_id"].text_or_raw();
    span.name = node["name"].text_or_raw();
    span.start_ns = time_member(context, node, {"start_time"});
    span.end_ns = time_member(context, node, {"end_time"});
    end_by_duration(node["duration"], span.start_ns, span.end_ns);
    span.status_message = error_text(node["error_info"]);
    span.status = !span.status_message.empty() ? Status::Error
                  : span.end_ns != kNoTime     ? Status::Ok
                                               : Status::Unset;
    span.inputs_json = io_value(node["input"]);
    span.outputs_json = io_value(node["output"]);
    span.type = span_type_of(node["type"].text(), span.inputs_json);
    span.model = node["model"].text_or_raw();
    span.provider = node["provider"].text_or_raw();
    const Unwrapped usage(node["usage"]), metadata(node["metadata"]);
    read_usage(usage.node, span.tokens);
    span.cost.total_usd = node["total_estimated_cost"].number().value_or(-1);
    keep_rest(metadata.node, {}, "opik.metadata.", span.attributes);
    if (usage.node.has_content())
      add_attribute(span.attributes, "opik.usage", std::string(usage.node.raw()));
    for (const std::string_view key : {"tags", "error_info"}) {
      if (node[key].has_content())
        add_attribute(span.attributes, "opik." + std::string(key), std::string(node[key].raw()));
    }
    keep_rest(node, kSpanKnown, "opik.", span.attributes);
    CanonicalTrace& trace = context.traces.trace(trace_id);
    if (trace.source_format.empty()) trace.source_format = context.format;
    read_scores(context, node["feedback_scores"], span.id, trace);
    read_comments(context, node["comments"], span.id, trace);
    trace.spans.push_back(std::move(span));
  }

  // What an experiment says of traces, which may stand in other files of the same archive.
  static void read_experiment(Context& context, json::Node record) {
    const json::Node experiment = record["experiment"];
    for (json::Node item = record["items"].first(); item; item = item.next()) {
      const std::string id = item["trace_id"].text_or_raw();
      if (id.empty()) {
        context.note(ingest::IssueKind::MissingTraceId, "item of an experiment",
                     item.offset_bytes());
        continue;
      }
      CanonicalTrace& trace = context.traces.trace(id);
      if (trace.source_format.empty()) trace.source_format = context.format;
      for (const std::string_view key : {"id", "name", "dataset_name"}) {
        if (const std::string text = experiment[key].text_or_raw(); !text.empty()) {
          trace.metadata.emplace_back("opik.experiment." + std::string(key), text);
        }
      }
      read_scores(context, item["feedback_scores"], {}, trace);
      const Unwrapped data(item["dataset_item_data"]);
      for (const std::string_view key : {"expected_output", "expected_response", "expected_answer",
                                         "expected", "reference", "ground_truth", "target"}) {
        if (data.node[key].has_content())
          trace.assessments.push_back(expectation_of(
              unwrapped_json(data.node[key]),
              key == "expected_output" || key == "expected_response" ? key : std::string_view()));
      }
      keep_rest(data.node,
                " expected_output expected_response expected_answer expected reference "
                "ground_truth target ",
                "opik.dataset_item.", trace.metadata);
      keep_rest(item, " trace_id feedback_scores dataset_item_data ", "opik.experiment_item.",
                trace.metadata);
    }
  }

  void finish(Context& context) override {
    for (const std::string& id : trace_ids_) {
      CanonicalTrace& trace = context.traces.trace(id);
      if (trace.spans.empty()) {
        context.note(ingest::IssueKind::NoSpans, "trace " + id + ": its spans are not in the file");
        settle_trace_io(trace, "opik.");
        continue;
      }
      add_root(trace);
    }
  }

  // In Opik the trace itself is the uppermost step: it has times, inputs and outputs of its own.
  static void add_root(CanonicalTrace& trace) {
    size_t roots = 0;
    for (const CanonicalSpan& span : trace.spans)
      roots += span.parent_id.empty() ? 1 : 0;
    if (roots == 1) return settle_trace_io(trace, "opik.");
    CanonicalSpan root;
    root.id = trace.id;
    root.name = trace.name;
    root.start_ns = trace.request_time_ns;
    if (trace.duration_ms >= 0 && trace.request_time_ns != kNoTime)
      root.end_ns = trace.request_time_ns + trace.duration_ms * 1'000'000;
    root.status = trace.state == TraceState::Error ? Status::Error
                  : trace.state == TraceState::Ok  ? Status::Ok
                                                   : Status::Unset;
    root.inputs_json = trace.inputs_json;
    root.outputs_json = trace.outputs_json;
    root.attributes.push_back({"assay.source.madeFromTrace", "true"});
    for (CanonicalSpan& span : trace.spans) {
      if (span.parent_id.empty()) span.parent_id = trace.id;
    }
    trace.spans.insert(trace.spans.begin(), std::move(root));
  }

  std::vector<std::string> trace_ids_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

Format opik_format() {
  return {"Opik", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
