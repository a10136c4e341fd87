// The one model that every foreign export is turned into, and its form as an MLflow trace record (Trace
// JSON, schema 3: what trace.to_json() of MLflow 3 writes and Trace.from_json() loads).
//
// Strings named …_json hold one JSON value each ("" where there is none). Ids are kept as the source
// writes them; the writer turns those that are 16 or 8 bytes (hex, base64) into MLflow's form and derives
// 8 bytes from any other span id, keeping the original as the attribute assay.source.spanId.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"

namespace assay::convert {

struct Attribute {
  std::string key;
  std::string json;
};

struct SpanEvent {
  std::string name;
  TimeNs time_ns = kNoTime;
  std::vector<Attribute> attributes;
};

enum class Status : uint8_t { Unset, Ok, Error };

// Counts of tokens; -1: not told.
struct Tokens {
  int64_t input = -1, output = -1, total = -1, cache_read = -1, cache_creation = -1, reasoning = -1;
  bool known() const { return input >= 0 || output >= 0 || total >= 0; }
};

// US dollars; < 0: not told.
struct Cost {
  double input_usd = -1, output_usd = -1, total_usd = -1;
  bool known() const { return input_usd >= 0 || output_usd >= 0 || total_usd >= 0; }
};

struct CanonicalAssessment {
  enum class Kind : uint8_t { Feedback, Expectation };
  Kind kind = Kind::Feedback;
  std::string id;           // assessment_id; "" none
  std::string name;
  std::string value_json;   // "" with an error
  std::string source_type = "CODE";  // HUMAN, LLM_JUDGE, CODE
  std::string source_id;
  std::string rationale;
  std::string span_id;      // the source's id of the span; "": the whole trace
  TimeNs create_time_ns = kNoTime;
  std::string error_code, error_message;
  std::vector<std::pair<std::string, std::string>> metadata;
  // The whole assessment as MLflow writes it, where the source has it: written in place of the fields above, with
  // the ids of the trace and the span as they are here.
  std::string mlflow_json;
};

struct CanonicalSpan {
  std::string id, parent_id;  // an id of zeros or blanks counts as none
  std::string name;
  std::string type;           // MLflow's span types ("CHAT_MODEL"); "" becomes UNKNOWN
  TimeNs start_ns = kNoTime, end_ns = kNoTime;
  Status status = Status::Unset;
  std::string status_message;
  std::string inputs_json, outputs_json;
  std::string model, provider;
  std::string tools_json;     // tools offered to the model, OpenAI's form
  Tokens tokens;
  Cost cost;
  std::vector<Attribute> attributes;  // of the source, verbatim, beside what the fields above say
  std::vector<SpanEvent> events;
  std::vector<Attribute> links;       // key unused; json: the link object
};

enum class TraceState : uint8_t { Derived, Ok, Error, InProgress };  // Derived: from the spans

struct CanonicalTrace {
  std::string id;
  std::string client_request_id;
  std::string name;
  TimeNs request_time_ns = kNoTime;   // kNoTime: the earliest span's start
  int64_t duration_ms = -1;           // -1: from the spans
  TraceState state = TraceState::Derived;
  std::string session, user;
  std::string inputs_json, outputs_json;  // of the trace, where the source tells them apart from the root's
  Tokens tokens;                      // of the whole trace, where the source tells them
  Cost cost;
  std::vector<std::pair<std::string, std::string>> metadata, tags;
  std::vector<CanonicalSpan> spans;
  std::vector<CanonicalAssessment> assessments;
  std::string source_format;          // kept as metadata assay.source.format
};

// Later values win where they are present; attributes, events and assessments add up.
void merge_span(CanonicalSpan& into, CanonicalSpan&& later);
void merge_trace(CanonicalTrace& into, CanonicalTrace&& later);  // all but the spans' own merging

// One line of MLflow JSON without the line break. Spans are put in MLflow's order (roots, then by start);
// duplicates of a span id are merged. A trace without spans gets none.
std::string mlflow_record(CanonicalTrace trace);

// MLflow's form of a trace id ("tr-" and 32 hex digits) where the text is 16 bytes, else the text itself.
std::string mlflow_trace_id(std::string_view source_id);
// The 16 hex digits that the span gets in MLflow; "" for an id of zeros or blanks.
std::string mlflow_span_id(std::string_view source_id);

void add_attribute(std::vector<Attribute>& attributes, std::string_view key, std::string json);
void add_text_attribute(std::vector<Attribute>& attributes, std::string_view key, std::string_view text);

}  // namespace assay::convert
