#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

TEST_CASE("pages of results are read element by element, and odd elements are told") {
  const Converted out = converted(
      R"({"data":[{"id":"o","traceId":"t","type":"SPAN","startTime":"2026-01-01T00:00:00Z","name":"x"},{"no":"record"}],"meta":{}})");
  CHECK(out.lines.size() == 1);
  CHECK(out.report.count(ingest::IssueKind::ColumnsUnknown) == 1);
}

TEST_CASE("pages in pages end") {
  std::string text = R"({"id":"o","traceId":"t","type":"SPAN","startTime":"2026-01-01T00:00:00Z"})";
  for (int i = 0; i < 40; ++i)
    text = "{\"data\":[" + text + "]}";
  CHECK(converted(text).lines.size() <= 1);
}
