// A CanonicalTrace as one MLflow trace record.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/convert/canonical.h"
#include "core/convert/canonical_spans.h"
#include "core/convert/encodings.h"
#include "core/ingest/previews.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr size_t kMetadataPreviewChars = 250;  // as MLflow cuts mlflow.traceInputs and …Outputs

// What the record says of the trace as a whole, from the trace or from its spans.
struct Summary {
  std::string trace_id;
  std::string trace_id_base64;
  TimeNs start_ns = kNoTime;
  int64_t duration_ms = -1;
  std::string_view state;
  uint32_t root = UINT32_MAX;        // index of the span that stands for the trace
  bool adopt_root = false;           // it names a parent that is not there, and no span is a root
};

std::string trace_bytes_base64(std::string_view trace_id) {
  std::string hex(trace_id.substr(0, 3) == "tr-" && trace_id.size() == 35 ? trace_id.substr(3) : "");
  if (hex.empty()) hex = sha256_hex(trace_id).substr(0, 32);
  return base64_of_hex(hex);
}

Summary summary_of(const CanonicalTrace& trace, const std::vector<uint32_t>& order) {
  Summary s;
  s.trace_id = mlflow_trace_id(trace.id);
  s.trace_id_base64 = trace_bytes_base64(s.trace_id);
  TimeNs last_ns = kNoTime;
  std::unordered_set<std::string> ids;
  for (const CanonicalSpan& span : trace.spans) ids.insert(mlflow_span_id(span.id));
  for (const uint32_t i : order) {
    const CanonicalSpan& span = trace.spans[i];
    if (span.start_ns != kNoTime && (s.start_ns == kNoTime || span.start_ns < s.start_ns)) s.start_ns = span.start_ns;
    if (span.end_ns != kNoTime && (last_ns == kNoTime || span.end_ns > last_ns)) last_ns = span.end_ns;
    const std::string parent = mlflow_span_id(span.parent_id);
    if (s.root == UINT32_MAX && (parent.empty() || ids.count(parent) == 0)) {
      s.root = i;
      s.adopt_root = !parent.empty();
    }
  }
  const CanonicalSpan* root = s.root == UINT32_MAX ? nullptr : &trace.spans[s.root];
  if (trace.request_time_ns != kNoTime) s.start_ns = trace.request_time_ns;
  s.duration_ms = trace.duration_ms;
  if (s.duration_ms < 0 && root != nullptr && root->start_ns != kNoTime && root->end_ns != kNoTime) {
    s.duration_ms = std::max<int64_t>(0, (root->end_ns - root->start_ns) / 1'000'000);
  }
  if (s.duration_ms < 0 && root == nullptr && last_ns != kNoTime && s.start_ns != kNoTime) {
    s.duration_ms = std::max<int64_t>(0, (last_ns - s.start_ns) / 1'000'000);
  }
  switch (trace.state) {
    case TraceState::Ok: s.state = "OK"; break;
    case TraceState::Error: s.state = "ERROR"; break;
    case TraceState::InProgress: s.state = "IN_PROGRESS"; break;
    case TraceState::Derived:
      s.state = root == nullptr                  ? "STATE_UNSPECIFIED"
                : root->status == Status::Error  ? "ERROR"
                : root->end_ns == kNoTime        ? "IN_PROGRESS"
                                                 : "OK";
  }
  return s;
}

void write_pairs(json::Writer& w, std::string_view name, std::vector<std::pair<std::string, std::string>>& pairs) {
  w.key(name);
  w.begin_object();
  std::unordered_map<std::string_view, size_t> last;  // a key that comes twice: the later value
  for (size_t i = 0; i < pairs.size(); ++i) last[pairs[i].first] = i;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (last[pairs[i].first] == i) w.member(pairs[i].first, pairs[i].second);
  }
  w.end_object();
}

std::string cut_text(std::string_view text, size_t chars) {
  size_t at = 0, count = 0, keep = 0;
  while (at < text.size() && count <= chars) {
    if (count == chars - 3) keep = at;
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    ++count;
  }
  return count <= chars ? std::string(text) : std::string(text.substr(0, keep)) + "...";
}

// {"input_tokens": …}, or "".
std::string tokens_json(const Tokens& tokens) {
  if (!tokens.known()) return {};
  std::string out;
  json::Writer w(out);
  w.begin_object();
  const int64_t input = std::max<int64_t>(tokens.input, 0), output = std::max<int64_t>(tokens.output, 0);
  if (tokens.input >= 0 || tokens.total < 0) w.member_integer("input_tokens", input);
  if (tokens.output >= 0 || tokens.total < 0) w.member_integer("output_tokens", output);
  w.member_integer("total_tokens", tokens.total >= 0 ? tokens.total : input + output);
  if (tokens.cache_read >= 0) w.member_integer("cache_read_input_tokens", tokens.cache_read);
  if (tokens.cache_creation >= 0) w.member_integer("cache_creation_input_tokens", tokens.cache_creation);
  if (tokens.reasoning >= 0) w.member_integer("reasoning_tokens", tokens.reasoning);
  w.end_object();
  return out;
}

