// Query: the language of the search box, a superset of MLflow's filters (docs/search.md has the grammar).
// parse_query() decides what a text is, in this order:
//   1. nothing: every trace
//   2. one trace id: that trace
//   3. a filter that MLflow accepts: exactly what MLflow makes of it (filter.h)
//   4. our language: OR, NOT, brackets, numbers, times, JSON paths, conditions on one span in braces,
//      structure, counts, and words that are looked for in the text
//
// The tree is plain data in which every name is resolved and every value is in the unit of its key, so that
// whatever evaluates it (query_plan.h, the tests' reference) decides nothing about the language.
//
// Truth is two-valued: a comparison with what is not there is false, and NOT makes it true.
//
// Errors: ErrorCode::InvalidParameter with at_byte; TooLarge past the limits below. The suggestion is part of
// the text and stands alone in QueryProblem.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/search/filter.h"

namespace assay::search {

// "now", for times like "last 24 hours", and the offset from UTC in which dates without one are meant.
struct QueryClock {
  TimeNs now_ns = 0;
  int utc_offset_minutes = 0;
};

enum class QueryKey : uint8_t {
  // Of a trace.
  TraceId,
  ClientRequestId,
  StartTime,  // ms, as MLflow's timestamp_ms
  EndTime,    // start + duration (0 where unknown)
  Duration,   // ms
  State,
  Name,
  Session,
  User,
  Request,  // the previews
  Response,
  InputTokens,
  OutputTokens,
  TotalTokens,
  Cost,  // USD
  SpanCount,
  Depth,     // of the deepest span; the root's is 0
  Tag,       // path: key, then into JSON
  Metadata,  // "
  Feedback,  // path[0]: the name
  Expectation,
  Rationale,  // of a feedback or an expectation of that name
  Issue,
  Prompt,
  Inputs,  // of the root span; path into JSON
  Outputs,
  // Of a span.
  SpanName,
  SpanType,
  SpanStatus,
  SpanId,
  SpanStart,  // ms, with decimals
  SpanEnd,
  SpanDuration,
  SpanDepth,
  SpanChildren,       // how many spans name it as their parent
  SpanAttribute,      // the value, decoded; path: key, then into JSON
  SpanAttributeText,  // MLflow's: its LIKE, ILIKE and RLIKE look at the span's JSON text
  SpanInputs,
  SpanOutputs,
  SpanEvents,  // an array of {name, …, attributes}
  SpanMessage,
  SpanContent,  // the span's JSON text
};
inline bool is_span_key(QueryKey key) { return key >= QueryKey::SpanName; }

// What a key holds, so what can be asked of it.
enum class QueryType : uint8_t {
  Text,
  State,    // one of a few words
  Integer,  // a whole number
  Real,
  Time,      // ms since 1970
  Duration,  // ms
  Json,      // any JSON value, or a text in which a number may stand
  Score,     // the value of an assessment
  Prompt,    // "name/version"
  Content,   // long text
};
QueryType type_of(QueryKey key);

enum class QueryOp : uint8_t {
  Equal,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Like,
  ILike,
  Regex,
  Contains,  // the text stands in it, whatever the case of letters
  In,
  Exists,
};

struct PathStep {
  enum class Kind : uint8_t { Name, Index, Any };  // .name, [3] or [-1], [*]
  Kind kind = Kind::Name;
  std::string name;
  int32_t index = 0;
};

struct QueryValue {
  enum class Kind : uint8_t { Text, Number, Bool };
  Kind kind = Kind::Text;
  std::string text;  // a number: in JSON's form and the key's unit; a Bool: "true" or "false"
};

// How the spans of the next step stand to those of the step before.
enum class SpanAxis : uint8_t {
  Descendant,  // >>
  Child,       // >
  Ancestor,    // <<
  Parent,      // <
  Sibling,     // ~    another child of the same parent
  After,       // THEN starts when the other one has ended, or later
};
struct SpanLink {
  SpanAxis axis = SpanAxis::Descendant;
  bool negated = false;  // those of the step before that have no such span; they go on to the next step
};

enum class SpanQuestion : uint8_t {
  Any,
  All,  // of at least one span
  None,
  Count,     // how many, compared with values[0]
  Repeated,  // how many at most have the same `same_…`, compared with values[0]
};

struct QueryNode {
  enum class Kind : uint8_t {
    Everything,
    And,
    Or,
    Not,
    Compare,  // key, path, op, negated, values
    Word,     // `text` stands somewhere
    Spans,    // children: the condition of each step; links between them; question
  };
  // Compiled once, not wherever a node is moved.
  QueryNode();
  ~QueryNode();
  QueryNode(const QueryNode&);
  QueryNode(QueryNode&&) noexcept;
  QueryNode& operator=(QueryNode&&) noexcept;

  Kind kind = Kind::Everything;
  QueryKey key = QueryKey::TraceId;
  QueryOp op = QueryOp::Equal;
  bool negated = false;  // there is a value, and the comparison does not hold; with Exists: there is none
  SpanQuestion question = SpanQuestion::Any;
  bool same_name = false, same_inputs = false, same_type = false;  // Repeated
  bool is_dotted = false;  // Spans: written span.name = …, without braces
  uint32_t at_byte = 0, size_bytes = 0;
  std::vector<QueryNode> children;
  std::vector<SpanLink> links;  // one less than children
  std::vector<PathStep> path;
  std::vector<QueryValue> values;
  std::string text;
};

struct QueryProblem {
  uint32_t size_bytes = 0;  // of the wrong piece at Error::at_byte; 0: not known
  std::string suggestion;   // what to write instead of that piece, or ""
};

// What the user may not expect of a query that is valid.
struct QueryNote {
  std::string text;  // "": nothing to say
  uint32_t at_byte = 0;
  QueryProblem place;  // size 0: the query as a whole
};

struct Query {
  Query();
  ~Query();
  Query(const Query&);
  Query(Query&&) noexcept;
  Query& operator=(Query&&) noexcept;

  bool is_mlflow = false;  // `filter` is the query
  Filter filter;
  QueryNode root;                  // else this is
  std::vector<std::string> words;  // that must stand there: to highlight
  QueryNote note;
};

constexpr size_t kMaxQueryBytes = 64 << 10;
constexpr size_t kMaxQueryNodes = 1000;
constexpr int kMaxQueryDepth = 60;
constexpr size_t kMaxQueryTexts = 64;  // words, patterns and regular expressions

Result<Query> parse_query(std::string_view text, const QueryClock& clock, QueryProblem* problem = nullptr);

// Our language alone, whatever MLflow makes of the text.
Result<Query> parse_own_query(std::string_view text, const QueryClock& clock,
                              QueryProblem* problem = nullptr);

}  // namespace assay::search
