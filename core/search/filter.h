// Filter and OrderBy: MLflow's trace filter language (mlflow.search_traces' `filter_string` and
// `order_by`), parsed to plain data. What is accepted, what is refused, and the messages are those
// of MLflow 3.11 with its SQLite store, faults of the language included; a few inputs on which
// MLflow itself fails (HTTP 500) are answered with a clear error instead.
//
// A filter is a list of clauses that must all hold. There is no OR, NOT or bracket in this
// language.
//
// Errors: ErrorCode::InvalidParameter with MLflow's text; sets inside messages are printed sorted
// (MLflow prints them in random order). `at_byte` is where in the filter the trouble stands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace assay::search {

enum class Field : uint8_t {
  RequestId,  // the trace id
  ClientRequestId,
  TimestampMs,
  ExecutionTimeMs,
  EndTimeMs,  // start + duration (0 where unknown)
  Status,
  Tag,       // key = the tag; `name` is the tag mlflow.traceName
  Metadata,  // key = the metadata key; `run_id` is mlflow.sourceRun
  SpanName,
  SpanType,
  SpanStatus,
  SpanContent,    // the JSON text of a span as MLflow stores it; `trace.text` too
  SpanAttribute,  // key = the attribute
  Feedback,       // key = the name of the assessment
  Expectation,
  IssueId,
  LinkedPrompt,  // value "name/version"
  ExperimentId,  // order_by only
};
bool is_span_field(Field field);

enum class Comparator : uint8_t {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Like,
  ILike,
  RLike,
  In,
  NotIn,
  IsNull,
  IsNotNull,
};
std::string_view comparator_text(Comparator comparator);  // "=", "NOT IN", …

struct Clause {
  Field field = Field::RequestId;
  Comparator comparator = Comparator::Equal;
  std::string key;                // see Field
  std::string text;               // the value without its quotes; for numbers as written
  std::vector<std::string> list;  // IN, NOT IN
  bool is_number = false;         // `number` holds the value (written without quotes)
  bool is_integer = false;        // … exactly in `integer`
  double number = 0;
  int64_t integer = 0;
  uint32_t at_byte = 0;  // the clause's place in the filter's text
  uint32_t size_bytes = 0;
};

struct Filter {
  std::vector<Clause> clauses;  // all must hold; none: everything
};

// `error_size_bytes`, when given, gets the length of the wrong piece at Error::at_byte (0: not
// known).
Result<Filter> parse_filter(std::string_view text, uint32_t* error_size_bytes = nullptr);

struct OrderKey {
  Field field = Field::TimestampMs;
  std::string key;  // Tag, Metadata
  bool ascending = true;
};
struct OrderBy {
  std::vector<OrderKey> keys;  // after them always timestamp_ms DESC, request_id ASC
};

// Which of the texts is wrong, where in it, and what to write there instead ("": nothing is near).
struct OrderProblem {
  size_t text = 0;
  uint32_t at_byte = 0, size_bytes = 0;
  std::string suggestion;
};

// Each text is "<key> [ASC|DESC]". Error::at_byte counts inside the text that is wrong.
Result<OrderBy> parse_order_by(const std::vector<std::string>& texts, OrderProblem* problem = nullptr);

}  // namespace assay::search
