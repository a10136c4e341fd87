#include <memory>

#include "core/annot/annotations.h"
#include "core/annot/tags.h"
#include "core/annot/export_mlflow.h"
#include "core/annot/export_results.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/convert/trace_export.h"
#include "core/review/work_file.h"
#include "shell/cli/commands.h"
#include "shell/cli/files.h"
#include "shell/cli/loading.h"

namespace assay::cli {
namespace {

struct ToFile final : convert::TextSink {
  explicit ToFile(FileSink& file_in) : file(file_in) {}
  void write(std::string_view text) override { file.write(text); }
  FileSink& file;
};

// MLflow lines on their way to another form.
struct ToForm final : annot::ChunkSink {
  ToForm(convert::ExportForm form, FileSink& file) : out(file), exporter(form, out) {}
  void write(std::string_view lines) override { exporter.push(lines); }
  ToFile out;
  convert::TraceExporter exporter;
};

struct ToText final : annot::ChunkSink {
  void write(std::string_view bytes) override { text += bytes; }
  std::string text;
};

void run_job(Job& job) {
  for (Progress progress = Progress::Working; progress != Progress::Finished;) {
    Budget budget;
    progress = job.step(budget);
  }
}

// Excel takes a table for UTF-8 only where a byte order mark says so; of plain ASCII nothing need be said.
void write_assessments(const store::Dataset& dataset, FileSink& file) {
  annot::ResultsRequest request;
  request.format = annot::ResultsFormat::CsvLong;
  request.rows = annot::all_rows(dataset);
  request.include_superseded = true;
  ToText table;
  annot::ResultsExport job(dataset, std::move(request), table);
  run_job(job);
  if (!is_ascii_text(table.text)) file.write("\xEF\xBB\xBF");
  file.write(table.text);
}

std::string count_of(uint64_t count, std::string_view what) {
  std::string text;
  append_int(text, static_cast<int64_t>(count));
  return text + " " + std::string(what);
}

// Merges the work files into the journal and says of each what it brought.
int merge_labels(const std::vector<std::string>& paths, journal::Journal& journal, const store::Dataset& dataset) {
  review::Board board(journal);
  for (const std::string& path : paths) {
    Result<std::string> text = read_whole(path);
    if (!text.ok()) {
      print_error(text.error().what);
      return kExitFile;
    }
    Result<journal::LoadReport> loaded = journal.load(text.value());
    if (!loaded.ok()) {
      print_error(path + ": " + loaded.error().what);
      return kExitFile;
    }
    const review::MergeReport report =
        review::merge_report(journal, std::move(loaded).value(), board, dataset, INT64_MAX / 2);
    board.sync();
    std::string said = path + ": new labels: ";
    append_int(said, report.labels);
    for (const review::MergedReviewer& reviewer : report.reviewers)
      said += ", by " + reviewer.name + ": " + std::to_string(reviewer.labels);
    print_error(said);
    if (report.load.bad_lines > 0 || report.load.torn_last_line) print_error(path + ": " + journal::to_text(report.load));
    if (report.labels_waiting > 0) {
      said = path + ": left out, because their traces are not in these files: " +
             count_of(report.labels_waiting, "(traces: ") + std::to_string(report.waiting_trace_count) + ")";
      for (const std::string& id : report.waiting_traces) said += " " + id;
      print_error(said);
    }
    for (const std::string& name : report.schema_clashes)
      print_error(path + ": defines the question " + name + " otherwise than the files before it");
  }
  return kExitDone;
}

}  // namespace

int run_convert(const Arguments& arguments) {
  for (const std::string& path : arguments.files) {
    if (path == arguments.out && path != "-") {
      print_error("--out would overwrite the input " + path);
      return kExitUsage;
    }
  }
  store::Dataset dataset;
  const int status = load_files(dataset, arguments.files, {arguments.columns, arguments.limits});
  if (dataset.trace_count() == 0) {
    print_error("There is no trace to write; " + arguments.out + " was not written");
    return kExitFile;
  }
  journal::Journal journal("s-local");
  annot::Annotations annotations(journal, dataset);
  if (const int merged = merge_labels(arguments.labels, journal, dataset); merged != kExitDone) return merged;
  annotations.sync();
  annot::TraceTags(journal, dataset).sync();
  for (const annot::FoldNote& note : annotations.notes()) print_error("A label was left out: " + note.what);
  FileSink sink;
  const Status opened = sink.open(arguments.out);
  if (!opened.ok()) {
    print_error(opened.error().what);
    return kExitFile;
  }
  const auto form = convert::export_form_of(arguments.to);
  std::unique_ptr<ToForm> converted;
  if (form) converted = std::make_unique<ToForm>(*form, sink);
  if (arguments.to == kAssessmentsForm) {
    write_assessments(dataset, sink);
  } else {
    annot::MlflowExport job(dataset, annot::all_rows(dataset), form ? static_cast<annot::ChunkSink&>(*converted) : sink);
    run_job(job);
  }
  if (converted != nullptr) converted->exporter.finish();
  const Status closed = sink.close();
  if (!closed.ok()) {
    print_error(closed.error().what);
    return kExitFile;
  }
  std::string text;
  append_int(text, dataset.trace_count());
  text += (arguments.to == kAssessmentsForm ? " traces' assessments written to " : " traces written to ") + arguments.out;
  print_error(text);
  return status;
}

}  // namespace assay::cli
