#include "core/ingest/import_report.h"

#include <utility>

#include "core/base/assert.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"

namespace assay::ingest {
namespace {

constexpr size_t kKinds = static_cast<size_t>(IssueKind::kCount);

// In the order of IssueKind.
constexpr IssueKindInfo kTable[] = {
    {"empty_file", Severity::Failed, "The file is empty or holds no record."},
    {"not_json", Severity::Failed,
     "The file is not JSON text. Export traces as JSON, for example one trace.to_json() a line."},
    {"unknown_format", Severity::Failed,
     "The file is no trace export in a form that can be read."},
    {"truncated_record", Severity::Skipped,
     "A record is cut off before its end. It was left out; everything else was read."},
    {"malformed_record", Severity::Skipped, "A record is not a valid JSON object. It was left out."},
    {"too_deep", Severity::Skipped,
     "A record nests objects and arrays deeper than 512 levels. It was left out."},
    {"record_too_large", Severity::Skipped, "A record is too large for the memory there is."},
    {"missing_trace_id", Severity::Skipped,
     "A record has no trace id, and its spans do not tell one. It was left out."},
    {"duplicate_trace_same", Severity::Info,
     "The same trace stands there again, byte for byte. It was read once."},
    {"duplicate_trace_different", Severity::Skipped,
     "Another trace with the same id is loaded already. The first one was kept."},
    {"wrong_type", Severity::Repaired,
     "A field holds another type of value than it should. It was read as absent."},
    {"bad_timestamp", Severity::Repaired,
     "A time or a duration cannot be read, or is missing. It was read as absent or taken from the spans."},
    {"bad_span_id", Severity::Repaired, "A span has no id. It was given one by its place in the list."},
    {"orphan_span", Severity::Repaired,
     "A span names a parent that its trace does not hold. It is shown at the top level."},
    {"span_cycle", Severity::Repaired,
     "The parents of some spans form a ring. It was opened at the earliest of them."},
    {"duplicate_span_id", Severity::Repaired,
     "Two spans of a trace have the same id. Children belong to the first."},
    {"ends_before_start", Severity::Info, "A span ends before it starts."},
    {"lone_surrogate", Severity::Repaired,
     "A text holds half of a UTF-16 pair. It is shown as a replacement character."},
    {"invalid_utf8", Severity::Repaired,
     "A text holds bytes that are not UTF-8. They are shown as replacement characters."},
    {"non_finite_number", Severity::Info, "A number is NaN or Infinity, which strict JSON does not know."},
    {"bad_assessment", Severity::Skipped,
     "An assessment is neither a feedback nor an expectation nor an issue, or has no name. It was left out."},
    {"no_spans", Severity::Info, "A trace holds no spans."},
    {"unknown_record", Severity::Skipped, "A record is no trace in a form that can be read. It was left out."},
    {"derived_trace_id", Severity::Repaired, "A record has no trace id. It was taken from its spans."},
    {"bad_separator", Severity::Repaired,
     "Between records there is a comma too many or too few. They were read all the same."},
    {"packed_note", Severity::Info, "About the packed file; nothing of its contents is missing."},
    {"packed_damaged", Severity::Skipped, "A packed file is damaged or cut off. What could be unpacked was read."},
    {"packed_skipped", Severity::Skipped, "A file inside a packed file was left out."},
    {"conversion_note", Severity::Info, "How records of another system were read; nothing of them is missing."},
    {"content_elsewhere", Severity::Skipped,
     "Inputs or outputs are not in the file, which only names where they are. They are missing here."},
    {"columns_unknown", Severity::Skipped,
     "No column's name tells what went in and what came out. Say what the columns are to read the table."},
    {"left_out", Severity::Info, "A part of the file was asked for. The rest was left out."},
    {"too_large", Severity::Failed, "The file is larger than what there is memory for. Nothing of it was read."},
    {"memory_full", Severity::Skipped, "The memory was full before the end of the file. What was read so far stays."},
    {"unmatched_feedback", Severity::Skipped, "Feedback on traces that are not loaded. Open their file, then this one again."},
    {"cut_off_inside", Severity::Skipped,
     "The file ends inside its only record. What stands whole before its end was read."},
    {"joined_later", Severity::Info, "Opened later and joined, since they are parts of the same export."},
};
static_assert(sizeof kTable / sizeof kTable[0] == kKinds);

void append_count(std::string& out, uint64_t count, std::string_view noun) {
  append_int(out, static_cast<int64_t>(count));
  out += ' ';
  out += noun;
  if (count != 1) out += 's';
}

}  // namespace

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::Info: return "info";
    case Severity::Repaired: return "repaired";
    case Severity::Skipped: return "skipped";
    case Severity::Failed: break;
  }
  return "failed";
}

