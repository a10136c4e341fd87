#include "core/convert/langfuse.h"

#include <unordered_set>

#include "core/convert/langfuse_records.h"
#include "core/convert/record_fields.h"

namespace assay::convert {
namespace {

constexpr std::string_view kTypes =
    " SPAN GENERATION EVENT TOOL AGENT CHAIN RETRIEVER EMBEDDING EVALUATOR GUARDRAIL ";
constexpr std::string_view kDataTypes = " NUMERIC BOOLEAN CATEGORICAL TEXT CORRECTION ";

template <typename Reader>
std::unique_ptr<FormatReader> make_reader() {
  return std::make_unique<Reader>();
}

json::Node of_either(json::Node row, std::string_view camel, std::string_view snake) {
  const json::Node found = row[camel];
  return found.present() ? found : row[snake];
}

bool is_download(json::Node record) {
  return record["trace"]["id"].present() && record["observations"].is_array();
}

bool is_session(json::Node record) {
  const json::Node traces = record["traces"];
  if (!traces.is_array()) return false;
  const json::Node first = traces.first();
  return is_download(first) || (record["id"].present() && record["comments"].present()) ||
         (first["id"].present() && first["timestamp"].present() &&
          (first["projectId"].present() || first["observations"].is_array()));
}

// --- Downloads
// ----------------------------------------------------------------------------------------

// A trace of Langfuse is no span: where it has several uppermost observations, none of them stands for it. It lasts from
// the first to the last of all, and has failed if one of the uppermost has.
void settle_roots(CanonicalTrace& trace) {
  trace.duration_ms = -1;  // the root tells it
  std::unordered_set<std::string_view> ids;
  for (const CanonicalSpan& span : trace.spans)
    ids.insert(span.id);
  TimeNs first_ns = kNoTime, last_ns = kNoTime;
  size_t roots = 0;
  bool has_failed = false;
  for (const CanonicalSpan& span : trace.spans) {
    if (span.start_ns != kNoTime && (first_ns == kNoTime || span.start_ns < first_ns)) first_ns = span.start_ns;
    if (span.end_ns != kNoTime && (last_ns == kNoTime || span.end_ns > last_ns)) last_ns = span.end_ns;
    if (!span.parent_id.empty() && ids.contains(span.parent_id)) continue;
    ++roots;
    has_failed = has_failed || span.status == Status::Error;
  }
  if (roots < 2) return;
  if (first_ns != kNoTime && last_ns >= first_ns) trace.duration_ms = (last_ns - first_ns) / 1'000'000;
  if (has_failed && trace.state == TraceState::Derived) trace.state = TraceState::Error;
}

void read_download(Context& context, json::Node trace_node, json::Node observations,
                   CanonicalTrace& trace) {
  trace.id = trace_node["id"].text_or_raw();
  read_langfuse_trace(context, trace_node, trace, false);
  for (json::Node each = observations.first(); each; each = each.next()) {
    if (each.is_object()) {
      read_langfuse_observation(context, each, trace);
    } else {
      context.note(ingest::IssueKind::WrongType, "an observation that is no object",
                   each.offset_bytes());
    }
  }
  if (!trace.spans.empty()) settle_roots(trace);
  settle_trace_io(trace, "langfuse.");
}

class DownloadReader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    CanonicalTrace trace;
    read_download(context, record["trace"], record["observations"], trace);
    context.emit(std::move(trace));
  }
};

class SessionReader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    bool first = true;
    for (json::Node each = record["traces"].first(); each; each = each.next()) {
      if (!each.is_object()) continue;
      const json::Node node = each["trace"].is_object() ? each["trace"] : each;
      if (!node["id"].has_content()) {
        context.note(ingest::IssueKind::MissingTraceId, "a trace of a session",
                     node.offset_bytes());
        continue;
      }
      CanonicalTrace trace;
      const json::Node observations =
          each["observations"].is_array() ? each["observations"] : node["observations"];
      read_download(context, node, observations.is_array() ? observations : json::Node(), trace);
      if (trace.session.empty()) trace.session = record["id"].text_or_raw();
      if (trace.user.empty()) trace.user = record["userId"].text_or_raw();
      if (first) read_session_scores(context, record, trace);
      first = false;
      context.emit(std::move(trace));
    }
    if (first) context.note(ingest::IssueKind::UnknownRecord, "a session without traces");
  }

  // MLflow keeps what is said of a session with its first trace.
  static void read_session_scores(Context& context, json::Node record, CanonicalTrace& trace) {
    const size_t before = trace.assessments.size();
    read_langfuse_scores(context, record["scores"], trace, {});
    read_langfuse_comments(context, record["comments"], trace);
    for (size_t i = before; i < trace.assessments.size(); ++i) {
      trace.assessments[i].metadata.emplace_back("mlflow.trace.session", trace.session);
    }
    keep_rest(record, " id traces scores comments userId users projectId createdAt updatedAt ",
              "langfuse.session.", trace.metadata);
  }
};

