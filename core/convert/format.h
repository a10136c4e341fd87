// What a format is: a name, a test that tells its records, and a reader that turns them into traces. The
// list of all formats is in formats.cpp; FileConverter goes through it for each record.
//
// A record is one JSON value: an object (or array) at the top level of the file, an element of the array at
// its top level, or one row of a table (an object of texts). Readers live as long as the file is read, so
// they may gather over records; finish() comes once at the end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/convert/canonical.h"
#include "core/ingest/import_report.h"
#include "core/json/tree.h"

namespace assay::convert {

class TraceAssembler;

using ingest::ColumnMapping;

// What readers get beside the record. Valid during one call.
class Context {
 public:
  // `dispatch` reads another record that stands inside this one (a page of results, a row).
  class Host {
   public:
    virtual ~Host() = default;
    virtual void emit(CanonicalTrace trace) = 0;
    virtual void emit_record(std::string_view mlflow_json) = 0;
    virtual void emit_converted(std::string_view mlflow_json) = 0;
    virtual void dispatch(std::string json_text) = 0;
    virtual void dispatch_node(json::Node record) = 0;
  };
  Context(Host& host, TraceAssembler& traces_in, ingest::FileReport& report_in, std::string_view file_name_in)
      : traces(traces_in), report(report_in), file_name(file_name_in), host_(host) {}

  // Traces whose spans may come from several records: gathered until the end of the file.
  TraceAssembler& traces;
  ingest::FileReport& report;
  std::string_view file_name;
  std::string_view format;      // the name of the format being read
  uint64_t record_number = 0;   // 1-based
  uint64_t at_byte = 0;         // of the record in the (unpacked) file
  const ColumnMapping* mapping = nullptr;  // what the columns are, where somebody has said it

  // A trace that is complete.
  void emit(CanonicalTrace trace) { host_.emit(std::move(trace)); }
  // An MLflow record that needs no conversion.
  void emit_record(std::string_view mlflow_json) { host_.emit_record(mlflow_json); }
  // The same, of a record that a reader made or took out of another form (a cell of a table).
  void emit_converted(std::string_view mlflow_json) { host_.emit_converted(mlflow_json); }
  void dispatch(std::string json_text) { host_.dispatch(std::move(json_text)); }
  void dispatch(json::Node record) { host_.dispatch_node(record); }
  // An issue of this record; the detail says which field and value.
  void note(ingest::IssueKind kind, std::string detail, uint32_t offset_bytes = 0) {
    report.add(kind, record_number, at_byte + offset_bytes, std::move(detail));
  }

 private:
  Host& host_;
};

class FormatReader {
 public:
  virtual ~FormatReader() = default;
  virtual void read(Context& context, json::Node record) = 0;
  virtual void finish(Context&) {}
};

struct Format {
  std::string_view name;                  // as the import report shows it
  bool (*matches)(json::Node record);
  std::unique_ptr<FormatReader> (*make)();
};

// In the order in which they are asked; the first that matches reads the record.
const std::vector<Format>& formats();

// Gathers spans and facts by trace, over the records of a file.
class TraceAssembler {
 public:
  TraceAssembler();
  ~TraceAssembler();
  // The trace with this id of the source, new or known. The reference is valid until the next call.
  CanonicalTrace& trace(std::string_view id);
  void add_span(std::string_view trace_id, CanonicalSpan span) { trace(trace_id).spans.push_back(std::move(span)); }
  bool has(std::string_view trace_id) const;
  // All traces in the order in which they came; empties the assembler.
  std::vector<CanonicalTrace> take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::convert