const IssueKindInfo& issue_kind_info(IssueKind kind) {
  ASSAY_ASSERT(static_cast<size_t>(kind) < kKinds);
  return kTable[static_cast<size_t>(kind)];
}

bool FileReport::keeps_detail(IssueKind kind) const { return count(kind) < kMaxIssuesPerKind; }

void FileReport::add(IssueKind kind, uint64_t record_number, uint64_t at_byte, std::string detail) {
  const bool keep = keeps_detail(kind);
  ++counts[static_cast<size_t>(kind)];
  if (issue_kind_info(kind).severity == Severity::Failed) failed = true;
  if (!keep) return;
  // Repaired before it is cut: it may grow by that.
  detail = repaired_utf8(detail);
  if (detail.size() > kMaxDetailBytes) {
    const std::string_view cut = utf8_prefix(detail, kMaxDetailBytes - 3);
    detail = std::string(cut) + "…";
  }
  first_issues.push_back({kind, record_number, at_byte, std::move(detail)});
}

uint64_t FileReport::count_of(Severity severity) const {
  uint64_t sum = 0;
  for (size_t i = 0; i < kKinds; ++i) {
    if (kTable[i].severity == severity) sum += counts[i];
  }
  return sum;
}

uint64_t FileReport::warnings() const {
  uint64_t sum = 0;
  for (size_t i = 0; i < kKinds; ++i) {
    if (kTable[i].severity != Severity::Info) sum += counts[i];
  }
  return sum;
}

std::string to_text(const FileReport& report) {
  std::string out = report.file_name;
  out += ": ";
  out += report.format.empty() ? "unknown format" : report.format;
  out += "; ";
  append_count(out, report.traces, "trace");
  out += ", ";
  append_count(out, report.spans, "span");
  out += ", ";
  append_count(out, report.assessments, "assessment");
  out += "; ";
  append_count(out, report.records_read, "record");
  out += " read, ";
  append_int(out, static_cast<int64_t>(report.records_repaired));
  out += " repaired, ";
  append_int(out, static_cast<int64_t>(report.records_skipped));
  out += " skipped";
  if (report.cancelled) out += "; cancelled";
  if (report.failed) out += "; failed";
  out += '\n';
  for (size_t i = 0; i < kKinds; ++i) {
    if (report.counts[i] == 0) continue;
    const auto kind = static_cast<IssueKind>(i);
    out += "  ";
    out += severity_name(kTable[i].severity);
    out += ' ';
    out += kTable[i].key;
    out += " x";
    append_int(out, static_cast<int64_t>(report.counts[i]));
    out += ": ";
    out += kTable[i].explanation;
    out += '\n';
    for (const Issue& issue : report.first_issues) {
      if (issue.kind != kind) continue;
      out += "    ";
      if (issue.record_number > 0) {
        out += "record ";
        append_int(out, static_cast<int64_t>(issue.record_number));
        out += ", ";
      }
      out += "byte ";
      append_int(out, static_cast<int64_t>(issue.at_byte));
      if (!issue.detail.empty()) {
        out += ": ";
        out += issue.detail;
      }
      out += '\n';
    }
  }
  return out;
}

}  // namespace assay::ingest
