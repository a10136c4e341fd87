#include "core/convert/langfuse_records.h"

#include "core/base/hash.h"
#include "core/convert/encodings.h"
#include "core/convert/otel_span.h"
#include "core/convert/record_fields.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr std::string_view kObservationKnown =
    " id traceId parentObservationId startTime endTime type name level statusMessage input output "
    "metadata model "
    "providedModelName usageDetails usage inputUsage outputUsage totalUsage costDetails "
    "providedCostDetails inputCost "
    "outputCost totalCost calculatedInputCost calculatedOutputCost calculatedTotalCost "
    "promptTokens completionTokens "
    "totalTokens toolDefinitions latency scores comments createdAt updatedAt eventTs isDeleted "
    "sessionId userId "
    "traceName tags traceTags release promptName promptVersion ";
constexpr std::string_view kTraceKnown =
    " id traceId timestamp name userId sessionId tags input output metadata scores corrections "
    "observations comments "
    "latency createdAt updatedAt eventTs isDeleted usage usageDetails costDetails totalCost "
    "calculatedTotalCost "
    "inputCost outputCost inputTokens outputTokens totalTokens promptTokens completionTokens "
    "level ";
constexpr std::string_view kScoreKnown =
    " id name value stringValue longStringValue dataType source comment authorUserId observationId "
    "traceId timestamp "
    "createdAt updatedAt projectId executionTraceId metadata eventTs isDeleted ";

// Raw OpenTelemetry attributes as Langfuse keeps them, and what it was given beside.
void read_metadata(json::Node metadata, CanonicalSpan& span) {
  const Unwrapped inner(metadata);
  if (!inner.node.is_object()) {
    if (inner.node.has_content())
      add_attribute(span.attributes, "langfuse.metadata", std::string(inner.node.raw()));
    return;
  }
  const Unwrapped attributes(inner.node["attributes"]);
  append_otlp_attributes(attributes.node, span.attributes);
  const Unwrapped scope(inner.node["scope"]);
  add_text_attribute(span.attributes, "otel.scope.name", scope.node["name"].text());
  add_text_attribute(span.attributes, "otel.scope.version", scope.node["version"].text());
  keep_rest(inner.node, " attributes resourceAttributes scope ", "langfuse.metadata.",
            span.attributes);
}

double usd_of(json::Node details, json::Node node, std::string_view name,
              std::initializer_list<std::string_view> columns) {
  double found = details[name].number().value_or(-1);
  if (found < 0) found = first_of(node, columns).number().value_or(-1);
  return found;
}

void read_numbers(json::Node node, Tokens& tokens, Cost& cost) {
  const Unwrapped usage(node["usageDetails"]), old_usage(node["usage"]), costs(node["costDetails"]);
  read_usage(usage.node, tokens);
  if (!tokens.known()) read_usage(old_usage.node, tokens);
  const bool columns_count =
      !tokens.known() && first_of(node, {"totalUsage", "totalTokens"}).number().value_or(0) > 0;
  if (columns_count) read_usage(node, tokens);
  cost.input_usd = usd_of(costs.node, node, "input", {"inputCost", "calculatedInputCost"});
  cost.output_usd = usd_of(costs.node, node, "output", {"outputCost", "calculatedOutputCost"});
  cost.total_usd = usd_of(costs.node, node, "total", {"totalCost", "calculatedTotalCost"});
  if (cost.total_usd == 0 && !costs.node.has_content())
    cost.total_usd = -1;  // Langfuse writes 0 for "no cost"
}

// {"name": "{\"description\", \"parameters\"}"} or a list, as OpenAI's list of tools.
std::string tools_of(json::Node definitions) {
  const Unwrapped inner(definitions);
  if (inner.node.is_array())
    return inner.node.has_content() ? std::string(inner.node.raw()) : std::string();
  if (!inner.node.is_object() || !inner.node.has_content()) return {};
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (json::Node each = inner.node.first(); each; each = each.next()) {
    const Unwrapped tool(each);
    w.begin_object();
    w.member("type", "function");
    w.key("function");
    w.begin_object();
    w.member("name", each.key());
    for (json::Node member = tool.node.is_object() ? tool.node.first() : json::Node(); member;
         member = member.next()) {
      if (!member.key_is("name"))
        w.member_raw(member.key(),
                     unwrapped_json(member).empty() ? "null" : unwrapped_json(member));
    }
    w.end_object();
    w.end_object();
  }
  w.end_array();
  return out;
}

