// Times, durations and numbers as people write them, turned into numbers. The clock is passed in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/search/query.h"

namespace assay::search {

// A date is a whole day, a month a whole month; "10:15" a minute. `end_ns` is the first moment after it. A
// time with a point in it, or one that is counted from now, is a single moment (both are equal).
struct TimeSpanNs {
  TimeNs begin_ns = 0;
  TimeNs end_ns = 0;
};

// 2025-01-02, 2025-01, 2025-01-02 10:15[:30[.5]] with Z or an offset or neither, a T for the blank; now,
// today, yesterday; 24 hours ago; last 24 hours, last hour, past 2 weeks; now-24h, -24h. Months are 30 days,
// years 365. Precondition: now is not before 1970 nor after 2223, the offset is at most a day.
std::optional<TimeSpanNs> parse_time_words(std::string_view text, const QueryClock& clock);

// A length of time alone: "24h", "2 weeks", "hour", in ns; nothing for anything else.
std::optional<int64_t> parse_time_length(std::string_view text);

// "5s", "1.5 min", "250" (ms) as a number of ms in JSON's form.
std::optional<std::string> duration_ms_text(std::string_view text);

// A number as JSON writes it, also from +5, .5, 5., $0.02, and with `units` from 10k and 1.5M.
std::optional<std::string> number_text(std::string_view text, bool units);

}  // namespace assay::search
