#include "core/convert/reading.h"

#include "core/base/hash.h"
#include "core/convert/encodings.h"
#include "core/json/writer.h"

namespace assay::convert {
void keep_pair(json::Node value, std::string_view name, Pairs& out) {
  if (value.has_content()) out.emplace_back(name, value.text_or_raw());
}

void keep_text(std::string_view value, std::string_view name, Pairs& out) {
  if (!value.empty()) out.emplace_back(name, value);
}

int64_t count_of(json::Node node) {
  const auto value = node.integer();
  return value && *value >= 0 ? *value : -1;
}

double usd_of(json::Node node) {
  const auto value = node.number();
  return value && *value >= 0 && *value < 1e12 ? *value : -1;
}

void add_expected(json::Node value, std::string_view name, CanonicalTrace& trace) {
  if (value.has_content()) trace.assessments.push_back(expectation_of(unwrapped_json(value), name));
}

void add_contexts(json::Node contexts, CanonicalTrace& trace) {
  const Unwrapped inner(contexts);
  if (!inner.node.has_content() || trace.spans.empty()) return;
  std::string documents = retrieved_documents(inner.node);
  if (documents.empty()) {
    json::Writer w(documents);
    w.begin_array();
    const bool list = inner.node.is_array();
    for (json::Node each = list ? inner.node.first() : inner.node; each;
         each = list ? each.next() : json::Node()) {
      w.begin_object();
      w.member("page_content", each.text_or_raw());
      w.member_raw("metadata", "{}");
      w.end_object();
    }
    w.end_array();
  }
  CanonicalSpan span;
  span.id = trace.id + "/retrieved";
  span.parent_id = trace.spans[0].id;
  span.name = "retrieved context";
  span.type = "RETRIEVER";
  span.inputs_json = trace.spans[0].inputs_json;
  span.outputs_json = std::move(documents);
  span.start_ns = span.end_ns = trace.spans[0].start_ns;
  trace.spans.push_back(std::move(span));
}

std::string file_stem(std::string_view file_name) {
  const size_t slash = file_name.find_last_of("/\\");
  if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);
  const size_t dot = file_name.find('.', 1);
  return std::string(file_name.substr(0, dot));
}

std::string derived_id(std::string_view file_name, std::string_view contents) {
  std::string seed = file_stem(file_name);
  seed += '\n';
  seed += contents;
  return sha256_hex(seed).substr(0, 32);
}

void close_untimed(CanonicalTrace& trace) {
  for (CanonicalSpan& span : trace.spans) {
    if (span.start_ns != kNoTime || span.end_ns != kNoTime) continue;
    span.start_ns = trace.request_time_ns;
    span.end_ns = trace.request_time_ns == kNoTime ? 0 : trace.request_time_ns;
  }
}

}  // namespace assay::convert