std::string cost_json(const Cost& cost) {
  if (!cost.known()) return {};
  std::string out;
  json::Writer w(out);
  w.begin_object();
  if (cost.input_usd >= 0) w.member_number("input_cost", cost.input_usd);
  if (cost.output_usd >= 0) w.member_number("output_cost", cost.output_usd);
  const double total = cost.total_usd >= 0 ? cost.total_usd : std::max(cost.input_usd, 0.0) + std::max(cost.output_usd, 0.0);
  w.member_number("total_cost", total);
  w.end_object();
  return out;
}

// What went into a trace: as the source says, else what its root got; where the root is a mere frame (an HTTP
// request around the agent), what the first span below it got.
const std::string& trace_inputs(const CanonicalTrace& trace, const CanonicalSpan* root, const std::vector<uint32_t>& order) {
  if (!trace.inputs_json.empty() || root == nullptr) return trace.inputs_json;
  if (!root->inputs_json.empty()) return root->inputs_json;
  for (const uint32_t i : order) {
    if (!trace.spans[i].inputs_json.empty()) return trace.spans[i].inputs_json;
  }
  return trace.inputs_json;
}

// The same of what came out: what the span that ended last gave.
const std::string& trace_outputs(const CanonicalTrace& trace, const CanonicalSpan* root, const std::vector<uint32_t>& order) {
  if (!trace.outputs_json.empty() || root == nullptr) return trace.outputs_json;
  if (!root->outputs_json.empty()) return root->outputs_json;
  const CanonicalSpan* last = nullptr;
  for (const uint32_t i : order) {
    const CanonicalSpan& span = trace.spans[i];
    if (!span.outputs_json.empty() && (last == nullptr || span.end_ns >= last->end_ns)) last = &span;
  }
  return last == nullptr ? trace.outputs_json : last->outputs_json;
}

void write_info(json::Writer& w, CanonicalTrace& trace, const Summary& s, const std::vector<uint32_t>& order) {
  const CanonicalSpan* root = s.root == UINT32_MAX ? nullptr : &trace.spans[s.root];
  const std::string& inputs = trace_inputs(trace, root, order);
  const std::string& outputs = trace_outputs(trace, root, order);
  w.key("info");
  w.begin_object();
  w.member("trace_id", s.trace_id);
  if (!trace.client_request_id.empty()) w.member("client_request_id", trace.client_request_id);
  w.member_raw("trace_location", R"({"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"0"}})");
  if (s.start_ns != kNoTime) w.member("request_time", format_rfc3339(s.start_ns));
  if (s.duration_ms >= 0) w.member_integer("execution_duration_ms", s.duration_ms);
  w.member("state", s.state);
  if (!inputs.empty()) w.member("request_preview", ingest::preview_of(inputs, ingest::PreviewRole::User));
  if (!outputs.empty()) w.member("response_preview", ingest::preview_of(outputs, ingest::PreviewRole::Assistant));

  auto& metadata = trace.metadata;
  if (!inputs.empty()) metadata.emplace_back("mlflow.traceInputs", cut_text(inputs, kMetadataPreviewChars));
  if (!outputs.empty()) metadata.emplace_back("mlflow.traceOutputs", cut_text(outputs, kMetadataPreviewChars));
  if (!trace.session.empty()) metadata.emplace_back("mlflow.trace.session", trace.session);
  if (!trace.user.empty()) metadata.emplace_back("mlflow.trace.user", trace.user);
  if (trace.tokens.known()) metadata.emplace_back("mlflow.trace.tokenUsage", tokens_json(trace.tokens));
  if (trace.cost.known()) metadata.emplace_back("mlflow.trace.cost", cost_json(trace.cost));
  if (!trace.source_format.empty()) metadata.emplace_back("assay.source.format", trace.source_format);
  metadata.emplace_back("mlflow.trace_schema.version", "3");
  write_pairs(w, "trace_metadata", metadata);
  const std::string& name = !trace.name.empty() || root == nullptr ? trace.name : root->name;
  if (!name.empty()) trace.tags.emplace_back("mlflow.traceName", name);
  write_pairs(w, "tags", trace.tags);
}

