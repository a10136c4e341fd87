#include "core/ingest/fields.h"

#include <cmath>

#include "core/base/numbers.h"

namespace assay::ingest {
namespace {

std::string_view excerpt(json::Reader& reader, const json::Piece& piece) { return reader.text_of(piece); }

}  // namespace

std::optional<int64_t> integer_of(std::string_view text) {
  if (const auto exact = parse_int64(text)) return exact;
  const auto value = parse_double(text);
  if (!value || !(std::fabs(*value) < 9.2e18) || std::trunc(*value) != *value) return std::nullopt;
  return static_cast<int64_t>(*value);
}

uint32_t value_offset(json::Reader& reader) {
  reader.peek();
  return reader.offset_bytes();
}

json::Piece read_text(RecordContext& context, json::Reader& reader, std::string_view field) {
  const json::Piece piece = reader.piece();
  if (piece.form != TextForm::Json) return piece;
  context.note(IssueKind::WrongType, piece.offset_bytes, field, excerpt(reader, piece));
  return {};
}

std::optional<int64_t> read_integer(RecordContext& context, json::Reader& reader,
                                    std::string_view field, IssueKind issue) {
  const json::Kind kind = reader.peek();
  const uint32_t at = reader.offset_bytes();
  const json::Piece piece = reader.piece();
  if (piece.form == TextForm::None) return std::nullopt;
  if (kind == json::Kind::Number || kind == json::Kind::String) {
    if (const auto value = integer_of(reader.text_of(piece))) return value;
  }
  context.note(issue, at, field, excerpt(reader, piece));
  return std::nullopt;
}

void read_string_map(RecordContext& context, json::Reader& reader, std::string_view field,
                     MapKeys& keys, std::vector<store::KeyValue>& out) {
  out.clear();
  const uint32_t at = value_offset(reader);
  if (!reader.enter_object()) {
    const json::Piece piece = reader.piece();
    if (piece.form != TextForm::None) {
      context.note(IssueKind::WrongType, at, field, excerpt(reader, piece));
    }
    return;
  }
  json::MemberCursor cursor(keys.names);
  while (reader.next_member(cursor) != json::MemberNames::kEnd) {
    StringId key = cursor.slot() != 0 ? keys.ids[cursor.slot()] : StringId{};
    if (!key.present()) {
      key = context.dataset.names().intern(reader.key());
      if (cursor.slot() != 0) keys.ids[cursor.slot()] = key;
    }
    const json::Piece piece = reader.piece();
    if (piece.form != TextForm::None) out.push_back({key, context.ref(piece)});
  }
}

int64_t ns_from_ms(int64_t milliseconds) {
  constexpr int64_t kLimit = INT64_MAX / 1'000'000;
  if (milliseconds > kLimit || milliseconds < -kLimit) return kNoTime;
  return milliseconds * 1'000'000;
}

namespace {

int64_t time_ns(RecordContext& context, json::Kind kind, uint32_t at, std::string_view text, std::string_view field) {
  int64_t time_ns = kNoTime;
  if (kind == json::Kind::String) {
    if (const auto parsed = parse_rfc3339(text)) time_ns = *parsed;
  }
  if (time_ns == kNoTime && (kind == json::Kind::Number || kind == json::Kind::String)) {
    if (const auto milliseconds = integer_of(text)) time_ns = ns_from_ms(*milliseconds);
  }
  if (time_ns == kNoTime) context.note(IssueKind::BadTimestamp, at, field, text);
  return time_ns;
}

int64_t duration_ms(RecordContext& context, json::Kind kind, uint32_t at, std::string_view text, std::string_view field) {
  if (kind == json::Kind::String) {
    if (const auto duration_ns = parse_duration_ns(text)) return *duration_ns / 1'000'000;
  }
  if (kind == json::Kind::Number || kind == json::Kind::String) {
    if (const auto milliseconds = integer_of(text)) return *milliseconds;
    const auto fraction = parse_double(text);
    if (fraction && std::fabs(*fraction) < 9.2e18) return static_cast<int64_t>(*fraction);
  }
  context.note(IssueKind::BadTimestamp, at, field, text);
  return kNoTime;
}

json::Kind kind_of(const json::Piece& piece) {
  return piece.form == TextForm::Json ? json::Kind::Number : json::Kind::String;
}

}  // namespace

int64_t time_ns_of(RecordContext& context, const json::Piece& piece, std::string_view field) {
  return time_ns(context, kind_of(piece), place_of(piece), context.written(piece), field);
}

int64_t duration_ms_of(RecordContext& context, const json::Piece& piece, std::string_view field) {
  return duration_ms(context, kind_of(piece), place_of(piece), context.written(piece), field);
}

int64_t read_time_ns(RecordContext& context, json::Reader& reader, std::string_view field) {
  const json::Kind kind = reader.peek();
  const uint32_t at = reader.offset_bytes();
  const json::Piece piece = reader.piece();
  if (piece.form == TextForm::None) return kNoTime;
  return time_ns(context, kind, at, reader.text_of(piece), field);
}

int64_t read_duration_ms(RecordContext& context, json::Reader& reader, std::string_view field) {
  const json::Kind kind = reader.peek();
  const uint32_t at = reader.offset_bytes();
  const json::Piece piece = reader.piece();
  if (piece.form == TextForm::None) return kNoTime;
  return duration_ms(context, kind, at, reader.text_of(piece), field);
}

std::optional<std::string> unquoted(std::string_view json) {
  if (json.empty() || json.front() != '"') return std::nullopt;
  json::Reader reader(json);
  std::optional<std::string> text = reader.string();
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  return text;
}

}  // namespace assay::ingest
