// Damaged input: whatever the importer or the journal lets in must fold and export without harm.
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

#include "core/annot/export_mlflow.h"
#include "core/annot/export_results.h"
#include "core/ingest/importer.h"
#include "tests/unit/annot/fixture.h"

namespace assay::annot {
namespace {

// Characters that mean something in JSON, and some that mean trouble.
constexpr std::string_view kDamage = "\"\\{}[],:0e-nN \n\t\xFF\xC3";

std::string damaged(std::string text, std::mt19937& random) {
  const size_t count = 1 + random() % 4;
  for (size_t i = 0; i < count && !text.empty(); ++i) {
    const size_t at = random() % text.size();
    switch (random() % 3) {
      case 0:
        text[at] = kDamage[random() % kDamage.size()];
        break;
      case 1:
        text.erase(at, 1 + random() % 20);
        break;
      default:
        text.insert(at, 1, kDamage[random() % kDamage.size()]);
        break;
    }
  }
  return text;
}

void check_is_json_line(const std::string& line) {
  json::Reader reader(line);
  reader.skip_value();
  INFO(line);
  CHECK_FALSE(reader.failed());
  CHECK(reader.at_end());
}

TEST_CASE("damaged records that were imported are exported as valid lines") {
  std::vector<std::string> lines;
  for (const char* name : {"traces/crm-email-prod.jsonl", "old/2.15/traces.jsonl"}) {
    for (const std::string& line : lines_of(read_file(samples_dir() + name))) {
      if (line.size() < 12'000 && lines.size() < 40) lines.push_back(line);
    }
  }
  if (lines.empty()) SKIP("the MLflow samples are not here");
  std::mt19937 random(11);
  size_t exported = 0;
  for (int round = 0; round < 300; ++round) {
    Desk desk;
    ingest::import_bytes(desk.dataset, "x.jsonl", damaged(lines[random() % lines.size()], random));
    desk.annotations.sync();
    for (const store::TraceRow row : all_rows(desk.dataset)) {
      const std::string trace_id(desk.dataset.trace_id(row));
      const std::vector<store::Assessment> before = desk.dataset.assessments(row);
      check_is_json_line(export_record(desk.dataset, row));
      if (!before.empty()) desk.append(create(trace_id, "a-x", "x", before[0].assessment_id));
      desk.append(create(trace_id, "a-new"));
      if (!before.empty())
        desk.append(update(trace_id, before.back().assessment_id, R"("name":"z")"));
      check_is_json_line(export_record(desk.dataset, row));
      ++exported;
    }
    ResultsRequest request;
    request.format = ResultsFormat::Json;
    request.rows = all_rows(desk.dataset);
    StringSink sink;
    ResultsExport job(desk.dataset, request, sink);
    Budget budget;
    while (job.step(budget) != Progress::Finished) {
    }
    json::Reader reader(sink.text);
    reader.skip_value();
    CHECK((!reader.failed() && reader.non_finite_at() == json::Reader::kNowhere));
  }
  CHECK(exported > 100);
}

TEST_CASE("damaged journals fold without harm") {
  Desk source;
  source.add_trace("tr-1");
  source.append(create("tr-1", "a-1"));
  source.append(create("tr-1", "a-2", "x", "a-1"));
  source.append(
      update("tr-1", "a-2", R"("feedback":{"value":[1,{"a":"b"}]},"metadata":{"k":"v"})"));
  REQUIRE(source.journal.revert("s-a.2", 5).ok());
  source.append(delete_event("tr-1", "a-1"));
  const std::string text = source.journal.export_text(1, "test");
  std::mt19937 random(5);
  for (int round = 0; round < 1000; ++round) {
    Desk desk("s-b");
    const store::TraceRow row = desk.add_trace("tr-1");
    const auto report = desk.journal.load(damaged(text, random));
    desk.annotations.sync();
    CHECK(desk.dataset.assessments(row).size() <= 2);
    check_is_json_line(export_record(desk.dataset, row));
    CHECK(desk.journal.count() == (report.ok() ? report.value().events_added : 0));
  }
}

}  // namespace
}  // namespace assay::annot