void read_prompt(json::Node node, CanonicalSpan& span) {
  const std::string name = node["promptName"].text();
  if (name.empty()) return;
  std::string prompts;
  json::Writer w(prompts);
  w.begin_array();
  w.begin_object();
  w.member("name", name);
  w.member("version", node["promptVersion"].text_or_raw());
  w.end_object();
  w.end_array();
  add_attribute(span.attributes, "mlflow.linkedPrompts", std::move(prompts));
}

void set_type(const std::string& type, CanonicalSpan& span) {
  const std::string own = span_type_of(type, span.inputs_json);
  const bool model_type =
      span.type == "LLM" || span.type == "CHAT_MODEL" || span.type == "EMBEDDING";
  if (own.empty() || (type == "GENERATION" && model_type))
    return;  // the attributes say it more exactly
  span.type = own;
}

// Facts of the trace that API observations repeat.
void read_trace_columns(json::Node node, CanonicalTrace& trace) {
  if (trace.session.empty()) trace.session = node["sessionId"].text_or_raw();
  if (trace.user.empty()) trace.user = node["userId"].text_or_raw();
  if (trace.name.empty()) trace.name = node["traceName"].text_or_raw();
  add_tags(first_of(node, {"traceTags", "tags"}), trace);
}

// Lists of numbers or texts under a score's name, as the trace table exports them.
bool read_score_column(json::Node column, CanonicalTrace& trace) {
  if (!column.is_array() || !column.has_content()) return false;
  for (json::Node each = column.first(); each; each = each.next()) {
    if (each.is_object() || each.is_array()) return false;
  }
  size_t place = 0;
  for (json::Node each = column.first(); each; each = each.next()) {
    CanonicalAssessment& out = trace.assessments.emplace_back();
    out.name = column.key();
    ++place;
    bool again = false;  // several people may have given the same value: another assessment
    for (json::Node other = column.first(); other.offset_bytes() < each.offset_bytes(); other = other.next())
      again = again || other.raw() == each.raw();
    if (again)
      out.id = "a-" + sha256_hex(trace.id + '\n' + out.name + '\n' + std::to_string(place)).substr(0, 32);
    out.value_json = scalar_value(each);
    out.source_id = "langfuse";
    out.metadata.emplace_back("langfuse.source",
                              "score column of a table: who gave it is not told");
  }
  return true;
}

// The same with each observation; the first one that tells it counts.
void read_resource(json::Node metadata, CanonicalTrace& trace) {
  for (const auto& [key, value] : trace.metadata) {
    if (key.compare(0, 14, "otel.resource.") == 0) return;
  }
  const Unwrapped resource(metadata["resourceAttributes"]);
  keep_rest(resource.node, {}, "otel.resource.", trace.metadata);
}

}  // namespace

