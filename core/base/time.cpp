#include "core/base/time.h"

namespace assay {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

// Days since 1970-01-01 of a date in the proleptic Gregorian calendar. Counts in 400-year cycles from
// 1 March of the year 0, so that the leap day is the last of its year.
int64_t days_from_civil(int64_t year, int month, int day) {
  if (month <= 2) year -= 1;
  const int64_t cycle = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_cycle = year - cycle * 400;
  const int64_t month_from_march = (month + 9) % 12;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  const int64_t day_of_cycle =
      year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
  return cycle * 146'097 + day_of_cycle - 719'468;
}

void civil_from_days(int64_t days, CivilTime& out) {
  days += 719'468;
  const int64_t cycle = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t day_of_cycle = days - cycle * 146'097;
  const int64_t year_of_cycle = (day_of_cycle - day_of_cycle / 1'460 + day_of_cycle / 36'524 -
                                 day_of_cycle / 146'096) /
                                365;
  const int64_t day_of_year =
      day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  out.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  out.month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  out.year = static_cast<int>(year_of_cycle + cycle * 400 + (out.month <= 2 ? 1 : 0));
}

int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// A cursor over fixed-width digits; `good` stays false after the first mismatch.
struct Cursor {
  std::string_view text;
  size_t at = 0;
  bool good = true;

  int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
      if (at >= text.size() || text[at] < '0' || text[at] > '9') {
        good = false;
        return 0;
      }
      value = value * 10 + (text[at++] - '0');
    }
    return value;
  }
  void expect(char c) {
    if (at < text.size() && text[at] == c) {
      ++at;
    } else {
      good = false;
    }
  }
  bool take(char c) {
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  }
  // 1-9 digits after a point, as nanoseconds.
  int64_t fraction_ns() {
    int64_t value = 0;
    int count = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && count < 9) {
      value = value * 10 + (text[at++] - '0');
      ++count;
    }
    if (count == 0) good = false;
    for (; count < 9; ++count) value *= 10;
    return value;
  }
};

// Seconds and nanoseconds (0 ≤ ns < 1e9) to one number, or nothing when it does not fit.
std::optional<int64_t> join_ns(int64_t seconds, int64_t nanoseconds) {
  // One second more at the low end, so that the product alone cannot overflow.
  if (seconds > 9'223'372'036 || seconds < -9'223'372'037) return std::nullopt;
  if (seconds == 9'223'372'036 && nanoseconds > 854'775'807) return std::nullopt;
  if (seconds == -9'223'372'037) {
    if (nanoseconds < 145'224'193) return std::nullopt;  // INT64_MIN itself means "no time"
    return (seconds + 1) * kNsPerSecond - (kNsPerSecond - nanoseconds);
  }
  return seconds * kNsPerSecond + nanoseconds;
}

void append_padded(std::string& out, int64_t value, int width) {
  char digits[20];
  for (int i = width - 1; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits, static_cast<size_t>(width));
}

}  // namespace

std::optional<TimeNs> parse_rfc3339(std::string_view text) {
  Cursor c{text};
  const int year = c.digits(4);
  c.expect('-');
  const int month = c.digits(2);
  c.expect('-');
  const int day = c.digits(2);
  if (!c.take('T') && !c.take('t')) c.expect(' ');
  const int hour = c.digits(2);
  c.expect(':');
  const int minute = c.digits(2);
  c.expect(':');
  const int second = c.digits(2);
  const int64_t fraction_ns = c.take('.') ? c.fraction_ns() : 0;
  int64_t offset_s = 0;
  if (!c.take('Z') && !c.take('z')) {
    const bool west = c.take('-');
    if (!west) c.expect('+');
    const int offset_hours = c.digits(2);
    c.expect(':');
    const int offset_minutes = c.digits(2);
    if (offset_hours > 23 || offset_minutes > 59) return std::nullopt;
    offset_s = (offset_hours * 60 + offset_minutes) * 60 * (west ? -1 : 1);
  }
  if (!c.good || c.at != text.size()) return std::nullopt;
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;  // 60: a leap second
  const int64_t seconds = days_from_civil(year, month, day) * kSecondsPerDay + hour * 3'600 +
                          minute * 60 + second - offset_s;
  return join_ns(seconds, fraction_ns);
}

std::string format_rfc3339(TimeNs time_ns) {
  const CivilTime t = civil_from_ns(time_ns);
  std::string out;
  out.reserve(30);
  append_padded(out, t.year, 4);
  out += '-';
  append_padded(out, t.month, 2);
  out += '-';
  append_padded(out, t.day, 2);
  out += 'T';
  append_padded(out, t.hour, 2);
  out += ':';
  append_padded(out, t.minute, 2);
  out += ':';
  append_padded(out, t.second, 2);
  if (t.nanosecond != 0) {
    out += '.';
    if (t.nanosecond % 1'000'000 == 0) {
      append_padded(out, t.nanosecond / 1'000'000, 3);
    } else if (t.nanosecond % 1'000 == 0) {
      append_padded(out, t.nanosecond / 1'000, 6);
    } else {
      append_padded(out, t.nanosecond, 9);
    }
  }
  out += 'Z';
  return out;
}

std::optional<int64_t> parse_duration_ns(std::string_view text) {
  Cursor c{text};
  const bool negative = c.take('-');
  int64_t seconds = 0;
  size_t digits = 0;
  while (c.at < text.size() && text[c.at] >= '0' && text[c.at] <= '9') {
    if (seconds > 9'223'372'036) return std::nullopt;
    seconds = seconds * 10 + (text[c.at++] - '0');
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  const int64_t fraction_ns = c.take('.') ? c.fraction_ns() : 0;
  c.expect('s');
  if (!c.good || c.at != text.size()) return std::nullopt;
  const std::optional<int64_t> total = join_ns(seconds, fraction_ns);
  if (!total) return std::nullopt;
  return negative ? -*total : *total;
}

CivilTime civil_from_ns(TimeNs time_ns) {
  int64_t seconds = time_ns / kNsPerSecond;
  int64_t nanosecond = time_ns % kNsPerSecond;
  if (nanosecond < 0) {
    nanosecond += kNsPerSecond;
    seconds -= 1;
  }
  int64_t days = seconds / kSecondsPerDay;
  int64_t rest = seconds % kSecondsPerDay;
  if (rest < 0) {
    rest += kSecondsPerDay;
    days -= 1;
  }
  CivilTime out{};
  civil_from_days(days, out);
  out.hour = static_cast<int>(rest / 3'600);
  out.minute = static_cast<int>(rest / 60 % 60);
  out.second = static_cast<int>(rest % 60);
  out.nanosecond = static_cast<int>(nanosecond);
  return out;
}

}  // namespace assay
