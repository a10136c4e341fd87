// What a file or a record seems to be. A file is judged by its first bytes before anything is read; a
// JSON record by its top-level members. Forms that cannot be read are named, with what to export
// instead.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::ingest {

constexpr size_t kSniffBytes = 4096;

enum class FileKind : uint8_t { Json, Empty, Unreadable };

struct FileGuess {
  FileKind kind = FileKind::Json;
  uint32_t skip_bytes = 0;   // a byte order mark
  bool is_data_format = false;  // Unreadable, but a known kind of export (not "no JSON at all")
  std::string_view what;     // Unreadable: what it seems to be and what to export instead
};

// `head` is the first kSniffBytes bytes, or the whole file when that is shorter.
FileGuess sniff_file(std::string_view head);

// Which way a file goes: MLflow's own trace JSON, what is broken, and what nothing reads go directly to
// FileImporter, which says what is wrong with them; everything else is converted first (core/convert).
enum class FileRoute : uint8_t { Direct, Convert };
// `head`: the first kRouteBytes bytes, or the whole file when that is shorter.
constexpr size_t kRouteBytes = 16384;
FileRoute route_of(std::string_view head);

enum class RecordKind : uint8_t { MlflowTrace, Envelope, Unknown };

struct RecordGuess {
  RecordKind kind = RecordKind::Unknown;
  std::string what;  // Unknown: what it seems to be and what to export instead
};

// `record` is one complete JSON object, valid or not (invalid: MlflowTrace, whose reader says where).
RecordGuess sniff_record(std::string_view record);

}  // namespace assay::ingest
