#include "core/convert/langsmith.h"

#include <unordered_map>

#include "core/convert/encodings.h"
#include "core/convert/record_fields.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr std::string_view kRunKnown =
    " id run_id trace_id parent_run_id dotted_order name run_type start_time end_time inputs "
    "outputs error status extra "
    "tags events metadata prompt_tokens completion_tokens total_tokens prompt_token_details "
    "completion_token_details "
    "prompt_cost completion_cost total_cost token_usage costs feedback_stats duration_ms latency "
    "child_runs "
    "parent_run_ids session_id session_name reference_example_id ";
constexpr std::string_view kFeedbackKnown =
    " id run_id trace_id key score value comment correction feedback_source created_at modified_at "
    "session_id ";

constexpr int kMaxTreeDepth = 64;  // of child_runs

struct RunIds {
  std::string run, trace, parent;
};

// dotted_order: "<time>Z<uuid>.<time>Z<uuid>": first the trace, last the run, before it the parent.
std::string uuid_of(std::string_view part) {
  const size_t z = part.find('Z');
  return std::string(z == std::string_view::npos ? part : part.substr(z + 1));
}

RunIds ids_of(json::Node run) {
  RunIds ids;
  ids.run = first_text_of(run, {"id", "run_id"});
  ids.trace = run["trace_id"].text_or_raw();
  ids.parent = run["parent_run_id"].text_or_raw();
  const std::string order = run["dotted_order"].text();
  if (!order.empty()) {
    const size_t last = order.rfind('.');
    if (ids.run.empty())
      ids.run = uuid_of(std::string_view(order).substr(last == std::string::npos ? 0 : last + 1));
    if (ids.trace.empty()) ids.trace = uuid_of(std::string_view(order).substr(0, order.find('.')));
    if (ids.parent.empty() && last != std::string::npos) {
      const size_t before = last == 0 ? std::string::npos : order.rfind('.', last - 1);
      const size_t begin = before == std::string::npos ? 0 : before + 1;
      ids.parent = uuid_of(std::string_view(order).substr(begin, last - begin));
    }
  }
  if (ids.trace.empty() && ids.parent.empty()) ids.trace = ids.run;  // a root is its trace
  return ids;
}

// --- Matching
// -------------------------------------------------------------------------------------------

bool is_run(json::Node r) {
  if (r["dotted_order"].is_string()) return true;
  return r["run_type"].is_string() &&
         (r["trace_id"].present() || r["parent_run_id"].present() || r["child_runs"].present() ||
          r["start_time"].present()) &&
         (r["id"].present() || r["run_id"].present());
}

bool is_batch(json::Node r) {
  const auto list_of_runs = [](json::Node list) { return list.is_array() && is_run(list.first()); };
  return list_of_runs(r["post"]) || list_of_runs(r["patch"]);
}

bool is_feedback(json::Node r) {
  return r["run_id"].present() && r["key"].is_string() &&
         (r["score"].present() || r["value"].present() || r["comment"].present() ||
          r["correction"].present());
}

bool matches(json::Node r) { return is_run(r) || is_batch(r) || is_feedback(r); }

// --- Runs
// -------------------------------------------------------------------------------------------------

void read_events(Context& context, json::Node value, CanonicalSpan& span) {
  const Unwrapped inner(value);
  const json::Node list = inner.node;
  for (json::Node each = list.is_array() ? list.first() : json::Node(); each; each = each.next()) {
    if (!each.is_object()) continue;
    SpanEvent& event = span.events.emplace_back();
    event.name = each["name"].text_or_raw();
    event.time_ns = time_member(context, each, {"time"});
    keep_rest(each, " name time ", {}, event.attributes);
  }
}

