// How files are read: columns of tables, what fits into memory, parts of files.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/support/converting.h"

using namespace assay;
using app::CommandId;
using ingest::IssueKind;
using test::FakePage;
using test::FakeStorage;
using test::open_any;

namespace {

constexpr std::string_view kTable = "frage,antwort,note\nWer?,Ann,5\nWas?,Emma,4\n";

std::string traces(int count, size_t filler_bytes) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += R"({"info": {"trace_id": "tr-)" + std::to_string(i) + R"(", "timestamp_ms": )" +
           std::to_string(1'767'225'600'000 + i * int64_t{3'600'000}) +
           R"(}, "data": {"spans": [], "filler": ")" + std::string(filler_bytes, 'x') + "\"}}\n";
  }
  return out;
}

const ingest::FileReport& last_report(const FakePage& page) {
  return page.session->import_reports().back();
}

std::string detail(const FakePage& page, IssueKind kind) {
  for (const ingest::Issue& issue : last_report(page).first_issues) {
    if (issue.kind == kind) return issue.detail;
  }
  return "none";
}

size_t notices_of(const FakePage& page, std::string_view key) {
  size_t count = 0;
  for (const app::Notice& notice : page.session->notices())
    count += notice.key == key ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE(
    "a table that tells nothing is read once its columns are said, and the next one by itself") {
  FakeStorage storage;
  FakePage page(storage, 1);
  const uint32_t token = open_any(page, "t.csv", kTable);
  CHECK(page.session->dataset().trace_count() == 0);
  REQUIRE(last_report(page).tables.size() == 1);
  CHECK(last_report(page).tables[0].asks);
  CHECK(last_report(page).failed);
  CHECK(notices_of(page, "import_nothing") == 0);  // the dialogue says it

  page.run(CommandId::FileColumns,
           {{"token", std::to_string(token)}, {"columns", R"({"frage":"time","antwort":"tag"})"}});
  CHECK(page.files.again.empty());  // no input among them
  CHECK(page.session->settings().column_mappings.empty());

  page.run(CommandId::FileColumns,
           {{"token", std::to_string(token)},
            {"columns", R"({"frage":"input","antwort":"output","note":"feedback"})"}});
  REQUIRE(page.files.again.size() == 1);
  CHECK(page.files.again[0].first == token);
  CHECK(page.session->import_reports()[0].replaced);
  CHECK(page.settings.text.find("frage") != std::string::npos);
  open_any(page, "t.csv", kTable, page.files.again[0].second);
  CHECK(page.session->dataset().trace_count() == 2);
  CHECK_FALSE(last_report(page).failed);
  CHECK(last_report(page).first_issues.at(0).detail.find("columns as remembered") == 0);

  open_any(page, "other.csv", "frage,antwort,note\nWann?,1815,1\n");
  CHECK(page.session->dataset().trace_count() == 3);

  // On the next visit, too.
  FakePage later(storage, 2);
  later.session->start(page.settings.text, "");
  open_any(later, "t.csv", kTable);
  CHECK(later.session->dataset().trace_count() == 2);
}

TEST_CASE("other columns for a table that was read mean that all files are read again") {
  FakeStorage storage;
  FakePage page(storage, 1);
  open_any(page, "a.jsonl", traces(2, 10));
  const uint32_t token = open_any(page, "t.csv", "question,answer\nWho?,Ann\n");
  CHECK(page.session->dataset().trace_count() == 3);
  CHECK_FALSE(last_report(page).tables.at(0).unread);
  page.run(CommandId::FileColumns, {{"token", std::to_string(token)},
                                    {"columns", R"({"question":"output","answer":"input"})"}});
  CHECK(page.files.all_again == 1);
  CHECK(page.session->dataset().trace_count() == 0);
  CHECK(page.session->import_reports().empty());
  CHECK(page.files.forgotten == 0);
  page.session->on_kept_files(true);
  const uint32_t first = page.session->on_file_begin("a.jsonl", 0),
                 second = page.session->on_file_begin("t.csv", 0);
  page.session->on_kept_files(false);
  test::read_announced(page, first, "a.jsonl", traces(2, 10));
  test::read_announced(page, second, "t.csv", "question,answer\nWho?,Ann\n");
  CHECK(page.session->dataset().trace_count() == 3);
  CHECK(last_report(page).kept);
}

TEST_CASE("settings keep what columns are, and drop what is wrong") {
  app::Settings settings = app::default_settings();
  ingest::remember_mapping(settings.column_mappings,
                           ingest::parse_columns("a=input,b=feedback:x").value());
  const app::Settings back = app::decode_settings(app::encode_settings(settings));
  REQUIRE(back.column_mappings.size() == 1);
  CHECK(back.column_mappings[0].columns[1].name == "x");
  CHECK(app::decode_settings(R"({"tables": {"a": "input"}})").column_mappings.empty());
  CHECK(app::decode_settings(R"({"tables": [{"a": "inputs"}, 5], "memory_limit_mb": "-1"})")
            .column_mappings.empty());
}

TEST_CASE(
    "a file that is larger than the memory is refused with numbers, before anything of it is "
    "read") {
  FakeStorage storage;
  FakePage page(storage, 1);
  CHECK(page.session->memory_limit_bytes() == 0);  // 64 bits: as the machine has it
  page.run(CommandId::SettingSet, {{"key", "memory_limit_mb"}, {"value", "12"}});
  CHECK(page.session->memory_limit_bytes() == 12'000'000);
  const std::string text = traces(2000, 10'000);  // 20 MB
  const uint32_t token = open_any(page, "large.jsonl", text);
  const ingest::FileReport report = last_report(page);
  CHECK(page.session->dataset().trace_count() == 0);
  CHECK(report.failed);
  CHECK_FALSE(report.cancelled);
  CHECK(report.count(IssueKind::TooLarge) == 1);
  CHECK(report.first_issues.at(0).detail == "20.2 MB; this page can hold about 10.9 MB");
  CHECK(report.fits_bytes > 10'000'000);
  CHECK(report.size_bytes == text.size());
  CHECK(page.session->notices().empty());  // the dialogue says it

  page.run(CommandId::FilePart, {{"token", std::to_string(token)}, {"first", "20"}});
  REQUIRE(page.files.again.size() == 1);
  CHECK(page.files.again[0] == std::pair<uint32_t, std::string>(token, "first=20"));
  open_any(page, "large.jsonl", text, "first=20");
  CHECK(page.session->dataset().trace_count() == 20);
  CHECK(last_report(page).count(IssueKind::LeftOut) == 1);
  CHECK_FALSE(last_report(page).cancelled);
  CHECK(notices_of(page, "import_cancelled") == 0);
  CHECK(page.session->idle());

  // A part of a table, too.
  std::string table = "question,answer\n";
  for (int i = 0; i < 100'000; ++i)
    table += "a question,an answer of some length\n";
  open_any(page, "large.csv", table);
  CHECK(last_report(page).count(IssueKind::TooLarge) == 1);
  CHECK(detail(page, IssueKind::TooLarge).find("of what is loaded") != std::string::npos);
  open_any(page, "large.csv", table, "first=5");
  CHECK(page.session->dataset().trace_count() == 25);
  CHECK(last_report(page).count(IssueKind::LeftOut) == 1);
  CHECK(last_report(page).format == "Chat messages or table");
}

TEST_CASE("a part can be a range of times, or as much as fits", "[memory]") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.run(CommandId::SettingSet, {{"key", "memory_limit_mb"}, {"value", "12"}});
  const std::string text = traces(2000, 10'000);
  const uint32_t token = open_any(page, "large.jsonl", text);
  page.run(CommandId::FilePart,
           {{"token", std::to_string(token)}, {"from", "2026-01-02"}, {"to", "2026-01-02"}});
  REQUIRE(page.files.again.size() == 1);
  open_any(page, "large.jsonl", text, page.files.again[0].second);
  CHECK(page.session->dataset().trace_count() == 24);
  CHECK(detail(page, IssueKind::LeftOut).find("1976 traces outside") == 0);

  page.run(CommandId::FileCloseAll);
  const uint32_t again = open_any(page, "large.jsonl", text);
  page.run(CommandId::FilePart, {{"token", std::to_string(again)}});
  REQUIRE(page.files.again.size() == 2);
  open_any(page, "large.jsonl", text, page.files.again[1].second);
  CHECK(page.session->dataset().trace_count() > 50);
  CHECK(page.session->dataset().trace_count() < 2000);
  CHECK(last_report(page).count(IssueKind::MemoryFull) == 1);
  CHECK_FALSE(last_report(page).failed);
  CHECK(page.session->idle());
}

TEST_CASE("what is kept and too large is not asked about at every visit") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.run(CommandId::SettingSet, {{"key", "memory_limit_mb"}, {"value", "1"}});
  page.session->on_kept_files(true);
  const std::string text = traces(2000, 10'000);
  const uint32_t token = page.session->on_file_begin("large.jsonl", text.size());
  page.session->on_kept_files(false);
  test::read_announced(page, token, "large.jsonl", text);
  CHECK(last_report(page).kept);
  CHECK(page.session->notices().empty());
}

TEST_CASE("the memory of the machine is a hint, not more than a setting") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.session->on_memory_hint(uint64_t{2} << 30);
  if (sizeof(void*) == 4) {
    CHECK(page.session->memory_limit_bytes() < (uint64_t{2} << 30));
  } else {
    CHECK(page.session->memory_limit_bytes() == 0);
  }
  page.run(CommandId::SettingSet, {{"key", "memory_limit_mb"}, {"value", "3000"}});
  CHECK(page.session->memory_limit_bytes() == 3'000'000'000);

  // Large files are packed, so more of them fits than the memory is large.
  const auto is_refused = [&page](uint64_t size_bytes) {
    const uint32_t token = page.session->on_file_begin("large.jsonl", size_bytes);
    page.session->on_file_chunk(token, traces(1, 10));
    page.session->on_file_end(token, "");
    page.settle();
    const bool is_too_large = last_report(page).count(IssueKind::TooLarge) == 1;
    page.run(CommandId::FileCloseAll);
    return is_too_large;
  };
  CHECK_FALSE(is_refused(4'200'000'000));
  CHECK(is_refused(4'400'000'000));
}

TEST_CASE("memory that runs out while a file is read ends the import and keeps what was read") {
  FakeStorage storage;
  FakePage page(storage, 1);
  for (const char* error : {"Array buffer allocation failed", "out of memory in the converter"}) {
    const std::string name = std::string(error) + ".jsonl";
    const uint32_t token = page.session->on_file_begin(name, 0);
    page.session->on_file_chunk(token, traces(3, 10) + "{\"info\": {\"trace_id\": \"cut");
    page.session->on_file_end(token, error);
    page.settle();
    CHECK(page.session->dataset().trace_count() == 3);
    CHECK(last_report(page).count(IssueKind::MemoryFull) == 1);
    CHECK(notices_of(page, "file_unreadable") == 0);
  }
}
