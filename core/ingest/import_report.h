// ImportReport: what an import read, repaired and skipped, and why. Bad data is counted and explained
// here; it never stops an import and never disappears silently.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ingest/column_mapping.h"

namespace assay::ingest {

enum class Severity : uint8_t {
  Info,      // noticed, nothing changed
  Repaired,  // read after a correction that the report names
  Skipped,   // a record or a part of one was left out: data loss
  Failed,    // the file could not be read (any further)
};

// Each kind of issue stands once in the table of import_report.cpp with its key (for the translation
// table and for tests), its severity, and a sentence of explanation.
enum class IssueKind : uint8_t {
  EmptyFile,
  NotJson,            // the file is no text that we know
  UnknownFormat,      // JSON, but of no known export
  TruncatedRecord,
  MalformedRecord,
  TooDeep,
  RecordTooLarge,
  MissingTraceId,
  DuplicateTraceSame,       // the same trace again, byte for byte: left out
  DuplicateTraceDifferent,  // another record with the same trace id: the first is kept
  WrongType,          // a field has another type than it should: read as absent
  BadTimestamp,
  BadSpanId,
  OrphanSpan,         // its parent is not in the trace: shown at the top level
  SpanCycle,          // parents form a ring: broken at the earliest span
  DuplicateSpanId,
  EndsBeforeStart,
  LoneSurrogate,
  InvalidUtf8,
  NonFiniteNumber,    // NaN or Infinity tokens
  BadAssessment,
  NoSpans,
  UnknownRecord,      // a JSON record of no known shape among others that were read
  DerivedTraceId,     // no trace id in the record: taken from its spans
  BadSeparator,       // commas between records missing or too many
  PackedNote,         // of a packed file; nothing of the contents is missing
  PackedDamaged,      // a packed file was read in part
  PackedSkipped,      // a file in a packed file was left out
  ConversionNote,     // how records of another system were read; nothing is missing
  ContentElsewhere,   // a record names inputs or outputs that are not in the file
  ColumnsUnknown,     // no column of a table is known to hold inputs or outputs
  LeftOut,            // a part of the file was asked for, and this is the rest
  TooLarge,           // the file does not fit into the memory there is; nothing was read
  MemoryFull,         // reading ended early; what was read so far stays
  UnmatchedFeedback,  // feedback on a trace that is not loaded
  CutOffInside,       // the file ends inside its only record, which was read as far as it goes
  JoinedLater,        // files that were opened later and are parts of the same export
  kCount,
};

struct IssueKindInfo {
  std::string_view key;          // "truncated_record"
  Severity severity;
  std::string_view explanation;  // English; the page translates by key
};
const IssueKindInfo& issue_kind_info(IssueKind kind);

struct Issue {
  IssueKind kind;
  uint64_t record_number;  // 1-based; 0: the file as a whole
  uint64_t at_byte;        // from the start of the file
  std::string detail;      // which field, which value; user text last, at most 160 bytes
};

// A table as its reader saw it, for the person who says what its columns are.
struct TableColumn {
  std::string name;
  ColumnUse use = ColumnUse::Metadata;  // as it was read, or would have been
  std::string use_name;                 // of the feedback, tag or expectation
  std::vector<std::string> values;      // the first kSampleValues with content, cut to kMaxSampleBytes
  bool in_first_row = false;            // values[0] stands in the first row
};
struct TableSample {
  std::string entry;    // the file, or its name in a packed one
  bool unread = false;  // nothing tells its inputs and outputs, so none of it was read
  bool asks = false;    // … and it looks like a table, so that asking for its columns makes sense
  std::vector<TableColumn> columns;
};
constexpr size_t kSampleValues = 3;
constexpr size_t kMaxSampleBytes = 200;
constexpr size_t kMaxTables = 8;  // of a packed file

struct FileReport {
  std::string file_name;
  uint64_t size_bytes = 0;
  std::string format;      // "" when unknown
  uint64_t traces = 0, spans = 0, assessments = 0;
  uint64_t records_read = 0, records_repaired = 0, records_skipped = 0;
  uint64_t counts[static_cast<size_t>(IssueKind::kCount)] = {};
  std::vector<Issue> first_issues;  // the first kMaxIssuesPerKind of each kind, in file order
  bool failed = false;
  bool cancelled = false;
  double seconds = 0;      // filled by the host
  bool kept = false;       // likewise: read again, of the last visit
  uint32_t token = 0;      // likewise: the host's number of the file
  std::string part;        // likewise: which part was wanted (read_limits.h)
  bool replaced = false;   // likewise: the file was read once more, with a report of its own
  uint64_t fits_bytes = 0;  // with TooLarge: how large a file would fit
  std::vector<TableSample> tables;

  // Details beyond the first ones of a kind are counted and not kept.
  void add(IssueKind kind, uint64_t record_number, uint64_t at_byte, std::string detail);
  bool keeps_detail(IssueKind kind) const;
  uint64_t count(IssueKind kind) const { return counts[static_cast<size_t>(kind)]; }
  uint64_t warnings() const;  // issues of any kind but Info
  uint64_t count_of(Severity severity) const;
  // This report is of the import of a conversion's lines: it becomes the report of the file that was
  // converted, with the issues of both.
  void merge_conversion(const FileReport& conversion, uint64_t file_size_bytes);
};
constexpr uint64_t kMaxIssuesPerKind = 20;
constexpr size_t kMaxDetailBytes = 160;
std::string_view severity_name(Severity severity);  // "info", "repaired", "skipped", "failed"

// A report as one JSON object and back, for a conversion that runs elsewhere. decode: false when the text
// is none.
std::string encode_report(const FileReport& report);
bool decode_report(std::string_view json, FileReport& report);

// A few lines of text: for the command line and for golden tests.
std::string to_text(const FileReport& report);

}  // namespace assay::ingest
