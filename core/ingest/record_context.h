// What the readers of records share: the record's text and place, the report, and scratch memory that
// is used again for each record, so that reading one allocates nothing in the common case.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text_ref.h"
#include "core/ingest/import_report.h"
#include "core/ingest/mlflow_members.h"
#include "core/ingest/span_ids.h"
#include "core/json/reader.h"
#include "core/store/dataset.h"

namespace assay::ingest {

// Valid while one record is read: `text` points into the data set.
struct RecordContext {
  store::Dataset& dataset;
  FileReport& report;
  uint32_t file;             // index in dataset.files()
  std::string_view text;     // the record, verbatim
  TextRef place;             // where it stands
  uint64_t number;           // 1-based
  uint64_t at_byte;          // of its first byte in the file
  bool repaired = false;     // an issue of severity Repaired was noted

  // `offset_bytes` counts from the start of the record. The detail is "what: value", the value cut.
  void note(IssueKind kind, uint32_t offset_bytes, std::string_view what, std::string_view value = {});
  TextRef ref(const json::Piece& piece) const {
    return {place.blob, place.offset_bytes + piece.offset_bytes, piece.size_bytes, piece.form};
  }
  // The piece as it stands in the record.
  std::string_view written(const json::Piece& piece) const { return text.substr(piece.offset_bytes, piece.size_bytes); }
  // The text of a string piece; unescaped into `scratch` where needed.
  std::string_view decoded(const json::Piece& piece, std::string& scratch) const;
};

// Beside store::SpanFields: what is needed until the trace is complete.
struct SpanLinks {
  uint64_t own_number = 0, parent_number = 0;  // SpanId::number
  StringId own_opaque, parent_opaque;
  bool has_parent = false;
  uint32_t offset_bytes = 0;  // of the span in the record, for notes
  json::Piece token_usage, cost, trace_id, request_id;
  json::Piece own_text;        // of a span that is written as one before, as it stands there without escapes
  bool has_some_parent() const { return parent_number != 0 || parent_opaque.present(); }
};

struct Usage {
  int64_t input_tokens = -1, output_tokens = -1, total_tokens = -1;
  bool known() const { return input_tokens >= 0 || output_tokens >= 0 || total_tokens >= 0; }
};

// All that one record gave.
struct TraceScratch {
  store::TraceFields fields;
  std::vector<store::SpanFields> spans;
  std::vector<SpanLinks> links;  // parallel to spans
  std::vector<store::KeyValue> metadata, tags;
  std::vector<store::Assessment> assessments;
  bool info_seen = false;
  bool is_v2 = false;             // info has a request_id
  bool has_v2_spans = false;      // a span has a context
  json::Piece id;                 // info.trace_id or info.request_id
  json::Piece data_request, data_response;  // V2: data.request / data.response

  // Working memory.
  std::string id_text, text_a, text_b;
  std::vector<uint32_t> slots, order;
  std::vector<uint8_t> marks;
  std::vector<Usage> usages;
  std::vector<double> costs;
  json::ShapeValues values;
  MlflowMembers members;  // reset() keeps it

  void reset();
};

}  // namespace assay::ingest
