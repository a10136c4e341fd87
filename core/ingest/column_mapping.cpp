#include "core/ingest/column_mapping.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/json/reader.h"

namespace assay::ingest {
namespace {

constexpr std::string_view kKeys[] = {"metadata",     "ignore",        "input",        "output",
                                      "messages",     "expected",      "contexts",     "feedback",
                                      "rationale",    "trace_id",      "session",      "user",
                                      "time",         "duration_ms",   "duration_s",   "model",
                                      "input_tokens", "output_tokens", "total_tokens", "tag",
                                      "client_request_id", "feedback_name", "span_id"};
static_assert(std::size(kKeys) == static_cast<size_t>(ColumnUse::kCount));

Error bad_columns(std::string what) {
  return make_error(ErrorCode::InvalidParameter, std::move(what));
}

std::string known_uses() {
  std::string out;
  for (const std::string_view key : kKeys) {
    if (!out.empty()) out += ", ";
    out += key;
  }
  return out;
}

// "feedback:quality" of one column into the mapping.
Status add_column(ColumnMapping& mapping, std::string column, std::string_view use_text) {
  const size_t colon = use_text.find(':');
  const auto use = find_column_use(use_text.substr(0, colon));
  if (!use) {
    return bad_columns("a column can be " + known_uses() + "; not \"" + std::string(use_text) +
                       "\", as said of column " + column);
  }
  if (mapping.find(column) != nullptr)
    return bad_columns("there are two uses for the column " + column);
  if (mapping.columns.size() >= kMaxMappedColumns)
    return bad_columns("there are more than 500 columns");
  MappedColumn& out = mapping.columns.emplace_back();
  out.column = std::move(column);
  out.use = *use;
  if (colon != std::string_view::npos) out.name = use_text.substr(colon + 1);
  return ok_status();
}

Status read_object(json::Reader& reader, ColumnMapping& mapping) {
  if (!reader.enter_object()) return bad_columns("columns must be one JSON object of texts");
  while (reader.next_key()) {
    std::string column = reader.key();
    const auto use = reader.string();
    if (!use) return bad_columns("what a column is must be a text, at column " + column);
    ASSAY_TRY(add_column(mapping, std::move(column), *use));
  }
  if (reader.failed())
    return bad_columns(std::string("columns are no JSON object: ") + reader.error_text());
  return ok_status();
}

bool same_columns(const ColumnMapping& a, const ColumnMapping& b) {
  return a.columns.size() == b.columns.size() &&
         std::all_of(a.columns.begin(), a.columns.end(),
                     [&](const MappedColumn& c) { return b.find(c.column) != nullptr; });
}

}  // namespace

std::string_view column_use_key(ColumnUse use) { return kKeys[static_cast<size_t>(use)]; }

std::optional<ColumnUse> find_column_use(std::string_view key) {
  for (size_t i = 0; i < std::size(kKeys); ++i) {
    if (kKeys[i] == key) return static_cast<ColumnUse>(i);
  }
  return std::nullopt;
}

bool ColumnMapping::is_usable() const {
  return std::any_of(columns.begin(), columns.end(), [](const MappedColumn& c) {
    return c.use == ColumnUse::Input || c.use == ColumnUse::Output || c.use == ColumnUse::Messages;
  });
}

bool ColumnMapping::is_feedback() const {
  const auto has = [this](ColumnUse use) {
    return std::any_of(columns.begin(), columns.end(), [use](const MappedColumn& c) { return c.use == use; });
  };
  return !is_usable() && has(ColumnUse::Feedback) && (has(ColumnUse::TraceId) || has(ColumnUse::ClientRequestId));
}

const MappedColumn* ColumnMapping::find(std::string_view column) const {
  for (const MappedColumn& each : columns) {
    if (each.column == column) return &each;
  }
  return nullptr;
}

Result<ColumnMapping> parse_columns(std::string_view text) {
  if (text.size() > kMaxMappingBytes)
    return bad_columns("the columns' names are longer than 64 KB together");
  if (!is_valid_utf8(text)) return bad_columns("the columns' names are no UTF-8");
  ColumnMapping mapping;
  text = trimmed(text, " \t");
  if (text.substr(0, 1) == "{") {
    json::Reader reader(text);
    ASSAY_TRY(read_object(reader, mapping));
    return mapping;
  }
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view part = trimmed(text.substr(0, comma), " \t");
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (part.empty()) continue;
    const size_t equals = part.rfind('=');
    if (equals == std::string_view::npos || equals == 0) {
      return bad_columns("columns are said as COLUMN=USE, joined by commas; not \"" +
                         std::string(part) + "\"");
    }
    ASSAY_TRY(add_column(mapping, std::string(trimmed(part.substr(0, equals), " \t")),
                         trimmed(part.substr(equals + 1), " \t")));
  }
  return mapping;
}

void write_columns(json::Writer& writer, const ColumnMapping& mapping) {
  writer.begin_object();
  for (const MappedColumn& each : mapping.columns) {
    std::string use(column_use_key(each.use));
    if (!each.name.empty()) use += ":" + each.name;
    writer.member(each.column, use);
  }
  writer.end_object();
}

std::string describe_columns(const ColumnMapping& mapping) {
  std::string out;
  for (const MappedColumn& each : mapping.columns) {
    if (each.use == ColumnUse::Metadata) continue;
    if (!out.empty()) out += ", ";
    out += each.column + " → ";
    out += column_use_key(each.use);
    if (!each.name.empty()) out += " " + each.name;
  }
  return out;
}

std::string encode_mappings(const std::vector<ColumnMapping>& mappings) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (const ColumnMapping& mapping : mappings)
    write_columns(writer, mapping);
  writer.end_array();
  return out;
}

std::vector<ColumnMapping> decode_mappings(std::string_view json) {
  std::vector<ColumnMapping> out;
  json::Reader reader(json);
  if (!reader.enter_array()) return out;
  while (out.size() < kMaxMappings && reader.next_element()) {
    const json::Piece piece = reader.piece();
    if (reader.failed()) break;
    auto mapping = parse_columns(reader.text_of(piece));
    if (mapping.ok() && mapping.value().is_usable()) out.push_back(std::move(mapping).value());
  }
  return out;
}

void remember_mapping(std::vector<ColumnMapping>& mappings, ColumnMapping mapping) {
  std::erase_if(mappings, [&](const ColumnMapping& old) { return same_columns(old, mapping); });
  mappings.insert(mappings.begin(), std::move(mapping));
  if (mappings.size() > kMaxMappings) mappings.resize(kMaxMappings);
}

}  // namespace assay::ingest