void read_langfuse_score(Context& context, json::Node node, CanonicalTrace& trace,
                         std::string_view observation_id) {
  CanonicalAssessment out;
  out.name = node["name"].text_or_raw();
  const std::string type = node["dataType"].text();
  const json::Node text = first_of(node, {"stringValue", "longStringValue"});
  const json::Node value = node["value"];
  if (out.name.empty()) {
    context.note(ingest::IssueKind::BadAssessment, "a score without a name", node.offset_bytes());
    return;
  }
  if (type == "BOOLEAN") {
    const auto number = value.number();
    out.value_json =
        number ? (*number != 0 ? "true" : "false") : scalar_value(text.present() ? text : value);
  } else if (type == "CATEGORICAL" || type == "TEXT" || type == "CORRECTION" ||
             !value.has_content()) {
    out.value_json = text.present() ? json::quoted(text.text_or_raw()) : scalar_value(value);
    if (text.present() && value.number().value_or(0) != 0)
      out.metadata.emplace_back("langfuse.value", value.text_or_raw());
  } else {
    out.value_json = scalar_value(value);
    if (text.present()) out.metadata.emplace_back("langfuse.stringValue", text.text_or_raw());
  }
  const std::string source = node["source"].text();
  out.source_type = source == "ANNOTATION" ? "HUMAN" : source == "EVAL" ? "LLM_JUDGE" : "CODE";
  if (type == "CORRECTION") {
    const std::string value_json = out.value_json;
    out = expectation_of(
        json_of_text(first_text_of(node, {"stringValue", "longStringValue", "value"})),
        "expected_response");
    if (out.value_json == "\"\"") out.value_json = value_json;
  }
  out.id = node["id"].text();
  out.source_id = first_text_of(node, {"authorUserId"});
  if (out.source_id.empty() && !source.empty()) out.source_id = "langfuse " + source;
  out.rationale = node["comment"].text();
  out.span_id = node["observationId"].text();
  if (out.span_id.empty()) out.span_id = observation_id;
  out.create_time_ns = time_member(context, node, {"timestamp", "createdAt"});
  if (const std::string judge = node["executionTraceId"].text(); !judge.empty()) {
    out.metadata.emplace_back("mlflow.assessment.scorerTraceId", mlflow_trace_id(judge));
  }
  const Unwrapped metadata(node["metadata"]);
  keep_rest(metadata.node, {}, "langfuse.metadata.", out.metadata);
  keep_rest(node, kScoreKnown, "langfuse.", out.metadata);
  trace.assessments.push_back(std::move(out));
}

void read_langfuse_scores(Context& context, json::Node list, CanonicalTrace& trace,
                          std::string_view observation_id) {
  const Unwrapped scores(list);
  if (!scores.node.is_array()) return;
  for (json::Node each = scores.node.first(); each; each = each.next()) {
    if (each.is_object()) read_langfuse_score(context, each, trace, observation_id);
  }
}

void read_langfuse_comments(Context& context, json::Node list, CanonicalTrace& trace) {
  for (json::Node each = list.is_array() ? list.first() : json::Node(); each; each = each.next()) {
    CanonicalAssessment out;
    out.name = "comment";
    out.value_json =
        json::quoted(each.is_object() ? each["content"].text_or_raw() : each.text_or_raw());
    if (out.value_json == "\"\"") continue;
    out.source_type = "HUMAN";
    out.source_id = first_text_of(each, {"authorUserId", "authorUserName"});
    if (each["objectType"].text() == "OBSERVATION") out.span_id = each["objectId"].text();
    out.create_time_ns = time_member(context, each, {"createdAt"});
    trace.assessments.push_back(std::move(out));
  }
}

void read_langfuse_observation(Context& context, json::Node node, CanonicalTrace& trace) {
  CanonicalSpan span;
  span.id = node["id"].text_or_raw();
  span.parent_id = node["parentObservationId"].text_or_raw();
  span.name = node["name"].text_or_raw();
  span.start_ns = time_member(context, node, {"startTime"});
  span.end_ns = time_member(context, node, {"endTime"});
  const std::string type = node["type"].text();
  if (type == "EVENT" && span.end_ns == kNoTime) span.end_ns = span.start_ns;
  const std::string level = node["level"].text();
  span.status = level == "ERROR"         ? Status::Error
                : span.end_ns != kNoTime ? Status::Ok
                                         : Status::Unset;
  span.status_message = node["statusMessage"].text_or_raw();
  if (type == "RETRIEVER") span.outputs_json = retrieved_documents(node["output"]);
  span.inputs_json = io_value(node["input"]);
  if (span.outputs_json.empty()) span.outputs_json = io_value(node["output"]);
  span.model = first_text_of(node, {"model", "providedModelName"});
  span.tools_json = tools_of(node["toolDefinitions"]);
  read_metadata(node["metadata"], span);
  read_prompt(node, span);

  // Where Langfuse counted, its counts stand: agents' spans repeat those of the calls below them.
  Tokens tokens;
  Cost cost;
  read_numbers(node, tokens, cost);
  TraceFacts facts;
  const std::string* scope = find_attribute(span.attributes, "otel.scope.name");
  apply_conventions(span, scope == nullptr ? std::string_view() : std::string_view(*scope), facts);
  if (node["usageDetails"].present() || tokens.known()) span.tokens = tokens;
  if (node["costDetails"].present() || cost.known()) span.cost = cost;
  set_type(type, span);

  add_text_attribute(span.attributes, "langfuse.type", type);
  if (level != "DEFAULT") add_text_attribute(span.attributes, "langfuse.level", level);
  if (span.end_ns == kNoTime && node["latency"].has_content()) {
    add_attribute(span.attributes, "langfuse.latency", std::string(node["latency"].raw()));
  }
  for (const std::string_view name : {"usageDetails", "costDetails"}) {
    const Unwrapped details(node[name]);
    if (details.node.has_content())
      add_attribute(span.attributes, "langfuse." + std::string(name),
                    std::string(details.node.raw()));
  }
  keep_rest(node, kObservationKnown, "langfuse.", span.attributes);
  read_trace_columns(node, trace);
  apply_facts(trace, std::move(facts));
  read_langfuse_scores(context, node["scores"], trace, span.id);
  read_langfuse_comments(context, node["comments"], trace);
  if (trace.source_format.empty()) trace.source_format = context.format;
  const Unwrapped metadata(node["metadata"]);
  if (metadata.node["resourceAttributes"].present()) read_resource(metadata.node, trace);
  trace.spans.push_back(std::move(span));
}