// Where model runs tell their usage: columns of the run, the CLI's objects, the answer itself.
void read_numbers(json::Node run, json::Node outputs, Tokens& tokens, Cost& cost) {
  read_usage(run, tokens);
  read_usage(run["token_usage"], tokens);
  read_usage(outputs["usage_metadata"], tokens);
  read_usage(first_of(outputs["llm_output"], {"token_usage", "usage"}), tokens);
  read_usage(outputs["usage"], tokens);
  const json::Node generation = outputs["generations"].first().is_array()
                                    ? outputs["generations"].first().first()
                                    : outputs["generations"].first();
  for (const json::Node message : {outputs, outputs["output"], generation["message"]}) {
    read_usage(message["kwargs"]["usage_metadata"], tokens);
    read_usage(message["usage_metadata"], tokens);
  }
  const json::Node costs = run["costs"];
  cost.input_usd =
      first_of(run, {"prompt_cost"})
          .number()
          .value_or(first_of(costs, {"prompt_cost", "prompt", "input"}).number().value_or(-1));
  cost.output_usd =
      first_of(run, {"completion_cost"})
          .number()
          .value_or(
              first_of(costs, {"completion_cost", "completion", "output"}).number().value_or(-1));
  cost.total_usd = first_of(run, {"total_cost"})
                       .number()
                       .value_or(first_of(costs, {"total_cost", "total"}).number().value_or(-1));
}

void read_model(json::Node extra, json::Node metadata, CanonicalSpan& span) {
  const json::Node params = extra["invocation_params"];
  span.model = first_text_of(metadata, {"ls_model_name"});
  if (span.model.empty()) span.model = first_text_of(params, {"model", "model_name"});
  span.provider = first_text_of(metadata, {"ls_provider"});
  if (params["tools"].is_array() && params["tools"].has_content())
    span.tools_json = params["tools"].raw();
}

// {"correctness": {"n": 2, "avg": 0.5, "values": {…}}}: what was said of the run, summed up.
void read_feedback_stats(json::Node value, const std::string& span_id, bool root,
                         CanonicalTrace& trace) {
  const Unwrapped inner(value);  // text in tables
  const json::Node stats = inner.node;
  for (json::Node each = stats.is_object() ? stats.first() : json::Node(); each;
       each = each.next()) {
    CanonicalAssessment out;
    out.name = each.key();
    const json::Node values = each["values"];
    if (each["avg"].has_content()) {
      out.value_json = scalar_value(each["avg"]);
    } else if (values.is_object() && values.size() == 1) {
      out.value_json = json::quoted(values.first().key());
    } else if (values.has_content()) {
      out.value_json = values.raw();
    } else {
      continue;
    }
    out.source_id = "langsmith feedback_stats";
    out.rationale = each["comments"].first().text();
    keep_rest(each, " avg ", "langsmith.", out.metadata);
    if (!root) out.span_id = span_id;
    trace.assessments.push_back(std::move(out));
  }
}

