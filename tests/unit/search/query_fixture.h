// Builds a small data set by hand: traces with tags, metadata, spans and assessments.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "core/search/trace_query.h"
#include "core/store/dataset.h"

namespace assay::search {

struct SpanSpec {
  std::string name = "step", type = "TOOL";
  store::SpanStatus status = store::SpanStatus::Ok;
  std::string record = {};  // the span's JSON
};

struct TraceSpec {
  std::string id = {};
  int64_t start_ms = kNoTime;
  int64_t duration_ms = kNoTime;
  store::TraceState state = store::TraceState::Ok;
  std::vector<std::pair<std::string, std::string>> tags = {}, metadata = {};
  std::vector<SpanSpec> spans = {};
  std::vector<store::Assessment> assessments = {};
  std::string session = {};
  std::string record = "{}";
};

inline TextRef put_text(store::Dataset& dataset, std::string_view text, TextForm form) {
  if (text.empty()) return TextRef{0, 0, 0, form};
  const auto size = static_cast<uint32_t>(text.size());
  TextRef ref = dataset.reserve_window(size, size);
  std::memcpy(dataset.writable_text(ref), text.data(), text.size());
  dataset.shrink_last_reservation(ref, size);
  ref.form = form;
  return ref;
}

inline store::TraceRow add(store::Dataset& dataset, const TraceSpec& spec) {
  const auto entries = [&dataset](const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::vector<store::KeyValue> out;
    for (const auto& [key, value] : pairs) {
      out.push_back({dataset.names().intern(key), put_text(dataset, value, TextForm::Plain)});
    }
    return out;
  };
  store::TraceFields trace;
  trace.trace_id = spec.id;
  trace.request_time_ns = spec.start_ms == kNoTime ? kNoTime : spec.start_ms * 1000000;
  trace.duration_ms = spec.duration_ms;
  trace.state = spec.state;
  // The records of the spans stand within their trace's, as a reader of a file leaves them.
  std::string all = spec.record;
  for (const SpanSpec& span : spec.spans) all += span.record;
  TextRef next = put_text(dataset, all, TextForm::Json);
  const auto take = [&next](std::string_view text) {
    TextRef ref = next;
    ref.size_bytes = static_cast<uint32_t>(text.size());
    next.offset_bytes += ref.size_bytes;
    return ref;
  };
  trace.record = next;
  take(spec.record);
  for (const auto& [key, value] : spec.tags) {
    if (key == "mlflow.traceName") trace.name = dataset.names().intern(value);
  }
  trace.session = dataset.names().intern(spec.session);
  std::vector<store::SpanFields> spans;
  for (const SpanSpec& span : spec.spans) {
    store::SpanFields fields;
    fields.span_id = spans.size() + 1;
    fields.name = dataset.names().intern(span.name);
    fields.type = dataset.names().intern(span.type);
    fields.status = span.status;
    fields.record = take(span.record);
    spans.push_back(fields);
  }
  return dataset.add_trace(trace, spans, entries(spec.metadata), entries(spec.tags),
                           spec.assessments);
}

inline store::Assessment feedback(std::string name, std::string value_json) {
  store::Assessment assessment;
  assessment.name = std::move(name);
  assessment.value_json = std::move(value_json);
  return assessment;
}

// The ids of the traces found, separated by blanks.
inline std::string found(const store::Dataset& dataset, std::string_view filter,
                         const std::vector<std::string>& order_by = {}, uint32_t max_results = 0) {
  Result<std::vector<store::TraceRow>> rows = search_traces(dataset, filter, order_by, max_results);
  INFO("filter: " << filter);
  INFO((rows ? "" : rows.error().what));
  REQUIRE(rows);
  std::string out;
  for (const store::TraceRow row : rows.value()) {
    out += (out.empty() ? "" : " ") + std::string(dataset.trace_id(row));
  }
  return out;
}

}  // namespace assay::search
