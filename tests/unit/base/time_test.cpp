#include "core/base/time.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay;

TEST_CASE("RFC 3339 times are read with every fraction and offset") {
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_rfc3339("2026-11-24T06:02:50.510Z") == 1795500170510000000);
  CHECK(parse_rfc3339("2026-11-24T06:02:50.510123456Z") == 1795500170510123456);
  CHECK(parse_rfc3339("2026-11-24T06:02:50.5Z") == 1795500170500000000);
  CHECK(parse_rfc3339("2026-11-24T07:02:50.510+01:00") == 1795500170510000000);
  CHECK(parse_rfc3339("2026-11-24T00:32:50.510-05:30") == 1795500170510000000);
  CHECK(parse_rfc3339("2000-02-29t12:00:00z") == 951825600000000000);
  CHECK(parse_rfc3339("1969-12-31T23:59:59.999999999Z") == -1);
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == 1483228800000000000);
  CHECK(parse_rfc3339("2262-04-11T23:47:16.854775807Z") == INT64_MAX);
  CHECK(parse_rfc3339("1677-09-21T00:12:43.145224193Z") == INT64_MIN + 1);
}

TEST_CASE("other texts are no times") {
  for (const char* bad :
       {"", "2026", "2026-11-24", "2026-11-24T06:02:50", "2026-11-24T06:02:50.Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T06:60:00Z", "2026-11-24T06:02:61Z",
        "2026-11-24T06:02:50.1234567890Z", "2026-11-24T06:02:50Zx", "2026-11-24T06:02:50+1:00",
        "2263-01-01T00:00:00Z", "1677-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "٢026-11-24T06:02:50Z",
        "1677-09-21T00:12:43.145224192Z"}) {
    CHECK_FALSE(parse_rfc3339(bad).has_value());
  }
}

TEST_CASE("times are written with the fewest digits that are exact") {
  CHECK(format_rfc3339(1795500170510000000) == "2026-11-24T06:02:50.510Z");
  CHECK(format_rfc3339(1795500170000000000) == "2026-11-24T06:02:50Z");
  CHECK(format_rfc3339(1795500170510123000) == "2026-11-24T06:02:50.510123Z");
  CHECK(format_rfc3339(1795500170510123456) == "2026-11-24T06:02:50.510123456Z");
  CHECK(format_rfc3339(-1) == "1969-12-31T23:59:59.999999999Z");
}

TEST_CASE("every day from 1700 to 2250 reads back") {
  for (int64_t day = -98'000; day < 102'000; ++day) {
    const int64_t time_ns = day * 86'400'000'000'000 + 45'296'000'000'000;
    REQUIRE(parse_rfc3339(format_rfc3339(time_ns)) == time_ns);
  }
}

TEST_CASE("durations of protobuf JSON") {
  CHECK(parse_duration_ns("1.500s") == 1'500'000'000);
  CHECK(parse_duration_ns("3s") == 3'000'000'000);
  CHECK(parse_duration_ns("0.035s") == 35'000'000);
  CHECK(parse_duration_ns("-0.000000001s") == -1);
  for (const char* bad : {"", "s", "1", "1.s", "1.0000000000s", "1s ", "1ms", ".5s", "99999999999s", "+1s"}) {
    CHECK_FALSE(parse_duration_ns(bad).has_value());
  }
}