// What only the root run says of the whole trace.
void read_trace_facts(json::Node run, json::Node metadata, CanonicalTrace& trace) {
  trace.session = first_text_of(metadata, {"session_id", "thread_id", "conversation_id"});
  trace.user = first_text_of(metadata, {"user_id", "user"});
  add_tags(run["tags"], trace);
  for (json::Node each = metadata.is_object() ? metadata.first() : json::Node(); each;
       each = each.next()) {
    const std::string key = each.key();  // ls_…: of the model call, not of the trace
    if (!each.has_content() || key.compare(0, 3, "ls_") == 0 ||
        names_contain(" session_id thread_id conversation_id user_id ", key))
      continue;
    trace.metadata.emplace_back(key, each.text_or_raw());
  }
  for (const std::string_view key : {"session_id", "session_name", "reference_example_id"}) {
    const std::string value = run[key].text_or_raw();
    // LangSmith's "session" is its project, no conversation.
    if (value.empty()) continue;
    const std::string_view name = key == "session_id"     ? "project_id"
                                  : key == "session_name" ? "project_name"
                                                          : key;
    trace.metadata.emplace_back("langsmith." + std::string(name), value);
  }
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (is_batch(record)) {
      for (const std::string_view list : {"post", "patch"}) {
        for (json::Node each = record[list].first(); each; each = each.next()) {
          const std::string id = ids_of(each).run;
          if (id.empty()) {
            context.note(ingest::IssueKind::UnknownRecord, "a run without an id",
                         each.offset_bytes());
          } else {
            parts_.add(id, each);
          }
        }
      }
    } else if (is_run(record)) {
      const Unwrapped row(tidy_row(record, false));
      read_tree(context, row.node, 0);
    } else {
      read_feedback(context, record);
    }
  }

  void read_tree(Context& context, json::Node run, int depth) {
    read_run(context, run);
    const json::Node children = run["child_runs"];
    if (!children.is_array()) return;
    if (depth >= kMaxTreeDepth && children.has_content()) {
      context.note(ingest::IssueKind::TooDeep, "child_runs of run " + ids_of(run).run);
      return;
    }
    for (json::Node each = children.first(); each; each = each.next()) {
      if (each.is_object()) read_tree(context, each, depth + 1);
    }
  }

  void read_run(Context& context, json::Node run) {
    RunIds ids = ids_of(run);
    if (ids.trace.empty()) {
      const auto parent = trace_of_run_.find(ids.parent);
      if (parent != trace_of_run_.end()) ids.trace = parent->second;
    }
    if (ids.trace.empty()) {
      context.note(ingest::IssueKind::MissingTraceId, "run " + ids.run + " " + run["name"].text());
      return;
    }
    if (!ids.run.empty()) trace_of_run_[ids.run] = ids.trace;
    const bool root = ids.parent.empty();
    CanonicalSpan span = span_of(context, run, ids);
    const Unwrapped extra(run["extra"]);
    const json::Node metadata =
        extra.node["metadata"].is_object() ? extra.node["metadata"] : run["metadata"];
    read_model(extra.node, metadata, span);
    const std::string run_type = run["run_type"].text();
    Tokens tokens;
    Cost cost;
    const Unwrapped outputs(run["outputs"]);
    read_numbers(run, outputs.node, tokens, cost);
    CanonicalTrace& trace = context.traces.trace(ids.trace);
    if (trace.source_format.empty()) trace.source_format = context.format;
    // Other runs repeat the sum of the model runs below them.
    if (run_type == "llm" || run_type == "embedding") {
      span.tokens = tokens;
      span.cost = cost;
    } else if (root) {
      trace.tokens = tokens;
      trace.cost = cost;
    }
    if (!root || span.type.empty())
      add_text_attribute(span.attributes, "langsmith.run_type", run_type);
    if (metadata.has_content())
      add_attribute(span.attributes, "langsmith.metadata", std::string(metadata.raw()));
    keep_rest(extra.node, " metadata ", "langsmith.extra.", span.attributes);
    keep_rest(run, kRunKnown, "langsmith.", span.attributes);
    if (run["tags"].has_content() && !root)
      add_attribute(span.attributes, "langsmith.tags", std::string(run["tags"].raw()));
    if (root) read_trace_facts(run, metadata, trace);
    for (const std::string_view key : {"inputs_s3_urls", "outputs_s3_urls"}) {
      const json::Node value = run[key == "inputs_s3_urls" ? "inputs" : "outputs"];
      if (run[key].has_content() && !value.has_content()) {
        context.note(ingest::IssueKind::ContentElsewhere,
                     "run " + ids.run + ": " + std::string(key));
      }
    }
    read_feedback_stats(run["feedback_stats"], ids.run, root, trace);
    trace.spans.push_back(std::move(span));
  }

  static CanonicalSpan span_of(Context& context, json::Node run, const RunIds& ids) {
    CanonicalSpan span;
    span.id = ids.run;
    span.parent_id = ids.parent;
    span.name = run["name"].text_or_raw();
    span.start_ns = time_member(context, run, {"start_time"});
    span.end_ns = time_member(context, run, {"end_time"});
    const auto duration_ms = run["duration_ms"].number();
    if (span.end_ns == kNoTime && span.start_ns != kNoTime && duration_ms && *duration_ms >= 0 &&
        *duration_ms < 1e12) {
      span.end_ns = span.start_ns + static_cast<TimeNs>(*duration_ms * 1e6);
    }
    const std::string error = run["error"].text_or_raw();
    const std::string status = run["status"].text();
    if (status == "error" || !error.empty()) {
      span.status = Status::Error;
    } else if (status == "success" || (status.empty() && span.end_ns != kNoTime)) {
      span.status = Status::Ok;
    }
    span.status_message = error;
    span.inputs_json = io_value(run["inputs"]);
    const std::string run_type = run["run_type"].text();
    if (run_type == "retriever") span.outputs_json = retrieved_documents(run["outputs"]);
    if (span.outputs_json.empty()) span.outputs_json = io_value(run["outputs"]);
    span.type = span_type_of(run_type, span.inputs_json);
    read_events(context, run["events"], span);
    return span;
  }

  // --- Feedback
  // ---------------------------------------------------------------------------------------------

  void read_feedback(Context& context, json::Node record) {
    const Unwrapped row(tidy_row(record, false));
    const json::Node node = row.node;
    CanonicalAssessment out;
    out.name = node["key"].text();
    out.id = node["id"].text();
    out.rationale = node["comment"].text_or_raw();
    out.create_time_ns = time_member(context, node, {"created_at", "modified_at"});
    const Unwrapped source(node["feedback_source"]);
    const std::string type = source.node["type"].text();
    out.source_type = type == "app"                            ? "HUMAN"
                      : type == "model" || type == "auto_eval" ? "LLM_JUDGE"
                                                               : "CODE";
    out.source_id = first_text_of(source.node, {"user_id", "user_name", "ls_user_id"});
    if (out.source_id.empty()) out.source_id = type;
    keep_rest(source.node, " type user_id ", "langsmith.feedback_source.", out.metadata);
    keep_rest(node, kFeedbackKnown, "langsmith.", out.metadata);
    out.value_json = scalar_value(node["score"]);
    if (out.value_json.empty()) {
      out.value_json = scalar_value(node["value"]);
    } else if (node["value"].has_content()) {
      out.metadata.emplace_back("label", node["value"].text_or_raw());
    }
    const Unwrapped correction(node["correction"]);
    const std::string trace_id = node["trace_id"].text();
    const std::string run_id = node["run_id"].text();
    if (correction.node.has_content()) {
      CanonicalAssessment expected = expectation_of(std::string(correction.node.raw()));
      expected.source_id = out.source_id;
      expected.create_time_ns = out.create_time_ns;
      feedback_.push_back({run_id, trace_id, std::move(expected)});
    }
    if (!out.value_json.empty() || !out.rationale.empty()) {
      if (out.value_json.empty()) {  // a comment alone
        out.value_json = json::quoted(out.rationale);
        out.rationale.clear();
      }
      feedback_.push_back({run_id, trace_id, std::move(out)});
    } else if (!correction.node.has_content()) {
      context.note(ingest::IssueKind::BadAssessment, "feedback " + out.name + " without a value");
    }
  }

  void finish(Context& context) override {
    for (const std::string& text : parts_.take()) {
      json::Tree tree;
      if (tree.parse(text)) read_run(context, tree.root());
    }
    for (Feedback& each : feedback_) {
      const auto known = trace_of_run_.find(each.run_id);
      std::string trace_id = known != trace_of_run_.end() ? known->second : each.trace_id;
      if (trace_id.empty())
        trace_id = each.run_id;  // people mostly rate root runs, whose id is the trace's
      CanonicalTrace& trace = context.traces.trace(trace_id);
      if (trace.source_format.empty()) trace.source_format = context.format;
      if (trace_id != each.run_id) each.assessment.span_id = each.run_id;
      trace.assessments.push_back(std::move(each.assessment));
    }
  }

  struct Feedback {
    std::string run_id, trace_id;
    CanonicalAssessment assessment;
  };
  RowMerger parts_;
  std::vector<Feedback> feedback_;
  std::unordered_map<std::string, std::string> trace_of_run_;
};

}  // namespace

Format langsmith_format() {
  return {"LangSmith runs", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
