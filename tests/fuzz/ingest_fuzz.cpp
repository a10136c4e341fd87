// Any bytes through the direct way in: FileImporter over MLflow's own traces, whole and in pieces,
// and then home again. The first byte chooses the size of the pieces and the part that is wanted.
// With its bit 6 set, a byte 1 in the input stands for 400 kB of blanks (at most three times),
// because records of more than 1 MB are read while they arrive.
#include "core/annot/export_mlflow.h"
#include "core/annot/export_results.h"
#include "core/base/utf8.h"
#include "core/ingest/importer.h"
#include "core/ingest/sniff.h"
#include "core/json/tree.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/fuzz/json_mutator.h"

namespace {

using namespace assay;
using fuzz::check;
using fuzz::check_same;

std::string widened(std::string_view text) {
  constexpr size_t kBlanks = 400'000;
  std::string out;
  int times = 0;
  for (const char c : text) {
    if (c == '\x01' && times < 3) {
      ++times;
      out.append(kBlanks, ' ');
    } else {
      out += c;
    }
  }
  return out;
}

// Which part of the file is wanted; in most inputs all of it.
ingest::ReadLimits limits_of(uint8_t byte) {
  ingest::ReadLimits limits;
  switch (byte / 8 % 4) {
    case 3:
      limits.first_traces = 1;
      break;
    case 0:
      limits.from_ns = 1'795'500'000'000'000'000;
      break;
    case 1:
      limits.without_bodies = true;
      break;
    default:
      break;
  }
  return limits;
}

ingest::FileReport read(store::Dataset& dataset, std::string_view bytes, size_t chunk_bytes,
                        const ingest::ReadLimits& limits) {
  ingest::FileReport report;
  ingest::FileImporter importer(dataset, report, "traces.jsonl", bytes.size(), limits);
  fuzz::Chunks chunks(bytes, chunk_bytes);
  for (std::string_view chunk; chunks.next(chunk) && !importer.is_done();)
    importer.push(chunk);
  importer.finish();
  return report;
}

std::string exported(const store::Dataset& dataset) {
  annot::StringSink sink;
  annot::MlflowExport job(dataset, annot::all_rows(dataset), sink);
  Budget budget;
  while (job.step(budget) == Progress::Working)
    budget = Budget{};
  check(job.rows_done() == dataset.trace_count(), "every trace is taken home");
  return sink.text;
}

// Taken home and read again, the traces are the same: nothing is lost, and a second time changes
// nothing. (Bytes that are no UTF-8 become U+FFFD on the way, in ids too.)
void check_round_trip(const store::Dataset& dataset, bool is_utf8) {
  const std::string lines = exported(dataset);
  check(is_valid_utf8(lines), "what is taken home is UTF-8");
  if (!is_utf8) return;
  store::Dataset again;
  const ingest::FileReport report = ingest::import_bytes(again, "home.jsonl", lines);
  check(again.trace_count() == dataset.trace_count(), "every trace taken home is read again");
  check(again.span_count() == dataset.span_count(), "with every span");
  for (uint32_t i = 0; i < again.trace_count(); ++i) {
    const store::TraceRow row{i};
    check_same(again.trace_id(row), dataset.trace_id(row), "the id of a trace taken home");
    check(again.assessments(row).size() == dataset.assessments(row).size(),
          "its assessments are there");
  }
  check_same(exported(again), lines, "taken home twice");
  check(report.records_skipped == 0, "nothing of it is left out");
}

void check_results(const store::Dataset& dataset) {
  for (const auto format :
       {annot::ResultsFormat::CsvWide, annot::ResultsFormat::CsvLong, annot::ResultsFormat::Json}) {
    annot::ResultsRequest request;
    request.format = format;
    request.rows = annot::all_rows(dataset);
    request.include_superseded = true;
    annot::StringSink sink;
    annot::ResultsExport job(dataset, request, sink);
    Budget budget;
    while (job.step(budget) == Progress::Working)
      budget = Budget{};
    if (format != annot::ResultsFormat::Json) continue;
    json::Tree tree;
    check(tree.parse(sink.text) && tree.root().size() == dataset.trace_count(),
          "results are a list of the traces");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const uint8_t steer = input.byte();
  const ingest::ReadLimits limits = limits_of(steer);
  size_t chunk_bytes = fuzz::chunk_bytes_of(steer);
  const std::string bytes = (steer & 0x40) != 0 ? widened(input.rest()) : std::string(input.rest());
  if (bytes.size() > 100'000) chunk_bytes = 60'000 + 1000 * chunk_bytes;

  store::Dataset whole, pieces;
  const ingest::FileReport report = read(whole, bytes, bytes.size() + 1, limits);
  const ingest::FileReport other = read(pieces, bytes, chunk_bytes, limits);
  check_same(ingest::to_text(other), ingest::to_text(report),
             "the report of pieces and of the whole");
  check_same(fuzz::described(pieces), fuzz::described(whole),
             "the traces of pieces and of the whole");
  fuzz::check_dataset(whole);
  fuzz::check_report(whole, report);
  if (!limits.without_bodies) check_round_trip(whole, is_valid_utf8(bytes));
  check_results(whole);
  ingest::route_of(std::string_view(bytes).substr(0, ingest::kRouteBytes));
  return 0;
}