// An expectation of nothing makes MLflow refuse the whole trace; that the source names it is kept as metadata.
void move_null_expectations(CanonicalTrace& trace) {
  std::erase_if(trace.assessments, [&trace](const CanonicalAssessment& a) {
    const bool is_null = a.kind == CanonicalAssessment::Kind::Expectation &&
                         (a.value_json.empty() || a.value_json == "null");
    if (is_null) trace.metadata.emplace_back("assay.source.expectation." + a.name, "null");
    return is_null;
  });
}

// The source's id, else one by its contents, so that the same file read again gives the same one.
std::string assessment_id(const CanonicalAssessment& a, const std::string& trace_id) {
  if (!a.id.empty()) return a.id;
  const std::string seed = trace_id + '\n' + a.span_id + '\n' + a.name + '\n' + a.value_json + '\n' + a.source_type +
                           '\n' + a.source_id + '\n' + a.rationale + '\n' + std::to_string(a.create_time_ns);
  return "a-" + sha256_hex(seed).substr(0, 32);
}

// Pages and exports overlap: what comes again was said once. The later record of an id counts.
void drop_repeated_assessments(CanonicalTrace& trace) {
  std::unordered_map<std::string, size_t> places;
  size_t kept = 0;
  for (size_t i = 0; i < trace.assessments.size(); ++i) {
    CanonicalAssessment& a = trace.assessments[i];
    const auto [at, fresh] = places.emplace(assessment_id(a, trace.id) + '\n' + a.span_id + '\n' + a.name, kept);
    if (!fresh) {
      trace.assessments[at->second] = std::move(a);
      continue;
    }
    if (kept != i) trace.assessments[kept] = std::move(a);
    ++kept;
  }
  trace.assessments.resize(kept);
}

bool write_mlflow_assessment(json::Writer& w, const CanonicalAssessment& a, const Summary& s) {
  json::Tree tree;
  if (a.mlflow_json.empty() || !tree.parse(a.mlflow_json) || !tree.root().is_object()) return false;
  w.begin_object();
  w.member("trace_id", s.trace_id);
  for (json::Node each = tree.root().first(); each; each = each.next()) {
    if (each.key_is("span_id")) {
      w.member("span_id", mlflow_span_id(each.text()));
    } else if (!each.key_is("trace_id")) {
      w.member_raw(each.key(), each.raw());
    }
  }
  w.end_object();
  return true;
}

void write_assessment(json::Writer& w, const CanonicalAssessment& a, const Summary& s) {
  if (write_mlflow_assessment(w, a, s)) return;
  w.begin_object();
  w.member("assessment_id", assessment_id(a, s.trace_id));
  w.member("assessment_name", a.name);
  w.member("trace_id", s.trace_id);
  if (const std::string span = mlflow_span_id(a.span_id); !span.empty()) w.member("span_id", span);
  w.key("source");
  w.begin_object();
  w.member("source_type", a.source_type);
  w.member("source_id", a.source_id.empty() ? "default" : std::string_view(a.source_id));
  w.end_object();
  const TimeNs time = a.create_time_ns != kNoTime ? a.create_time_ns : s.start_ns != kNoTime ? s.start_ns : 0;
  w.member("create_time", format_rfc3339(time));
  w.member("last_update_time", format_rfc3339(time));
  const bool is_feedback = a.kind == CanonicalAssessment::Kind::Feedback;
  w.key(is_feedback ? "feedback" : "expectation");
  w.begin_object();
  const bool nested = !a.value_json.empty() && (a.value_json[0] == '{' || a.value_json[0] == '[');
  if (!is_feedback && nested) {
    w.key("serialized_value");
    w.begin_object();
    w.member("serialization_format", "JSON_FORMAT");
    w.member("value", a.value_json);
    w.end_object();
  } else {
    w.member_raw("value", a.value_json.empty() ? "null" : std::string_view(a.value_json));
  }
  if (!a.error_code.empty() || !a.error_message.empty()) {
    w.key("error");
    w.begin_object();
    w.member("error_code", a.error_code.empty() ? "ASSESSMENT_ERROR" : std::string_view(a.error_code));
    w.member("error_message", a.error_message);
    w.end_object();
  }
  w.end_object();
  if (!a.rationale.empty()) w.member("rationale", a.rationale);
  if (!a.metadata.empty()) {
    w.key("metadata");
    w.begin_object();
    for (const auto& [key, value] : a.metadata) w.member(key, value);
    w.end_object();
  }
  if (is_feedback) w.member_boolean("valid", true);
  w.end_object();
}

