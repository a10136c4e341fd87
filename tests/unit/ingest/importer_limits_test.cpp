// A part of a file, and a memory that is full.
#include <catch2/catch_test_macros.hpp>

#include "core/ingest/importer.h"
#include "core/ingest/read_limits.h"

using namespace assay;
using namespace assay::ingest;

namespace {

constexpr int64_t kBeginMs = 1'767'225'600'000;  // 2026-01-01

std::string trace(int number, int64_t time_ms, std::string_view filler = {}) {
  return R"({"info": {"trace_id": "tr-)" + std::to_string(number) + R"(", "timestamp_ms": )" +
         std::to_string(time_ms) + R"(}, "data": {"spans": [], "filler": ")" + std::string(filler) +
         "\"}}";
}

std::string lines(int count, std::string_view filler = {}) {
  std::string out;
  for (int i = 0; i < count; ++i)
    out += trace(i, kBeginMs + i * int64_t{3'600'000}, filler) + "\n";
  return out;
}

struct Imported {
  explicit Imported(store::TextPolicy policy = store::default_text_policy()) : dataset(policy) {}
  store::Dataset dataset;
  FileReport report;
  bool done = false;
};

void import(Imported& out, std::string_view bytes, ReadLimits limits, size_t chunk_bytes = 4096) {
  FileImporter importer(out.dataset, out.report, "a.jsonl", bytes.size(), limits);
  for (size_t at = 0; at < bytes.size(); at += chunk_bytes)
    importer.push(bytes.substr(at, chunk_bytes));
  out.done = importer.is_done();
  importer.finish();
}

std::string detail(const FileReport& report, IssueKind kind) {
  for (const Issue& issue : report.first_issues) {
    if (issue.kind == kind) return issue.detail;
  }
  return {};
}

}  // namespace

TEST_CASE("the first traces of a file, however it is cut into chunks") {
  const std::string text = lines(100);
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{4096}, text.size()}) {
    Imported out;
    ReadLimits limits;
    limits.first_traces = 10;
    import(out, text, limits, chunk);
    INFO(chunk);
    CHECK(out.dataset.trace_count() == 10);
    CHECK(out.done);
    CHECK_FALSE(out.report.failed);
    CHECK(detail(out.report, IssueKind::LeftOut).find("first 10 traces") != std::string::npos);
    CHECK(detail(out.report, IssueKind::LeftOut).find("about 9") != std::string::npos);
  }
  Imported all;
  ReadLimits limits;
  limits.first_traces = 100;
  import(all, text, limits);
  CHECK(all.dataset.trace_count() == 100);
  CHECK(all.report.count(IssueKind::LeftOut) == 0);
}

TEST_CASE("the first traces of an array and of an envelope") {
  std::string list;
  for (int i = 0; i < 20; ++i)
    list += (i > 0 ? ", " : "") + trace(i, kBeginMs);
  for (const std::string& text : {"[" + list + "]", "{\"traces\": [" + list + "]}",
                                  "{\"next_page_token\": \"\", \"traces\": [" + list + "]}"}) {
    Imported out;
    ReadLimits limits;
    limits.first_traces = 3;
    import(out, text, limits, 100);
    CHECK(out.dataset.trace_count() == 3);
    CHECK(out.report.count(IssueKind::LeftOut) == 1);
    CHECK_FALSE(out.report.failed);
  }
}

TEST_CASE("a range of times leaves out what is before and after, and counts it") {
  const std::string text =
      lines(48) + R"({"info": {"trace_id": "untimed"}, "data": {"spans": []}})" + "\n";
  ReadLimits limits;
  limits.from_ns = *parse_range_time("2026-01-01 06:00", RangeEnd::From);
  limits.to_ns = *parse_range_time("2026-01-01", RangeEnd::To);
  for (const size_t chunk : {size_t{7}, size_t{1} << 20}) {
    Imported out;
    import(out, text, limits, chunk);
    CHECK(out.dataset.trace_count() == 18);
    CHECK(out.dataset.find_trace("tr-6"));
    CHECK(out.dataset.find_trace("tr-23"));
    CHECK_FALSE(out.dataset.find_trace("tr-24"));
    CHECK(
        detail(out.report, IssueKind::LeftOut).find("31 traces outside of 2026-01-01T06:00:00Z") ==
        0);
    CHECK(out.report.records_skipped == 0);
  }
  limits.first_traces = 5;
  Imported first;
  import(first, text, limits);
  CHECK(first.dataset.trace_count() == 5);
  CHECK(first.dataset.find_trace("tr-6"));
  limits.from_ns = *parse_range_time("2030-01-01", RangeEnd::From);
  limits.to_ns = kNoTime;
  Imported none;
  import(none, text, limits);
  CHECK(none.dataset.trace_count() == 0);
  CHECK_FALSE(none.report.failed);
}

