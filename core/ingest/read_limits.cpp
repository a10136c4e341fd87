#include "core/ingest/read_limits.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"

namespace assay::ingest {
namespace {

constexpr int64_t kDayNs = 86'400'000'000'000;
constexpr int64_t kMaxMs = INT64_MAX / 1'000'000;

void append_word(std::string& out, std::string_view name, int64_t value) {
  if (!out.empty()) out += ' ';
  out += name;
  out += '=';
  append_int(out, value);
}

}  // namespace

std::string encode_part(const ReadLimits& limits) {
  std::string out;
  if (limits.first_traces > 0) append_word(out, "first", static_cast<int64_t>(limits.first_traces));
  if (limits.from_ns != kNoTime) append_word(out, "from", limits.from_ns);
  if (limits.to_ns != kNoTime) append_word(out, "to", limits.to_ns);
  if (limits.without_bodies) append_word(out, "bodies", 0);
  if (limits.as_much_as_fits) append_word(out, "full", 1);
  return out;
}

ReadLimits decode_part(std::string_view text) {
  ReadLimits limits;
  while (!text.empty()) {
    const size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    const auto value = parse_int64(word.substr(equals + 1));
    if (!value) continue;
    const std::string_view name = word.substr(0, equals);
    if (name == "first" && *value > 0) limits.first_traces = static_cast<uint64_t>(*value);
    if (name == "from") limits.from_ns = *value;
    if (name == "to") limits.to_ns = *value;
    if (name == "full") limits.as_much_as_fits = *value == 1;
    if (name == "bodies") limits.without_bodies = *value == 0;
  }
  return limits;
}

std::optional<TimeNs> parse_range_time(std::string_view text, RangeEnd end) {
  text = trimmed(text, " \t");
  if (const auto ms = parse_int64(text)) {
    // Four digits are a year that somebody has begun to type.
    if (text.size() < 6 || *ms > kMaxMs || *ms < -kMaxMs) return std::nullopt;
    return *ms * 1'000'000 + (end == RangeEnd::To ? 999'999 : 0);
  }
  std::string whole(text);
  std::replace(whole.begin(), whole.end(), ' ', 'T');
  if (whole.size() == 10) {
    const auto day = parse_rfc3339(whole + "T00:00:00Z");
    if (!day || end == RangeEnd::From) return day;
    return *day > INT64_MAX - kDayNs ? INT64_MAX : *day + kDayNs - 1;
  }
  if (whole.size() == 16) whole += ":00";
  if (const auto time = parse_rfc3339(whole)) return time;
  return parse_rfc3339(whole + "Z");
}

}  // namespace assay::ingest
