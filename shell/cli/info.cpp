#include "core/json/writer.h"
#include "shell/cli/commands.h"
#include "shell/cli/files.h"
#include "shell/cli/inputs.h"

namespace assay::cli {
namespace {

int64_t signed_count(uint64_t count) { return static_cast<int64_t>(count); }

void write_report(json::Writer& writer, const ingest::FileReport& report) {
  writer.begin_object();
  writer.member("file", report.file_name);
  writer.member("format", report.format);
  writer.member_integer("size_bytes", signed_count(report.size_bytes));
  writer.member_integer("traces", signed_count(report.traces));
  writer.member_integer("spans", signed_count(report.spans));
  writer.member_integer("assessments", signed_count(report.assessments));
  writer.member_integer("records", signed_count(report.records_read));
  writer.member_integer("repaired", signed_count(report.records_repaired));
  writer.member_integer("skipped", signed_count(report.records_skipped));
  writer.member_integer("warnings", signed_count(report.warnings()));
  writer.member_boolean("failed", report.failed);
  writer.key("issues");
  writer.begin_array();
  for (size_t i = 0; i < static_cast<size_t>(ingest::IssueKind::kCount); ++i) {
    if (report.counts[i] == 0) continue;
    const ingest::IssueKindInfo& kind = ingest::issue_kind_info(static_cast<ingest::IssueKind>(i));
    writer.begin_object();
    writer.member("kind", kind.key);
    writer.member("severity", ingest::severity_name(kind.severity));
    writer.member_integer("count", signed_count(report.counts[i]));
    writer.member("explanation", kind.explanation);
    writer.key("first");
    writer.begin_array();
    for (const ingest::Issue& issue : report.first_issues) {
      if (issue.kind != static_cast<ingest::IssueKind>(i)) continue;
      writer.begin_object();
      writer.member_integer("record", signed_count(issue.record_number));
      writer.member_integer("at_byte", signed_count(issue.at_byte));
      writer.member("detail", issue.detail);
      writer.end_object();
    }
    writer.end_array();
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

}  // namespace

int run_info(const Arguments& arguments) {
  int status = kExitDone;
  std::string text;
  json::Writer writer(text);
  if (arguments.json) writer.begin_array();
  const Reading reading{arguments.columns, arguments.limits};
  for (const std::vector<std::string>& parts : inputs_of(arguments.files, reading)) {
    store::Dataset dataset;  // each file by itself, or the parts of one export
    auto report = import_parts(dataset, parts, reading);
    if (!report.ok()) {
      print_error(report.error().what);
      status = kExitFile;
      continue;
    }
    if (arguments.json) {
      write_report(writer, report.value());
    } else {
      text += ingest::to_text(report.value());
    }
  }
  if (arguments.json) {
    writer.end_array();
    text += '\n';
  }
  print(text);
  return status;
}

}  // namespace assay::cli
