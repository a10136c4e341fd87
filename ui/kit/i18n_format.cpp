// Numbers, durations, costs and dates for people.
#include <cmath>

#include "core/base/numbers.h"
#include "ui/kit/context.h"
#include "ui/kit/i18n.h"

namespace assay::kit {
namespace {

constexpr int64_t kMicro = 1000, kMilli = 1000 * kMicro, kSecond = 1000 * kMilli;
constexpr const char* kAbsent = "–";

std::string two_digits(int64_t value) {
  std::string out;
  if (value < 10) out += '0';
  append_int(out, value);
  return out;
}

CivilTime local(TimeNs time_ns, int utc_offset_minutes) {
  const int64_t offset_ns = int64_t{utc_offset_minutes} * 60 * kSecond;
  // Near the ends of the range the shift would overflow; a few hours do not matter there.
  const bool safe =
      offset_ns > 0 ? time_ns < INT64_MAX - offset_ns : time_ns > INT64_MIN + 1 - offset_ns;
  return civil_from_ns(safe ? time_ns + offset_ns : time_ns);
}

std::string fixed_trimmed(double value, int decimals) {
  std::string text = format_fixed(value, decimals);
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0')
    text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string format_count(int64_t value) {
  std::string digits;
  append_int(digits, value);
  const size_t first = digits[0] == '-' ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3; at -= 3)
    digits.insert(at - 3, 1, ',');
  return digits;
}

std::string format_compact(int64_t value) {
  struct Unit {
    double size;
    const char* name;
  };
  static constexpr Unit kUnits[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
  const double size = std::fabs(static_cast<double>(value));
  for (const Unit& unit : kUnits) {
    if (size < unit.size * 0.9995) continue;
    const double scaled = static_cast<double>(value) / unit.size;
    return fixed_trimmed(scaled, std::fabs(scaled) < 99.95 ? 1 : 0) + unit.name;
  }
  return format_count(value);
}

std::string with_unit(Language language, std::string_view number, TimeUnit unit) {
  static constexpr Str kUnits[] = {Str::kit_microseconds, Str::kit_milliseconds, Str::kit_seconds};
  return format_text(tr(language, kUnits[static_cast<size_t>(unit)]), {number});
}

std::string format_duration_ns(Language language, int64_t duration_ns) {
  if (duration_ns == kNoTime) return kAbsent;
  if (duration_ns < 0) return "−" + format_duration_ns(language, -duration_ns);
  const auto ns = static_cast<double>(duration_ns);
  if (duration_ns == 0) return with_unit(language, "0", TimeUnit::Millisecond);
  if (duration_ns < kMilli)
    return with_unit(language, fixed_trimmed(ns / 1e3, duration_ns < 10 * kMicro ? 1 : 0), TimeUnit::Microsecond);
  if (ns < 999.5e6)
    return with_unit(language, fixed_trimmed(ns / 1e6, duration_ns < 10 * kMilli ? 1 : 0), TimeUnit::Millisecond);
  if (ns < 59.95e9) return with_unit(language, format_fixed(ns / 1e9, 1), TimeUnit::Second);
  const int64_t seconds = (duration_ns + kSecond / 2) / kSecond;
  std::string larger;
  append_int(larger, seconds < 3600 ? seconds / 60 : seconds / 3600);
  const Str form = seconds < 3600 ? Str::kit_minutes_seconds : Str::kit_hours_minutes;
  return format_text(tr(language, form), {larger, two_digits(seconds < 3600 ? seconds % 60 : seconds % 3600 / 60)});
}

std::string format_duration_ns(int64_t duration_ns) {
  return format_duration_ns(ImGui::GetCurrentContext() == nullptr ? Language::English : current().language, duration_ns);
}

std::string format_cost_usd(double usd) {
  if (!std::isfinite(usd)) return kAbsent;
  if (usd < 0) return "−" + format_cost_usd(-usd);
  if (usd == 0) return "$0";
  if (usd < 0.00005) return "<$0.0001";
  return "$" + format_fixed(usd, usd < 0.01 ? 4 : usd < 1 ? 3 : 2);
}

std::string format_bytes(uint64_t size_bytes) {
  static constexpr const char* kUnits[] = {" B", " kB", " MB", " GB", " TB"};
  auto value = static_cast<double>(size_bytes);
  size_t unit = 0;
  while (value >= 999.5 && unit < 4) {
    value /= 1000;
    ++unit;
  }
  return fixed_trimmed(value, unit > 0 && value < 9.95 ? 1 : 0) + kUnits[unit];
}

std::string format_percent(double fraction, int decimals) {
  if (!std::isfinite(fraction)) return kAbsent;
  return format_fixed(fraction * 100, decimals) + "%";
}

std::string format_tokens(int64_t tokens) {
  const Language language = ImGui::GetCurrentContext() == nullptr ? Language::English : current().language;
  return format_text(tr(language, Str::kit_tokens), {format_count(tokens)});
}

std::string format_clock(TimeNs time_ns, int utc_offset_minutes) {
  if (time_ns == kNoTime) return kAbsent;
  const CivilTime t = local(time_ns, utc_offset_minutes);
  return two_digits(t.hour) + ":" + two_digits(t.minute) + ":" + two_digits(t.second);
}

std::string format_date(Language language, TimeNs time_ns, int utc_offset_minutes, bool with_year) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (time_ns == kNoTime) return kAbsent;
  const CivilTime t = local(time_ns, utc_offset_minutes);
  std::string out;
  if (language == Language::SimplifiedChinese) {
    if (with_year) {
      append_int(out, t.year);
      out += "年";
    }
    append_int(out, t.month);
    out += "月";
    append_int(out, t.day);
    return out + "日";
  }
  append_int(out, t.day);
  out += ' ';
  out += t.month >= 1 && t.month <= 12 ? kMonths[t.month - 1] : "?";
  if (with_year) {
    out += ' ';
    append_int(out, t.year);
  }
  return out;
}

std::string format_clock(TimeNs time_ns) {
  return format_clock(time_ns, current().utc_offset_minutes);
}

std::string format_date(TimeNs time_ns) {
  const Context& ctx = current();
  const bool with_year =
      time_ns != kNoTime && local(time_ns, ctx.utc_offset_minutes).year != ctx.this_year;
  return format_date(ctx.language, time_ns, ctx.utc_offset_minutes, with_year);
}

std::string format_date_time(TimeNs time_ns) {
  if (time_ns == kNoTime) return kAbsent;
  const Context& ctx = current();
  const char* between = ctx.language == Language::SimplifiedChinese ? " " : ", ";
  return format_date(ctx.language, time_ns, ctx.utc_offset_minutes, true) + between +
         format_clock(time_ns, ctx.utc_offset_minutes);
}

}  // namespace assay::kit
