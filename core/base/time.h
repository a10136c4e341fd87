// Times as numbers. No clocks here: the host passes "now" in. All times are UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

// Nanoseconds since 1970-01-01T00:00:00Z; reaches from 1677 to 2262.
using TimeNs = int64_t;
// Milliseconds since 1970-01-01T00:00:00Z.
using TimeMs = int64_t;

constexpr int64_t kNoTime = INT64_MIN;  // an absent time or duration in a column

// RFC 3339 with 0-9 fraction digits and Z or an offset ("2026-11-24T06:02:50.510Z"); nothing for any
// other text.
std::optional<TimeNs> parse_rfc3339(std::string_view text);

// "2026-11-24T06:02:50.510Z": 0, 3, 6 or 9 fraction digits, the fewest that are exact (protobuf JSON).
std::string format_rfc3339(TimeNs time_ns);

// Protobuf JSON durations: "1.500s", "-0.000000001s", "3s". Result in nanoseconds.
std::optional<int64_t> parse_duration_ns(std::string_view text);

struct CivilTime {
  int year;
  int month;  // 1-12
  int day;    // 1-31
  int hour, minute, second;
  int nanosecond;
};
CivilTime civil_from_ns(TimeNs time_ns);

}  // namespace assay
