#include "core/ingest/sniff.h"

#include <iterator>

#include "core/base/utf16.h"
#include "core/json/reader.h"

namespace assay::ingest {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kInstead = "export traces with trace.to_json(), one a line";

struct Signature {
  std::string_view bytes;
  bool is_data_format;
  std::string_view what;
};

constexpr Signature kSignatures[] = {
    {"\x1f\x8b"sv, true, "a gzip file: unpack it first"},
    {"PK\x03\x04"sv, true, "a zip file: unpack it first"},
    {"\x28\xb5\x2f\xfd"sv, true, "a Zstandard file: unpack it first"},
    {"PAR1"sv, true, "a Parquet file: write the DataFrame's trace column as JSON Lines instead"},
    {"SQLite format 3"sv, true,
     "an SQLite database: export the traces of the server with `mlflow traces search --output json`"},
    {"\xff\xfe"sv, true, "UTF-16 text: save it as UTF-8"},
    {"\xfe\xff"sv, true, "UTF-16 text: save it as UTF-8"},
    {"%PDF"sv, false, "a PDF document"},
    {"\x89PNG"sv, false, "an image"},
    {"\xff\xd8\xff"sv, false, "an image"},
    {"<"sv, false, "HTML or XML, perhaps the page of a log-in form"},
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\x1e'; }

// The header line of a table that search_traces() gave: at least two columns, one of them known.
bool is_table_header(std::string_view line) {
  if (line.find(',') == std::string_view::npos && line.find('\t') == std::string_view::npos) return false;
  constexpr std::string_view kColumns[] = {"trace_id", "request_id", "execution_duration", "trace_metadata",
                                           "execution_time_ms"};
  size_t begin = 0;
  while (begin <= line.size()) {
    size_t end = line.find_first_of(",\t", begin);
    if (end == std::string_view::npos) end = line.size();
    std::string_view cell = line.substr(begin, end - begin);
    if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
    for (const std::string_view column : kColumns) {
      if (cell == column) return true;
    }
    begin = end + 1;
  }
  return false;
}

// Whether some later line starts like a JSON record: text before it is then noise of a log.
bool has_json_line(std::string_view head) {
  return head.find("\n{") != std::string_view::npos || head.find("\n[") != std::string_view::npos;
}

FileGuess unreadable(bool is_data_format, std::string_view what) {
  return {FileKind::Unreadable, 0, is_data_format, what};
}

// Top-level members that tell what a record is.
struct Members {
  bool info = false, data = false, resource_spans = false, trace = false, trace_is_text = false,
       traces = false, trace_info = false, trace_data = false, spans = false, trace_id = false,
       request_id = false, trace_location = false, dataset_record = false, mlflow = false, system = false,
       columns = false, index = false, schema = false, error_code = false, request_metadata = false;
  std::string names;  // the first few, for what nobody knows
};

void note_member(json::Reader& reader, Members& m, int count) {
  if (count < 6) {
    if (count > 0) m.names += ", ";
    m.names += reader.key();
  }
  const struct {
    std::string_view name;
    bool* flag;
  } kTable[] = {{"info", &m.info},
                {"data", &m.data},
                {"resourceSpans", &m.resource_spans},
                {"resource_spans", &m.resource_spans},
                {"trace", &m.trace},
                {"traces", &m.traces},
                {"trace_info", &m.trace_info},
                {"trace_data", &m.trace_data},
                {"spans", &m.spans},
                {"trace_id", &m.trace_id},
                {"request_id", &m.request_id},
                {"trace_location", &m.trace_location},
                {"request_metadata", &m.request_metadata},
                {"dataset_record_id", &m.dataset_record},
                {"mlflow", &m.mlflow},
                {"system", &m.system},
                {"columns", &m.columns},
                {"index", &m.index},
                {"schema", &m.schema},
                {"error_code", &m.error_code}};
  for (const auto& row : kTable) {
    if (reader.key_is(row.name)) *row.flag = true;
  }
  if (reader.key_is("trace")) m.trace_is_text = reader.peek() == json::Kind::String;
  if (reader.key_is("traces")) m.traces = reader.peek() == json::Kind::Array;
}

std::string what_it_is(const Members& m) {
  const auto with = [](std::string_view what) {
    return std::string(what) + ": " + std::string(kInstead);
  };
  if (m.resource_spans) return with("OpenTelemetry spans (OTLP JSON)");
  if (m.mlflow && m.system) return with("a file of the mlflow-export-import tool");
  if (m.trace_data) return with("a trace of an early MLflow user interface");
  if (m.trace_id && m.trace) return with("a row of a search_traces() DataFrame");
  if (m.request_id && m.trace) return with("a row of a search_traces() DataFrame of MLflow 2");
  if (m.trace_info || m.trace) return with("a reply of MLflow's REST API (traces/get or batchGet)");
  if (m.trace_location || (m.request_id && m.request_metadata)) {
    return with("a trace without its spans (MLflow's REST search)");
  }
  if (m.spans) return with("the spans of a trace without its info (traces.json artifact)");
  if (m.dataset_record) return with("a record of an evaluation dataset");
  if ((m.columns && m.index && m.data) || (m.schema && m.data)) return with("a DataFrame as JSON");
  if (m.error_code) return with("an error message of an MLflow server");
  if (m.names.empty()) return "an object without members";
  return "an object with the members " + m.names;
}

}  // namespace

FileGuess sniff_file(std::string_view head) {
  FileGuess guess;
  if (head.substr(0, 3) == "\xEF\xBB\xBF") guess.skip_bytes = 3;
  std::string_view text = head.substr(guess.skip_bytes);
  for (const Signature& signature : kSignatures) {
    if (text.substr(0, signature.bytes.size()) == signature.bytes) {
      return unreadable(signature.is_data_format, signature.what);
    }
  }
  size_t first = 0;
  while (first < text.size() && is_blank(text[first])) ++first;
  if (first == text.size()) {
    // Blanks alone: empty if that is the whole file, and JSON may still follow if it is not.
    guess.kind = head.size() < kSniffBytes ? FileKind::Empty : FileKind::Json;
    return guess;
  }
  if (text.find('\0') != std::string_view::npos) return unreadable(false, "a binary file");
  text.remove_prefix(first);
  if (text.substr(0, 2) == "{'" || text.substr(0, 3) == "[{'") {
    return unreadable(true, "Python objects as print() shows them, not JSON: use trace.to_json()");
  }
  if (text[0] == '{' || text[0] == '[') return guess;
  if (is_table_header(text.substr(0, text.find_first_of("\r\n")))) {
    return unreadable(true, "a CSV table of search_traces(): write its trace column as JSON Lines instead");
  }
  if (has_json_line(text)) return guess;
  return unreadable(false, "plain text or a table");
}

namespace {

// Whether the value that begins here is a trace's info: other systems have an "info" of their own. An info
// that is empty or cut off may be one.
bool begins_info(std::string_view text) {
  json::Reader reader(text);
  if (!reader.enter_object()) return false;
  bool any = false;
  while (reader.next_key()) {
    any = true;
    for (const std::string_view name : {"trace_id", "request_id", "client_request_id", "trace_location", "experiment_id",
                                        "request_time", "timestamp_ms", "trace_metadata", "request_metadata", "state", "status"}) {
      if (reader.key_is(name)) return true;
    }
    reader.skip_value();
  }
  return !any || reader.failed();
}

// "{\"info\": …}": an object that was written as JSON twice.
bool begins_text_of_json(std::string_view text) {
  return text.size() > 1 && text[0] == '"' && (text[1] == '{' || text[1] == '[') && text.find(",") != std::string_view::npos &&
         text.substr(1, 8).find('\\') != std::string_view::npos;
}

// Whether the object that begins here is one of MLflow's trace records, or an envelope of them. The text
// may end anywhere.
bool begins_mlflow_record(std::string_view text, int level) {
  json::Reader reader(text);
  if (!reader.enter_object()) return false;
  while (reader.next_key()) {
    if (reader.key_is("info") && begins_info(text.substr(reader.offset_bytes()))) return true;
    if (reader.key_is("data") && reader.peek() == json::Kind::Object) {
      json::Reader inner(text.substr(reader.offset_bytes()));
      return inner.enter_object() && inner.next_key() &&
             (inner.key_is("spans") || inner.key_is("request") || inner.key_is("response"));
    }
    if (reader.key_is("traces") && reader.peek() == json::Kind::Array && level == 0) {
      const std::string_view list = text.substr(reader.offset_bytes() + 1);
      const size_t first = list.find_first_not_of(" \t\r\n");
      if (first == std::string_view::npos || list[first] == ']') return true;
      return begins_mlflow_record(list.substr(first), 1);
    }
    reader.skip_value();
  }
  // Broken where it can be read at all: FileImporter says where.
  return reader.failed() && reader.error_offset_bytes() < text.size() && text.size() < kRouteBytes;
}

// Whether a whole line behind the first is another system's record, as far as the text goes: files that were
// put together from several. Log lines between traces do not count.
bool has_other_record(std::string_view text) {
  for (size_t at = text.find("\n{"); at != std::string_view::npos; at = text.find("\n{", at + 1)) {
    const size_t end = text.find('\n', at + 1);
    if (end == std::string_view::npos) return false;
    std::string_view line = text.substr(at + 1, end - at - 1);
    while (!line.empty() && (is_blank(line.back()) || line.back() == ',')) line.remove_suffix(1);
    if (line.back() != '}' || begins_mlflow_record(line, 0)) continue;
    for (const std::string_view tell : {"\"resourceSpans\"", "\"resource_spans\"", "\"traceId\"", "\"traceID\"", "\"trace_id\"",
                                        "\"root_span_id\"", "\"messages\"", "\"inputs\"", "\"request_id\""}) {
      if (line.find(tell) != std::string_view::npos) return true;
    }
  }
  return false;
}

}  // namespace

FileRoute route_of(std::string_view head) {
  const auto begins = [&](std::string_view bytes) { return head.substr(0, bytes.size()) == bytes; };
  if (begins("\x1f\x8b"sv) || begins("PK\x03\x04"sv) || begins("\x28\xb5\x2f\xfd"sv) || begins("PAR1"sv)) {
    return FileRoute::Convert;
  }
  if (utf16_of(head) != Utf16::None) return FileRoute::Convert;
  if (begins("\xEF\xBB\xBF")) head.remove_prefix(3);
  size_t first = 0;
  while (first < head.size() && is_blank(head[first])) ++first;
  if (first == head.size()) return FileRoute::Direct;
  // Protobuf's first field (tag 0x0a) and then bytes that no text has.
  for (const char c : head.substr(0, 256)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x09 || (byte > 0x0d && byte < 0x1b)) return begins("\x0a") ? FileRoute::Convert : FileRoute::Direct;
  }
  for (const Signature& signature : kSignatures) {
    if (begins(signature.bytes)) return FileRoute::Direct;
  }
  std::string_view text = head.substr(first);
  if (text.substr(0, 2) == "{'" || text.substr(0, 3) == "[{'") return FileRoute::Direct;
  if (begins_text_of_json(text)) return FileRoute::Convert;
  if (text[0] != '{' && text[0] != '[') {
    const size_t line = text.find("\n{");
    // A table, by its first line; its first cells may be Python's dicts.
    if (line == std::string_view::npos || text.substr(line + 1, 2) == "{'") {
      const std::string_view header = text.substr(0, text.find_first_of("\r\n"));
      if (header == "trace" || header == "\"trace\"") return FileRoute::Convert;  // the one column of records
      const bool separated = header.find(',') != std::string_view::npos || header.find('\t') != std::string_view::npos ||
                             header.find(';') != std::string_view::npos;
      return separated ? FileRoute::Convert : FileRoute::Direct;
    }
    text.remove_prefix(line + 1);
  }
  if (text[0] == '[') {
    size_t element = 1;
    while (element < text.size() && is_blank(text[element])) ++element;
    if (element == text.size() || text[element] == ']') return FileRoute::Direct;
    if (text[element] == '[') {  // rows as arrays; only brackets are nothing
      return text.find_first_not_of("[ \t\r\n") == std::string_view::npos ? FileRoute::Direct : FileRoute::Convert;
    }
    if (begins_text_of_json(text.substr(element))) return FileRoute::Convert;
    if (text[element] != '{') return FileRoute::Direct;
    text.remove_prefix(element);
  }
  return begins_mlflow_record(text, 0) && !has_other_record(text) ? FileRoute::Direct : FileRoute::Convert;
}

RecordGuess sniff_record(std::string_view record) {
  json::Reader reader(record);
  Members m;
  int count = 0;
  reader.enter_object();
  while (reader.next_key()) {
    note_member(reader, m, count++);
    // One look is enough for the common case.
    if (count == 1 && (m.info || m.data)) {
      const json::Kind kind = reader.peek();
      if (kind == json::Kind::Object) return {RecordKind::MlflowTrace, {}};
    }
    reader.skip_value();
  }
  if (reader.failed()) return {RecordKind::MlflowTrace, {}};
  if (m.traces) return {RecordKind::Envelope, {}};
  const bool table = (m.columns && m.index) || m.schema;
  if (m.info || (m.data && !table)) return {RecordKind::MlflowTrace, {}};
  return {RecordKind::Unknown, what_it_is(m)};
}

}  // namespace assay::ingest
