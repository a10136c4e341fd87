#include "core/ingest/import_report.h"

#include <set>

#include <catch2/catch_test_macros.hpp>

using namespace assay::ingest;

TEST_CASE("every kind of issue has a key of its own and a sentence") {
  std::set<std::string_view> keys;
  for (size_t i = 0; i < static_cast<size_t>(IssueKind::kCount); ++i) {
    const IssueKindInfo& info = issue_kind_info(static_cast<IssueKind>(i));
    CHECK(keys.insert(info.key).second);
    CHECK(info.explanation.size() > 20);
    CHECK(info.explanation.back() == '.');
  }
}

TEST_CASE("issues are all counted, the first ones kept, details cut") {
  FileReport report;
  report.file_name = "f";
  for (uint64_t i = 0; i < 100; ++i) report.add(IssueKind::OrphanSpan, i + 1, i * 10, std::string(500, 'x'));
  report.add(IssueKind::NoSpans, 1, 0, "bad \xFF");
  CHECK(report.count(IssueKind::OrphanSpan) == 100);
  CHECK(report.first_issues.size() == kMaxIssuesPerKind + 1);
  CHECK(report.first_issues[0].detail.size() <= kMaxDetailBytes);
  CHECK(report.first_issues.back().detail == "bad \xEF\xBF\xBD");
  CHECK(report.warnings() == 100);
  CHECK_FALSE(report.failed);
  report.add(IssueKind::NotJson, 0, 0, "");
  CHECK(report.failed);
  const std::string text = to_text(report);
  CHECK(text.find("orphan_span x100") != std::string::npos);
  CHECK(text.find("record 20, byte 190") != std::string::npos);
  CHECK(text.find("record 21,") == std::string::npos);
}

TEST_CASE("a detail of ill-formed bytes is as short as any other, and the same when it is added again") {
  FileReport report;
  report.add(IssueKind::WrongType, 1, 2, std::string(100, '\xF7'));
  const std::string detail = report.first_issues.at(0).detail;
  CHECK(detail.size() <= kMaxDetailBytes);
  CHECK(detail.substr(0, 3) == "\xEF\xBF\xBD");
  FileReport again;
  again.add(IssueKind::WrongType, 1, 2, detail);
  CHECK(again.first_issues.at(0).detail == detail);
}

TEST_CASE("a format of ill-formed bytes survives the way as text") {
  FileReport report, again;
  REQUIRE(decode_report("{\"format\": \"a\xFF\"}", report));
  REQUIRE(decode_report(encode_report(report), again));
  CHECK(again.format == report.format);
  CHECK(report.format == "a\xEF\xBF\xBD");
}