void read_langfuse_trace(Context& context, json::Node node, CanonicalTrace& trace, bool row) {
  trace.source_format = context.format;
  const TimeNs time = time_member(context, node, {"timestamp"});
  if (time != kNoTime) trace.request_time_ns = time;
  if (const std::string name = node["name"].text_or_raw(); !name.empty()) trace.name = name;
  if (const std::string session = node["sessionId"].text_or_raw(); !session.empty())
    trace.session = session;
  if (const std::string user = node["userId"].text_or_raw(); !user.empty()) trace.user = user;
  if (const auto seconds = node["latency"].number(); seconds && *seconds >= 0 && *seconds < 1e9) {
    trace.duration_ms = static_cast<int64_t>(*seconds * 1000 + 0.5);
  }
  trace.inputs_json = row ? io_value(node["input"]) : io_of_encoded(node["input"]);
  trace.outputs_json = row ? io_value(node["output"]) : io_of_encoded(node["output"]);
  add_tags(node["tags"], trace);
  if (row) {  // of a trace whose observations are not in the file
    read_numbers(node, trace.tokens, trace.cost);
    if (node["level"].text() == "ERROR") trace.state = TraceState::Error;
  }
  const Unwrapped metadata(node["metadata"]);
  read_resource(metadata.node, trace);
  if (metadata.node.is_object()) {
    // The attributes are the root observation's, which has them.
    keep_rest(metadata.node, row ? " resourceAttributes " : " attributes resourceAttributes scope ",
              {}, trace.metadata);
  } else if (metadata.node.has_content()) {
    trace.metadata.emplace_back("langfuse.metadata", metadata.node.text_or_raw());
  }
  read_langfuse_scores(context, node["scores"], trace, {});
  const Unwrapped corrections(node["corrections"]);
  for (json::Node each = corrections.node.is_array() ? corrections.node.first() : json::Node();
       each; each = each.next()) {
    const std::string value =
        first_text_of(each, {"longStringValue", "stringValue", "value", "output", "content"});
    if (value.empty()) continue;
    CanonicalAssessment out = expectation_of(json_of_text(value), "expected_response");
    out.id = each["id"].text();
    out.source_id = each["authorUserId"].text();
    out.span_id = each["observationId"].text();
    out.rationale = each["comment"].text();
    out.create_time_ns = time_member(context, each, {"timestamp", "createdAt"});
    trace.assessments.push_back(std::move(out));
  }
  read_langfuse_comments(context, node["comments"], trace);
  std::string known(kTraceKnown);
  for (json::Node each = row ? node.first() : json::Node(); each; each = each.next()) {
    if (names_contain(kTraceKnown, each.key()) || !read_score_column(each, trace)) continue;
    known += each.key() + " ";
  }
  keep_rest(node, known, "langfuse.", trace.metadata);
}

}  // namespace assay::convert
