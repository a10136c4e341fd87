#include "core/search/query_time.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/time.h"
#include "core/base/utf8.h"
#include "core/search/decimal.h"

namespace assay::search {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
constexpr int64_t kNsPerSecond = 1'000 * kNsPerMs;
constexpr int64_t kNsPerMinute = 60 * kNsPerSecond;
constexpr int64_t kNsPerHour = 60 * kNsPerMinute;
constexpr int64_t kNsPerDay = 24 * kNsPerHour;
constexpr int64_t kLongestNs = 290 * 365 * kNsPerDay;  // stays within 64 bits

struct Unit {
  std::string_view words;  // separated by blanks
  int64_t ns;
};
constexpr Unit kUnits[] = {
    {" ns nanosecond nanoseconds ", 1},
    {" us \xC2\xB5s \xCE\xBCs microsecond microseconds ", 1'000},
    {" ms millisecond milliseconds msec ", kNsPerMs},
    {" s sec secs second seconds ", kNsPerSecond},
    {" m min mins minute minutes ", kNsPerMinute},
    {" h hr hrs hour hours ", kNsPerHour},
    {" d day days ", kNsPerDay},
    {" w week weeks ", 7 * kNsPerDay},
    {" month months ", 30 * kNsPerDay},
    {" y year years ", 365 * kNsPerDay},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int64_t unit_ns(std::string_view word) {
  if (word.empty() || word.find(' ') != std::string_view::npos) return 0;
  std::string wanted = " ";
  wanted += ascii_lower(word);
  wanted += ' ';
  for (const Unit& unit : kUnits) {
    if (unit.words.find(wanted) != std::string_view::npos) return unit.ns;
  }
  return 0;
}

// Where the number at the start of a text ends.
size_t number_end(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && (is_digit(text[at]) || text[at] == '.'))
    ++at;
  return at;
}

bool take_word(std::string_view& text, std::string_view word) {
  if (text.size() < word.size() || ascii_lower(text.substr(0, word.size())) != word) return false;
  text = trimmed(text.substr(word.size()), kAsciiSpaces);
  return true;
}

// "2025-01-02" and what may follow, as RFC 3339; what is not written is 0.
std::optional<TimeSpanNs> parse_calendar(std::string_view text, const QueryClock& clock) {
  if (text.size() < 7 || text.size() > 40 || text[4] != '-') return std::nullopt;
  std::string full(text.substr(0, 7));
  const bool has_day = text.size() > 7;
  full += has_day ? std::string(text.substr(7, 3)) : "-01";
  std::string_view rest = has_day ? text.substr(std::min<size_t>(10, text.size())) : std::string_view();
  full += 'T';
  int64_t length_ns = kNsPerDay;
  if (!rest.empty()) {
    if (rest[0] != 'T' && rest[0] != 't' && rest[0] != ' ') return std::nullopt;
    rest.remove_prefix(1);
  }
  const size_t clock_end = std::min(rest.find_first_of("Zz+-"), rest.size());
  const std::string_view time = trimmed(rest.substr(0, clock_end), kAsciiSpaces);
  const bool has_fraction = time.find('.') != std::string_view::npos;
  if (time.empty()) {
    full += "00:00:00";
  } else {
    full += time;
    if (time.size() == 5) full += ":00";
    length_ns = has_fraction ? 0 : time.size() == 5 ? kNsPerMinute : kNsPerSecond;
  }
  const std::string_view zone = rest.substr(clock_end);
  full += zone.empty() || zone == "z" ? std::string_view("Z") : zone;
  const std::optional<TimeNs> begin = parse_rfc3339(full);
  if (!begin || *begin > INT64_MAX - 40 * kNsPerDay || *begin < INT64_MIN + 40 * kNsPerDay)
    return std::nullopt;
  TimeSpanNs out;
  out.begin_ns = *begin;
  if (!has_day) {  // the first of the next month is at most 31 days on
    length_ns = 28 * kNsPerDay;
    while (civil_from_ns(*begin + length_ns).day != 1)
      length_ns += kNsPerDay;
  }
  if (zone.empty()) out.begin_ns -= clock.utc_offset_minutes * kNsPerMinute;
  out.end_ns = out.begin_ns + length_ns;
  return out;
}

TimeSpanNs day_of(TimeNs time_ns, const QueryClock& clock) {
  const int64_t offset_ns = clock.utc_offset_minutes * kNsPerMinute;
  const CivilTime civil = civil_from_ns(time_ns + offset_ns);
  const int64_t into_day =
      ((civil.hour * int64_t{60} + civil.minute) * 60 + civil.second) * kNsPerSecond + civil.nanosecond;
  return {time_ns - into_day, time_ns - into_day + kNsPerDay};
}

}  // namespace

std::optional<int64_t> parse_time_length(std::string_view text) {
  text = trimmed(text, kAsciiSpaces);
  const size_t end = number_end(text);
  if (end == 0 && text.size() < 3) return std::nullopt;  // "last hour", not "last h"
  const std::optional<double> count = end == 0 ? std::optional<double>(1) : parse_double(text.substr(0, end));
  const int64_t unit = unit_ns(trimmed(text.substr(end), kAsciiSpaces));
  if (!count || unit == 0) return std::nullopt;
  const double ns = *count * static_cast<double>(unit);
  if (ns > static_cast<double>(kLongestNs)) return std::nullopt;
  return static_cast<int64_t>(ns);
}

std::optional<TimeSpanNs> parse_time_words(std::string_view text, const QueryClock& clock) {
  text = trimmed(text, kAsciiSpaces);
  if (text.size() > 64) return std::nullopt;
  if (std::optional<TimeSpanNs> calendar = parse_calendar(text, clock)) return calendar;
  const TimeNs now_ns = clock.now_ns;
  const auto back = [now_ns](std::optional<int64_t> length_ns) -> std::optional<TimeSpanNs> {
    if (!length_ns) return std::nullopt;
    return TimeSpanNs{now_ns - *length_ns, now_ns - *length_ns};
  };
  const std::string lower = ascii_lower(text);
  if (lower == "now") return back(0);
  if (lower == "today") return day_of(now_ns, clock);
  if (lower == "yesterday") return day_of(now_ns - kNsPerDay, clock);
  std::string_view left = text;
  if (take_word(left, "last ") || take_word(left, "past ")) return back(parse_time_length(left));
  if (take_word(left, "now") && left.starts_with('-')) return back(parse_time_length(left.substr(1)));
  if (text.starts_with('-')) return back(parse_time_length(text.substr(1)));
  if (lower.ends_with(" ago")) return back(parse_time_length(text.substr(0, text.size() - 4)));
  return std::nullopt;
}

std::optional<std::string> duration_ms_text(std::string_view text) {
  text = trimmed(text, kAsciiSpaces);
  const bool negative = text.starts_with('-');
  if (is_decimal(text)) return std::string(text);
  const std::string_view positive = negative ? text.substr(1) : text;
  const size_t end = number_end(positive);
  const std::string_view number = positive.substr(0, end);
  const int64_t unit = unit_ns(trimmed(positive.substr(end), kAsciiSpaces));
  if (unit == 0 || !is_decimal(number)) return std::nullopt;
  std::string out = negative ? "-" : "";
  switch (unit) {  // exact where a power of ten does it
    case 1:
      return out + std::string(number) + "e-6";
    case 1'000:
      return out + std::string(number) + "e-3";
    case kNsPerMs:
      return out + std::string(number);
    case kNsPerSecond:
      return out + std::string(number) + "e3";
    default:
      return out + json_number(parse_double(number).value_or(0) * static_cast<double>(unit / kNsPerMs));
  }
}

std::optional<std::string> number_text(std::string_view text, bool units) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with('$')) text.remove_prefix(1);
  std::string out = negative ? "-" : "";
  if (text.starts_with('.')) out += '0';
  out += text;
  if (units && out.size() > 1 && std::string_view("kKmM").find(out.back()) != std::string_view::npos) {
    const bool thousand = out.back() == 'k' || out.back() == 'K';
    out.pop_back();
    out += thousand ? "e3" : "e6";
  }
  const size_t dot = out.find('.');
  if (dot != std::string::npos && (dot + 1 == out.size() || out[dot + 1] == 'e')) out.insert(dot + 1, "0");
  if (!is_decimal(out)) return std::nullopt;
  return out;
}

}  // namespace assay::search
