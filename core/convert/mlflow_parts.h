// Pieces of MLflow trace records as text (mlflow_parts.cpp; of the REST API mlflow_rest_parts.cpp):
// what the readers of MLflow's other shapes share. They go from one of MLflow's forms to another
// without CanonicalTrace, so that every member is kept.
//
// The form aimed at is Trace.to_json() of MLflow 3.11: info.execution_duration_ms, metadata and
// tags as maps, span attributes as a map of JSON texts, separators ", " and ": " inside of those
// texts.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "core/json/tree.h"

namespace assay::convert {

// An object's members in order; the values are JSON. A key that is set again keeps its place.
class Members {
 public:
  void set(std::string_view key, std::string json);            // "" is left out
  void set_text(std::string_view key, std::string_view text);  // always
  const std::string* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  std::string json() const;
  bool empty() const { return list_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> list_;
};

// "info" of a REST answer, version 3 or 2: durations as milliseconds, lists of pairs as maps, all
// other members as they are.
Members info_of_rest(json::Node info);
// One span of a REST answer (OTel's proto JSON in snake_case), or one that is in MLflow's form
// already.
std::string span_of_rest(json::Node span);
std::string spans_of_rest(json::Node spans);

// Whether it is a span in MLflow's own form: of version 3 with a map of attributes, or of
// version 2.
bool is_mlflow_span(json::Node span);
bool is_v2_span(json::Node span);

// An "info" made from the spans alone. `trace_id` "": taken from the spans; the result has no id
// where they have none either.
Members info_of_spans(json::Node spans, std::string_view trace_id);

bool is_mlflow_record(json::Node record);  // {"info": …, "data": {"spans": […]}}

struct AssessmentParts {
  std::string name, value_json, source_type = "CODE", source_id = "default", trace_id, rationale;
  std::string error_code, error_message;
  TimeNs time_ns = kNoTime;
  bool is_expectation = false;
};
std::string assessment_text(const AssessmentParts& parts);

// Adds to an info: a metadata entry (unless the key is there), an assessment.
void add_metadata(Members& info, std::string_view key, std::string_view text);
void add_assessment(Members& info, std::string_view assessment_json);

Members members_of(json::Node object);
std::string record_text(const Members& info, std::string_view data_json);

}  // namespace assay::convert
