// Readers of single fields: each consumes the value that stands next, whatever it is, and notes in the
// report what is not of the expected type. null is absent and no issue.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/ingest/record_context.h"
#include "core/json/reader.h"

namespace assay::ingest {

// A string, or nothing (form None).
json::Piece read_text(RecordContext& context, json::Reader& reader, std::string_view field);
// A JSON integer, an integer in a string (protobuf JSON), or a whole double.
std::optional<int64_t> read_integer(RecordContext& context, json::Reader& reader, std::string_view field,
                                    IssueKind issue = IssueKind::WrongType);
// The integer that a number's text is: digits, or a double without a fraction.
std::optional<int64_t> integer_of(std::string_view text);
// The object of strings that metadata and tags are. Values that are no strings are kept as JSON.
void read_string_map(RecordContext& context, json::Reader& reader, std::string_view field,
                     MapKeys& keys, std::vector<store::KeyValue>& out);

// A time in nanoseconds from "2026-11-24T06:02:50.510Z" or from a number of milliseconds.
int64_t read_time_ns(RecordContext& context, json::Reader& reader, std::string_view field);
// A duration in milliseconds from a number of milliseconds or from "1.500s".
int64_t read_duration_ms(RecordContext& context, json::Reader& reader, std::string_view field);

// The same of a value that was read: it is a string or a number (of form Json).
int64_t time_ns_of(RecordContext& context, const json::Piece& piece, std::string_view field);
int64_t duration_ms_of(RecordContext& context, const json::Piece& piece, std::string_view field);
// Where such a value begins, its quotes included.
inline uint32_t place_of(const json::Piece& piece) { return piece.offset_bytes - (piece.form == TextForm::Json ? 0 : 1); }

// Where the value that stands next begins.
uint32_t value_offset(json::Reader& reader);

// The text of a JSON document that is one string, or nothing: "\"abc\"" → abc. For values that writers
// encode twice.
std::optional<std::string> unquoted(std::string_view json);

// The milliseconds as nanoseconds, or kNoTime when they do not fit.
int64_t ns_from_ms(int64_t milliseconds);

}  // namespace assay::ingest
