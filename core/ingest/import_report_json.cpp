// Reports that travel: joined, and as JSON.
#include <algorithm>

#include "core/base/utf8.h"
#include "core/ingest/import_report.h"
#include "core/json/reader.h"
#include "core/json/writer.h"

namespace assay::ingest {
namespace {

constexpr size_t kKinds = static_cast<size_t>(IssueKind::kCount);

size_t kind_of_key(std::string_view key) {
  for (size_t i = 0; i < kKinds; ++i) {
    if (issue_kind_info(static_cast<IssueKind>(i)).key == key) return i;
  }
  return kKinds;
}

void write_table(json::Writer& w, const TableSample& table) {
  w.begin_object();
  w.member("entry", table.entry);
  w.member_boolean("unread", table.unread);
  w.member_boolean("asks", table.asks);
  w.key("columns");
  w.begin_array();
  for (const TableColumn& column : table.columns) {
    w.begin_object();
    w.member("name", column.name);
    w.member("use", column_use_key(column.use));
    if (!column.use_name.empty()) w.member("use_name", column.use_name);
    w.member_boolean("first", column.in_first_row);
    w.key("values");
    w.begin_array();
    for (const std::string& value : column.values) w.string(value);
    w.end_array();
    w.end_object();
  }
  w.end_array();
  w.end_object();
}

TableColumn read_column(json::Reader& reader) {
  TableColumn column;
  if (!reader.enter_object()) return column;
  while (reader.next_key()) {
    if (reader.key_is("name")) {
      column.name = reader.string().value_or("");
    } else if (reader.key_is("use")) {
      column.use = find_column_use(reader.string().value_or("")).value_or(ColumnUse::Metadata);
    } else if (reader.key_is("use_name")) {
      column.use_name = reader.string().value_or("");
    } else if (reader.key_is("first")) {
      column.in_first_row = reader.boolean().value_or(false);
    } else if (reader.key_is("values") && reader.enter_array()) {
      while (reader.next_element()) column.values.push_back(reader.string().value_or(""));
    }
  }
  return column;
}

TableSample read_table(json::Reader& reader) {
  TableSample table;
  if (!reader.enter_object()) return table;
  while (reader.next_key()) {
    if (reader.key_is("entry")) {
      table.entry = reader.string().value_or("");
    } else if (reader.key_is("unread")) {
      table.unread = reader.boolean().value_or(false);
    } else if (reader.key_is("asks")) {
      table.asks = reader.boolean().value_or(false);
    } else if (reader.key_is("columns") && reader.enter_array()) {
      while (reader.next_element()) table.columns.push_back(read_column(reader));
    }
  }
  return table;
}

void read_issue(json::Reader& reader, FileReport& report) {
  if (!reader.enter_object()) return;
  size_t kind = kKinds;
  uint64_t count = 0, record = 0, at_byte = 0;
  std::string detail;
  bool has_detail = false;
  while (reader.next_key()) {
    if (reader.key_is("kind")) {
      kind = kind_of_key(reader.string().value_or(""));
    } else if (reader.key_is("count")) {
      count = static_cast<uint64_t>(std::max<int64_t>(0, reader.integer().value_or(0)));
    } else if (reader.key_is("record")) {
      record = static_cast<uint64_t>(std::max<int64_t>(0, reader.integer().value_or(0)));
    } else if (reader.key_is("at_byte")) {
      at_byte = static_cast<uint64_t>(std::max<int64_t>(0, reader.integer().value_or(0)));
    } else if (reader.key_is("detail")) {
      detail = reader.string().value_or("");
      has_detail = true;
    }
  }
  if (kind == kKinds) return;
  if (has_detail) {
    report.add(static_cast<IssueKind>(kind), record, at_byte, std::move(detail));
  } else {
    report.counts[kind] = std::max(report.counts[kind], count);
  }
}

}  // namespace

void FileReport::merge_conversion(const FileReport& conversion, uint64_t file_size_bytes) {
  // Lines that were never made are no fault of the file.
  constexpr auto kEmpty = static_cast<size_t>(IssueKind::EmptyFile);
  if (records_read == 0 && traces == 0 && counts[kEmpty] > 0) {
    counts[kEmpty] = 0;
    std::erase_if(first_issues, [](const Issue& issue) { return issue.kind == IssueKind::EmptyFile; });
    failed = false;
  }
  // Record numbers and places of the import count converted lines, which nobody sees.
  for (Issue& issue : first_issues) issue.record_number = issue.at_byte = 0;
  format = conversion.format;
  records_read = conversion.records_read;
  records_repaired += conversion.records_repaired;
  records_skipped += conversion.records_skipped;
  failed = failed || conversion.failed;
  size_bytes = file_size_bytes;
  for (size_t i = 0; i < kKinds; ++i) counts[i] += conversion.counts[i];
  tables = conversion.tables;
  first_issues.insert(first_issues.begin(), conversion.first_issues.begin(), conversion.first_issues.end());
}

std::string encode_report(const FileReport& report) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("format", report.format);
  w.member_integer("records", static_cast<int64_t>(report.records_read));
  w.member_integer("repaired", static_cast<int64_t>(report.records_repaired));
  w.member_integer("skipped", static_cast<int64_t>(report.records_skipped));
  if (report.failed) w.member_boolean("failed", true);
  w.key("issues");
  w.begin_array();
  for (const Issue& issue : report.first_issues) {
    w.begin_object();
    w.member("kind", issue_kind_info(issue.kind).key);
    w.member_integer("record", static_cast<int64_t>(issue.record_number));
    w.member_integer("at_byte", static_cast<int64_t>(issue.at_byte));
    w.member("detail", issue.detail);
    w.end_object();
  }
  for (size_t i = 0; i < kKinds; ++i) {
    if (report.counts[i] == 0) continue;
    w.begin_object();
    w.member("kind", issue_kind_info(static_cast<IssueKind>(i)).key);
    w.member_integer("count", static_cast<int64_t>(report.counts[i]));
    w.end_object();
  }
  w.end_array();
  if (!report.tables.empty()) {
    w.key("tables");
    w.begin_array();
    for (const TableSample& table : report.tables) write_table(w, table);
    w.end_array();
  }
  w.end_object();
  return out;
}

bool decode_report(std::string_view json, FileReport& report) {
  json::Reader reader(json);
  if (!reader.enter_object()) return false;
  const auto count = [&] { return static_cast<uint64_t>(std::max<int64_t>(0, reader.integer().value_or(0))); };
  while (reader.next_key()) {
    if (reader.key_is("format")) {
      report.format = repaired_utf8(reader.string().value_or(""));
    } else if (reader.key_is("records")) {
      report.records_read = count();
    } else if (reader.key_is("repaired")) {
      report.records_repaired = count();
    } else if (reader.key_is("skipped")) {
      report.records_skipped = count();
    } else if (reader.key_is("failed")) {
      report.failed = reader.boolean().value_or(false) || report.failed;
    } else if (reader.key_is("issues") && reader.enter_array()) {
      while (reader.next_element()) read_issue(reader, report);
    } else if (reader.key_is("tables") && reader.enter_array()) {
      while (report.tables.size() < kMaxTables && reader.next_element()) report.tables.push_back(read_table(reader));
    }
  }
  return !reader.failed();
}

}  // namespace assay::ingest
