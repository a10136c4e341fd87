// DataFrame.to_json() in the orients that do not stand row by row.
#include <unordered_map>

#include "core/convert/mlflow_dataframe.h"
#include "core/convert/mlflow_parts.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr std::string_view kVersion3[] = {
    "trace_id", "trace",    "client_request_id", "state", "request_time", "execution_duration",
    "request",  "response", "trace_metadata",    "tags",  "spans",        "assessments"};
constexpr std::string_view kVersion2[] = {
    "request_id", "trace",    "timestamp_ms",     "status", "execution_time_ms",
    "request",    "response", "request_metadata", "spans",  "tags"};

bool is_row_number(std::string_view key) {
  return !key.empty() && key.size() < 20 &&
         key.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_split(json::Node record) {
  return record["columns"].is_array() && record["data"].is_array();
}
bool is_table(json::Node record) {
  return record["schema"]["fields"].is_array() && record["data"].is_array();
}

// {"column": {"0": …, "1": …}, …}: all columns begin with the same row number.
bool is_columns(json::Node record) {
  const json::Node first = record.first(), second = first.next();
  if (!record.is_object() || !first.is_object() || !first.first()) return false;
  const std::string row = first.first().key();
  if (!is_row_number(row) || is_row_number(first.key())) return false;
  if (!second) return first.key() == "trace";
  return second.is_object() && second.first() && second.first().key() == row;
}

// {"0": {"column": …}, "1": …}.
bool is_index(json::Node record) {
  const json::Node first = record.first(), second = first.next();
  if (!record.is_object() || !first.is_object() || first.size() < 2) return false;
  if (!is_row_number(first.key()))
    return mlflow_dataframe_format().matches(first) && first.key() != "trace";
  return !second || (second.is_object() && second.first().key() == first.first().key());
}

bool is_trace_text(json::Node cell) {
  return cell.is_string() && cell.raw().substr(1, 1) == "{" &&
         cell.raw().substr(0, 4096).find("info") != std::string_view::npos;
}

json::Node fourth_of(json::Node list) { return list.first().next().next().next(); }

// A row without column names: told by a trace in it or by MLflow's order of columns.
bool is_values(json::Node record) {
  if (!record.is_array()) return false;
  const json::Node first = record.first();
  if (is_trace_text(first) || is_trace_text(first.next()) || is_trace_text(first.next().next()))
    return true;
  const std::string state = fourth_of(record).text();
  const bool has_state =
      state == "OK" || state == "ERROR" || state == "IN_PROGRESS" || state == "STATE_UNSPECIFIED";
  return first.is_string() && has_state &&
         (record.size() == std::size(kVersion3) || record.size() == std::size(kVersion2));
}

bool matches(json::Node record) {
  if (record.is_array()) return is_values(record);
  if (!record.is_object()) return false;
  return is_split(record) || is_table(record) || is_columns(record) || is_index(record);
}

void append_member(std::string& row, std::string_view key, std::string_view json) {
  row += row.empty() ? "{" : ", ";
  json::append_quoted(row, key);
  row += ": ";
  row += json;
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (record.is_array()) return read_values(context, record);
    if (is_split(record)) return read_split(context, record);
    if (is_table(record)) {
      for (json::Node row = record["data"].first(); row; row = row.next())
        context.dispatch(row);
    } else if (is_columns(record)) {
      read_columns(context, record);
    } else {
      for (json::Node row = record.first(); row; row = row.next())
        context.dispatch(row);
    }
  }

  void read_split(Context& context, json::Node record) {
    std::vector<std::string> columns;
    for (json::Node name = record["columns"].first(); name; name = name.next())
      columns.push_back(name.text_or_raw());
    for (json::Node row = record["data"].first(); row; row = row.next()) {
      std::string text;
      size_t i = 0;
      for (json::Node cell = row.first(); cell; cell = cell.next(), ++i) {
        append_member(text, i < columns.size() ? columns[i] : "column " + std::to_string(i + 1),
                      cell.raw());
      }
      if (!text.empty()) context.dispatch(text + "}");
    }
  }

  void read_columns(Context& context, json::Node record) {
    std::vector<std::string> rows;
    std::unordered_map<std::string, size_t> places;
    for (json::Node column = record.first(); column; column = column.next()) {
      const std::string name = column.key();
      if (!column.is_object()) {
        context.note(ingest::IssueKind::WrongType, "column " + name, column.offset_bytes());
        continue;
      }
      for (json::Node cell = column.first(); cell; cell = cell.next()) {
        const size_t place = places.emplace(cell.key(), rows.size()).first->second;
        if (place == rows.size()) rows.emplace_back();
        append_member(rows[place], name, cell.raw());
      }
    }
    for (std::string& row : rows)
      context.dispatch(std::move(row) + "}");
  }

  void read_values(Context& context, json::Node record) {
    std::string row;
    const size_t size = record.size();
    if (size == std::size(kVersion3) || size == std::size(kVersion2)) {
      const std::string_view* name = size == std::size(kVersion3) ? kVersion3 : kVersion2;
      for (json::Node cell = record.first(); cell; cell = cell.next())
        append_member(row, *name++, cell.raw());
    } else {
      for (json::Node cell = record.first(); cell; cell = cell.next()) {
        if (row.empty() && is_trace_text(cell)) append_member(row, "trace", cell.raw());
      }
    }
    context.dispatch(row + "}");
  }
};

}  // namespace

Format pandas_json_format() {
  return {"pandas DataFrame (JSON)", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
