// Imports a text for tests, in several chunk sizes that must all agree.
#pragma once

#include <memory>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "core/ingest/importer.h"

namespace assay::test {

struct Imported {
  std::unique_ptr<store::Dataset> dataset = std::make_unique<store::Dataset>();
  ingest::FileReport report;
  uint64_t count(ingest::IssueKind kind) const { return report.count(kind); }
};

inline Imported import_text(const std::string& text, size_t chunk_bytes = 1 << 20) {
  Imported out;
  out.report = ingest::import_bytes(*out.dataset, "test.json", text, chunk_bytes);
  return out;
}

// The chunks written to where the text will stay, where there is room for them.
inline Imported import_in_place(const std::string& text, size_t chunk_bytes) {
  Imported out;
  {
    ingest::FileImporter importer(*out.dataset, out.report, "test.json", text.size());
    for (size_t at = 0; at < text.size(); at += chunk_bytes) {
      const std::string_view chunk = std::string_view(text).substr(at, chunk_bytes);
      char* const space = importer.space(chunk.size());
      if (space != nullptr) chunk.copy(space, chunk.size());
      importer.push(space != nullptr ? std::string_view(space, chunk.size()) : chunk);
    }
    importer.finish();
  }
  return out;
}

// The same in chunks of 1, 7, 64 and 4096 bytes; the reports and the ids must be equal.
inline Imported import_checked(const std::string& text) {
  Imported whole = import_text(text, 0);
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{64}, size_t{4096}}) {
    const Imported other = chunk == 7 || chunk == 4096 ? import_in_place(text, chunk) : import_text(text, chunk);
    INFO("chunks of " << chunk);
    REQUIRE(ingest::to_text(other.report) == ingest::to_text(whole.report));
    REQUIRE(other.dataset->trace_count() == whole.dataset->trace_count());
    for (uint32_t i = 0; i < whole.dataset->trace_count(); ++i) {
      const store::TraceRow row{i};
      REQUIRE(other.dataset->trace_id(row) == whole.dataset->trace_id(row));
      REQUIRE(other.dataset->raw(other.dataset->record(row)) == whole.dataset->raw(whole.dataset->record(row)));
    }
  }
  return whole;
}

// {"info": {"trace_id": id, …more}, "data": {"spans": [spans]}}
inline std::string trace_json(const std::string& id, const std::string& more = "", const std::string& spans = "") {
  return "{\"info\": {\"trace_id\": \"" + id + "\", \"request_time\": \"2026-11-24T06:02:50.510Z\", \"state\": \"OK\"" +
         (more.empty() ? "" : ", " + more) + "}, \"data\": {\"spans\": [" + spans + "]}}";
}

inline std::string span_json(const std::string& id, const std::string& parent, const std::string& more = "") {
  return "{\"span_id\": \"" + id + "\", \"parent_span_id\": " + (parent.empty() ? "null" : "\"" + parent + "\"") +
         ", \"name\": \"s" + id + "\", \"start_time_unix_nano\": 1795500170510000000" +
         ", \"end_time_unix_nano\": 1795500170520000000" + (more.empty() ? "" : ", " + more) + "}";
}

inline std::string text_of(const Imported& imported, TextRef ref) {
  std::string scratch;
  return std::string(imported.dataset->text_now(ref, scratch));
}

inline std::string name_of(const Imported& imported, StringId id) {
  return std::string(imported.dataset->name_text(id));
}

}  // namespace assay::test