void write_events(json::Writer& w, const std::vector<SpanEvent>& events) {
  w.key("events");
  w.begin_array();
  for (const SpanEvent& event : events) {
    w.begin_object();
    w.member("name", event.name);
    w.member_integer("time_unix_nano", event.time_ns == kNoTime ? 0 : event.time_ns);
    w.key("attributes");
    w.begin_object();
    for (const Attribute& attribute : event.attributes) w.member_raw(attribute.key, attribute.json);
    w.end_object();
    w.end_object();
  }
  w.end_array();
}

void write_attributes(json::Writer& w, CanonicalSpan& span, const Summary& s, bool adopted) {
  std::vector<Attribute> own;
  add_text_attribute(own, "mlflow.traceRequestId", s.trace_id);
  add_text_attribute(own, "mlflow.spanType", span.type.empty() ? "UNKNOWN" : std::string_view(span.type));
  add_attribute(own, "mlflow.spanInputs", std::move(span.inputs_json));
  add_attribute(own, "mlflow.spanOutputs", std::move(span.outputs_json));
  add_attribute(own, "mlflow.chat.tokenUsage", tokens_json(span.tokens));
  add_attribute(own, "mlflow.llm.cost", cost_json(span.cost));
  add_text_attribute(own, "mlflow.llm.model", span.model);
  add_text_attribute(own, "mlflow.llm.provider", span.provider);
  add_attribute(own, "mlflow.chat.tools", std::move(span.tools_json));
  const std::string id = mlflow_span_id(span.id);
  if (sha256_hex(span.id).substr(0, 16) == id) add_text_attribute(own, "assay.source.spanId", span.id);
  if (adopted) add_text_attribute(own, "assay.source.parentSpanId", span.parent_id);

  w.key("attributes");
  w.begin_object();
  std::unordered_map<std::string_view, size_t> last;
  for (size_t i = 0; i < span.attributes.size(); ++i) last[span.attributes[i].key] = i;
  for (const Attribute& attribute : own) {
    w.member(attribute.key, attribute.json);
    last.erase(attribute.key);
  }
  for (size_t i = 0; i < span.attributes.size(); ++i) {
    const Attribute& attribute = span.attributes[i];
    const auto at = last.find(attribute.key);
    if (at != last.end() && at->second == i) w.member(attribute.key, attribute.json);
  }
  w.end_object();
}

void write_span(json::Writer& w, CanonicalSpan& span, const Summary& s, bool adopted) {
  constexpr std::string_view kCodes[] = {"STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"};
  w.begin_object();
  w.member("trace_id", s.trace_id_base64);
  w.member("span_id", base64_of_hex(mlflow_span_id(span.id)));
  const std::string parent = adopted ? std::string() : mlflow_span_id(span.parent_id);
  w.key("parent_span_id");
  if (parent.empty()) {
    w.null();
  } else {
    w.string(base64_of_hex(parent));
  }
  w.member("name", span.name);
  w.member_integer("start_time_unix_nano", span.start_ns == kNoTime ? (s.start_ns == kNoTime ? 0 : s.start_ns) : span.start_ns);
  w.key("end_time_unix_nano");
  if (span.end_ns == kNoTime) {
    w.null();
  } else {
    w.integer(span.end_ns);
  }
  write_events(w, span.events);
  w.key("status");
  w.begin_object();
  w.member("code", kCodes[static_cast<size_t>(span.status)]);
  w.member("message", span.status_message);
  w.end_object();
  write_attributes(w, span, s, adopted);
  if (!span.links.empty()) {
    w.key("links");
    w.begin_array();
    for (const Attribute& link : span.links) w.raw(link.json);
    w.end_array();
  }
  w.end_object();
}

}  // namespace

std::string mlflow_record(CanonicalTrace trace) {
  for (size_t i = 0; i < trace.spans.size(); ++i) {  // an id by place, for spans that have none
    if (mlflow_span_id(trace.spans[i].id).empty()) trace.spans[i].id = "span-" + std::to_string(i + 1);
  }
  move_null_expectations(trace);
  drop_repeated_assessments(trace);
  const std::vector<uint32_t> order = prepare_spans(trace.spans);
  const Summary s = summary_of(trace, order);
  std::string out;
  json::Writer w(out);
  w.begin_object();
  write_info(w, trace, s, order);
  if (!trace.assessments.empty()) {
    w.key("assessments");
    w.begin_array();
    for (const CanonicalAssessment& a : trace.assessments) write_assessment(w, a, s);
    w.end_array();
  }
  w.end_object();
  w.key("data");
  w.begin_object();
  w.key("spans");
  w.begin_array();
  for (const uint32_t i : order) write_span(w, trace.spans[i], s, s.adopt_root && i == s.root);
  w.end_array();
  w.end_object();
  w.end_object();
  return out;
}

}  // namespace assay::convert