// --- Rows
// -----------------------------------------------------------------------------------------------

bool is_observation(json::Node row) {
  if (!of_either(row, "traceId", "trace_id").has_content() ||
      !of_either(row, "startTime", "start_time").present())
    return false;
  // A type that a later version brings is an observation's, too, where its other members are.
  return names_contain(kTypes, row["type"].text()) ||
         (row["type"].is_string() &&
          of_either(row, "parentObservationId", "parent_observation_id").present());
}

bool is_score(json::Node row) {
  return row["name"].present() && row["source"].present() &&
         names_contain(kDataTypes, of_either(row, "dataType", "data_type").text()) &&
         (row["value"].present() || of_either(row, "stringValue", "string_value").present());
}

bool is_trace(json::Node row) {
  if (!row["id"].has_content() || !row["timestamp"].has_content() || !row["name"].present())
    return false;
  int signs = 0;
  for (const std::string_view name :
       {"userId", "user_id", "sessionId", "session_id", "bookmarked", "release", "version",
        "environment", "projectId", "project_id", "public", "observationCount"}) {
    signs += row[name].present() ? 1 : 0;
  }
  return signs >= 3;
}

class RowReader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const bool snake = record["trace_id"].present() || record["project_id"].present() ||
                       record["session_id"].present();
    const Unwrapped row(tidy_row(record, snake));
    const json::Node node = row.node;
    if (node["isDeleted"].text_or_raw() == "1" || node["isDeleted"].text_or_raw() == "true") {
      context.note(ingest::IssueKind::UnknownRecord,
                   "a row that is marked as deleted: " + node["id"].text_or_raw());
      return;
    }
    if (is_observation(node)) {
      const std::string trace_id = node["traceId"].text_or_raw();
      read_langfuse_observation(context, node, context.traces.trace(trace_id));
      observed_.insert(trace_id);
    } else if (is_score(node)) {
      read_score(context, node);
    } else {
      const std::string id = node["id"].text_or_raw();
      read_langfuse_trace(context, node, context.traces.trace(id), true);
      // The API's traces hold their observations, its lists of traces only their ids.
      const json::Node observations = node["observations"];
      for (json::Node each = observations.is_array() ? observations.first() : json::Node(); each;
           each = each.next()) {
        if (each.is_object()) read_langfuse_observation(context, each, context.traces.trace(id));
      }
      if (seen_.insert(id).second) trace_rows_.push_back(id);
    }
  }

  static void read_score(Context& context, json::Node node) {
    const std::string trace_id = node["traceId"].text_or_raw();
    if (trace_id.empty()) {
      context.note(ingest::IssueKind::MissingTraceId, "score " + node["name"].text());
      return;
    }
    CanonicalTrace& trace = context.traces.trace(trace_id);
    if (trace.source_format.empty()) trace.source_format = context.format;
    read_langfuse_score(context, node, trace, {});
  }

  void finish(Context& context) override {
    for (const std::string& id : trace_rows_) {
      CanonicalTrace& trace = context.traces.trace(id);
      if (trace.spans.empty()) {
        context.note(ingest::IssueKind::NoSpans,
                     "trace " + id + ": its observations are not in the file");
      } else {  // the spans tell them
        trace.tokens = Tokens();
        trace.cost = Cost();
        settle_roots(trace);
      }
      settle_trace_io(trace, "langfuse.");
    }
    for (const std::string& id : observed_) {
      if (!seen_.contains(id)) settle_roots(context.traces.trace(id));
    }
  }

  std::vector<std::string> trace_rows_;
  std::unordered_set<std::string> observed_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

Format langfuse_download_format() {
  return {"Langfuse trace", is_download, make_reader<DownloadReader>};
}

Format langfuse_session_format() {
  return {"Langfuse session", is_session, make_reader<SessionReader>};
}

Format langfuse_rows_format() {
  return {"Langfuse rows",
          [](json::Node row) { return is_observation(row) || is_score(row) || is_trace(row); },
          make_reader<RowReader>};
}

}  // namespace assay::convert
