#include "core/convert/canonical.h"

#include <algorithm>
#include <unordered_map>

#include "core/base/hash.h"
#include "core/convert/canonical_spans.h"
#include "core/ingest/span_ids.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

void take_text(std::string& into, std::string& later) {
  if (!later.empty()) into = std::move(later);
}
void take_time(TimeNs& into, TimeNs later) {
  if (later != kNoTime) into = later;
}
void take_count(int64_t& into, int64_t later) {
  if (later >= 0) into = later;
}
void take_usd(double& into, double later) {
  if (later >= 0) into = later;
}

void merge_tokens(Tokens& into, const Tokens& later) {
  take_count(into.input, later.input);
  take_count(into.output, later.output);
  take_count(into.total, later.total);
  take_count(into.cache_read, later.cache_read);
  take_count(into.cache_creation, later.cache_creation);
  take_count(into.reasoning, later.reasoning);
}

void merge_cost(Cost& into, const Cost& later) {
  take_usd(into.input_usd, later.input_usd);
  take_usd(into.output_usd, later.output_usd);
  take_usd(into.total_usd, later.total_usd);
}

// The first span with an id that comes again takes the later ones in.
void merge_duplicates(std::vector<CanonicalSpan>& spans) {
  std::unordered_map<std::string, size_t> seen;
  seen.reserve(spans.size());
  size_t kept = 0;
  for (size_t i = 0; i < spans.size(); ++i) {
    if (!spans[i].id.empty()) {
      const auto [at, fresh] = seen.emplace(mlflow_span_id(spans[i].id), kept);
      if (!fresh) {
        merge_span(spans[at->second], std::move(spans[i]));
        continue;
      }
    }
    if (kept != i) spans[kept] = std::move(spans[i]);
    ++kept;
  }
  spans.resize(kept);
}

struct Placed {
  uint32_t index;
  TimeNs start_ns;
  bool is_root;
};

std::vector<Placed> mlflow_order(const std::vector<CanonicalSpan>& spans) {
  std::vector<Placed> order;
  order.reserve(spans.size());
  for (uint32_t i = 0; i < spans.size(); ++i) {
    order.push_back({i, spans[i].start_ns, mlflow_span_id(spans[i].parent_id).empty()});
  }
  std::stable_sort(order.begin(), order.end(), [](const Placed& a, const Placed& b) {
    if (a.is_root != b.is_root) return a.is_root;
    return a.start_ns < b.start_ns;
  });
  return order;
}

}  // namespace

std::vector<uint32_t> prepare_spans(std::vector<CanonicalSpan>& spans) {
  merge_duplicates(spans);
  std::vector<uint32_t> order;
  for (const Placed& placed : mlflow_order(spans)) order.push_back(placed.index);
  return order;
}

void merge_span(CanonicalSpan& into, CanonicalSpan&& later) {
  take_text(into.parent_id, later.parent_id);
  take_text(into.name, later.name);
  take_text(into.type, later.type);
  take_time(into.start_ns, later.start_ns);
  take_time(into.end_ns, later.end_ns);
  if (later.status != Status::Unset) into.status = later.status;
  take_text(into.status_message, later.status_message);
  take_text(into.inputs_json, later.inputs_json);
  take_text(into.outputs_json, later.outputs_json);
  take_text(into.model, later.model);
  take_text(into.provider, later.provider);
  take_text(into.tools_json, later.tools_json);
  merge_tokens(into.tokens, later.tokens);
  merge_cost(into.cost, later.cost);
  for (Attribute& attribute : later.attributes) into.attributes.push_back(std::move(attribute));
  if (into.events.empty()) into.events = std::move(later.events);
  if (into.links.empty()) into.links = std::move(later.links);
}

void merge_trace(CanonicalTrace& into, CanonicalTrace&& later) {
  take_text(into.client_request_id, later.client_request_id);
  take_text(into.name, later.name);
  take_time(into.request_time_ns, later.request_time_ns);
  if (later.duration_ms >= 0) into.duration_ms = later.duration_ms;
  if (later.state != TraceState::Derived) into.state = later.state;
  take_text(into.session, later.session);
  take_text(into.user, later.user);
  take_text(into.inputs_json, later.inputs_json);
  take_text(into.outputs_json, later.outputs_json);
  merge_tokens(into.tokens, later.tokens);
  merge_cost(into.cost, later.cost);
  for (auto& pair : later.metadata) into.metadata.push_back(std::move(pair));
  for (auto& pair : later.tags) into.tags.push_back(std::move(pair));
  for (CanonicalSpan& span : later.spans) into.spans.push_back(std::move(span));
  for (CanonicalAssessment& a : later.assessments) into.assessments.push_back(std::move(a));
  take_text(into.source_format, later.source_format);
}

std::string mlflow_trace_id(std::string_view source_id) {
  std::string id = ingest::trace_id_text(source_id);
  // Hexadecimal ids compare without regard to case; one spelling makes one trace of them.
  if (id.size() == 35 && id.compare(0, 3, "tr-") == 0) {
    for (char& c : id) {
      if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return id;
}

std::string mlflow_span_id(std::string_view source_id) {
  const size_t content = source_id.find_first_not_of("0 ");
  if (content == std::string_view::npos || source_id == "AAAAAAAAAAA=") return {};
  const ingest::SpanId id = ingest::parse_span_id(source_id);
  if (id.number != 0) return ingest::span_id_text(source_id);
  return sha256_hex(source_id).substr(0, 16);
}

void add_attribute(std::vector<Attribute>& attributes, std::string_view key, std::string json) {
  if (!json.empty()) attributes.push_back({std::string(key), std::move(json)});
}

void add_text_attribute(std::vector<Attribute>& attributes, std::string_view key, std::string_view text) {
  if (!text.empty()) attributes.push_back({std::string(key), json::quoted(text)});
}

}  // namespace assay::convert
