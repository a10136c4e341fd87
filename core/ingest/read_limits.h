// Which part of a file is wanted, and how much memory the data set may take. The part is chosen by
// a person whose file is larger than what the page can hold, or by options of the command line.
//
// Text form of the part, for the host that keeps it with the file: "first=1000 from=<ns> to=<ns>
// bodies=0 full=1".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace assay::ingest {

struct ReadLimits {
  uint64_t first_traces = 0;  // of those in the range; 0: all
  TimeNs from_ns = kNoTime;   // request time; kNoTime: no bound. Traces without a time are outside.
  TimeNs to_ns = kNoTime;     // inclusive
  bool without_bodies = false;   // spans without attributes and events: columns and previews only
  bool as_much_as_fits = false;  // no part is chosen: from the beginning until the memory is full
  uint64_t memory_bytes = 0;     // of the whole data set; 0: not watched

  bool has_range() const { return from_ns != kNoTime || to_ns != kNoTime; }
  bool is_part() const {
    return first_traces > 0 || has_range() || without_bodies || as_much_as_fits;
  }
  bool contains(TimeNs time_ns) const {
    if (!has_range()) return true;
    if (time_ns == kNoTime) return false;
    return (from_ns == kNoTime || time_ns >= from_ns) && (to_ns == kNoTime || time_ns <= to_ns);
  }
};

std::string encode_part(const ReadLimits& limits);  // "": all of the file
ReadLimits decode_part(std::string_view text);      // what is wrong is left out

// "2026-01-31", "2026-01-31 08:15[:30]", the same with T, a zone or a fraction, or milliseconds
// since 1970. A day as the end of a range reaches to its last nanosecond. Nothing for any other
// text.
enum class RangeEnd : uint8_t { From, To };
std::optional<TimeNs> parse_range_time(std::string_view text, RangeEnd end);

}  // namespace assay::ingest
