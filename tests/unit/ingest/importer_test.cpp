#include "core/ingest/importer.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/ingest/import_helper.h"

using namespace assay;
using ingest::IssueKind;
using test::import_checked;
using test::import_text;
using test::trace_json;

namespace {

std::string ids_of(const test::Imported& imported) {
  std::string out;
  for (uint32_t i = 0; i < imported.dataset->trace_count(); ++i) {
    out += std::string(imported.dataset->trace_id({i})) + " ";
  }
  return out;
}

std::string pretty(const std::string& id) {
  return "{\n  \"info\": {\n    \"trace_id\": \"" + id +
         "\",\n    \"request_time\": \"2026-11-24T06:02:50Z\"\n  },\n  \"data\": {\n    \"spans\": [\n      {\n        "
         "\"span_id\": \"000000000000000a\"\n      }\n    ]\n  }\n}";
}

}  // namespace

TEST_CASE("containers: lines, arrays, one object, objects in a row, the CLI's list") {
  const std::string a = trace_json("a"), b = trace_json("b"), c = trace_json("c");
  struct Case {
    std::string text, format;
  };
  const Case cases[] = {
      {a + "\n" + b + "\n" + c + "\n", "MLflow trace JSON Lines"},
      {a + "\r\n" + b + "\r\n" + c, "MLflow trace JSON Lines"},
      {"\xEF\xBB\xBF\n\n" + a + "\n\n  \n" + b + "\n" + c + "\n\n", "MLflow trace JSON Lines"},
      {a + b + " " + c, "MLflow trace JSON Lines"},
      {"[" + a + ", " + b + "," + c + "]", "MLflow trace JSON array"},
      {"[\n  " + a + ",\n  " + b + ",\n  " + c + "\n]\n", "MLflow trace JSON array"},
      {pretty("a") + "\n" + pretty("b") + "\n" + pretty("c") + "\n", "MLflow trace JSON, one object after another"},
      {"{\"traces\": [" + a + "," + b + "," + c + "], \"next_page_token\": null}", "MLflow traces search JSON"},
      {"{\n  \"traces\": [\n" + a + ",\n" + b + ",\n" + c + "\n  ]\n}\n", "MLflow traces search JSON"},
      {"{\"next_page_token\": null, \"traces\": [" + a + "," + b + "," + c + "]}", "MLflow traces search JSON"},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    const auto imported = import_checked(one.text);
    CHECK(ids_of(imported) == "a b c ");
    CHECK(imported.report.format == one.format);
    CHECK(imported.report.warnings() == 0);
    CHECK_FALSE(imported.report.failed);
  }
  CHECK(import_checked(pretty("a")).report.format == "MLflow trace JSON");
}

TEST_CASE("a byte order mark may stand before any record, and an envelope far down is none") {
  const auto joined = import_checked("\xEF\xBB\xBF" + trace_json("a") + "\n\xEF\xBB\xBF" + trace_json("b"));
  CHECK(ids_of(joined) == "a b ");
  CHECK(joined.report.warnings() == 0);
  const std::string gap(3000, ' ');
  const auto far = import_checked("{" + gap + "\"traces\":" + gap + "[" + trace_json("a") + "]}");
  CHECK(ids_of(far) == "a ");  // read as one record then
  CHECK(far.report.format == "MLflow traces search JSON");
}

TEST_CASE("commas too many or too few between records are repaired") {
  const std::string a = trace_json("a"), b = trace_json("b");
  for (const std::string& text : {"[" + a + "," + b + ",]", "[," + a + "," + b + "]", "[" + a + ",," + b + "]",
                                  "[" + a + " " + b + "]", a + ",\n" + b + "\n"}) {
    INFO(text);
    const auto imported = import_checked(text);
    CHECK(ids_of(imported) == "a b ");
    CHECK(imported.count(IssueKind::BadSeparator) == 1);
  }
}