TEST_CASE("a trace without a time of its own counts by its first span") {
  const std::string text =
      R"({"info": {"trace_id": "a"}, "data": {"spans": [{"span_id": "1", "start_time_unix_nano": "1767225600000000001"}, {"start_time_unix_nano": 1767225600000000000}]}})"
      "\n"
      R"({"data": {"spans": [{"span_id": "1", "start_time_unix_nano": 1}]}, "info": {"trace_id": "b", "request_time": "2026-01-01T00:00:00Z"}})";
  ReadLimits limits;
  limits.from_ns = limits.to_ns = kBeginMs * 1'000'000;
  Imported out;
  import(out, text, limits);
  CHECK(out.dataset.find_trace("a"));
  CHECK(out.dataset.find_trace("b"));
}

TEST_CASE("what was repaired in a trace that is left out is not told") {
  const std::string text =
      R"({"info": {"trace_id": "a", "timestamp_ms": 1, "state": "ODD"}, "data": {"spans": []}})"
      "\n" +
      trace(1, kBeginMs);
  ReadLimits limits;
  limits.from_ns = kBeginMs * 1'000'000;
  Imported out;
  import(out, text, limits);
  CHECK(out.dataset.trace_count() == 1);
  CHECK(out.report.count_of(Severity::Repaired) == 0);
}

TEST_CASE("a full memory ends the import, and what was read stays") {
  const std::string text = lines(3000, std::string(10'000, 'x'));  // 30 MB
  ReadLimits limits;
  limits.memory_bytes = 12'000'000;
  Imported out(store::TextPolicy{UINT64_MAX});
  import(out, text, limits, 1 << 18);
  CHECK(out.done);
  CHECK(out.dataset.trace_count() > 300);
  CHECK(out.dataset.trace_count() < 2500);
  CHECK(out.report.count(IssueKind::MemoryFull) == 1);
  CHECK_FALSE(out.report.failed);
  const auto memory = out.dataset.memory();
  CHECK(memory.text_bytes + memory.columns_bytes < limits.memory_bytes + (9u << 20));
  CHECK(detail(out.report, IssueKind::MemoryFull).find(std::to_string(text.size())) !=
        std::string::npos);

  // Nothing more fits behind it.
  FileReport second;
  FileImporter importer(out.dataset, second, "b.jsonl", 0, limits);
  importer.push(lines(1));
  importer.push(std::string(5000, ' '));
  importer.finish();
  CHECK(second.traces == 0);
  CHECK(second.failed);
}

TEST_CASE("times of a range are days, times with or without a zone, and milliseconds") {
  const auto ms = [](std::string_view text, RangeEnd end = RangeEnd::From) -> int64_t {
    const auto time = parse_range_time(text, end);
    return time ? *time / 1'000'000 : -1;
  };
  CHECK(ms("2026-01-01") == kBeginMs);
  CHECK(ms("2026-01-01", RangeEnd::To) == kBeginMs + 86'399'999);
  CHECK(ms(" 2026-01-01 01:00 ") == kBeginMs + 3'600'000);
  CHECK(ms("2026-01-01T01:00:30") == kBeginMs + 3'630'000);
  CHECK(ms("2026-01-01T01:00:30.250Z") == kBeginMs + 3'630'250);
  CHECK(ms("2026-01-01 02:00:00+01:00") == kBeginMs + 3'600'000);
  CHECK(ms("1767225600000") == kBeginMs);
  for (const char* bad :
       {"", "2026", "2026-13-01", "yesterday", "2026-01", "99999999999999999999"}) {
    INFO(bad);
    CHECK(ms(bad) == -1);
  }
}

TEST_CASE("a part is kept as text") {
  ReadLimits limits;
  CHECK(encode_part(limits).empty());
  limits.first_traces = 10;
  limits.from_ns = -5;
  limits.to_ns = 7;
  limits.as_much_as_fits = true;
  const ReadLimits back = decode_part(encode_part(limits));
  CHECK(encode_part(back) == encode_part(limits));
  CHECK(back.first_traces == 10);
  CHECK(back.from_ns == -5);
  CHECK(back.is_part());
  CHECK_FALSE(decode_part("first=-1 what from= =1 to=x").is_part());
}
