// What each column of a table is, as a person has said it: in the page's dialogue, on the command
// line, or once before (the settings remember it by the columns' names). Tables are CSV and TSV
// files, rows of Parquet, and records of JSON that no known system wrote; a record's members are
// its columns.
//
// Text form: {"question": "input", "rating": "feedback:quality"} (the settings, the page), or
// question=input,rating=feedback:quality (the command line). The part behind the colon names the
// feedback, the tag or the expectation; without it the column's own name does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/json/writer.h"

namespace assay::ingest {

enum class ColumnUse : uint8_t {
  Metadata,  // kept beside the trace; what is not said of a column
  Ignore,    // left out
  Input,     // several inputs become the members of one object; outputs likewise
  Output,
  Messages,  // a list of chat messages
  Expected,
  Contexts,  // texts or documents that were retrieved
  Feedback,
  Rationale,  // of the feedback
  TraceId,
  Session,
  User,
  Time,
  DurationMs,
  DurationS,
  Model,
  InputTokens,
  OutputTokens,
  TotalTokens,
  Tag,
  ClientRequestId,  // of a table of feedback on traces that are there (is_feedback)
  FeedbackName,
  SpanId,
  kCount,
};
std::string_view column_use_key(ColumnUse use);  // "input", "trace_id", …
std::optional<ColumnUse> find_column_use(std::string_view key);

struct MappedColumn {
  std::string column;
  ColumnUse use = ColumnUse::Metadata;
  std::string name;  // of the feedback, tag or expectation; "": the column's
};

struct ColumnMapping {
  std::vector<MappedColumn> columns;

  bool empty() const { return columns.empty(); }
  // Whether it says where inputs, outputs or messages are; without one of them no trace can be
  // made.
  bool is_usable() const;
  // Whether it says that a row is feedback on a trace: which trace, and what was said; and is no trace itself.
  bool is_feedback() const;
  const MappedColumn* find(std::string_view column) const;
};

// More columns than that are read as metadata and are not looked at to recognize a table.
constexpr size_t kMaxMappedColumns = 500;
constexpr size_t kMaxMappings = 50;         // remembered ones
constexpr size_t kMaxMappingBytes = 65536;  // of one, as text

// Errors say which part is wrong.
Result<ColumnMapping> parse_columns(std::string_view text);
void write_columns(json::Writer& writer, const ColumnMapping& mapping);  // the JSON form
// "question → input, rating → feedback quality"; metadata is not named.
std::string describe_columns(const ColumnMapping& mapping);

// A list of mappings as a JSON array and back; entries that are wrong are left out.
std::string encode_mappings(const std::vector<ColumnMapping>& mappings);
std::vector<ColumnMapping> decode_mappings(std::string_view json);
// Newest first; replaces the one with the same columns, and forgets the oldest beyond kMaxMappings.
void remember_mapping(std::vector<ColumnMapping>& mappings, ColumnMapping mapping);

}  // namespace assay::ingest
