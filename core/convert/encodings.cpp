#include "core/convert/encodings.h"

#include <cmath>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int digit_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

int hex_of_char(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

TimeNs checked_ns(double nanoseconds) {
  if (!(std::fabs(nanoseconds) < 9.2e18)) return kNoTime;
  return static_cast<TimeNs>(nanoseconds);
}

// By its size: 1e9 seconds is 2001, 9e9 seconds is the year 2255, the last that fits.
TimeNs time_of_integer(int64_t value) {
  const int64_t size = value < 0 ? -(value + 1) : value;
  if (size < 9'000'000'000) return value * 1'000'000'000;
  if (size < 9'000'000'000'000) return value * 1'000'000;
  if (size < 9'000'000'000'000'000) return value * 1'000;
  return value;
}

}  // namespace

json::Node either(json::Node object, std::string_view a, std::string_view b) {
  const json::Node found = object[a];
  return found.present() ? found : object[b];
}

std::string base64_of(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = bytes.size() - i;
    uint32_t bits = static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << 16;
    if (left > 1) bits |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i + 1])) << 8;
    if (left > 2) bits |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i + 2]));
    out += kAlphabet[bits >> 18 & 63];
    out += kAlphabet[bits >> 12 & 63];
    out += left > 1 ? kAlphabet[bits >> 6 & 63] : '=';
    out += left > 2 ? kAlphabet[bits & 63] : '=';
  }
  return out;
}

std::string base64_of_hex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(hex_of_char(hex[i]) << 4 | hex_of_char(hex[i + 1]));
  }
  return base64_of(bytes);
}

std::optional<std::string> bytes_of_base64(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xFF);
  }
  return out;
}

bool is_json(std::string_view text) {
  if (text.size() >= 0xFFFFFFFFU) return false;
  json::Reader reader(text);
  if (reader.peek() == json::Kind::Error) return false;
  reader.skip_value();
  return !reader.failed() && reader.at_end();
}

std::string json_of_text(std::string_view text, int levels) {
  const std::string_view inner = trimmed(text);
  const bool nested = !inner.empty() && (inner[0] == '{' || inner[0] == '[');
  const bool text_in_text = inner.size() > 2 && inner[0] == '"' && inner[1] != '"' && levels > 0;
  if (!nested && !text_in_text) return json::quoted(text);
  if (!is_json(inner)) return json::quoted(text);
  if (nested) return std::string(inner);
  const std::string contents = json::unescaped(inner.substr(1, inner.size() - 2));
  return json_of_text(contents, levels - 1);
}

std::string unwrapped_json(json::Node value, int levels) {
  if (!value.present() || value.kind() == json::Kind::Null) return {};
  if (!value.is_string()) return std::string(value.raw());
  if (levels <= 0) return std::string(value.raw());
  return json_of_text(value.text(), levels - 1);
}

TimeNs ns_of_seconds(double seconds) { return checked_ns(seconds * 1e9); }

TimeNs time_of_text(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return kNoTime;
  if (text.size() >= 19 && is_digit(text[0]) && text[4] == '-' && (text[10] == 'T' || text[10] == ' ' || text[10] == 't')) {
    std::string iso(text);
    iso[10] = 'T';
    if (iso.size() > 4 && iso.substr(iso.size() - 4) == " UTC") iso.replace(iso.size() - 4, 4, "Z");
    // At most nine digits of fraction, and a zone.
    size_t at = 19;
    if (at < iso.size() && iso[at] == '.') {
      size_t end = at + 1;
      while (end < iso.size() && is_digit(iso[end])) ++end;
      if (end - at > 10) iso.erase(at + 10, end - at - 10), end = at + 10;
      at = end;
    }
    if (at == iso.size()) iso += 'Z';
    if (at < iso.size() && (iso[at] == '+' || iso[at] == '-') && iso.size() - at == 5) iso.insert(at + 3, ":");
    if (at < iso.size() && (iso[at] == '+' || iso[at] == '-') && iso.size() - at == 3) iso += ":00";
    if (const auto time = parse_rfc3339(iso)) return *time;
    return kNoTime;
  }
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    if (const auto time = parse_rfc3339(std::string(text) + "T00:00:00Z")) return *time;
  }
  if (const auto whole = parse_int64(text)) return time_of_integer(*whole);
  // Whole part and fraction apart: a double does not hold both to the nanosecond.
  const size_t dot = text.find('.');
  if (dot != std::string_view::npos) {
    const auto whole = parse_int64(text.substr(0, dot));
    const std::string_view digits = text.substr(dot + 1, 9);
    const auto fraction = digits.empty() ? std::optional<int64_t>(0) : parse_int64(digits);
    if (whole && fraction && *whole >= 0 && *fraction >= 0) {
      const TimeNs base = time_of_integer(*whole);
      const TimeNs unit = *whole == 0 ? 1'000'000'000 : base / *whole;
      TimeNs scale = 1;
      for (size_t i = 0; i < digits.size(); ++i) scale *= 10;
      return base + *fraction * (unit > scale ? unit / scale : 1) / (unit > scale ? 1 : scale / unit);
    }
  }
  if (const auto real = parse_double(text); real && std::isfinite(*real)) {
    const double size = std::fabs(*real);
    return checked_ns(*real * (size < 1e11 ? 1e9 : size < 1e14 ? 1e6 : size < 1e17 ? 1e3 : 1));
  }
  return kNoTime;
}

TimeNs any_time_ns(json::Node value) {
  // The difference of any two times must fit, too: from 1824 to 2115.
  constexpr TimeNs kFarthest = 4'600'000'000'000'000'000;
  TimeNs time = kNoTime;
  if (value.is_string()) time = time_of_text(value.text());
  if (value.is_number()) time = time_of_text(value.raw());
  return time > kFarthest || time < -kFarthest ? kNoTime : time;
}

}  // namespace assay::convert