TEST_CASE("empty files and files without records say so") {
  for (const std::string& text : {std::string(), std::string(" \n\t"), std::string("\xEF\xBB\xBF"), std::string("[]"),
                                  std::string("{\"traces\": []}"), std::string(10'000, ' ')}) {
    INFO(text.substr(0, 20));
    const auto imported = import_checked(text);
    CHECK(imported.count(IssueKind::EmptyFile) == 1);
    CHECK(imported.report.failed);
    CHECK(imported.dataset->memory().text_bytes == 0);
  }
}

TEST_CASE("a line that was cut off loses itself alone") {
  const std::string a = trace_json("a"), b = trace_json("b"), c = trace_json("c");
  for (size_t size = 1; size < b.size(); ++size) {
    const std::string text = a + "\n" + b.substr(0, size) + "\n" + c + "\n";
    INFO(size);
    const auto imported = import_text(text, 0);
    REQUIRE(ids_of(imported) == "a c ");
    REQUIRE(imported.count(IssueKind::TruncatedRecord) == 1);
    REQUIRE(imported.report.records_skipped == 1);
    const auto first = import_text(b.substr(0, size) + "\n" + a + "\n" + c, 0);
    REQUIRE(ids_of(first) == "a c ");
    const auto last = import_text(a + "\n" + c + "\n" + b.substr(0, size), 0);
    REQUIRE(ids_of(last) == "a c ");
    REQUIRE(last.count(IssueKind::TruncatedRecord) == 1);
  }
  import_checked(a + "\n" + b.substr(0, 40) + "\n" + c + "\n");
}

TEST_CASE("an array that was cut off keeps everything before the cut") {
  const std::string a = trace_json("a"), b = trace_json("b");
  const std::string text = "[" + a + ", " + b + "]";
  for (size_t size = a.size() + 1; size < text.size(); ++size) {
    const auto imported = import_text(text.substr(0, size), 0);
    INFO(size);
    const bool both = size >= text.size() - 1;
    REQUIRE(ids_of(imported) == (both ? "a b " : "a "));
    REQUIRE(imported.count(IssueKind::TruncatedRecord) == 1);
  }
  const auto pretty_array = import_checked("[\n" + pretty("a") + ",\n" + pretty("b").substr(0, 60));
  CHECK(ids_of(pretty_array) == "a ");
  const auto envelope = import_checked("{\"traces\": [" + a + ", " + b.substr(0, 30));
  CHECK(ids_of(envelope) == "a ");
  CHECK(envelope.count(IssueKind::TruncatedRecord) == 1);
}

TEST_CASE("cut-off pretty objects in a row lose themselves alone") {
  const auto imported = import_checked(pretty("a") + "\n" + pretty("b").substr(0, 90) + "\n" + pretty("c"));
  CHECK(ids_of(imported) == "a c ");
  CHECK(imported.count(IssueKind::TruncatedRecord) == 1);
}

TEST_CASE("noise between records is skipped and told once a run") {
  const std::string a = trace_json("a"), b = trace_json("b");
  const auto imported = import_checked("starting\n" + a + "\nlog line\nanother\n" + b + " trailing\n]\n");
  CHECK(ids_of(imported) == "a b ");
  CHECK(imported.count(IssueKind::MalformedRecord) == 3);
}

TEST_CASE("elements of an array that are no objects are skipped") {
  const auto imported = import_checked("[1, null, \"},]{\", [[{\"a\": \"]\"}]], " + trace_json("a") + ", true]");
  CHECK(ids_of(imported) == "a ");
  CHECK(imported.count(IssueKind::MalformedRecord) == 5);
  CHECK(imported.report.records_skipped == 5);
}

TEST_CASE("malformed records lose themselves alone, with the place") {
  const std::string bad = R"({"info": {"trace_id": "x", "state": OK}, "data": {}})";
  const auto imported = import_checked(trace_json("a") + "\n" + bad + "\n" + trace_json("b"));
  CHECK(ids_of(imported) == "a b ");
  REQUIRE(imported.count(IssueKind::MalformedRecord) == 1);
  for (const ingest::Issue& issue : imported.report.first_issues) {
    if (issue.kind != IssueKind::MalformedRecord) continue;
    CHECK(issue.record_number == 2);
    CHECK(issue.at_byte == trace_json("a").size() + 1 + bad.find("OK"));
  }
}

TEST_CASE("the same trace again is left out, another one with its id is told") {
  const std::string a = trace_json("a");
  const auto imported = import_checked(a + "\n" + a + "\n" + trace_json("a", "\"state\": \"ERROR\"") + "\n");
  CHECK(ids_of(imported) == "a ");
  CHECK(imported.count(IssueKind::DuplicateTraceSame) == 1);
  CHECK(imported.count(IssueKind::DuplicateTraceDifferent) == 1);
  CHECK(imported.report.records_skipped == 2);
  CHECK(imported.report.warnings() == 1);

  store::Dataset dataset;
  ingest::import_bytes(dataset, "one", a);
  const uint64_t before = dataset.memory().text_bytes;
  const auto again = ingest::import_bytes(dataset, "two", a);
  CHECK(again.count(IssueKind::DuplicateTraceSame) == 1);
  CHECK_FALSE(again.failed);
  CHECK(dataset.memory().text_bytes == before);  // nothing of it stays
}

TEST_CASE("JSON of other forms is named, among traces or alone") {
  const auto alone = import_checked("{\"resourceSpans\": []}");
  CHECK(alone.report.failed);
  CHECK(alone.count(IssueKind::UnknownFormat) == 1);
  CHECK(alone.report.first_issues.back().detail.find("OpenTelemetry") != std::string::npos);
  const auto mixed = import_checked("{\"x\": 1}\n" + trace_json("a") + "\n{\"x\": 2}\n");
  CHECK(ids_of(mixed) == "a ");
  CHECK(mixed.count(IssueKind::UnknownRecord) == 2);
  CHECK(mixed.count(IssueKind::UnknownFormat) == 0);
  CHECK_FALSE(mixed.report.failed);
}

TEST_CASE("a bomb of nested brackets is refused, the rest is read") {
  const std::string deep = "{\"info\": " + std::string(5000, '[') + std::string(5000, ']') + "}";
  const auto imported = import_checked(trace_json("a") + "\n" + deep + "\n" + trace_json("b"));
  CHECK(ids_of(imported) == "a b ");
  CHECK(imported.count(IssueKind::TooDeep) == 1);
  for (const char* bomb : {"[", "{\"a\":", "[{\"a\":["}) {
    std::string text;
    while (text.size() < 3'000'000) text += bomb;
    const auto alone = import_text(text, 100'000);
    CHECK(alone.report.traces == 0);
    CHECK(alone.report.failed);
    CHECK(alone.dataset->memory().text_bytes == 0);
  }
}

TEST_CASE("one line of 30 MB that is a trace is read, with memory near its size") {
  const std::string filler(30'000'000, 'x');
  const std::string text = trace_json("a", "\"request_preview\": \"" + filler + "\"");
  const auto imported = import_text(text);
  CHECK(ids_of(imported) == "a ");
  CHECK(imported.dataset->memory().text_bytes < text.size() + (9u << 20));
}

TEST_CASE("25 MB of garbage on one line leave nothing behind") {
  for (const char* begin : {"", "{\"a\": \"", "[\"", "[1, ", "{\"info\": {\"trace_id\": \"t\""}) {
    std::string text = begin;
    text.append(25'000'000, 'x');
    const auto imported = import_text(text);
    CHECK(imported.report.traces == 0);
    CHECK(imported.report.failed);
    CHECK(imported.dataset->memory().text_bytes == 0);
  }
}

TEST_CASE("many broken lines are not looked at twice over") {
  // Each line opens a record that never ends: looking to the end of the file from each would take hours.
  std::string text = trace_json("a") + "\n";
  for (int i = 0; i < 200'000; ++i) text += "{\"broken\": [" + std::to_string(i) + "\n";
  const auto imported = import_text(text);
  CHECK(ids_of(imported) == "a ");
  CHECK(imported.count(IssueKind::TruncatedRecord) == 200'000);
}

TEST_CASE("a file that is cut at any byte, in any chunks, never harms") {
  const std::string text = "[" + trace_json("a", R"("assessments": [{"assessment_name": "n", "feedback": {"value": 1}}])",
                                            test::span_json("000000000000000a", "")) +
                           ",\n" + pretty("b") + "]\n" + trace_json("c");
  for (size_t size = 0; size <= text.size(); ++size) {
    const std::string cut = text.substr(0, size);
    const auto whole = import_text(cut, 0);
    const auto bytes = import_text(cut, 1);
    REQUIRE(ingest::to_text(whole.report) == ingest::to_text(bytes.report));
  }
}

TEST_CASE("mutated files are read alike in any chunks") {
  const std::string text = trace_json("a", R"("tags": {"k": "v\u00e9\\"})", test::span_json("000000000000000a", "")) + "\n" +
                           trace_json("b") + "\n[" + trace_json("c") + "," + pretty("d") + "]\n";
  uint32_t state = 5;
  const auto next = [&state] { return (state = state * 1664525 + 1013904223) >> 8; };
  constexpr std::string_view kBytes = "{}[]\",:\\\n x0\x01\xff";
  for (int round = 0; round < 3000; ++round) {
    std::string mutated = text;
    for (uint32_t edits = 1 + next() % 4; edits > 0; --edits) {
      const size_t at = next() % mutated.size();
      const char c = kBytes[next() % kBytes.size()];
      switch (next() % 3) {
        case 0: mutated[at] = c; break;
        case 1: mutated.insert(at, 1, c); break;
        default: mutated.erase(at, 1 + next() % 40); break;
      }
    }
    const auto whole = import_text(mutated, 0);
    const auto pieces = import_text(mutated, 1 + next() % 100);
    INFO(mutated);
    REQUIRE(ingest::to_text(whole.report) == ingest::to_text(pieces.report));
  }
}

TEST_CASE("cancelling keeps what was read, and later bytes are ignored") {
  store::Dataset dataset;
  ingest::FileReport report;
  ingest::FileImporter importer(dataset, report, "f", 0);
  importer.push(trace_json("a") + "\n" + std::string(5000, ' '));
  importer.push(trace_json("b"));
  importer.cancel();
  importer.push(trace_json("c"));
  importer.finish();
  CHECK(report.cancelled);
  CHECK(dataset.trace_count() == 2);
  CHECK(dataset.find_trace("b").has_value());
}

TEST_CASE("files of one data set are numbered, with their own reports") {
  store::Dataset dataset(store::TextPolicy{UINT64_MAX});
  const auto one = ingest::import_bytes(dataset, "one", trace_json("a"));
  const auto two = ingest::import_bytes(dataset, "two", trace_json("b") + "\n" + trace_json("c"));
  CHECK(one.traces == 1);
  CHECK(two.traces == 2);
  REQUIRE(dataset.files().size() == 2);
  CHECK(dataset.files()[1].format == "MLflow trace JSON Lines");
  CHECK(dataset.trace_file({2}) == 1);
  CHECK(dataset.memory().text_bytes <= trace_json("a").size() * 3 + 16);
}

TEST_CASE("a page of an answer without traces is an empty list, wherever its token stands") {
  for (const char* text : {R"({"traces": [], "next_page_token": "x"})", R"({"next_page_token": "x", "traces": []})"}) {
    INFO(text);
    const auto imported = test::import_checked(text);
    CHECK(imported.count(ingest::IssueKind::EmptyFile) == 1);
    CHECK(imported.report.failed);
  }
}
